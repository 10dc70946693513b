//! Pipes that are listened and connected to: Unix-domain sockets, named pipes on Windows.

mod common;

use std::io::ErrorKind;

use common::{new_loop, pipe_name, run, run_out, skip_under_wine};
use ouro_loop::{Event, EventLoop, HandleId, ReadResult, RunMode, StreamKind};

/// What one read gave; `None` at the end, which may be an error where the peer has dropped the connection.
fn read(ev: &EventLoop, id: HandleId) -> Option<Vec<u8>> {
    let mut buffer = [0; 1000];
    match ev.read(id, &mut buffer) {
        ReadResult::Data(count) => Some(buffer[..count].to_vec()),
        ReadResult::WouldBlock => Some(Vec::new()),
        ReadResult::Eof | ReadResult::Err(_) => None,
    }
}

#[test]
fn several_clients_are_answered_one_after_another_and_at_once() {
    let ev = new_loop();
    let name = pipe_name("answers");
    // On Windows, clients are more than there are instances at once. On Linux they would be refused.
    let backlog = if cfg!(windows) { 2 } else { 16 };
    let listener = ev.pipe_listen(&name, backlog).unwrap();
    let clients: Vec<_> = (0..7).map(|_| ev.pipe_connect(&name).unwrap()).collect();
    let mut answers = vec![String::new(); clients.len()];
    let (mut accepted, mut ended) = (0, 0);
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connection(id) => {
            while let Some(stream) = ev.accept(id).unwrap() {
                assert_eq!(ev.stream_kind(stream).unwrap(), StreamKind::Pipe);
                ev.read_start(stream).unwrap();
                accepted += 1;
                if accepted == clients.len() {
                    ev.close(listener).unwrap();
                    break;
                }
            }
        }
        Event::Connected { id, result } => {
            result.unwrap();
            let at = clients.iter().position(|&other| other == id).unwrap();
            ev.write(id, format!("client {at}"), 0).unwrap();
            ev.read_start(id).unwrap();
        }
        Event::Readable(id) => match (read(ev, id), clients.iter().position(|&c| c == id)) {
            (Some(bytes), Some(client)) => {
                answers[client].push_str(std::str::from_utf8(&bytes).unwrap());
                if answers[client] == format!("client {client}") {
                    ev.close(id).unwrap();
                }
            }
            (Some(bytes), None) => ev.write(id, bytes, 0).unwrap(),
            (None, Some(client)) => panic!("client {client} has no answer"),
            (None, None) => {
                ended += 1;
                ev.close(id).unwrap();
            }
        },
        Event::Wrote { result, .. } => result.unwrap(),
        Event::Closed(_) => {}
        other => panic!("{other:?}"),
    })
    .unwrap();
    assert_eq!(ended, clients.len());
}

#[test]
fn a_name_in_use_cannot_be_listened_at() {
    if skip_under_wine("it doesn't heed FILE_FLAG_FIRST_PIPE_INSTANCE") {
        return;
    }
    let ev = new_loop();
    let name = pipe_name("busy");
    let listener = ev.pipe_listen(&name, 2).unwrap();
    let error = ev.pipe_listen(&name, 2).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    ev.close(listener).unwrap();
    run_out(&ev);
}

#[test]
fn connecting_to_no_pipe_is_reported_as_an_event() {
    let ev = new_loop();
    ev.pipe_connect(&pipe_name("nobody")).unwrap();
    let events = run_out(&ev);
    let [
        Event::Connected {
            result: Err(error), ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_listener_that_is_closed_drops_whom_it_has_not_accepted() {
    let ev = new_loop();
    let name = pipe_name("dropped");
    let listener = ev.pipe_listen(&name, 4).unwrap();
    let client = ev.pipe_connect(&name).unwrap();
    let (mut log, mut announced) = (Vec::new(), false);
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connection(id) => {
            assert!(!std::mem::replace(&mut announced, true));
            ev.close(id).unwrap();
            assert!(ev.accept(id).is_err());
        }
        Event::Connected { id, result } => match result {
            Ok(()) => ev.read_start(id).unwrap(),
            // Linux has dropped it by now.
            Err(_) => ev.close(id).unwrap(),
        },
        Event::Readable(id) => {
            assert!(read(ev, id).is_none_or(|bytes| bytes.is_empty()));
            if !ev.is_active(id).unwrap() {
                ev.close(id).unwrap();
            }
        }
        Event::Closed(id) => log.push(id),
        other => panic!("{other:?}"),
    })
    .unwrap();
    assert_eq!(log.len(), 2);
    assert!(log.contains(&listener) && log.contains(&client));
    // The name is free again.
    ev.pipe_connect(&name).unwrap();
    assert!(matches!(
        &run_out(&ev)[..],
        [Event::Connected { result: Err(_), .. }]
    ));
    let again = ev.pipe_listen(&name, 4).unwrap();
    ev.close(again).unwrap();
    run_out(&ev);
}

#[test]
fn a_stream_closed_in_its_own_callback_or_in_anothers_is_announced_no_more() {
    let ev = new_loop();
    let (a, b) = ev.stream_pair().unwrap();
    let (c, d) = ev.stream_pair().unwrap();
    for id in [a, c] {
        ev.read_start(id).unwrap();
    }
    for id in [b, d] {
        ev.write(id, "news", 0).unwrap();
    }
    let mut closed = Vec::new();
    let mut announced = 0;
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Readable(_) => {
            announced += 1;
            for id in [a, b, c, d] {
                ev.close(id).unwrap();
            }
        }
        Event::Closed(id) => closed.push(id),
        Event::Wrote { .. } => {}
        other => panic!("{other:?}"),
    })
    .unwrap();
    assert_eq!(announced, 1);
    assert_eq!(closed, [d, c, b, a]);
}

#[test]
fn the_peer_of_a_stream_that_is_shut_down_reads_all_and_then_the_end() {
    let ev = new_loop();
    let (writer, reader) = ev.stream_pair().unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|at| (at % 253) as u8).collect();
    for id in [writer, reader] {
        ev.read_start(id).unwrap();
    }
    ev.write(writer, bytes.clone(), 1).unwrap();
    ev.shutdown(writer).unwrap();
    assert!(ev.shutdown(writer).is_err());
    assert!(ev.write(writer, "late", 2).is_err());
    let (mut received, mut log) = (Vec::new(), Vec::new());
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Readable(id) => match read(ev, id) {
            Some(bytes) if id == reader => received.extend(bytes),
            Some(bytes) => assert!(bytes.is_empty()),
            None => {
                log.push(if id == reader { "end" } else { "own end" });
                ev.close(id).unwrap();
            }
        },
        Event::Wrote { result, .. } => {
            result.unwrap();
            log.push("wrote");
        }
        Event::Shutdown { result, .. } => {
            result.unwrap();
            log.push("shutdown");
        }
        Event::Closed(_) => {}
        other => panic!("{other:?}"),
    })
    .unwrap();
    assert!(received == bytes);
    assert_eq!(log[..2], ["wrote", "shutdown"]);
    assert!(log[2..].contains(&"end") && log[2..].contains(&"own end"));
}

#[test]
fn what_comes_in_after_a_shutdown_is_read() {
    let ev = new_loop();
    let (one, other) = ev.stream_pair().unwrap();
    ev.shutdown(one).unwrap();
    ev.write(other, "still here", 0).unwrap();
    while !matches!(
        ev.next_event(RunMode::Default).unwrap(),
        Event::Wrote { .. }
    ) {}
    run(&ev, RunMode::NoWait);
    // Nobody has read it, so it doesn't matter how late it is.
    std::thread::sleep(std::time::Duration::from_millis(120));
    run(&ev, RunMode::NoWait);
    ev.read_start(one).unwrap();
    let mut received = Vec::new();
    while received.len() < 10 {
        if let Some(Event::Readable(id)) = ev.next_event(RunMode::Default) {
            received.extend(read(&ev, id).unwrap());
        }
    }
    assert_eq!(received, b"still here");
}

#[test]
fn a_client_that_is_closed_before_it_is_accepted_is_accepted_with_its_end() {
    let ev = new_loop();
    let name = pipe_name("hasty");
    let listener = ev.pipe_listen(&name, 1).unwrap();
    let client = ev.pipe_connect(&name).unwrap();
    while !matches!(
        ev.next_event(RunMode::Default),
        Some(Event::Connected { result: Ok(()), .. })
    ) {}
    ev.write(client, "bye", 0).unwrap();
    ev.close(client).unwrap();
    let mut received = Vec::new();
    let mut ended = false;
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connection(id) => {
            if let Some(stream) = ev.accept(id).unwrap() {
                ev.read_start(stream).unwrap();
                ev.close(listener).unwrap();
            }
        }
        Event::Readable(id) => match read(ev, id) {
            Some(bytes) => received.extend(bytes),
            None => {
                ended = true;
                ev.close(id).unwrap();
            }
        },
        _ => {}
    })
    .unwrap();
    assert!(ended);
    assert_eq!(received, b"bye");
}
