//! TCP and pipes through the public API.

mod common;

use std::io::{ErrorKind, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use common::{any_port, new_loop, run, run_out, tcp_pair};
use ouro_loop::{
    BoundSocket, ConnectOptions, Event, EventLoop, HandleId, KeepAlive, ListenOptions, Payload,
    ReadResult, RunMode, StreamKind,
};

/// Reads until there is nothing more now.
fn read_all(ev: &EventLoop, id: HandleId, into: &mut Vec<u8>) -> Option<ReadResult> {
    let mut buffer = [0; 4096];
    loop {
        match ev.read(id, &mut buffer) {
            ReadResult::Data(count) => into.extend_from_slice(&buffer[..count]),
            ReadResult::WouldBlock => return None,
            end => return Some(end),
        }
    }
}

#[test]
fn an_echo_goes_round_and_the_loop_ends() {
    let ev = new_loop();
    let server = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address = ev.local_addr(server).unwrap();
    let client = ev.tcp_connect(address, &ConnectOptions::default()).unwrap();
    let mut log = Vec::new();
    let mut buffer = [0; 1024];
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Connection(id) => {
                while let Some(peer) = ev.accept(id).unwrap() {
                    assert_eq!(ev.local_addr(peer).unwrap(), address);
                    assert_eq!(ev.peer_addr(peer).unwrap(), ev.local_addr(client).unwrap());
                    ev.read_start(peer).unwrap();
                }
                ev.close(id).unwrap();
            }
            Event::Connected { id, result } => {
                result.unwrap();
                ev.set_nodelay(id, true).unwrap();
                ev.read_start(id).unwrap();
                ev.write(id, "hello", 7).unwrap();
            }
            Event::Wrote { id, tag, result } => {
                result.unwrap();
                assert_eq!((id, tag), (client, 7));
                log.push("wrote".to_owned());
            }
            Event::Readable(id) => match ev.read(id, &mut buffer) {
                ReadResult::Data(n) if id == client => {
                    log.push(String::from_utf8_lossy(&buffer[..n]).into_owned());
                    ev.shutdown(id).unwrap();
                }
                ReadResult::Data(n) => {
                    assert_eq!(ev.try_write(id, &[IoSlice::new(&buffer[..n])]).unwrap(), n);
                }
                ReadResult::WouldBlock => {}
                ReadResult::Eof => ev.close(id).unwrap(),
                ReadResult::Err(error) => panic!("{error}"),
            },
            Event::Shutdown { id, result } => {
                result.unwrap();
                log.push("shutdown".to_owned());
                assert_eq!(id, client);
            }
            Event::Closed(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(!ev.alive());
    assert_eq!(log, ["wrote", "hello", "shutdown"]);
}

#[test]
fn a_refused_connection_is_reported_and_costs_nothing() {
    let address = TcpListener::bind(any_port()).unwrap().local_addr().unwrap();
    let ev = new_loop();
    let id = ev.tcp_connect(address, &ConnectOptions::default()).unwrap();
    ev.write(id, "never", 1).unwrap();
    let events = run_out(&ev);
    let [
        Event::Connected {
            result: Err(refused),
            ..
        },
        Event::Wrote {
            tag: 1,
            result: Err(_),
            ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    ev.close(id).unwrap();
    assert_eq!(run_out(&ev).len(), 1);
}

#[test]
fn a_connection_can_start_from_a_given_address() {
    let ev = new_loop();
    let server = TcpListener::bind(any_port()).unwrap();
    let options = ConnectOptions {
        local: Some(any_port()),
    };
    let id = ev
        .tcp_connect(server.local_addr().unwrap(), &options)
        .unwrap();
    let (_peer, from) = server.accept().unwrap();
    assert!(matches!(
        &run_out(&ev)[..],
        [Event::Connected { result: Ok(()), .. }]
    ));
    assert_eq!(ev.local_addr(id).unwrap(), from);
    assert_eq!(ev.stream_kind(id).unwrap(), StreamKind::Tcp);
}

#[test]
fn an_address_in_use_is_an_error_of_listen() {
    let ev = new_loop();
    let first = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address = ev.local_addr(first).unwrap();
    let error = ev
        .tcp_listen(address, &ListenOptions::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

#[test]
fn closing_cancels_what_was_under_way_in_order() {
    let ev = new_loop();
    let (client, _server) = tcp_pair(&ev);
    let mut tag = 0;
    // Fill the socket, so that writes stay queued.
    while ev.write_queue_size(client).unwrap() == 0 {
        ev.write(client, vec![0; 1 << 20], tag).unwrap();
        tag += 1;
    }
    ev.write(client, "last", tag).unwrap();
    ev.shutdown(client).unwrap();
    ev.close(client).unwrap();
    let events = run_out(&ev);
    let count = events.len();
    for (at, event) in events[..count - 2].iter().enumerate() {
        let Event::Wrote { tag, result, .. } = event else {
            panic!("{event:?}");
        };
        assert_eq!(*tag, at as u64);
        assert_eq!(result.is_err(), at as u64 >= count as u64 - 4, "{event:?}");
    }
    assert!(matches!(
        events[count - 2],
        Event::Shutdown { result: Err(_), .. }
    ));
    assert!(matches!(events[count - 1], Event::Closed(id) if id == client));
}

#[test]
fn closing_while_connecting_reports_the_connect_as_cancelled() {
    let ev = new_loop();
    let server = TcpListener::bind(any_port()).unwrap();
    let id = ev
        .tcp_connect(server.local_addr().unwrap(), &ConnectOptions::default())
        .unwrap();
    ev.close(id).unwrap();
    let events = run_out(&ev);
    assert!(matches!(
        &events[..],
        [Event::Connected { result: Err(_), .. }, Event::Closed(_)]
    ));
}

#[test]
fn a_big_write_arrives_whole_under_back_pressure() {
    const SIZE: usize = 32 << 20;
    let ev = new_loop();
    let (client, server) = tcp_pair(&ev);
    let bytes: Arc<[u8]> = (0..SIZE).map(|n| (n * 7 % 251) as u8).collect();
    let half = SIZE / 2;
    ev.write_all(
        client,
        vec![
            Payload::Shared(bytes.clone(), 0..half),
            Payload::Static(b""),
            Payload::Shared(bytes.clone(), half..SIZE),
        ],
        5,
    )
    .unwrap();
    assert!(ev.write_queue_size(client).unwrap() > 0);
    // Queued writes come first, so this one may not overtake them.
    let overtaking = ev.try_write(client, &[IoSlice::new(b"x")]).unwrap_err();
    assert_eq!(overtaking.kind(), ErrorKind::WouldBlock);
    ev.shutdown(client).unwrap();
    ev.read_start(server).unwrap();
    let mut received = Vec::with_capacity(SIZE);
    let mut log = Vec::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) => {
                if let Some(end) = read_all(&ev, id, &mut received) {
                    assert!(matches!(end, ReadResult::Eof));
                    log.push("eof");
                }
            }
            Event::Wrote {
                tag: 5,
                result: Ok(()),
                ..
            } => {
                assert_eq!(ev.write_queue_size(client).unwrap(), 0);
                log.push("wrote");
            }
            Event::Shutdown { result: Ok(()), .. } => log.push("shutdown"),
            other => panic!("{other:?}"),
        }
    }
    assert!(received[..] == bytes[..]);
    assert_eq!(log, ["wrote", "shutdown", "eof"]);
}

#[test]
fn a_half_open_connection_still_writes() {
    let ev = new_loop();
    let (client, server) = tcp_pair(&ev);
    ev.read_start(server).unwrap();
    ev.read_start(client).unwrap();
    ev.shutdown(client).unwrap();
    assert!(ev.write(client, "x", 0).is_err());
    assert!(ev.shutdown(client).is_err());
    let mut received = Vec::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) if id == server => {
                assert!(matches!(ev.read(id, &mut [0; 8]), ReadResult::Eof));
                assert!(!ev.is_active(id).unwrap());
                ev.write(id, "late", 1).unwrap();
                ev.shutdown(id).unwrap();
            }
            Event::Readable(id) => {
                read_all(&ev, id, &mut received);
            }
            Event::Wrote { result, .. } | Event::Shutdown { result, .. } => result.unwrap(),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(received, b"late");
}

#[test]
fn what_comes_in_while_reading_is_stopped_is_announced_later_and_the_end_too() {
    let ev = new_loop();
    let (client, server) = tcp_pair(&ev);
    ev.read_start(server).unwrap();
    ev.read_stop(server).unwrap();
    ev.write(client, "kept", 0).unwrap();
    ev.shutdown(client).unwrap();
    run_out(&ev);
    // The loop has seen the bytes and the hang-up by now, at the latest in these turns.
    for _ in 0..3 {
        assert!(run(&ev, RunMode::NoWait).is_empty());
    }
    ev.read_start(server).unwrap();
    let mut received = Vec::new();
    let mut ends = 0;
    while let Some(event) = ev.next_event(RunMode::Default) {
        assert!(matches!(event, Event::Readable(id) if id == server));
        ends += usize::from(read_all(&ev, server, &mut received).is_some());
    }
    assert_eq!((received.as_slice(), ends), (&b"kept"[..], 1));
    // The end is found again by whoever reads again.
    ev.read_start(server).unwrap();
    assert!(matches!(
        ev.next_event(RunMode::Default),
        Some(Event::Readable(_))
    ));
    assert!(matches!(ev.read(server, &mut [0; 8]), ReadResult::Eof));
    assert!(ev.next_event(RunMode::Default).is_none());
}

#[test]
fn a_reset_is_an_error_of_read() {
    let ev = new_loop();
    let (client, server) = tcp_pair(&ev);
    ev.read_start(server).unwrap();
    ev.tcp_close_reset(client).unwrap();
    let mut seen = false;
    while let Some(event) = ev.next_event(RunMode::Default) {
        if let Event::Readable(id) = event {
            match ev.read(id, &mut [0; 8]) {
                ReadResult::Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                    seen = true;
                }
                ReadResult::WouldBlock => {}
                // Under Wine a reset arrives as an orderly end.
                ReadResult::Eof if cfg!(windows) => seen = true,
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(seen);
}

/// A stream that has as many bytes to read, and a check handle that tells turns apart.
fn stream_with(bytes: usize, ev: &EventLoop) -> HandleId {
    let (client, server) = tcp_pair(ev);
    let check = ev.check().unwrap();
    ev.check_start(check).unwrap();
    ev.set_ref(check, false).unwrap();
    ev.write(client, vec![b'a'; bytes], 0).unwrap();
    ev.shutdown(client).unwrap();
    run(ev, RunMode::Once);
    ev.read_start(server).unwrap();
    server
}

/// What `read` says of each announcement until reading ends, turn by turn. Turns in which nothing had arrived yet aren't told.
fn turns(ev: &EventLoop, mut read: impl FnMut(&EventLoop, HandleId) -> char) -> Vec<String> {
    let mut log = String::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) => log.push(read(ev, id)),
            Event::Check(_) => log.push(' '),
            Event::Wrote { .. } | Event::Shutdown { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    log.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_stream_that_is_not_drained_is_announced_once_in_each_turn() {
    let ev = new_loop();
    let server = stream_with(3, &ev);
    let mut looks = 0;
    let turns = turns(&ev, |ev, id| {
        assert_eq!(id, server);
        looks += 1;
        match looks {
            1 | 2 => '-',
            3 => match ev.read(id, &mut [0; 8]) {
                ReadResult::Data(3) => 'a',
                other => panic!("{other:?}"),
            },
            _ => match ev.read(id, &mut [0; 8]) {
                ReadResult::Eof => '.',
                other => panic!("{other:?}"),
            },
        }
    });
    assert_eq!(turns, ["-", "-", "a", "."]);
}

#[test]
fn a_stream_whose_reads_are_filled_is_announced_again_in_its_turn() {
    let ev = new_loop();
    stream_with(70, &ev);
    let turns = turns(&ev, |ev, id| {
        let mut byte = [MaybeUninit::uninit(); 1];
        match ev.read_uninit(id, &mut byte) {
            ReadResult::Data(1) => 'a',
            ReadResult::Eof => '.',
            other => panic!("{other:?}"),
        }
    });
    let full = "a".repeat(32);
    assert_eq!(turns, [&full, &full, "aaaaaa."]);
}

#[test]
fn who_stops_a_stream_in_between_hears_no_more_of_it() {
    let ev = new_loop();
    stream_with(70, &ev);
    let turns = turns(&ev, |ev, id| match ev.read(id, &mut [0; 10]) {
        ReadResult::Data(10) => {
            ev.read_stop(id).unwrap();
            'a'
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(turns, ["a"]);
}

#[test]
fn a_busy_stream_starves_nobody() {
    let ev = new_loop();
    let (busy_in, busy_out) = tcp_pair(&ev);
    let (quiet_in, quiet_out) = tcp_pair(&ev);
    let timer = common::timer(&ev, 0, 1);
    ev.read_start(busy_out).unwrap();
    ev.read_start(quiet_out).unwrap();
    ev.write(busy_in, vec![1; 1 << 20], 0).unwrap();
    ev.write(quiet_in, "q", 0).unwrap();
    let (mut busy, mut quiet_after, mut timer_after) = (0, None, None);
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) if id == busy_out => {
                busy += 1;
                // A reader that takes little of what there is.
                let _ = ev.read(id, &mut [0; 64]);
            }
            Event::Readable(id) => {
                let _ = ev.read(id, &mut [0; 64]);
                quiet_after.get_or_insert(busy);
            }
            Event::Timer(_) => {
                timer_after.get_or_insert(busy);
            }
            _ => {}
        }
        if quiet_after.is_some() && timer_after.is_some() {
            break;
        }
    }
    // 16,384 reads are needed for the busy one; the others got their turn long before.
    assert!(quiet_after.unwrap() < 1000 && timer_after.unwrap() < 1000);
    for id in [busy_in, busy_out, quiet_in, quiet_out, timer] {
        ev.close(id).unwrap();
    }
    run_out(&ev);
    assert!(!ev.alive());
}

#[test]
fn many_connections_are_accepted_in_bounded_turns() {
    const COUNT: usize = 300;
    let ev = new_loop();
    let server = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address = ev.local_addr(server).unwrap();
    let peers: Vec<_> = (0..COUNT)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let mut accepted = Vec::new();
    let mut turns = Vec::new();
    while accepted.len() < COUNT {
        let Some(event) = ev.next_event(RunMode::Default) else {
            panic!("the loop ended");
        };
        let Event::Connection(id) = event else {
            panic!("{event:?}");
        };
        let before = accepted.len();
        while let Some(stream) = ev.accept(id).unwrap() {
            accepted.push(stream);
        }
        turns.push(accepted.len() - before);
    }
    assert!(
        turns.len() > 1 && turns.iter().all(|&turn| turn <= 128),
        "{turns:?}"
    );

    // Each of them is its own connection.
    for (at, mut peer) in peers.iter().enumerate() {
        peer.write_all(&(at as u32).to_le_bytes()).unwrap();
    }
    for &id in &accepted {
        ev.read_start(id).unwrap();
    }
    let mut numbers = Vec::new();
    while numbers.len() < COUNT {
        if let Some(Event::Readable(id)) = ev.next_event(RunMode::Default) {
            let mut bytes = [0; 4];
            if let ReadResult::Data(4) = ev.read(id, &mut bytes) {
                ev.try_write(id, &[IoSlice::new(&bytes)]).unwrap();
                numbers.push(u32::from_le_bytes(bytes));
            }
        }
    }
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..COUNT as u32));
    for (at, mut peer) in peers.iter().enumerate() {
        let mut bytes = [0; 4];
        peer.read_exact(&mut bytes).unwrap();
        assert_eq!(u32::from_le_bytes(bytes), at as u32);
    }
}

#[test]
fn a_listener_closed_in_its_callback_accepts_no_more() {
    let ev = new_loop();
    let server = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address: SocketAddr = ev.local_addr(server).unwrap();
    let _one = TcpStream::connect(address).unwrap();
    let _two = TcpStream::connect(address).unwrap();
    let mut log = Vec::new();
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connection(id) => {
            assert!(ev.accept(id).unwrap().is_some());
            ev.close(id).unwrap();
            assert!(ev.accept(id).is_err());
            log.push("connection");
        }
        Event::Closed(_) => log.push("closed"),
        other => panic!("{other:?}"),
    })
    .unwrap();
    assert_eq!(log, ["connection", "closed"]);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn bound_sockets_listen_and_connect() {
    let ev = new_loop();
    let options = ListenOptions::default();
    let bound = BoundSocket::tcp(any_port(), &options).unwrap();
    let address = bound.local_addr().unwrap();
    assert_ne!(address.port(), 0);
    let listener = ev.listen_bound(bound, 5).unwrap();
    assert_eq!(ev.local_addr(listener).unwrap(), address);

    let mut bound = BoundSocket::tcp(any_port(), &options).unwrap();
    let from = bound.local_addr().unwrap();
    let client = ev.tcp_connect_bound(&mut bound, address).unwrap();
    let mut seen = None;
    let mut connected = false;
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connection(id) => {
            let server = ev.accept(id).unwrap().unwrap();
            seen = Some(ev.peer_addr(server).unwrap());
            ev.close(server).unwrap();
            ev.close(id).unwrap();
        }
        Event::Connected { id, result } => {
            result.unwrap();
            assert_eq!(id, client);
            assert_eq!(ev.local_addr(id).unwrap(), from);
            connected = true;
            ev.close(id).unwrap();
        }
        _ => {}
    })
    .unwrap();
    assert!(connected);
    assert_eq!(seen, Some(from));
}

#[cfg(unix)]
#[test]
fn the_name_of_a_bound_socket_goes_with_it() {
    let folder = std::env::temp_dir().join(format!("ouro-bound-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("socket");
    let bound = BoundSocket::pipe(&path).unwrap();
    assert!(path.exists());
    assert!(BoundSocket::pipe(&path).is_err());
    drop(bound);
    assert!(!path.exists());
    let ev = new_loop();
    let listener = ev
        .listen_bound(BoundSocket::pipe(&path).unwrap(), 5)
        .unwrap();
    assert!(path.exists());
    ev.close(listener).unwrap();
    assert!(!path.exists());
    std::fs::remove_dir(&folder).unwrap();
}

#[test]
fn options_reach_the_socket() {
    let ev = new_loop();
    let (client, _server) = tcp_pair(&ev);
    let probes = KeepAlive {
        idle: Some(std::time::Duration::from_secs(30)),
        interval: Some(std::time::Duration::from_secs(2)),
        count: Some(3),
    };
    ev.set_keepalive(client, Some(&probes)).unwrap();
    ev.set_keepalive(client, None).unwrap();
    let never = KeepAlive {
        idle: Some(std::time::Duration::ZERO),
        ..probes
    };
    assert!(ev.set_keepalive(client, Some(&never)).is_err());
    ev.set_type_of_service(client, 0x28).unwrap();
    assert_eq!(ev.type_of_service(client).unwrap(), 0x28);
    ev.set_nodelay(client, true).unwrap();
    ev.set_nodelay(client, false).unwrap();
    #[cfg(unix)]
    {
        let options = ListenOptions {
            reuse_port: true,
            ..ListenOptions::default()
        };
        let first = ev.tcp_listen(any_port(), &options).unwrap();
        ev.tcp_listen(ev.local_addr(first).unwrap(), &options)
            .unwrap();
    }
}

#[test]
fn who_was_found_by_the_last_poll_is_counted() {
    let ev = new_loop();
    let pairs: Vec<_> = (0..3).map(|_| tcp_pair(&ev)).collect();
    for (ours, theirs) in &pairs {
        ev.read_start(*ours).unwrap();
        assert_eq!(ev.try_write(*theirs, &[IoSlice::new(b"x")]).unwrap(), 1);
    }
    std::thread::sleep(std::time::Duration::from_millis(50));
    let mut left = Vec::new();
    let mut buffer = [0; 16];
    while let Some(event) = ev.next_event(RunMode::Default) {
        if let Event::Readable(id) = event {
            assert!(matches!(ev.read(id, &mut buffer), ReadResult::Data(1)));
            left.push(ev.ready());
            ev.close(id).unwrap();
        }
    }
    assert_eq!(left, [2, 1, 0]);
    assert_eq!(ev.ready(), 0);
}
