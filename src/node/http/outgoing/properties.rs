//! What script reads and assigns of a message that goes out, beyond single bits.
//!
//! A response that nobody watches is over at once, natively; that it is must not be seen before the next tick, when Node says it.

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string, object::builtins::JsArray};

use super::{Sink, bits, with};
use crate::{
    engine::native::Natives,
    node::http::{fields, help},
    runtime::State,
};

/// A bit that the end of the message sets, but not before the next tick: script must not see it at once.
fn after_turn(this: &JsValue, bit: u32, context: &mut Context) -> JsResult<JsValue> {
    let turn = State::of(context).tasks.turn();
    Ok(with(this, context, |record| {
        record.has(bit) && record.ended_in != turn
    })
    .map_or_else(JsValue::undefined, JsValue::from))
}

pub(super) fn finished(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    after_turn(this, bits::FINISHED, context)
}

pub(super) fn destroyed(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    after_turn(this, bits::DESTROYED, context)
}

/// Script destroys the message, which shows at once.
pub(super) fn set_destroyed(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let on = args.get_or_undefined(0).to_boolean();
    with(this, context, |record| {
        record.set(bits::DESTROYED, on);
        record.ended_in = 0;
    });
    Ok(JsValue::undefined())
}

/// The bytes that no socket has taken yet, as the entries of an array.
pub(super) fn output_data(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let kept = with(this, context, |record| record.kept.clone());
    let Some(kept) = kept else {
        return Ok(JsValue::undefined());
    };
    if kept.is_empty() {
        return Ok(JsArray::new(context)?.into());
    }
    let data = fields::latin1(&kept);
    let entry = Natives::new(context)
        .value("data", data)
        .value("encoding", js_string!("latin1"))
        .value("callback", JsValue::null())
        .build();
    Ok(JsArray::from_iter([entry.into()], context).into())
}

pub(super) fn closed(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    after_turn(this, bits::CLOSED, context)
}

pub(super) fn need_drain(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(with(this, context, |record| {
        record.has(bits::NEED_DRAIN) && record.bits & (bits::DESTROYED | bits::ENDED) == 0
    })
    .map_or_else(JsValue::undefined, JsValue::from))
}

pub(super) fn writable(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |_| true).map_or_else(JsValue::undefined, JsValue::from))
}

pub(super) fn writable_length(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let turn = State::of(context).tasks.turn();
    let found = with(this, context, |record| {
        let fresh = match record.fresh {
            (written, bytes) if written == turn && !record.has(bits::ENDED) => bytes,
            _ => 0,
        };
        (record.place(), record.kept.len(), fresh)
    });
    Ok(match found {
        None => JsValue::undefined(),
        Some((None, kept, _)) => (kept as f64).into(),
        Some((Some((connection, number)), _, fresh)) => {
            let backlog = connection.backlog(number, context);
            let fresh = if connection.is_first(number) {
                fresh
            } else {
                0
            };
            ((backlog + fresh) as f64).into()
        }
    })
}

pub(super) fn writable_corked(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(with(this, context, |record| record.corked).map_or_else(JsValue::undefined, JsValue::from))
}

pub(super) fn content_length(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(
        with(this, context, |record| record.length).map_or_else(JsValue::undefined, |length| {
            length.map_or(JsValue::null(), |length| (length as f64).into())
        }),
    )
}

pub(super) fn set_content_length(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let length = if value.is_null_or_undefined() {
        None
    } else {
        Some(value.to_number(context)? as u64)
    };
    with(this, context, |record| record.length = length);
    Ok(JsValue::undefined())
}

/// The text of the header; of a response that the server made it is put together again.
pub(super) fn header(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let known = with(this, context, |record| {
        (
            record.has(bits::HEADER),
            record.header.as_ref().map(|header| fields::latin1(header)),
        )
    });
    match known {
        None => Ok(JsValue::undefined()),
        Some((false, _)) => Ok(JsValue::null()),
        Some((true, Some(header))) => Ok(header.into()),
        Some((true, None)) => help(
            js_string!("headerText"),
            std::slice::from_ref(this),
            context,
        ),
    }
}

pub(super) fn set_header_text(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let text = value.as_string();
    with(this, context, |record| {
        record.set(bits::HEADER, text.is_some());
        record.header = text.map(|text| {
            let mut bytes = Vec::new();
            fields::extend_latin1(&text, &mut bytes);
            bytes
        });
    });
    Ok(JsValue::undefined())
}

pub(super) fn keep_alive_timeout(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(with(this, context, |record| record.keep_alive_timeout)
        .map_or_else(JsValue::undefined, JsValue::from))
}

pub(super) fn set_keep_alive_timeout(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let timeout = args.get_or_undefined(0).to_number(context)?;
    with(this, context, |record| record.keep_alive_timeout = timeout);
    Ok(JsValue::undefined())
}

pub(super) fn request(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| record.request.clone()).unwrap_or_default())
}

pub(super) fn socket(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let turn = State::of(context).tasks.turn();
    let found = with(this, context, |record| {
        let over = record.has(bits::DETACHED | bits::NATIVE) && record.ended_in != turn;
        let connection = match &record.sink {
            // After the response the socket is no longer its own.
            Sink::Connection(connection, _) if !over => Some(connection.clone()),
            _ => None,
        };
        (record.socket.clone(), connection, over)
    });
    match found {
        None => Ok(JsValue::undefined()),
        Some((_, _, true)) => Ok(JsValue::null()),
        Some((known, _, _)) if !known.is_undefined() => Ok(known),
        Some((_, Some(connection), _)) => {
            let socket = connection.socket(context)?;
            Ok(if socket.is_undefined() {
                JsValue::null()
            } else {
                socket
            })
        }
        Some((_, None, _)) => Ok(JsValue::null()),
    }
}
