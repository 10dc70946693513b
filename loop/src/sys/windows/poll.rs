//! Watching a socket that is somebody else's. Not here yet, and says so.

use std::io;

use mio::{Registry, Token};

use crate::poll::Readiness;

/// What would be watched.
pub(crate) enum PollSource {}

impl PollSource {
    /// Not on this platform.
    pub(crate) fn new(_: i32) -> io::Result<Self> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "ouro-loop doesn't poll foreign descriptors on Windows",
        ))
    }

    pub(crate) fn number(&self) -> i32 {
        match *self {}
    }

    pub(crate) fn prepare(&self, _: &Registry) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn register(&mut self, _: &Registry, _: Token, _: Readiness) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn reregister(&mut self, _: &Registry, _: Token, _: Readiness) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn deregister(&mut self, _: &Registry) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn ready(&self, _: Readiness) -> io::Result<Readiness> {
        match *self {}
    }
}
