//! `ouro-bench`: the same unmodified scripts under Ouro and Node.js, in turns, in one run.
//!
//! A scenario is a script in `bench/scenarios` whose first lines say how it is measured ([`scenario`]). Each round runs
//! it once under every runtime ([`peers`]), so that a machine that slows down slows all of them; the ratio is taken
//! within the rounds and shown with its spread ([`report`]). An answer with a wrong byte is an error, not a fast result.
//!
//! `ouro-bench loop` does the same with the event loop and the thread pool alone, beside libuv ([`libuv`]).

mod chart;
mod guard;
mod http;
mod libuv;
mod load;
mod measure;
mod options;
mod peers;
mod report;
mod requests;
mod scenario;
mod sys;
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
        Some((first, rest)) if first == "guard" => guard::run(rest.iter().cloned()),
        Some((first, rest)) if first == "loop" => libuv::run(rest.iter().cloned()),
        Some((first, rest)) if first == "loop-worker" => workloads::worker(rest),
        _ => scripts(words.into_iter()),
    }
}

/// The scenarios, under Ouro and Node.js.
fn scripts(words: impl Iterator<Item = String>) -> Result<()> {
    let options = options::parse(words)?;
    if options.help {
        print!("{}", options::HELP);
        return Ok(());
    }
    let scenarios = scenario::load(&options.scenarios)?;
    if scenarios.iter().any(|scenario| scenario.needs_load()) {
        load::check_installed()?;
    }
    let peers = peers::find(&options)?;
    let plan = measure::Plan::new(&options);
    let mut results = Vec::new();
    for scenario in &scenarios {
        results.push(measure::measure(scenario, &peers, &plan)?);
    }
    let report = report::Report::new(&peers, &plan, results);
    print!("{}", report.markdown());
    if let Some(path) = &options.json {
        report.write_json(path)?;
    }
    if options.readme {
        report.write_readme()?;
    }
    Ok(())
}
