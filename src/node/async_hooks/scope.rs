//! AsyncResource's native half: a frame with ids, and the call inside of it.

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace};

use super::gone::Tracker;
use crate::runtime::{
    State,
    async_context::{Frame, Ids},
    async_hooks::Event,
};

/// A resource that script made.
#[derive(Trace, Finalize, JsData)]
struct Scope {
    frame: Frame,
    /// Tells when the resource is collected, where hooks want to hear it.
    tracker: Option<JsObject>,
}

fn scope_of<T>(value: &JsValue, read: impl FnOnce(&Scope) -> T) -> Option<T> {
    let object = value.as_object()?;
    let scope = object.downcast_ref::<Scope>()?;
    Some(read(&scope))
}

/// `newScope(type, triggerAsyncId | undefined, resource, tellsWhenCollected)`
pub fn new_scope(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let kind = args.get_or_undefined(0).to_string(context)?;
    let resource = args.get_or_undefined(2).as_object();
    let state = State::of(context);
    let trigger = match args.get_or_undefined(1).as_number() {
        Some(trigger) if trigger >= 0.0 => trigger as u64,
        _ => state.async_context.ids().id,
    };
    let ids = Ids {
        id: state.async_context.new_id(),
        trigger,
    };
    let frame = Frame::of(ids, resource.clone(), state.async_context.get());
    let hooks = &state.async_context.hooks;
    if let Some(resource) = &resource {
        hooks.init(&kind.to_std_string_lossy(), ids, resource, context);
    }
    let collected = args.get_or_undefined(3).to_boolean() && hooks.wants(Event::Destroy);
    let tracker = collected.then(|| Tracker::companion(ids.id, context));
    let scope = Scope { frame, tracker };
    Ok(JsObject::from_proto_and_data(None, scope).into())
}

/// `scopeId(scope)`
pub fn scope_id(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let ids = scope_of(args.get_or_undefined(0), |scope| scope.frame.ids()).flatten();
    Ok(ids.map_or_else(JsValue::undefined, |ids| JsValue::from(ids.id as f64)))
}

/// `scopeTrigger(scope)`
pub fn scope_trigger(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let ids = scope_of(args.get_or_undefined(0), |scope| scope.frame.ids()).flatten();
    Ok(ids.map_or_else(JsValue::undefined, |ids| JsValue::from(ids.trigger as f64)))
}

/// `runInScope(scope, function, this, arguments)`
pub fn run_in_scope(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(frame) = scope_of(args.get_or_undefined(0), |scope| scope.frame.clone()) else {
        return Ok(JsValue::undefined());
    };
    let callee = args.get_or_undefined(1).clone();
    let this = args.get_or_undefined(2).clone();
    let list = args.get(3..).unwrap_or_default().to_vec();
    let state = State::of(context);
    state.async_context.track_scopes();
    state.async_context.run(&frame, context, |context| {
        let Some(callee) = callee.as_callable() else {
            return Err(not_a_function(&callee, context));
        };
        callee.call(&this, &list, context)
    })
}

fn not_a_function(callee: &JsValue, context: &mut Context) -> boa_engine::JsError {
    let shown = callee.type_of();
    let text = callee
        .to_string(context)
        .unwrap_or_else(|_| JsString::from(shown));
    crate::node::errors::type_error(
        &format!(
            "Function.prototype.apply was called on {}, which is a {shown} and not a function",
            text.to_std_string_lossy()
        ),
        context,
    )
}

/// `destroyScope(scope)`: hooks hear that it is gone, as often as script says so.
pub fn destroy_scope(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let found = scope_of(args.get_or_undefined(0), |scope| {
        if let Some(tracker) = &scope.tracker
            && let Some(tracker) = tracker.downcast_ref::<Tracker>()
        {
            tracker.forget();
        }
        scope.frame.clone()
    });
    if let Some(frame) = found {
        let state = State::of(context);
        crate::runtime::async_context::destroyed(&state, &frame);
    }
    Ok(JsValue::undefined())
}
