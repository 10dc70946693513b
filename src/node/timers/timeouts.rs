//! Timeouts and intervals: lists by duration, one timer of the loop for the next that is due.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue};
use ouro_loop::Event;

use super::{call, classes::Timeout, lists::Entry, now};
use crate::runtime::{State, async_context::destroyed, dispatch::Owner, door, slow_turn};

pub fn insert(state: &State, object: &JsObject, duration: u64, start: u64) {
    let timers = &state.timers;
    let entry = timers
        .lists
        .borrow_mut()
        .insert(object.clone(), duration, start);
    if let Some(mut timeout) = object.downcast_mut::<Timeout>() {
        timeout.entry = Some(entry);
        timeout.start = start;
    }
    let expiry = start + duration;
    if timers.next_expiry.get().is_none_or(|next| next > expiry) {
        timers.next_expiry.set(Some(expiry));
        schedule(state, duration);
    }
}

/// Takes a timeout out of its list.
fn unlist(state: &State, entry: Entry) -> Option<JsObject> {
    let timers = &state.timers;
    timers
        .lists
        .borrow_mut()
        .remove(entry, timers.running.get())
}

fn schedule(state: &State, delay: u64) {
    let timers = &state.timers;
    let handle = match timers.handle.get() {
        Some(handle) => handle,
        None => {
            let Ok(handle) = state.event_loop.timer() else {
                return;
            };
            state.owners.set(handle, Rc::new(TimerOwner));
            timers.handle.set(Some(handle));
            handle
        }
    };
    // The handle is ours and never closed, so the loop has no reason to refuse.
    let _ = state.event_loop.timer_start(handle, delay.max(1), 0);
    let _ = state
        .event_loop
        .set_ref(handle, timers.referenced.get() > 0);
}

pub fn count_reference(state: &State, change: isize) {
    let timers = &state.timers;
    let before = timers.referenced.get();
    let after = before.saturating_add_signed(change);
    timers.referenced.set(after);
    if (before == 0) != (after == 0)
        && let Some(handle) = timers.handle.get()
    {
        let _ = state.event_loop.set_ref(handle, after > 0);
    }
}

/// `clearTimeout`: the callback won't be called any more.
pub fn cancel(state: &State, object: &JsObject) {
    let Some(mut timeout) = object.downcast_mut::<Timeout>() else {
        return;
    };
    if timeout.destroyed {
        return;
    }
    timeout.destroyed = true;
    timeout.delay = -1.0;
    timeout.callback = JsValue::null();
    let (entry, referenced, id) = (timeout.entry.take(), timeout.referenced, timeout.id);
    let frame = timeout.frame.clone();
    drop(timeout);
    destroyed(state, &frame);
    if let Some(entry) = entry {
        unlist(state, entry);
    }
    state.timers.by_id.borrow_mut().remove(&id);
    slow_turn::timer_gone(id, state);
    if referenced {
        count_reference(state, -1);
    }
}

/// `timeout.refresh()`: starts the time anew.
pub fn refresh(state: &State, object: &JsObject, context: &mut Context) {
    let Some(mut timeout) = object.downcast_mut::<Timeout>() else {
        return;
    };
    let delay = timeout.delay;
    if delay < 0.0 {
        return;
    }
    let revived = timeout.destroyed;
    timeout.destroyed = false;
    let (entry, referenced) = (timeout.entry.take(), timeout.referenced);
    drop(timeout);
    if let Some(entry) = entry {
        unlist(state, entry);
    }
    if revived && referenced {
        count_reference(state, 1);
    }
    if revived && state.async_context.is_tracking() {
        super::functions::announce(state, object, context);
    }
    insert(state, object, delay as u64, now(state));
}

struct TimerOwner;

impl Owner for TimerOwner {
    fn on_event(self: Rc<Self>, _: Event, context: &mut Context) -> JsResult<()> {
        run_timers(context);
        Ok(())
    }
}

fn run_timers(context: &mut Context) {
    let state = State::of(context);
    let timers = &state.timers;
    timers.next_expiry.set(None);
    let mut time = now(&state);
    let mut ran = false;
    loop {
        let Some((expiry, duration)) = timers.lists.borrow().first() else {
            break;
        };
        if expiry > time {
            time = now(&state);
            if expiry > time {
                timers.next_expiry.set(Some(expiry));
                schedule(&state, expiry - time);
                return;
            }
        }
        if ran {
            door::drain(context);
        }
        // After an error the next timer comes without a drain in between.
        ran = run_list(&state, duration, time, context);
        if state.is_terminating() {
            return;
        }
    }
}

/// Runs what is due in one list. Returns whether its last callback ended without an error.
fn run_list(state: &State, duration: u64, time: u64, context: &mut Context) -> bool {
    let timers = &state.timers;
    timers.running.set(Some(duration));
    let mut ran = false;
    let mut fine = true;
    loop {
        let head = timers.lists.borrow().head(duration);
        let Some((entry, start)) = head else { break };
        if time.saturating_sub(start) < duration {
            let expiry = (start + duration).max(time + 1);
            timers.lists.borrow_mut().postpone(duration, expiry);
            timers.running.set(None);
            return fine;
        }
        if ran {
            door::drain(context);
            if state.is_terminating() {
                break;
            }
            ran = false;
            // What was just drained may have cancelled the head.
            continue;
        }
        if let Some(object) = unlist(state, entry) {
            fine = fire(state, &object, context);
            ran = fine;
        }
        if state.is_terminating() {
            break;
        }
    }
    timers.running.set(None);
    timers.lists.borrow_mut().drop_if_empty(duration);
    fine
}

/// Calls a timer's callback. Returns whether it ended without an error.
fn fire(state: &State, object: &JsObject, context: &mut Context) -> bool {
    let Some((id, repeats, callback, args, frame)) =
        object.downcast_mut::<Timeout>().map(|mut timeout| {
            timeout.entry = None;
            (
                timeout.id,
                timeout.repeat.is_some(),
                timeout.callback.clone(),
                timeout.args.clone(),
                timeout.frame.clone(),
            )
        })
    else {
        return true;
    };
    slow_turn::timer_fires(id, repeats, context);
    let start = now(state);
    let fine = call(object, &callback, &args, &frame, context);
    finish(state, object, start);
    fine
}

/// After the callback: an interval starts again, a timeout is over, unless the callback has decided otherwise.
fn finish(state: &State, object: &JsObject, start: u64) {
    let Some(mut timeout) = object.downcast_mut::<Timeout>() else {
        return;
    };
    if timeout.entry.is_some() || timeout.destroyed {
        return;
    }
    match timeout.repeat {
        Some(repeat) if timeout.delay >= 0.0 => {
            timeout.delay = repeat as f64;
            drop(timeout);
            insert(state, object, repeat, start);
        }
        _ => {
            timeout.destroyed = true;
            let (referenced, id) = (timeout.referenced, timeout.id);
            let frame = timeout.frame.clone();
            drop(timeout);
            destroyed(state, &frame);
            state.timers.by_id.borrow_mut().remove(&id);
            if referenced {
                count_reference(state, -1);
            }
        }
    }
}
