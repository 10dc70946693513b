//! `process`: a native object whose EventEmitter half loads when a script first touches it.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/process.html>

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::JsArray,
    property::{Attribute, PropertyDescriptor},
};

use crate::{
    engine::{
        native::{self, METHOD, Natives},
        registry, report,
    },
    node::task_queue,
    runtime::{State, fatal, termination},
};

/// The version of Node.js whose behaviour this is.
pub const NODE_VERSION: &str = "24.12.0";

/// The process object of one runtime.
#[derive(Default)]
pub struct ProcessState {
    object: RefCell<Option<JsObject>>,
    prototype: RefCell<Option<JsObject>>,
    exiting: Cell<bool>,
}

/// The exports of `process`: the object itself.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let object = State::of(context).process.object.borrow().clone();
    Ok(object.map(JsValue::from).unwrap_or_default())
}

/// The methods that make `process` an EventEmitter, on loan until `events` has loaded.
const EMITTER_METHODS: &[&str] = &[
    "addListener",
    "emit",
    "eventNames",
    "getMaxListeners",
    "listenerCount",
    "listeners",
    "off",
    "on",
    "once",
    "prependListener",
    "prependOnceListener",
    "rawListeners",
    "removeAllListeners",
    "removeListener",
    "setMaxListeners",
];

/// Makes the global `process`.
pub fn install(context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let class: JsObject =
        native::constructor(context, "process", 0, |this, _, _| Ok(this.clone())).into();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    class.set(js_string!("prototype"), prototype.clone(), true, context)?;
    let mut natives = Natives::on(prototype.clone(), context)
        .value("constructor", class)
        .attributes(Attribute::CONFIGURABLE)
        .keyed(JsSymbol::to_string_tag(), js_string!("process"))
        .attributes(METHOD);
    for name in EMITTER_METHODS {
        let method = emitter_method(name, natives.context());
        natives = natives.value(name, method);
    }
    drop(natives);

    let object = JsObject::with_object_proto(context.intrinsics());
    object.set_prototype(Some(prototype.clone()));
    let mut argv: Vec<JsValue> =
        vec![JsString::from(state.options.exec_path.to_string_lossy().as_ref()).into()];
    argv.extend(
        state
            .options
            .args
            .iter()
            .map(|arg| JsValue::from(JsString::from(arg.as_str()))),
    );
    let argv = JsArray::from_iter(argv, context);
    drop(
        Natives::on(object.clone(), context)
            .attributes(Attribute::all())
            .value("version", JsString::from(format!("v{NODE_VERSION}")))
            .value("argv", argv)
            .function("nextTick", 1, task_queue::next_tick)
            .function("exit", 1, exit)
            .function("reallyExit", 1, exit)
            .accessor("exitCode", get_exit_code, Some(set_exit_code)),
    );
    *state.process.object.borrow_mut() = Some(object.clone());
    *state.process.prototype.borrow_mut() = Some(prototype);
    context.global_object().insert_property(
        js_string!("process"),
        PropertyDescriptor::builder()
            .value(object)
            .writable(true)
            .enumerable(false)
            .configurable(true)
            .build(),
    );
    Ok(())
}

fn emitter_method(name: &'static str, context: &mut Context) -> JsValue {
    let load = boa_engine::NativeFunction::from_copy_closure(move |this, args, context| {
        registry::require("events", context)?;
        let method = this
            .to_object(context)?
            .get(JsString::from(name), context)?;
        match method.as_callable() {
            Some(method) => method.call(this, args, context),
            None => Ok(JsValue::undefined()),
        }
    });
    boa_engine::object::FunctionObjectBuilder::new(context.realm(), load)
        .name(JsString::from(name))
        .build()
        .into()
}

/// Called when `events` has loaded: takes back the methods on loan and inherits the real ones.
pub fn become_emitter(exports: &JsValue, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let Some(prototype) = state.process.prototype.borrow().clone() else {
        return Ok(());
    };
    let Some(events) = exports.as_object() else {
        return Ok(());
    };
    let emitter = events.get(js_string!("prototype"), context)?;
    for name in EMITTER_METHODS {
        prototype.delete_property_or_throw(JsString::from(*name), context)?;
    }
    prototype.set_prototype(emitter.as_object());
    Ok(())
}

/// `process.emit(event, ...args)`, as the runtime calls it. Returns whether anybody listened.
pub fn emit(event: &'static str, args: &[JsValue], context: &mut Context) -> JsResult<bool> {
    let state = State::of(context);
    if !state.registry.is_loaded("events") {
        return Ok(false);
    }
    let Some(process) = state.process.object.borrow().clone() else {
        return Ok(false);
    };
    let Some(emit) = process.get(js_string!("emit"), context)?.as_callable() else {
        return Ok(false);
    };
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(JsString::from(event).into());
    all.extend_from_slice(args);
    Ok(emit.call(&process.into(), &all, context)?.to_boolean())
}

/// `process.emitWarning(text, type)`, as natives call it.
pub fn emit_warning(text: &str, name: &str, context: &mut Context) -> JsResult<()> {
    if State::of(context).options.warnings {
        fatal::write_error(&format!("(ouro:{}) {name}: {text}\n", std::process::id()));
    }
    Ok(())
}

/// Warns of a rejection that nobody handled.
pub fn warn_unhandled_rejection(reason: &JsValue, context: &mut Context) -> JsResult<()> {
    let shown = report::inspect(reason, context);
    emit_warning(&shown, "UnhandledPromiseRejectionWarning", context)
}

/// Emits `beforeExit`.
pub fn emit_before_exit(context: &mut Context) {
    let code = State::of(context).exit_code.get().unwrap_or(0);
    crate::runtime::door::enter(
        &crate::runtime::async_context::Frame::default(),
        context,
        |context| emit("beforeExit", &[code.into()], context).map(drop),
    );
}

/// Emits `exit`, once. An error of a listener is reported and ends the process with code 1.
pub fn run_exit_listeners(code: i32, context: &mut Context) {
    let state = State::of(context);
    if state.process.exiting.replace(true) {
        return;
    }
    if state.exit_code.get().is_none() {
        state.exit_code.set(Some(code));
    }
    if let Err(error) = emit("exit", &[code.into()], context) {
        if state.is_terminating() {
            return;
        }
        fatal::uncaught(error, fatal::Origin::Exception, context);
    }
}

/// Writes out what the standard streams still hold.
pub fn flush_standard_streams(_: &mut Context) {
    use std::io::Write;
    let _ = std::io::stdout().flush();
}

fn exit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let given = args.get_or_undefined(0);
    if !given.is_undefined() {
        state.exit_code.set(Some(given.to_i32(context)?));
    }
    run_exit_listeners(state.exit_code.get().unwrap_or(0), context);
    fatal::terminate(state.exit_code.get().unwrap_or(0), context);
    Err(termination())
}

fn get_exit_code(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context)
        .exit_code
        .get()
        .map(JsValue::from)
        .unwrap_or_default())
}

fn set_exit_code(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let code = if value.is_null_or_undefined() {
        None
    } else {
        Some(value.to_i32(context)?)
    };
    State::of(context).exit_code.set(code);
    Ok(JsValue::undefined())
}
