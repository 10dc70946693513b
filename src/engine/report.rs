//! The text that an uncaught error prints, and values as `util.inspect` shows them.

use std::cell::Cell;

use boa_engine::{Context, JsObject, JsValue, js_string};

use super::registry;
use crate::{node::errors, runtime::State};

/// The report of an uncaught value: where it was thrown, the source line, the stack.
pub fn uncaught(value: &JsValue, context: &mut Context) -> String {
    format!("Uncaught {}\n", inspect(value, context))
}

/// A value as `util.inspect` shows it.
pub fn inspect(value: &JsValue, context: &mut Context) -> String {
    errors::inspect(value, context)
}

/// Set while `util.inspect` runs for us: an error that it makes itself must not ask for it again.
#[derive(Default)]
struct Inspecting(Cell<bool>);

/// An object as `util.inspect` shows it; `None` when that can't be asked.
pub fn inspect_object(object: &JsObject, context: &mut Context) -> Option<String> {
    let state = State::try_of(context)?;
    let inspecting = state.slot::<Inspecting>();
    if inspecting.0.replace(true) {
        return None;
    }
    let shown = call_inspect(object, context);
    inspecting.0.set(false);
    shown
}

fn call_inspect(object: &JsObject, context: &mut Context) -> Option<String> {
    if !registry::exists("util/inspect") {
        return None;
    }
    let module = registry::require("util/inspect", context).ok()?;
    let inspect = module
        .as_object()?
        .get(js_string!("inspect"), context)
        .ok()?
        .as_callable()?;
    let shown = inspect
        .call(&JsValue::undefined(), &[object.clone().into()], context)
        .ok()?;
    Some(shown.as_string()?.to_std_string_lossy())
}
