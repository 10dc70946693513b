//! What a loop counts about itself; `uv_metrics_t` of libuv.

use crate::EventLoop;

/// Figures since the loop was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Iterations.
    pub iterations: u64,
    /// Readiness events that polls fetched.
    pub events: u64,
    /// Nanoseconds asleep in poll.
    pub idle_ns: u64,
}

/// # Metrics
impl EventLoop {
    /// The loop's figures.
    pub fn metrics(&self) -> Metrics {
        self.core.borrow().metrics
    }

    /// Time asleep in poll since the loop was made.
    pub fn idle_time(&self) -> std::time::Duration {
        std::time::Duration::from_nanos(self.core.borrow().metrics.idle_ns)
    }
}
