//! The character encodings of Node: between the engine's strings and bytes. The one place for them: `Buffer`, `fs`, streams,
//! sockets and hashes all come here.
//!
//! A string of the engine is Latin-1 or UTF-16 inside; both are read in place. What decodes to ASCII becomes a Latin-1
//! string with one copy.

use boa_engine::{
    JsStr, JsString, JsValue,
    string::{JsStrVariant, Latin1JsStringBuilder, Utf16JsStringBuilder},
};
use encoding_rs::mem;

use super::{base64, hex, utf8};
use crate::{engine::strings, sys::lanes};

/// An encoding that `Buffer.isEncoding` knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// `utf8`: malformed bytes decode to U+FFFD as the WHATWG Encoding Standard says, lone surrogates encode to it.
    #[default]
    Utf8,
    /// `utf16le`, `ucs2`: code units, low byte first.
    Utf16Le,
    /// `latin1`, `binary`: the low byte of each code unit.
    Latin1,
    /// `ascii`: encodes as `latin1`, decodes with the high bit cleared.
    Ascii,
    /// `base64`; decoding takes both alphabets, skips what is in neither and stops at `=`.
    Base64,
    /// `base64url`: the URL alphabet without padding; decodes as `base64`.
    Base64Url,
    /// `hex`; decoding stops at the first pair that isn't hexadecimal.
    Hex,
}

impl Encoding {
    /// The encoding of that name in any mixture of cases, or `None`.
    #[must_use]
    pub fn parse(name: JsStr<'_>) -> Option<Self> {
        // As it mostly is written; what stands in a program is of two-byte units.
        match name.variant() {
            JsStrVariant::Latin1(b"utf8") => return Some(Self::Utf8),
            JsStrVariant::Utf16([0x75, 0x74, 0x66, 0x38]) => return Some(Self::Utf8),
            _ => {}
        }
        let mut letters = [0_u8; 9];
        let length = name.len();
        if length > letters.len() {
            return None;
        }
        for (letter, unit) in letters.iter_mut().zip(name.iter()) {
            *letter = u8::try_from(unit).ok()?.to_ascii_lowercase();
        }
        Some(match &letters[..length] {
            b"utf8" | b"utf-8" => Self::Utf8,
            b"ucs2" | b"ucs-2" | b"utf16le" | b"utf-16le" => Self::Utf16Le,
            b"latin1" | b"binary" => Self::Latin1,
            b"ascii" => Self::Ascii,
            b"base64" => Self::Base64,
            b"base64url" => Self::Base64Url,
            b"hex" => Self::Hex,
            _ => return None,
        })
    }

    /// The encoding that a value names; `None` for values that aren't strings, and for unknown names.
    #[must_use]
    pub fn of(value: &JsValue) -> Option<Self> {
        value
            .as_string()
            .and_then(|name| Self::parse(name.as_str()))
    }

    /// Node's canonical name of the encoding.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Utf16Le => "utf16le",
            Self::Latin1 => "latin1",
            Self::Ascii => "ascii",
            Self::Base64 => "base64",
            Self::Base64Url => "base64url",
            Self::Hex => "hex",
        }
    }

    /// The string that the bytes stand for.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> JsString {
        if bytes.is_empty() {
            return JsString::default();
        }
        match self {
            Self::Utf8 => decode_utf8(bytes),
            Self::Utf16Le => decode_utf16le(bytes),
            Self::Latin1 => strings::latin1(bytes),
            Self::Ascii if is_ascii(bytes) => strings::latin1(bytes),
            Self::Ascii => {
                let masked: Vec<u8> = bytes.iter().map(|byte| byte & 0x7f).collect();
                strings::latin1(&masked)
            }
            Self::Base64 => base64::encode(bytes),
            Self::Base64Url => base64::encode_url(bytes),
            Self::Hex => match hex::encode_short(bytes, &mut [0; SHORT]) {
                Some(digits) => strings::latin1(digits),
                None => strings::latin1(&hex::encode(bytes)),
            },
        }
    }

    /// The bytes of a string.
    #[must_use]
    pub fn encode(self, text: JsStr<'_>) -> Vec<u8> {
        match (self, text.variant()) {
            (Self::Utf8, JsStrVariant::Latin1(units)) => encode_latin1_as_utf8(units),
            (Self::Utf8, JsStrVariant::Utf16(units)) => {
                let mut bytes = vec![0; utf8_length(units)];
                let length = utf8::from_utf16(units, &mut bytes);
                bytes.truncate(length);
                bytes
            }
            (Self::Latin1 | Self::Ascii, JsStrVariant::Latin1(units)) => units.to_vec(),
            (Self::Latin1 | Self::Ascii, JsStrVariant::Utf16(units)) => {
                units.iter().map(|unit| *unit as u8).collect()
            }
            (Self::Utf16Le, JsStrVariant::Latin1(units)) => {
                little_endian(units.iter().map(|unit| u16::from(*unit)))
            }
            (Self::Utf16Le, JsStrVariant::Utf16(units)) => little_endian(units.iter().copied()),
            (Self::Base64 | Self::Base64Url, JsStrVariant::Latin1(units)) => base64::decode(units),
            (Self::Base64 | Self::Base64Url, JsStrVariant::Utf16(units)) => {
                base64::decode(&low_bytes(units))
            }
            (Self::Hex, _) => hex::decode(text),
        }
    }

    /// The bytes of base64 or hexadecimal digits that have nothing else among them, if there is room; `None` for any other string.
    pub fn encode_short<'a>(self, text: JsStr<'_>, room: &'a mut [u8]) -> Option<&'a [u8]> {
        match (self, text.variant()) {
            (Self::Hex, _) => hex::decode_short(text, room),
            (Self::Base64 | Self::Base64Url, JsStrVariant::Latin1(letters)) => {
                base64::decode_short(letters, room)
            }
            _ => None,
        }
    }

    /// Writes as much of a string as fits, in whole characters; returns the number of bytes written.
    pub fn write(self, text: JsStr<'_>, into: &mut [u8]) -> usize {
        match (self, text.variant()) {
            (Self::Utf8, JsStrVariant::Latin1(units)) => utf8::from_latin1(units, into),
            (Self::Utf8, JsStrVariant::Utf16(units)) => utf8::from_utf16(units, into),
            (Self::Latin1 | Self::Ascii, JsStrVariant::Latin1(units)) => copy(units, into),
            (Self::Latin1 | Self::Ascii, JsStrVariant::Utf16(units)) => {
                let length = units.len().min(into.len());
                for (byte, unit) in into.iter_mut().zip(units) {
                    *byte = *unit as u8;
                }
                length
            }
            (Self::Utf16Le, JsStrVariant::Latin1(units)) => {
                let units = units.iter().map(|unit| u16::from(*unit));
                write_little_endian(units, into)
            }
            (Self::Utf16Le, JsStrVariant::Utf16(units)) => {
                write_little_endian(units.iter().copied(), into)
            }
            (Self::Base64 | Self::Base64Url | Self::Hex, _) => copy(&self.encode(text), into),
        }
    }

    /// So many bytes are enough for a string: what [`Self::byte_length`] says, or more where that is sooner known.
    #[must_use]
    pub fn room_for(self, text: JsStr<'_>) -> usize {
        if self != Self::Utf8 || text.len() > SHORT {
            return self.byte_length(text);
        }
        match text.variant() {
            JsStrVariant::Latin1(units) => 2 * units.len(),
            JsStrVariant::Utf16(units) => 3 * units.len(),
        }
    }

    /// What `Buffer.byteLength` says: exact but for base64 and hex with characters that don't belong there, where it is
    /// an upper bound.
    #[must_use]
    pub fn byte_length(self, text: JsStr<'_>) -> usize {
        let length = text.len();
        match self {
            Self::Utf8 => match text.variant() {
                JsStrVariant::Latin1(units) => latin1_as_utf8_length(units),
                JsStrVariant::Utf16(units) => utf8_length(units),
            },
            Self::Utf16Le => length * 2,
            Self::Latin1 | Self::Ascii => length,
            Self::Hex => length / 2,
            Self::Base64 | Self::Base64Url => {
                let is_padding =
                    |index: usize| text.get(index).is_some_and(|unit| unit == u16::from(b'='));
                let mut units = length;
                if units > 0 && is_padding(units - 1) {
                    units -= 1;
                }
                if units > 1 && is_padding(units - 1) {
                    units -= 1;
                }
                units * 3 / 4
            }
        }
    }
}

/// Units, low byte first.
fn little_endian(units: impl ExactSizeIterator<Item = u16>) -> Vec<u8> {
    let mut bytes = vec![0; units.len() * 2];
    write_little_endian(units, &mut bytes);
    bytes
}

/// Writes as many units as fit; returns the number of bytes written.
fn write_little_endian(units: impl ExactSizeIterator<Item = u16>, into: &mut [u8]) -> usize {
    let length = units.len().min(into.len() / 2) * 2;
    for (pair, unit) in into.as_chunks_mut().0.iter_mut().zip(units) {
        *pair = unit.to_le_bytes();
    }
    length
}

fn copy(from: &[u8], into: &mut [u8]) -> usize {
    let length = from.len().min(into.len());
    into[..length].copy_from_slice(&from[..length]);
    length
}

/// Node looks at the low byte only where it decodes base64.
fn low_bytes(units: &[u16]) -> Vec<u8> {
    units.iter().map(|unit| *unit as u8).collect()
}

/// Whether all bytes are ASCII.
#[must_use]
pub fn is_ascii(bytes: &[u8]) -> bool {
    match bytes.len() <= SHORT {
        true => lanes::is_short_ascii(bytes),
        false => bytes.is_ascii(),
    }
}

fn decode_utf8(bytes: &[u8]) -> JsString {
    if is_ascii(bytes) {
        return strings::latin1(bytes);
    }
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => js_string_of(text),
        Err(_) => {
            let mut units = vec![0; bytes.len() + 1];
            let length = mem::convert_utf8_to_utf16(bytes, &mut units);
            JsString::from(JsStr::utf16(&units[..length]))
        }
    }
}

/// A string of the engine from UTF-8, Latin-1 inside where that is possible.
#[must_use]
pub fn js_string_of(text: &str) -> JsString {
    if text.is_ascii() {
        return strings::latin1(text.as_bytes());
    }
    if text.len() <= SHORT {
        return short_js_string_of(text);
    }
    let length = utf16_length(text.as_bytes());
    // In pieces that stay in the processor's cache, into a string of the right size.
    if utf8::is_latin1(text) {
        let mut string = Latin1JsStringBuilder::with_capacity(length);
        let mut piece = [0; PIECE];
        for part in pieces(text) {
            let length = utf8::to_latin1(part, &mut piece);
            string.extend_from_slice(&piece[..length]);
        }
        return strings::built(string);
    }
    let mut string = Utf16JsStringBuilder::with_capacity(length);
    let mut piece = [0; PIECE];
    for part in pieces(text) {
        let length = utf8::to_utf16(part, &mut piece);
        string.extend_from_slice(&piece[..length]);
    }
    string.build()
}

/// The same for [`SHORT`] text: to clear a piece would take longer than to convert it.
fn short_js_string_of(text: &str) -> JsString {
    if utf8::is_latin1(text) {
        let mut units = [0; SHORT];
        let length = utf8::to_latin1(text, &mut units);
        return strings::latin1(&units[..length]);
    }
    let mut units = [0; SHORT];
    let length = utf8::to_utf16(text, &mut units);
    strings::utf16(&units[..length])
}

/// How many bytes or units are converted at once.
const PIECE: usize = 2048;
/// So few are converted in room on the stack, which is less work.
pub const SHORT: usize = 256;

/// Pieces of a text, each of so many bytes at most.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (now, later) = text.split_at(text.floor_char_boundary(PIECE));
        text = later;
        (!now.is_empty()).then_some(now)
    })
}

/// Units that well-formed UTF-8 takes as UTF-16.
fn utf16_length(bytes: &[u8]) -> usize {
    // Each byte that begins a character counts one, that of a pair one more.
    sum(bytes, |byte| {
        u8::from(byte & 0xc0 != 0x80) + u8::from(byte >= 0xf0)
    })
}

/// The sum of what the bytes count, each at most two.
fn sum(bytes: &[u8], count: impl Fn(u8) -> u8) -> usize {
    // Sums of eight bits, of pieces that registers divide, so that the compiler makes wide loops of it.
    let part = |bytes: &[u8]| -> usize {
        let sum = bytes
            .iter()
            .fold(0_u8, |sum, byte| sum.wrapping_add(count(*byte)));
        sum.into()
    };
    let (pieces, rest) = bytes.as_chunks::<96>();
    let sum: usize = pieces.iter().map(|piece| part(piece)).sum();
    sum + part(rest)
}

/// Whether pairs of bytes, low byte first, are units below U+0100.
fn is_narrow(bytes: &[u8]) -> bool {
    // Words, so that the compiler makes wide loops of it; it stops at the first piece that isn't.
    let is_narrow = |bytes: &[u8]| {
        let (words, rest) = bytes.as_chunks::<8>();
        let all = words
            .iter()
            .fold(0, |all, word| all | u64::from_le_bytes(*word));
        all & 0xff00_ff00_ff00_ff00 == 0 && rest.iter().skip(1).step_by(2).all(|high| *high == 0)
    };
    bytes.chunks(PIECE).all(is_narrow)
}

fn decode_utf16le(bytes: &[u8]) -> JsString {
    let (pairs, _) = bytes.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| u16::from_le_bytes(*pair);
    if pairs.len() <= SHORT {
        return short_utf16le(pairs);
    }
    if is_narrow(pairs.as_flattened()) {
        let mut string = Latin1JsStringBuilder::with_capacity(pairs.len());
        let mut piece = [0; PIECE];
        for pairs in pairs.chunks(PIECE) {
            for (byte, pair) in piece.iter_mut().zip(pairs) {
                *byte = pair[0];
            }
            string.extend_from_slice(&piece[..pairs.len()]);
        }
        return strings::built(string);
    }
    let mut string = Utf16JsStringBuilder::with_capacity(pairs.len());
    let mut piece = [0; PIECE];
    for pairs in pairs.chunks(PIECE) {
        for (place, pair) in piece.iter_mut().zip(pairs) {
            *place = unit(pair);
        }
        string.extend_from_slice(&piece[..pairs.len()]);
    }
    string.build()
}

/// The same for [`SHORT`] text.
fn short_utf16le(pairs: &[[u8; 2]]) -> JsString {
    if is_narrow(pairs.as_flattened()) {
        let mut units = [0; SHORT];
        for (unit, pair) in units.iter_mut().zip(pairs) {
            *unit = pair[0];
        }
        return strings::latin1(&units[..pairs.len()]);
    }
    let mut units = [0; SHORT];
    for (unit, pair) in units.iter_mut().zip(pairs) {
        *unit = u16::from_le_bytes(*pair);
    }
    strings::utf16(&units[..pairs.len()])
}

fn encode_latin1_as_utf8(units: &[u8]) -> Vec<u8> {
    if units.is_ascii() {
        return units.to_vec();
    }
    let mut bytes = vec![0; latin1_as_utf8_length(units)];
    let length = utf8::from_latin1(units, &mut bytes);
    bytes.truncate(length);
    bytes
}

/// Bytes that Latin-1 takes as UTF-8.
fn latin1_as_utf8_length(units: &[u8]) -> usize {
    units.len() + sum(units, |unit| u8::from(!unit.is_ascii()))
}

/// Bytes that UTF-16 takes as UTF-8; a lone surrogate counts three.
fn utf8_length(units: &[u16]) -> usize {
    let (mut more, mut has_surrogates) = (0, false);
    // Sums of 16 bits, so that the compiler makes a wide loop of it.
    for units in units.chunks(8192) {
        let (mut sum, mut surrogates) = (0_u16, 0_u16);
        for unit in units {
            sum += u16::from(*unit >= 0x80) + u16::from(*unit >= 0x800);
            surrogates |= u16::from(unit & 0xf800 == 0xd800);
        }
        more += usize::from(sum);
        has_surrogates |= surrogates != 0;
    }
    if !has_surrogates {
        return units.len() + more;
    }
    let mut length = 0;
    let mut rest = units.iter().peekable();
    while let Some(unit) = rest.next() {
        length += match unit {
            0..0x80 => 1,
            0x80..0x800 => 2,
            0xd800..0xdc00
                if rest
                    .peek()
                    .is_some_and(|low| (0xdc00..0xe000).contains(*low)) =>
            {
                rest.next();
                4
            }
            _ => 3,
        };
    }
    length
}

#[cfg(test)]
mod tests {
    use boa_engine::{JsString, js_string};

    use super::Encoding;

    #[test]
    fn names() {
        for (name, encoding) in [
            ("utf8", Some(Encoding::Utf8)),
            ("UTF-8", Some(Encoding::Utf8)),
            ("Ucs-2", Some(Encoding::Utf16Le)),
            ("utf-16LE", Some(Encoding::Utf16Le)),
            ("binary", Some(Encoding::Latin1)),
            ("base64URL", Some(Encoding::Base64Url)),
            ("", None),
            ("utf-8 ", None),
            ("base64urlx", None),
        ] {
            assert_eq!(
                Encoding::parse(JsString::from(name).as_str()),
                encoding,
                "{name}"
            );
        }
    }

    #[test]
    fn decodes() {
        let cases: &[(Encoding, &[u8], JsString)] = &[
            (Encoding::Utf8, b"plain", js_string!("plain")),
            (Encoding::Utf8, "h\u{e9}".as_bytes(), js_string!("h\u{e9}")),
            (
                Encoding::Utf8,
                "\u{20ac}\u{1f600}".as_bytes(),
                js_string!("\u{20ac}\u{1f600}"),
            ),
            (Encoding::Utf8, b"\xf0\x9f\x98", js_string!("\u{fffd}")),
            (
                Encoding::Utf8,
                b"a\xff\xc0b",
                js_string!("a\u{fffd}\u{fffd}b"),
            ),
            (Encoding::Latin1, b"\xe9", js_string!("\u{e9}")),
            (Encoding::Ascii, b"\xc1", js_string!("A")),
            (Encoding::Utf16Le, b"a\0\xac\x20z", js_string!("a\u{20ac}")),
            (Encoding::Hex, b"\x01\xab", js_string!("01ab")),
            (Encoding::Base64, b"\xff\xfe", js_string!("//4=")),
            (Encoding::Base64Url, b"\xff\xfe", js_string!("__4")),
        ];
        for (encoding, bytes, text) in cases {
            assert_eq!(encoding.decode(bytes), *text, "{encoding:?} {bytes:?}");
        }
    }

    #[test]
    fn long_texts_of_all_widths() {
        for part in [
            "a",
            "a\u{e9}",
            "a\u{e9}\u{20ac}",
            "\u{e9}\u{20ac}\u{1f600}ab",
        ] {
            let text = part.repeat(3000);
            let string = JsString::from(text.as_str());
            assert_eq!(Encoding::Utf8.encode(string.as_str()), text.as_bytes());
            assert_eq!(Encoding::Utf8.decode(text.as_bytes()), string);
            let wide = Encoding::Utf16Le.encode(string.as_str());
            assert_eq!(Encoding::Utf16Le.decode(&wide), string);
        }
        let lone = JsString::from(&[0x20ac, 0xd800, 0x61, 0xdc00][..]);
        let bytes = b"\xe2\x82\xac\xef\xbf\xbda\xef\xbf\xbd";
        assert_eq!(Encoding::Utf8.encode(lone.as_str()), bytes);
    }

    #[test]
    fn writes_whole_characters_only() {
        let mut room = [0; 4];
        let text = JsString::from("a\u{20ac}\u{20ac}");
        assert_eq!(Encoding::Utf8.write(text.as_str(), &mut room), 4);
        assert_eq!(Encoding::Utf8.write(text.as_str(), &mut room[..3]), 1);
        assert_eq!(Encoding::Utf16Le.write(text.as_str(), &mut room[..3]), 2);
        assert_eq!(Encoding::Utf8.byte_length(text.as_str()), 7);
    }
}
