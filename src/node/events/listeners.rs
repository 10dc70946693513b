//! Adding and removing listeners: `on`, `once`, `prependListener`, `removeListener` and their other names.
//!
//! Sockets, messages and pipes come and go with a dozen listeners each, so this is as busy as `emit`. An emitter keeps what it
//! has in the properties that programs know: `_events`, an object of functions and lists of functions, and `_eventsCount`.

mod several;

use std::cell::Cell;

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    native_function::NativeFunction,
    object::{FunctionObjectBuilder, builtins::JsArray},
    property::{Attribute, PropertyDescriptor, PropertyKey},
};
use boa_gc::{Gc, GcRefCell};

use super::{
    emit, is_table, read, snapshot,
    table::{self, Listener},
};
use crate::{
    engine::{
        lookup::{self, LookUp},
        native::{self, Natives},
    },
    node::errors,
    runtime::State,
};

pub(crate) use several::{add_all, remove_all};

/// Natives that the script half puts on the prototype, and those that it sets them up with.
pub(super) fn natives(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("addListener", 2, on)
        .function("prependListener", 2, prepend_listener)
        .function("once", 2, once)
        .function("prependOnceListener", 2, prepend_once_listener)
        .function("removeListener", 2, remove_listener)
        .function("setLimit", 2, set_limit)
        .function("setCapture", 1, set_capture)
}

/// `setLimit(limit, warn)`: how many listeners of an event are too many, and what is called with `(emitter, type, list, limit)` then.
fn set_limit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let limit = args.get_or_undefined(0).to_number(context)?;
    let state = State::of(context);
    state.emitters.limit.set(limit);
    if let Some(warn) = args.get_or_undefined(1).as_callable() {
        let _ = state.emitters.warn.set(warn);
    }
    Ok(JsValue::undefined())
}

/// `setCapture(on)`: whether emitters catch the rejections of their listeners from the start.
fn set_capture(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let on = args.get_or_undefined(0).to_boolean();
    State::of(context).emitters.capture.set(on);
    Ok(JsValue::undefined())
}

fn on(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    add(
        this,
        args.get_or_undefined(0),
        args.get_or_undefined(1),
        false,
        context,
    )?;
    Ok(this.clone())
}

fn prepend_listener(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    add(
        this,
        args.get_or_undefined(0),
        args.get_or_undefined(1),
        true,
        context,
    )?;
    Ok(this.clone())
}

fn once(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    add_wrapped(this, args, js_string!("on"), context)
}

fn prepend_once_listener(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    add_wrapped(this, args, js_string!("prependListener"), context)
}

fn remove_listener(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    remove(
        this,
        args.get_or_undefined(0),
        args.get_or_undefined(1),
        context,
    )?;
    Ok(this.clone())
}

fn check(listener: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    match listener.as_callable() {
        Some(listener) => Ok(listener),
        None => Err(errors::invalid_arg_type(
            "listener",
            &["Function"],
            listener,
            context,
        )),
    }
}

/// The function that a wrapper of `once` stands for, or the listener itself.
fn unwrapped(listener: &JsObject) -> JsValue {
    wraps(listener).unwrap_or_else(|| listener.clone().into())
}

pub(super) fn wraps(listener: &JsObject) -> Option<JsValue> {
    let own = listener
        .borrow()
        .properties()
        .get(&js_string!("listener").into());
    let value = own.as_ref().and_then(PropertyDescriptor::value)?;
    (!value.is_null_or_undefined()).then(|| value.clone())
}

/// Assigns to a property. Where the object has it already, as plain data, it is replaced in place.
pub(crate) fn write(
    object: &JsObject,
    key: impl Into<PropertyKey>,
    value: impl Into<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    let (key, value) = (key.into(), value.into());
    let own = object.borrow().properties().get(&key);
    let plain = match &own {
        Some(own) => is_plain(own),
        None => is_table(object),
    };
    if plain {
        let before = own.as_ref().and_then(PropertyDescriptor::value);
        let before = before.and_then(JsValue::as_boolean);
        if before.is_some() && before == value.as_boolean() {
            return Ok(());
        }
        object.insert_property(key, data(value));
        return Ok(());
    }
    match key {
        PropertyKey::String(name) if own.is_none() => lookup::set(object, name, value, context),
        key => object.set(key, value, true, context).map(drop),
    }
}

/// Whether a property can be replaced in place.
fn is_plain(own: &PropertyDescriptor) -> bool {
    own.value().is_some()
        && [own.writable(), own.enumerable(), own.configurable()] == [Some(true); 3]
}

/// A property as assignment makes it.
pub(super) fn data(value: impl Into<JsValue>) -> PropertyDescriptor {
    native::property(value, Attribute::all())
}

fn count(emitter: &JsObject, change: i32, context: &mut Context) -> JsResult<i32> {
    let key = js_string!("_eventsCount");
    let own = emitter.borrow().properties().get(&key.clone().into());
    if let Some(own) = own.as_ref().filter(|own| is_plain(own))
        && let Some(count) = own.value().and_then(JsValue::as_i32)
    {
        emitter.insert_property(key, data(count + change));
        return Ok(count + change);
    }
    let count = emitter.get(key.clone(), context)?.to_i32(context)? + change;
    emitter.set(key, count, true, context)?;
    Ok(count)
}

/// The listeners of an emitter, and whether they were made now, for `coming` events: of one that was made without its constructor.
fn events_of(
    emitter: &JsObject,
    coming: usize,
    context: &mut Context,
) -> JsResult<(JsObject, bool)> {
    let key = PropertyKey::from(js_string!("_events"));
    let known = read(emitter, key.clone(), context)?;
    if !known.is_undefined() {
        return Ok((known.to_object(context)?, false));
    }
    let events = JsObject::with_null_proto();
    write(emitter, key, events.clone(), context)?;
    write(emitter, js_string!("_eventsCount"), coming as i32, context)?;
    let emitters = &State::of(context).emitters;
    if let (true, Some((_, hooks))) = (emitters.capture.get(), emitters.own.get()) {
        emitter.set(hooks.capture.clone(), true, true, context)?;
    }
    Ok((events, true))
}

/// What `emitter.on(kind, listener)` does, or `prependListener`.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE` for a listener that is no function, and what a listener of 'newListener' throws.
///
/// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/events.html#emitteroneventname-listener>
pub(crate) fn add(
    this: &JsValue,
    kind: &JsValue,
    listener: &JsValue,
    first: bool,
    context: &mut Context,
) -> JsResult<()> {
    let function = check(listener, context)?;
    let emitter = this.to_object(context)?;
    let key = kind.to_property_key(context)?;
    if let PropertyKey::String(event) = &key {
        let events = std::slice::from_ref(event);
        let listener = |_| Listener::Function(function.clone());
        if table::add_all(&emitter, events, listener, first, context)? {
            return Ok(());
        }
    }
    let (mut events, is_new) = events_of(&emitter, 1, context)?;
    if is_new {
        events.insert_property(key, data(listener.clone()));
        return Ok(());
    }
    if !read(&events, js_string!("newListener").into(), context)?.is_undefined() {
        let args = [kind.clone(), unwrapped(&function)];
        emit(&emitter, js_string!("newListener"), &args, context)?;
        events = read(&emitter, js_string!("_events").into(), context)?.to_object(context)?;
    }
    let existing = read(&events, key.clone(), context)?;
    let Some(existing) = existing.as_object() else {
        write(&events, key, listener.clone(), context)?;
        count(&emitter, 1, context)?;
        return Ok(());
    };
    let listener = listener.clone();
    if existing.is_callable() {
        let existing = JsValue::from(existing);
        let both = if first {
            [listener, existing]
        } else {
            [existing, listener]
        };
        let list = JsArray::from_iter(both, context);
        write(&events, key, list.clone(), context)?;
        return warn_of_many(&emitter, kind, &list.into(), 2, context);
    }
    let length = if first {
        let mut all = vec![listener];
        all.extend(snapshot(&existing, context)?.into_iter().map(JsValue::from));
        let length = all.len();
        events = replace_list(&events, key, &existing, all, context)?;
        return warn_of_many(&emitter, kind, &events, length, context);
    } else {
        let list = JsArray::from_object(existing.clone())?;
        list.push(listener, context)?
            .to_length(context)
            .unwrap_or_default() as usize
    };
    warn_of_many(&emitter, kind, &existing, length, context)
}

/// Puts another list in the place of one, and answers it.
fn replace_list(
    events: &JsObject,
    key: PropertyKey,
    old: &JsObject,
    listeners: Vec<JsValue>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let list: JsObject = JsArray::from_iter(listeners, context).into();
    let warned = js_string!("warned");
    if read(old, warned.clone().into(), context)?.to_boolean() {
        list.set(warned, true, true, context)?;
    }
    write(events, key, list.clone(), context)?;
    Ok(list)
}

/// How many listeners an emitter may have for an event before that is told of.
pub(super) fn limit_of(emitter: &JsObject, context: &mut Context) -> JsResult<f64> {
    let own = emitter.look_up(js_string!("_maxListeners"), context)?;
    match own.is_null_or_undefined() {
        true => Ok(State::of(context).emitters.limit.get()),
        false => own.to_number(context),
    }
}

pub(super) fn is_too_many(length: usize, limit: f64) -> bool {
    limit > 0.0 && length as f64 > limit
}

/// Tells of what may be a leak, once for each event.
fn warn_of_many(
    emitter: &JsObject,
    kind: &JsValue,
    list: &JsObject,
    length: usize,
    context: &mut Context,
) -> JsResult<()> {
    let limit = limit_of(emitter, context)?;
    if !is_too_many(length, limit) {
        return Ok(());
    }
    let state = State::of(context);
    if read(list, js_string!("warned").into(), context)?.to_boolean() {
        return Ok(());
    }
    let args = [
        emitter.clone().into(),
        kind.clone(),
        list.clone().into(),
        limit.into(),
    ];
    match state.emitters.warn.get() {
        Some(warn) => warn.call(&JsValue::undefined(), &args, context).map(drop),
        None => Ok(()),
    }
}

/// A listener that is called once.
#[derive(Trace, Finalize)]
struct Once {
    emitter: JsValue,
    kind: JsValue,
    listener: JsObject,
    #[unsafe_ignore_trace]
    fired: Cell<bool>,
    /// The function that was added in its place.
    wrapper: GcRefCell<Option<JsObject>>,
}

/// `this.on(kind, wrapper)`, by the method that is there.
fn add_wrapped(
    this: &JsValue,
    args: &[JsValue],
    method: JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    let kind = args.get_or_undefined(0).clone();
    let listener = check(args.get_or_undefined(1), context)?;
    let wrapper = wrap(this, kind.clone(), listener, context);
    let emitter = this.to_object(context)?;
    let method = emitter.look_up(method, context)?;
    match method.as_callable() {
        Some(method) => method.call(this, &[kind, wrapper.into()], context)?,
        None => return Err(errors::type_error("this.on is not a function", context)),
    };
    Ok(this.clone())
}

fn wrap(this: &JsValue, kind: JsValue, listener: JsObject, context: &mut Context) -> JsObject {
    let once = Gc::new(Once {
        emitter: this.clone(),
        kind,
        listener: listener.clone(),
        fired: Cell::new(false),
        wrapper: GcRefCell::new(None),
    });
    let call = NativeFunction::from_copy_closure_with_captures(
        |_, args, once: &Gc<Once>, context| call_once(once, args, context),
        once.clone(),
    );
    let wrapper: JsObject = FunctionObjectBuilder::new(context.realm(), call)
        .name(js_string!("wrapper"))
        .build()
        .into();
    let descriptor = PropertyDescriptor::builder()
        .value(listener)
        .writable(true)
        .enumerable(true)
        .configurable(true);
    wrapper.insert_property(js_string!("listener"), descriptor.build());
    *once.wrapper.borrow_mut() = Some(wrapper.clone());
    wrapper
}

fn call_once(once: &Once, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if once.fired.replace(true) {
        return Ok(JsValue::undefined());
    }
    let wrapper = once.wrapper.borrow().clone();
    if let Some(wrapper) = wrapper {
        let emitter = once.emitter.to_object(context)?;
        let method = emitter.look_up(js_string!("removeListener"), context)?;
        let Some(method) = method.as_callable() else {
            let problem = "this.target.removeListener is not a function";
            return Err(errors::type_error(problem, context));
        };
        let args = [once.kind.clone(), wrapper.into()];
        method.call(&once.emitter, &args, context)?;
    }
    once.listener.call(&once.emitter, args, context)
}

/// What `emitter.removeListener(kind, listener)` does.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE` for a listener that is no function, and what a listener of 'removeListener' throws.
///
/// Behaviour: <https://nodejs.org/docs/latest-v24.x/api/events.html#emitterremovelistenereventname-listener>
pub(crate) fn remove(
    this: &JsValue,
    kind: &JsValue,
    listener: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let wanted = check(listener, context)?;
    let emitter = this.to_object(context)?;
    let key = kind.to_property_key(context)?;
    if let PropertyKey::String(event) = &key
        && table::remove(&emitter, event, &wanted, context)
    {
        return Ok(());
    }
    let Some(events) = read(&emitter, js_string!("_events").into(), context)?.as_object() else {
        return Ok(());
    };
    let Some(found) = read(&events, key.clone(), context)?.as_object() else {
        return Ok(());
    };
    let is_it = |one: &JsObject| {
        JsObject::equals(one, &wanted)
            || wraps(one)
                .and_then(|inner| inner.as_object())
                .is_some_and(|inner| JsObject::equals(&inner, &wanted))
    };
    let told = if found.is_callable() {
        if !is_it(&found) {
            return Ok(());
        }
        if count(&emitter, -1, context)? == 0 {
            write(
                &emitter,
                js_string!("_events"),
                JsObject::with_null_proto(),
                context,
            )?;
        } else {
            events.delete_property_or_throw(key, context)?;
        }
        unwrapped(&found)
    } else {
        let mut all = snapshot(&found, context)?;
        let Some(at) = all.iter().rposition(is_it) else {
            return Ok(());
        };
        all.remove(at);
        match <[JsObject; 1]>::try_from(all) {
            Ok([last]) => write(&events, key, last, context)?,
            Err(all) => {
                let all = all.into_iter().map(JsValue::from).collect();
                replace_list(&events, key, &found, all, context)?;
            }
        }
        listener.clone()
    };
    if read(&events, js_string!("removeListener").into(), context)?.is_undefined() {
        return Ok(());
    }
    emit(
        &emitter,
        js_string!("removeListener"),
        &[kind.clone(), told],
        context,
    )?;
    Ok(())
}
