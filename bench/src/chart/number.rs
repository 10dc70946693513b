//! Numbers as they stand at the axes and at the ends of bars.

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

/// The unit in which an axis that reaches `top` is labelled, so that all its labels share it.
pub fn unit(top: f64) -> (f64, &'static str) {
    match top {
        _ if top >= 1e9 => (1e9, "G"),
        _ if top >= 1e6 => (1e6, "M"),
        _ if top >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    }
}

/// The label of a tick of a linear axis whose ticks are `step` apart.
pub fn stepped(value: f64, step: f64, (unit, suffix): (f64, &str)) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (-(step / unit).log10().floor()).clamp(0.0, 9.0) as usize;
    format!("{}{suffix}", grouped(value / unit, decimals))
}

/// The label of a tick of a logarithmic axis, each in its own unit: `0.1`, `1`, `1,000`, `10k`.
pub fn short(value: f64) -> String {
    let (unit, suffix) = unit(value);
    let value = value / unit;
    if !(1e-6..1e9).contains(&value) {
        return format!("{value:e}{suffix}");
    }
    // Enough decimals for the digits of 1, 2, 5, and no more.
    let decimals = (-value.log10().floor()).clamp(0.0, 9.0) as usize;
    format!("{}{suffix}", grouped(value, decimals))
}

/// A ratio, to three digits or so: `0.034×`, `0.92×`, `1.04×`, `12.3×`, `1,234×`.
pub fn ratio(value: f64) -> String {
    let decimals = match value {
        _ if value < 0.001 => return format!("{value:.0e}×"),
        _ if value < 0.1 => 3,
        _ if value < 10.0 => 2,
        _ if value < 100.0 => 1,
        _ => 0,
    };
    format!("{}×", grouped(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (value, decimals, text) in [
            (0.0, 0, "0"),
            (999.0, 0, "999"),
            (4096.0, 0, "4,096"),
            (10_000.0, 0, "10,000"),
            (1_234_567.5, 1, "1,234,567.5"),
            (-1500.0, 0, "\u{2212}1,500"),
        ] {
            assert_eq!(grouped(value, decimals), text);
        }
    }

    #[test]
    fn labels_of_one_axis_share_the_unit() {
        let unit_of = |top| unit(top);
        assert_eq!(stepped(5000.0, 5000.0, unit_of(20_000.0)), "5k");
        assert_eq!(stepped(20_000.0, 5000.0, unit_of(20_000.0)), "20k");
        assert_eq!(stepped(500.0, 500.0, unit_of(2000.0)), "500");
        assert_eq!(stepped(2000.0, 500.0, unit_of(2000.0)), "2,000");
        assert_eq!(stepped(2.5e6, 5e5, unit_of(3e6)), "2.5M");
        assert_eq!(stepped(0.2, 0.2, unit_of(1.0)), "0.2");
        assert_eq!(stepped(0.0, 5000.0, unit_of(20_000.0)), "0");
    }

    #[test]
    fn logarithmic_labels_are_short() {
        for (value, text) in [
            (0.001, "0.001"),
            (0.05, "0.05"),
            (0.1, "0.1"),
            (1.0, "1"),
            (5.0, "5"),
            (200.0, "200"),
            (1000.0, "1,000"),
            (10_000.0, "10k"),
            (1e6, "1M"),
        ] {
            assert_eq!(short(value), text);
        }
    }

    #[test]
    fn ratios_keep_their_digits() {
        for (value, text) in [
            (0.0342, "0.034×"),
            (0.92, "0.92×"),
            (1.0, "1.00×"),
            (12.34, "12.3×"),
            (1234.0, "1,234×"),
        ] {
            assert_eq!(ratio(value), text);
        }
    }
}
