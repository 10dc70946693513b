//! What the loop yields, and how long it runs.

use std::io;

use crate::fs_watch::FsChange;
use crate::handle::HandleId;
use crate::poll::Readiness;
use crate::process::ExitStatus;

/// How far a run goes; `uv_run_mode` of libuv.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunMode {
    /// Until nothing is alive or `stop` is called.
    Default,
    /// One iteration, which may sleep in poll.
    Once,
    /// One iteration, which never sleeps.
    NoWait,
    /// Like the default, up to where it would sleep: nothing is ready then, and a run in the default mode goes on from there.
    /// libuv has no such mode.
    Awake,
}

/// Something happened to a handle. The caller of [`next_event`](crate::EventLoop::next_event) acts on it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A timer is due. A repeating one has been started again already.
    Timer(HandleId),
    /// The idle phase.
    Idle(HandleId),
    /// The prepare phase: just before poll.
    Prepare(HandleId),
    /// The check phase: just after poll.
    Check(HandleId),
    /// One or more wakes of an async handle.
    Async(HandleId),
    /// A signal was received; one event for each time.
    Signal {
        /// The signal handle.
        id: HandleId,
        /// The signal's number.
        signum: i32,
    },
    /// A descriptor that is somebody else's is ready.
    Poll {
        /// The poll handle.
        id: HandleId,
        /// What was found of what is wanted; or an error of the descriptor, after which the handle is stopped. `EBADF` says
        /// no more than that: what the error is its owner learns by using it.
        result: io::Result<Readiness>,
    },
    /// Something happened to watched files.
    FsChange {
        /// The file watching handle.
        id: HandleId,
        /// What happened; or why nothing more will be heard.
        result: io::Result<FsChange>,
    },
    /// A child process has ended.
    Exit {
        /// The process handle.
        id: HandleId,
        /// How it ended.
        status: ExitStatus,
    },
    /// A listener has connections: call `accept` until it answers `None`.
    Connection(HandleId),
    /// A connection that `tcp_connect` or `pipe_connect` began is made, or has failed. A handle closed before that
    /// reports `ECANCELED`.
    Connected {
        /// The stream.
        id: HandleId,
        /// How it went.
        result: io::Result<()>,
    },
    /// A stream that is being read has bytes, its end or an error: call `read`. Or a UDP socket has datagrams: call
    /// `udp_receive` until it answers `None`.
    Readable(HandleId),
    /// A queued write or datagram is out, or has failed. Every accepted `write` and `udp_send` ends with exactly one of these; a handle closed
    /// before that reports `ECANCELED`.
    Wrote {
        /// The stream or UDP socket.
        id: HandleId,
        /// What the caller passed to `write` or `udp_send`.
        tag: u64,
        /// How it went.
        result: io::Result<()>,
    },
    /// The writing half is shut down, after all queued writes.
    Shutdown {
        /// The stream.
        id: HandleId,
        /// How it went.
        result: io::Result<()>,
    },
    /// The last event of a handle: its id is stale now.
    Closed(HandleId),
}

impl Event {
    /// The handle that the event is about.
    pub fn handle(&self) -> HandleId {
        match self {
            Event::Timer(id)
            | Event::Idle(id)
            | Event::Prepare(id)
            | Event::Check(id)
            | Event::Async(id)
            | Event::Signal { id, .. }
            | Event::Poll { id, .. }
            | Event::FsChange { id, .. }
            | Event::Exit { id, .. }
            | Event::Connection(id)
            | Event::Connected { id, .. }
            | Event::Readable(id)
            | Event::Wrote { id, .. }
            | Event::Shutdown { id, .. }
            | Event::Closed(id) => *id,
        }
    }
}

/// What one read from a stream's socket gave.
#[derive(Debug)]
pub enum ReadResult {
    /// So many bytes, at least one.
    Data(usize),
    /// Nothing now; `Readable` will tell when there is.
    WouldBlock,
    /// The peer has shut down its writing half. Reading has stopped.
    Eof,
    /// The connection is broken. Reading has stopped.
    Err(io::Error),
}
