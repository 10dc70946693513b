//! `write`: a chunk goes to the sink or waits. What follows when the sink is done with it is in `write/after.rs`.

mod after;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray,
};

use super::{Callback, Entry, Slot, State, bits, destroyed_error};

use crate::engine::lookup::{self, LookUp};
use crate::node::{
    buffer::{self, Encoding},
    errors::{self, node_error},
    stream::{as_buffer, calls, destroy::error_or_destroy, readable::length_of, transform},
    task_queue::{tick, tick_native},
};

pub(super) use after::of_tick;
use after::on_write;
pub(in super::super) use after::sink_done;

/// What became of a chunk.
pub(super) enum Outcome {
    /// It was taken; whether the stream wants more before 'drain'.
    Taken { more: bool },
    /// It came too late, and the error has been reported.
    Refused(JsValue),
}

/// `stream.write(chunk, encoding, callback)`
pub(super) fn write_native(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let chunk = args.get_or_undefined(0).clone();
    let mut encoding = args.get_or_undefined(1).clone();
    let mut callback = args.get_or_undefined(2).as_callable();
    if let Some(second) = encoding.as_callable() {
        callback = Some(second);
        encoding = JsValue::undefined();
    }
    let outcome = write(&stream, chunk, encoding, callback, context)?;
    Ok(matches!(outcome, Outcome::Taken { more: true }).into())
}

/// `stream.write(chunk) === false` as script would ask; the short way if nobody has replaced `write`.
///
/// # Errors
/// What script throws meanwhile.
pub(in super::super) fn is_full_after(
    stream: &JsObject,
    chunk: &JsValue,
    context: &mut Context,
) -> JsResult<bool> {
    let is_it = |known| lookup::is(stream, js_string!("write"), known, context);
    if Slot::of(context).write.get().is_some_and(is_it) {
        let outcome = write(stream, chunk.clone(), JsValue::undefined(), None, context)?;
        return Ok(!matches!(outcome, Outcome::Taken { more: true }));
    }
    let (this, arguments) = (stream.clone().into(), std::slice::from_ref(chunk));
    let method = lookup::method(stream, js_string!("write"), context)?;
    let Some(more) = method.call(&this, arguments, context) else {
        return Err(errors::type_error("dest.write is not a function", context));
    };
    Ok(more?.as_boolean() == Some(false))
}

/// Whether a stream would hand a chunk on to its sink at once, by its own `write`.
///
/// # Errors
/// What getters throw.
pub fn is_idle(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    const BUSY: u32 = bits::WRITING
        | bits::ERRORED
        | bits::ENDING
        | bits::DESTROYED
        | bits::BUFFER_PROCESSING
        | bits::NEED_DRAIN;
    let method = stream.look_up(js_string!("write"), context)?.as_object();
    let slot = Slot::of(context);
    let is_own = match (method, slot.write.get()) {
        (Some(method), Some(own)) => JsObject::equals(&method, own),
        _ => false,
    };
    let state = stream.look_up(js_string!("_writableState"), context)?;
    let Some(state) = State::from_value(&state).filter(|_| is_own) else {
        return Ok(false);
    };
    Ok(state.with(|record| {
        record.bits & (BUSY | bits::CONSTRUCTED) == bits::CONSTRUCTED
            && record.corked == 0
            && record.buffered.is_empty()
    }))
}

/// What the sink gets for a chunk.
struct Prepared {
    chunk: JsValue,
    encoding: JsValue,
    size: usize,
}

pub(super) fn write(
    stream: &JsObject,
    chunk: JsValue,
    encoding: JsValue,
    callback: Option<JsObject>,
    context: &mut Context,
) -> JsResult<Outcome> {
    let state = State::of(stream, context)?;
    if chunk.is_null() {
        return Err(node_error("ERR_STREAM_NULL_VALUES", &[], context));
    }
    let prepared = if state.any(bits::OBJECT_MODE) {
        Prepared {
            chunk,
            encoding,
            size: 1,
        }
    } else {
        prepare(&state, chunk, encoding, context)?
    };
    if state.any(bits::ENDING | bits::DESTROYED) {
        return refuse(stream, &state, callback, context);
    }
    let Prepared {
        chunk,
        encoding,
        size,
    } = prepared;
    let to_sink = state.with(|record| {
        const READY: u32 = bits::WRITING | bits::ERRORED | bits::CONSTRUCTED;
        record.pending += 1;
        record.length += size;
        if record.bits & READY == bits::CONSTRUCTED && record.corked == 0 {
            record.write_length = size;
            record.write_callback = callback.into();
            record.set(bits::WRITING | bits::SYNC);
            return Some((chunk, encoding));
        }
        if !is_buffer_encoding(&encoding) {
            record.clear(bits::ALL_BUFFERS);
        }
        if callback.is_some() {
            record.clear(bits::ALL_NOOP);
        }
        record.buffered.push_back(Entry {
            chunk,
            encoding,
            callback,
            size,
        });
        None
    });
    if let Some((chunk, encoding)) = to_sink {
        call_sink(stream, &state, chunk, encoding, context)?;
        state.clear(bits::SYNC);
    }
    // Asked after writing: a sink that is done at once holds nobody up.
    let more = state.with(|record| {
        let more = (record.length as f64) < record.high_water_mark || record.length == 0;
        if !more {
            record.set(bits::NEED_DRAIN);
        }
        more && !record.any(bits::ERRORED | bits::DESTROYED)
    });
    Ok(Outcome::Taken { more })
}

fn is_buffer_encoding(encoding: &JsValue) -> bool {
    encoding
        .as_string()
        .is_some_and(|name| name == js_string!("buffer"))
}

/// A chunk that isn't an object: bytes, or text that the sink wants as it is.
fn prepare(
    state: &State,
    chunk: JsValue,
    encoding: JsValue,
    context: &mut Context,
) -> JsResult<Prepared> {
    let encoding = if encoding.to_boolean() {
        if !is_buffer_encoding(&encoding) && Encoding::of(&encoding).is_none() {
            return Err(node_error("ERR_UNKNOWN_ENCODING", &[encoding], context));
        }
        encoding
    } else {
        state.with(|record| record.default_encoding.clone())
    };
    let bytes = if let Some(text) = chunk.as_string() {
        if !state.any(bits::DECODE_STRINGS) {
            return Ok(Prepared {
                size: text.len(),
                chunk,
                encoding,
            });
        }
        let Some(encoding) = Encoding::of(&encoding) else {
            return Err(node_error("ERR_UNKNOWN_ENCODING", &[encoding], context));
        };
        buffer::from_slice_pooled(&encoding.encode(text.as_str()), context)?.into()
    } else {
        match as_buffer(&chunk, context)? {
            Some(bytes) => bytes,
            None => return Err(no_chunk(chunk, context)),
        }
    };
    Ok(Prepared {
        size: length_of(&bytes),
        chunk: bytes,
        encoding: js_string!("buffer").into(),
    })
}

fn no_chunk(chunk: JsValue, context: &mut Context) -> boa_engine::JsError {
    let expected = ["string", "Buffer", "TypedArray", "DataView"];
    errors::invalid_arg_type("chunk", &expected, &chunk, context)
}

/// Nothing more can be written.
fn refuse(
    stream: &JsObject,
    state: &State,
    callback: Option<JsObject>,
    context: &mut Context,
) -> JsResult<Outcome> {
    let error = if state.any(bits::ENDING) {
        node_error("ERR_STREAM_WRITE_AFTER_END", &[], context).into_opaque(context)?
    } else {
        destroyed_error("write", context)?
    };
    match callback {
        Some(callback) => tick(callback, vec![error.clone()], context),
        // A tick all the same: what is queued behind it counts on its turn.
        None => tick_native(|_, _| Ok(()), Vec::new(), context),
    }
    error_or_destroy(stream, &error, true, context)?;
    Ok(Outcome::Refused(error))
}

/// `stream._write(chunk, encoding, onwrite)`; a Transform's own without script between.
fn call_sink(
    stream: &JsObject,
    state: &State,
    chunk: JsValue,
    encoding: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let method = stream.look_up(js_string!("_write"), context)?;
    let Some(method) = method.as_callable() else {
        return Err(errors::type_error(
            "stream._write is not a function",
            context,
        ));
    };
    if transform::is_write(&method, context) {
        return transform::write(stream, state, chunk, encoding, context);
    }
    let on_write = on_write(stream, state, context);
    method
        .call(
            &stream.clone().into(),
            &[chunk, encoding, on_write],
            context,
        )
        .map(drop)
}

/// `stream._writev(chunks, onwrite)`
fn call_sink_many(
    stream: &JsObject,
    state: &State,
    chunks: JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let on_write = on_write(stream, state, context);
    let arguments = [chunks.into(), on_write];
    calls::call(stream, js_string!("_writev"), &arguments, context).map(drop)
}

/// What waited for the sink and is its now.
pub(super) enum Load {
    One { chunk: JsValue, encoding: JsValue },
    Many(JsObject),
}

/// Gives the sink what has waited.
pub(super) fn write_now(
    stream: &JsObject,
    state: &State,
    load: Load,
    size: usize,
    callback: Callback,
    context: &mut Context,
) -> JsResult<()> {
    let destroyed = state.with(|record| {
        record.write_length = size;
        record.write_callback = callback;
        record.set(bits::WRITING | bits::SYNC);
        record.any(bits::DESTROYED)
    });
    if destroyed {
        let error = destroyed_error("write", context)?;
        sink_done(stream, state, &error, context)?;
    } else {
        match load {
            Load::One { chunk, encoding } => call_sink(stream, state, chunk, encoding, context)?,
            Load::Many(chunks) => call_sink_many(stream, state, chunks, context)?,
        }
    }
    state.clear(bits::SYNC);
    Ok(())
}

/// `stream._write(chunk, encoding, callback)` of a sink that has only `_writev`.
pub(super) fn default_write(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    if !stream.look_up(js_string!("_writev"), context)?.to_boolean() {
        let arguments = [js_string!("_write()").into()];
        return Err(node_error(
            "ERR_METHOD_NOT_IMPLEMENTED",
            &arguments,
            context,
        ));
    }
    let entry = JsObject::with_object_proto(context.intrinsics());
    let (chunk, encoding) = (args.get_or_undefined(0), args.get_or_undefined(1));
    entry.create_data_property_or_throw(js_string!("chunk"), chunk.clone(), context)?;
    entry.create_data_property_or_throw(js_string!("encoding"), encoding.clone(), context)?;
    let chunks = JsArray::from_iter([entry.into()], context);
    let arguments = [chunks.into(), args.get_or_undefined(2).clone()];
    calls::call(&stream, js_string!("_writev"), &arguments, context)?;
    Ok(JsValue::undefined())
}
