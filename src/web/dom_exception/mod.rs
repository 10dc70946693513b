//! The global `DOMException`, and how natives make one.

use boa_engine::{Context, JsError, JsResult, JsString, JsValue};

use crate::engine::{
    native::{METHOD, define_lazy},
    registry,
};

/// Defines the global; the class loads when it is first touched.
pub fn install(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    let class = |context: &mut Context| registry::require("dom_exception", context);
    define_lazy(&global, "DOMException", METHOD, class, context);
    Ok(())
}

/// A `DOMException` of that name.
pub fn dom_exception(message: &str, name: &str, context: &mut Context) -> JsError {
    let made = registry::require("dom_exception", context).and_then(|class| {
        let args = [JsString::from(message).into(), JsString::from(name).into()];
        match class.as_constructor() {
            Some(class) => class.construct(&args, None, context).map(JsValue::from),
            None => Ok(JsValue::undefined()),
        }
    });
    made.map_or_else(|error| error, JsError::from_opaque)
}
