//! The process that makes the load where wrk doesn't: this program again, on the client's core. It gets its work as a line of
//! JSON and answers with one.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Echoes, Load, Paced, Requests, echo, http, idle, paced};
use crate::{Error, Result, sys};

#[derive(Serialize, Deserialize)]
pub enum Job {
    Requests(Requests),
    Paced(Paced),
    Echoes(Echoes),
    Idle(idle::Connections),
}

/// The other side's end of a worker.
pub struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Worker {
    pub fn start(job: &Job) -> Result<Self> {
        let program =
            std::env::current_exe().map_err(|error| Error::Io("ouro-bench".to_owned(), error))?;
        let mut command = Command::new(program);
        command
            .arg("load-worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = sys::pinned(sys::Side::Client, || command.spawn()).map_err(lost)?;
        let stdin = child.stdin.take().expect("the command pipes it");
        let stdout = BufReader::new(child.stdout.take().expect("the command pipes it"));
        let mut worker = Self {
            child,
            stdin,
            stdout,
        };
        worker.tell(job)?;
        Ok(worker)
    }

    /// Sends it a line.
    pub fn tell(&mut self, what: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_string(what).map_err(|error| lost(error.into()))?;
        line.push('\n');
        self.stdin.write_all(line.as_bytes()).map_err(lost)
    }

    /// Waits for its next line.
    pub fn hear<T: DeserializeOwned>(&mut self) -> Result<T> {
        let mut line = String::new();
        self.stdout.read_line(&mut line).map_err(lost)?;
        serde_json::from_str::<std::result::Result<T, String>>(&line)
            .map_err(|error| lost(error.into()))?
            .map_err(Error::Wrong)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lost(error: std::io::Error) -> Error {
    Error::Io("load generator".to_owned(), error)
}

/// Has a worker do one thing.
pub fn ask(job: &Job) -> Result<Load> {
    Worker::start(job)?.hear()
}

/// The worker itself: `ouro-bench load-worker`.
pub fn run() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(lost)?;
    match serde_json::from_str(&listen()?).map_err(|error| lost(error.into()))? {
        Job::Requests(requests) => say(&runtime.block_on(http::run(requests))),
        Job::Paced(requests) => say(&paced::run(&requests)),
        Job::Echoes(echoes) => say(&runtime.block_on(echo::run(echoes))),
        Job::Idle(connections) => runtime.block_on(idle::run(connections)),
    }
}

/// The next line from the other side.
pub fn listen() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(lost)?;
    Ok(line)
}

/// Tells the other side, which gets errors too.
pub fn say<T: Serialize>(outcome: &Result<T>) -> Result<()> {
    let outcome = outcome.as_ref().map_err(ToString::to_string);
    let line = serde_json::to_string(&outcome).map_err(|error| lost(error.into()))?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")
        .and_then(|()| stdout.flush())
        .map_err(lost)
}
