//! Line charts: a figure against connections or pool sizes, and latency against its percentiles.
//!
//! Each line is named at its end, so that nothing has to be looked up in a legend and nothing covers data.

use plotters::style::{Color, text_anchor::HPos};

use super::{
    Chart, Point, Series,
    canvas::{Canvas, EDGE, Spot, Type, WIDTH, heading_height, sheet, shortened, text_width},
    palette::{BASE, GRID, INK, Look, QUIET, looks},
    scale::{Ruler, Spacing},
};
use crate::Result;

/// The height of the part with the lines; more where there are many names beside it.
const PLOT: f64 = 330.0;
/// Text at the axes and at the lines' ends.
const SMALL: f64 = 13.0;
/// From one name to the next.
const PITCH: f64 = 19.0;
/// Between the axes and the outermost points.
const INSET: f64 = 14.0;
/// Between the end of a line and its name, for the leader and the marker.
const LEADER: f64 = 44.0;
/// A name takes at most this.
const NAME: f64 = 260.0;
/// A line with more points than this is drawn without markers.
const MARKED: usize = 24;

/// A figure against another, one line for each series: the SVG text.
///
/// # Errors
/// When the backend can't draw.
pub fn lines(chart: &Chart) -> Result<String> {
    draw(chart, chart.x.scale.into(), chart.y.scale.into())
}

/// A latency distribution: the SVG text. `x` is the percentile (50, 90, 99, 99.9 …; 100 is the maximum), spaced by its
/// nines, and `y` the latency in milliseconds, on a logarithmic axis; the scales that the chart names aren't looked at.
///
/// # Errors
/// When the backend can't draw.
pub fn percentiles(chart: &Chart) -> Result<String> {
    let points = chart.series.iter().flat_map(|series| &series.points);
    let values: Vec<f64> = points.map(|point| point.x).collect();
    draw(chart, Spacing::nines(&values), Spacing::Log10)
}

/// A series as it is drawn.
struct Line<'a> {
    name: &'a str,
    look: Look,
    /// Those with a place on both axes, from left to right.
    points: Vec<Point>,
}

fn draw(chart: &Chart, x: Spacing, y: Spacing) -> Result<String> {
    let lines = drawable(chart, x, y);
    let plot = PLOT.max(lines.len() as f64 * PITCH);
    let top = heading_height(&chart.title, &chart.subtitle) + 40.0;
    let height = top + plot + 66.0;
    sheet(&chart.title, height, |canvas| {
        canvas.heading(&chart.title, &chart.subtitle);
        let (mut x, mut y) = axes(&lines, (x, y), (top, top + plot));
        let empty = lines.iter().all(|line| line.points.is_empty());
        if empty {
            // Figures at the axes would be made up.
            x.ticks.clear();
            y.ticks.clear();
        }
        grid(canvas, chart, &x, &y);
        if empty {
            let middle = ((x.pixels.0 + x.pixels.1) / 2.0, top + plot / 2.0);
            canvas.text("no data", middle, Type::new(SMALL, QUIET, HPos::Center));
        }
        // What is strong comes last, and lies on top.
        let mut order: Vec<&Line> = lines.iter().collect();
        order.sort_by_key(|line| line.look.strong);
        for line in &order {
            spread(canvas, line, &x, &y);
        }
        for line in &order {
            line.draw(canvas, &x, &y);
        }
        names(canvas, &lines, &x, &y);
    })
}

fn drawable<'a>(chart: &'a Chart, x: Spacing, y: Spacing) -> Vec<Line<'a>> {
    let looks = looks(chart.series.iter().map(|series| series.name.as_str()));
    let line = |(series, look): (&'a Series, Look)| {
        let mut points = series.points.clone();
        points.retain(|point| x.has(point.x) && y.has(point.y));
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        Line {
            name: &series.name,
            look,
            points,
        }
    };
    chart.series.iter().zip(looks).map(line).collect()
}

/// The axes, laid so that their labels and the lines' names have room.
fn axes(lines: &[Line], (x, y): (Spacing, Spacing), (top, bottom): (f64, f64)) -> (Ruler, Ruler) {
    let points = || lines.iter().flat_map(|line| &line.points);
    let across: Vec<f64> = points().map(|point| point.x).collect();
    let upwards: Vec<f64> = points()
        .flat_map(|point| {
            let (low, high) = point.spread().unwrap_or((point.y, point.y));
            [low, point.y, high]
        })
        .filter(|value| y.has(*value))
        .collect();
    let y = Ruler::rounded(y, &upwards).between(bottom, top);
    let labels = y.ticks.iter().map(|tick| text_width(&tick.label, SMALL));
    let left = EDGE + labels.fold(0.0, f64::max) + 8.0;
    let names = lines.iter().map(|line| text_width(line.name, SMALL));
    let right = WIDTH - EDGE - names.fold(0.0, f64::max).min(NAME) - LEADER;
    let mut x = Ruler::reaching(x, &across).between(left + INSET, right - INSET);
    x.thin(|label| text_width(label, SMALL) + 12.0);
    (x, y)
}

fn grid(canvas: &mut Canvas, chart: &Chart, x: &Ruler, y: &Ruler) {
    let (left, right) = (x.pixels.0 - INSET, x.pixels.1 + INSET);
    let (bottom, top) = y.pixels;
    for tick in &y.ticks {
        let at = y.at(tick.value);
        canvas.rule((left, at), (right, at), 1.0, GRID.mix(1.0));
        let kind = Type::new(SMALL, QUIET, HPos::Right);
        canvas.text(&tick.label, (left - 8.0, at), kind);
    }
    canvas.rule((left, bottom), (right, bottom), 1.0, BASE.mix(1.0));
    for tick in &x.ticks {
        let at = x.at(tick.value);
        canvas.rule((at, bottom), (at, bottom + 5.0), 1.0, BASE.mix(1.0));
        let kind = Type::new(SMALL, QUIET, HPos::Center);
        canvas.text(&tick.label, (at, bottom + 17.0), kind);
    }
    let kind = Type::new(SMALL, INK, HPos::Left);
    canvas.text(&chart.y.label, (EDGE, top - 22.0), kind);
    let kind = Type::new(SMALL, INK, HPos::Center);
    let middle = (x.pixels.0 + x.pixels.1) / 2.0;
    canvas.text(&chart.x.label, (middle, bottom + 40.0), kind);
}

/// The spread of the rounds: a band along a line, a bar at a single point.
fn spread(canvas: &mut Canvas, line: &Line, x: &Ruler, y: &Ruler) {
    let ends: Vec<(f64, f64, f64)> = line
        .points
        .iter()
        .filter_map(|point| {
            let (low, high) = point.spread()?;
            Some((x.at(point.x), y.at(low), y.at(high)))
        })
        .collect();
    if ends.iter().all(|(_, low, high)| (low - high).abs() < 0.5) {
        return;
    }
    if let [(at, low, high)] = ends[..] {
        let colour = line.look.colour.mix(0.6);
        canvas.rule((at, low), (at, high), 1.5, colour);
        canvas.rule((at - 4.0, low), (at + 4.0, low), 1.5, colour);
        canvas.rule((at - 4.0, high), (at + 4.0, high), 1.5, colour);
        return;
    }
    let above = ends.iter().map(|(at, _, high)| (*at, *high));
    let below = ends.iter().rev().map(|(at, low, _)| (*at, *low));
    let outline: Vec<Spot> = above.chain(below).collect();
    canvas.polygon(&outline, line.look.colour.mix(0.16));
}

impl Line<'_> {
    fn draw(&self, canvas: &mut Canvas, x: &Ruler, y: &Ruler) {
        let spots: Vec<Spot> = self.spots(x, y).collect();
        if spots.len() > 1 {
            let width = if self.look.strong { 3.0 } else { 2.0 };
            canvas.path(&spots, width, self.look.colour);
        }
        if spots.len() <= MARKED {
            for at in spots {
                canvas.marker(at, self.look);
            }
        }
    }

    fn spots(&self, x: &Ruler, y: &Ruler) -> impl DoubleEndedIterator<Item = Spot> {
        self.points
            .iter()
            .map(|point| (x.at(point.x), y.at(point.y)))
    }
}

/// The names, beside the ends of their lines, moved apart where these are close.
fn names(canvas: &mut Canvas, lines: &[Line], x: &Ruler, y: &Ruler) {
    let (bottom, top) = y.pixels;
    let edge = x.pixels.1 + INSET;
    let mut ends: Vec<(&Line, Option<Spot>)> = lines
        .iter()
        .map(|line| (line, line.spots(x, y).next_back()))
        .collect();
    let wanted = |end: &Option<Spot>| end.map_or(bottom, |(_, y)| y);
    ends.sort_by(|a, b| wanted(&a.1).total_cmp(&wanted(&b.1)));
    let heights: Vec<f64> = ends.iter().map(|(_, end)| wanted(end)).collect();
    for ((line, end), height) in ends.iter().zip(apart(&heights, PITCH, top, bottom)) {
        let key = (edge + 22.0, height);
        if let Some(end) = *end {
            // A line that stops early has no leader: one across the plot would look like data.
            if edge - end.0 <= INSET + 0.5 {
                let colour = line.look.colour.mix(0.55);
                canvas.rule((end.0 + 6.0, end.1), (key.0 - 7.0, height), 1.0, colour);
            }
            canvas.marker(key, line.look);
        }
        let missing = if end.is_none() { " (no data)" } else { "" };
        let name = shortened(&format!("{}{missing}", line.name), SMALL, NAME);
        let colour = if end.is_none() { QUIET } else { INK };
        let kind = Type::new(SMALL, colour, HPos::Left).bold(line.look.strong);
        canvas.text(&name, (key.0 + 10.0, height), kind);
    }
}

/// Moves ascending positions as little as it takes for neighbours to be `pitch` apart, between two bounds.
fn apart(wanted: &[f64], pitch: f64, low: f64, high: f64) -> Vec<f64> {
    // Groups of neighbours that touch, as (sum of what their members want, less their offsets; how many).
    let mut groups: Vec<(f64, usize)> = Vec::new();
    let start = |(sum, count): (f64, usize)| {
        let extent = (count - 1) as f64 * pitch;
        (sum / count as f64).min(high - extent).max(low)
    };
    for position in wanted {
        let mut group = (*position, 1);
        while let Some(before) = groups.pop() {
            let end = start(before) + before.1 as f64 * pitch;
            if end <= start(group) {
                groups.push(before);
                break;
            }
            // The members of `group` stand further down by the length of the one before.
            let shift = before.1 as f64 * pitch * group.1 as f64;
            group = (before.0 + group.0 - shift, before.1 + group.1);
        }
        groups.push(group);
    }
    groups
        .into_iter()
        .flat_map(|group| (0..group.1).map(move |index| start(group) + index as f64 * pitch))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_moved_apart() {
        for (wanted, places) in [
            (&[][..], &[][..]),
            (&[10.0, 90.0], &[10.0, 90.0]),
            (&[50.0, 50.0], &[40.0, 60.0]),
            (&[0.0, 0.0, 5.0], &[0.0, 20.0, 40.0]),
            (&[100.0, 100.0, 100.0], &[60.0, 80.0, 100.0]),
            (&[30.0, 40.0, 50.0, 95.0], &[20.0, 40.0, 60.0, 95.0]),
        ] {
            assert_eq!(apart(wanted, 20.0, 0.0, 100.0), places, "{wanted:?}");
        }
    }
}
