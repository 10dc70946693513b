//! Where text stops standing for itself: at a quote, a backslash or a control character. Several units at a time, for
//! reading and for writing.

/// How many units at the start stand for themselves.
pub(super) fn plain_latin1(units: &[u8]) -> usize {
    let (blocks, _) = units.as_chunks::<16>();
    // Without an early end the compiler compares a block at once.
    let is_plain = |block: &[u8; 16]| {
        !block
            .iter()
            .fold(false, |any, unit| any | is_special(*unit))
    };
    let mut at = blocks.iter().take_while(|block| is_plain(block)).count() * 16;
    let (words, _) = units[at..].as_chunks::<8>();
    for word in words {
        let marks =
            marks::<0x0101_0101_0101_0101, 0x8080_8080_8080_8080>(u64::from_le_bytes(*word));
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let special = units[at..].iter().position(|unit| is_special(*unit));
    special.map_or(units.len(), |offset| at + offset)
}

/// The same for UTF-16.
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
            }
        }
        assert_eq!(
            super::plain_utf16(&[0x2022, 0x5c00, 0x221f, 0xff22, 0x225c]),
            5
        );
        assert_eq!(super::plain_latin1(b"plain, and of some length"), 25);
    }
}
