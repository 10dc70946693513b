//! Connections made, accepted and closed at once by the server; 16 clients, each of which then connects anew.

use std::{
    collections::HashSet,
    net::SocketAddr,
    time::{Duration, Instant},
};

use ouro_loop::{ConnectOptions, Event, EventLoop, HandleId, ListenOptions, ReadResult, RunMode};
use rustc_hash::FxBuildHasher;

use super::{READ_SIZE, Result, expect, loopback, unexpected};

const CLIENTS: u64 = 16;

struct Clients<'a> {
    ev: &'a EventLoop,
    address: SocketAddr,
    open: HashSet<HandleId, FxBuildHasher>,
    begun: u64,
    done: u64,
}

pub fn tcp(count: u64) -> Result {
    let ev = EventLoop::new()?;
    let listener = ev.tcp_listen(loopback(), &ListenOptions::default())?;
    let mut clients = Clients {
        ev: &ev,
        address: ev.local_addr(listener)?,
        open: HashSet::default(),
        begun: 0,
        done: 0,
    };
    let mut accepted = 0;
    let mut buffer = vec![0; READ_SIZE];
    let begin = Instant::now();
    let mut spent = Duration::ZERO;
    for _ in 0..CLIENTS.min(count) {
        clients.connect()?;
    }
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Connection(id) => {
                while let Some(stream) = ev.accept(id)? {
                    accepted += 1;
                    ev.close(stream)?;
                }
            }
            Event::Connected { id, result } => {
                result?;
                ev.read_start(id)?;
            }
            Event::Readable(id) => match ev.read(id, &mut buffer) {
                ReadResult::Eof => ev.close(id)?,
                ReadResult::WouldBlock => {}
                ReadResult::Data(_) => return Err("bytes that nobody sent".into()),
                ReadResult::Err(error) => return Err(error.into()),
            },
            Event::Closed(id) if clients.open.remove(&id) => {
                clients.done += 1;
                if clients.begun < count {
                    clients.connect()?;
                } else if clients.done == count {
                    spent = begin.elapsed();
                    ev.close(listener)?;
                }
            }
            Event::Closed(_) => {}
            other => unexpected(&other)?,
        }
    }
    expect("connections accepted", accepted, count)?;
    Ok(spent)
}

impl Clients<'_> {
    fn connect(&mut self) -> Result<()> {
        self.begun += 1;
        let id = self
            .ev
            .tcp_connect(self.address, &ConnectOptions::default())?;
        self.open.insert(id);
        Ok(())
    }
}
