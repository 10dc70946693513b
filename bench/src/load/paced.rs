//! Requests at a rate that is set, whatever the server makes of it. One thread, which never sleeps: no latency has its own waking up in it,
//! and none has the time in which the machine kept this thread from running.

use std::{
    collections::VecDeque,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use super::{Load, Paced, http::Tally};
use crate::{Error, Result};

/// For answers that are still to come when the time is over.
const PATIENCE: Duration = Duration::from_secs(10);

/// One system call takes a few microseconds here. Where it seems to take longer than this, something else had the processor.
const LOST: Duration = Duration::from_micros(100);

/// The time that this thread ran.
struct Clock {
    /// Later than it was by all that was lost.
    begin: Instant,
    /// The last look at the clock.
    looked: Instant,
}

impl Clock {
    fn start() -> Self {
        let now = Instant::now();
        Self {
            begin: now,
            looked: now,
        }
    }

    /// Looks at the clock, after at most one system call. Answers whether time was lost since the last look.
    fn look(&mut self) -> bool {
        let now = Instant::now();
        let gap = now - self.looked;
        self.looked = now;
        let lost = gap > LOST;
        if lost {
            self.begin += gap;
        }
        lost
    }

    fn elapsed(&self) -> Duration {
        self.looked - self.begin
    }
}

/// A request that waits for its answer.
struct Waiting {
    connection: usize,
    /// When it was to be sent: what it waited for a free connection is part of its latency.
    due: Duration,
    bytes: u64,
    left: u64,
    /// Time was lost while it waited: nobody knows how much of that its answer took.
    is_unknown: bool,
}

pub fn run(paced: &Paced) -> Result<Load> {
    let lost = |error| Error::Io("paced load".to_owned(), error);
    let requests = &paced.requests;
    let mut connections = (0..requests.connections)
        .map(|_| {
            let connection = TcpStream::connect(requests.address)?;
            connection.set_nodelay(true)?;
            connection.set_nonblocking(true)?;
            Ok(connection)
        })
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(lost)?;
    let mut free: VecDeque<usize> = (0..connections.len()).collect();
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    let mut tally = Tally::new();
    let mut sent: u64 = 0;
    let time = Duration::from_secs(requests.seconds);
    let mut clock = Clock::start();
    let look = |clock: &mut Clock, waiting: &mut Vec<Waiting>| {
        if clock.look() {
            for one in waiting {
                one.is_unknown = true;
            }
        }
    };
    loop {
        look(&mut clock, &mut waiting);
        let elapsed = clock.elapsed();
        if elapsed > time && waiting.is_empty() {
            break;
        }
        if elapsed > time + PATIENCE {
            let missing = waiting.len();
            return Err(Error::Wrong(format!("{missing} answers never came")));
        }
        loop {
            let due = Duration::from_secs_f64(sent as f64 / paced.rate);
            if due > elapsed || due > time {
                break;
            }
            let Some(connection) = free.pop_front() else {
                break;
            };
            let kind = (sent % requests.exchanges.len() as u64) as usize;
            let request = requests.exchanges[kind].request.as_bytes();
            // It is small, and nothing is under way on this connection.
            connections[connection].write_all(request).map_err(lost)?;
            let bytes = paced.answer_bytes[kind];
            waiting.push(Waiting {
                connection,
                due,
                bytes,
                left: bytes,
                is_unknown: false,
            });
            sent += 1;
            look(&mut clock, &mut waiting);
        }
        let mut index = 0;
        while index < waiting.len() {
            let read = connections[waiting[index].connection].read(&mut buffer);
            look(&mut clock, &mut waiting);
            let one = &mut waiting[index];
            match read {
                Err(error) if error.kind() == ErrorKind::WouldBlock => index += 1,
                Err(error) => return Err(lost(error)),
                Ok(count) => {
                    let begins = one.left == one.bytes;
                    let is_right = count > 0
                        && count as u64 <= one.left
                        && (!begins || buffer[..count].starts_with(b"HTTP/1.1 200 "));
                    if !is_right {
                        return Err(Error::Wrong("an answer of another length".to_owned()));
                    }
                    one.left -= count as u64;
                    if one.left > 0 {
                        index += 1;
                        continue;
                    }
                    if one.is_unknown {
                        tally.answered_sometime(one.bytes);
                    } else {
                        tally.answered(one.bytes, clock.elapsed() - one.due);
                    }
                    free.push_back(one.connection);
                    waiting.swap_remove(index);
                }
            }
        }
    }
    Ok(tally.load(clock.elapsed()))
}
