//! Linux, macOS and their kin. A call that a signal interrupts is made again.

use std::{
    ffi::{CStr, CString},
    fs,
    io::{self, Error},
    mem,
    os::{
        fd::{AsRawFd, FromRawFd},
        unix::{
            ffi::{OsStrExt, OsStringExt},
            fs::{DirBuilderExt, MetadataExt, PermissionsExt},
        },
    },
    path::{Path, PathBuf},
};

use boa_engine::object::builtins::AlignedVec;

use super::{Entries, FileSystem, Kind, Moment, Status};
use crate::node::os::sys::clear_errno;

pub use libc::O_SYNC;

/// Makes a call until no signal interrupts it; -1 is its error.
fn retry<T: Copy + PartialEq + From<i8>>(mut call: impl FnMut() -> T) -> io::Result<T> {
    loop {
        let result = call();
        if result != T::from(-1) {
            return Ok(result);
        }
        let error = Error::last_os_error();
        if error.raw_os_error() != Some(libc::EINTR) {
            return Err(error);
        }
    }
}

fn c_path(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| Error::from_raw_os_error(libc::EINVAL))
}

/// Opens a file; it isn't inherited by other programs.
pub fn open(path: &Path, flags: i32, mode: u32) -> io::Result<i32> {
    let path = c_path(path)?;
    // SAFETY: the path is a string that lives through the call.
    retry(|| unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode) })
}

/// Closes a descriptor. Even when it fails the descriptor is gone, so it is never tried again.
pub fn close(fd: i32) -> io::Result<()> {
    // SAFETY: a plain number; whose descriptor it is, is script's business, as in Node.
    match unsafe { libc::close(fd) } {
        0 => Ok(()),
        _ => match Error::last_os_error() {
            error if matches!(error.raw_os_error(), Some(libc::EINTR | libc::EINPROGRESS)) => {
                Ok(())
            }
            error => Err(error),
        },
    }
}

/// Reads once, at a position or the current one, behind what is there already: at most `room` bytes. Memory isn't cleared
/// before, so this is the way to read much.
pub fn read_behind(
    fd: i32,
    into: &mut AlignedVec<u8>,
    room: usize,
    position: Option<i64>,
) -> io::Result<usize> {
    into.reserve(room);
    let length = into.len();
    // SAFETY: the length is at most the capacity.
    let start = unsafe { into.as_mut_ptr().add(length) }.cast();
    let count = match position {
        // SAFETY: so much room was just reserved behind the length.
        None => retry(|| unsafe { libc::read(fd, start, room) }),
        // SAFETY: as above.
        Some(at) => retry(|| unsafe { libc::pread(fd, start, room, at) }),
    }?
    .cast_unsigned();
    // SAFETY: the system has written so many bytes there.
    unsafe { into.set_len(length + count) };
    Ok(count)
}

/// Moves the position of an open file forward; answers where it is then.
pub fn skip(fd: i32, by: usize) -> io::Result<u64> {
    let by = libc::off_t::try_from(by).map_err(|_| Error::from_raw_os_error(libc::EINVAL))?;
    // SAFETY: plain numbers.
    retry(|| unsafe { libc::lseek(fd, by, libc::SEEK_CUR) }).map(i64::cast_unsigned)
}

/// Writes once, at a position or the current one.
pub fn write(fd: i32, bytes: &[u8], position: Option<i64>) -> io::Result<usize> {
    let (start, length) = (bytes.as_ptr().cast(), bytes.len());
    let count = match position {
        // SAFETY: the bytes are as many as said.
        None => retry(|| unsafe { libc::write(fd, start, length) }),
        // SAFETY: as above.
        Some(at) => retry(|| unsafe { libc::pwrite(fd, start, length, at) }),
    };
    count.map(isize::cast_unsigned)
}

/// Waits until a file is on the disk.
pub fn fsync(fd: i32) -> io::Result<()> {
    // SAFETY: a plain number.
    retry(|| unsafe { libc::fsync(fd) }).map(drop)
}

/// Waits until a file's content is on the disk.
pub fn fdatasync(fd: i32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    // SAFETY: a plain number.
    return retry(|| unsafe { libc::fdatasync(fd) }).map(drop);
    #[cfg(not(target_os = "linux"))]
    fsync(fd)
}

/// Sets the length of an open file.
pub fn ftruncate(fd: i32, length: i64) -> io::Result<()> {
    // SAFETY: plain numbers.
    retry(|| unsafe { libc::ftruncate(fd, length) }).map(drop)
}

fn status_of(found: &fs::Metadata) -> Status {
    let birthtime = found
        .created()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    Status {
        dev: found.dev(),
        mode: found.mode().into(),
        nlink: found.nlink(),
        uid: found.uid().into(),
        gid: found.gid().into(),
        rdev: found.rdev(),
        blksize: found.blksize(),
        ino: found.ino(),
        size: found.size(),
        blocks: found.blocks(),
        atime: Moment {
            seconds: found.atime(),
            nanoseconds: found.atime_nsec(),
        },
        mtime: Moment {
            seconds: found.mtime(),
            nanoseconds: found.mtime_nsec(),
        },
        ctime: Moment {
            seconds: found.ctime(),
            nanoseconds: found.ctime_nsec(),
        },
        birthtime: birthtime.map_or(Moment::default(), |since| Moment {
            seconds: since.as_secs().cast_signed(),
            nanoseconds: since.subsec_nanos().into(),
        }),
    }
}

/// What a path, followed through links, is.
pub fn stat(path: &Path) -> io::Result<Status> {
    fs::metadata(path).map(|found| status_of(&found))
}

/// What a path itself is.
pub fn lstat(path: &Path) -> io::Result<Status> {
    fs::symlink_metadata(path).map(|found| status_of(&found))
}

/// What an open file is.
pub fn fstat(fd: i32) -> io::Result<Status> {
    // SAFETY: the file is never dropped, so the descriptor stays open; one that isn't open is an error of the call.
    let file = mem::ManuallyDrop::new(unsafe { fs::File::from_raw_fd(fd) });
    file.metadata().map(|found| status_of(&found))
}

/// How many bytes what was just opened may have, if more than none and at most `most`: the place of its end, which costs a third of
/// [`fstat`]. It is that place then, and the first one without an answer. Pipes and the like have none; a directory may have one,
/// and can't be read.
pub fn small_size(fd: i32, most: usize) -> Option<usize> {
    // SAFETY: plain numbers.
    let end = unsafe { libc::lseek(fd, 0, libc::SEEK_END) };
    match usize::try_from(end) {
        Ok(size) if (1..=most).contains(&size) => Some(size),
        Ok(_) => {
            // SAFETY: plain numbers.
            unsafe { libc::lseek(fd, 0, libc::SEEK_SET) };
            None
        }
        Err(_) => None,
    }
}

/// The size of an open file, as far as it is known without asking a server or a disk.
#[cfg(target_os = "linux")]
pub fn known_size(fd: i32) -> Option<u64> {
    // SAFETY: plain numbers, for which zero is a value.
    let mut found: libc::statx = unsafe { mem::zeroed() };
    let flags = libc::AT_EMPTY_PATH | libc::AT_STATX_DONT_SYNC;
    // SAFETY: the path is an empty string, the place to write to is valid.
    let result = unsafe { libc::statx(fd, c"".as_ptr(), flags, libc::STATX_SIZE, &raw mut found) };
    (result == 0 && found.stx_mask & libc::STATX_SIZE != 0).then_some(found.stx_size)
}

/// Not told here.
#[cfg(not(target_os = "linux"))]
pub fn known_size(_: i32) -> Option<u64> {
    None
}

/// What the file system of a path is.
pub fn statfs(path: &Path) -> io::Result<FileSystem> {
    let path = c_path(path)?;
    // SAFETY: plain numbers, for which zero is a value.
    let mut found: libc::statfs = unsafe { mem::zeroed() };
    // SAFETY: the path is a string, the place to write to is valid.
    retry(|| unsafe { libc::statfs(path.as_ptr(), &raw mut found) })?;
    #[allow(clippy::unnecessary_cast, reason = "the types differ between systems")]
    Ok(FileSystem {
        kind: found.f_type as u64,
        bsize: found.f_bsize as u64,
        #[cfg(target_os = "linux")]
        frsize: found.f_frsize as u64,
        #[cfg(not(target_os = "linux"))]
        frsize: found.f_bsize as u64,
        blocks: found.f_blocks as u64,
        bfree: found.f_bfree as u64,
        bavail: found.f_bavail as u64,
        files: found.f_files as u64,
        ffree: found.f_ffree as u64,
    })
}

/// Whether this user may do that.
pub fn access(path: &Path, mode: i32) -> io::Result<()> {
    let path = c_path(path)?;
    // SAFETY: the path is a string.
    retry(|| unsafe { libc::access(path.as_ptr(), mode) }).map(drop)
}

/// Sets permission bits.
pub fn chmod(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Sets permission bits of an open file.
pub fn fchmod(fd: i32, mode: u32) -> io::Result<()> {
    // SAFETY: plain numbers.
    retry(|| unsafe { libc::fchmod(fd, mode as libc::mode_t) }).map(drop)
}

/// Sets owner and group.
pub fn chown(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
    std::os::unix::fs::chown(path, Some(uid), Some(gid))
}

/// Sets owner and group of a link itself.
pub fn lchown(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
    std::os::unix::fs::lchown(path, Some(uid), Some(gid))
}

/// Sets owner and group of an open file.
pub fn fchown(fd: i32, uid: u32, gid: u32) -> io::Result<()> {
    // SAFETY: plain numbers.
    retry(|| unsafe { libc::fchown(fd, uid, gid) }).map(drop)
}

fn timespec(seconds: f64) -> libc::timespec {
    let whole = seconds.floor();
    let nanoseconds = ((seconds - whole) * 1e6).round().min(999_999.0) * 1000.0;
    libc::timespec {
        tv_sec: whole as libc::time_t,
        tv_nsec: nanoseconds as _,
    }
}

/// Sets the times of access and modification, in seconds.
pub fn utimes(path: &Path, access: f64, modification: f64, follow: bool) -> io::Result<()> {
    let path = c_path(path)?;
    let times = [timespec(access), timespec(modification)];
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    // SAFETY: the path is a string, the times are two.
    retry(|| unsafe { libc::utimensat(libc::AT_FDCWD, path.as_ptr(), times.as_ptr(), flags) })
        .map(drop)
}

/// The same for an open file.
pub fn futimes(fd: i32, access: f64, modification: f64) -> io::Result<()> {
    let times = [timespec(access), timespec(modification)];
    // SAFETY: the times are two.
    retry(|| unsafe { libc::futimens(fd, times.as_ptr()) }).map(drop)
}

/// Makes a directory.
pub fn mkdir(path: &Path, mode: u32) -> io::Result<()> {
    fs::DirBuilder::new().mode(mode).create(path)
}

/// Makes a directory whose name is unique; `template` ends in `XXXXXX`.
pub fn mkdtemp(template: &Path) -> io::Result<PathBuf> {
    let mut name = c_path(template)?.into_bytes_with_nul();
    // SAFETY: the name is a string, and is changed in place without changing its length.
    if unsafe { libc::mkdtemp(name.as_mut_ptr().cast()) }.is_null() {
        return Err(Error::last_os_error());
    }
    name.pop();
    Ok(std::ffi::OsString::from_vec(name).into())
}

/// An open directory.
struct Directory(*mut libc::DIR);

impl Drop for Directory {
    fn drop(&mut self) {
        // SAFETY: it is open, and not used any more.
        unsafe { libc::closedir(self.0) };
    }
}

/// The entries of a directory, sorted by name.
pub fn scandir(path: &Path) -> io::Result<Entries> {
    let path = c_path(path)?;
    // SAFETY: the path is a string.
    let directory = unsafe { libc::opendir(path.as_ptr()) };
    if directory.is_null() {
        return Err(Error::last_os_error());
    }
    let directory = Directory(directory);
    let mut entries = Entries::default();
    loop {
        // Null is the end and an error: the error number tells which.
        clear_errno();
        // SAFETY: the directory is open, and read by nobody else.
        let entry = unsafe { libc::readdir(directory.0) };
        if entry.is_null() {
            match Error::last_os_error() {
                error if error.raw_os_error() == Some(0) => break,
                error => return Err(error),
            }
        }
        // SAFETY: until the next call there is an entry, whose name is a string. It is reached without a reference to the whole
        // entry, of which there may be less than its type says.
        let (name, kind) = unsafe {
            let name = (&raw const (*entry).d_name).cast();
            (CStr::from_ptr(name).to_bytes(), (*entry).d_type)
        };
        if name != b"." && name != b".." {
            entries.push(name, kind_of(kind));
        }
    }
    entries.sort();
    Ok(entries)
}

fn kind_of(kind: u8) -> Kind {
    match kind {
        libc::DT_REG => Kind::File,
        libc::DT_DIR => Kind::Directory,
        libc::DT_LNK => Kind::Link,
        libc::DT_FIFO => Kind::Fifo,
        libc::DT_SOCK => Kind::Socket,
        libc::DT_CHR => Kind::Character,
        libc::DT_BLK => Kind::Block,
        _ => Kind::Unknown,
    }
}

/// Removes a name. A directory is refused with `EISDIR`.
pub fn unlink(path: &Path) -> io::Result<()> {
    let path = c_path(path)?;
    // SAFETY: the path is a string.
    retry(|| unsafe { libc::unlink(path.as_ptr()) }).map(drop)
}

/// Removes an empty directory.
pub fn rmdir(path: &Path) -> io::Result<()> {
    let path = c_path(path)?;
    // SAFETY: the path is a string.
    retry(|| unsafe { libc::rmdir(path.as_ptr()) }).map(drop)
}

/// Gives a file another name.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Gives a file one more name.
pub fn link(existing: &Path, new: &Path) -> io::Result<()> {
    fs::hard_link(existing, new)
}

/// Makes a symbolic link.
pub fn symlink(target: &Path, path: &Path, _: i32) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// Where a symbolic link leads.
pub fn readlink(path: &Path) -> io::Result<PathBuf> {
    fs::read_link(path)
}

/// The path without links and dots.
pub fn realpath(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

/// Copies content and permission bits.
pub fn copy_content(from: &Path, to: &Path, exclusive: bool) -> io::Result<()> {
    let source = fs::File::open(from)?;
    let found = source.metadata()?;
    let mode = found.mode();
    let flags = libc::O_WRONLY | libc::O_CREAT | if exclusive { libc::O_EXCL } else { 0 };
    let fd = open(to, flags, mode)?;
    // SAFETY: the descriptor was just opened here, and nobody else has it.
    let target = unsafe { fs::File::from_raw_fd(fd) };
    let there = target.metadata()?;
    if there.dev() == found.dev() && there.ino() == found.ino() {
        return Ok(());
    }
    let copied = target
        .set_len(0)
        .and_then(|()| fchmod(target.as_raw_fd(), mode))
        .and_then(|()| io::copy(&mut &source, &mut &target).map(drop));
    if copied.is_err() {
        // Half a copy is none. The error that is told is the first.
        let _ = fs::remove_file(to);
    }
    copied
}
