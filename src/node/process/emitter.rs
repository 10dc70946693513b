//! `process` as an EventEmitter. Its methods are on loan until `events` has loaded, so that a script which never
//! listens doesn't pay for it.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, NativeFunction, js_string,
    object::FunctionObjectBuilder,
};

use super::signals;
use crate::{
    engine::{
        native::{self, Natives},
        registry,
    },
    runtime::State,
};

const METHODS: &[&str] = &[
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

/// Puts methods on the prototype that load `events` and call the real ones.
pub fn lend_methods(prototype: &JsObject, context: &mut Context) {
    let mut natives = Natives::on(prototype.clone(), context);
    for name in METHODS {
        let load = NativeFunction::from_copy_closure(move |this, args, context| {
            registry::require("events", context)?;
            let method = this
                .to_object(context)?
                .get(JsString::from(*name), context)?;
            match method.as_callable() {
                Some(method) => method.call(this, args, context),
                None => Ok(JsValue::undefined()),
            }
        });
        let method = FunctionObjectBuilder::new(natives.context().realm(), load)
            .name(JsString::from(*name))
            .build();
        natives = natives.value(name, method);
    }
}

/// Called when `events` has loaded: takes the methods on loan back, inherits the real ones, and begins to watch for
/// listeners of signals.
pub fn become_emitter(exports: &JsValue, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let Some(lent) = state.process.prototype.borrow().clone() else {
        return Ok(());
    };
    let Some(process) = state.process.object.borrow().clone() else {
        return Ok(());
    };
    let Some(events) = exports.as_object() else {
        return Ok(());
    };
    let emitter = events.get(js_string!("prototype"), context)?.as_object();
    // A new prototype, since taking methods off the old one would leave the engine's inline caches pointing at the
    // places where they were.
    let constructor = lent.get(js_string!("constructor"), context)?;
    let prototype = JsObject::with_object_proto(context.intrinsics());
    prototype.set_prototype(emitter);
    drop(Natives::on(prototype.clone(), context).value("constructor", constructor.clone()));
    if let Some(class) = constructor.as_object() {
        class.set(js_string!("prototype"), prototype.clone(), true, context)?;
    }
    process.set_prototype(Some(prototype.clone()));
    state.process.prototype.replace(Some(prototype));
    let on = process.get(js_string!("on"), context)?;
    if let Some(on) = on.as_callable() {
        let started = native::function(
            context,
            "startListeningIfSignal",
            1,
            signals::listener_added,
        );
        let stopped = native::function(
            context,
            "stopListeningIfSignal",
            1,
            signals::listener_removed,
        );
        let this = process.into();
        on.call(
            &this,
            &[js_string!("newListener").into(), started.into()],
            context,
        )?;
        on.call(
            &this,
            &[js_string!("removeListener").into(), stopped.into()],
            context,
        )?;
    }
    Ok(())
}

/// `process.emit(event, ...args)`, as the runtime calls it. Returns whether anybody listened.
///
/// # Errors
/// What a listener throws.
pub fn emit(event: &'static str, args: &[JsValue], context: &mut Context) -> JsResult<bool> {
    let state = State::of(context);
    let Some(process) = state.process.object.borrow().clone() else {
        return Ok(false);
    };
    // Without `events` nobody listens, but a script may have put an `emit` of its own in place.
    if !state.registry.is_loaded("events")
        && !process.has_own_property(js_string!("emit"), context)?
    {
        return Ok(false);
    }
    let Some(emit) = process.get(js_string!("emit"), context)?.as_callable() else {
        return Ok(false);
    };
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(JsString::from(event).into());
    all.extend_from_slice(args);
    Ok(emit.call(&process.into(), &all, context)?.to_boolean())
}
