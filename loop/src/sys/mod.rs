//! What differs between platforms, behind items of the same names. The only place with `unsafe`.

#[cfg(not(any(target_os = "android", target_os = "linux")))]
mod notify;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
#[cfg(any(windows, test))]
mod windows_forms;

#[cfg(not(any(target_os = "android", target_os = "linux")))]
pub(crate) use notify::FsWatches;
#[cfg(unix)]
pub(crate) use unix::*;
#[cfg(windows)]
pub(crate) use windows::*;
#[cfg(windows)]
pub use windows::{OsHandle, RawOsHandle};

/// A new non-blocking socket that children don't inherit.
pub(crate) fn socket(
    domain: socket2::Domain,
    kind: socket2::Type,
    protocol: Option<socket2::Protocol>,
) -> std::io::Result<socket2::Socket> {
    // One system call where the platform has the flag for it.
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    return socket2::Socket::new(domain, kind.nonblocking(), protocol);
    #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
    {
        let socket = socket2::Socket::new(domain, kind, protocol)?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    }
}

/// What one read from a stream gave.
pub(crate) struct Received {
    /// So many bytes; 0 is the end.
    pub(crate) count: usize,
    /// There was no more, and what comes later will be reported by poll.
    pub(crate) drained: bool,
}

impl Received {
    /// Bytes that say nothing of what comes after them.
    pub(crate) fn maybe_more(count: usize) -> Self {
        Self {
            count,
            drained: false,
        }
    }
}
