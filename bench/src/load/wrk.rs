//! wrk: HTTP requests with one thread.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    sync::LazyLock,
};

use super::{Load, PERCENTILES, Requests};
use crate::{Error, Result, sys};

/// Whether it is there.
pub fn is_installed() -> bool {
    static INSTALLED: LazyLock<bool> = LazyLock::new(|| {
        Command::new("wrk")
            .arg("-v")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok()
    });
    *INSTALLED
}

/// # Errors
/// When wrk can't run or says nothing that can be read.
pub fn run(requests: &Requests) -> Result<Load> {
    let script = Script::write(requests)?;
    let mut command = Command::new("wrk");
    let seconds = requests.seconds;
    command
        .arg("-t1")
        .arg(format!("-c{}", requests.connections))
        .arg(format!("-d{seconds}s"))
        // An answer that is late is in the latencies; it is no failure.
        .args(["--timeout", &format!("{}s", seconds + 10)])
        .arg("-s")
        .arg(&script.0)
        .arg(format!("http://{}/", requests.address))
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
    let (&[answered, microseconds, bytes, errors], latencies) = numbers.split_first_chunk()?;
    let latencies: &[u64; PERCENTILES.len()] = latencies.try_into().ok()?;
    Some(Load {
        answered,
        seconds: microseconds as f64 / 1e6,
        bytes,
        errors,
        latency_ms: latencies.map(|microseconds| microseconds as f64 / 1e3),
    })
}

/// The script for wrk, in a file that goes with the value.
struct Script(PathBuf);

impl Script {
    fn write(requests: &Requests) -> Result<Self> {
        let mut text = "requests = {\n".to_owned();
        for exchange in &requests.exchanges {
            // Lua's strings know the escapes that Rust writes.
            let (request, times) = (&exchange.request, requests.pipeline);
            text.push_str(&format!("string.rep({request:?}, {times}),\n"));
        }
        let percentiles = PERCENTILES
            .map(|percentile| percentile.to_string())
            .join(", ");
        text.push_str(&format!("}}\npercentiles = {{ {percentiles} }}\n"));
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
