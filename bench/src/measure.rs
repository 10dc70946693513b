//! The measuring: rounds in turns, a warm-up before them, every answer checked.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Stdio},
    time::Instant,
};

use crate::{
    Error, Result, http, load,
    options::Options,
    peers::Peer,
    requests::Exchange,
    scenario::{Kind, Scenario},
    sys::{self, Side},
};

/// How long and how often.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Rounds for each scenario.
    pub rounds: usize,
    /// Processes in a round of a script.
    pub repeats: usize,
    pub load_seconds: u64,
    pub warm_up_seconds: u64,
}

impl Plan {
    pub fn new(options: &Options) -> Self {
        let (rounds, repeats, load_seconds, warm_up_seconds) = if options.quick {
            (3, 5, 2, 1)
        } else {
            (5, 20, 8, 3)
        };
        Self {
            rounds: options.runs.unwrap_or(rounds),
            repeats,
            load_seconds,
            warm_up_seconds,
        }
    }
}

/// What one runtime showed in one round.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Milliseconds for scripts, requests a second for servers.
    pub figure: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Peak resident memory in MB.
    pub memory: Option<f64>,
}

/// A scenario's rounds, for each runtime in the order of the peers.
#[derive(Clone, Debug)]
pub struct Measured {
    pub scenario: Scenario,
    pub rounds: Vec<[Sample; 2]>,
}

/// Measures a scenario under both runtimes in turns.
///
/// # Errors
/// When a script fails or anything that it says is wrong.
pub fn measure(scenario: &Scenario, peers: &[Peer; 2], plan: &Plan) -> Result<Measured> {
    let mut rounds = Vec::new();
    for round in 1..=plan.rounds {
        eprintln!("{}: round {round} of {}", scenario.name, plan.rounds);
        let [first, second] = peers;
        rounds.push([once(scenario, first, plan)?, once(scenario, second, plan)?]);
    }
    Ok(Measured {
        scenario: scenario.clone(),
        rounds,
    })
}

fn once(scenario: &Scenario, peer: &Peer, plan: &Plan) -> Result<Sample> {
    let outcome = match &scenario.kind {
        Kind::Script { prints } => repeat(plan, || script(scenario, peer, prints)),
        Kind::FirstAnswer(exchange) => repeat(plan, || first_answer(scenario, peer, exchange)),
        Kind::Server(exchanges) => server(scenario, peer, exchanges, plan),
    };
    outcome.map_err(|error| Error::Wrong(format!("{} under {}: {error}", scenario.name, peer.name)))
}

/// Several processes one after another, one more before them that doesn't count.
fn repeat(plan: &Plan, mut run: impl FnMut() -> Result<(f64, Option<f64>)>) -> Result<Sample> {
    run()?;
    let mut times = Vec::new();
    let mut memory = None;
    for _ in 0..plan.repeats {
        let (time, peak) = run()?;
        times.push(time);
        memory = peak.max_by_value(memory);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    Ok(Sample {
        figure: at(0.5),
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        memory,
    })
}

trait MaxByValue {
    fn max_by_value(self, other: Self) -> Self;
}

impl MaxByValue for Option<f64> {
    fn max_by_value(self, other: Self) -> Self {
        match (self, other) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (one, other) => one.or(other),
        }
    }
}

fn command(scenario: &Scenario, peer: &Peer) -> Command {
    let mut command = Command::new(&peer.program);
    command
        .arg(&scenario.script)
        .env("PORT", "0")
        .env("NO_COLOR", "1")
        .env_remove("NODE_OPTIONS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

fn script(scenario: &Scenario, peer: &Peer, prints: &str) -> Result<(f64, Option<f64>)> {
    let failed = |error| Error::Io(peer.program.display().to_string(), error);
    let start = Instant::now();
    let mut child = command(scenario, peer).spawn().map_err(failed)?;
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut text).map_err(failed)?;
    }
    let ended = sys::wait(child).map_err(failed)?;
    let time = start.elapsed().as_secs_f64() * 1e3;
    if !ended.status.success() || text != prints {
        let status = ended.status;
        return Err(Error::Wrong(format!("{status}, printed {text:?}")));
    }
    Ok((time, ended.peak_memory))
}

fn first_answer(
    scenario: &Scenario,
    peer: &Peer,
    exchange: &Exchange,
) -> Result<(f64, Option<f64>)> {
    let start = Instant::now();
    let server = Server::start(command(scenario, peer))?;
    http::check(server.address, std::slice::from_ref(exchange))?;
    let time = start.elapsed().as_secs_f64() * 1e3;
    Ok((time, server.peak_memory()))
}

fn server(scenario: &Scenario, peer: &Peer, exchanges: &[Exchange], plan: &Plan) -> Result<Sample> {
    let server = sys::pinned(Side::Server, || Server::start(command(scenario, peer)))?;
    let sizes = http::check(server.address, exchanges)?;
    load::run(server.address, exchanges, plan.warm_up_seconds)?;
    let load = load::run(server.address, exchanges, plan.load_seconds)?;
    load::check(&load, &sizes)?;
    http::check(server.address, exchanges)?;
    Ok(Sample {
        figure: load.requests as f64 / load.seconds,
        p50_ms: load.p50_ms,
        p99_ms: load.p99_ms,
        memory: server.peak_memory(),
    })
}

/// A server script that runs; it is killed when the value goes.
struct Server {
    child: Child,
    // Closed only with the server, which may print more.
    _stdout: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Server {
    /// Starts a script and waits for the line that says where it listens.
    fn start(mut command: Command) -> Result<Self> {
        let failed = |error| Error::Io("server script".to_owned(), error);
        let mut child = command.spawn().map_err(failed)?;
        let stdout = child.stdout.take().expect("the command pipes it");
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        let read = stdout.read_line(&mut line).map_err(failed);
        let address = line
            .trim_end()
            .strip_prefix("Listening on http://")
            .and_then(|rest| rest.strip_suffix('/')?.parse().ok());
        match (read, address) {
            (Ok(_), Some(address)) => Ok(Self {
                child,
                _stdout: stdout,
                address,
            }),
            (read, _) => {
                let _ = child.kill();
                let _ = child.wait();
                read?;
                Err(Error::Wrong(format!("no address in {line:?}")))
            }
        }
    }

    fn peak_memory(&self) -> Option<f64> {
        sys::peak_memory(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
