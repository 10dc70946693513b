//! Readers come and go: a 'data' listener makes a stream flow, a 'readable' listener keeps it from flowing.

use std::cell::OnceCell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    PipeListener, Slot, State, bits,
    flow::{call_resume, emit_readable, read_nothing_soon, update_listening},
};
use crate::{
    engine::{
        lookup::{self, LookUp},
        registry,
    },
    node::{
        errors,
        events::{
            self,
            table::{self, Listener},
        },
        stream::calls,
        task_queue::tick_native,
    },
};

/// Calls the method of `Stream.prototype` that ours stands before.
fn parent(
    this: &JsValue,
    name: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let slot = Slot::of(context);
    let Some(parent) = slot.parent.get() else {
        return Err(errors::type_error("Stream is not set up", context));
    };
    match parent.look_up(name, context)?.as_callable() {
        Some(method) => method.call(this, args, context),
        None => Err(errors::type_error("not a function", context)),
    }
}

/// Whether anybody listens for an event.
pub(super) fn has_listener(
    stream: &JsObject,
    event: JsString,
    context: &mut Context,
) -> JsResult<bool> {
    if let Some(count) = table::count(stream, &event, context) {
        return Ok(count > 0);
    }
    let Some(events) = stream.look_up(js_string!("_events"), context)?.as_object() else {
        return Ok(false);
    };
    Ok(events::read(&events, event.into(), context)?.is_object())
}

fn is(kind: &JsValue, name: JsString) -> bool {
    kind.as_string().is_some_and(|kind| kind == name)
}

/// Notes `on` and `removeListener` of `EventEmitter.prototype`, before any program can replace them.
pub fn remember_emitter(exports: &JsValue, context: &mut Context) -> JsResult<()> {
    let class = exports.to_object(context)?;
    let prototype = class
        .look_up(js_string!("prototype"), context)?
        .to_object(context)?;
    let slot = Slot::of(context);
    if let Some(on) = prototype.look_up(js_string!("on"), context)?.as_object() {
        let _ = slot.on.set(on);
    }
    let first = prototype.look_up(js_string!("prependListener"), context)?;
    if let Some(first) = first.as_object() {
        let _ = slot.first.set(first);
    }
    let off = prototype.look_up(js_string!("removeListener"), context)?;
    if let Some(off) = off.as_object() {
        let _ = slot.off.set(off);
    }
    Ok(())
}

/// Whether the method that ours stands before is `EventEmitter`'s own.
fn is_own(name: JsString, own: &OnceCell<JsObject>, context: &Context) -> bool {
    let slot = Slot::of(context);
    let (Some(parent), Some(own)) = (slot.parent.get(), own.get()) else {
        return false;
    };
    lookup::is(parent, name, own, context)
}

/// Notes the methods of `Readable.prototype` when they are made.
pub(super) fn remember_own(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    let slot = Slot::of(context);
    for (name, known) in [
        (js_string!("on"), &slot.own_on),
        (js_string!("removeListener"), &slot.own_off),
    ] {
        if let Some(method) = prototype.get(name, context)?.as_object() {
            let _ = known.set(method);
        }
    }
    Ok(())
}

/// Whether a method of an emitter is one that we know.
fn is_known(method: &JsObject, known: &OnceCell<JsObject>) -> bool {
    known
        .get()
        .is_some_and(|known| JsObject::equals(known, method))
}

/// Whether a method of an emitter may be gone past, since it is the one that emitters have or the one that readable streams have, and whether
/// it is the latter.
fn way(
    emitter: &JsObject,
    name: JsString,
    plain: &OnceCell<JsObject>,
    reading: &OnceCell<JsObject>,
    context: &Context,
) -> (bool, bool) {
    let (Some(known), Some(reading)) = (plain.get(), reading.get()) else {
        return (false, false);
    };
    match lookup::which(emitter, name.clone(), &[reading, known], context) {
        Some(0) => (is_own(name, plain, context), true),
        way => (way.is_some(), false),
    }
}

/// `emitter.on(event, listener)`, without a call where nobody has replaced `on`.
///
/// # Errors
/// What the method throws.
pub(super) fn attach_one(
    emitter: &JsObject,
    event: JsString,
    listener: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let method = emitter.look_up(js_string!("on"), context)?.as_object();
    let args = [event.into(), listener.clone().into()];
    if method.is_some_and(|method| is_known(&method, &Slot::of(context).on)) {
        return events::add(&emitter.clone().into(), &args[0], &args[1], false, context);
    }
    calls::call(emitter, js_string!("on"), &args, context).map(drop)
}

/// Listeners of several events at once.
///
/// # Errors
/// What methods throw.
pub(crate) fn attach(
    emitter: &JsObject,
    listeners: &[(JsString, &JsObject)],
    context: &mut Context,
) -> JsResult<()> {
    let slot = Slot::of(context);
    let (in_place, reads) = way(emitter, js_string!("on"), &slot.on, &slot.own_on, context);
    if !in_place || !events::add_all(emitter, listeners, false, context)? {
        for (event, listener) in listeners {
            attach_one(emitter, event.clone(), listener, context)?;
        }
        return Ok(());
    }
    if reads {
        let this = emitter.clone().into();
        for (event, _) in listeners {
            heard(&this, &event.clone().into(), context)?;
        }
    }
    Ok(())
}

/// Takes listeners of several events away at once.
///
/// # Errors
/// What methods throw.
pub(crate) fn detach(
    emitter: &JsObject,
    listeners: &[(JsString, &JsObject)],
    context: &mut Context,
) -> JsResult<()> {
    let name = js_string!("removeListener");
    let slot = Slot::of(context);
    let (in_place, reads) = way(emitter, name, &slot.off, &slot.own_off, context);
    if !in_place || !events::remove_all(emitter, listeners, context)? {
        for (event, listener) in listeners {
            detach_one(emitter, event.clone(), listener, context)?;
        }
        return Ok(());
    }
    if reads {
        let this = emitter.clone().into();
        for (event, _) in listeners {
            gone(&this, &event.clone().into(), context)?;
        }
    }
    Ok(())
}

/// Listeners of a pipe, where they may stay without functions: not if somebody has replaced `on`. Answers whether they do.
///
/// # Errors
/// What accessors of the emitter throw.
pub(super) fn attach_pipe(
    emitter: &JsObject,
    events: &[JsString],
    listener: impl Fn(usize) -> PipeListener,
    context: &mut Context,
) -> JsResult<bool> {
    let slot = Slot::of(context);
    let (in_place, reads) = way(emitter, js_string!("on"), &slot.on, &slot.own_on, context);
    let listener = |index| Listener::Pipe(listener(index));
    if !in_place || !table::add_all(emitter, events, listener, false, context)? {
        return Ok(false);
    }
    if reads {
        let this = emitter.clone().into();
        for event in events {
            heard(&this, &event.clone().into(), context)?;
        }
    }
    Ok(true)
}

/// One that comes before the program's own, likewise.
///
/// # Errors
/// What accessors of the emitter throw.
pub(super) fn attach_pipe_first(
    emitter: &JsObject,
    event: JsString,
    listener: &PipeListener,
    context: &mut Context,
) -> JsResult<bool> {
    let name = js_string!("prependListener");
    let slot = Slot::of(context);
    let is_it = |first| lookup::is(emitter, name, first, context);
    if !slot.first.get().is_some_and(is_it) {
        return Ok(false);
    }
    let listener = |_| Listener::Pipe(listener.clone());
    table::add_all(emitter, &[event], listener, true, context)
}

/// Takes listeners of a pipe away that have no functions. Answers whether it could: not if somebody has replaced `removeListener`.
///
/// # Errors
/// What accessors of the emitter throw.
pub(super) fn detach_pipe(
    emitter: &JsObject,
    events: &[JsString],
    is_it: impl Fn(usize, &PipeListener) -> bool,
    context: &mut Context,
) -> JsResult<bool> {
    let name = js_string!("removeListener");
    let slot = Slot::of(context);
    let (in_place, reads) = way(emitter, name, &slot.off, &slot.own_off, context);
    let taken = |(index, event): (usize, &JsString)| {
        table::remove_pipe(emitter, event, |one| is_it(index, one), context)
    };
    if !in_place || !events.iter().enumerate().all(taken) {
        return Ok(false);
    }
    if reads {
        let this = emitter.clone().into();
        for event in events {
            gone(&this, &event.clone().into(), context)?;
        }
    }
    Ok(true)
}

/// The same with `prependListener`. Emitters that have none, which aren't ours, get it by their fields.
///
/// # Errors
/// What the method throws.
pub(super) fn attach_first(
    emitter: &JsObject,
    event: JsString,
    listener: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let name = js_string!("prependListener");
    let args = [event.into(), listener.clone().into()];
    let Some(method) = emitter.look_up(name, context)?.as_callable() else {
        let helper = registry::require("stream/pipe", context)?.to_object(context)?;
        let [event, listener] = args;
        let args = [emitter.clone().into(), event, listener];
        return calls::call(&helper, js_string!("prepend"), &args, context).map(drop);
    };
    let this = emitter.clone().into();
    if is_known(&method, &Slot::of(context).first) {
        return events::add(&this, &args[0], &args[1], true, context);
    }
    method.call(&this, &args, context).map(drop)
}

/// `emitter.removeListener(event, listener)`, without a call where nobody has replaced it.
///
/// # Errors
/// What the method throws.
pub(super) fn detach_one(
    emitter: &JsObject,
    event: JsString,
    listener: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let name = js_string!("removeListener");
    let method = emitter.look_up(name.clone(), context)?.as_object();
    let args = [event.into(), listener.clone().into()];
    if method.is_some_and(|method| is_known(&method, &Slot::of(context).off)) {
        return events::remove(&emitter.clone().into(), &args[0], &args[1], context);
    }
    calls::call(emitter, name, &args, context).map(drop)
}

/// `stream.on(type, listener)`
pub(super) fn on(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (kind, listener) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let result = if is_own(js_string!("on"), &Slot::of(context).on, context) {
        events::add(this, kind, listener, false, context)?;
        this.clone()
    } else {
        let arguments = [kind.clone(), listener.clone()];
        parent(this, js_string!("on"), &arguments, context)?
    };
    heard(this, kind, context)?;
    Ok(result)
}

/// After a listener has come.
fn heard(this: &JsValue, kind: &JsValue, context: &mut Context) -> JsResult<()> {
    if is(kind, js_string!("data")) {
        data_listener(&calls::this_stream(this, context)?, context)
    } else if is(kind, js_string!("readable")) {
        readable_listener(&calls::this_stream(this, context)?, context)
    } else {
        Ok(())
    }
}

fn data_listener(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = State::of(stream, context)?;
    state.set(bits::DATA_LISTENING);
    if has_listener(stream, js_string!("readable"), context)? {
        state.set(bits::READABLE_LISTENING);
    }
    // Not after an explicit pause.
    if state.with(|record| record.stands_still()) {
        return Ok(());
    }
    call_resume(stream, &state, context)
}

fn readable_listener(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = State::of(stream, context)?;
    if state.any(bits::END_EMITTED | bits::READABLE_LISTENING) {
        return Ok(());
    }
    let (waiting, reading) = state.with(|record| {
        record.clear(bits::FLOWING | bits::EMITTED_READABLE);
        record.set(bits::HAS_FLOWING | bits::READABLE_LISTENING | bits::NEED_READABLE);
        (record.length > 0, record.any(bits::READING))
    });
    if waiting {
        emit_readable(stream, &state, context);
    } else if !reading {
        read_nothing_soon(stream, context);
    }
    Ok(())
}

/// `stream.removeListener(type, listener)`
pub(super) fn remove_listener(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let kind = args.get_or_undefined(0);
    let listener = args.get_or_undefined(1);
    let name = js_string!("removeListener");
    let result = if is_own(name.clone(), &Slot::of(context).off, context) {
        events::remove(this, kind, listener, context)?;
        this.clone()
    } else {
        parent(this, name, &[kind.clone(), listener.clone()], context)?
    };
    gone(this, kind, context)?;
    Ok(result)
}

/// `stream.removeAllListeners(type)`
pub(super) fn remove_all_listeners(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let result = parent(this, js_string!("removeAllListeners"), args, context)?;
    let kind = args.get_or_undefined(0);
    if kind.is_undefined() {
        tick_native(update_listening, vec![this.clone()], context);
    } else if !is(kind, js_string!("data")) {
        gone(this, kind, context)?;
    }
    Ok(result)
}

/// After a listener has gone. A 'readable' listener may be replaced by another at once, so that waits for a tick.
fn gone(this: &JsValue, kind: &JsValue, context: &mut Context) -> JsResult<()> {
    if is(kind, js_string!("readable")) {
        tick_native(update_listening, vec![this.clone()], context);
    } else if is(kind, js_string!("data")) {
        let stream = calls::this_stream(this, context)?;
        if !has_listener(&stream, js_string!("data"), context)? {
            State::of(&stream, context)?.clear(bits::DATA_LISTENING);
        }
    }
    Ok(())
}
