//! The measuring: rounds in turns, a warm-up before each, every answer checked.

mod script;
mod server;

use crate::{
    Result,
    load::PERCENTILES,
    options::Options,
    peers::Peer,
    scenario::{Kind, Scenario},
};

pub use script::{advised_size, checked_operations, operations};

/// How long and how often.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Rounds for each scenario.
    pub rounds: usize,
    /// Processes in a round of a script that is measured from start to end.
    pub repeats: usize,
    /// Of a server's load.
    pub load_seconds: u64,
    /// Of what scripts measure themselves.
    pub script_seconds: f64,
    /// Of servers, before the load.
    pub warm_up_seconds: f64,
    /// Of scripts that measure themselves.
    pub script_warm_up_seconds: f64,
}

impl Plan {
    pub fn new(options: &Options) -> Self {
        let mut plan = if options.quick {
            Self {
                rounds: 1,
                repeats: 5,
                load_seconds: 1,
                script_seconds: 0.25,
                warm_up_seconds: 0.2,
                script_warm_up_seconds: 0.2,
            }
        } else {
            Self {
                rounds: 5,
                repeats: 15,
                load_seconds: 2,
                script_seconds: 0.5,
                warm_up_seconds: 1.0,
                script_warm_up_seconds: 0.5,
            }
        };
        if let Some(runs) = options.runs {
            plan.rounds = runs;
        }
        plan
    }
}

/// What one runtime showed in one round.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// In the scenario's [`Quantity`].
    pub figure: f64,
    /// Milliseconds at each of [`PERCENTILES`], where they are known.
    pub latency_ms: [Option<f64>; PERCENTILES.len()],
    /// Microseconds of CPU time for each request or operation; of a whole process where that is what is measured.
    pub cpu_us: Option<f64>,
    /// Peak resident memory in MB.
    pub memory_mb: Option<f64>,
}

impl Sample {
    /// The latency at one of [`PERCENTILES`].
    pub fn latency(&self, percentile: f64) -> Option<f64> {
        let index = PERCENTILES.iter().position(|known| *known == percentile)?;
        self.latency_ms[index]
    }
}

/// What a figure counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// So many a second; more is better.
    Rate(String),
    /// Less is better.
    Milliseconds,
    /// For each connection; less is better.
    Kilobytes,
}

impl Quantity {
    pub fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Script { .. } | Kind::FirstAnswer(_) | Kind::HalfRate { .. } => {
                Self::Milliseconds
            }
            Kind::Server { .. } => Self::Rate("requests".to_owned()),
            Kind::Idle { .. } => Self::Kilobytes,
            Kind::Echo { .. } => Self::Rate("messages".to_owned()),
            Kind::Operations { unit, .. } => Self::Rate(unit.clone()),
        }
    }

    /// How many times better the first figure is.
    pub fn ratio(&self, first: f64, second: f64) -> f64 {
        match self {
            Self::Rate(_) => first / second,
            Self::Milliseconds | Self::Kilobytes => second / first,
        }
    }
}

/// What came of a scenario under one runtime.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A sample for each round.
    Measured(Vec<Sample>),
    /// It can't run it, as the scenario says.
    Unsupported(String),
    Failed(String),
}

impl Outcome {
    pub fn samples(&self) -> &[Sample] {
        match self {
            Self::Measured(samples) => samples,
            Self::Unsupported(_) | Self::Failed(_) => &[],
        }
    }
}

/// A scenario's outcomes, in the order of the peers.
#[derive(Clone, Debug)]
pub struct Measured {
    pub scenario: Scenario,
    pub quantity: Quantity,
    pub outcomes: Vec<Outcome>,
}

/// Measures a scenario under all runtimes in turns. A runtime that fails is left out of the rounds that follow.
pub fn measure(scenario: &Scenario, peers: &[Peer], plan: &Plan) -> Measured {
    let mut outcomes: Vec<Outcome> = peers
        .iter()
        .map(|peer| match scenario.unsupported(peer) {
            Some(why) => Outcome::Unsupported(why.to_owned()),
            None => Outcome::Measured(Vec::new()),
        })
        .collect();
    for round in 1..=plan.rounds {
        eprintln!("{}: round {round} of {}", scenario.label(), plan.rounds);
        for (peer, outcome) in peers.iter().zip(&mut outcomes) {
            if let Outcome::Measured(samples) = outcome {
                match once(scenario, peer, plan) {
                    Ok(sample) => samples.push(sample),
                    Err(error) => {
                        eprintln!("{} under {}: {error}", scenario.label(), peer.name);
                        *outcome = Outcome::Failed(error.to_string());
                    }
                }
            }
        }
    }
    Measured {
        scenario: scenario.clone(),
        quantity: Quantity::of(&scenario.kind),
        outcomes,
    }
}

fn once(scenario: &Scenario, peer: &Peer, plan: &Plan) -> Result<Sample> {
    let command = || peer.command(&scenario.script);
    match &scenario.kind {
        Kind::Script { prints } => script::start_to_end(&command, prints, plan),
        Kind::FirstAnswer(exchange) => server::first_answer(&command, exchange, plan),
        Kind::Server {
            exchanges,
            pipeline,
            connections,
        } => server::under_load(command(), exchanges, *pipeline, *connections, plan),
        Kind::HalfRate {
            exchanges,
            connections,
        } => server::at_half_rate(command(), exchanges, *connections, plan),
        Kind::Idle {
            exchange,
            connections,
        } => server::idle(command(), exchange, *connections),
        Kind::Echo { connections } => server::echo(command(), *connections, plan),
        Kind::Operations { result, .. } => script::checked_operations(command(), result, plan),
    }
}

/// Several processes one after another, one more before them that doesn't count. The figure is the median of their times.
fn repeat(plan: &Plan, mut run: impl FnMut() -> Result<Sample>) -> Result<Sample> {
    run()?;
    let samples = (0..plan.repeats)
        .map(|_| run())
        .collect::<Result<Vec<_>>>()?;
    let sorted = |of: fn(&Sample) -> Option<f64>| {
        let mut values: Vec<f64> = samples.iter().filter_map(of).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let times = sorted(|sample| Some(sample.figure));
    let at = |percentile: f64| {
        let rank = (times.len() as f64 * percentile / 100.0).ceil() as usize;
        times.get(rank.max(1) - 1).copied()
    };
    // A percentile that has no value of its own among so few isn't one.
    let is_known = |percentile: f64| (100.0 - percentile) * times.len() as f64 >= 100.0;
    let cpu = sorted(|sample| sample.cpu_us);
    let memory = sorted(|sample| sample.memory_mb);
    Ok(Sample {
        figure: at(50.0).unwrap_or_default(),
        latency_ms: PERCENTILES
            .map(|percentile| is_known(percentile).then(|| at(percentile)).flatten()),
        cpu_us: cpu.get(cpu.len() / 2).copied(),
        memory_mb: memory.last().copied(),
    })
}
