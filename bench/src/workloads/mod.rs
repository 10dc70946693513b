//! The workloads of `ouro-bench loop` on Ouro's loop and pool; the same ones on libuv are in `bench/libuv`. Each does
//! its work `count` times, as a careful user of the two crates would write it, in a process of its own
//! (`ouro-bench loop-worker WORKLOAD COUNT`), and says how long that took.

mod accept;
mod one_way;
mod ping_pong;
mod timers;
mod turns;
mod udp;
mod wake;
mod work;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use ouro_loop::LoopError;

/// Reads fetch at most so much.
const READ_SIZE: usize = 64 * 1024;

type Result<T = Duration> = std::result::Result<T, Box<dyn std::error::Error>>;

/// One workload, as both sides know it.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    pub name: &'static str,
    pub what: &'static str,
    /// What is counted.
    pub unit: &'static str,
    /// How many in a run, and in a quick one.
    pub counts: [u64; 2],
    run: fn(u64) -> Result,
}

/// Every workload, in the order of the table.
pub const WORKLOADS: [Workload; 16] = [
    Workload {
        name: "timers-fire",
        what: "a million timers, due at scattered times: started, fired",
        unit: "timers",
        counts: [1_000_000, 100_000],
        run: timers::fire,
    },
    Workload {
        name: "timers-cancel",
        what: "a million timers: started, stopped in another order, closed",
        unit: "timers",
        counts: [1_000_000, 200_000],
        run: timers::cancel,
    },
    Workload {
        name: "timers-restart",
        what: "10,000 timers, one after another started anew",
        unit: "restarts",
        counts: [4_000_000, 1_000_000],
        run: timers::restart,
    },
    Workload {
        name: "turns-idle",
        what: "iterations with one idle handle",
        unit: "iterations",
        counts: [3_000_000, 1_000_000],
        run: turns::idle,
    },
    Workload {
        name: "tcp-ping-pong-1",
        what: "64 bytes to and fro on one TCP connection, both ends on one loop",
        unit: "round trips",
        counts: [100_000, 25_000],
        run: |count| ping_pong::tcp(count, 1),
    },
    Workload {
        name: "tcp-ping-pong-100",
        what: "the same on 100 connections",
        unit: "round trips",
        counts: [100_000, 25_000],
        run: |count| ping_pong::tcp(count, 100),
    },
    Workload {
        name: "unix-ping-pong",
        what: "64 bytes to and fro on one Unix-domain socket",
        unit: "round trips",
        counts: [200_000, 50_000],
        run: |count| ping_pong::unix(count, 1),
    },
    Workload {
        name: "tcp-throughput",
        what: "TCP one way in writes of 64 KB",
        unit: "writes",
        counts: [40_000, 10_000],
        run: one_way::throughput,
    },
    Workload {
        name: "tcp-try-vectored",
        what: "TCP one way, 8 buffers of 100 bytes written at once",
        unit: "writes",
        counts: [500_000, 100_000],
        run: one_way::try_vectored,
    },
    Workload {
        name: "tcp-write-vectored",
        what: "the same by the queue, 16 writes in flight",
        unit: "writes",
        counts: [300_000, 60_000],
        run: one_way::write_vectored,
    },
    Workload {
        name: "tcp-accept",
        what: "connections made, accepted and closed, 16 at a time",
        unit: "connections",
        counts: [20_000, 5_000],
        run: accept::tcp,
    },
    Workload {
        name: "udp-pummel",
        what: "10 senders and 10 receivers of 100-byte datagrams",
        unit: "datagrams",
        counts: [200_000, 50_000],
        run: udp::pummel,
    },
    Workload {
        name: "wake-ping-pong",
        what: "wake-ups to and fro between two loops on two threads",
        unit: "round trips",
        counts: [40_000, 10_000],
        run: wake::ping_pong,
    },
    Workload {
        name: "wake-flood",
        what: "wake-ups from another thread as fast as it can",
        unit: "wake-ups",
        counts: [50_000_000, 10_000_000],
        run: wake::flood,
    },
    Workload {
        name: "work-1",
        what: "jobs to the pool of 4 threads and back, one at a time",
        unit: "jobs",
        counts: [60_000, 15_000],
        run: |count| work::round_trips(count, 1),
    },
    Workload {
        name: "work-1000",
        what: "the same, 1,000 in flight",
        unit: "jobs",
        counts: [1_000_000, 200_000],
        run: |count| work::round_trips(count, 1000),
    },
];

/// The life of a worker: runs a workload and prints what the libuv side prints too.
///
/// # Errors
/// A name or count that makes no sense, and whatever kept the workload from its end.
pub fn worker(words: &[String]) -> crate::Result<()> {
    let [name, count] = words else {
        let text = "loop-worker WORKLOAD COUNT".to_owned();
        return Err(crate::Error::Usage(text));
    };
    let workload = WORKLOADS.iter().find(|workload| workload.name == name);
    let (Some(workload), Ok(count)) = (workload, count.parse()) else {
        return Err(crate::Error::Usage(format!("no workload {name} {count}")));
    };
    let spent = (workload.run)(count).map_err(|error| crate::Error::Wrong(error.to_string()))?;
    let seconds = spent.as_secs_f64();
    println!("{{\"operations\":{count},\"seconds\":{seconds:.9}}}");
    Ok(())
}

/// An error unless `count` of `what` is what it should be.
fn expect(what: &str, count: u64, wanted: u64) -> Result<()> {
    if count == wanted {
        return Ok(());
    }
    Err(format!("{what}: {count} where {wanted} were due").into())
}

/// The same numbers in the same order on both sides.
struct Scattered(u64);

impl Scattered {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// How much of a write the socket took; nothing where it would block.
fn taken(written: io::Result<usize>) -> io::Result<usize> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        other => other,
    }
}

/// Something that the workload has no use for.
fn unexpected(event: &ouro_loop::Event) -> Result<()> {
    Err(format!("an event that nobody asked for: {event:?}").into())
}

/// A handle that should be known.
fn unknown() -> LoopError {
    LoopError::BadHandle
}
