//! Notices `fork`: the C library calls back in each child, before `fork` returns there.

#![allow(unsafe_code)]

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

static GENERATION: AtomicU32 = AtomicU32::new(0);
static WATCH: Once = Once::new();

/// How many forks lie between this process and the one that asked first. Asking for the process's id instead would
/// be a system call for each job.
pub(crate) fn generation() -> u32 {
    WATCH.call_once(|| {
        // SAFETY: the handler lives as long as the program and does what a signal handler may, too: it adds to
        // an atomic number.
        let refused = unsafe { libc::pthread_atfork(None, None, Some(count)) };
        // Only want of memory can refuse this; then a child is like any other that forks behind the C library's back.
        debug_assert_eq!(refused, 0);
    });
    GENERATION.load(Ordering::Relaxed)
}

extern "C" fn count() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}
