//! Linux's inotify: what happens to files and directories, as records read from a descriptor.

use std::{
    ffi::CString,
    io,
    os::{
        fd::{FromRawFd, OwnedFd, RawFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

/// One record.
#[derive(Debug)]
pub struct Notice<'a> {
    /// The watch that it belongs to.
    pub watch: i32,
    mask: u32,
    /// What changed in a watched directory; empty when it is the watched thing itself.
    pub name: &'a [u8],
}

impl Notice<'_> {
    /// Something came, went or was renamed; otherwise only content or attributes changed.
    pub fn is_rename(&self) -> bool {
        self.mask & !(libc::IN_ATTRIB | libc::IN_MODIFY | libc::IN_ISDIR) != 0
    }

    /// A directory came into a watched one.
    pub fn is_new_directory(&self) -> bool {
        self.mask & libc::IN_ISDIR != 0 && self.mask & (libc::IN_CREATE | libc::IN_MOVED_TO) != 0
    }

    /// The system has ended the watch: what was watched is gone.
    pub fn is_end(&self) -> bool {
        self.mask & libc::IN_IGNORED != 0
    }
}

/// What libuv asks for.
const MASK: u32 = libc::IN_ATTRIB
    | libc::IN_CREATE
    | libc::IN_MODIFY
    | libc::IN_DELETE
    | libc::IN_DELETE_SELF
    | libc::IN_MOVE_SELF
    | libc::IN_MOVED_FROM
    | libc::IN_MOVED_TO;

/// A descriptor to read records from.
pub fn open_notices() -> io::Result<OwnedFd> {
    // SAFETY: takes no pointer.
    let fd = unsafe { libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call has just made it, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Watches a path; the same file gives the same number again.
pub fn add_watch(fd: RawFd, path: &Path, follow: bool) -> io::Result<i32> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let mask = if follow {
        MASK
    } else {
        MASK | libc::IN_DONT_FOLLOW
    };
    // SAFETY: `path` ends in NUL and lives through the call.
    match unsafe { libc::inotify_add_watch(fd, path.as_ptr(), mask) } {
        -1 => Err(io::Error::last_os_error()),
        watch => Ok(watch),
    }
}

/// Ends a watch. One that the system has ended already is none.
pub fn remove_watch(fd: RawFd, watch: i32) {
    // SAFETY: takes no pointer; a number that is no watch is an error, not harm.
    unsafe { libc::inotify_rm_watch(fd, watch) };
}

/// The records in what was read.
pub fn notices(mut bytes: &[u8]) -> impl Iterator<Item = Notice<'_>> {
    const HEAD: usize = 16;
    std::iter::from_fn(move || {
        let number = |at: usize| {
            let field = bytes.get(at..at + 4)?;
            Some(u32::from_ne_bytes(field.try_into().ok()?))
        };
        let (watch, mask, length) = (number(0)?, number(4)?, number(12)? as usize);
        let name = bytes.get(HEAD..HEAD + length)?;
        bytes = &bytes[HEAD + length..];
        // The name is padded with NULs.
        let end = name.iter().position(|byte| *byte == 0);
        Some(Notice {
            watch: watch as i32,
            mask,
            name: &name[..end.unwrap_or(name.len())],
        })
    })
}
