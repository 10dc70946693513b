//! Pipes and what else of somebody else's has a descriptor on Unix only.
#![cfg(unix)]

mod common;

use std::io::{ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;

use common::{new_loop, run};
use ouro_loop::{Event, EventLoop, HandleId, Readiness, RunMode};

const READABLE: Readiness = Readiness::READABLE;
const WRITABLE: Readiness = Readiness::WRITABLE;

fn watch(ev: &EventLoop, source: &impl AsRawFd, wanted: Readiness) -> HandleId {
    let id = ev.poll_handle(source.as_raw_fd()).unwrap();
    ev.poll_start(id, wanted).unwrap();
    id
}

fn pipe() -> (PipeReader, PipeWriter) {
    std::io::pipe().unwrap()
}

/// What one turn that doesn't sleep announces.
fn turn(ev: &EventLoop) -> Vec<(HandleId, Readiness)> {
    let ready = |event| match event {
        Event::Poll { id, result } => (id, result.unwrap()),
        other => panic!("{other:?}"),
    };
    run(ev, RunMode::NoWait).into_iter().map(ready).collect()
}

/// What a turn announced is one error, of a descriptor that can't be watched any more, which has stopped its handle.
#[cfg(target_os = "linux")]
fn assert_broken(ev: &EventLoop, id: HandleId, events: &[Event]) {
    let [
        Event::Poll {
            id: of,
            result: Err(error),
        },
    ] = events
    else {
        panic!("{events:?}");
    };
    assert_eq!(*of, id);
    assert_eq!(error.raw_os_error(), Some(libc::EBADF));
    assert!(!ev.is_active(id).unwrap());
}

/// Whether the next poll would sleep.
fn sleeps(ev: &EventLoop) -> bool {
    ev.backend_timeout().is_none()
}

#[test]
fn a_pipe_is_announced_until_it_is_drained() {
    let ev = new_loop();
    let (mut reader, mut writer) = pipe();
    let id = watch(&ev, &reader, READABLE);
    for _ in 0..2 {
        assert!(turn(&ev).is_empty());
        assert!(sleeps(&ev));
        writer.write_all(b"ab").unwrap();
        for _ in 0..2 {
            assert_eq!(turn(&ev), [(id, READABLE)]);
            reader.read_exact(&mut [0]).unwrap();
        }
    }
    assert_eq!(ev.raw_fd(id).unwrap(), reader.as_raw_fd());
}

// kqueue watches files as well.
#[cfg(target_os = "linux")]
#[test]
fn a_regular_file_cannot_be_watched() {
    let ev = new_loop();
    let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
    let error = ev.poll_handle(file.as_raw_fd()).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EPERM));
    assert!(ev.walk().is_empty());
}

#[test]
fn the_end_of_a_pipe_is_something_to_read() {
    let ev = new_loop();
    let (reader, writer) = pipe();
    let id = watch(&ev, &reader, READABLE);
    drop(writer);
    assert_eq!(turn(&ev), [(id, READABLE)]);
}

#[test]
fn a_broken_pipe_is_an_error_and_stops_the_handle() {
    let ev = new_loop();
    let (reader, mut writer) = pipe();
    let id = watch(&ev, &writer, WRITABLE);
    assert_eq!(turn(&ev), [(id, WRITABLE)]);
    drop(reader);
    let events = run(&ev, RunMode::NoWait);
    #[cfg(target_os = "linux")]
    {
        assert_broken(&ev, id, &events);
        assert!(run(&ev, RunMode::NoWait).is_empty());
    }
    #[cfg(not(target_os = "linux"))]
    assert_eq!(events.len(), 1);
    let error = writer.write_all(b"x").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}

#[cfg(target_os = "linux")]
#[test]
fn an_eventfd_is_watched() {
    use std::os::fd::{FromRawFd, OwnedFd};
    // SAFETY: the call takes two numbers; what it gives is a new descriptor, which belongs to nobody else.
    let eventfd = unsafe { OwnedFd::from_raw_fd(libc::eventfd(0, 0)) };
    let mut eventfd = std::fs::File::from(eventfd);
    let ev = new_loop();
    let id = watch(&ev, &eventfd, READABLE);
    assert!(turn(&ev).is_empty());
    eventfd.write_all(&7_u64.to_ne_bytes()).unwrap();
    assert_eq!(turn(&ev), [(id, READABLE)]);
    let mut count = [0; 8];
    eventfd.read_exact(&mut count).unwrap();
    assert_eq!(u64::from_ne_bytes(count), 7);
    // It has become non-blocking.
    let empty = eventfd.read_exact(&mut count).unwrap_err();
    assert_eq!(empty.kind(), ErrorKind::WouldBlock);
    assert!(turn(&ev).is_empty());
    assert!(sleeps(&ev));
}

#[cfg(target_os = "linux")]
#[test]
fn urgent_data_has_priority() {
    use std::net::{TcpListener, TcpStream};
    let ev = new_loop();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (ours, _) = listener.accept().unwrap();
    let id = watch(&ev, &ours, Readiness::PRIORITIZED | READABLE);
    // SAFETY: the descriptor is open, and there is one byte to read.
    let sent = unsafe { libc::send(theirs.as_raw_fd(), b"!".as_ptr().cast(), 1, libc::MSG_OOB) };
    assert_eq!(sent, 1);
    let Some(Event::Poll { id: of, result }) = ev.next_event(RunMode::Default) else {
        panic!("no event");
    };
    assert_eq!(of, id);
    assert!(result.unwrap().contains(Readiness::PRIORITIZED));
}

#[test]
fn a_number_that_is_used_again_in_the_same_turn_has_nothing_of_its_past() {
    let ev = new_loop();
    let (first, second) = (pipe(), pipe());
    let ids = [
        watch(&ev, &first.0, READABLE),
        watch(&ev, &second.0, READABLE),
    ];
    for writer in [&first.1, &second.1] {
        let mut writer = writer;
        writer.write_all(b"x").unwrap();
    }
    let Some(Event::Poll { id, .. }) = ev.next_event(RunMode::NoWait) else {
        panic!("no event");
    };
    let (kept, gone) = if id == ids[0] {
        (first, second)
    } else {
        (second, first)
    };
    let old = if id == ids[0] { ids[1] } else { ids[0] };
    ev.poll_stop(old).unwrap();
    let number = gone.0.as_raw_fd();
    // The number becomes that of another pipe, in which there is nothing. `dup2` makes sure of it: a close would let
    // another test have the number.
    let (fresh, mut fresh_writer) = pipe();
    // SAFETY: both are open, and the second is known to nobody else.
    assert_eq!(unsafe { libc::dup2(fresh.as_raw_fd(), number) }, number);
    let new = watch(&ev, &gone.0, READABLE);
    ev.poll_stop(id).unwrap();
    assert!(run(&ev, RunMode::NoWait).is_empty());
    // Nor has the old handle, started again for the new file.
    ev.poll_stop(new).unwrap();
    ev.poll_start(old, READABLE).unwrap();
    assert!(turn(&ev).is_empty());
    fresh_writer.write_all(b"x").unwrap();
    assert_eq!(turn(&ev), [(old, READABLE)]);
    drop(kept);
}

#[cfg(target_os = "linux")]
#[test]
fn a_descriptor_closed_under_its_handle_is_an_error_once() {
    use std::os::fd::{FromRawFd, OwnedFd};
    let ev = new_loop();
    let (reader, mut writer) = pipe();
    // A number that no other test comes to have meanwhile.
    // SAFETY: the descriptor is open, and the copy belongs to nobody else.
    let copy = unsafe {
        OwnedFd::from_raw_fd(libc::fcntl(reader.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 700))
    };
    let id = watch(&ev, &copy, READABLE);
    writer.write_all(b"x").unwrap();
    assert_eq!(turn(&ev), [(id, READABLE)]);
    drop(copy);
    let events = run(&ev, RunMode::NoWait);
    assert_broken(&ev, id, &events);
    // The file is open under its first number, so epoll still tells of it; which is news of nothing.
    writer.write_all(b"y").unwrap();
    assert!(turn(&ev).is_empty());
    assert!(ev.poll_start(id, READABLE).is_err());
    ev.close(id).unwrap();
    assert!(matches!(&run(&ev, RunMode::NoWait)[..], [Event::Closed(_)]));
}
