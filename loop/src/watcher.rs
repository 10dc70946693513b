//! Idle, prepare and check handles: one callback in each iteration, in their phase.

use std::collections::VecDeque;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::{Core, Event, EventLoop};

/// The three phases that have handles of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Watch {
    Idle,
    Prepare,
    Check,
}

/// The started handles of one phase.
///
/// As in libuv the one started last runs first, one started during the phase waits for the next iteration, and one
/// stopped during the phase doesn't run any more.
#[derive(Default)]
pub(crate) struct WatchList {
    started: VecDeque<HandleId>,
    /// What is left of the pass under way.
    pass: VecDeque<HandleId>,
}

impl WatchList {
    pub(crate) fn is_empty(&self) -> bool {
        self.started.is_empty() && self.pass.is_empty()
    }

    fn start(&mut self, id: HandleId) {
        self.started.push_front(id);
    }

    fn stop(&mut self, id: HandleId) {
        self.started.retain(|&other| other != id);
        self.pass.retain(|&other| other != id);
    }

    pub(crate) fn begin_pass(&mut self) {
        debug_assert!(self.pass.is_empty());
        std::mem::swap(&mut self.started, &mut self.pass);
    }

    pub(crate) fn next_in_pass(&mut self) -> Option<HandleId> {
        let id = self.pass.pop_front()?;
        self.started.push_back(id);
        Some(id)
    }
}

impl Watch {
    pub(crate) fn event(self, id: HandleId) -> Event {
        match self {
            Watch::Idle => Event::Idle(id),
            Watch::Prepare => Event::Prepare(id),
            Watch::Check => Event::Check(id),
        }
    }
}

impl Core {
    pub(crate) fn watch_list(&mut self, watch: Watch) -> &mut WatchList {
        match watch {
            Watch::Idle => &mut self.idle,
            Watch::Prepare => &mut self.prepare,
            Watch::Check => &mut self.check,
        }
    }

    fn watch_active(&mut self, id: HandleId, watch: Watch) -> Result<bool, LoopError> {
        let slot = self.handles.open_mut(id)?;
        match (&slot.kind, watch) {
            (Kind::Idle, Watch::Idle)
            | (Kind::Prepare, Watch::Prepare)
            | (Kind::Check, Watch::Check) => Ok(slot.is_active()),
            _ => Err(LoopError::WrongKind),
        }
    }

    pub(crate) fn watch_start(&mut self, id: HandleId, watch: Watch) -> Result<(), LoopError> {
        if !self.watch_active(id, watch)? {
            self.watch_list(watch).start(id);
            self.handles.activate(id);
        }
        Ok(())
    }

    pub(crate) fn watch_stop(&mut self, id: HandleId, watch: Watch) -> Result<(), LoopError> {
        if self.watch_active(id, watch)? {
            self.watch_list(watch).stop(id);
            self.handles.deactivate(id);
        }
        Ok(())
    }
}

/// # Idle, prepare and check
///
/// Each started handle yields its event once in each iteration. While an idle handle is active poll doesn't sleep.
impl EventLoop {
    /// A new idle handle, not started.
    pub fn idle(&self) -> Result<HandleId, LoopError> {
        self.core.borrow_mut().handles.insert(Kind::Idle)
    }

    /// Starts an idle handle.
    pub fn idle_start(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().watch_start(id, Watch::Idle)
    }

    /// Stops an idle handle.
    pub fn idle_stop(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().watch_stop(id, Watch::Idle)
    }

    /// A new prepare handle, not started.
    pub fn prepare(&self) -> Result<HandleId, LoopError> {
        self.core.borrow_mut().handles.insert(Kind::Prepare)
    }

    /// Starts a prepare handle.
    pub fn prepare_start(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().watch_start(id, Watch::Prepare)
    }

    /// Stops a prepare handle.
    pub fn prepare_stop(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().watch_stop(id, Watch::Prepare)
    }

    /// A new check handle, not started.
    pub fn check(&self) -> Result<HandleId, LoopError> {
        self.core.borrow_mut().handles.insert(Kind::Check)
    }

    /// Starts a check handle.
    pub fn check_start(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().watch_start(id, Watch::Check)
    }

    /// Stops a check handle.
    pub fn check_stop(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().watch_stop(id, Watch::Check)
    }
}
