//! `timers`: timeouts, intervals and immediates, on one timer, one check and one idle handle of the loop.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/timers.html>

mod classes;
mod lists;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    property::PropertyKey,
};
use ouro_loop::{Event, HandleId};
use rustc_hash::FxHashMap;

use crate::{
    engine::{
        native::{self, Natives},
        registry,
    },
    node::{errors, process},
    runtime::{State, dispatch::Owner, door, fatal},
};
use classes::{Immediate, Timeout};
use lists::TimerLists;

/// The longest delay, in milliseconds; anything longer becomes 1.
const TIMEOUT_MAX: f64 = 2_147_483_647.0;

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

// ---- the natives

/// The exports of `timers`.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let global = context.global_object();
    let mut natives = Natives::new(context);
    for name in [
        "setTimeout",
        "clearTimeout",
        "setImmediate",
        "clearImmediate",
        "setInterval",
        "clearInterval",
    ] {
        let value = State::of(natives.context()).slot::<Functions>().get(name);
        natives = natives.value(name, value);
    }
    let _ = global;
    Ok(natives
        .lazy("promises", |context| {
            registry::require("timers/promises", context)
        })
        .build()
        .into())
}

/// The six functions, made once: the globals and the module's exports are the same objects.
#[derive(Default)]
struct Functions(RefCell<Vec<(&'static str, JsValue)>>);

impl Functions {
    fn get(&self, name: &str) -> JsValue {
        let functions = self.0.borrow();
        functions
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }
}

/// Makes the global functions.
pub fn install(context: &mut Context) -> JsResult<()> {
    let custom = promisify_custom(context)?;
    let made = [
        (
            "setTimeout",
            native::function(context, "setTimeout", 2, set_timeout),
        ),
        (
            "clearTimeout",
            native::function(context, "clearTimeout", 1, clear_timeout),
        ),
        (
            "setImmediate",
            native::function(context, "setImmediate", 1, set_immediate),
        ),
        (
            "clearImmediate",
            native::function(context, "clearImmediate", 1, clear_immediate),
        ),
        (
            "setInterval",
            native::function(context, "setInterval", 2, set_interval),
        ),
        (
            "clearInterval",
            native::function(context, "clearInterval", 1, clear_timeout),
        ),
    ];
    let global = context.global_object();
    let slot = State::of(context).slot::<Functions>();
    for (name, function) in made {
        let promised: Option<boa_engine::native_function::NativeFunctionPointer> = match name {
            "setTimeout" => Some(promised_set_timeout),
            "setImmediate" => Some(promised_set_immediate),
            _ => None,
        };
        if let Some(promised) = promised {
            let get = native::function(context, "get", 0, promised);
            function.insert_property(
                custom.clone(),
                boa_engine::property::PropertyDescriptor::builder()
                    .get(get)
                    .enumerable(true)
                    .configurable(true)
                    .build(),
            );
        }
        slot.0.borrow_mut().push((name, function.clone().into()));
        global.insert_property(
            JsString::from(name),
            boa_engine::property::PropertyDescriptor::builder()
                .value(function)
                .writable(true)
                .enumerable(true)
                .configurable(true)
                .build(),
        );
    }
    Ok(())
}

fn promisify_custom(context: &mut Context) -> JsResult<PropertyKey> {
    let symbol = context.intrinsics().constructors().symbol().constructor();
    let for_key = symbol.get(js_string!("for"), context)?;
    let made = match for_key.as_callable() {
        Some(callable) => {
            let key = js_string!("nodejs.util.promisify.custom");
            callable.call(&symbol.into(), &[key.into()], context)?
        }
        None => JsSymbol::new(None).map(JsValue::from).unwrap_or_default(),
    };
    made.to_property_key(context)
}

fn promised_set_timeout(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    promised(js_string!("setTimeout"), context)
}

fn promised_set_immediate(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    promised(js_string!("setImmediate"), context)
}

fn promised(name: JsString, context: &mut Context) -> JsResult<JsValue> {
    let promises = registry::require("timers/promises", context)?;
    promises.to_object(context)?.get(name, context)
}

fn set_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    start(args, false, context)
}

fn set_interval(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    start(args, true, context)
}

fn start(args: &[JsValue], repeats: bool, context: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = args.get_or_undefined(0).as_callable() else {
        return Err(errors::invalid_callback(args.get_or_undefined(0), context));
    };
    let delay = delay_of(args.get_or_undefined(1), context)?;
    let state = State::of(context);
    let timeout = Timeout {
        callback: callback.into(),
        args: args.get(2..).unwrap_or_default().to_vec(),
        delay: delay as f64,
        start: 0,
        repeat: repeats.then_some(delay),
        destroyed: false,
        referenced: true,
        entry: None,
        id: state.timers.next_id(),
        frame: state.async_context.capture(),
    };
    let prototype = classes::timeout_prototype(context)?;
    let object = JsObject::new(context.root_shape(), prototype, timeout).upcast();
    count_reference(&state, 1);
    insert(&state, &object, delay, now(&state));
    Ok(object.into())
}

/// The delay as Node reads it: 1 when it is missing, odd or too long, with a warning where Node has one.
fn delay_of(value: &JsValue, context: &mut Context) -> JsResult<u64> {
    if value.is_undefined() {
        return Ok(1);
    }
    let delay = value.to_number(context)?;
    if (1.0..=TIMEOUT_MAX).contains(&delay) {
        return Ok(delay.trunc() as u64);
    }
    let (name, text) = if delay > TIMEOUT_MAX {
        (
            "TimeoutOverflowWarning",
            "does not fit into a 32-bit signed integer",
        )
    } else if delay < 0.0 {
        ("TimeoutNegativeWarning", "is a negative number")
    } else if delay.is_nan() {
        ("TimeoutNaNWarning", "is not a number")
    } else {
        return Ok(1);
    };
    let shown = JsValue::from(delay)
        .to_string(context)?
        .to_std_string_lossy();
    process::emit_warning(
        &format!("{shown} {text}.\nTimeout duration was set to 1."),
        name,
        None,
        context,
    )?;
    Ok(1)
}

fn clear_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let state = State::of(context);
    if let Some(object) = value.as_object() {
        if object.is::<Timeout>() {
            cancel(&state, &object);
        } else if object.is::<Immediate>() {
            cancel_immediate(&state, &object);
        }
    } else if value.is_number() || value.is_string() {
        let id = value.to_number(context)?;
        let known = state.timers.by_id.borrow_mut().remove(&(id as u64));
        if let Some(object) = known {
            cancel(&state, &object);
        }
    }
    Ok(JsValue::undefined())
}

fn set_immediate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = args.get_or_undefined(0).as_callable() else {
        return Err(errors::invalid_callback(args.get_or_undefined(0), context));
    };
    let state = State::of(context);
    let immediate = Immediate {
        callback: callback.into(),
        args: args.get(1..).unwrap_or_default().to_vec(),
        destroyed: false,
        referenced: true,
        frame: state.async_context.capture(),
    };
    let prototype = classes::immediate_prototype(context)?;
    let object = JsObject::new(context.root_shape(), prototype, immediate).upcast();
    schedule_immediate(&state, Scheduled::Immediate(object.clone()));
    Ok(object.into())
}

fn clear_immediate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = args.get_or_undefined(0).as_object() {
        cancel_immediate(&State::of(context), &object);
    }
    Ok(JsValue::undefined())
}

// ---- timeouts

fn insert(state: &State, object: &JsObject, duration: u64, start: u64) {
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

fn count_reference(state: &State, change: isize) {
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
fn cancel(state: &State, object: &JsObject) {
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
    drop(timeout);
    if let Some(entry) = entry {
        state
            .timers
            .lists
            .borrow_mut()
            .remove(entry, state.timers.running.get());
    }
    state.timers.by_id.borrow_mut().remove(&id);
    if referenced {
        count_reference(state, -1);
    }
}

/// `timeout.refresh()`: starts the time anew.
fn refresh(state: &State, object: &JsObject) {
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
        state
            .timers
            .lists
            .borrow_mut()
            .remove(entry, state.timers.running.get());
    }
    if revived && referenced {
        count_reference(state, 1);
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
        let object = timers
            .lists
            .borrow_mut()
            .remove(entry, timers.running.get());
        if let Some(object) = object {
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
    let Some((callback, args, frame)) = object.downcast_mut::<Timeout>().map(|mut timeout| {
        timeout.entry = None;
        (
            timeout.callback.clone(),
            timeout.args.clone(),
            timeout.frame.clone(),
        )
    }) else {
        return true;
    };
    let start = now(state);
    let mut fine = true;
    if let Some(callback) = callback.as_callable() {
        let this = object.clone().into();
        let outcome = state
            .async_context
            .run(&frame, || callback.call(&this, &args, context));
        if let Err(error) = outcome {
            fine = false;
            fatal::uncaught(error, fatal::Origin::Exception, context);
        }
    }
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
            drop(timeout);
            state.timers.by_id.borrow_mut().remove(&id);
            if referenced {
                count_reference(state, -1);
            }
        }
    }
}

// ---- immediates

/// Makes sure that the loop doesn't sleep before it has come by the check phase once more.
pub fn keep_turning(state: &State) {
    schedule_immediate(state, Scheduled::Turn);
}

fn schedule_immediate(state: &State, scheduled: Scheduled) {
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
fn count_immediate(state: &State, change: isize) {
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

fn cancel_immediate(state: &State, object: &JsObject) {
    let Some(mut immediate) = object.downcast_mut::<Immediate>() else {
        return;
    };
    if immediate.destroyed {
        return;
    }
    immediate.destroyed = true;
    immediate.callback = JsValue::null();
    let referenced = immediate.referenced;
    drop(immediate);
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
        ran = true;
        if referenced {
            count_immediate(&state, -1);
        }
        if let Some(callback) = callback.as_callable() {
            let this = object.clone().into();
            let outcome = state
                .async_context
                .run(&frame, || callback.call(&this, &args, context));
            if let Err(error) = outcome {
                ran = false;
                fatal::uncaught(error, fatal::Origin::Exception, context);
            }
        }
    }
    if state.timers.immediates.borrow().is_empty()
        && let Some(check) = state.timers.check.get()
    {
        let _ = state.event_loop.check_stop(check);
    }
}
