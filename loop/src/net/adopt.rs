//! Adopting and detaching: streams, listeners and datagram sockets from what the operating system has for them, and
//! back to it. That is how a handle goes to another loop, thread or process.

use std::io;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::net::Stream;
use crate::sys::{self, Io};
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

    /// Takes over a connected TCP socket and makes it non-blocking.
    ///
    /// # Errors
    /// `WSAEINVAL` for a datagram socket, `WSAENOTCONN` for one that has no peer.
    #[cfg(windows)]
    pub fn open_socket(&self, socket: std::os::windows::io::OwnedSocket) -> io::Result<HandleId> {
        let io = Io::from_socket(socket)?;
        self.core.borrow_mut().adopt(io)
    }

    /// Takes over a listening TCP socket and makes it non-blocking. If it doesn't listen, `accept` says so.
    ///
    /// # Errors
    /// `WSAEINVAL` for a datagram socket.
    #[cfg(windows)]
    pub fn open_listener_socket(
        &self,
        socket: std::os::windows::io::OwnedSocket,
    ) -> io::Result<HandleId> {
        let io = sys::ListenerIo::from_socket(socket)?;
        self.core.borrow_mut().add_listener(io)
    }

    /// Takes over a bound UDP socket and makes it non-blocking.
    ///
    /// # Errors
    /// `WSAEINVAL` for another kind of socket.
    #[cfg(windows)]
    pub fn open_udp_socket(
        &self,
        socket: std::os::windows::io::OwnedSocket,
    ) -> io::Result<HandleId> {
        let io = sys::udp_from_socket(socket)?;
        Ok(self.core.borrow_mut().add_udp(io)?)
    }

    /// Gives the socket of a stream, a listener or a UDP socket away, or the handle of a named pipe, and closes the loop's handle.
    /// Queued writes are cancelled.
    ///
    /// # Errors
    /// `Unsupported` for a named pipe that has been read, written, accepted or listened to: Windows ties it to this loop. Then
    /// it stays open.
    #[cfg(windows)]
    pub fn detach(&self, id: HandleId) -> io::Result<sys::OsHandle> {
        let mut core = self.core.borrow_mut();
        let core = &mut *core;
        let registry = core.poll.registry();
        let os = match &mut core.handles.open_mut(id)?.kind {
            Kind::Stream(stream) => {
                stream.io()?.may_detach()?;
                stream.take_io(registry).map(Io::into_os)
            }
            Kind::Listener(listener) => {
                listener.io()?.may_detach()?;
                listener.take_io(registry).map(sys::ListenerIo::into_os)
            }
            Kind::Udp(udp) => {
                let io = udp.take_io(registry);
                io.map(|io| Ok(sys::OsHandle::Socket(io.into())))
            }
            _ => return Err(LoopError::WrongKind.into()),
        };
        core.close(id)?;
        os.unwrap_or_else(|| Err(LoopError::BadHandle.into()))
    }

    /// The socket behind a stream, a listener or a UDP socket, or the handle of a named pipe, which stays the loop's.
    ///
    /// # Errors
    /// `WSAEINVAL` for the listener of a named pipe, which has many.
    #[cfg(windows)]
    pub fn raw_os_handle(&self, id: HandleId) -> io::Result<sys::RawOsHandle> {
        use std::os::windows::io::AsRawSocket;
        match &self.core.borrow_mut().handles.open_mut(id)?.kind {
            Kind::Stream(stream) => stream.io()?.raw_os(),
            Kind::Listener(listener) => listener.io()?.raw_os(),
            Kind::Udp(udp) => Ok(sys::RawOsHandle::Socket(udp.io()?.as_raw_socket())),
            Kind::Poll(poll) => Ok(sys::RawOsHandle::Socket(poll.descriptor())),
            _ => Err(LoopError::WrongKind.into()),
        }
    }
}
