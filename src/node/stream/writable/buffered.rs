//! What waits to be written: `cork` and `uncork`, the way of what waits to the sink, one by one or as a batch, and the end of what
//! will never be written.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray, property::Attribute,
};

use super::{
    Callback, Entry, Slot, State, WritableState, bits, error_or,
    finish::call_finished,
    write::{Load, write_now},
};
use crate::{engine::lookup::LookUp, engine::native, node::stream::calls};

/// `stream.cork()`
pub(super) fn cork(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    State::of(&stream, context)?.with(|record| record.corked += 1);
    Ok(JsValue::undefined())
}

/// `stream.uncork()`
pub(super) fn uncork(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let state = State::of(&stream, context)?;
    let goes_on = state.with(|record| {
        let was_corked = record.corked > 0;
        record.corked = record.corked.saturating_sub(1);
        was_corked && !record.any(bits::WRITING)
    });
    if goes_on {
        clear(&stream, &state, context)?;
    }
    Ok(JsValue::undefined())
}

/// Whether what waits can go to the sink.
fn can_go(record: &WritableState) -> bool {
    const READY: u32 = bits::DESTROYED | bits::BUFFER_PROCESSING | bits::CONSTRUCTED;
    record.bits & READY == bits::CONSTRUCTED && record.corked == 0 && !record.buffered.is_empty()
}

/// Gives the sink what waits, as long as it is done with each at once.
pub(super) fn clear(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    let waiting = state.with(|record| {
        if !can_go(record) {
            return 0;
        }
        record.set(bits::BUFFER_PROCESSING);
        record.buffered.len()
    });
    if waiting == 0 {
        return Ok(());
    }
    let batched = waiting > 1 && stream.look_up(js_string!("_writev"), context)?.to_boolean();
    if batched {
        write_many(stream, state, context)?;
    }
    loop {
        // What came meanwhile goes the same way.
        let next = state.with(|record| {
            if record.any(bits::WRITING) {
                return None;
            }
            record.buffered.pop_front()
        });
        let Some(entry) = next else {
            break;
        };
        let load = Load::One {
            chunk: entry.chunk,
            encoding: entry.encoding,
        };
        let callback = Callback::from(entry.callback);
        write_now(stream, state, load, entry.size, callback, context)?;
    }
    state.with(|record| {
        if record.buffered.is_empty() {
            record.set(bits::ALL_BUFFERS | bits::ALL_NOOP);
        }
        record.clear(bits::BUFFER_PROCESSING);
    });
    Ok(())
}

/// All that waits in one call.
fn write_many(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    let (entries, size, all_buffers) = state.with(|record| {
        let entries = std::mem::take(&mut record.buffered);
        record.pending -= entries.len() as isize - 1;
        let all_buffers = record.any(bits::ALL_BUFFERS);
        record.set(bits::ALL_BUFFERS | bits::ALL_NOOP);
        (entries, record.length, all_buffers)
    });
    let callbacks: Vec<JsObject> = entries
        .iter()
        .filter_map(|entry| entry.callback.clone())
        .collect();
    let callback = if callbacks.is_empty() {
        Callback::Nobody
    } else {
        Callback::Many(callbacks)
    };
    let chunks = list(entries.iter(), context)?;
    chunks.create_data_property_or_throw(js_string!("allBuffers"), all_buffers, context)?;
    write_now(stream, state, Load::Many(chunks), size, callback, context)
}

/// What waits, as script sees it.
fn list<'a>(entries: impl Iterator<Item = &'a Entry>, context: &mut Context) -> JsResult<JsObject> {
    let nothing = Slot::of(context).nothing(context);
    let prototype = context.intrinsics().constructors().object().prototype();
    let mut values = Vec::new();
    for entry in entries {
        let object = JsObject::new(
            context.root_shape(),
            prototype.clone(),
            boa_engine::builtins::object::OrdinaryObject,
        )
        .upcast();
        let callback = entry.callback.clone().unwrap_or_else(|| nothing.clone());
        for (name, value) in [
            (js_string!("chunk"), entry.chunk.clone()),
            (js_string!("encoding"), entry.encoding.clone()),
            (js_string!("callback"), callback.into()),
        ] {
            object.insert_property(name, native::property(value, Attribute::all()));
        }
        values.push(JsValue::from(object));
    }
    Ok(JsArray::from_iter(values, context).into())
}

/// What waits, in an array of its own.
pub(super) fn as_array(state: &State, context: &mut Context) -> JsResult<JsValue> {
    let entries: Vec<Entry> = state.with(|record| {
        record
            .buffered
            .iter()
            .map(|entry| Entry {
                chunk: entry.chunk.clone(),
                encoding: entry.encoding.clone(),
                callback: entry.callback.clone(),
                size: entry.size,
            })
            .collect()
    });
    list(entries.iter(), context).map(JsValue::from)
}

/// Tells everybody who waits that nothing will be written any more.
pub(super) fn drop_all(state: &State, context: &mut Context) -> JsResult<()> {
    if state.any(bits::WRITING) {
        return Ok(());
    }
    loop {
        let next = state.with(|record| {
            let entry = record.buffered.pop_front()?;
            record.length = record.length.saturating_sub(entry.size);
            Some(entry)
        });
        let Some(entry) = next else {
            break;
        };
        if let Some(callback) = entry.callback {
            let error = error_or(state, "write", context)?;
            callback.call(&JsValue::undefined(), &[error], context)?;
        }
    }
    if state.with(|record| !record.on_finished.is_empty()) {
        let error = error_or(state, "end", context)?;
        call_finished(state, &error, context)?;
    }
    state.set(bits::ALL_BUFFERS | bits::ALL_NOOP);
    Ok(())
}
