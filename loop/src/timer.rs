//! Timers: a four-ary heap ordered by due time and, among equals, by the order of starting.
//!
//! The heap knows where each slot's timer sits, so starting and stopping cost `O(log n)` at any number of timers and
//! leave nothing behind. Expired timers leave the heap before the first of them is announced: a timer started
//! by a callback, even with 0 ms, waits for the next pass.

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::{Core, Event, EventLoop};

/// What a timer handle remembers.
#[derive(Default)]
pub(crate) struct TimerState {
    started: bool,
    due: u64,
    repeat: u64,
    /// Sequence under which the timer waits among the expired ones, or 0.
    expired: u64,
}

const ARITY: usize = 4;
const ABSENT: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Entry {
    due: u64,
    sequence: u64,
    id: HandleId,
}

impl Entry {
    fn key(&self) -> (u64, u64) {
        (self.due, self.sequence)
    }
}

/// The heap. One entry for each slot at most.
#[derive(Default)]
pub(crate) struct TimerHeap {
    entries: Vec<Entry>,
    /// Where in `entries` the timer of each slot is.
    positions: Vec<u32>,
    sequence: u64,
}

impl TimerHeap {
    pub(crate) fn next_due(&self) -> Option<u64> {
        self.entries.first().map(|entry| entry.due)
    }

    fn insert(&mut self, id: HandleId, due: u64) {
        let slot = id.slot() as usize;
        if self.positions.len() <= slot {
            self.positions.resize(slot + 1, ABSENT);
        }
        debug_assert_eq!(self.positions[slot], ABSENT);
        self.sequence += 1;
        self.entries.push(Entry {
            due,
            sequence: self.sequence,
            id,
        });
        self.sift_up(self.entries.len() - 1);
    }

    fn remove(&mut self, id: HandleId) {
        let slot = id.slot() as usize;
        let Some(&position) = self.positions.get(slot) else {
            return;
        };
        if position == ABSENT {
            return;
        }
        let position = position as usize;
        self.positions[slot] = ABSENT;
        let last = self.entries.len() - 1;
        self.entries.swap_remove(position);
        if position < last {
            self.sift_down(position);
            self.sift_up(position);
        }
    }

    /// Takes the first timer if it is due.
    fn pop_due(&mut self, now: u64) -> Option<(HandleId, u64)> {
        let first = *self.entries.first()?;
        if first.due > now {
            return None;
        }
        self.remove(first.id);
        Some((first.id, first.sequence))
    }

    fn sift_up(&mut self, mut at: usize) {
        let entry = self.entries[at];
        while at > 0 {
            let parent = (at - 1) / ARITY;
            if self.entries[parent].key() <= entry.key() {
                break;
            }
            self.place(at, self.entries[parent]);
            at = parent;
        }
        self.place(at, entry);
    }

    fn sift_down(&mut self, mut at: usize) {
        let entry = self.entries[at];
        loop {
            let first = at * ARITY + 1;
            let children = first..(first + ARITY).min(self.entries.len());
            let Some(least) = children.min_by_key(|&child| self.entries[child].key()) else {
                break;
            };
            if entry.key() <= self.entries[least].key() {
                break;
            }
            self.place(at, self.entries[least]);
            at = least;
        }
        self.place(at, entry);
    }

    fn place(&mut self, at: usize, entry: Entry) {
        self.entries[at] = entry;
        self.positions[entry.id.slot() as usize] = at as u32;
    }
}

impl Core {
    fn timer_mut(&mut self, id: HandleId) -> Result<&mut TimerState, LoopError> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Timer(timer) => Ok(timer),
            _ => Err(LoopError::WrongKind),
        }
    }

    fn timer_start(
        &mut self,
        id: HandleId,
        timeout_ms: u64,
        repeat_ms: u64,
    ) -> Result<(), LoopError> {
        self.timer_stop(id)?;
        let due = self.time.saturating_add(timeout_ms);
        let timer = self.timer_mut(id)?;
        timer.started = true;
        timer.due = due;
        timer.repeat = repeat_ms;
        self.timers.insert(id, due);
        self.handles.activate(id);
        Ok(())
    }

    pub(crate) fn timer_stop(&mut self, id: HandleId) -> Result<(), LoopError> {
        self.timer_mut(id)?.expired = 0;
        self.timers.remove(id);
        self.handles.deactivate(id);
        Ok(())
    }

    fn timer_again(&mut self, id: HandleId) -> Result<(), LoopError> {
        let timer = self.timer_mut(id)?;
        if !timer.started {
            return Err(LoopError::Invalid);
        }
        let repeat = timer.repeat;
        if repeat > 0 {
            self.timer_start(id, repeat, repeat)?;
        }
        Ok(())
    }

    /// Moves every due timer from the heap to the list of expired ones.
    pub(crate) fn expire_timers(&mut self) {
        while let Some((id, sequence)) = self.timers.pop_due(self.time) {
            self.handles.deactivate(id);
            if let Ok(timer) = self.timer_mut(id) {
                timer.expired = sequence;
                self.expired.push_back((id, sequence));
            }
        }
    }

    /// The next expired timer that nobody stopped, started again or closed meanwhile.
    pub(crate) fn next_expired(&mut self) -> Option<Event> {
        while let Some((id, sequence)) = self.expired.pop_front() {
            let Ok(timer) = self.timer_mut(id) else {
                continue;
            };
            if timer.expired != sequence {
                continue;
            }
            timer.expired = 0;
            let again = self.timer_again(id);
            debug_assert!(again.is_ok(), "an expired timer has been started once");
            return Some(Event::Timer(id));
        }
        None
    }
}

/// # Timers
///
/// Milliseconds of loop time, which stands still while callbacks run (see [`update_time`](Self::update_time)).
/// Behaviour: libuv's `uv_timer_t`.
impl EventLoop {
    /// A new timer, not started.
    pub fn timer(&self) -> Result<HandleId, LoopError> {
        let mut core = self.core.borrow_mut();
        core.handles.insert(Kind::Timer(TimerState::default()))
    }

    /// Starts the timer, or starts it anew: due in `timeout_ms`, then each `repeat_ms` if that isn't 0.
    pub fn timer_start(
        &self,
        id: HandleId,
        timeout_ms: u64,
        repeat_ms: u64,
    ) -> Result<(), LoopError> {
        self.core
            .borrow_mut()
            .timer_start(id, timeout_ms, repeat_ms)
    }

    /// Stops the timer. Stopping one that doesn't run is fine.
    pub fn timer_stop(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().timer_stop(id)
    }

    /// Starts a repeating timer anew with its repeat value; does nothing to one that doesn't repeat.
    ///
    /// # Errors
    /// [`LoopError::Invalid`] if the timer was never started.
    pub fn timer_again(&self, id: HandleId) -> Result<(), LoopError> {
        self.core.borrow_mut().timer_again(id)
    }

    /// The repeat value in milliseconds, 0 if the timer doesn't repeat.
    pub fn timer_repeat(&self, id: HandleId) -> Result<u64, LoopError> {
        Ok(self.core.borrow_mut().timer_mut(id)?.repeat)
    }

    /// Sets the repeat value, used when the timer next expires or `timer_again` is called.
    pub fn timer_set_repeat(&self, id: HandleId, repeat_ms: u64) -> Result<(), LoopError> {
        self.core.borrow_mut().timer_mut(id)?.repeat = repeat_ms;
        Ok(())
    }

    /// Milliseconds until the timer is due, 0 if that is past or it was never started.
    pub fn timer_due_in(&self, id: HandleId) -> Result<u64, LoopError> {
        let mut core = self.core.borrow_mut();
        let now = core.time;
        Ok(core.timer_mut(id)?.due.saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(slot: u64) -> HandleId {
        HandleId::from_u64(1 << 24 | slot)
    }

    /// Everything in the order in which it comes out.
    fn drain(heap: &mut TimerHeap) -> Vec<u64> {
        std::iter::from_fn(|| heap.pop_due(u64::MAX))
            .map(|(id, _)| u64::from(id.slot()))
            .collect()
    }

    #[test]
    fn the_heap_orders_by_due_time_then_by_insertion() {
        // (due times of slots 0, 1, …; slots removed; what is left in order)
        let table: [(&[u64], &[u64], &[u64]); 6] = [
            (&[], &[], &[]),
            (&[3, 1, 2], &[], &[1, 2, 0]),
            (&[5, 5, 5, 5, 5, 5], &[], &[0, 1, 2, 3, 4, 5]),
            (
                &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
                &[9, 0, 5],
                &[8, 7, 6, 4, 3, 2, 1],
            ),
            (&[1, 2, 3], &[0, 1, 2], &[]),
            (&[0, u64::MAX, 0], &[0, 0, 7], &[2, 1]),
        ];
        for (dues, removed, expected) in table {
            let mut heap = TimerHeap::default();
            for (slot, &due) in dues.iter().enumerate() {
                heap.insert(id(slot as u64), due);
            }
            for &slot in removed {
                heap.remove(id(slot));
            }
            assert_eq!(drain(&mut heap), expected, "{dues:?} without {removed:?}");
        }
    }

    #[test]
    fn only_what_is_due_comes_out() {
        let mut heap = TimerHeap::default();
        heap.insert(id(0), 10);
        assert!(heap.pop_due(9).is_none());
        assert_eq!(heap.next_due(), Some(10));
        assert!(heap.pop_due(10).is_some());
        assert_eq!(heap.next_due(), None);
    }

    #[test]
    fn inserting_and_removing_at_random_keeps_the_order() {
        let mut heap = TimerHeap::default();
        let mut model = std::collections::BTreeMap::new();
        let mut random = 1_u64;
        for sequence in 0..20_000_u64 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let (slot, due) = ((random >> 33) % 500, (random >> 45) % 100);
            heap.remove(id(slot));
            model.retain(|_, other| *other != slot);
            if random >> 63 == 0 {
                heap.insert(id(slot), due);
                model.insert((due, sequence), slot);
            }
            assert_eq!(heap.next_due(), model.keys().next().map(|key| key.0));
        }
        assert!(drain(&mut heap).into_iter().eq(model.into_values()));
    }
}
