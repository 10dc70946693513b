//! Calls of methods from Rust, for the halves of streams that are native.

use std::cell::OnceCell;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, native_function::NativeFunctionPointer,
};

use crate::{engine::lookup, node::errors};

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
    let method = lookup::method(object, name.clone(), context)?;
    let outcome = method.call(&object.clone().into(), args, context);
    outcome.unwrap_or_else(|| {
        let message = format!("stream.{} is not a function", name.to_std_string_lossy());
        Err(errors::type_error(&message, context))
    })
}

/// The same of a method that is native, which is called past the engine if nobody has replaced it.
///
/// # Errors
/// What the method throws, or a `TypeError` if there is none.
pub fn call_known(
    object: &JsObject,
    name: JsString,
    (known, native): (&OnceCell<JsObject>, NativeFunctionPointer),
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let is_it = |known| lookup::is(object, name.clone(), known, context);
    if known.get().is_some_and(is_it) {
        return native(&object.clone().into(), args, context);
    }
    call(object, name, args, context)
}
