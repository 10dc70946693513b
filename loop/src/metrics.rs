//! What a loop counts about itself: `uv_metrics_t` of libuv, and how long the caller took over its events.

use std::time::Duration;

use crate::handle::{HandleId, HandleKind};
use crate::{Core, Event, EventLoop, sys};

/// Figures since the loop was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Iterations.
    pub iterations: u64,
    /// Readiness events that polls fetched.
    pub events: u64,
    /// Of these, how many were there before poll could sleep.
    pub events_waiting: u64,
    /// Nanoseconds asleep in poll.
    pub idle_ns: u64,
    /// What the caller took longest over, while [`measure_callbacks`](EventLoop::measure_callbacks) was on.
    pub longest_callback: Option<CallbackTime>,
}

/// How long the caller took over one event: from its announcement to the next call of
/// [`next_event`](EventLoop::next_event).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackTime {
    /// The handle that the event was about.
    pub id: HandleId,
    /// Its kind; `None` if the event was its end.
    pub kind: Option<HandleKind>,
    /// How long it took.
    pub time: Duration,
}

/// The clock of callbacks.
#[derive(Default)]
pub(crate) struct CallbackClock {
    on: bool,
    /// The event that the caller acts on, and since when in nanoseconds.
    running: Option<(HandleId, Option<HandleKind>, u64)>,
    longest: Option<CallbackTime>,
}

impl Core {
    /// The caller is back from the last event.
    #[inline]
    pub(crate) fn callback_ends(&mut self) {
        if self.callbacks.on {
            self.callbacks.stop();
        }
    }

    /// The caller is about to act on `event`.
    #[inline]
    pub(crate) fn callback_begins(&mut self, event: &Event) {
        if self.callbacks.on {
            let id = event.handle();
            let kind = self.handles.kind(id).ok();
            self.callbacks.running = Some((id, kind, sys::hrtime()));
        }
    }
}

impl CallbackClock {
    fn stop(&mut self) {
        let Some((id, kind, since)) = self.running.take() else {
            return;
        };
        let time = Duration::from_nanos(sys::hrtime().saturating_sub(since));
        if self.longest.is_none_or(|longest| longest.time < time) {
            self.longest = Some(CallbackTime { id, kind, time });
        }
    }
}

/// # Metrics
impl EventLoop {
    /// The loop's figures.
    pub fn metrics(&self) -> Metrics {
        let core = self.core.borrow();
        Metrics {
            longest_callback: core.callbacks.longest,
            ..core.metrics
        }
    }

    /// Time asleep in poll since the loop was made.
    pub fn idle_time(&self) -> Duration {
        Duration::from_nanos(self.core.borrow().metrics.idle_ns)
    }

    /// Whether to measure how long the caller takes over each event, which costs two looks at the clock. Off at first;
    /// turned on it forgets the longest one so far.
    pub fn measure_callbacks(&self, on: bool) {
        let mut core = self.core.borrow_mut();
        core.callbacks = CallbackClock {
            on,
            running: None,
            longest: if on { None } else { core.callbacks.longest },
        };
    }
}
