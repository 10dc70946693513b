//! The one door into JavaScript. Every callback that the loop delivers comes through [`enter`]: it restores the async
//! context that the resource was made in, calls, reports what was thrown, and when the outermost call returns drains
//! `process.nextTick` and the microtasks and reports unhandled rejections, in Node's order.

use std::rc::Rc;

use boa_engine::{Context, JsResult, JsValue};

use crate::{
    engine::native,
    node::{async_hooks::promises, perf_hooks},
};

use super::{
    State,
    async_context::{Frame, destroyed},
    fatal::{self, Origin},
    rejections,
    tasks::{Callee, Microtask, Tick},
};

/// Runs `call`, which may run script, as a callback from outside. Nested entries don't drain the queues.
pub fn enter(
    frame: &Frame,
    context: &mut Context,
    call: impl FnOnce(&mut Context) -> JsResult<()>,
) {
    let state = State::of(context);
    if state.is_terminating() {
        return;
    }
    state.depth.set(state.depth.get() + 1);
    state.async_context.run(frame, context, |context| {
        // Who listens to `uncaughtException` is still in the context of what threw.
        if let Err(error) = call(context) {
            fatal::uncaught(error, Origin::Exception, context);
        }
    });
    state.depth.set(state.depth.get() - 1);
    if state.depth.get() == 0 {
        drain(context);
    }
}

/// Runs ticks, microtasks and rejection reports until none is left.
///
/// Order: <https://nodejs.org/docs/latest-v24.x/api/process.html#when-to-use-queuemicrotask-vs-processnexttick>
pub fn drain(context: &mut Context) {
    let state = State::of(context);
    // Whatever runs below is inside the door: what it enters again must not drain.
    state.depth.set(state.depth.get() + 1);
    while !state.is_terminating() {
        if !state.tasks.has_ticks() {
            run_microtasks(&state, context);
        } else if !run_queues_by_name(&state, context) {
            // The rest waits for the next callback from outside, as in Node.
            state.depth.set(state.depth.get() - 1);
            return;
        }
        if !state.tasks.has_ticks() && !rejections::report_all(context) && !leave(&state, context) {
            break;
        }
    }
    state.depth.set(state.depth.get() - 1);
    context.clear_kept_objects();
    state.memory.safe_point();
    if state.memory.has_news() {
        perf_hooks::tell::<perf_hooks::Collections>(&state, context);
    }
    state.async_context.hooks.see_to_destroys(&state);
}

/// What is below ticks, and the microtasks that follow them, on the stack of an error: Node runs them from a function of this
/// name.
pub const TICKS: &str = "processTicksAndRejections";

/// Runs ticks and microtasks, those of script from a function that traces show. Returns whether no tick ended with an error.
fn run_queues_by_name(state: &State, context: &mut Context) -> bool {
    // What is the runtime's own makes no traces, as a rule, and is frequent.
    while let Some(tick) = state.tasks.next_native_tick() {
        if !run_tick(state, tick, context) || state.is_terminating() {
            return false;
        }
    }
    if !state.tasks.has_ticks() {
        run_microtasks(state, context);
        return true;
    }
    let function = state
        .tasks
        .runner(|| native::function(context, TICKS, 0, run_queues).into());
    match function.call(&JsValue::undefined(), &[], context) {
        Ok(fine) => fine.to_boolean(),
        Err(error) => {
            fatal::uncaught(error, Origin::Exception, context);
            false
        }
    }
}

fn run_queues(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    while let Some(tick) = state.tasks.next_tick() {
        if !run_tick(&state, tick, context) || state.is_terminating() {
            return Ok(false.into());
        }
    }
    run_microtasks(&state, context);
    Ok(true.into())
}

/// Something to do once, when the door closes: after all ticks and microtasks, before the loop goes on.
pub trait Leave {
    /// Does it.
    fn leave(self: Rc<Self>, context: &mut Context);

    /// Sends what is ready to be sent, and does nothing else.
    fn send(&self, context: &mut Context);
}

/// Calls those that asked for it; answers whether there were any.
fn leave(state: &State, context: &mut Context) -> bool {
    let leaving = std::mem::take(&mut *state.leaving.borrow_mut());
    let any = !leaving.is_empty();
    for one in leaving {
        one.leave(context);
    }
    any
}

/// Returns whether the callback ended without an error.
fn run_tick(state: &State, tick: Tick, context: &mut Context) -> bool {
    let fine = state.async_context.run(&tick.frame, context, |context| {
        let outcome = match tick.callback {
            Callee::Script(callback) => callback
                .call(&JsValue::undefined(), &tick.args, context)
                .map(drop),
            Callee::Native(run) => run(&tick.args, context),
        };
        match outcome {
            Ok(()) => true,
            Err(error) => {
                fatal::uncaught(error, Origin::Exception, context);
                false
            }
        }
    });
    destroyed(state, &tick.frame);
    fine
}

/// Runs microtasks, and those that they queue, until none is left.
pub fn run_microtasks(state: &State, context: &mut Context) {
    while !state.is_terminating() {
        if let Err(error) = state.tasks.run_async_jobs(context) {
            fatal::uncaught(error, Origin::Exception, context);
        }
        let Some(task) = state.tasks.next_microtask() else {
            return;
        };
        let outcome = match task {
            Microtask::Promise(job) => promises::run_job(state, job, context),
            Microtask::Callback { callback, frame } => {
                state.async_context.run(&frame, context, |context| {
                    let outcome = callback.call(&JsValue::undefined(), &[], context);
                    if let Err(error) = outcome {
                        fatal::uncaught(error, Origin::Exception, context);
                    }
                });
                destroyed(state, &frame);
                continue;
            }
            Microtask::Native(run) => run(context),
        };
        if let Err(error) = outcome {
            fatal::uncaught(error, Origin::Exception, context);
        }
    }
}
