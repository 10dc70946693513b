//! Terminals: modes and the size of the window. A terminal is a stream like any other (`open_fd`); this is what it has
//! beyond that. Behaviour: libuv's `uv_tty_t`.

use std::io;

use crate::handle::HandleId;
use crate::{EventLoop, sys};

/// How a terminal treats what is typed; `uv_tty_mode_t` of libuv.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TtyMode {
    /// As it was when it was first switched: usually by lines, with echo.
    #[default]
    Normal,
    /// Each key at once, without echo, and none of them a signal; output is still translated.
    Raw,
    /// Bytes as they are in both directions.
    Io,
}

/// What is behind a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DescriptorKind {
    /// A terminal.
    Tty,
    /// A regular file or a character device.
    File,
    /// A pipe or a Unix-domain stream socket.
    Pipe,
    /// A TCP socket.
    Tcp,
    /// A UDP socket.
    Udp,
    /// Something else, or nothing.
    Unknown,
}

/// What the descriptor of this number is; `uv_guess_handle` of libuv. On Windows it only knows the standard streams, and no
/// sockets.
pub fn guess_kind(fd: i32) -> DescriptorKind {
    sys::guess_kind(fd)
}

/// Gives every terminal that a handle of this process has switched the mode back that it had before;
/// `uv_tty_reset_mode` of libuv.
///
/// For the end of the process: call it at exit, or from a handler of a signal that ends it. It allocates nothing, doesn't
/// touch `errno`, and doesn't stop a process in the background. Closing a terminal's handle (or dropping its loop) does
/// the same for that terminal.
///
/// # Errors
/// The operating system's, for a terminal that is gone. The others are reset all the same.
pub fn reset_tty() -> io::Result<()> {
    sys::reset_tty()
}

/// # Terminals
impl EventLoop {
    /// Switches a terminal. The mode that it had before the first switch comes back with [`TtyMode::Normal`], when the
    /// handle is closed or detached, or with [`reset_tty`].
    ///
    /// # Errors
    /// `EINVAL` if the stream is no terminal, or on Windows the output of one; the operating system's; `Unsupported` for
    /// [`TtyMode::Io`] on Windows.
    pub fn tty_set_mode(&self, id: HandleId, mode: TtyMode) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        core.stream_mut(id)?.io_mut()?.tty_set_mode(mode)
    }

    /// Columns and rows of a terminal's window. A change of them is the signal `SIGWINCH` (28): on Windows, only while a
    /// console is being read in raw mode, for nobody else hears of it.
    ///
    /// # Errors
    /// As for [`tty_set_mode`](Self::tty_set_mode).
    pub fn tty_window_size(&self, id: HandleId) -> io::Result<(u16, u16)> {
        let mut core = self.core.borrow_mut();
        core.stream_mut(id)?.io()?.tty_window_size()
    }
}
