//! What a pool counts: for each class how many jobs wait, run and are over.

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

/// The figures of one class. Each job is in exactly one of the first four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClassMetrics {
    /// Jobs that wait.
    pub queued: u64,
    /// Jobs that run.
    pub running: u64,
    /// Jobs that ran to their end, panics included.
    pub done: u64,
    /// Jobs that were cancelled, or whose owner or pool went before they started.
    pub canceled: u64,
    /// The most jobs that waited at a time, so far.
    pub most_queued: u64,
    /// The most jobs that ran at a time, so far.
    pub most_running: u64,
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
