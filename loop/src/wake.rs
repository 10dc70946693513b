//! Waking a loop from other threads.
//!
//! Wakes are coalesced: between two turns any number of them yields one event, and costs one system call if the loop sleeps,
//! none if it doesn't.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
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

/// Whether the loop sleeps, and whether a wake is under way that it hasn't seen.
///
/// A loop that doesn't sleep looks here when its poll is over, so nobody needs to wake it. Sequentially consistent for the
/// reason that [`Flag`] gives.
#[derive(Default)]
struct Sleep(AtomicU8);

/// The loop doesn't sleep, and there is no wake.
const AWAKE: u8 = 0;
/// The loop sleeps in poll or is about to.
const ASLEEP: u8 = 1;
/// There is a wake.
const WOKEN: u8 = 2;

impl Sleep {
    /// Notes a wake; `true` if the loop has to be roused from its sleep, which nobody else does.
    fn end(&self) -> bool {
        self.0.load(Ordering::SeqCst) != WOKEN && self.0.swap(WOKEN, Ordering::SeqCst) == ASLEEP
    }

    /// The loop is about to sleep; `false` if a wake came before.
    fn begin(&self) -> bool {
        let began = self
            .0
            .compare_exchange(AWAKE, ASLEEP, Ordering::SeqCst, Ordering::SeqCst);
        began.is_ok()
    }

    /// The loop is awake; `true` if there was a wake.
    fn is_over(&self) -> bool {
        self.0.load(Ordering::SeqCst) != AWAKE && self.0.swap(AWAKE, Ordering::SeqCst) == WOKEN
    }
}

/// What a loop shares with those who wake it. Outlives the loop as long as a [`Waker`] does.
pub(crate) struct Shared {
    waker: mio::Waker,
    sleep: Sleep,
    /// Streams that a thread of `sys` has news for.
    nudged: Mutex<Vec<HandleId>>,
}

impl Shared {
    pub(crate) fn new(registry: &mio::Registry) -> std::io::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            waker: mio::Waker::new(registry, WAKE_TOKEN)?,
            sleep: Sleep::default(),
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
        if self.sleep.end() {
            // The one failure a wake-up can have is a loop that is gone.
            let _ = self.waker.wake();
        }
    }

    /// The loop is about to sleep; `false` if it must not, because of a wake.
    pub(crate) fn begin_sleep(&self) -> bool {
        self.sleep.begin()
    }

    /// The loop has polled, and looks for the reasons of a wake from here on; `false` if there was none.
    pub(crate) fn end_sleep(&self) -> bool {
        self.sleep.is_over()
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
    /// Wakes the loop. Cheap unless the loop sleeps and this is the first wake; never blocks; of no effect when the loop is gone
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_wake_of_a_loop_that_sleeps_has_to_rouse_it() {
        let sleep = Sleep::default();
        assert!(!sleep.is_over(), "nobody woke it");
        assert!(!sleep.end(), "it doesn't sleep");
        assert!(!sleep.begin(), "it mustn't sleep over a wake");
        assert!(sleep.is_over());
        assert!(sleep.begin());
        assert!(sleep.end(), "it sleeps");
        assert!(!sleep.end(), "somebody rouses it already");
        assert!(sleep.is_over());
        assert!(sleep.begin());
        assert!(!sleep.is_over(), "something else ended the sleep");
    }
}
