//! The only place where platforms differ: whether a process can be a copy of another, made by `fork`.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::generation;

/// A process starts from nothing here, so there is one generation.
#[cfg(not(unix))]
pub(crate) fn generation() -> u32 {
    0
}
