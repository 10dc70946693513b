//! Child processes: started with their descriptors laid out, announced when they end, signalled while they live.
//!
//! The loop waits for the children that it started and for no others: whoever embeds it may have children of its own.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::net::Stream;
use crate::sys::{self, SignalInbox};
use crate::{Core, Event, EventLoop};

/// What a child finds under one of its descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildStdio {
    /// Nothing; the null device for standard input, output and error.
    Ignore,
    /// A copy of this descriptor of ours.
    Descriptor(i32),
    /// What is behind a stream or listener of this loop, which keeps it too.
    Handle(HandleId),
    /// One end of a new pair of connected sockets; the other is ours, as a stream.
    Pipe,
}

/// What to start, and how; `uv_process_options_t` of libuv.
///
/// No string may have a NUL in it.
#[derive(Clone, Debug, Default)]
pub struct SpawnOptions {
    /// A path, or a name that is looked for in the `PATH` of the child.
    pub program: OsString,
    /// All of `argv`, with the name that the program sees as its own first.
    pub args: Vec<OsString>,
    /// The whole environment as `NAME=value`; `None` is ours.
    pub env: Option<Vec<OsString>>,
    /// The working directory; `None` is ours.
    pub cwd: Option<PathBuf>,
    /// The child's descriptors from 0 on.
    pub stdio: Vec<ChildStdio>,
    /// Makes the child the leader of a session of its own.
    pub detached: bool,
    /// The user to become.
    pub uid: Option<u32>,
    /// The group to become.
    pub gid: Option<u32>,
}

/// A child that has started.
#[derive(Debug)]
pub struct Spawned {
    /// Its handle, which is active until the child's end has been announced.
    pub id: HandleId,
    /// Its process id.
    pub pid: i32,
    /// For each entry of [`SpawnOptions::stdio`], our end of its pipe.
    pub stdio: Vec<Option<HandleId>>,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitStatus {
    /// What it passed to `exit`; 0 if a signal ended it.
    pub code: i32,
    /// The signal that ended it, or 0.
    pub signal: i32,
}

/// What a process handle remembers.
pub(crate) struct ProcessState {
    pid: i32,
    /// It has ended, and hasn't been announced.
    ended: Option<ExitStatus>,
    announced: bool,
}

/// The children of a loop.
#[derive(Default)]
pub(crate) struct Children {
    /// There as long as a child may end.
    inbox: Option<std::sync::Arc<SignalInbox>>,
    running: Vec<HandleId>,
    /// Running children whose handles have been closed. They are waited for all the same, or they would stay zombies.
    orphans: Vec<i32>,
}

impl Drop for Children {
    fn drop(&mut self) {
        if let Some(inbox) = &self.inbox {
            inbox.unsubscribe(sys::SIGCHLD);
        }
    }
}

impl Core {
    fn process_mut(&mut self, id: HandleId) -> Result<&mut ProcessState, LoopError> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Process(process) => Ok(process),
            _ => Err(LoopError::WrongKind),
        }
    }

    fn spawn(&mut self, options: &SpawnOptions) -> io::Result<Spawned> {
        let mut ours = Vec::with_capacity(options.stdio.len());
        let mut theirs = Vec::with_capacity(options.stdio.len());
        // Ends of pipes that only the child keeps.
        let mut lent = Vec::new();
        for stdio in &options.stdio {
            let (our, their) = match *stdio {
                ChildStdio::Ignore => (None, None),
                ChildStdio::Descriptor(fd) => (None, Some(fd)),
                ChildStdio::Handle(id) => (None, Some(self.descriptor_of(id)?)),
                ChildStdio::Pipe => {
                    let (our, their) = sys::stream_pair()?;
                    let fd = sys::descriptor_number(&their);
                    lent.push(their);
                    (Some(our), Some(fd))
                }
            };
            ours.push(our);
            theirs.push(their);
        }
        self.watch_children()?;
        let pid = match sys::spawn(options, &theirs) {
            Ok(pid) => pid,
            Err(error) => {
                self.rest_if_childless();
                return Err(error);
            }
        };
        drop(lent);
        let id = self.handles.insert(Kind::Process(ProcessState {
            pid,
            ended: None,
            announced: false,
        }))?;
        self.handles.activate(id);
        self.children.running.push(id);
        let mut stdio = Vec::with_capacity(ours.len());
        for our in ours {
            stdio.push(match our {
                Some(io) => {
                    let stream = Box::new(Stream::connected(io));
                    Some(self.handles.insert(Kind::Stream(stream))?)
                }
                None => None,
            });
        }
        Ok(Spawned { id, pid, stdio })
    }

    /// Asks for the signal that tells of children's ends.
    fn watch_children(&mut self) -> io::Result<()> {
        if self.children.inbox.is_none() {
            let inbox = SignalInbox::new(self.shared.clone());
            inbox.subscribe(sys::SIGCHLD)?;
            self.children.inbox = Some(inbox);
        }
        Ok(())
    }

    fn rest_if_childless(&mut self) {
        if self.children.running.is_empty()
            && self.children.orphans.is_empty()
            && let Some(inbox) = self.children.inbox.take()
        {
            inbox.unsubscribe(sys::SIGCHLD);
        }
    }

    /// After a wake-up: looks which children have ended.
    pub(crate) fn collect_children(&mut self) {
        match &self.children.inbox {
            Some(inbox) if inbox.take(sys::SIGCHLD) > 0 => {}
            _ => return,
        }
        let mut running = std::mem::take(&mut self.children.running);
        running.retain(|&id| {
            let Ok(process) = self.process_mut(id) else {
                return false;
            };
            match sys::try_wait(process.pid) {
                None => true,
                Some(status) => {
                    process.ended = Some(status);
                    self.make_ready(id);
                    false
                }
            }
        });
        self.children.running = running;
        self.children
            .orphans
            .retain(|&pid| sys::try_wait(pid).is_none());
        self.rest_if_childless();
    }

    pub(crate) fn process_step(&mut self, id: HandleId) -> Option<Event> {
        let process = self.process_mut(id).ok()?;
        if process.announced {
            return None;
        }
        let status = process.ended?;
        process.announced = true;
        self.handles.deactivate(id);
        Some(Event::Exit { id, status })
    }

    /// The handle is being closed.
    pub(crate) fn process_stop(&mut self, id: HandleId) -> Result<(), LoopError> {
        let process = self.process_mut(id)?;
        let (pid, ended) = (process.pid, process.ended.is_some());
        if !ended {
            self.children.running.retain(|&other| other != id);
            self.children.orphans.push(pid);
        }
        Ok(())
    }

    fn kill(&mut self, id: HandleId, signum: i32) -> io::Result<()> {
        let process = self.process_mut(id)?;
        // Its number may be another's by now.
        if process.ended.is_some() {
            return Err(io::Error::from_raw_os_error(sys::ESRCH));
        }
        sys::kill(process.pid, signum)
    }
}

/// # Child processes
///
/// Behaviour: libuv's `uv_process_t`.
impl EventLoop {
    /// Starts a program. [`Event::Exit`] tells the end of it; until then it keeps the loop alive.
    ///
    /// # Errors
    /// What the system answers, in the child as well: `ENOENT` for a program or a working directory that isn't there,
    /// `EACCES`, `EPERM` for a user that we may not become, `EBADF` for a descriptor that isn't open. Nothing is left of a
    /// child that couldn't start. `EINVAL` for a NUL in a string. `Unsupported` on Windows.
    pub fn spawn(&self, options: &SpawnOptions) -> io::Result<Spawned> {
        self.core.borrow_mut().spawn(options)
    }

    /// Sends a signal to a child; 0 only asks whether it is there.
    ///
    /// # Errors
    /// `ESRCH` when it has ended, even if that hasn't been announced yet; `EINVAL` for what is no signal.
    pub fn kill(&self, id: HandleId, signum: i32) -> io::Result<()> {
        self.core.borrow_mut().kill(id, signum)
    }

    /// The process id of a child.
    pub fn pid(&self, id: HandleId) -> Result<i32, LoopError> {
        Ok(self.core.borrow_mut().process_mut(id)?.pid)
    }

    /// Two streams that are each other's peer.
    ///
    /// # Errors
    /// The operating system's.
    pub fn stream_pair(&self) -> io::Result<(HandleId, HandleId)> {
        let (first, second) = sys::stream_pair()?;
        let second = sys::Io::from_fd(second)?;
        let mut core = self.core.borrow_mut();
        Ok((core.adopt(first)?, core.adopt(second)?))
    }
}
