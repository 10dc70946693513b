//! The look of a runtime: the same colour and marker in every picture.
//!
//! The colours are those of Okabe and Ito, chosen to be told apart by colour-blind eyes too; the markers tell them
//! apart in grey.

use plotters::style::RGBColor;

/// The text of titles and labels.
pub const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
/// The text that explains: subtitle, axes.
pub const QUIET: RGBColor = RGBColor(0x59, 0x63, 0x6e);
/// The lines of the grid.
pub const GRID: RGBColor = RGBColor(0xe4, 0xe7, 0xeb);
/// The line from which an axis counts.
pub const BASE: RGBColor = RGBColor(0x81, 0x8b, 0x98);
/// Every second row of a bar chart.
pub const STRIPE: RGBColor = RGBColor(0xf4, 0xf6, 0xf8);
/// The ground.
pub const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);

/// The shape that stands at each point of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    Circle,
    Square,
    Diamond,
    Up,
    Down,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    pub colour: RGBColor,
    pub marker: Marker,
    /// Drawn last, thicker, its name bold: Ouro.
    pub strong: bool,
}

const fn look(colour: RGBColor, marker: Marker) -> Look {
    Look {
        colour,
        marker,
        strong: false,
    }
}

const OURO: Look = Look {
    strong: true,
    ..look(RGBColor(0xd5, 0x5e, 0x00), Marker::Circle)
};
const NODE: Look = look(RGBColor(0x00, 0x9e, 0x73), Marker::Square);
const JITLESS: Look = look(RGBColor(0x56, 0xb4, 0xe9), Marker::Diamond);
const DENO: Look = look(RGBColor(0x00, 0x54, 0x93), Marker::Up);
const BUN: Look = look(RGBColor(0xcc, 0x79, 0xa7), Marker::Down);

/// For every other name, in the order in which they come.
const FURTHER: [Look; 5] = [
    look(RGBColor(0x4d, 0x4d, 0x4d), Marker::Square),
    look(RGBColor(0xe6, 0x9f, 0x00), Marker::Up),
    look(RGBColor(0x6a, 0x3d, 0x9a), Marker::Diamond),
    look(RGBColor(0x99, 0x99, 0x99), Marker::Circle),
    look(RGBColor(0x8c, 0x51, 0x0a), Marker::Down),
];

/// The looks of the series of one picture. A runtime that comes a second time gets a further colour there.
pub fn looks<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Look> {
    let mut taken = Vec::new();
    let mut further = FURTHER.into_iter().cycle();
    for name in names {
        let look = match runtime(name) {
            Some(look) if !taken.contains(&look) => look,
            _ => further.next().unwrap_or(NODE),
        };
        taken.push(look);
    }
    taken
}

/// The runtime that a name begins with: `Node`, `node 26.1.0`, `Node --jitless`.
fn runtime(name: &str) -> Option<Look> {
    let name = name.to_ascii_lowercase();
    let first = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    match first {
        "ouro" => Some(OURO),
        "node" if name.contains("jitless") => Some(JITLESS),
        "node" => Some(NODE),
        "deno" => Some(DENO),
        "bun" => Some(BUN),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_looks_the_same_everywhere() {
        for (name, look) in [
            ("Ouro", OURO),
            ("ouro 0.1.0", OURO),
            ("Node", NODE),
            ("Node.js v26.1.0", NODE),
            ("Node --jitless", JITLESS),
            ("node 26 (--jitless)", JITLESS),
            ("Deno", DENO),
            ("Bun 1.3", BUN),
        ] {
            assert_eq!(looks([name].into_iter()), [look], "{name}");
        }
        assert_eq!(runtime("Bundler"), None);
    }

    #[test]
    fn no_two_series_of_a_picture_look_alike() {
        let names = ["Ouro", "Node", "libuv", "Node (again)", "tokio", ""];
        let looks = looks(names.into_iter());
        for (index, look) in looks.iter().enumerate() {
            assert!(!looks[..index].contains(look), "{}", names[index]);
        }
    }
}
