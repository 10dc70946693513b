//! Descriptors that travel with bytes over Unix-domain sockets (`SCM_RIGHTS`).

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use mio::net::UnixStream;

use super::Io;
use crate::sys::Received;

/// Descriptors taken from one message. libuv sends one at a time, and so do we.
const MOST: usize = 16;
/// Room for them and their header, aligned as headers are.
const WORDS: usize = 16;

impl Io {
    /// Writes, and gives the peer a copy of the descriptor with the first byte.
    pub(crate) fn write_with(
        &self,
        buffers: &[IoSlice<'_>],
        descriptor: &OwnedFd,
    ) -> io::Result<usize> {
        let mut control = [0_u64; WORDS];
        let fd = descriptor.as_raw_fd();
        // SAFETY: the header is all zeroes before it is filled; an IoSlice has the layout of an iovec and is only read;
        // `control` is aligned and has room for one descriptor, which the macros write inside of it.
        let sent = unsafe {
            let mut message: libc::msghdr = std::mem::zeroed();
            message.msg_iov = buffers.as_ptr() as *mut libc::iovec;
            message.msg_iovlen = buffers.len() as _;
            message.msg_control = control.as_mut_ptr().cast();
            message.msg_controllen = libc::CMSG_SPACE(size_of::<RawFd>() as u32) as _;
            let header = libc::CMSG_FIRSTHDR(&message);
            (*header).cmsg_level = libc::SOL_SOCKET;
            (*header).cmsg_type = libc::SCM_RIGHTS;
            (*header).cmsg_len = libc::CMSG_LEN(size_of::<RawFd>() as u32) as _;
            libc::CMSG_DATA(header).cast::<RawFd>().write_unaligned(fd);
            libc::sendmsg(self.raw_fd()?, &message, NO_SIGNAL)
        };
        if sent < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(sent as usize)
    }

    /// Reads, and takes the descriptors that come along.
    pub(crate) fn read_with(
        &self,
        buffer: &mut [u8],
        descriptors: &mut Vec<OwnedFd>,
    ) -> io::Result<Received> {
        let mut control = [0_u64; WORDS];
        let mut part = libc::iovec {
            iov_base: buffer.as_mut_ptr().cast(),
            iov_len: buffer.len(),
        };
        let mut message = MaybeUninit::<libc::msghdr>::zeroed();
        // SAFETY: a header of zeroes is valid; it is given one buffer and an aligned control buffer, with their lengths.
        let received = unsafe {
            let message = message.assume_init_mut();
            message.msg_iov = &mut part;
            message.msg_iovlen = 1;
            message.msg_control = control.as_mut_ptr().cast();
            message.msg_controllen = libc::CMSG_SPACE((MOST * size_of::<RawFd>()) as u32)
                .min(size_of_val(&control) as u32) as _;
            libc::recvmsg(self.raw_fd()?, message, CLOSE_ON_EXEC)
        };
        if received < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call succeeded, so the headers in `control` are whole, and every descriptor in them is new and nobody
        // else's.
        unsafe {
            let message = message.assume_init_ref();
            let mut header = libc::CMSG_FIRSTHDR(message);
            while !header.is_null() {
                if (*header).cmsg_level == libc::SOL_SOCKET
                    && (*header).cmsg_type == libc::SCM_RIGHTS
                {
                    let bytes = (*header).cmsg_len as usize - libc::CMSG_LEN(0) as usize;
                    let data = libc::CMSG_DATA(header).cast::<RawFd>();
                    for index in 0..bytes / size_of::<RawFd>() {
                        let fd = data.add(index).read_unaligned();
                        close_on_exec(fd);
                        descriptors.push(OwnedFd::from_raw_fd(fd));
                    }
                }
                header = libc::CMSG_NXTHDR(message, header);
            }
        }
        // Bytes that others follow may end where a descriptor came along.
        Ok(Received::maybe_more(received as usize))
    }
}

/// Reads, and drops the descriptors that come along.
///
/// A read ends at bytes that came with descriptors, so a short one has emptied the socket only if there were none; a
/// message without room for them says so.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn read_without(
    socket: &UnixStream,
    buffer: &mut [MaybeUninit<u8>],
) -> io::Result<Received> {
    let mut part = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    // SAFETY: a header of zeroes is valid; it is given one buffer with its length.
    let (received, flags) = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &mut part;
        message.msg_iovlen = 1;
        let received = libc::recvmsg(socket.as_raw_fd(), &mut message, 0);
        (received, message.msg_flags)
    };
    if received < 0 {
        return Err(io::Error::last_os_error());
    }
    let count = received as usize;
    Ok(Received {
        count,
        drained: count < buffer.len() && flags & libc::MSG_CTRUNC == 0,
    })
}

/// Reads, and drops the descriptors that come along.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn read_without(
    socket: &UnixStream,
    buffer: &mut [MaybeUninit<u8>],
) -> io::Result<Received> {
    super::read_descriptor(socket.as_raw_fd(), buffer).map(Received::maybe_more)
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const NO_SIGNAL: libc::c_int = libc::MSG_NOSIGNAL;
/// Rust programs ignore `SIGPIPE`.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const NO_SIGNAL: libc::c_int = 0;

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const CLOSE_ON_EXEC: libc::c_int = libc::MSG_CMSG_CLOEXEC;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const CLOSE_ON_EXEC: libc::c_int = 0;

/// Where receiving couldn't say so.
fn close_on_exec(fd: RawFd) {
    if CLOSE_ON_EXEC == 0 {
        // SAFETY: no memory preconditions.
        unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
}
