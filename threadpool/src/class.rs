//! The classes of jobs. Whoever submits a job names its class; `schedule.rs` decides by it.

/// What sort of work a job is. It decides which threads it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// File system calls.
    Fs,
    /// Slow I/O, name resolution above all: at most `(threads + 1) / 2` at a time.
    Dns,
    /// Computation: hashing, compression.
    Cpu,
}

impl Class {
    /// Every class.
    pub const ALL: [Class; 3] = [Class::Fs, Class::Dns, Class::Cpu];

    pub(crate) fn is_slow(self) -> bool {
        self == Class::Dns
    }
}
