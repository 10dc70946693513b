//! The end of a sink: `end`, then 'prefinish' and `_final` when all is written, then 'finish'.

use std::cell::Cell;

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsValue, NativeFunction, Trace, js_string,
    object::FunctionObjectBuilder,
};

use super::{
    State, WritableState, bits, buffered, destroyed_error,
    write::{Outcome, of_tick, write},
};

use crate::engine::lookup::LookUp;
use crate::node::{
    errors::node_error,
    stream::{
        calls,
        destroy::{self, catch, error_or_destroy},
        emit,
    },
    task_queue::{tick, tick_native},
};

/// `stream.end(chunk, encoding, callback)`
pub(super) fn end(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let state = State::of(&stream, context)?;
    let mut chunk = args.get_or_undefined(0).clone();
    let mut encoding = args.get_or_undefined(1).clone();
    let mut callback = args.get_or_undefined(2).as_callable();
    if let Some(first) = chunk.as_callable() {
        callback = Some(first);
        chunk = JsValue::undefined();
        encoding = JsValue::undefined();
    } else if let Some(second) = encoding.as_callable() {
        callback = Some(second);
        encoding = JsValue::undefined();
    }
    let mut error = None;
    if !chunk.is_null_or_undefined()
        && let Outcome::Refused(refused) = write(&stream, chunk, encoding, None, context)?
    {
        error = Some(refused);
    }
    if state.with(|record| record.corked > 0) {
        state.with(|record| record.corked = 1);
        calls::call(&stream, js_string!("uncork"), &[], context)?;
    }
    if error.is_none() {
        error = end_now(&stream, &state, context)?;
    }
    if let Some(callback) = callback {
        let (errored, finished, failure) = state.with(|record| {
            (
                record.any(bits::ERRORED),
                record.any(bits::FINISHED),
                record.error.clone(),
            )
        });
        match error {
            Some(error) => tick(callback, vec![error], context),
            None if errored => tick(callback, vec![failure], context),
            None if finished => tick(callback, Vec::new(), context),
            None => state.with(|record| record.on_finished.push(callback)),
        }
    }
    Ok(this.clone())
}

/// Nothing more will come. Answers why it can't end, if it can't.
fn end_now(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<Option<JsValue>> {
    let now = state.with(|record| record.bits);
    if now & (bits::ERRORED | bits::ENDING) == 0 {
        // Ending, but not yet ended: a sink that finishes in a later tick sees both.
        state.set(bits::ENDING);
        finish_maybe(stream, state, true, context)?;
        state.set(bits::ENDED);
        return Ok(None);
    }
    if now & bits::FINISHED != 0 {
        let arguments = [js_string!("end").into()];
        let error = node_error("ERR_STREAM_ALREADY_FINISHED", &arguments, context);
        return error.into_opaque(context).map(Some);
    }
    if now & bits::DESTROYED != 0 {
        return destroyed_error("end", context).map(Some);
    }
    Ok(None)
}

fn needs_finish(record: &WritableState) -> bool {
    const LOOKED_AT: u32 = bits::ENDING
        | bits::DESTROYED
        | bits::CONSTRUCTED
        | bits::FINISHED
        | bits::WRITING
        | bits::ERROR_EMITTED
        | bits::CLOSE_EMITTED
        | bits::ERRORED
        // While what has waited is on its way, something waits.
        | bits::BUFFER_PROCESSING;
    record.bits & LOOKED_AT == bits::ENDING | bits::CONSTRUCTED
        && record.length == 0
        && record.buffered.is_empty()
}

/// Finishes if nothing is left to do; in a tick if `sync`.
pub(super) fn finish_maybe(
    stream: &JsObject,
    state: &State,
    sync: bool,
    context: &mut Context,
) -> JsResult<()> {
    if !state.with(|record| needs_finish(record)) {
        return Ok(());
    }
    prefinish(stream, state, context)?;
    let due = state.with(|record| {
        let due = record.pending == 0 && (sync || needs_finish(record));
        if due {
            record.pending += 1;
        }
        due
    });
    if !due {
        return Ok(());
    }
    if sync {
        let arguments = vec![stream.clone().into(), state.to_value()];
        tick_native(finish_if_needed, arguments, context);
        return Ok(());
    }
    finish(stream, state, context)
}

fn finish_if_needed(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    if state.with(|record| needs_finish(record)) {
        return finish(&stream, &state, context);
    }
    state.with(|record| record.pending -= 1);
    Ok(())
}

fn finish_in_tick(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    finish(&stream, &state, context)
}

fn prefinish(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    if state.any(bits::PREFINISHED | bits::FINAL_CALLED) {
        return Ok(());
    }
    let method = stream.look_up(js_string!("_final"), context)?;
    state.set(bits::FINAL_CALLED);
    if let Some(method) = method.as_callable()
        && !state.any(bits::DESTROYED)
    {
        return call_final(stream, state, &method, context);
    }
    state.set(bits::PREFINISHED);
    emit(stream, js_string!("prefinish"), &[], context).map(drop)
}

/// What the callback of `_final` knows.
#[derive(Trace, Finalize)]
struct Final {
    stream: JsObject,
    state: JsValue,
    #[unsafe_ignore_trace]
    called: Cell<bool>,
}

fn call_final(
    stream: &JsObject,
    state: &State,
    method: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let captures = Final {
        stream: stream.clone(),
        state: state.to_value(),
        called: Cell::new(false),
    };
    let done = NativeFunction::from_copy_closure_with_captures(
        |_, args, known: &Final, context| {
            final_done(known, args.get_or_undefined(0), context)?;
            Ok(JsValue::undefined())
        },
        captures,
    );
    let done = FunctionObjectBuilder::new(context.realm(), done)
        .length(1)
        .build();
    state.with(|record| {
        record.set(bits::SYNC);
        record.pending += 1;
    });
    let arguments = [done.clone().into()];
    if let Err(error) = method.call(&stream.clone().into(), &arguments, context) {
        let thrown = catch(error, context)?;
        done.call(&JsValue::undefined(), &[thrown], context)?;
    }
    state.clear(bits::SYNC);
    Ok(())
}

fn final_done(known: &Final, error: &JsValue, context: &mut Context) -> JsResult<()> {
    let stream = &known.stream;
    let Some(state) = State::from_value(&known.state) else {
        return Ok(());
    };
    if known.called.replace(true) {
        let error = if error.is_null_or_undefined() {
            node_error("ERR_MULTIPLE_CALLBACK", &[], context).into_opaque(context)?
        } else {
            error.clone()
        };
        return error_or_destroy(stream, &error, false, context);
    }
    state.with(|record| record.pending -= 1);
    if error.to_boolean() {
        call_finished(&state, error, context)?;
        return error_or_destroy(stream, error, state.any(bits::SYNC), context);
    }
    if state.with(|record| needs_finish(record)) {
        state.set(bits::PREFINISHED);
        emit(stream, js_string!("prefinish"), &[], context)?;
        // Others may listen for 'prefinish' to write their last words: finish in a tick.
        state.with(|record| record.pending += 1);
        let arguments = vec![stream.clone().into(), state.to_value()];
        tick_native(finish_in_tick, arguments, context);
    }
    Ok(())
}

fn finish(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    state.with(|record| {
        record.pending -= 1;
        record.set(bits::FINISHED);
    });
    call_finished(state, &JsValue::null(), context)?;
    emit(stream, js_string!("finish"), &[], context)?;
    if state.any(bits::AUTO_DESTROY) && reading_is_over(stream, context)? {
        calls::call(stream, js_string!("destroy"), &[], context)?;
    }
    Ok(())
}

/// A duplex waits for its other half.
fn reading_is_over(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    let readable = stream.look_up(js_string!("_readableState"), context)?;
    let Some(readable) = readable.as_object() else {
        return Ok(true);
    };
    if !readable
        .look_up(js_string!("autoDestroy"), context)?
        .to_boolean()
    {
        return Ok(false);
    }
    Ok(readable
        .look_up(js_string!("endEmitted"), context)?
        .to_boolean()
        || readable
            .look_up(js_string!("readable"), context)?
            .as_boolean()
            == Some(false))
}

/// Calls what was given to `end`.
pub(super) fn call_finished(state: &State, error: &JsValue, context: &mut Context) -> JsResult<()> {
    for callback in state.with(|record| std::mem::take(&mut record.on_finished)) {
        callback.call(&JsValue::undefined(), std::slice::from_ref(error), context)?;
    }
    Ok(())
}

/// `stream.destroy(err, callback)` of what can be written to.
pub(super) fn destroy(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let state = State::of(&stream, context)?;
    let waits = state.with(|record| {
        !record.any(bits::DESTROYED)
            && (!record.buffered.is_empty() || !record.on_finished.is_empty())
    });
    if waits {
        tick_native(
            |args, context| match State::from_value(args.get_or_undefined(0)) {
                Some(state) => buffered::drop_all(&state, context),
                None => Ok(()),
            },
            vec![state.to_value()],
            context,
        );
    }
    destroy::destroy(this, args, context)
}
