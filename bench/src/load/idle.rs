//! Connections that have had one answer and are quiet: how much memory does each cost the server?

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use super::worker::{self, Job, Worker};
use crate::{Error, Result, requests::Exchange};

/// So many are opened at the same time.
const AT_ONCE: usize = 128;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connections {
    pub address: SocketAddr,
    pub exchange: Exchange,
    pub count: usize,
    /// What the whole answer has.
    pub answer_bytes: usize,
}

/// Connections that are open, until this goes.
pub struct Idle {
    worker: Worker,
    count: usize,
}

impl Idle {
    /// Opens them, with a request and its answer on each.
    ///
    /// # Errors
    /// When one of them fails.
    pub fn open(connections: Connections) -> Result<Self> {
        let count = connections.count;
        let mut worker = Worker::start(&Job::Idle(connections))?;
        let open: usize = worker.hear()?;
        if open != count {
            return Err(Error::Wrong(format!("{open} of {count} connections")));
        }
        Ok(Self { worker, count })
    }

    /// Asks again on each: they still have to be there.
    ///
    /// # Errors
    /// When one isn't.
    pub fn ask_again(&mut self) -> Result<()> {
        self.worker.tell(&"again")?;
        let answered: usize = self.worker.hear()?;
        if answered != self.count {
            let count = self.count;
            return Err(Error::Wrong(format!(
                "{answered} of {count} connections were still there"
            )));
        }
        Ok(())
    }
}

/// The worker's side.
pub async fn run(connections: Connections) -> Result<()> {
    let mut streams = Vec::new();
    let opened = ask_all(&connections, &mut streams).await;
    worker::say(&opened)?;
    worker::listen()?;
    let answered = ask_all(&connections, &mut streams).await;
    worker::say(&answered)
}

/// Asks on each connection, and opens those that aren't there yet.
async fn ask_all(connections: &Connections, streams: &mut Vec<TcpStream>) -> Result<usize> {
    let mut known = std::mem::take(streams).into_iter();
    while streams.len() < connections.count {
        let mut asked = JoinSet::new();
        for _ in streams.len()..connections.count.min(streams.len() + AT_ONCE) {
            asked.spawn(ask(connections.clone(), known.next()));
        }
        while let Some(stream) = asked.join_next().await {
            let stream = stream.map_err(|error| Error::Wrong(error.to_string()))?;
            streams.push(stream.map_err(|error| Error::Io("connection".to_owned(), error))?);
        }
    }
    Ok(streams.len())
}

async fn ask(connections: Connections, stream: Option<TcpStream>) -> std::io::Result<TcpStream> {
    let mut stream = match stream {
        Some(stream) => stream,
        None => TcpStream::connect(connections.address).await?,
    };
    let request = connections.exchange.request.as_bytes();
    stream.write_all(request).await?;
    let mut answer = vec![0; connections.answer_bytes];
    stream.read_exact(&mut answer).await?;
    let body = connections.exchange.body.as_bytes();
    if !answer.ends_with(body) {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    Ok(stream)
}
