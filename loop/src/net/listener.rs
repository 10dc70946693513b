//! Listeners: announced when they have connections, accepted from in bounded turns.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::net::{BoundSocket, ListenOptions, Stream};
use crate::phases::Step;
use crate::sys::{self, ListenerIo};
use crate::{Core, Event, EventLoop};

/// Connections accepted from one listener in one turn.
const ACCEPTS_PER_TURN: u32 = 128;

pub(crate) struct Listener {
    io: Option<ListenerIo>,
    /// Connections may be waiting.
    acceptable: bool,
    budget: u32,
}

impl Listener {
    pub(crate) fn note(&mut self) {
        self.acceptable = true;
    }

    pub(crate) fn io(&self) -> io::Result<&ListenerIo> {
        self.io.as_ref().ok_or_else(|| LoopError::BadHandle.into())
    }

    pub(crate) fn close(&mut self, registry: &mio::Registry) {
        drop(self.take_io(registry));
    }

    pub(crate) fn take_io(&mut self, registry: &mio::Registry) -> Option<ListenerIo> {
        let mut io = self.io.take()?;
        let _ = io.deregister(registry);
        Some(io)
    }
}

/// What helps when the process is out of file descriptors.
#[derive(Default)]
pub(crate) struct Reserve {
    descriptor: Option<File>,
    /// Listeners that couldn't even use the reserve. They try again once this loop has closed something.
    stalled: Vec<HandleId>,
}

impl Core {
    fn listener_mut(&mut self, id: HandleId) -> Result<&mut Listener, LoopError> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Listener(listener) => Ok(listener),
            _ => Err(LoopError::WrongKind),
        }
    }

    pub(super) fn add_listener(&mut self, io: ListenerIo) -> io::Result<HandleId> {
        let listener = Box::new(Listener {
            io: None,
            acceptable: false,
            budget: ACCEPTS_PER_TURN,
        });
        let id = self.handles.insert(Kind::Listener(listener))?;
        let mut io = io;
        if let Err(error) = io.register(self.poll.registry(), id.token()) {
            self.handles.remove(id);
            return Err(error);
        }
        self.listener_mut(id)?.io = Some(io);
        self.handles.activate(id);
        if self.reserve.descriptor.is_none() {
            self.reserve.descriptor = sys::reserve_descriptor();
        }
        Ok(id)
    }

    fn accept(&mut self, id: HandleId) -> io::Result<Option<HandleId>> {
        loop {
            let listener = self.listener_mut(id)?;
            let Some(io) = &mut listener.io else {
                return Err(LoopError::BadHandle.into());
            };
            if listener.budget == 0 {
                return Ok(None);
            }
            match io.accept() {
                Ok(io) => {
                    listener.budget -= 1;
                    let stream = Box::new(Stream::connected(io));
                    return Ok(Some(self.handles.insert(Kind::Stream(stream))?));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    listener.acceptable = false;
                    return Ok(None);
                }
                Err(error) if sys::is_lost_connection(&error) => listener.budget -= 1,
                Err(error) if sys::is_out_of_descriptors(&error) => {
                    self.drop_connection(id, error)?;
                    // Without descriptors accept doesn't even say that there is nothing to accept.
                    if !self.listener_mut(id)?.acceptable {
                        return Ok(None);
                    }
                }
                Err(error) => {
                    listener.acceptable = false;
                    return Err(error);
                }
            }
        }
    }

    /// Out of descriptors: gives up the reserve to accept one connection and drop it, so that its peer learns of it
    /// and the loop doesn't spin over a backlog that it can't empty.
    fn drop_connection(&mut self, id: HandleId, error: io::Error) -> io::Result<()> {
        let reserve = self.reserve.descriptor.take();
        let had_reserve = reserve.is_some();
        drop(reserve);
        let listener = self.listener_mut(id)?;
        let accepted = match (&mut listener.io, had_reserve) {
            (Some(io), true) => io.accept().map(drop),
            _ => Err(error),
        };
        listener.budget -= 1;
        self.reserve.descriptor = sys::reserve_descriptor();
        match accepted {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.listener_mut(id)?.acceptable = false;
                Ok(())
            }
            Err(error) => {
                // Another thread was quicker to take the descriptor.
                self.listener_mut(id)?.acceptable = false;
                self.reserve.stalled.push(id);
                Err(error)
            }
        }
    }

    /// A descriptor has been closed, so a listener that had none may get on.
    pub(crate) fn retry_stalled_listeners(&mut self) {
        while let Some(id) = self.reserve.stalled.pop() {
            if let Ok(listener) = self.listener_mut(id) {
                listener.acceptable = true;
                self.make_ready(id);
            }
        }
    }

    pub(crate) fn listener_step(&mut self, id: HandleId, step: Step) -> Option<Event> {
        let listener = self.listener_mut(id).ok()?;
        if !listener.acceptable {
            return None;
        }
        if step != Step::Announce {
            self.make_ready(id);
            return None;
        }
        listener.budget = ACCEPTS_PER_TURN;
        self.current = Some((id, Step::Announced));
        Some(Event::Connection(id))
    }
}

/// # Listening
///
/// A listener yields [`Event::Connection`] while it has connections; the caller then accepts until `None`. How many it
/// may accept in one turn is bounded, and if connections are left the listener is announced again in the next turn.
impl EventLoop {
    /// Listens at a TCP address; port 0 lets the system choose (see `local_addr`).
    ///
    /// # Errors
    /// The operating system's, of `socket`, `bind` or `listen`.
    pub fn tcp_listen(&self, address: SocketAddr, options: &ListenOptions) -> io::Result<HandleId> {
        self.listen_bound(BoundSocket::tcp(address, options)?, options.backlog)
    }

    /// Listens at a path in the file system; the file goes when the listener is closed. On Windows, as a named pipe
    /// (`\\\\.\\pipe\\…`), which keeps `backlog` instances for clients, but from 1 to 16.
    ///
    /// # Errors
    /// The operating system's; on Windows, as in libuv, `WSAEADDRINUSE` for a name in use and `WSAEACCES` for what is no name of a pipe.
    pub fn pipe_listen(&self, path: &Path, backlog: i32) -> io::Result<HandleId> {
        let io = ListenerIo::listen_unix(path, backlog)?;
        self.core.borrow_mut().add_listener(io)
    }

    /// Takes over the descriptor of a listening socket, TCP or Unix-domain.
    ///
    /// # Errors
    /// `EINVAL` for a socket that doesn't listen (where the system can say so), and the operating system's.
    #[cfg(unix)]
    pub fn open_listener_fd(&self, fd: std::os::fd::OwnedFd) -> io::Result<HandleId> {
        let io = ListenerIo::from_fd(fd)?;
        self.core.borrow_mut().add_listener(io)
    }

    /// Accepts one connection; `None` when there is none or this turn's share is used up.
    ///
    /// Out of file descriptors, the connection is accepted with one held in reserve and dropped.
    pub fn accept(&self, id: HandleId) -> io::Result<Option<HandleId>> {
        self.core.borrow_mut().accept(id)
    }

    /// [`accept`](Self::accept).
    pub fn tcp_accept(&self, id: HandleId) -> io::Result<Option<HandleId>> {
        self.accept(id)
    }

    /// The address that a TCP listener or stream, or a UDP socket, is bound to.
    pub fn local_addr(&self, id: HandleId) -> io::Result<SocketAddr> {
        let mut core = self.core.borrow_mut();
        match &core.handles.open_mut(id)?.kind {
            Kind::Listener(listener) => listener.io()?.local_addr(),
            Kind::Stream(stream) => stream.io()?.local_addr(),
            Kind::Udp(udp) => udp.io()?.local_addr(),
            _ => Err(LoopError::WrongKind.into()),
        }
    }
}
