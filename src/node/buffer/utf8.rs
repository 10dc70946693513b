//! UTF-8 from and to the engine's strings, where they aren't all ASCII: kernels for text that is mostly ASCII, with characters of
//! two and three bytes strewn in. Such text makes the crate encoding_rs stumble over each change; here the ASCII between
//! two such characters is copied without being looked at. `encoding` is the one caller.
//!
//! Where the processor can, `sys/shuffle.rs` does most of it, with registers. What it leaves, or all, is done here in words: on
//! blocks, with room to spare behind them so that copies can be of a fixed size. What remains at the end is done in registers
//! once more, filled up with zeros ([`end`]); where that can't be, and where there are surrogates, encoding_rs does it.

use encoding_rs::mem;

use crate::sys::shuffle;

/// So many units are looked at at once: a bit of a word for each.
const BLOCK: usize = 64;
/// ASCII is copied in pieces of this size.
const PIECE: usize = 16;
/// A block, and what a copy may read behind it.
type Window = [u8; BLOCK + PIECE];
/// The most that a block becomes, and what a copy may write behind it.
const ROOM: usize = BLOCK * 3 + PIECE;

/// What a register takes at once.
const STEP: usize = 16;
/// The longest end that is filled up.
const END: usize = 80;

/// Converts what is left, in registers: filled up with zeros, and looked at so many units behind it. `OUT` is what a step may write,
/// which begins with the last of the units. Returns what was written; `None` if that is left to do.
fn end<From: Copy + Default, To: Copy + Default, const OUT: usize>(
    units: &[From],
    behind: usize,
    out: &mut [To],
    convert: impl FnOnce(&[From], &mut [To]) -> shuffle::Progress,
) -> Option<usize> {
    let length = units.len().next_multiple_of(STEP);
    let mut filled = [From::default(); END + 2];
    filled.get_mut(..units.len())?.copy_from_slice(units);
    let mut room = [To::default(); OUT];
    let (read, written) = convert(filled.get(..length + behind)?, &mut room);
    // A zero is one of everything.
    let written = (read == length).then(|| written - (length - units.len()))?;
    out.get_mut(..written)?.copy_from_slice(&room[..written]);
    Some(written)
}

/// The last units as UTF-8. Returns what was written.
fn utf16_end(units: &[u16], out: &mut [u8]) -> usize {
    end::<_, _, { END * 3 + 64 }>(units, 0, out, shuffle::utf16_to_utf8)
        .unwrap_or_else(|| mem::convert_utf16_to_utf8_partial(units, out).1)
}

/// The last units of Latin-1 as UTF-8. Returns what was written.
fn latin1_end(units: &[u8], out: &mut [u8]) -> usize {
    end::<_, _, { END * 2 + 32 }>(units, 0, out, shuffle::latin1_to_utf8)
        .unwrap_or_else(|| mem::convert_latin1_to_utf8_partial(units, out).1)
}

/// The last of a text as Latin-1, all of which it is; `None` if that is left to do.
fn end_as_latin1(text: &[u8], out: &mut [u8]) -> Option<usize> {
    end::<_, _, { END + 24 }>(text, 1, out, shuffle::utf8_to_latin1)
}

/// The last of a text as UTF-16; `None` if that is left to do.
fn end_as_utf16(text: &[u8], out: &mut [u16]) -> Option<usize> {
    end::<_, _, { END + STEP }>(text, 2, out, shuffle::utf8_to_utf16)
}

/// One bit for each byte of the block that isn't ASCII.
fn not_ascii(window: &Window) -> u64 {
    let words = window.as_chunks::<8>().0[..BLOCK / 8].iter().enumerate();
    words.fold(0, |mask, (index, word)| {
        let tops = (u64::from_le_bytes(*word) & 0x8080_8080_8080_8080) >> 7;
        // The multiplication gathers the top bits of eight bytes in one.
        mask | (tops.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (index * 8)
    })
}

/// Copies the ASCII between two places of a window, and some that doesn't matter behind it; returns where it ends.
#[inline(always)]
fn copy_ascii(
    window: &Window,
    (mut from, end): (usize, usize),
    room: &mut [u8; ROOM],
    mut to: usize,
) -> usize {
    loop {
        room[to..to + PIECE].copy_from_slice(&window[from..from + PIECE]);
        if end - from <= PIECE {
            return to + (end - from);
        }
        from += PIECE;
        to += PIECE;
    }
}

/// Writes a character of at most four bytes, the first one lowest.
#[inline(always)]
fn put(room: &mut [u8; ROOM], at: usize, bytes: u32) {
    room[at..at + 4].copy_from_slice(&bytes.to_le_bytes());
}

/// The two bytes of a character between U+0080 and U+07FF.
fn two(unit: u32) -> u32 {
    0x80c0 | unit >> 6 | (unit & 0x3f) << 8
}

/// The three bytes of a character above, which isn't a surrogate.
fn three(unit: u32) -> u32 {
    0x80_80e0 | unit >> 12 | (unit << 2) & 0x3f00 | (unit & 0x3f) << 16
}

/// Encodes Latin-1 as much as there is room, in whole characters. Returns what was written.
pub fn from_latin1(units: &[u8], out: &mut [u8]) -> usize {
    let (mut from, mut to) = shuffle::latin1_to_utf8(units, out);
    while let Some(window) = units[from..].first_chunk::<{ BLOCK + PIECE }>()
        && let Some(room) = out[to..].first_chunk_mut::<ROOM>()
    {
        let mut mask = not_ascii(window);
        let (mut at, mut end) = (0, 0);
        while mask != 0 {
            let next = mask.trailing_zeros() as usize;
            end = copy_ascii(window, (at, next), room, end);
            put(room, end, two(u32::from(window[next])));
            end += 2;
            at = next + 1;
            mask &= mask - 1;
        }
        to += copy_ascii(window, (at, BLOCK), room, end);
        from += BLOCK;
    }
    to + latin1_end(&units[from..], &mut out[to..])
}

/// Encodes UTF-16 as much as there is room, in whole characters; a lone surrogate becomes U+FFFD. Returns what was
/// written.
pub fn from_utf16(units: &[u16], out: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    let mut window = [0; BLOCK + PIECE];
    loop {
        let (read, written) = shuffle::utf16_to_utf8(&units[from..], &mut out[to..]);
        from += read;
        to += written;
        let (Some(block), Some(room)) = (
            units[from..].first_chunk::<BLOCK>(),
            out[to..].first_chunk_mut::<ROOM>(),
        ) else {
            break;
        };
        if has_surrogate(block) {
            let (read, written) = with_surrogates(&units[from..], &mut out[to..]);
            from += read;
            to += written;
            if read < BLOCK - 1 {
                return to;
            }
            continue;
        }
        for (byte, unit) in window.iter_mut().zip(block) {
            *byte = (*unit).min(0xff) as u8;
        }
        let mut mask = not_ascii(&window);
        let (mut at, mut end) = (0, 0);
        while mask != 0 {
            let next = mask.trailing_zeros() as usize;
            end = copy_ascii(&window, (at, next), room, end);
            let unit = u32::from(block[next % BLOCK]);
            if unit < 0x800 {
                put(room, end, two(unit));
                end += 2;
            } else {
                put(room, end, three(unit));
                end += 3;
            }
            at = next + 1;
            mask &= mask - 1;
        }
        to += copy_ascii(&window, (at, BLOCK), room, end);
        from += BLOCK;
    }
    to + utf16_end(&units[from..], &mut out[to..])
}

fn has_surrogate(block: &[u16; BLOCK]) -> bool {
    // Without an early end the compiler makes a wide loop of it.
    block
        .iter()
        .fold(false, |found, unit| found | (unit & 0xf800 == 0xd800))
}

/// Encodes a block of units, or one less so that no pair is parted. Returns what was read and written: less than that where
/// there is no room.
fn with_surrogates(units: &[u16], out: &mut [u8]) -> (usize, usize) {
    let mut length = units.len().min(BLOCK);
    if length < units.len() && units[length - 1] & 0xfc00 == 0xd800 {
        length -= 1;
    }
    mem::convert_utf16_to_utf8_partial(&units[..length], out)
}

/// Whether well-formed UTF-8 has only characters of Latin-1.
pub fn is_latin1(text: &str) -> bool {
    // Without an early end the compiler makes a wide loop of it.
    text.bytes().fold(0, u8::max) < 0xc4
}

/// Decodes text that is [`is_latin1`]. Returns what was written.
///
/// # Panics
/// If there is less room than there are bytes of text.
pub fn to_latin1(text: &str, out: &mut [u8]) -> usize {
    let bytes = text.as_bytes();
    let (mut from, mut to) = shuffle::utf8_to_latin1(bytes, out);
    while let Some(window) = bytes[from..].first_chunk::<{ BLOCK + PIECE }>()
        && let Some(room) = out[to..].first_chunk_mut::<ROOM>()
    {
        let mut mask = not_ascii(window);
        let (mut at, mut end) = (0, 0);
        while mask != 0 {
            let lead = mask.trailing_zeros() as usize;
            end = copy_ascii(window, (at, lead), room, end);
            room[end] = window[lead] << 6 | window[lead + 1] & 0x3f;
            end += 1;
            // The second byte of the last character may lie behind the block.
            at = lead + 2;
            mask &= mask - 1;
            mask &= mask.wrapping_sub(1);
        }
        if at < BLOCK {
            end = copy_ascii(window, (at, BLOCK), room, end);
        }
        to += end;
        from += at.max(BLOCK);
    }
    if let Some(written) = end_as_latin1(&bytes[from..], &mut out[to..]) {
        return to + written;
    }
    for character in text[from..].chars() {
        out[to] = character as u8;
        to += 1;
    }
    to
}

/// Decodes to UTF-16. Returns what was written.
///
/// # Panics
/// If there is less room than there are bytes of text.
pub fn to_utf16(text: &str, out: &mut [u16]) -> usize {
    let (mut from, mut to) = (0, 0);
    loop {
        let (read, written) = shuffle::utf8_to_utf16(&text.as_bytes()[from..], &mut out[to..]);
        from += read;
        to += written;
        let rest = &text[from..];
        if rest.is_empty() {
            return to;
        }
        if let Some(written) = end_as_utf16(rest.as_bytes(), &mut out[to..]) {
            return to + written;
        }
        // Near a character that takes two units, or all of it.
        let length = match shuffle::is_here() {
            true => rest.floor_char_boundary(BLOCK),
            false => rest.len(),
        };
        to += mem::convert_str_to_utf16(&rest[..length], &mut out[to..]);
        from += length;
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, from_latin1, from_utf16, is_latin1, to_latin1, to_utf16};

    /// Texts with one, two and three of the parts around each place of a block.
    fn texts(parts: &[&str]) -> impl Iterator<Item = String> {
        (0..3 * BLOCK).flat_map(move |place| {
            parts.iter().map(move |part| {
                let ascii = "abcdefghij klmnop".repeat(30);
                let (front, back) = ascii.split_at(place);
                format!("{front}{part}{back}{part}")
            })
        })
    }

    #[test]
    fn latin1_both_ways() {
        for text in texts(&["é", "éü", "éüéüéüéü", "é\0ü ß", &"é".repeat(200)]) {
            assert!(is_latin1(&text));
            latin1_goes_both_ways(&text);
        }
    }

    fn latin1_goes_both_ways(text: &str) {
        let units: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let mut bytes = vec![0; text.len()];
        assert_eq!(from_latin1(&units, &mut bytes), text.len());
        assert_eq!(bytes, text.as_bytes());
        let mut back = vec![0; text.len()];
        let length = to_latin1(text, &mut back);
        assert_eq!(back[..length], units);
    }

    fn goes_both_ways(text: &str) {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut bytes = vec![0; text.len()];
        assert_eq!(from_utf16(&units, &mut bytes), text.len());
        assert_eq!(bytes, text.as_bytes());
        let mut back = vec![0; text.len()];
        let length = to_utf16(text, &mut back);
        assert_eq!(back[..length], units);
    }

    #[test]
    fn utf16() {
        let parts = [
            "é",
            "世",
            "é世界!",
            "\u{1f600}",
            "a\u{1f600}\u{1f601}世",
            "\u{ffff}\u{800}",
        ];
        for text in texts(&parts).chain([parts.concat().repeat(100)]) {
            goes_both_ways(&text);
        }
    }

    /// The kernels for registers and those for words, from one character on to the next.
    #[test]
    fn mixtures() {
        let characters = [
            'a',
            'é',
            '\u{7ff}',
            '\u{800}',
            '世',
            '\u{ffff}',
            '\u{1f600}',
        ];
        let mut seed = 1_u32;
        for round in 0..2000 {
            // Some have only the first few kinds, some only few that aren't ASCII.
            let (kinds, dense) = (2 + round % 6, round % 3 == 0);
            let text: String = (0..40 + round % 300)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let is_plain = !dense && seed >> 8 & 7 != 0;
                    characters[if is_plain {
                        0
                    } else {
                        (seed >> 16) as usize % kinds
                    }]
                })
                .collect();
            goes_both_ways(&text);
            if is_latin1(&text) {
                latin1_goes_both_ways(&text);
            }
        }
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        for place in 0..3 * BLOCK {
            for lone in [0xd800, 0xdfff] {
                let mut units = vec![u16::from(b'a'); 4 * BLOCK];
                units[place] = lone;
                let expected = String::from_utf16_lossy(&units);
                let mut bytes = vec![0; expected.len()];
                assert_eq!(from_utf16(&units, &mut bytes), expected.len());
                assert_eq!(bytes, expected.as_bytes());
            }
        }
    }

    #[test]
    fn stops_at_whole_characters() {
        let text = "a世é\u{1f600}".repeat(40);
        let units: Vec<u16> = text.encode_utf16().collect();
        for room in 0..text.len() {
            let mut bytes = vec![0; room];
            let length = from_utf16(&units, &mut bytes);
            assert_eq!(length, text.floor_char_boundary(room), "{room}");
            assert_eq!(bytes[..length], text.as_bytes()[..length]);
        }
        let latin1 = "aé".repeat(200);
        let units: Vec<u8> = latin1.chars().map(|c| c as u8).collect();
        for room in 0..latin1.len() {
            let mut bytes = vec![0; room];
            let length = from_latin1(&units, &mut bytes);
            assert_eq!(length, latin1.floor_char_boundary(room), "{room}");
        }
    }

    #[test]
    fn what_is_latin1() {
        assert!(is_latin1("plain é ÿ"));
        assert!(!is_latin1("ā"));
        assert!(!is_latin1("世"));
    }
}
