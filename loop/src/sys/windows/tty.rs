//! Consoles. Modes and sizes aren't here yet, and say so.

use std::io::{self, IsTerminal};

use super::Io;
use crate::tty::{DescriptorKind, TtyMode};

impl Io {
    pub(crate) fn tty_set_mode(&mut self, _mode: TtyMode) -> io::Result<()> {
        Err(no_consoles())
    }

    pub(crate) fn tty_window_size(&self) -> io::Result<(u16, u16)> {
        Err(no_consoles())
    }
}

/// No console has been switched.
pub(crate) fn reset_tty() -> io::Result<()> {
    Ok(())
}

/// What is behind a standard stream.
pub(crate) fn guess_kind(fd: i32) -> DescriptorKind {
    let terminal = match fd {
        0 => io::stdin().is_terminal(),
        1 => io::stdout().is_terminal(),
        2 => io::stderr().is_terminal(),
        _ => false,
    };
    if terminal {
        DescriptorKind::Tty
    } else {
        DescriptorKind::Unknown
    }
}

fn no_consoles() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "ouro-loop has no consoles on Windows",
    )
}
