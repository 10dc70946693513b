//! Listeners that come and go together: those of a pipe, of a request on its socket.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use super::{super::read, add, count, events_of, remove, write};

/// Adds several listeners, each of an event of its own, with one look at the emitter. Answers whether it could: not if somebody
/// watches listeners come.
///
/// # Errors
/// What accessors throw.
pub(crate) fn add_all(
    emitter: &JsObject,
    listeners: &[(JsString, &JsObject)],
    first: bool,
    context: &mut Context,
) -> JsResult<bool> {
    let (events, is_new) = events_of(emitter, context)?;
    if !is_new && !read(&events, js_string!("newListener").into(), context)?.is_undefined() {
        return Ok(false);
    }
    let this = JsValue::from(emitter.clone());
    let mut added = 0;
    for (event, listener) in listeners {
        let key = PropertyKey::from(event.clone());
        if read(&events, key.clone(), context)?.is_object() {
            let listener = JsValue::from((*listener).clone());
            add(&this, &event.clone().into(), &listener, first, context)?;
        } else {
            write(&events, key, (*listener).clone(), context)?;
            added += 1;
        }
    }
    if added > 0 {
        count(emitter, added, context)?;
    }
    Ok(true)
}

/// Takes several listeners away, each of an event of its own. Answers whether it could: not if somebody watches listeners go.
///
/// # Errors
/// What accessors throw.
pub(crate) fn remove_all(
    emitter: &JsObject,
    listeners: &[(JsString, &JsObject)],
    context: &mut Context,
) -> JsResult<bool> {
    let Some(events) = read(emitter, js_string!("_events").into(), context)?.as_object() else {
        return Ok(true);
    };
    if !read(&events, js_string!("removeListener").into(), context)?.is_undefined() {
        return Ok(false);
    }
    let this = JsValue::from(emitter.clone());
    let mut gone = Vec::with_capacity(listeners.len());
    for (event, listener) in listeners {
        let key = PropertyKey::from(event.clone());
        let Some(found) = read(&events, key.clone(), context)?.as_object() else {
            continue;
        };
        if JsObject::equals(&found, listener) {
            gone.push(key);
        } else {
            let listener = JsValue::from((*listener).clone());
            remove(&this, &event.clone().into(), &listener, context)?;
        }
    }
    if gone.is_empty() {
        return Ok(true);
    }
    if count(emitter, -(gone.len() as i32), context)? == 0 {
        let none = JsObject::with_null_proto();
        write(emitter, js_string!("_events"), none, context)?;
        return Ok(true);
    }
    // They came in this order, most likely: what came last is the cheapest to take out of an object.
    for key in gone.into_iter().rev() {
        events.delete_property_or_throw(key, context)?;
    }
    Ok(true)
}
