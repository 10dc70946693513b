//! Signals as events of `process`, and `process.kill`.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/process.html#signal-events>

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string};
use ouro_loop::{Event, HandleId};

use super::emitter;
use crate::{
    node::errors,
    runtime::{State, async_context::Frame, batch, dispatch::Owner},
    sys,
};

/// The signals that somebody listens for.
#[derive(Default)]
pub struct Signals {
    started: RefCell<Vec<(i32, HandleId)>>,
}

/// The number of a signal's name.
pub fn number_of(name: &str) -> Option<i32> {
    sys::SIGNALS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, number)| *number)
}

fn signal_named(args: &[JsValue]) -> Option<(i32, String)> {
    let name = args.get_or_undefined(0).as_string()?.to_std_string_lossy();
    number_of(&name).map(|number| (number, name))
}

/// A listener of `newListener`: starts the handle at the first listener of a signal.
pub fn listener_added(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some((number, name)) = signal_named(args) else {
        return Ok(JsValue::undefined());
    };
    let state = State::of(context);
    let signals = &state.process.signals;
    if signals
        .started
        .borrow()
        .iter()
        .any(|(known, _)| *known == number)
    {
        return Ok(JsValue::undefined());
    }
    let Some(handle) = start(&state, number) else {
        // What the system refuses (SIGKILL, SIGSTOP) is EINVAL, as libuv has it.
        let errno = errors::errno_of_name("EINVAL").unwrap_or_default();
        return Err(errors::errno_exception(
            errno,
            "uv_signal_start",
            None,
            context,
        ));
    };
    let _ = state.event_loop.set_ref(handle, false);
    let frame = state.async_context.resource("SIGNALWRAP", None, context);
    state
        .owners
        .set(handle, Rc::new(SignalOwner { name, frame }));
    signals.started.borrow_mut().push((number, handle));
    Ok(JsValue::undefined())
}

fn start(state: &State, number: i32) -> Option<HandleId> {
    let handle = state.event_loop.signal().ok()?;
    if state
        .event_loop
        .signal_start(handle, number, false)
        .is_err()
    {
        // The handle is fresh and open, so closing it can't fail.
        let _ = state.event_loop.close(handle);
        return None;
    }
    Some(handle)
}

/// A listener of `removeListener`: stops the handle with the last listener.
pub fn listener_removed(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some((number, name)) = signal_named(args) else {
        return Ok(JsValue::undefined());
    };
    let process = this.to_object(context)?;
    let count = process.get(js_string!("listenerCount"), context)?;
    if let Some(count) = count.as_callable() {
        let left = count.call(this, &[JsString::from(name.as_str()).into()], context)?;
        if left.to_number(context)? > 0.0 {
            return Ok(JsValue::undefined());
        }
    }
    let state = State::of(context);
    let mut started = state.process.signals.started.borrow_mut();
    if let Some(index) = started.iter().position(|(known, _)| *known == number) {
        let (_, handle) = started.swap_remove(index);
        let _ = state.event_loop.close(handle);
    }
    Ok(JsValue::undefined())
}

struct SignalOwner {
    name: String,
    frame: Frame,
}

impl Owner for SignalOwner {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        let Event::Signal { signum, .. } = event else {
            return Ok(());
        };
        // Known signals only, so that the name can be static.
        let Some((name, _)) = sys::SIGNALS.iter().find(|(name, _)| *name == self.name) else {
            return Ok(());
        };
        emitter::emit(
            name,
            &[JsString::from(*name).into(), signum.into()],
            context,
        )
        .map(drop)
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }
}

/// `process.kill(pid[, signal])`
pub fn kill(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let pid_value = args.get_or_undefined(0);
    let pid = pid_value.to_number(context)?;
    // `null` would be 0, which is our own process group.
    if pid_value.is_null() || pid.is_nan() || pid.fract() != 0.0 || pid.abs() > f64::from(i32::MAX)
    {
        return Err(errors::invalid_arg_type(
            "pid",
            &["number"],
            pid_value,
            context,
        ));
    }
    let given = args.get_or_undefined(1);
    let signal = if given.is_undefined() {
        number_of("SIGTERM")
    } else if let Some(name) = given.as_string() {
        number_of(&name.to_std_string_lossy())
    } else if let Some(number) = given.as_number() {
        let number = number as i32;
        if number != 0 && !sys::SIGNALS.iter().any(|(_, known)| *known == number) {
            let errno = errors::errno_of_name("EINVAL").unwrap_or_default();
            return Err(errors::errno_exception(errno, "kill", None, context));
        }
        Some(number)
    } else {
        None
    };
    let Some(signal) = signal else {
        return Err(errors::node_error(
            "ERR_UNKNOWN_SIGNAL",
            std::slice::from_ref(given),
            context,
        ));
    };
    send(pid as i32, signal, context)?;
    Ok(true.into())
}

/// Goes through `process._kill`, which programs may have replaced.
fn send(pid: i32, signal: i32, context: &mut Context) -> JsResult<()> {
    let process = super::exports(context)?.to_object(context)?;
    let kill = process.get(js_string!("_kill"), context)?;
    let Some(kill) = kill.as_callable() else {
        return Err(errors::type_error(
            "process._kill is not a function",
            context,
        ));
    };
    let outcome = kill.call(&process.into(), &[pid.into(), signal.into()], context)?;
    match outcome.as_number() {
        Some(errno) if errno != 0.0 => {
            Err(errors::errno_exception(errno as i32, "kill", None, context))
        }
        _ => Ok(()),
    }
}

/// `process._kill(pid, signal)`: libuv's call, which answers a negative number on failure.
pub fn raw_kill(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let pid = args.get_or_undefined(0).to_i32(context)?;
    let signal = args.get_or_undefined(1).to_i32(context)?;
    // It may be our own end.
    batch::send_all(context);
    match sys::kill(pid, signal) {
        Ok(()) => Ok(0.into()),
        Err(error) => Ok(errors::errno_of(&error).into()),
    }
}
