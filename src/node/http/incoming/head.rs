//! What script reads of a message's head, and of the record beside it: each value is made when it is first asked for.
//!
//! Headers are lent out of the record while an object is made of them, which may collect garbage but runs no script.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{Incoming, bits, with};
use crate::engine::native::new_object;
use crate::node::http::{
    fields,
    protocol::Head,
    record::{self, define_own},
};

pub(super) fn url(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| {
        if record.url.is_undefined() {
            record.url = match &record.head {
                Some(head) if !record.has(bits::RESPONSE) => fields::latin1(head.target()).into(),
                _ => js_string!("").into(),
            };
        }
        record.url.clone()
    })
    .unwrap_or_default())
}

/// Reads something from the head; `none` without one.
fn of_head(
    this: &JsValue,
    context: &mut Context,
    none: JsValue,
    read: impl FnOnce(&Head, bool) -> JsValue,
) -> JsResult<JsValue> {
    let found = with(this, context, |record| {
        let response = record.has(bits::RESPONSE);
        record.head.as_ref().map(|head| read(head, response))
    });
    Ok(match found {
        None => JsValue::undefined(),
        Some(found) => found.unwrap_or(none),
    })
}

pub(super) fn method(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, response| {
        if response {
            JsValue::null()
        } else {
            method_name(head).into()
        }
    })
}

fn method_name(head: &Head) -> JsString {
    match head.method.name() {
        "GET" => js_string!("GET"),
        "POST" => js_string!("POST"),
        "HEAD" => js_string!("HEAD"),
        "PUT" => js_string!("PUT"),
        "DELETE" => js_string!("DELETE"),
        "OPTIONS" => js_string!("OPTIONS"),
        "PATCH" => js_string!("PATCH"),
        name => JsString::from(name),
    }
}

pub(super) fn status_code(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, response| {
        if response {
            head.status.into()
        } else {
            JsValue::null()
        }
    })
}

pub(super) fn status_message(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, response| {
        if response {
            fields::latin1(head.target()).into()
        } else {
            JsValue::null()
        }
    })
}

pub(super) fn http_version(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, _| {
        match head.version {
            (1, 1) => js_string!("1.1").into(),
            (1, 0) => js_string!("1.0").into(),
            (major, minor) => JsString::from(format!("{major}.{minor}")).into(),
        }
    })
}

pub(super) fn http_version_major(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, _| {
        head.version.0.into()
    })
}

pub(super) fn http_version_minor(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, _| {
        head.version.1.into()
    })
}

pub(super) fn upgrade(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| match record.head {
        None => JsValue::null(),
        Some(_) => record.has(bits::UPGRADE).into(),
    })
    .unwrap_or_default())
}

pub(super) fn headers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(holder) = record::holder::<Incoming>(this, context) else {
        return Ok(JsValue::undefined());
    };
    let (cached, head, limit, join) = match holder.downcast_mut::<Incoming>() {
        Some(mut record) if record.headers.is_undefined() => {
            // The head is lent out while the object is made, which may run no script but may collect garbage.
            (
                JsValue::undefined(),
                record.head.take(),
                record.max_fields,
                record.has(bits::JOIN),
            )
        }
        Some(record) => (record.headers.clone(), None, 0, false),
        None => return Ok(JsValue::undefined()),
    };
    if !cached.is_undefined() {
        return Ok(cached);
    }
    let made = match &head {
        Some(head) => fields::headers(head, limit as usize, join, context),
        None => Ok(new_object(context)),
    };
    if let Some(mut record) = holder.downcast_mut::<Incoming>() {
        record.head = head;
        if let Ok(made) = &made {
            record.headers = made.clone().into();
        }
    }
    made.map(JsValue::from)
}

pub(super) fn raw_headers(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(holder) = record::holder::<Incoming>(this, context) else {
        return Ok(JsValue::undefined());
    };
    let head = match holder.downcast_mut::<Incoming>() {
        Some(mut record) if record.raw_headers.is_undefined() => record.head.take(),
        Some(record) => return Ok(record.raw_headers.clone()),
        None => return Ok(JsValue::undefined()),
    };
    let limit = with(this, context, |record| record.max_fields).unwrap_or(u32::MAX) as usize;
    let made: JsValue = match &head {
        Some(head) => fields::raw(head, limit, context).into(),
        None => JsArray::new(context)?.into(),
    };
    if let Some(mut record) = holder.downcast_mut::<Incoming>() {
        record.head = head;
        record.raw_headers = made.clone();
    }
    Ok(made)
}

/// Makes a value of the head (or the trailers) and keeps it as the object's own property.
fn derived(
    this: &JsValue,
    name: JsString,
    of_trailers: bool,
    context: &mut Context,
    make: impl FnOnce(Option<&Head>, usize, &mut Context) -> JsResult<JsValue>,
) -> JsResult<JsValue> {
    let found = with(this, context, |record| {
        let head = if of_trailers {
            record.trailers.as_deref()
        } else {
            record.head.as_ref()
        };
        (
            head.cloned(),
            record.max_fields as usize,
            record.has(bits::COMPLETE),
        )
    });
    let Some((head, limit, complete)) = found else {
        return Ok(JsValue::undefined());
    };
    let made = make(head.as_ref(), limit, context)?;
    // Trailers may still be on their way.
    if !of_trailers || complete {
        define_own(this, name, made.clone());
    }
    Ok(made)
}

fn distinct(head: Option<&Head>, limit: usize, context: &mut Context) -> JsResult<JsValue> {
    match head {
        Some(head) => fields::distinct(head, limit, context).map(JsValue::from),
        None => Ok(JsObject::with_null_proto().into()),
    }
}

pub(super) fn headers_distinct(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    derived(
        this,
        js_string!("headersDistinct"),
        false,
        context,
        distinct,
    )
}

pub(super) fn trailers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    derived(
        this,
        js_string!("trailers"),
        true,
        context,
        |head, limit, context| match head {
            Some(head) => fields::headers(head, limit, false, context).map(JsValue::from),
            None => Ok(new_object(context).into()),
        },
    )
}

pub(super) fn trailers_distinct(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    derived(
        this,
        js_string!("trailersDistinct"),
        true,
        context,
        distinct,
    )
}

pub(super) fn raw_trailers(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    derived(
        this,
        js_string!("rawTrailers"),
        true,
        context,
        |head, limit, context| {
            Ok(match head {
                Some(head) => fields::raw(head, limit, context).into(),
                None => JsArray::new(context)?.into(),
            })
        },
    )
}

pub(super) fn socket(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some((known, connection)) = with(this, context, |record| {
        (record.socket.clone(), record.connection.clone())
    }) else {
        return Ok(JsValue::undefined());
    };
    if !known.is_undefined() {
        return Ok(known);
    }
    let Some(connection) = connection else {
        return Ok(JsValue::undefined());
    };
    let socket = connection.socket(context)?;
    with(this, context, |record| record.socket = socket.clone());
    Ok(socket)
}
