//! `process.nextTick` and `queueMicrotask`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::Attribute};

use crate::{
    engine::native::{self, Natives},
    node::errors,
    runtime::{
        State,
        async_context::Frame,
        tasks::{Callee, Microtask, NativeTick, Tick},
    },
};

/// What script halves use, whatever user code makes of `process.nextTick`.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("nextTick", 1, next_tick)
        .function("queueMicrotask", 1, queue_microtask)
        .build())
}

/// Defines the global `queueMicrotask`.
pub fn install(context: &mut Context) -> JsResult<()> {
    let function = native::function(context, "queueMicrotask", 1, queue_microtask);
    context.register_global_property(js_string!("queueMicrotask"), function, Attribute::all())
}

/// `process.nextTick(callback, ...args)`
pub fn next_tick(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = args.get_or_undefined(0).as_callable() else {
        return Err(errors::invalid_callback(args.get_or_undefined(0), context));
    };
    let frame = new_frame(context);
    push(
        Callee::Script(callback),
        args.get(1..).unwrap_or_default().to_vec(),
        frame,
        context,
    );
    Ok(JsValue::undefined())
}

/// `process.nextTick(callback, ...args)` from Rust, with a callback of script.
pub fn tick(callback: JsObject, args: Vec<JsValue>, context: &mut Context) {
    let frame = new_frame(context);
    push(Callee::Script(callback), args, frame, context);
}

/// The same with a step of Rust: it runs in its turn among the ticks of script, in the async context of now.
pub fn tick_native(run: NativeTick, args: Vec<JsValue>, context: &mut Context) {
    let frame = new_frame(context);
    push(Callee::Native(run), args, frame, context);
}

fn new_frame(context: &mut Context) -> Frame {
    State::of(context)
        .async_context
        .resource("TickObject", None, context)
}

fn push(callback: Callee, args: Vec<JsValue>, frame: Frame, context: &Context) {
    let state = State::of(context);
    state.tasks.push_tick(Tick {
        callback,
        args,
        frame,
    });
}

/// `queueMicrotask(callback)`
pub fn queue_microtask(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = args.get_or_undefined(0).as_callable() else {
        return Err(errors::invalid_callback(args.get_or_undefined(0), context));
    };
    let state = State::of(context);
    let frame = state.async_context.resource("Microtask", None, context);
    state
        .tasks
        .push_microtask(Microtask::Callback { callback, frame });
    Ok(JsValue::undefined())
}
