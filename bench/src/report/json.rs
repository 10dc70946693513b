//! Every sample, for other programs.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{Report, today};
use crate::{
    Error, Result,
    load::PERCENTILES,
    measure::{Outcome, Quantity, Sample},
    pool::Sweep,
    sys,
};

impl Report {
    /// Writes every sample.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write_json(&self, path: &Path) -> Result<()> {
        let peers: Vec<Value> = self
            .peers
            .iter()
            .map(|peer| json!({ "name": peer.name, "version": peer.version, "program": peer.program }))
            .collect();
        let scenarios: Vec<Value> = self
            .results
            .iter()
            .map(|result| {
                let outcomes: serde_json::Map<String, Value> = self
                    .peers
                    .iter()
                    .zip(&result.outcomes)
                    .map(|(peer, outcome)| (peer.name.to_owned(), outcome_value(outcome)))
                    .collect();
                let (unit, better) = unit_of(&result.quantity);
                json!({
                    "scenario": result.scenario.name,
                    "what": result.scenario.what,
                    "connections": result.scenario.connections(),
                    "unit": unit,
                    "better": better,
                    "outcomes": outcomes,
                })
            })
            .collect();
        let sweeps = &self.sweeps;
        let sweep_value = |sweep: &Sweep| {
            let of_peer = |outcomes: &Vec<Outcome>| -> serde_json::Map<String, Value> {
                let sizes = sweep.sizes.iter().map(ToString::to_string);
                sizes.zip(outcomes.iter().map(outcome_value)).collect()
            };
            let names = sweeps.peers.iter().map(|peer| peer.name.to_owned());
            let outcomes: serde_json::Map<String, Value> = names
                .zip(
                    sweep
                        .outcomes
                        .iter()
                        .map(|outcomes| of_peer(outcomes).into()),
                )
                .collect();
            json!({
                "workload": sweep.workload.name,
                "what": sweep.workload.what,
                "unit": unit_of(&sweep.quantity).0,
                "sizes": outcomes,
            })
        };
        let text = json!({
            "pool": sweeps.sweeps.iter().map(sweep_value).collect::<Vec<_>>(),
            "date": today(),
            "machine": sys::machine(),
            "pinned": sys::pins(),
            "rounds": self.plan.rounds,
            "peers": peers,
            "scenarios": scenarios,
        });
        fs::write(path, format!("{text:#}\n"))
            .map_err(|error| Error::Io(path.display().to_string(), error))
    }
}

/// The unit, and what is better.
fn unit_of(quantity: &Quantity) -> (String, &'static str) {
    match quantity {
        Quantity::Rate(unit) => (format!("{unit}/s"), "more"),
        Quantity::Milliseconds => ("ms".to_owned(), "less"),
        Quantity::Kilobytes => ("KB".to_owned(), "less"),
    }
}

fn outcome_value(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Measured(samples) => {
            json!({ "rounds": samples.iter().map(sample_value).collect::<Vec<_>>() })
        }
        Outcome::Unsupported(why) => json!({ "unsupported": why }),
        Outcome::Failed(why) => json!({ "failed": why }),
    }
}

fn sample_value(sample: &Sample) -> Value {
    let latencies: serde_json::Map<String, Value> = PERCENTILES
        .iter()
        .zip(sample.latency_ms)
        .filter_map(|(percentile, value)| Some((format!("p{percentile}"), json!(value?))))
        .collect();
    json!({
        "figure": sample.figure,
        "latency_ms": latencies,
        "cpu_us": sample.cpu_us,
        "peak_mb": sample.memory_mb,
    })
}
