//! 20,000 connections at a time: opened in bursts, all of them served, held, and served again.
//!
//! Each end takes a descriptor, so this process and the server need a limit above what a shell has by default. Where the hard limit is too
//! low and can't be raised there are as many as it allows, and the test says so; where that isn't many it does nothing.
#![cfg(target_os = "linux")]

mod support;

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    process::{self, Command, Stdio},
    thread,
    time::Instant,
};

use support::{Running, ouro, status_of};

const CONNECTIONS: usize = 20_000;
/// With fewer it shows nothing.
const LEAST: usize = 4_000;
/// Who opens them: each as many as it can, as fast as it can.
const CLIENTS: usize = 16;
/// Descriptors that a process needs besides.
const OTHERS: usize = 100;
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

const SERVER: &str = r"
const server = require('http').createServer((req, res) => {
  if (req.url === '/now') return server.getConnections((error, count) => res.end(`${count}`));
  res.end('Hello, world!\n');
});
server.keepAliveTimeout = 0;
server.listen(0, '0.0.0.0', () => console.log(server.address().port));
";

/// Raises the limit of this process, and with it of those that it starts, to what so many connections need, or as far as it can.
/// Answers how many it can be.
fn raise_limit() -> usize {
    let raised = |limit: usize| {
        Command::new("prlimit")
            .arg(format!("--pid={}", process::id()))
            .arg(format!("--nofile={limit}:{limit}"))
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if raised(CONNECTIONS + OTHERS) {
        return CONNECTIONS;
    }
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let hard = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0);
    if hard > LEAST + OTHERS && raised(hard) {
        (hard - OTHERS) / CLIENTS * CLIENTS
    } else {
        0
    }
}

fn ask(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> String {
    stream.write_all(request).expect("it is connected");
    let mut length = 0;
    loop {
        let count = stream.read(&mut buffer[length..]).expect("it is answered");
        assert!(
            count > 0,
            "the connection was closed instead of an answer: {:?}",
            String::from_utf8_lossy(&buffer[..length])
        );
        length += count;
        let text = String::from_utf8_lossy(&buffer[..length]);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
            let told = head
                .split_once("Content-Length: ")
                .map(|(_, rest)| rest.lines().next().unwrap_or_default());
            if told == Some(&body.len().to_string()) {
                return body.to_owned();
            }
        }
    }
}

#[test]
fn twenty_thousand_are_held_and_served() {
    let connections = raise_limit();
    if connections < CONNECTIONS {
        println!("{connections} connections: the hard limit of this machine allows no more");
    }
    if connections < LEAST {
        println!("skipped: these are too few");
        return;
    }
    let mut program = Running::start(ouro().args(["-e", SERVER]));
    let port: u16 = program.line().parse().expect("it is the port");
    let before = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            thread::spawn(move || {
                // Several addresses, or the ports of one would run short.
                let address = (format!("127.0.0.{}", 1 + client % 4), port);
                let mut buffer = [0; 1024];
                let mut streams: Vec<TcpStream> = (0..connections / CLIENTS)
                    .map(|_| TcpStream::connect(&address).expect("none is lost"))
                    .collect();
                for stream in &mut streams {
                    stream
                        .set_read_timeout(Some(support::TIME_LIMIT))
                        .expect("the limit is not zero");
                    assert_eq!(ask(stream, REQUEST, &mut buffer), "Hello, world!\n");
                }
                streams
            })
        })
        .collect();
    let mut streams: Vec<TcpStream> = clients
        .into_iter()
        .flat_map(|client| client.join().expect("each is served"))
        .collect();
    println!("{} served after {:?}", streams.len(), before.elapsed());
    let mut buffer = [0; 1024];
    let mut one = streams.pop().expect("there are many");
    let count = ask(
        &mut one,
        b"GET /now HTTP/1.1\r\nHost: a\r\n\r\n",
        &mut buffer,
    );
    assert_eq!(count, connections.to_string());
    // Each of them is still there for another request.
    for stream in &mut streams {
        assert_eq!(ask(stream, REQUEST, &mut buffer), "Hello, world!\n");
    }
    println!(
        "all served again after {:?}, resident {}",
        before.elapsed(),
        status_of(program.id(), "VmRSS").unwrap_or_default()
    );
    drop(streams);
    // When they go, they are gone.
    let end = Instant::now() + support::TIME_LIMIT;
    loop {
        let left = ask(
            &mut one,
            b"GET /now HTTP/1.1\r\nHost: a\r\n\r\n",
            &mut buffer,
        );
        if left == "1" {
            break;
        }
        assert!(Instant::now() < end, "{left} are left");
        thread::sleep(std::time::Duration::from_millis(20));
    }
}
