//! `ouro-bench loop`: Ouro's event loop and thread pool beside libuv, the same workloads in turns, in one run.
//!
//! Each run of a [workload](crate::workloads) is a process of its own, this program for Ouro and a program compiled
//! from `bench/libuv` for libuv ([`peers`]), so that time, CPU time and memory are measured alike. Work that doesn't
//! come to its end, or to another one than it should, is an error.

mod options;
mod peers;
mod report;

use std::{
    io::Read,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{
    Error, Result,
    sys::{self, Ended},
    workloads::{WORKLOADS, Workload},
};
use options::Options;
use peers::Peer;

/// No run takes that long, unless it hangs.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// What one side showed in one round.
#[derive(Clone, Copy, Debug)]
struct Sample {
    /// Of the work alone, as its process measured it.
    seconds: f64,
    /// Of the whole process.
    cpu_seconds: Option<f64>,
    /// Peak resident memory in MB.
    memory: Option<f64>,
}

/// A workload's rounds: Ouro's sample, and libuv's where there is libuv.
struct Measured {
    workload: &'static Workload,
    count: u64,
    rounds: Vec<(Sample, Option<Sample>)>,
}

/// Runs the command.
///
/// # Errors
/// Words that make no sense, a compiler that fails, and work that is wrong.
pub fn run(words: impl Iterator<Item = String>) -> Result<()> {
    let options = options::parse(words)?;
    if options.help {
        print!("{}", options::HELP);
        for workload in &WORKLOADS {
            println!("  {:<20}{}", workload.name, workload.what);
        }
        return Ok(());
    }
    let (ouro, libuv) = peers::find()?;
    let rounds = options.runs.unwrap_or(if options.quick { 3 } else { 5 });
    let mut results = Vec::new();
    for workload in chosen(&options)? {
        let count = workload.counts[usize::from(options.quick)];
        let mut samples = Vec::new();
        for round in 1..=rounds {
            eprintln!("{}: round {round} of {rounds}", workload.name);
            let first = once(workload, count, &ouro)?;
            let second = libuv.as_ref().map(|peer| once(workload, count, peer));
            samples.push((first, second.transpose()?));
        }
        results.push(Measured {
            workload,
            count,
            rounds: samples,
        });
    }
    let report = report::Report::new(libuv, rounds, results);
    if options.markdown {
        print!("{}", report.markdown());
    } else {
        print!("{}", report.text());
    }
    match &options.json {
        Some(path) => report.write_json(path),
        None => Ok(()),
    }
}

/// The workloads of these names, or all.
fn chosen(options: &Options) -> Result<Vec<&'static Workload>> {
    let known = |name: &String| WORKLOADS.iter().any(|workload| workload.name == name);
    if let Some(name) = options.workloads.iter().find(|name| !known(name)) {
        let names: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
        let names = names.join(", ");
        return Err(Error::Usage(format!(
            "no workload {name}; there are {names}"
        )));
    }
    let wanted = |workload: &&Workload| {
        let mut names = options.workloads.iter();
        options.workloads.is_empty() || names.any(|name| name == workload.name)
    };
    Ok(WORKLOADS.iter().filter(wanted).collect())
}

/// One process, from start to end.
fn once(workload: &Workload, count: u64, peer: &Peer) -> Result<Sample> {
    let wrong = |what: String| {
        let Workload { name, .. } = workload;
        Error::Wrong(format!("{name} on {}: {what}", peer.name))
    };
    let failed = |error| Error::Io(peer.program.display().to_string(), error);
    let mut child = Command::new(&peer.program)
        .args(peer.words)
        .args([workload.name, &count.to_string()])
        .env("UV_THREADPOOL_SIZE", "4")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut stdout = child.stdout.take().expect("the command pipes it");
    let (sender, printed) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.read_to_string(&mut text);
        let _ = sender.send(read.map(|_| text));
    });
    let printed = printed.recv_timeout(TIME_LIMIT);
    if printed.is_err() {
        let _ = child.kill();
    }
    let Ended {
        status,
        peak_memory,
        cpu_seconds,
    } = sys::wait(child).map_err(failed)?;
    let text = printed.map_err(|_| wrong("it hangs".to_owned()))?;
    let text = text.map_err(failed)?;
    let figures: Value = serde_json::from_str(&text).unwrap_or_default();
    let seconds = figures["seconds"].as_f64();
    match seconds {
        Some(seconds) if status.success() && figures["operations"].as_u64() == Some(count) => {
            Ok(Sample {
                seconds,
                cpu_seconds,
                memory: peak_memory,
            })
        }
        _ => Err(wrong(format!("{status}, printed {text:?}"))),
    }
}
