//! The numbers that stand at the axes.

use crate::number::grouped;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
