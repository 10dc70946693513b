//! What is shown: a row for each scenario and runtime, every sample as JSON, and the short table of the README.

mod json;
mod readme;
mod spread;
mod table;

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{
    load,
    measure::{Measured, Outcome, Plan, Sample},
    peers::Peer,
    pool::Sweeps,
    sys,
};

pub use readme::between_markers;
pub use spread::Spread;
pub use table::{figure_text, milliseconds};

/// All that was measured.
pub struct Report {
    pub peers: Vec<Peer>,
    pub plan: Plan,
    pub results: Vec<Measured>,
    pub sweeps: Sweeps,
}

impl Report {
    /// Which versions, when, on what, how.
    pub fn circumstances(&self) -> String {
        let names: Vec<String> = self
            .peers
            .iter()
            .map(|peer| format!("{} {}", peer.name, peer.version))
            .collect();
        let pins = if sys::pins() {
            "server and client on cores of their own"
        } else {
            "nothing pinned"
        };
        let generator = if load::uses_wrk() { "wrk" } else { "hyper" };
        let rounds = match self.plan.rounds {
            1 => "one round".to_owned(),
            rounds => format!("{rounds} rounds in turns"),
        };
        format!(
            "{}; {}, on {}; {rounds}, {pins}, load from {generator}",
            names.join(", "),
            today(),
            sys::machine(),
        )
    }

    /// What went wrong, a line for each.
    pub fn failures(&self) -> Vec<String> {
        let of = |result: &Measured| {
            let label = result.scenario.label();
            let failed = |(peer, outcome): (&Peer, &Outcome)| match outcome {
                Outcome::Failed(why) => Some(format!("{label} under {}: {why}", peer.name)),
                Outcome::Measured(_) | Outcome::Unsupported(_) => None,
            };
            let outcomes = self.peers.iter().zip(&result.outcomes);
            outcomes.filter_map(failed).collect::<Vec<_>>()
        };
        let mut failures: Vec<String> = self.results.iter().flat_map(of).collect();
        failures.extend(self.sweeps.failures());
        failures
    }
}

/// How many times better Ouro is than a runtime, round by round.
pub fn ratio(result: &Measured, peer: usize) -> Option<Spread> {
    let pairs = result.outcomes[0]
        .samples()
        .iter()
        .zip(result.outcomes[peer].samples());
    Spread::of(pairs.map(|(ouro, peer)| result.quantity.ratio(ouro.figure, peer.figure)))
}

/// A figure of the rounds of one runtime.
pub fn spread_of(outcome: &Outcome, of: impl Fn(&Sample) -> Option<f64>) -> Option<Spread> {
    Spread::of(outcome.samples().iter().filter_map(of))
}

/// Today's date in UTC, as `2026-01-31`.
pub fn today() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    // Days are counted in years that begin with March, so that the leap day is a year's last.
    let days = since.as_secs() / 86_400 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year + next)
}
