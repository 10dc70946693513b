//! The native half of `stream`: what each chunk passes through on its way in, and the old names of the stream classes.

pub mod native;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue};

use crate::{
    engine::{native::Natives, registry},
    node::buffer::{self, View},
};

/// `toBuffer(value)`.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("setUpEmit", 2, native::set_up_emit)
        .function("toBuffer", 1, to_buffer)
        .build())
}

/// A Buffer as it is, any other view of memory as a Buffer on the same memory, `undefined` for everything else.
fn to_buffer(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let Some(object) = value.as_object() else {
        return Ok(JsValue::undefined());
    };
    if buffer::is_uint8_array(&object) && buffer::is_buffer(value, context) {
        return Ok(value.clone());
    }
    match View::of_object(&object, context) {
        Some(view) => buffer::from_view(&view, context).map(JsValue::from),
        None => Ok(JsValue::undefined()),
    }
}

/// `require('_stream_duplex')`, a deprecated name that old packages use.
pub fn old_duplex(context: &mut Context) -> JsResult<JsValue> {
    class("Duplex", context)
}

/// `require('_stream_passthrough')`, a deprecated name that old packages use.
pub fn old_passthrough(context: &mut Context) -> JsResult<JsValue> {
    class("PassThrough", context)
}

/// `require('_stream_readable')`, a deprecated name that old packages use.
pub fn old_readable(context: &mut Context) -> JsResult<JsValue> {
    class("Readable", context)
}

/// `require('_stream_transform')`, a deprecated name that old packages use.
pub fn old_transform(context: &mut Context) -> JsResult<JsValue> {
    class("Transform", context)
}

/// `require('_stream_writable')`, a deprecated name that old packages use.
pub fn old_writable(context: &mut Context) -> JsResult<JsValue> {
    class("Writable", context)
}

fn class(name: &'static str, context: &mut Context) -> JsResult<JsValue> {
    let stream = registry::require("stream", context)?.to_object(context)?;
    stream.get(JsString::from(name), context)
}
