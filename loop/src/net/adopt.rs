//! Adopting and detaching: streams, listeners and datagram sockets from what the operating system has for them, and
//! back to it. That is how a handle goes to another loop, thread or process.

use std::io;

#[cfg(unix)]
use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::net::Stream;
#[cfg(unix)]
use crate::sys;
use crate::sys::Io;
use crate::{Core, EventLoop};

impl Core {
    /// The number of the descriptor behind a stream or listener.
    #[cfg(unix)]
    pub(crate) fn descriptor_of(&mut self, id: HandleId) -> io::Result<i32> {
        match &self.handles.open_mut(id)?.kind {
            Kind::Stream(stream) => stream.io()?.raw_fd(),
            Kind::Listener(listener) => listener.io()?.raw_fd(),
            Kind::Udp(udp) => sys::udp_descriptor(udp.io()?),
            Kind::Poll(poll) => Ok(poll.descriptor()),
            _ => Err(LoopError::WrongKind.into()),
        }
    }

    pub(crate) fn adopt(&mut self, io: Io) -> io::Result<HandleId> {
        let stream = Box::new(Stream::connected(io));
        Ok(self.handles.insert(Kind::Stream(stream))?)
    }
}

/// # Adopting and detaching
impl EventLoop {
    /// Takes over a descriptor of a connected socket, a pipe, a terminal or a character device.
    ///
    /// It is made non-blocking, which whoever shares the open file sees too; except for a terminal, which is opened anew.
    #[cfg(unix)]
    pub fn open_fd(&self, fd: std::os::fd::OwnedFd) -> io::Result<HandleId> {
        let io = Io::from_fd(fd)?;
        self.core.borrow_mut().adopt(io)
    }

    /// Takes over one end of a named pipe, which was opened for overlapped use and hasn't been used with another loop; or the
    /// input or the output of a console (`CONIN$`, `CONOUT$`, both opened for reading and writing).
    ///
    /// What is written to a console is written on the spot. Its input is read by a thread, from the first
    /// [`read_start`](EventLoop::read_start) on.
    ///
    /// # Errors
    /// `WSAEINVAL` for a handle of another kind.
    #[cfg(windows)]
    pub fn open_handle(&self, handle: std::os::windows::io::OwnedHandle) -> io::Result<HandleId> {
        let mut core = self.core.borrow_mut();
        let io = Io::from_handle(handle, &core.shared)?;
        core.adopt(io)
    }

    /// Gives the descriptor of a stream, a listener or a UDP socket away and closes the handle. What has come in and wasn't
    /// read stays in the descriptor. Queued writes, a shutdown and a connect that are under way are cancelled; a
    /// listener's name in the file system stays; a terminal has its own mode again.
    ///
    /// # Errors
    /// `EINVAL` for other kinds of handles, which have nothing to give; what a poll handle watches is its owner's.
    #[cfg(unix)]
    pub fn detach(&self, id: HandleId) -> io::Result<std::os::fd::OwnedFd> {
        let mut core = self.core.borrow_mut();
        let core = &mut *core;
        let registry = core.poll.registry();
        let fd = match &mut core.handles.open_mut(id)?.kind {
            Kind::Stream(stream) => stream.take_io(registry).map(|io| Ok(io.into_fd())),
            Kind::Listener(listener) => listener.take_io(registry).map(sys::ListenerIo::into_fd),
            Kind::Udp(udp) => udp.take_io(registry).map(|io| Ok(io.into())),
            _ => return Err(LoopError::WrongKind.into()),
        };
        core.close(id)?;
        fd.unwrap_or_else(|| Err(LoopError::BadHandle.into()))
    }

    /// The descriptor behind a stream, a listener or a UDP socket, which stays the loop's.
    #[cfg(unix)]
    pub fn raw_fd(&self, id: HandleId) -> io::Result<std::os::fd::RawFd> {
        self.core.borrow_mut().descriptor_of(id)
    }
}
