//! Windows: IOCP by way of mio, sockets and named pipes.

mod child_stdio;
mod io;
mod job;
mod listener;
mod os_handle;
mod passed_socket;
mod pipe;
mod poll;
mod process;
mod signal;
mod tty;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::windows::ffi::OsStrExt;
use std::sync::OnceLock;
use std::time::Instant;

use mio::net::UdpSocket;
use socket2::{MaybeUninitSlice, SockRef};

pub(crate) use child_stdio::{ChildEnd, child_pipe, stream_pair};
pub(crate) use io::Io;
pub(crate) use listener::ListenerIo;
pub(crate) use os_handle::udp_from_socket;
pub use os_handle::{OsHandle, RawOsHandle};
pub(crate) use passed_socket::Descriptor;
pub(crate) use poll::{PollSource, RawDescriptor};
pub(crate) use process::{Child, ChildWatch, ESRCH, spawn};
pub(crate) use signal::SignalInbox;
pub(crate) use tty::{guess_kind, reset_tty};

/// `ERROR_INVALID_HANDLE`.
pub(crate) const EBADF: i32 = 6;
/// `ERROR_OPERATION_ABORTED`.
pub(crate) const ECANCELED: i32 = 995;
/// `ERROR_FILE_EXISTS`.
pub(crate) const EEXIST: i32 = 80;
/// `WSAEACCES`.
const EACCES: i32 = 10013;
/// `WSAEINVAL`.
pub(crate) const EINVAL: i32 = 10022;
/// `WSAEMFILE`.
pub(crate) const EMFILE: i32 = 10024;
/// `WSAENOTSOCK`.
const ENOTSOCK: i32 = 10038;
/// `WSAEDESTADDRREQ`.
pub(crate) const EDESTADDRREQ: i32 = 10039;
/// `WSAEADDRINUSE`.
const EADDRINUSE: i32 = 10048;
/// `WSAECONNRESET`.
const ECONNRESET: i32 = 10054;
/// `WSAEISCONN`.
pub(crate) const EISCONN: i32 = 10056;
/// `WSAENOTCONN`.
pub(crate) const ENOTCONN: i32 = 10057;
/// `WSAESHUTDOWN`.
pub(crate) const EPIPE: i32 = 10058;

/// Nanoseconds of the performance counter, since its first use in this process.
pub(crate) fn hrtime() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    // One second on, so that loop time is never 0.
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64 + 1_000_000_000
}

/// The text with a NUL at its end; `WSAEINVAL` if there is one inside.
fn wide(text: &OsStr) -> Result<Vec<u16>> {
    let mut wide: Vec<u16> = text.encode_wide().collect();
    if wide.contains(&0) {
        return Err(Error::from_raw_os_error(EINVAL));
    }
    wide.push(0);
    Ok(wide)
}

/// Lets others bind the address of a UDP socket too.
pub(crate) fn share_udp_address(socket: &socket2::Socket) -> Result<()> {
    socket.set_reuse_address(true)
}

/// A named pipe is made by listening on it, and can't be bound before.
pub(crate) fn bind_path(_path: &std::path::Path) -> Result<socket2::Socket> {
    Err(ErrorKind::Unsupported.into())
}

/// Sockets have no descriptors here.
pub(crate) fn stream_descriptor(_socket: &socket2::Socket) -> Option<i32> {
    None
}

/// Nothing to do: a port is free at once, and the option would let anyone take it over.
pub(crate) fn take_address_after_others(_socket: &socket2::Socket) -> Result<()> {
    Ok(())
}

/// Not on this platform, whose `SO_REUSEADDR` lets anyone take the port over instead.
pub(crate) fn set_reuse_port(_socket: &socket2::Socket) -> Result<()> {
    Err(Error::new(
        ErrorKind::Unsupported,
        "Windows doesn't spread connections or datagrams over sockets",
    ))
}

/// Sets the type of service of IPv4.
pub(crate) fn set_type_of_service(
    socket: &socket2::Socket,
    is_ipv6: bool,
    value: u8,
) -> Result<()> {
    if is_ipv6 {
        return Err(no_traffic_class());
    }
    socket.set_tos_v4(value.into())
}

/// What `set_type_of_service` set.
pub(crate) fn type_of_service(socket: &socket2::Socket, is_ipv6: bool) -> Result<u8> {
    if is_ipv6 {
        return Err(no_traffic_class());
    }
    Ok(socket.tos_v4()? as u8)
}

fn no_traffic_class() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "Windows has no option for the traffic class of IPv6",
    )
}

/// Takes the peer of a connected UDP socket away, by connecting to the address of nobody.
pub(crate) fn disconnect_udp(socket: &UdpSocket) -> Result<()> {
    let nobody: SocketAddr = if socket.local_addr()?.is_ipv6() {
        (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
    } else {
        (std::net::Ipv4Addr::UNSPECIFIED, 0).into()
    };
    socket.connect(nobody)
}

/// Whether accept failed for want of descriptors.
pub(crate) fn is_out_of_descriptors(error: &Error) -> bool {
    error.raw_os_error() == Some(EMFILE)
}

/// Whether accept failed because of the one connection it was to return.
pub(crate) fn is_lost_connection(error: &Error) -> bool {
    matches!(
        error.kind(),
        // Wine says of a connection that is gone again that it isn't connected.
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::NotConnected
    )
}

/// Whether a connect has begun and isn't over.
pub(crate) fn is_in_progress(error: &Error) -> bool {
    error.kind() == ErrorKind::WouldBlock
}

/// Windows has no small limit of handles, so nothing is held in reserve.
pub(crate) fn reserve_descriptor() -> Option<File> {
    None
}

/// One by one. A datagram that is too long for its room is cut, and not an error as elsewhere on Windows.
pub(crate) fn receive_batch(
    socket: &UdpSocket,
    into: &mut crate::net::Datagrams,
    most: usize,
) -> Result<()> {
    let most = most.min(into.capacity());
    while into.len() < most {
        let at = into.len();
        let (bytes, size) = into.room();
        match receive_from(socket, &mut bytes[at * size..(at + 1) * size]) {
            Ok((length, from, truncated)) => into.push(length, from, truncated),
            Err(error) if into.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(())
}

/// What came, from whom, and whether it was cut.
fn receive_from(socket: &UdpSocket, buffer: &mut [u8]) -> Result<(usize, SocketAddr, bool)> {
    // SAFETY: only bytes that were written are written there, so the buffer stays initialised.
    let buffer = unsafe { &mut *(std::ptr::from_mut(buffer) as *mut [MaybeUninit<u8>]) };
    let room = buffer.len();
    let (length, flags, from) = socket.try_io(|| {
        let mut buffers = [MaybeUninitSlice::new(buffer)];
        SockRef::from(socket).recv_from_vectored(&mut buffers)
    })?;
    let nobody = || Error::from_raw_os_error(EINVAL);
    let from = from.as_socket().ok_or_else(nobody)?;
    // Of what was cut, the system needn't say how much it has written.
    let cut = flags.is_truncated();
    Ok((if cut { room } else { length }, from, cut))
}

/// One by one.
pub(crate) fn send_batch<'a>(
    socket: &UdpSocket,
    datagrams: impl Iterator<Item = (&'a [u8], Option<SocketAddr>)>,
) -> Result<usize> {
    crate::net::send_first(socket, datagrams)
}
