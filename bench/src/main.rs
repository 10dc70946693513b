//! `ouro-bench`: the same unmodified scripts under Ouro and its peers, in turns, in one run.
//!
//! A scenario is a script in `bench/scenarios` whose first lines say how it is measured ([`scenario`]). Each round runs
//! it once under every runtime ([`peers`]), so that a machine that slows down slows all of them ([`measure`]); the ratio
//! is taken within the rounds and shown with its spread ([`report`]). An answer with a wrong byte is an error, not a fast
//! result.
//!
//! `ouro-bench pool` runs a script at several sizes of the thread pool ([`mod@pool`]). `ouro-bench loop` measures the event
//! loop and the thread pool alone, beside libuv ([`libuv`]). `ouro-bench guard` counts instructions ([`guard`]).
//! `ouro-bench modules` says what each module costs that is required ([`modules`]). `ouro-bench floor` says how much of an
//! operation is the bare engine ([`floor`]). `ouro-bench pgo` builds the fastest program ([`pgo`]).

mod chart;
mod fifos;
mod floor;
mod guard;
mod http;
mod libuv;
mod load;
mod measure;
mod modules;
mod number;
mod options;
mod output;
mod peers;
mod pgo;
mod plots;
mod pool;
mod report;
mod requests;
mod scenario;
mod sys;
mod words;
mod workloads;

use std::process::ExitCode;

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{0}")]
    Usage(String),
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    #[error("{0}")]
    Wrong(String),
}

type Result<T> = std::result::Result<T, Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ouro-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.split_first() {
        Some((first, rest)) if first == "floor" => floor::run(rest.iter().cloned()),
        Some((first, rest)) if first == "guard" => guard::run(rest.iter().cloned()),
        Some((first, rest)) if first == "loop" => libuv::run(rest.iter().cloned()),
        Some((first, rest)) if first == "loop-worker" => workloads::worker(rest),
        Some((first, _)) if first == "load-worker" => load::run_worker(),
        Some((first, rest)) if first == "modules" => modules::run(rest.iter().cloned()),
        Some((first, rest)) if first == "pgo" => pgo::run(rest.iter().cloned()),
        Some((first, rest)) if first == "pool" => pool(rest.iter().cloned()),
        _ => scripts(words.into_iter()),
    }
}

/// The scenarios, under Ouro and its peers.
fn scripts(words: impl Iterator<Item = String>) -> Result<()> {
    let options = options::parse(words)?;
    if options.help {
        print!("{}", options::HELP);
        return Ok(());
    }
    let scenarios = scenario::load(&options.names)?;
    // The sizes of the pool are a part of all, and have a command of their own.
    let workloads = match options.names.is_empty() {
        true => pool::workloads(&[])?,
        false => Vec::new(),
    };
    check_file_limit(&scenarios);
    let peers = peers::find(&options)?;
    let plan = measure::Plan::new(&options);
    let results = scenarios
        .iter()
        .map(|scenario| measure::measure(scenario, &peers, &plan))
        .collect();
    let report = report::Report {
        sweeps: pool::Sweeps::run(&workloads, &peers, &plan, &options),
        peers,
        plan,
        results,
    };
    println!("{}", report.table());
    print!("{}", report.sweeps.table());
    output::write(&report, &options)
}

/// Scripts at several sizes of the thread pool.
fn pool(words: impl Iterator<Item = String>) -> Result<()> {
    let options = options::parse(words)?;
    if options.help {
        print!("{}", options::HELP);
        return Ok(());
    }
    let workloads = pool::workloads(&options.names)?;
    let peers = pool::peers(&peers::find(&options)?);
    let plan = measure::Plan::new(&options);
    let report = report::Report {
        sweeps: pool::Sweeps::run(&workloads, &peers, &plan, &options),
        peers,
        plan,
        results: Vec::new(),
    };
    println!("{}.\n", report.circumstances());
    print!("{}", report.sweeps.table());
    output::write(&report, &options)
}

/// Thousands of connections need as many descriptors; says so where there are too few.
fn check_file_limit(scenarios: &[scenario::Scenario]) {
    let most = scenarios.iter().filter_map(scenario::Scenario::connections);
    let needed = most.max().unwrap_or(0) as u64 + 200;
    if let Some(limit) = sys::raise_file_limit().filter(|limit| *limit < needed) {
        eprintln!(
            "a process may open {limit} files (ulimit -Hn), and some scenarios need {needed}: they will fail"
        );
    }
}
