//! What becomes of a thrown value that nobody caught: `uncaughtException`, or the end of the process.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/process.html#event-uncaughtexception>

use std::io::Write;

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};

use super::State;
use crate::{
    engine::{plain_text::plain_text, report, stack},
    node::{process, timers},
};

/// Where an uncaught value came from; `uncaughtException` listeners get it as their second argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Exception,
    UnhandledRejection,
}

impl Origin {
    fn name(self) -> JsString {
        match self {
            Origin::Exception => js_string!("uncaughtException"),
            Origin::UnhandledRejection => js_string!("unhandledRejection"),
        }
    }
}

/// Node's exit codes for what the runtime itself decides.
pub mod exit {
    /// An exception that nobody caught.
    pub const UNCAUGHT: i32 = 1;
    /// A program has put something in the place of `process._fatalException` that can't be called.
    pub const NO_HANDLER: i32 = 6;
    /// A thrown value inside the handling of an uncaught one.
    pub const HANDLER_FAILED: i32 = 7;
    /// A command line that can't be.
    pub const INVALID_ARGUMENT: i32 = 9;
    /// `--security-revert` of what isn't known.
    pub const UNKNOWN_REVERT: i32 = 12;
    /// A top-level await that never settled.
    pub const UNSETTLED_AWAIT: i32 = 13;
}

/// Raises an error as an uncaught exception: listeners of `process` first, else report and end.
pub fn uncaught(error: JsError, origin: Origin, context: &mut Context) {
    let state = State::of(context);
    if state.is_terminating() {
        return;
    }
    let error = crate::node::errors::from_engine(error, context);
    let thrown = stack::thrown_at(&error, context);
    let value = match error.into_opaque(context) {
        Ok(value) => value,
        Err(panic) => {
            write_error(&format!("{panic}\n"));
            terminate(exit::UNCAUGHT, context);
            return;
        }
    };
    let handler = match process::fatal_exception(context) {
        Ok(Some(handler)) => handler,
        Ok(None) | Err(_) => {
            let text = report::uncaught_at(&value, thrown, context);
            write_error(&text);
            terminate(exit::NO_HANDLER, context);
            return;
        }
    };
    let from_promise = origin == Origin::UnhandledRejection;
    let args = [value.clone(), from_promise.into()];
    let handled = handler
        .call(&JsValue::undefined(), &args, context)
        .map(|handled| handled.to_boolean());
    match handled {
        // What waits in the queues is drained after the next callback: see that there is one.
        Ok(true) => timers::keep_turning(&state),
        Ok(false) => {
            let text = report::uncaught_at(&value, thrown, context);
            write_error(&text);
            terminate(code_after_uncaught(&state, context), context);
        }
        Err(error) => {
            if state.is_terminating() {
                return;
            }
            let text = match error.into_opaque(context) {
                Ok(value) => report::uncaught(&value, context),
                Err(panic) => format!("{panic}\n"),
            };
            write_error(&text);
            terminate(exit::HANDLER_FAILED, context);
        }
    }
}

/// Tells the listeners of `exit`, who may choose another code. An error in one of them leaves only theirs that aren't 0.
fn code_after_uncaught(state: &State, context: &mut Context) -> i32 {
    if process::is_exiting(state) {
        let chosen = state.exit_code.get().filter(|&code| code != 0);
        return chosen.unwrap_or(exit::UNCAUGHT);
    }
    state.exit_code.set(Some(exit::UNCAUGHT));
    process::run_exit_listeners(exit::UNCAUGHT, context);
    state.exit_code.get().unwrap_or(exit::UNCAUGHT)
}

/// `process._fatalException(error, fromPromise)`: tells whoever wants to hear of it; answers whether anybody did.
///
/// # Errors
/// What a listener throws.
pub fn handle(value: &JsValue, origin: Origin, context: &mut Context) -> JsResult<bool> {
    let state = State::of(context);
    let args = [value.clone(), origin.name().into()];
    process::emit("uncaughtExceptionMonitor", &args, context)?;
    let capture = state.uncaught_capture.borrow().clone();
    if let Some(capture) = capture {
        capture.call(&JsValue::undefined(), &args[..1], context)?;
        return Ok(true);
    }
    process::emit("uncaughtException", &args, context)
}

/// The error that an unhandled rejection raises: the reason itself when it is an error, else
/// `ERR_UNHANDLED_REJECTION`.
pub fn rejection_error(reason: &JsValue, context: &mut Context) -> JsResult<JsError> {
    if reason.as_object().is_some_and(|object| is_error(&object)) {
        return Ok(JsError::from_opaque(reason.clone()));
    }
    let shown = plain_text(reason, context);
    Ok(crate::node::errors::node_error_with(
        "ERR_UNHANDLED_REJECTION",
        &[JsString::from(shown).into()],
        context,
    ))
}

fn is_error(object: &JsObject) -> bool {
    object.is::<boa_engine::builtins::error::Error>()
}

/// Ends this runtime with a code. The `ouro` program ends at once; an embedded runtime stops running script and its
/// `run` returns.
pub fn terminate(code: i32, context: &mut Context) {
    let state = State::of(context);
    super::batch::send_all(context);
    process::flush_standard_streams(context);
    state.exit_code.set(Some(code));
    state.terminating.set(true);
    if state.options.owns_process {
        super::pool_stats::report(&state);
        crate::node::http::figures::report(&state);
        leave(code);
    }
    state.event_loop.stop();
}

/// Ends the process at once, with the terminal as it was. Threads of the pool aren't waited for.
pub fn leave(code: i32) -> ! {
    // A terminal that is gone has no mode to get back.
    let _ = ouro_loop::reset_tty();
    std::process::exit(code)
}

/// Writes to the standard error stream. A closed stream is no reason to fail.
pub fn write_error(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
