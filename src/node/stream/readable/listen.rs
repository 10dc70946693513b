//! Readers come and go: a 'data' listener makes a stream flow, a 'readable' listener keeps it from flowing.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    Slot, State, bits,
    flow::{emit_readable, read_nothing_soon, update_listening},
};
use crate::node::{errors, stream::calls, task_queue::tick_native};

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
    match parent.get(name, context)?.as_callable() {
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
    let Some(events) = stream.get(js_string!("_events"), context)?.as_object() else {
        return Ok(false);
    };
    Ok(events.get(event, context)?.is_object())
}

fn is(kind: &JsValue, name: JsString) -> bool {
    kind.as_string().is_some_and(|kind| kind == name)
}

/// Notes `EventEmitter.prototype.on`, before any program can replace it.
pub fn remember_emitter(exports: &JsValue, context: &mut Context) -> JsResult<()> {
    let class = exports.to_object(context)?;
    let prototype = class.get(js_string!("prototype"), context)?;
    let on = prototype
        .to_object(context)?
        .get(js_string!("on"), context)?;
    if let Some(on) = on.as_object() {
        let _ = Slot::of(context).on.set(on);
    }
    Ok(())
}

/// Adds the first listener of an event as `EventEmitter.prototype.on` does. Answers false where there is more to it, or
/// where that has been replaced.
fn first_listener(
    this: &JsValue,
    kind: &JsValue,
    listener: &JsValue,
    context: &mut Context,
) -> JsResult<bool> {
    let slot = Slot::of(context);
    let (Some(stream), Some(name), Some(parent), Some(own)) = (
        this.as_object(),
        kind.as_string(),
        slot.parent.get(),
        slot.on.get(),
    ) else {
        return Ok(false);
    };
    let on = parent.get(js_string!("on"), context)?;
    if !listener.is_callable() || on.as_object().is_none_or(|on| !JsObject::equals(&on, own)) {
        return Ok(false);
    }
    let events = match stream.get(js_string!("_events"), context)? {
        events if events.is_undefined() => {
            // An emitter that was made without its constructor.
            let events = JsObject::with_null_proto();
            stream.set(js_string!("_events"), events.clone(), true, context)?;
            stream.set(js_string!("_eventsCount"), 0, true, context)?;
            events
        }
        events => match events.as_object() {
            Some(events) => events,
            None => return Ok(false),
        },
    };
    if !events
        .get(js_string!("newListener"), context)?
        .is_undefined()
        || !events.get(name.clone(), context)?.is_undefined()
    {
        return Ok(false);
    }
    events.set(name, listener.clone(), true, context)?;
    let count = stream.get(js_string!("_eventsCount"), context)?;
    let count = count.to_i32(context)? + 1;
    stream.set(js_string!("_eventsCount"), count, true, context)?;
    Ok(true)
}

/// `stream.on(type, listener)`
pub(super) fn on(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let kind = args.get_or_undefined(0);
    let result = if first_listener(this, kind, args.get_or_undefined(1), context)? {
        this.clone()
    } else {
        let arguments = [kind.clone(), args.get_or_undefined(1).clone()];
        parent(this, js_string!("on"), &arguments, context)?
    };
    if is(kind, js_string!("data")) {
        data_listener(&calls::this_stream(this, context)?, context)?;
    } else if is(kind, js_string!("readable")) {
        readable_listener(&calls::this_stream(this, context)?, context)?;
    }
    Ok(result)
}

fn data_listener(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = State::of(stream, context)?;
    state.set(bits::DATA_LISTENING);
    if has_listener(stream, js_string!("readable"), context)? {
        state.set(bits::READABLE_LISTENING);
    }
    // Not after an explicit pause.
    if !state.with(|record| record.stands_still()) {
        calls::call(stream, js_string!("resume"), &[], context)?;
    }
    Ok(())
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
    let arguments = [kind.clone(), args.get_or_undefined(1).clone()];
    let result = parent(this, js_string!("removeListener"), &arguments, context)?;
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
