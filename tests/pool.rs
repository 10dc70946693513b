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
            const { threads, classes, advice, advisedSize, allBusy, recorded } = threadpool.stats();
            const { done, queued, running, mostRunning, wait, run } = classes.fs;
            console.log(JSON.stringify([before, threads, done, queued, running, mostRunning <= 2, classes.dns.done]));
            console.log(wait.max >= wait.p50, run.max >= run.p50 && run.max > 0, allBusy >= 0 && allBusy <= 1, recorded > 0, typeof advice, advisedSize >= 1);
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
            "[[2,0,0,0],2,10,0,0,true,0]\ntrue true true true string true\n"
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

/// An entry of `perf_hooks` for each job, while somebody observes: which entries there are doesn't depend on time.
#[test]
fn jobs_are_entries_for_observers() {
    let script = "
        const fs = require('fs');
        const { pbkdf2 } = require('crypto');
        const { PerformanceObserver } = require('perf_hooks');
        const entries = [];
        const observer = new PerformanceObserver((list) => entries.push(...list.getEntries()));
        const work = (jobs, then) => {
            let left = jobs;
            const done = () => { if (--left === 0) setTimeout(then, 1); };
            for (let i = 1; i < jobs; i++) fs.stat(i % 2 ? '/' : '/nowhere', done);
            pbkdf2('a', 'b', 1, 8, 'sha256', done);
        };
        work(3, () => {
            observer.observe({ entryTypes: ['threadpool'] });
            work(5, () => {
                observer.disconnect();
                work(4, () => {
                    console.log(entries.map((entry) => entry.name).sort().join());
                    for (const { entryType, startTime, duration, detail: { wait, run, outcome } } of entries) {
                        const sane = startTime > 0 && wait >= 0 && run > 0 && Math.abs(wait + run - duration) < 1e-6;
                        console.log(entryType, outcome, sane);
                    }
                    console.log(Object.keys(entries[0].toJSON()).join());
                    console.log(PerformanceObserver.supportedEntryTypes.includes('threadpool'));
                });
            });
        });
    ";
    let output = ouro()
        .args(["-e", script])
        .output()
        .expect("the program starts");
    let expected = format!(
        "cpu,fs,fs,fs,fs\n{}name,entryType,startTime,duration,detail\ntrue\n",
        "threadpool done true\n".repeat(5)
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// With as many threads as there can be and a hundred thousand jobs, each callback is called once; and the end of the process waits
/// neither for the jobs that run nor for those that wait.
#[test]
fn many_threads_and_many_jobs_lose_nothing() {
    let script = "
        const fs = require('fs');
        const jobs = 100_000;
        const seen = new Uint8Array(jobs);
        let left = jobs;
        for (let i = 0; i < jobs; i++) fs.access('/', () => {
            seen[i]++;
            if (--left > 0) return;
            const { done } = process.threadpool.stats().classes.fs;
            console.log(seen.every((times) => times === 1), done, process.threadpool.queued);
        });
    ";
    let output = ouro()
        .args(["-e", script])
        .env("UV_THREADPOOL_SIZE", "1024")
        .output()
        .expect("the program starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "true 100000 0\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// `process.exit` while every thread is stuck in a read of a FIFO that nobody writes to, and a hundred thousand jobs wait behind.
#[test]
fn exit_does_not_wait_for_the_pool() {
    let folder = std::env::temp_dir().join(format!("ouro-pool-exit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the FIFO");
    let fifo = folder.join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()), "no FIFO");
    let script = "
        const fs = require('fs');
        const { threadpool } = process;
        for (let i = 0; i < threadpool.size; i++) fs.readFile(process.env.FIFO, () => console.log('never'));
        for (let i = 0; i < 100_000; i++) fs.access('/', () => console.log('never'));
        const wait = () => {
            if (threadpool.active < threadpool.size) return setTimeout(wait, 1);
            console.log(threadpool.active, threadpool.queued);
            process.exit(7);
        };
        wait();
    ";
    let output = ouro()
        .args(["-e", script])
        .env("UV_THREADPOOL_SIZE", "1024")
        .env("FIFO", &fifo)
        .output()
        .expect("the program starts");
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "1024 100000\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
