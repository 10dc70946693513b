//! `_construct`: what a stream does before anything else of it. The constructors call `construct` where a stream has one; it
//! runs in a tick, and the stream goes on in the tick after its callback.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/stream.html#writable_constructcallback>

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction, js_string,
    object::FunctionObjectBuilder,
};

use super::{
    calls,
    destroy::{catch, error_or_destroy},
    readable, writable,
};
use crate::{
    engine::{lookup::LookUp, registry},
    node::{errors, fs, task_queue::tick_native},
};

/// The states of ours that a stream has.
struct States {
    readable: Option<readable::State>,
    writable: Option<writable::State>,
}

impl States {
    fn of(stream: &JsObject, context: &mut Context) -> JsResult<Self> {
        let readable = stream.look_up(js_string!("_readableState"), context)?;
        let writable = stream.look_up(js_string!("_writableState"), context)?;
        Ok(Self {
            readable: readable::State::from_value(&readable),
            writable: writable::State::from_value(&writable),
        })
    }

    /// Whether `_construct` is over.
    fn are_constructed(&self) -> bool {
        let readable = self.readable.as_ref();
        let writable = self.writable.as_ref();
        readable.is_none_or(|state| state.any(readable::bits::CONSTRUCTED))
            && writable.is_none_or(|state| state.any(writable::bits::CONSTRUCTED))
    }

    fn is_destroyed(&self) -> bool {
        match (&self.writable, &self.readable) {
            (Some(state), _) => state.any(writable::bits::DESTROYED),
            (None, Some(state)) => state.any(readable::bits::DESTROYED),
            (None, None) => false,
        }
    }
}

/// `construct(stream)`: sees to it that `_construct` runs, once.
pub fn construct(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    if !stream
        .look_up(js_string!("_construct"), context)?
        .is_callable()
    {
        return Ok(JsValue::undefined());
    }
    let states = States::of(&stream, context)?;
    // The other half may have asked for it.
    let waits = !states.are_constructed();
    if let Some(state) = &states.readable {
        state.clear(readable::bits::CONSTRUCTED);
    }
    if let Some(state) = &states.writable {
        state.clear(writable::bits::CONSTRUCTED);
    }
    if !waits {
        tick_native(run, vec![stream.into()], context);
    }
    Ok(JsValue::undefined())
}

fn run(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let method = stream.look_up(js_string!("_construct"), context)?;
    let outcome = match method.as_callable() {
        Some(method) if fs::streams::is_construct(&method, context) => {
            fs::streams::open(&stream, None, context)
        }
        Some(method) => {
            let callback = callback(&stream, context);
            method
                .call(&stream.clone().into(), &[callback], context)
                .map(drop)
        }
        None => Err(errors::type_error(
            "stream._construct is not a function",
            context,
        )),
    };
    if let Err(error) = outcome {
        let thrown = catch(error, context)?;
        over(&stream, thrown, context);
    }
    Ok(())
}

/// What `_construct` calls when it is over.
pub fn callback(stream: &JsObject, context: &Context) -> JsValue {
    let callback = NativeFunction::from_copy_closure_with_captures(
        |_, args, stream: &JsObject, context| {
            over(stream, args.get_or_undefined(0).clone(), context);
            Ok(JsValue::undefined())
        },
        stream.clone(),
    );
    FunctionObjectBuilder::new(context.realm(), callback)
        .length(1)
        .build()
        .into()
}

/// `_construct` is over, or has failed.
pub fn over(stream: &JsObject, error: JsValue, context: &mut Context) {
    tick_native(go_on, vec![stream.clone().into(), error], context);
}

fn go_on(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let error = args.get_or_undefined(1);
    let states = States::of(&stream, context)?;
    if states.are_constructed() {
        let error = if error.is_null_or_undefined() {
            errors::node_error("ERR_MULTIPLE_CALLBACK", &[], context).into_opaque(context)?
        } else {
            error.clone()
        };
        return error_or_destroy(&stream, &error, false, context);
    }
    if let Some(state) = &states.readable {
        state.set(readable::bits::CONSTRUCTED);
    }
    if let Some(state) = &states.writable {
        state.set(writable::bits::CONSTRUCTED);
    }
    if states.is_destroyed() {
        let late = registry::require("stream/destroy", context)?.to_object(context)?;
        let arguments = [stream.into(), error.clone()];
        return calls::call(&late, js_string!("constructedTooLate"), &arguments, context).map(drop);
    }
    if error.to_boolean() {
        return error_or_destroy(&stream, error, true, context);
    }
    let arguments = [JsValue::from(stream)];
    if states.readable.is_some() {
        readable::constructed(&JsValue::undefined(), &arguments, context)?;
    }
    if states.writable.is_some() {
        writable::constructed(&JsValue::undefined(), &arguments, context)?;
    }
    Ok(())
}
