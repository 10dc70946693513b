//! Sockets on their way from process to process: what `WSADuplicateSocketW` writes about one for another process, and what
//! that process makes of it. IPC pipes (`pipe/ipc.rs`) carry it.

use std::cell::OnceCell;
use std::io;
use std::os::windows::io::{AsRawSocket, FromRawSocket, OwnedSocket, RawSocket};
use std::sync::Once;

use socket2::{SockRef, Type};
use windows_sys::Win32::Networking::WinSock::{
    FROM_PROTOCOL_INFO, INVALID_SOCKET, WSA_FLAG_NO_HANDLE_INHERIT, WSA_FLAG_OVERLAPPED, WSADATA,
    WSADuplicateSocketW, WSAGetLastError, WSAPROTOCOL_INFOW, WSASocketW, WSAStartup,
};

use super::super::windows_forms::ipc_frame::{SOCKET_INFO, SocketInfo};
use super::EINVAL;

const _: () = assert!(size_of::<WSAPROTOCOL_INFOW>() == SOCKET_INFO);

/// What goes along with bytes: a TCP socket.
pub(crate) struct Descriptor {
    socket: OwnedSocket,
    /// As made for the peer. Each making leaves it a handle, so there is one, however often the write is tried.
    exported: OnceCell<SocketInfo>,
}

impl Descriptor {
    /// `WSAEINVAL` for a socket that is neither a stream nor a listener.
    pub(crate) fn new(socket: OwnedSocket) -> io::Result<Self> {
        if SockRef::from(&socket).r#type()? != Type::STREAM {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        Ok(Self {
            socket,
            exported: OnceCell::new(),
        })
    }

    /// What the process needs to have it too.
    pub(super) fn export(&self, process: u32) -> io::Result<&SocketInfo> {
        if let Some(made) = self.exported.get() {
            return Ok(made);
        }
        let mut info = WSAPROTOCOL_INFOW::default();
        // SAFETY: the socket is open, and `info` is valid to write to.
        let failed = unsafe {
            WSADuplicateSocketW(self.socket.as_raw_socket() as _, process, &mut info) != 0
        };
        if failed {
            return Err(last_error());
        }
        // SAFETY: it is made of integers without gaps, as many bytes as the array has.
        let info = unsafe { std::mem::transmute::<WSAPROTOCOL_INFOW, [u8; SOCKET_INFO]>(info) };
        let is_connection = SockRef::from(&self.socket).peer_addr().is_ok();
        Ok(self.exported.get_or_init(|| SocketInfo {
            info,
            is_connection,
        }))
    }
}

/// The socket that another process has made ready for this one; once.
pub(super) fn import(socket: &SocketInfo) -> io::Result<OwnedSocket> {
    start_sockets();
    // SAFETY: it is made of integers, for which any bytes will do.
    let info = unsafe { std::mem::transmute::<[u8; SOCKET_INFO], WSAPROTOCOL_INFOW>(socket.info) };
    // SAFETY: `info` is valid to read; what it says is checked by the system.
    let socket = unsafe {
        WSASocketW(
            FROM_PROTOCOL_INFO,
            FROM_PROTOCOL_INFO,
            FROM_PROTOCOL_INFO,
            &info,
            0,
            WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT,
        )
    };
    if socket == INVALID_SOCKET {
        return Err(last_error());
    }
    // SAFETY: the socket is new and nobody else's.
    Ok(unsafe { OwnedSocket::from_raw_socket(socket as RawSocket) })
}

/// The first socket of a process may be one that it is given. If this fails, using a socket says so.
fn start_sockets() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let mut data = WSADATA::default();
        // SAFETY: `data` is valid to write to. Never undone, since sockets stay in use.
        unsafe { WSAStartup(0x0202, &mut data) };
    });
}

fn last_error() -> io::Error {
    // SAFETY: no memory preconditions.
    io::Error::from_raw_os_error(unsafe { WSAGetLastError() })
}
