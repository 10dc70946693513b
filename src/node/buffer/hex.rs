//! Hexadecimal, both ways.

use boa_engine::{JsStr, string::JsStrVariant};
use hex_simd::AsOut;

/// The digits of at most as many bytes as half the room takes; `None` for more.
pub fn encode_short<'a>(bytes: &[u8], room: &'a mut [u8]) -> Option<&'a [u8]> {
    let room = room.get_mut(..bytes.len() * 2)?;
    Some(hex_simd::encode(
        bytes,
        room.as_out(),
        hex_simd::AsciiCase::Lower,
    ))
}

/// The bytes of nothing but pairs of digits, if they are no more than there is room for; `None` for any other text.
pub fn decode_short<'a>(text: JsStr<'_>, room: &'a mut [u8]) -> Option<&'a [u8]> {
    let JsStrVariant::Latin1(digits) = text.variant() else {
        return None;
    };
    let room = room.get_mut(..digits.len() / 2)?;
    let digits = &digits[..digits.len() & !1];
    hex_simd::decode(digits, room.as_out())
        .ok()
        .map(|bytes| &*bytes)
}

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
            let mut room = [0; 2];
            let text = JsString::from(text);
            match super::decode_short(text.as_str(), &mut room) {
                Some(short) => assert_eq!(short, bytes),
                None => assert_ne!(text.len() / 2, bytes.len()),
            }
        }
        assert_eq!(super::encode(&[0, 0x9f]), b"009f");
        let mut room = [0; 5];
        assert_eq!(
            super::encode_short(&[0, 0x9f], &mut room),
            Some(&b"009f"[..])
        );
        assert_eq!(super::encode_short(&[1, 2, 3], &mut room), None);
        let long = JsString::from("0011223344556677");
        assert_eq!(super::decode_short(long.as_str(), &mut room), None);
    }
}
