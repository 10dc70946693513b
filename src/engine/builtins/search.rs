//! One string inside another, in time that is linear in the length of the longer. One-byte strings are memchr's; what has
//! two-byte units compares the first and the last unit of the needle many places at a time, and goes over to Knuth, Morris
//! and Pratt's table where that finds too many places that don't hold.

use std::{borrow::Cow, cell::OnceCell};

use boa_engine::{JsStr, string::JsStrVariant};
use memchr::memmem;

/// Places that are looked at together; the compiler makes vectors of them.
const LANES: usize = 32;

/// Units compared in vain, for each unit of the haystack behind us, before the table is worth making.
const PATIENCE: usize = 4;

/// A haystack, and what is looked for in it.
pub struct Search<'a>(Kind<'a>);

// It lives on the stack for the length of one call.
#[allow(clippy::large_enum_variant)]
enum Kind<'a> {
    /// The needle is empty: it is everywhere.
    Everywhere(usize),
    /// The needle has units that the haystack can't have.
    Nowhere,
    Byte(&'a [u8], u8),
    Bytes(&'a [u8], memmem::Finder<'a>),
    Units(&'a [u16], Cow<'a, [u16]>, OnceCell<Vec<usize>>),
}

impl<'a> Search<'a> {
    /// Prepares to look for `needle` any number of times.
    pub fn new(haystack: JsStr<'a>, needle: JsStr<'a>) -> Self {
        if needle.is_empty() {
            return Self(Kind::Everywhere(haystack.len()));
        }
        Self(match (haystack.variant(), needle.variant()) {
            (JsStrVariant::Latin1(haystack), JsStrVariant::Latin1(&[byte])) => {
                Kind::Byte(haystack, byte)
            }
            (JsStrVariant::Latin1(haystack), JsStrVariant::Latin1(needle)) => {
                Kind::Bytes(haystack, memmem::Finder::new(needle))
            }
            (JsStrVariant::Latin1(haystack), JsStrVariant::Utf16(needle)) => {
                let narrow: Option<Vec<u8>> =
                    needle.iter().map(|&unit| u8::try_from(unit).ok()).collect();
                match narrow {
                    Some(needle) => {
                        Kind::Bytes(haystack, memmem::Finder::new(&needle).into_owned())
                    }
                    None => Kind::Nowhere,
                }
            }
            (JsStrVariant::Utf16(haystack), JsStrVariant::Latin1(needle)) => {
                let wide = needle.iter().map(|&byte| u16::from(byte)).collect();
                Kind::Units(haystack, Cow::Owned(wide), OnceCell::new())
            }
            (JsStrVariant::Utf16(haystack), JsStrVariant::Utf16(needle)) => {
                Kind::Units(haystack, Cow::Borrowed(needle), OnceCell::new())
            }
        })
    }

    /// The first place at or after `from`.
    pub fn find(&self, from: usize) -> Option<usize> {
        match &self.0 {
            Kind::Everywhere(length) => (from <= *length).then_some(from),
            Kind::Nowhere => None,
            Kind::Byte(haystack, byte) => {
                memchr::memchr(*byte, haystack.get(from..)?).map(|at| at + from)
            }
            Kind::Bytes(haystack, finder) => finder.find(haystack.get(from..)?).map(|at| at + from),
            Kind::Units(haystack, needle, table) => {
                find_units(haystack.get(from..)?, needle, table).map(|at| at + from)
            }
        }
    }

    /// The last place that isn't after `from`.
    pub fn find_last(&self, from: usize) -> Option<usize> {
        /// As much of the haystack as a match that begins at `from` can reach.
        fn reach<T>(haystack: &[T], from: usize, needle: usize) -> &[T] {
            &haystack[..haystack.len().min(from.saturating_add(needle))]
        }
        match &self.0 {
            Kind::Everywhere(length) => Some(from.min(*length)),
            Kind::Nowhere => None,
            Kind::Byte(haystack, byte) => memchr::memrchr(*byte, reach(haystack, from, 1)),
            Kind::Bytes(haystack, finder) => {
                let needle = finder.needle();
                memmem::rfind(reach(haystack, from, needle.len()), needle)
            }
            Kind::Units(haystack, needle, _) => reach(haystack, from, needle.len())
                .windows(needle.len())
                .rposition(|window| window[0] == needle[0] && window == &**needle),
        }
    }
}

fn find_units(haystack: &[u16], needle: &[u16], table: &OnceCell<Vec<usize>>) -> Option<usize> {
    let (&first, &last) = (needle.first()?, needle.last()?);
    let places = haystack.len().checked_sub(needle.len())? + 1;
    let starts = &haystack[..places];
    let ends = &haystack[needle.len() - 1..];
    let mut compared = 0;
    for (chunk, (starts, ends)) in starts.chunks(LANES).zip(ends.chunks(LANES)).enumerate() {
        let pairs = || starts.iter().zip(ends);
        if !pairs().fold(false, |any, (&a, &b)| any | ((a == first) & (b == last))) {
            continue;
        }
        let base = chunk * LANES;
        for (lane, _) in pairs()
            .enumerate()
            .filter(|(_, pair)| *pair == (&first, &last))
        {
            let at = base + lane;
            if compared > PATIENCE * (at + LANES) {
                let table = table.get_or_init(|| borders(needle));
                return find_by_table(&haystack[at..], needle, table).map(|found| found + at);
            }
            let alike = needle.iter().zip(&haystack[at..]);
            let length = alike.take_while(|(a, b)| a == b).count();
            if length == needle.len() {
                return Some(at);
            }
            compared += length;
        }
    }
    None
}

/// For each prefix of the needle the length of its longest border: where to go on when the next unit differs.
fn borders(needle: &[u16]) -> Vec<usize> {
    let mut table = vec![0; needle.len()];
    let mut length = 0;
    for at in 1..needle.len() {
        while length > 0 && needle[at] != needle[length] {
            length = table[length - 1];
        }
        length += usize::from(needle[at] == needle[length]);
        table[at] = length;
    }
    table
}

fn find_by_table(haystack: &[u16], needle: &[u16], table: &[usize]) -> Option<usize> {
    let mut length = 0;
    for (at, unit) in haystack.iter().enumerate() {
        while length > 0 && *unit != needle[length] {
            length = table[length - 1];
        }
        length += usize::from(*unit == needle[length]);
        if length == needle.len() {
            return Some(at + 1 - length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{OnceCell, Search, borders, find_by_table, find_units};
    use boa_engine::JsStr;

    /// The text as bytes, where it can be, and as units.
    fn forms(text: &str) -> (Option<Vec<u8>>, Vec<u16>) {
        let units: Vec<u16> = text.encode_utf16().collect();
        let bytes = units.iter().map(|&unit| u8::try_from(unit).ok()).collect();
        (bytes, units)
    }

    fn places(haystack: &[u16], needle: &[u16]) -> Vec<usize> {
        (0..=haystack.len())
            .filter(|&at| haystack[at..].starts_with(needle))
            .collect()
    }

    #[test]
    fn each_form_of_each_string_finds_the_same_places() {
        let long = "a".repeat(70) + "b" + &"a".repeat(70);
        let haystacks = [
            "",
            "a",
            "abcabc",
            "aaaaaaab",
            "xéyéz",
            "→x→x→",
            "ab\u{1F600}cab",
            &long,
        ];
        let needles = [
            "",
            "a",
            "b",
            "abc",
            "aab",
            "é",
            "→",
            "→x",
            "x→x→",
            "\u{1F600}",
            "ba",
            &long,
            "zz",
            "aaaaaaaab",
        ];
        for haystack in haystacks {
            for needle in needles {
                let (narrow, wide) = forms(haystack);
                let (narrow_needle, wide_needle) = forms(needle);
                let expected = places(&wide, &wide_needle);
                let haystacks = [
                    Some(JsStr::utf16(&wide)),
                    narrow.as_deref().map(JsStr::latin1),
                ];
                let needles = [
                    Some(JsStr::utf16(&wide_needle)),
                    narrow_needle.as_deref().map(JsStr::latin1),
                ];
                for form in haystacks.into_iter().flatten() {
                    for needle in needles.into_iter().flatten() {
                        let search = Search::new(form, needle);
                        for from in 0..wide.len() + 2 {
                            let next = expected.iter().copied().find(|&at| at >= from);
                            assert_eq!(search.find(from), next, "{haystack} {needle:?} {from}");
                            let last = expected.iter().copied().rfind(|&at| at <= from);
                            assert_eq!(
                                search.find_last(from),
                                last,
                                "{haystack} {needle:?} {from}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_table_takes_over_where_the_needle_nearly_matches_everywhere() {
        let mut haystack = vec![0x2192_u16; 5000];
        let mut needle = vec![0x2192_u16; 500];
        needle[250] = 7;
        let table = OnceCell::new();
        assert_eq!(find_units(&haystack, &needle, &table), None);
        assert!(table.get().is_some());
        haystack[4000] = 7;
        assert_eq!(find_units(&haystack, &needle, &table), Some(3750));
        assert_eq!(
            find_by_table(&haystack, &needle, &borders(&needle)),
            Some(3750)
        );
    }
}
