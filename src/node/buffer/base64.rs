//! Base64 in both alphabets, with Node's lenient decoder.

use base64_simd::{AsOut, Base64};
use boa_engine::{JsString, object::builtins::AlignedVec, string::Latin1JsStringBuilder};

use super::class::aligned;
use crate::engine::strings;

/// So many bytes are encoded at once: whole groups.
const PIECE: usize = 1536;

/// The standard alphabet, padded.
pub fn encode(bytes: &[u8]) -> JsString {
    encode_with(&base64_simd::STANDARD, bytes)
}

/// The URL alphabet without padding.
pub fn encode_url(bytes: &[u8]) -> JsString {
    encode_with(&base64_simd::URL_SAFE_NO_PAD, bytes)
}

/// So few bytes are encoded where it costs less than to clear room for a piece.
const SHORT: usize = 192;

/// In pieces that stay in the processor's cache, into a string of the right size.
fn encode_with(base64: &Base64, bytes: &[u8]) -> JsString {
    if bytes.len() <= SHORT {
        let mut room = [0; SHORT / 3 * 4];
        return strings::latin1(base64.encode(bytes, room[..].as_out()));
    }
    let mut string = Latin1JsStringBuilder::with_capacity(base64.encoded_length(bytes.len()));
    let mut room = [0; PIECE / 3 * 4];
    for piece in bytes.chunks(PIECE) {
        string.extend_from_slice(base64.encode(piece, room[..].as_out()));
    }
    strings::built(string)
}

/// So many letters are looked at to tell the alphabet.
const SAMPLE: usize = 512;

/// Decodes either alphabet, or both mixed: skips what is in neither, stops at `=`, takes what bits an incomplete last
/// group has.
pub fn decode(text: &[u8]) -> Vec<u8> {
    let (_, strict) = strictly(text);
    strict
        .decode_type(text)
        .unwrap_or_else(|_| decode_leniently(text))
}

/// Decodes as [`decode`] does where no lenience is needed for it, and there is room; `None` for any other text.
pub fn decode_short<'a>(text: &[u8], room: &'a mut [u8]) -> Option<&'a [u8]> {
    if text.len() / 4 * 3 + 3 > room.len() {
        return None;
    }
    let (_, strict) = strictly(text);
    strict.decode(text, room.as_out()).ok().map(|bytes| &*bytes)
}

/// Decodes as [`decode`] does, to memory as the engine's array buffers want it. For texts that are long: it is written once.
pub fn decode_aligned(text: &[u8]) -> AlignedVec<u8> {
    decode_in_pieces(text).unwrap_or_else(|| aligned(&decode_leniently(text)))
}

/// What no lenience is needed for, in pieces that stay in the processor's cache.
fn decode_in_pieces(text: &[u8]) -> Option<AlignedVec<u8>> {
    const LETTERS: usize = PIECE / 3 * 4;
    let (front, whole) = strictly(text);
    let mut bytes: AlignedVec<u8> = AlignedVec::with_capacity(0, text.len() / 4 * 3 + 3);
    let mut room = [0; PIECE];
    let mut pieces = text.chunks(LETTERS).peekable();
    while let Some(piece) = pieces.next() {
        // Only the last one may be padded.
        let base64 = if pieces.peek().is_some() {
            &front
        } else {
            &whole
        };
        bytes.extend_from_slice(base64.decode(piece, room[..].as_out()).ok()?);
    }
    Some(bytes)
}

/// What decodes the alphabet that a text seems to have: without padding, and with as much as there is.
fn strictly(text: &[u8]) -> (&'static Base64, &'static Base64) {
    // Which alphabet is soon seen, in any text that is long.
    let url = text
        .iter()
        .take(SAMPLE)
        .any(|letter| matches!(letter, b'-' | b'_'));
    let (plain, padded) = match url {
        false => (&base64_simd::STANDARD_NO_PAD, &base64_simd::STANDARD),
        true => (&base64_simd::URL_SAFE_NO_PAD, &base64_simd::URL_SAFE),
    };
    match text.last() {
        Some(b'=') => (plain, padded),
        _ => (plain, plain),
    }
}

/// Decodes as the web does: white space is skipped, all else has to be right.
pub fn decode_forgiving(text: &[u8]) -> Option<Vec<u8>> {
    base64_simd::forgiving_decode_to_vec(text).ok()
}

fn decode_leniently(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let mut group = 0_u32;
    let mut digits = 0;
    for letter in text {
        if *letter == b'=' {
            break;
        }
        let Some(digit) = digit(*letter) else {
            continue;
        };
        group = group << 6 | digit;
        digits += 1;
        if digits == 4 {
            bytes.extend_from_slice(&group.to_be_bytes()[1..]);
            group = 0;
            digits = 0;
        }
    }
    match digits {
        2 => bytes.push((group >> 4) as u8),
        3 => bytes.extend_from_slice(&[(group >> 10) as u8, (group >> 2) as u8]),
        _ => {}
    }
    bytes
}

fn digit(letter: u8) -> Option<u32> {
    let digit = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(digit.into())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_leniently() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("YWJj", b"abc"),
            ("YQ==", b"a"),
            ("YQ==YQ==", b"a"),
            ("=YWJj", b""),
            ("a", b""),
            ("ab", b"i"),
            ("abc", b"i\xb7"),
            ("abcde", b"i\xb7\x1d"),
            ("ab-_", b"i\xbf\xbf"),
            ("a b\nc d", b"i\xb7\x1d"),
            ("YW Jj!!ZGVm", b"abcdef"),
            ("YWJjZA=Zm", b"abcd"),
            ("YW=Jj", b"a"),
        ] {
            assert_eq!(decode(text.as_bytes()), bytes, "{text}");
            assert_eq!(super::decode_aligned(text.as_bytes())[..], *bytes, "{text}");
            let mut room = [0; 16];
            if let Some(short) = super::decode_short(text.as_bytes(), &mut room) {
                assert_eq!(short, bytes, "{text}");
            }
        }
        let mut room = [0; 6];
        assert_eq!(super::decode_short(b"YWJj", &mut room), Some(&b"abc"[..]));
        assert_eq!(super::decode_short(b"YWJjYWJj", &mut room), None);
    }
    /// Longer than what is decoded at once: with and without padding, and with what strict decoders refuse at all places.
    #[test]
    fn decodes_long_texts() {
        let bytes: Vec<u8> = (0..5000_u32).map(|index| (index * 7 % 251) as u8).collect();
        for length in (0..bytes.len()).step_by(97).chain([1536, 3072, 1537, 1538]) {
            let bytes = &bytes[..length];
            for text in [super::encode(bytes), super::encode_url(bytes)] {
                let text = text.to_std_string_lossy();
                assert_eq!(super::decode_aligned(text.as_bytes())[..], *bytes);
                let broken = text.replace('A', "A\n");
                assert_eq!(super::decode_aligned(broken.as_bytes())[..], *bytes);
                // All after padding is left out, wherever that is.
                for at in [4, 1000, 2048, 2052, 4096] {
                    let Some((front, back)) = text.split_at_checked(at) else {
                        continue;
                    };
                    let text = format!("{front}={back}");
                    let expected = &bytes[..bytes.len().min(at / 4 * 3)];
                    assert_eq!(super::decode_aligned(text.as_bytes())[..], *expected);
                    assert_eq!(decode(text.as_bytes()), expected);
                }
            }
        }
    }
}
