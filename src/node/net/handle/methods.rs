//! What script calls on a handle. The methods answer with error numbers as libuv's do, and the script half makes errors of them.

use std::{rc::Rc, time::Duration};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray,
};
use ouro_loop::{HandleId, KeepAlive};

use super::{EBADF, Stream};
use crate::{
    engine::{lookup::LookUp, native::Natives},
    node::{
        buffer::{Encoding, View},
        errors::system::errno_of,
        net::{Slot, members},
    },
    runtime::{
        State,
        tasks::{Callee, Tick},
    },
};

/// The prototype of handles, made when the first one is.
pub(super) fn prototype(context: &mut Context) -> JsObject {
    let slot = State::of(context).slot::<Slot>();
    if let Some(prototype) = slot.stream_prototype.borrow().as_ref() {
        return prototype.clone();
    }
    let prototype = Natives::new(context)
        .function("readStart", 0, read_start)
        .function("readStop", 0, read_stop)
        .function("write", 3, write)
        .function("writev", 2, writev)
        .function("shutdown", 1, shutdown)
        .function("close", 1, close)
        .function("reset", 1, reset)
        .function("ref", 0, add_ref)
        .function("unref", 0, remove_ref)
        .function("hasRef", 0, members::has_ref)
        .function("getsockname", 0, members::sock_name)
        .function("getpeername", 0, peer_name)
        .function("setNoDelay", 1, set_no_delay)
        .function("setKeepAlive", 4, set_keep_alive)
        .function("setTypeOfService", 1, set_type_of_service)
        .function("getTypeOfService", 0, type_of_service)
        .function("attach", 1, attach)
        .function("asyncReset", 0, async_reset)
        .accessor("fd", members::fd, None)
        .accessor("bytesRead", bytes_read, None)
        .accessor("bytesWritten", bytes_written, None)
        .accessor("writeQueueSize", write_queue_size, None)
        .build();
    slot.stream_prototype.replace(Some(prototype.clone()));
    prototype
}

fn this_stream(this: &JsValue) -> Option<Rc<Stream>> {
    Stream::of(&this.as_object()?)
}

/// Runs `act` on the open handle behind `this`; a closed one answers `EBADF`.
fn with_id(
    this: &JsValue,
    context: &Context,
    act: impl FnOnce(&State, HandleId) -> std::io::Result<()>,
) -> JsResult<JsValue> {
    let Some(id) = this_stream(this).and_then(|stream| stream.id.get()) else {
        return Ok(EBADF.into());
    };
    Ok(act(&State::of(context), id)
        .map_or_else(|error| errno_of(&error), |()| 0)
        .into())
}

/// `asyncReset()`
fn async_reset(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this_stream(this) {
        stream.begin_for(context);
    }
    Ok(JsValue::undefined())
}

fn read_start(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_id(this, context, |state, id| state.event_loop.read_start(id))
}

fn read_stop(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_id(this, context, |state, id| state.event_loop.read_stop(id))
}

/// `write(chunk, encoding, done)`: 0 when all is out, 1 when `done(errno)` will be called, or an error number.
fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this_stream(this) else {
        return Ok(EBADF.into());
    };
    let done = args.get_or_undefined(2).as_object();
    let chunk = args.get_or_undefined(0);
    if let Some(view) = View::of(chunk, context) {
        let answer = view.read(|bytes| stream.write(&[bytes], done, context));
        return Ok(stream.answer(answer, context));
    }
    let bytes = text_bytes(chunk, args.get_or_undefined(1), context)?;
    let answer = stream.write(&[&bytes], done, context);
    Ok(stream.answer(answer, context))
}

fn text_bytes(text: &JsValue, encoding: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    let text = text.to_string(context)?;
    let encoding = Encoding::of(encoding).unwrap_or(Encoding::Utf8);
    Ok(encoding.encode(text.as_str()).to_vec())
}

/// `writev(chunks, done)`, where chunks are `{ chunk, encoding }`.
fn writev(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this_stream(this) else {
        return Ok(EBADF.into());
    };
    let Some(chunks) = args.get_or_undefined(0).as_object() else {
        return Ok(0.into());
    };
    let chunks = JsArray::from_object(chunks)?;
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for index in 0..chunks.length(context)? {
        let Some(entry) = chunks.at(index as i64, context)?.as_object() else {
            continue;
        };
        let chunk = entry.look_up(js_string!("chunk"), context)?;
        parts.push(match View::of(&chunk, context) {
            Some(view) => view.to_vec(),
            None => {
                let encoding = entry.look_up(js_string!("encoding"), context)?;
                text_bytes(&chunk, &encoding, context)?
            }
        });
    }
    let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let done = args.get_or_undefined(1).as_object();
    let answer = stream.write(&slices, done, context);
    Ok(stream.answer(answer, context))
}

fn shutdown(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this_stream(this) else {
        return Ok(EBADF.into());
    };
    stream.flush_companion(context);
    let frame = State::of(context)
        .async_context
        .resource("SHUTDOWNWRAP", None, context);
    let done = args.get_or_undefined(0).as_object();
    stream.shutdown.replace(done.map(|done| (done, frame)));
    with_id(this, context, |state, id| state.event_loop.shutdown(id))
}

fn close(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    close_with(this, args, context, |state, id| {
        Ok(state.event_loop.close(id)?)
    })
}

fn reset(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    close_with(this, args, context, |state, id| {
        state.event_loop.tcp_close_reset(id)
    })
}

fn close_with(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
    act: impl FnOnce(&State, HandleId) -> std::io::Result<()>,
) -> JsResult<JsValue> {
    let Some(stream) = this_stream(this) else {
        return Ok(EBADF.into());
    };
    stream.set_bound(None);
    let Some(id) = stream.id.get() else {
        // It never came to a stream: there is nothing to wait for.
        if let Some(done) = args.get_or_undefined(0).as_callable() {
            let state = State::of(context);
            let frame = state.async_context.resource("TickObject", None, context);
            state.tasks.push_tick(Tick {
                callback: Callee::Script(done),
                args: Vec::new(),
                frame,
            });
        }
        return Ok(0.into());
    };
    stream.flush_companion(context);
    stream.closed.replace(args.get_or_undefined(0).as_object());
    let result = act(&State::of(context), id);
    if result.is_ok() {
        stream.id.set(None);
    }
    Ok(result.map_or_else(|error| errno_of(&error), |()| 0).into())
}

fn add_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    refer(this, true, context)
}

fn remove_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    refer(this, false, context)
}

fn refer(this: &JsValue, on: bool, context: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this_stream(this) {
        stream.referenced.set(on);
    }
    with_id(this, context, |state, id| {
        Ok(state.event_loop.set_ref(id, on)?)
    })
}

fn peer_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    members::describe(this, context, |state, id| state.event_loop.peer_addr(id))
}

fn set_no_delay(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let on = args.get_or_undefined(0).to_boolean();
    with_id(this, context, |state, id| {
        state.event_loop.set_nodelay(id, on)
    })
}

/// `setKeepAlive(on, delay, interval, count)`: times in seconds. Without a delay the system's settings stay.
fn set_keep_alive(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let on = args.get_or_undefined(0).to_boolean();
    let time = |seconds: i32| Some(Duration::from_secs(seconds.max(0) as u64));
    let idle = args.get_or_undefined(1).to_i32(context)?;
    let probes = if idle == 0 {
        KeepAlive::default()
    } else {
        // What libuv takes where nothing is said.
        let whole = |value: &JsValue| value.as_number().filter(|number| number.fract() == 0.0);
        let interval = whole(args.get_or_undefined(2)).unwrap_or(1.0);
        let count = whole(args.get_or_undefined(3)).unwrap_or(10.0);
        KeepAlive {
            idle: time(idle),
            interval: time(interval as i32),
            count: Some(count as u32),
        }
    };
    with_id(this, context, |state, id| {
        state.event_loop.set_keepalive(id, on.then_some(&probes))
    })
}

/// `setTypeOfService(value)`: 0, or an error number.
fn set_type_of_service(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0).to_u32(context)? as u8;
    with_id(this, context, |state, id| {
        state.event_loop.set_type_of_service(id, value)
    })
}

/// `getTypeOfService()`: what is set, or an error number.
fn type_of_service(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(id) = this_stream(this).and_then(|stream| stream.id.get()) else {
        return Ok(EBADF.into());
    };
    let asked = State::of(context).event_loop.type_of_service(id);
    Ok(asked
        .map_or_else(|error| errno_of(&error), i32::from)
        .into())
}

/// `attach(socket)`: says whose handle it is.
fn attach(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this_stream(this)
        && (stream.id.get().is_some() || stream.bound().is_some())
    {
        stream.set_socket(args.get_or_undefined(0).as_object());
    }
    Ok(JsValue::undefined())
}

fn bytes_read(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(this_stream(this)
        .map_or(0, |stream| stream.bytes_read.get())
        .into())
}

fn bytes_written(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(this_stream(this)
        .map_or(0, |stream| stream.bytes_written.get())
        .into())
}

fn write_queue_size(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let queued = this_stream(this).map(|stream| stream.queued(context));
    Ok(queued.unwrap_or(0.0).into())
}
