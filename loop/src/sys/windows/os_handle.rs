//! What the operating system has for a stream, a listener or a datagram socket, when the loop takes it over or gives it away.
//!
//! mio asks the socket driver about sockets without tying them to a completion port, so they go from loop to loop. A
//! named pipe belongs to the port of the loop that first used it for as long as it is open.

use std::io;
use std::os::windows::io::{
    AsRawSocket, BorrowedHandle, OwnedHandle, OwnedSocket, RawHandle, RawSocket,
};

use mio::net::{TcpListener, TcpStream, UdpSocket};
use socket2::{SockRef, Type};

use super::{EBADF, EINVAL, ENOTCONN, Io, ListenerIo};

/// What [`EventLoop::detach`](crate::EventLoop::detach) gives away.
#[derive(Debug)]
pub enum OsHandle {
    /// A TCP stream, a TCP listener or a UDP socket; non-blocking.
    Socket(OwnedSocket),
    /// One end of a named pipe, or a console.
    Handle(OwnedHandle),
}

/// What [`EventLoop::raw_os_handle`](crate::EventLoop::raw_os_handle) shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawOsHandle {
    /// A TCP stream, a TCP listener or a UDP socket.
    Socket(RawSocket),
    /// One end of a named pipe, or a console.
    Handle(RawHandle),
}

impl Io {
    /// Takes over a connected stream socket and makes it non-blocking.
    pub(crate) fn from_socket(socket: OwnedSocket) -> io::Result<Self> {
        prepare(&socket, Type::STREAM)?;
        // A listener has no peer.
        SockRef::from(&socket).peer_addr()?;
        Ok(Io::Tcp(TcpStream::from_std(socket.into())))
    }

    /// An error if this can't be given away.
    pub(crate) fn may_detach(&self) -> io::Result<()> {
        match self {
            Io::Tcp(_) => Ok(()),
            Io::Pipe(io) if io.was_registered() => Err(tied()),
            Io::Pipe(_) | Io::Tty(_) => Ok(()),
            Io::Waiting(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
        }
    }

    pub(crate) fn into_os(self) -> io::Result<OsHandle> {
        self.may_detach()?;
        match self {
            Io::Tcp(io) => Ok(OsHandle::Socket(io.into())),
            Io::Pipe(ref io) => duplicate(io.as_raw_handle()),
            Io::Tty(ref io) => duplicate(io.as_raw_handle()),
            Io::Waiting(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
        }
    }

    pub(crate) fn raw_os(&self) -> io::Result<RawOsHandle> {
        match self {
            Io::Tcp(io) => Ok(RawOsHandle::Socket(io.as_raw_socket())),
            Io::Pipe(io) => match io.as_raw_handle() {
                handle if handle.is_null() => Err(io::Error::from_raw_os_error(EBADF)),
                handle => Ok(RawOsHandle::Handle(handle)),
            },
            Io::Tty(io) => Ok(RawOsHandle::Handle(io.as_raw_handle())),
            Io::Waiting(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
        }
    }
}

impl ListenerIo {
    /// Takes over a listening socket and makes it non-blocking. The first accept tells if it doesn't listen.
    pub(crate) fn from_socket(socket: OwnedSocket) -> io::Result<Self> {
        prepare(&socket, Type::STREAM)?;
        Ok(ListenerIo::Tcp(TcpListener::from_std(socket.into())))
    }

    /// An error if this can't be given away.
    pub(crate) fn may_detach(&self) -> io::Result<()> {
        match self {
            ListenerIo::Tcp(_) => Ok(()),
            ListenerIo::Pipe(_) => Err(tied()),
        }
    }

    pub(crate) fn into_os(self) -> io::Result<OsHandle> {
        match self {
            ListenerIo::Tcp(io) => Ok(OsHandle::Socket(io.into())),
            ListenerIo::Pipe(_) => Err(tied()),
        }
    }

    pub(crate) fn raw_os(&self) -> io::Result<RawOsHandle> {
        match self {
            ListenerIo::Tcp(io) => Ok(RawOsHandle::Socket(io.as_raw_socket())),
            // It has many, none of which stands for all.
            ListenerIo::Pipe(_) => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }
}

/// Takes over a bound datagram socket and makes it non-blocking.
pub(crate) fn udp_from_socket(socket: OwnedSocket) -> io::Result<UdpSocket> {
    prepare(&socket, Type::DGRAM)?;
    Ok(UdpSocket::from_std(socket.into()))
}

fn prepare(socket: &OwnedSocket, wanted: Type) -> io::Result<()> {
    let socket = SockRef::from(socket);
    if socket.r#type()? != wanted {
        return Err(io::Error::from_raw_os_error(EINVAL));
    }
    socket.set_nonblocking(true)
}

/// For what can't be taken apart. The handle has to be open.
fn duplicate(handle: RawHandle) -> io::Result<OsHandle> {
    // SAFETY: the handle stays open as long as its owner, who is the caller's.
    let handle = unsafe { BorrowedHandle::borrow_raw(handle) };
    handle.try_clone_to_owned().map(OsHandle::Handle)
}

fn tied() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "a named pipe that a loop has used can't leave that loop",
    )
}
