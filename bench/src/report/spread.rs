//! A median with its extremes, and when it is not to be trusted.

use crate::number::ratio;

/// A figure whose rounds lie further apart than this share of it is not to be trusted.
const WIDE: f64 = 0.2;

/// What stands behind such a figure.
pub const WARNING: &str = "⚠";

/// A median with its extremes.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
    values: usize,
}

impl Spread {
    /// `None` if there are no values.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let upper = *values.get(values.len() / 2)?;
        // Of an even number the two in the middle count.
        let lower = values[(values.len() - 1) / 2];
        Some(Self {
            median: f64::midpoint(lower, upper),
            least: *values.first()?,
            most: *values.last()?,
            values: values.len(),
        })
    }

    pub fn is_wide(&self) -> bool {
        self.most - self.least > WIDE * self.median
    }

    /// A ratio with its extremes, and the warning where it needs one.
    pub fn ratio_text(&self) -> String {
        let Self { median, .. } = self;
        if self.values < 2 {
            return format!("**{}**", ratio(*median));
        }
        let wide = if self.is_wide() { WARNING } else { "" };
        let (least, most) = (ratio(self.least), ratio(self.most));
        format!("**{}** ({least}–{most}) {wide}", ratio(*median))
            .trim_end()
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_read_at_a_glance() {
        let table: [(&[f64], &str); 6] = [
            (&[1.5], "**1.50**"),
            (&[1.52, 1.5], "**1.51** (1.50–1.52)"),
            (&[1.6, 1.5, 1.55], "**1.55** (1.50–1.60)"),
            (&[1.0, 1.5, 2.0], "**1.50** (1.00–2.00) ⚠"),
            (&[0.01, 0.0101, 0.0099], "**0.010** (0.010–0.010)"),
            (&[12.34, 123.4, 123.5], "**123** (12.3–124) ⚠"),
        ];
        for (values, expected) in table {
            let spread = Spread::of(values.iter().copied()).unwrap();
            assert_eq!(spread.ratio_text(), expected);
        }
        assert!(Spread::of(std::iter::empty()).is_none());
    }
}
