//! `timers`: timeouts, intervals and immediates, on one timer, one check and one idle handle of the loop.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/timers.html>

mod classes;
mod functions;
mod immediates;
mod lists;
mod timeouts;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use boa_engine::{Context, JsObject, JsValue};
use ouro_loop::HandleId;
use rustc_hash::FxHashMap;

use crate::runtime::{State, async_context::Frame, fatal};
pub use functions::{exports, install};
pub use immediates::keep_turning;
use lists::TimerLists;

/// What waits for the check phase.
enum Scheduled {
    /// A callback of `setImmediate`.
    Immediate(JsObject),
    /// Nothing: the loop only has to come by, so that the queues are drained.
    Turn,
}

/// The timers of one runtime.
#[derive(Default)]
pub struct Timers {
    lists: RefCell<TimerLists>,
    /// The duration of the list that is being run.
    running: Cell<Option<u64>>,
    referenced: Cell<usize>,
    next_expiry: Cell<Option<u64>>,
    handle: Cell<Option<HandleId>>,
    by_id: RefCell<FxHashMap<u64, JsObject>>,
    next_id: Cell<u64>,
    immediates: RefCell<VecDeque<Scheduled>>,
    referenced_immediates: Cell<usize>,
    check: Cell<Option<HandleId>>,
    idle: Cell<Option<HandleId>>,
    timeout_prototype: RefCell<Option<JsObject>>,
    immediate_prototype: RefCell<Option<JsObject>>,
}

impl Timers {
    /// Drops what is scheduled, as a runtime that ends does.
    pub fn clear(&self) {
        self.lists.borrow_mut().clear();
        self.by_id.borrow_mut().clear();
        self.immediates.borrow_mut().clear();
        self.timeout_prototype.borrow_mut().take();
        self.immediate_prototype.borrow_mut().take();
    }

    /// What `process.getActiveResourcesInfo()` says of timers.
    pub fn active_resources(&self) -> Vec<String> {
        let timeouts = std::iter::repeat_n("Timeout", self.referenced.get());
        let immediates = std::iter::repeat_n("Immediate", self.referenced_immediates.get());
        timeouts.chain(immediates).map(str::to_owned).collect()
    }

    fn next_id(&self) -> u64 {
        self.next_id.set(self.next_id.get() + 1);
        self.next_id.get()
    }
}

/// The loop's time in milliseconds, as of now.
fn now(state: &State) -> u64 {
    state.event_loop.update_time();
    state.event_loop.now()
}

/// Calls a callback in its async context. Returns whether it ended without an error.
fn call(
    object: &JsObject,
    callback: &JsValue,
    args: &[JsValue],
    frame: &Frame,
    context: &mut Context,
) -> bool {
    let Some(callback) = callback.as_callable() else {
        return true;
    };
    let this = object.clone().into();
    let state = State::of(context);
    state.async_context.run(frame, context, |context| {
        match callback.call(&this, args, context) {
            Ok(_) => true,
            Err(error) => {
                fatal::uncaught(error, fatal::Origin::Exception, context);
                false
            }
        }
    })
}
