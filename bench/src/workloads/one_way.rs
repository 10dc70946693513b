//! One TCP connection, both ends on one loop, bytes one way: large writes, small vectored ones at once, small vectored
//! ones by the queue.

use std::{
    io::IoSlice,
    time::{Duration, Instant},
};

use ouro_loop::{
    ConnectOptions, Event, EventLoop, HandleId, ListenOptions, Payload, ReadResult, RunMode,
};

use super::{READ_SIZE, Result, expect, loopback, taken, unexpected};

static LARGE: [&[u8]; 1] = [&[b'x'; 64 * 1024]];
static SMALL: [&[u8]; 8] = [&[b'x'; 100]; 8];
const IN_FLIGHT: u64 = 16;
const READS: u32 = 32;

pub fn throughput(count: u64) -> Result {
    run(count, &LARGE, false)
}

pub fn try_vectored(count: u64) -> Result {
    run(count, &SMALL, false)
}

pub fn write_vectored(count: u64) -> Result {
    run(count, &SMALL, true)
}

struct Sender<'a> {
    ev: &'a EventLoop,
    id: HandleId,
    parts: &'static [&'static [u8]],
    size: usize,
    queued: bool,
    writes_left: u64,
}

fn run(count: u64, parts: &'static [&'static [u8]], queued: bool) -> Result {
    let ev = EventLoop::new()?;
    let listener = ev.tcp_listen(loopback(), &ListenOptions::default())?;
    let id = ev.tcp_connect(ev.local_addr(listener)?, &ConnectOptions::default())?;
    let size = parts.iter().map(|part| part.len()).sum();
    let mut sender = Sender {
        ev: &ev,
        id,
        parts,
        size,
        queued,
        writes_left: count,
    };
    let expected = count * size as u64;
    let mut received = 0;
    let (mut connected, mut receiver) = (false, None);
    let (mut begin, mut spent) = (Instant::now(), Duration::ZERO);
    let mut buffer = vec![0; READ_SIZE];
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) => {
                received += receive(&ev, id, &mut buffer)?;
                if received >= expected {
                    spent = begin.elapsed();
                    ev.close(id)?;
                    ev.close(sender.id)?;
                }
            }
            Event::Wrote { result, tag, .. } => {
                result?;
                sender.wrote(tag)?;
            }
            Event::Connection(id) => receiver = ev.accept(id)?,
            Event::Connected { id, result } => {
                result?;
                ev.set_nodelay(id, true)?;
                connected = true;
            }
            Event::Closed(_) => {}
            other => unexpected(&other)?,
        }
        if connected && let Some(id) = receiver.take() {
            ev.close(listener)?;
            ev.read_start(id)?;
            begin = Instant::now();
            sender.start()?;
        }
    }
    expect("bytes received", received, expected)?;
    Ok(spent)
}

/// Reads as often as libuv does for one announcement, as long as each read fills the buffer.
fn receive(ev: &EventLoop, id: HandleId, buffer: &mut [u8]) -> Result<u64> {
    let mut received = 0;
    for _ in 0..READS {
        match ev.read(id, buffer) {
            ReadResult::Data(count) => {
                received += count as u64;
                if count < buffer.len() {
                    break;
                }
            }
            ReadResult::WouldBlock => break,
            ReadResult::Eof => return Err("the end of the connection".into()),
            ReadResult::Err(error) => return Err(error.into()),
        }
    }
    Ok(received)
}

impl Sender<'_> {
    fn start(&mut self) -> Result<()> {
        if !self.queued {
            return self.pump();
        }
        (0..IN_FLIGHT).try_for_each(|tag| self.write(tag))
    }

    fn wrote(&mut self, tag: u64) -> Result<()> {
        if self.queued {
            self.write(tag)
        } else {
            self.pump()
        }
    }

    fn write(&mut self, tag: u64) -> Result<()> {
        if self.writes_left > 0 {
            self.writes_left -= 1;
            let payloads = self.parts.iter().copied().map(Payload::from).collect();
            self.ev.write_all(self.id, payloads, tag)?;
        }
        Ok(())
    }

    /// Writes at once until the socket has enough; what it left of a write goes by the queue, whose end goes on.
    fn pump(&mut self) -> Result<()> {
        while self.writes_left > 0 {
            let mut slices = [IoSlice::new(&[]); 8];
            for (slice, part) in slices.iter_mut().zip(self.parts) {
                *slice = IoSlice::new(part);
            }
            let sent = taken(self.ev.try_write(self.id, &slices[..self.parts.len()]))?;
            self.writes_left -= 1;
            if sent < self.size {
                let mut skip = sent;
                let mut rest = Vec::with_capacity(self.parts.len());
                for part in self.parts {
                    let skipped = skip.min(part.len());
                    skip -= skipped;
                    if skipped < part.len() {
                        rest.push(Payload::Static(&part[skipped..]));
                    }
                }
                return Ok(self.ev.write_all(self.id, rest, 0)?);
            }
        }
        Ok(())
    }
}
