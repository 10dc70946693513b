//! Stack traces in the form that V8 gives them.

use boa_engine::{Context, JsError, JsObject, JsString, js_string, property::PropertyDescriptor};

/// The frames of an error of the engine's own, one line each, as far as the engine noted them.
pub fn frames_of_engine_error(error: &JsError) -> Option<String> {
    let text = error.to_string();
    let (_, frames) = text.split_once("\n    at ")?;
    Some(format!("    at {frames}"))
}

/// Gives an error a stack made elsewhere.
pub fn set_frames(error: &JsObject, head: &str, frames: &str, _: &mut Context) {
    error.insert_property(
        js_string!("stack"),
        PropertyDescriptor::builder()
            .value(JsString::from(format!("{head}\n{frames}")))
            .writable(true)
            .enumerable(false)
            .configurable(true)
            .build(),
    );
}
