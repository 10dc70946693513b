//! What Linux's scheduler is told of the pool's threads.

#![allow(unsafe_code)]

/// Says of the calling thread that it works in the background (`SCHED_BATCH`, see sched(7)): it gets its full share of the
/// processors, but when it wakes it takes none from a thread that runs, which mostly is the one that submits jobs. A program
/// that a job starts inherits it.
pub(crate) fn yield_to_others() {
    let parameters = libc::sched_param { sched_priority: 0 };
    // SAFETY: both calls are about the calling thread (0), and read nothing but the parameters.
    unsafe {
        // A program that was started with another policy keeps it.
        if libc::sched_getscheduler(0) == libc::SCHED_OTHER {
            // Where this is forbidden (by a filter of system calls, say), the thread works as well.
            libc::sched_setscheduler(0, libc::SCHED_BATCH, &parameters);
        }
    }
}
