//! The six functions: globals, and exports of the module.

use std::cell::RefCell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    native_function::NativeFunctionPointer,
    property::{PropertyDescriptor, PropertyKey},
};

use super::{
    Scheduled,
    classes::{self, Immediate, Timeout},
    immediates::{cancel_immediate, schedule_immediate},
    now,
    timeouts::{cancel, count_reference, insert},
};
use crate::{
    engine::{
        native::{self, Natives},
        registry,
    },
    node::{errors, process},
    runtime::{State, slow_turn},
};

/// The longest delay, in milliseconds; anything longer becomes 1.
const TIMEOUT_MAX: f64 = 2_147_483_647.0;

/// The exports of `timers`.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let functions = State::of(context).slot::<Functions>();
    let mut natives = Natives::new(context);
    for (name, function) in functions.0.borrow().iter() {
        natives = natives.value(name, function.clone());
    }
    Ok(natives
        .lazy("promises", |context| {
            registry::require("timers/promises", context)
        })
        .build()
        .into())
}

/// The six functions, made once: the globals and the module's exports are the same objects.
#[derive(Default)]
struct Functions(RefCell<Vec<(&'static str, JsValue)>>);

/// Name, number of arguments, what it does, and where `util.promisify` finds its promised form.
type Row = (
    &'static str,
    usize,
    NativeFunctionPointer,
    Option<NativeFunctionPointer>,
);

const FUNCTIONS: [Row; 6] = [
    ("setTimeout", 2, set_timeout, Some(promised_set_timeout)),
    ("clearTimeout", 1, clear_timeout, None),
    (
        "setImmediate",
        1,
        set_immediate,
        Some(promised_set_immediate),
    ),
    ("clearImmediate", 1, clear_immediate, None),
    ("setInterval", 2, set_interval, None),
    ("clearInterval", 1, clear_timeout, None),
];

/// Makes the global functions.
pub fn install(context: &mut Context) -> JsResult<()> {
    let custom = promisify_custom(context)?;
    let global = context.global_object();
    let slot = State::of(context).slot::<Functions>();
    for (name, length, native, promised) in FUNCTIONS {
        let function = native::function(context, name, length, native);
        let shared = PropertyDescriptor::builder()
            .enumerable(true)
            .configurable(true);
        if let Some(promised) = promised {
            let get = native::function(context, "get", 0, promised);
            function.insert_property(custom.clone(), shared.clone().get(get).build());
        }
        let value = JsValue::from(function);
        slot.0.borrow_mut().push((name, value.clone()));
        global.insert_property(
            JsString::from(name),
            shared.value(value).writable(true).build(),
        );
    }
    Ok(())
}

fn promisify_custom(context: &mut Context) -> JsResult<PropertyKey> {
    registry::symbol_for("nodejs.util.promisify.custom", context).map(PropertyKey::from)
}

fn promised_set_timeout(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    promised(js_string!("setTimeout"), context)
}

fn promised_set_immediate(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    promised(js_string!("setImmediate"), context)
}

fn promised(name: JsString, context: &mut Context) -> JsResult<JsValue> {
    let promises = registry::require("timers/promises", context)?;
    promises.to_object(context)?.get(name, context)
}

fn set_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    start(args, false, context)
}

fn set_interval(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    start(args, true, context)
}

fn start(args: &[JsValue], repeats: bool, context: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = args.get_or_undefined(0).as_callable() else {
        return Err(errors::invalid_callback(args.get_or_undefined(0), context));
    };
    let delay = delay_of(args.get_or_undefined(1), context)?;
    let state = State::of(context);
    let timeout = Timeout {
        callback: callback.into(),
        args: args.get(2..).unwrap_or_default().to_vec(),
        delay: delay as f64,
        start: 0,
        repeat: repeats.then_some(delay),
        destroyed: false,
        referenced: true,
        entry: None,
        id: state.timers.next_id(),
        frame: state.async_context.capture(),
    };
    slow_turn::timer_made(timeout.id, context);
    let prototype = classes::timeout_prototype(context)?;
    let object = JsObject::new(context.root_shape(), prototype, timeout).upcast();
    if state.async_context.is_tracking() {
        announce(&state, &object, context);
    }
    count_reference(&state, 1);
    insert(&state, &object, delay, now(&state));
    Ok(object.into())
}

/// Gives a timeout or an immediate an id; hooks hear of it.
pub fn announce(state: &State, object: &JsObject, context: &mut Context) {
    if object.is::<Timeout>() {
        let frame = state
            .async_context
            .resource("Timeout", Some(object), context);
        if let Some(mut timeout) = object.downcast_mut::<Timeout>() {
            timeout.frame = frame;
        }
    } else {
        let frame = state
            .async_context
            .resource("Immediate", Some(object), context);
        if let Some(mut immediate) = object.downcast_mut::<Immediate>() {
            immediate.frame = frame;
        }
    }
}

/// The delay as Node reads it: 1 when it is missing, odd or too long, with a warning where Node has one.
fn delay_of(value: &JsValue, context: &mut Context) -> JsResult<u64> {
    if value.is_undefined() {
        return Ok(1);
    }
    let delay = value.to_number(context)?;
    if (1.0..=TIMEOUT_MAX).contains(&delay) {
        return Ok(delay.trunc() as u64);
    }
    let (name, text) = if delay > TIMEOUT_MAX {
        (
            "TimeoutOverflowWarning",
            "does not fit into a 32-bit signed integer",
        )
    } else if delay < 0.0 {
        ("TimeoutNegativeWarning", "is a negative number")
    } else if delay.is_nan() {
        ("TimeoutNaNWarning", "is not a number")
    } else {
        return Ok(1);
    };
    let shown = JsValue::from(delay)
        .to_string(context)?
        .to_std_string_lossy();
    process::emit_warning(
        &format!("{shown} {text}.\nTimeout duration was set to 1."),
        name,
        None,
        context,
    )?;
    Ok(1)
}

fn clear_timeout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let state = State::of(context);
    if let Some(object) = value.as_object() {
        if object.is::<Timeout>() {
            cancel(&state, &object);
        } else if object.is::<Immediate>() {
            cancel_immediate(&state, &object);
        }
    } else if value.is_number() || value.is_string() {
        let id = value.to_number(context)?;
        let known = state.timers.by_id.borrow_mut().remove(&(id as u64));
        if let Some(object) = known {
            cancel(&state, &object);
        }
    }
    Ok(JsValue::undefined())
}

fn set_immediate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = args.get_or_undefined(0).as_callable() else {
        return Err(errors::invalid_callback(args.get_or_undefined(0), context));
    };
    let state = State::of(context);
    let immediate = Immediate {
        callback: callback.into(),
        args: args.get(1..).unwrap_or_default().to_vec(),
        destroyed: false,
        referenced: true,
        frame: state.async_context.capture(),
    };
    let prototype = classes::immediate_prototype(context)?;
    let object = JsObject::new(context.root_shape(), prototype, immediate).upcast();
    if state.async_context.is_tracking() {
        announce(&state, &object, context);
    }
    schedule_immediate(&state, Scheduled::Immediate(object.clone()));
    Ok(object.into())
}

fn clear_immediate(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = args.get_or_undefined(0).as_object() {
        cancel_immediate(&State::of(context), &object);
    }
    Ok(JsValue::undefined())
}
