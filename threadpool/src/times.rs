//! How long jobs wait and run, for those who want to know whether a pool has the right size. A pool records nothing of
//! this until [`ThreadPool::record_times`](crate::ThreadPool::record_times), and then where it holds its lock anyway.

use std::time::Duration;

use crate::Class;

/// A distribution of durations, each kept to within one percent.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// In nanoseconds. It grows with the longest.
    nanoseconds: hdrhistogram::Histogram<u64>,
}

impl Histogram {
    fn new() -> Self {
        Self {
            nanoseconds: hdrhistogram::Histogram::new(2).expect("two digits are allowed"),
        }
    }

    fn record(&mut self, nanoseconds: u64) {
        // A histogram that grows refuses nothing that memory has room for.
        let _ = self.nanoseconds.record(nanoseconds);
    }

    /// How many durations were recorded.
    pub fn count(&self) -> u64 {
        self.nanoseconds.len()
    }

    /// The shortest; zero if there is none.
    pub fn min(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.min())
    }

    /// The longest; zero if there is none.
    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.max())
    }

    /// The mean; zero if there is none.
    pub fn mean(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.mean() as u64)
    }

    /// All durations together, in seconds.
    pub(crate) fn total(&self) -> f64 {
        // The mean of none is no number.
        match self.count() {
            0 => 0.0,
            count => self.nanoseconds.mean() * count as f64 / 1e9,
        }
    }

    /// The duration that this share of all, from 0 to 1, doesn't exceed: 0.5 for the median, 0.99 for what one in a hundred
    /// exceeds.
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.nanoseconds.value_at_quantile(share))
    }
}

/// The times of one class.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClassTimes {
    /// From a job's submission to its start. Not of jobs that were cancelled.
    pub wait: Histogram,
    /// From a job's start to its end.
    pub run: Histogram,
}

/// What a pool recorded since [`record_times`](crate::ThreadPool::record_times).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Times {
    /// For how long it has recorded.
    pub recorded: Duration,
    /// For how much of that all threads ran jobs, so that a further job had to wait.
    pub all_busy: Duration,
    /// [`Class::Fs`].
    pub fs: ClassTimes,
    /// [`Class::Dns`].
    pub dns: ClassTimes,
    /// [`Class::Cpu`].
    pub cpu: ClassTimes,
}

impl Times {
    /// The times of a class.
    pub fn class(&self, class: Class) -> &ClassTimes {
        match class {
            Class::Fs => &self.fs,
            Class::Dns => &self.dns,
            Class::Cpu => &self.cpu,
        }
    }

    /// The share of the time, from 0 to 1, for which all threads ran jobs. Near 1, the pool is too small for its work, or its
    /// machine.
    pub fn all_busy_share(&self) -> f64 {
        if self.recorded.is_zero() {
            return 0.0;
        }
        self.all_busy.as_secs_f64() / self.recorded.as_secs_f64()
    }
}

/// Writes the times down. All moments are nanoseconds of the pool's clock.
pub(crate) struct Recorder {
    since: u64,
    times: Times,
    /// Since when all threads run jobs, if they do.
    all_busy_since: Option<u64>,
}

impl Recorder {
    /// Begins; `all_busy` says whether all threads run jobs.
    pub(crate) fn new(now: u64, all_busy: bool) -> Self {
        let class = || ClassTimes {
            wait: Histogram::new(),
            run: Histogram::new(),
        };
        Self {
            since: now,
            times: Times {
                recorded: Duration::ZERO,
                all_busy: Duration::ZERO,
                fs: class(),
                dns: class(),
                cpu: class(),
            },
            all_busy_since: all_busy.then_some(now),
        }
    }

    /// A job starts, and is or isn't the one that leaves no thread free.
    pub(crate) fn started(
        &mut self,
        class: Class,
        submitted: Option<u64>,
        now: u64,
        all_busy: bool,
    ) {
        if let Some(submitted) = submitted {
            self.class(class).wait.record(now.saturating_sub(submitted));
        }
        if all_busy {
            self.all_busy_since = Some(now);
        }
    }

    /// A job is over, so a thread is free.
    pub(crate) fn ended(&mut self, class: Class, started: Option<u64>, now: u64) {
        if let Some(started) = started {
            self.class(class).run.record(now.saturating_sub(started));
        }
        if let Some(since) = self.all_busy_since.take() {
            self.times.all_busy += Duration::from_nanos(now.saturating_sub(since));
        }
    }

    pub(crate) fn read(&self, now: u64) -> Times {
        let mut times = self.times.clone();
        times.recorded = Duration::from_nanos(now.saturating_sub(self.since));
        if let Some(since) = self.all_busy_since {
            times.all_busy += Duration::from_nanos(now.saturating_sub(since));
        }
        times
    }

    fn class(&mut self, class: Class) -> &mut ClassTimes {
        match class {
            Class::Fs => &mut self.times.fs,
            Class::Dns => &mut self.times.dns,
            Class::Cpu => &mut self.times.cpu,
        }
    }
}
