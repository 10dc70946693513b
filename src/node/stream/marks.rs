//! High-water marks: what streams have where their options say nothing, and what options may say.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};

use crate::{
    engine::lookup::LookUp,
    node::{arguments, errors::node_error},
    runtime::State,
};

const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The marks of streams that aren't told theirs.
struct Marks {
    bytes: Cell<f64>,
    objects: Cell<f64>,
}

impl Default for Marks {
    fn default() -> Self {
        Self {
            bytes: Cell::new(64.0 * 1024.0),
            objects: Cell::new(16.0),
        }
    }
}

/// The mark of streams that aren't told theirs.
pub fn default_mark(object_mode: bool, context: &Context) -> f64 {
    let marks = State::of(context).slot::<Marks>();
    if object_mode {
        marks.objects.get()
    } else {
        marks.bytes.get()
    }
}

/// `getDefaultHighWaterMark(objectMode)`
pub fn get(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object_mode = args.get_or_undefined(0).to_boolean();
    Ok(default_mark(object_mode, context).into())
}

/// `setDefaultHighWaterMark(objectMode, value)`
pub fn set(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(1);
    let value = arguments::integer(value, "value", 0.0, MAX_SAFE_INTEGER, context)?;
    let marks = State::of(context).slot::<Marks>();
    if args.get_or_undefined(0).to_boolean() {
        marks.objects.set(value);
    } else {
        marks.bytes.set(value);
    }
    Ok(JsValue::undefined())
}

/// The high-water mark that `options` ask for; `own` is the name that only a duplex looks at.
///
/// # Errors
/// `ERR_INVALID_ARG_VALUE`.
pub fn high_water_mark(
    options: Option<&JsObject>,
    own: Option<&'static str>,
    object_mode: bool,
    context: &mut Context,
) -> JsResult<f64> {
    let mut mark = JsValue::undefined();
    if let Some(options) = options {
        mark = options.look_up(js_string!("highWaterMark"), context)?;
        if let Some(own) = own
            && mark.is_null_or_undefined()
        {
            mark = options.get(JsString::from(own), context)?;
        }
    }
    if mark.is_null_or_undefined() {
        return Ok(default_mark(object_mode, context));
    }
    match mark.as_number() {
        Some(number) if number.fract() == 0.0 && number >= 0.0 => Ok(number),
        _ => {
            let name = format!("options.{}", own.unwrap_or("highWaterMark"));
            let arguments = [JsString::from(name).into(), mark];
            Err(node_error("ERR_INVALID_ARG_VALUE", &arguments, context))
        }
    }
}

/// `highWaterMark(options, own, isDuplex, objectMode)`
pub fn high_water_mark_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let own = args.get_or_undefined(1).as_string();
    let own = match own {
        _ if !args.get_or_undefined(2).to_boolean() => None,
        Some(name) if name == js_string!("writableHighWaterMark") => Some("writableHighWaterMark"),
        _ => Some("readableHighWaterMark"),
    };
    let options = args.get_or_undefined(0).as_object();
    let object_mode = args.get_or_undefined(3).to_boolean();
    high_water_mark(options.as_ref(), own, object_mode, context).map(JsValue::from)
}
