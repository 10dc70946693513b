//! Instances of named pipes: made for a server, opened by a client.

use std::fs::OpenOptions;
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, PIPE_ACCESS_DUPLEX,
    SECURITY_IDENTIFICATION,
};
use windows_sys::Win32::System::Pipes::{
    CreateNamedPipeW, GetNamedPipeInfo, PIPE_READMODE_BYTE, PIPE_REJECT_REMOTE_CLIENTS,
    PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES, PIPE_WAIT,
};

use super::wide;

/// Bytes that Windows keeps for each direction, as in libuv.
const BUFFER: u32 = 64 * 1024;

/// Whether the handle is one end of a pipe. Sockets pass for pipes elsewhere, and not here.
pub(crate) fn is_pipe(handle: BorrowedHandle<'_>) -> bool {
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
        // The server may learn who we are, and not act in our name.
        .security_qos_flags(SECURITY_IDENTIFICATION)
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
