//! Random lives of sockets, pipes, datagrams and timers over loopback: opened, written to, half-closed, reset, closed
//! and unreferenced in any order, also inside the handling of any event. Every byte that arrives is compared with
//! the one that was sent, every request ends exactly once, and an epoch leaves no handle, descriptor or memory behind.
//!
//! `cargo test` runs a bounded number of epochs. `OURO_LOOP_STRESS_SECONDS=3600` runs as many as fit into the time, and
//! `OURO_LOOP_STRESS_SEED` repeats the choices of a run. A long run wants a network of its own (`unshare -n`, and `lo` up): a
//! stranger that happens on one of its ports writes other bytes.

#[path = "../common/mod.rs"]
mod common;
mod random;
mod residue;
mod world;

use std::time::{Duration, Instant};

use random::Random;
use residue::Residue;
use world::World;

/// Epochs of a run without a time of its own.
const EPOCHS: u32 = 4;
/// After so many epochs everything has been used once, and memory is what it will be.
const WARM_UP: u32 = 20;
/// The growth of memory after the warm-up that is an allocator's business.
const SLACK_BYTES: u64 = 16 << 20;

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name}={value} is no number")),
    )
}

#[test]
fn random_lives_leave_nothing_behind() {
    let seed = variable("OURO_LOOP_STRESS_SEED").unwrap_or(0x6f75_726f);
    let time = variable("OURO_LOOP_STRESS_SECONDS").map(Duration::from_secs);
    let start = Instant::now();
    let mut random = Random::new(seed);
    let mut report = Duration::from_secs(60);
    let before = Residue::now();
    let counts = !common::skip_under_wine("counting descriptors, of which it has some of its own");
    let mut settled = None;
    let mut totals = world::Totals::default();
    for epoch in 1.. {
        totals += World::new(&mut random)
            .expect("sockets to begin with")
            .live();
        let after = Residue::now();
        if counts {
            assert_eq!(
                after.descriptors, before.descriptors,
                "descriptors after epoch {epoch}, seed {seed}"
            );
        }
        if epoch == WARM_UP {
            settled = Some(after);
        }
        if let (Some(settled), Some(_)) = (settled, time) {
            assert!(
                after.resident_bytes <= settled.resident_bytes + SLACK_BYTES,
                "resident memory grew from {settled:?} to {after:?} by epoch {epoch}, seed {seed}"
            );
        }
        if start.elapsed() >= report {
            println!(
                "{:?}: epoch {epoch}, {after:?}, {totals:?}",
                start.elapsed()
            );
            report += Duration::from_secs(60);
        }
        match time {
            Some(time) if start.elapsed() < time => {}
            None if epoch < EPOCHS => {}
            _ => break,
        }
    }
    println!(
        "seed {seed}: {totals:?}; before {before:?}, after {:?}",
        Residue::now()
    );
    assert!(totals.bytes_received > 0 && totals.connections > 0 && totals.datagrams > 0);
}
