//! The native half of `stream`: what each chunk passes through on its way in, and the old names of the stream classes.

pub mod calls;
pub mod construct;
pub mod destroy;
mod halves;
mod marks;
pub mod readable;
pub mod state;
mod transform;
pub mod writable;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, builtins::typed_array::TypedArray,
};

use self::halves::{Flag, Halves};
pub(crate) use crate::node::events::emit;
use crate::{
    engine::{native::Natives, registry},
    node::buffer::{self, View},
};

/// `toBuffer(value)`.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("toBuffer", 1, to_buffer)
        .function("destroy", 2, destroy::destroy)
        .function("construct", 1, construct::construct)
        .function("runDestroy", 3, destroy::run_native)
        .function("emitError", 2, destroy::emit_error_native)
        .function("errorOrDestroy", 3, destroy::error_or_destroy_native)
        .function("defineReadable", 1, readable::define)
        .function("iterate", 2, readable::iterate_native)
        .function("makeReadableState", 3, readable::make_state_native)
        .function("defineWritable", 2, writable::define)
        .function("makeWritableState", 3, writable::make_state_native)
        .function("writableStatePrototype", 0, |_, _, context| {
            Ok(writable::state_prototype(context).into())
        })
        .function("defineTransform", 2, transform::define)
        .function("fromList", 2, readable::from_list)
        .function("readableStatePrototype", 0, |_, _, context| {
            Ok(readable::state_prototype(context).into())
        })
        .function("getDefaultHighWaterMark", 1, marks::get)
        .function("setDefaultHighWaterMark", 2, marks::set)
        .function("highWaterMark", 4, marks::high_water_mark_native)
        .build())
}

/// A Buffer as it is, any other view of memory as a Buffer on the same memory, `undefined` for everything else.
fn to_buffer(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    as_buffer(args.get_or_undefined(0), context).map(Option::unwrap_or_default)
}

/// The same from Rust.
fn as_buffer(value: &JsValue, context: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(object) = value.as_object() else {
        return Ok(None);
    };
    if buffer::is_uint8_array(&object) && buffer::is_buffer(value, context) {
        return Ok(Some(value.clone()));
    }
    match View::of_object(&object, context) {
        Some(view) => buffer::from_view(&view, context).map(|made| Some(made.into())),
        None => Ok(None),
    }
}

/// `duplex.destroyed`: both halves are.
///
/// # Errors
/// What accessors of a state that a script made throw.
pub fn is_destroyed_duplex(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    Halves::of(stream, context)?.both(Flag::Destroyed, context)
}

/// How many bytes a typed array sees, as long as its buffer is neither resized nor detached; 0 for everything else.
fn byte_length(object: &JsObject) -> usize {
    /// A length beyond any buffer is how the engine says "as long as the buffer".
    const TRACKS: u64 = 1 << 53;
    let Some(array) = object.downcast_ref::<TypedArray>() else {
        return 0;
    };
    let length = array.byte_length(usize::MAX);
    if length < TRACKS { length as usize } else { 0 }
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
