//! A listening socket of Windows.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use mio::event::Source;
use mio::net::TcpListener;
use mio::{Interest, Registry, Token};

use super::{Io, no_pipes};

/// A listening socket.
pub(crate) enum ListenerIo {
    Tcp(TcpListener),
}

impl ListenerIo {
    pub(crate) fn from_tcp_socket(socket: socket2::Socket) -> Self {
        ListenerIo::Tcp(TcpListener::from_std(socket.into()))
    }

    /// Not on this platform.
    pub(crate) fn listen_unix(_path: &Path, _backlog: i32) -> io::Result<Self> {
        Err(no_pipes())
    }

    #[inline]
    pub(crate) fn accept(&self) -> io::Result<Io> {
        let ListenerIo::Tcp(io) = self;
        io.accept().map(|(io, _)| Io::Tcp(io))
    }

    pub(crate) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let ListenerIo::Tcp(io) = self;
        io.register(registry, token, Interest::READABLE)
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        let ListenerIo::Tcp(io) = self;
        io.deregister(registry)
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        let ListenerIo::Tcp(io) = self;
        io.local_addr()
    }
}
