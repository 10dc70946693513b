//! Strings of the engine, made the short way.

use boa_engine::{
    JsString,
    string::{JsStr, Latin1JsStringBuilder, Utf16JsStringBuilder},
};

/// The longest of the strings that the engine always has.
const LONGEST_KNOWN: usize = 27;

/// A string of Latin-1. The engine's own conversion first hashes a short text, to find it among the strings that it always has: worth
/// it for names in programs, not for what they read.
#[must_use]
#[inline]
pub fn latin1(units: &[u8]) -> JsString {
    if units.len() > LONGEST_KNOWN {
        // The builder would make room in steps of a word, and give back the rest.
        return JsString::from(JsStr::latin1(units));
    }
    if units.is_empty() {
        return JsString::default();
    }
    built(Latin1JsStringBuilder::from(units))
}

/// A string of UTF-16, which is not Latin-1.
#[must_use]
pub fn utf16(units: &[u16]) -> JsString {
    if units.len() > LONGEST_KNOWN {
        return JsString::from(JsStr::utf16(units));
    }
    Utf16JsStringBuilder::from(units).build()
}

/// What a builder has.
#[must_use]
pub fn built(string: Latin1JsStringBuilder) -> JsString {
    // SAFETY: any byte is a character of Latin-1.
    unsafe { string.build_as_latin1() }
}
