//! Sockets that travel with bytes on Windows: over IPC pipes, named pipes whose two ends have agreed to speak in frames. What
//! Unix-domain sockets do by themselves; the methods have the same names.

use std::io;
use std::os::windows::io::OwnedSocket;

use crate::EventLoop;
use crate::error::LoopError;
use crate::event::ReadResult;
use crate::handle::HandleId;
use crate::net::Payload;
use crate::sys::{Descriptor, Io};

/// # Passing sockets
impl EventLoop {
    /// Makes an end of a named pipe an IPC pipe, as `ipc` does in libuv's `uv_pipe_init`: its bytes go in frames (laid out as
    /// libuv's), and sockets may go along. Both ends have to be made one, before anything is read or written. The two
    /// processes have to trust each other, since a frame names handles of the process that reads it.
    ///
    /// Sockets are made for the process `peer`. By default that is the one that opened the other end, which is right for what came
    /// of `pipe_connect` and `accept`; where a child has inherited the other end, its opener was this process, so `peer` has
    /// to be the child's.
    ///
    /// # Errors
    /// `Unsupported` for another kind of stream, `WSAENOTCONN` before [`Event::Connected`](crate::Event::Connected) of one
    /// that has to wait for a free instance, `WSAEINVAL` for a pipe that is an IPC pipe already; and the system's.
    pub fn pipe_ipc(&self, id: HandleId, peer: Option<u32>) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        core.stream_mut(id)?.io_mut()?.make_ipc(peer)
    }

    /// [`write`](Self::write) to an IPC pipe (see [`pipe_ipc`](Self::pipe_ipc)), with a TCP stream or listener that the peer gets
    /// with the first byte of the payload (see [`read_with_descriptors`](Self::read_with_descriptors)). The loop closes its
    /// own once that byte is on its way; who needs it longer keeps a clone.
    ///
    /// # Errors
    /// `Unsupported` for a stream that is no IPC pipe; `WSAEINVAL` for an empty payload, which would take no socket along, and
    /// for a datagram socket; `EPIPE` after `shutdown`. If there is no such process the write ends with an error.
    pub fn write_with_descriptor(
        &self,
        id: HandleId,
        payload: impl Into<Payload>,
        socket: OwnedSocket,
        tag: u64,
    ) -> io::Result<()> {
        let payload = payload.into();
        let mut core = self.core.borrow_mut();
        core.stream_mut(id)?.io()?.may_pass_sockets()?;
        if payload.as_ref().is_empty() {
            return Err(LoopError::Invalid.into());
        }
        let socket = Descriptor::new(socket)?;
        core.write_one(id, payload, tag, Some(socket))
    }

    /// [`read`](Self::read) from an IPC pipe (see [`pipe_ipc`](Self::pipe_ipc)); the sockets that come with the bytes are
    /// added to `sockets`, for [`open_socket`](Self::open_socket) or
    /// [`open_listener_socket`](Self::open_listener_socket). Plain reads drop them.
    ///
    /// # Errors
    /// `Unsupported` for a stream that is no IPC pipe, which goes on being read. `InvalidData` if what comes isn't in frames,
    /// `UnexpectedEof` if the end comes inside of one.
    pub fn read_with_descriptors(
        &self,
        id: HandleId,
        buffer: &mut [u8],
        sockets: &mut Vec<OwnedSocket>,
    ) -> ReadResult {
        let mut core = self.core.borrow_mut();
        let io = core.stream_mut(id).map_err(io::Error::from);
        if let Err(error) = io.and_then(|stream| stream.io()?.may_pass_sockets()) {
            return ReadResult::Err(error);
        }
        core.read(id, buffer.len(), |io| io.read_with(buffer, sockets))
    }
}
