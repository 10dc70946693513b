//! Ping-pong of 64-byte messages over TCP or Unix-domain sockets, both ends on one loop.

use std::{
    io::IoSlice,
    time::{Duration, Instant},
};

use ouro_loop::{
    ConnectOptions, Event, EventLoop, HandleId, ListenOptions, ReadResult, RunMode, StreamKind,
};
use rustc_hash::FxHashMap;

use super::{READ_SIZE, Result, expect, loopback, taken, unexpected, unknown};

const MESSAGE: [u8; 64] = [0; 64];

/// One end of a connection.
struct End {
    is_client: bool,
    got: usize,
}

struct Game {
    ev: EventLoop,
    listener: HandleId,
    ends: FxHashMap<HandleId, End>,
    /// Ends that are connected or accepted.
    ready: usize,
    wanted: usize,
    rounds: u64,
    begun: u64,
    done: u64,
    begin: Instant,
    spent: Duration,
}

pub fn tcp(count: u64, connections: usize) -> Result {
    let ev = EventLoop::new()?;
    let listener = ev.tcp_listen(loopback(), &ListenOptions::default())?;
    let address = ev.local_addr(listener)?;
    run(ev, listener, count, connections, |ev| {
        Ok(ev.tcp_connect(address, &ConnectOptions::default())?)
    })
}

pub fn unix(count: u64, connections: usize) -> Result {
    let ev = EventLoop::new()?;
    let name = format!("ouro-bench-loop-{}.sock", std::process::id());
    let path = std::env::temp_dir().join(name);
    let listener = ev.pipe_listen(&path, 511)?;
    run(ev, listener, count, connections, |ev| {
        Ok(ev.pipe_connect(&path)?)
    })
}

fn run(
    ev: EventLoop,
    listener: HandleId,
    rounds: u64,
    connections: usize,
    connect: impl Fn(&EventLoop) -> Result<HandleId>,
) -> Result {
    let mut game = Game {
        ev,
        listener,
        ends: FxHashMap::default(),
        ready: 0,
        wanted: connections * 2,
        rounds,
        begun: 0,
        done: 0,
        begin: Instant::now(),
        spent: Duration::ZERO,
    };
    for _ in 0..connections {
        let id = connect(&game.ev)?;
        game.add(id, true);
    }
    let mut buffer = vec![0; READ_SIZE];
    while let Some(event) = game.ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) => game.read(id, &mut buffer)?,
            Event::Wrote { result, .. } => result?,
            Event::Connection(id) => {
                while let Some(stream) = game.ev.accept(id)? {
                    game.add(stream, false);
                    game.ready(stream)?;
                }
            }
            Event::Connected { id, result } => {
                result?;
                game.ready(id)?;
            }
            Event::Closed(_) => {}
            other => unexpected(&other)?,
        }
    }
    expect("round trips", game.done, rounds)?;
    Ok(game.spent)
}

impl Game {
    fn add(&mut self, id: HandleId, is_client: bool) {
        self.ends.insert(id, End { is_client, got: 0 });
    }

    fn ready(&mut self, id: HandleId) -> Result<()> {
        if self.ev.stream_kind(id)? == StreamKind::Tcp {
            self.ev.set_nodelay(id, true)?;
        }
        self.ev.read_start(id)?;
        self.ready += 1;
        if self.ready < self.wanted {
            return Ok(());
        }
        self.ev.close(self.listener)?;
        self.begin = Instant::now();
        for (&id, end) in &self.ends {
            if end.is_client {
                self.begun += 1;
                send(&self.ev, id)?;
            }
        }
        Ok(())
    }

    fn read(&mut self, id: HandleId, buffer: &mut [u8]) -> Result<()> {
        match self.ev.read(id, buffer) {
            ReadResult::Data(count) => {
                let end = self.ends.get_mut(&id).ok_or_else(unknown)?;
                end.got += count;
                let messages = end.got / MESSAGE.len();
                end.got %= MESSAGE.len();
                let is_client = end.is_client;
                for _ in 0..messages {
                    self.message(id, is_client)?;
                }
                Ok(())
            }
            ReadResult::WouldBlock => Ok(()),
            ReadResult::Eof => Err("the end of a connection".into()),
            ReadResult::Err(error) => Err(error.into()),
        }
    }

    fn message(&mut self, id: HandleId, is_client: bool) -> Result<()> {
        if !is_client {
            return send(&self.ev, id);
        }
        self.done += 1;
        if self.begun < self.rounds {
            self.begun += 1;
            return send(&self.ev, id);
        }
        if self.done == self.rounds {
            self.spent = self.begin.elapsed();
            for &id in self.ends.keys() {
                self.ev.close(id)?;
            }
        }
        Ok(())
    }
}

/// At once what the socket takes, the rest by the queue.
fn send(ev: &EventLoop, id: HandleId) -> Result<()> {
    let sent = taken(ev.try_write(id, &[IoSlice::new(&MESSAGE)]))?;
    if sent < MESSAGE.len() {
        ev.write(id, MESSAGE[sent..].to_vec(), 0)?;
    }
    Ok(())
}
