//! Calls of methods from Rust, for the halves of streams that are native.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use crate::{engine::lookup::LookUp, node::errors};

/// The stream that a native was called on.
///
/// # Errors
/// A `TypeError` if that is no object.
pub fn this_stream(this: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    match this.as_object() {
        Some(stream) => Ok(stream),
        None => Err(errors::type_error(
            "The receiver of a stream's method is no object",
            context,
        )),
    }
}

/// `object.name(...args)`
///
/// # Errors
/// What the method throws, or a `TypeError` if there is none.
pub fn call(
    object: &JsObject,
    name: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    match object.look_up(name.clone(), context)?.as_callable() {
        Some(method) => method.call(&object.clone().into(), args, context),
        None => {
            let message = format!("stream.{} is not a function", name.to_std_string_lossy());
            Err(errors::type_error(&message, context))
        }
    }
}
