//! Handles that go from one loop to another by their descriptors, in whatever state they are.
#![cfg(unix)]

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use common::{any_port, new_loop, run, run_out};
use ouro_loop::{
    ConnectOptions, Event, EventLoop, HandleId, ListenOptions, LoopError, ReadResult, RunMode,
    StreamKind, UdpOptions,
};

/// Gives a stream of one loop to another.
fn hand_over(from: &EventLoop, id: HandleId, to: &EventLoop) -> HandleId {
    to.open_fd(from.detach(id).unwrap()).unwrap()
}

/// The one event that there is.
fn only(ev: &EventLoop) -> Event {
    let mut events = run(ev, RunMode::NoWait);
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0)
}

fn is_cancelled(result: &std::io::Result<()>) -> bool {
    matches!(result, Err(error) if error.raw_os_error() == Some(libc::ECANCELED))
}

/// Reads until so many bytes have come.
fn take(ev: &EventLoop, stream: HandleId, count: usize) -> Vec<u8> {
    ev.read_start(stream).unwrap();
    let mut all = Vec::new();
    while all.len() < count {
        if let Some(Event::Readable(id)) = ev.next_event(RunMode::Once) {
            let mut buffer = [0; 4096];
            match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => all.extend_from_slice(&buffer[..count]),
                ReadResult::WouldBlock => {}
                other => panic!("{other:?}"),
            }
        }
    }
    all
}

#[test]
fn what_was_announced_and_not_read_is_announced_again() {
    let (first, second) = (new_loop(), new_loop());
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let id = first.open_fd(ours.into()).unwrap();
    first.read_start(id).unwrap();
    theirs.write_all(b"unread").unwrap();
    assert!(matches!(
        first.next_event(RunMode::NoWait),
        Some(Event::Readable(_))
    ));
    // In the midst of the announcement.
    let adopted = hand_over(&first, id, &second);
    assert!(matches!(only(&first), Event::Closed(of) if of == id));
    assert!(!first.alive());
    assert!(matches!(first.read(id, &mut [0]), ReadResult::Err(_)));
    second.read_start(adopted).unwrap();
    assert!(matches!(only(&second), Event::Readable(of) if of == adopted));
    let mut buffer = [0; 16];
    assert!(matches!(
        second.read(adopted, &mut buffer),
        ReadResult::Data(6)
    ));
}

#[test]
fn an_end_that_came_while_nobody_read_is_found() {
    let (first, second) = (new_loop(), new_loop());
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let id = first.open_fd(ours.into()).unwrap();
    first.read_start(id).unwrap();
    first.read_stop(id).unwrap();
    theirs.write_all(b"last").unwrap();
    theirs.shutdown(Shutdown::Write).unwrap();
    assert!(run(&first, RunMode::NoWait).is_empty());
    let adopted = hand_over(&first, id, &second);
    second.read_start(adopted).unwrap();
    let mut buffer = [0; 16];
    assert!(matches!(only(&second), Event::Readable(_)));
    let data = second.read(adopted, &mut buffer);
    assert!(matches!(data, ReadResult::Data(4)));
    assert!(matches!(only(&second), Event::Readable(_)));
    assert!(matches!(second.read(adopted, &mut buffer), ReadResult::Eof));
    // The other direction is as good as new.
    second.write(adopted, "answer", 1).unwrap();
    assert!(matches!(only(&second), Event::Wrote { result: Ok(()), .. }));
    let mut answer = [0; 6];
    theirs.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"answer");
}

#[test]
fn what_is_queued_is_cancelled_and_what_is_out_arrives() {
    let (first, second) = (new_loop(), new_loop());
    let (ours, theirs) = UnixStream::pair().unwrap();
    let id = first.open_fd(ours.into()).unwrap();
    let size = 4 << 20;
    first.write(id, vec![b'a'; size], 1).unwrap();
    first.write(id, "queued", 2).unwrap();
    first.shutdown(id).unwrap();
    let out = size + 6 - first.write_queue_size(id).unwrap();
    assert!(out < size, "the socket took all at once");
    let adopted = hand_over(&first, id, &second);
    let mut log = Vec::new();
    for event in run(&first, RunMode::NoWait) {
        log.push(match event {
            Event::Wrote { tag, result, .. } if is_cancelled(&result) => format!("write {tag}"),
            Event::Shutdown { result, .. } if is_cancelled(&result) => "shutdown".into(),
            Event::Closed(_) => "closed".into(),
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(log, ["write 1", "write 2", "shutdown", "closed"]);
    assert!(!first.alive());

    // Not shut down, for that has been cancelled too.
    theirs.set_nonblocking(true).unwrap();
    let reader = second.open_fd(theirs.into()).unwrap();
    assert_eq!(take(&second, reader, out).len(), out);
    second.write(adopted, "more", 3).unwrap();
    second.shutdown(adopted).unwrap();
    assert_eq!(take(&second, reader, 4), b"more");
}

#[test]
fn a_connection_in_the_making_is_finished_elsewhere() {
    let (first, second) = (new_loop(), new_loop());
    let listener = std::net::TcpListener::bind(any_port()).unwrap();
    let address = listener.local_addr().unwrap();
    let id = first
        .tcp_connect(address, &ConnectOptions::default())
        .unwrap();
    let adopted = hand_over(&first, id, &second);
    let [Event::Connected { result, .. }, Event::Closed(_)] =
        <[Event; 2]>::try_from(run_out(&first)).unwrap()
    else {
        panic!("not cancelled");
    };
    assert!(is_cancelled(&result));
    second.write(adopted, "hello", 1).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    while !matches!(
        second.next_event(RunMode::Once),
        Some(Event::Wrote { result: Ok(()), .. })
    ) {}
    let mut hello = [0; 5];
    peer.read_exact(&mut hello).unwrap();
    assert_eq!(&hello, b"hello");
    assert_eq!(second.stream_kind(adopted).unwrap(), StreamKind::Tcp);
    assert_eq!(second.peer_addr(adopted).unwrap(), address);
}

#[test]
fn connections_that_wait_are_accepted_elsewhere() {
    let (first, second) = (new_loop(), new_loop());
    let id = first
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address = first.local_addr(id).unwrap();
    let _peers = [
        TcpStream::connect(address).unwrap(),
        TcpStream::connect(address).unwrap(),
    ];
    assert!(matches!(
        first.next_event(RunMode::Default),
        Some(Event::Connection(_))
    ));
    assert!(first.accept(id).unwrap().is_some());
    let adopted = second.open_listener_fd(first.detach(id).unwrap()).unwrap();
    assert!(first.accept(id).is_err());
    assert!(matches!(only(&first), Event::Closed(of) if of == id));
    assert!(matches!(only(&second), Event::Connection(_)));
    assert!(second.accept(adopted).unwrap().is_some());
    assert!(second.accept(adopted).unwrap().is_none());
    assert_eq!(second.local_addr(adopted).unwrap(), address);
}

#[test]
fn a_datagram_socket_keeps_its_peer_and_what_has_come() {
    let (first, second) = (new_loop(), new_loop());
    let peer = UdpSocket::bind(any_port()).unwrap();
    let address = peer.local_addr().unwrap();
    let id = first.udp_bind(any_port(), &UdpOptions::default()).unwrap();
    let own = first.local_addr(id).unwrap();
    first.udp_connect(id, address).unwrap();
    first.udp_receive_start(id).unwrap();
    peer.send_to(b"waiting", own).unwrap();
    let adopted = second.open_udp_fd(first.detach(id).unwrap()).unwrap();
    assert!(matches!(only(&first), Event::Closed(of) if of == id));
    second.udp_receive_start(adopted).unwrap();
    assert!(matches!(only(&second), Event::Readable(_)));
    let mut buffer = [0; 16];
    let received = second.udp_receive(adopted, &mut buffer).unwrap();
    assert_eq!(received, Some((7, address)));
    assert_eq!(second.local_addr(adopted).unwrap(), own);
    // It is connected: it takes no other address, and needs none.
    let busy = second.udp_connect(adopted, address).unwrap_err();
    assert_eq!(busy.raw_os_error(), Some(libc::EISCONN));
    second.udp_send(adopted, "answer", None, 1).unwrap();
    let count = peer.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..count], b"answer");
    second.udp_disconnect(adopted).unwrap();
    assert!(second.udp_send(adopted, "nobody", None, 2).is_err());
}

#[test]
fn a_handle_goes_to_the_loop_of_another_thread() {
    let ev = new_loop();
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let id = ev.open_fd(ours.into()).unwrap();
    ev.write(id, "one ", 1).unwrap();
    run(&ev, RunMode::NoWait);
    let fd = ev.detach(id).unwrap();
    let thread = std::thread::spawn(move || {
        let ev = new_loop();
        let id = ev.open_fd(fd).unwrap();
        ev.write(id, "two", 2).unwrap();
        ev.shutdown(id).unwrap();
        run_out(&ev);
        ev.close(id).unwrap();
        run_out(&ev);
    });
    let mut text = String::new();
    theirs.read_to_string(&mut text).unwrap();
    thread.join().unwrap();
    assert_eq!(text, "one two");
}

#[test]
fn a_plain_pipe_goes_and_comes_back() {
    let (first, second) = (new_loop(), new_loop());
    let (reader, mut writer) = std::io::pipe().unwrap();
    let number = reader.as_raw_fd();
    let mut id = first.open_fd(OwnedFd::from(reader)).unwrap();
    for round in 0..3 {
        let (from, to) = if round % 2 == 0 {
            (&first, &second)
        } else {
            (&second, &first)
        };
        from.read_start(id).unwrap();
        writer.write_all(b"x").unwrap();
        while !matches!(from.next_event(RunMode::Once), Some(Event::Readable(_))) {}
        id = hand_over(from, id, to);
        // It is the same one, and not a copy.
        assert_eq!(to.raw_fd(id).unwrap(), number);
        assert_eq!(take(to, id, 1), b"x");
        to.read_stop(id).unwrap();
    }
}

#[test]
fn what_has_no_descriptor_of_its_own_is_refused_and_stays() {
    let ev = new_loop();
    let (reader, _writer) = std::io::pipe().unwrap();
    let handles = [
        ev.timer().unwrap(),
        ev.idle().unwrap(),
        ev.prepare().unwrap(),
        ev.check().unwrap(),
        ev.async_handle().unwrap().0,
        ev.signal().unwrap(),
        // Somebody else's, who has it.
        ev.poll_handle(reader.as_raw_fd()).unwrap(),
        ev.fs_watch("/".as_ref(), Default::default()).unwrap(),
    ];
    for id in handles {
        let refused = ev.detach(id).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{:?}", ev.kind(id));
        assert!(!ev.is_closing(id));
    }
    // A handle that is being closed has nothing any more.
    let (stream, _) = common::pipe_pair(&ev);
    ev.close(stream).unwrap();
    let gone = ev.detach(stream).unwrap_err();
    assert_eq!(gone.raw_os_error(), Some(libc::EBADF));
    assert!(matches!(ev.close(stream), Err(LoopError::BadHandle)));
}
