//! What a count means beside the one that was recorded.

/// How much more, or less, is no news where the same compiler built both. Runs differ by 0.1 %, other processors by 1 %,
/// and a collection more or less in what is counted makes 3 %.
pub const BOUND: f64 = 1.05;
/// The same where another compiler did, which may generate other code.
pub const OTHER_COMPILER: f64 = 1.3;

/// What is to be said about a hot path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    AsRecorded,
    /// It needs fewer instructions: the record wants renewing.
    Better,
    Worse,
    NotRecorded,
}

impl Verdict {
    pub fn of(count: u64, recorded: Option<u64>, bound: f64) -> Self {
        let Some(recorded) = recorded else {
            return Self::NotRecorded;
        };
        let ratio = ratio(count, recorded);
        if ratio > bound {
            Self::Worse
        } else if ratio < 1.0 / bound {
            Self::Better
        } else {
            Self::AsRecorded
        }
    }

    pub fn is_failure(self) -> bool {
        matches!(self, Self::Worse | Self::NotRecorded)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::AsRecorded => "",
            Self::Better => "better: --update records it",
            Self::Worse => "WORSE",
            Self::NotRecorded => "not recorded: --update does",
        }
    }
}

/// How many times the recorded count it is.
pub fn ratio(count: u64, recorded: u64) -> f64 {
    count as f64 / recorded as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        for (count, recorded, bound, expected) in [
            (1000, Some(1000), BOUND, Verdict::AsRecorded),
            (1049, Some(1000), BOUND, Verdict::AsRecorded),
            (1051, Some(1000), BOUND, Verdict::Worse),
            (1101, Some(1000), OTHER_COMPILER, Verdict::AsRecorded),
            (1301, Some(1000), OTHER_COMPILER, Verdict::Worse),
            (953, Some(1000), BOUND, Verdict::AsRecorded),
            (952, Some(1000), BOUND, Verdict::Better),
            (1000, None, BOUND, Verdict::NotRecorded),
        ] {
            assert_eq!(
                Verdict::of(count, recorded, bound),
                expected,
                "{count} {recorded:?}"
            );
        }
    }
}
