//! Base64 in both alphabets, with Node's lenient decoder.

/// The standard alphabet, padded.
pub fn encode(bytes: &[u8]) -> Vec<u8> {
    base64_simd::STANDARD.encode_type(bytes)
}

/// The URL alphabet without padding.
pub fn encode_url(bytes: &[u8]) -> Vec<u8> {
    base64_simd::URL_SAFE_NO_PAD.encode_type(bytes)
}

/// So many letters are looked at to tell the alphabet.
const SAMPLE: usize = 512;

/// Decodes either alphabet, or both mixed: skips what is in neither, stops at `=`, takes what bits an incomplete last
/// group has.
pub fn decode(text: &[u8]) -> Vec<u8> {
    // Which alphabet is soon seen, in any text that is long.
    let url = text
        .iter()
        .take(SAMPLE)
        .any(|letter| matches!(letter, b'-' | b'_'));
    let strict = match (url, text.last()) {
        (false, Some(b'=')) => base64_simd::STANDARD,
        (false, _) => base64_simd::STANDARD_NO_PAD,
        (true, Some(b'=')) => base64_simd::URL_SAFE,
        (true, _) => base64_simd::URL_SAFE_NO_PAD,
    };
    strict
        .decode_type(text)
        .unwrap_or_else(|_| decode_leniently(text))
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
        }
    }
}
