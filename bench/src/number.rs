//! Numbers as the tables and the charts write them: digits that count, commas between the thousands.

/// Groups the digits before the decimal point by thousands: `10000` is `10,000`.
pub fn grouped(value: f64, decimals: usize) -> String {
    let plain = format!("{value:.decimals$}");
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => ("\u{2212}", rest),
        None => ("", plain.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut text = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Three digits that count, of what isn't below 1: `1.23`, `12.3`, `123`, `1,234`.
pub fn figure(value: f64) -> String {
    let decimals = match value {
        _ if value < 10.0 => 2,
        _ if value < 100.0 => 1,
        _ => 0,
    };
    grouped(value, decimals)
}

/// A ratio, to two or three digits: `0.034`, `0.92`, `1.04`, `12.3`, `1,234`.
pub fn ratio(value: f64) -> String {
    match value {
        _ if value == 0.0 => "0".to_owned(),
        _ if value < 0.001 => format!("{value:.0e}"),
        // What would be 0.10 has two digits.
        _ if value < 0.0995 => format!("{value:.3}"),
        _ => figure(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (value, decimals, text) in [
            (0.0, 0, "0"),
            (999.4, 0, "999"),
            (1000.0, 0, "1,000"),
            (4096.0, 0, "4,096"),
            (10_000.0, 0, "10,000"),
            (12_345_678.0, 0, "12,345,678"),
            (1_234_567.5, 1, "1,234,567.5"),
            (-1500.0, 0, "\u{2212}1,500"),
        ] {
            assert_eq!(grouped(value, decimals), text);
        }
    }

    #[test]
    fn figures_have_the_digits_that_count() {
        for (value, text) in [
            (0.0, "0.00"),
            (1.234, "1.23"),
            (12.34, "12.3"),
            (123.4, "123"),
            (71_053.4, "71,053"),
        ] {
            assert_eq!(figure(value), text);
        }
    }

    #[test]
    fn ratios_keep_their_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.00034, "3e-4"),
            (0.0342, "0.034"),
            (0.0996, "0.10"),
            (0.92, "0.92"),
            (1.0, "1.00"),
            (12.34, "12.3"),
            (123.5, "124"),
            (1234.0, "1,234"),
        ] {
            assert_eq!(ratio(value), text);
        }
    }
}
