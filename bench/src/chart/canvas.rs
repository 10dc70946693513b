//! A sheet to draw on, in pixels: the few shapes that the charts are made of, over the SVG backend of plotters.
//!
//! plotters has whole charts too, but its grid can't put ticks at chosen values nor labels at the ends of lines, so
//! only what turns shapes into SVG is taken from it.

use plotters::{
    backend::{DrawingBackend, SVGBackend},
    style::{
        Color, FontFamily, FontStyle, RGBAColor, RGBColor, ShapeStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::palette::{INK, Look, Marker, PAPER, QUIET};
use crate::{Error, Result};

/// The width of every chart.
pub const WIDTH: f64 = 900.0;
/// The room between the drawing and the edge.
pub const EDGE: f64 = 20.0;

/// Steps in a pixel: the backend's coordinates are whole numbers, and curves want finer ones.
const STEPS: f64 = 4.0;
/// The backend writes font sizes divided by this.
const FONT_UNIT: f64 = 1.24;
const FONT: &str = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif";

/// A position, in pixels from the upper left corner.
pub type Spot = (f64, f64);

/// How a text stands at its position.
#[derive(Clone, Copy)]
pub struct Type {
    pub size: f64,
    pub colour: RGBColor,
    pub bold: bool,
    pub across: HPos,
}

impl Type {
    pub const fn new(size: f64, colour: RGBColor, across: HPos) -> Self {
        Self {
            size,
            colour,
            bold: false,
            across,
        }
    }

    pub const fn bold(self, bold: bool) -> Self {
        Self { bold, ..self }
    }
}

/// The sheet.
pub struct Canvas<'a> {
    backend: SVGBackend<'a>,
    /// The first thing that went wrong; nothing is drawn after it.
    outcome: std::result::Result<(), String>,
}

/// Draws a sheet of this height, and gives its SVG text.
///
/// # Errors
/// When the backend can't draw.
pub fn sheet(title: &str, height: f64, draw: impl FnOnce(&mut Canvas)) -> Result<String> {
    let mut text = String::new();
    let size = (steps(WIDTH) as u32, steps(height) as u32);
    draw_into(&mut text, size, height, draw)
        .map_err(|reason| Error::Wrong(format!("the chart \"{title}\": {reason}")))?;
    // The backend's own size is in steps; without this a browser would show the picture that large.
    let in_steps = format!("width=\"{}\" height=\"{}\"", size.0, size.1);
    let in_pixels = format!("width=\"{WIDTH}\" height=\"{height}\" stroke-linejoin=\"round\"");
    Ok(text.replacen(&in_steps, &in_pixels, 1))
}

/// Appends the SVG text of the sheet.
fn draw_into(
    text: &mut String,
    size: (u32, u32),
    height: f64,
    draw: impl FnOnce(&mut Canvas),
) -> std::result::Result<(), String> {
    let mut canvas = Canvas {
        backend: SVGBackend::with_string(text, size),
        outcome: Ok(()),
    };
    canvas.rect((0.0, 0.0), (WIDTH, height), PAPER.mix(1.0));
    draw(&mut canvas);
    canvas.then(|backend| backend.present());
    canvas.outcome
}

impl Canvas<'_> {
    /// A filled rectangle, by two of its corners.
    pub fn rect(&mut self, from: Spot, to: Spot, colour: RGBAColor) {
        let (from, to) = (spot(from), spot(to));
        let corner = (from.0.min(to.0), from.1.min(to.1));
        let opposite = (from.0.max(to.0), from.1.max(to.1));
        self.then(|backend| backend.draw_rect(corner, opposite, &colour.filled(), true));
    }

    /// A straight line that isn't data: of the grid, of a spread, to a label.
    pub fn rule(&mut self, from: Spot, to: Spot, width: f64, colour: RGBAColor) {
        let style = colour.stroke_width(steps(width) as u32);
        self.then(|backend| backend.draw_line(spot(from), spot(to), &style));
    }

    /// The line through the points of a series.
    pub fn path(&mut self, points: &[Spot], width: f64, colour: RGBColor) {
        let style: ShapeStyle = colour.stroke_width(steps(width) as u32);
        self.then(|backend| backend.draw_path(points.iter().copied().map(spot), &style));
    }

    /// A filled polygon.
    pub fn polygon(&mut self, corners: &[Spot], colour: RGBAColor) {
        let style = colour.filled();
        self.then(|backend| backend.fill_polygon(corners.iter().copied().map(spot), &style));
    }

    /// The marker of a series, with a white rim that sets it off from lines that cross it.
    pub fn marker(&mut self, at: Spot, look: Look) {
        let radius = if look.strong { 4.5 } else { 4.0 };
        self.shape(at, radius + 1.25, look.marker, PAPER);
        self.shape(at, radius, look.marker, look.colour);
    }

    fn shape(&mut self, (x, y): Spot, radius: f64, marker: Marker, colour: RGBColor) {
        let colour = colour.mix(1.0);
        // Shapes with corners are made larger or smaller so that all look equally large.
        match marker {
            Marker::Circle => {
                let style = colour.filled();
                let radius = steps(radius) as u32;
                self.then(|backend| backend.draw_circle(spot((x, y)), radius, &style, true));
            }
            Marker::Square => {
                let r = radius * 0.9;
                self.rect((x - r, y - r), (x + r, y + r), colour);
            }
            Marker::Diamond => {
                let r = radius * 1.3;
                self.polygon(&[(x, y - r), (x + r, y), (x, y + r), (x - r, y)], colour);
            }
            Marker::Up | Marker::Down => {
                let r = radius * 1.2;
                let d = if marker == Marker::Up { r } else { -r };
                self.polygon(
                    &[(x, y - d), (x + r, y + 0.75 * d), (x - r, y + 0.75 * d)],
                    colour,
                );
            }
        }
    }

    /// A line of text whose middle is at this height.
    pub fn text(&mut self, text: &str, at: Spot, kind: Type) {
        let style = if kind.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        let font = (FontFamily::Name(FONT), kind.size * STEPS * FONT_UNIT, style);
        let style = TextStyle::from(font)
            .color(&kind.colour)
            .pos(Pos::new(kind.across, VPos::Center));
        // Control characters are no XML, not even escaped.
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        self.then(|backend| backend.draw_text(&text, &style, spot(at)));
    }

    /// Title and subtitle; gives the height at which they end.
    pub fn heading(&mut self, title: &str, subtitle: &str) -> f64 {
        let mut y = EDGE + 8.0;
        for line in wrapped(title, 18.0, WIDTH - 2.0 * EDGE) {
            self.text(
                &line,
                (EDGE, y),
                Type::new(18.0, INK, HPos::Left).bold(true),
            );
            y += 23.0;
        }
        for line in wrapped(subtitle, 13.0, WIDTH - 2.0 * EDGE) {
            self.text(&line, (EDGE, y), Type::new(13.0, QUIET, HPos::Left));
            y += 18.0;
        }
        y
    }

    fn then<E: std::fmt::Display>(
        &mut self,
        draw: impl FnOnce(&mut SVGBackend) -> std::result::Result<(), E>,
    ) {
        if self.outcome.is_ok() {
            self.outcome = draw(&mut self.backend).map_err(|error| error.to_string());
        }
    }
}

/// The height that [`Canvas::heading`] takes.
pub fn heading_height(title: &str, subtitle: &str) -> f64 {
    let lines = |text, size| wrapped(text, size, WIDTH - 2.0 * EDGE).len() as f64;
    EDGE + 8.0 + 23.0 * lines(title, 18.0) + 18.0 * lines(subtitle, 13.0)
}

/// How wide a text gets, rather more than less: which font the reader's browser takes isn't known here.
pub fn text_width(text: &str, size: f64) -> f64 {
    let ems: f64 =
        text.chars()
            .map(|c| match c {
                'i' | 'j' | 'l' | 't' | 'f' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!'
                | ' ' => 0.37,
                'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.9,
                'A'..='Z' => 0.70,
                _ if u32::from(c) >= 0x2e80 => 1.0,
                _ => 0.59,
            })
            .sum();
    ems * size
}

/// Breaks a text into lines of at most this width. A single word that is wider stays whole.
fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(line, size) + text_width(word, size) + size <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Cuts a text to a width, and shows that it did.
pub fn shortened(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if text_width(&short, size) + size * 1.6 > width {
            break;
        }
        short.push(c);
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Pixels in the backend's steps. A cast keeps within the type's range, and makes 0 of what isn't a number.
fn steps(pixels: f64) -> i32 {
    (pixels * STEPS).round() as i32
}

fn spot((x, y): Spot) -> (i32, i32) {
    (steps(x), steps(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_wrapped_and_cut() {
        let lines = wrapped("one two three four five six", 10.0, 80.0);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), "one two three four five six");
        assert!(lines.iter().all(|line| text_width(line, 10.0) <= 80.0));
        assert_eq!(wrapped("", 10.0, 80.0), [""; 0]);

        assert_eq!(shortened("short", 10.0, 80.0), "short");
        let cut = shortened("a name that doesn't fit at all", 10.0, 80.0);
        assert!(
            cut.ends_with('…') && text_width(&cut, 10.0) <= 80.0,
            "{cut}"
        );
    }

    #[test]
    fn the_height_of_a_heading_is_known_before_it_is_drawn() {
        let subtitle = "word ".repeat(60);
        let mut end = 0.0;
        sheet("t", 200.0, |canvas| end = canvas.heading("t", &subtitle)).unwrap();
        assert_eq!(end, heading_height("t", &subtitle));
        assert!(end > heading_height("t", "word"));
    }
}
