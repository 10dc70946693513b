//! Consoles of Windows: modes, size, writing, reading. Each test runs in a child that has a console of its own, which nobody sees.
#![cfg(windows)]

mod common;

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::os::windows::io::{AsRawHandle, RawHandle};

use common::{new_loop, run_out};
use ouro_loop::{
    ChildStdio, Event, EventLoop, HandleId, ReadResult, RunMode, SpawnOptions, StreamKind, TtyMode,
    reset_tty,
};
use windows_sys::Win32::System::Console::{
    COORD, CTRL_C_EVENT, ENABLE_ECHO_INPUT, ENABLE_LINE_INPUT, ENABLE_PROCESSED_INPUT,
    GenerateConsoleCtrlEvent, GetConsoleMode, INPUT_RECORD, KEY_EVENT, LEFT_CTRL_PRESSED,
    ReadConsoleOutputCharacterW, WINDOW_BUFFER_SIZE_EVENT, WriteConsoleInputW,
};

const SIGINT: i32 = 2;
const SIGWINCH: i32 = 28;
const COOKED: u32 = ENABLE_ECHO_INPUT | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT;
/// What a child exits with that has no console.
const NO_CONSOLE: i32 = 77;

fn open(name: &str) -> File {
    File::options().read(true).write(true).open(name).unwrap()
}

fn input(ev: &EventLoop) -> HandleId {
    ev.open_handle(open("CONIN$").into()).unwrap()
}

fn output(ev: &EventLoop) -> HandleId {
    ev.open_handle(open("CONOUT$").into()).unwrap()
}

fn mode(console: RawHandle) -> u32 {
    let mut mode = 0;
    // SAFETY: there is room for the mode.
    assert_ne!(unsafe { GetConsoleMode(console, &mut mode) }, 0);
    mode
}

fn key(code: u16, unit: u16) -> INPUT_RECORD {
    let mut record = INPUT_RECORD {
        EventType: KEY_EVENT as u16,
        ..Default::default()
    };
    record.Event.KeyEvent.bKeyDown = 1;
    record.Event.KeyEvent.wRepeatCount = 1;
    record.Event.KeyEvent.wVirtualKeyCode = code;
    record.Event.KeyEvent.uChar.UnicodeChar = unit;
    record
}

/// Types on the console.
fn feed(records: &[INPUT_RECORD]) {
    let console = open("CONIN$");
    let mut written = 0;
    // SAFETY: as many records may be read as is said.
    let done = unsafe {
        WriteConsoleInputW(
            console.as_raw_handle(),
            records.as_ptr(),
            records.len() as u32,
            &mut written,
        )
    };
    assert_ne!(done, 0);
    assert_eq!(written as usize, records.len());
}

fn typed(text: &str) -> Vec<INPUT_RECORD> {
    let enter = u16::from(b'\r');
    text.encode_utf16()
        .map(|unit| key(if unit == enter { enter } else { 0 }, unit))
        .collect()
}

/// Reads until there is as much as expected, then closes the stream.
fn expect_input(ev: &EventLoop, id: HandleId, expected: &str) {
    ev.read_start(id).unwrap();
    let mut text = Vec::new();
    while text.len() < expected.len() {
        let event = ev.next_event(RunMode::Default).expect("input");
        assert!(matches!(event, Event::Readable(other) if other == id));
        let mut buffer = [0; 100];
        match ev.read(id, &mut buffer) {
            ReadResult::Data(count) => text.extend_from_slice(&buffer[..count]),
            ReadResult::WouldBlock => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(str::from_utf8(&text), Ok(expected));
    ev.close(id).unwrap();
    assert!(matches!(run_out(ev)[..], [Event::Closed(_)]));
}

fn modes() {
    let ev = new_loop();
    let console = open("CONIN$");
    let before = mode(console.as_raw_handle());
    assert_eq!(before & COOKED, COOKED);
    let id = input(&ev);
    assert_eq!(ev.stream_kind(id).unwrap(), StreamKind::Tty);
    let is_raw = || mode(console.as_raw_handle()) & COOKED == 0;
    for _ in 0..2 {
        ev.tty_set_mode(id, TtyMode::Raw).unwrap();
        assert!(is_raw());
        ev.tty_set_mode(id, TtyMode::Normal).unwrap();
        assert_eq!(mode(console.as_raw_handle()), before);
    }
    assert!(ev.tty_set_mode(id, TtyMode::Io).is_err());
    ev.tty_set_mode(id, TtyMode::Raw).unwrap();
    reset_tty().unwrap();
    assert_eq!(mode(console.as_raw_handle()), before);
    ev.tty_set_mode(id, TtyMode::Raw).unwrap();
    ev.close(id).unwrap();
    assert_eq!(mode(console.as_raw_handle()), before);
    assert!(ev.tty_set_mode(output(&ev), TtyMode::Raw).is_err());
    let (pipe, _) = ev.stream_pair().unwrap();
    assert!(ev.tty_set_mode(pipe, TtyMode::Raw).is_err());
    assert!(ev.tty_window_size(pipe).is_err());
}

fn size() {
    let ev = new_loop();
    let (columns, rows) = ev.tty_window_size(output(&ev)).unwrap();
    assert!(columns > 0 && rows > 0);
    assert_eq!(ev.tty_window_size(input(&ev)).unwrap(), (columns, rows));
}

fn write() {
    let ev = new_loop();
    let id = output(&ev);
    // One character comes in two halves.
    let text = "grüße".as_bytes();
    ev.write(id, text[..3].to_vec(), 1).unwrap();
    ev.write(id, text[3..].to_vec(), 2).unwrap();
    let events = run_out(&ev);
    assert!(
        events
            .iter()
            .all(|event| matches!(event, Event::Wrote { result: Ok(()), .. }))
    );
    assert_eq!(events.len(), 2);
    let console = open("CONOUT$");
    let mut units = [0; 5];
    let mut count = 0;
    // SAFETY: there is room for as many characters as is said.
    let done = unsafe {
        ReadConsoleOutputCharacterW(
            console.as_raw_handle(),
            units.as_mut_ptr(),
            5,
            COORD { X: 0, Y: 0 },
            &mut count,
        )
    };
    assert_ne!(done, 0);
    assert_eq!(String::from_utf16(&units).unwrap(), "grüße");
}

fn keys() {
    let ev = new_loop();
    let id = input(&ev);
    ev.tty_set_mode(id, TtyMode::Raw).unwrap();
    let mut records = typed("a");
    records.push(key(0x26, 0));
    records.extend(typed("ä🐍\r\u{3}"));
    feed(&records);
    expect_input(&ev, id, "a\x1b[Aä🐍\r\u{3}");
}

fn resized() {
    let ev = new_loop();
    let id = input(&ev);
    ev.tty_set_mode(id, TtyMode::Raw).unwrap();
    let signal = ev.signal().unwrap();
    ev.signal_start(signal, SIGWINCH, true).unwrap();
    ev.read_start(id).unwrap();
    feed(&[INPUT_RECORD {
        EventType: WINDOW_BUFFER_SIZE_EVENT as u16,
        ..Default::default()
    }]);
    let event = ev.next_event(RunMode::Default);
    assert!(
        matches!(
            event,
            Some(Event::Signal {
                signum: SIGWINCH,
                ..
            })
        ),
        "{event:?}"
    );
}

fn line() {
    let ev = new_loop();
    let id = input(&ev);
    feed(&typed("two words\r"));
    expect_input(&ev, id, "two words\r\n");
}

/// Ctrl+C, as somebody at the console would press it.
fn interrupted() {
    let ev = new_loop();
    let id = ev.signal().unwrap();
    ev.signal_start(id, SIGINT, true).unwrap();
    // SAFETY: no memory preconditions.
    if unsafe { GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) } == 0 {
        // Wine can't, but its consoles take a key for it.
        let mut ctrl_c = key(0x43, 3);
        ctrl_c.Event.KeyEvent.dwControlKeyState = LEFT_CTRL_PRESSED;
        feed(&[ctrl_c]);
    }
    let event = ev.next_event(RunMode::Default);
    let told = matches!(event, Some(Event::Signal { signum: SIGINT, .. }));
    assert!(told, "{event:?}");
}

/// A stream that was closed while it waited takes nothing from the next.
fn closed() {
    let ev = new_loop();
    for _ in 0..3 {
        let id = input(&ev);
        ev.tty_set_mode(id, TtyMode::Raw).unwrap();
        ev.read_start(id).unwrap();
        assert!(run_no_wait(&ev).is_empty());
        ev.close(id).unwrap();
        assert!(matches!(run_out(&ev)[..], [Event::Closed(_)]));
    }
    // What was read before reading stopped is for the next who starts.
    let id = input(&ev);
    ev.tty_set_mode(id, TtyMode::Raw).unwrap();
    ev.read_start(id).unwrap();
    ev.read_stop(id).unwrap();
    feed(&typed("late"));
    expect_input(&ev, id, "late");
}

fn run_no_wait(ev: &EventLoop) -> Vec<Event> {
    std::iter::from_fn(|| ev.next_event(RunMode::NoWait)).collect()
}

const TASKS: [(&str, fn()); 8] = [
    ("modes", modes),
    ("size", size),
    ("write", write),
    ("keys", keys),
    ("resized", resized),
    ("line", line),
    ("interrupted", interrupted),
    ("closed", closed),
];

#[test]
#[ignore = "the children of the other tests"]
fn act() {
    let Some(task) = std::env::args().skip_while(|arg| arg != "--").nth(1) else {
        return;
    };
    if File::open("CONIN$").is_err() || File::open("CONOUT$").is_err() {
        std::process::exit(NO_CONSOLE);
    }
    let (_, run) = TASKS.iter().find(|(name, _)| *name == task).unwrap();
    run();
}

fn in_a_console(task: &str) {
    let program = std::env::current_exe().unwrap();
    let mut args: Vec<OsString> = vec![program.clone().into()];
    args.extend(["--ignored", "--exact", "act", "--nocapture", "--", task].map(OsString::from));
    let ev = new_loop();
    let child = ev
        .spawn(&SpawnOptions {
            program: program.into(),
            args,
            windows_hide: true,
            stdio: vec![ChildStdio::Ignore, ChildStdio::Pipe, ChildStdio::Pipe],
            ..SpawnOptions::default()
        })
        .unwrap();
    for stream in child.stdio.iter().flatten() {
        ev.read_start(*stream).unwrap();
    }
    let (mut text, mut code) = (Vec::new(), 0);
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Readable(id) => {
            let mut buffer = [0; 4096];
            match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => text.extend_from_slice(&buffer[..count]),
                ReadResult::WouldBlock => {}
                ReadResult::Eof | ReadResult::Err(_) => ev.close(id).unwrap(),
            }
        }
        Event::Exit { status, .. } => code = status.code,
        _ => {}
    })
    .unwrap();
    if code == NO_CONSOLE {
        // Past the harness, which keeps what tests print.
        let reason = "a child gets no console here";
        let _ = writeln!(std::io::stderr(), "skipped: console {task}: {reason}");
        return;
    }
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&text));
}

#[test]
fn a_console_is_switched_and_gets_its_mode_back() {
    in_a_console("modes");
}

#[test]
fn a_console_has_a_size() {
    in_a_console("size");
}

#[test]
fn what_is_written_is_on_the_screen() {
    in_a_console("write");
}

#[test]
fn keys_are_read_one_by_one_in_raw_mode() {
    in_a_console("keys");
}

#[test]
fn a_resize_is_a_signal_for_who_reads_in_raw_mode() {
    in_a_console("resized");
}

#[test]
fn what_interrupts_is_a_signal() {
    in_a_console("interrupted");
}

#[test]
fn lines_are_read_in_normal_mode() {
    in_a_console("line");
}

#[test]
fn a_closed_console_takes_no_input() {
    in_a_console("closed");
}
