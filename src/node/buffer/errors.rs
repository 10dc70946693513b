//! The errors and argument checks of `Buffer`'s natives, in terms of the one table of errors.

use boa_engine::{Context, JsError, JsResult, JsString, JsValue, object::builtins::JsArray};

use crate::node::errors::node_error_with;

/// 2^53 - 1: `buffer.kMaxLength`.
pub const MAX_LENGTH: f64 = 9_007_199_254_740_991.0;

/// `buffer.kStringMaxLength`, V8's.
pub const MAX_STRING_LENGTH: usize = 0x1fff_ffe8;

/// `ERR_INVALID_ARG_TYPE`.
pub fn invalid_type(
    name: &str,
    expected: &[&'static str],
    actual: &JsValue,
    context: &mut Context,
) -> JsError {
    let expected = if let [one] = expected {
        JsString::from(*one).into()
    } else {
        JsArray::from_iter(
            expected.iter().map(|name| JsString::from(*name).into()),
            context,
        )
        .into()
    };
    let args = [JsString::from(name).into(), expected, actual.clone()];
    node_error_with("ERR_INVALID_ARG_TYPE", &args, context)
}

/// `ERR_OUT_OF_RANGE`.
pub fn out_of_range(name: &str, range: &str, received: &JsValue, context: &mut Context) -> JsError {
    let args = [
        JsString::from(name).into(),
        JsString::from(range).into(),
        received.clone(),
    ];
    node_error_with("ERR_OUT_OF_RANGE", &args, context)
}

/// `ERR_BUFFER_OUT_OF_BOUNDS`, of an argument or of no one in particular.
pub fn out_of_bounds(name: Option<&str>, context: &mut Context) -> JsError {
    let args: Vec<JsValue> = name
        .map(|name| JsString::from(name).into())
        .into_iter()
        .collect();
    node_error_with("ERR_BUFFER_OUT_OF_BOUNDS", &args, context)
}

/// `ERR_UNKNOWN_ENCODING`.
pub fn unknown_encoding(name: &JsValue, context: &mut Context) -> JsError {
    node_error_with("ERR_UNKNOWN_ENCODING", std::slice::from_ref(name), context)
}

/// `ERR_INVALID_ARG_VALUE`.
pub fn invalid_value(name: &str, value: &JsValue, context: &mut Context) -> JsError {
    let args = [JsString::from(name).into(), value.clone()];
    node_error_with("ERR_INVALID_ARG_VALUE", &args, context)
}

/// `ERR_INVALID_ARG_TYPE` in the words of Node's native functions: "argument must be …".
pub fn invalid_native_argument(what: &'static str, context: &mut Context) -> JsError {
    let error = boa_engine::JsNativeError::typ().with_message(format!("argument must be {what}"));
    with_code(error.into_opaque(context), "ERR_INVALID_ARG_TYPE", context)
}

/// `ERR_OUT_OF_RANGE` in the words of Node's native functions.
pub fn index_out_of_range(context: &mut Context) -> JsError {
    let error = boa_engine::JsNativeError::range().with_message("Index out of range");
    with_code(error.into_opaque(context), "ERR_OUT_OF_RANGE", context)
}

/// `ERR_STRING_TOO_LONG`.
pub fn string_too_long(context: &mut Context) -> JsError {
    let message = format!("Cannot create a string longer than {MAX_STRING_LENGTH:#x} characters");
    let error = boa_engine::JsNativeError::error().with_message(message);
    with_code(error.into_opaque(context), "ERR_STRING_TOO_LONG", context)
}

fn with_code(error: boa_engine::JsObject, code: &'static str, context: &mut Context) -> JsError {
    let key = boa_engine::js_string!("code");
    let value = JsString::from(code);
    match error.create_data_property_or_throw(key, value, context) {
        Ok(_) => JsError::from_opaque(error.into()),
        Err(failure) => failure,
    }
}

/// The number that a value is, or the error that it isn't one.
pub fn number(name: &str, value: &JsValue, context: &mut Context) -> JsResult<f64> {
    value
        .as_number()
        .ok_or_else(|| invalid_type(name, &["number"], value, context))
}

/// A number in a range, not necessarily whole.
pub fn number_within(
    name: &str,
    value: &JsValue,
    (least, most): (f64, f64),
    context: &mut Context,
) -> JsResult<f64> {
    let found = number(name, value, context)?;
    if (least..=most).contains(&found) {
        return Ok(found);
    }
    Err(out_of_range(
        name,
        &format!(">= {least} && <= {most}"),
        value,
        context,
    ))
}

/// A whole number in a range.
pub fn integer_within(
    name: &str,
    value: &JsValue,
    range: (f64, f64),
    context: &mut Context,
) -> JsResult<usize> {
    let found = number(name, value, context)?;
    if found.fract() != 0.0 || !found.is_finite() {
        return Err(out_of_range(name, "an integer", value, context));
    }
    number_within(name, value, range, context).map(|found| found as usize)
}
