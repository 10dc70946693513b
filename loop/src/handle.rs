//! Handles: what keeps a loop alive and what its events are about.
//!
//! A handle is a slot in a slab, named by a [`HandleId`] whose generation tells a live slot from the one that lived
//! there before. The slab also keeps libuv's count of handles that are active and referenced, so `alive` is a
//! comparison and not a walk.

use crate::error::LoopError;
use crate::fs_watch::FsWatchState;
use crate::net::{Listener, Stream, Udp};
use crate::poll::PollState;
use crate::process::ProcessState;
use crate::signal::SignalState;
use crate::timer::TimerState;
use crate::wake::AsyncState;

const SLOT_BITS: u32 = 24;
const MAX_SLOTS: u32 = 1 << SLOT_BITS;
const MAX_GENERATION: u32 = (1 << 29) - 1;

/// Names one handle of one loop.
///
/// It is plain data: copying it or dropping it does nothing to the handle. Once the handle's
/// [`Event::Closed`](crate::Event::Closed) has been announced the id is stale for ever, and every method answers
/// [`LoopError::BadHandle`] to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HandleId {
    slot: u32,
    generation: u32,
}

impl HandleId {
    pub(crate) const fn slot(self) -> u32 {
        self.slot
    }

    /// The id as an integer below 2⁵³, so that a double holds it exactly.
    pub const fn to_u64(self) -> u64 {
        ((self.generation as u64) << SLOT_BITS) | self.slot as u64
    }

    /// The id that [`to_u64`](Self::to_u64) packed. Any integer is accepted: one that names nothing is a stale id.
    pub const fn from_u64(bits: u64) -> Self {
        if bits > (MAX_GENERATION as u64) << SLOT_BITS | (MAX_SLOTS as u64 - 1) {
            // No slot has generation 0.
            return Self {
                slot: 0,
                generation: 0,
            };
        }
        Self {
            slot: (bits & (MAX_SLOTS as u64 - 1)) as u32,
            generation: (bits >> SLOT_BITS) as u32,
        }
    }

    pub(crate) fn token(self) -> mio::Token {
        mio::Token(self.to_u64() as usize)
    }

    pub(crate) fn from_token(token: mio::Token) -> Self {
        Self::from_u64(token.0 as u64)
    }
}

// A token carries the whole id, which takes 53 bits.
const _: () = assert!(usize::BITS >= 64, "ouro-loop needs a 64-bit target");

impl std::fmt::Debug for HandleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HandleId({}.{})", self.slot, self.generation)
    }
}

/// What sort of handle an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HandleKind {
    /// Made by `timer`.
    Timer,
    /// Made by `idle`.
    Idle,
    /// Made by `prepare`.
    Prepare,
    /// Made by `check`.
    Check,
    /// Made by `async_handle`.
    Async,
    /// Made by `signal`.
    Signal,
    /// Made by `poll_handle`.
    Poll,
    /// Made by `fs_watch`.
    FsWatch,
    /// Made by `spawn`.
    Process,
    /// A listening TCP socket or pipe.
    Listener,
    /// A connected (or connecting) TCP socket, pipe or terminal.
    Stream,
    /// Made by `udp_bind`.
    Udp,
}

pub(crate) enum Kind {
    Vacant,
    Timer(TimerState),
    Idle,
    Prepare,
    Check,
    Async(AsyncState),
    Signal(SignalState),
    Poll(PollState),
    FsWatch(Box<FsWatchState>),
    Process(ProcessState),
    Listener(Box<Listener>),
    Stream(Box<Stream>),
    Udp(Box<Udp>),
}

impl Kind {
    fn public(&self) -> Option<HandleKind> {
        Some(match self {
            Kind::Vacant => return None,
            Kind::Timer(_) => HandleKind::Timer,
            Kind::Idle => HandleKind::Idle,
            Kind::Prepare => HandleKind::Prepare,
            Kind::Check => HandleKind::Check,
            Kind::Async(_) => HandleKind::Async,
            Kind::Signal(_) => HandleKind::Signal,
            Kind::Poll(_) => HandleKind::Poll,
            Kind::FsWatch(_) => HandleKind::FsWatch,
            Kind::Process(_) => HandleKind::Process,
            Kind::Listener(_) => HandleKind::Listener,
            Kind::Stream(_) => HandleKind::Stream,
            Kind::Udp(_) => HandleKind::Udp,
        })
    }
}

pub(crate) struct Slot {
    generation: u32,
    active: bool,
    referenced: bool,
    pub(crate) closing: bool,
    /// On the loop's ready-list.
    pub(crate) ready: bool,
    /// On the loop's pending queue.
    pub(crate) pending: bool,
    pub(crate) kind: Kind,
}

impl Slot {
    pub(crate) fn is_active(&self) -> bool {
        self.active
    }

    pub(crate) fn is_referenced(&self) -> bool {
        self.referenced
    }
}

/// The slab.
#[derive(Default)]
pub(crate) struct Handles {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// Handles that are active and referenced: what keeps the loop alive.
    alive: usize,
}

impl Handles {
    pub(crate) fn insert(&mut self, kind: Kind) -> Result<HandleId, LoopError> {
        if let Some(index) = self.free.pop() {
            let slot = &mut self.slots[index as usize];
            slot.referenced = true;
            slot.kind = kind;
            return Ok(HandleId {
                slot: index,
                generation: slot.generation,
            });
        }
        let index = u32::try_from(self.slots.len()).unwrap_or(MAX_SLOTS);
        if index >= MAX_SLOTS {
            return Err(LoopError::TooManyHandles);
        }
        // Generations start at 1, so that an id is never 0.
        self.slots.push(Slot {
            generation: 1,
            active: false,
            referenced: true,
            closing: false,
            ready: false,
            pending: false,
            kind,
        });
        Ok(HandleId {
            slot: index,
            generation: 1,
        })
    }

    /// Ends a handle's life: from here on its id is stale.
    pub(crate) fn remove(&mut self, id: HandleId) {
        self.deactivate(id);
        let Some(slot) = self.slots.get_mut(id.slot as usize) else {
            return;
        };
        if slot.generation != id.generation {
            return;
        }
        slot.kind = Kind::Vacant;
        slot.closing = false;
        slot.ready = false;
        slot.pending = false;
        // A slot whose generations are used up is retired, for then an old id could come to life again.
        slot.generation += 1;
        if slot.generation <= MAX_GENERATION {
            self.free.push(id.slot);
        }
    }

    /// The slot of a handle that hasn't been announced as closed yet.
    #[inline]
    pub(crate) fn get(&self, id: HandleId) -> Result<&Slot, LoopError> {
        match self.slots.get(id.slot as usize) {
            Some(slot)
                if slot.generation == id.generation && !matches!(slot.kind, Kind::Vacant) =>
            {
                Ok(slot)
            }
            _ => Err(LoopError::BadHandle),
        }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, id: HandleId) -> Result<&mut Slot, LoopError> {
        match self.slots.get_mut(id.slot as usize) {
            Some(slot)
                if slot.generation == id.generation && !matches!(slot.kind, Kind::Vacant) =>
            {
                Ok(slot)
            }
            _ => Err(LoopError::BadHandle),
        }
    }

    /// As [`get_mut`](Self::get_mut), for operations that a closing handle refuses.
    #[inline]
    pub(crate) fn open_mut(&mut self, id: HandleId) -> Result<&mut Slot, LoopError> {
        let slot = self.get_mut(id)?;
        if slot.closing {
            return Err(LoopError::BadHandle);
        }
        Ok(slot)
    }

    pub(crate) fn activate(&mut self, id: HandleId) {
        if let Ok(slot) = self.get_mut(id)
            && !slot.active
        {
            slot.active = true;
            if slot.referenced {
                self.alive += 1;
            }
        }
    }

    pub(crate) fn deactivate(&mut self, id: HandleId) {
        if let Ok(slot) = self.get_mut(id)
            && slot.active
        {
            slot.active = false;
            if slot.referenced {
                self.alive -= 1;
            }
        }
    }

    pub(crate) fn set_ref(&mut self, id: HandleId, referenced: bool) -> Result<(), LoopError> {
        let slot = self.get_mut(id)?;
        if slot.referenced != referenced {
            slot.referenced = referenced;
            match (slot.active, referenced) {
                (true, true) => self.alive += 1,
                (true, false) => self.alive -= 1,
                (false, _) => {}
            }
        }
        Ok(())
    }

    pub(crate) fn any_alive(&self) -> bool {
        self.alive > 0
    }

    pub(crate) fn kind(&self, id: HandleId) -> Result<HandleKind, LoopError> {
        self.get(id)?.kind.public().ok_or(LoopError::BadHandle)
    }

    /// Every handle that hasn't been announced as closed, in slot order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (HandleId, HandleKind)> + '_ {
        self.slots.iter().enumerate().filter_map(|(index, slot)| {
            let kind = slot.kind.public()?;
            let id = HandleId {
                slot: index as u32,
                generation: slot.generation,
            };
            Some((id, kind))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_packing() {
        for (slot, generation) in [(0, 1), (MAX_SLOTS - 1, MAX_GENERATION), (77, 12345)] {
            let id = HandleId { slot, generation };
            assert_eq!(HandleId::from_u64(id.to_u64()), id);
            assert!(id.to_u64() < 1 << 53);
            assert_ne!(HandleId::from_u64(id.to_u64() | 1 << 60), id);
        }
    }

    #[test]
    fn a_reused_slot_has_another_id() {
        let mut handles = Handles::default();
        let first = handles.insert(Kind::Idle).unwrap();
        handles.activate(first);
        handles.remove(first);
        assert!(!handles.any_alive());
        let second = handles.insert(Kind::Idle).unwrap();
        assert_eq!(first.slot, second.slot);
        assert_ne!(first, second);
        assert!(matches!(handles.get(first), Err(LoopError::BadHandle)));
        assert!(handles.get(second).is_ok());
    }

    #[test]
    fn a_slot_out_of_generations_is_retired() {
        let mut handles = Handles::default();
        let first = handles.insert(Kind::Idle).unwrap();
        handles.slots[0].generation = MAX_GENERATION;
        let last = HandleId {
            slot: first.slot,
            generation: MAX_GENERATION,
        };
        handles.remove(last);
        assert_ne!(handles.insert(Kind::Idle).unwrap().slot, first.slot);
    }
}
