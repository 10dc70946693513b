//! Output that waits until what one poll of the loop found is delivered.
//!
//! Bytes that arrive wake whoever waits for them. A peer that is woken for each single message, and asleep again before the next
//! one, costs the sender more than the message does; so what many connections have to say in one turn goes out in
//! one row: before the loop polls again, when the first of it has waited for [`LONGEST`], and before the process ends or waits.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsResult};
use ouro_loop::{Event, EventLoop, RunMode};

use super::{
    State,
    async_context::Frame,
    door::{self, Leave},
};

/// Nanoseconds after which nothing waits any longer. The callback that runs then is not interrupted.
const LONGEST: u64 = 500_000;
/// After a callback that took as long, so many others don't wait: a response isn't to be held up by the work for the next one. A
/// collection looks like that, too, and comes after some hundreds of small requests.
const PENALTY: u32 = 64;

/// What waits.
#[derive(Default)]
pub struct Batch {
    waiting: RefCell<Vec<Rc<dyn Leave>>>,
    /// Since when the first of it has been waiting.
    since: Cell<u64>,
    /// When the last callback was over.
    looked: Cell<u64>,
    /// How many are not to wait.
    penalty: Cell<u32>,
}

impl Batch {
    /// Whether what is to be sent may wait. It is asked once for each.
    pub fn is_open(&self) -> bool {
        let left = self.penalty.get();
        self.penalty.set(left.saturating_sub(1));
        left == 0
    }

    /// Puts off what `one` has to send.
    pub fn push(&self, one: Rc<dyn Leave>) {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.is_empty() {
            let now = EventLoop::hrtime();
            self.since.set(now);
            self.looked.set(now);
        }
        waiting.push(one);
    }

    fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Whether the first has waited for long, after a callback.
    fn is_due(&self) -> bool {
        let now = EventLoop::hrtime();
        if now.saturating_sub(self.looked.replace(now)) > LONGEST {
            self.penalty.set(PENALTY);
        }
        now.saturating_sub(self.since.get()) > LONGEST
    }

    fn take(&self) -> Vec<Rc<dyn Leave>> {
        std::mem::take(&mut *self.waiting.borrow_mut())
    }

    /// Forgets all of it.
    pub fn clear(&self) {
        drop(self.take());
    }
}

/// The next event of the loop, which sleeps only after what waits is sent.
pub fn next_event(context: &mut Context) -> Option<Event> {
    let state = State::of(context);
    if !state.batch.is_empty() {
        if !state.batch.is_due() && state.event_loop.ready() > 0 {
            // What is ready may have nothing to announce any more: the loop polls then, and mustn't sleep.
            if let Some(event) = state.event_loop.next_event(RunMode::NoWait) {
                return Some(event);
            }
        }
        send(&state, context);
    }
    if state.memory.wants_rest() {
        if let Some(event) = state.event_loop.next_event(RunMode::Awake) {
            return Some(event);
        }
        if state.event_loop.alive() {
            state.memory.rest();
        }
    }
    state.event_loop.next_event(RunMode::Default)
}

/// Sends what waits, as a callback from outside: a peer that is gone may be news for script.
fn send(state: &State, context: &mut Context) {
    let waiting = state.batch.take();
    door::enter(&Frame::default(), context, |context| -> JsResult<()> {
        for one in waiting {
            one.send(context);
        }
        Ok(())
    });
}

/// Sends what waits here and for the door to close: the process is about to end, or to wait for another one.
pub fn send_all(context: &mut Context) {
    let state = State::of(context);
    for one in state.batch.take() {
        one.send(context);
    }
    let leaving: Vec<_> = state.leaving.borrow().clone();
    for one in leaving {
        one.send(context);
    }
}
