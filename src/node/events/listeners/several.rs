//! Listeners that come and go together: those of a pipe, of a request on its socket.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
    property::PropertyKey,
};

use super::{
    super::{
        is_table, read, snapshot,
        table::{self, Listener},
    },
    add, count, data, events_of, is_too_many, limit_of, remove, replace_list, wraps, write,
};

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
    let names: Vec<_> = listeners.iter().map(|(event, _)| event.clone()).collect();
    let listener = |index: usize| Listener::Function(listeners[index].1.clone());
    if table::add_all(emitter, &names, listener, first, context)? {
        return Ok(true);
    }
    let (events, is_new) = events_of(emitter, listeners.len(), context)?;
    if is_new {
        for (event, listener) in listeners {
            let listener = JsValue::from((*listener).clone());
            events.insert_property(PropertyKey::from(event.clone()), data(listener));
        }
        return Ok(true);
    }
    if !read(&events, js_string!("newListener").into(), context)?.is_undefined() {
        return Ok(false);
    }
    let this = JsValue::from(emitter.clone());
    let mut added = 0;
    let mut limit = None;
    for (event, listener) in listeners {
        let key = PropertyKey::from(event.clone());
        let Some(existing) = read(&events, key.clone(), context)?.as_object() else {
            match is_table(&events) {
                true => {
                    events.insert_property(key, data((*listener).clone()));
                }
                false => write(&events, key, (*listener).clone(), context)?,
            }
            added += 1;
            continue;
        };
        let limit = match limit {
            Some(limit) => limit,
            None => *limit.insert(limit_of(emitter, context)?),
        };
        if existing.is_callable() && !is_too_many(2, limit) {
            let mut both = [existing.into(), JsValue::from((*listener).clone())];
            if first {
                both.reverse();
            }
            let list = JsArray::from_iter(both, context);
            write(&events, key, list, context)?;
        } else {
            let listener = JsValue::from((*listener).clone());
            add(&this, &event.clone().into(), &listener, first, context)?;
        }
    }
    if added > 0 {
        count(emitter, added, context)?;
    }
    Ok(true)
}

/// What is left of a list without a listener; `None` if that isn't in it as it is.
fn all_but(
    listener: &JsObject,
    list: &JsObject,
    context: &mut Context,
) -> JsResult<Option<Vec<JsObject>>> {
    if list.is_callable() {
        return Ok(None);
    }
    let mut all = snapshot(list, context)?;
    let Some(at) = all.iter().rposition(|one| JsObject::equals(one, listener)) else {
        return Ok(None);
    };
    // One after it may be a wrapper of the same.
    if all.iter().skip(at + 1).any(|one| wraps(one).is_some()) {
        return Ok(None);
    }
    all.remove(at);
    Ok(Some(all))
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
    if table::remove_all(emitter, listeners, context) {
        return Ok(true);
    }
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
        } else if let Some(left) = all_but(listener, &found, context)? {
            match <[JsObject; 1]>::try_from(left) {
                Ok([last]) => write(&events, key, last, context)?,
                Err(left) => {
                    let left = left.into_iter().map(JsValue::from).collect();
                    replace_list(&events, key, &found, left, context)?;
                }
            }
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
