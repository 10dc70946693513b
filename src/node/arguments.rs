//! Checks that natives make on their arguments, with Node's errors.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, builtins::proxy::Proxy};

use super::errors;
use crate::engine::{proxies, registry};

/// `ERR_INVALID_ARG_TYPE`; `expected` is what Node's error of that code takes: a type, or several.
pub fn invalid_type(
    name: &str,
    expected: &[&str],
    value: &JsValue,
    context: &mut Context,
) -> JsError {
    let types: Vec<JsValue> = expected
        .iter()
        .map(|name| JsString::from(*name).into())
        .collect();
    let expected: JsValue = match types.as_slice() {
        [single] => single.clone(),
        _ => boa_engine::object::builtins::JsArray::from_iter(types, context).into(),
    };
    errors::node_error_with(
        "ERR_INVALID_ARG_TYPE",
        &[JsString::from(name).into(), expected, value.clone()],
        context,
    )
}

/// `ERR_INVALID_ARG_VALUE`.
pub fn invalid_value(name: &str, value: &JsValue, reason: &str, context: &mut Context) -> JsError {
    let args = [
        JsString::from(name).into(),
        value.clone(),
        JsString::from(reason).into(),
    ];
    errors::node_error_with("ERR_INVALID_ARG_VALUE", &args, context)
}

/// `ERR_OUT_OF_RANGE`.
pub fn out_of_range(name: &str, range: &str, value: &JsValue, context: &mut Context) -> JsError {
    let args = [
        JsString::from(name).into(),
        JsString::from(range).into(),
        value.clone(),
    ];
    errors::node_error_with("ERR_OUT_OF_RANGE", &args, context)
}

/// A string.
pub fn string(value: &JsValue, name: &str, context: &mut Context) -> JsResult<JsString> {
    value
        .as_string()
        .ok_or_else(|| invalid_type(name, &["string"], value, context))
}

/// An object that is neither an array nor a function.
pub fn object(value: &JsValue, name: &str, context: &mut Context) -> JsResult<JsObject> {
    match value.as_object() {
        Some(object) if !object.is_callable() && !is_array(&object, context)? => Ok(object),
        _ => Err(invalid_type(name, &["Object"], value, context)),
    }
}

/// What `Array.isArray` says: a proxy of an array is one.
fn is_array(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    if object.is_array() || !object.is::<Proxy>() {
        return Ok(object.is_array());
    }
    let details = proxies::details(object, context)?;
    let target = match details.as_object() {
        Some(details) => details.get(0, context)?.as_object(),
        None => None,
    };
    match target {
        Some(target) => is_array(&target, context),
        None => Ok(false),
    }
}

/// A boolean.
pub fn boolean(value: &JsValue, name: &str, context: &mut Context) -> JsResult<bool> {
    value
        .as_boolean()
        .ok_or_else(|| invalid_type(name, &["boolean"], value, context))
}

/// An integer in a range of doubles.
pub fn integer(
    value: &JsValue,
    name: &str,
    min: f64,
    max: f64,
    context: &mut Context,
) -> JsResult<f64> {
    let Some(number) = value.as_number() else {
        return Err(invalid_type(name, &["number"], value, context));
    };
    if number.fract() != 0.0 || !number.is_finite() {
        return Err(out_of_range(name, "an integer", value, context));
    }
    if number < min || number > max {
        return Err(out_of_range(
            name,
            &format!(">= {min} && <= {max}"),
            value,
            context,
        ));
    }
    Ok(number)
}

/// A 32-bit integer.
pub fn int32(value: &JsValue, name: &str, context: &mut Context) -> JsResult<i32> {
    int32_between(value, name, i32::MIN, i32::MAX, context)
}

/// A 32-bit integer in a range.
pub fn int32_between(
    value: &JsValue,
    name: &str,
    min: i32,
    max: i32,
    context: &mut Context,
) -> JsResult<i32> {
    // In the range of the type by the check.
    integer(value, name, min.into(), max.into(), context).map(|number| number as i32)
}

/// `ERR_MISSING_ARGS`.
pub fn missing(names: &[&str], context: &mut Context) -> JsError {
    let names: Vec<JsValue> = names
        .iter()
        .map(|name| JsString::from(*name).into())
        .collect();
    errors::node_error_with("ERR_MISSING_ARGS", &names, context)
}

/// The symbol by which a value says how `util.inspect` shows it.
pub fn inspect_symbol(context: &mut Context) -> JsResult<boa_engine::JsSymbol> {
    registry::symbol_for("nodejs.util.inspect.custom", context)
}
