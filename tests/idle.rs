//! What has nothing to do does nothing: a server without clients sleeps in one call, a script with nothing left ends.
#![cfg(target_os = "linux")]

mod support;

use std::{
    fs,
    io::{BufReader, Write},
    thread,
    time::{Duration, Instant},
};

use support::{Running, Server, eval, ouro, read_answer};

/// How often a process gave up the processor or lost it, and the ticks of processor time that it used: all its threads.
#[derive(Debug, PartialEq, Eq)]
struct Activity {
    switches: u64,
    ticks: u64,
}

fn activity(id: u32) -> Activity {
    let mut all = Activity {
        switches: 0,
        ticks: 0,
    };
    for task in fs::read_dir(format!("/proc/{id}/task")).unwrap() {
        let folder = task.unwrap().path();
        let status = fs::read_to_string(folder.join("status")).unwrap();
        all.switches += status
            .lines()
            .filter(|line| line.contains("ctxt_switches"))
            .filter_map(|line| line.split_whitespace().next_back()?.parse::<u64>().ok())
            .sum::<u64>();
        let stat = fs::read_to_string(folder.join("stat")).unwrap();
        // The name in parentheses may hold spaces; user and system time are the 12th and 13th word behind it.
        let words: Vec<&str> = stat
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        all.ticks += words[11..13]
            .iter()
            .filter_map(|word| word.parse::<u64>().ok())
            .sum::<u64>();
    }
    all
}

/// Waits until nothing has happened for a while, then sees that it stays so: what sleeps in one call has no switches.
#[track_caller]
fn falls_asleep(id: u32) {
    let end = Instant::now() + Duration::from_secs(60);
    let mut before = activity(id);
    let mut quiet = 0;
    while quiet < 3 {
        assert!(Instant::now() < end, "still at work: {before:?}");
        thread::sleep(Duration::from_secs(1));
        let now = activity(id);
        quiet = if now == before { quiet + 1 } else { 0 };
        before = now;
    }
}

#[test]
fn a_server_sleeps_after_its_clients_have_gone() {
    let server = Server::start("hello.js");
    let mut streams: Vec<_> = (0..10).map(|_| BufReader::new(server.connect())).collect();
    for _ in 0..100 {
        for stream in &mut streams {
            stream
                .get_mut()
                .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .unwrap();
            assert_eq!(read_answer(stream).status, 200);
        }
    }
    // Half of the clients go, the others stay until the server ends keep-alive.
    streams.truncate(5);
    falls_asleep(server.program.id());
}

#[test]
fn a_server_that_nobody_called_sleeps() {
    falls_asleep(Server::start("hello.mjs").program.id());
}

#[test]
fn a_script_that_waits_for_a_timer_sleeps() {
    let mut program = Running::start(ouro().args([
        "-e",
        "setTimeout(() => {}, 1e6); require('fs').stat('/', () => console.log('waits'))",
    ]));
    assert_eq!(program.line(), "waits");
    falls_asleep(program.id());
}

#[test]
fn a_script_with_nothing_left_ends_at_once() {
    for text in [
        "",
        "setTimeout(() => {}, 1e6).unref()",
        "const server = require('http').createServer().listen(0, () => server.close())",
        "require('net').createServer().listen(0).unref()",
        "require('fs').stat('/', () => {})",
        "clearInterval(setInterval(() => {}, 1e6))",
    ] {
        eval(text).with_code(0).prints("");
    }
}
