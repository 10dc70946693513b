//! Watching a descriptor that is somebody else's: mio says when to look, `poll` says what there is.

use std::io;
use std::os::fd::{BorrowedFd, RawFd};

use mio::event::Source;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

use super::set_nonblocking;
use crate::poll::Readiness;

/// Linux says of a peer's shutdown what others say with `POLLHUP`.
#[cfg(any(target_os = "android", target_os = "linux"))]
const POLLRDHUP: libc::c_short = libc::POLLRDHUP;
#[cfg(not(any(target_os = "android", target_os = "linux")))]
const POLLRDHUP: libc::c_short = libc::POLLHUP;

/// What a watched descriptor is named by.
pub(crate) type RawDescriptor = RawFd;

/// The number of a descriptor.
pub(crate) struct PollSource(RawFd);

impl PollSource {
    pub(crate) fn new(fd: RawFd) -> io::Result<Self> {
        if fd < 0 {
            return Err(io::Error::from_raw_os_error(libc::EBADF));
        }
        Ok(Self(fd))
    }

    pub(crate) fn number(&self) -> RawFd {
        self.0
    }

    /// Tries whether the descriptor can be watched, and makes it non-blocking.
    pub(crate) fn prepare(&mut self, registry: &Registry) -> io::Result<()> {
        let mut source = SourceFd(&self.0);
        source.register(registry, crate::wake::WAKE_TOKEN, Interest::READABLE)?;
        source.deregister(registry)?;
        // SAFETY: it was open just now, and is not kept.
        set_nonblocking(unsafe { BorrowedFd::borrow_raw(self.0) })
    }

    pub(crate) fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        wanted: Readiness,
    ) -> io::Result<()> {
        SourceFd(&self.0).register(registry, token, interest(wanted)?)
    }

    pub(crate) fn reregister(
        &mut self,
        registry: &Registry,
        token: Token,
        wanted: Readiness,
    ) -> io::Result<()> {
        SourceFd(&self.0).reregister(registry, token, interest(wanted)?)
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        SourceFd(&self.0).deregister(registry)
    }

    /// Nothing: `poll` tells all.
    pub(crate) fn note(&mut self, _: &mio::event::Event) {}

    /// What there is now of what is wanted.
    pub(crate) fn ready(&mut self, wanted: Readiness) -> io::Result<Readiness> {
        let flags = [
            (Readiness::READABLE, libc::POLLIN),
            (Readiness::WRITABLE, libc::POLLOUT),
            (Readiness::DISCONNECT, POLLRDHUP),
            (Readiness::PRIORITIZED, libc::POLLPRI),
        ];
        let mut request = libc::pollfd {
            fd: self.0,
            events: 0,
            revents: 0,
        };
        for (one, flag) in flags {
            if wanted.contains(one) {
                request.events |= flag;
            }
        }
        loop {
            // SAFETY: one request, valid to read and write.
            if unsafe { libc::poll(&mut request, 1, 0) } >= 0 {
                break;
            }
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        let found = request.revents;
        // An interrupt of sysfs comes with both flags.
        let broken = found & libc::POLLERR != 0 && found & libc::POLLPRI == 0;
        if broken || found & libc::POLLNVAL != 0 {
            return Err(io::Error::from_raw_os_error(libc::EBADF));
        }
        let mut readiness = Readiness::default();
        for (one, flag) in flags {
            if found & flag != 0 {
                readiness |= one & wanted;
            }
        }
        if readiness.is_empty() && found & libc::POLLHUP != 0 {
            // Whatever is tried now won't have to wait.
            let rest = Readiness::READABLE | Readiness::WRITABLE | Readiness::DISCONNECT;
            readiness = rest & wanted;
        }
        Ok(readiness)
    }
}

fn interest(wanted: Readiness) -> io::Result<Interest> {
    let mut all = None;
    let mut add = |one: Interest| all = Some(all.map_or(one, |all: Interest| all | one));
    // The end of the peer's writing comes along with reading.
    if !(wanted & (Readiness::READABLE | Readiness::DISCONNECT)).is_empty() {
        add(Interest::READABLE);
    }
    if wanted.contains(Readiness::WRITABLE) {
        add(Interest::WRITABLE);
    }
    if wanted.contains(Readiness::PRIORITIZED) {
        #[cfg(any(target_os = "android", target_os = "linux"))]
        add(Interest::PRIORITY);
        #[cfg(not(any(target_os = "android", target_os = "linux")))]
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "ouro-loop watches for prioritized data on Linux only",
        ));
    }
    all.ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))
}
