//! Windows: IOCP by way of mio, sockets. Named pipes aren't here yet: listening and connecting to one is an error.

mod process;
mod signal;
mod tty;

use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use mio::event::Source;
use mio::net::{TcpListener, TcpStream, UdpSocket};
use mio::{Interest, Registry, Token};

pub(crate) use process::{ESRCH, SIGCHLD, descriptor_number, kill, spawn, stream_pair, try_wait};
pub(crate) use signal::SignalInbox;
pub(crate) use tty::{guess_kind, reset_tty};

/// `ERROR_INVALID_HANDLE`.
pub(crate) const EBADF: i32 = 6;
/// `ERROR_OPERATION_ABORTED`.
pub(crate) const ECANCELED: i32 = 995;
/// `WSAEINVAL`.
pub(crate) const EINVAL: i32 = 10022;
/// `WSAEMFILE`.
pub(crate) const EMFILE: i32 = 10024;
/// `WSAEDESTADDRREQ`.
pub(crate) const EDESTADDRREQ: i32 = 10039;
/// `WSAEISCONN`.
pub(crate) const EISCONN: i32 = 10056;
/// `WSAENOTCONN`.
pub(crate) const ENOTCONN: i32 = 10057;
/// `WSAESHUTDOWN`.
pub(crate) const EPIPE: i32 = 10058;

/// mio arms a socket again when an operation on it would block, so only that means that it is empty.
pub(crate) const SHORT_READ_DRAINS: bool = false;

/// Nanoseconds of the performance counter, since its first use in this process.
pub(crate) fn hrtime() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    // One second on, so that loop time is never 0.
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64 + 1_000_000_000
}

/// What would go along with bytes.
pub(crate) enum Descriptor {}

/// A connected (or connecting) byte stream.
pub(crate) enum Io {
    Tcp(TcpStream),
}

impl Io {
    /// Not on this platform.
    pub(crate) fn connect_unix(_path: &Path) -> io::Result<Self> {
        Err(no_pipes())
    }

    /// Takes over a socket whose connecting has begun.
    pub(crate) fn from_tcp_socket(socket: socket2::Socket) -> Self {
        Io::Tcp(TcpStream::from_std(socket.into()))
    }

    pub(crate) fn is_tcp(&self) -> bool {
        true
    }

    pub(crate) fn is_tty(&self) -> bool {
        false
    }

    /// Whether connecting has ended well; an error if it has failed, `false` if it isn't over.
    pub(crate) fn connected(&self) -> io::Result<bool> {
        let Io::Tcp(io) = self;
        if let Some(error) = io.take_error()? {
            return Err(error);
        }
        match io.peer_addr() {
            Ok(_) => Ok(true),
            Err(error) if error.raw_os_error() == Some(ENOTCONN) => Ok(false),
            Err(error) => Err(error),
        }
    }

    #[inline]
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let Io::Tcp(io) = self;
        (&mut &*io).read(buffer)
    }

    #[inline]
    pub(crate) fn write(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let Io::Tcp(io) = self;
        (&mut &*io).write_vectored(buffers)
    }

    /// Descriptors don't travel on this platform.
    pub(crate) fn write_with(
        &self,
        _: &[IoSlice<'_>],
        descriptor: &Descriptor,
    ) -> io::Result<usize> {
        match *descriptor {}
    }

    pub(crate) fn shutdown_write(&self) -> io::Result<()> {
        let Io::Tcp(io) = self;
        io.shutdown(Shutdown::Write)
    }

    pub(crate) fn socket(&self) -> socket2::SockRef<'_> {
        let Io::Tcp(io) = self;
        socket2::SockRef::from(io)
    }

    pub(crate) fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        let Io::Tcp(io) = self;
        io.register(registry, token, interest)
    }

    pub(crate) fn reregister(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        let Io::Tcp(io) = self;
        io.reregister(registry, token, interest)
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        let Io::Tcp(io) = self;
        io.deregister(registry)
    }

    /// A socket is no descriptor on this platform.
    pub(crate) fn raw_fd(&self) -> io::Result<i32> {
        Err(no_pipes())
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        let Io::Tcp(io) = self;
        io.local_addr()
    }

    pub(crate) fn peer_addr(&self) -> io::Result<SocketAddr> {
        let Io::Tcp(io) = self;
        io.peer_addr()
    }
}

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

    /// A socket is no descriptor on this platform.
    pub(crate) fn raw_fd(&self) -> io::Result<i32> {
        Err(no_pipes())
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        let ListenerIo::Tcp(io) = self;
        io.local_addr()
    }
}

fn no_pipes() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "ouro-loop has no named pipes on Windows",
    )
}

/// Lets others bind the address of a UDP socket too.
pub(crate) fn share_udp_address(socket: &socket2::Socket) -> io::Result<()> {
    socket.set_reuse_address(true)
}

/// Not on this platform.
pub(crate) fn set_reuse_port(_socket: &socket2::Socket) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Not on this platform.
pub(crate) fn udp_descriptor(_socket: &UdpSocket) -> io::Result<i32> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Takes the peer of a connected UDP socket away, by connecting to the address of nobody.
pub(crate) fn disconnect_udp(socket: &UdpSocket) -> io::Result<()> {
    let nobody: SocketAddr = if socket.local_addr()?.is_ipv6() {
        (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
    } else {
        (std::net::Ipv4Addr::UNSPECIFIED, 0).into()
    };
    socket.connect(nobody)
}

/// Whether accept failed for want of descriptors.
pub(crate) fn is_out_of_descriptors(error: &io::Error) -> bool {
    error.raw_os_error() == Some(EMFILE)
}

/// Whether accept failed because of the one connection it was to return.
pub(crate) fn is_lost_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    )
}

/// Whether a connect has begun and isn't over.
pub(crate) fn is_in_progress(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

/// Windows has no small limit of handles, so nothing is held in reserve.
pub(crate) fn reserve_descriptor() -> Option<File> {
    None
}
