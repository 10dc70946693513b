//! Turns failed resolutions into the errors that script catches.

use boa_engine::{Context, JsError, JsString, JsValue, js_string, object::builtins::JsArray};

use super::error::{ErrorClass, ResolveError};
use super::resolve::Deprecation;
use crate::node::{
    errors::{self, Base},
    process,
};

/// The JavaScript error of a failed resolution.
pub fn resolve_error(error: &ResolveError, context: &mut Context) -> JsError {
    let message = error.to_string();
    // `require` predates the table of codes: its error is a plain one with a property.
    let made = if error.code() == "MODULE_NOT_FOUND" {
        errors::plain(Base::Plain, &message, context)
    } else {
        let base = match error.class() {
            ErrorClass::Error => Base::Plain,
            ErrorClass::TypeError => Base::Type,
            ErrorClass::RangeError => Base::Range,
        };
        errors::coded(error.code(), base, &message, context)
    };
    let Some(object) = made.as_opaque().and_then(JsValue::as_object) else {
        return made;
    };
    let mut properties: Vec<(&str, JsValue)> = Vec::new();
    if error.code() == "MODULE_NOT_FOUND" {
        properties.push(("code", js_string!("MODULE_NOT_FOUND").into()));
    }
    for (name, value) in error.properties() {
        properties.push((name, JsString::from(value).into()));
    }
    if let ResolveError::CommonJsNotFound { stack, .. } = error {
        let stack: Vec<JsValue> = stack
            .iter()
            .map(|file| JsString::from(file.as_str()).into())
            .collect();
        properties.push(("requireStack", JsArray::from_iter(stack, context).into()));
    }
    for (name, value) in properties {
        // A fresh error object takes every property.
        let _ = object.create_data_property(JsString::from(name), value, context);
    }
    made
}

/// Emits what a resolution found deprecated.
pub fn emit_deprecations(warnings: Vec<Deprecation>, context: &mut Context) {
    for warning in warnings {
        // A listener that throws doesn't keep the module from loading.
        let _ = process::emit_warning(
            &warning.message,
            "DeprecationWarning",
            Some(warning.code),
            context,
        );
    }
}
