//! What can go wrong with a handle, apart from what the operating system reports.

use std::io;

use crate::sys;

/// An operation that the loop refuses.
///
/// Where a method returns [`io::Result`], the same refusals arrive as an [`io::Error`] with an OS code
/// (see the `From` implementation).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoopError {
    /// The id is stale, or its handle is closing. `EBADF`.
    #[error("bad handle")]
    BadHandle,
    /// The handle is of another kind than the operation needs. `EINVAL`.
    #[error("the handle is of another kind")]
    WrongKind,
    /// The operation makes no sense now, such as `timer_again` for a timer that was never started. `EINVAL`.
    #[error("invalid argument")]
    Invalid,
    /// All 16,777,216 slots are in use. `EMFILE`.
    #[error("too many handles")]
    TooManyHandles,
    /// [`EventLoop::run`](crate::EventLoop::run) was called inside its own handler.
    #[error("the loop is running already")]
    Reentrant,
    /// The operating system's answer.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<LoopError> for io::Error {
    fn from(error: LoopError) -> Self {
        match error {
            LoopError::BadHandle => io::Error::from_raw_os_error(sys::EBADF),
            LoopError::WrongKind | LoopError::Invalid => io::Error::from_raw_os_error(sys::EINVAL),
            LoopError::TooManyHandles => io::Error::from_raw_os_error(sys::EMFILE),
            LoopError::Reentrant => io::Error::other(error),
            LoopError::Io(error) => error,
        }
    }
}
