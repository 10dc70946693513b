//! The field `mappings` of a source map: groups of lines by `;`, segments by `,`, each up to five numbers in base 64 with
//! variable length, most of them differences from the segment before.
//!
//! Format: <https://tc39.es/ecma426/#sec-mappings>. What is no digit counts as 0, and what is missing at the end of a segment
//! too, as in Node. A segment without a name has none; in Node it has that of an earlier one.

/// Lines and columns from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: i64,
    pub column: i64,
}

/// Where a place comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original {
    /// Which of the maps of an index map; 0 where there is one.
    pub section: u32,
    /// Index in the map's `sources`, if the map is right.
    pub source: i64,
    pub position: Position,
    /// Index in the map's `names`.
    pub name: Option<i64>,
}

/// What one segment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub generated: Position,
    pub original: Option<Original>,
}

/// Sorted by generated position.
#[derive(Default)]
pub struct Mappings(Vec<Mapping>);

impl Mappings {
    /// Takes in the mappings of a map whose text begins at `start`.
    pub fn add(&mut self, text: &[u8], section: u32, start: Position) {
        let mut digits = Digits { text, at: 0 };
        let mut generated = start;
        let (mut source, mut position, mut name) = (0, Position::default(), 0);
        loop {
            if digits.peek() == Some(b',') {
                digits.at += 1;
            } else {
                while digits.peek() == Some(b';') {
                    generated.line += 1;
                    generated.column = 0;
                    digits.at += 1;
                }
                if digits.peek().is_none() {
                    break;
                }
            }
            generated.column += digits.number();
            let original = (!digits.ends_segment()).then(|| {
                source += digits.number();
                position.line += digits.number();
                position.column += digits.number();
                let named = !digits.ends_segment();
                if named {
                    name += digits.number();
                }
                Original {
                    section,
                    source,
                    position,
                    name: named.then_some(name),
                }
            });
            self.0.push(Mapping {
                generated,
                original,
            });
        }
        let key = |mapping: &Mapping| mapping.generated;
        if !self.0.is_sorted_by_key(key) {
            self.0.sort_by_key(key);
        }
    }

    /// The last mapping that isn't past a place.
    pub fn find(&self, line: f64, column: f64) -> Option<Mapping> {
        let is_past = |mapping: &Mapping| {
            let generated = mapping.generated;
            let (at_line, at_column) = (generated.line as f64, generated.column as f64);
            line < at_line || (line == at_line && column < at_column)
        };
        let end = self.0.partition_point(|mapping| !is_past(mapping));
        self.0[..end].last().copied()
    }
}

struct Digits<'a> {
    text: &'a [u8],
    at: usize,
}

impl Digits<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn ends_segment(&self) -> bool {
        matches!(self.peek(), None | Some(b',' | b';'))
    }

    /// The next number: five bits a digit, the lowest first, the sixth says whether there are more; the lowest bit of all is the
    /// sign.
    fn number(&mut self) -> i64 {
        const MORE: u32 = 1 << 5;
        let (mut value, mut shift) = (0_u32, 0);
        loop {
            let digit = self.peek().map_or(0, digit_of);
            self.at += 1;
            value |= (digit & (MORE - 1)).wrapping_shl(shift);
            shift += 5;
            if digit & MORE == 0 {
                break;
            }
        }
        let magnitude = i64::from(value >> 1);
        match (value & 1, magnitude) {
            (0, _) => magnitude,
            // There is no −0: it stands for the least number of 32 bits.
            (_, 0) => i64::from(i32::MIN),
            _ => -magnitude,
        }
    }
}

fn digit_of(character: u8) -> u32 {
    u32::from(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::{Digits, Mappings, Position};

    #[test]
    fn numbers_of_any_length_and_sign() {
        let cases = [
            ("A", 0),
            ("B", -2_147_483_648),
            ("C", 1),
            ("D", -1),
            ("gB", 16),
            ("hB", -16),
            ("+/////D", 2_147_483_647),
            ("//////D", -2_147_483_647),
            ("", 0),
            ("#", 0),
        ];
        for (text, expected) in cases {
            let mut digits = Digits {
                text: text.as_bytes(),
                at: 0,
            };
            assert_eq!(digits.number(), expected, "{text}");
        }
    }

    #[test]
    fn a_place_is_that_of_the_mapping_before_it() {
        let mut mappings = Mappings::default();
        // The third line first: sections come in any order.
        mappings.add(b"CAAA", 1, Position { line: 2, column: 3 });
        mappings.add(b"EAAA,GACC;A", 0, Position::default());
        let cases = [
            ((0, 0), None),
            ((0, 2), Some((0, 2, Some((0, 0, None))))),
            ((0, 4), Some((0, 2, Some((0, 0, None))))),
            ((0, 9), Some((0, 5, Some((1, 1, None))))),
            ((1, 7), Some((1, 0, None))),
            ((2, 9), Some((2, 4, Some((0, 0, None))))),
        ];
        for ((line, column), expected) in cases {
            let found = mappings.find(f64::from(line), f64::from(column));
            let found = found.map(|mapping| {
                let Position { line, column } = mapping.generated;
                let original = mapping
                    .original
                    .map(|from| (from.position.line, from.position.column, from.name));
                (line, column, original)
            });
            assert_eq!(found, expected, "{line}:{column}");
        }
    }
}
