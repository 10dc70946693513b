//! Descriptors that are somebody else's.
#![cfg(unix)]

mod common;

use std::io::{ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use common::{new_loop, run};
use ouro_loop::{Event, EventLoop, HandleId, LoopError, Readiness, RunMode};

const READABLE: Readiness = Readiness::READABLE;
const WRITABLE: Readiness = Readiness::WRITABLE;
const DISCONNECT: Readiness = Readiness::DISCONNECT;

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

/// Whether the next poll would sleep.
fn sleeps(ev: &EventLoop) -> bool {
    ev.backend_timeout().is_none()
}

#[test]
fn what_is_read_in_part_is_announced_again_and_what_is_drained_costs_nothing() {
    let ev = new_loop();
    let (mut reader, mut writer) = pipe();
    let id = watch(&ev, &reader, READABLE);
    assert!(turn(&ev).is_empty());
    writer.write_all(b"abc").unwrap();
    for _ in 0..3 {
        assert_eq!(turn(&ev), [(id, READABLE)]);
        reader.read_exact(&mut [0]).unwrap();
    }
    // The turn that announced the last byte couldn't know that it would be the last.
    assert!(turn(&ev).is_empty());
    assert!(sleeps(&ev));
    // Nobody reads: it is announced in each turn all the same.
    writer.write_all(b"d").unwrap();
    for _ in 0..3 {
        assert_eq!(turn(&ev), [(id, READABLE)]);
    }
    // Whoever reads in the callback leaves no turn that doesn't sleep.
    let event = ev.next_event(RunMode::NoWait);
    assert!(matches!(event, Some(Event::Poll { .. })));
    reader.read_exact(&mut [0]).unwrap();
    assert!(ev.next_event(RunMode::NoWait).is_none());
    assert!(sleeps(&ev));
}

#[test]
fn both_directions_have_one_event_and_the_end_of_the_peer_is_a_third() {
    let ev = new_loop();
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let id = watch(&ev, &ours, READABLE | WRITABLE);
    assert_eq!(turn(&ev), [(id, WRITABLE)]);
    theirs.write_all(b"x").unwrap();
    assert_eq!(turn(&ev), [(id, READABLE | WRITABLE)]);
    // A started handle takes a new set, also a smaller one.
    ev.poll_start(id, READABLE).unwrap();
    assert_eq!(turn(&ev), [(id, READABLE)]);
    (&ours).read_exact(&mut [0]).unwrap();
    assert!(turn(&ev).is_empty());
    ev.poll_start(id, DISCONNECT).unwrap();
    theirs.write_all(b"y").unwrap();
    assert!(turn(&ev).is_empty());
    assert!(turn(&ev).is_empty());
    assert!(sleeps(&ev));
    theirs.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(turn(&ev), [(id, DISCONNECT)]);
    // Nothing wanted is no watching.
    ev.poll_start(id, Readiness::default()).unwrap();
    assert!(!ev.is_active(id).unwrap());
    assert!(turn(&ev).is_empty());
    assert!(!ev.alive());
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
        let [
            Event::Poll {
                result: Err(error), ..
            },
        ] = &events[..]
        else {
            panic!("{events:?}");
        };
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
        assert!(!ev.is_active(id).unwrap());
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
fn one_descriptor_has_one_started_handle() {
    let ev = new_loop();
    let (reader, _writer) = pipe();
    let first = watch(&ev, &reader, READABLE);
    let busy = ev.poll_handle(reader.as_raw_fd()).unwrap_err();
    assert_eq!(busy.raw_os_error(), Some(libc::EEXIST));
    ev.poll_stop(first).unwrap();
    let second = watch(&ev, &reader, READABLE);
    let busy = ev.poll_start(first, READABLE).unwrap_err();
    assert_eq!(busy.raw_os_error(), Some(libc::EEXIST));
    ev.close(second).unwrap();
    ev.poll_start(first, READABLE).unwrap();
    // In another loop it is another matter.
    watch(&new_loop(), &reader, READABLE);
    assert_eq!(ev.raw_fd(first).unwrap(), reader.as_raw_fd());
}

#[test]
fn what_cannot_be_watched_is_an_error() {
    let ev = new_loop();
    for closed in [-1, i32::MAX] {
        let error = ev.poll_handle(closed).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
    }
    // kqueue watches files as well.
    #[cfg(target_os = "linux")]
    {
        let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
        let error = ev.poll_handle(file.as_raw_fd()).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EPERM));
    }
    let timer = ev.timer().unwrap();
    assert!(ev.poll_start(timer, READABLE).is_err());
    assert!(matches!(ev.poll_stop(timer), Err(LoopError::WrongKind)));
    assert_eq!(ev.walk().len(), 1);
}

#[test]
fn the_first_to_be_announced_stops_or_closes_the_other() {
    for close in [false, true] {
        let ev = new_loop();
        let pipes = [pipe(), pipe()];
        let ids = [
            watch(&ev, &pipes[0].0, READABLE),
            watch(&ev, &pipes[1].0, READABLE),
        ];
        for (_, writer) in &pipes {
            let mut writer = writer;
            writer.write_all(b"x").unwrap();
        }
        let Some(Event::Poll { id: first, .. }) = ev.next_event(RunMode::NoWait) else {
            panic!("no event");
        };
        let other = if first == ids[0] { ids[1] } else { ids[0] };
        if close {
            ev.close(other).unwrap();
            let rest = run(&ev, RunMode::NoWait);
            assert!(matches!(&rest[..], [Event::Closed(id)] if *id == other));
        } else {
            ev.poll_stop(other).unwrap();
            assert!(run(&ev, RunMode::NoWait).is_empty());
        }
        assert_eq!(turn(&ev), [(first, READABLE)]);
        // And itself.
        let event = ev.next_event(RunMode::NoWait);
        assert!(matches!(event, Some(Event::Poll { .. })));
        ev.poll_stop(first).unwrap();
        assert!(ev.next_event(RunMode::NoWait).is_none());
        assert!(!ev.alive());
        // What is left was left to its owners.
        for (mut reader, _) in pipes {
            reader.read_exact(&mut [0]).unwrap();
        }
    }
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
    let [
        Event::Poll {
            result: Err(error), ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(error.raw_os_error(), Some(libc::EBADF));
    assert!(!ev.is_active(id).unwrap());
    // The file is open under its first number, so epoll still tells of it; which is news of nothing.
    writer.write_all(b"y").unwrap();
    assert!(turn(&ev).is_empty());
    assert!(ev.poll_start(id, READABLE).is_err());
    ev.close(id).unwrap();
    assert!(matches!(&run(&ev, RunMode::NoWait)[..], [Event::Closed(_)]));
}

#[test]
fn a_started_handle_keeps_the_loop_alive_unless_it_is_unreferenced() {
    let ev = new_loop();
    let (reader, mut writer) = pipe();
    let id = ev.poll_handle(reader.as_raw_fd()).unwrap();
    assert!(!ev.alive());
    ev.poll_start(id, READABLE).unwrap();
    assert!(ev.alive());
    ev.set_ref(id, false).unwrap();
    assert!(!ev.alive());
    assert!(run(&ev, RunMode::Default).is_empty());
    // Dropping the loop leaves the descriptor open.
    drop(ev);
    writer.write_all(b"x").unwrap();
    (&reader).read_exact(&mut [0]).unwrap();
}
