//! A named pipe that is listened to: several instances wait for a client each, and each that has got one is replaced.

use std::io;
use std::path::{Path, PathBuf};

use mio::event::Source;
use mio::windows::NamedPipe;
use mio::{Interest, Registry, Token};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_INVALID_NAME, ERROR_PATH_NOT_FOUND,
};

use super::instance::create;
use super::{Pipe, named_pipe};
use crate::sys::windows::{EACCES, EADDRINUSE, EBADF};

/// Instances at most. A client that finds none free waits for one.
const MOST_INSTANCES: i32 = 16;

/// The server's side of a name.
pub(crate) struct PipeListener {
    path: PathBuf,
    /// Those that wait for a client, or have one that wasn't accepted yet.
    instances: Vec<NamedPipe>,
    wanted: usize,
    registration: Option<(Registry, Token)>,
}

impl PipeListener {
    pub(crate) fn new(path: &Path, backlog: i32) -> io::Result<Self> {
        let first = create(path, true).map_err(|error| {
            match error.raw_os_error().map(|code| code as u32) {
                Some(ERROR_ACCESS_DENIED) => io::Error::from_raw_os_error(EADDRINUSE),
                Some(ERROR_INVALID_NAME | ERROR_PATH_NOT_FOUND) => {
                    io::Error::from_raw_os_error(EACCES)
                }
                _ => error,
            }
        })?;
        Ok(Self {
            path: path.to_owned(),
            instances: vec![named_pipe(first)],
            wanted: backlog.clamp(1, MOST_INSTANCES) as usize,
            registration: None,
        })
    }

    pub(crate) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        self.registration = Some((registry.try_clone()?, token));
        for instance in &mut self.instances {
            listen(instance, registry, token)?;
        }
        self.refill()
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.registration = None;
        for instance in &mut self.instances {
            instance.deregister(registry)?;
        }
        Ok(())
    }

    pub(crate) fn accept(&mut self) -> io::Result<Pipe> {
        let Some((registry, _)) = &self.registration else {
            return Err(io::Error::from_raw_os_error(EBADF));
        };
        let mut at = 0;
        while at < self.instances.len() {
            let instance = &mut self.instances[at];
            // What waits for a client would block, and what has one says so again.
            match has_client(instance) {
                Ok(true) => {
                    instance.deregister(registry)?;
                    let accepted = Pipe::accepted(self.instances.remove(at));
                    // If there is none to be had now, the next accept tries again and says why.
                    let _ = self.refill();
                    return Ok(accepted);
                }
                Ok(false) => at += 1,
                // Its client has gone again, or it is of no use.
                Err(_) => drop(self.instances.remove(at)),
            }
        }
        self.refill()?;
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// Makes as many instances as are missing.
    fn refill(&mut self) -> io::Result<()> {
        let Some((registry, token)) = &self.registration else {
            return Ok(());
        };
        while self.instances.len() < self.wanted {
            let mut instance = named_pipe(create(&self.path, false)?);
            listen(&mut instance, registry, *token)?;
            self.instances.push(instance);
        }
        Ok(())
    }
}

/// Begins to wait for a client, whom poll announces.
fn listen(instance: &mut NamedPipe, registry: &Registry, token: Token) -> io::Result<()> {
    instance.register(registry, token, Interest::READABLE | Interest::WRITABLE)?;
    has_client(instance).map(drop)
}

fn has_client(instance: &NamedPipe) -> io::Result<bool> {
    if let Some(error) = instance.take_error()? {
        return Err(error);
    }
    match instance.connect() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error),
    }
}
