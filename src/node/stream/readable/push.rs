//! Into the buffer: `push` and `unshift`, and the end of all chunks.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsSet,
};

use super::{
    Chunk, ReadableState, Slot, State, bits,
    flow::{emit_readable, emit_readable_now, maybe_read_more},
    length_of,
};

use crate::engine::lookup::{self, LookUp, own_named};
use crate::node::{
    arguments,
    buffer::{self, Encoding, View},
    errors::{self, node_error},
    events::{emits_plainly, table},
    stream::{as_buffer, calls, destroy::error_or_destroy, emit},
};

/// `stream.push(chunk, encoding)`
pub(super) fn push_native(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let (chunk, encoding) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let state = State::of(&stream, context)?;
    add(&stream, &state, chunk, encoding, false, context).map(JsValue::from)
}

/// `stream.unshift(chunk, encoding)`
pub(super) fn unshift_native(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let (chunk, encoding) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let state = State::of(&stream, context)?;
    add(&stream, &state, chunk, encoding, true, context).map(JsValue::from)
}

/// `stream.push(chunk)` as script would call it: the short way if nobody has replaced it.
///
/// # Errors
/// What script throws meanwhile.
pub fn push(
    stream: &JsObject,
    state: &State,
    chunk: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let method = stream.look_up(js_string!("push"), context)?;
    if let (Some(method), Some(known)) = (method.as_object(), Slot::of(context).push.get())
        && JsObject::equals(&method, known)
    {
        return add(stream, state, chunk, &JsValue::undefined(), false, context).map(drop);
    }
    let Some(method) = method.as_callable() else {
        return Err(errors::type_error("stream.push is not a function", context));
    };
    let arguments = std::slice::from_ref(chunk);
    method
        .call(&stream.clone().into(), arguments, context)
        .map(drop)
}

fn add(
    stream: &JsObject,
    state: &State,
    chunk: &JsValue,
    encoding: &JsValue,
    front: bool,
    context: &mut Context,
) -> JsResult<bool> {
    if chunk.is_null() {
        state.clear(bits::READING);
        end_of_chunks(stream, state, context)?;
        return Ok(false);
    }
    let mut chunk = chunk.clone();
    // Whether it is text already, in the encoding that the reader wants.
    let mut decoded = encoding.to_boolean();
    if !state.any(bits::OBJECT_MODE) {
        match to_bytes(state, &chunk, encoding, front, context)? {
            Some((bytes, text)) => {
                chunk = bytes;
                decoded = text;
            }
            None => {
                let expected = ["string", "Buffer", "TypedArray", "DataView"]
                    .map(|name| JsValue::from(boa_engine::JsString::from(name)));
                let expected =
                    boa_engine::object::builtins::JsArray::from_iter(expected, context).into();
                let arguments = [js_string!("chunk").into(), expected, chunk];
                report(stream, "ERR_INVALID_ARG_TYPE", &arguments, context)?;
                return Ok(false);
            }
        }
        if chunk.is_undefined() || length_of(&chunk) == 0 {
            if !front {
                state.clear(bits::READING);
                maybe_read_more(stream, state, context);
            }
            return Ok(state.with(|record| record.wants_more()));
        }
    }
    let known = state.bits();
    if front && known & bits::END_EMITTED != 0 {
        report(stream, "ERR_STREAM_UNSHIFT_AFTER_END_EVENT", &[], context)?;
        return Ok(false);
    }
    if !front && known & bits::ENDED != 0 {
        report(stream, "ERR_STREAM_PUSH_AFTER_EOF", &[], context)?;
        return Ok(false);
    }
    if known & (bits::DESTROYED | bits::ERRORED) != 0 {
        return Ok(false);
    }
    if !front {
        state.clear(bits::READING);
        if !decoded && let Some(text) = decode(state, &chunk, context)? {
            chunk = text;
            let empty = chunk.as_string().is_none_or(|text| text.is_empty());
            if empty && !state.any(bits::OBJECT_MODE) {
                maybe_read_more(stream, state, context);
                return Ok(state.with(|record| record.wants_more()));
            }
        }
    }
    add_chunk(stream, state, chunk, front, context)?;
    Ok(state.with(|record| record.wants_more()))
}

/// Reports an error of ours as streams do.
fn report(
    stream: &JsObject,
    code: &str,
    arguments: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let error = node_error(code, arguments, context).into_opaque(context)?;
    error_or_destroy(stream, &error, false, context)
}

/// What the buffer takes for a chunk that isn't an object: bytes, or text in the encoding that the reader wants (the
/// second value). `None` for what can't be a chunk.
fn to_bytes(
    state: &State,
    chunk: &JsValue,
    encoding: &JsValue,
    front: bool,
    context: &mut Context,
) -> JsResult<Option<(JsValue, bool)>> {
    let Some(text) = chunk.as_string() else {
        if chunk.is_undefined() {
            return Ok(Some((chunk.clone(), encoding.to_boolean())));
        }
        return Ok(as_buffer(chunk, context)?.map(|bytes| (bytes, false)));
    };
    let (own, default) =
        state.with(|record| (record.encoding.clone(), record.default_encoding.clone()));
    let encoding = if encoding.to_boolean() {
        encoding.clone()
    } else {
        default
    };
    if own == encoding {
        return Ok(Some((chunk.clone(), true)));
    }
    let Some(from) = Encoding::of(&encoding) else {
        return Err(node_error("ERR_UNKNOWN_ENCODING", &[encoding], context));
    };
    let bytes = from.encode(text.as_str());
    if front && let Some(to) = Encoding::of(&own) {
        return Ok(Some((to.decode(&bytes).into(), true)));
    }
    let bytes = buffer::from_slice_pooled(&bytes, context)?;
    Ok(Some((bytes.into(), false)))
}

/// The text of a chunk, if the reader wants text.
fn decode(state: &State, chunk: &JsValue, context: &mut Context) -> JsResult<Option<JsValue>> {
    if state.with(|record| record.decoding.is_some()) {
        if chunk.is_string() {
            return Ok(Some(chunk.clone()));
        }
        let Some(view) = View::of(chunk, context) else {
            let expected = ["Buffer", "TypedArray", "DataView"];
            return Err(arguments::invalid_type("buf", &expected, chunk, context));
        };
        return Ok(state.with(|record| {
            let decoder = record.decoding.as_mut()?;
            Some(view.read(|bytes| decoder.write(bytes)).into())
        }));
    }
    match state.with(|record| record.decoder.as_object()) {
        Some(decoder) => {
            let chunk = std::slice::from_ref(chunk);
            calls::call(&decoder, js_string!("write"), chunk, context).map(Some)
        }
        None => Ok(None),
    }
}

/// The text that an unfinished character at the end of all chunks reads as.
fn last_text(state: &State, context: &mut Context) -> JsResult<JsValue> {
    let (own, decoder) = state.with(|record| {
        let own = record.decoding.as_mut().map(|decoder| decoder.flush());
        (own, record.decoder.as_object())
    });
    match (own, decoder) {
        (Some(text), _) => Ok(text.into()),
        (None, Some(decoder)) => calls::call(&decoder, js_string!("end"), &[], context),
        (None, None) => Ok(JsValue::undefined()),
    }
}

fn add_chunk(
    stream: &JsObject,
    state: &State,
    chunk: JsValue,
    front: bool,
    context: &mut Context,
) -> JsResult<()> {
    const AT_ONCE: u32 = bits::FLOWING | bits::DATA_LISTENING;
    let straight =
        state.with(|record| record.bits & (AT_ONCE | bits::SYNC) == AT_ONCE && record.length == 0);
    if straight {
        forget_awaited(state);
        state.set(bits::DATA_EMITTED);
        emit(stream, js_string!("data"), &[chunk], context)?;
    } else {
        let needed = state.with(|record| {
            store(record, chunk, front);
            record.any(bits::NEED_READABLE)
        });
        if needed {
            emit_readable(stream, state, context);
        }
    }
    maybe_read_more(stream, state, context);
    Ok(())
}

/// The state of a stream whose next chunk would be emitted at once, as it is, to this function and nobody else: one that reads bytes
/// needs no chunk made of them. `None` for other streams.
pub fn straight_to(stream: &JsObject, listener: &JsObject, context: &Context) -> Option<State> {
    const NEEDED: u32 = bits::FLOWING | bits::DATA_LISTENING;
    const OTHERS: u32 =
        bits::SYNC | bits::OBJECT_MODE | bits::ENDED | bits::DESTROYED | bits::ERRORED;
    let state = State::from_value(&own_named(stream, js_string!("_readableState"))?)?;
    let straight = state.with(|record| {
        record.bits & (NEEDED | OTHERS) == NEEDED
            && record.length == 0
            && record.decoding.is_none()
            && !record.decoder.is_object()
    });
    let pushes = |push| lookup::is(stream, js_string!("push"), push, context);
    let plain = straight
        && table::hears_alone(stream, &js_string!("data"), listener, context)
        && Slot::of(context).push.get().is_some_and(pushes)
        && emits_plainly(stream, context);
    plain.then_some(state)
}

/// What `push` does when a chunk goes straight to its listener, which `deliver` is in the place of. Answers whether there may be more.
///
/// # Errors
/// What the listener throws.
pub fn pass_straight(
    stream: &JsObject,
    state: &State,
    deliver: impl FnOnce(&mut Context) -> JsResult<()>,
    context: &mut Context,
) -> JsResult<bool> {
    state.clear(bits::READING);
    forget_awaited(state);
    state.set(bits::DATA_EMITTED);
    deliver(context)?;
    maybe_read_more(stream, state, context);
    Ok(state.with(|record| record.wants_more()))
}

fn store(record: &mut ReadableState, value: JsValue, front: bool) {
    let size = record.size_of(&value);
    record.length += size;
    let chunk = Chunk { value, size };
    if front {
        record.buffer.push_front(chunk);
    } else {
        record.buffer.push_back(chunk);
    }
}

/// Data goes on: no pipe waits any longer.
pub(super) fn forget_awaited(state: &State) {
    let many = state.with(|record| {
        if record.any(bits::MULTI_AWAIT_DRAIN) {
            return record.await_drain.as_object();
        }
        if !record.await_drain.is_null() {
            record.await_drain = JsValue::null();
        }
        None
    });
    if let Some(Ok(many)) = many.map(JsSet::from_object) {
        many.clear();
    }
}

fn end_of_chunks(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    if state.any(bits::ENDED) {
        return Ok(());
    }
    let rest = last_text(state, context)?;
    if rest.as_string().is_some_and(|text| !text.is_empty()) {
        state.with(|record| store(record, rest, false));
    }
    state.set(bits::ENDED);
    if state.any(bits::SYNC) {
        // Inside `_read`: the reader must return before it hears of the end.
        emit_readable(stream, state, context);
        return Ok(());
    }
    state.with(|record| {
        record.clear(bits::NEED_READABLE);
        record.set(bits::EMITTED_READABLE);
    });
    emit_readable_now(stream, state, context)
}

/// What waits already was split without regard to characters: it is decoded anew.
pub(super) fn decode_waiting(state: &State, context: &mut Context) -> JsResult<()> {
    let waiting = state.with(|record| {
        record.length = 0;
        std::mem::take(&mut record.buffer)
    });
    let mut content = boa_engine::JsString::default();
    for chunk in waiting {
        let text = decode(state, &chunk.value, context)?.unwrap_or_default();
        let text = text.to_string(context)?;
        content = boa_engine::JsString::concat(content.as_str(), text.as_str());
    }
    state.with(|record| {
        record.length = content.len();
        if !content.is_empty() {
            let size = content.len();
            let value = content.into();
            record.buffer.push_back(Chunk { value, size });
        }
    });
    Ok(())
}

/// The bytes of chunks as one Buffer, or their text as one string.
pub(super) fn gather(chunks: Vec<JsValue>, context: &mut Context) -> JsResult<JsValue> {
    if chunks.iter().any(JsValue::is_string) {
        let mut text = Vec::with_capacity(chunks.len());
        for chunk in &chunks {
            text.push(chunk.to_string(context)?);
        }
        let parts: Vec<_> = text.iter().map(boa_engine::JsString::as_str).collect();
        return Ok(boa_engine::JsString::concat_array(&parts).into());
    }
    let total = chunks.iter().map(length_of).sum();
    let mut bytes = Vec::with_capacity(total);
    for chunk in &chunks {
        if let Some(view) = View::of(chunk, context) {
            view.read(|part| bytes.extend_from_slice(part));
        }
    }
    buffer::from_slice(&bytes, context).map(JsValue::from)
}
