//! Out of the buffer: `read`, which asks the source for more and takes what was asked for.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};

use super::{
    Chunk, ReadableState, Slot, State, bits,
    flow::{emit_readable, end_readable},
    part,
    push::{forget_awaited, gather},
};

use crate::engine::lookup::{self, Method};
use crate::node::{
    errors::{self, node_error},
    stream::{
        calls,
        destroy::{catch, error_or_destroy},
        emit, transform,
    },
};

/// `stream.read(n)`
pub fn read_native(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let asked = match args.get_or_undefined(0) {
        value if value.is_undefined() => f64::NAN,
        value => match value.as_number() {
            Some(number) if number.fract() == 0.0 => number,
            _ => parse_int(value, context)?,
        },
    };
    let state = State::of(&stream, context)?;
    read(&stream, &state, asked, context)
}

/// `Number.parseInt(value, 10)`
fn parse_int(value: &JsValue, context: &mut Context) -> JsResult<f64> {
    let text = value.to_string(context)?.to_std_string_lossy();
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(digits.len());
    Ok(digits[..end]
        .parse::<f64>()
        .map_or(f64::NAN, |number| sign * number))
}

/// `stream.read(n)` as script would call it: the short way if nobody has replaced it. NaN stands for no argument. The state is
/// the stream's, if the caller has looked it up already.
pub(super) fn call_read(
    stream: &JsObject,
    state: Option<&State>,
    n: f64,
    context: &mut Context,
) -> JsResult<JsValue> {
    let is_it = |known| lookup::is(stream, js_string!("read"), known, context);
    if !Slot::of(context).read.get().is_some_and(is_it) {
        let n = JsValue::from(n);
        let args = match n.as_number() {
            Some(number) if number.is_nan() => &[],
            _ => std::slice::from_ref(&n),
        };
        return calls::call(stream, js_string!("read"), args, context);
    }
    match state {
        Some(state) => read(stream, state, n, context),
        None => read(stream, &State::of(stream, context)?, n, context),
    }
}

/// How much of `n` can be had now; NaN asks for everything, or in a flowing stream for one chunk, so that nothing is copied.
fn how_much(n: f64, record: &ReadableState) -> f64 {
    if n <= 0.0 || (record.length == 0 && record.any(bits::ENDED)) {
        return 0.0;
    }
    if record.any(bits::OBJECT_MODE) {
        return 1.0;
    }
    if n.is_nan() {
        return match record.buffer.front() {
            Some(first) if record.any(bits::FLOWING) && record.length > 0 => first.size as f64,
            _ => record.length as f64,
        };
    }
    if n <= record.length as f64 {
        n
    } else if record.any(bits::ENDED) {
        record.length as f64
    } else {
        0.0
    }
}

/// A reader that asks for much gets a mark that can hold it: the next power of two.
fn raise_mark(n: f64, context: &mut Context) -> JsResult<f64> {
    const LIMIT: f64 = 0x4000_0000 as f64;
    if n > LIMIT {
        let arguments = [
            js_string!("size").into(),
            js_string!("<= 1GiB").into(),
            n.into(),
        ];
        return Err(node_error("ERR_OUT_OF_RANGE", &arguments, context));
    }
    Ok((n as u64).next_power_of_two() as f64)
}

fn read(stream: &JsObject, state: &State, asked: f64, context: &mut Context) -> JsResult<JsValue> {
    if asked > state.with(|record| record.high_water_mark) {
        let mark = raise_mark(asked, context)?;
        state.with(|record| record.high_water_mark = mark);
    }
    // read(0) with enough at hand only tells of it.
    let (tells, over) = state.with(|record| {
        if asked != 0.0 {
            record.clear(bits::EMITTED_READABLE);
        }
        let full = if record.high_water_mark == 0.0 {
            record.length > 0
        } else {
            !record.below_mark()
        };
        (
            asked == 0.0 && record.any(bits::NEED_READABLE) && (full || record.any(bits::ENDED)),
            record.length == 0 && record.any(bits::ENDED),
        )
    });
    if tells {
        if over {
            end_readable(stream, state, context);
        } else {
            emit_readable(stream, state, context);
        }
        return Ok(JsValue::null());
    }
    let mut n = state.with(|record| how_much(asked, record));
    if n == 0.0 && state.any(bits::ENDED) {
        if over {
            end_readable(stream, state, context);
        }
        return Ok(JsValue::null());
    }
    if asks_source(state, n) {
        ask_source(stream, state, context)?;
        // Data that came at once counts for this call.
        if !state.any(bits::READING) {
            n = state.with(|record| how_much(asked, record));
        }
    }
    let chunk = if n > 0.0 {
        take(state, n, context)?
    } else {
        None
    };
    match &chunk {
        None => {
            n = 0.0;
            state.with(|record| {
                if record.length as f64 <= record.high_water_mark {
                    record.set(bits::NEED_READABLE);
                }
            });
        }
        Some(_) => forget_awaited(state),
    }
    let at_end = state.with(|record| {
        if record.length == 0 && !record.any(bits::ENDED) {
            record.set(bits::NEED_READABLE);
        }
        record.length == 0 && record.any(bits::ENDED) && asked != n
    });
    if at_end {
        end_readable(stream, state, context);
    }
    let Some(chunk) = chunk else {
        return Ok(JsValue::null());
    };
    if !state.any(bits::ERROR_EMITTED | bits::CLOSE_EMITTED) {
        state.set(bits::DATA_EMITTED);
        emit(
            stream,
            js_string!("data"),
            std::slice::from_ref(&chunk),
            context,
        )?;
    }
    Ok(chunk)
}

/// Whether the source has to be asked, if `n` is taken now.
fn asks_source(state: &State, n: f64) -> bool {
    const FREE: u32 =
        bits::ENDED | bits::READING | bits::DESTROYED | bits::ERRORED | bits::CONSTRUCTED;
    state.with(|record| {
        let wanted = record.any(bits::NEED_READABLE)
            || record.length == 0
            || record.length as f64 - n < record.high_water_mark;
        wanted && record.bits & FREE == bits::CONSTRUCTED
    })
}

fn ask_source(stream: &JsObject, state: &State, context: &mut Context) -> JsResult<()> {
    let mark = state.with(|record| {
        record.set(bits::READING | bits::SYNC);
        if record.length == 0 {
            record.set(bits::NEED_READABLE);
        }
        record.high_water_mark
    });
    let outcome = call_source(stream, mark, context);
    if let Err(error) = outcome {
        let thrown = catch(error, context)?;
        error_or_destroy(stream, &thrown, false, context)?;
    }
    state.clear(bits::SYNC);
    Ok(())
}

/// `stream._read(mark)`; a Transform's own without a call of a function object.
fn call_source(stream: &JsObject, mark: f64, context: &mut Context) -> JsResult<()> {
    let method = lookup::method(stream, js_string!("_read"), context)?;
    if let Method::Value(method) = &method
        && let Some(method) = method.as_callable()
        && transform::is_read(&method, context)
    {
        return transform::read(stream, context);
    }
    match method.call(&stream.clone().into(), &[mark.into()], context) {
        Some(outcome) => outcome.map(drop),
        None => Err(errors::type_error(
            "stream._read is not a function",
            context,
        )),
    }
}

/// What leaves the buffer: whole chunks, and the part of a chunk whose rest stays.
struct Taken {
    whole: Vec<JsValue>,
    split: Option<(JsValue, usize)>,
}

/// Takes `n` from the buffer; `None` if there is nothing.
fn take(state: &State, n: f64, context: &mut Context) -> JsResult<Option<JsValue>> {
    // The usual case: the first chunk as it is.
    let first = state.with(|record| {
        let first = record.buffer.front()?.size;
        let alone = record.buffer.len() == 1 && n >= first as f64;
        if record.any(bits::OBJECT_MODE) || n == first as f64 || alone {
            let chunk = record.buffer.pop_front()?;
            record.length -= chunk.size.min(record.length);
            return Some(chunk.value);
        }
        None
    });
    if first.is_some() {
        return Ok(first);
    }
    let taken = state.with(|record| {
        let mut left = if n >= record.length as f64 {
            record.length
        } else {
            n as usize
        };
        let mut taken = Taken {
            whole: Vec::new(),
            split: None,
        };
        while left > 0 {
            let Some(first) = record.buffer.front() else {
                break;
            };
            if first.size > left {
                taken.split = Some((first.value.clone(), left));
                record.length -= left;
                break;
            }
            left -= first.size;
            record.length -= first.size;
            if let Some(chunk) = record.buffer.pop_front() {
                taken.whole.push(chunk.value);
            }
        }
        taken
    });
    let Taken { mut whole, split } = taken;
    if let Some((chunk, at)) = split {
        let size = super::length_of(&chunk);
        let rest = part(&chunk, at, size, context)?;
        whole.push(part(&chunk, 0, at, context)?);
        state.with(|record| {
            if let Some(first) = record.buffer.front_mut() {
                *first = Chunk {
                    value: rest,
                    size: size - at,
                };
            }
        });
    }
    match whole.len() {
        0 => Ok(None),
        1 => Ok(whole.pop()),
        _ => gather(whole, context).map(Some),
    }
}

/// `Readable._fromList(n, state)`: takes from the buffer of a state, which knows nothing of it but by its length.
pub fn from_list(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(state) = State::from_value(args.get_or_undefined(1)) else {
        return Ok(JsValue::null());
    };
    let n = args.get_or_undefined(0).to_number(context)?;
    let before = state.with(|record| record.length);
    let n = if n > 0.0 { n } else { f64::INFINITY };
    let taken = if before == 0 {
        None
    } else {
        take(&state, n, context)?
    };
    // The caller subtracts what it took.
    state.with(|record| record.length = before);
    Ok(taken.unwrap_or_else(JsValue::null))
}
