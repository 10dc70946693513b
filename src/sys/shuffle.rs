//! Between UTF-8 and the engine's strings by moving bytes within registers, on x86-64 processors with SSE4.1 and POPCNT (all
//! of the last fifteen years). Each function does as much as it can in steps of a register and says how far it came; what
//! remains, and everything on other processors, is left to its caller, `node/buffer/utf8.rs`.
//!
//! A step puts each character in a lane of its own and then shuffles those bytes to the front that belong to the text; which
//! these are is in tables, by a mask with a bit for each lane.

/// How many units were read, and how many written.
pub type Progress = (usize, usize);

/// Whether the processor is one of those. Where it isn't, the functions come nowhere.
#[inline]
#[must_use]
pub fn is_here() -> bool {
    #[cfg(target_arch = "x86_64")]
    return x86::is_here();
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Encodes Latin-1.
#[inline]
pub fn latin1_to_utf8(units: &[u8], out: &mut [u8]) -> Progress {
    #[cfg(target_arch = "x86_64")]
    if x86::is_here() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::latin1_to_utf8(units, out) };
    }
    let _ = (units, out);
    (0, 0)
}

/// Encodes UTF-16; stops before surrogates.
#[inline]
pub fn utf16_to_utf8(units: &[u16], out: &mut [u8]) -> Progress {
    #[cfg(target_arch = "x86_64")]
    if x86::is_here() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::utf16_to_utf8(units, out) };
    }
    let _ = (units, out);
    (0, 0)
}

/// Decodes characters of Latin-1, without any others among them, from the start of one on; ends with a whole one.
#[inline]
pub fn utf8_to_latin1(text: &[u8], out: &mut [u8]) -> Progress {
    #[cfg(target_arch = "x86_64")]
    if x86::is_here() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::utf8_to_latin1(text, out) };
    }
    let _ = (text, out);
    (0, 0)
}

/// Decodes well-formed UTF-8 to UTF-16, from the start of a character on; ends with a whole one, and stops near those that
/// take a pair of surrogates.
#[inline]
pub fn utf8_to_utf16(text: &[u8], out: &mut [u16]) -> Progress {
    #[cfg(target_arch = "x86_64")]
    if x86::is_here() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::utf8_to_utf16(text, out) };
    }
    let _ = (text, out);
    (0, 0)
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Progress;

    /// Which bytes of a register come where; what is beyond them doesn't matter.
    type Pattern = [u8; 16];

    /// The table of the patterns in which each lane of `width` bytes gives those that `bytes` says of lane and mask: from
    /// which one, and how many.
    macro_rules! patterns {
        ($width:literal, |$mask:ident, $lane:ident| $bytes:expr) => {{
            let mut table = [[0; 16]; 256];
            let mut $mask = 0_usize;
            while $mask < 256 {
                let (mut $lane, mut to) = (0, 0);
                while $lane < 16 / $width {
                    let (mut byte, length): (usize, usize) = $bytes;
                    let end = byte + length;
                    while byte < end {
                        table[$mask][to] = ($lane * $width + byte) as u8;
                        (byte, to) = (byte + 1, to + 1);
                    }
                    $lane += 1;
                }
                $mask += 1;
            }
            table
        }};
    }

    /// Of eight lanes of two bytes: both where the mask has a bit, elsewhere the first.
    static ONE_OR_TWO: [Pattern; 256] = patterns!(2, |mask, lane| (0, 1 + (mask >> lane & 1)));
    /// Of four lanes of three bytes, and one that doesn't matter: the last, and one more before it for each of two bits, which are
    /// four places apart.
    static ONE_TO_THREE: [Pattern; 256] = patterns!(4, |mask, lane| {
        let more = (mask >> lane & 1) + (mask >> lane >> 4 & 1);
        (2_usize.saturating_sub(more), 1 + more)
    });
    /// Of eight lanes of two bytes: both or none.
    static TWO_OR_NONE: [Pattern; 256] = patterns!(2, |mask, lane| (0, 2 * (mask >> lane & 1)));
    /// Of the first eight bytes: those that have a bit.
    static ONE_OR_NONE: [Pattern; 256] = patterns!(1, |mask, lane| (
        0,
        if lane < 8 { mask >> lane & 1 } else { 0 }
    ));

    /// Whether the processor can do it.
    #[inline]
    pub fn is_here() -> bool {
        is_x86_feature_detected!("sse4.1") && is_x86_feature_detected!("popcnt")
    }

    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn load<T: Copy, const UNITS: usize>(units: &[T; UNITS]) -> __m128i {
        const { assert!(size_of::<[T; UNITS]>() == 16) };
        // SAFETY: the units are sixteen bytes, as asserted; any bytes make a register.
        unsafe { _mm_loadu_si128(units.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn store<const UNITS: usize, T: Unit>(register: __m128i, units: &mut [T; UNITS]) {
        const { assert!(size_of::<[T; UNITS]>() == 16) };
        // SAFETY: the units are sixteen bytes, as asserted, and any bytes make units.
        unsafe { _mm_storeu_si128(units.as_mut_ptr().cast(), register) }
    }

    /// Integers.
    trait Unit: Copy {}
    impl Unit for u8 {}
    impl Unit for u16 {}

    /// The bytes that a mask selects, at the front.
    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn select(bytes: __m128i, table: &[Pattern; 256], mask: u8) -> __m128i {
        _mm_shuffle_epi8(bytes, load(&table[usize::from(mask)]))
    }

    /// Characters below U+0800 in lanes of two bytes, as UTF-8 where they aren't ASCII.
    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn two_bytes(units: __m128i) -> __m128i {
        let first = _mm_srli_epi16::<6>(units);
        let second = _mm_slli_epi16::<8>(_mm_and_si128(units, _mm_set1_epi16(0x3f)));
        let marks = _mm_set1_epi16(0x80c0_u16 as i16);
        let encoded = _mm_or_si128(_mm_or_si128(first, second), marks);
        _mm_blendv_epi8(units, encoded, is_above(units, 0x7f))
    }

    /// Of lanes of two bytes that are below 0x8000.
    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn is_above(units: __m128i, bound: i16) -> __m128i {
        _mm_cmpgt_epi16(units, _mm_set1_epi16(bound))
    }

    /// Eight characters below U+0800 as UTF-8; returns how many bytes that takes.
    #[inline]
    #[target_feature(enable = "sse4.1,popcnt")]
    fn put_two_bytes(units: __m128i, out: &mut [u8; 16]) -> usize {
        let is_two = _mm_packs_epi16(is_above(units, 0x7f), _mm_setzero_si128());
        let mask = _mm_movemask_epi8(is_two) as u8;
        store(select(two_bytes(units), &ONE_OR_TWO, mask), out);
        8 + mask.count_ones() as usize
    }

    #[target_feature(enable = "sse4.1,popcnt")]
    pub fn latin1_to_utf8(units: &[u8], out: &mut [u8]) -> Progress {
        let (mut from, mut to) = (0, 0);
        let zero = _mm_setzero_si128();
        while let Some(block) = units[from..].first_chunk::<16>()
            && let Some(room) = out[to..].first_chunk_mut::<32>()
        {
            let block = load(block);
            from += 16;
            let (ascii, _) = room.split_first_chunk_mut::<16>().expect("room is longer");
            if _mm_movemask_epi8(block) == 0 {
                store(block, ascii);
                to += 16;
                continue;
            }
            let length = put_two_bytes(_mm_unpacklo_epi8(block, zero), ascii);
            // Eight characters are sixteen bytes at most.
            let Some(second) = room[length.min(16)..].first_chunk_mut::<16>() else {
                return (from, to);
            };
            to += length + put_two_bytes(_mm_unpackhi_epi8(block, zero), second);
        }
        (from, to)
    }

    /// Eight units that are no surrogates as UTF-8; returns how many bytes that takes.
    #[inline]
    #[target_feature(enable = "sse4.1,popcnt")]
    fn put_three_bytes(units: __m128i, out: &mut [u8; 32]) -> usize {
        let all = |bits: u16| _mm_set1_epi16(bits as i16);
        let low_bits = |units| _mm_and_si128(units, all(0x3f));
        let is_one = _mm_cmpeq_epi16(_mm_and_si128(units, all(0xff80)), _mm_setzero_si128());
        let below_three = _mm_cmpeq_epi16(_mm_and_si128(units, all(0xf800)), _mm_setzero_si128());
        // The last byte of each character, the one before it, and that of those that have three.
        let last = _mm_or_si128(low_bits(units), all(0x80));
        let last = _mm_blendv_epi8(last, units, is_one);
        let middle = _mm_or_si128(low_bits(_mm_srli_epi16::<6>(units)), all(0x80));
        let middle = _mm_or_si128(middle, _mm_and_si128(below_three, all(0x40)));
        let first = _mm_or_si128(_mm_srli_epi16::<12>(units), all(0xe0));
        let front = _mm_or_si128(first, _mm_slli_epi16::<8>(middle));
        // A bit for each that has a second byte, and above these for each that has a third.
        let more = !_mm_movemask_epi8(_mm_packs_epi16(is_one, below_three)) as u32;
        let low = (more & 0x0f | more >> 4 & 0xf0) as u8;
        let high = (more >> 4 & 0x0f | more >> 8 & 0xf0) as u8;
        let (room, _) = out.split_first_chunk_mut::<16>().expect("there is more");
        let lanes = _mm_unpacklo_epi16(front, last);
        store(select(lanes, &ONE_TO_THREE, low), room);
        let length = 4 + low.count_ones() as usize;
        // Four characters are twelve bytes at most.
        if let Some(room) = out[length.min(16)..].first_chunk_mut::<16>() {
            let lanes = _mm_unpackhi_epi16(front, last);
            store(select(lanes, &ONE_TO_THREE, high), room);
        }
        length + 4 + high.count_ones() as usize
    }

    /// Eight units that are no surrogates as UTF-8; returns how many bytes that takes.
    #[inline]
    #[target_feature(enable = "sse4.1,popcnt")]
    fn put_units(units: __m128i, out: &mut [u8; 32]) -> usize {
        if _mm_testz_si128(units, _mm_set1_epi16(0xf800_u16 as i16)) == 0 {
            return put_three_bytes(units, out);
        }
        let (room, _) = out.split_first_chunk_mut().expect("there is more");
        put_two_bytes(units, room)
    }

    #[target_feature(enable = "sse4.1,popcnt")]
    pub fn utf16_to_utf8(units: &[u16], out: &mut [u8]) -> Progress {
        let (mut from, mut to) = (0, 0);
        let all = |bits: u16| _mm_set1_epi16(bits as i16);
        while let Some(window) = units[from..].first_chunk::<16>()
            && let Some(room) = out[to..].first_chunk_mut::<64>()
        {
            let [low, high] = [0, 8].map(|at| behind_units(window, at));
            let (first, _) = room.split_first_chunk_mut::<32>().expect("room is longer");
            if _mm_testz_si128(_mm_or_si128(low, high), all(0xff80)) != 0 {
                let (ascii, _) = first.split_first_chunk_mut::<16>().expect("room is longer");
                store(_mm_packus_epi16(low, high), ascii);
                (from, to) = (from + 16, to + 16);
                continue;
            }
            let is_surrogate =
                |units| _mm_cmpeq_epi16(_mm_and_si128(units, all(0xf800)), all(0xd800));
            let surrogates = _mm_or_si128(is_surrogate(low), is_surrogate(high));
            if _mm_movemask_epi8(surrogates) != 0 {
                break;
            }
            let length = put_units(low, first);
            // Eight units are 24 bytes at most.
            let Some(second) = room[length.min(32)..].first_chunk_mut() else {
                break;
            };
            to += length + put_units(high, second);
            from += 16;
        }
        (from, to)
    }

    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn behind_units(window: &[u16; 16], offset: usize) -> __m128i {
        load(
            window[offset..]
                .first_chunk::<8>()
                .expect("the window is longer"),
        )
    }

    /// Bytes that begin a character, ASCII among them.
    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn beginnings(bytes: __m128i) -> u16 {
        _mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(0xbf_u8 as i8))) as u16
    }

    /// The bytes of a block, and those that are so far behind them.
    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn behind<const LENGTH: usize>(window: &[u8; LENGTH], offset: usize) -> __m128i {
        load(
            window[offset..]
                .first_chunk::<16>()
                .expect("the window is longer"),
        )
    }

    /// Where a whole character ended last, from a place that may be within one.
    fn whole(text: &[u8], mut from: usize) -> usize {
        while text.get(from).is_some_and(|byte| byte & 0xc0 == 0x80) {
            from += 1;
        }
        from
    }

    #[target_feature(enable = "sse4.1,popcnt")]
    pub fn utf8_to_latin1(text: &[u8], out: &mut [u8]) -> Progress {
        let (mut from, mut to) = (0, 0);
        while let Some(window) = text[from..].first_chunk::<17>()
            && let Some(room) = out[to..].first_chunk_mut::<24>()
        {
            let bytes = behind(window, 0);
            from += 16;
            let (first, _) = room.split_first_chunk_mut::<16>().expect("room is longer");
            if _mm_movemask_epi8(bytes) == 0 {
                store(bytes, first);
                to += 16;
                continue;
            }
            // The second byte of a character is that of Latin-1, or so far below it that the first bit tells.
            let is_upper = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0xc3_u8 as i8));
            let upper = _mm_and_si128(is_upper, _mm_set1_epi8(0x40));
            let characters = _mm_add_epi8(behind(window, 1), upper);
            let characters = _mm_blendv_epi8(bytes, characters, bytes);
            let [low, high] = beginnings(bytes).to_le_bytes();
            store(select(characters, &ONE_OR_NONE, low), first);
            let length = low.count_ones() as usize;
            let Some(second) = room[length.min(8)..].first_chunk_mut::<16>() else {
                break;
            };
            store(
                select(_mm_srli_si128::<8>(characters), &ONE_OR_NONE, high),
                second,
            );
            to += length + high.count_ones() as usize;
        }
        (whole(text, from), to)
    }

    /// Eight lanes: the first bytes of characters, those behind them and those behind these, as units of UTF-16. What isn't the
    /// start of a character becomes something.
    #[inline]
    #[target_feature(enable = "sse4.1")]
    fn units(first: __m128i, second: __m128i, third: __m128i) -> __m128i {
        let low_bits = |bytes| _mm_and_si128(bytes, _mm_set1_epi16(0x3f));
        let second = low_bits(second);
        let two = _mm_slli_epi16::<6>(_mm_and_si128(first, _mm_set1_epi16(0x1f)));
        let two = _mm_or_si128(two, second);
        let three = _mm_or_si128(_mm_slli_epi16::<12>(first), _mm_slli_epi16::<6>(second));
        let three = _mm_or_si128(three, low_bits(third));
        let units = _mm_blendv_epi8(first, two, is_above(first, 0x7f));
        _mm_blendv_epi8(units, three, is_above(first, 0xdf))
    }

    #[target_feature(enable = "sse4.1,popcnt")]
    pub fn utf8_to_utf16(text: &[u8], out: &mut [u16]) -> Progress {
        let (mut from, mut to) = (0, 0);
        let zero = _mm_setzero_si128();
        while let Some(window) = text[from..].first_chunk::<18>()
            && let Some(room) = out[to..].first_chunk_mut::<16>()
        {
            let bytes = behind(window, 0);
            let (first, _) = room.split_first_chunk_mut::<8>().expect("room is longer");
            let (low, high) = (
                _mm_unpacklo_epi8(bytes, zero),
                _mm_unpackhi_epi8(bytes, zero),
            );
            if _mm_movemask_epi8(bytes) == 0 {
                store(low, first);
                let second = room.last_chunk_mut::<8>().expect("room is longer");
                store(high, second);
                (from, to) = (from + 16, to + 16);
                continue;
            }
            let most = _mm_set1_epi8(0xef_u8 as i8);
            if _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(bytes, most), most)) != 0xffff {
                break;
            }
            let (seconds, thirds) = (behind(window, 1), behind(window, 2));
            let [low_mask, high_mask] = beginnings(bytes).to_le_bytes();
            let low = units(
                low,
                _mm_unpacklo_epi8(seconds, zero),
                _mm_unpacklo_epi8(thirds, zero),
            );
            store(select(low, &TWO_OR_NONE, low_mask), first);
            let length = low_mask.count_ones() as usize;
            let Some(second) = room[length.min(8)..].first_chunk_mut::<8>() else {
                break;
            };
            let high = units(
                high,
                _mm_unpackhi_epi8(seconds, zero),
                _mm_unpackhi_epi8(thirds, zero),
            );
            store(select(high, &TWO_OR_NONE, high_mask), second);
            to += length + high_mask.count_ones() as usize;
            from += 16;
        }
        (whole(text, from), to)
    }
}
