//! `zlib`: deflate, gzip, Brotli and Zstandard. The codecs are native and work on the pool where the form is asynchronous, one
//! job at a time for each stream; options and the classes are script.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/zlib.html>

mod brotli;
mod codec;
mod constants;
mod deflate;
mod handle;
mod sys;
mod zstd;

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, string::JsStrVariant};

use self::{
    codec::{Codec, Failure},
    deflate::{Mode, Settings, Zlib},
};
use crate::{
    engine::native::Natives,
    node::{
        arguments,
        buffer::{Encoding, View, bytes_of},
        errors,
    },
};

/// `binding('zlib')`.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("zlib", 6, zlib)
        .function("brotli", 2, brotli)
        .function("zstd", 4, zstd)
        .function("write", 6, handle::write)
        .function("writeSync", 5, handle::write_sync)
        .function("whole", 6, handle::whole)
        .function("reset", 1, handle::reset)
        .function("params", 3, handle::params)
        .function("crc32", 1, crc32)
        .function("rangeError", 1, range_error)
        .function("constants", 0, constants::constants)
        .function("codes", 0, constants::codes)
        .function("defineNames", 1, constants::define_names)
        .build())
}

fn callback(value: &JsValue, context: &mut Context) -> Result<JsObject, JsError> {
    value
        .as_callable()
        .ok_or_else(|| errors::invalid_callback(value, context))
}

fn refused(failure: &Failure, context: &mut Context) -> JsError {
    let base = errors::Base::Plain;
    errors::coded(
        "ERR_ZLIB_INITIALIZATION_FAILED",
        base,
        &failure.message,
        context,
    )
}

fn made<C: Codec + 'static>(codec: Result<C, Failure>, context: &mut Context) -> JsResult<JsValue> {
    match codec {
        Ok(codec) => Ok(handle::make(Box::new(codec), context).into()),
        Err(failure) => Err(refused(&failure, context)),
    }
}

/// `zlib(mode, windowBits, level, memLevel, strategy, dictionary, isSingle)`: a handle.
fn zlib(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut numbers = [0; 5];
    for (number, value) in numbers.iter_mut().zip(args) {
        *number = value.to_i32(context)?;
    }
    let [mode, window_bits, level, mem_level, strategy] = numbers;
    let Some(mode) = Mode::of(mode) else {
        return Err(errors::type_error("Bad argument", context));
    };
    let dictionary = bytes_of(args.get_or_undefined(5), context).unwrap_or_default();
    let settings = Settings {
        mode,
        window_bits,
        level,
        mem_level,
        strategy,
        dictionary,
        is_single: args.get_or_undefined(6).to_boolean(),
    };
    made(Zlib::new(settings), context)
}

/// Pairs of numbers from a flat list.
fn pairs(value: &JsValue, context: &mut Context) -> JsResult<Vec<(u32, i32)>> {
    let list = value.to_object(context)?;
    let length = list
        .get(boa_engine::js_string!("length"), context)?
        .to_length(context)?;
    let mut pairs = Vec::new();
    for at in (0..length).step_by(2) {
        let key = list.get(at, context)?.to_u32(context)?;
        let value = list.get(at + 1, context)?.to_i32(context)?;
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// `brotli(compresses, parameters)`: a handle.
fn brotli(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let parameters = pairs(args.get_or_undefined(1), context)?;
    let parameters: Vec<(u32, u32)> = parameters
        .into_iter()
        .map(|(key, value)| (key, value.cast_unsigned()))
        .collect();
    if args.get_or_undefined(0).to_boolean() {
        made(brotli::Encoder::new(parameters), context)
    } else {
        made(Ok(brotli::Decoder::new(&parameters)), context)
    }
}

/// `zstd(compresses, parameters, pledgedSrcSize, dictionary)`: a handle.
fn zstd(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let settings = zstd::Settings {
        parameters: pairs(args.get_or_undefined(1), context)?,
        pledged: args.get_or_undefined(2).as_number().map(|size| size as u64),
        dictionary: bytes_of(args.get_or_undefined(3), context).unwrap_or_default(),
    };
    if args.get_or_undefined(0).to_boolean() {
        made(zstd::Encoder::new(&settings), context)
    } else {
        made(zstd::Decoder::new(&settings), context)
    }
}

/// `rangeError(message)`: `ERR_OUT_OF_RANGE` with a text of its own.
fn range_error(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let message = args.get_or_undefined(0).to_string(context)?;
    let base = errors::Base::Range;
    errors::coded(
        "ERR_OUT_OF_RANGE",
        base,
        &message.to_std_string_lossy(),
        context,
    )
    .into_opaque(context)
}

/// `zlib.crc32(data[, value])`
fn crc32(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (data, value) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let text = data.as_string();
    let view = View::of(data, context);
    if text.is_none() && view.is_none() {
        let expected = ["Buffer", "TypedArray", "DataView", "string"];
        return Err(errors::invalid_arg_type("data", &expected, data, context));
    }
    let start = if value.is_undefined() {
        0
    } else {
        arguments::integer(value, "value", 0.0, f64::from(u32::MAX), context)? as u32
    };
    let sum = |bytes: &[u8]| zlib_rs::crc32::crc32(start, bytes);
    let sum = match (text, view) {
        (Some(text), _) => match text.as_str().variant() {
            JsStrVariant::Latin1(bytes) if bytes.is_ascii() => sum(bytes),
            _ => sum(&Encoding::Utf8.encode(text.as_str())),
        },
        (None, Some(view)) => view.read(sum),
        (None, None) => start,
    };
    Ok(sum.into())
}
