//! Many datagrams with one system call (`recvmmsg`, `sendmmsg`) where the system has that.

use std::io;
use std::net::SocketAddr;

use mio::net::UdpSocket;
#[cfg(any(target_os = "linux", target_os = "android"))]
use socket2::{SockAddr, SockAddrStorage};

use crate::net::Datagrams;

/// Datagrams in one call.
#[cfg(any(target_os = "linux", target_os = "android"))]
const PER_CALL: usize = 32;

/// Receives what is there into `into`, as far as it has room and `most` allows.
///
/// # Errors
/// Those of the first receive, `WouldBlock` among them; a later one only ends the batch.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn receive_batch(
    socket: &UdpSocket,
    into: &mut Datagrams,
    most: usize,
) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    let most = most.min(into.capacity()).min(PER_CALL);
    let (buffer, size) = into.room();
    let mut names: [_; PER_CALL] = std::array::from_fn(|_| SockAddrStorage::zeroed());
    // SAFETY: parts and headers of all zeros are values.
    let (mut parts, mut messages): ([libc::iovec; PER_CALL], [libc::mmsghdr; PER_CALL]) =
        unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
    for (at, bytes) in buffer.chunks_exact_mut(size).take(most).enumerate() {
        parts[at].iov_base = bytes.as_mut_ptr().cast();
        parts[at].iov_len = bytes.len();
        let message = &mut messages[at].msg_hdr;
        message.msg_iov = &mut parts[at];
        message.msg_iovlen = 1;
        message.msg_namelen = names[at].size_of();
        message.msg_name = std::ptr::from_mut(&mut names[at]).cast();
    }
    // SAFETY: each message has one buffer of its own and room for an address, as long as they say, and all of them
    // outlive the call.
    let count = unsafe {
        libc::recvmmsg(
            socket.as_raw_fd(),
            messages.as_mut_ptr(),
            most as _,
            libc::MSG_DONTWAIT as _,
            std::ptr::null_mut(),
        )
    };
    if count < 0 {
        return Err(io::Error::last_os_error());
    }
    for (message, name) in messages.iter().zip(names).take(count as usize) {
        // SAFETY: the system has filled in an address of this length.
        let from = unsafe { SockAddr::new(name, message.msg_hdr.msg_namelen) };
        let from = from.as_socket().ok_or(io::ErrorKind::InvalidData)?;
        let truncated = message.msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
        into.push(message.msg_len as usize, from, truncated);
    }
    Ok(())
}

/// Receives what is there into `into`, as far as it has room and `most` allows, one by one.
///
/// # Errors
/// Those of the first receive, `WouldBlock` among them; a later one only ends the batch.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn receive_batch(
    socket: &UdpSocket,
    into: &mut Datagrams,
    most: usize,
) -> io::Result<()> {
    crate::net::receive_one_by_one(socket, into, most)
}

/// Sends the datagrams in their order, and says how many the system took: at least one.
///
/// # Errors
/// Those of the first.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn send_batch<'a>(
    socket: &UdpSocket,
    datagrams: impl Iterator<Item = (&'a [u8], Option<SocketAddr>)>,
) -> io::Result<usize> {
    use std::os::fd::AsRawFd;

    let mut names: [_; PER_CALL] = [const { None }; PER_CALL];
    // SAFETY: parts and headers of all zeros are values.
    let (mut parts, mut messages): ([libc::iovec; PER_CALL], [libc::mmsghdr; PER_CALL]) =
        unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
    let mut used = 0;
    for (at, (bytes, to)) in datagrams.take(PER_CALL).enumerate() {
        parts[at].iov_base = bytes.as_ptr().cast_mut().cast();
        parts[at].iov_len = bytes.len();
        let message = &mut messages[at].msg_hdr;
        message.msg_iov = &mut parts[at];
        message.msg_iovlen = 1;
        if let Some(to) = to {
            let name: &SockAddr = names[at].insert(SockAddr::from(to));
            message.msg_name = name.as_ptr().cast_mut().cast();
            message.msg_namelen = name.len();
        }
        used = at + 1;
    }
    // SAFETY: the messages' buffers and addresses are as long as they say, are only read, and outlive the call.
    let count = unsafe {
        libc::sendmmsg(
            socket.as_raw_fd(),
            messages.as_mut_ptr(),
            used as _,
            libc::MSG_DONTWAIT as _,
        )
    };
    if count < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(count as usize)
}

/// Sends the first of the datagrams.
///
/// # Errors
/// The system's.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn send_batch<'a>(
    socket: &UdpSocket,
    datagrams: impl Iterator<Item = (&'a [u8], Option<SocketAddr>)>,
) -> io::Result<usize> {
    crate::net::send_first(socket, datagrams)
}
