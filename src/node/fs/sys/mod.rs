//! The system calls of file operations: one file a system, with the same functions.

mod entries;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub use entries::{Entries, Entry};
#[cfg(unix)]
pub use unix::*;
#[cfg(windows)]
pub use windows::*;

/// What `stat` tells, in the units of Node.
#[derive(Clone, Copy, Debug, Default)]
pub struct Status {
    pub dev: u64,
    pub mode: u64,
    pub nlink: u64,
    pub uid: u64,
    pub gid: u64,
    pub rdev: u64,
    pub blksize: u64,
    pub ino: u64,
    pub size: u64,
    pub blocks: u64,
    pub atime: Moment,
    pub mtime: Moment,
    pub ctime: Moment,
    pub birthtime: Moment,
}

/// Seconds and nanoseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    pub seconds: i64,
    pub nanoseconds: i64,
}

impl Moment {
    /// Milliseconds, with a fraction.
    pub fn milliseconds(self) -> f64 {
        self.seconds as f64 * 1000.0 + self.nanoseconds as f64 / 1e6
    }

    /// Nanoseconds.
    pub fn total_nanoseconds(self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanoseconds)
    }
}

impl Status {
    fn is(&self, kind: u64) -> bool {
        self.mode & S_IFMT == kind
    }

    /// Whether it is a pipe or a socket.
    pub fn is_nameless(&self) -> bool {
        self.is(S_IFIFO) || self.is(S_IFSOCK)
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.is(S_IFDIR)
    }

    /// Whether it is a plain file.
    pub fn is_file(&self) -> bool {
        self.is(S_IFREG)
    }

    /// Whether it is a symbolic link.
    pub fn is_link(&self) -> bool {
        self.is(S_IFLNK)
    }
}

/// The kind bits of a mode.
pub const S_IFMT: u64 = 0o170_000;
/// A directory.
pub const S_IFDIR: u64 = 0o040_000;
/// A plain file.
pub const S_IFREG: u64 = 0o100_000;
/// A symbolic link.
pub const S_IFLNK: u64 = 0o120_000;
/// A named pipe.
pub const S_IFIFO: u64 = 0o010_000;
/// A socket.
pub const S_IFSOCK: u64 = 0o140_000;
/// A character device.
pub const S_IFCHR: u64 = 0o020_000;
/// A block device.
pub const S_IFBLK: u64 = 0o060_000;

/// What `statfs` tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSystem {
    pub kind: u64,
    pub bsize: u64,
    pub frsize: u64,
    pub blocks: u64,
    pub bfree: u64,
    pub bavail: u64,
    pub files: u64,
    pub ffree: u64,
}

/// What an entry is, with libuv's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Unknown = 0,
    File = 1,
    Directory = 2,
    Link = 3,
    Fifo = 4,
    Socket = 5,
    Character = 6,
    Block = 7,
}

impl Kind {
    /// The kind that mode bits tell.
    pub fn of_mode(mode: u64) -> Self {
        match mode & S_IFMT {
            S_IFREG => Self::File,
            S_IFDIR => Self::Directory,
            S_IFLNK => Self::Link,
            S_IFIFO => Self::Fifo,
            S_IFSOCK => Self::Socket,
            S_IFCHR => Self::Character,
            S_IFBLK => Self::Block,
            _ => Self::Unknown,
        }
    }
}
