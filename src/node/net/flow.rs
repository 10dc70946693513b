//! The way of data through a socket: what has arrived is pushed into the stream, what the stream writes goes to the loop.
//! The script half has the rest: connecting, `onread` into one buffer, errors, the end.

use std::rc::Rc;

use boa_engine::{
    Context, Finalize, JsArgs, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    NativeFunction, Trace, js_string, object::FunctionObjectBuilder, property::Attribute,
};

use super::{ByteReader, Slot, Stream};
use crate::{
    engine::{
        lookup::{self, LookUp},
        native::Natives,
    },
    node::{
        buffer::{Encoding, View},
        errors::{Base, coded, errno_exception, type_error},
        stream::{
            calls, is_destroyed_duplex,
            readable::{self, State as Readable, pass_straight, straight_to},
            writable,
        },
    },
    runtime::State,
};

/// What the script half gives to `defineFlow`.
pub struct Flow {
    /// `Socket.prototype._write`, to know it again.
    write: JsObject,
    /// The properties for what `setKeepAlive` last said.
    keep_alive: JsSymbol,
    keep_alive_delay: JsSymbol,
    /// The property for the timer of `setTimeout`.
    timeout: JsSymbol,
    /// The property for what `onread` wants its bytes in.
    receiver: JsSymbol,
    /// Functions for what is rare.
    script: JsObject,
}

/// `defineFlow(prototype, { timeout, receiver, …functions })`
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    let script = args.get_or_undefined(1).to_object(context)?;
    let (Some(timeout), Some(receiver), Some(keep_alive), Some(keep_alive_delay)) = (
        script.look_up(js_string!("timeout"), context)?.as_symbol(),
        script.look_up(js_string!("receiver"), context)?.as_symbol(),
        script
            .look_up(js_string!("keepAlive"), context)?
            .as_symbol(),
        script
            .look_up(js_string!("keepAliveDelay"), context)?
            .as_symbol(),
    ) else {
        return Err(type_error("defineFlow takes four symbols", context));
    };
    let prototype = Natives::on(prototype, context)
        .attributes(Attribute::all())
        .direct()
        .function("read", 1, read)
        .function("resume", 0, resume)
        .function("pause", 0, pause)
        .function("_read", 1, read_handle)
        .function("_write", 3, write)
        .function("ref", 0, add_ref)
        .function("unref", 0, remove_ref)
        .function("setKeepAlive", 4, set_keep_alive)
        .build();
    let write = prototype
        .look_up(js_string!("_write"), context)?
        .to_object(context)?;
    let slot = State::of(context).slot::<Slot>();
    let _ = slot.flow.set(Flow {
        write,
        keep_alive,
        keep_alive_delay,
        timeout,
        receiver,
        script,
    });
    Ok(JsValue::undefined())
}

/// Calls a function of the script half.
fn rarely(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let slot = State::of(context).slot::<Slot>();
    let Some(flow) = slot.flow.get() else {
        return Ok(JsValue::undefined());
    };
    match flow.script.look_up(name, context)?.as_callable() {
        Some(function) => function.call(&JsValue::undefined(), args, context),
        None => Ok(JsValue::undefined()),
    }
}

/// `expectReceivers()`: a socket reads into a buffer of the program's.
pub fn expect_receivers(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    State::of(context).slot::<Slot>().receivers.set(true);
    Ok(JsValue::undefined())
}

fn has_receiver(socket: &JsObject, context: &mut Context) -> JsResult<bool> {
    let slot = State::of(context).slot::<Slot>();
    match slot.flow.get().filter(|_| slot.receivers.get()) {
        Some(flow) => Ok(!socket
            .get(flow.receiver.clone(), context)?
            .is_null_or_undefined()),
        None => Ok(false),
    }
}

/// The handle of a socket whose stream has nothing to do: what it would be given to write can be written past it.
///
/// # Errors
/// What getters throw.
pub fn idle(socket: &JsObject, context: &mut Context) -> JsResult<Option<Rc<Stream>>> {
    let Some(handle) = handle_of(socket, context)? else {
        return Ok(None);
    };
    let Some(stream) = Stream::of(&handle).filter(|stream| stream.id().is_some()) else {
        return Ok(None);
    };
    let method = socket.look_up(js_string!("_write"), context)?.as_object();
    let slot = State::of(context).slot::<Slot>();
    let is_own = match (method, slot.flow.get()) {
        (Some(method), Some(flow)) => JsObject::equals(&method, &flow.write),
        _ => false,
    };
    let idle = is_own && stream.queued(context) == 0.0 && writable::is_idle(socket, context)?;
    Ok(idle.then_some(stream))
}

/// `socket.ref()`
fn add_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    keep_running(this, true, context)
}

/// `socket.unref()`
fn remove_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    keep_running(this, false, context)
}

fn keep_running(this: &JsValue, on: bool, context: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(context)?;
    let name = if on {
        js_string!("ref")
    } else {
        js_string!("unref")
    };
    match socket
        .look_up_own(js_string!("_handle"), context)?
        .as_object()
    {
        Some(handle) => match Stream::of(&handle) {
            Some(stream) => stream.set_ref(on, context),
            None => {
                if let Some(method) = handle.get(name, context)?.as_callable() {
                    method.call(&handle.into(), &[], context)?;
                }
            }
        },
        None => {
            let again = socket.look_up(name, context)?;
            let args = [js_string!("connect").into(), again];
            calls::call(&socket, js_string!("once"), &args, context)?;
        }
    }
    Ok(this.clone())
}

/// `socket.setKeepAlive(enable, delay, interval, count)`, or with options in place of them
fn set_keep_alive(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(context)?;
    let slot = State::of(context).slot::<Slot>();
    let Some(flow) = slot.flow.get() else {
        return Ok(this.clone());
    };
    let is_full = |at| !args.get_or_undefined(at).is_undefined();
    if args.get_or_undefined(0).is_object() || is_full(2) || is_full(3) {
        let mut given = vec![this.clone()];
        given.extend_from_slice(args);
        return rarely(js_string!("keepAliveInFull"), &given, context);
    }
    let on = args.get_or_undefined(0).to_boolean();
    let delay = args.get_or_undefined(1).to_number(context)? / 1000.0;
    let delay = JsValue::from(delay).to_i32(context)?;
    let handle = socket
        .look_up_own(js_string!("_handle"), context)?
        .as_object();
    let method = match &handle {
        Some(handle) => {
            let method = handle.look_up(js_string!("setKeepAlive"), context)?;
            let Some(method) = method.as_callable() else {
                return Ok(this.clone());
            };
            let was_on = socket.get(flow.keep_alive.clone(), context)?.to_boolean();
            let known = socket.get(flow.keep_alive_delay.clone(), context)?;
            if on == was_on && (!on || known.as_number() == Some(f64::from(delay))) {
                return Ok(this.clone());
            }
            Some(method)
        }
        None => None,
    };
    socket.set(flow.keep_alive.clone(), on, true, context)?;
    socket.set(flow.keep_alive_delay.clone(), delay, true, context)?;
    if let (Some(method), Some(handle)) = (method, handle) {
        method.call(&handle.into(), &[on.into(), delay.into()], context)?;
    }
    Ok(this.clone())
}

/// A sign of life: the timers of the socket, and of those that it is part of, start anew.
pub fn refresh(socket: &JsObject, context: &mut Context) -> JsResult<()> {
    let slot = State::of(context).slot::<Slot>();
    let Some(flow) = slot.flow.get() else {
        return Ok(());
    };
    let mut at = Some(socket.clone());
    while let Some(socket) = at {
        let timer = socket.get(flow.timeout.clone(), context)?;
        if let Some(timer) = timer.as_object() {
            let refresh = lookup::method(&timer, js_string!("refresh"), context)?;
            refresh.call(&timer.into(), &[], context).transpose()?;
        }
        at = socket
            .look_up_own(js_string!("_parent"), context)?
            .as_object();
    }
    Ok(())
}

/// `socket.read(n)`
fn read(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    wake(this, context)?;
    readable::read_native(this, args, context)
}

/// `socket.resume()`
fn resume(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    wake(this, context)?;
    readable::resume(this, args, context)
}

/// A socket that reads into a buffer of the program's goes on reading.
fn wake(this: &JsValue, context: &mut Context) -> JsResult<()> {
    if let Some(socket) = this.as_object()
        && has_receiver(&socket, context)?
    {
        rarely(js_string!("wake"), std::slice::from_ref(this), context)?;
    }
    Ok(())
}

/// `socket.pause()`
fn pause(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(socket) = this.as_object()
        && has_receiver(&socket, context)?
    {
        rarely(js_string!("rest"), std::slice::from_ref(this), context)?;
    }
    readable::pause(this, args, context)
}

/// The handle of a socket that is connected.
fn handle_of(socket: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
    if socket
        .look_up_own(js_string!("connecting"), context)?
        .to_boolean()
    {
        return Ok(None);
    }
    Ok(socket
        .look_up_own(js_string!("_handle"), context)?
        .as_object())
}

/// `socket._read(n)`
fn read_handle(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(socket) = this.as_object()
        && let Some(handle) = handle_of(&socket, context)?
        && handle.look_up(js_string!("reading"), context)?.to_boolean()
    {
        return Ok(JsValue::undefined());
    }
    let arguments = [this.clone(), args.get_or_undefined(0).clone()];
    rarely(js_string!("startReading"), &arguments, context)?;
    Ok(JsValue::undefined())
}

/// Text that is said to be a Buffer: the stream lets it pass.
fn no_buffer(context: &mut Context) -> JsError {
    let message = "Second argument must be a buffer";
    coded("ERR_INVALID_ARG_TYPE", Base::Type, message, context)
}

/// `socket._write(chunk, encoding, callback)`
fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (chunk, encoding) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let callback = args.get_or_undefined(2);
    let Some(socket) = this.as_object() else {
        return Ok(JsValue::undefined());
    };
    let stream = match handle_of(&socket, context)? {
        Some(handle) => Stream::of(&handle),
        None => None,
    };
    let Some(stream) = stream else {
        let arguments = [
            this.clone(),
            chunk.clone(),
            encoding.clone(),
            callback.clone(),
        ];
        return rarely(js_string!("writeLater"), &arguments, context);
    };
    refresh(&socket, context)?;
    let outcome = match View::of(chunk, context) {
        Some(view) => view.read(|bytes| stream.write(&[bytes], None, context)),
        None => {
            let text = chunk.to_string(context)?;
            if encoding.as_string().is_some_and(|name| name == "buffer") {
                return Err(no_buffer(context));
            }
            let encoding = Encoding::of(encoding).unwrap_or(Encoding::Utf8);
            stream.write(&[&encoding.encode(text.as_str())], None, context)
        }
    };
    match outcome {
        0 => call(callback, &[], context)?,
        1 => {
            let then: Then<JsValue> = |callback, error, context| call(callback, &[error], context);
            let done = written(&socket, callback.clone(), then, context);
            stream.when_written(done, context);
            let queued = stream.queued(context);
            socket.set(js_string!("_lastQueueSize"), queued, true, context)?;
        }
        errno => {
            let error = errno_exception(errno, "write", None, context).into_opaque(context)?;
            call(callback, &[error], context)?;
        }
    }
    Ok(JsValue::undefined())
}

fn call(callback: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<()> {
    match callback.as_callable() {
        Some(callback) => callback
            .call(&JsValue::undefined(), args, context)
            .map(drop),
        None => Err(type_error("callback is not a function", context)),
    }
}

/// A write that the loop has to finish, and what follows: with an error, or with null.
#[derive(Trace, Finalize)]
struct Pending<T: Trace> {
    socket: JsObject,
    of: T,
    #[unsafe_ignore_trace]
    then: Then<T>,
}

type Then<T> = fn(&T, JsValue, &mut Context) -> JsResult<()>;

/// What the loop calls with the number of the error that a write of a socket ended with, or 0.
pub fn written<T: Trace + 'static>(
    socket: &JsObject,
    of: T,
    then: Then<T>,
    context: &mut Context,
) -> JsObject {
    let socket = socket.clone();
    let done = NativeFunction::from_copy_closure_with_captures(
        |_, args, pending: &Pending<T>, context| {
            let errno = args.get_or_undefined(0).to_i32(context)?;
            let error = if errno == 0 {
                refresh(&pending.socket, context)?;
                JsValue::null()
            } else {
                errno_exception(errno, "write", None, context).into_opaque(context)?
            };
            (pending.then)(&pending.of, error, context)?;
            Ok(JsValue::undefined())
        },
        Pending { socket, of, then },
    );
    FunctionObjectBuilder::new(context.realm(), done)
        .length(1)
        .build()
        .into()
}

/// A chunk has arrived. Answers whether it was taken; the script half takes what isn't plain.
///
/// # Errors
/// What listeners throw.
pub fn arrived(socket: &JsObject, chunk: &JsValue, context: &mut Context) -> JsResult<bool> {
    if is_destroyed_duplex(socket, context)? {
        return Ok(true);
    }
    if has_receiver(socket, context)? {
        return Ok(false);
    }
    let push = |context: &mut Context| {
        let push = socket.look_up(js_string!("push"), context)?;
        let Some(push) = push.as_callable() else {
            return Err(type_error("socket.push is not a function", context));
        };
        let this = JsValue::from(socket.clone());
        let more = push.call(&this, std::slice::from_ref(chunk), context)?;
        Ok(more.to_boolean())
    };
    push_by(socket, push, context)?;
    Ok(true)
}

/// The state of a socket whose bytes need no chunks, and who reads them.
///
/// # Errors
/// What getters throw.
pub fn straight(
    socket: &JsObject,
    reader: &ByteReader,
    context: &mut Context,
) -> JsResult<Option<(Readable, JsObject)>> {
    let Some(state) = straight_to(socket, &reader.listener, context) else {
        return Ok(None);
    };
    if has_receiver(socket, context)? {
        return Ok(None);
    }
    Ok((reader.of)(socket).map(|who| (state, who)))
}

/// What the reader keeps of such a socket has arrived.
///
/// # Errors
/// What listeners throw.
pub fn arrived_straight(
    socket: &JsObject,
    state: &Readable,
    read: impl FnOnce(&mut Context) -> JsResult<()>,
    context: &mut Context,
) -> JsResult<()> {
    let pass = |context: &mut Context| pass_straight(socket, state, read, context);
    push_by(socket, pass, context)
}

/// Bytes are a sign of life; when the stream wants no more of them, reading stops.
fn push_by(
    socket: &JsObject,
    push: impl FnOnce(&mut Context) -> JsResult<bool>,
    context: &mut Context,
) -> JsResult<()> {
    refresh(socket, context)?;
    // Of now: the listeners of the chunk may take it away.
    let handle = socket
        .look_up_own(js_string!("_handle"), context)?
        .as_object();
    if !push(context)?
        && let Some(handle) = handle
    {
        handle.set(js_string!("reading"), false, true, context)?;
        if let Some(stop) = handle
            .look_up(js_string!("readStop"), context)?
            .as_callable()
        {
            stop.call(&handle.into(), &[], context)?;
        }
    }
    Ok(())
}
