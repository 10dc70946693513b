//! Terminals, on the two ends of pseudo-terminals.
#![cfg(unix)]

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard};

use common::{new_loop, run_out};
use ouro_loop::{
    DescriptorKind, Event, EventLoop, HandleId, ReadResult, RunMode, StreamKind, TtyMode,
};

/// `reset_tty` is about all terminals of the process, so those that tests switch take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The emulator's end and the program's end of a terminal with 80 columns and 24 rows.
fn terminal() -> (File, OwnedFd) {
    let (mut master, mut slave) = (-1, -1);
    let mut size = window(80, 24);
    // SAFETY: the numbers are valid to write to, the size to read, and the rest may be null.
    let failed = unsafe {
        libc::openpty(
            &mut master,
            &mut slave,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            // Some systems want it to be mutable.
            std::ptr::from_mut(&mut size),
        )
    };
    assert_eq!(failed, 0);
    // SAFETY: both have just been opened and belong to nobody else.
    unsafe { (File::from_raw_fd(master), OwnedFd::from_raw_fd(slave)) }
}

fn window(columns: u16, rows: u16) -> libc::winsize {
    libc::winsize {
        ws_col: columns,
        ws_row: rows,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

fn resize(master: &File, columns: u16, rows: u16) {
    let size = window(columns, rows);
    // SAFETY: the descriptor is open and the size valid to read.
    let failed = unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCSWINSZ, &size) };
    assert_eq!(failed, 0);
}

/// Input, output, control and local flags.
fn flags(fd: BorrowedFd<'_>) -> [libc::tcflag_t; 4] {
    let mut settings = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: the descriptor is open, and the settings are there if the call succeeds.
    let settings = unsafe {
        assert_eq!(libc::tcgetattr(fd.as_raw_fd(), settings.as_mut_ptr()), 0);
        settings.assume_init()
    };
    [
        settings.c_iflag,
        settings.c_oflag,
        settings.c_cflag,
        settings.c_lflag,
    ]
}

/// Reads until so many bytes have come.
fn read(ev: &EventLoop, stream: HandleId, count: usize) -> Vec<u8> {
    ev.read_start(stream).unwrap();
    let mut bytes = Vec::new();
    while bytes.len() < count {
        if let Some(Event::Readable(id)) = ev.next_event(RunMode::Default) {
            assert_eq!(id, stream);
            let mut buffer = [0; 64];
            match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => bytes.extend_from_slice(&buffer[..count]),
                ReadResult::WouldBlock => {}
                other => panic!("{other:?}"),
            }
        }
    }
    ev.read_stop(stream).unwrap();
    bytes
}

#[test]
fn a_terminal_is_read_line_by_line_and_stays_blocking_for_others() {
    let (mut master, slave) = terminal();
    let others = slave.try_clone().unwrap();
    let ev = new_loop();
    let id = ev.open_fd(slave).unwrap();
    assert_eq!(ev.stream_kind(id).unwrap(), StreamKind::Tty);
    // SAFETY: the descriptor is open.
    let flags = unsafe { libc::fcntl(others.as_raw_fd(), libc::F_GETFL) };
    assert_eq!(flags & libc::O_NONBLOCK, 0);
    // A short read of a terminal is a line, and there may be another.
    master.write_all(b"one\ntwo\n").unwrap();
    assert_eq!(read(&ev, id, 8), b"one\ntwo\n");
}

#[test]
fn raw_mode_gives_each_key_and_translates_output() {
    let _turn = alone();
    let (mut master, slave) = terminal();
    let before = flags(slave.as_fd());
    let ev = new_loop();
    let id = ev.open_fd(slave.try_clone().unwrap()).unwrap();
    ev.tty_set_mode(id, TtyMode::Raw).unwrap();
    let [_, output, _, local] = flags(slave.as_fd());
    let off = libc::ECHO | libc::ICANON | libc::IEXTEN | libc::ISIG;
    assert_eq!(local & off, 0);
    assert_eq!(output & libc::ONLCR, libc::ONLCR);
    // Neither the end of a line, nor a signal, nor the end of input.
    master.write_all(b"a\x03\x04\r").unwrap();
    assert_eq!(read(&ev, id, 4), b"a\x03\x04\r");
    ev.write(id, "\n", 0).unwrap();
    let mut out = [0; 2];
    master.read_exact(&mut out).unwrap();
    assert_eq!(&out, b"\r\n");

    ev.tty_set_mode(id, TtyMode::Io).unwrap();
    assert_eq!(flags(slave.as_fd())[1] & libc::OPOST, 0);
    // What was there before the first switch, and not the raw mode.
    ev.tty_set_mode(id, TtyMode::Normal).unwrap();
    assert_eq!(flags(slave.as_fd()), before);
    // And a second round is no different.
    ev.tty_set_mode(id, TtyMode::Raw).unwrap();
    assert_ne!(flags(slave.as_fd()), before);
    ev.tty_set_mode(id, TtyMode::Normal).unwrap();
    assert_eq!(flags(slave.as_fd()), before);
}

#[test]
fn whatever_ends_the_handle_ends_its_mode() {
    let _turn = alone();
    let (_master, slave) = terminal();
    let before = flags(slave.as_fd());
    let raw = |ev: &EventLoop| {
        let id = ev.open_fd(slave.try_clone().unwrap()).unwrap();
        ev.tty_set_mode(id, TtyMode::Raw).unwrap();
        assert_ne!(flags(slave.as_fd()), before);
        id
    };
    let ev = new_loop();
    let id = raw(&ev);
    ev.close(id).unwrap();
    assert_eq!(flags(slave.as_fd()), before);
    assert!(ev.tty_set_mode(id, TtyMode::Raw).is_err());

    let detached = ev.detach(raw(&ev)).unwrap();
    assert_eq!(flags(slave.as_fd()), before);
    assert_eq!(flags(detached.as_fd()), before);

    raw(&ev);
    drop(ev);
    assert_eq!(flags(slave.as_fd()), before);
}

#[test]
fn all_terminals_are_reset_at_once_also_by_a_signal_handler() {
    extern "C" fn reset(_: libc::c_int) {
        let _ = ouro_loop::reset_tty();
    }
    let _turn = alone();
    let ((_one, first), (_two, second)) = (terminal(), terminal());
    let before = flags(first.as_fd());
    let ev = new_loop();
    let open = |fd: &OwnedFd| ev.open_fd(fd.try_clone().unwrap()).unwrap();
    // Two handles of one terminal: the second takes the raw mode of the first for the terminal's own.
    let handles = [open(&first), open(&first), open(&second)];
    let raw = || {
        for id in handles {
            ev.tty_set_mode(id, TtyMode::Raw).unwrap();
        }
        assert_ne!(flags(first.as_fd()), before);
        assert_ne!(flags(second.as_fd()), before);
    };
    raw();
    ouro_loop::reset_tty().unwrap();
    assert_eq!(flags(first.as_fd()), before);
    assert_eq!(flags(second.as_fd()), before);

    raw();
    let handler = reset as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: the handler does only what a handler may, as `reset_tty` says.
    unsafe {
        let old = libc::signal(libc::SIGUSR1, handler);
        libc::raise(libc::SIGUSR1);
        libc::signal(libc::SIGUSR1, old);
    }
    assert_eq!(flags(first.as_fd()), before);
    assert_eq!(flags(second.as_fd()), before);
    drop(ev);
    // Nothing is left to reset.
    ouro_loop::reset_tty().unwrap();
}

#[test]
fn a_window_has_a_size() {
    let (master, slave) = terminal();
    let ev = new_loop();
    let id = ev.open_fd(slave).unwrap();
    assert_eq!(ev.tty_window_size(id).unwrap(), (80, 24));
    resize(&master, 132, 43);
    assert_eq!(ev.tty_window_size(id).unwrap(), (132, 43));
}

#[test]
fn what_is_no_terminal_has_no_mode_and_no_size() {
    let ev = new_loop();
    let (id, _) = common::pipe_pair(&ev);
    let refusals = [
        ev.tty_set_mode(id, TtyMode::Raw).unwrap_err(),
        ev.tty_window_size(id).unwrap_err(),
    ];
    for error in refusals {
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    }
    let timer = ev.timer().unwrap();
    assert!(ev.tty_set_mode(timer, TtyMode::Normal).is_err());
}

#[test]
fn the_master_is_itself_and_not_another_pair() {
    let (master, mut slave) = {
        let (master, slave) = terminal();
        (OwnedFd::from(master), File::from(slave))
    };
    let ev = new_loop();
    let id = ev.open_fd(master).unwrap();
    slave.write_all(b"prompt").unwrap();
    assert_eq!(read(&ev, id, 6), b"prompt");
    ev.write(id, "x\n", 0).unwrap();
    let mut line = [0; 2];
    slave.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"x\n");
    ev.close(id).unwrap();
    run_out(&ev);
}

/// Plays a program on a terminal: reads its size each time that it is told of a change.
#[test]
#[ignore = "what a_program_hears_of_its_window starts, with a terminal of its own"]
fn a_program_on_a_terminal() {
    let ev = new_loop();
    let stdin = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let id = ev.open_fd(stdin).unwrap();
    let signal = ev.signal().unwrap();
    ev.signal_start(signal, libc::SIGWINCH, false).unwrap();
    ev.write(id, "<ready>", 0).unwrap();
    while let Some(event) = ev.next_event(RunMode::Default) {
        if let Event::Signal { .. } = event {
            let (columns, rows) = ev.tty_window_size(id).unwrap();
            ev.write(id, format!("<{columns}x{rows}>"), 0).unwrap();
            ev.close(signal).unwrap();
        }
    }
}

#[test]
fn a_program_hears_of_its_window() {
    let (mut master, slave) = terminal();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "a_program_on_a_terminal", "--ignored"])
        .stdin(Stdio::from(slave))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // SAFETY: both calls are allowed between fork and exec.
    unsafe {
        command.pre_exec(|| {
            if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY as _, 0) < 0 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(())
        });
    }
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut told = String::new();
    let mut read_until = |master: &mut File, end: &str| {
        while !told.contains(end) {
            let mut buffer = [0; 256];
            let count = master.read(&mut buffer).expect(&told);
            told += &String::from_utf8_lossy(&buffer[..count]);
        }
    };
    read_until(&mut master, "<ready>");
    resize(&master, 120, 50);
    read_until(&mut master, "<120x50>");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_descriptor_says_what_it_is() {
    let guess = |fd: BorrowedFd<'_>| ouro_loop::guess_kind(fd.as_raw_fd());
    let (_master, slave) = terminal();
    assert_eq!(guess(slave.as_fd()), DescriptorKind::Tty);
    let file = File::open(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(guess(file.as_fd()), DescriptorKind::File);
    let null = File::open("/dev/null").unwrap();
    assert_eq!(guess(null.as_fd()), DescriptorKind::File);
    let (reader, _writer) = std::io::pipe().unwrap();
    assert_eq!(guess(reader.as_fd()), DescriptorKind::Pipe);
    let (pipe, _) = std::os::unix::net::UnixStream::pair().unwrap();
    assert_eq!(guess(pipe.as_fd()), DescriptorKind::Pipe);
    let (datagrams, _) = std::os::unix::net::UnixDatagram::pair().unwrap();
    assert_eq!(guess(datagrams.as_fd()), DescriptorKind::Unknown);
    let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(guess(tcp.as_fd()), DescriptorKind::Tcp);
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    assert_eq!(guess(udp.as_fd()), DescriptorKind::Udp);
    let directory = File::open("/").unwrap();
    assert_eq!(guess(directory.as_fd()), DescriptorKind::Unknown);
    for closed in [-1, i32::MAX] {
        assert_eq!(ouro_loop::guess_kind(closed), DescriptorKind::Unknown);
    }
}
