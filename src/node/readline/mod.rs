//! `readline`: the lines of a text, and where a text puts the cursor. What reacts to keys and streams is script.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/readline.html>

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, object::builtins::JsArray, string::JsStrVariant,
};

use crate::{engine::native::Natives, node::util};

/// `binding('readline')`.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("splitLines", 1, split_lines)
        .function("displayPosition", 3, display_position)
        .function("wordBefore", 2, word_before)
        .function("wordAfter", 2, word_after)
        .build())
}

const LINE_FEED: u16 = 0x0a;
const CARRIAGE_RETURN: u16 = 0x0d;
/// Line and paragraph separator: the other ends of lines that Unicode has.
const SEPARATORS: [u16; 2] = [0x2028, 0x2029];

/// `splitLines(text)`: what stands before each end of a line, and last the rest.
fn split_lines(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let mut lines: Vec<JsValue> = Vec::new();
    let rest = match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => {
            let start = each_line(
                bytes.len(),
                |at| u16::from(bytes[at]),
                |start, end| {
                    lines.push(text.get_expect(start..end).into());
                },
            );
            text.get_expect(start..bytes.len())
        }
        JsStrVariant::Utf16(units) => {
            let start = each_line(
                units.len(),
                |at| units[at],
                |start, end| {
                    lines.push(text.get_expect(start..end).into());
                },
            );
            text.get_expect(start..units.len())
        }
    };
    lines.push(rest.into());
    Ok(JsArray::from_iter(lines, context).into())
}

/// Calls back with the bounds of each complete line; returns where the rest starts.
fn each_line(
    length: usize,
    unit: impl Fn(usize) -> u16,
    mut line: impl FnMut(usize, usize),
) -> usize {
    let (mut start, mut at) = (0, 0);
    while at < length {
        let end = at;
        let found = unit(at);
        at += 1;
        if found == CARRIAGE_RETURN {
            if at < length && unit(at) == LINE_FEED {
                at += 1;
            }
        } else if found != LINE_FEED && !SEPARATORS.contains(&found) {
            continue;
        }
        line(start, end);
        start = at;
    }
    start
}

/// `displayPosition(text, columns, tabSize)`: `[column, row]` of the cursor after the text, written at the left edge of a
/// terminal so wide.
fn display_position(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let columns = args.get_or_undefined(1).to_number(context)?;
    let tab = args.get_or_undefined(2).to_number(context)?;
    let text = util::strip_control_sequences(&text).to_std_string_lossy();
    let (column, row) = position(&text, columns, tab);
    Ok(JsArray::from_iter([column.into(), row.into()], context).into())
}

fn position(text: &str, columns: f64, tab: f64) -> (f64, f64) {
    let (mut offset, mut rows) = (0.0, 0.0);
    for character in text.chars() {
        match character {
            '\n' => {
                // A line of its own even if nothing is on it, or the terminal has no edge.
                rows += (offset / columns).ceil().max(1.0);
                offset = 0.0;
            }
            '\t' => offset += tab - offset % tab,
            _ => match util::columns_of(character) {
                2 => {
                    // A wide character isn't broken over two lines.
                    if (offset + 1.0) % columns == 0.0 {
                        offset += 1.0;
                    }
                    offset += 2.0;
                }
                width => offset += width as f64,
            },
        }
    }
    let column = offset % columns;
    (column, rows + (offset - column) / columns)
}

/// What words are made of, and what is between them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Word,
    Mark,
}

fn kind(unit: u16) -> Kind {
    match char::from_u32(u32::from(unit)) {
        Some('_' | '0'..='9' | 'a'..='z' | 'A'..='Z') => Kind::Word,
        Some('\u{feff}') => Kind::Space,
        Some(character) if character.is_whitespace() => Kind::Space,
        _ => Kind::Mark,
    }
}

/// How many of these are of one kind.
fn run(mut units: impl Iterator<Item = u16>, wanted: Kind) -> usize {
    let mut count = 0;
    while units.next().is_some_and(|unit| kind(unit) == wanted) {
        count += 1;
    }
    count
}

/// `wordBefore(text, at)`: how far it is back to the start of a word, or of a run of marks.
fn word_before(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (units, at) = units_and_place(args, context)?;
    let back = units[..at].iter().rev().copied();
    let spaces = run(back.clone(), Kind::Space);
    let rest = back.clone().skip(spaces);
    let word = match rest.clone().next() {
        Some(unit) => run(rest, kind(unit)),
        None => 0,
    };
    Ok((spaces + word).into())
}

/// `wordAfter(text, at)`: how far it is to the start of the next word.
fn word_after(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (units, at) = units_and_place(args, context)?;
    let ahead = units[at..].iter().copied();
    let Some(first) = ahead.clone().next() else {
        return Ok(0.into());
    };
    let word = run(ahead.clone(), kind(first));
    let spaces = run(ahead.skip(word), Kind::Space);
    Ok((word + spaces).into())
}

fn units_and_place(args: &[JsValue], context: &mut Context) -> JsResult<(Vec<u16>, usize)> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let at = args.get_or_undefined(1).to_length(context)? as usize;
    let units: Vec<u16> = text.iter().collect();
    let at = at.min(units.len());
    Ok((units, at))
}

#[cfg(test)]
mod tests {
    use super::{each_line, position};

    #[test]
    fn lines_end_in_every_way() {
        let cases: [(&str, &[&str], &str); 6] = [
            ("a\nb\r\nc\rd", &["a", "b", "c"], "d"),
            ("", &[], ""),
            ("\n\n", &["", ""], ""),
            ("a\r", &["a"], ""),
            ("a\u{2028}b\u{2029}c", &["a", "b"], "c"),
            ("\r\n\r", &["", ""], ""),
        ];
        for (text, lines, rest) in cases {
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut found = Vec::new();
            let start = each_line(
                units.len(),
                |at| units[at],
                |start, end| {
                    found.push(String::from_utf16_lossy(&units[start..end]));
                },
            );
            assert_eq!(found, lines, "{text:?}");
            assert_eq!(String::from_utf16_lossy(&units[start..]), rest);
        }
    }

    #[test]
    fn the_cursor_is_where_a_terminal_has_it() {
        let cases = [
            ("abc", f64::INFINITY, (3.0, 0.0)),
            ("a\nb", f64::INFINITY, (1.0, 1.0)),
            ("\n", 10.0, (0.0, 1.0)),
            ("abcd", 2.0, (0.0, 2.0)),
            ("a\tb", 80.0, (9.0, 0.0)),
            ("谢", 80.0, (2.0, 0.0)),
            ("a谢", 2.0, (0.0, 2.0)),
            ("0123456789\nx", 5.0, (1.0, 2.0)),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(position(text, columns, 8.0), expected, "{text:?}");
        }
    }
}
