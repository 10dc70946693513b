//! Sockets that have an address and no part to play yet: bound at once, so that a port or a name is taken, and later
//! listened on or connected from. Until then no loop knows of them.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use socket2::{Domain, Protocol, Socket, Type};

use crate::EventLoop;
use crate::error::LoopError;
use crate::handle::HandleId;
use crate::net::ListenOptions;
use crate::sys::{self, Io, ListenerIo};

/// A bound socket, until a loop takes it. Dropping it gives its address back, and removes its name from the file system if
/// it has one.
#[derive(Debug)]
pub struct BoundSocket {
    /// Taken when it goes to a loop.
    socket: Option<Socket>,
    /// Its name in the file system, which is ours to remove.
    path: Option<PathBuf>,
}

impl BoundSocket {
    /// A TCP socket at an address; port 0 lets the system choose. The backlog isn't looked at.
    ///
    /// # Errors
    /// The operating system's, of `socket` or `bind`.
    pub fn tcp(address: SocketAddr, options: &ListenOptions) -> io::Result<Self> {
        let socket = sys::socket(
            Domain::for_address(address),
            Type::STREAM,
            Some(Protocol::TCP),
        )?;
        sys::take_address_after_others(&socket)?;
        if options.reuse_port {
            sys::set_reuse_port(&socket)?;
        }
        if address.is_ipv6() {
            socket.set_only_v6(options.ipv6_only)?;
        }
        socket.bind(&address.into())?;
        Ok(Self {
            socket: Some(socket),
            path: None,
        })
    }

    /// A Unix-domain socket of a name.
    ///
    /// # Errors
    /// The operating system's, of `socket` or `bind`. `Unsupported` on Windows, where a named pipe is made by listening.
    pub fn pipe(path: &Path) -> io::Result<Self> {
        Ok(Self {
            socket: Some(sys::bind_path(path)?),
            path: Some(path.to_owned()),
        })
    }

    /// The address that it is bound to. A Unix-domain socket has none.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.socket.as_ref()?.local_addr().ok()?.as_socket()
    }

    /// The number of its descriptor, which stays its own. On Windows it has none.
    pub fn descriptor(&self) -> Option<i32> {
        sys::stream_descriptor(self.socket.as_ref()?)
    }

    pub(super) fn listen(mut self, backlog: i32) -> io::Result<ListenerIo> {
        let Some(socket) = self.socket.take() else {
            return Err(LoopError::BadHandle.into());
        };
        socket.listen(backlog)?;
        Ok(ListenerIo::from_new_socket(socket, self.path.take()))
    }

    fn connect(&mut self, address: &socket2::SockAddr) -> io::Result<Io> {
        let Some(socket) = self.socket.take() else {
            return Err(LoopError::BadHandle.into());
        };
        match socket.connect(address) {
            Err(error) if !sys::is_in_progress(&error) => Err(error),
            _ => Ok(Io::from_new_socket(socket, self.path.is_some())),
        }
    }
}

impl Drop for BoundSocket {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// # Bound sockets
impl EventLoop {
    /// Listens on a socket that is bound already.
    ///
    /// # Errors
    /// The operating system's, of `listen`.
    pub fn listen_bound(&self, socket: BoundSocket, backlog: i32) -> io::Result<HandleId> {
        let io = socket.listen(backlog)?;
        self.core.borrow_mut().add_listener(io)
    }

    /// Begins to connect from a socket that is bound already; [`Event::Connected`](crate::Event::Connected) tells how it went.
    ///
    /// `socket` is empty then; only its name in the file system, if it has one, goes when it is dropped.
    pub fn tcp_connect_bound(
        &self,
        socket: &mut BoundSocket,
        address: SocketAddr,
    ) -> Result<HandleId, LoopError> {
        let io = socket.connect(&address.into());
        self.core.borrow_mut().add_connecting(io)
    }

    /// The same to a Unix-domain socket.
    pub fn pipe_connect_bound(
        &self,
        socket: &mut BoundSocket,
        path: &Path,
    ) -> Result<HandleId, LoopError> {
        let io = socket2::SockAddr::unix(path).and_then(|address| socket.connect(&address));
        self.core.borrow_mut().add_connecting(io)
    }
}
