//! The only place where platforms differ: whether a process can be a copy of another, made by `fork`, and what the
//! scheduler is told of the pool's threads.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod unix;
#[cfg(target_os = "linux")]
pub(crate) use linux::yield_to_others;
#[cfg(unix)]
pub(crate) use unix::generation;

/// A process starts from nothing here, so there is one generation.
#[cfg(not(unix))]
pub(crate) fn generation() -> u32 {
    0
}

/// Elsewhere the scheduler is told nothing.
#[cfg(not(target_os = "linux"))]
pub(crate) fn yield_to_others() {}
