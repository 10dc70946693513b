//! Every primitive by which the threads of a pool meet. The rest of the crate takes them from here, so that
//! `tests/model.rs` can put others in their place, whose schedule it decides, and try the interleavings.

pub(crate) use std::sync::atomic;
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use std::thread;

/// The channel that completions travel through.
pub(crate) use crossbeam_channel::{Receiver, Sender, unbounded as channel};

/// The time. It is read only while a pool records times.
pub(crate) fn now() -> std::time::Instant {
    std::time::Instant::now()
}
