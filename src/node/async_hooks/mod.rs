//! The native half of `async_hooks`: the current frame of the async context.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue};

use crate::{engine::native::Natives, runtime::State};

/// `getFrame()`, `setFrame(frame)` which returns the frame before.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("getFrame", 0, get_frame)
        .function("setFrame", 1, set_frame)
        .build())
}

fn get_frame(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context).async_context.get())
}

fn set_frame(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context)
        .async_context
        .set(args.get_or_undefined(0).clone()))
}
