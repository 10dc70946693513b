//! Buffers as text: `toString`, `write`, and the `<encoding>Slice` and `<encoding>Write` methods.

use boa_engine::{
    Context, JsArgs, JsResult, JsString, JsValue, native_function::NativeFunctionPointer,
};

use super::{
    encoding::Encoding,
    errors::{self, MAX_STRING_LENGTH},
    numbers::receiver,
    view::View,
};
use crate::engine::native::Natives;

/// Methods that read or write text of one encoding.
macro_rules! slice {
    ($encoding:ident) => {
        |this, args, context| slice(Encoding::$encoding, this, args, context)
    };
}
macro_rules! write {
    ($encoding:ident) => {
        |this, args, context| write_raw(Encoding::$encoding, this, args, context)
    };
}

const METHODS: &[(&str, usize, NativeFunctionPointer)] = &[
    ("toString", 3, to_string),
    ("write", 4, write),
    ("asciiSlice", 2, slice!(Ascii)),
    ("base64Slice", 2, slice!(Base64)),
    ("base64urlSlice", 2, slice!(Base64Url)),
    ("latin1Slice", 2, slice!(Latin1)),
    ("hexSlice", 2, slice!(Hex)),
    ("ucs2Slice", 2, slice!(Utf16Le)),
    ("utf8Slice", 2, slice!(Utf8)),
    ("asciiWrite", 3, write!(Ascii)),
    ("base64Write", 3, write!(Base64)),
    ("base64urlWrite", 3, write!(Base64Url)),
    ("latin1Write", 3, write!(Latin1)),
    ("hexWrite", 3, write!(Hex)),
    ("ucs2Write", 3, write!(Utf16Le)),
    ("utf8Write", 3, write!(Utf8)),
];

/// Defines the methods on the prototype.
pub fn methods(mut natives: Natives<'_>) -> Natives<'_> {
    for (name, length, method) in METHODS {
        natives = natives.function(name, *length, *method);
    }
    natives
}

/// Decodes the bytes of a view.
///
/// # Errors
/// `ERR_STRING_TOO_LONG` where Node couldn't hold the string either.
pub fn decode(encoding: Encoding, view: &View, context: &mut Context) -> JsResult<JsString> {
    let length = match encoding {
        Encoding::Hex => view.len().saturating_mul(2),
        Encoding::Base64 | Encoding::Base64Url => view.len() / 3 * 4,
        Encoding::Utf16Le => view.len() / 2,
        Encoding::Utf8 | Encoding::Latin1 | Encoding::Ascii => view.len(),
    };
    if length > MAX_STRING_LENGTH {
        return Err(errors::string_too_long(context));
    }
    Ok(view.read(|bytes| encoding.decode(bytes)))
}

fn this_view(this: &JsValue, context: &mut Context) -> JsResult<View> {
    View::of(this, context).ok_or_else(|| errors::invalid_native_argument("a buffer", context))
}

fn to_string(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = this_view(this, context)?;
    let length = view.len();
    if args.len() < 2 && length > 0 {
        let encoding = encoding_of(args.get_or_undefined(0), context)?;
        return decode(encoding, &view, context).map(JsValue::from);
    }
    let start = match args.get_or_undefined(1) {
        value if value.is_undefined() => 0.0,
        value => value.to_number(context)?.trunc(),
    };
    let end = match args.get_or_undefined(2) {
        value if value.is_undefined() => length as f64,
        value => value.to_number(context)?.trunc(),
    };
    // Casting saturates, and makes 0 of NaN.
    let (start, end) = (start as usize, (end as usize).min(length));
    if start >= end {
        return Ok(JsString::default().into());
    }
    let encoding = encoding_of(args.get_or_undefined(0), context)?;
    decode(encoding, &view.part(start, end), context).map(JsValue::from)
}

fn encoding_of(value: &JsValue, context: &mut Context) -> JsResult<Encoding> {
    match value.is_undefined() {
        true => Ok(Encoding::Utf8),
        false => named(value, context),
    }
}

/// The encoding that a value names once it is made a string.
pub fn named(value: &JsValue, context: &mut Context) -> JsResult<Encoding> {
    let name = value.to_string(context)?;
    Encoding::parse(name.as_str()).ok_or_else(|| errors::unknown_encoding(&name.into(), context))
}

fn slice(
    encoding: Encoding,
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let view = this_view(this, context)?;
    let start = index(args.get_or_undefined(0), 0, context)?;
    let end = index(args.get_or_undefined(1), view.len(), context)?;
    if end > view.len() {
        return Err(errors::index_out_of_range(context));
    }
    decode(encoding, &view.part(start, end), context).map(JsValue::from)
}

fn index(value: &JsValue, fallback: usize, context: &mut Context) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(fallback);
    }
    let index = value.to_number(context)?;
    if index <= -1.0 {
        return Err(errors::index_out_of_range(context));
    }
    Ok(index as usize)
}

/// `write(string[, offset[, length]][, encoding])`
fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let (offset, length, encoding) = (
        args.get_or_undefined(1),
        args.get_or_undefined(2),
        args.get_or_undefined(3),
    );
    if offset.is_undefined() {
        return write_at(Encoding::Utf8, &view, args.get_or_undefined(0), context);
    }
    let total = view.len() as f64;
    let (part, encoding) = if length.is_undefined() && offset.is_string() {
        (view, offset)
    } else {
        let start = errors::integer_within("offset", offset, (0.0, total), context)?;
        let (end, encoding) = match length {
            length if length.is_undefined() => (view.len(), encoding),
            length if length.is_string() => (view.len(), length),
            length => {
                let length = errors::integer_within("length", length, (0.0, total), context)?;
                (start + length, encoding)
            }
        };
        (view.part(start, end), encoding)
    };
    let encoding = if encoding.to_boolean() {
        named(encoding, context)?
    } else {
        Encoding::Utf8
    };
    write_at(encoding, &part, args.get_or_undefined(0), context)
}

fn write_raw(
    encoding: Encoding,
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let view = this_view(this, context)?;
    let text = args.get_or_undefined(0);
    if !text.is_string() {
        return Err(errors::invalid_native_argument("a string", context));
    }
    let bound = |name, value: &JsValue, most: usize, context: &mut Context| {
        let number = match value {
            value if value.is_undefined() => return Ok(None),
            value => value.to_number(context)?.trunc(),
        };
        if number < 0.0 || number > most as f64 {
            return Err(errors::out_of_bounds(Some(name), context));
        }
        Ok(Some(number as usize))
    };
    let start = bound("offset", args.get_or_undefined(1), view.len(), context)?.unwrap_or(0);
    let room = view.len() - start;
    let length = bound("length", args.get_or_undefined(2), room, context)?.unwrap_or(room);
    write_at(encoding, &view.part(start, start + length), text, context)
}

fn write_at(
    encoding: Encoding,
    into: &View,
    text: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(text) = text.as_string() else {
        return Err(errors::invalid_native_argument("a string", context));
    };
    into.write(context, |bytes| encoding.write(text.as_str(), bytes))
        .map(JsValue::from)
}
