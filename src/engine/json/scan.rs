//! Where text stops standing for itself: at a quote, a backslash or a control character. Several units at a time, for
//! reading and for writing.

use crate::sys::lanes::{BLOCK, json_specials};

/// How many units at the start stand for themselves.
#[inline]
pub(super) fn plain_latin1(units: &[u8]) -> usize {
    let (blocks, rest) = units.as_chunks::<BLOCK>();
    for (index, block) in blocks.iter().enumerate() {
        let specials = json_specials(block);
        if specials != 0 {
            return index * BLOCK + specials.trailing_zeros() as usize;
        }
    }
    let special = rest.iter().position(|unit| is_special(*unit));
    units.len() - rest.len() + special.unwrap_or(rest.len())
}

/// Copies units for as long as they stand for themselves, and returns how many did. Behind those it may write what doesn't
/// matter, within as much room as there are units.
///
/// # Panics
/// If there is less room than units.
#[inline]
pub(super) fn copy_plain(units: &[u8], room: &mut [u8]) -> usize {
    let room = &mut room[..units.len()];
    let (blocks, rest) = units.as_chunks::<BLOCK>();
    let (rooms, _) = room.as_chunks_mut::<BLOCK>();
    for (index, (block, room)) in blocks.iter().zip(rooms).enumerate() {
        *room = *block;
        let specials = json_specials(block);
        if specials != 0 {
            return index * BLOCK + specials.trailing_zeros() as usize;
        }
    }
    if rest.is_empty() {
        return units.len();
    }
    // The rest once more with what is before it, all of which is plain.
    if let (Some(block), Some(room)) = (units.last_chunk(), room.last_chunk_mut::<BLOCK>()) {
        *room = *block;
        let specials = json_specials(block);
        return match specials {
            0 => units.len(),
            specials => units.len() - BLOCK + specials.trailing_zeros() as usize,
        };
    }
    // Fewer than a block: the first and the last half of it, filled up with what is plain.
    let mut block = [b' '; BLOCK];
    match (units.first_chunk::<8>(), units.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            block[units.len() - 8..][..8].copy_from_slice(last);
            block[..8].copy_from_slice(first);
        }
        _ => {
            for (place, unit) in block.iter_mut().zip(units) {
                *place = *unit;
            }
        }
    }
    room.copy_from_slice(&block[..units.len()]);
    let specials = json_specials(&block);
    units.len().min(specials.trailing_zeros() as usize)
}

/// The longest text that [`copy_short`] copies.
pub(super) const SHORT: usize = 2 * BLOCK;

/// Copies a text of [`SHORT`] units at most: its beginning and its end, which overlap.
///
/// # Panics
/// If there is less room than text.
#[inline(always)]
pub(super) fn copy_short(text: &[u8], room: &mut [u8]) {
    debug_assert!(text.len() <= SHORT);
    let room = &mut room[..text.len()];
    match text.len() {
        16.. => copy_ends::<16>(text, room),
        8.. => copy_ends::<8>(text, room),
        4.. => copy_ends::<4>(text, room),
        2.. => copy_ends::<2>(text, room),
        _ => copy_ends::<1>(text, room),
    }
}

#[inline(always)]
fn copy_ends<const N: usize>(text: &[u8], room: &mut [u8]) {
    if let (Some(first), Some(last)) = (text.first_chunk::<N>(), text.last_chunk::<N>()) {
        if let Some(place) = room.first_chunk_mut() {
            *place = *first;
        }
        if let Some(place) = room.last_chunk_mut() {
            *place = *last;
        }
    }
}

/// How many units of UTF-16 at the start stand for themselves.
pub(super) fn plain_utf16(units: &[u16]) -> usize {
    let mut words = units.chunks_exact(4);
    let mut at = 0;
    for word in words.by_ref() {
        let joined = word
            .iter()
            .rev()
            .fold(0, |joined, unit| joined << 16 | u64::from(*unit));
        let marks = marks::<0x0001_0001_0001_0001, 0x8000_8000_8000_8000>(joined);
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 16;
        }
        at += 4;
    }
    let rest = words
        .remainder()
        .iter()
        .position(|unit| u8::try_from(*unit).is_ok_and(is_special));
    rest.map_or(units.len(), |offset| at + offset)
}

fn is_special(unit: u8) -> bool {
    (unit < 0x20) | (unit == b'"') | (unit == b'\\')
}

/// The highest bit of each lane that is special; the lowest such lane is right, those above it may be wrong. `ONES` has the
/// lowest bit of each lane, `HIGHS` the highest.
fn marks<const ONES: u64, const HIGHS: u64>(word: u64) -> u64 {
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word & HIGHS;
    below(word, 0x20) | below(word ^ (ONES * 0x22), 1) | below(word ^ (ONES * 0x5c), 1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn stops_at_the_first_special_unit() {
        for special in [0x22_u16, 0x5c, 0, 0x0a, 0x1f] {
            for at in 0..21 {
                let mut wide: Vec<u16> = (0..24).map(|index| 0x20 + index % 2 * 0xbf).collect();
                wide[at] = special;
                wide[22] = 0x22;
                let narrow: Vec<u8> = wide.iter().map(|unit| *unit as u8).collect();
                assert_eq!(super::plain_latin1(&narrow), at, "{special:x}");
                assert_eq!(super::plain_utf16(&wide), at, "{special:x}");
                let mut copy = [0; 24];
                assert_eq!(super::copy_plain(&narrow, &mut copy), at, "{special:x}");
                assert_eq!(copy[..at], narrow[..at]);
            }
        }
        assert_eq!(
            super::plain_utf16(&[0x2022, 0x5c00, 0x221f, 0xff22, 0x225c]),
            5
        );
        assert_eq!(super::plain_latin1(b"plain, and of some length"), 25);
    }

    #[test]
    fn texts_of_every_length_are_copied() {
        let text: Vec<u8> = (0..70).map(|index| 0x60 + index).collect();
        for length in 0..text.len() {
            let mut copy = [0; 70];
            assert_eq!(super::copy_plain(&text[..length], &mut copy), length);
            assert_eq!(copy[..length], text[..length]);
            assert!(copy[length..].iter().all(|byte| *byte == 0));
            let mut special = text[..length].to_vec();
            if let Some(last) = special.last_mut() {
                *last = b'"';
                assert_eq!(super::copy_plain(&special, &mut copy), length - 1);
            }
        }
    }

    #[test]
    fn short_texts_are_copied() {
        let text: Vec<u8> = (0..100).collect();
        for length in 0..=super::SHORT {
            let mut copy = [0; 100];
            super::copy_short(&text[1..=length], &mut copy);
            assert_eq!(copy[..length], text[1..=length]);
            assert!(copy[length..].iter().all(|byte| *byte == 0));
        }
    }
}
