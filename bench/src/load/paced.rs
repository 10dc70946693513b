//! Requests at a rate that is set, whatever the server makes of it. One thread, which never sleeps: no latency has its own waking up in it.

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

/// A request that waits for its answer.
struct Waiting {
    connection: usize,
    /// When it was to be sent: what it waited for a free connection is part of its latency.
    due: Instant,
    bytes: u64,
    left: u64,
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
    let begin = Instant::now();
    let time = Duration::from_secs(requests.seconds);
    loop {
        let elapsed = begin.elapsed();
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
                due: begin + due,
                bytes,
                left: bytes,
            });
            sent += 1;
        }
        let mut index = 0;
        while let Some(one) = waiting.get_mut(index) {
            match connections[one.connection].read(&mut buffer) {
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
                    tally.answered(one.bytes, one.due.elapsed());
                    free.push_back(one.connection);
                    waiting.swap_remove(index);
                }
            }
        }
    }
    Ok(tally.load(begin.elapsed()))
}
