//! Signals as events: any number of loops and handles may watch the same signal, and each gets it.

use std::sync::Arc;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::sys::SignalInbox;
use crate::{Core, Event, EventLoop};

/// What a signal handle remembers.
#[derive(Default)]
pub(crate) struct SignalState {
    signum: i32,
    oneshot: bool,
    /// Signals that came in and haven't been announced.
    caught: u32,
}

/// The signal handles of a loop.
#[derive(Default)]
pub(crate) struct Signals {
    /// Made for the first handle that starts.
    inbox: Option<Arc<SignalInbox>>,
    /// The started handles and the signals that they are subscribed to.
    started: Vec<(HandleId, i32)>,
}

impl Drop for Signals {
    fn drop(&mut self) {
        if let Some(inbox) = &self.inbox {
            for (_, signum) in &self.started {
                inbox.unsubscribe(*signum);
            }
        }
    }
}

impl Core {
    fn signal_mut(&mut self, id: HandleId) -> Result<&mut SignalState, LoopError> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Signal(signal) => Ok(signal),
            _ => Err(LoopError::WrongKind),
        }
    }

    fn signal_start(&mut self, id: HandleId, signum: i32, oneshot: bool) -> Result<(), LoopError> {
        self.signal_mut(id)?;
        let shared = &self.shared;
        let inbox = self
            .signals
            .inbox
            .get_or_insert_with(|| SignalInbox::new(shared.clone()));
        // First the new one: if it can't be had the handle stays as it was.
        inbox.subscribe(signum)?;
        self.signal_stop(id)?;
        self.signals.started.push((id, signum));
        *self.signal_mut(id)? = SignalState {
            signum,
            oneshot,
            caught: 0,
        };
        self.handles.activate(id);
        Ok(())
    }

    pub(crate) fn signal_stop(&mut self, id: HandleId) -> Result<(), LoopError> {
        self.signal_mut(id)?.caught = 0;
        let started = &mut self.signals.started;
        if let Some(at) = started.iter().position(|entry| entry.0 == id) {
            let (_, signum) = started.remove(at);
            if let Some(inbox) = &self.signals.inbox {
                inbox.unsubscribe(signum);
            }
            self.handles.deactivate(id);
        }
        Ok(())
    }

    /// After a wake-up: gives what the handler counted to the handles.
    pub(crate) fn collect_signals(&mut self) {
        let Some(inbox) = self.signals.inbox.clone() else {
            return;
        };
        for first in 0..self.signals.started.len() {
            let (_, signum) = self.signals.started[first];
            let count = inbox.take(signum);
            if count == 0 {
                continue;
            }
            // The inbox has one count for each signal, which all handles of that signal get.
            for at in first..self.signals.started.len() {
                let (id, wanted) = self.signals.started[at];
                if wanted == signum
                    && let Ok(signal) = self.signal_mut(id)
                {
                    signal.caught = signal.caught.saturating_add(count);
                    self.make_ready(id);
                }
            }
        }
    }

    pub(crate) fn signal_step(&mut self, id: HandleId) -> Option<Event> {
        let signal = self.signal_mut(id).ok()?;
        signal.caught = signal.caught.checked_sub(1)?;
        let signum = signal.signum;
        if signal.oneshot {
            self.signal_stop(id).ok()?;
        }
        Some(Event::Signal { id, signum })
    }
}

/// # Signals
///
/// Behaviour: libuv's `uv_signal_t`. While at least one handle of the process watches a signal its usual action is
/// off; when the last one stops, the signal has the action again that it had before.
///
/// Windows has four, of which the console tells: `SIGINT` (2, Ctrl+C), `SIGBREAK` (21, Ctrl+Break), `SIGHUP` (1, its window is closed:
/// the process is ended some seconds later), and `SIGWINCH` (28, its size has changed) while this process reads it in raw mode. Others
/// can be watched for and never come.
impl EventLoop {
    /// A new signal handle, not started.
    pub fn signal(&self) -> Result<HandleId, LoopError> {
        let mut core = self.core.borrow_mut();
        core.handles.insert(Kind::Signal(SignalState::default()))
    }

    /// Watches for a signal: each arrival yields [`Event::Signal`], or only the first one if `oneshot`, after which the
    /// handle is stopped.
    ///
    /// # Errors
    /// [`LoopError::Io`] with `EINVAL` for what is no signal or can't be caught.
    pub fn signal_start(&self, id: HandleId, signum: i32, oneshot: bool) -> Result<(), LoopError> {
        self.core.borrow_mut().signal_start(id, signum, oneshot)
    }

    /// Takes back the arrivals of a signal that the loop hasn't seen yet, and says how many there were: for who asks between
    /// turns of the loop, with a handle started for that signal. No handle of this loop hears of them any more.
    pub fn signal_take(&self, signum: i32) -> u32 {
        let core = self.core.borrow();
        core.signals
            .inbox
            .as_ref()
            .map_or(0, |inbox| inbox.take(signum))
    }

    /// Stops watching.
    pub fn signal_stop(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().signal_stop(id)
    }
}
