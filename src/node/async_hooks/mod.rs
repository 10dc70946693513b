//! The native half of `async_hooks`: the stores and ids that are current, resources that script makes, and whoever listens.

mod gone;
pub mod promises;
mod scope;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue};

use crate::{
    engine::native::Natives,
    runtime::{State, async_hooks::Callers},
};

/// `binding('async_context')`: `getFrame()`, `setFrame(frame)` which returns the frame before; ids, scopes, hooks.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("getFrame", 0, get_frame)
        .function("setFrame", 1, set_frame)
        .function("executionAsyncId", 0, execution_async_id)
        .function("triggerAsyncId", 0, trigger_async_id)
        .function("executionAsyncResource", 0, execution_async_resource)
        .function("newScope", 4, scope::new_scope)
        .function("scopeId", 1, scope::scope_id)
        .function("scopeTrigger", 1, scope::scope_trigger)
        .function("runInScope", 4, scope::run_in_scope)
        .function("destroyScope", 1, scope::destroy_scope)
        .function("setHooks", 2, set_hooks)
        .function("setPromiseHooks", 2, set_promise_hooks)
        .function("channels", 0, channels)
        .function("setChannel", 2, set_channel)
        .build())
}

/// `channels()`: which built-in channels somebody listens to, one bit each.
fn channels(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context).async_context.channels.get().into())
}

/// `setChannel(bit, on)`
fn set_channel(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bit = args.get_or_undefined(0).to_u32(context)?;
    let on = args.get_or_undefined(1).to_boolean();
    let channels = &State::of(context).async_context.channels;
    let others = channels.get() & !bit;
    channels.set(if on { others | bit } else { others });
    Ok(JsValue::undefined())
}

fn get_frame(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context).async_context.get())
}

fn set_frame(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context)
        .async_context
        .set(args.get_or_undefined(0).clone()))
}

/// From the first question on ids are kept.
fn execution_async_id(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    state.async_context.track();
    Ok(JsValue::from(state.async_context.ids().id as f64))
}

fn trigger_async_id(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    state.async_context.track();
    Ok(JsValue::from(state.async_context.ids().trigger as f64))
}

fn execution_async_resource(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    state.async_context.track();
    Ok(state.async_context.current_resource(context).into())
}

fn callers(value: &JsValue, context: &mut Context) -> JsResult<Option<Callers>> {
    let Some(object) = value.as_object() else {
        return Ok(None);
    };
    let mut get = |name: &str| -> JsResult<JsObject> {
        object
            .get(JsString::from(name), context)?
            .to_object(context)
    };
    Ok(Some(Callers {
        init: get("init")?,
        before: get("before")?,
        after: get("after")?,
        destroy: get("destroy")?,
        resolve: get("promiseResolve")?,
    }))
}

/// `setHooks(bits, callers)`: which events the enabled hooks want, and what calls them.
fn set_hooks(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bits = args.get_or_undefined(0).to_u32(context)? as u8;
    let callers = callers(args.get_or_undefined(1), context)?;
    let state = State::of(context);
    state.async_context.hooks.set_wanted(bits, callers);
    begin(&state, context)
}

/// The same for `v8.promiseHooks`.
fn set_promise_hooks(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bits = args.get_or_undefined(0).to_u32(context)? as u8;
    let callers = callers(args.get_or_undefined(1), context)?;
    let state = State::of(context);
    state
        .async_context
        .hooks
        .set_wanted_of_promises(bits, callers);
    begin(&state, context)
}

fn begin(state: &State, context: &mut Context) -> JsResult<JsValue> {
    if state.async_context.hooks.any() {
        state.async_context.track();
        // Whoever runs now has an id from here on: its end will be told.
        state.async_context.ids();
    }
    promises::update(context)?;
    Ok(JsValue::undefined())
}
