//! How often requests are served the quick way, for `--http-figures`: which heads needed the strict parser, which requests became
//! streams, which responses somebody watched, where script saw a socket. The connection and the messages count here; the
//! end of the process prints it.

use std::{cell::Cell, fmt::Write};

use crate::runtime::{State, fatal};

/// What is counted, in the order of the report.
#[derive(Clone, Copy)]
pub enum Figure {
    /// Connections that no `net.Socket` was made for when they came in.
    Connections,
    /// Connections that came by way of 'connection'.
    Shown,
    /// Sockets made later, because script asked for one.
    Sockets,
    Requests,
    /// Heads that one pass of the quick parser read.
    QuickHeads,
    /// Requests whose stream was made.
    Streams,
    Responses,
    /// Responses whose end nobody waited for: over in the call of `end`.
    Unwatched,
    /// Writes to the system for a connection's output.
    Writes,
}

const NAMES: [&str; 9] = [
    "connections without a socket at first",
    "connections by way of 'connection'",
    "sockets made later",
    "requests",
    "heads read in one quick pass",
    "requests that became streams",
    "responses",
    "responses over in the call of end",
    "writes to the system",
];

/// The counts of a runtime.
#[derive(Default)]
struct Figures([Cell<u64>; NAMES.len()]);

/// Counts one more.
pub fn count(figure: Figure, state: &State) {
    if state.options.http_figures {
        let figures = state.slot::<Figures>();
        let cell = &figures.0[figure as usize];
        cell.set(cell.get() + 1);
    }
}

/// Prints the counts to the standard error stream, if `--http-figures` asked for them. Call it where the process ends.
pub fn report(state: &State) {
    if !state.options.http_figures {
        return;
    }
    let figures = state.slot::<Figures>();
    let mut text = String::new();
    for (name, count) in NAMES.iter().zip(&figures.0) {
        let _ = writeln!(text, "{:>9} {name}", count.get());
    }
    fatal::write_error(&text);
}
