//! What a pool counts: for each class how many jobs wait, run and are over.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Class;

/// The figures of a pool at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metrics {
    /// Threads, 0 before the first job.
    pub threads: usize,
    /// [`Class::Fs`].
    pub fs: ClassMetrics,
    /// [`Class::Dns`].
    pub dns: ClassMetrics,
    /// [`Class::Cpu`].
    pub cpu: ClassMetrics,
}

/// The figures of one class. They are read one after another, so they needn't add up while jobs come and go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClassMetrics {
    /// Jobs that wait.
    pub queued: u64,
    /// Jobs that run.
    pub running: u64,
    /// Jobs that ran to their end, panics included.
    pub done: u64,
    /// Jobs that were cancelled.
    pub canceled: u64,
}

impl Metrics {
    /// The figures of a class.
    pub fn class(&self, class: Class) -> ClassMetrics {
        match class {
            Class::Fs => self.fs,
            Class::Dns => self.dns,
            Class::Cpu => self.cpu,
        }
    }
}

#[derive(Default)]
pub(crate) struct Counters {
    classes: [ClassCounters; 3],
}

#[derive(Default)]
struct ClassCounters {
    submitted: AtomicU64,
    started: AtomicU64,
    done: AtomicU64,
    canceled: AtomicU64,
}

// Counts publish nothing but themselves, so relaxed will do. Each only grows; what waits and what runs are differences.
impl Counters {
    fn class(&self, class: Class) -> &ClassCounters {
        &self.classes[class as usize]
    }

    pub(crate) fn submitted(&self, class: Class) {
        self.class(class).submitted.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn started(&self, class: Class) {
        self.class(class).started.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn done(&self, class: Class) {
        self.class(class).done.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn canceled(&self, class: Class) {
        self.class(class).canceled.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self, class: Class) -> ClassMetrics {
        let counters = self.class(class);
        // Later stages first, or a job that moves on meanwhile would be counted in neither.
        let done = counters.done.load(Ordering::Relaxed);
        let canceled = counters.canceled.load(Ordering::Relaxed);
        let started = counters.started.load(Ordering::Relaxed);
        let submitted = counters.submitted.load(Ordering::Relaxed);
        ClassMetrics {
            queued: submitted.saturating_sub(started + canceled),
            running: started.saturating_sub(done),
            done,
            canceled,
        }
    }
}
