//! Child processes aren't here yet: starting one is an error that says so.

use std::io;
use std::os::windows::io::OwnedHandle;

use super::{Io, pipe};
use crate::process::{ExitStatus, SpawnOptions};

/// `ERROR_INVALID_PARAMETER`, which is what Windows answers for a process that isn't there.
pub(crate) const ESRCH: i32 = 87;
/// Windows has no such signal: it can be subscribed to and never comes.
pub(crate) const SIGCHLD: i32 = 17;

fn unsupported() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "ouro-loop has no child processes on Windows",
    )
}

/// The two ends of a pipe.
pub(crate) fn stream_pair() -> io::Result<(Io, OwnedHandle)> {
    let (first, second) = pipe::pair()?;
    Ok((Io::from_named_pipe(first), second))
}

/// A handle is no descriptor, and nothing takes one for it.
pub(crate) fn descriptor_number(_: &OwnedHandle) -> i32 {
    -1
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
    /// Takes over the second end.
    pub(crate) fn from_fd(end: OwnedHandle) -> io::Result<Self> {
        Ok(Self::from_named_pipe(end))
    }
}
