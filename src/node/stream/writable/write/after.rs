//! When the sink is done with a chunk: callbacks, in a tick if it was done at once, 'drain', the next chunk, the end.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_string,
    object::FunctionObjectBuilder,
};

use super::super::{Batch, Callback, State, bits, buffered, finish::finish_maybe};

use crate::engine::lookup::LookUp;
use crate::node::{
    errors::node_error,
    stream::{calls, destroy::error_or_destroy, emit},
    task_queue::tick_native,
};

/// The function that the sink calls when it is done with a chunk: one for each stream.
pub(super) fn on_write(stream: &JsObject, state: &State, context: &mut Context) -> JsValue {
    if let Some(known) = state.with(|record| record.on_write.clone()) {
        return known.into();
    }
    let native = NativeFunction::from_copy_closure_with_captures(
        |_, args, stream: &JsObject, context| {
            let state = State::of(stream, context)?;
            sink_done(stream, &state, args.get_or_undefined(0), context)?;
            Ok(JsValue::undefined())
        },
        stream.clone(),
    );
    let function: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .length(1)
        .build()
        .into();
    state.with(|record| record.on_write = Some(function.clone()));
    function.into()
}

/// The sink is done with a chunk, or has failed.
///
/// # Errors
/// What script throws meanwhile.
pub(in super::super::super) fn sink_done(
    stream: &JsObject,
    state: &State,
    error: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let failed = error.to_boolean();
    let known = state.with(|record| {
        if !record.any(bits::WRITING) {
            return None;
        }
        let sync = record.any(bits::SYNC);
        record.clear(bits::WRITING);
        record.length = record.length.saturating_sub(record.write_length);
        record.write_length = 0;
        let waiting = !record.buffered.is_empty();
        Some((sync, std::mem::take(&mut record.write_callback), waiting))
    });
    let Some((sync, callback, waiting)) = known else {
        let error = node_error("ERR_MULTIPLE_CALLBACK", &[], context).into_opaque(context)?;
        return error_or_destroy(stream, &error, false, context);
    };
    if failed {
        return sink_failed(stream, state, sync, callback, error, context);
    }
    if waiting {
        buffered::clear(stream, state, context)?;
    }
    if !sync {
        return after_write(stream, state, 1, &callback, context);
    }
    if matches!(callback, Callback::Nobody) {
        return after_silent_write(stream, state, context);
    }
    let fresh = state.with(|record| {
        if record.batch_open
            && let Some(last) = record.batches.back_mut()
            && last.callback.is(&callback)
        {
            last.count += 1;
            return false;
        }
        record.batches.push_back(Batch { count: 1, callback });
        record.batch_open = true;
        record.set(bits::AFTER_WRITE_PENDING);
        true
    });
    if fresh {
        tick_native(after_write_tick, both(stream, state), context);
    }
    Ok(())
}

/// A chunk without a callback was written at once.
fn after_silent_write(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    let (ticks, ending) = state.with(|record| {
        // In object mode Node always takes the tick, and `pendingcb` shows it.
        let wanted =
            record.any(bits::OBJECT_MODE) || (record.any(bits::NEED_DRAIN) && record.length == 0);
        let ticks = wanted && !record.any(bits::AFTER_WRITE_PENDING);
        if ticks {
            record.set(bits::AFTER_WRITE_PENDING);
        } else {
            record.pending -= 1;
        }
        (ticks, record.any(bits::ENDING))
    });
    if ticks {
        tick_native(after_silent_write_tick, both(stream, state), context);
    } else if ending {
        finish_maybe(stream, state, true, context)?;
    }
    Ok(())
}

fn both(stream: &JsObject, state: &State) -> Vec<JsValue> {
    vec![stream.clone().into(), state.to_value()]
}

/// The stream and its state among the arguments of a tick.
pub(in super::super) fn of_tick(
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<(JsObject, State)> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    match State::from_value(args.get_or_undefined(1)) {
        Some(state) => Ok((stream, state)),
        None => {
            let state = State::of(&stream, context)?;
            Ok((stream, state))
        }
    }
}

fn after_silent_write_tick(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    after_write(&stream, &state, 1, &Callback::Nobody, context)
}

fn after_write_tick(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    let batch = state.with(|record| {
        record.batch_open = false;
        record.batches.pop_front()
    });
    match batch {
        Some(batch) => after_write(&stream, &state, batch.count, &batch.callback, context),
        None => Ok(()),
    }
}

fn after_write(
    stream: &JsObject,
    state: &State,
    count: usize,
    callback: &Callback,
    context: &mut Context,
) -> JsResult<()> {
    const DRAINS: u32 = bits::ENDING | bits::NEED_DRAIN | bits::DESTROYED;
    let drains = state.with(|record| {
        record.clear(bits::AFTER_WRITE_PENDING);
        record.bits & DRAINS == bits::NEED_DRAIN && record.length == 0
    });
    if drains
        && !stream
            .look_up(js_string!("destroyed"), context)?
            .to_boolean()
    {
        state.clear(bits::NEED_DRAIN);
        emit(stream, js_string!("drain"), &[], context)?;
    }
    for _ in 0..count {
        state.with(|record| record.pending -= 1);
        callback.call(&JsValue::null(), context)?;
    }
    if state.any(bits::DESTROYED) {
        buffered::drop_all(state, context)?;
    }
    if state.any(bits::ENDING) {
        finish_maybe(stream, state, true, context)?;
    }
    Ok(())
}

fn sink_failed(
    stream: &JsObject,
    state: &State,
    sync: bool,
    callback: Callback,
    error: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    if let Some(error) = error.as_object() {
        // Formats the stack now, while the frames that matter are known.
        error.look_up(js_string!("stack"), context)?;
    }
    state.with(|record| {
        if !record.any(bits::ERRORED) {
            record.set_error(error.clone());
        }
    });
    let readable = stream.look_up(js_string!("_readableState"), context)?;
    if let Some(readable) = readable.as_object()
        && !readable
            .look_up(js_string!("errored"), context)?
            .to_boolean()
    {
        readable.set(js_string!("errored"), error.clone(), true, context)?;
    }
    if !sync {
        return fail(stream, state, error, &callback, context);
    }
    state.with(|record| record.failed.push_back(callback));
    let arguments = vec![stream.clone().into(), state.to_value(), error.clone()];
    tick_native(fail_tick, arguments, context);
    Ok(())
}

fn fail_tick(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    let callback = state.with(|record| record.failed.pop_front());
    let callback = callback.unwrap_or_default();
    fail(
        &stream,
        &state,
        args.get_or_undefined(2),
        &callback,
        context,
    )
}

fn fail(
    stream: &JsObject,
    state: &State,
    error: &JsValue,
    callback: &Callback,
    context: &mut Context,
) -> JsResult<()> {
    state.with(|record| record.pending -= 1);
    callback.call(error, context)?;
    // Everything that was still to be written fails too.
    buffered::drop_all(state, context)?;
    error_or_destroy(stream, error, false, context)
}
