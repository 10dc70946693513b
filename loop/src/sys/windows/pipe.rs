//! One end of a named pipe as a byte stream.
//!
//! mio reads ahead into a buffer of its own and copies what is written, for Windows tells when a transfer is complete and not
//! when one is possible. So a write that has been taken is under way and goes on when the pipe is closed, as it does
//! in the buffer of a Unix-domain socket.

use std::fs::OpenOptions;
use std::io::{self, IoSlice, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{
    AsRawHandle, BorrowedHandle, FromRawHandle, IntoRawHandle, OwnedHandle, RawHandle,
};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use mio::event::Source;
use mio::windows::NamedPipe;
use mio::{Interest, Registry, Token};
use windows_sys::Win32::Foundation::{
    ERROR_BROKEN_PIPE, ERROR_PIPE_NOT_CONNECTED, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, PIPE_ACCESS_DUPLEX,
};
use windows_sys::Win32::System::Pipes::{
    CreateNamedPipeW, GetNamedPipeInfo, PIPE_READMODE_BYTE, PIPE_REJECT_REMOTE_CLIENTS,
    PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES, PIPE_WAIT, PeekNamedPipe,
};

use super::wide;

/// Bytes taken by one write: each is copied, and the copy kept until the next.
const BYTES_PER_WRITE: usize = 64 * 1024;
/// Bytes that Windows keeps for each direction, as in libuv.
const BUFFER: u32 = 64 * 1024;

/// One end of a named pipe.
pub(crate) struct Pipe {
    pipe: NamedPipe,
}

impl Pipe {
    /// Takes over an end that was opened for overlapped use.
    pub(crate) fn new(handle: OwnedHandle) -> Self {
        // SAFETY: the handle is open, and ours to give away.
        let pipe = unsafe { NamedPipe::from_raw_handle(handle.into_raw_handle()) };
        Self { pipe }
    }

    pub(super) fn as_raw_handle(&self) -> RawHandle {
        self.pipe.as_raw_handle()
    }

    /// 0 is the end: the other end has been closed, and all that it wrote has been read.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut before = None;
        loop {
            let count = match (&self.pipe).read(buffer) {
                Err(error) if is_end(&error) => 0,
                result => result?,
            };
            // A program may write nothing and go on, which reads as 0 once.
            if count > 0 || (before == Some(0) && self.has_ended()) {
                return Ok(count);
            }
            before = Some(count);
        }
    }

    pub(crate) fn write(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
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
        (&self.pipe).write(bytes).map_err(|error| {
            if is_end(&error) {
                return io::ErrorKind::BrokenPipe.into();
            }
            error
        })
    }

    /// The two directions of a pipe end together.
    pub(crate) fn shutdown_write(&self) -> io::Result<()> {
        Ok(())
    }

    fn has_ended(&self) -> bool {
        let nowhere = std::ptr::null_mut();
        // SAFETY: the handle is open as long as the pipe is, and where nothing is asked for there may be null.
        let peeked = unsafe {
            PeekNamedPipe(
                self.pipe.as_raw_handle(),
                nowhere,
                0,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
            )
        };
        peeked == 0
    }

    pub(crate) fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.pipe.register(registry, token, interest)
    }

    pub(crate) fn reregister(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.pipe.reregister(registry, token, interest)
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.pipe.deregister(registry)
    }
}

/// Whether the other end is closed, or was never there.
fn is_end(error: &io::Error) -> bool {
    let code = error.raw_os_error().map(|code| code as u32);
    matches!(code, Some(ERROR_BROKEN_PIPE | ERROR_PIPE_NOT_CONNECTED))
}

/// Whether the handle is one end of a pipe. Sockets pass for pipes elsewhere, and not here.
pub(super) fn is_pipe(handle: BorrowedHandle<'_>) -> bool {
    let handle = handle.as_raw_handle();
    // SAFETY: the handle is open, and where nothing is asked for there may be null.
    unsafe {
        GetNamedPipeInfo(
            handle,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        ) != 0
    }
}

/// A server's end that nobody is connected to. The first of a name fails with `ERROR_ACCESS_DENIED` if it isn't.
pub(crate) fn create(path: &Path, first: bool) -> io::Result<OwnedHandle> {
    let name = wide(path.as_os_str())?;
    let access = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED;
    // SAFETY: the name ends with a NUL, and the attributes may be null.
    let handle = unsafe {
        CreateNamedPipeW(
            name.as_ptr(),
            if first {
                access | FILE_FLAG_FIRST_PIPE_INSTANCE
            } else {
                access
            },
            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_UNLIMITED_INSTANCES,
            BUFFER,
            BUFFER,
            0,
            std::ptr::null(),
        )
    };
    if handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle is new and nobody else's.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// A client's end. `ERROR_FILE_NOT_FOUND` if there is no such pipe, `ERROR_PIPE_BUSY` if all of its server's ends are taken.
pub(crate) fn open(path: &Path) -> io::Result<OwnedHandle> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(FILE_FLAG_OVERLAPPED)
        .open(path)?;
    Ok(file.into())
}

/// Both ends of a new pipe, server's first.
pub(crate) fn pair() -> io::Result<(OwnedHandle, OwnedHandle)> {
    let (server, name) = create_unnamed()?;
    let client = open(name.as_ref())?;
    Ok((server, client))
}

/// Both ends of a new pipe; the second blocks, as programs expect of their standard streams.
pub(crate) fn pair_for_child() -> io::Result<(OwnedHandle, OwnedHandle)> {
    let (server, name) = create_unnamed()?;
    let client = OpenOptions::new().read(true).write(true).open(name)?;
    Ok((server, client.into()))
}

/// A server's end, and a name that is nobody else's.
fn create_unnamed() -> io::Result<(OwnedHandle, String)> {
    static PAIRS: AtomicU64 = AtomicU64::new(0);
    let number = PAIRS.fetch_add(1, Ordering::Relaxed);
    let name = format!(r"\\.\pipe\ouro-loop\{}-{number}", std::process::id());
    Ok((create(name.as_ref(), true)?, name))
}
