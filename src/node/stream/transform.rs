//! Transform: a duplex whose output is made from its input. What moves data is here, the constructor and the end in script.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/stream.html#implementing-a-transform-stream>

use std::{cell::OnceCell, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsValue, NativeFunction, Trace, js_string,
    object::FunctionObjectBuilder, property::Attribute,
};

use super::{
    calls, readable,
    writable::{self, bits, sink_done},
};
use crate::{
    engine::lookup::LookUp,
    engine::native::{self, Natives},
    node::errors::{self, node_error},
    runtime::State as Runtime,
};

/// What the module keeps for each runtime.
#[derive(Default)]
struct Slot {
    /// `Transform.prototype._write`, to know it again.
    write: OnceCell<JsObject>,
    /// `Transform.prototype._read`, likewise.
    read: OnceCell<JsObject>,
    /// `PassThrough.prototype._transform`, likewise.
    pass: OnceCell<JsObject>,
}

impl Slot {
    fn of(context: &Context) -> Rc<Self> {
        Runtime::of(context).slot::<Self>()
    }
}

/// Both halves of a Transform.
#[derive(Clone)]
struct Both {
    writer: writable::State,
    reader: readable::State,
}

impl Both {
    fn of(stream: &JsObject, context: &mut Context) -> JsResult<Self> {
        Ok(Self {
            writer: writable::State::of(stream, context)?,
            reader: readable::State::of(stream, context)?,
        })
    }
}

/// Who waits to hear that a chunk has been transformed.
#[derive(Clone, Trace, Finalize)]
pub enum Writer {
    /// The stream's own writing half.
    Own,
    /// A callback that script gave to `_write`.
    Script(JsValue),
}

impl Writer {
    /// Tells it; an undefined error is none.
    fn tell(
        &self,
        stream: &JsObject,
        state: &writable::State,
        error: &JsValue,
        context: &mut Context,
    ) -> JsResult<()> {
        match self {
            Self::Own => sink_done(stream, state, error, context),
            Self::Script(callback) => {
                let Some(callback) = callback.as_callable() else {
                    return Err(errors::type_error("callback is not a function", context));
                };
                let arguments = std::slice::from_ref(error);
                let arguments = &arguments[..usize::from(!error.is_undefined())];
                callback
                    .call(&JsValue::undefined(), arguments, context)
                    .map(drop)
            }
        }
    }
}

/// `defineTransform(Transform.prototype, PassThrough.prototype)`
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let slot = Slot::of(context);
    let write: JsObject = native::function(context, "_write", 3, write_native).into();
    let read: JsObject = native::function(context, "_read", 0, read_native).into();
    let pass: JsObject = native::function(context, "_transform", 3, pass_native).into();
    let transform = args.get_or_undefined(0).to_object(context)?;
    Natives::on(transform, context)
        .attributes(Attribute::all())
        .function("_transform", 3, not_implemented)
        .value("_write", write.clone())
        .value("_read", read.clone());
    let pass_through = args.get_or_undefined(1).to_object(context)?;
    Natives::on(pass_through, context)
        .attributes(Attribute::all())
        .value("_transform", pass.clone());
    let _ = slot.write.set(write);
    let _ = slot.read.set(read);
    let _ = slot.pass.set(pass);
    Ok(JsValue::undefined())
}

/// Whether a method is `Transform.prototype._write`.
pub(super) fn is_write(method: &JsObject, context: &Context) -> bool {
    let known = Slot::of(context);
    let known = known.write.get();
    known.is_some_and(|known| JsObject::equals(known, method))
}

/// Whether a method is `Transform.prototype._read`.
pub(super) fn is_read(method: &JsObject, context: &Context) -> bool {
    let known = Slot::of(context);
    let known = known.read.get();
    known.is_some_and(|known| JsObject::equals(known, method))
}

fn not_implemented(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let arguments = [js_string!("_transform()").into()];
    Err(node_error(
        "ERR_METHOD_NOT_IMPLEMENTED",
        &arguments,
        context,
    ))
}

/// `PassThrough.prototype._transform(chunk, encoding, callback)`
fn pass_native(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = args.get_or_undefined(2).as_callable() else {
        return Err(errors::type_error("cb is not a function", context));
    };
    let arguments = [JsValue::null(), args.get_or_undefined(0).clone()];
    callback.call(&JsValue::undefined(), &arguments, context)
}

/// The stream's own writing half has a chunk.
///
/// # Errors
/// What script throws.
pub(super) fn write(
    stream: &JsObject,
    state: &writable::State,
    chunk: JsValue,
    encoding: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let both = Both {
        writer: state.clone(),
        reader: readable::State::of(stream, context)?,
    };
    let before = both.reader.length();
    let method = transform_of(stream, context)?;
    let pass = Slot::of(context);
    if pass
        .pass
        .get()
        .is_some_and(|pass| JsObject::equals(pass, &method))
    {
        let nothing = JsValue::null();
        return transformed(
            stream,
            &both,
            Writer::Own,
            before,
            &nothing,
            &chunk,
            context,
        );
    }
    let done = done(stream, &both, before, context);
    method
        .call(&stream.clone().into(), &[chunk, encoding, done], context)
        .map(drop)
}

fn transform_of(stream: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let method = stream.look_up(js_string!("_transform"), context)?;
    method
        .as_callable()
        .ok_or_else(|| errors::type_error("this._transform is not a function", context))
}

/// What the callback of `_transform` knows.
#[derive(Trace, Finalize)]
struct OwnDone {
    stream: JsObject,
    writer: JsValue,
    reader: JsValue,
}

/// The callback of `_transform`: the same function each time.
fn done(stream: &JsObject, both: &Both, before: usize, context: &mut Context) -> JsValue {
    let known = both.writer.with(|record| {
        let part = record.transform.get_or_insert_default();
        part.length_before = before;
        part.done.clone()
    });
    if let Some(known) = known {
        return known.into();
    }
    let captures = OwnDone {
        stream: stream.clone(),
        writer: both.writer.to_value(),
        reader: both.reader.to_value(),
    };
    let native = NativeFunction::from_copy_closure_with_captures(
        |_, args, known: &OwnDone, context| {
            let both = match (
                writable::State::from_value(&known.writer),
                readable::State::from_value(&known.reader),
            ) {
                (Some(writer), Some(reader)) => Both { writer, reader },
                _ => Both::of(&known.stream, context)?,
            };
            let before = both.writer.with(|record| {
                let part = record.transform.as_ref();
                part.map_or(0, |part| part.length_before)
            });
            let (error, value) = (args.get_or_undefined(0), args.get_or_undefined(1));
            let stream = &known.stream;
            transformed(stream, &both, Writer::Own, before, error, value, context)?;
            Ok(JsValue::undefined())
        },
        captures,
    );
    let function: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .length(2)
        .build()
        .into();
    both.writer.with(|record| {
        record.transform.get_or_insert_default().done = Some(function.clone());
    });
    function.into()
}

/// What the callback of `_transform` knows, where script called `_write`.
#[derive(Trace, Finalize)]
struct ScriptDone {
    stream: JsObject,
    writer: Writer,
    #[unsafe_ignore_trace]
    before: usize,
}

/// `Transform.prototype._write(chunk, encoding, callback)`, called by script.
fn write_native(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let before = readable::State::of(&stream, context)?.length();
    let method = transform_of(&stream, context)?;
    let captures = ScriptDone {
        stream,
        writer: Writer::Script(args.get_or_undefined(2).clone()),
        before,
    };
    let done = NativeFunction::from_copy_closure_with_captures(
        |_, args, known: &ScriptDone, context| {
            let (error, value) = (args.get_or_undefined(0), args.get_or_undefined(1));
            let (stream, writer) = (&known.stream, known.writer.clone());
            let both = Both::of(stream, context)?;
            transformed(stream, &both, writer, known.before, error, value, context)?;
            Ok(JsValue::undefined())
        },
        captures,
    );
    let done = FunctionObjectBuilder::new(context.realm(), done)
        .length(2)
        .build();
    let (chunk, encoding) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let arguments = [chunk.clone(), encoding.clone(), done.into()];
    method.call(this, &arguments, context)?;
    Ok(JsValue::undefined())
}

/// A chunk has become another, or nothing, or has failed.
fn transformed(
    stream: &JsObject,
    both: &Both,
    writer: Writer,
    before: usize,
    error: &JsValue,
    value: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    if error.to_boolean() {
        return writer.tell(stream, &both.writer, error, context);
    }
    if !value.is_null_or_undefined() {
        readable::push(stream, &both.reader, value, context)?;
    }
    let goes_on =
        both.writer.any(bits::ENDED) || both.reader.length() == before || both.reader.has_room();
    if goes_on {
        return writer.tell(stream, &both.writer, &JsValue::undefined(), context);
    }
    both.writer
        .with(|record| record.transform.get_or_insert_default().held = Some(writer));
    Ok(())
}

/// `Transform.prototype._read()`
fn read_native(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    read(&stream, context)?;
    Ok(JsValue::undefined())
}

/// The reader has made room: what waits for that goes on.
///
/// # Errors
/// What script throws meanwhile.
pub(super) fn read(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = writable::State::of(stream, context)?;
    let held = state.with(|record| record.transform.as_mut()?.held.take());
    match held {
        Some(writer) => writer.tell(stream, &state, &JsValue::undefined(), context),
        None => Ok(()),
    }
}
