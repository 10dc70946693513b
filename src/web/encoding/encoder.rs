//! `TextEncoder`: strings to UTF-8.

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsStr, JsString, JsValue, Trace,
    js_string,
    object::builtins::{JsArrayBuffer, JsFunction, JsUint8Array},
    string::JsStrVariant,
};
use encoding_rs::mem;

use super::{Class, invalid_this, make, prototype_for};
use crate::{
    node::{
        arguments::invalid_type,
        buffer::{Encoding, View, aligned},
    },
    runtime::State,
};

/// Instances hold nothing; this tells them from other objects.
#[derive(Trace, Finalize, JsData)]
struct TextEncoder;

pub fn class(context: &mut Context) -> JsFunction {
    let class = Class {
        name: "TextEncoder",
        construct,
        methods: &[("encode", 0, encode), ("encodeInto", 2, encode_into)],
        getters: &[("encoding", encoding)],
    };
    make(&class, context)
}

fn construct(new_target: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = prototype_for(new_target, "TextEncoder", context)?;
    Ok(JsObject::new(context.root_shape(), prototype, TextEncoder)
        .upcast()
        .into())
}

fn check(this: &JsValue, context: &mut Context) -> JsResult<()> {
    match this.as_object() {
        Some(object) if object.is::<TextEncoder>() => Ok(()),
        _ => Err(invalid_this("TextEncoder", context)),
    }
}

fn encoding(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    Ok(js_string!("utf-8").into())
}

fn encode(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    let text = match args.get_or_undefined(0) {
        value if value.is_undefined() => JsString::default(),
        value => value.to_string(context)?,
    };
    let bytes = Encoding::Utf8.encode(text.as_str());
    State::of(context).memory.allocated(bytes.len());
    let buffer = JsArrayBuffer::from_byte_block(aligned(&bytes), context)?;
    Ok(JsUint8Array::from_array_buffer(buffer, context)?.into())
}

/// `encodeInto(source, destination)`: `{ read, written }`.
fn encode_into(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    check(this, context)?;
    let source = args.get_or_undefined(0);
    let Some(text) = source.as_string() else {
        return Err(invalid_type("src", &["string"], source, context));
    };
    let target = args.get_or_undefined(1);
    let Some(view) = View::of_uint8(target, context) else {
        return Err(invalid_type("dest", &["Uint8Array"], target, context));
    };
    let (read, written) = view.write(context, |bytes| convert(text.as_str(), bytes))?;
    let result = JsObject::with_object_proto(context.intrinsics());
    result.create_data_property_or_throw(js_string!("read"), read, context)?;
    result.create_data_property_or_throw(js_string!("written"), written, context)?;
    Ok(result.into())
}

fn convert(text: JsStr<'_>, into: &mut [u8]) -> (usize, usize) {
    match text.variant() {
        JsStrVariant::Latin1(units) => mem::convert_latin1_to_utf8_partial(units, into),
        JsStrVariant::Utf16(units) => mem::convert_utf16_to_utf8_partial(units, into),
    }
}
