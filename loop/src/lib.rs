#![doc = include_str!("../README.md")]
//!
//! # One turn
//!
//! As `uv_run` of libuv 1.45 and later. In default mode the timers that are due run once on entry; then, as long as
//! something is alive and nobody calls [`stop`](EventLoop::stop):
//!
//! 1. what is pending: writes and connects that ended on the spot;
//! 2. idle handles, then prepare handles;
//! 3. poll: sleeps at most [`backend_timeout`](EventLoop::backend_timeout), then streams, listeners, async and signal
//!    handles;
//! 4. what became pending in poll, in at most eight passes;
//! 5. check handles;
//! 6. handles that were closed: what was cancelled, then [`Event::Closed`];
//! 7. timers that are due.
//!
//! No handle can keep the others waiting: in one turn a stream is announced once, sends a bounded number of times, and a
//! listener accepts a bounded number of connections. What is left is remembered, and the next poll doesn't sleep.
//! mio's readiness is edge-triggered; the loop turns it into libuv's level-triggered announcements, and remembers what it
//! saw of a stream that nobody reads.
//!
//! # Handles
//!
//! A [`HandleId`] is plain data with a generation: an id that has outlived its handle is an error
//! ([`LoopError::BadHandle`], `EBADF`), never another handle. A handle closed by an earlier event of the turn isn't
//! announced any more, except for the ends of its requests and its own.
//!
//! # Platforms
//!
//! Linux (epoll), macOS and the BSDs (kqueue), Windows (IOCP). On Windows, pipes are named pipes, and sockets and handles
//! are what is taken over or given away; of what is somebody else's, sockets are watched. Sockets travel along with the bytes of a named pipe once both of its ends are IPC pipes
//! (`pipe_ipc`, a method of that platform); Unix-domain sockets need no such word. Where Windows can't do what the others do, the
//! method says so: children don't take over sockets.
//!
//! There is nothing like `uv_tcp_simultaneous_accepts`. libuv posts accepts ahead on Windows, and that says how many; here none
//! are, since the socket driver (AFD) tells when there is a connection to accept. So processes that share a listener take
//! turns as they come, and none of them keeps connections that it hasn't accepted.

#![warn(missing_docs)]

mod error;
mod event;
mod fs_watch;
mod handle;
mod metrics;
mod net;
mod phases;
mod poll;
mod process;
mod signal;
mod sys;
mod timer;
mod tty;
mod wake;
mod watcher;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

pub use error::LoopError;
pub use event::{Event, ReadResult, RunMode};
pub use fs_watch::{FsChange, FsChangeKind, FsWatchOptions};
pub use handle::{HandleId, HandleKind};
pub use metrics::{CallbackTime, Metrics};
pub use net::{
    BoundSocket, ConnectOptions, Datagram, Datagrams, KeepAlive, ListenOptions, MulticastInterface,
    Payload, StreamKind, UdpOptions, UdpSettings,
};
pub use poll::Readiness;
pub use process::{ChildStdio, ExitStatus, SpawnOptions, Spawned};
#[cfg(windows)]
pub use sys::{OsHandle, RawOsHandle};
pub use tty::{DescriptorKind, TtyMode, guess_kind, reset_tty};
pub use wake::Waker;

use handle::{Handles, Kind};
use phases::{State, Step};
use timer::TimerHeap;
use watcher::{Watch, WatchList};

/// How many readiness events one system call fetches.
const EVENTS_PER_POLL: usize = 1024;

/// The event loop. It lives on the thread that made it; only [`Waker`]s leave that.
///
/// Every method takes `&self`, and none holds anything while the caller acts on an event: whatever is allowed between
/// events is allowed inside their handling.
pub struct EventLoop {
    core: RefCell<Core>,
    running: Cell<bool>,
    /// A loop stays on the thread that made it.
    not_send: PhantomData<*const ()>,
}

/// The state of a loop. Its methods are spread over the modules that they belong to.
pub(crate) struct Core {
    handles: Handles,
    poll: mio::Poll,
    events: mio::Events,
    shared: Arc<wake::Shared>,
    /// Loop time in milliseconds.
    time: u64,
    /// Nothing has been announced since the last look at the clock, so another would show the same.
    time_is_fresh: bool,
    timers: TimerHeap,
    expired: VecDeque<(HandleId, u64)>,
    idle: WatchList,
    prepare: WatchList,
    check: WatchList,
    asyncs: Vec<HandleId>,
    polled: poll::Polled,
    /// There as long as a handle watches files.
    fs_watches: Option<sys::FsWatches>,
    signals: signal::Signals,
    children: process::Children,
    /// Handles with finished work to announce in the next pending phase.
    pending: VecDeque<HandleId>,
    /// How many of them haven't been closed meanwhile.
    pending_live: usize,
    /// Handles to look at in the poll phase: those that mio reported, and those that weren't drained.
    ready: VecDeque<HandleId>,
    /// In the order in which they were closed; announced from the end, as libuv does.
    closing: Vec<HandleId>,
    /// What is left of the closing phase under way.
    closing_now: Vec<HandleId>,
    /// Requests under way: writes, connects, shutdowns, and those counted by `request_begin`.
    requests: usize,
    reserve: net::Reserve,
    stop: bool,
    state: State,
    /// The handle whose events are being announced.
    current: Option<(HandleId, Step)>,
    mode: RunMode,
    /// Whether anything was alive when the run last looked.
    run_alive: bool,
    /// Whether poll may sleep in a run of one iteration: nothing was pending before it.
    can_sleep: bool,
    metrics: Metrics,
    callbacks: metrics::CallbackClock,
}

impl Core {
    fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let shared = wake::Shared::new(poll.registry())?;
        Ok(Self {
            handles: Handles::default(),
            poll,
            events: mio::Events::with_capacity(EVENTS_PER_POLL),
            shared,
            time: sys::hrtime() / 1_000_000,
            time_is_fresh: false,
            timers: TimerHeap::default(),
            expired: VecDeque::new(),
            idle: WatchList::default(),
            prepare: WatchList::default(),
            check: WatchList::default(),
            asyncs: Vec::new(),
            polled: poll::Polled::default(),
            fs_watches: None,
            signals: signal::Signals::default(),
            children: process::Children::default(),
            pending: VecDeque::new(),
            pending_live: 0,
            ready: VecDeque::new(),
            closing: Vec::new(),
            closing_now: Vec::new(),
            requests: 0,
            reserve: net::Reserve::default(),
            stop: false,
            state: State::Start,
            current: None,
            run_alive: false,
            can_sleep: false,
            mode: RunMode::Default,
            metrics: Metrics::default(),
            callbacks: metrics::CallbackClock::default(),
        })
    }

    pub(crate) fn update_time(&mut self) {
        self.time = sys::hrtime() / 1_000_000;
    }

    pub(crate) fn alive(&self) -> bool {
        self.handles.any_alive()
            || self.requests > 0
            || self.pending_live > 0
            || !self.closing.is_empty()
    }

    /// Puts a handle on the ready-list, once.
    pub(crate) fn make_ready(&mut self, id: HandleId) {
        if let Ok(slot) = self.handles.open_mut(id)
            && !slot.ready
        {
            slot.ready = true;
            self.ready.push_back(id);
        }
    }

    /// Puts a handle on the pending queue, once.
    pub(crate) fn make_pending(&mut self, id: HandleId) {
        if let Ok(slot) = self.handles.open_mut(id)
            && !slot.pending
        {
            slot.pending = true;
            self.pending_live += 1;
            self.pending.push_back(id);
        }
    }

    fn close(&mut self, id: HandleId) -> Result<(), LoopError> {
        match &self.handles.open_mut(id)?.kind {
            Kind::Timer(_) => self.timer_stop(id)?,
            Kind::Idle => self.watch_stop(id, Watch::Idle)?,
            Kind::Prepare => self.watch_stop(id, Watch::Prepare)?,
            Kind::Check => self.watch_stop(id, Watch::Check)?,
            Kind::Async(_) => self.asyncs.retain(|&other| other != id),
            Kind::Poll(_) => self.poll_stop(id)?,
            Kind::FsWatch(_) => self.fs_watch_stop(id),
            Kind::Signal(_) => self.signal_stop(id)?,
            Kind::Process(_) => self.process_stop(id)?,
            Kind::Listener(_) | Kind::Stream(_) | Kind::Udp(_) => self.close_io(id),
            Kind::Vacant => return Err(LoopError::BadHandle),
        }
        self.handles.deactivate(id);
        self.handles.open_mut(id)?.closing = true;
        self.closing.push(id);
        Ok(())
    }
}

/// # Running
impl EventLoop {
    /// A new loop with nothing in it.
    ///
    /// # Errors
    /// The operating system's, when there are no file descriptors left for the poll.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            core: RefCell::new(Core::new()?),
            running: Cell::new(false),
            not_send: PhantomData,
        })
    }

    /// The next event of this run, or `None` when the run is over; the call after that begins another run.
    ///
    /// A run is `uv_run` of libuv, cut at its callbacks: each call goes on where the last one returned, through the
    /// phases, until there is an event to announce. A call with another `mode` than the one before ends the iteration
    /// in hand by the rules of the new one.
    ///
    /// # Panics
    /// If the operating system's poll fails for a reason other than an interrupt, which it does only if the
    /// process closed a descriptor that isn't its own.
    pub fn next_event(&self, mode: RunMode) -> Option<Event> {
        let mut core = self.core.borrow_mut();
        core.callback_ends();
        let event = core.next_event(mode);
        if let Some(event) = &event {
            core.callback_begins(event);
        }
        event
    }

    /// How many handles that the last poll found are still to be looked at before the loop polls again.
    pub fn ready(&self) -> usize {
        match self.core.borrow().state {
            phases::State::Dispatch { left, .. } => left,
            _ => 0,
        }
    }

    /// Runs the loop and hands each event to `handler`; answers whether something is still alive.
    ///
    /// # Errors
    /// [`LoopError::Reentrant`] if called inside its own handler.
    pub fn run(
        &self,
        mode: RunMode,
        mut handler: impl FnMut(&EventLoop, Event),
    ) -> Result<bool, LoopError> {
        struct Running<'a>(&'a Cell<bool>);
        impl Drop for Running<'_> {
            fn drop(&mut self) {
                self.0.set(false);
            }
        }
        if self.running.replace(true) {
            return Err(LoopError::Reentrant);
        }
        let _running = Running(&self.running);
        while let Some(event) = self.next_event(mode) {
            handler(self, event);
        }
        Ok(self.alive())
    }

    /// Ends the run at the end of this iteration; the poll of this iteration doesn't sleep any more. Called outside
    /// a run it ends the next one before its first phase.
    pub fn stop(&self) {
        self.core.borrow_mut().stop = true;
    }

    /// Whether something keeps the loop alive: active referenced handles, requests, handles being closed.
    pub fn alive(&self) -> bool {
        self.core.borrow().alive()
    }

    /// How long a poll might sleep now; `None` is for ever. `uv_backend_timeout` of libuv.
    ///
    /// Zero if the loop is stopped or nothing is alive, or if something waits for its phase: an idle handle, a pending
    /// or closing one, a stream that wasn't drained. Else the time until the next timer.
    pub fn backend_timeout(&self) -> Option<Duration> {
        self.core.borrow().backend_timeout()
    }

    /// Loop time in milliseconds: the [`hrtime`](Self::hrtime) of the last look at the clock.
    pub fn now(&self) -> u64 {
        self.core.borrow().time
    }

    /// Looks at the clock. The loop does so at the start of a run, after poll and before timers.
    pub fn update_time(&self) {
        self.core.borrow_mut().update_time();
    }

    /// Nanoseconds of the system's monotonic clock.
    pub fn hrtime() -> u64 {
        sys::hrtime()
    }

    /// Counts one request that keeps the loop alive, such as a job on a thread pool, until `request_end`.
    pub fn request_begin(&self) {
        self.core.borrow_mut().requests += 1;
    }

    /// The end of a request counted by `request_begin`.
    ///
    /// # Panics
    /// In debug builds, if none is under way.
    pub fn request_end(&self) {
        let mut core = self.core.borrow_mut();
        debug_assert!(core.requests > 0, "request_end without request_begin");
        core.requests = core.requests.saturating_sub(1);
    }
}

/// # Handles
impl EventLoop {
    /// Begins to close a handle. It yields nothing more but, in the closing phase, what cancelled requests it had
    /// and then [`Event::Closed`]. Its socket is closed at once.
    pub fn close(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().close(id)
    }

    /// Whether the handle, while active, keeps the loop alive. New handles do.
    pub fn set_ref(&self, id: HandleId, referenced: bool) -> Result<(), LoopError> {
        self.core.borrow_mut().handles.set_ref(id, referenced)
    }

    /// What `set_ref` last said.
    pub fn has_ref(&self, id: HandleId) -> Result<bool, LoopError> {
        Ok(self.core.borrow().handles.get(id)?.is_referenced())
    }

    /// Whether the handle is doing something: a started timer or watcher, a stream that is read, a listener.
    pub fn is_active(&self, id: HandleId) -> Result<bool, LoopError> {
        Ok(self.core.borrow().handles.get(id)?.is_active())
    }

    /// Whether the handle is being closed, or is closed (a stale id counts as closed).
    pub fn is_closing(&self, id: HandleId) -> bool {
        self.core
            .borrow()
            .handles
            .get(id)
            .map_or(true, |slot| slot.closing)
    }

    /// The handle's kind.
    pub fn kind(&self, id: HandleId) -> Result<HandleKind, LoopError> {
        self.core.borrow().handles.kind(id)
    }

    /// Every handle whose `Closed` hasn't been announced.
    pub fn walk(&self) -> Vec<(HandleId, HandleKind)> {
        self.core.borrow().handles.iter().collect()
    }
}

impl std::fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventLoop").finish_non_exhaustive()
    }
}
