//! Charts of the results, as SVG text: lines ([`lines()`]), latency distributions ([`percentiles`]), ratios ([`bars()`]).
//!
//! The report calls these and writes what comes back. They are made for a README: 900 pixels wide, on a white ground
//! of their own so that a dark page doesn't swallow them, each runtime in the same colour and with the same marker in
//! every picture ([`palette`]). Whatever the figures are, there is a picture: what can't be drawn is left out of it.

mod bars;
mod canvas;
mod label;
mod lines;
mod palette;
mod scale;
#[cfg(test)]
mod tests;

pub use bars::{BarGroup, bars};
pub use lines::{lines, percentiles};

/// A figure and the spread of the rounds that it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where it stands on the horizontal axis. Bars ignore it.
    pub x: f64,
    /// The figure itself.
    pub y: f64,
    /// The lower end of the spread; `y` where there is none.
    pub low: f64,
    /// The upper end of the spread; `y` where there is none.
    pub high: f64,
}

impl Point {
    /// The ends of the spread, with `y` between them whatever was given. `None` when `y` isn't a number.
    fn spread(&self) -> Option<(f64, f64)> {
        let or_y = |end: f64| if end.is_finite() { end } else { self.y };
        self.y
            .is_finite()
            .then(|| (or_y(self.low).min(self.y), or_y(self.high).max(self.y)))
    }
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Shown at the end of the line. A runtime's name, with or without its version, chooses its colour.
    pub name: String,
    /// In any order; those that the axes can't show are left out.
    pub points: Vec<Point>,
}

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly. The vertical axis starts at 0.
    Linear,
    /// By doubling. A horizontal axis has its ticks at the values that occur: for connections and pool sizes.
    Log2,
    /// By powers of ten.
    Log10,
}

/// An axis. Its label names the unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub label: String,
    pub scale: Scale,
}

/// What [`lines()`] and [`percentiles`] draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub title: String,
    /// Date, versions, machine; wrapped where it is long.
    pub subtitle: String,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
}
