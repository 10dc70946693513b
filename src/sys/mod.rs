//! What differs between platforms and isn't the loop's: figures of the process, users, the clock's zone, standard
//! streams. The only place of this crate with `unsafe`.

#[cfg(unix)]
mod credentials;
pub mod lanes;
#[cfg(feature = "mimalloc")]
pub mod mimalloc;
#[cfg(feature = "mimalloc")]
pub use mimalloc::{keep_freed_blocks, release_unused};
pub mod shuffle;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use credentials::*;
#[cfg(unix)]
pub use unix::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;

/// Other allocators keep what they like.
#[cfg(not(feature = "mimalloc"))]
pub fn keep_freed_blocks() {}

/// None is kept.
#[cfg(not(feature = "mimalloc"))]
pub fn release_unused() {}

/// Figures of `getrusage`, in microseconds, kilobytes and counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResourceUsage {
    pub user_micros: u64,
    pub system_micros: u64,
    pub max_rss_kilobytes: u64,
    pub minor_faults: u64,
    pub major_faults: u64,
    pub reads: u64,
    pub writes: u64,
    pub voluntary_switches: u64,
    pub involuntary_switches: u64,
}

/// What a file descriptor is open on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    windows,
    expect(
        dead_code,
        reason = "what is neither a terminal nor a file isn't told apart there"
    )
)]
pub enum StreamKind {
    Terminal,
    File,
    Pipe,
    Socket,
    Unknown,
}
