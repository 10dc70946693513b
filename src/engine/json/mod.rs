//! `JSON`, native: the engine's own compiles and runs the text as script, which is slow, refuses what JSON allows, and
//! leaves every string behind for ever.
//!
//! Behaviour: <https://tc39.es/ecma262/#sec-json-object> and <https://tc39.es/proposal-json-parse-with-source/>; the texts
//! of errors are V8's.

mod circular;
mod kept;
mod keys;
mod number;
pub mod objects;
pub mod parse;
mod plan;
mod problem;
mod revive;
mod scan;
pub mod stringify;
#[cfg(test)]
mod tests;
mod writer;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, Trace,
    js_string, object::IntegrityLevel, property::PropertyKey,
};

pub use self::plan::KeptPlans;
use super::native::Natives;
use crate::{
    node::errors::{self, Base},
    runtime::State,
};

/// Deeper nesting than this is refused where it would be walked by recursion. The stack of the script thread holds it.
const DEEPEST: usize = 100_000;

/// What `JSON.rawJSON` returns.
#[derive(Trace, Finalize, JsData)]
struct RawJson;

/// Replaces the functions of the `JSON` object.
///
/// # Errors
/// None but those of the engine.
pub fn install(context: &mut Context) -> JsResult<()> {
    objects::capture(context)?;
    let Some(json) = context
        .global_object()
        .get(js_string!("JSON"), context)?
        .as_object()
    else {
        return Ok(());
    };
    Natives::on(json, context)
        .function("parse", 2, parse_native)
        .function("stringify", 3, stringify::stringify_native)
        .function("rawJSON", 1, raw_json)
        .function("isRawJSON", 1, |_, args, _| {
            Ok(is_raw(args.get_or_undefined(0)).into())
        })
        .build();
    Ok(())
}

/// Parses a JSON text.
///
/// # Errors
/// V8's `SyntaxError`.
pub fn parse_str(text: &JsString, context: &mut Context) -> JsResult<JsValue> {
    parse::parse(text, context).map_err(|error| syntax_error(&error, text, context))
}

fn parse_native(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    // The engine's collector counts the arrays and objects that come of it, not the strings in them.
    State::of(context).memory.safe_point();
    match args.get_or_undefined(1).as_callable() {
        Some(reviver) => revive::parse(&text, &reviver, context),
        None => parse_str(&text, context),
    }
}

fn syntax_error(error: &problem::Problem, text: &JsString, context: &mut Context) -> JsError {
    errors::plain(Base::Syntax, &error.message(text), context)
}

/// A key as script sees it: indices too are strings.
fn name_of(key: &PropertyKey) -> JsValue {
    match key {
        PropertyKey::Index(index) => JsString::from(index.get().to_string()).into(),
        key => JsValue::from(key),
    }
}

fn is_raw(value: &JsValue) -> bool {
    value
        .as_object()
        .is_some_and(|object| object.is::<RawJson>())
}

/// `JSON.rawJSON(text)`: a value that `JSON.stringify` writes as it is.
fn raw_json(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let blank =
        |unit: Option<u16>| unit.is_some_and(|unit| matches!(unit, 0x09 | 0x0a | 0x0d | 0x20));
    let last = text.iter().last();
    if text.is_empty() || blank(last) {
        return Err(errors::plain(
            Base::Syntax,
            "Invalid value for JSON.rawJSON",
            context,
        ));
    }
    let first = text.iter().next();
    if blank(first) || first.is_some_and(|unit| unit == u16::from(b'{') || unit == u16::from(b'['))
    {
        return Err(syntax_error(&problem::Problem::token(0), &text, context));
    }
    parse_str(&text, context)?;
    let object = JsObject::from_proto_and_data(None::<JsObject>, RawJson);
    object.create_data_property_or_throw(js_string!("rawJSON"), text, context)?;
    object.set_integrity_level(IntegrityLevel::Frozen, context)?;
    Ok(object.into())
}
