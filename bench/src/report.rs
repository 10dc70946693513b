//! What is shown: a table, the samples as JSON, the table in the README.

use std::{
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::json;

use crate::{
    Error, Result,
    measure::{Measured, Plan, Sample},
    peers::Peer,
    scenario::Kind,
    sys,
};

/// Between these lines of the README stands the table.
const MARKERS: (&str, &str) = ("<!-- bench: begin -->\n", "<!-- bench: end -->\n");

/// A ratio whose rounds lie further apart than this share of it is not to be trusted.
const WIDE: f64 = 0.2;

/// All that was measured.
pub struct Report {
    peers: [Peer; 2],
    plan: Plan,
    results: Vec<Measured>,
}

/// A median with its extremes.
pub struct Spread {
    pub median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        Some(Self {
            median: *values.get(values.len() / 2)?,
            least: *values.first()?,
            most: *values.last()?,
        })
    }

    pub fn ratio_text(&self) -> String {
        let Self {
            median,
            least,
            most,
        } = self;
        let wide = if most - least > WIDE * median {
            " ⚠"
        } else {
            ""
        };
        format!("**{median:.2}** ({least:.2}–{most:.2}){wide}")
    }
}

impl Report {
    pub fn new(peers: &[Peer; 2], plan: &Plan, results: Vec<Measured>) -> Self {
        Self {
            peers: peers.clone(),
            plan: plan.clone(),
            results,
        }
    }

    /// The table, with what has to be known to read it.
    pub fn markdown(&self) -> String {
        let [ouro, node] = &self.peers;
        let pins = if sys::pins() {
            "server and client on cores of their own"
        } else {
            "nothing pinned"
        };
        let mut text = format!(
            "Ouro {} beside Node.js {}, {}, on {}; {} rounds in turns, {pins}; ratios are Ouro's figure to Node's, \
             the median of the rounds with their extremes. Memory is the peak of the process.\n\n",
            ouro.version,
            node.version,
            today(),
            sys::machine(),
            self.plan.rounds,
        );
        text.push_str("| scenario | | Ouro | Node | ratio | p50, p99 Ouro | p50, p99 Node | memory Ouro | memory Node | ratio |\n");
        text.push_str("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        for result in &self.results {
            text.push_str(&row(result));
        }
        let wide = text.contains('⚠');
        text.push('\n');
        if wide {
            text.push_str("⚠ The rounds lie too far apart for the figure to be trusted.\n");
        }
        text
    }

    /// Writes every sample.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write_json(&self, path: &Path) -> Result<()> {
        let sample = |sample: &Sample| {
            json!({
                "figure": sample.figure,
                "p50_ms": sample.p50_ms,
                "p99_ms": sample.p99_ms,
                "peak_mb": sample.memory,
            })
        };
        let scenarios: Vec<_> = self
            .results
            .iter()
            .map(|result| {
                let of = |peer: usize| -> Vec<_> {
                    result
                        .rounds
                        .iter()
                        .map(|round| sample(&round[peer]))
                        .collect()
                };
                json!({
                    "scenario": result.scenario.name,
                    "what": result.scenario.what,
                    "unit": unit(&result.scenario.kind),
                    "ouro": of(0),
                    "node": of(1),
                })
            })
            .collect();
        let [ouro, node] = &self.peers;
        let all = json!({
            "date": today(),
            "machine": sys::machine(),
            "pinned": sys::pins(),
            "ouro": ouro.version,
            "node": node.version,
            "scenarios": scenarios,
        });
        fs::write(path, format!("{all:#}\n"))
            .map_err(|error| Error::Io(path.display().to_string(), error))
    }

    /// Puts the table into the README, between its markers.
    ///
    /// # Errors
    /// When the README or its markers aren't there.
    pub fn write_readme(&self) -> Result<()> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
        let failed = |error| Error::Io(path.display().to_string(), error);
        let text = fs::read_to_string(&path).map_err(failed)?;
        let (begin, end) = MARKERS;
        let parts = text.split_once(begin).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(end)?;
            Some((before, after))
        });
        let (before, after) = parts.ok_or_else(|| {
            Error::Wrong(format!(
                "{}: the markers of the table are missing",
                path.display()
            ))
        })?;
        let table = self.markdown();
        fs::write(&path, format!("{before}{begin}{table}{end}{after}")).map_err(failed)
    }
}

fn unit(kind: &Kind) -> &'static str {
    match kind {
        Kind::Script { .. } | Kind::FirstAnswer(_) => "ms",
        Kind::Server(_) => "requests/s",
    }
}

fn row(result: &Measured) -> String {
    let rounds = &result.rounds;
    let median = |peer: usize, of: fn(&Sample) -> Option<f64>| {
        Spread::of(rounds.iter().filter_map(|round| of(&round[peer]))).map(|spread| spread.median)
    };
    let figure = |peer| {
        let value = median(peer, |sample| Some(sample.figure)).unwrap_or_default();
        match unit(&result.scenario.kind) {
            "ms" => format!("{value:.1} ms"),
            unit => format!("{value:.0} {unit}"),
        }
    };
    let latency = |peer| {
        let p50 = median(peer, |sample| Some(sample.p50_ms)).unwrap_or_default();
        let p99 = median(peer, |sample| Some(sample.p99_ms)).unwrap_or_default();
        format!("{p50:.2}, {p99:.2} ms")
    };
    let memory = |peer| {
        median(peer, |sample| sample.memory)
            .map_or("–".to_owned(), |value| format!("{value:.1} MB"))
    };
    let ratio = |of: fn(&Sample) -> Option<f64>| {
        let ratios = rounds
            .iter()
            .filter_map(|[ouro, node]| Some(of(ouro)? / of(node)?));
        Spread::of(ratios).map_or("–".to_owned(), |spread| spread.ratio_text())
    };
    format!(
        "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        result.scenario.name,
        result.scenario.what,
        figure(0),
        figure(1),
        ratio(|sample| Some(sample.figure)),
        latency(0),
        latency(1),
        memory(0),
        memory(1),
        ratio(|sample| sample.memory),
    )
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
