//! Hexadecimal, both ways.

use boa_engine::{JsStr, string::JsStrVariant};

/// Two lower-case digits for each byte.
pub fn encode(bytes: &[u8]) -> Vec<u8> {
    hex_simd::encode_type(bytes, hex_simd::AsciiCase::Lower)
}

/// The bytes of the pairs of digits up to the first thing that isn't one; a last single digit is dropped.
pub fn decode(text: JsStr<'_>) -> Vec<u8> {
    if let JsStrVariant::Latin1(digits) = text.variant()
        && let Ok(bytes) = hex_simd::decode_to_vec(&digits[..digits.len() & !1])
    {
        return bytes;
    }
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut units = text.iter();
    while let (Some(high), Some(low)) = (units.next(), units.next()) {
        let (Some(high), Some(low)) = (digit(high), digit(low)) else {
            break;
        };
        bytes.push(high << 4 | low);
    }
    bytes
}

fn digit(unit: u16) -> Option<u8> {
    let value = char::from(u8::try_from(unit).ok()?).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use boa_engine::JsString;

    #[test]
    fn stops_at_the_first_bad_pair() {
        for (text, bytes) in [
            ("abCD", &[0xab, 0xcd][..]),
            ("abc", &[0xab]),
            ("abxx", &[0xab]),
            ("0g11", &[]),
            ("ab\u{161}1", &[0xab]),
        ] {
            assert_eq!(
                super::decode(JsString::from(text).as_str()),
                bytes,
                "{text}"
            );
        }
        assert_eq!(super::encode(&[0, 0x9f]), b"009f");
    }
}
