//! The long table: a row for each scenario and runtime.

use super::{Report, Spread, ratio, spread::WARNING, spread_of};
use crate::{
    measure::{Measured, Outcome, Quantity, Sample},
    number,
};

const HEAD: &str = "\
| scenario | runtime | figure | p50 | p99 | p99.9 | CPU time | memory | Ouro to it |
|---|---|--:|--:|--:|--:|--:|--:|--:|
";

impl Report {
    /// The long table, with what has to be known to read it.
    pub fn table(&self) -> String {
        let mut rows = String::new();
        for result in &self.results {
            for peer in 0..self.peers.len() {
                rows.push_str(&self.row(result, peer));
            }
        }
        let warning = match rows.contains(WARNING) {
            true => "\n⚠ The rounds lie too far apart for the figure to be trusted.\n",
            false => "",
        };
        format!(
            "{}.\n\nFigures are medians of the rounds. CPU time is that of the runtime for each request, operation or \
             connection, or of the whole process where that is measured; memory is the peak of the process. The last \
             column says how many times better Ouro's figure is, round by round, with the extremes: above 1 Ouro is \
             ahead.\n\n{HEAD}{rows}{warning}",
            self.circumstances()
        )
    }

    fn row(&self, result: &Measured, peer: usize) -> String {
        let label = match peer {
            0 => format!("**{}** {}", result.scenario.label(), result.scenario.what),
            _ => String::new(),
        };
        let name = self.peers[peer].name;
        let outcome = &result.outcomes[peer];
        let said = match outcome {
            Outcome::Measured(_) => None,
            Outcome::Unsupported(why) => Some(format!("not there: {why}")),
            Outcome::Failed(why) => Some(format!("failed: {why}")),
        };
        if let Some(said) = said {
            let said = said.replace(['|', '\n'], " ");
            return format!("| {label} | {name} | {said} | | | | | | |\n");
        }
        let median = |of: &dyn Fn(&Sample) -> Option<f64>| {
            spread_of(outcome, of).map(|spread| spread.median)
        };
        let latency = |percentile| {
            median(&|sample| sample.latency(percentile)).map_or("–".to_owned(), milliseconds)
        };
        let figure = spread_of(outcome, |sample| Some(sample.figure));
        let versus = match peer {
            0 => None,
            peer => ratio(result, peer),
        };
        format!(
            "| {label} | {name} | {} | {} | {} | {} | {} | {} | {} |\n",
            figure.map_or("–".to_owned(), |spread| {
                let wide = if spread.is_wide() { " ⚠" } else { "" };
                figure_text(&result.quantity, spread.median) + wide
            }),
            latency(50.0),
            latency(99.0),
            latency(99.9),
            median(&|sample| sample.cpu_us).map_or("–".to_owned(), microseconds),
            median(&|sample| sample.memory_mb)
                .map_or("–".to_owned(), |value| format!("{value:.1} MB")),
            versus.map_or(String::new(), |spread: Spread| spread.ratio_text()),
        )
    }
}

/// A figure with its unit.
pub fn figure_text(quantity: &Quantity, value: f64) -> String {
    match quantity {
        Quantity::Rate(unit) => format!("{} {unit}/s", number::figure(value)),
        Quantity::Milliseconds => milliseconds(value),
        Quantity::Kilobytes => format!("{value:.1} KB"),
    }
}

pub fn milliseconds(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{} ms", number::figure(value)),
        value if value >= 10.0 => format!("{value:.1} ms"),
        value if value >= 0.1 => format!("{value:.2} ms"),
        value => format!("{:.1} µs", value * 1e3),
    }
}

fn microseconds(value: f64) -> String {
    match value {
        value if value >= 10_000.0 => milliseconds(value / 1e3),
        value if value >= 10.0 => format!("{} µs", number::figure(value)),
        value if value >= 0.1 => format!("{value:.2} µs"),
        value => format!("{:.1} ns", value * 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_count() {
        let rate = Quantity::Rate("requests".to_owned());
        let table = [
            (figure_text(&rate, 71_053.4), "71,053 requests/s"),
            (figure_text(&rate, 1_234_567.0), "1,234,567 requests/s"),
            (figure_text(&rate, 1.234), "1.23 requests/s"),
            (figure_text(&rate, 123.4), "123 requests/s"),
            (figure_text(&Quantity::Milliseconds, 8.53), "8.53 ms"),
            (figure_text(&Quantity::Milliseconds, 0.0123), "12.3 µs"),
            (figure_text(&Quantity::Kilobytes, 7.04), "7.0 KB"),
            (microseconds(61_234.0), "61.2 ms"),
            (microseconds(13.4), "13.4 µs"),
            (microseconds(0.05), "50.0 ns"),
        ];
        for (text, expected) in table {
            assert_eq!(text, expected);
        }
    }
}
