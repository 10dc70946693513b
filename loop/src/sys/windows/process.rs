//! Child processes aren't here yet: starting one is an error that says so.

use std::io;

use super::Io;
use crate::process::{ExitStatus, SpawnOptions};

/// `ERROR_INVALID_PARAMETER`, which is what Windows answers for a process that isn't there.
pub(crate) const ESRCH: i32 = 87;
/// Windows has no such signal: it can be subscribed to and never comes.
pub(crate) const SIGCHLD: i32 = 17;

/// What the child's end of a pipe would be.
pub(crate) enum NoPipe {}

fn unsupported() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "ouro-loop has no child processes on Windows",
    )
}

/// Not on this platform.
pub(crate) fn stream_pair() -> io::Result<(Io, NoPipe)> {
    Err(unsupported())
}

pub(crate) fn descriptor_number(end: &NoPipe) -> i32 {
    match *end {}
}

/// Not on this platform.
pub(crate) fn spawn(_: &SpawnOptions, _: &[Option<i32>]) -> io::Result<i32> {
    Err(unsupported())
}

/// There are no children to wait for.
pub(crate) fn try_wait(_: i32) -> Option<ExitStatus> {
    None
}

/// Not on this platform.
pub(crate) fn kill(_: i32, _: i32) -> io::Result<()> {
    Err(unsupported())
}

impl Io {
    /// There is no such end.
    pub(crate) fn from_fd(end: NoPipe) -> io::Result<Self> {
        match end {}
    }
}
