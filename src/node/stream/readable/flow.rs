//! Telling the reader that there is something, and the source that there is room: 'readable', the flow of 'data', `resume` and
//! `pause`, and the end. What Node leaves to a later tick is queued here as a native step.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string, native_function::NativeFunctionPointer,
};

use super::{Slot, State, bits, listen::has_listener, read::call_read};

use crate::engine::lookup::{self, LookUp};
use crate::node::{
    stream::{calls, destroy, emit},
    task_queue::tick_native,
};
use crate::runtime::State as Runtime;

/// The stream and its state among the arguments of a tick.
fn of_tick(args: &[JsValue], context: &mut Context) -> JsResult<(JsObject, State)> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    match args.get(1).and_then(State::from_value) {
        Some(state) => Ok((stream, state)),
        None => {
            let state = State::of(&stream, context)?;
            Ok((stream, state))
        }
    }
}

fn both(stream: &JsObject, state: &State) -> Vec<JsValue> {
    vec![stream.clone().into(), state.to_value()]
}

/// 'readable' in a tick, unless one is on its way.
pub(super) fn emit_readable(stream: &JsObject, state: &State, context: &mut Context) {
    let first = state.with(|record| {
        record.clear(bits::NEED_READABLE);
        let first = !record.any(bits::EMITTED_READABLE);
        record.set(bits::EMITTED_READABLE);
        first
    });
    if first {
        tick_native(
            |args, context| {
                let (stream, state) = of_tick(args, context)?;
                emit_readable_now(&stream, &state, context)
            },
            both(stream, state),
            context,
        );
    }
}

/// 'readable' now, and then whatever flows.
pub(super) fn emit_readable_now(
    stream: &JsObject,
    state: &State,
    context: &mut Context,
) -> JsResult<()> {
    let due = state.with(|record| {
        !record.any(bits::DESTROYED | bits::ERRORED)
            && (record.length > 0 || record.any(bits::ENDED))
    });
    if due {
        emit(stream, js_string!("readable"), &[], context)?;
        state.clear(bits::EMITTED_READABLE);
    }
    state.with(|record| {
        if !record.any(bits::FLOWING | bits::ENDED)
            && record.length as f64 <= record.high_water_mark
        {
            record.set(bits::NEED_READABLE);
        }
    });
    flow(stream, state, context)
}

/// Fills the buffer in a tick, unless that is on its way.
pub(super) fn maybe_read_more(stream: &JsObject, state: &State, context: &mut Context) {
    let due = state.with(|record| {
        let due = record.bits & (bits::READING_MORE | bits::CONSTRUCTED) == bits::CONSTRUCTED;
        if due {
            record.set(bits::READING_MORE);
        }
        due
    });
    if due {
        tick_native(read_more, both(stream, state), context);
    }
}

fn read_more(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    loop {
        let (room, length) = state.with(|record| {
            let room = !record.any(bits::READING | bits::ENDED)
                && (record.below_mark() || (record.any(bits::FLOWING) && record.length == 0));
            (room, record.length)
        });
        if !room {
            break;
        }
        call_read(&stream, Some(&state), 0.0, context)?;
        if state.with(|record| record.length) == length {
            break;
        }
    }
    state.clear(bits::READING_MORE);
    Ok(())
}

/// Reads as long as the stream flows and has something.
pub(super) fn flow(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    while state.any(bits::FLOWING) && !call_read(stream, Some(state), f64::NAN, context)?.is_null()
    {
    }
    Ok(())
}

/// `read(0)` in a tick.
pub(super) fn read_nothing_soon(stream: &JsObject, context: &mut Context) {
    tick_native(
        |args, context| {
            let stream = calls::this_stream(args.get_or_undefined(0), context)?;
            call_read(&stream, None, 0.0, context).map(drop)
        },
        vec![stream.clone().into()],
        context,
    );
}

/// `stream.resume()`
pub fn resume(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let state = State::of(&stream, context)?;
    resume_state(&stream, &state, context);
    Ok(this.clone())
}

/// `stream.resume()` as script would call it.
///
/// # Errors
/// What a method throws that a program has put there.
pub fn resume_as_script(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = State::of(stream, context)?;
    call_resume(stream, &state, context)
}

/// `stream.resume()` as script would call it: the short way if nobody has replaced it.
pub(super) fn call_resume(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    let is_it = |known| lookup::is(stream, js_string!("resume"), known, context);
    if Slot::of(context).resume.get().is_some_and(is_it) {
        resume_state(stream, state, context);
        return Ok(());
    }
    calls::call(stream, js_string!("resume"), &[], context).map(drop)
}

fn resume_state(stream: &JsObject, state: &State, context: &mut Context) {
    let schedule = state.with(|record| {
        if record.any(bits::FLOWING) {
            return false;
        }
        // A 'readable' listener keeps the data to itself.
        record.set_flowing(!record.any(bits::READABLE_LISTENING));
        let first = !record.any(bits::RESUME_SCHEDULED);
        record.set(bits::RESUME_SCHEDULED);
        first
    });
    if schedule {
        tick_native(resume_now, both(stream, state), context);
    }
    state.with(|record| {
        record.clear(bits::PAUSED);
        record.set(bits::HAS_PAUSED);
    });
}

fn resume_now(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    let reads = !state.any(bits::READING);
    let is_told = reads && is_at_end(&state) && reads_plainly(&stream, context);
    if reads {
        call_read(&stream, Some(&state), 0.0, context)?;
    }
    state.clear(bits::RESUME_SCHEDULED);
    let heard = emit(&stream, js_string!("resume"), &[], context)?;
    if is_told && !heard && is_at_end(&state) && state.any(bits::FLOWING) {
        // To read on would put the same step behind the one that tells of the end, which finds that done.
        state.clear(bits::EMITTED_READABLE);
        return Ok(());
    }
    flow(&stream, &state, context)?;
    if state.bits() & (bits::FLOWING | bits::READING) == bits::FLOWING {
        call_read(&stream, Some(&state), 0.0, context)?;
    }
    Ok(())
}

/// Whether a stream has nothing to read but its end.
fn is_at_end(state: &State) -> bool {
    state.with(|record| record.length == 0 && record.any(bits::ENDED))
}

/// Whether nobody sees how often a stream is read: not by a `read` of its own, nor by the resources that steps are.
fn reads_plainly(stream: &JsObject, context: &Context) -> bool {
    let is_read = |known| lookup::is(stream, js_string!("read"), known, context);
    !Runtime::of(context).async_context.is_tracking()
        && Slot::of(context).read.get().is_some_and(is_read)
}

/// `stream.pause()`
pub fn pause(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let state = State::of(&stream, context)?;
    if !state.with(|record| record.stands_still()) {
        state.with(|record| record.set_flowing(false));
        emit(&stream, js_string!("pause"), &[], context)?;
    }
    state.set(bits::HAS_PAUSED | bits::PAUSED);
    Ok(this.clone())
}

/// `stream.isPaused()`
pub(super) fn is_paused(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let state = State::of(&stream, context)?;
    Ok(state
        .with(|record| record.any(bits::PAUSED) || record.stands_still())
        .into())
}

/// After a 'readable' listener has gone: what the stream does depends on who is left.
pub(super) fn update_listening(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    let readable = has_listener(&stream, js_string!("readable"), context)?;
    let resumes = state.with(|record| {
        if readable {
            record.set(bits::READABLE_LISTENING);
        } else {
            record.clear(bits::READABLE_LISTENING);
        }
        const ASKED: u32 = bits::HAS_PAUSED | bits::RESUME_SCHEDULED;
        let resumes = record.bits & (ASKED | bits::PAUSED) == ASKED;
        if resumes {
            record.set_flowing(true);
        }
        resumes
    });
    if resumes {
        return Ok(());
    }
    if has_listener(&stream, js_string!("data"), context)? {
        calls::call(&stream, js_string!("resume"), &[], context)?;
    } else if !readable {
        state.clear(bits::FLOWING | bits::HAS_FLOWING);
    }
    Ok(())
}

/// 'end' in a tick.
pub(super) fn end_readable(stream: &JsObject, state: &State, context: &mut Context) {
    if !state.any(bits::END_EMITTED) {
        state.set(bits::ENDED);
        tick_native(end_readable_now, both(stream, state), context);
    }
}

fn end_readable_now(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (stream, state) = of_tick(args, context)?;
    const OVER: u32 = bits::ERRORED | bits::CLOSE_EMITTED | bits::END_EMITTED;
    if state.with(|record| record.any(OVER) || record.length != 0) {
        return Ok(());
    }
    state.set(bits::END_EMITTED);
    emit(&stream, js_string!("end"), &[], context)?;
    let half_open = stream.look_up(js_string!("allowHalfOpen"), context)?;
    if half_open.as_boolean() == Some(false)
        && stream
            .look_up(js_string!("writable"), context)?
            .to_boolean()
    {
        tick_native(end_writable, vec![stream.into()], context);
    } else if state.any(bits::AUTO_DESTROY) && writing_is_over(&stream, context)? {
        let slot = Slot::of(context);
        let own = (&slot.destroy, destroy::destroy as NativeFunctionPointer);
        calls::call_known(&stream, js_string!("destroy"), own, &[], context)?;
    }
    Ok(())
}

/// A duplex waits for its other half.
fn writing_is_over(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    let writable = stream.look_up(js_string!("_writableState"), context)?;
    let Some(writable) = writable.as_object() else {
        return Ok(true);
    };
    if !writable
        .look_up(js_string!("autoDestroy"), context)?
        .to_boolean()
    {
        return Ok(false);
    }
    Ok(writable
        .look_up(js_string!("finished"), context)?
        .to_boolean()
        || writable
            .look_up(js_string!("writable"), context)?
            .as_boolean()
            == Some(false))
}

fn end_writable(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let is = |name, context: &mut Context| -> JsResult<bool> {
        Ok(stream
            .get::<boa_engine::JsString>(name, context)?
            .to_boolean())
    };
    if is(js_string!("writable"), context)?
        && !is(js_string!("writableEnded"), context)?
        && !is(js_string!("destroyed"), context)?
    {
        calls::call(&stream, js_string!("end"), &[], context)?;
    }
    Ok(())
}
