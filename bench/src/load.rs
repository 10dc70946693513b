//! The load generator: wrk, on a core of its own.

use std::{
    fs,
    net::SocketAddr,
    process::{Command, Stdio},
};

use crate::{Error, Result, requests::Exchange, sys};

/// Connections that stay open.
pub const CONNECTIONS: u32 = 64;

/// What a stretch of load gave.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub requests: u64,
    pub seconds: f64,
    pub bytes: u64,
    /// Connects, reads, writes and time-outs that failed, and answers that weren't 2xx or 3xx.
    pub errors: u64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// Sees that wrk is there.
///
/// # Errors
/// When it isn't, with how to get it.
pub fn check_installed() -> Result<()> {
    let found = Command::new("wrk")
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    found.map(drop).map_err(|_| {
        Error::Usage(
            "wrk makes the load and isn't here: apt-get install -y wrk (or brew install wrk)"
                .to_owned(),
        )
    })
}

/// Loads a server with one thread and [`CONNECTIONS`] connections for some seconds.
///
/// # Errors
/// When wrk can't run or says nothing that can be read.
pub fn run(address: SocketAddr, exchanges: &[Exchange], seconds: u64) -> Result<Load> {
    let script = Script::write(exchanges)?;
    let mut command = Command::new("wrk");
    command
        .args([
            "-t1",
            &format!("-c{CONNECTIONS}"),
            &format!("-d{seconds}s"),
            "-s",
        ])
        .arg(&script.0)
        .arg(format!("http://{address}/"))
        .stderr(Stdio::inherit());
    let output = sys::pinned(sys::Side::Client, || command.output())
        .map_err(|error| Error::Io("wrk".to_owned(), error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    read(&text).ok_or_else(|| Error::Wrong(format!("wrk said nothing that can be read: {text}")))
}

fn read(text: &str) -> Option<Load> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("ouro-bench "))?;
    let numbers: Vec<u64> = line
        .split(' ')
        .map_while(|word| word.parse().ok())
        .collect();
    let [requests, microseconds, bytes, errors, p50, p99] = numbers[..] else {
        return None;
    };
    Some(Load {
        requests,
        seconds: microseconds as f64 / 1e6,
        bytes,
        errors,
        p50_ms: p50 as f64 / 1e3,
        p99_ms: p99 as f64 / 1e3,
    })
}

/// Sees that as many bytes came as the answers have, but for what was under way at the end.
///
/// # Errors
/// When the bytes can't be those of the right answers, or any request failed.
pub fn check(load: &Load, sizes: &[u64]) -> Result<()> {
    if load.errors > 0 || load.requests == 0 {
        let Load {
            requests, errors, ..
        } = load;
        return Err(Error::Wrong(format!(
            "{errors} requests failed, {requests} were answered"
        )));
    }
    let cycle: u64 = sizes.iter().sum();
    let part = (load.requests % sizes.len() as u64) as usize;
    let due = load.requests / sizes.len() as u64 * cycle + sizes[..part].iter().sum::<u64>();
    let slack = u64::from(CONNECTIONS) * sizes.iter().max().copied().unwrap_or(0) * 2;
    if load.bytes.abs_diff(due) > slack {
        let found = load.bytes;
        return Err(Error::Wrong(format!(
            "{found} bytes came where {due} were due (give or take {slack})"
        )));
    }
    Ok(())
}

/// The script for wrk, in a file that goes with the value.
struct Script(std::path::PathBuf);

impl Script {
    fn write(exchanges: &[Exchange]) -> Result<Self> {
        let mut text = String::new();
        if exchanges.len() > 1 {
            text.push_str("requests = {\n");
            for exchange in exchanges {
                text.push_str(&format!("{:?},\n", exchange.request));
            }
            text.push_str("}\n");
        }
        text.push_str(include_str!("wrk.lua"));
        let path = std::env::temp_dir().join(format!("ouro-bench-{}.lua", std::process::id()));
        fs::write(&path, text).map_err(|error| Error::Io(path.display().to_string(), error))?;
        Ok(Self(path))
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
