//! Waking a loop from other threads.
//!
//! Wakes are coalesced: between two turns any number of them costs one system call and yields one event.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::{Core, EventLoop};

pub(crate) const WAKE_TOKEN: mio::Token = mio::Token(usize::MAX);
/// Where the system tells of watched files by a descriptor, it is this one's.
pub(crate) const FS_WATCH_TOKEN: mio::Token = mio::Token(usize::MAX - 1);

/// A wake that is under way, set by any thread and taken by the loop.
///
/// Whoever finds it set already leaves it alone: while wakes come faster than the loop takes them, the flag stays in
/// every core's cache. Everything here is sequentially consistent, for whoever finds the flag set must be before the
/// loop's taking it in the one order that all such operations have.
#[derive(Default)]
struct Flag(AtomicBool);

impl Flag {
    /// Sets it; `true` if it wasn't set.
    fn set(&self) -> bool {
        !self.0.load(Ordering::SeqCst) && !self.0.swap(true, Ordering::SeqCst)
    }

    /// Takes it; `true` if it was set.
    fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What a loop shares with those who wake it. Outlives the loop as long as a [`Waker`] does.
pub(crate) struct Shared {
    waker: mio::Waker,
    /// A wake is under way that the loop hasn't seen.
    woken: Flag,
    /// Streams that a thread of `sys` has news for.
    nudged: Mutex<Vec<HandleId>>,
}

impl Shared {
    pub(crate) fn new(registry: &mio::Registry) -> std::io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            waker: mio::Waker::new(registry, WAKE_TOKEN)?,
            woken: Flag::default(),
            nudged: Mutex::default(),
        }))
    }

    /// Tells a stream that its `Io` has news that no poll can see.
    #[cfg_attr(unix, allow(dead_code, reason = "there, poll sees all"))]
    pub(crate) fn nudge(&self, id: HandleId) {
        // Nothing panics while this lock is held.
        let mut nudged = self.nudged.lock().unwrap_or_else(PoisonError::into_inner);
        nudged.push(id);
        drop(nudged);
        self.wake();
    }

    fn take_nudged(&self) -> Vec<HandleId> {
        let mut nudged = self.nudged.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut nudged)
    }

    pub(crate) fn wake(&self) {
        // Whoever sets it makes the system call for all that follow until the loop has looked.
        if self.woken.set() {
            // The one failure a wake-up can have is a loop that is gone.
            let _ = self.waker.wake();
        }
    }

    /// The loop has seen the wake-up and looks for its reasons from here on.
    pub(crate) fn seen(&self) {
        self.woken.take();
    }
}

/// Wakes a loop from any thread. Clones wake the same loop (and handle).
#[derive(Clone)]
pub struct Waker {
    shared: Arc<Shared>,
    /// Set for the waker of an async handle.
    pending: Option<Arc<Flag>>,
}

impl Waker {
    /// Wakes the loop. Cheap if a wake-up is under way already; never blocks; of no effect when the loop is gone
    /// or the handle closed.
    ///
    /// The event that follows finds whatever was put before this call into a channel, behind a lock, or into an atomic
    /// with `Ordering::SeqCst`. After a plain store with `Ordering::Release` call
    /// [`fence(SeqCst)`](std::sync::atomic::fence) first: a wake that finds another under way is no more than a look.
    pub fn wake(&self) {
        if let Some(pending) = &self.pending
            && !pending.set()
        {
            return;
        }
        self.shared.wake();
    }
}

impl std::fmt::Debug for Waker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waker").finish_non_exhaustive()
    }
}

/// What an async handle remembers.
pub(crate) struct AsyncState {
    pending: Arc<Flag>,
}

impl Core {
    /// After a wake-up: every async handle that was woken goes on the ready-list, then streams with news, then the signal
    /// handles and the children that have ended, as libuv has them last.
    pub(crate) fn collect_wakes(&mut self) {
        self.shared.seen();
        for at in 0..self.asyncs.len() {
            let id = self.asyncs[at];
            if let Ok(slot) = self.handles.get(id)
                && let Kind::Async(state) = &slot.kind
                && state.pending.is_set()
            {
                self.make_ready(id);
            }
        }
        for id in self.shared.take_nudged() {
            if let Ok(stream) = self.stream_mut(id) {
                stream.nudged();
                self.make_ready(id);
            }
        }
        self.collect_signals();
        self.collect_children();
    }

    /// Takes the wake of an async handle; `false` if there is none (any more).
    pub(crate) fn take_wake(state: &AsyncState) -> bool {
        state.pending.take()
    }
}

/// # Waking from other threads
impl EventLoop {
    /// A waker that ends the loop's sleep in poll and yields no event.
    pub fn waker(&self) -> Waker {
        Waker {
            shared: self.core.borrow().shared.clone(),
            pending: None,
        }
    }

    /// A new async handle, active from the start, and the waker whose wakes yield its
    /// [`Event::Async`](crate::Event::Async). Behaviour: libuv's `uv_async_t`.
    pub fn async_handle(&self) -> Result<(HandleId, Waker), LoopError> {
        let mut core = self.core.borrow_mut();
        let pending = Arc::new(Flag::default());
        let id = core.handles.insert(Kind::Async(AsyncState {
            pending: pending.clone(),
        }))?;
        core.handles.activate(id);
        core.asyncs.push(id);
        let waker = Waker {
            shared: core.shared.clone(),
            pending: Some(pending),
        };
        Ok((id, waker))
    }

    /// Another waker for an async handle.
    pub fn async_waker(&self, id: HandleId) -> Result<Waker, LoopError> {
        let mut core = self.core.borrow_mut();
        match &core.handles.open_mut(id)?.kind {
            Kind::Async(state) => Ok(Waker {
                pending: Some(state.pending.clone()),
                shared: core.shared.clone(),
            }),
            _ => Err(LoopError::WrongKind),
        }
    }
}
