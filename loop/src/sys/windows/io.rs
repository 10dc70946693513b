//! A byte stream of Windows: a socket, a named pipe or a console, with the methods that a Unix one has.

use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};
use std::os::windows::io::{AsHandle, OwnedHandle, OwnedSocket};
use std::path::Path;
use std::slice;
use std::sync::Arc;

use mio::event::Source;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::super::Received;
use super::pipe::{self, Pipe, Waiting};
use super::tty::Console;
use super::{Descriptor, ECONNRESET, EINVAL, ENOTCONN, ENOTSOCK};
use crate::handle::HandleId;
use crate::wake::Shared;

/// A connected (or connecting) byte stream.
pub(crate) enum Io {
    Tcp(TcpStream),
    Pipe(Pipe),
    /// A client of a pipe that has no instance free.
    Waiting(Waiting),
    Tty(Console),
}

impl Io {
    /// Begins to connect to a named pipe; `connected` tells the end of it.
    pub(crate) fn connect_unix(path: &Path, shared: &Arc<Shared>) -> io::Result<Self> {
        match pipe::open(path) {
            Ok(handle) => Ok(Self::from_named_pipe(handle)),
            Err(error) if pipe::is_busy(&error) => Ok(Io::Waiting(Waiting::new(path, shared))),
            Err(error) => Err(error),
        }
    }

    /// Takes over a socket whose connecting has begun. There are none of paths: those are named pipes.
    pub(crate) fn from_new_socket(socket: socket2::Socket, _of_paths: bool) -> Self {
        Io::Tcp(TcpStream::from_std(socket.into()))
    }

    /// Takes over a handle, if it is one end of a named pipe or a console.
    pub(crate) fn from_handle(handle: OwnedHandle, shared: &Arc<Shared>) -> io::Result<Self> {
        let handle = match Console::open(handle, shared) {
            Ok(console) => return Ok(Io::Tty(console)),
            Err(handle) => handle,
        };
        if !pipe::is_pipe(handle.as_handle()) {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        Ok(Self::from_named_pipe(handle))
    }

    /// Takes over one end of a named pipe that was opened for overlapped use and is no other loop's.
    pub(crate) fn from_named_pipe(handle: OwnedHandle) -> Self {
        Io::Pipe(Pipe::new(handle))
    }

    pub(crate) fn is_tcp(&self) -> bool {
        matches!(self, Io::Tcp(_))
    }

    pub(crate) fn is_tty(&self) -> bool {
        matches!(self, Io::Tty(_))
    }

    /// Whether connecting has ended well; an error if it has failed, `false` if it isn't over.
    pub(crate) fn connected(&mut self) -> io::Result<bool> {
        let io = match self {
            Io::Tcp(io) => io,
            // To open one is to be connected.
            Io::Pipe(_) | Io::Tty(_) => return Ok(true),
            Io::Waiting(io) => {
                let Some(pipe) = io.finish()? else {
                    return Ok(false);
                };
                *self = Io::Pipe(pipe);
                return Ok(true);
            }
        };
        if let Some(error) = io.take_error()? {
            return Err(error);
        }
        match io.peer_addr() {
            Ok(_) => Ok(true),
            // Poll tells of the end of connecting and of nothing before. Where there is neither an error nor a peer, it was
            // made and has been reset already.
            Err(error) if error.raw_os_error() == Some(ENOTCONN) => {
                Err(io::Error::from_raw_os_error(ECONNRESET))
            }
            Err(error) => Err(error),
        }
    }

    /// Reads into memory that may never have been written to; all of it is initialised then.
    #[inline]
    pub(crate) fn read_uninit(&self, buffer: &mut [MaybeUninit<u8>]) -> io::Result<Received> {
        buffer.fill(MaybeUninit::new(0));
        // SAFETY: the region is that of the slice, every byte of which was just written.
        self.read(unsafe { slice::from_raw_parts_mut(buffer.as_mut_ptr().cast(), buffer.len()) })
    }

    #[inline]
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<Received> {
        // mio arms a socket again when an operation on it would block, so only that means that it is empty.
        match self {
            Io::Tcp(io) => (&mut &*io).read(buffer),
            Io::Pipe(io) => io.read(buffer),
            Io::Tty(io) => io.read(buffer),
            Io::Waiting(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
        }
        .map(Received::maybe_more)
    }

    #[inline]
    pub(crate) fn write(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Io::Tcp(io) => (&mut &*io).write_vectored(buffers),
            Io::Pipe(io) => io.write(buffers),
            Io::Tty(io) => io.write(buffers),
            Io::Waiting(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
        }
    }

    /// Writes to an IPC pipe, and gives the peer a copy of the socket with the first byte.
    pub(crate) fn write_with(
        &self,
        buffers: &[IoSlice<'_>],
        descriptor: &Descriptor,
    ) -> io::Result<usize> {
        match self {
            Io::Pipe(io) => io.write_with(buffers, descriptor),
            _ => Err(pipe::no_ipc()),
        }
    }

    /// Reads from an IPC pipe, and takes the sockets that come along.
    pub(crate) fn read_with(
        &self,
        buffer: &mut [u8],
        sockets: &mut Vec<OwnedSocket>,
    ) -> io::Result<Received> {
        match self {
            Io::Pipe(io) => io.read_with(buffer, sockets).map(Received::maybe_more),
            _ => Err(pipe::no_ipc()),
        }
    }

    /// From now on what is read and written are frames, in which sockets may go to and come from the process `peer`; by default
    /// the one that opened the other end.
    pub(crate) fn make_ipc(&mut self, peer: Option<u32>) -> io::Result<()> {
        match self {
            Io::Pipe(io) => io.make_ipc(peer),
            Io::Waiting(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
            Io::Tcp(_) | Io::Tty(_) => Err(pipe::no_ipc()),
        }
    }

    /// An error if sockets can't go along with bytes.
    pub(crate) fn may_pass_sockets(&self) -> io::Result<()> {
        match self {
            Io::Pipe(io) if io.is_ipc() => Ok(()),
            _ => Err(pipe::no_ipc()),
        }
    }

    pub(crate) fn shutdown_write(&mut self, shared: &Arc<Shared>, id: HandleId) -> io::Result<()> {
        match self {
            Io::Tcp(io) => io.shutdown(Shutdown::Write),
            Io::Pipe(io) => io.shutdown_write(shared, id),
            Io::Waiting(_) | Io::Tty(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
        }
    }

    /// Whether a read may find something that poll doesn't tell of.
    pub(crate) fn has_unannounced(&self) -> bool {
        match self {
            Io::Pipe(io) => io.has_unannounced(),
            Io::Tty(io) => io.has_input(),
            _ => false,
        }
    }

    /// After a nudge: whether a read finds something. A pipe that was shut down some time ago ends here, if that is due.
    pub(crate) fn has_news(&mut self) -> bool {
        match self {
            Io::Pipe(io) => io.end_if_due(),
            Io::Tty(io) => io.has_input(),
            _ => false,
        }
    }

    /// The socket, for what only sockets have.
    pub(crate) fn socket(&self) -> io::Result<socket2::SockRef<'_>> {
        match self {
            Io::Tcp(io) => Ok(socket2::SockRef::from(io)),
            Io::Pipe(_) | Io::Waiting(_) | Io::Tty(_) => {
                Err(io::Error::from_raw_os_error(ENOTSOCK))
            }
        }
    }

    pub(crate) fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        match self {
            Io::Tcp(io) => io.register(registry, token, interest),
            Io::Pipe(io) => io.register(registry, token, interest),
            Io::Waiting(io) => io.register(registry, token, interest),
            Io::Tty(io) => {
                io.register(HandleId::from_token(token));
                Ok(())
            }
        }
    }

    pub(crate) fn reregister(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        match self {
            Io::Tcp(io) => io.reregister(registry, token, interest),
            Io::Pipe(io) => io.reregister(registry, token, interest),
            // They are registered for all there is.
            Io::Waiting(_) | Io::Tty(_) => Ok(()),
        }
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match self {
            Io::Tcp(io) => io.deregister(registry),
            Io::Pipe(io) => io.deregister(registry),
            Io::Waiting(_) | Io::Tty(_) => Ok(()),
        }
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Io::Tcp(io) => io.local_addr(),
            Io::Pipe(_) | Io::Waiting(_) | Io::Tty(_) => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }

    pub(crate) fn peer_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Io::Tcp(io) => io.peer_addr(),
            Io::Pipe(_) | Io::Waiting(_) | Io::Tty(_) => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }
}
