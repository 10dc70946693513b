//! Scripts that serve: their first answer, their answers under load, their memory with many quiet connections.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, ChildStdout, Command},
    slice, thread,
    time::{Duration, Instant},
};

use super::{Plan, Sample, repeat};
use crate::{
    Error, Result, http,
    load::{self, Echoes, Idle, Load, Paced, Requests},
    requests::Exchange,
    sys::{self, Side},
};

/// Bytes of a message that is echoed.
const MESSAGE: usize = 64;

/// From the start of the process to its first whole answer.
pub fn first_answer(
    command: &dyn Fn() -> Command,
    exchange: &Exchange,
    plan: &Plan,
) -> Result<Sample> {
    repeat(plan, || {
        let start = Instant::now();
        let server = Server::start(command())?;
        http::check(server.address, slice::from_ref(exchange))?;
        Ok(Sample {
            figure: start.elapsed().as_secs_f64() * 1e3,
            cpu_us: server.cpu_seconds().map(|seconds| seconds * 1e6),
            memory_mb: server.peak_memory(),
            ..Sample::default()
        })
    })
}

/// Requests a second.
pub fn under_load(
    command: Command,
    exchanges: &[Exchange],
    pipeline: usize,
    connections: usize,
    plan: &Plan,
) -> Result<Sample> {
    let server = Server::start_alone(command)?;
    let answer_bytes = http::check(server.address, exchanges)?;
    let mut requests = Requests {
        address: server.address,
        exchanges: exchanges.to_vec(),
        pipeline,
        connections,
        seconds: plan.warm_up_seconds as u64,
    };
    if requests.seconds == 0 {
        let time = Duration::from_secs_f64(plan.warm_up_seconds);
        http::warm_up(server.address, exchanges, time)?;
    } else {
        load::requests(&requests, &answer_bytes)?;
    }
    // Thousands of connections take a while to open.
    requests.seconds = plan.load_seconds + connections as u64 / 4000;
    let sample = server.measure(|| load::requests(&requests, &answer_bytes))?;
    http::check(server.address, exchanges)?;
    Ok(sample)
}

/// The 99th percentile of the latency at half of the requests that it answers in a second at most.
pub fn at_half_rate(
    command: Command,
    exchanges: &[Exchange],
    connections: usize,
    plan: &Plan,
) -> Result<Sample> {
    let server = Server::start_alone(command)?;
    let answer_bytes = http::check(server.address, exchanges)?;
    let requests = Requests {
        address: server.address,
        exchanges: exchanges.to_vec(),
        pipeline: 1,
        connections,
        seconds: plan.load_seconds,
    };
    // The first stretch is the warm-up.
    load::requests(&requests, &answer_bytes)?;
    let top = load::requests(&requests, &answer_bytes)?;
    let paced = Paced {
        requests,
        rate: top.answered as f64 / top.seconds / 2.0,
        answer_bytes,
    };
    let mut sample = server.measure(|| load::paced(&paced))?;
    sample.figure = sample.latency(99.0).unwrap_or_default();
    Ok(sample)
}

/// Messages a second.
pub fn echo(command: Command, connections: usize, plan: &Plan) -> Result<Sample> {
    let server = Server::start_alone(command)?;
    let mut echoes = Echoes {
        address: server.address,
        connections,
        message_bytes: MESSAGE,
        time: Duration::from_secs_f64(plan.warm_up_seconds),
    };
    load::echoes(&echoes)?;
    echoes.time = Duration::from_secs(plan.load_seconds);
    server.measure(|| load::echoes(&echoes))
}

/// Kilobytes for each quiet connection.
pub fn idle(command: Command, exchange: &Exchange, connections: usize) -> Result<Sample> {
    let server = Server::start_alone(command)?;
    let missing = || Error::Wrong("this system doesn't tell a process's memory".to_owned());
    // What comes with the first connections is no matter of how many there are.
    let warm_up = connections.min(100);
    let sizes = http::check(server.address, slice::from_ref(exchange))?;
    let open = |count| {
        Idle::open(load::Connections {
            address: server.address,
            exchange: exchange.clone(),
            count,
            answer_bytes: sizes.iter().sum::<u64>() as usize,
        })
    };
    let first = open(warm_up)?;
    let before = server.resident_memory().ok_or_else(missing)?;
    let cpu_before = server.cpu_seconds();
    let mut idle = open(connections)?;
    let after = server.resident_memory().ok_or_else(missing)?;
    let cpu = server.cpu_seconds().zip(cpu_before);
    idle.ask_again()?;
    drop(first);
    Ok(Sample {
        figure: (after - before).max(0.0) / connections as f64,
        cpu_us: cpu.map(|(after, before)| (after - before) * 1e6 / connections as f64),
        memory_mb: server.peak_memory(),
        ..Sample::default()
    })
}

/// How long a server may take to leave.
const LEAVING: Duration = Duration::from_secs(10);

/// A server script that runs. When the value goes it is told to leave, by the end of its standard input, if it has one, and
/// killed if not.
struct Server {
    child: Child,
    // Closed only with the server, which may print more.
    _stdout: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Server {
    /// Starts a script on the servers' core.
    fn start_alone(command: Command) -> Result<Self> {
        sys::pinned(Side::Server, || Self::start(command))
    }

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

    /// What a stretch of load shows.
    fn measure(&self, load: impl FnOnce() -> Result<Load>) -> Result<Sample> {
        let cpu_before = self.cpu_seconds();
        let load = load()?;
        let cpu = self.cpu_seconds().zip(cpu_before);
        Ok(Sample {
            figure: load.answered as f64 / load.seconds,
            latency_ms: load.latency_ms.map(Some),
            cpu_us: cpu.map(|(after, before)| (after - before) * 1e6 / load.answered as f64),
            memory_mb: self.peak_memory(),
        })
    }

    fn cpu_seconds(&self) -> Option<f64> {
        sys::cpu_seconds(self.child.id())
    }

    fn peak_memory(&self) -> Option<f64> {
        sys::peak_memory(self.child.id())
    }

    fn resident_memory(&self) -> Option<f64> {
        sys::resident_memory(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.stdin.take().is_some() {
            let told = Instant::now();
            while told.elapsed() < LEAVING && matches!(self.child.try_wait(), Ok(None)) {
                thread::sleep(Duration::from_millis(5));
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
