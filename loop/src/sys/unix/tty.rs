//! Terminals: opened anew so that others aren't made non-blocking, switched between modes, and given back their old mode
//! when the handle is closed or the process ends.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;

use super::guarded::Guarded;
use super::signal::set_errno;
use super::{EINVAL, Io, set_nonblocking};
use crate::tty::{DescriptorKind, TtyMode};

/// The terminals that aren't in their own mode, the first switched first.
static SWITCHED: Guarded<Vec<Switched>> = Guarded::new(Vec::new());

struct Switched {
    fd: RawFd,
    original: libc::termios,
}

/// A terminal that is ours alone to read from without blocking.
pub(crate) struct Terminal {
    file: File,
    /// What to go back to; there while the mode isn't `Normal`.
    original: Option<libc::termios>,
}

impl Terminal {
    /// Opens the terminal behind a descriptor anew. Where that can't be the descriptor itself is made non-blocking.
    pub(crate) fn open(fd: OwnedFd) -> io::Result<Self> {
        // The master's end of a pseudo-terminal counts as a terminal too, but opening it makes another pair.
        let reopened = if is_master(fd.as_fd()) {
            None
        } else {
            reopen(fd.as_fd())
        };
        let file = match reopened {
            Some(file) => file,
            None => {
                set_nonblocking(fd.as_fd())?;
                File::from(fd)
            }
        };
        Ok(Self {
            file,
            original: None,
        })
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Gives the descriptor away, in the terminal's own mode.
    pub(crate) fn into_fd(mut self) -> OwnedFd {
        self.restore();
        // `self` can't be taken apart, for dropping it restores the mode.
        let fd = self.file.as_raw_fd();
        std::mem::forget(self);
        // SAFETY: it was the file's, which is forgotten, so it is nobody else's now.
        unsafe { std::os::fd::FromRawFd::from_raw_fd(fd) }
    }

    fn set_mode(&mut self, mode: TtyMode) -> io::Result<()> {
        let fd = self.file.as_fd();
        let mut settings = match self.original {
            Some(original) => original,
            None => attributes(fd)?,
        };
        let before = settings;
        match mode {
            TtyMode::Normal => {
                if self.original.is_some() {
                    set_attributes(fd, libc::TCSADRAIN, &settings)?;
                    self.original = None;
                    forget(fd);
                }
                return Ok(());
            }
            TtyMode::Raw => {
                settings.c_iflag &=
                    !(libc::BRKINT | libc::ICRNL | libc::INPCK | libc::ISTRIP | libc::IXON);
                settings.c_oflag |= libc::ONLCR;
                settings.c_cflag |= libc::CS8;
                settings.c_lflag &= !(libc::ECHO | libc::ICANON | libc::IEXTEN | libc::ISIG);
                settings.c_cc[libc::VMIN] = 1;
                settings.c_cc[libc::VTIME] = 0;
            }
            // SAFETY: `settings` is a termios to read and write.
            TtyMode::Io => unsafe { libc::cfmakeraw(&mut settings) },
        }
        // First remembered, then changed: whatever interrupts the two finds what it needs to change it back.
        if self.original.is_none() {
            let fd = fd.as_raw_fd();
            let original = before;
            SWITCHED.with(|switched| switched.push(Switched { fd, original }));
            self.original = Some(before);
        }
        set_attributes(fd, libc::TCSADRAIN, &settings)
    }

    fn restore(&mut self) {
        if let Some(original) = self.original.take() {
            let fd = self.file.as_fd();
            SWITCHED.with(|switched| {
                switched.retain(|other| other.fd != fd.as_raw_fd());
                // The terminal may be gone. With signals blocked a process in the background isn't stopped.
                let _ = set_attributes(fd, libc::TCSANOW, &original);
            });
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.restore();
    }
}

impl AsRawFd for Terminal {
    fn as_raw_fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Io {
    pub(crate) fn tty_set_mode(&mut self, mode: TtyMode) -> io::Result<()> {
        match self {
            Io::Tty(terminal) => terminal.set_mode(mode),
            _ => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }

    pub(crate) fn tty_window_size(&self) -> io::Result<(u16, u16)> {
        let Io::Tty(terminal) = self else {
            return Err(io::Error::from_raw_os_error(EINVAL));
        };
        let mut size = MaybeUninit::<libc::winsize>::zeroed();
        // SAFETY: the descriptor is open, and the request writes a winsize, for which there is room.
        let size = unsafe {
            if libc::ioctl(terminal.as_raw_fd(), libc::TIOCGWINSZ, size.as_mut_ptr()) != 0 {
                return Err(io::Error::last_os_error());
            }
            size.assume_init()
        };
        Ok((size.ws_col, size.ws_row))
    }
}

/// Gives every terminal its own mode back. Allocates nothing, and leaves `errno` as it was.
pub(crate) fn reset_tty() -> io::Result<()> {
    let errno = io::Error::last_os_error();
    let result = SWITCHED.with(|switched| {
        let mut result = Ok(());
        // Of two handles for one terminal the first has seen its own mode.
        for one in switched.iter().rev() {
            // SAFETY: the descriptor is a handle's that would have left the list before closing it.
            let fd = unsafe { BorrowedFd::borrow_raw(one.fd) };
            if let Err(error) = set_attributes(fd, libc::TCSANOW, &one.original) {
                result = Err(error);
            }
        }
        result
    });
    set_errno(errno.raw_os_error().unwrap_or(0));
    result
}

fn forget(fd: BorrowedFd<'_>) {
    SWITCHED.with(|switched| switched.retain(|other| other.fd != fd.as_raw_fd()));
}

fn attributes(fd: BorrowedFd<'_>) -> io::Result<libc::termios> {
    let mut settings = MaybeUninit::uninit();
    // SAFETY: the descriptor is open, and there is room for a termios, which is there if the call succeeds.
    unsafe {
        if libc::tcgetattr(fd.as_raw_fd(), settings.as_mut_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(settings.assume_init())
    }
}

fn set_attributes(fd: BorrowedFd<'_>, when: i32, settings: &libc::termios) -> io::Result<()> {
    loop {
        // SAFETY: the descriptor is open, and the settings are a termios to read.
        if unsafe { libc::tcsetattr(fd.as_raw_fd(), when, settings) } == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// Whether a terminal is the end of a pseudo-terminal that a terminal emulator holds.
fn is_master(fd: BorrowedFd<'_>) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let mut number: libc::c_int = 0;
        // SAFETY: the descriptor is open, and the request writes an int.
        unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCGPTN, &mut number) == 0 }
    }
    #[cfg(target_vendor = "apple")]
    {
        let mut name = [0_u8; 128];
        // SAFETY: the descriptor is open, and the request writes a name of at most 128 bytes.
        unsafe {
            libc::ioctl(
                fd.as_raw_fd(),
                libc::TIOCPTYGNAME as libc::c_ulong,
                name.as_mut_ptr(),
            ) == 0
        }
    }
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    {
        // SAFETY: the descriptor is open, and nobody looks at the name.
        unsafe { !libc::ptsname(fd.as_raw_fd()).is_null() }
    }
}

fn reopen(fd: BorrowedFd<'_>) -> Option<File> {
    let mut name = [0_u8; 256];
    // SAFETY: the descriptor is open, and `name` has room for as many bytes as it says.
    let (failed, flags) = unsafe {
        (
            libc::ttyname_r(fd.as_raw_fd(), name.as_mut_ptr().cast(), name.len()),
            libc::fcntl(fd.as_raw_fd(), libc::F_GETFL),
        )
    };
    if failed != 0 || flags < 0 {
        return None;
    }
    let path = OsStr::from_bytes(CStr::from_bytes_until_nul(&name).ok()?.to_bytes());
    let mode = flags & libc::O_ACCMODE;
    File::options()
        .read(mode != libc::O_WRONLY)
        .write(mode != libc::O_RDONLY)
        .custom_flags(libc::O_NOCTTY | libc::O_NONBLOCK)
        .open(path)
        .ok()
}

/// What the number of a descriptor stands for; `Unknown` for what isn't open.
pub(crate) fn guess_kind(fd: i32) -> DescriptorKind {
    let mut stat = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: both calls only look the number up; there is room for a stat, which was zeroed.
    let (is_terminal, mode) = unsafe {
        if fd < 0 || libc::fstat(fd, stat.as_mut_ptr()) != 0 {
            return DescriptorKind::Unknown;
        }
        (libc::isatty(fd) == 1, stat.assume_init().st_mode)
    };
    match mode & libc::S_IFMT {
        _ if is_terminal => DescriptorKind::Tty,
        libc::S_IFREG | libc::S_IFCHR => DescriptorKind::File,
        libc::S_IFIFO => DescriptorKind::Pipe,
        libc::S_IFSOCK => {
            // SAFETY: it was open just now, and is not kept.
            let fd = unsafe { BorrowedFd::borrow_raw(fd) };
            let socket = socket2::SockRef::from(&fd);
            let (Ok(kind), Ok(address)) = (socket.r#type(), socket.local_addr()) else {
                return DescriptorKind::Unknown;
            };
            let internet = matches!(
                address.domain(),
                socket2::Domain::IPV4 | socket2::Domain::IPV6
            );
            match kind {
                socket2::Type::STREAM if internet => DescriptorKind::Tcp,
                socket2::Type::STREAM if address.domain() == socket2::Domain::UNIX => {
                    DescriptorKind::Pipe
                }
                socket2::Type::DGRAM if internet => DescriptorKind::Udp,
                _ => DescriptorKind::Unknown,
            }
        }
        _ => DescriptorKind::Unknown,
    }
}
