//! Tables of sockets: an agent's lie behind their `_readableState`, from when they are first kept for a later request.

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    property::{Attribute, PropertyKey},
};

use super::{Entry, Listener, Stage, Table, is_watcher, show};
use crate::{
    engine::{lookup::own_named, native::Natives},
    node::{
        events::{is_table, snapshot},
        http::record,
        stream::readable::ReadableState,
    },
    runtime::State,
};

/// The listeners of a socket, behind its `_readableState`.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct OfSocket {
    socket: JsObject,
    table: Table,
}

/// Looks into the table of a socket; `None` if its listeners are in none.
pub(super) fn with<R>(
    emitter: &JsObject,
    context: &Context,
    act: impl FnOnce(&mut Table) -> R,
) -> Option<R> {
    if !State::of(context).emitters.sockets.get() {
        return None;
    }
    let state = readable_state(emitter)?;
    let mut state = state.downcast_mut::<ReadableState>()?;
    let kept = state.listeners.as_deref_mut()?;
    // A program may give the state to another stream.
    if !JsObject::equals(&kept.socket, emitter) {
        return None;
    }
    super::of(&mut kept.table).map(act)
}

/// The state of a stream that has one itself.
fn readable_state(stream: &JsObject) -> Option<JsObject> {
    own_named(stream, js_string!("_readableState"))?.as_object()
}

/// `showListeners(prototype)`: gives `net.Socket.prototype` the accessors that show listeners.
pub fn define_for_sockets(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    let prototype = Natives::on(prototype, context)
        .attributes(Attribute::CONFIGURABLE)
        .accessor("_events", get_socket_events, Some(set_socket_events))
        .accessor("_eventsCount", get_socket_count, Some(set_socket_count))
        .build();
    let _ = State::of(context).emitters.socket.set(prototype);
    Ok(JsValue::undefined())
}

/// The listeners of a plain `net.Socket` become a table, if nothing about them is out of the ordinary. Once shown, they stay so.
///
/// # Errors
/// None.
pub fn take_over(socket: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let is_plain = (state.emitters.socket.get()).is_some_and(|known| {
        socket
            .prototype()
            .is_some_and(|own| JsObject::equals(&own, known))
    });
    let Some(record) = readable_state(socket) else {
        return Ok(());
    };
    let is_first =
        (record.downcast_ref::<ReadableState>()).is_some_and(|record| record.listeners.is_none());
    let names = [js_string!("_events"), js_string!("_eventsCount")].map(PropertyKey::from);
    if !is_plain || !is_first || !names.iter().all(|name| is_ordinary(socket, name)) {
        return Ok(());
    }
    let Some(entries) = entries_of(socket, context)? else {
        return Ok(());
    };
    for name in names {
        socket.delete_property_or_throw(name, context)?;
    }
    if let Some(mut record) = record.downcast_mut::<ReadableState>() {
        let stage = Stage::Used;
        record.listeners = Some(Box::new(OfSocket {
            socket: socket.clone(),
            table: Table { entries, stage },
        }));
    }
    state.emitters.sockets.set(true);
    Ok(())
}

/// Whether a property is as assignment makes it.
fn is_ordinary(object: &JsObject, key: &PropertyKey) -> bool {
    let found = object.borrow().properties().get(key);
    found.is_some_and(|found| {
        found.value().is_some()
            && [found.writable(), found.enumerable(), found.configurable()] == [Some(true); 3]
    })
}

/// What `_events` says, if it could be in a table.
fn entries_of(socket: &JsObject, context: &mut Context) -> JsResult<Option<Vec<Entry>>> {
    let events = own_named(socket, js_string!("_events")).and_then(|events| events.as_object());
    let Some(events) = events.filter(is_table) else {
        return Ok(None);
    };
    let mut entries = Vec::new();
    for key in events.own_property_keys(context)? {
        let PropertyKey::String(event) = key else {
            return Ok(None);
        };
        let Some(found) = own_named(&events, event.clone()).and_then(|found| found.as_object())
        else {
            return Ok(None);
        };
        let mut all = match found.is_callable() {
            true => vec![found],
            // One that was warned of says so.
            false if found.is_array() && own_named(&found, js_string!("warned")).is_none() => {
                snapshot(&found, context)?
            }
            false => return Ok(None),
        };
        if is_watcher(&event) || all.is_empty() {
            return Ok(None);
        }
        let first = Listener::Function(all.remove(0));
        let more = all.into_iter().map(Listener::Function).collect();
        entries.push(Entry { event, first, more });
    }
    Ok(Some(entries))
}

/// The socket that an object is or inherits from, if its listeners are or were in a table.
fn socket_of(this: &JsValue) -> Option<JsObject> {
    let mut at = this.as_object();
    while let Some(object) = at {
        if let Some(state) = readable_state(&object) {
            let state = state.downcast_ref::<ReadableState>()?;
            let kept = state.listeners.as_deref()?;
            return JsObject::equals(&kept.socket, &object).then_some(object);
        }
        at = object.prototype();
    }
    None
}

/// An own property of the receiver, whose accessor the engine may still call, or of the socket that it inherits from.
fn shown(this: &JsValue, socket: Option<&JsObject>, name: JsString) -> Option<JsValue> {
    let receiver = this.as_object();
    let own_of = |object: &JsObject| own_named(object, name.clone());
    receiver
        .as_ref()
        .and_then(own_of)
        .or_else(|| socket.and_then(own_of))
}

fn get_socket_events(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = socket_of(this);
    if let Some(socket) = &socket {
        show(socket, context);
    }
    Ok(shown(this, socket.as_ref(), js_string!("_events")).unwrap_or_default())
}

fn set_socket_events(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        with(&object, context, Table::replace);
    }
    let events = args.first().cloned().unwrap_or_default();
    record::define_own(this, js_string!("_events"), events);
    Ok(JsValue::undefined())
}

fn get_socket_count(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = socket_of(this);
    let kept = socket
        .as_ref()
        .and_then(|socket| with(socket, context, |table| table.entries.len()));
    if let Some(count) = kept {
        return Ok((count as u32).into());
    }
    let count = shown(this, socket.as_ref(), js_string!("_eventsCount"));
    Ok(count.unwrap_or_else(|| 0.into()))
}

fn set_socket_count(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(socket) = socket_of(this) {
        show(&socket, context);
    }
    let count = args.first().cloned().unwrap_or_default();
    record::define_own(this, js_string!("_eventsCount"), count);
    Ok(JsValue::undefined())
}
