//! HTTP requests from hyper, for machines without wrk: one thread, each connection asks again when it has its answer.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::LocalSet};

use super::{Load, PERCENTILES, Requests};
use crate::{Error, Result, requests::Exchange};

/// In microseconds: no latency is longer.
const AN_HOUR: u64 = 3_600_000_000;

/// What all connections add to.
pub struct Tally {
    pub answered: u64,
    pub bytes: u64,
    pub errors: u64,
    latencies: Histogram<u64>,
}

impl Tally {
    pub fn new() -> Self {
        Self {
            answered: 0,
            bytes: 0,
            errors: 0,
            latencies: Histogram::new_with_max(AN_HOUR, 3).expect("three digits are allowed"),
        }
    }

    /// One more answer, of a latency that nobody knows.
    pub fn answered_sometime(&mut self, bytes: u64) {
        self.answered += 1;
        self.bytes += bytes;
    }

    /// One more answer.
    pub fn answered(&mut self, bytes: u64, latency: Duration) {
        self.answered_sometime(bytes);
        self.latencies
            .saturating_record(latency.as_micros().try_into().unwrap_or(u64::MAX));
    }

    pub fn load(&self, time: Duration) -> Load {
        Load {
            answered: self.answered,
            seconds: time.as_secs_f64(),
            bytes: self.bytes,
            errors: self.errors,
            latency_ms: PERCENTILES
                .map(|percentile| self.latencies.value_at_percentile(percentile) as f64 / 1e3),
        }
    }
}

pub async fn run(requests: Requests) -> Result<Load> {
    let exchanges: Vec<Parsed> = requests
        .exchanges
        .iter()
        .map(Parsed::of)
        .collect::<Result<_>>()?;
    let exchanges = Rc::new(exchanges);
    let tally = Rc::new(RefCell::new(Tally::new()));
    let next = Rc::new(RefCell::new(0));
    let begin = Instant::now();
    let end = begin + Duration::from_secs(requests.seconds);
    let tasks = LocalSet::new();
    for _ in 0..requests.connections {
        let (exchanges, tally, next) = (exchanges.clone(), tally.clone(), next.clone());
        let address = requests.address;
        tasks.spawn_local(async move {
            let asked = async {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
                tokio::task::spawn_local(connection);
                while Instant::now() < end {
                    let exchange = {
                        let mut next = next.borrow_mut();
                        *next += 1;
                        &exchanges[(*next - 1) % exchanges.len()]
                    };
                    let start = Instant::now();
                    let bytes = exchange.ask(&mut sender).await?;
                    tally.borrow_mut().answered(bytes, start.elapsed());
                }
                Ok::<_, Box<dyn std::error::Error>>(())
            };
            if asked.await.is_err() {
                tally.borrow_mut().errors += 1;
            }
        });
    }
    tasks.await;
    let load = tally.borrow().load(begin.elapsed());
    Ok(load)
}

/// A request as hyper wants it.
struct Parsed {
    request: Request<Full<Bytes>>,
    answer: Bytes,
}

impl Parsed {
    fn of(exchange: &Exchange) -> Result<Self> {
        let wrong = || Error::Wrong("a request that isn't one".to_owned());
        let (head, body) = exchange.request.split_once("\r\n\r\n").ok_or_else(wrong)?;
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let mut request = Request::builder()
            .method(words.next().unwrap_or_default())
            .uri(words.next().unwrap_or_default());
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes())));
        Ok(Self {
            request: request.map_err(|_| wrong())?,
            answer: Bytes::copy_from_slice(exchange.body.as_bytes()),
        })
    }

    /// Asks, and says how many bytes the answer had: head and body as they go over the wire, without chunks' frames.
    async fn ask(
        &self,
        sender: &mut SendRequest<Full<Bytes>>,
    ) -> std::result::Result<u64, Box<dyn std::error::Error>> {
        sender.ready().await?;
        let response = sender.send_request(self.request.clone()).await?;
        let is_ok = response.status().is_success();
        let body = response.into_body().collect().await?.to_bytes();
        if !is_ok || body != self.answer {
            return Err("a wrong answer".into());
        }
        Ok(body.len() as u64)
    }
}
