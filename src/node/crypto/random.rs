//! Randomness from the system: bytes, integers, UUIDs. The forms with a callback that take bytes work on the pool.

use std::cell::RefCell;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, object::builtins::AlignedVec,
};

use super::{
    errors::plain,
    input::{self, option},
};
use crate::{
    node::{
        arguments,
        buffer::{self, View},
        errors, task_queue,
    },
    runtime::pool::{self, Class},
};

const MOST: f64 = i32::MAX as f64;
/// `crypto.randomInt` takes ranges below this.
const RANGE: f64 = 281_474_976_710_655.0;
/// How many bytes are asked of the system at once where few are needed at a time.
const CACHED: usize = 4096;

fn system(error: getrandom::Error, context: &mut Context) -> JsError {
    plain(&error.to_string(), context)
}

/// Bytes for identifiers and small numbers; each is used once.
struct Cache(RefCell<Vec<u8>>);

fn take<const N: usize>(context: &mut Context) -> JsResult<[u8; N]> {
    if !context.has_data::<Cache>() {
        context.insert_data(Cache(RefCell::default()));
    }
    let mut taken = [0; N];
    let outcome = match context.get_data::<Cache>() {
        Some(Cache(cache)) => {
            let mut cache = cache.borrow_mut();
            let filled = if cache.len() < N {
                cache.resize(CACHED, 0);
                getrandom::fill(&mut cache)
            } else {
                Ok(())
            };
            let rest = cache.len().saturating_sub(N);
            taken.copy_from_slice(&cache[rest..]);
            cache.truncate(rest);
            filled
        }
        None => getrandom::fill(&mut taken),
    };
    outcome.map_err(|error| system(error, context))?;
    Ok(taken)
}

/// `crypto.randomBytes(size[, callback])`
pub fn random_bytes(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (size, callback) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let size = checked_size(size, context)?;
    let fill = move || -> Result<AlignedVec<u8>, getrandom::Error> {
        let mut bytes = AlignedVec::from_iter(0, std::iter::repeat_n(0, size));
        getrandom::fill(&mut bytes)?;
        Ok(bytes)
    };
    if callback.is_undefined() {
        let bytes = fill().map_err(|error| system(error, context))?;
        return buffer::from_aligned(bytes, context).map(JsValue::from);
    }
    let callback = input::callback(callback, context)?;
    pool::submit_as(
        Class::Cpu,
        "RANDOMBYTESREQUEST",
        context,
        fill,
        move |result, context| {
            let value = match result {
                Ok(Ok(bytes)) => Ok(buffer::from_aligned(bytes, context)?.into()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            call_back(&callback, value, context)
        },
    );
    Ok(JsValue::undefined())
}

/// A size that may have a fraction, which doesn't count.
fn checked_size(value: &JsValue, context: &mut Context) -> JsResult<usize> {
    let Some(size) = value.as_number() else {
        return Err(errors::invalid_arg_type(
            "size",
            &["number"],
            value,
            context,
        ));
    };
    if size.is_nan() || !(0.0..=MOST).contains(&size) {
        let range = format!(">= 0 && <= {MOST}");
        return Err(errors::out_of_range("size", &range, value, context));
    }
    Ok(size as usize)
}

fn call_back(
    callback: &JsObject,
    value: Result<JsValue, String>,
    context: &mut Context,
) -> JsResult<()> {
    let args = match value {
        Ok(value) => vec![JsValue::null(), value],
        Err(text) => vec![plain(&text, context).into_opaque(context)?],
    };
    callback.call(&JsValue::undefined(), &args, context)?;
    Ok(())
}

/// What `randomFill` fills: a part of a view or buffer, in units of its elements.
fn part(buf: &JsValue, offset: &JsValue, size: &JsValue, context: &mut Context) -> JsResult<View> {
    let Some(view) = View::of_any(buf, context) else {
        let expected = ["ArrayBuffer", "ArrayBufferView"];
        return Err(errors::invalid_arg_type("buf", &expected, buf, context));
    };
    let element = match buf.as_object() {
        Some(object) => match object.get(boa_engine::js_string!("BYTES_PER_ELEMENT"), context)? {
            value if value.is_number() => value.to_length(context)?.max(1) as usize,
            _ => 1,
        },
        None => 1,
    };
    let total = view.len();
    let start = if offset.is_undefined() {
        0
    } else {
        position(offset, "offset", element, total as f64, context)?
    };
    let length = if size.is_undefined() {
        total - start
    } else {
        let length = position(size, "size", element, MOST, context)?;
        if start + length > total {
            let range = format!("<= {total}");
            let received = JsValue::from(start + length);
            return Err(errors::out_of_range(
                "size + offset",
                &range,
                &received,
                context,
            ));
        }
        length
    };
    Ok(view.part(start, start + length))
}

/// A number of elements, as bytes.
fn position(
    value: &JsValue,
    name: &str,
    element: usize,
    most: f64,
    context: &mut Context,
) -> JsResult<usize> {
    let Some(number) = value.as_number() else {
        return Err(errors::invalid_arg_type(name, &["number"], value, context));
    };
    let bytes = number * element as f64;
    if bytes.is_nan() || !(0.0..=most).contains(&bytes) {
        let range = format!(">= 0 && <= {most}");
        return Err(errors::out_of_range(name, &range, &bytes.into(), context));
    }
    Ok(bytes as usize)
}

/// `crypto.randomFillSync(buffer[, offset][, size])`
pub fn random_fill_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let buf = args.get_or_undefined(0);
    let part = part(
        buf,
        args.get_or_undefined(1),
        args.get_or_undefined(2),
        context,
    )?;
    part.write(context, getrandom::fill)?
        .map_err(|error| system(error, context))?;
    Ok(buf.clone())
}

/// `crypto.randomFill(buffer[, offset][, size], callback)`
pub fn random_fill(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let buf = args.get_or_undefined(0).clone();
    if View::of_any(&buf, context).is_none() {
        let expected = ["ArrayBuffer", "ArrayBufferView"];
        return Err(errors::invalid_arg_type("buf", &expected, &buf, context));
    }
    let none = JsValue::undefined();
    let (offset, size, callback) = match (args.get_or_undefined(1), args.get_or_undefined(2)) {
        (first, _) if first.is_callable() => (&none, &none, first),
        (first, second) if second.is_callable() => (first, &none, second),
        (first, second) => (first, second, args.get_or_undefined(3)),
    };
    let callback = input::callback(callback, context)?;
    let part = part(&buf, offset, size, context)?;
    let length = part.len();
    if length == 0 {
        let args = [callback.into(), JsValue::null(), buf];
        return task_queue::next_tick(&none, &args, context);
    }
    let fill = move || -> Result<Vec<u8>, getrandom::Error> {
        let mut bytes = vec![0; length];
        getrandom::fill(&mut bytes)?;
        Ok(bytes)
    };
    pool::submit_as(
        Class::Cpu,
        "RANDOMBYTESREQUEST",
        context,
        fill,
        move |result, context| {
            let value = match result {
                Ok(Ok(bytes)) => {
                    part.write(context, |into| {
                        let length = into.len().min(bytes.len());
                        into[..length].copy_from_slice(&bytes[..length]);
                    })?;
                    Ok(buf)
                }
                Ok(Err(error)) => Err(error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            call_back(&callback, value, context)
        },
    );
    Ok(JsValue::undefined())
}

/// `crypto.randomInt([min, ]max[, callback])`
pub fn random_int(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let zero = JsValue::from(0);
    let (first, second) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let only_max = second.is_undefined() || second.is_callable();
    let (min, max, callback) = if only_max {
        (&zero, first, second)
    } else {
        (first, second, args.get_or_undefined(2))
    };
    if !callback.is_undefined() {
        input::callback(callback, context)?;
    }
    let low = safe_integer(min, "min", context)?;
    let high = safe_integer(max, "max", context)?;
    if high <= low {
        let range = format!("greater than the value of \"min\" ({low})");
        return Err(errors::out_of_range("max", &range, max, context));
    }
    let range = high - low;
    if range > RANGE {
        let name = if only_max { "max" } else { "max - min" };
        let bound = format!("<= {RANGE}");
        return Err(errors::out_of_range(name, &bound, &range.into(), context));
    }
    // The largest multiple of the range that six bytes reach: what is above would favour small numbers.
    let range = range as u64;
    let limit = (1_u64 << 48) / range * range;
    let number = loop {
        let bytes = take::<6>(context)?;
        let drawn = bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        if drawn < limit {
            break low + (drawn % range) as f64;
        }
    };
    if callback.is_undefined() {
        return Ok(number.into());
    }
    let args = [callback.clone(), JsValue::undefined(), number.into()];
    task_queue::next_tick(&JsValue::undefined(), &args, context)
}

fn safe_integer(value: &JsValue, name: &str, context: &mut Context) -> JsResult<f64> {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    value
        .as_number()
        .filter(|number| number.fract() == 0.0 && number.abs() <= SAFE)
        .ok_or_else(|| errors::invalid_arg_type(name, &["a safe integer"], value, context))
}

fn uuid_text(bytes: [u8; 16]) -> JsString {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'-'; 36];
    let mut at = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            at += 1;
        }
        text[at] = DIGITS[usize::from(byte >> 4)];
        text[at + 1] = DIGITS[usize::from(byte & 15)];
        at += 2;
    }
    JsString::from(boa_engine::JsStr::latin1(&text))
}

/// The bytes for an identifier, past the cache where the options say so.
fn uuid_bytes(args: &[JsValue], context: &mut Context) -> JsResult<[u8; 16]> {
    let options = args.get_or_undefined(0);
    let mut direct = false;
    if !options.is_undefined() {
        arguments::object(options, "options", context)?;
        let value = option(options, "disableEntropyCache", context)?;
        if !value.is_undefined() {
            direct = arguments::boolean(&value, "options.disableEntropyCache", context)?;
        }
    }
    if !direct {
        return take::<16>(context);
    }
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| system(error, context))?;
    Ok(bytes)
}

fn versioned(mut bytes: [u8; 16], version: u8) -> JsString {
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    uuid_text(bytes)
}

/// `crypto.randomUUID([options])`: RFC 9562, version 4.
pub fn random_uuid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = uuid_bytes(args, context)?;
    Ok(versioned(bytes, 4).into())
}

/// `crypto.randomUUIDv7([options])`: RFC 9562, version 7, the time in milliseconds first.
pub fn random_uuid_v7(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut bytes = uuid_bytes(args, context)?;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |time| time.as_millis() as u64);
    bytes[..6].copy_from_slice(&now.to_be_bytes()[2..]);
    Ok(versioned(bytes, 7).into())
}

/// `crypto.timingSafeEqual(a, b)`
pub fn timing_safe_equal(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    use subtle::ConstantTimeEq;
    let mut views = Vec::with_capacity(2);
    for (index, name) in ["buf1", "buf2"].iter().enumerate() {
        let Some(view) = View::of_any(args.get_or_undefined(index), context) else {
            let message = format!(
                "The \"{name}\" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView."
            );
            let base = errors::Base::Type;
            return Err(errors::coded(
                "ERR_INVALID_ARG_TYPE",
                base,
                &message,
                context,
            ));
        };
        views.push(view);
    }
    if views[0].len() != views[1].len() {
        let code = "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH";
        return Err(errors::node_error(code, &[], context));
    }
    let equal = views[0].read(|a| views[1].read(|b| bool::from(a.ct_eq(b))));
    Ok(equal.into())
}

/// `getRandomValues(typedArray)` behind its checks: at most 65,536 bytes of integers.
pub fn fill_values(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    random_fill_sync(&JsValue::undefined(), &args[..args.len().min(1)], context)
}
