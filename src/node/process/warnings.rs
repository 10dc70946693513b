//! `process.emitWarning`: the function is script that loads at the first warning; natives warn through it too.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/process.html#processemitwarningwarning-options>

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string};

use crate::{
    engine::{native::Natives, registry, report},
    runtime::{State, fatal},
};

/// Adds the function to the process object.
pub fn add(natives: Natives<'_>) -> Natives<'_> {
    natives.function("emitWarning", 1, emit_warning_function)
}

/// What the script half needs.
pub fn add_natives(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("warningOptions", 0, warning_options)
        .function("writeError", 1, write_error)
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

/// Warns of a rejection that nobody handled.
pub fn warn_unhandled_rejection(reason: &JsValue, context: &mut Context) -> JsResult<()> {
    let shown = report::inspect(reason, context);
    emit_warning(&shown, "UnhandledPromiseRejectionWarning", None, context)?;
    emit_warning(
        "Unhandled promise rejection. This error originated either by throwing inside of an async function without a \
         catch block, or by rejecting a promise which was not handled with .catch(). To terminate the node process \
         on unhandled promise rejection, use the CLI flag `--unhandled-rejections=strict` (see \
         https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode).",
        "UnhandledPromiseRejectionWarning",
        None,
        context,
    )
}

fn warning_options(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let options = State::of(context).options.clone();
    let disabled: Vec<JsValue> = options
        .disabled_warnings
        .iter()
        .map(|name| JsString::from(name.as_str()).into())
        .collect();
    let disabled = boa_engine::object::builtins::JsArray::from_iter(disabled, context);
    Ok(Natives::new(context)
        .value("warnings", options.warnings)
        .value("traceWarnings", options.trace_warnings)
        .value("disabled", disabled)
        .build()
        .into())
}

fn write_error(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    fatal::write_error(&text.to_std_string_lossy());
    Ok(JsValue::undefined())
}
