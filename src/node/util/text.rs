//! The text work of `util.inspect`: quoting, the width that a terminal gives a text, removing its control sequences.

use boa_engine::{Context, JsArgs, JsResult, JsStr, JsString, JsValue, string::JsStrVariant};

/// A text as a JavaScript literal: in single quotes, or where that saves escapes in double quotes or backquotes.
pub fn quote(text: &JsString) -> JsString {
    match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => {
            let out = quote_units(bytes.iter().map(|byte| u16::from(*byte)), bytes.len());
            let out: Vec<u8> = out.into_iter().map(|unit| unit as u8).collect();
            JsStr::latin1(&out).into()
        }
        JsStrVariant::Utf16(units) => {
            let out = quote_units(units.iter().copied(), units.len());
            JsStr::utf16(&out).into()
        }
    }
}

const SINGLE: u16 = b'\'' as u16;
const DOUBLE: u16 = b'"' as u16;
const BACK: u16 = b'`' as u16;

pub(super) fn quote_units(units: impl Iterator<Item = u16> + Clone, length: usize) -> Vec<u16> {
    let mark = choose_quote(units.clone());
    let mut out = Vec::with_capacity(length + 2);
    out.push(mark);
    let mut units = units.peekable();
    let mut after_high = false;
    while let Some(unit) = units.next() {
        let was_after_high = std::mem::take(&mut after_high);
        match unit {
            0x08 => escape(&mut out, b"\\b"),
            0x09 => escape(&mut out, b"\\t"),
            0x0a => escape(&mut out, b"\\n"),
            0x0c => escape(&mut out, b"\\f"),
            0x0d => escape(&mut out, b"\\r"),
            0x00..=0x1f | 0x7f..=0x9f => escape(&mut out, format!("\\x{unit:02X}").as_bytes()),
            0x5c => escape(&mut out, b"\\\\"),
            SINGLE if mark == SINGLE => escape(&mut out, b"\\'"),
            0xd800..=0xdbff if matches!(units.peek(), Some(0xdc00..=0xdfff)) => {
                after_high = true;
                out.push(unit);
            }
            0xdc00..=0xdfff if was_after_high => out.push(unit),
            0xd800..=0xdfff => escape(&mut out, format!("\\u{unit:x}").as_bytes()),
            _ => out.push(unit),
        }
    }
    out.push(mark);
    out
}

fn escape(out: &mut Vec<u16>, text: &[u8]) {
    out.extend(text.iter().map(|byte| u16::from(*byte)));
}

fn choose_quote(units: impl Iterator<Item = u16>) -> u16 {
    let (mut single, mut double, mut back) = (false, false, false);
    let mut after_dollar = false;
    for unit in units {
        match unit {
            SINGLE => single = true,
            DOUBLE => double = true,
            BACK => back = true,
            0x7b if after_dollar => back = true,
            _ => {}
        }
        after_dollar = unit == u16::from(b'$');
    }
    match (single, double, back) {
        (true, false, _) => DOUBLE,
        (true, true, false) => BACK,
        _ => SINGLE,
    }
}

fn text_argument(args: &[JsValue], context: &mut Context) -> JsResult<JsString> {
    args.get_or_undefined(0).to_string(context)
}

pub(super) fn quote_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(quote(&text_argument(args, context)?).into())
}

/// A property's name as it stands in a literal: itself where it is an identifier, else quoted.
pub(super) fn key_text(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = text_argument(args, context)?;
    let plain = is_plain_key(&key);
    Ok(if plain { key } else { quote(&key) }.into())
}

/// Whether a name needs no quotes.
pub(super) fn is_plain_key(key: &JsString) -> bool {
    match key.as_str().variant() {
        JsStrVariant::Latin1(bytes) => {
            !bytes.is_empty()
                && !bytes[0].is_ascii_digit()
                && bytes
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        }
        JsStrVariant::Utf16(_) => false,
    }
}

/// `width(text, withoutControlSequences)`: columns of a terminal.
pub(super) fn width(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut text = text_argument(args, context)?;
    if args.get_or_undefined(1).to_boolean() {
        text = strip(&text);
    }
    let columns: usize = match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => bytes
            .iter()
            .filter(|byte| !matches!(byte, 0x00..=0x1f | 0x7f..=0x9f))
            .count(),
        JsStrVariant::Utf16(_) => text.to_std_string_lossy().chars().map(columns_of).sum(),
    };
    Ok((columns as u32).into())
}

/// After Unicode's East Asian Width (wide and full-width are two columns) and its combining classes (none).
pub fn columns_of(character: char) -> usize {
    match character as u32 {
        0x00..=0x1f
        | 0x7f..=0x9f
        | 0x300..=0x36f
        | 0x200b..=0x200f
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f
        | 0xe0100..=0xe01ef => 0,
        0x1100..=0x115f
        | 0x2329
        | 0x232a
        | 0x2e80..=0x303e
        | 0x3040..=0x3247
        | 0x3250..=0x4dbf
        | 0x4e00..=0xa4c6
        | 0xa960..=0xa97c
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe10..=0xfe19
        | 0xfe30..=0xfe6b
        | 0xff01..=0xff60
        | 0xffe0..=0xffe6
        | 0x1b000..=0x1b001
        | 0x1f200..=0x1f251
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

pub(super) fn strip_vt(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(strip(&text_argument(args, context)?).into())
}

const ESCAPE: u16 = 0x1b;
const CSI: u16 = 0x9b;

/// The text without the control sequences of terminals (ECMA-48, and the operating system commands of xterm).
pub fn strip(text: &JsString) -> JsString {
    if !text.iter().any(|unit| unit == ESCAPE || unit == CSI) {
        return text.clone();
    }
    let units = text.to_vec();
    let mut out = Vec::with_capacity(units.len());
    let mut at = 0;
    while at < units.len() {
        if matches!(units[at], ESCAPE | CSI)
            && let Some(end) = sequence_end(&units, at + 1)
        {
            at = end;
            continue;
        }
        out.push(units[at]);
        at += 1;
    }
    JsStr::utf16(&out).into()
}

/// Where a sequence that began before `at` ends, or `None` when it is none.
fn sequence_end(units: &[u16], mut at: usize) -> Option<usize> {
    let ascii = |at: usize| -> Option<u8> { u8::try_from(*units.get(at)?).ok() };
    while matches!(
        ascii(at),
        Some(b'[' | b']' | b'(' | b')' | b'#' | b';' | b'?')
    ) {
        at += 1;
    }
    command_end(units, at).or_else(|| {
        // Parameters, then one final byte.
        let mut end = at;
        while matches!(ascii(end), Some(b'0'..=b'9' | b';')) {
            end += 1;
        }
        let is_final = |byte: u8| {
            byte.is_ascii_digit()
                || matches!(byte, b'A'..=b'P' | b'R'..=b'T' | b'Z' | b'c' | b'f'..=b'n' | b'q'..=b'u' | b'y' | b'=' | b'>' | b'<' | b'~')
        };
        if ascii(end).is_some_and(is_final) {
            return Some(end + 1);
        }
        // Digits alone may end a sequence.
        (end > at && ascii(end - 1).is_some_and(is_final)).then_some(end)
    })
}

/// The end of a command that runs up to BEL or ST: titles, hyperlinks.
fn command_end(units: &[u16], mut at: usize) -> Option<usize> {
    loop {
        match *units.get(at)? {
            0x07 | 0x9c => return Some(at + 1),
            ESCAPE => return (*units.get(at + 1)? == u16::from(b'\\')).then_some(at + 2),
            unit => {
                let byte = u8::try_from(unit).ok()?;
                let allowed = byte.is_ascii_alphanumeric() || b"-/#&.:=?%@~_;".contains(&byte);
                if !allowed {
                    return None;
                }
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use boa_engine::js_string;

    #[test]
    fn quotes_as_node_does() {
        let cases = [
            ("abc", "'abc'"),
            ("it's", "\"it's\""),
            ("it's \"x\"", "`it's \"x\"`"),
            ("it's \"x\" `", "'it\\'s \"x\" `'"),
            ("it's \"${x}\"", "'it\\'s \"${x}\"'"),
            ("a\nb\t\u{1}\u{7f}\\", "'a\\nb\\t\\x01\\x7F\\\\'"),
        ];
        for (text, expected) in cases {
            assert_eq!(quote(&JsString::from(text)).to_std_string_lossy(), expected);
        }
        let lone = JsString::from(&[0xd83du16, 0x61][..]);
        assert_eq!(quote(&lone).to_std_string_lossy(), "'\\ud83da'");
        assert_eq!(quote(&js_string!("😀")).to_std_string_lossy(), "'😀'");
    }

    #[test]
    fn strips_control_sequences() {
        let cases = [
            ("\u{1b}[31mred\u{1b}[39m", "red"),
            ("\u{1b}]8;;http://x.y/\u{7}link\u{1b}]8;;\u{7}", "link"),
            ("plain", "plain"),
            ("a\u{1b}[0;33;49;3;9;4mb", "ab"),
        ];
        for (text, expected) in cases {
            assert_eq!(strip(&JsString::from(text)).to_std_string_lossy(), expected);
        }
    }
}
