//! What only Unix has: pipes, descriptors that come and go, signals, and running out of descriptors.
#![cfg(unix)]

mod common;

use std::io::{ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use common::{any_port, new_loop, pipe_pair, run, run_out};
use ouro_loop::{Event, EventLoop, ListenOptions, LoopError, ReadResult, RunMode, StreamKind};

/// A name in the file system that is this test's own.
fn socket_path(test: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("ouro-loop-{}-{test}.sock", std::process::id()))
}

#[test]
fn a_pipe_is_listened_to_connected_and_unlinked() {
    let ev = new_loop();
    let path = socket_path("listen");
    let server = ev.pipe_listen(&path, 16).unwrap();
    let busy = ev.pipe_listen(&path, 16).unwrap_err();
    assert_eq!(busy.kind(), ErrorKind::AddrInUse);
    let client = ev.pipe_connect(&path).unwrap();
    let mut received = Vec::new();
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Connection(id) => {
            let peer = ev.accept(id).unwrap().unwrap();
            assert_eq!(ev.stream_kind(peer).unwrap(), StreamKind::Pipe);
            ev.read_start(peer).unwrap();
            ev.close(id).unwrap();
        }
        Event::Connected { id, result } => {
            result.unwrap();
            ev.write(id, "through", 0).unwrap();
            ev.shutdown(id).unwrap();
        }
        Event::Readable(id) => {
            let mut buffer = [0; 64];
            match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => received.extend_from_slice(&buffer[..count]),
                ReadResult::Eof => {
                    ev.close(id).unwrap();
                    ev.close(client).unwrap();
                }
                ReadResult::WouldBlock => {}
                ReadResult::Err(error) => panic!("{error}"),
            }
        }
        _ => {}
    })
    .unwrap();
    assert_eq!(received, b"through");
    assert!(!path.exists());
    assert!(ev.is_closing(server));
}

#[test]
fn a_plain_pipe_is_a_stream() {
    let ev = new_loop();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let id = ev.open_fd(OwnedFd::from(reader)).unwrap();
    ev.read_start(id).unwrap();
    writer.write_all(b"one way").unwrap();
    drop(writer);
    let mut received = Vec::new();
    let mut ended = false;
    while let Some(event) = ev.next_event(RunMode::Default) {
        assert!(matches!(event, Event::Readable(_)));
        let mut buffer = [0; 3];
        match ev.read(id, &mut buffer) {
            ReadResult::Data(count) => received.extend_from_slice(&buffer[..count]),
            ReadResult::Eof => ended = true,
            other => panic!("{other:?}"),
        }
    }
    assert!(ended);
    assert_eq!(received, b"one way");
}

#[test]
fn writing_to_a_pipe_without_a_reader_fails_every_queued_write() {
    let ev = new_loop();
    let (reader, writer) = std::io::pipe().unwrap();
    let id = ev.open_fd(OwnedFd::from(writer)).unwrap();
    ev.write(id, vec![0; 1 << 20], 1).unwrap();
    ev.write(id, "more", 2).unwrap();
    drop(reader);
    let mut failed = Vec::new();
    while let Some(event) = ev.next_event(RunMode::Default) {
        if let Event::Wrote { tag, result, .. } = event {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::BrokenPipe);
            failed.push(tag);
        }
    }
    assert_eq!(failed, [1, 2]);
    assert_eq!(ev.write_queue_size(id).unwrap(), 0);
}

#[test]
fn a_detached_stream_goes_on_in_another_loop() {
    let (first, second) = (new_loop(), new_loop());
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let id = first.open_fd(ours.into()).unwrap();
    first.read_start(id).unwrap();
    run(&first, RunMode::NoWait);
    let fd = first.detach(id).unwrap();
    assert!(matches!(&run_out(&first)[..], [Event::Closed(_)]));
    let id = second.open_fd(fd).unwrap();
    second.read_start(id).unwrap();
    theirs.write_all(b"hi").unwrap();
    assert!(matches!(
        second.next_event(RunMode::Default),
        Some(Event::Readable(_))
    ));
    assert!(matches!(second.read(id, &mut [0; 8]), ReadResult::Data(2)));
    assert!(run(&first, RunMode::NoWait).is_empty());
}

#[test]
fn a_detached_listener_goes_on_in_another_loop() {
    let (first, second) = (new_loop(), new_loop());
    let tcp = first
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address = first.local_addr(tcp).unwrap();
    let path = socket_path("detach");
    let pipe = first.pipe_listen(&path, 16).unwrap();
    let tcp = second.open_listener_fd(first.detach(tcp).unwrap()).unwrap();
    let pipe = second
        .open_listener_fd(first.detach(pipe).unwrap())
        .unwrap();
    assert_eq!(run_out(&first).len(), 2);
    drop(first);
    let _one = std::net::TcpStream::connect(address).unwrap();
    let _two = UnixStream::connect(&path).unwrap();
    for _ in 0..2 {
        let Some(Event::Connection(id)) = second.next_event(RunMode::Default) else {
            panic!("no connection");
        };
        assert!(second.accept(id).unwrap().is_some());
        assert!(second.accept(id).unwrap().is_none());
    }
    second.close(tcp).unwrap();
    second.close(pipe).unwrap();
    assert_eq!(run_out(&second).len(), 2);
    // Whoever detaches a listener has to see to its name.
    std::fs::remove_file(&path).unwrap();

    #[cfg(target_os = "linux")]
    {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        assert!(second.open_listener_fd(ours.into()).is_err());
    }
}

#[test]
fn a_datagram_socket_and_a_file_are_no_streams() {
    let ev = new_loop();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    assert!(ev.open_fd(socket.into()).is_err());
    let file = std::fs::File::open("/proc/self/exe").or_else(|_| std::fs::File::open("/bin/sh"));
    let id = ev.open_fd(file.unwrap().into()).unwrap();
    // The poll refuses regular files, as soon as it is needed.
    #[cfg(target_os = "linux")]
    assert_eq!(
        ev.read_start(id).unwrap_err().kind(),
        ErrorKind::PermissionDenied
    );
    ev.close(id).unwrap();
    run_out(&ev);
}

#[test]
fn a_dropped_loop_leaves_no_descriptor() {
    #[cfg(target_os = "linux")]
    {
        let count = || std::fs::read_dir("/proc/self/fd").unwrap().count();
        // Other tests of this process open and close descriptors too, hence a bound that a leak would break.
        let before = count();
        for _ in 0..200 {
            let ev = new_loop();
            ev.tcp_listen(any_port(), &ListenOptions::default())
                .unwrap();
            pipe_pair(&ev);
            let signal = ev.signal().unwrap();
            ev.signal_start(signal, libc::SIGWINCH, false).unwrap();
            run(&ev, RunMode::NoWait);
        }
        assert!(count() < before + 150);
    }
}

/// Sends a signal to this process, and returns once it has been handled.
fn raise(signum: i32) {
    // SAFETY: `raise` has no preconditions.
    assert_eq!(unsafe { libc::raise(signum) }, 0);
}

fn signals(ev: &EventLoop) -> Vec<(u64, i32)> {
    run(ev, RunMode::NoWait)
        .into_iter()
        .map(|event| match event {
            Event::Signal { id, signum } => (id.to_u64(), signum),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn every_handle_of_every_loop_gets_a_signal_each_time_it_comes() {
    let (one, two) = (new_loop(), new_loop());
    let a = one.signal().unwrap();
    let b = one.signal().unwrap();
    let c = two.signal().unwrap();
    one.signal_start(a, libc::SIGUSR1, false).unwrap();
    one.signal_start(b, libc::SIGUSR1, true).unwrap();
    two.signal_start(c, libc::SIGUSR1, false).unwrap();
    raise(libc::SIGUSR1);
    raise(libc::SIGUSR1);
    let of = |id: ouro_loop::HandleId| (id.to_u64(), libc::SIGUSR1);
    assert_eq!(signals(&one), [of(a), of(a), of(b)]);
    assert!(!one.is_active(b).unwrap());
    assert_eq!(signals(&two), [of(c), of(c)]);
    // A stopped handle hears nothing, and the others still do.
    one.signal_stop(a).unwrap();
    raise(libc::SIGUSR1);
    assert!(signals(&one).is_empty());
    assert_eq!(signals(&two), [of(c)]);
    assert!(!one.alive());
}

#[test]
fn who_takes_a_signal_back_is_the_only_one_that_hears_of_it() {
    let (one, two) = (new_loop(), new_loop());
    assert_eq!(one.signal_take(libc::SIGURG), 0);
    let a = one.signal().unwrap();
    let b = two.signal().unwrap();
    one.signal_start(a, libc::SIGURG, false).unwrap();
    two.signal_start(b, libc::SIGURG, false).unwrap();
    raise(libc::SIGURG);
    raise(libc::SIGURG);
    assert_eq!(one.signal_take(libc::SIGURG), 2);
    assert_eq!(one.signal_take(libc::SIGURG), 0);
    assert!(signals(&one).is_empty());
    // Another loop has its own.
    let heard = (b.to_u64(), libc::SIGURG);
    assert_eq!(signals(&two), [heard, heard]);
    // What comes later arrives again.
    raise(libc::SIGURG);
    assert_eq!(signals(&one), [(a.to_u64(), libc::SIGURG)]);
}

#[test]
fn a_signal_has_its_old_action_back_after_the_last_handle() {
    extern "C" fn nothing(_: libc::c_int) {}
    let action = || {
        let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: asks for the current action, for which there is room.
        unsafe {
            libc::sigaction(libc::SIGUSR2, std::ptr::null(), action.as_mut_ptr());
            action.assume_init().sa_sigaction
        }
    };
    let ours = nothing as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: the handler does nothing.
    unsafe { libc::signal(libc::SIGUSR2, ours) };
    let ev = new_loop();
    let id = ev.signal().unwrap();
    ev.signal_start(id, libc::SIGUSR2, false).unwrap();
    assert_ne!(action(), ours);
    ev.signal_stop(id).unwrap();
    assert_eq!(action(), ours);
    ev.signal_start(id, libc::SIGUSR2, false).unwrap();
    drop(ev);
    assert_eq!(action(), ours);
}

#[test]
fn what_cannot_be_caught_is_an_error() {
    let ev = new_loop();
    let id = ev.signal().unwrap();
    for signum in [0, -1, 1000, libc::SIGKILL, libc::SIGSTOP] {
        assert!(
            matches!(ev.signal_start(id, signum, false), Err(LoopError::Io(_))),
            "{signum}"
        );
    }
    assert!(!ev.alive());
}

#[test]
fn a_read_is_not_ended_by_a_signal() {
    let ev = new_loop();
    let (a, b) = pipe_pair(&ev);
    let id = ev.signal().unwrap();
    ev.signal_start(id, libc::SIGURG, false).unwrap();
    ev.set_ref(id, false).unwrap();
    ev.read_start(b).unwrap();
    raise(libc::SIGURG);
    ev.write(a, "x", 0).unwrap();
    let mut log = Vec::new();
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Readable(id) => {
            log.push("read");
            assert!(matches!(ev.read(id, &mut [0; 8]), ReadResult::Data(1)));
            ev.read_stop(id).unwrap();
        }
        Event::Signal { .. } => log.push("signal"),
        Event::Wrote { .. } => log.push("wrote"),
        other => panic!("{other:?}"),
    })
    .unwrap();
    // Signals come after the other events of their poll.
    assert_eq!(log, ["wrote", "read", "signal"]);
}

#[test]
fn descriptors_travel_with_their_bytes() {
    let ev = new_loop();
    let (sender, receiver) = pipe_pair(&ev);
    let (reader, mut writer) = std::io::pipe().unwrap();
    ev.write(sender, "before ", 1).unwrap();
    ev.write_with_descriptor(sender, "with", OwnedFd::from(reader), 2)
        .unwrap();
    ev.write(sender, " after", 3).unwrap();
    ev.shutdown(sender).unwrap();
    ev.read_start(receiver).unwrap();
    let (mut text, mut descriptors) = (String::new(), Vec::new());
    while let Some(event) = ev.next_event(RunMode::Default) {
        if let Event::Readable(id) = event {
            let mut buffer = [0; 64];
            match ev.read_with_descriptors(id, &mut buffer, &mut descriptors) {
                ReadResult::Data(count) => {
                    text.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
                }
                ReadResult::Eof => break,
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(text, "before with after");
    assert_eq!(descriptors.len(), 1);
    let passed = ev.open_fd(descriptors.remove(0)).unwrap();
    writer.write_all(b"through").unwrap();
    let mut buffer = [0; 64];
    assert!(matches!(ev.read(passed, &mut buffer), ReadResult::Data(7)));
    let empty = ev.write_with_descriptor(sender, "", OwnedFd::from(writer), 4);
    assert!(empty.is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_in_the_abstract_namespace_is_listened_and_connected_to() {
    let ev = new_loop();
    let name = format!("\0ouro-loop-{}", std::process::id());
    let server = ev.pipe_listen(name.as_ref(), 16).unwrap();
    let client = ev.pipe_connect(name.as_ref()).unwrap();
    let mut met = 0;
    while met < 2 {
        match ev.next_event(RunMode::Default).unwrap() {
            Event::Connection(id) => {
                let peer = ev.accept(id).unwrap().unwrap();
                ev.close(peer).unwrap();
                met += 1;
            }
            Event::Connected { id, result } => {
                assert_eq!(id, client);
                result.unwrap();
                met += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    ev.close(server).unwrap();
}
