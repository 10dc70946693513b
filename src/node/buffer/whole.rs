//! Methods that treat a Buffer as a whole or by ranges: parts, copies, filling, swapping, `toJSON`, `inspect`.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{
    class::class,
    encoding::Encoding,
    errors::{self, MAX_LENGTH},
    numbers::receiver,
    view::View,
};
use crate::{
    engine::{native::Natives, registry},
    node::errors::node_error_with,
};

/// Defines the methods on the prototype.
pub fn methods(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("copy", 4, copy)
        .function("fill", 4, fill)
        .function("subarray", 2, subarray)
        .function("slice", 2, subarray)
        .function("toJSON", 0, to_json)
        .function("inspect", 2, inspect)
        .function("swap16", 0, |this, _, context| swap(this, 2, context))
        .function("swap32", 0, |this, _, context| swap(this, 4, context))
        .function("swap64", 0, |this, _, context| swap(this, 8, context))
        .accessor("parent", parent, None)
        .accessor("offset", offset, None)
}

fn copy(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    const EXPECTED: &[&str] = &["Buffer", "Uint8Array"];
    let source = View::of(this, context)
        .ok_or_else(|| errors::invalid_type("source", EXPECTED, this, context))?;
    let target = args.get_or_undefined(0);
    let target = View::of(target, context)
        .ok_or_else(|| errors::invalid_type("target", EXPECTED, target, context))?;
    let index = |at: usize, fallback: usize, context: &mut Context| match args.get_or_undefined(at)
    {
        value if value.is_undefined() => Ok(fallback as f64),
        value => value.to_number(context).map(whole_or_zero),
    };
    let target_start = index(1, 0, context)?;
    if target_start < 0.0 {
        return Err(errors::out_of_range(
            "targetStart",
            ">= 0",
            &target_start.into(),
            context,
        ));
    }
    let source_start = index(2, 0, context)?;
    if source_start < 0.0 || source_start > source.len() as f64 {
        let range = format!(">= 0 && <= {}", source.len());
        return Err(errors::out_of_range(
            "sourceStart",
            &range,
            &source_start.into(),
            context,
        ));
    }
    let source_end = index(3, source.len(), context)?;
    if source_end < 0.0 {
        return Err(errors::out_of_range(
            "sourceEnd",
            ">= 0",
            &source_end.into(),
            context,
        ));
    }
    let source = source.part(source_start as usize, source_end as usize);
    let target = target.part(target_start as usize, usize::MAX);
    source.copy_to(&target, context).map(JsValue::from)
}

/// What isn't a safe integer counts as 0; fractions are dropped.
fn whole_or_zero(number: f64) -> f64 {
    if number.abs() <= MAX_LENGTH {
        number.floor()
    } else {
        0.0
    }
}

/// `fill(value[, offset[, end]][, encoding])`
pub fn fill(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let value = args.get_or_undefined(0);
    let none = JsValue::undefined();
    let (mut offset, mut end, mut encoding) = (
        args.get_or_undefined(1),
        args.get_or_undefined(2),
        args.get_or_undefined(3),
    );
    let pattern = if let Some(text) = value.as_string() {
        if offset.is_undefined() || offset.is_string() {
            (offset, end, encoding) = (&none, &none, offset);
        } else if end.is_string() {
            (end, encoding) = (&none, end);
        }
        let encoding = fill_encoding(encoding, context)?;
        if text.is_empty() {
            vec![0]
        } else {
            encoding.encode(text.as_str())
        }
    } else if let Some(bytes) = View::of(value, context) {
        bytes.to_vec()
    } else {
        vec![value.to_u32(context)? as u8]
    };
    let mut range = (0, view.len());
    if !offset.is_undefined() {
        let total = view.len() as f64;
        range.0 = errors::integer_within("offset", offset, (0.0, MAX_LENGTH), context)?;
        if !end.is_undefined() {
            range.1 = errors::integer_within("end", end, (0.0, total), context)?;
        }
    }
    if range.0 >= range.1 {
        return Ok(this.clone());
    }
    if pattern.is_empty() {
        return Err(errors::invalid_value("value", value, context));
    }
    view.part(range.0, range.1)
        .write(context, |bytes| match &pattern[..] {
            [byte] => bytes.fill(*byte),
            pattern => {
                for part in bytes.chunks_mut(pattern.len()) {
                    part.copy_from_slice(&pattern[..part.len()]);
                }
            }
        })?;
    Ok(this.clone())
}

fn fill_encoding(name: &JsValue, context: &mut Context) -> JsResult<Encoding> {
    if name.is_undefined() || name.as_string().is_some_and(|name| name.is_empty()) {
        return Ok(Encoding::Utf8);
    }
    if !name.is_string() {
        return Err(errors::invalid_type("encoding", &["string"], name, context));
    }
    Encoding::of(name).ok_or_else(|| errors::unknown_encoding(name, context))
}

fn subarray(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let length = view.len();
    let start = relative(args.get_or_undefined(0), length, 0, context)?;
    let end = relative(args.get_or_undefined(1), length, length, context)?;
    let part = view.part(start, end.max(start));
    Ok(class(context)?.on_view(&part, context)?.into())
}

/// An index that counts from the end when it is negative, kept within the length.
fn relative(
    value: &JsValue,
    length: usize,
    fallback: usize,
    context: &mut Context,
) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(fallback);
    }
    let index = value.to_number(context)?.trunc();
    let index = if index < 0.0 {
        index + length as f64
    } else {
        index
    };
    Ok((index as usize).min(length))
}

fn swap(this: &JsValue, width: usize, context: &mut Context) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    if !view.len().is_multiple_of(width) {
        let size = JsString::from(format!("{}-bits", width * 8));
        return Err(node_error_with(
            "ERR_INVALID_BUFFER_SIZE",
            &[size.into()],
            context,
        ));
    }
    view.write(context, |bytes| {
        bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse)
    })?;
    Ok(this.clone())
}

fn to_json(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = receiver(this, context)?.to_vec();
    let data = JsArray::from_iter(bytes.into_iter().map(JsValue::from), context);
    let json = JsObject::with_object_proto(context.intrinsics());
    json.create_data_property_or_throw(js_string!("type"), js_string!("Buffer"), context)?;
    json.create_data_property_or_throw(js_string!("data"), data, context)?;
    Ok(json.into())
}

fn inspect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let late = registry::require("buffer/late", context)?;
    let inspect = match late.as_object() {
        Some(late) => late.get(js_string!("inspect"), context)?,
        None => JsValue::undefined(),
    };
    let Some(inspect) = inspect.as_callable() else {
        return Ok(JsValue::undefined());
    };
    inspect.call(this, args, context)
}

fn own_instance(this: &JsValue, context: &mut Context) -> JsResult<Option<View>> {
    let class = class(context)?;
    Ok(match this.as_object() {
        Some(object) if class.is_instance(&object) => View::of_object(&object, context),
        _ => None,
    })
}

fn parent(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(own_instance(this, context)?.map_or(JsValue::undefined(), |view| view.buffer().into()))
}

fn offset(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(own_instance(this, context)?.map_or(JsValue::undefined(), |view| view.offset().into()))
}
