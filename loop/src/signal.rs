//! Signals.

use crate::error::LoopError;
use crate::handle::HandleId;
use crate::{Core, Event};

/// What a signal handle remembers.
#[derive(Default)]
pub(crate) struct SignalState {}

/// The signal handles of a loop.
#[derive(Default)]
pub(crate) struct Signals {}

impl Core {
    pub(crate) fn signal_stop(&mut self, _id: HandleId) -> Result<(), LoopError> {
        Ok(())
    }
    pub(crate) fn signal_step(&mut self, _id: HandleId) -> Option<Event> {
        None
    }
}
