//! The text that `JSON.stringify` builds: Latin-1 for as long as that holds it, UTF-16 from then on.

use boa_engine::{JsString, string::JsStrVariant};

use super::{
    super::strings,
    scan::{SHORT, copy_plain, copy_short, plain_latin1},
};
use crate::sys::lanes::{BLOCK, json_specials};

/// Grows a string.
#[derive(Default)]
pub struct Writer {
    /// Latin-1 as far as `end`, and room behind it.
    narrow: Vec<u8>,
    end: usize,
    wide: Option<Vec<u16>>,
}

/// The least room.
const LEAST: usize = 64;
/// What a block takes at most, each unit of it as six, and what is written behind that.
const ESCAPED_BLOCK: usize = 7 * BLOCK;

impl Writer {
    /// One that writes where another text was.
    pub fn in_place_of(another: Vec<u8>) -> Self {
        Self {
            narrow: another,
            ..Self::default()
        }
    }

    /// The string, and the memory that it was written in.
    pub fn finish(self) -> (JsString, Vec<u8>) {
        let text = match self.wide {
            Some(wide) => JsString::from(wide.as_slice()),
            None => strings::latin1(&self.narrow[..self.end]),
        };
        (text, self.narrow)
    }

    /// The text, if it is Latin-1.
    pub fn into_latin1(mut self) -> Option<Vec<u8>> {
        self.narrow.truncate(self.end);
        self.wide.is_none().then_some(self.narrow)
    }

    /// The string so far; what is written next begins another.
    pub fn take(&mut self) -> JsString {
        match self.wide.take() {
            Some(wide) => JsString::from(wide.as_slice()),
            None => {
                let end = std::mem::take(&mut self.end);
                strings::latin1(&self.narrow[..end])
            }
        }
    }

    /// The length so far; see [`Writer::truncate`].
    pub fn len(&self) -> usize {
        self.wide.as_ref().map_or(self.end, Vec::len)
    }

    /// Takes back what was written after a length.
    pub fn truncate(&mut self, length: usize) {
        match &mut self.wide {
            Some(wide) => wide.truncate(length),
            None => self.end = self.end.min(length),
        }
    }

    /// Room for so many bytes behind what is written.
    #[inline(always)]
    fn room(&mut self, bytes: usize) -> &mut [u8] {
        let end = self.end + bytes;
        if self.narrow.len() < end {
            self.grow(bytes);
        }
        &mut self.narrow[self.end..end]
    }

    #[cold]
    fn grow(&mut self, bytes: usize) {
        let length = (self.end + bytes).max(self.narrow.len() * 2).max(LEAST);
        self.narrow.resize(length, 0);
    }

    #[inline(always)]
    pub fn byte(&mut self, byte: u8) {
        match &mut self.wide {
            Some(wide) => wide.push(u16::from(byte)),
            None => {
                self.room(1)[0] = byte;
                self.end += 1;
            }
        }
    }

    /// A comma, if asked.
    #[inline(always)]
    pub fn comma(&mut self, asked: bool) {
        if asked {
            self.byte(b',');
        }
    }

    /// A unit.
    pub fn unit(&mut self, unit: u16) {
        match u8::try_from(unit) {
            Ok(byte) => self.byte(byte),
            Err(_) => self.widen().push(unit),
        }
    }

    /// ASCII.
    pub fn ascii(&mut self, text: &str) {
        self.latin1(text.as_bytes());
    }

    /// Latin-1.
    pub fn latin1(&mut self, units: &[u8]) {
        match &mut self.wide {
            Some(wide) => wide.extend(units.iter().map(|unit| u16::from(*unit))),
            None => {
                let room = self.room(units.len());
                match units.len() {
                    0..=SHORT => copy_short(units, room),
                    length => room[..length].copy_from_slice(units),
                }
                self.end += units.len();
            }
        }
    }

    /// UTF-16.
    pub fn utf16(&mut self, units: &[u16]) {
        if self.wide.is_none() && units.iter().all(|unit| *unit <= 0xff) {
            for (place, unit) in self.room(units.len()).iter_mut().zip(units) {
                *place = *unit as u8;
            }
            self.end += units.len();
            return;
        }
        self.widen().extend_from_slice(units);
    }

    fn widen(&mut self) -> &mut Vec<u16> {
        let narrow = &self.narrow[..self.end];
        (self.wide).get_or_insert_with(|| {
            self.end = 0;
            narrow.iter().copied().map(u16::from).collect()
        })
    }

    /// A string as it is.
    pub fn raw(&mut self, text: &JsString) {
        match text.as_str().variant() {
            JsStrVariant::Latin1(units) => self.latin1(units),
            JsStrVariant::Utf16(units) => self.utf16(units),
        }
    }

    /// ASCII of 32 characters at most, which is more than any number has.
    #[inline(always)]
    fn short(&mut self, text: &str) {
        match &mut self.wide {
            Some(_) => self.ascii(text),
            None => {
                copy_short(text.as_bytes(), self.room(text.len()));
                self.end += text.len();
            }
        }
    }

    #[inline]
    pub fn integer(&mut self, number: i32) {
        self.short(itoa::Buffer::new().format(number));
    }

    /// A number; `null` if it isn't finite.
    pub fn any_number(&mut self, number: f64) {
        if number.is_finite() {
            self.number(number);
        } else {
            self.ascii("null");
        }
    }

    /// A finite number.
    pub fn number(&mut self, number: f64) {
        // Below it an `f64` holds each integer.
        const EXACT: f64 = (1_u64 << 53) as f64;
        // From it on, the shortest digits of a fraction are written as JavaScript does without an exponent.
        const FIXED: f64 = 1e-5;
        let size = number.abs();
        if size < EXACT {
            let integer = number as i64;
            // -0 as well, which JSON writes as 0.
            if integer as f64 == number {
                return self.short(itoa::Buffer::new().format(integer));
            }
            if size >= FIXED {
                return self.short(zmij::Buffer::new().format_finite(number));
            }
        }
        self.ascii(ryu_js::Buffer::new().format_finite(number));
    }

    /// A string in quotes, with escapes where JSON needs them.
    pub fn quoted(&mut self, text: &JsString) {
        self.quoted_element(text, false);
    }

    /// The same, after a comma if it isn't the first of an array.
    #[inline]
    pub fn quoted_element(&mut self, text: &JsString, comma: bool) {
        let text = text.as_str();
        match text.variant() {
            JsStrVariant::Latin1(units) if self.wide.is_none() => {
                self.quoted_narrowly(units, comma);
            }
            text => self.quoted_widely(text, comma),
        }
    }

    /// Latin-1 in quotes, to a text that is Latin-1: what needs no escapes is copied and looked at in one go.
    #[inline(always)]
    fn quoted_narrowly(&mut self, units: &[u8], comma: bool) {
        // For the comma and both quotes as well.
        let room = self.room(units.len() + 3);
        let opening = usize::from(comma);
        room[0] = b',';
        room[opening] = b'"';
        let plain = copy_plain(units, &mut room[opening + 1..]);
        room[opening + 1 + plain] = b'"';
        if plain == units.len() {
            self.end += opening + plain + 2;
        } else {
            self.end += opening + 1 + plain;
            self.escaped_narrowly(&units[plain..]);
        }
    }

    #[inline(never)]
    fn quoted_widely(&mut self, text: JsStrVariant<'_>, comma: bool) {
        self.comma(comma);
        self.byte(b'"');
        match text {
            JsStrVariant::Latin1(units) => self.quoted_latin1(units),
            JsStrVariant::Utf16(units) => self.quoted_utf16(units),
        }
        self.byte(b'"');
    }

    /// Latin-1 that has something to be escaped, and the closing quote: a block after the other.
    fn escaped_narrowly(&mut self, units: &[u8]) {
        let (blocks, rest) = units.as_chunks();
        for block in blocks {
            self.escaped_block(block, BLOCK);
        }
        if !rest.is_empty() {
            // Filled up with what is plain.
            let mut block = [b' '; BLOCK];
            for (place, unit) in block.iter_mut().zip(rest) {
                *place = *unit;
            }
            self.escaped_block(&block, rest.len());
        }
        self.byte(b'"');
    }

    /// The first units of a block.
    fn escaped_block(&mut self, block: &[u8; BLOCK], length: usize) {
        let mut specials = json_specials(block);
        let (room, _) = (self.room(ESCAPED_BLOCK).split_first_chunk_mut())
            .expect("there is as much room as asked for");
        let room: &mut [u8; ESCAPED_BLOCK] = room;
        // From any unit on there is a whole block to copy.
        let mut units = [0; 2 * BLOCK];
        units[..BLOCK].copy_from_slice(block);
        let (mut from, mut to) = (0, 0);
        while specials != 0 {
            let at = specials.trailing_zeros() as usize;
            room[to..][..BLOCK].copy_from_slice(&units[from..][..BLOCK]);
            to += at - from;
            let (escape, size) = escape(units[at]);
            room[to..][..escape.len()].copy_from_slice(&escape);
            to += size;
            from = at + 1;
            specials &= specials - 1;
        }
        room[to..][..BLOCK].copy_from_slice(&units[from..][..BLOCK]);
        self.end += to + length - from;
    }

    fn quoted_latin1(&mut self, units: &[u8]) {
        let mut rest = units;
        loop {
            let plain = plain_latin1(rest);
            self.latin1(&rest[..plain]);
            let Some(special) = rest.get(plain) else {
                return;
            };
            self.escaped(u16::from(*special));
            rest = &rest[plain + 1..];
        }
    }

    fn quoted_utf16(&mut self, units: &[u16]) {
        let mut plain = 0;
        let mut index = 0;
        while index < units.len() {
            let pair = is_leading(units[index])
                && units.get(index + 1).is_some_and(|next| is_trailing(*next));
            let width = if pair { 2 } else { 1 };
            let lone = !pair && (is_leading(units[index]) || is_trailing(units[index]));
            if lone || matches!(units[index], 0x22 | 0x5c | 0..=0x1f) {
                self.utf16(&units[plain..index]);
                self.escaped(units[index]);
                plain = index + 1;
            }
            index += width;
        }
        self.utf16(&units[plain..]);
    }

    fn escaped(&mut self, unit: u16) {
        match u8::try_from(unit) {
            Ok(unit) => {
                let (escape, size) = escape(unit);
                self.latin1(&escape[..size]);
            }
            Err(_) => self.ascii(&format!("\\u{unit:04x}")),
        }
    }
}

/// How a unit of Latin-1 is escaped: so many of these.
fn escape(unit: u8) -> ([u8; 8], usize) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let letter = match unit {
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        0x22 => b'"',
        0x5c => b'\\',
        unit => {
            let [high, low] = [unit >> 4, unit & 0xf].map(|digit| DIGITS[usize::from(digit)]);
            return ([b'\\', b'u', b'0', b'0', high, low, 0, 0], 6);
        }
    };
    ([b'\\', letter, 0, 0, 0, 0, 0, 0], 2)
}

fn is_leading(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_trailing(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

#[cfg(test)]
mod tests {
    use boa_engine::JsString;

    use super::Writer;

    #[test]
    fn strings_are_quoted_as_json_wants_them() {
        let cases: [(&[u16], &str); 6] = [
            (&[0x61, 0x22, 0x5c, 0x0a, 0x01], r#""a\"\\\n\u0001""#),
            (&[0xd800], r#""\ud800""#),
            (&[0xdc00, 0xd800], r#""\udc00\ud800""#),
            (&[0xd83d, 0xde00], "\"\u{1f600}\""),
            (&[0xe9], "\"\u{e9}\""),
            (&[0x2028], "\"\u{2028}\""),
        ];
        for (units, expected) in cases {
            let mut writer = Writer::default();
            writer.quoted(&JsString::from(units));
            assert_eq!(writer.finish().0.to_std_string_lossy(), expected);
        }
    }

    #[test]
    fn texts_of_every_length_are_quoted() {
        for length in 0..70 {
            for special in [b'"', b'\\', 0, 0x1f, b' '] {
                for at in 0..length {
                    let mut text = vec![b'a'; length];
                    text[at] = special;
                    text[length - 1 - at] = special;
                    let text = String::from_utf8(text).expect("it is ASCII");
                    let mut writer = Writer::default();
                    writer.quoted(&JsString::from(text.as_str()));
                    let expected = serde_json::to_string(&text).expect("it is a string");
                    assert_eq!(writer.finish().0.to_std_string_lossy(), expected);
                }
            }
        }
    }

    #[test]
    fn numbers_are_written_as_javascript_does() {
        let mut numbers = vec![
            0.0,
            -1.0,
            1e-5,
            -1e-5,
            9.999_999_999_999_999e-6,
            1e-6,
            1e-7,
            0.1 + 0.2,
            5e-324,
            f64::MAX,
            9_007_199_254_740_991.0,
            9_007_199_254_740_992.0,
            4_503_599_627_370_495.5,
            1e16,
            1e20,
            1e21,
        ];
        let mut seed = 1_u64;
        for _ in 0..200_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            numbers.push(f64::from_bits(seed));
            numbers.push(f64::from_bits(seed >> 12 | (seed % 80 + 1000) << 52));
            numbers.push((seed >> 40) as f64 / 1000.0);
        }
        for number in numbers.into_iter().filter(|number| number.is_finite()) {
            let mut writer = Writer::default();
            writer.number(number);
            let expected = ryu_js::Buffer::new().format_finite(number).to_owned();
            assert_eq!(writer.finish().0.to_std_string_lossy(), expected);
        }
    }
}
