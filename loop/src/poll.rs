//! Foreign descriptors: somebody else's, for whom the loop only watches when they can be read or written. Behaviour:
//! libuv's `uv_poll_t`. On Windows they are sockets.
//!
//! A descriptor is announced in each turn for as long as it is ready. mio tells only of changes; so the system is asked
//! once more after each announcement, and what is still ready goes on the ready-list. What isn't costs nothing until
//! the next change.

use std::collections::HashMap;
use std::io;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::phases::Step;
use crate::sys::{self, PollSource, RawDescriptor};
use crate::{Core, Event, EventLoop};

/// What a descriptor can be watched for, and what it is found to be; `uv_poll_event` of libuv.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Readiness(u8);

impl Readiness {
    /// There is something to read, or the end.
    pub const READABLE: Self = Self(1);
    /// There is room to write.
    pub const WRITABLE: Self = Self(2);
    /// The peer has shut down its writing half, or is gone.
    pub const DISCONNECT: Self = Self(4);
    /// Urgent data of TCP, or an interrupt of sysfs. Linux only.
    pub const PRIORITIZED: Self = Self(8);

    /// Whether all of `other` is in this.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether this is nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl std::ops::BitOr for Readiness {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Readiness {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl std::ops::BitAnd for Readiness {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = [
            (Self::READABLE, "readable"),
            (Self::WRITABLE, "writable"),
            (Self::DISCONNECT, "disconnect"),
            (Self::PRIORITIZED, "prioritized"),
        ];
        let mut set = f.debug_set();
        for (one, name) in names {
            if self.contains(one) {
                set.entry(&format_args!("{name}"));
            }
        }
        set.finish()
    }
}

/// What a poll handle remembers.
pub(crate) struct PollState {
    source: PollSource,
    /// Empty while the handle is stopped.
    wanted: Readiness,
}

impl PollState {
    pub(crate) fn descriptor(&self) -> RawDescriptor {
        self.source.number()
    }

    /// Takes note of what mio tells. What counts is what the system says when asked.
    pub(crate) fn note(&mut self, event: &mio::event::Event) {
        self.source.note(event);
    }
}

/// The descriptors that are being watched, and by whom.
pub(crate) type Polled = HashMap<RawDescriptor, HandleId>;

impl Core {
    fn poll_mut(&mut self, id: HandleId) -> Result<&mut PollState, LoopError> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Poll(poll) => Ok(poll),
            _ => Err(LoopError::WrongKind),
        }
    }

    fn poll_handle(&mut self, mut source: PollSource) -> io::Result<HandleId> {
        if self.polled.contains_key(&source.number()) {
            return Err(io::Error::from_raw_os_error(sys::EEXIST));
        }
        source.prepare(self.poll.registry())?;
        let wanted = Readiness::default();
        Ok(self
            .handles
            .insert(Kind::Poll(PollState { source, wanted }))?)
    }

    fn poll_start(&mut self, id: HandleId, wanted: Readiness) -> io::Result<()> {
        if wanted.is_empty() {
            return Ok(self.poll_stop(id)?);
        }
        let number = self.poll_mut(id)?.descriptor();
        if self.polled.get(&number).is_some_and(|&other| other != id) {
            return Err(io::Error::from_raw_os_error(sys::EEXIST));
        }
        let Kind::Poll(poll) = &mut self.handles.open_mut(id)?.kind else {
            return Err(LoopError::WrongKind.into());
        };
        let registry = self.poll.registry();
        if poll.wanted.is_empty() {
            poll.source.register(registry, id.token(), wanted)?;
        } else if poll.wanted != wanted {
            poll.source.reregister(registry, id.token(), wanted)?;
        }
        poll.wanted = wanted;
        self.polled.insert(number, id);
        self.handles.activate(id);
        Ok(())
    }

    pub(crate) fn poll_stop(&mut self, id: HandleId) -> Result<(), LoopError> {
        let Kind::Poll(poll) = &mut self.handles.open_mut(id)?.kind else {
            return Err(LoopError::WrongKind);
        };
        if !poll.wanted.is_empty() {
            poll.wanted = Readiness::default();
            self.polled.remove(&poll.source.number());
            // Fails if the owner has closed the descriptor, which has ended the watching too.
            let _ = poll.source.deregister(self.poll.registry());
            self.handles.deactivate(id);
        }
        Ok(())
    }

    pub(crate) fn poll_step(&mut self, id: HandleId, step: Step) -> Option<Event> {
        let poll = self.poll_mut(id).ok()?;
        if poll.wanted.is_empty() {
            return None;
        }
        // What another callback of this turn has read isn't there any more, so it is the present that counts.
        let found = poll.source.ready(poll.wanted);
        if matches!(&found, Ok(found) if found.is_empty()) {
            return None;
        }
        if step == Step::Announced {
            self.make_ready(id);
            return None;
        }
        match found {
            Ok(_) => self.current = Some((id, Step::Announced)),
            Err(_) => self.poll_stop(id).ok()?,
        }
        Some(Event::Poll { id, result: found })
    }
}

/// # Foreign descriptors
///
/// The descriptor stays its owner's, who reads, writes and closes it. Stop or close the handle before closing the
/// descriptor; what is announced of a descriptor that was closed under a started handle isn't defined, except that it
/// may be the error `EBADF` (`WSAENOTSOCK` on Windows).
///
/// On Windows a reset and a connect that failed are announced as whatever is watched for, and trying that tells the error.
/// A socket that was closed under a started handle usually goes unannounced there.
impl EventLoop {
    /// A new handle for a descriptor, not started. The descriptor is made non-blocking.
    ///
    /// # Errors
    /// `EEXIST` if a started handle of this loop watches this descriptor already; `EPERM` for what can't be watched,
    /// such as a regular file; `EBADF`.
    #[cfg(unix)]
    pub fn poll_handle(&self, fd: std::os::fd::RawFd) -> io::Result<HandleId> {
        let source = PollSource::new(fd)?;
        self.core.borrow_mut().poll_handle(source)
    }

    /// A new handle for a socket of any kind, not started. The socket is made non-blocking. As `uv_poll_init_socket` of
    /// libuv.
    ///
    /// # Errors
    /// `ERROR_FILE_EXISTS` if a started handle of this loop watches this socket already; `WSAENOTSOCK` for what is no
    /// socket.
    #[cfg(windows)]
    pub fn poll_handle(&self, socket: std::os::windows::io::RawSocket) -> io::Result<HandleId> {
        let source = PollSource::new(socket)?;
        self.core.borrow_mut().poll_handle(source)
    }

    /// Watches for `wanted`, in place of what was watched for before: [`Event::Poll`] in each turn, as long as any of it
    /// is there. Nothing at all stops the handle.
    ///
    /// # Errors
    /// As for [`poll_handle`](Self::poll_handle); `Unsupported` for [`Readiness::PRIORITIZED`] on systems other than Linux.
    pub fn poll_start(&self, id: HandleId, wanted: Readiness) -> io::Result<()> {
        self.core.borrow_mut().poll_start(id, wanted)
    }

    /// Stops watching. The descriptor may be closed now.
    pub fn poll_stop(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().poll_stop(id)
    }
}
