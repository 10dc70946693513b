//! UDP sockets, through the public API.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use ouro_loop::{Datagrams, Event, EventLoop, HandleId, MulticastInterface, RunMode, UdpOptions};

fn local() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

fn bound(ev: &EventLoop) -> HandleId {
    ev.udp_bind(local(), &UdpOptions::default()).unwrap()
}

fn bound_at(ev: &EventLoop) -> (HandleId, SocketAddr) {
    let id = bound(ev);
    (id, ev.local_addr(id).unwrap())
}

fn receive_all(ev: &EventLoop, id: HandleId) -> Vec<Vec<u8>> {
    let mut buffer = [0; 65_536];
    let mut datagrams = Vec::new();
    while let Some((count, _)) = ev.udp_receive(id, &mut buffer).unwrap() {
        datagrams.push(buffer[..count].to_vec());
    }
    datagrams
}

#[test]
fn datagrams_arrive_whole_and_sends_complete_in_order() {
    let ev = EventLoop::new().unwrap();
    let (server, client) = (bound(&ev), bound(&ev));
    let to = Some(ev.local_addr(server).unwrap());
    ev.udp_receive_start(server).unwrap();
    for tag in 0..10_u64 {
        ev.udp_send(client, vec![tag as u8; tag as usize], to, tag)
            .unwrap();
    }
    let mut sent = Vec::new();
    let mut received = Vec::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Wrote { tag, result, .. } => {
                result.unwrap();
                sent.push(tag);
            }
            Event::Readable(id) => {
                received.extend(receive_all(&ev, id));
                if received.len() == 10 {
                    ev.close(server).unwrap();
                    ev.close(client).unwrap();
                }
            }
            _ => {}
        }
    }
    assert_eq!(sent, (0..10).collect::<Vec<u64>>());
    let expected: Vec<Vec<u8>> = (0..10_u8).map(|n| vec![n; usize::from(n)]).collect();
    assert_eq!(received, expected);
}

#[test]
fn one_turn_receives_a_bounded_number() {
    let ev = EventLoop::new().unwrap();
    let (server, client) = (bound(&ev), bound(&ev));
    let to = Some(ev.local_addr(server).unwrap());
    for _ in 0..100 {
        ev.udp_try_send(client, b"x", to).unwrap();
    }
    ev.udp_receive_start(server).unwrap();
    let mut turns = Vec::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        if let Event::Readable(id) = event {
            turns.push(receive_all(&ev, id).len());
            if turns.iter().sum::<usize>() == 100 {
                ev.close(server).unwrap();
                ev.close(client).unwrap();
            }
        }
    }
    assert!(turns.len() >= 4, "{turns:?}");
    assert!(turns.iter().all(|&count| count <= 32), "{turns:?}");
}

#[test]
fn a_connected_socket_has_one_peer() {
    let ev = EventLoop::new().unwrap();
    let (one, other) = (bound(&ev), bound(&ev));
    let peer = ev.local_addr(other).unwrap();
    let code = |result: io::Result<()>| result.unwrap_err().kind();
    assert_eq!(
        code(ev.udp_peer_addr(one).map(drop)),
        io::ErrorKind::NotConnected
    );
    assert!(ev.udp_send(one, "x", None, 0).is_err());
    ev.udp_connect(one, peer).unwrap();
    assert_eq!(ev.udp_peer_addr(one).unwrap(), peer);
    assert!(ev.udp_connect(one, peer).is_err());
    assert!(ev.udp_send(one, "x", Some(peer), 0).is_err());
    assert_eq!(ev.udp_try_send(one, b"hello", None).unwrap(), 5);
    ev.udp_disconnect(one).unwrap();
    assert_eq!(code(ev.udp_disconnect(one)), io::ErrorKind::NotConnected);
    assert_eq!(ev.udp_try_send(one, b"again", Some(peer)).unwrap(), 5);
    ev.udp_receive_start(other).unwrap();
    let mut received = Vec::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        if let Event::Readable(id) = event {
            received.extend(receive_all(&ev, id));
            if received.len() == 2 {
                ev.close(one).unwrap();
                ev.close(other).unwrap();
            }
        }
    }
    assert_eq!(received, [b"hello", b"again"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_connected_socket_learns_that_nobody_is_there() {
    let ev = EventLoop::new().unwrap();
    let (one, gone) = (bound(&ev), bound(&ev));
    ev.udp_connect(one, ev.local_addr(gone).unwrap()).unwrap();
    ev.close(gone).unwrap();
    ev.udp_try_send(one, b"x", None).unwrap();
    ev.udp_receive_start(one).unwrap();
    let mut refused = 0;
    while let Some(event) = ev.next_event(RunMode::Default) {
        if let Event::Readable(id) = event {
            let error = ev.udp_receive(id, &mut [0; 16]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
            refused += 1;
            ev.close(id).unwrap();
        }
    }
    assert_eq!(refused, 1);
}

#[test]
fn what_is_announced_after_close_is_the_ends_of_its_sends() {
    let ev = EventLoop::new().unwrap();
    let (one, other) = (bound(&ev), bound(&ev));
    let to = Some(ev.local_addr(other).unwrap());
    ev.udp_receive_start(one).unwrap();
    for tag in 0..3 {
        ev.udp_send(one, "x", to, tag).unwrap();
    }
    ev.close(one).unwrap();
    ev.close(other).unwrap();
    assert!(ev.udp_send(one, "x", to, 9).is_err());
    let mut ends = Vec::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Wrote { id, tag, .. } => ends.push((id, Some(tag))),
            Event::Closed(id) => ends.push((id, None)),
            other => panic!("{other:?}"),
        }
    }
    let mine: Vec<_> = ends.iter().filter(|(id, _)| *id == one).collect();
    assert_eq!(mine.len(), 4);
    assert_eq!(mine.last().unwrap().1, None);
    assert!(!ev.alive());
}

#[test]
fn a_socket_that_only_sends_keeps_no_loop_alive() {
    let ev = EventLoop::new().unwrap();
    let socket = bound(&ev);
    assert!(!ev.alive());
    ev.udp_receive_start(socket).unwrap();
    assert!(ev.alive());
    ev.udp_receive_stop(socket).unwrap();
    assert!(!ev.alive());
}

#[cfg(unix)]
#[test]
fn an_address_is_shared_only_if_asked() {
    let ev = EventLoop::new().unwrap();
    let shared = UdpOptions {
        reuse_address: true,
        ..UdpOptions::default()
    };
    let first = ev.udp_bind(local(), &shared).unwrap();
    let address = ev.local_addr(first).unwrap();
    let error = ev.udp_bind(address, &UdpOptions::default()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    ev.udp_bind(address, &shared).unwrap();
}

#[test]
fn options_are_checked() {
    let ev = EventLoop::new().unwrap();
    let socket = bound(&ev);
    ev.udp_settings(socket, |settings| {
        assert!(settings.set_ttl(0).is_err());
        assert!(settings.set_ttl(256).is_err());
        settings.set_ttl(4)?;
        settings.set_multicast_ttl(0)?;
        settings.set_multicast_loop(false)?;
        settings.set_broadcast(true)?;
        settings.set_receive_buffer_size(20_000)?;
        assert!(settings.receive_buffer_size()? >= 20_000);
        let group = Ipv4Addr::new(239, 1, 2, 3).into();
        assert!(settings.join(group, MulticastInterface::V6(0)).is_err());
        Ok(())
    })
    .unwrap();
    let timer = ev.timer().unwrap();
    assert!(ev.udp_settings(timer, |_| Ok(())).is_err());
}

#[cfg(unix)]
#[test]
fn a_socket_goes_to_another_loop() {
    let (ev, other) = (EventLoop::new().unwrap(), EventLoop::new().unwrap());
    let socket = bound(&ev);
    let address = ev.local_addr(socket).unwrap();
    let adopted = other.open_udp_fd(ev.detach(socket).unwrap()).unwrap();
    assert_eq!(other.local_addr(adopted).unwrap(), address);
    assert!(ev.local_addr(socket).is_err());
}

#[test]
fn a_batch_has_every_datagram_with_its_sender() {
    let ev = EventLoop::new().unwrap();
    let (receiver, to) = bound_at(&ev);
    let (first, first_address) = bound_at(&ev);
    let (second, second_address) = bound_at(&ev);
    ev.udp_receive_start(receiver).unwrap();
    for tag in 0..10 {
        let from = if tag % 2 == 0 { first } else { second };
        ev.udp_send(from, vec![b'x'; tag as usize * 10], Some(to), tag)
            .unwrap();
    }
    let mut batch = Datagrams::new(4, 80);
    let mut got = Vec::new();
    while got.len() < 10 {
        match ev.next_event(RunMode::Once) {
            Some(Event::Readable(_)) => {
                while ev.udp_receive_batch(receiver, &mut batch).unwrap() > 0 {
                    assert!(batch.len() <= batch.capacity());
                    let one =
                        |one: ouro_loop::Datagram<'_>| (one.bytes.len(), one.from, one.truncated);
                    got.extend(batch.iter().map(one));
                }
                assert!(batch.is_empty());
            }
            Some(Event::Wrote { result, .. }) => result.unwrap(),
            // The end of an iteration: they are still on their way.
            None => {}
            other => panic!("{other:?}"),
        }
    }
    for (tag, (length, from, truncated)) in got.into_iter().enumerate() {
        let sender = if tag % 2 == 0 {
            first_address
        } else {
            second_address
        };
        assert_eq!(
            (length, from, truncated),
            ((tag * 10).min(80), sender, tag * 10 > 80)
        );
    }
}

#[test]
fn a_batch_keeps_to_the_share_of_a_turn() {
    let ev = EventLoop::new().unwrap();
    let (receiver, to) = bound_at(&ev);
    let sender = std::net::UdpSocket::bind(local()).unwrap();
    ev.udp_receive_start(receiver).unwrap();
    for _ in 0..100 {
        sender.send_to(b"x", to).unwrap();
    }
    let mut batch = Datagrams::new(64, 16);
    let (mut turns, mut count) = (0, 0);
    while count < 100 {
        let Some(Event::Readable(_)) = ev.next_event(RunMode::Once) else {
            continue;
        };
        turns += 1;
        let before = count;
        while ev.udp_receive_batch(receiver, &mut batch).unwrap() > 0 {
            count += batch.len();
        }
        assert!(count - before <= 32);
    }
    assert!(turns >= 4);
}
