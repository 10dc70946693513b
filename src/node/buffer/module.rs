//! `require('buffer')`, its globals, and the natives that its script halves use.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArrayBuffer, property::Attribute,
};

use super::{
    Encoding, View,
    class::class,
    create,
    errors::{self, MAX_LENGTH, MAX_STRING_LENGTH},
    hex, web,
};
use crate::engine::{
    native::{METHOD, Natives, define_lazy},
    registry,
};

/// What `require('buffer')` gives.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let buffer = class(context)?.constructor.clone();
    let (atob, btoa) = (global_atob(context)?, global_btoa(context)?);
    let constants = Natives::new(context)
        .attributes(Attribute::ENUMERABLE)
        .value("MAX_LENGTH", MAX_LENGTH)
        .value("MAX_STRING_LENGTH", MAX_STRING_LENGTH)
        .build();
    let exports = Natives::new(context)
        .value("Buffer", buffer)
        .lazy("SlowBuffer", |context| {
            part("buffer/late", "SlowBuffer", context)
        })
        .lazy("transcode", |context| {
            part("buffer/late", "transcode", context)
        })
        .function("isUtf8", 1, is_utf8)
        .function("isAscii", 1, is_ascii)
        .value("kMaxLength", MAX_LENGTH)
        .value("kStringMaxLength", MAX_STRING_LENGTH)
        .value("btoa", btoa)
        .value("atob", atob)
        .value("constants", constants)
        .accessor(
            "INSPECT_MAX_BYTES",
            inspect_max_bytes,
            Some(set_inspect_max_bytes),
        )
        .lazy("Blob", |context| part("buffer/blob", "Blob", context))
        .lazy("resolveObjectURL", |context| {
            part("buffer/blob", "resolveObjectURL", context)
        })
        .lazy("File", |context| part("buffer/blob", "File", context))
        .build();
    Ok(exports.into())
}

/// Defines the globals; each is made when it is first touched.
pub fn install(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    let buffer = |context: &mut Context| Ok(class(context)?.constructor.clone().into());
    define_lazy(&global, "Buffer", METHOD, buffer, context);
    define_lazy(&global, "atob", Attribute::all(), global_atob, context);
    define_lazy(&global, "btoa", Attribute::all(), global_btoa, context);
    define_lazy(
        &global,
        "Blob",
        METHOD,
        |context| part("buffer/blob", "Blob", context),
        context,
    );
    define_lazy(
        &global,
        "File",
        METHOD,
        |context| part("buffer/blob", "File", context),
        context,
    );
    Ok(())
}

/// The natives for the script halves.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("hexPairs", 2, hex_pairs)
        .function("inspectMaxBytes", 0, inspect_max_bytes)
        .function("allocUnsafeSlow", 1, create::alloc_unsafe_slow)
        .function("transcode", 3, transcode)
        .function("uniqueId", 0, unique_id)
        .build())
}

/// An identifier in the form of a random UUID, that nobody can have guessed.
fn unique_id(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    use std::hash::{BuildHasher, RandomState};
    let (high, low) = (
        RandomState::new().hash_one(0),
        RandomState::new().hash_one(1),
    );
    let id = format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    );
    Ok(JsString::from(id).into())
}

fn part(id: &str, name: &'static str, context: &mut Context) -> JsResult<JsValue> {
    match registry::require(id, context)?.as_object() {
        Some(exports) => exports.get(JsString::from(name), context),
        None => Ok(JsValue::undefined()),
    }
}

/// Calls a function of a script half that loads for it.
pub fn call_late(
    id: &str,
    name: &'static str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    match part(id, name, context)?.as_callable() {
        Some(function) => function.call(&JsValue::undefined(), args, context),
        None => Ok(JsValue::undefined()),
    }
}

/// The global and the module's export are one function.
fn global_atob(context: &mut Context) -> JsResult<JsValue> {
    Ok(class(context)?
        .web
        .get_or_init(|| web::functions(context))
        .atob
        .clone())
}

fn global_btoa(context: &mut Context) -> JsResult<JsValue> {
    Ok(class(context)?
        .web
        .get_or_init(|| web::functions(context))
        .btoa
        .clone())
}

fn checked_input(args: &[JsValue], context: &mut Context) -> JsResult<View> {
    let input = args.get_or_undefined(0);
    let expected = ["ArrayBuffer", "Buffer", "TypedArray"];
    let Some(view) = View::of_any(input, context) else {
        return Err(errors::invalid_type("input", &expected, input, context));
    };
    let is_detached =
        JsArrayBuffer::from_object(view.buffer()).is_ok_and(|buffer| buffer.data().is_none());
    if is_detached {
        let message = "Invalid state: Cannot validate on a detached buffer";
        let base = crate::node::errors::Base::Plain;
        return Err(crate::node::errors::coded(
            "ERR_INVALID_STATE",
            base,
            message,
            context,
        ));
    }
    Ok(view)
}

fn is_utf8(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = checked_input(args, context)?;
    Ok(view
        .read(|bytes| simdutf8::basic::from_utf8(bytes).is_ok())
        .into())
}

fn is_ascii(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(checked_input(args, context)?.read(<[u8]>::is_ascii).into())
}

fn inspect_max_bytes(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(class(context)?.inspect_max_bytes.get().into())
}

fn set_inspect_max_bytes(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let count = errors::number("INSPECT_MAX_BYTES", value, context)?;
    if count.is_nan() || count < 0.0 {
        return Err(errors::out_of_range(
            "INSPECT_MAX_BYTES",
            ">= 0",
            value,
            context,
        ));
    }
    class(context)?.inspect_max_bytes.set(count);
    Ok(JsValue::undefined())
}

/// `hexPairs(view, max)`: "01 ab …" of at most so many bytes.
fn hex_pairs(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let max = args.get_or_undefined(1).to_number(context)? as usize;
    let Some(view) = View::of(args.get_or_undefined(0), context) else {
        return Ok(js_string!().into());
    };
    let digits = view.part(0, max).read(hex::encode);
    let mut text = Vec::with_capacity(digits.len() / 2 * 3);
    for (index, pair) in digits.chunks_exact(2).enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(pair);
    }
    Ok(JsString::from(boa_engine::JsStr::latin1(&text)).into())
}

/// `transcode(source, from, to)`: a Buffer, or the name of ICU's error.
fn transcode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let source =
        View::of(args.get_or_undefined(0), context).map_or_else(Vec::new, |view| view.to_vec());
    let from = Encoding::of(args.get_or_undefined(1));
    let to = Encoding::of(args.get_or_undefined(2));
    let textual = |encoding: &Encoding| {
        matches!(
            encoding,
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Latin1 | Encoding::Ascii
        )
    };
    let (Some(from), Some(to)) = (from.filter(textual), to.filter(textual)) else {
        return Ok(js_string!("U_ILLEGAL_ARGUMENT_ERROR").into());
    };
    if from == Encoding::Utf8
        && to == Encoding::Utf16Le
        && simdutf8::basic::from_utf8(&source).is_err()
    {
        return Ok(js_string!("U_INVALID_CHAR_FOUND").into());
    }
    let text = from.decode(&source);
    let limit = match to {
        Encoding::Latin1 => 0xff,
        Encoding::Ascii => 0x7f,
        _ => u32::MAX,
    };
    let bytes = if limit == u32::MAX {
        to.encode(text.as_str())
    } else {
        text.code_points()
            .map(|point| {
                if point.as_u32() <= limit {
                    point.as_u32() as u8
                } else {
                    b'?'
                }
            })
            .collect()
    };
    Ok(class(context)?.copy_of(&bytes, context)?.into())
}
