//! What only Windows has: named pipes as streams, and handles that come and go.
#![cfg(windows)]

mod common;

use std::io::{ErrorKind, Write};
use std::os::windows::io::AsRawSocket;

use common::{any_port, new_loop, pipe_name, run, run_out, tcp_pair};
use ouro_loop::{
    Event, EventLoop, HandleId, ListenOptions, OsHandle, RawOsHandle, ReadResult, RunMode,
    StreamKind, UdpOptions,
};

/// Reads what there is; whether the end has come.
fn read_on(ev: &EventLoop, id: HandleId, received: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 1000];
    match ev.read(id, &mut buffer) {
        ReadResult::Data(count) => received.extend_from_slice(&buffer[..count]),
        ReadResult::WouldBlock => {}
        ReadResult::Eof => return true,
        ReadResult::Err(error) => panic!("{error}"),
    }
    false
}

#[test]
fn both_ends_of_a_pipe_read_and_write_and_the_end_comes_last() {
    let ev = new_loop();
    let (one, other) = ev.stream_pair().unwrap();
    assert_eq!(ev.stream_kind(one).unwrap(), StreamKind::Pipe);
    for id in [one, other] {
        ev.read_start(id).unwrap();
    }
    ev.write(one, "question", 1).unwrap();
    ev.write_all(other, vec!["an".into(), "".into(), "swer".into()], 2)
        .unwrap();
    let (mut at_one, mut at_other, mut written) = (Vec::new(), Vec::new(), Vec::new());
    let mut ended = false;
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Readable(id) if id == one => {
            assert!(!read_on(ev, id, &mut at_one));
            if at_one == b"answer" {
                ev.close(one).unwrap();
            }
        }
        Event::Readable(id) => {
            if read_on(ev, id, &mut at_other) {
                ended = true;
                ev.close(id).unwrap();
            }
        }
        Event::Wrote { tag, result, .. } => {
            result.unwrap();
            written.push(tag);
        }
        Event::Closed(_) => {}
        other => panic!("{other:?}"),
    })
    .unwrap();
    written.sort_unstable();
    assert_eq!(written, [1, 2]);
    assert_eq!(
        (&at_one[..], &at_other[..]),
        (&b"answer"[..], &b"question"[..])
    );
    assert!(ended);
}

#[test]
fn a_big_write_to_a_pipe_waits_for_its_reader() {
    let ev = new_loop();
    let (writer, reader) = ev.stream_pair().unwrap();
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|at| (at % 251) as u8).collect();
    ev.write(writer, bytes.clone(), 7).unwrap();
    // Nobody reads: it comes to a stop with most of it in the queue.
    let stuck = ev.timer().unwrap();
    ev.timer_start(stuck, 50, 0).unwrap();
    while !matches!(ev.next_event(RunMode::Default), Some(Event::Timer(_))) {}
    assert!(ev.write_queue_size(writer).unwrap() > 500_000);
    assert_eq!(
        ev.try_write(writer, &[std::io::IoSlice::new(b"x")])
            .unwrap_err()
            .kind(),
        ErrorKind::WouldBlock
    );
    ev.read_start(reader).unwrap();
    let (mut received, mut wrote) = (Vec::new(), false);
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Readable(id) => {
            if read_on(ev, id, &mut received) {
                ev.close(id).unwrap();
            }
        }
        Event::Wrote { tag: 7, result, .. } => {
            result.unwrap();
            wrote = true;
            ev.close(writer).unwrap();
        }
        _ => {}
    })
    .unwrap();
    assert!(wrote);
    // Closing let what was on its way arrive.
    assert!(received == bytes);
}

#[test]
fn writing_to_a_pipe_whose_reader_is_gone_fails_every_queued_write() {
    let ev = new_loop();
    let (writer, reader) = ev.stream_pair().unwrap();
    ev.write(writer, vec![0; 1 << 20], 1).unwrap();
    ev.write(writer, "more", 2).unwrap();
    ev.close(reader).unwrap();
    let mut failed = Vec::new();
    for event in run_out(&ev) {
        if let Event::Wrote { tag, result, .. } = event {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::BrokenPipe);
            failed.push(tag);
        }
    }
    assert_eq!(failed, [1, 2]);
}

#[test]
fn a_file_is_no_stream() {
    let ev = new_loop();
    let mut file = std::env::temp_dir();
    file.push(format!("ouro-loop-{}.txt", std::process::id()));
    let mut opened = std::fs::File::create(&file).unwrap();
    opened.write_all(b"text").unwrap();
    assert!(ev.open_handle(opened.into()).is_err());
    std::fs::remove_file(&file).unwrap();
    assert!(run(&ev, RunMode::NoWait).is_empty());
}

#[test]
fn a_client_waits_for_a_free_instance_and_may_be_closed_meanwhile() {
    let ev = new_loop();
    let name = pipe_name("busy");
    let listener = ev.pipe_listen(&name, 1).unwrap();
    // Somebody takes the only instance.
    let first = ev.pipe_connect(&name).unwrap();
    let (gives_up, waits) = (
        ev.pipe_connect(&name).unwrap(),
        ev.pipe_connect(&name).unwrap(),
    );
    assert!(matches!(ev.read(waits, &mut [0; 1]), ReadResult::Err(_)));
    ev.write(waits, "in the end", 1).unwrap();
    ev.close(gives_up).unwrap();
    let mut connected = Vec::new();
    let mut received = Vec::new();
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connected { id, result } => {
            assert_eq!(result.is_ok(), id != gives_up);
            connected.push(id);
        }
        Event::Connection(id) => {
            while let Some(stream) = ev.accept(id).unwrap() {
                ev.read_start(stream).unwrap();
            }
        }
        Event::Readable(id) => {
            read_on(ev, id, &mut received);
            if received == b"in the end" {
                for (id, _) in ev.walk() {
                    if !ev.is_closing(id) {
                        ev.close(id).unwrap();
                    }
                }
            }
        }
        _ => {}
    })
    .unwrap();
    assert_eq!(received, b"in the end");
    assert_eq!(connected.len(), 3);
    assert!(connected.contains(&first) && ev.is_closing(listener));
}

#[test]
fn what_is_no_name_of_a_pipe_cannot_be_listened_at() {
    let ev = new_loop();
    for name in ["plain", r"\\.\notpipe\x", r"\\.\pipe\a\0b"] {
        let name = name.replace(r"\0", "\0");
        assert!(ev.pipe_listen(name.as_ref(), 1).is_err(), "{name:?}");
    }
    assert!(run_out(&ev).is_empty());
}

#[test]
fn a_detached_stream_goes_on_in_another_loop() {
    let (first, second) = (new_loop(), new_loop());
    let (ours, theirs) = tcp_pair(&first);
    first.read_start(ours).unwrap();
    run(&first, RunMode::NoWait);
    let raw = first.raw_os_handle(ours).unwrap();
    let OsHandle::Socket(socket) = first.detach(ours).unwrap() else {
        panic!("a TCP stream is a socket");
    };
    assert_eq!(raw, RawOsHandle::Socket(socket.as_raw_socket()));
    let moved = second.open_socket(socket).unwrap();
    assert_eq!(second.stream_kind(moved).unwrap(), StreamKind::Tcp);
    second.read_start(moved).unwrap();
    first.write(theirs, "hi", 0).unwrap();
    assert!(matches!(
        second.next_event(RunMode::Default),
        Some(Event::Readable(_))
    ));
    assert!(matches!(
        second.read(moved, &mut [0; 8]),
        ReadResult::Data(2)
    ));
    second.write(moved, "back", 0).unwrap();
    first.read_start(theirs).unwrap();
    while !matches!(
        first.next_event(RunMode::Default).unwrap(),
        Event::Readable(_)
    ) {}
    assert!(matches!(
        first.read(theirs, &mut [0; 8]),
        ReadResult::Data(4)
    ));
}

#[test]
fn a_detached_listener_and_a_detached_udp_socket_go_on_in_another_loop() {
    let (first, second) = (new_loop(), new_loop());
    let tcp = first
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let udp = first.udp_bind(any_port(), &UdpOptions::default()).unwrap();
    let (tcp_at, udp_at) = (
        first.local_addr(tcp).unwrap(),
        first.local_addr(udp).unwrap(),
    );
    run(&first, RunMode::NoWait);
    let (OsHandle::Socket(tcp), OsHandle::Socket(udp)) =
        (first.detach(tcp).unwrap(), first.detach(udp).unwrap())
    else {
        panic!("both are sockets");
    };
    run_out(&first);
    drop(first);
    let tcp = second.open_listener_socket(tcp).unwrap();
    let udp = second.open_udp_socket(udp).unwrap();
    second.udp_receive_start(udp).unwrap();
    let _peer = std::net::TcpStream::connect(tcp_at).unwrap();
    let sender = std::net::UdpSocket::bind(any_port()).unwrap();
    sender.send_to(b"news", udp_at).unwrap();
    let (mut accepted, mut received) = (false, false);
    second
        .run(RunMode::Default, |ev, event| match event {
            Event::Connection(id) => {
                assert_eq!(id, tcp);
                accepted = ev.accept(id).unwrap().is_some();
                ev.close(id).unwrap();
            }
            Event::Readable(id) => {
                assert_eq!(id, udp);
                received = true;
                ev.close(id).unwrap();
            }
            _ => {}
        })
        .unwrap();
    assert!(accepted && received);
}

#[test]
fn what_is_adopted_has_to_be_of_the_right_kind() {
    let ev = new_loop();
    let udp = || std::net::UdpSocket::bind(any_port()).unwrap();
    let tcp = || std::net::TcpListener::bind(any_port()).unwrap();
    assert!(ev.open_socket(udp().into()).is_err());
    assert!(ev.open_socket(tcp().into()).is_err());
    assert!(ev.open_listener_socket(udp().into()).is_err());
    assert!(ev.open_udp_socket(tcp().into()).is_err());
    assert!(run_out(&ev).is_empty());
}

#[test]
fn a_pipe_can_leave_a_loop_that_has_not_used_it() {
    let (first, second) = (new_loop(), new_loop());
    let (fresh, used) = first.stream_pair().unwrap();
    first.read_start(used).unwrap();
    let refused = first.detach(used).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    let OsHandle::Handle(handle) = first.detach(fresh).unwrap() else {
        panic!("a pipe is no socket");
    };
    let moved = second.open_handle(handle).unwrap();
    second.write(moved, "from afar", 0).unwrap();
    assert!(matches!(
        &run_out(&second)[..],
        [Event::Wrote { result: Ok(()), .. }]
    ));
    let mut received = Vec::new();
    while received != b"from afar" {
        if let Some(Event::Readable(id)) = first.next_event(RunMode::Default) {
            assert!(!read_on(&first, id, &mut received));
        }
    }
    let listener = first.pipe_listen(&pipe_name("tied"), 1).unwrap();
    assert_eq!(
        first.detach(listener).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    assert!(first.raw_os_handle(listener).is_err());
    assert!(!first.is_closing(listener));
}

#[test]
fn sharing_a_port_is_refused() {
    let ev = new_loop();
    let options = ListenOptions {
        reuse_port: true,
        ..ListenOptions::default()
    };
    let error = ev.tcp_listen(any_port(), &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
