//! The load, on a core of its own: HTTP from wrk where it is installed and else from hyper, HTTP at a rate that is set from this
//! crate, echoes and quiet connections from tokio. All but wrk run in a process of their own ([`worker`]), as wrk does.

mod echo;
mod http;
mod idle;
mod paced;
mod worker;
mod wrk;

use std::{net::SocketAddr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Error, Result, requests::Exchange};

pub use idle::{Connections, Idle};
pub use worker::run as run_worker;

/// The percentiles of a latency distribution that are recorded.
pub const PERCENTILES: [f64; 6] = [50.0, 75.0, 90.0, 99.0, 99.9, 99.99];

/// HTTP requests to make.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Requests {
    pub address: SocketAddr,
    pub exchanges: Vec<Exchange>,
    /// So many go out at once on each connection.
    pub pipeline: usize,
    /// Connections that stay open.
    pub connections: usize,
    pub seconds: u64,
}

/// HTTP requests to make so many a second.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Paced {
    pub requests: Requests,
    pub rate: f64,
    /// How long each exchange's answer is, with its head.
    pub answer_bytes: Vec<u64>,
}

/// Messages to send and get back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Echoes {
    pub address: SocketAddr,
    pub connections: usize,
    pub message_bytes: usize,
    pub time: Duration,
}

/// What a stretch of load gave.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Load {
    /// Requests that were answered, or messages that came back.
    pub answered: u64,
    pub seconds: f64,
    /// Bytes of the answers.
    pub bytes: u64,
    /// Connects, reads, writes and time-outs that failed, and answers that weren't 2xx or 3xx.
    pub errors: u64,
    /// Milliseconds at each of [`PERCENTILES`].
    pub latency_ms: [f64; PERCENTILES.len()],
}

/// Whether wrk makes the load, for the report.
pub fn uses_wrk() -> bool {
    wrk::is_installed()
}

/// Loads a server with requests, one thread making them.
///
/// # Errors
/// When the generator can't run, or an answer is wrong. hyper's are compared; of wrk's so many bytes must have come as
/// right answers have, but for what was under way at the end.
pub fn requests(requests: &Requests, answer_bytes: &[u64]) -> Result<Load> {
    if wrk::is_installed() {
        let load = all_answered(wrk::run(requests)?)?;
        check_bytes(&load, requests, answer_bytes)?;
        return Ok(load);
    }
    if requests.pipeline > 1 {
        return Err(Error::Usage(
            "only wrk can pipeline, and it isn't here: apt-get install -y wrk (or brew install wrk)"
                .to_owned(),
        ));
    }
    all_answered(worker::ask(&worker::Job::Requests(requests.clone()))?)
}

/// Sends requests at a rate. Latencies are from when a request was due.
///
/// # Errors
/// When a connection fails, or an answer isn't as long as it should be.
pub fn paced(paced: &Paced) -> Result<Load> {
    all_answered(worker::ask(&worker::Job::Paced(paced.clone()))?)
}

/// Sends messages and checks what comes back.
///
/// # Errors
/// When a byte is wrong or a connection fails.
pub fn echoes(echoes: &Echoes) -> Result<Load> {
    all_answered(worker::ask(&worker::Job::Echoes(echoes.clone()))?)
}

fn all_answered(load: Load) -> Result<Load> {
    if load.errors > 0 || load.answered == 0 {
        let Load {
            answered, errors, ..
        } = load;
        return Err(Error::Wrong(format!(
            "{errors} requests failed, {answered} were answered"
        )));
    }
    Ok(load)
}

fn check_bytes(load: &Load, requests: &Requests, answer_bytes: &[u64]) -> Result<()> {
    let &Load {
        answered, bytes, ..
    } = load;
    let kinds = answer_bytes.len() as u64;
    let cycle: u64 = answer_bytes.iter().sum();
    let part = (answered % kinds) as usize;
    let due = answered / kinds * cycle + answer_bytes[..part].iter().sum::<u64>();
    let largest = answer_bytes.iter().max().copied().unwrap_or(0);
    let slack = (requests.connections * requests.pipeline) as u64 * largest * 2;
    if bytes.abs_diff(due) > slack {
        return Err(Error::Wrong(format!(
            "{bytes} bytes came where {due} were due (give or take {slack})"
        )));
    }
    Ok(())
}
