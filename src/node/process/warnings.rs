//! `process.emitWarning`: the function is script that loads at the first warning; natives warn through it too.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/process.html#processemitwarningwarning-options>

use boa_engine::{Context, JsResult, JsString, JsValue, js_string};

use crate::{
    engine::{native::Natives, plain_text::plain_text, registry},
    runtime::State,
};

/// Adds the function to the process object.
pub fn add(natives: Natives<'_>) -> Natives<'_> {
    natives.function("emitWarning", 1, emit_warning_function)
}

/// What the script half needs.
pub fn add_natives(natives: Natives<'_>) -> Natives<'_> {
    natives.function("warningOptions", 0, warning_options)
}

fn script(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let warning = registry::require("process/warning", context)?;
    let function = warning.to_object(context)?.get(name, context)?;
    match function.as_callable() {
        Some(function) => function.call(&JsValue::undefined(), args, context),
        None => Ok(JsValue::undefined()),
    }
}

fn emit_warning_function(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    script(js_string!("emitWarning"), args, context)
}

/// `process.emitWarning(text, type, code)`, as natives call it.
///
/// # Errors
/// What the `warning` machinery throws, as with `--throw-deprecation`.
pub fn emit_warning(
    text: &str,
    name: &str,
    code: Option<&str>,
    context: &mut Context,
) -> JsResult<()> {
    let code = code
        .map(|code| JsValue::from(JsString::from(code)))
        .unwrap_or_default();
    let args = [
        JsString::from(text).into(),
        JsString::from(name).into(),
        code,
    ];
    script(js_string!("emitWarning"), &args, context).map(drop)
}

/// Warns of a rejection that nobody handled: of the reason, and that it wasn't.
///
/// # Errors
/// What the `warning` machinery throws, as with `--throw-deprecation`.
pub fn warn_unhandled_rejection(reason: &JsValue, id: u64, context: &mut Context) -> JsResult<()> {
    const NAME: &str = "UnhandledPromiseRejectionWarning";
    let stack = match reason.as_object() {
        Some(object) if object.has_own_property(js_string!("stack"), context)? => {
            object.get(js_string!("stack"), context)?.as_string()
        }
        _ => None,
    };
    let shown = match stack {
        Some(stack) => stack.to_std_string_lossy(),
        None => plain_text(reason, context),
    };
    emit_warning(&shown, NAME, None, context)?;
    let text = format!(
        "Unhandled promise rejection. This error originated either by throwing inside of an async function without a \
         catch block, or by rejecting a promise which was not handled with .catch(). To terminate the node process \
         on unhandled promise rejection, use the CLI flag `--unhandled-rejections=strict` (see \
         https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). (rejection id: {id})"
    );
    emit_warning(&text, NAME, None, context)
}

fn warning_options(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let options = State::of(context).options.clone();
    let disabled: Vec<JsValue> = options
        .disabled_warnings
        .iter()
        .map(|name| JsString::from(name.as_str()).into())
        .collect();
    let disabled = boa_engine::object::builtins::JsArray::from_iter(disabled, context);
    let redirected = options
        .redirect_warnings
        .or_else(|| std::env::var("NODE_REDIRECT_WARNINGS").ok())
        .filter(|file| !file.is_empty());
    let redirected = redirected.map_or_else(JsValue::undefined, |file| {
        JsString::from(file.as_str()).into()
    });
    Ok(Natives::new(context)
        .value("redirected", redirected)
        .value("warnings", options.warnings)
        .value("traceWarnings", options.trace_warnings)
        .value("pendingDeprecation", options.pending_deprecation)
        .value("disabled", disabled)
        .build()
        .into())
}
