//! Child processes: started with their descriptors laid out, announced when they end, signalled while they live.
//!
//! The loop waits for the children that it started and for no others: whoever embeds it may have children of its own.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::net::Stream;
use crate::sys::{self, Child, ChildEnd, ChildWatch};
use crate::{Core, Event, EventLoop};

/// Standard input, output and error, which every child has.
const STANDARD: usize = 3;

/// What a child finds under one of its descriptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChildStdio {
    /// Nothing; the null device for standard input, output and error.
    Ignore,
    /// A copy of this descriptor of ours. Windows has three: the standard ones, 0 to 2.
    Descriptor(i32),
    /// What is behind a stream or listener of this loop, which keeps it too.
    Handle(HandleId),
    /// One end of a new pair of connected sockets (on Windows: of a named pipe); the other is ours, as a stream.
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
    /// The child's descriptors from 0 on. The standard ones that aren't listed are [`ChildStdio::Ignore`]. On Windows these are
    /// descriptors of the C runtime, at most 255.
    pub stdio: Vec<ChildStdio>,
    /// Makes the child the leader of a session of its own; on Windows it gets a process group and no console, and isn't
    /// ended when we end.
    pub detached: bool,
    /// The user to become. Not on Windows.
    pub uid: Option<u32>,
    /// The group to become. Not on Windows.
    pub gid: Option<u32>,
    /// Joins the arguments with blanks and quotes nothing. Only Windows looks at it.
    pub windows_verbatim_arguments: bool,
    /// Shows no window of the program, nor a console that would be opened for it. Only Windows looks at it.
    pub windows_hide: bool,
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
    /// What it passed to `exit`; 0 if a signal ended it. On Windows, where this is 1 for a child that was killed, it has all of
    /// its 32 bits: what crashed has a negative one.
    pub code: i32,
    /// The signal that ended it, or 0. On Windows, the one that [`EventLoop::kill`] was given.
    pub signal: i32,
}

/// What a process handle remembers.
pub(crate) struct ProcessState {
    pid: i32,
    /// There as long as it runs.
    child: Option<Child>,
    /// It has ended, and hasn't been announced.
    ended: Option<ExitStatus>,
    announced: bool,
}

/// The children of a loop.
#[derive(Default)]
pub(crate) struct Children {
    /// There as long as a child may end.
    watch: Option<ChildWatch>,
    running: Vec<HandleId>,
    /// Running children whose handles have been closed. They are waited for all the same, or they would stay zombies.
    orphans: Vec<Child>,
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
        for stdio in &options.stdio {
            let (our, their) = match *stdio {
                ChildStdio::Ignore => (None, None),
                ChildStdio::Descriptor(fd) => (None, Some(ChildEnd::descriptor(fd)?)),
                ChildStdio::Handle(id) => (None, Some(self.child_end(id)?)),
                ChildStdio::Pipe => {
                    let (our, their) = sys::child_pipe()?;
                    (Some(our), Some(their))
                }
            };
            ours.push(our);
            theirs.push(their);
        }
        if theirs.len() < STANDARD {
            theirs.resize_with(STANDARD, || None);
        }
        let watch = match &mut self.children.watch {
            Some(watch) => watch,
            none => none.insert(ChildWatch::new(&self.shared)?),
        };
        let child = match sys::spawn(options, &theirs, watch) {
            Ok(child) => child,
            Err(error) => {
                self.rest_if_childless();
                return Err(error);
            }
        };
        // Ends of pipes are the child's alone from here on.
        drop(theirs);
        let pid = child.pid();
        let id = self.handles.insert(Kind::Process(ProcessState {
            pid,
            child: Some(child),
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

    /// What a child gets of a stream, listener or UDP socket.
    fn child_end(&mut self, id: HandleId) -> io::Result<ChildEnd> {
        match &self.handles.open_mut(id)?.kind {
            Kind::Stream(stream) => ChildEnd::stream(stream.io()?),
            Kind::Listener(listener) => ChildEnd::listener(listener.io()?),
            Kind::Udp(udp) => ChildEnd::udp(udp.io()?),
            _ => Err(LoopError::WrongKind.into()),
        }
    }

    fn rest_if_childless(&mut self) {
        if self.children.running.is_empty() && self.children.orphans.is_empty() {
            self.children.watch = None;
        }
    }

    /// After a wake-up: looks which children have ended.
    pub(crate) fn collect_children(&mut self) {
        match &self.children.watch {
            Some(watch) if watch.take_news() => {}
            _ => return,
        }
        let mut running = std::mem::take(&mut self.children.running);
        running.retain(|&id| {
            let Ok(process) = self.process_mut(id) else {
                return false;
            };
            let Some(child) = &process.child else {
                return false;
            };
            match child.try_wait() {
                None => true,
                Some(status) => {
                    process.ended = Some(status);
                    process.child = None;
                    self.make_ready(id);
                    false
                }
            }
        });
        self.children.running = running;
        let orphans = &mut self.children.orphans;
        orphans.retain(|child| child.try_wait().is_none());
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
        if let Some(child) = self.process_mut(id)?.child.take() {
            self.children.running.retain(|&other| other != id);
            self.children.orphans.push(child);
        }
        Ok(())
    }

    fn kill(&mut self, id: HandleId, signum: i32) -> io::Result<()> {
        match &mut self.process_mut(id)?.child {
            Some(child) => child.kill(signum),
            // Its number may be another's by now.
            None => Err(io::Error::from_raw_os_error(sys::ESRCH)),
        }
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
    /// child that couldn't start. `EINVAL` for a NUL in a string.
    ///
    /// On Windows, `Unsupported` for `uid` and `gid` and for what a child there can't take over: sockets.
    ///
    /// # Windows
    /// As in libuv: arguments are quoted as the C runtime reads them, and the program's name may lack `.com` or `.exe`. A batch
    /// file that is named in full is read by `cmd.exe`, which has other rules of quoting; whoever lets strangers choose the arguments has to
    /// refuse it. Variables that programs there can't do without are added to `env`. Children that aren't detached end when we do.
    pub fn spawn(&self, options: &SpawnOptions) -> io::Result<Spawned> {
        self.core.borrow_mut().spawn(options)
    }

    /// Sends a signal to a child; 0 only asks whether it is there. On Windows `SIGINT`, `SIGQUIT`, `SIGKILL` and `SIGTERM` end it
    /// on the spot.
    ///
    /// # Errors
    /// `ESRCH` when it has ended, even if that hasn't been announced yet; `EINVAL` for what is no signal. `Unsupported` for
    /// all other signals on Windows.
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
        let mut core = self.core.borrow_mut();
        Ok((core.adopt(first)?, core.adopt(second)?))
    }
}
