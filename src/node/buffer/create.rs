//! `Buffer` itself and its statics: everything that makes a Buffer.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::{
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        typed_array::{TypedArray, TypedArrayKind},
    },
    js_string,
    object::builtins::JsTypedArray,
    string::JsStrVariant,
};

use super::{
    base64,
    class::{BufferClass, class},
    encoding::{self, Encoding},
    errors::{self, MAX_LENGTH},
    search,
    view::View,
    whole,
};
use crate::engine::{native::Natives, registry};

/// So much text is decoded where it stays; what less of it becomes is copied to where it fits exactly.
const LARGE: usize = 16 << 10;

const BUFFER_OR_ARRAY: &[&str] = &["Buffer", "Uint8Array"];

/// Defines the statics on the constructor.
pub fn statics(natives: Natives<'_>) {
    natives
        .function("from", 3, from)
        .function("copyBytesFrom", 3, copy_bytes_from)
        .function("of", 0, of)
        .function("alloc", 3, alloc)
        .function("allocUnsafe", 1, alloc_unsafe)
        .function("allocUnsafeSlow", 1, alloc_unsafe_slow)
        .function("isBuffer", 1, is_buffer)
        .function("compare", 2, search::compare_two)
        .function("isEncoding", 1, is_encoding)
        .function("concat", 2, concat)
        .function("byteLength", 2, byte_length);
}

/// `Buffer(…)` and `new Buffer(…)`, both deprecated.
pub fn construct(
    new_target: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    warn_of_constructor(new_target, context)?;
    let first = args.get_or_undefined(0);
    if !first.is_number() {
        return from(&JsValue::undefined(), args, context);
    }
    if args.get_or_undefined(1).is_string() {
        return Err(errors::invalid_type("string", &["string"], first, context));
    }
    alloc(&JsValue::undefined(), &args[..1], context)
}

fn warn_of_constructor(new_target: &JsValue, context: &mut Context) -> JsResult<()> {
    let late = registry::require("buffer/late", context)?;
    let Some(late) = late.as_object() else {
        return Ok(());
    };
    if let Some(warn) = late
        .get(js_string!("warnOfConstructor"), context)?
        .as_callable()
    {
        warn.call(
            &JsValue::undefined(),
            std::slice::from_ref(new_target),
            context,
        )?;
    }
    Ok(())
}

fn from(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    if let Some(text) = value.as_string() {
        return from_string(&text, args.get_or_undefined(1), context);
    }
    if let Some(object) = value.as_object()
        && !object.is_callable()
        && let Some(found) = from_object(&object, args, context)?
    {
        return Ok(found);
    }
    let expected = [
        "string",
        "Buffer",
        "ArrayBuffer",
        "Array",
        "Array-like Object",
    ];
    Err(errors::invalid_type(
        "first argument",
        &expected,
        value,
        context,
    ))
}

fn from_string(text: &JsString, encoding: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let named = encoding.as_string().filter(|name| !name.is_empty());
    let encoding = match named {
        None => Encoding::Utf8,
        Some(name) => Encoding::parse(name.as_str())
            .ok_or_else(|| errors::unknown_encoding(encoding, context))?,
    };
    let class = class(context)?;
    let text = text.as_str();
    let buffer = match (encoding, text.variant()) {
        (Encoding::Latin1 | Encoding::Ascii, JsStrVariant::Latin1(units)) => {
            class.copy_of(units, context)?
        }
        (Encoding::Utf8, JsStrVariant::Latin1(units)) if encoding::is_ascii(units) => {
            class.copy_of(units, context)?
        }
        (Encoding::Base64 | Encoding::Base64Url, JsStrVariant::Latin1(letters))
            if letters.len() >= LARGE =>
        {
            class.own(base64::decode_aligned(letters), context)?
        }
        (Encoding::Base64 | Encoding::Base64Url | Encoding::Hex, _) => {
            let mut room = [0; encoding::SHORT];
            match encoding.encode_short(text, &mut room) {
                Some(bytes) => class.copy_of(bytes, context)?,
                None => class.copy_of(&encoding.encode(text), context)?,
            }
        }
        _ => {
            let room = match encoding.room_for(text) {
                room if class.is_pooled(room) => room,
                _ => encoding.byte_length(text),
            };
            class.written(room, |bytes| encoding.write(text, bytes), context)?
        }
    };
    Ok(buffer.into())
}

fn from_object(
    object: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    if object.is::<ArrayBuffer>() || object.is::<SharedArrayBuffer>() {
        return from_array_buffer(object, args, context).map(Some);
    }
    if let Some(primitive) = value_of(object, context)? {
        let mut args = args.to_vec();
        args[0] = primitive;
        return from(&JsValue::undefined(), &args, context).map(Some);
    }
    if let Some(found) = from_array_like(object, context)? {
        return Ok(Some(found));
    }
    let to_primitive = object.get(JsSymbol::to_primitive(), context)?;
    if let Some(to_primitive) = to_primitive.as_callable() {
        let primitive = to_primitive.call(
            &object.clone().into(),
            &[js_string!("string").into()],
            context,
        )?;
        if let Some(text) = primitive.as_string() {
            return from_string(&text, args.get_or_undefined(1), context).map(Some);
        }
    }
    Ok(None)
}

/// What `valueOf` gives, if that is another object or a string.
fn value_of(object: &JsObject, context: &mut Context) -> JsResult<Option<JsValue>> {
    let method = object.get(js_string!("valueOf"), context)?;
    let Some(method) = method.as_callable() else {
        return Ok(None);
    };
    let this = JsValue::from(object.clone());
    let value = method.call(&this, &[], context)?;
    let is_other = value.is_string()
        || value
            .as_object()
            .is_some_and(|found| !found.is_callable() && found != *object);
    Ok(is_other.then_some(value))
}

fn from_array_buffer(
    buffer: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let class = class(context)?;
    let total = View::of_any(&buffer.clone().into(), context).map_or(0, |view| view.len()) as f64;
    let offset = match args.get_or_undefined(1) {
        value if value.is_undefined() => 0.0,
        value => value.to_number(context)?,
    };
    let offset = if offset.is_nan() { 0.0 } else { offset };
    let room = total - offset;
    if room < 0.0 {
        return Err(errors::out_of_bounds(Some("offset"), context));
    }
    let length = match args.get_or_undefined(2) {
        // The fraction of an offset is dropped later: all that then remains is meant.
        value if value.is_undefined() => total - offset.trunc(),
        value => value.to_number(context)?,
    };
    if length > total - offset.trunc() {
        return Err(errors::out_of_bounds(Some("length"), context));
    }
    if offset < 0.0 {
        let message = format!("Start offset {offset} is outside the bounds of the buffer");
        return Err(boa_engine::JsNativeError::range()
            .with_message(message)
            .into());
    }
    let length = if length > 0.0 { length } else { 0.0 };
    let args = [buffer.clone().into(), offset.into(), length.into()];
    Ok(class.construct(&args, context)?.into())
}

/// Arrays, typed arrays, whatever has a length; and `{ type: 'Buffer', data }`, as `toJSON` makes it.
fn from_array_like(object: &JsObject, context: &mut Context) -> JsResult<Option<JsValue>> {
    let class = class(context)?;
    if let Some(bytes) = bytes_of_typed_array(object, context)? {
        return Ok(Some(class.copy_of(&bytes, context)?.into()));
    }
    let length = object.get(js_string!("length"), context)?;
    if !length.is_undefined() {
        return elements(&class, object, &length, context).map(Some);
    }
    let buffer = object.get(js_string!("buffer"), context)?.as_object();
    if buffer.is_some_and(|buffer| buffer.is::<ArrayBuffer>() || buffer.is::<SharedArrayBuffer>()) {
        return Ok(Some(class.allocate_zeroed(0, context)?.into()));
    }
    let kind = object.get(js_string!("type"), context)?;
    if kind.as_string() != Some(js_string!("Buffer")) {
        return Ok(None);
    }
    match object.get(js_string!("data"), context)?.as_object() {
        Some(data) if data.is_array() => {
            let length = data.get(js_string!("length"), context)?;
            elements(&class, &data, &length, context).map(Some)
        }
        _ => Ok(None),
    }
}

fn elements(
    class: &BufferClass,
    object: &JsObject,
    length: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
    let length = match length.as_number() {
        Some(length) if length > 0.0 => length.min(MAX_LENGTH) as usize,
        _ => return Ok(class.allocate_zeroed(0, context)?.into()),
    };
    // Reserved as it fills: the length of an array-like may be a lie.
    let mut bytes = Vec::with_capacity(length.min(1 << 20));
    for index in 0..length {
        let element = object.get(index, context)?;
        bytes.push(match element.as_i32() {
            Some(number) => number as u8,
            None => element.to_uint8(context)?,
        });
    }
    Ok(class.copy_of(&bytes, context)?.into())
}

/// The elements of a typed array, each as a byte.
fn bytes_of_typed_array(object: &JsObject, context: &mut Context) -> JsResult<Option<Vec<u8>>> {
    let Some(kind) = object
        .downcast_ref::<TypedArray>()
        .map(|array| array.kind())
    else {
        return Ok(None);
    };
    let byte_sized = matches!(
        kind,
        TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped | TypedArrayKind::Int8
    );
    if byte_sized {
        return Ok(View::of_object(object, context).map(|view| view.to_vec()));
    }
    let length = JsTypedArray::from_object(object.clone())?.length(context)?;
    let mut bytes = Vec::with_capacity(length);
    for index in 0..length {
        bytes.push(object.get(index, context)?.to_uint8(context)?);
    }
    Ok(Some(bytes))
}

fn of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut bytes = Vec::with_capacity(args.len());
    for item in args {
        bytes.push(item.to_uint8(context)?);
    }
    Ok(class(context)?.copy_of(&bytes, context)?.into())
}

fn size(value: &JsValue, context: &mut Context) -> JsResult<usize> {
    errors::number_within("size", value, (0.0, MAX_LENGTH), context).map(|size| size as usize)
}

fn alloc(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = size(args.get_or_undefined(0), context)?;
    let buffer: JsValue = class(context)?.allocate_zeroed(size, context)?.into();
    let fill = args.get_or_undefined(1);
    if size > 0 && !fill.is_undefined() && fill.as_number() != Some(0.0) {
        let args = [
            fill.clone(),
            0.into(),
            size.into(),
            args.get_or_undefined(2).clone(),
        ];
        return whole::fill(&buffer, &args, context);
    }
    Ok(buffer)
}

fn alloc_unsafe(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = size(args.get_or_undefined(0), context)?;
    Ok(class(context)?.allocate(size, context)?.into())
}

/// `Buffer.allocUnsafeSlow(size)`
pub fn alloc_unsafe_slow(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let size = size(args.get_or_undefined(0), context)?;
    Ok(class(context)?.allocate_zeroed(size, context)?.into())
}

fn is_buffer(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let class = class(context)?;
    Ok(args
        .get_or_undefined(0)
        .as_object()
        .is_some_and(|object| class.is_instance(&object))
        .into())
}

fn is_encoding(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(Encoding::of(args.get_or_undefined(0)).is_some().into())
}

fn concat(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let list = args.get_or_undefined(0);
    let Some(array) = list.as_object().filter(JsObject::is_array) else {
        return Err(errors::invalid_type("list", &["Array"], list, context));
    };
    let class = class(context)?;
    let count = array
        .get(js_string!("length"), context)?
        .to_length(context)?;
    if count == 0 {
        return Ok(class.allocate_zeroed(0, context)?.into());
    }
    let wanted = match args.get_or_undefined(1) {
        value if value.is_undefined() => None,
        value => Some(errors::integer_within(
            "length",
            value,
            (0.0, MAX_LENGTH),
            context,
        )?),
    };
    let mut parts = Vec::with_capacity(count.min(1 << 16) as usize);
    for index in 0..count {
        let item = array.get(index, context)?;
        let Some(view) = View::of_uint8(&item, context) else {
            return Err(errors::invalid_type(
                &format!("list[{index}]"),
                BUFFER_OR_ARRAY,
                &item,
                context,
            ));
        };
        parts.push(view);
    }
    let total = wanted.unwrap_or_else(|| parts.iter().map(View::len).sum());
    let joined = class.allocate(total, context)?;
    if let Some(target) = View::of_object(&joined, context) {
        let mut at = 0;
        for part in &parts {
            at += part.copy_to(&target.part(at, total), context)?;
        }
    }
    Ok(joined.into())
}

fn byte_length(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    if let Some(text) = value.as_string() {
        let encoding = Encoding::of(args.get_or_undefined(1)).unwrap_or_default();
        return Ok(encoding.byte_length(text.as_str()).into());
    }
    match View::of_any(value, context) {
        Some(view) => Ok(view.len().into()),
        None => Err(errors::invalid_type(
            "string",
            &["string", "Buffer", "ArrayBuffer"],
            value,
            context,
        )),
    }
}

fn copy_bytes_from(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let object = value.as_object().filter(|object| object.is::<TypedArray>());
    let Some(object) = object else {
        return Err(errors::invalid_type(
            "view",
            &["TypedArray"],
            value,
            context,
        ));
    };
    let class = class(context)?;
    let array = JsTypedArray::from_object(object.clone())?;
    let count = array.length(context)?;
    let view = View::of_object(&object, context).filter(|_| count > 0);
    let Some(view) = view else {
        return Ok(class.allocate_zeroed(0, context)?.into());
    };
    let index = |name, value: &JsValue, fallback, context: &mut Context| match value {
        value if value.is_undefined() => Ok(fallback),
        value => errors::integer_within(name, value, (0.0, MAX_LENGTH), context),
    };
    let start = index("offset", args.get_or_undefined(1), 0, context)?;
    let length = index("length", args.get_or_undefined(2), count, context)?;
    let width = view.len() / count;
    let end = start.saturating_add(length).min(count);
    let part = view.part(start.min(count) * width, end * width);
    let bytes = part.to_vec();
    Ok(class.copy_of(&bytes, context)?.into())
}
