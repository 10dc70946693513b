//! What `fs.ReadStream` and `fs.WriteStream` do with their files: opening, reading, closing. No script runs for a chunk but that of
//! its reader. All of it as long as the functions of `fs` that a stream has are ours; where a program has put others in
//! their place, or gave a `FileHandle`, the script half (`streams.js`) calls those.

use std::{cell::OnceCell, rc::Rc};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::AlignedVec, property::Attribute,
};

use super::{
    ahead::{self, Ahead, First},
    args,
    ops::descriptor::{Close, Open, Opening, read_some},
    request::{Form, Operation, Request, Values},
};
use crate::{
    engine::native::{Natives, function},
    node::{
        buffer, errors,
        stream::{calls, construct, destroy::error_or_destroy, emit, readable},
        task_queue::tick_native,
    },
    runtime::{
        State,
        pool::{self, Class, JobError},
    },
};

/// What the module keeps for each runtime.
#[derive(Default)]
struct Slot {
    /// `open`, `read` and `close` of `fs` as they were made.
    own: OnceCell<[JsObject; 3]>,
    script: OnceCell<Script>,
}

impl Slot {
    fn of(context: &Context) -> Rc<Self> {
        State::of(context).slot::<Self>()
    }
}

/// What the script half gives to `defineStreams`.
struct Script {
    /// The property of a stream for the functions of `fs` that it uses.
    fs: JsSymbol,
    /// The property that says whether an operation is under way.
    busy: JsSymbol,
    /// The event that says that it is over.
    idle: JsSymbol,
    /// The `open` of streams that nobody has replaced.
    no_open: JsObject,
    /// Functions for what isn't ours.
    functions: JsObject,
    construct: JsObject,
    destroy: JsObject,
}

/// One of the functions of `fs`.
#[derive(Clone, Copy)]
enum Function {
    Open,
    Read,
    Close,
}

impl Function {
    fn name(self) -> JsString {
        match self {
            Self::Open => js_string!("open"),
            Self::Read => js_string!("read"),
            Self::Close => js_string!("close"),
        }
    }
}

/// Notes the functions of `fs`, to know them again.
pub fn remember(own: [JsObject; 3], context: &Context) {
    let _ = Slot::of(context).own.set(own);
}

/// `defineStreams(ReadStream.prototype, WriteStream.prototype, { fs, busy, idle, noOpen, read, open, destroy })`
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let reader = args.get_or_undefined(0).to_object(context)?;
    let writer = args.get_or_undefined(1).to_object(context)?;
    let functions = args.get_or_undefined(2).to_object(context)?;
    let (Some(fs), Some(busy), Some(idle), Some(no_open)) = (
        functions.get(js_string!("fs"), context)?.as_symbol(),
        functions.get(js_string!("busy"), context)?.as_symbol(),
        functions.get(js_string!("idle"), context)?.as_symbol(),
        functions.get(js_string!("noOpen"), context)?.as_object(),
    ) else {
        return Err(errors::type_error(
            "defineStreams takes three symbols and a function",
            context,
        ));
    };
    let construct: JsObject = function(context, "_construct", 1, construct_native).into();
    let destroy: JsObject = function(context, "_destroy", 2, destroy_native).into();
    Natives::on(reader, context)
        .attributes(Attribute::all())
        .value("_construct", construct.clone())
        .function("_read", 1, read)
        .value("_destroy", destroy.clone());
    Natives::on(writer, context)
        .attributes(Attribute::all())
        .value("_construct", construct.clone());
    let _ = Slot::of(context).script.set(Script {
        fs,
        busy,
        idle,
        no_open,
        functions,
        construct,
        destroy,
    });
    Ok(JsValue::undefined())
}

/// What the script half gave.
fn with_script<T>(
    context: &mut Context,
    act: impl FnOnce(&Script, &mut Context) -> JsResult<T>,
) -> JsResult<T> {
    let slot = Slot::of(context);
    match slot.script.get() {
        Some(script) => act(script, context),
        None => Err(errors::type_error("fs/streams is incomplete", context)),
    }
}

/// Whether a stream works with that function of `fs` as it was made.
fn is_own(
    stream: &JsObject,
    script: &Script,
    name: Function,
    context: &mut Context,
) -> JsResult<bool> {
    let Some(operations) = stream.get(script.fs.clone(), context)?.as_object() else {
        return Ok(false);
    };
    let found = operations.get(name.name(), context)?.as_object();
    let slot = Slot::of(context);
    Ok(match (found, slot.own.get()) {
        (Some(found), Some(own)) => JsObject::equals(&found, &own[name as usize]),
        _ => false,
    })
}

fn call(callback: &JsValue, error: JsValue, context: &mut Context) -> JsResult<()> {
    match callback.as_callable() {
        Some(callback) => callback
            .call(&JsValue::undefined(), &[error], context)
            .map(drop),
        None => Err(errors::type_error("callback is not a function", context)),
    }
}

/// Whether that is the `_construct` of here.
pub fn is_construct(method: &JsObject, context: &Context) -> bool {
    let slot = Slot::of(context);
    let script = slot.script.get();
    script.is_some_and(|script| JsObject::equals(method, &script.construct))
}

/// Whether that is the `_destroy` of here.
pub fn is_destroy(method: &JsObject, context: &Context) -> bool {
    let slot = Slot::of(context);
    let script = slot.script.get();
    script.is_some_and(|script| JsObject::equals(method, &script.destroy))
}

/// `stream._construct(callback)`
fn construct_native(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let callback = args.get_or_undefined(0).clone();
    open(&stream, Some(callback), context)?;
    Ok(JsValue::undefined())
}

/// Opens the file of a stream that has none yet; without a callback the stream goes on as after `_construct`.
///
/// # Errors
/// What is wrong with the path, the flags or the mode.
pub fn open(stream: &JsObject, callback: Option<JsValue>, context: &mut Context) -> JsResult<()> {
    let opened = |callback: &Option<JsValue>, error, stream: &JsObject, context: &mut Context| {
        match callback {
            Some(callback) => call(callback, error, context),
            None => {
                construct::over(stream, error, context);
                Ok(())
            }
        }
    };
    if stream.get(js_string!("fd"), context)?.is_number() {
        return opened(&callback, JsValue::undefined(), stream, context);
    }
    let plain = with_script(context, |script, context| {
        let own = stream.get(js_string!("open"), context)?.as_object();
        Ok(
            own.is_some_and(|own| JsObject::equals(&own, &script.no_open))
                && is_own(stream, script, Function::Open, context)?,
        )
    })?;
    if !plain {
        let callback = match callback {
            Some(callback) => callback,
            None => construct::callback(stream, context),
        };
        return with_script(context, |script, context| {
            let arguments = [stream.clone().into(), callback];
            calls::call(&script.functions, js_string!("open"), &arguments, context).map(drop)
        });
    }
    let arguments = [
        stream.get(js_string!("path"), context)?,
        stream.get(js_string!("flags"), context)?,
        stream.get(js_string!("mode"), context)?,
    ];
    let request = match first_chunk(stream, context)? {
        None => Open::prepare(&arguments, Form::Callback, context)?,
        Some((first, state)) => {
            let opening = Opening::of(&arguments, context)?;
            Request::new(
                move || ahead::open(&opening, first),
                move |(fd, piece), context| {
                    if let Some(piece) = piece {
                        Ahead::new(piece, first, context).keep_in(&state);
                    }
                    Ok(fd.into())
                },
            )
        }
    };
    let stream = stream.clone();
    request.submit("FSREQCALLBACK", context, move |outcome, context| {
        let fd = match outcome {
            Ok(values) => values.first(),
            Err(error) => {
                let error = error.into_opaque(context)?;
                return opened(&callback, error, &stream, context);
            }
        };
        stream.set(js_string!("fd"), fd.clone(), true, context)?;
        opened(&callback, JsValue::undefined(), &stream, context)?;
        emit(&stream, js_string!("open"), &[fd], context)?;
        emit(&stream, js_string!("ready"), &[], context).map(drop)
    });
    Ok(())
}

/// The first chunk that a stream will ask for, as long as somebody waits for it already and it is read with our functions.
fn first_chunk(
    stream: &JsObject,
    context: &mut Context,
) -> JsResult<Option<(First, readable::State)>> {
    let state = stream.get(js_string!("_readableState"), context)?;
    let Some(state) = readable::State::from_value(&state).filter(readable::State::flows) else {
        return Ok(None);
    };
    let reads_here = with_script(context, |script, context| {
        is_own(stream, script, Function::Read, context)
    })?;
    let at = stream.get(js_string!("pos"), context)?;
    let at = if at.is_undefined() {
        Some(0.0)
    } else {
        at.as_number()
    };
    let end = stream.get(js_string!("end"), context)?.as_number();
    let (true, Some(at), Some(end)) = (reads_here, at, end) else {
        return Ok(None);
    };
    let length = state.high_water_mark().min(end - at + 1.0);
    let is_one = length >= 1.0 && length.fract() == 0.0 && at >= 0.0 && at.fract() == 0.0;
    let first = First {
        at: at as i64,
        length: length as usize,
    };
    Ok(is_one.then_some((first, state)))
}

/// `stream._read(n)`
fn read(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let position = stream.get(js_string!("pos"), context)?;
    let at = match position.is_undefined() {
        true => stream.get(js_string!("bytesRead"), context)?,
        false => position.clone(),
    };
    let end = stream.get(js_string!("end"), context)?.to_number(context)?;
    let asked = args.get_or_undefined(0).to_number(context)?;
    let count = asked.min(end - at.to_number(context)? + 1.0);
    if count <= 0.0 {
        let state = readable::State::of(&stream, context)?;
        readable::push(&stream, &state, &JsValue::null(), context)?;
        return Ok(JsValue::undefined());
    }
    let fd = stream.get(js_string!("fd"), context)?;
    let plain = with_script(context, |script, context| {
        stream.set(script.busy.clone(), true, true, context)?;
        // What is wrong with other values is said by the function that takes them.
        let fits = fd.is_number() && count.is_finite() && count.fract() == 0.0;
        Ok(fits && is_own(&stream, script, Function::Read, context)?)
    })?;
    if !plain {
        return with_script(context, |script, context| {
            let arguments = [this.clone(), count.into()];
            calls::call(&script.functions, js_string!("read"), &arguments, context)
        });
    }
    let fd = args::descriptor(&fd, context)?;
    let at = args::position(&position, true, context)?;
    // Above 0 and whole, as was just looked at.
    let count = count as usize;
    let state = readable::State::of(&stream, context)?;
    if let Some(mut ahead) = Ahead::taken_from(&state)
        && ahead.serves(fd, count, at, context)
    {
        ahead.keep_in(&state);
        tick_native(arrive, vec![stream.into()], context);
        return Ok(JsValue::undefined());
    }
    let work = move || read_some(fd, count, at);
    pool::submit_as(
        Class::Fs,
        "FSREQCALLBACK",
        context,
        work,
        move |result, context| {
            let outcome = match result {
                Ok(outcome) => outcome.map_err(|error| error.into_js(context)),
                Err(JobError::Canceled) => return Ok(()),
                Err(error) => Err(errors::plain(
                    errors::Base::Plain,
                    &error.to_string(),
                    context,
                )),
            };
            arrived(&stream, outcome, count, context)
        },
    );
    Ok(JsValue::undefined())
}

/// What was read ahead arrives.
fn arrive(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let state = readable::State::of(&stream, context)?;
    match Ahead::arrived(&state) {
        Some((asked, bytes)) => arrived(&stream, Ok(bytes), asked, context),
        None => Ok(()),
    }
}

/// A chunk of at most so many bytes has been read, or there is no more.
fn arrived(
    stream: &JsObject,
    outcome: JsResult<AlignedVec<u8>>,
    asked: usize,
    context: &mut Context,
) -> JsResult<()> {
    let idle = with_script(context, |script, context| {
        stream.set(script.busy.clone(), false, true, context)?;
        Ok(script.idle.clone())
    })?;
    if stream.get(js_string!("destroyed"), context)?.to_boolean() {
        let error = match outcome {
            Ok(_) => JsValue::null(),
            Err(error) => error.into_opaque(context)?,
        };
        let arguments = [idle.into(), error];
        return calls::call(stream, js_string!("emit"), &arguments, context).map(drop);
    }
    let bytes = match outcome {
        Ok(bytes) => bytes,
        Err(error) => {
            let error = error.into_opaque(context)?;
            return error_or_destroy(stream, &error, false, context);
        }
    };
    let state = readable::State::of(stream, context)?;
    if bytes.is_empty() {
        return readable::push(stream, &state, &JsValue::null(), context);
    }
    let count = bytes.len() as f64;
    let position = stream.get(js_string!("pos"), context)?;
    if !position.is_undefined() {
        let position = position.to_number(context)? + count;
        stream.set(js_string!("pos"), position, true, context)?;
    }
    let read = stream.get(js_string!("bytesRead"), context)?;
    let read = read.to_number(context)? + count;
    stream.set(js_string!("bytesRead"), read, true, context)?;
    let chunk = if bytes.len() < asked {
        // A small read keeps no large memory alive.
        buffer::from_slice(&bytes, context)?
    } else {
        buffer::from_aligned(bytes, context)?
    };
    readable::push(stream, &state, &chunk.into(), context)
}

/// `stream._destroy(error, callback)`
fn destroy_native(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(this, context)?;
    let callback = args.get_or_undefined(1).clone();
    let done =
        move |_: &JsObject, error: JsValue, context: &mut Context| call(&callback, error, context);
    let error = args.get_or_undefined(0);
    if !close(&stream, error, done, context)? {
        with_script(context, |script, context| {
            let arguments = [
                this.clone(),
                error.clone(),
                args.get_or_undefined(1).clone(),
            ];
            calls::call(
                &script.functions,
                js_string!("destroy"),
                &arguments,
                context,
            )
        })?;
    }
    Ok(JsValue::undefined())
}

/// Closes the file of a stream, and calls `done` with what went wrong. Answers whether that is all: the script half waits for
/// what is under way, and closes with other functions.
///
/// # Errors
/// What is wrong with the descriptor.
pub fn close(
    stream: &JsObject,
    error: &JsValue,
    done: impl FnOnce(&JsObject, JsValue, &mut Context) -> JsResult<()> + 'static,
    context: &mut Context,
) -> JsResult<bool> {
    let fd = stream.get(js_string!("fd"), context)?;
    let plain = with_script(context, |script, context| {
        Ok(fd.is_number()
            && !stream.get(script.busy.clone(), context)?.to_boolean()
            && is_own(stream, script, Function::Close, context)?)
    })?;
    if !plain {
        return Ok(false);
    }
    let request = Close::prepare(&[fd], Form::Callback, context)?;
    stream.set(js_string!("fd"), JsValue::null(), true, context)?;
    let (stream, error) = (stream.clone(), error.clone());
    let closed = move |outcome: Result<Values, JsError>, context: &mut Context| {
        let error = match outcome {
            Ok(_) => error,
            Err(failed) => failed.into_opaque(context)?,
        };
        done(&stream, error, context)
    };
    request.submit("FSREQCALLBACK", context, closed);
    Ok(true)
}
