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

/// What a pool of two threads did, printed at exit and shown to the script: which figures they are doesn't depend on time.
#[test]
fn figures_are_there_for_who_asks() {
    let script = "
        const fs = require('fs');
        const { threadpool } = process;
        const before = [threadpool.size, threadpool.active, threadpool.queued, threadpool.stats().threads];
        let left = 10;
        for (let i = 0; i < 10; i++) fs.stat('/', () => {
            if (--left > 0) return;
            const { threads, classes, advice, allBusy, recorded } = threadpool.stats();
            const { done, queued, running, mostRunning, wait, run } = classes.fs;
            console.log(JSON.stringify([before, threads, done, queued, running, mostRunning <= 2, classes.dns.done]));
            console.log(wait.max >= wait.p50, run.max >= run.p50 && run.max > 0, allBusy >= 0 && allBusy <= 1, recorded > 0, typeof advice);
            process.exit(3);
        });
    ";
    for (option, expected) in [(Some("--pool-stats"), true), (None, false)] {
        let mut command = ouro();
        command.args(option).args(["-e", script]);
        let output = command
            .env("UV_THREADPOOL_SIZE", "2")
            .output()
            .expect("the program starts");
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "[[2,0,0,0],2,10,0,0,true,0]\ntrue true true true string\n"
        );
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            errors.starts_with("thread pool: 2 threads, 2 started"),
            expected,
            "{errors}"
        );
        let figures = errors.lines().find(|line| line.starts_with("fs "));
        let done = figures.and_then(|line| line.split_whitespace().nth(1));
        assert_eq!(done, expected.then_some("10"), "{errors}");
    }
}

/// A script that never touched the pool says so, and has started no thread for it.
#[test]
fn figures_of_a_pool_that_did_nothing() {
    let output = ouro()
        .args(["--pool-stats", "-e", "1"])
        .output()
        .expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("0 started"), "{errors}");
    let last = errors.lines().last();
    assert_eq!(
        last,
        Some("No job ran, so there is nothing to say about the size.")
    );
}
