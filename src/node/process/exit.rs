//! How a process ends: `exit`, `exitCode`, `abort`, `reallyExit`, and the events around them.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::Attribute};

use super::emitter::emit;
use crate::{
    engine::native::{METHOD, Natives},
    node::errors,
    runtime::{State, async_context::Frame, batch, door, fatal, termination},
};

/// Adds the functions to the process object.
pub fn add(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("exit", 1, exit)
        .function("reallyExit", 1, really_exit)
        .function("abort", 0, abort)
        .attributes(Attribute::ENUMERABLE)
        .accessor("exitCode", get_exit_code, Some(set_exit_code))
        .attributes(METHOD | Attribute::ENUMERABLE)
        .accessor("_exiting", get_exiting, None)
        .function(
            "setUncaughtExceptionCaptureCallback",
            1,
            set_capture_callback,
        )
        .function("_fatalException", 2, fatal_exception_of)
        .function(
            "hasUncaughtExceptionCaptureCallback",
            0,
            has_capture_callback,
        )
}

/// Emits `beforeExit`.
pub fn emit_before_exit(context: &mut Context) {
    let code = State::of(context).exit_code.get().unwrap_or(0);
    door::enter(&Frame::default(), context, |context| {
        emit("beforeExit", &[code.into()], context).map(drop)
    });
}

/// Emits `exit`, once. An error of a listener is reported and ends the process.
pub fn run_exit_listeners(code: i32, context: &mut Context) {
    let state = State::of(context);
    if state.process.exiting.replace(true) {
        return;
    }
    if let Err(error) = emit("exit", &[code.into()], context)
        && !state.is_terminating()
    {
        fatal::uncaught(error, fatal::Origin::Exception, context);
    }
}

/// Whether `exit` has been emitted.
pub fn is_exiting(state: &State) -> bool {
    state.process.exiting.get()
}

/// Writes out what the standard streams still hold.
pub fn flush_standard_streams(_: &mut Context) {
    use std::io::Write;
    // Nobody is left to tell of a failure.
    let _ = std::io::stdout().flush();
}

/// The code that a value stands for; `undefined` and `null` choose none.
fn code_of(value: &JsValue, name: &str, context: &mut Context) -> JsResult<Option<i32>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let number = match value.as_string() {
        Some(text) if !text.is_empty() => {
            let number = value.to_number(context)?;
            if number.is_nan() {
                return Err(errors::invalid_arg_type(name, &["integer"], value, context));
            }
            number
        }
        _ => match value.as_number() {
            Some(number) => number,
            None => return Err(errors::invalid_arg_type(name, &["integer"], value, context)),
        },
    };
    if number.fract() != 0.0 || !number.is_finite() {
        return Err(errors::out_of_range(name, "an integer", value, context));
    }
    Ok(Some(number as i64 as i32))
}

fn exit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    if let Some(code) = code_of(args.get_or_undefined(0), "code", context)? {
        state.exit_code.set(Some(code));
    }
    run_exit_listeners(state.exit_code.get().unwrap_or(0), context);
    // A program may have put a function of its own there.
    let code = state.exit_code.get().unwrap_or(0);
    let process = state.process.object.borrow().clone();
    if let Some(process) = process
        && !state.is_terminating()
        && let Some(end) = process
            .get(js_string!("reallyExit"), context)?
            .as_callable()
    {
        return end.call(&process.into(), &[code.into()], context);
    }
    fatal::terminate(code, context);
    Err(termination())
}

fn really_exit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_i32(context)?;
    fatal::terminate(code, context);
    Err(termination())
}

fn abort(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if !State::of(context).options.owns_process {
        return Err(errors::type_error(
            "process.abort() is not supported in an embedded runtime",
            context,
        ));
    }
    batch::send_all(context);
    std::process::abort()
}

fn get_exit_code(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context)
        .exit_code
        .get()
        .map(JsValue::from)
        .unwrap_or_default())
}

fn set_exit_code(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let code = code_of(args.get_or_undefined(0), "code", context)?;
    State::of(context).exit_code.set(code);
    Ok(JsValue::undefined())
}

fn get_exiting(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context).process.exiting.get().into())
}

fn set_capture_callback(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let value = args.get_or_undefined(0);
    if value.is_null() {
        state.uncaught_capture.replace(None);
        return Ok(JsValue::undefined());
    }
    let Some(callback) = value.as_callable() else {
        return Err(errors::invalid_arg_type(
            "fn",
            &["Function", "null"],
            value,
            context,
        ));
    };
    if state.uncaught_capture.borrow().is_some() {
        return Err(errors::node_error_with(
            "ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET",
            &[],
            context,
        ));
    }
    state.uncaught_capture.replace(Some(callback));
    Ok(JsValue::undefined())
}

/// What an uncaught exception is given to: ours, or what a program has put there; nothing if that can't be called.
///
/// # Errors
/// What an accessor throws.
pub fn fatal_exception(context: &mut Context) -> JsResult<Option<JsObject>> {
    let process = State::of(context).process.object.borrow().clone();
    let Some(process) = process else {
        return Ok(None);
    };
    let found = process.get(js_string!("_fatalException"), context)?;
    Ok(found.as_callable())
}

fn fatal_exception_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let origin = match args.get_or_undefined(1).to_boolean() {
        true => fatal::Origin::UnhandledRejection,
        false => fatal::Origin::Exception,
    };
    fatal::handle(args.get_or_undefined(0), origin, context).map(JsValue::from)
}

fn has_capture_callback(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context)
        .uncaught_capture
        .borrow()
        .is_some()
        .into())
}
