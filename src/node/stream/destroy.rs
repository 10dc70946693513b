//! How every stream is torn down: `destroy`, 'close', and the one way in which a stream reports an error. The two
//! halves of a duplex share these steps. `stream/destroy` (script) has what few streams need.

use std::cell::{Cell, OnceCell};

use boa_engine::{
    Context, Finalize, JsArgs, JsError, JsObject, JsResult, JsValue, NativeFunction, Trace,
    js_string, object::FunctionObjectBuilder,
};

use super::{
    calls, emit,
    halves::{Flag, Halves},
};
use crate::{
    engine::{lookup::LookUp, registry},
    node::{errors, fs, http::incoming, task_queue::tick_native},
    runtime::State,
};

/// What the module keeps for each runtime.
#[derive(Default)]
struct Slot {
    /// `_destroy` of streams that have nothing to tear down.
    nothing_to_do: OnceCell<JsObject>,
}

/// The `_destroy` that does nothing; all prototypes share it, so that it is known again.
pub fn default_destroy(context: &mut Context) -> JsObject {
    let slot = State::of(context).slot::<Slot>();
    slot.nothing_to_do
        .get_or_init(|| {
            FunctionObjectBuilder::new(
                context.realm(),
                NativeFunction::from_fn_ptr(|_, args, context| {
                    call_back(args.get_or_undefined(1), args.get_or_undefined(0), context)
                }),
            )
            .name(js_string!("_destroy"))
            .length(2)
            .build()
            .into()
        })
        .clone()
}

fn call_back(callback: &JsValue, error: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    match callback.as_callable() {
        Some(callback) => {
            callback.call(&JsValue::undefined(), std::slice::from_ref(error), context)
        }
        None => Err(errors::type_error("cb is not a function", context)),
    }
}

/// What script can catch of an error, as a value.
///
/// # Errors
/// What script can't catch.
pub fn catch(error: JsError, context: &mut Context) -> JsResult<JsValue> {
    errors::from_engine(error, context).into_opaque(context)
}

/// `stream.destroy(err, cb)`
pub fn destroy(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let (error, callback) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let halves = Halves::of(&stream, context)?;
    if halves.any(Flag::Destroyed, context)? {
        if let Some(callback) = callback.as_callable() {
            callback.call(&JsValue::undefined(), &[], context)?;
        }
        return Ok(this.clone());
    }
    halves.note(error, context)?;
    halves.set(Flag::Destroyed, context)?;
    if halves.first(Flag::Constructed, context)? {
        run(&stream, error, callback, context)?;
    } else {
        let late = registry::require("stream/destroy", context)?.to_object(context)?;
        let arguments = [this.clone(), error.clone(), callback.clone()];
        calls::call(&late, js_string!("whenConstructed"), &arguments, context)?;
    }
    Ok(this.clone())
}

/// `runDestroy(stream, err, cb)`
pub fn run_native(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    run(
        &stream,
        args.get_or_undefined(1),
        args.get_or_undefined(2),
        context,
    )?;
    Ok(JsValue::undefined())
}

/// What the callback of `_destroy` knows.
#[derive(Trace, Finalize)]
struct Done {
    stream: JsObject,
    callback: JsValue,
    #[unsafe_ignore_trace]
    called: Cell<bool>,
}

fn run(
    stream: &JsObject,
    error: &JsValue,
    callback: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let error = if error.to_boolean() {
        error.clone()
    } else {
        JsValue::null()
    };
    let method = stream.look_up(js_string!("_destroy"), context)?;
    let slot = State::of(context).slot::<Slot>();
    let nothing_to_do = slot.nothing_to_do.get();
    if let (Some(method), Some(known)) = (method.as_object(), nothing_to_do)
        && JsObject::equals(&method, known)
    {
        return done(stream, &error, callback, context);
    }
    if let Some(method) = method.as_object()
        && fs::streams::is_destroy(&method, context)
    {
        let callback = callback.clone();
        let closed = move |stream: &JsObject, error: JsValue, context: &mut Context| {
            done(stream, &error, &callback, context)
        };
        // What is thrown is thrown again below, where it is caught.
        if let Ok(true) = fs::streams::close(stream, &error, closed, context) {
            return Ok(());
        }
    }
    // Likewise.
    if let Some(method) = method.as_object()
        && let Ok(true) = incoming::is_over(stream, &method, context)
    {
        let args = vec![stream.clone().into(), error, callback.clone()];
        tick_native(message_done, args, context);
        return Ok(());
    }
    let captures = Done {
        stream: stream.clone(),
        callback: callback.clone(),
        called: Cell::new(false),
    };
    let when_done = NativeFunction::from_copy_closure_with_captures(
        |_, args, known: &Done, context| {
            if !known.called.replace(true) {
                done(
                    &known.stream,
                    args.get_or_undefined(0),
                    &known.callback,
                    context,
                )?;
            }
            Ok(JsValue::undefined())
        },
        captures,
    );
    let when_done = JsValue::from(
        FunctionObjectBuilder::new(context.realm(), when_done)
            .length(1)
            .build(),
    );
    let outcome = match method.as_callable() {
        Some(method) => method.call(&stream.clone().into(), &[error, when_done.clone()], context),
        None => Err(errors::type_error(
            "self._destroy is not a function",
            context,
        )),
    };
    if let Err(error) = outcome {
        let thrown = catch(error, context)?;
        call_back(&when_done, &thrown, context)?;
    }
    Ok(())
}

/// [`done`] for a message of http that had nothing to tear down.
fn message_done(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let error = match incoming::hears_errors(&stream, context)? {
        true => args.get_or_undefined(1).clone(),
        false => JsValue::undefined(),
    };
    done(&stream, &error, args.get_or_undefined(2), context)
}

/// The stream has torn down what it had.
fn done(
    stream: &JsObject,
    error: &JsValue,
    callback: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let halves = Halves::of(stream, context)?;
    halves.note(error, context)?;
    halves.set(Flag::Closed, context)?;
    if let Some(callback) = callback.as_callable() {
        callback.call(&JsValue::undefined(), std::slice::from_ref(error), context)?;
    }
    if error.to_boolean() {
        tick_native(
            emit_error_and_close,
            vec![stream.clone().into(), error.clone()],
            context,
        );
    } else {
        tick_native(emit_close, vec![stream.clone().into()], context);
    }
    Ok(())
}

fn emit_error_and_close(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    emit_error(args, context)?;
    emit_close(args, context)
}

fn emit_close(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let halves = Halves::of(&stream, context)?;
    halves.set(Flag::CloseEmitted, context)?;
    if halves.any(Flag::EmitClose, context)? {
        emit(&stream, js_string!("close"), &[], context)?;
    }
    Ok(())
}

/// Emits 'error', once; takes the stream and the error.
fn emit_error(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let halves = Halves::of(&stream, context)?;
    if halves.any(Flag::ErrorEmitted, context)? {
        return Ok(());
    }
    halves.set(Flag::ErrorEmitted, context)?;
    let error = args.get_or_undefined(1).clone();
    emit(&stream, js_string!("error"), &[error], context)?;
    Ok(())
}

/// `emitError(stream, err)`
pub fn emit_error_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    emit_error(args, context)?;
    Ok(JsValue::undefined())
}

/// `errorOrDestroy(stream, err, sync)`
pub fn error_or_destroy_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let sync = args.get_or_undefined(2).to_boolean();
    error_or_destroy(&stream, args.get_or_undefined(1), sync, context)?;
    Ok(JsValue::undefined())
}

/// The one way a stream reports an error: by destroying itself, or else by 'error' alone, in a tick if `sync`.
///
/// # Errors
/// What script throws meanwhile.
pub fn error_or_destroy(
    stream: &JsObject,
    error: &JsValue,
    sync: bool,
    context: &mut Context,
) -> JsResult<()> {
    let halves = Halves::of(stream, context)?;
    if halves.any(Flag::Destroyed, context)? {
        return Ok(());
    }
    if halves.any(Flag::AutoDestroy, context)? {
        calls::call(
            stream,
            js_string!("destroy"),
            std::slice::from_ref(error),
            context,
        )?;
    } else if error.to_boolean() {
        halves.note(error, context)?;
        let arguments = vec![stream.clone().into(), error.clone()];
        if sync {
            tick_native(emit_error, arguments, context);
        } else {
            emit_error(&arguments, context)?;
        }
    }
    Ok(())
}
