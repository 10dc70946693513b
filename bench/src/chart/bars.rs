//! Horizontal bars: one row of the report each, one bar for each series, as ratios on a logarithmic axis.
//!
//! The bars grow from 1, to the right where the ratio is larger and to the left where it is smaller: twice as fast is
//! as long as twice as slow.

use plotters::style::{Color, text_anchor::HPos};

use super::{
    Point,
    canvas::{Canvas, EDGE, Type, WIDTH, heading_height, sheet, shortened, text_width},
    palette::{BASE, GRID, INK, Look, QUIET, STRIPE, looks},
    scale::{Ruler, Spacing},
};
use crate::{Result, number::ratio};

/// Text of names and axes.
const SMALL: f64 = 13.0;
/// Text of the figures at the bars.
const FIGURE: f64 = 11.0;
/// Above and below the bars of a group.
const MARGIN: f64 = 6.0;
/// A name takes at most this.
const NAME: f64 = 280.0;
/// From one line of the legend to the next.
const LEGEND: f64 = 22.0;

/// The bars of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct BarGroup {
    pub name: String,
    /// One for each series, in their order; `None`, shown as `n/a`, where there is no figure.
    pub values: Vec<Option<Point>>,
}

/// Ratios, one group of bars for each row: the SVG text. `axis` says what is divided by what, and which way is better.
///
/// # Errors
/// When the backend can't draw.
pub fn bars(
    title: &str,
    subtitle: &str,
    axis: &str,
    series: &[String],
    groups: &[BarGroup],
) -> Result<String> {
    let looks = looks(series.iter().map(String::as_str));
    let legend = legend(series, &looks);
    let rows = Rows::new(series.len());
    let heading = heading_height(title, subtitle);
    let last_key = legend.last().map_or(0.0, |key| key.at.1 + LEGEND);
    let top = heading + last_key + 58.0;
    let bottom = top + rows.height() * groups.len().max(1) as f64;
    sheet(title, bottom + 30.0 + EDGE, |canvas| {
        canvas.heading(title, subtitle);
        for key in &legend {
            key.draw(canvas, heading + 14.0);
        }
        let x = axis_of(groups);
        let kind = Type::new(SMALL, INK, HPos::Left);
        canvas.text(axis, (EDGE, top - 38.0), kind);
        ground(canvas, groups, &x, rows, (top, bottom));
        for (index, group) in groups.iter().enumerate() {
            let from = top + rows.height() * index as f64;
            rows.draw(canvas, group, &looks, &x, from);
        }
    })
}

/// An entry of the legend, placed relative to its upper end.
struct Key<'a> {
    name: &'a str,
    look: Look,
    at: (f64, f64),
}

/// In one line, or in as many as it takes.
fn legend<'a>(series: &'a [String], looks: &[Look]) -> Vec<Key<'a>> {
    let mut at = (EDGE, 0.0);
    let mut keys = Vec::new();
    for (name, look) in series.iter().zip(looks) {
        let width = 18.0 + text_width(name, SMALL) + 22.0;
        if at.0 > EDGE && at.0 + width > WIDTH {
            at = (EDGE, at.1 + LEGEND);
        }
        keys.push(Key {
            name,
            look: *look,
            at,
        });
        at.0 += width;
    }
    keys
}

impl Key<'_> {
    fn draw(&self, canvas: &mut Canvas, top: f64) {
        let (x, y) = (self.at.0, self.at.1 + top);
        let colour = self.look.colour.mix(1.0);
        canvas.rect((x, y - 6.0), (x + 12.0, y + 6.0), colour);
        let name = shortened(self.name, SMALL, WIDTH - x - 18.0 - EDGE);
        let kind = Type::new(SMALL, INK, HPos::Left).bold(self.look.strong);
        canvas.text(&name, (x + 18.0, y), kind);
    }
}

/// The figure and the ends of its spread, if there is a bar for it.
fn drawable(value: &Option<Point>) -> Option<(f64, f64, f64)> {
    let point = value.as_ref().filter(|point| Spacing::Log10.has(point.y))?;
    let (low, high) = point.spread()?;
    let low = if Spacing::Log10.has(low) {
        low
    } else {
        point.y
    };
    Some((low, point.y, high))
}

/// The axis of ratios, with room for names to its left and for figures beside the bars.
fn axis_of(groups: &[BarGroup]) -> Ruler {
    let figures = groups.iter().flat_map(|group| &group.values);
    let values: Vec<f64> = figures
        .filter_map(drawable)
        .flat_map(|(low, _, high)| [low, high])
        .collect();
    let names = groups.iter().map(|group| text_width(&group.name, SMALL));
    let left = EDGE + names.fold(0.0, f64::max).min(NAME) + 12.0;
    let room = 46.0;
    let mut x = Ruler::ratios(&values).between(left + room, WIDTH - EDGE - room);
    x.thin(|label| text_width(label, SMALL) + 10.0);
    x
}

/// Stripes behind every second row, the names, and the axis at both ends.
fn ground(
    canvas: &mut Canvas,
    groups: &[BarGroup],
    x: &Ruler,
    rows: Rows,
    (top, bottom): (f64, f64),
) {
    for (index, group) in groups.iter().enumerate() {
        let from = top + rows.height() * index as f64;
        if index % 2 == 0 {
            let to = (WIDTH - EDGE, from + rows.height());
            canvas.rect((EDGE, from), to, STRIPE.mix(1.0));
        }
        let name = shortened(&group.name, SMALL, NAME);
        let kind = Type::new(SMALL, INK, HPos::Left);
        canvas.text(&name, (EDGE + 6.0, from + rows.height() / 2.0), kind);
    }
    for tick in &x.ticks {
        let at = x.at(tick.value);
        let (width, colour) = if tick.value == 1.0 {
            (1.5, BASE)
        } else {
            (1.0, GRID)
        };
        canvas.rule((at, top), (at, bottom), width, colour.mix(1.0));
        let kind = Type::new(SMALL, QUIET, HPos::Center);
        canvas.text(&tick.label, (at, top - 12.0), kind);
        canvas.text(&tick.label, (at, bottom + 14.0), kind);
    }
    if groups.is_empty() {
        let middle = ((x.pixels.0 + x.pixels.1) / 2.0, (top + bottom) / 2.0);
        canvas.text("no data", middle, Type::new(SMALL, QUIET, HPos::Center));
    }
}

/// How the bars of a group are stacked.
#[derive(Clone, Copy)]
struct Rows {
    count: usize,
    thickness: f64,
    pitch: f64,
}

impl Rows {
    /// Fewer bars are thicker.
    fn new(series: usize) -> Self {
        let (thickness, pitch) = match series {
            0 | 1 => (14.0, 16.0),
            2 => (10.0, 12.0),
            _ => (8.0, 11.0),
        };
        Self {
            count: series.max(1),
            thickness,
            pitch,
        }
    }

    fn height(self) -> f64 {
        self.count as f64 * self.pitch + 2.0 * MARGIN
    }

    fn draw(self, canvas: &mut Canvas, group: &BarGroup, looks: &[Look], x: &Ruler, top: f64) {
        let one = x.at(1.0);
        for (index, look) in looks.iter().enumerate() {
            let middle = top + MARGIN + (index as f64 + 0.5) * self.pitch;
            let kind = |colour, across| Type::new(FIGURE, colour, across).bold(look.strong);
            let value = group.values.get(index).and_then(drawable);
            let Some((low, value, high)) = value else {
                canvas.text("n/a", (one + 6.0, middle), kind(QUIET, HPos::Left));
                continue;
            };
            let half = self.thickness / 2.0;
            let mut end = x.at(value);
            // A ratio of 1 is a bar too.
            if (end - one).abs() < 1.5 {
                end = one + 1.5;
            }
            let colour = look.colour.mix(1.0);
            canvas.rect((one, middle - half), (end, middle + half), colour);
            let (from, to) = (x.at(low), x.at(high));
            if to - from >= 1.0 {
                canvas.rule((from, middle), (to, middle), 1.25, INK.mix(0.7));
            }
            let figure = format!("{}×", ratio(value));
            if value < 1.0 {
                let at = (from.min(end) - 4.0, middle);
                canvas.text(&figure, at, kind(INK, HPos::Right));
            } else {
                let at = (to.max(end) + 4.0, middle);
                canvas.text(&figure, at, kind(INK, HPos::Left));
            }
        }
    }
}
