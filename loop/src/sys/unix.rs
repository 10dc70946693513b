//! Unix: epoll or kqueue, file descriptors.

mod ancillary;
mod datagrams;
mod guarded;
#[cfg(any(target_os = "android", target_os = "linux"))]
mod inotify;
mod poll;
mod process;
mod signal;
mod tty;

use std::fs::File;
use std::io::{self, IoSlice, IsTerminal, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::Arc;

use mio::event::Source;
use mio::net::{TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

use super::Received;

/// What goes along with bytes.
pub(crate) type Descriptor = OwnedFd;

pub(crate) use datagrams::{receive_batch, send_batch};
#[cfg(any(target_os = "android", target_os = "linux"))]
pub(crate) use inotify::FsWatches;
pub(crate) use poll::{PollSource, RawDescriptor};
pub(crate) use process::{Child, ChildEnd, ChildWatch, ESRCH, child_pipe, spawn, stream_pair};
pub(crate) use signal::SignalInbox;
pub(crate) use tty::{guess_kind, reset_tty};

use tty::Terminal;

use crate::handle::HandleId;
use crate::wake::Shared;

pub(crate) use libc::{
    EBADF, ECANCELED, EDESTADDRREQ, EEXIST, EINVAL, EISCONN, EMFILE, ENOTCONN, EPIPE,
};

/// Nanoseconds of `CLOCK_MONOTONIC`.
pub(crate) fn hrtime() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid timespec to write to. The call can't fail for this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// A connected (or connecting) byte stream.
pub(crate) enum Io {
    Tcp(TcpStream),
    Unix(UnixStream),
    /// A FIFO or a character device.
    File(File),
    Tty(Terminal),
}

/// Does `$body` with the stream as `$io`, whatever it is.
macro_rules! each {
    ($self:expr, $io:ident => $body:expr) => {
        match $self {
            Io::Tcp($io) => $body,
            Io::Unix($io) => $body,
            Io::File($io) => $body,
            Io::Tty($io) => $body,
        }
    };
}

impl Io {
    /// Begins to connect; `connected` tells the end of it.
    pub(crate) fn connect_unix(path: &Path, _: &Arc<Shared>) -> io::Result<Self> {
        if path.as_os_str().as_bytes().first() != Some(&0) {
            return UnixStream::connect(path).map(Io::Unix);
        }
        // A name in Linux's abstract namespace, which the standard library takes for a mistake.
        let socket = super::socket(socket2::Domain::UNIX, socket2::Type::STREAM, None)?;
        socket.connect(&socket2::SockAddr::unix(path)?)?;
        Ok(Io::from_new_socket(socket, true))
    }

    /// Takes over a socket whose connecting has begun: of the Unix domain if it is of paths.
    pub(crate) fn from_new_socket(socket: socket2::Socket, of_paths: bool) -> Self {
        match of_paths {
            true => Io::Unix(UnixStream::from_std(OwnedFd::from(socket).into())),
            false => Io::Tcp(TcpStream::from_std(socket.into())),
        }
    }

    /// Takes over a descriptor, whatever it is, and makes it non-blocking. A terminal is opened anew, for others have the
    /// same open file, and to them it should stay blocking.
    pub(crate) fn from_fd(fd: OwnedFd) -> io::Result<Self> {
        if fd.is_terminal() {
            return Terminal::open(fd).map(Io::Tty);
        }
        set_nonblocking(fd.as_fd())?;
        let socket = socket2::SockRef::from(&fd);
        let domain = match socket.local_addr() {
            Ok(address) => address.domain(),
            Err(_) => return Ok(Io::File(File::from(fd))),
        };
        if socket.r#type()? != socket2::Type::STREAM {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        Ok(if domain == socket2::Domain::UNIX {
            Io::Unix(UnixStream::from_std(fd.into()))
        } else {
            Io::Tcp(TcpStream::from_std(fd.into()))
        })
    }

    pub(crate) fn into_fd(self) -> OwnedFd {
        match self {
            Io::Tcp(io) => std::net::TcpStream::from(io).into(),
            Io::Unix(io) => std::os::unix::net::UnixStream::from(io).into(),
            Io::File(io) => io.into(),
            Io::Tty(io) => io.into_fd(),
        }
    }

    pub(crate) fn is_tcp(&self) -> bool {
        matches!(self, Io::Tcp(_))
    }

    pub(crate) fn is_tty(&self) -> bool {
        matches!(self, Io::Tty(_))
    }

    /// Whether connecting has ended well; an error if it has failed, `false` if it isn't over.
    pub(crate) fn connected(&mut self) -> io::Result<bool> {
        let (error, peer) = match self {
            // A connecting TCP socket isn't writable before it is connected, so whoever asks knows.
            Io::Tcp(io) if cfg!(target_os = "linux") => (io.take_error()?, Ok(())),
            Io::Tcp(io) => (io.take_error()?, io.peer_addr().map(drop)),
            Io::Unix(io) => (io.take_error()?, io.peer_addr().map(drop)),
            Io::File(_) | Io::Tty(_) => (None, Ok(())),
        };
        match (error, peer) {
            (Some(error), _) => Err(error),
            (None, Ok(())) => Ok(true),
            (None, Err(error)) => match error.raw_os_error() {
                Some(libc::ENOTCONN | libc::EINPROGRESS) => Ok(false),
                // macOS says EINVAL of a connection that the peer has reset already.
                _ => Err(error),
            },
        }
    }

    #[inline]
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let length = buffer.len();
        // SAFETY: the region is that of the slice, and nothing is written to it through this one but bytes that were read.
        self.read_uninit(unsafe { slice::from_raw_parts_mut(buffer.as_mut_ptr().cast(), length) })
    }

    /// Reads into memory that may never have been written to; so many bytes as were read are initialised then.
    #[inline]
    pub(crate) fn read_uninit(&self, buffer: &mut [MaybeUninit<u8>]) -> io::Result<Received> {
        match self {
            // A short read has emptied the socket: epoll and kqueue report what comes in later.
            Io::Tcp(io) => {
                let count = receive(io, buffer)?;
                Ok(Received {
                    count,
                    drained: count < buffer.len(),
                })
            }
            Io::Unix(io) => ancillary::read_without(io, buffer),
            Io::File(io) => read_descriptor(io.as_raw_fd(), buffer).map(Received::maybe_more),
            Io::Tty(io) => read_descriptor(io.file().as_raw_fd(), buffer).map(Received::maybe_more),
        }
    }

    #[inline]
    pub(crate) fn write(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        match (self, buffers) {
            (Io::Tcp(io), [one]) => (&mut &*io).write(one),
            (Io::Unix(io), [one]) => (&mut &*io).write(one),
            (Io::Tcp(io), _) => (&mut &*io).write_vectored(buffers),
            (Io::Unix(io), _) => (&mut &*io).write_vectored(buffers),
            (Io::File(io), _) => (&mut &*io).write_vectored(buffers),
            (Io::Tty(io), _) => io.file().write_vectored(buffers),
        }
    }

    pub(crate) fn shutdown_write(&mut self, _: &Arc<Shared>, _: HandleId) -> io::Result<()> {
        match self {
            Io::Tcp(io) => io.shutdown(Shutdown::Write),
            Io::Unix(io) => io.shutdown(Shutdown::Write),
            Io::File(_) | Io::Tty(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
        }
    }

    /// Whether a read may find something that poll doesn't tell of. Never, here.
    pub(crate) fn has_unannounced(&self) -> bool {
        false
    }

    /// After a nudge: whether a read finds something. There are none, here.
    pub(crate) fn has_news(&mut self) -> bool {
        false
    }

    /// The socket, for what only sockets have.
    pub(crate) fn socket(&self) -> io::Result<socket2::SockRef<'_>> {
        Ok(each!(self, io => socket2::SockRef::from(io)))
    }

    pub(crate) fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        match self {
            Io::Tcp(io) => io.register(registry, token, interest),
            Io::Unix(io) => io.register(registry, token, interest),
            Io::File(io) => SourceFd(&io.as_raw_fd()).register(registry, token, interest),
            Io::Tty(io) => SourceFd(&io.as_raw_fd()).register(registry, token, interest),
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
            Io::Unix(io) => io.reregister(registry, token, interest),
            Io::File(io) => SourceFd(&io.as_raw_fd()).reregister(registry, token, interest),
            Io::Tty(io) => SourceFd(&io.as_raw_fd()).reregister(registry, token, interest),
        }
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match self {
            Io::Tcp(io) => io.deregister(registry),
            Io::Unix(io) => io.deregister(registry),
            Io::File(io) => SourceFd(&io.as_raw_fd()).deregister(registry),
            Io::Tty(io) => SourceFd(&io.as_raw_fd()).deregister(registry),
        }
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Io::Tcp(io) => io.local_addr(),
            _ => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }

    pub(crate) fn peer_addr(&self) -> io::Result<SocketAddr> {
        match self {
            Io::Tcp(io) => io.peer_addr(),
            _ => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }

    pub(crate) fn raw_fd(&self) -> io::Result<RawFd> {
        Ok(each!(self, io => io.as_raw_fd()))
    }
}

/// A listening socket.
pub(crate) enum ListenerIo {
    Tcp(TcpListener),
    /// With the path to remove at the end, if it is ours.
    Unix(UnixListener, Option<PathBuf>),
}

impl ListenerIo {
    pub(crate) fn listen_unix(path: &Path, backlog: i32) -> io::Result<Self> {
        let socket = bind_path(path)?;
        socket.listen(backlog)?;
        Ok(Self::from_new_socket(socket, Some(path.to_owned())))
    }

    /// Takes over a listening socket, with its name in the file system if it has one.
    pub(crate) fn from_new_socket(socket: socket2::Socket, path: Option<PathBuf>) -> Self {
        if path.is_none() {
            return ListenerIo::Tcp(TcpListener::from_std(socket.into()));
        }
        let listener = UnixListener::from_std(OwnedFd::from(socket).into());
        ListenerIo::Unix(listener, path)
    }

    /// Takes over a listening socket and makes it non-blocking. Its name in the file system stays when it is closed, for it
    /// was another's to make.
    pub(crate) fn from_fd(fd: OwnedFd) -> io::Result<Self> {
        let socket = socket2::SockRef::from(&fd);
        // Where the system can't say, the first accept does.
        #[cfg(any(target_os = "android", target_os = "freebsd", target_os = "linux"))]
        if !socket.is_listener()? {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        let domain = socket.local_addr()?.domain();
        socket.set_nonblocking(true)?;
        Ok(if domain == socket2::Domain::UNIX {
            ListenerIo::Unix(UnixListener::from_std(fd.into()), None)
        } else {
            ListenerIo::Tcp(TcpListener::from_std(fd.into()))
        })
    }

    /// Gives the descriptor away.
    pub(crate) fn into_fd(mut self) -> io::Result<OwnedFd> {
        if let ListenerIo::Unix(_, path) = &mut self {
            *path = None;
        }
        // `self` can't be taken apart, for dropping it unlinks the path; so the descriptor is duplicated.
        match &self {
            ListenerIo::Tcp(io) => io.as_fd().try_clone_to_owned(),
            ListenerIo::Unix(io, _) => io.as_fd().try_clone_to_owned(),
        }
    }

    #[inline]
    pub(crate) fn accept(&mut self) -> io::Result<Io> {
        match self {
            ListenerIo::Tcp(io) => io.accept().map(|(io, _)| Io::Tcp(io)),
            ListenerIo::Unix(io, _) => io.accept().map(|(io, _)| Io::Unix(io)),
        }
    }

    pub(crate) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match self {
            ListenerIo::Tcp(io) => io.register(registry, token, Interest::READABLE),
            ListenerIo::Unix(io, _) => io.register(registry, token, Interest::READABLE),
        }
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        match self {
            ListenerIo::Tcp(io) => io.deregister(registry),
            ListenerIo::Unix(io, _) => io.deregister(registry),
        }
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match self {
            ListenerIo::Tcp(io) => io.local_addr(),
            ListenerIo::Unix(..) => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }

    pub(crate) fn raw_fd(&self) -> io::Result<RawFd> {
        Ok(match self {
            ListenerIo::Tcp(io) => io.as_raw_fd(),
            ListenerIo::Unix(io, _) => io.as_raw_fd(),
        })
    }
}

impl Drop for ListenerIo {
    fn drop(&mut self) {
        // As libuv does: a listener's name in the file system goes with it.
        if let ListenerIo::Unix(_, Some(path)) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn set_nonblocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    socket2::SockRef::from(&fd).set_nonblocking(true)
}

/// Lets others bind the address of a UDP socket too. Linux wants one option for that, the BSDs another.
pub(crate) fn share_udp_address(socket: &socket2::Socket) -> io::Result<()> {
    if cfg!(any(target_os = "linux", target_os = "android")) {
        socket.set_reuse_address(true)
    } else {
        socket.set_reuse_port(true)
    }
}

/// A socket of the Unix domain with this name.
pub(crate) fn bind_path(path: &Path) -> io::Result<socket2::Socket> {
    let socket = super::socket(socket2::Domain::UNIX, socket2::Type::STREAM, None)?;
    socket.bind(&socket2::SockAddr::unix(path)?)?;
    Ok(socket)
}

/// The descriptor behind a socket of a stream.
pub(crate) fn stream_descriptor(socket: &socket2::Socket) -> Option<i32> {
    Some(socket.as_raw_fd())
}

/// Lets a socket be bound to a port that connections of a program that has ended still hold.
pub(crate) fn take_address_after_others(socket: &socket2::Socket) -> io::Result<()> {
    socket.set_reuse_address(true)
}

/// Lets several sockets share an address, each with a part of what comes in.
pub(crate) fn set_reuse_port(socket: &socket2::Socket) -> io::Result<()> {
    socket.set_reuse_port(true)
}

/// Sets what routers are asked for: the type of service of IPv4, the traffic class of IPv6.
pub(crate) fn set_type_of_service(
    socket: &socket2::Socket,
    is_ipv6: bool,
    value: u8,
) -> io::Result<()> {
    if is_ipv6 {
        socket.set_tclass_v6(value.into())
    } else {
        socket.set_tos_v4(value.into())
    }
}

/// What `set_type_of_service` set.
pub(crate) fn type_of_service(socket: &socket2::Socket, is_ipv6: bool) -> io::Result<u8> {
    let value = if is_ipv6 {
        socket.tclass_v6()?
    } else {
        socket.tos_v4()?
    };
    Ok(value as u8)
}

/// The descriptor behind a UDP socket.
pub(crate) fn udp_descriptor(socket: &UdpSocket) -> io::Result<i32> {
    Ok(socket.as_raw_fd())
}

/// Takes the peer of a connected UDP socket away.
pub(crate) fn disconnect_udp(socket: &UdpSocket) -> io::Result<()> {
    // SAFETY: an address of all zeros is a value.
    let mut nobody: libc::sockaddr = unsafe { std::mem::zeroed() };
    nobody.sa_family = libc::AF_UNSPEC as libc::sa_family_t;
    let length = size_of::<libc::sockaddr>() as libc::socklen_t;
    loop {
        // SAFETY: the descriptor is open, and the address as long as it says.
        if unsafe { libc::connect(socket.as_raw_fd(), &nobody, length) } == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            // The BSDs disconnect, and then say that there is no such family.
            Some(libc::EAFNOSUPPORT | libc::EINVAL) if cfg!(not(target_os = "linux")) => {
                return Ok(());
            }
            _ => return Err(error),
        }
    }
}

/// Whether accept failed for want of descriptors.
pub(crate) fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}

/// Whether accept failed because of the one connection it was to return.
pub(crate) fn is_lost_connection(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::ECONNABORTED | libc::EPROTO | libc::EINTR)
    )
}

/// Whether a connect has begun and isn't over.
pub(crate) fn is_in_progress(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EINPROGRESS | libc::EAGAIN | libc::EINTR)
    )
}

/// A descriptor held in reserve, so that a connection can be accepted and dropped when all others are in use.
pub(crate) fn reserve_descriptor() -> Option<File> {
    File::open("/").ok()
}

/// More isn't read at once: macOS refuses to.
const MOST_AT_ONCE: usize = libc::c_int::MAX as usize - 1;

/// One `recv`, which goes a shorter way through the system than `read`.
#[inline]
fn receive(socket: &TcpStream, buffer: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
    let room = buffer.len().min(MOST_AT_ONCE);
    // SAFETY: there is so much room; what the system writes there are bytes.
    let count = unsafe {
        let start = buffer.as_mut_ptr().cast();
        libc::recv(socket.as_raw_fd(), start, room, 0)
    };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// One `read` of a descriptor.
#[inline]
fn read_descriptor(fd: RawFd, buffer: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
    let room = buffer.len().min(MOST_AT_ONCE);
    // SAFETY: there is so much room; what the system writes there are bytes.
    let count = unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), room) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}
