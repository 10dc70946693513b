//! From values to pixels, and which values an axis names.

use super::{Scale, label};
use crate::number::grouped;

/// How values are spaced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spacing {
    Linear,
    Log2,
    Log10,
    /// Percentiles, by their nines: from 90 to 99 it is as far as from 99 to 99.9. The 100th has infinitely many, and
    /// stands at this place instead.
    Nines {
        maximum: f64,
    },
}

impl From<Scale> for Spacing {
    fn from(scale: Scale) -> Self {
        match scale {
            Scale::Linear => Self::Linear,
            Scale::Log2 => Self::Log2,
            Scale::Log10 => Self::Log10,
        }
    }
}

impl Spacing {
    /// Percentiles that reach to these values.
    pub fn nines(values: &[f64]) -> Self {
        let last = values
            .iter()
            .filter(|value| (0.0..100.0).contains(*value))
            .map(|value| nines(*value))
            .fold(0.0, f64::max);
        Self::Nines {
            maximum: last + 0.6,
        }
    }

    /// Whether a value has a place on such an axis. The bounds only keep the arithmetic finite.
    pub fn has(self, value: f64) -> bool {
        match self {
            Self::Linear => value.abs() <= 1e15,
            Self::Log2 | Self::Log10 => (1e-15..=1e15).contains(&value),
            Self::Nines { .. } => (0.0..=100.0).contains(&value),
        }
    }

    /// The value's place, on a ruler whose marks are even. Only for values that have one.
    fn place(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log2 | Self::Log10 => value.log10(),
            Self::Nines { maximum } if value >= 100.0 => maximum,
            Self::Nines { .. } => nines(value),
        }
    }
}

/// How many nines a percentile below 100 begins with, fractions included.
fn nines(percentile: f64) -> f64 {
    -(1.0 - percentile / 100.0).log10()
}

/// A value that an axis names.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// An axis with its range and ticks, between two positions in pixels.
#[derive(Clone, Debug)]
pub struct Ruler {
    spacing: Spacing,
    /// The ends of the range, as places.
    range: (f64, f64),
    pub pixels: (f64, f64),
    pub ticks: Vec<Tick>,
}

impl Ruler {
    /// A vertical axis, whose range is rounded to ticks and starts at 0 where it is linear.
    pub fn rounded(spacing: Spacing, values: &[f64]) -> Self {
        let (low, high) = ends(values);
        let (range, ticks) = match spacing {
            Spacing::Linear => linear(low.min(0.0), high.max(0.0)),
            Spacing::Log2 => doubling(low, high),
            Spacing::Log10 => decades(low, high),
            Spacing::Nines { .. } => ((low, high), percentiles(values)),
        };
        Self::new(spacing, range, ticks)
    }

    /// A horizontal axis, which reaches from the first value to the last.
    pub fn reaching(spacing: Spacing, values: &[f64]) -> Self {
        let (low, high) = ends(values);
        let (range, ticks) = match spacing {
            Spacing::Linear => {
                let near_zero = low > 0.0 && low < 0.3 * high;
                let (_, ticks) = linear(if near_zero { 0.0 } else { low }, high);
                ((if near_zero { 0.0 } else { low }, high), ticks)
            }
            Spacing::Log2 => ((low, high), occurring(values, |v| grouped(v, places(v)))),
            Spacing::Log10 => ((low, high), decades(low, high).1),
            Spacing::Nines { .. } => ((low, high), percentiles(values)),
        };
        Self::new(spacing, range, ticks)
    }

    /// An axis of ratios, which has a tick at 1 and reaches to all values.
    pub fn ratios(values: &[f64]) -> Self {
        let (low, high) = ends(values);
        let (low, high) = (low.min(1.0), high.max(1.0));
        let (_, mut ticks) = decades(low, high);
        for tick in &mut ticks {
            tick.label.push('×');
        }
        Self::new(Spacing::Log10, (low.min(0.8), high.max(1.25)), ticks)
    }

    fn new(spacing: Spacing, (low, high): (f64, f64), ticks: Vec<Tick>) -> Self {
        let (from, to) = (spacing.place(low), spacing.place(high));
        // A single value stands in the middle.
        let range = if to > from {
            (from, to)
        } else {
            (from - 1.0, from + 1.0)
        };
        let mut ruler = Self {
            spacing,
            range,
            pixels: (0.0, 1.0),
            ticks,
        };
        // Give or take what arithmetic loses.
        let slack = (range.1 - range.0) * 1e-6;
        let inside = (range.0 - slack)..=(range.1 + slack);
        ruler
            .ticks
            .retain(|tick| inside.contains(&spacing.place(tick.value)));
        ruler
    }

    /// Lays the axis between two positions.
    pub fn between(mut self, from: f64, to: f64) -> Self {
        self.pixels = (from, to);
        self
    }

    /// The position of a value; that of the nearer end where the axis doesn't reach it.
    pub fn at(&self, value: f64) -> f64 {
        let (from, to) = self.range;
        let share = if self.spacing.has(value) {
            ((self.spacing.place(value) - from) / (to - from)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    /// Drops ticks whose labels would touch, when each takes `width` pixels. The last one stays, and after it those
    /// to its left that have room.
    pub fn thin(&mut self, width: impl Fn(&str) -> f64) {
        let mut free_to = f64::INFINITY;
        let mut kept = Vec::new();
        for tick in self.ticks.iter().rev() {
            let (at, half) = (self.at(tick.value), width(&tick.label) / 2.0);
            if at + half <= free_to {
                free_to = at - half;
                kept.push(tick.clone());
            }
        }
        kept.reverse();
        self.ticks = kept;
    }
}

fn ends(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().reduce(f64::min);
    let high = values.iter().copied().reduce(f64::max);
    low.zip(high).unwrap_or((1.0, 1.0))
}

type Laid = ((f64, f64), Vec<Tick>);

/// Some five even steps of 1, 2 or 5 times a power of ten.
fn linear(low: f64, high: f64) -> Laid {
    let high = if high > low { high } else { low + 1.0 };
    let step = at_least((high - low) / 6.0);
    let from = (low / step).floor() * step;
    let count = ((high - from) / step - 1e-9).ceil().clamp(1.0, 20.0) as u32;
    let value = |index: u32| from + f64::from(index) * step;
    let unit = label::unit(value(count).abs().max(from.abs()));
    let ticks = (0..=count)
        .map(|index| Tick {
            value: value(index),
            label: label::stepped(value(index), step, unit),
        })
        .collect();
    ((from, value(count)), ticks)
}

/// The smallest of 1, 2, 5, 10 … that is at least this.
fn at_least(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let digit = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|digit| digit * power >= value * (1.0 - 1e-9));
    digit.unwrap_or(10.0) * power
}

/// The values 1, 2, 5, 10 … by number: 0 is 1, 3 is 10, −1 is 0.5.
fn one_two_five(index: i32) -> f64 {
    let digit = [1.0, 2.0, 5.0][index.rem_euclid(3) as usize];
    let power = index.div_euclid(3);
    // Divided by a whole power, since 10^-1 isn't exact.
    if power < 0 {
        digit / 10f64.powi(-power)
    } else {
        digit * 10f64.powi(power)
    }
}

/// From one of 1, 2, 5 … to another, at least three of them; ticks at all or, over many decades, at powers of ten.
fn decades(low: f64, high: f64) -> Laid {
    let mut first = 3 * low.log10().floor() as i32;
    while one_two_five(first + 1) <= low * (1.0 + 1e-9) {
        first += 1;
    }
    let mut last = first;
    while one_two_five(last) < high * (1.0 - 1e-9) {
        last += 1;
    }
    while last - first < 3 {
        last += 1;
        if last - first < 3 {
            first -= 1;
        }
    }
    // Each tick, or one for so many decades that there are no more than ten.
    let stride = match last - first {
        span if span <= 9 => 1,
        span => 3 * (1 + span / 33),
    };
    let ticks = (first..=last)
        .filter(|index| index.rem_euclid(stride) == 0)
        .map(|index| Tick {
            value: one_two_five(index),
            label: label::short(one_two_five(index)),
        })
        .collect();
    ((one_two_five(first), one_two_five(last)), ticks)
}

/// From one power of two to another.
fn doubling(low: f64, high: f64) -> Laid {
    let first = (low.log2() + 1e-9).floor() as i32;
    let last = ((high.log2() - 1e-9).ceil() as i32).max(first + 2);
    let stride = (last - first) / 8 + 1;
    let ticks = (first..=last)
        .filter(|index| index.rem_euclid(stride) == 0)
        .map(|index| 2f64.powi(index))
        .map(|value| Tick {
            value,
            label: grouped(value, places(value)),
        })
        .collect();
    ((2f64.powi(first), 2f64.powi(last)), ticks)
}

/// How many decimals show a value that isn't whole: three digits' worth.
fn places(value: f64) -> usize {
    (0..9)
        .find(|places| {
            let shown = 10f64.powi(*places as i32);
            ((value * shown).round() / shown - value).abs() <= value.abs() * 1e-3
        })
        .unwrap_or(9)
}

fn occurring(values: &[f64], label: impl Fn(f64) -> String) -> Vec<Tick> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let tick = |value| Tick {
        value,
        label: label(value),
    };
    values.into_iter().map(tick).collect()
}

/// The percentiles that occur; of a whole distribution, those that people speak of.
fn percentiles(values: &[f64]) -> Vec<Tick> {
    const USUAL: [f64; 8] = [0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 100.0];
    let label = |value: f64| match value {
        100.0 => "max".to_owned(),
        _ => format!("{}%", (value * 1e6).round() / 1e6),
    };
    let all = occurring(values, label);
    if all.len() <= 8 {
        return all;
    }
    let (low, high) = ends(values);
    let usual: Vec<f64> = USUAL
        .into_iter()
        .filter(|value| (low..=high).contains(value))
        .collect();
    occurring(&usual, label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ruler: &Ruler) -> Vec<&str> {
        ruler.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn a_linear_axis_starts_at_zero() {
        let ruler = Ruler::rounded(Spacing::Linear, &[9_000.0, 51_000.0]).between(300.0, 0.0);
        assert_eq!(
            labels(&ruler),
            ["0", "10k", "20k", "30k", "40k", "50k", "60k"]
        );
        assert_eq!(ruler.at(0.0), 300.0);
        assert_eq!(ruler.at(60_000.0), 0.0);
        assert_eq!(ruler.at(30_000.0), 150.0);
    }

    #[test]
    fn a_logarithmic_axis_names_powers_of_ten_or_what_lies_between() {
        let ruler = Ruler::rounded(Spacing::Log10, &[0.1, 800.0]);
        assert_eq!(labels(&ruler), ["0.1", "1", "10", "100", "1,000"]);
        let ruler = Ruler::rounded(Spacing::Log10, &[0.3, 7.0]);
        assert_eq!(labels(&ruler), ["0.2", "0.5", "1", "2", "5", "10"]);
        let ruler = Ruler::rounded(Spacing::Log10, &[3.0]);
        assert!(ruler.ticks.len() >= 3);
    }

    #[test]
    fn connections_are_named_where_they_occur() {
        let counts = [1.0, 8.0, 64.0, 512.0, 4096.0, 10_000.0, 8.0];
        let mut ruler = Ruler::reaching(Spacing::Log2, &counts).between(0.0, 600.0);
        let all = ["1", "8", "64", "512", "4,096", "10,000"];
        assert_eq!(labels(&ruler), all);
        ruler.thin(|_| 50.0);
        assert_eq!(labels(&ruler), all);
        ruler.thin(|_| 100.0);
        assert_eq!(labels(&ruler), ["1", "8", "64", "512", "10,000"]);
    }

    #[test]
    fn nines_are_evenly_spaced() {
        let values = [50.0, 90.0, 99.0, 99.9, 100.0];
        let ruler = Ruler::reaching(Spacing::nines(&values), &values).between(0.0, 1000.0);
        assert_eq!(labels(&ruler), ["50%", "90%", "99%", "99.9%", "max"]);
        let step = ruler.at(99.0) - ruler.at(90.0);
        assert!((ruler.at(99.9) - ruler.at(99.0) - step).abs() < 1e-6);
        assert_eq!(ruler.at(100.0), 1000.0);
    }

    #[test]
    fn ratios_have_a_tick_at_one() {
        for values in [&[0.01, 3.0][..], &[2.0, 40.0], &[1e-5, 1e5], &[1.0], &[]] {
            let ruler = Ruler::ratios(values);
            assert!(labels(&ruler).contains(&"1×"), "{values:?}: {ruler:?}");
        }
    }

    #[test]
    fn extreme_values_have_few_ticks() {
        for values in [&[1e-15, 1e15][..], &[0.0], &[1e15], &[1e-15], &[]] {
            for spacing in [Spacing::Linear, Spacing::Log2, Spacing::Log10] {
                let values: Vec<f64> = values.iter().copied().filter(|v| spacing.has(*v)).collect();
                for ruler in [
                    Ruler::rounded(spacing, &values),
                    Ruler::reaching(spacing, &values),
                ] {
                    assert!(ruler.ticks.len() <= 21, "{spacing:?} {values:?}");
                    assert!(values.iter().all(|v| ruler.at(*v).is_finite()));
                }
            }
        }
    }
}
