//! Immediates: one check handle of the loop runs them, one idle handle keeps the loop from sleeping while they wait.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue};
use ouro_loop::Event;

use super::{Scheduled, call, classes::Immediate};
use crate::runtime::{State, async_context::destroyed, async_hooks, dispatch::Owner, door};

/// Makes sure that the loop doesn't sleep before it has come by the check phase once more.
pub fn keep_turning(state: &State) {
    schedule_immediate(state, Scheduled::Turn);
}

pub fn schedule_immediate(state: &State, scheduled: Scheduled) {
    let timers = &state.timers;
    timers.immediates.borrow_mut().push_back(scheduled);
    if timers.check.get().is_none() {
        let made = state
            .event_loop
            .check()
            .and_then(|check| Ok((check, state.event_loop.idle()?)));
        let Ok((check, idle)) = made else {
            return;
        };
        state.owners.set(check, Rc::new(CheckOwner));
        let _ = state.event_loop.set_ref(check, false);
        timers.check.set(Some(check));
        timers.idle.set(Some(idle));
    }
    if let Some(check) = timers.check.get() {
        let _ = state.event_loop.check_start(check);
    }
    count_immediate(state, 1);
}

/// While referenced immediates wait, an idle handle keeps the loop alive and from sleeping.
pub fn count_immediate(state: &State, change: isize) {
    let timers = &state.timers;
    let before = timers.referenced_immediates.get();
    let after = before.saturating_add_signed(change);
    timers.referenced_immediates.set(after);
    if let Some(idle) = timers.idle.get() {
        if before == 0 && after > 0 {
            let _ = state.event_loop.idle_start(idle);
        } else if before > 0 && after == 0 {
            let _ = state.event_loop.idle_stop(idle);
        }
    }
}

pub fn cancel_immediate(state: &State, object: &JsObject) {
    let Some(mut immediate) = object.downcast_mut::<Immediate>() else {
        return;
    };
    if immediate.destroyed {
        return;
    }
    immediate.destroyed = true;
    immediate.callback = JsValue::null();
    let referenced = immediate.referenced;
    let frame = immediate.frame.clone();
    drop(immediate);
    destroyed(state, &frame);
    if referenced {
        count_immediate(state, -1);
    }
}

struct CheckOwner;

impl Owner for CheckOwner {
    fn on_event(self: Rc<Self>, _: Event, context: &mut Context) -> JsResult<()> {
        run_immediates(context);
        Ok(())
    }
}

fn run_immediates(context: &mut Context) {
    let state = State::of(context);
    async_hooks::tell_destroys(&state, context);
    let queue = std::mem::take(&mut *state.timers.immediates.borrow_mut());
    let mut ran = false;
    for object in queue {
        let object = match object {
            Scheduled::Immediate(object) => object,
            Scheduled::Turn => {
                count_immediate(&state, -1);
                continue;
            }
        };
        if ran {
            door::drain(context);
        }
        if state.is_terminating() {
            return;
        }
        let Some((callback, args, frame, referenced)) = object
            .downcast_mut::<Immediate>()
            .filter(|immediate| !immediate.destroyed)
            .map(|mut immediate| {
                immediate.destroyed = true;
                let callback = std::mem::take(&mut immediate.callback);
                (
                    callback,
                    std::mem::take(&mut immediate.args),
                    immediate.frame.clone(),
                    immediate.referenced,
                )
            })
        else {
            continue;
        };
        if referenced {
            count_immediate(&state, -1);
        }
        ran = call(&object, &callback, &args, &frame, context);
        destroyed(&state, &frame);
    }
    if state.timers.immediates.borrow().is_empty()
        && let Some(check) = state.timers.check.get()
    {
        let _ = state.event_loop.check_stop(check);
    }
}
