//! The web's streams: <https://streams.spec.whatwg.org/>. All script but what it asks of buffers; `stream/web` and the
//! globals give the classes out, each parsed when it is first touched.

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsValue,
    builtins::array_buffer::ArrayBuffer, object::builtins::JsArrayBuffer,
};

use super::{member, structured_clone::moved};
use crate::engine::native::Natives;

/// `binding('streams')`
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("isDetached", 1, is_detached)
        .function("transfer", 1, transfer)
        .build())
}

fn array_buffer(value: &JsValue) -> Option<JsObject> {
    value
        .as_object()
        .filter(|object| object.is::<ArrayBuffer>())
}

/// `isDetached(buffer)`; what isn't an ArrayBuffer has nothing to lose.
fn is_detached(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let Some(object) = array_buffer(args.get_or_undefined(0)) else {
        return Ok(false.into());
    };
    Ok(JsArrayBuffer::from_object(object)?.data().is_none().into())
}

/// `transfer(buffer)`: a buffer with its memory; the one that had it is detached.
fn transfer(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(object) = array_buffer(args.get_or_undefined(0)) else {
        return Err(JsNativeError::typ()
            .with_message("Only an ArrayBuffer can be transferred")
            .into());
    };
    moved(&object, context).map(JsValue::from)
}

/// The globals of this folder, with the file that each is in.
const GLOBALS: &[(&str, crate::engine::native::LazyValue)] = &[
    ("ReadableStream", |c| {
        member("streams/readable", "ReadableStream", c)
    }),
    ("ReadableStreamDefaultReader", |c| {
        member("streams/readers", "ReadableStreamDefaultReader", c)
    }),
    ("ReadableStreamBYOBReader", |c| {
        member("streams/readers", "ReadableStreamBYOBReader", c)
    }),
    ("ReadableStreamBYOBRequest", |c| {
        member("streams/byte_controller", "ReadableStreamBYOBRequest", c)
    }),
    ("ReadableByteStreamController", |c| {
        member("streams/byte_controller", "ReadableByteStreamController", c)
    }),
    ("ReadableStreamDefaultController", |c| {
        member(
            "streams/readable_controller",
            "ReadableStreamDefaultController",
            c,
        )
    }),
    ("TransformStream", |c| {
        member("streams/transform", "TransformStream", c)
    }),
    ("TransformStreamDefaultController", |c| {
        member("streams/transform", "TransformStreamDefaultController", c)
    }),
    ("WritableStream", |c| {
        member("streams/writable", "WritableStream", c)
    }),
    ("WritableStreamDefaultController", |c| {
        member(
            "streams/writable_controller",
            "WritableStreamDefaultController",
            c,
        )
    }),
    ("WritableStreamDefaultWriter", |c| {
        member("streams/writer", "WritableStreamDefaultWriter", c)
    }),
    ("ByteLengthQueuingStrategy", |c| {
        member("streams/strategies", "ByteLengthQueuingStrategy", c)
    }),
    ("CountQueuingStrategy", |c| {
        member("streams/strategies", "CountQueuingStrategy", c)
    }),
    ("TextEncoderStream", |c| {
        member("streams/encoding", "TextEncoderStream", c)
    }),
    ("TextDecoderStream", |c| {
        member("streams/encoding", "TextDecoderStream", c)
    }),
    ("CompressionStream", |c| {
        member("streams/compression", "CompressionStream", c)
    }),
    ("DecompressionStream", |c| {
        member("streams/compression", "DecompressionStream", c)
    }),
];

/// Defines the globals.
pub fn install(context: &mut Context) {
    let global = context.global_object();
    let mut natives = Natives::on(global, context);
    for (name, make) in GLOBALS {
        natives = natives.lazy(name, *make);
    }
    drop(natives);
}
