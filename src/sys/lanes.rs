//! Sixteen bytes at once, where the processor has registers of that size at all times (x86-64); elsewhere the compiler makes
//! what it can of the same in words.

/// How many bytes a block has.
pub const BLOCK: usize = 16;

/// Whether all bytes are ASCII. For short texts: it looks at all of them.
#[inline]
#[must_use]
pub fn is_short_ascii(bytes: &[u8]) -> bool {
    const HIGHS: u128 = u128::from_ne_bytes([0x80; BLOCK]);
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let all = blocks
        .iter()
        .fold(0, |all, block| all | u128::from_ne_bytes(*block));
    let rest = match bytes.last_chunk::<BLOCK>() {
        // Once more with what is before it.
        Some(block) => u128::from_ne_bytes(*block) & HIGHS,
        None => u128::from(rest.iter().fold(0, |all, byte| all | byte) & 0x80),
    };
    all & HIGHS == 0 && rest == 0
}

/// One bit for each byte of a block that JSON's strings have to escape: quotes, backslashes and control characters.
#[cfg(target_arch = "x86_64")]
#[inline]
#[must_use]
pub fn json_specials(block: &[u8; BLOCK]) -> u32 {
    use std::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128,
        _mm_set1_epi8,
    };
    // SAFETY: SSE2 is a part of x86-64, and the block has the sixteen bytes that are loaded.
    unsafe {
        let block = _mm_loadu_si128(block.as_ptr().cast());
        let quotes = _mm_cmpeq_epi8(block, _mm_set1_epi8(b'"' as i8));
        let backslashes = _mm_cmpeq_epi8(block, _mm_set1_epi8(b'\\' as i8));
        let controls = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block);
        let specials = _mm_or_si128(_mm_or_si128(quotes, backslashes), controls);
        _mm_movemask_epi8(specials) as u32
    }
}

/// One bit for each byte of a block that JSON's strings have to escape: quotes, backslashes and control characters.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
#[must_use]
pub fn json_specials(block: &[u8; BLOCK]) -> u32 {
    json_specials_in_words(block)
}

/// The same in words of eight bytes.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn json_specials_in_words(block: &[u8; BLOCK]) -> u32 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOWS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    // Each lane by itself: without the highest bits nothing is carried from one to the next.
    let above = |word: u64, least: u64| ((word & LOWS) + ONES * (0x80 - least)) | word;
    let words = block.as_chunks::<8>().0.iter().enumerate();
    words.fold(0, |mask, (index, word)| {
        let word = u64::from_le_bytes(*word);
        let plain =
            above(word, 0x20) & above(word ^ (ONES * 0x22), 1) & above(word ^ (ONES * 0x5c), 1);
        let specials = (!plain & !LOWS) >> 7;
        // The multiplication gathers the lowest bits of eight bytes in one.
        let gathered = specials.wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask | (gathered as u32) << (index * 8)
    })
}

#[cfg(test)]
mod tests {
    use super::{is_short_ascii, json_specials, json_specials_in_words};

    #[test]
    fn one_byte_that_is_not_ascii_is_seen() {
        for length in 0..70 {
            let mut text = vec![0x7f; length];
            assert!(is_short_ascii(&text));
            for at in 0..length {
                text[at] = 0x80;
                assert!(!is_short_ascii(&text), "{at} of {length}");
                text[at] = b'a';
            }
        }
    }

    #[test]
    fn specials_have_their_bits() {
        for byte in 0..=255 {
            let special = byte < 0x20 || byte == b'"' || byte == b'\\';
            for at in 0..16 {
                let mut block = [b'a'; 16];
                block[at] = byte;
                let expected = u32::from(special) << at;
                assert_eq!(json_specials(&block), expected, "{byte}");
                assert_eq!(json_specials_in_words(&block), expected, "{byte}");
            }
        }
        let mixed = b"\"\\\0\x1f\x20\x21\x23\x5b\x5d\x7f\x80\xa2\xdc\xff\n\t";
        assert_eq!(json_specials(mixed), 0xc00f);
        assert_eq!(json_specials_in_words(mixed), 0xc00f);
    }
}
