//! Handles that go at the worst moment: in their own event, in another's, while writing, with
//! the loop itself.

mod common;

use std::io::ErrorKind;
use std::net::TcpStream;

use common::{any_port, new_loop, run_out, tcp_pair, timer};
use ouro_loop::{
    ConnectOptions, Event, EventLoop, HandleId, ListenOptions, ReadResult, RunMode, UdpOptions,
};

/// A UDP socket with a datagram waiting.
fn udp_with_news(ev: &EventLoop) -> HandleId {
    let id = ev.udp_bind(any_port(), &UdpOptions::default()).unwrap();
    ev.udp_receive_start(id).unwrap();
    let sender = std::net::UdpSocket::bind(any_port()).unwrap();
    sender.send_to(b"news", ev.local_addr(id).unwrap()).unwrap();
    id
}

/// A listener with a connection waiting, and that.
fn listener_with_news(ev: &EventLoop) -> (HandleId, TcpStream) {
    let id = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let peer = TcpStream::connect(ev.local_addr(id).unwrap()).unwrap();
    (id, peer)
}

/// A stream being read with bytes waiting, and its peer.
fn stream_with_news(ev: &EventLoop) -> (HandleId, HandleId) {
    let (id, peer) = tcp_pair(ev);
    ev.read_start(id).unwrap();
    assert_eq!(
        ev.try_write(peer, &[std::io::IoSlice::new(b"news")])
            .unwrap(),
        4
    );
    (id, peer)
}

#[test]
fn whoever_is_announced_first_may_close_all_others_of_the_turn() {
    let ev = new_loop();
    let (stream, peer) = stream_with_news(&ev);
    let (listener, _connection) = listener_with_news(&ev);
    let udp = udp_with_news(&ev);
    let (woken, waker) = ev.async_handle().unwrap();
    waker.wake();
    let check = ev.check().unwrap();
    ev.check_start(check).unwrap();
    let late = timer(&ev, 0, 0);
    let all = [stream, peer, listener, udp, woken, check, late];

    let first = ev
        .next_event(RunMode::Once)
        .expect("something has news")
        .handle();
    for id in all {
        ev.close(id).unwrap();
    }
    for event in run_out(&ev) {
        let Event::Closed(id) = event else {
            panic!("{event:?} after {first:?} closed it");
        };
        assert!(all.contains(&id));
    }
}

#[test]
fn every_kind_may_close_itself_in_its_own_event() {
    let ev = new_loop();
    let (stream, peer) = stream_with_news(&ev);
    let (listener, _connection) = listener_with_news(&ev);
    let udp = udp_with_news(&ev);
    ev.udp_send(udp, "x", Some(ev.local_addr(udp).unwrap()), 1)
        .unwrap();
    let (woken, waker) = ev.async_handle().unwrap();
    waker.wake();
    let idle = ev.idle().unwrap();
    ev.idle_start(idle).unwrap();
    let prepare = ev.prepare().unwrap();
    ev.prepare_start(prepare).unwrap();
    let check = ev.check().unwrap();
    ev.check_start(check).unwrap();
    let repeating = timer(&ev, 0, 1);
    let connecting = ev
        .tcp_connect(ev.local_addr(listener).unwrap(), &ConnectOptions::default())
        .unwrap();
    ev.write(peer, "first", 1).unwrap();
    ev.write(peer, "second", 2).unwrap();
    ev.shutdown(peer).unwrap();

    let mut announced = Vec::new();
    let mut closed = Vec::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Closed(id) => closed.push(id),
            // What was under way when the handle was closed.
            Event::Wrote { id, .. } | Event::Shutdown { id, .. } if ev.is_closing(id) => {}
            event => {
                let id = event.handle();
                assert!(
                    !announced.contains(&id),
                    "{event:?} after its handle was closed"
                );
                announced.push(id);
                ev.close(id).unwrap();
            }
        }
    }
    let mut all = vec![
        stream, peer, listener, udp, woken, idle, prepare, check, repeating, connecting,
    ];
    for list in [&mut all, &mut announced, &mut closed] {
        list.sort();
    }
    assert_eq!(announced, all);
    assert_eq!(closed, all);
}

#[test]
fn a_reset_while_writing_ends_each_write_once() {
    let ev = new_loop();
    let listener = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let peer = TcpStream::connect(ev.local_addr(listener).unwrap()).unwrap();
    assert!(matches!(
        ev.next_event(RunMode::Default),
        Some(Event::Connection(_))
    ));
    let stream = ev.accept(listener).unwrap().unwrap();
    ev.close(listener).unwrap();
    // More than the system keeps, so that most of it waits here.
    for tag in 0..8 {
        ev.write(stream, vec![b'x'; 4 << 20], tag).unwrap();
    }
    assert!(ev.write_queue_size(stream).unwrap() > 0);
    socket2::SockRef::from(&peer)
        .set_linger(Some(std::time::Duration::ZERO))
        .unwrap();
    drop(peer);

    let mut ends = Vec::new();
    let mut failed = 0;
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Wrote { tag, result, .. } => {
                ends.push(tag);
                if let Err(error) = result {
                    let kind = error.kind();
                    assert!(
                        matches!(
                            kind,
                            ErrorKind::ConnectionReset
                                | ErrorKind::BrokenPipe
                                | ErrorKind::ConnectionAborted
                        ),
                        "{error}"
                    );
                    failed += 1;
                }
            }
            Event::Closed(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(ends, (0..8).collect::<Vec<_>>());
    assert!(failed > 0);
    assert_eq!(ev.write_queue_size(stream).unwrap(), 0);
    // The handle is still there, and so is the news that the connection is broken.
    ev.read_start(stream).unwrap();
    assert!(matches!(
        ev.next_event(RunMode::Default),
        Some(Event::Readable(_))
    ));
    assert!(matches!(
        ev.read(stream, &mut [0; 16]),
        ReadResult::Err(_) | ReadResult::Eof
    ));
    ev.close(stream).unwrap();
    run_out(&ev);
}

#[test]
fn a_peer_that_is_half_closed_still_gets_what_is_queued() {
    let ev = new_loop();
    let (stream, peer) = tcp_pair(&ev);
    ev.shutdown(peer).unwrap();
    ev.read_start(stream).unwrap();
    ev.read_start(peer).unwrap();
    let length = 4 << 20;
    let mut received = 0;
    let mut buffer = vec![0; 64 << 10];
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) => match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => received += count,
                ReadResult::Eof if id == stream => {
                    // The end of the other direction doesn't touch this one.
                    ev.write(stream, vec![b'x'; length], 0).unwrap();
                    ev.shutdown(stream).unwrap();
                }
                ReadResult::Eof => {
                    ev.close(stream).unwrap();
                    ev.close(peer).unwrap();
                }
                ReadResult::WouldBlock => {}
                ReadResult::Err(error) => panic!("{error}"),
            },
            Event::Wrote { result, .. } | Event::Shutdown { result, .. } => result.unwrap(),
            Event::Closed(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(received, length);
}

#[test]
fn walk_names_what_is_open_until_it_is_announced_as_closed() {
    let ev = new_loop();
    let (stream, peer) = tcp_pair(&ev);
    let tick = timer(&ev, 1_000, 0);
    let named = |ev: &EventLoop| ev.walk().into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    for id in [stream, peer, tick] {
        assert!(named(&ev).contains(&id));
        ev.close(id).unwrap();
        assert!(named(&ev).contains(&id), "closing, not closed");
    }
    run_out(&ev);
    assert_eq!(named(&ev), []);
}

#[test]
fn a_loop_dropped_with_everything_under_way_does_no_harm() {
    for _ in 0..50 {
        let ev = new_loop();
        let (stream, peer) = stream_with_news(&ev);
        let (listener, _connection) = listener_with_news(&ev);
        let _udp = udp_with_news(&ev);
        let (_, waker) = ev.async_handle().unwrap();
        waker.wake();
        timer(&ev, 0, 1);
        let address = ev.local_addr(listener).unwrap();
        ev.tcp_connect(address, &ConnectOptions::default()).unwrap();
        ev.write(stream, vec![0; 8 << 20], 1).unwrap();
        ev.shutdown(stream).unwrap();
        ev.close(peer).unwrap();
        let _ = ev.next_event(RunMode::Once);
        drop(ev);
        waker.wake();
    }
}
