//! The descriptors of a child: what it is given of ours, and the two forms in which `CreateProcessW` is told: the table
//! for its C runtime, and the list of handles that it inherits.

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::ptr;

use mio::net::UdpSocket;
use windows_sys::Win32::Foundation::{
    DUPLICATE_SAME_ACCESS, DuplicateHandle, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::Storage::FileSystem::{FILE_TYPE_DISK, FILE_TYPE_PIPE, GetFileType};
use windows_sys::Win32::System::Console::{
    GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE,
};
use windows_sys::Win32::System::Threading::{
    DeleteProcThreadAttributeList, GetCurrentProcess, InitializeProcThreadAttributeList,
    PROC_THREAD_ATTRIBUTE_HANDLE_LIST, UpdateProcThreadAttribute,
};

use super::super::windows_forms::descriptors;
use super::process::{check, unsupported};
use super::{EBADF, EINVAL, ENOTCONN, Io, ListenerIo, pipe};

/// Two streams that are each other's peer.
pub(crate) fn stream_pair() -> io::Result<(Io, Io)> {
    let (first, second) = pipe::pair()?;
    Ok((Io::from_named_pipe(first), Io::from_named_pipe(second)))
}

/// Our end as a stream and the child's, which blocks.
pub(crate) fn child_pipe() -> io::Result<(Io, ChildEnd)> {
    let (ours, theirs) = pipe::pair_for_child()?;
    Ok((Io::from_named_pipe(ours), ChildEnd::Owned(theirs)))
}

/// What a child gets under one of its descriptors.
pub(crate) enum ChildEnd {
    /// Somebody else's, who keeps it until the child has started. A standard handle that isn't there is null.
    Borrowed(RawHandle),
    Owned(OwnedHandle),
}

impl ChildEnd {
    /// Only the standard descriptors mean something outside the C runtime.
    pub(crate) fn descriptor(fd: i32) -> io::Result<Self> {
        let which = match fd {
            0 => STD_INPUT_HANDLE,
            1 => STD_OUTPUT_HANDLE,
            2 => STD_ERROR_HANDLE,
            _ => return Err(io::Error::from_raw_os_error(EBADF)),
        };
        // SAFETY: no memory preconditions.
        Ok(Self::Borrowed(unsafe { GetStdHandle(which) }))
    }

    pub(crate) fn stream(io: &Io) -> io::Result<Self> {
        match io {
            Io::Pipe(pipe) => Ok(Self::Borrowed(pipe.as_raw_handle())),
            Io::Tty(console) => Ok(Self::Borrowed(console.as_raw_handle())),
            Io::Waiting(_) => Err(io::Error::from_raw_os_error(ENOTCONN)),
            Io::Tcp(_) => Err(unsupported("children that inherit sockets")),
        }
    }

    /// Not on this platform.
    pub(crate) fn listener(_: &ListenerIo) -> io::Result<Self> {
        Err(unsupported("children that inherit listeners"))
    }

    /// Not on this platform.
    pub(crate) fn udp(_: &UdpSocket) -> io::Result<Self> {
        Err(unsupported("children that inherit sockets"))
    }

    pub(super) fn handle(&self) -> RawHandle {
        match self {
            Self::Borrowed(handle) => *handle,
            Self::Owned(handle) => handle.as_raw_handle(),
        }
    }
}

/// The child's descriptors as it will find them.
pub(super) struct Stdio {
    /// As the child knows them: an inherited handle has the same number there. For each descriptor, if it is open.
    pub(super) handles: Vec<Option<OwnedHandle>>,
    /// What its C runtime reads.
    pub(super) table: Vec<u8>,
}

impl Stdio {
    pub(super) fn new(ends: &[Option<ChildEnd>]) -> io::Result<Self> {
        if ends.len() > descriptors::MAX_DESCRIPTORS {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        let mut handles = Vec::with_capacity(ends.len());
        for (fd, end) in ends.iter().enumerate() {
            handles.push(match end {
                Some(end) => inheritable(end.handle())?,
                None if fd <= 2 => inheritable(null_device(fd)?.as_raw_handle())?,
                None => None,
            });
        }
        let entries: Vec<(u8, usize)> = handles.iter().map(entry).collect();
        Ok(Self {
            handles,
            table: descriptors::table(&entries),
        })
    }

    pub(super) fn raw(&self, fd: usize) -> RawHandle {
        raw_or_invalid(self.handles.get(fd).and_then(Option::as_ref))
    }
}

fn raw_or_invalid(handle: Option<&OwnedHandle>) -> RawHandle {
    handle.map_or(INVALID_HANDLE_VALUE, AsRawHandle::as_raw_handle)
}

fn entry(handle: &Option<OwnedHandle>) -> (u8, usize) {
    let flags = match handle {
        None => 0,
        // SAFETY: the handle is open.
        Some(handle) => match unsafe { GetFileType(handle.as_raw_handle()) } {
            FILE_TYPE_DISK => descriptors::OPEN,
            FILE_TYPE_PIPE => descriptors::OPEN | descriptors::PIPE,
            _ => descriptors::OPEN | descriptors::DEVICE,
        },
    };
    (flags, raw_or_invalid(handle.as_ref()).addr())
}

fn null_device(fd: usize) -> io::Result<File> {
    File::options().read(fd == 0).write(fd != 0).open("NUL")
}

/// A copy that a child may inherit; `None` of a standard handle that isn't there.
fn inheritable(handle: RawHandle) -> io::Result<Option<OwnedHandle>> {
    if handle.is_null() || handle == INVALID_HANDLE_VALUE {
        return Ok(None);
    }
    let mut copy = ptr::null_mut();
    // SAFETY: `copy` is valid to write to; a handle that isn't open is an error.
    let done = unsafe {
        let ourselves = GetCurrentProcess();
        DuplicateHandle(
            ourselves,
            handle,
            ourselves,
            &mut copy,
            0,
            1,
            DUPLICATE_SAME_ACCESS,
        )
    };
    check(done)?;
    // SAFETY: the handle is new and nobody else's.
    Ok(Some(unsafe { OwnedHandle::from_raw_handle(copy) }))
}

/// The handles that a child inherits, in the form in which `CreateProcessW` is told.
pub(super) struct HandleList {
    /// Aligned for whatever Windows keeps in it.
    buffer: Vec<u64>,
    /// The list points to them.
    _handles: Vec<RawHandle>,
}

impl HandleList {
    pub(super) fn new(handles: Vec<RawHandle>) -> io::Result<Self> {
        let mut size = 0;
        // SAFETY: without a list, the call only writes how large one is.
        unsafe { InitializeProcThreadAttributeList(ptr::null_mut(), 1, 0, &mut size) };
        let mut buffer = vec![0_u64; size.div_ceil(size_of::<u64>())];
        let list = buffer.as_mut_ptr().cast();
        // SAFETY: the buffer is as large as the call above said.
        check(unsafe { InitializeProcThreadAttributeList(list, 1, 0, &mut size) })?;
        let made = Self {
            buffer,
            _handles: handles,
        };
        // SAFETY: the list is initialised, and the handles, which stay where they are, live as long as it.
        let done = unsafe {
            UpdateProcThreadAttribute(
                list,
                0,
                PROC_THREAD_ATTRIBUTE_HANDLE_LIST as usize,
                made._handles.as_ptr().cast(),
                size_of_val(&*made._handles),
                ptr::null_mut(),
                ptr::null(),
            )
        };
        check(done)?;
        Ok(made)
    }

    /// What `lpAttributeList` points to.
    pub(super) fn as_mut_ptr(&mut self) -> *mut c_void {
        self.buffer.as_mut_ptr().cast()
    }
}

impl Drop for HandleList {
    fn drop(&mut self) {
        // SAFETY: the list was initialised when the value was made.
        unsafe { DeleteProcThreadAttributeList(self.as_mut_ptr()) };
    }
}
