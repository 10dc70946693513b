//! Sockets that travel over named pipes on Windows: inside one process, from thread to thread, and to a child.
#![cfg(windows)]

mod common;

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::windows::io::{AsHandle, OwnedSocket};
use std::time::Duration;

use common::{any_port, new_loop, pipe_name, run_out, tcp_pair};
use ouro_loop::{
    ChildStdio, Event, EventLoop, HandleId, OsHandle, ReadResult, RunMode, SpawnOptions,
};

/// Both ends of a pipe of one loop, as IPC pipes; the second is being read.
fn ipc_pair(ev: &EventLoop) -> (HandleId, HandleId) {
    let (one, other) = ev.stream_pair().unwrap();
    ev.pipe_ipc(one, None).unwrap();
    ev.pipe_ipc(other, None).unwrap();
    ev.read_start(other).unwrap();
    (one, other)
}

fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(any_port()).unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    // So that what doesn't come is a failure, and no test that hangs.
    client
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    (client, listener.accept().unwrap().0)
}

/// Reads what there is; whether the end has come.
fn read_on(
    ev: &EventLoop,
    id: HandleId,
    bytes: &mut Vec<u8>,
    sockets: &mut Vec<OwnedSocket>,
) -> bool {
    let mut buffer = [0; 5000];
    match ev.read_with_descriptors(id, &mut buffer, sockets) {
        ReadResult::Data(count) => bytes.extend_from_slice(&buffer[..count]),
        ReadResult::WouldBlock => {}
        ReadResult::Eof => return true,
        ReadResult::Err(error) => panic!("{error}"),
    }
    false
}

#[test]
fn sockets_travel_with_their_bytes() {
    let ev = new_loop();
    let (sender, receiver) = ipc_pair(&ev);
    let (mut client, server) = connected();
    let listener = TcpListener::bind(any_port()).unwrap();
    let address = listener.local_addr().unwrap();
    ev.write(sender, "before ", 1).unwrap();
    ev.write_with_descriptor(sender, "stream ", server.into(), 2)
        .unwrap();
    ev.write_all(sender, vec!["between".into(), " ".into()], 3)
        .unwrap();
    ev.write_with_descriptor(sender, "listener ", listener.into(), 4)
        .unwrap();
    ev.write(sender, "after", 5).unwrap();
    assert_eq!(ev.write_queue_size(sender).unwrap(), 36);
    let (mut text, mut sockets) = (Vec::new(), Vec::new());
    let (mut came_at, mut written) = (Vec::new(), Vec::new());
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Readable(id) => {
            let (had, before) = (sockets.len(), text.len());
            if read_on(ev, id, &mut text, &mut sockets) {
                ev.close(receiver).unwrap();
            }
            if sockets.len() > had {
                came_at.push(before);
            }
        }
        Event::Wrote { tag, result, .. } => {
            result.unwrap();
            written.push(tag);
            if written.len() == 5 {
                ev.close(sender).unwrap();
            }
        }
        _ => {}
    })
    .unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        "before stream between listener after"
    );
    // Each came with the first of its bytes.
    assert_eq!(came_at, [7, 22]);
    assert_eq!(written, [1, 2, 3, 4, 5]);

    let listener = ev.open_listener_socket(sockets.pop().unwrap()).unwrap();
    let stream = ev.open_socket(sockets.pop().unwrap()).unwrap();
    assert!(sockets.is_empty());
    ev.write(stream, "through", 6).unwrap();
    let _client = TcpStream::connect(address).unwrap();
    let mut accepted = false;
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connection(id) => {
            assert_eq!(id, listener);
            accepted = ev.accept(id).unwrap().is_some();
            ev.close(id).unwrap();
        }
        Event::Wrote { id, result, .. } => {
            result.unwrap();
            ev.close(id).unwrap();
        }
        _ => {}
    })
    .unwrap();
    assert!(accepted);
    let mut through = String::new();
    client.read_to_string(&mut through).unwrap();
    assert_eq!(through, "through");
}

#[test]
fn a_socket_of_one_loop_goes_on_in_that_of_another_thread_amid_many_bytes() {
    const ROUNDS: u64 = 10;
    /// More than a pipe keeps.
    const BIG: u32 = 200_000;
    let name = pipe_name("ipc-threads");
    let ev = new_loop();
    let server = ev.pipe_listen(&name, 1).unwrap();
    let reader = std::thread::spawn(move || {
        let ev = new_loop();
        let pipe = ev.pipe_connect(&name).unwrap();
        let (mut bytes, mut sockets) = (Vec::new(), Vec::new());
        ev.run(RunMode::Default, |ev, event| match event {
            Event::Connected { id, result } => {
                result.unwrap();
                ev.pipe_ipc(id, None).unwrap();
                ev.read_start(id).unwrap();
            }
            Event::Readable(id) => {
                assert!(!read_on(ev, id, &mut bytes, &mut sockets));
                if bytes.len() as u64 == ROUNDS * (BIG as u64 + 1) {
                    ev.close(pipe).unwrap();
                }
            }
            _ => {}
        })
        .unwrap();
        for socket in sockets {
            let stream = ev.open_socket(socket).unwrap();
            ev.write(stream, "adopted", 0).unwrap();
            ev.shutdown(stream).unwrap();
        }
        run_out(&ev);
        bytes
    });

    let big: Vec<u8> = (0..BIG).map(|at| (at % 251) as u8).collect();
    let mut peers = Vec::new();
    let mut sent = Vec::new();
    let mut written = Vec::new();
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connection(id) => {
            let Some(pipe) = ev.accept(id).unwrap() else {
                return;
            };
            ev.close(server).unwrap();
            ev.pipe_ipc(pipe, None).unwrap();
            for round in 0..ROUNDS {
                let (ours, theirs) = tcp_pair_sockets();
                peers.push(ours);
                sent.extend_from_slice(&big);
                sent.push(round as u8);
                ev.write(pipe, big.clone(), 2 * round).unwrap();
                ev.write_with_descriptor(pipe, vec![round as u8], theirs, 2 * round + 1)
                    .unwrap();
            }
        }
        Event::Wrote { id, tag, result } => {
            result.unwrap();
            written.push(tag);
            if tag == 2 * ROUNDS - 1 {
                ev.close(id).unwrap();
            }
        }
        _ => {}
    })
    .unwrap();
    assert!(written.iter().copied().eq(0..2 * ROUNDS));
    assert!(reader.join().unwrap() == sent);
    for mut peer in peers {
        let mut text = String::new();
        peer.read_to_string(&mut text).unwrap();
        assert_eq!(text, "adopted");
    }
}

/// A peer outside of any loop, and a socket that was a loop's.
fn tcp_pair_sockets() -> (TcpStream, OwnedSocket) {
    let ev = new_loop();
    let (one, other) = tcp_pair(&ev);
    let [one, other] = [one, other].map(|id| match ev.detach(id).unwrap() {
        OsHandle::Socket(socket) => socket,
        OsHandle::Handle(_) => panic!("a TCP stream is a socket"),
    });
    let one = TcpStream::from(one);
    one.set_nonblocking(false).unwrap();
    one.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    (one, other)
}

#[test]
fn plain_reads_drop_the_sockets() {
    let ev = new_loop();
    let (sender, _) = ipc_pair(&ev);
    let (mut client, server) = connected();
    ev.write_with_descriptor(sender, "bytes", server.into(), 1)
        .unwrap();
    let mut received = Vec::new();
    while received != b"bytes" {
        if let Some(Event::Readable(id)) = ev.next_event(RunMode::Default) {
            let mut buffer = [0; 3];
            if let ReadResult::Data(count) = ev.read(id, &mut buffer) {
                received.extend_from_slice(&buffer[..count]);
            }
        }
    }
    // Nobody has it any more.
    assert_eq!(client.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn other_streams_and_other_sockets_are_refused() {
    let ev = new_loop();
    let (tcp, _) = tcp_pair(&ev);
    let (plain, _) = ev.stream_pair().unwrap();
    let socket = || OwnedSocket::from(TcpListener::bind(any_port()).unwrap());
    for id in [tcp, plain] {
        let written = ev.write_with_descriptor(id, "x", socket(), 1);
        assert_eq!(written.unwrap_err().kind(), ErrorKind::Unsupported);
        match ev.read_with_descriptors(id, &mut [0; 1], &mut Vec::new()) {
            ReadResult::Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
            other => panic!("{other:?}"),
        }
    }
    let refused = ev.pipe_ipc(tcp, None).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);

    let (ipc, _) = ipc_pair(&ev);
    let invalid = |result: std::io::Result<()>| {
        let wsaeinval = Some(10022);
        assert_eq!(result.unwrap_err().raw_os_error(), wsaeinval);
    };
    invalid(ev.pipe_ipc(ipc, None));
    invalid(ev.write_with_descriptor(ipc, "", socket(), 1));
    let datagrams = UdpSocket::bind(any_port()).unwrap();
    invalid(ev.write_with_descriptor(ipc, "x", datagrams.into(), 1));
}

#[test]
fn a_socket_for_a_process_that_is_not_there_fails_its_write_alone() {
    let ev = new_loop();
    let (sender, receiver) = ev.stream_pair().unwrap();
    // Ids of processes are multiples of four.
    ev.pipe_ipc(sender, Some(u32::MAX - 1)).unwrap();
    ev.pipe_ipc(receiver, None).unwrap();
    let socket = TcpListener::bind(any_port()).unwrap();
    ev.write_with_descriptor(sender, "lost", socket.into(), 1)
        .unwrap();
    ev.write(sender, "kept", 2).unwrap();
    ev.read_start(receiver).unwrap();
    let (mut results, mut received, mut sockets) = (Vec::new(), Vec::new(), Vec::new());
    while results.len() < 2 || received != b"kept" {
        match ev.next_event(RunMode::Default).unwrap() {
            Event::Wrote { tag, result, .. } => results.push((tag, result.is_ok())),
            Event::Readable(id) => assert!(!read_on(&ev, id, &mut received, &mut sockets)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(results, [(1, false), (2, true)]);
    assert!(sockets.is_empty());
}

#[test]
fn what_is_no_frame_ends_the_reading() {
    for (bytes, expected) in [
        (&b"{\"cmd\":\"NODE_HANDLE\"}\n"[..], ErrorKind::InvalidData),
        (
            &[1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0][..],
            ErrorKind::UnexpectedEof,
        ),
    ] {
        let ev = new_loop();
        let (plain, ipc) = ev.stream_pair().unwrap();
        ev.pipe_ipc(ipc, None).unwrap();
        ev.read_start(ipc).unwrap();
        ev.write(plain, bytes, 1).unwrap();
        let mut found = None;
        ev.run(RunMode::Default, |ev, event| match event {
            Event::Wrote { id, result, .. } => {
                result.unwrap();
                ev.close(id).unwrap();
            }
            Event::Readable(id) => match ev.read(id, &mut [0; 10]) {
                ReadResult::Err(error) => found = Some(error.kind()),
                ReadResult::WouldBlock => {}
                other => panic!("{other:?}"),
            },
            _ => {}
        })
        .unwrap();
        // The run is over, so it isn't read any more.
        assert_eq!(found, Some(expected));
    }
}

/// Starts `act` in another process.
fn child(how: &str, name: &str, stdin: ChildStdio) -> SpawnOptions {
    let program: OsString = std::env::current_exe().unwrap().into();
    let args = [
        "--ignored",
        "--exact",
        "act",
        "--nocapture",
        "--",
        how,
        name,
    ];
    let mut all = vec![program.clone()];
    all.extend(args.map(OsString::from));
    SpawnOptions {
        program,
        args: all,
        stdio: vec![stdin, ChildStdio::Descriptor(1), ChildStdio::Descriptor(2)],
        ..SpawnOptions::default()
    }
}

#[test]
#[ignore = "the children of the other tests"]
fn act() {
    let mut args = std::env::args().skip_while(|arg| arg != "--").skip(1);
    let (Some(how), Some(name)) = (args.next(), args.next()) else {
        return;
    };
    let ev = new_loop();
    if how == "inherited" {
        let handle = std::io::stdin().as_handle().try_clone_to_owned().unwrap();
        let pipe = ev.open_handle(handle).unwrap();
        ev.pipe_ipc(pipe, None).unwrap();
        ev.read_start(pipe).unwrap();
    } else {
        ev.pipe_connect(name.as_ref()).unwrap();
    }
    let (mut bytes, mut sockets) = (Vec::new(), Vec::new());
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connected { id, result } => {
            result.unwrap();
            ev.pipe_ipc(id, None).unwrap();
            ev.read_start(id).unwrap();
        }
        Event::Readable(id) => {
            assert!(!read_on(ev, id, &mut bytes, &mut sockets));
            if bytes == b"serve" {
                ev.open_listener_socket(sockets.remove(0)).unwrap();
                ev.read_stop(id).unwrap();
                // The socket that comes back.
                let own = TcpListener::bind(any_port()).unwrap();
                let text = format!("{}\n", own.local_addr().unwrap());
                ev.write_with_descriptor(id, text, own.into(), 1).unwrap();
            }
        }
        Event::Connection(listener) => {
            if let Some(stream) = ev.accept(listener).unwrap() {
                let text = format!("served by {}", std::process::id());
                ev.write(stream, text, 2).unwrap();
                ev.close(listener).unwrap();
            }
        }
        Event::Wrote { id, tag, result } => {
            result.unwrap();
            if tag == 2 {
                ev.close(id).unwrap();
            }
        }
        _ => {}
    })
    .unwrap();
    std::process::exit(if bytes == b"serve" { 17 } else { 1 });
}

/// Gives a child a listener over a pipe, takes one of its own, and connects to both.
fn pass_to_child(how: &str) {
    let ev = new_loop();
    let name = pipe_name(how);
    let listener = TcpListener::bind(any_port()).unwrap();
    let address = listener.local_addr().unwrap();
    let mut listener = Some(OwnedSocket::from(listener));
    let begin = |pipe, peer, listener: &mut Option<OwnedSocket>| {
        ev.pipe_ipc(pipe, peer).unwrap();
        let socket = listener.take().unwrap();
        ev.write_with_descriptor(pipe, "serve", socket, 1).unwrap();
        ev.read_start(pipe).unwrap();
    };
    let spawned = if how == "inherited" {
        let (ours, theirs) = ev.stream_pair().unwrap();
        let options = child(how, "-", ChildStdio::Handle(theirs));
        let spawned = ev.spawn(&options).unwrap();
        ev.close(theirs).unwrap();
        begin(ours, Some(spawned.pid as u32), &mut listener);
        spawned
    } else {
        ev.pipe_listen(&name, 1).unwrap();
        let options = child(how, name.to_str().unwrap(), ChildStdio::Ignore);
        ev.spawn(&options).unwrap()
    };
    let (mut bytes, mut sockets, mut code) = (Vec::new(), Vec::new(), None);
    while code.is_none() || sockets.is_empty() {
        match ev.next_event(RunMode::Default).unwrap() {
            Event::Connection(id) => {
                if let Some(pipe) = ev.accept(id).unwrap() {
                    ev.close(id).unwrap();
                    begin(pipe, None, &mut listener);
                }
            }
            Event::Readable(id) => {
                let had = sockets.len();
                if read_on(&ev, id, &mut bytes, &mut sockets) {
                    ev.close(id).unwrap();
                }
                if had == 0 && !sockets.is_empty() {
                    // It has ours then.
                    let mut served = String::new();
                    let mut client = TcpStream::connect(address).unwrap();
                    client.read_to_string(&mut served).unwrap();
                    assert_eq!(served, format!("served by {}", spawned.pid));
                }
            }
            Event::Exit { status, .. } => code = Some(status.code),
            Event::Wrote { result, .. } => result.unwrap(),
            Event::Closed(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(code, Some(17));
    // The child is gone, and what it listened at is here.
    let text = String::from_utf8(bytes).unwrap();
    let theirs = TcpListener::from(sockets.remove(0));
    assert_eq!(text.trim_end(), theirs.local_addr().unwrap().to_string());
    let mut client = TcpStream::connect(text.trim_end()).unwrap();
    let (mut server, _) = theirs.accept().unwrap();
    client.write_all(b"!").unwrap();
    server.read_exact(&mut [0]).unwrap();
}

#[test]
fn a_child_that_connects_by_name_gets_and_gives_listeners() {
    pass_to_child("named");
}

#[test]
fn a_child_that_inherits_its_end_gets_and_gives_listeners() {
    pass_to_child("inherited");
}
