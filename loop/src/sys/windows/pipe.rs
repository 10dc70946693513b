//! One end of a named pipe as a byte stream.
//!
//! mio reads ahead into a buffer of its own and copies what is written, for Windows tells when a transfer is complete and not
//! when one is possible. So a write that has been taken is under way and goes on when the pipe is closed, as it does
//! in the buffer of a Unix-domain socket.

mod ending;
mod instance;
mod ipc;
mod listener;
mod waiting;

use std::cell::Cell;
use std::io::{self, IoSlice, Read, Write};
use std::os::windows::io::{AsRawHandle, FromRawHandle, IntoRawHandle, OwnedHandle, RawHandle};
use std::sync::Arc;

use mio::event::Source;
use mio::windows::NamedPipe;
use mio::{Interest, Registry, Token};
use windows_sys::Win32::Foundation::{ERROR_BROKEN_PIPE, ERROR_PIPE_NOT_CONNECTED};
use windows_sys::Win32::System::Pipes::PeekNamedPipe;

use super::{EBADF, wide};
use crate::handle::HandleId;
use crate::wake::Shared;
use ending::Ending;
pub(super) use instance::{is_pipe, open, pair, pair_for_child};
use ipc::Ipc;
pub(super) use ipc::no_ipc;
pub(super) use listener::PipeListener;
pub(super) use waiting::{Waiting, is_busy};

/// Bytes taken by one write: each is copied, and the copy kept until the next.
const BYTES_PER_WRITE: usize = 64 * 1024;

/// One end of a named pipe.
pub(crate) struct Pipe {
    /// `None` once it has been shut down and has ended.
    pipe: Option<NamedPipe>,
    /// There after `shutdown_write`.
    ending: Option<Ending>,
    /// mio may have read ahead when it had nobody to tell.
    read_ahead: Cell<bool>,
    /// It belongs to the port of a loop.
    registered: bool,
    /// There if its bytes go in frames.
    ipc: Option<Box<Ipc>>,
}

impl Pipe {
    /// Takes over an end that was opened for overlapped use.
    pub(super) fn new(handle: OwnedHandle) -> Self {
        Self {
            pipe: Some(named_pipe(handle)),
            ending: None,
            read_ahead: Cell::new(false),
            registered: false,
            ipc: None,
        }
    }

    pub(super) fn was_registered(&self) -> bool {
        self.registered
    }

    /// Null once it has ended.
    pub(super) fn as_raw_handle(&self) -> RawHandle {
        let pipe = self.pipe.as_ref();
        pipe.map_or(std::ptr::null_mut(), NamedPipe::as_raw_handle)
    }

    /// A server's end that has a client, and is registered no more.
    fn accepted(pipe: NamedPipe) -> Self {
        Self {
            pipe: Some(pipe),
            ending: None,
            read_ahead: Cell::new(true),
            registered: true,
            ipc: None,
        }
    }

    /// 0 is the end: the other end has been closed and all that it wrote has been read, or this one has ended after it was shut down.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.ipc {
            None => self.read_bytes(buffer),
            // Nobody asks for the sockets.
            Some(ipc) => ipc.read(self, buffer, &mut Vec::new()),
        }
    }

    fn read_bytes(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(pipe) = &self.pipe else {
            return Ok(0);
        };
        self.read_ahead.set(false);
        let mut before = None;
        loop {
            let mut pipe = pipe;
            let count = match pipe.read(buffer) {
                Err(error) if is_end(&error) => 0,
                Err(error) => {
                    if let Some(ending) = &self.ending {
                        ending.read(error.kind() == io::ErrorKind::WouldBlock);
                    }
                    return Err(error);
                }
                Ok(count) => count,
            };
            if count > 0
                && let Some(ending) = &self.ending
            {
                ending.read(false);
            }
            // A program may write nothing and go on, which reads as 0 once.
            if count > 0 || (before == Some(0) && has_ended(pipe)) {
                return Ok(count);
            }
            before = Some(count);
        }
    }

    pub(super) fn write(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        match &self.ipc {
            None => self.write_bytes(buffers),
            Some(ipc) => ipc.write(self, buffers, None),
        }
    }

    fn write_bytes(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let Some(mut pipe) = self.pipe.as_ref() else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let mut filled = buffers.iter().filter(|buffer| !buffer.is_empty());
        let Some(first) = filled.next() else {
            // A transfer of nothing would reach the other end.
            return Ok(0);
        };
        let mut joined = Vec::new();
        let bytes = match filled.next() {
            None => &first[..first.len().min(BYTES_PER_WRITE)],
            Some(second) => {
                for buffer in [first, second].into_iter().chain(filled) {
                    let room = BYTES_PER_WRITE - joined.len();
                    joined.extend_from_slice(&buffer[..buffer.len().min(room)]);
                }
                &joined
            }
        };
        pipe.write(bytes).map_err(|error| {
            if is_end(&error) {
                return io::ErrorKind::BrokenPipe.into();
            }
            error
        })
    }

    /// A pipe has no halves, so this begins to look out for the time to end it (see [`ending`]).
    pub(super) fn shutdown_write(&mut self, shared: &Arc<Shared>, id: HandleId) -> io::Result<()> {
        let ending = Ending::new(shared, id);
        // It may be waiting for a read already.
        ending.read(true);
        self.ending = Some(ending);
        Ok(())
    }

    pub(super) fn has_unannounced(&self) -> bool {
        // After a shutdown, a read that would block is what begins the wait for the end.
        self.read_ahead.get() || self.ending.is_some()
    }

    pub(super) fn end_if_due(&mut self) -> bool {
        let due = self.ending.as_ref().is_some_and(Ending::is_due);
        if due {
            self.pipe = None;
        }
        due
    }

    pub(super) fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.registered = true;
        self.source()?.register(registry, token, interest)
    }

    pub(super) fn reregister(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.source()?.reregister(registry, token, interest)
    }

    pub(super) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.source()?.deregister(registry)
    }

    fn source(&mut self) -> io::Result<&mut NamedPipe> {
        let ended = || io::Error::from_raw_os_error(EBADF);
        self.pipe.as_mut().ok_or_else(ended)
    }
}

fn named_pipe(handle: OwnedHandle) -> NamedPipe {
    // SAFETY: the handle is open, and ours to give away.
    unsafe { NamedPipe::from_raw_handle(handle.into_raw_handle()) }
}

/// Whether the other end is closed and nothing that it wrote is left in the pipe.
fn has_ended(pipe: &NamedPipe) -> bool {
    // SAFETY: the handle is open as long as the pipe is, and where nothing is asked for there may be null.
    let peeked = unsafe {
        PeekNamedPipe(
            pipe.as_raw_handle(),
            std::ptr::null_mut(),
            0,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        )
    };
    peeked == 0
}

/// Whether the other end is closed, or was never there.
fn is_end(error: &io::Error) -> bool {
    let code = error.raw_os_error().map(|code| code as u32);
    matches!(code, Some(ERROR_BROKEN_PIPE | ERROR_PIPE_NOT_CONNECTED))
}
