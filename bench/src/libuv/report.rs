//! What is shown: a table, for the terminal or as Markdown, and the samples as JSON.

use std::{fs, path::Path};

use serde_json::json;

use super::{Measured, Sample, peers::Peer};
use crate::{
    Error, Result,
    number::grouped,
    report::{Spread, today},
    sys,
};

/// All that was measured.
pub struct Report {
    libuv: Option<Peer>,
    rounds: usize,
    results: Vec<Measured>,
}

const HEAD: [&str; 8] = [
    "workload", "what", "Ouro", "libuv", "ratio", "best", "CPU", "memory",
];

impl Report {
    pub fn new(libuv: Option<Peer>, rounds: usize, results: Vec<Measured>) -> Self {
        Self {
            libuv,
            rounds,
            results,
        }
    }

    /// What has to be known to read the table.
    fn preface(&self) -> String {
        let libuv = match &self.libuv {
            Some(libuv) => format!("beside libuv {}", libuv.version),
            None => "alone, without libuv".to_owned(),
        };
        format!(
            "ouro-loop and ouro-threadpool {} {libuv}, {}, on {}; {} rounds in turns, each run a process of its own. \
             Operations a second, the median of the rounds; the ratio is Ouro's to libuv's within a round, the median with \
             its extremes, above 1 where Ouro is faster; best is the ratio of the two fastest runs. CPU time and peak memory \
             of the process are Ouro's to libuv's, below 1 where Ouro needs less.\n\n",
            env!("CARGO_PKG_VERSION"),
            today(),
            sys::machine(),
            self.rounds,
        )
    }

    pub fn markdown(&self) -> String {
        let mut text = self.preface();
        text.push_str(&format!("| {} |\n", HEAD.join(" | ")));
        text.push_str("|---|---|--:|--:|--:|--:|--:|--:|\n");
        for result in &self.results {
            let [name, what, rest @ ..] = row(result);
            text.push_str(&format!("| `{name}` | {what} | {} |\n", rest.join(" | ")));
        }
        text
    }

    /// The table in columns, without what the workloads are.
    pub fn text(&self) -> String {
        let mut rows = vec![HEAD.map(str::to_owned)];
        rows.extend(self.results.iter().map(row));
        let mut text = self.preface();
        for row in &rows {
            for column in (0..HEAD.len()).filter(|column| HEAD[*column] != "what") {
                let widths = rows.iter().map(|row| row[column].chars().count());
                let width = widths.max().unwrap_or_default();
                let cell = &row[column];
                text.push_str(&match column {
                    0 => format!("{cell:<width$}"),
                    _ => format!("  {cell:>width$}"),
                });
            }
            text.push('\n');
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
                "seconds": sample.seconds,
                "cpu_seconds": sample.cpu_seconds,
                "memory_mb": sample.memory,
            })
        };
        let workloads: Vec<_> = self
            .results
            .iter()
            .map(|result| {
                let rounds = result.rounds.iter();
                let (ouro, libuv): (Vec<_>, Vec<_>) = rounds
                    .map(|(ouro, libuv)| (sample(ouro), libuv.as_ref().map(sample)))
                    .unzip();
                json!({
                    "workload": result.workload.name,
                    "what": result.workload.what,
                    "unit": result.workload.unit,
                    "operations": result.count,
                    "ouro": ouro,
                    "libuv": libuv,
                })
            })
            .collect();
        let all = json!({
            "date": today(),
            "machine": sys::machine(),
            "ouro": env!("CARGO_PKG_VERSION"),
            "libuv": self.libuv.as_ref().map(|libuv| &libuv.version),
            "workloads": workloads,
        });
        fs::write(path, format!("{all:#}\n"))
            .map_err(|error| Error::Io(path.display().to_string(), error))
    }
}

fn row(result: &Measured) -> [String; HEAD.len()] {
    let Measured {
        workload,
        count,
        rounds,
    } = result;
    let none = || "–".to_owned();
    let rate = |sample: &Sample| *count as f64 / sample.seconds;
    let ours = || rounds.iter().map(|(ouro, _)| ouro);
    let theirs = || rounds.iter().filter_map(|(_, libuv)| libuv.as_ref());
    let unit = workload.unit;
    let figure = |spread: Option<Spread>| {
        spread.map_or_else(none, |spread| {
            format!("{} {unit}/s", grouped(spread.median, 0))
        })
    };
    let ratios = |of: fn(&Sample) -> Option<f64>| {
        Spread::of(
            rounds
                .iter()
                .filter_map(|(ouro, libuv)| Some(of(ouro)? / of(libuv.as_ref()?)?)),
        )
    };
    let best = |mut samples: Vec<f64>| {
        samples.sort_by(f64::total_cmp);
        samples.last().copied()
    };
    let best = best(ours().map(rate).collect()).zip(best(theirs().map(rate).collect()));
    let median =
        |spread: Option<Spread>| spread.map_or_else(none, |spread| format!("{:.2}", spread.median));
    [
        workload.name.to_owned(),
        workload.what.to_owned(),
        figure(Spread::of(ours().map(rate))),
        figure(Spread::of(theirs().map(rate))),
        ratios(|sample| Some(1.0 / sample.seconds)).map_or_else(none, |spread| spread.ratio_text()),
        best.map_or_else(none, |(ouro, libuv)| format!("{:.2}", ouro / libuv)),
        median(ratios(|sample| sample.cpu_seconds)),
        median(ratios(|sample| sample.memory)),
    ]
}
