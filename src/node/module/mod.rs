//! `module`: the native half of what isn't loading (that is `crate::modules`): source maps.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/module.html#source-map-support>

mod mappings;

use std::cell::RefCell;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace,
    object::builtins::JsArray,
};

use crate::{engine::native::Natives, node::errors, runtime::State};
use mappings::{Mappings, Position};

/// What a `SourceMap` holds.
#[derive(Default, Trace, Finalize, JsData)]
struct Decoded(#[unsafe_ignore_trace] RefCell<Mappings>);

/// `binding('source_maps')`.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let enabled = State::of(context).options.source_maps;
    Ok(Natives::new(context)
        .value("enabled", enabled)
        .function("decoded", 0, decoded)
        .function("add", 5, add)
        .function("find", 3, find)
        .function("hasLoaded", 1, has_loaded)
        .build())
}

/// `decoded()`: holds the mappings of one map.
fn decoded(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let holder = JsObject::new(context.root_shape(), None, Decoded::default());
    Ok(holder.upcast().into())
}

fn mappings_of<T>(
    args: &[JsValue],
    context: &mut Context,
    with: impl FnOnce(&mut Mappings) -> T,
) -> JsResult<T> {
    let holder = args.get_or_undefined(0).as_object();
    let holder = holder
        .as_ref()
        .and_then(|holder| holder.downcast_ref::<Decoded>());
    match holder {
        Some(holder) => Ok(with(&mut holder.0.borrow_mut())),
        None => Err(errors::type_error("Illegal invocation", context)),
    }
}

/// `add(decoded, mappings, section, line, column)`: takes in the mappings of a map, which begins at a place.
fn add(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(1).to_string(context)?;
    let section = args.get_or_undefined(2).to_u32(context)?;
    let line = start(args.get_or_undefined(3), context)?;
    let column = start(args.get_or_undefined(4), context)?;
    let text = text.to_std_string_lossy();
    mappings_of(args, context, |mappings| {
        mappings.add(text.as_bytes(), section, Position { line, column });
    })?;
    Ok(JsValue::undefined())
}

/// A line or column of a section, which may be any number: far enough from the ends of `i64` that no text leads there.
fn start(value: &JsValue, context: &mut Context) -> JsResult<i64> {
    const MOST: i64 = 1 << 53;
    Ok((value.to_number(context)? as i64).clamp(-MOST, MOST))
}

/// `find(decoded, line, column)`: the last mapping that isn't past a place, as
/// `[line, column, section, source, original line, original column, name]`; what it hasn't is missing at its end.
fn find(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let line = args.get_or_undefined(1).to_number(context)?;
    let column = args.get_or_undefined(2).to_number(context)?;
    let Some(found) = mappings_of(args, context, |mappings| mappings.find(line, column))? else {
        return Ok(JsValue::undefined());
    };
    let mut fields = vec![found.generated.line, found.generated.column];
    if let Some(original) = found.original {
        let Position { line, column } = original.position;
        fields.extend([i64::from(original.section), original.source, line, column]);
        fields.extend(original.name);
    }
    let fields = fields.into_iter().map(|field| JsValue::from(field as f64));
    Ok(JsArray::from_iter(fields, context).into())
}

/// `hasLoaded(file)`: whether a module came from it.
fn has_loaded(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let file = args.get_or_undefined(0).to_string(context)?;
    let file = file.to_std_string_lossy();
    Ok(State::of(context).modules.has_loaded(&file).into())
}
