//! What the tests of the loop share.
#![allow(dead_code, reason = "not every test file uses all of it")]

use std::io::Write;
use std::net::SocketAddr;

use ouro_loop::{
    ConnectOptions, Event, EventLoop, ExitStatus, HandleId, ListenOptions, ReadResult, RunMode,
    Spawned,
};

pub fn new_loop() -> EventLoop {
    EventLoop::new().unwrap()
}

/// A started timer.
pub fn timer(ev: &EventLoop, timeout: u64, repeat: u64) -> HandleId {
    let id = ev.timer().unwrap();
    ev.timer_start(id, timeout, repeat).unwrap();
    id
}

pub fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// A name of this test's own for a pipe to listen at.
pub fn pipe_name(test: &str) -> std::path::PathBuf {
    let name = format!("ouro-loop-{}-{test}.sock", std::process::id());
    if cfg!(windows) {
        format!(r"\\.\pipe\{name}").into()
    } else {
        std::env::temp_dir().join(name)
    }
}

/// Runs until nothing is alive and collects what happened.
pub fn run_out(ev: &EventLoop) -> Vec<Event> {
    run(ev, RunMode::Default)
}

pub fn run(ev: &EventLoop, mode: RunMode) -> Vec<Event> {
    std::iter::from_fn(|| ev.next_event(mode)).collect()
}

/// Two ends of a TCP connection, neither of them being read.
pub fn tcp_pair(ev: &EventLoop) -> (HandleId, HandleId) {
    let listener = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address = ev.local_addr(listener).unwrap();
    let client = ev.tcp_connect(address, &ConnectOptions::default()).unwrap();
    let (mut server, mut connected, mut closed) = (None, false, false);
    while server.is_none() || !connected || !closed {
        match ev.next_event(RunMode::Once) {
            Some(Event::Connection(id)) => {
                server = ev.accept(id).unwrap();
                ev.close(id).unwrap();
            }
            Some(Event::Connected { id, result }) => {
                assert_eq!(id, client);
                result.unwrap();
                connected = true;
            }
            Some(Event::Closed(_)) => closed = true,
            None => {}
            other => panic!("{other:?}"),
        }
    }
    while ev.next_event(RunMode::NoWait).is_some() {}
    (client, server.unwrap())
}

/// Runs until nothing is alive; what the streams gave, and how the child ended. What the child reads is closed when it
/// is written.
pub fn end_of_child(
    ev: &EventLoop,
    child: &Spawned,
    streams: &[HandleId],
) -> (Vec<Vec<u8>>, ExitStatus) {
    let mut texts = vec![Vec::new(); streams.len()];
    let mut exit = None;
    for &stream in streams {
        ev.read_start(stream).unwrap();
    }
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Readable(id) => {
            let at = streams.iter().position(|&stream| stream == id).unwrap();
            let mut buffer = [0; 4096];
            match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => texts[at].extend_from_slice(&buffer[..count]),
                ReadResult::WouldBlock => {}
                ReadResult::Eof => ev.close(id).unwrap(),
                ReadResult::Err(error) => panic!("{error}"),
            }
        }
        Event::Exit { id, status } => {
            assert_eq!(id, child.id);
            assert!(exit.replace(status).is_none());
            ev.close(id).unwrap();
        }
        Event::Wrote { id, result, .. } => {
            result.unwrap();
            ev.close(id).unwrap();
        }
        _ => {}
    })
    .unwrap();
    (texts, exit.unwrap())
}

/// The two ends of a Unix-domain socket pair as streams.
#[cfg(unix)]
pub fn pipe_pair(ev: &EventLoop) -> (HandleId, HandleId) {
    let (a, b) = std::os::unix::net::UnixStream::pair().unwrap();
    (ev.open_fd(a.into()).unwrap(), ev.open_fd(b.into()).unwrap())
}

/// Whether the test runs under Wine, which can't do what it asks for. Says so, past the harness, which keeps what tests print.
pub fn skip_under_wine(reason: &str) -> bool {
    let wine = is_wine();
    if wine {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        let _ = writeln!(std::io::stderr(), "skipped under Wine: {test}: {reason}");
    }
    wine
}

#[cfg(windows)]
pub fn is_wine() -> bool {
    use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleA, GetProcAddress};
    // SAFETY: both names end with a NUL, and ntdll is part of every process.
    unsafe {
        let ntdll = GetModuleHandleA(c"ntdll.dll".as_ptr().cast());
        GetProcAddress(ntdll, c"wine_get_version".as_ptr().cast()).is_some()
    }
}

#[cfg(not(windows))]
pub fn is_wine() -> bool {
    false
}
