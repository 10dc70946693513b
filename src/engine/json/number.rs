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

struct Reader<'a, T> {
    text: &'a [T],
    at: usize,
    /// The digits so far, as one integer; wraps around where they are too many.
    digits: u64,
}

impl<T: Unit> Reader<'_, T> {
    fn take(&mut self, letter: u8) -> bool {
        let found = self.text.get(self.at).copied().map(Into::into) == Some(u16::from(letter));
        self.at += usize::from(found);
        found
    }

    fn is_at_digit(&self) -> bool {
        self.text
            .get(self.at)
            .is_some_and(|unit| digit(*unit).is_some())
    }

    /// Reads digits; returns how many.
    fn digits(&mut self) -> usize {
        let from = self.at;
        for unit in &self.text[from..] {
            let Some(digit) = digit(*unit) else {
                break;
            };
            self.digits = self.digits.wrapping_mul(10).wrapping_add(u64::from(digit));
            self.at += 1;
        }
        self.at - from
    }
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
pub(super) fn number<T: Unit>(text: &[T], from: usize) -> Parsed<(JsValue, usize)> {
    let mut reader = Reader {
        text,
        at: from,
        digits: 0,
    };
    let negative = reader.take(b'-');
    if negative && !reader.is_at_digit() {
        return Err(Problem::said("No number after minus sign", reader.at));
    }
    let mut digits = 1;
    if !reader.take(b'0') {
        digits = reader.digits();
    } else if reader.is_at_digit() {
        return Err(Problem::said("Unexpected number", reader.at));
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
    if has_exponent || digits > MOST_DIGITS || mantissa > 1 << 53 {
        return Ok((JsValue::from(T::float(&text[from..end])), end));
    }
    if places == 0
        && let Ok(integer) = i32::try_from(mantissa)
        && !(negative && integer == 0)
    {
        let integer = if negative { -integer } else { integer };
        return Ok((JsValue::from(integer), end));
    }
    // Both are exact, so the division rounds once.
    let number = mantissa as f64 / POWERS[places];
    Ok((JsValue::from(if negative { -number } else { number }), end))
}
