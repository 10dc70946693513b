//! `ouro-bench pool`: a script at several sizes of the thread pool, under Ouro and Node.js.
//!
//! The workloads are the scripts in `bench/pool`. Any other script will do: one that measures itself with
//! `bench/scenarios/lib/operations.js` is asked for its figures, any other is timed from start to end. Beside Ouro's figures stands the
//! size that its pool advises, found in a run of its own, since it records times for that.

use std::path::{Path, PathBuf};

use crate::{
    Error, Result,
    fifos::{self, Fifos},
    measure::{self, Outcome, Plan, Quantity, Sample},
    options::Options,
    peers::Peer,
    report::{self, figure_text, milliseconds},
    scenario::{self, Kind, Scenario},
};

/// The sizes, and those of `--quick`.
const SIZES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
const QUICK: [usize; 4] = [1, 4, 16, 64];

/// The peer whose pool can be asked.
const OURO: &str = "ouro";

/// A script to run.
#[derive(Clone, Debug)]
pub struct Workload {
    pub name: String,
    pub what: String,
    script: PathBuf,
    /// As its first lines say, where it has such.
    scenario: Option<Scenario>,
}

/// What came of a workload.
pub struct Sweep {
    pub workload: Workload,
    pub quantity: Quantity,
    pub sizes: Vec<usize>,
    /// For each peer an outcome for each size.
    pub outcomes: Vec<Vec<Outcome>>,
    /// For each size the one that Ouro's pool advises, where it says something.
    pub advice: Vec<Option<usize>>,
}

/// What came of all workloads.
pub struct Sweeps {
    pub peers: Vec<Peer>,
    pub sweeps: Vec<Sweep>,
}

/// The workloads of these names or paths, or all of `bench/pool`.
///
/// # Errors
/// When there is no such script.
pub fn workloads(names: &[String]) -> Result<Vec<Workload>> {
    let folder = folder();
    let known = scenario::scripts(&folder)?;
    let chosen = if names.is_empty() { &known } else { names };
    let workload = |name: &String| {
        if known.contains(name) {
            let scenario = scenario::read(&folder, name)?.swap_remove(0);
            return Ok(Workload {
                name: name.clone(),
                what: scenario.what.clone(),
                script: scenario.script.clone(),
                scenario: Some(scenario),
            });
        }
        let script = Path::new(name).canonicalize().map_err(|_| {
            let list = known.join(", ");
            Error::Usage(format!(
                "{name} is neither a script nor one of the workloads {list}"
            ))
        })?;
        Ok(Workload {
            name: name.clone(),
            what: String::new(),
            script,
            scenario: None,
        })
    };
    chosen.iter().map(workload).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pool")
}

/// The peers that have such a pool: Ouro and Node.js.
pub fn peers(peers: &[Peer]) -> Vec<Peer> {
    let has_pool = |peer: &&Peer| ["ouro", "node"].contains(&peer.key);
    peers.iter().filter(has_pool).cloned().collect()
}

/// Runs a workload at all sizes, in turns.
fn sweep(workload: &Workload, peers: &[Peer], plan: &Plan, options: &Options) -> Sweep {
    let sizes: &[usize] = if options.quick { &QUICK } else { &SIZES };
    let mut outcomes: Vec<Vec<Outcome>> = peers
        .iter()
        .map(|peer| {
            let why = workload
                .scenario
                .as_ref()
                .and_then(|scenario| scenario.unsupported(peer));
            let outcome = match why {
                Some(why) => Outcome::Unsupported(why.to_owned()),
                None => Outcome::Measured(Vec::new()),
            };
            vec![outcome; sizes.len()]
        })
        .collect();
    let mut quantity = Quantity::Rate("operations".to_owned());
    for round in 1..=plan.rounds {
        eprintln!("pool {}: round {round} of {}", workload.name, plan.rounds);
        for (index, size) in sizes.iter().enumerate() {
            for (peer, outcomes) in peers.iter().zip(&mut outcomes) {
                let outcome = &mut outcomes[index];
                let Outcome::Measured(samples) = outcome else {
                    continue;
                };
                match once(workload, peer, *size, plan) {
                    Ok((sample, found)) => {
                        samples.push(sample);
                        quantity = found;
                    }
                    Err(error) => {
                        let name = &workload.name;
                        eprintln!("pool {name} with {size} under {}: {error}", peer.name);
                        *outcome = Outcome::Failed(error.to_string());
                    }
                }
            }
        }
    }
    let advised = |size: &usize| {
        let ouro = peers.iter().find(|peer| peer.key == OURO)?;
        advised_size(workload, ouro, *size, plan).unwrap_or_else(|error| {
            eprintln!(
                "pool {} with {size}, for its advice: {error}",
                workload.name
            );
            None
        })
    };
    Sweep {
        advice: sizes.iter().map(advised).collect(),
        workload: workload.clone(),
        quantity,
        sizes: sizes.to_vec(),
        outcomes,
    }
}

/// The size that the pool of Ouro advises after a run with this one.
fn advised_size(
    workload: &Workload,
    ouro: &Peer,
    size: usize,
    plan: &Plan,
) -> Result<Option<usize>> {
    let mut command = ouro.command(&workload.script);
    command.env("UV_THREADPOOL_SIZE", size.to_string());
    let fifos = match &workload.scenario {
        Some(_) => Some(Fifos::make().map_err(|error| Error::Io("FIFOs".to_owned(), error))?),
        None => None,
    };
    if let Some(fifos) = &fifos {
        command.env("OURO_BENCH_FIFOS", fifos.folder());
    }
    measure::advised_size(command, plan)
}

fn once(workload: &Workload, peer: &Peer, size: usize, plan: &Plan) -> Result<(Sample, Quantity)> {
    let mut command = peer.command(&workload.script);
    command.env("UV_THREADPOOL_SIZE", size.to_string());
    let Some(scenario) = &workload.scenario else {
        return match measure::operations(command, plan)? {
            Ok(printed) => {
                let quantity = Quantity::Rate("operations".to_owned());
                Ok((printed.sample, quantity))
            }
            // It doesn't measure itself.
            Err(ended) => Ok((ended.sample, Quantity::Milliseconds)),
        };
    };
    let fifos = Fifos::make().map_err(|error| Error::Io("FIFOs".to_owned(), error))?;
    command.env("OURO_BENCH_FIFOS", fifos.folder());
    let Kind::Operations { result, .. } = &scenario.kind else {
        let name = &workload.name;
        return Err(Error::Wrong(format!("{name} doesn't count operations")));
    };
    let sample = measure::checked_operations(command, result, plan)?;
    Ok((sample, Quantity::of(&scenario.kind)))
}

impl Sweeps {
    /// Runs the workloads under those of the peers that have such a pool.
    pub fn run(workloads: &[Workload], peers: &[Peer], plan: &Plan, options: &Options) -> Self {
        let peers = self::peers(peers);
        let sweep = |workload| sweep(workload, &peers, plan, options);
        let sweeps = workloads.iter().map(sweep).collect();
        Self { peers, sweeps }
    }

    /// What went wrong, a line for each.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        for sweep in &self.sweeps {
            for (peer, outcomes) in self.peers.iter().zip(&sweep.outcomes) {
                for (size, outcome) in sweep.sizes.iter().zip(outcomes) {
                    if let Outcome::Failed(why) = outcome {
                        let (name, peer) = (&sweep.workload.name, peer.name);
                        failures.push(format!("pool {name} with {size} under {peer}: {why}"));
                    }
                }
            }
        }
        failures
    }

    /// A row for each workload and size; nothing if there are none.
    pub fn table(&self) -> String {
        if self.sweeps.is_empty() {
            return String::new();
        }
        let mut text = format!(
            "At each size of the thread pool (`UV_THREADPOOL_SIZE`); a job of `blocking` takes {} ms whatever else \
             happens.\n\n| workload | size |",
            fifos::LENGTH.as_millis()
        );
        for peer in &self.peers {
            text.push_str(&format!(" {} | p99 |", peer.name));
            if peer.key == OURO {
                text.push_str(" advises |");
            }
        }
        text.push_str("\n|---|--:|");
        for peer in &self.peers {
            text.push_str(if peer.key == OURO {
                "--:|--:|--:|"
            } else {
                "--:|--:|"
            });
        }
        text.push('\n');
        for sweep in &self.sweeps {
            for (index, size) in sweep.sizes.iter().enumerate() {
                let label = match index {
                    0 => format!("**{}** {}", sweep.workload.name, sweep.workload.what),
                    _ => String::new(),
                };
                text.push_str(&format!("| {label} | {size} |"));
                for (peer, outcomes) in self.peers.iter().zip(&sweep.outcomes) {
                    text.push_str(&cells(&outcomes[index], &sweep.quantity));
                    if peer.key == OURO {
                        text.push_str(&format!(" {} |", words(sweep.advice[index], *size)));
                    }
                }
                text.push('\n');
            }
        }
        text
    }
}

/// The advice, for the table.
fn words(advised: Option<usize>, size: usize) -> String {
    match advised {
        None => "–".to_owned(),
        Some(advised) if advised <= size => "enough".to_owned(),
        Some(advised) => advised.to_string(),
    }
}

fn cells(outcome: &Outcome, quantity: &Quantity) -> String {
    match outcome {
        Outcome::Measured(_) => {
            let figure = report::spread_of(outcome, |sample| Some(sample.figure));
            let p99 = report::spread_of(outcome, |sample| sample.latency(99.0));
            format!(
                " {} | {} |",
                figure.map_or("–".to_owned(), |spread| figure_text(
                    quantity,
                    spread.median
                )),
                p99.map_or("–".to_owned(), |spread| milliseconds(spread.median)),
            )
        }
        Outcome::Unsupported(why) => format!(" not there: {why} | |"),
        Outcome::Failed(_) => " failed | |".to_owned(),
    }
}
