//! Small messages over a TCP connection whose two ends are on one loop.

use std::io::IoSlice;

use criterion::{Criterion, Throughput};
use ouro_loop::{ConnectOptions, Event, EventLoop, HandleId, ListenOptions, ReadResult, RunMode};

/// A client and its server, both being read.
fn connection(ev: &EventLoop) -> (HandleId, HandleId) {
    let any = "127.0.0.1:0".parse().expect("an address");
    let listener = ev
        .tcp_listen(any, &ListenOptions::default())
        .expect("a free port");
    let address = ev.local_addr(listener).expect("it is bound");
    let client = ev
        .tcp_connect(address, &ConnectOptions::default())
        .expect("a socket");
    let (mut connected, mut server) = (false, None);
    while !connected || server.is_none() {
        match ev.next_event(RunMode::Once) {
            Some(Event::Connected { result, .. }) => {
                result.expect("somebody listens");
                connected = true;
            }
            Some(Event::Connection(id)) => server = ev.accept(id).expect("a connection"),
            _ => {}
        }
    }
    let server = server.expect("the loop above waits for it");
    for id in [client, server] {
        ev.set_nodelay(id, true).expect("it is TCP");
        ev.read_start(id).expect("it is connected");
    }
    ev.close(listener).expect("it is open");
    while ev.next_event(RunMode::NoWait).is_some() {}
    (client, server)
}

/// Waits for something to read, and reads it.
fn receive(ev: &EventLoop, buffer: &mut [u8]) -> (HandleId, usize) {
    loop {
        if let Some(Event::Readable(id)) = ev.next_event(RunMode::Once) {
            match ev.read(id, buffer) {
                ReadResult::Data(count) => return (id, count),
                ReadResult::WouldBlock => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// 64 bytes to the server, and back.
pub fn ping_pong(c: &mut Criterion) {
    let ev = EventLoop::new().expect("a loop");
    let (client, server) = connection(&ev);
    let message = [0; 64];
    let mut buffer = vec![0; 64 * 1024];
    c.bench_function("TCP ping-pong", |b| {
        b.iter(|| {
            for (from, to) in [(client, server), (server, client)] {
                let sent = ev.try_write(from, &[IoSlice::new(&message)]);
                assert_eq!(sent.ok(), Some(message.len()));
                assert_eq!(receive(&ev, &mut buffer), (to, message.len()));
            }
        });
    });
}

/// Writes that the socket takes at once, of one buffer and of eight; the reader makes room in between.
pub fn try_write(c: &mut Criterion) {
    let ev = EventLoop::new().expect("a loop");
    let (client, _) = connection(&ev);
    let part = [0; 100];
    let mut buffer = vec![0; 64 * 1024];
    let mut group = c.benchmark_group("TCP try_write");
    for parts in [1, 8] {
        let slices = vec![IoSlice::new(&part); parts];
        let size = parts * part.len();
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(format!("{parts} × 100 bytes"), |b| {
            let mut unread = 0;
            b.iter(|| {
                let sent = ev.try_write(client, &slices);
                assert_eq!(sent.ok(), Some(size));
                unread += size;
                while unread >= buffer.len() {
                    unread -= receive(&ev, &mut buffer).1;
                }
            });
            while unread > 0 {
                unread -= receive(&ev, &mut buffer).1;
            }
        });
    }
}
