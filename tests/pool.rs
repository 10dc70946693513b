//! The thread pool from outside: `UV_THREADPOOL_SIZE` says how many threads there are once there is file work.
#![cfg(target_os = "linux")]

mod support;

use std::time::{Duration, Instant};

use support::{Running, ouro, threads_of};

fn workers(id: u32) -> Vec<String> {
    let mut names = threads_of(id);
    names.retain(|name| name.starts_with("ouro-worker"));
    names
}

/// Says that it is there, does file work when a signal tells it to, says that it is done.
const SCRIPT: &str = "
    process.on('SIGUSR2', () => require('fs').stat('/', (error) => console.log(error ?? 'worked')));
    setInterval(() => {}, 1e6);
    process.nextTick(() => console.log('ready'));
";

#[track_caller]
fn threads_with(size: Option<&str>, expected: usize) {
    let mut command = ouro();
    command.args(["-e", SCRIPT]);
    if let Some(size) = size {
        command.env("UV_THREADPOOL_SIZE", size);
    }
    let mut program = Running::start(&mut command);
    assert_eq!(program.line(), "ready");
    assert_eq!(
        workers(program.id()),
        [""; 0],
        "before the first file operation"
    );
    program.signal("USR2");
    assert_eq!(program.line(), "worked");
    // A thread takes its name when it first runs, which the one that did the work needn't wait for.
    let end = Instant::now() + Duration::from_secs(20);
    while workers(program.id()).len() < expected && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(workers(program.id()).len(), expected, "{size:?}");
}

#[test]
fn one_thread() {
    threads_with(Some("1"), 1);
}

#[test]
fn two_threads() {
    threads_with(Some("2"), 2);
}

#[test]
fn eight_threads() {
    threads_with(Some("8"), 8);
}

#[test]
fn four_threads_when_nothing_is_said() {
    threads_with(None, 4);
}

#[test]
fn odd_sizes_are_read_as_libuv_reads_them() {
    for (text, expected) in [("0", 1), ("", 1), ("3 threads", 3)] {
        threads_with(Some(text), expected);
    }
}

#[test]
fn a_script_without_file_work_starts_no_worker() {
    let mut program = Running::start(ouro().args([
        "-e",
        "setInterval(() => {}, 1e6); setTimeout(() => Promise.resolve().then(() => console.log('ready')), 5)",
    ]));
    assert_eq!(program.line(), "ready");
    assert_eq!(workers(program.id()), [""; 0]);
}
