//! What is listened to on Windows: a socket or a named pipe.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use mio::event::Source;
use mio::net::TcpListener;
use mio::{Interest, Registry, Token};

use super::pipe::PipeListener;
use super::{EINVAL, Io};

/// A listening socket, or the server's side of a named pipe.
pub(crate) enum ListenerIo {
    Tcp(TcpListener),
    Pipe(PipeListener),
}

impl ListenerIo {
    /// Takes over a listening socket. There are none of paths: those are named pipes.
    pub(crate) fn from_new_socket(socket: socket2::Socket, _path: Option<PathBuf>) -> Self {
        ListenerIo::Tcp(TcpListener::from_std(socket.into()))
    }

    pub(crate) fn listen_unix(path: &Path, backlog: i32) -> io::Result<Self> {
        PipeListener::new(path, backlog).map(ListenerIo::Pipe)
    }

    #[inline]
    pub(crate) fn accept(&mut self) -> io::Result<Io> {
        match self {
            ListenerIo::Tcp(io) => io.accept().map(|(io, _)| Io::Tcp(io)),
            ListenerIo::Pipe(io) => io.accept().map(Io::Pipe),
        }
    }

    pub(crate) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match self {
            ListenerIo::Tcp(io) => io.register(registry, token, Interest::READABLE),
            ListenerIo::Pipe(io) => io.register(registry, token),
        }
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match self {
            ListenerIo::Tcp(io) => io.deregister(registry),
            ListenerIo::Pipe(io) => io.deregister(registry),
        }
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            ListenerIo::Tcp(io) => io.local_addr(),
            ListenerIo::Pipe(_) => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }
}
