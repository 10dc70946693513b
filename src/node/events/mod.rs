//! The native half of `events`: `emit`, the busiest function of a server. A native sees its arguments as a slice, so
//! that any number of them passes on without arrays, and walks a snapshot of the listeners without copying script objects.
//! Natives that have something to tell an emitter call [`emit`]; `listeners` is who listens, `table` where that is kept natively.

mod listeners;
pub(crate) mod table;

use std::cell::{Cell, OnceCell};

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::object::OrdinaryObject,
    js_string,
    object::{IndexPropertyValues, builtins::JsArray},
    property::{PropertyDescriptor, PropertyKey},
};

use crate::{
    engine::{
        lookup::{self, LookUp, own_object},
        native::{self, Natives},
    },
    runtime::State,
};

use table::{Heard, Listener};

pub(crate) use listeners::{add, add_all, remove, remove_all, write};

/// What the runtime knows of its `EventEmitter`.
#[derive(Default)]
pub struct Emitters {
    /// `EventEmitter.prototype.emit` as it was made, and what it works with.
    own: OnceCell<(JsObject, Hooks)>,
    /// `EventEmitter.defaultMaxListeners`
    limit: Cell<f64>,
    /// `EventEmitter.captureRejections`
    capture: Cell<bool>,
    /// Called when an event has more listeners than that.
    warn: OnceCell<JsObject>,
    /// `net.Socket.prototype`
    socket: OnceCell<JsObject>,
    /// Whether the listeners of any socket are in a table.
    sockets: Cell<bool>,
}

/// Emits an event on an emitter, as `emitter.emit(event, ...args)` does in script, and says whether anybody listened.
///
/// The property `emit` of the emitter is looked up each time: where it is `EventEmitter`'s, the listeners are called
/// directly, otherwise what the program or a subclass put there is called. Script runs: borrow nothing meanwhile. Calls
/// from outside of script go through the door first.
///
/// # Errors
/// What a listener throws (those after it aren't called), the error of an 'error' that nobody listens for, and a
/// `TypeError` when `emit` is no function.
///
/// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/events.html#emitteremiteventname-args>
pub(crate) fn emit(
    emitter: &JsObject,
    event: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let this = emitter.clone().into();
    if emits_plainly(emitter, context) {
        return emit_own(&this, &event.into(), args, context);
    }
    let method = emitter.look_up(js_string!("emit"), context)?;
    let Some(method) = method.as_callable() else {
        return Err(JsNativeError::typ()
            .with_message("emitter.emit is not a function")
            .into());
    };
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(event.into());
    all.extend_from_slice(args);
    Ok(method.call(&this, &all, context)?.to_boolean())
}

/// Whether the `emit` of an emitter is `EventEmitter`'s.
pub(crate) fn emits_plainly(emitter: &JsObject, context: &Context) -> bool {
    let state = State::of(context);
    (state.emitters.own.get())
        .is_some_and(|(own, _)| lookup::is(emitter, js_string!("emit"), own, context))
}

/// `makeEmit(errorMonitor, capture, throwUnhandled, addCatch)` makes `EventEmitter.prototype.emit`.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let natives = Natives::new(context).function("makeEmit", 4, make_emit);
    Ok(listeners::natives(natives).build())
}

/// What `emit` leaves to the script half. It is looked for where it is needed: a function that has it with it costs each call more.
struct Hooks {
    /// The event that sees errors before 'error' does.
    error_monitor: JsSymbol,
    /// The property that says whether rejections of async listeners are caught.
    capture: JsSymbol,
    /// `throwUnhandled(emitter, args)`: for 'error' without a listener.
    throw_unhandled: JsObject,
    /// `addCatch(emitter, result, type, args)`: for what a listener returned.
    add_catch: JsObject,
}

fn make_emit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (Some(error_monitor), Some(capture), Some(throw_unhandled), Some(add_catch)) = (
        args.get_or_undefined(0).as_symbol(),
        args.get_or_undefined(1).as_symbol(),
        args.get_or_undefined(2).as_object(),
        args.get_or_undefined(3).as_object(),
    ) else {
        return Err(JsNativeError::typ()
            .with_message("makeEmit takes two symbols and two functions")
            .into());
    };
    let hooks = Hooks {
        error_monitor,
        capture,
        throw_unhandled,
        add_catch,
    };
    let emit = native::function(context, "emit", 1, emit_function);
    // The module is made once in a runtime.
    let _ = (State::of(context).emitters.own).set((emit.clone().into(), hooks));
    Ok(emit.into())
}

/// `emitter.emit(type, ...args)`: whether anybody listened.
fn emit_function(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let kind = args.get_or_undefined(0);
    let rest = args.get(1..).unwrap_or_default();
    emit_own(this, kind, rest, context).map(JsValue::from)
}

fn emit_own(
    this: &JsValue,
    kind: &JsValue,
    rest: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let Some(emitter) = this.as_object() else {
        return Err(JsNativeError::typ()
            .with_message("emit was called on something that is not an object")
            .into());
    };
    let key = kind.to_property_key(context)?;
    // As a key at once: conversions look for numbers in them.
    let own = PropertyKey::String(js_string!("_events"));
    let known = match emitter.is::<OrdinaryObject>() {
        true => own_object(&emitter, &own),
        false => None,
    };
    let events = match known {
        Some(events) => events,
        None => match table::heard(&emitter, &key, context) {
            Some(heard) => return emit_to(heard, &emitter, kind, rest, context),
            None => read(&emitter, own, context)?.as_object(),
        },
    };

    if is_error(&key) {
        monitor_error(&emitter, events.as_ref(), rest, context)?;
    }
    // 'errorMonitor' listeners may have added or removed some.
    let Some(events) = events else {
        return Ok(false);
    };
    let Some(handler) = handler_of(&events, key, context)? else {
        return Ok(false);
    };
    if handler.is_callable() {
        call_one(&emitter, this, &handler, kind, rest, context)?;
    } else {
        for listener in snapshot(&handler, context)? {
            call_one(&emitter, this, &listener, kind, rest, context)?;
        }
    }
    Ok(true)
}

/// What `_events` has for an event: a function, or an array of some.
#[inline]
fn handler_of(
    events: &JsObject,
    key: PropertyKey,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    let own = events.borrow().properties().get(&key);
    match &own {
        Some(property) if let Some(value) = property.value() => Ok(value.as_object()),
        None if is_table(events) => Ok(None),
        _ => Ok(read(events, key, context)?.as_object()),
    }
}

/// Calls who is in a table.
fn emit_to(
    heard: Heard,
    emitter: &JsObject,
    kind: &JsValue,
    rest: &[JsValue],
    context: &mut Context,
) -> JsResult<bool> {
    let call = |listener: &Listener, context: &mut Context| match listener {
        Listener::Pipe(pipe) => pipe.hear(rest, context),
        Listener::Function(function) => {
            let this = emitter.clone().into();
            call_one(emitter, &this, function, kind, rest, context)
        }
    };
    match heard {
        Heard::One(listener) => call(&listener, context)?,
        Heard::Many(listeners) => {
            for listener in &listeners {
                call(listener, context)?;
            }
        }
        Heard::Nobody => {
            if is_error(&kind.to_property_key(context)?) {
                monitor_error(emitter, None, rest, context)?;
            }
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_error(key: &PropertyKey) -> bool {
    const ERROR: &str = "error";
    matches!(key, PropertyKey::String(name) if name.len() == ERROR.len() && *name == ERROR)
}

/// Tells `errorMonitor`, then throws when nobody listens for 'error'.
fn monitor_error(
    emitter: &JsObject,
    events: Option<&JsObject>,
    rest: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let state = State::of(context);
    let Some((_, hooks)) = state.emitters.own.get() else {
        return Ok(());
    };
    if let Some(events) = events {
        if !events
            .get(hooks.error_monitor.clone(), context)?
            .is_undefined()
        {
            let mut all = Vec::with_capacity(rest.len() + 1);
            all.push(hooks.error_monitor.clone().into());
            all.extend_from_slice(rest);
            let emit = emitter.look_up(js_string!("emit"), context)?;
            if let Some(emit) = emit.as_callable() {
                emit.call(&emitter.clone().into(), &all, context)?;
            }
        }
        if !events.look_up(js_string!("error"), context)?.is_undefined() {
            return Ok(());
        }
    }
    let rest = JsArray::from_iter(rest.iter().cloned(), context);
    hooks
        .throw_unhandled
        .call(
            &JsValue::undefined(),
            &[emitter.clone().into(), rest.into()],
            context,
        )
        .map(drop)
}

/// A property. Own ones, as these nearly always are, are read in place.
pub(crate) fn read(
    object: &JsObject,
    key: PropertyKey,
    context: &mut Context,
) -> JsResult<JsValue> {
    let own = object.borrow().properties().get(&key);
    match own.as_ref().and_then(PropertyDescriptor::value) {
        Some(value) => Ok(value.clone()),
        None if own.is_none() && is_table(object) => Ok(JsValue::undefined()),
        None => match key {
            PropertyKey::String(name) => object.look_up(name, context),
            key => object.get(key, context),
        },
    }
}

/// Whether an object is one as `_events` is: it has its own properties, and no others.
fn is_table(object: &JsObject) -> bool {
    object.is::<OrdinaryObject>() && object.prototype().is_none()
}

/// The listeners as they are now: those that come and go during the emission don't change it.
pub(crate) fn snapshot(list: &JsObject, context: &mut Context) -> JsResult<Vec<JsObject>> {
    if list.is_array()
        && let IndexPropertyValues::DenseElement(listeners) =
            list.borrow().properties().index_property_values()
    {
        return Ok(listeners.filter_map(JsValue::as_object).collect());
    }
    let list = JsArray::from_object(list.clone())?;
    let length = list.length(context)?;
    let mut listeners = Vec::new();
    for index in 0..length {
        listeners.extend(list.get(index, context)?.as_object());
    }
    Ok(listeners)
}

fn call_one(
    emitter: &JsObject,
    this: &JsValue,
    listener: &JsObject,
    kind: &JsValue,
    rest: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let result = listener.call(this, rest, context)?;
    if result.is_null_or_undefined() {
        return Ok(());
    }
    let state = State::of(context);
    let Some((_, hooks)) = state.emitters.own.get() else {
        return Ok(());
    };
    let capture = PropertyKey::Symbol(hooks.capture.clone());
    if !read(emitter, capture, context)?.to_boolean() {
        return Ok(());
    }
    let rest = JsArray::from_iter(rest.iter().cloned(), context);
    hooks
        .add_catch
        .call(
            &JsValue::undefined(),
            &[this.clone(), result, kind.clone(), rest.into()],
            context,
        )
        .map(drop)
}
