//! The text that an uncaught error prints.

use boa_engine::{Context, JsValue, js_string};

/// The report of an uncaught value: where it was thrown, the source line, the stack.
pub fn uncaught(value: &JsValue, context: &mut Context) -> String {
    format!("Uncaught {}\n", inspect(value, context))
}

/// A value as `util.inspect` shows it.
pub fn inspect(value: &JsValue, context: &mut Context) -> String {
    if let Some(object) = value.as_object()
        && let Ok(stack) = object.get(js_string!("stack"), context)
        && let Some(stack) = stack.as_string()
    {
        return stack.to_std_string_lossy();
    }
    value.display().to_string()
}
