//! Scripts that run and end: from start to end by the clock, or by what they say of themselves.

use std::{io::Read, process::Command, time::Instant};

use serde::Deserialize;

use super::{Plan, Sample, repeat};
use crate::{Error, Result, load::PERCENTILES, sys};

/// The wall time of processes, which must print this.
pub fn start_to_end(command: &dyn Fn() -> Command, prints: &str, plan: &Plan) -> Result<Sample> {
    repeat(plan, || {
        let ended = run(command())?;
        match ended.text == prints {
            true => Ok(ended.sample),
            false => Err(Error::Wrong(format!("printed {:?}", ended.text))),
        }
    })
}

/// A script that measured itself.
pub struct Printed {
    /// Operations a second.
    pub sample: Sample,
    /// What it worked out.
    pub result: String,
    /// The size that Ouro's pool would have liked, where it was asked.
    pub advised_size: Option<usize>,
}

/// The line that `scenarios/lib/operations.js` prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    operations: f64,
    seconds: f64,
    cpu_seconds: f64,
    p50: Option<f64>,
    p99: Option<f64>,
    p999: Option<f64>,
    advised_size: Option<usize>,
    result: String,
}

/// Runs a script that may measure itself: what it printed, or how it ended if it doesn't.
///
/// # Errors
/// When it fails.
pub fn operations(
    mut command: Command,
    plan: &Plan,
) -> Result<std::result::Result<Printed, Ended>> {
    command
        .env("OURO_BENCH_SECONDS", plan.script_seconds.to_string())
        .env(
            "OURO_BENCH_WARM_UP",
            plan.script_warm_up_seconds.to_string(),
        );
    let ended = run(command)?;
    let line = ended
        .text
        .lines()
        .find_map(|line| line.strip_prefix("ouro-bench "))
        .and_then(|line| serde_json::from_str::<Line>(line).ok());
    let Some(line) = line else {
        return Ok(Err(ended));
    };
    let latency = |percentile: f64| match percentile {
        50.0 => line.p50,
        99.0 => line.p99,
        99.9 => line.p999,
        _ => None,
    };
    Ok(Ok(Printed {
        sample: Sample {
            figure: line.operations / line.seconds,
            latency_ms: PERCENTILES.map(latency),
            cpu_us: Some(line.cpu_seconds * 1e6 / line.operations),
            memory_mb: ended.sample.memory_mb,
        },
        result: line.result,
        advised_size: line.advised_size,
    }))
}

/// Runs a script that measures itself, and has to find this result.
///
/// # Errors
/// When it fails, doesn't measure itself, or finds another result.
pub fn checked_operations(command: Command, wanted: &str, plan: &Plan) -> Result<Sample> {
    match operations(command, plan)? {
        Ok(printed) if printed.result == wanted => Ok(printed.sample),
        Ok(Printed { result, .. }) => Err(Error::Wrong(format!(
            "the result is {result}, not {wanted}"
        ))),
        Err(ended) => Err(Error::Wrong(format!("printed {:?}", ended.text))),
    }
}

/// The size of the pool that a script's run was advised; `None` where nothing can be said, or it doesn't measure itself.
///
/// # Errors
/// When the script fails.
pub fn advised_size(mut command: Command, plan: &Plan) -> Result<Option<usize>> {
    command.env("OURO_BENCH_ADVICE", "1");
    let printed = operations(command, plan)?;
    Ok(printed.ok().and_then(|printed| printed.advised_size))
}

/// A process that ended well.
pub struct Ended {
    /// What it printed.
    pub text: String,
    /// Its wall time in milliseconds, and what it needed.
    pub sample: Sample,
}

/// Runs a process to its end.
///
/// # Errors
/// When it can't start, or ends with an error.
pub fn run(mut command: Command) -> Result<Ended> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |error| Error::Io(program.clone(), error);
    let start = Instant::now();
    let mut child = command.spawn().map_err(failed)?;
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut text).map_err(failed)?;
    }
    let ended = sys::wait(child).map_err(failed)?;
    let time = start.elapsed();
    if !ended.status.success() {
        let status = ended.status;
        return Err(Error::Wrong(format!("{status}, printed {text:?}")));
    }
    Ok(Ended {
        text,
        sample: Sample {
            figure: time.as_secs_f64() * 1e3,
            cpu_us: ended.cpu_seconds.map(|seconds| seconds * 1e6),
            memory_mb: ended.peak_memory,
            ..Sample::default()
        },
    })
}
