//! The README's table: a row for each scenario, a column for each runtime.

use std::{fs, path::Path};

use super::{Report, ratio, spread::WARNING, spread_of, table};
use crate::{
    Error, Result,
    measure::{Measured, Outcome},
};

impl Report {
    /// The short table.
    pub fn short_table(&self) -> String {
        let peers = &self.peers[1..];
        let mut text = format!(
            "{}.\n\nBeside the figures of Ouro: how many times better they are than those of the others, the median of \
             the rounds with its extremes. Above 1 Ouro is ahead. Memory is the peak of the process, in MB.\n\n",
            self.circumstances()
        );
        text.push_str("| scenario | | Ouro |");
        for peer in peers {
            text.push_str(&format!(" to {} |", peer.name));
        }
        text.push_str(" memory |");
        for peer in peers {
            text.push_str(&format!(" {} |", peer.name));
        }
        text.push_str("\n|---|---|--:|");
        text.push_str(&"--:|".repeat(2 * peers.len() + 1));
        text.push('\n');
        for result in &self.results {
            text.push_str(&self.short_row(result));
        }
        if text.contains(WARNING) {
            text.push_str("\n⚠ The rounds lie too far apart for the figure to be trusted.\n");
        }
        text
    }

    fn short_row(&self, result: &Measured) -> String {
        let ouro = &result.outcomes[0];
        let figure = match ouro {
            Outcome::Measured(_) => spread_of(ouro, |sample| Some(sample.figure))
                .map_or("–".to_owned(), |spread| {
                    table::figure_text(&result.quantity, spread.median)
                }),
            Outcome::Unsupported(why) => format!("not there: {why}"),
            Outcome::Failed(_) => "failed".to_owned(),
        };
        let memory = |peer: usize| {
            spread_of(&result.outcomes[peer], |sample| sample.memory_mb)
                .map_or("–".to_owned(), |spread| format!("{:.0}", spread.median))
        };
        let mut row = format!(
            "| `{}` | {} | {figure} |",
            result.scenario.label(),
            result.scenario.what
        );
        for peer in 1..self.peers.len() {
            let text = ratio(result, peer).map_or("–".to_owned(), |spread| spread.ratio_text());
            row.push_str(&format!(" {text} |"));
        }
        for peer in 0..self.peers.len() {
            row.push_str(&format!(" {} |", memory(peer)));
        }
        row.push('\n');
        row
    }
}

/// Puts a text between two lines of a file: `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
///
/// # Errors
/// When the file or the lines aren't there.
pub fn between_markers(path: &Path, name: &str, text: &str) -> Result<()> {
    let failed = |error| Error::Io(path.display().to_string(), error);
    let old = fs::read_to_string(path).map_err(failed)?;
    let (begin, end) = (
        format!("<!-- {name}: begin -->\n"),
        format!("<!-- {name}: end -->\n"),
    );
    let split = || {
        let (before, rest) = old.split_once(&begin)?;
        let (_, after) = rest.split_once(&end)?;
        Some(format!("{before}{begin}{text}{end}{after}"))
    };
    let new = split().ok_or_else(|| {
        Error::Wrong(format!(
            "{}: the lines {} and {} are missing",
            path.display(),
            begin.trim_end(),
            end.trim_end()
        ))
    })?;
    fs::write(path, new).map_err(failed)
}
