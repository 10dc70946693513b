//! Windows: paths through the standard library, descriptors through the C runtime, whose numbers they are.

use std::{
    fs,
    io::{self, Error, Read, Seek, SeekFrom, Write},
    mem::ManuallyDrop,
    os::windows::{fs::MetadataExt, io::FromRawHandle},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use boa_engine::object::builtins::AlignedVec;

use super::{Entries, FileSystem, Kind, Moment, S_IFDIR, S_IFLNK, S_IFREG, Status};

/// Not there: the C runtime has no such flag.
pub const O_SYNC: i32 = 0;

const O_BINARY: i32 = 0x8000;
const O_NOINHERIT: i32 = 0x80;

unsafe extern "C" {
    fn _wopen(path: *const u16, flags: i32, mode: i32) -> i32;
    fn _get_osfhandle(fd: i32) -> isize;
    fn _set_thread_local_invalid_parameter_handler(
        handler: Option<InvalidParameter>,
    ) -> Option<InvalidParameter>;
}

type InvalidParameter = extern "C" fn(*const u16, *const u16, *const u16, u32, usize);

/// The C runtime would end the program at a descriptor that isn't open.
extern "C" fn go_on(_: *const u16, _: *const u16, _: *const u16, _: u32, _: usize) {}

/// The file behind a descriptor, which stays open.
fn file(fd: i32) -> io::Result<ManuallyDrop<fs::File>> {
    // SAFETY: the handler is a function that lives for ever.
    let before = unsafe { _set_thread_local_invalid_parameter_handler(Some(go_on)) };
    // SAFETY: a plain number.
    let handle = unsafe { _get_osfhandle(fd) };
    // SAFETY: as above.
    unsafe { _set_thread_local_invalid_parameter_handler(before) };
    if handle == -1 || handle == -2 {
        return Err(Error::from_raw_os_error(6));
    }
    // SAFETY: the handle is open, and the file is never dropped.
    Ok(ManuallyDrop::new(unsafe {
        fs::File::from_raw_handle(handle as _)
    }))
}

fn wide(path: &Path) -> Vec<u16> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().chain([0]).collect()
}

/// Opens a file; it isn't inherited by other programs.
pub fn open(path: &Path, flags: i32, mode: u32) -> io::Result<i32> {
    let path = wide(path);
    let writable = if mode & 0o200 == 0 { 0o400 } else { 0o600 };
    // SAFETY: the path ends in a zero and lives through the call.
    match unsafe { _wopen(path.as_ptr(), flags | O_BINARY | O_NOINHERIT, writable) } {
        -1 => Err(Error::last_os_error()),
        fd => Ok(fd),
    }
}

/// Closes a descriptor.
pub fn close(fd: i32) -> io::Result<()> {
    file(fd)?;
    // SAFETY: a plain number that was just found to be open.
    match unsafe { libc::close(fd) } {
        0 => Ok(()),
        _ => Err(Error::last_os_error()),
    }
}

/// Reads once, at a position or the current one, behind what is there already: at most `room` bytes.
pub fn read_behind(
    fd: i32,
    into: &mut AlignedVec<u8>,
    room: usize,
    position: Option<i64>,
) -> io::Result<usize> {
    let length = into.len();
    into.resize(length + room, 0);
    let outcome = read(fd, &mut into[length..], position);
    into.truncate(length + outcome.as_ref().map_or(0, |count| *count));
    outcome
}

fn read(fd: i32, into: &mut [u8], position: Option<i64>) -> io::Result<usize> {
    let mut file = file(fd)?;
    match position {
        None => file.read(into),
        Some(at) => {
            let before = file.stream_position()?;
            file.seek(SeekFrom::Start(at.cast_unsigned()))?;
            let count = file.read(into);
            file.seek(SeekFrom::Start(before))?;
            count
        }
    }
}

/// Moves the position of an open file forward; answers where it is then.
pub fn skip(fd: i32, by: usize) -> io::Result<u64> {
    let by = i64::try_from(by).map_err(|_| io::ErrorKind::InvalidInput)?;
    file(fd)?.seek(SeekFrom::Current(by))
}

/// Writes once, at a position or the current one.
pub fn write(fd: i32, bytes: &[u8], position: Option<i64>) -> io::Result<usize> {
    let mut file = file(fd)?;
    match position {
        None => file.write(bytes),
        Some(at) => {
            let before = file.stream_position()?;
            file.seek(SeekFrom::Start(at.cast_unsigned()))?;
            let count = file.write(bytes);
            file.seek(SeekFrom::Start(before))?;
            count
        }
    }
}

/// Waits until a file is on the disk.
pub fn fsync(fd: i32) -> io::Result<()> {
    file(fd)?.sync_all()
}

/// Waits until a file's content is on the disk.
pub fn fdatasync(fd: i32) -> io::Result<()> {
    file(fd)?.sync_data()
}

/// Sets the length of an open file.
pub fn ftruncate(fd: i32, length: i64) -> io::Result<()> {
    file(fd)?.set_len(length.cast_unsigned())
}

fn moment(time: io::Result<SystemTime>) -> Moment {
    let since = time
        .ok()
        .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    since.map_or(Moment::default(), |since| Moment {
        seconds: since.as_secs().cast_signed(),
        nanoseconds: since.subsec_nanos().into(),
    })
}

fn status_of(found: &fs::Metadata) -> Status {
    let kind = match found.file_type() {
        kind if kind.is_symlink() => S_IFLNK,
        kind if kind.is_dir() => S_IFDIR,
        _ => S_IFREG,
    };
    let bits = if found.permissions().readonly() {
        0o444
    } else {
        0o666
    };
    let mtime = moment(found.modified());
    Status {
        mode: kind | bits,
        nlink: 1,
        blksize: 4096,
        size: found.file_size(),
        blocks: found.file_size().div_ceil(512),
        atime: moment(found.accessed()),
        mtime,
        ctime: mtime,
        birthtime: moment(found.created()),
        ..Status::default()
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
    file(fd)?.metadata().map(|found| status_of(&found))
}

/// Not told here: there is no cheaper way than [`fstat`].
pub fn small_size(_: i32, _: usize) -> Option<usize> {
    None
}

/// Not told here.
pub fn known_size(_: i32) -> Option<u64> {
    None
}

/// Not told here.
pub fn statfs(_: &Path) -> io::Result<FileSystem> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether this user may do that; only a read-only file refuses something.
pub fn access(path: &Path, mode: i32) -> io::Result<()> {
    let found = fs::metadata(path)?;
    if mode & 2 != 0 && found.permissions().readonly() && !found.is_dir() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

/// Sets whether a file can be written.
pub fn chmod(path: &Path, mode: u32) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(mode & 0o200 == 0);
    fs::set_permissions(path, permissions)
}

/// The same for an open file.
pub fn fchmod(fd: i32, mode: u32) -> io::Result<()> {
    let file = file(fd)?;
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(mode & 0o200 == 0);
    file.set_permissions(permissions)
}

/// Windows has no such owners: nothing happens, as in Node.
pub fn chown(_: &Path, _: u32, _: u32) -> io::Result<()> {
    Ok(())
}

/// Windows has no such owners: nothing happens, as in Node.
pub fn lchown(_: &Path, _: u32, _: u32) -> io::Result<()> {
    Ok(())
}

/// Windows has no such owners: nothing happens, as in Node.
pub fn fchown(_: i32, _: u32, _: u32) -> io::Result<()> {
    Ok(())
}

fn times(access: f64, modification: f64) -> fs::FileTimes {
    let time = |seconds: f64| SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds.max(0.0));
    fs::FileTimes::new()
        .set_accessed(time(access))
        .set_modified(time(modification))
}

/// Sets the times of access and modification, in seconds.
pub fn utimes(path: &Path, access: f64, modification: f64, _: bool) -> io::Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .open(path)?
        .set_times(times(access, modification))
}

/// The same for an open file.
pub fn futimes(fd: i32, access: f64, modification: f64) -> io::Result<()> {
    file(fd)?.set_times(times(access, modification))
}

/// Makes a directory.
pub fn mkdir(path: &Path, _: u32) -> io::Result<()> {
    fs::create_dir(path)
}

/// Makes a directory whose name is unique; `template` ends in `XXXXXX`.
pub fn mkdtemp(template: &Path) -> io::Result<PathBuf> {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let template = template.to_string_lossy();
    let stem = template.strip_suffix("XXXXXX").unwrap_or(&template);
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let mut seed = now.as_nanos() as u64 ^ u64::from(std::process::id());
    for _ in 0..100 {
        let mut name = stem.to_owned();
        for _ in 0..6 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            name.push(char::from(LETTERS[(seed >> 33) as usize % LETTERS.len()]));
        }
        match fs::create_dir(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            outcome => return outcome.map(|()| name.into()),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The entries of a directory, sorted by name.
pub fn scandir(path: &Path) -> io::Result<Entries> {
    let mut entries = Entries::default();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => Kind::Link,
            Ok(kind) if kind.is_dir() => Kind::Directory,
            Ok(_) => Kind::File,
            Err(_) => Kind::Unknown,
        };
        entries.push(entry.file_name().to_string_lossy().as_bytes(), kind);
    }
    entries.sort();
    Ok(entries)
}

/// Removes a file or a link.
pub fn unlink(path: &Path) -> io::Result<()> {
    let kind = fs::symlink_metadata(path)?.file_type();
    if kind.is_symlink() && kind.is_dir() {
        fs::remove_dir(path)
    } else {
        fs::remove_file(path)
    }
}

/// Removes an empty directory.
pub fn rmdir(path: &Path) -> io::Result<()> {
    fs::remove_dir(path)
}

/// Gives a file another name.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Gives a file one more name.
pub fn link(existing: &Path, new: &Path) -> io::Result<()> {
    fs::hard_link(existing, new)
}

/// Makes a symbolic link to a file (0) or a directory.
pub fn symlink(target: &Path, path: &Path, kind: i32) -> io::Result<()> {
    let beside = path
        .parent()
        .map_or_else(|| target.to_owned(), |parent| parent.join(target));
    if kind != 0 || beside.is_dir() {
        std::os::windows::fs::symlink_dir(target, path)
    } else {
        std::os::windows::fs::symlink_file(target, path)
    }
}

/// Where a symbolic link leads.
pub fn readlink(path: &Path) -> io::Result<PathBuf> {
    fs::read_link(path)
}

/// The path without links and dots, without the prefix of the namespace.
pub fn realpath(path: &Path) -> io::Result<PathBuf> {
    let found = fs::canonicalize(path)?;
    let text = found.to_string_lossy();
    Ok(match text.strip_prefix(r"\\?\UNC\") {
        Some(share) => format!(r"\\{share}").into(),
        None => text
            .strip_prefix(r"\\?\")
            .map_or_else(|| found.clone(), PathBuf::from),
    })
}

/// Copies content and attributes.
pub fn copy_content(from: &Path, to: &Path, exclusive: bool) -> io::Result<()> {
    if exclusive && fs::symlink_metadata(to).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::copy(from, to).map(drop)
}
