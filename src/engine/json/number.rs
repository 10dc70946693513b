//! The numbers of a JSON text: their grammar, and their values as the nearest `f64`.

use boa_engine::JsValue;

use super::{
    parse::Unit,
    problem::{Parsed, Problem},
};

/// The powers of ten that an `f64` holds exactly, as far as they are needed here.
const POWERS: [f64; 20] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19,
];
/// So many digits a `u64` holds, whichever they are.
const MOST_DIGITS: usize = 19;

/// The powers of ten as integers, for so many digits.
const INTEGERS: [u64; MOST_DIGITS + 1] = {
    let mut powers = [1; MOST_DIGITS + 1];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

struct Reader<'a, T> {
    text: &'a [T],
    at: usize,
    /// The digits so far, as one integer; wraps around where they are too many.
    digits: u64,
}

impl<T: Unit> Reader<'_, T> {
    #[inline(always)]
    fn take(&mut self, letter: u8) -> bool {
        let found = self.text.get(self.at).copied().map(Into::into) == Some(u16::from(letter));
        self.at += usize::from(found);
        found
    }

    /// Reads digits; returns how many.
    #[inline(always)]
    fn digits(&mut self) -> usize {
        let from = self.at;
        loop {
            let (count, value) = T::digits(&self.text[self.at..]);
            self.digits = (self.digits.wrapping_mul(INTEGERS[count])).wrapping_add(value);
            self.at += count;
            if count < GROUP {
                return self.at - from;
            }
        }
    }
}

/// So many digits are read at once.
const GROUP: usize = 8;

/// The digits at the start, eight at most: how many, and their value.
pub(super) fn digits_one_by_one<T: Unit>(units: &[T]) -> (usize, u64) {
    let mut value = 0;
    let mut count = 0;
    while count < GROUP
        && let Some(digit) = units.get(count).and_then(|unit| digit(*unit))
    {
        value = value * 10 + u64::from(digit);
        count += 1;
    }
    (count, value)
}

/// The same of one-byte text, without looking at them one by one.
#[inline(always)]
pub(super) fn digits_at_once(units: &[u8]) -> (usize, u64) {
    let Some(group) = units.first_chunk::<GROUP>() else {
        return digits_one_by_one(units);
    };
    // Digits become their values, all else ten and more: 0x76 more brings those to the highest bit.
    let values = u64::from_le_bytes(*group) ^ 0x3030_3030_3030_3030;
    let carried = (values & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676;
    let others = (carried | values) & 0x8080_8080_8080_8080;
    let count = others.trailing_zeros() as usize / 8;
    if count == 0 {
        return (0, 0);
    }
    // Zeros come in front of fewer digits; then pairs, fours and all eight are joined.
    let values = values << (64 - 8 * count);
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let fours = (pairs & 0xff_0000_00ff).wrapping_mul(100 + (1_000_000 << 32));
    let value = fours.wrapping_add((pairs >> 16 & 0xff_0000_00ff).wrapping_mul(1 + (10_000 << 32)));
    (count, value >> 32)
}

/// A power of ten to divide by: shifted so that its highest bit is set, by how much, and `(2^128 - 1) / it - 2^64`.
#[derive(Clone, Copy)]
struct Divisor {
    shifted: u64,
    by: u32,
    reciprocal: u64,
}

const DIVISORS: [Divisor; MOST_DIGITS + 1] = {
    let mut divisors = [Divisor {
        shifted: 0,
        by: 0,
        reciprocal: 0,
    }; MOST_DIGITS + 1];
    let mut index = 0;
    while index < divisors.len() {
        let by = INTEGERS[index].leading_zeros();
        let shifted = INTEGERS[index] << by;
        // The cast takes 2^64 away.
        let reciprocal = (u128::MAX / shifted as u128) as u64;
        divisors[index] = Divisor {
            shifted,
            by,
            reciprocal,
        };
        index += 1;
    }
    divisors
};

impl Divisor {
    /// The quotient of `high * 2^64 + low`, where `high` is less than the divisor, and whether nothing remains. Möller and Granlund,
    /// "Improved division by invariant integers", algorithm 4.
    fn divide(self, high: u64, low: u64) -> (u64, bool) {
        let dividend = u128::from(high) << 64 | u128::from(low);
        let estimate = (u128::from(self.reciprocal) * u128::from(high)).wrapping_add(dividend);
        let (mut quotient, fraction) = (((estimate >> 64) as u64).wrapping_add(1), estimate as u64);
        let mut rest = low.wrapping_sub(quotient.wrapping_mul(self.shifted));
        if rest > fraction {
            quotient = quotient.wrapping_sub(1);
            rest = rest.wrapping_add(self.shifted);
        }
        if rest >= self.shifted {
            quotient = quotient.wrapping_add(1);
            rest -= self.shifted;
        }
        (quotient, rest == 0)
    }
}

/// The nearest `f64` to a quotient of an integer, not 0, and a power of ten.
fn quotient(mantissa: u64, places: usize) -> f64 {
    const BIAS: i64 = 1023;
    let divisor = DIVISORS[places];
    let up = mantissa.leading_zeros();
    let shifted = mantissa << up;
    // Of 63 or 64 bits, of which the last says whether any follow: the conversion rounds once.
    let (quotient, is_exact) = divisor.divide(shifted >> 1, shifted << 63);
    let quotient = quotient | u64::from(!is_exact);
    let exponent = i64::from(divisor.by) - i64::from(up) - 63;
    quotient as f64 * f64::from_bits(((BIAS + exponent) as u64) << 52)
}

fn digit<T: Unit>(unit: T) -> Option<u16> {
    let unit: u16 = unit.into();
    let digit = unit.wrapping_sub(u16::from(b'0'));
    (digit < 10).then_some(digit)
}

/// Reads the number that begins at `from`, with a digit or a minus sign; returns it, and where it ends.
///
/// # Errors
/// Where it stops being a number of JSON.
#[inline(always)]
pub(super) fn number<T: Unit>(text: &[T], from: usize) -> Parsed<(JsValue, usize)> {
    let negative = is_at(text, from, b'-');
    let start = from + usize::from(negative);
    let (count, value) = T::digits(text.get(start..).unwrap_or_default());
    if count == 0 {
        return Err(Problem::said("No number after minus sign", start));
    }
    if count > 1 && is_at(text, start, b'0') {
        return Err(Problem::said("Unexpected number", start + 1));
    }
    let end = start + count;
    let unit = text.get(end).map_or(0, |unit| (*unit).into());
    let goes_on = count == GROUP || matches!(u8::try_from(unit), Ok(b'.' | b'e' | b'E'));
    if goes_on || (negative && value == 0) {
        let reader = Reader {
            text,
            at: end,
            digits: value,
        };
        return longer(reader, count, negative);
    }
    // Fewer than eight digits.
    let integer = value as i32;
    let integer = if negative { -integer } else { integer };
    Ok((JsValue::from(integer), end))
}

#[inline(always)]
fn is_at<T: Unit>(text: &[T], at: usize, letter: u8) -> bool {
    text.get(at)
        .is_some_and(|unit| (*unit).into() == u16::from(letter))
}

/// A number of which the reader has so many digits.
#[inline(always)]
fn longer<T: Unit>(
    mut reader: Reader<'_, T>,
    count: usize,
    negative: bool,
) -> Parsed<(JsValue, usize)> {
    let start = reader.at - count;
    let mut digits = count;
    if count == GROUP {
        digits += reader.digits();
    }
    let mut places = 0;
    if reader.take(b'.') {
        places = reader.digits();
        digits += places;
        if places == 0 {
            return Err(Problem::said("Unterminated fractional number", reader.at));
        }
    }
    let mantissa = reader.digits;
    let has_exponent = reader.take(b'e') || reader.take(b'E');
    if has_exponent {
        let _sign = reader.take(b'+') || reader.take(b'-');
        if reader.digits() == 0 {
            return Err(Problem::said(
                "Exponent part is missing a number",
                reader.at,
            ));
        }
    }
    let end = reader.at;
    let number = if has_exponent || digits > MOST_DIGITS {
        T::float(&reader.text[start..end])
    } else if places == 0 && mantissa <= i32::MAX as u64 && mantissa != 0 {
        let integer = mantissa as i32;
        let integer = if negative { -integer } else { integer };
        return Ok((JsValue::from(integer), end));
    } else if mantissa > 1 << 53 {
        quotient(mantissa, places)
    } else {
        // Both are exact, so the division rounds once.
        mantissa as f64 / POWERS[places]
    };
    Ok((JsValue::from(if negative { -number } else { number }), end))
}

#[cfg(test)]
mod tests {
    use super::{digits_at_once, digits_one_by_one, number};

    #[test]
    fn digits_are_read_alike() {
        for text in [
            "",
            "x",
            "1",
            "12x45678",
            "12345678",
            "99999999",
            "0000000:",
            "123\u{b9}4567",
        ] {
            for end in ["", "                "] {
                let text = format!("{text}{end}");
                let expected = digits_one_by_one(text.as_bytes());
                assert_eq!(digits_at_once(text.as_bytes()), expected, "{text}");
            }
        }
        assert_eq!(digits_at_once(b"12345678"), (8, 12_345_678));
        assert_eq!(digits_at_once(b"1234,678"), (4, 1234));
    }

    #[test]
    fn values_are_the_nearest() {
        let mut texts: Vec<String> = [
            "0",
            "-0",
            "-0.0",
            "9007199254740993",
            "9007199254740993.0",
            "18014398509481985",
            "0.9007199254740993",
            "9999999999999999999",
            "0.9999999999999999999",
            "1234567890123456789",
            "123456789.0123456789",
            "12345678901234567890",
            "1e3",
            "0.1234567890123456789",
            "4.9406564584124654e-324",
            "922337203685477580.7",
            "1.7976931348623157e308",
            "0.0000000000000000001",
            "0.000000000000000001",
            "1.0000000000000002220446049250313",
            "9007199254740992.5",
            "900719925474099.25",
        ]
        .map(str::to_owned)
        .into();
        // Digits of all kinds, with the point at every place.
        let mut seed = 1_u64;
        for round in 0..20_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let digits = (seed >> (round % 48)).max(1).to_string();
            let point = 1 + (seed >> 32) as usize % digits.len();
            let (whole, places) = digits.split_at(point);
            let point = if places.is_empty() { "" } else { "." };
            texts.push(format!("{whole}{point}{places}"));
            texts.push(format!("-0.{digits}"));
            texts.push((12.75 * seed as f64 / 7e9).to_string());
        }
        for text in texts {
            let (value, end) = number(text.as_bytes(), 0).unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(end, text.len(), "{text}");
            let expected: f64 = text.parse().expect("it is a number");
            let found = value.as_number().expect("it is a number");
            assert_eq!(found.to_bits(), expected.to_bits(), "{text}");
            let wide: Vec<u16> = text.encode_utf16().collect();
            let (value, _) = number(&wide, 0).unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(
                value.as_number().map(f64::to_bits),
                Some(expected.to_bits())
            );
        }
    }
}
