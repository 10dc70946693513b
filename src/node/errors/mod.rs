//! Node's errors: one table of codes and messages, for natives and for script halves.

use boa_engine::{
    Context, JsArgs, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue,
    error::EngineError, js_string,
};

use crate::engine::native::Natives;

/// `nodeError(code, ...args)`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("nodeError", 1, node_error_function)
        .build())
}

fn node_error_function(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let code = args
        .get_or_undefined(0)
        .to_string(context)?
        .to_std_string_lossy();
    node_error_with(&code, args.get(1..).unwrap_or_default(), context).into_opaque(context)
}

/// The error of a code, with the arguments that Node's own constructor of that code takes.
pub fn node_error_with(code: &str, args: &[JsValue], context: &mut Context) -> JsError {
    let shown: Vec<String> = args
        .iter()
        .map(|value| value.display().to_string())
        .collect();
    let error = JsNativeError::error().with_message(format!("{code}: {}", shown.join(", ")));
    let object = error.into_opaque(context);
    let _ = object.set(js_string!("code"), JsString::from(code), false, context);
    JsError::from_opaque(object.into())
}

/// A plain `TypeError`.
pub fn type_error(message: &str, _: &mut Context) -> JsError {
    JsNativeError::typ().with_message(message.to_owned()).into()
}

/// `ERR_INVALID_ARG_TYPE` for an argument named `callback`.
pub fn invalid_callback(value: &JsValue, context: &mut Context) -> JsError {
    let args = [
        js_string!("callback").into(),
        js_string!("function").into(),
        value.clone(),
    ];
    node_error_with("ERR_INVALID_ARG_TYPE", &args, context)
}

/// Turns an error of the engine that script can't catch into one that it can.
pub fn from_engine(error: JsError, _: &mut Context) -> JsError {
    match error.as_engine() {
        Some(EngineError::RuntimeLimit(_)) => JsNativeError::range()
            .with_message("Maximum call stack size exceeded")
            .into(),
        _ => error,
    }
}
