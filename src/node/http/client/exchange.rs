//! A request on its socket, from the moment that it gets one to its last byte; `answer` has the rest.
//!
//! The listeners of a socket are there for each request anew, as in Node. Those that are busy are native.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    Slot, answer, help,
    request::{self, flags},
};
use crate::{
    engine::{
        lookup::{self, LookUp},
        native,
    },
    node::{
        errors::{self, errno_exception},
        events,
        http::{
            outgoing::{self, bits},
            parser,
        },
        net::flow,
        stream::{calls, readable::attach},
        task_queue::tick_native,
    },
};

/// The listeners that every request has on its socket and its response.
pub struct Listeners {
    pub(super) data: JsObject,
    pub(super) end: JsObject,
    pub(super) error: JsObject,
    pub(super) close: JsObject,
    pub(super) drain: JsObject,
    /// Of the socket, once there is a response.
    pub(super) timeout: JsObject,
    pub(super) response_end: JsObject,
    pub(super) finish: JsObject,
}

impl Listeners {
    /// Those of the script half are among its helpers.
    pub fn new(helpers: &JsObject, context: &mut Context) -> JsResult<Self> {
        let mut script = |name: JsString| helpers.get(name, context)?.to_object(context);
        let end = script(js_string!("onSocketEnd"))?;
        let error = script(js_string!("onSocketError"))?;
        let close = script(js_string!("onSocketClose"))?;
        let drain = script(js_string!("onSocketDrain"))?;
        let timeout = script(js_string!("onResponseTimeout"))?;
        Ok(Self {
            data: native::function(context, "socketOnData", 1, answer::on_data).into(),
            end,
            error,
            close,
            drain,
            timeout,
            response_end: native::function(context, "responseOnEnd", 0, answer::on_response_end)
                .into(),
            finish: native::function(context, "requestOnFinish", 0, answer::on_request_finish)
                .into(),
        })
    }
}

/// `request.onSocket(socket, error)`: an agent has found a socket, or hasn't.
pub fn on_socket(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = vec![
        this.clone(),
        args.get_or_undefined(0).clone(),
        args.get_or_undefined(1).clone(),
    ];
    tick_native(on_socket_now, args, context);
    Ok(JsValue::undefined())
}

fn on_socket_now(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let this = args.get_or_undefined(0);
    let request = this.to_object(context)?;
    let destroyed = request.look_up(js_string!("destroyed"), context)?;
    let socket = args.get_or_undefined(1).as_object();
    let Some(socket) =
        socket.filter(|_| !destroyed.to_boolean() && !args.get_or_undefined(2).to_boolean())
    else {
        return help(js_string!("tooLate"), args, context).map(drop);
    };
    use_socket(&request, &socket, context)?;
    calls::call(&request, js_string!("_flush"), &[], context).map(drop)
}

/// Assigns to a property, in place where the object has it as plain data.
pub fn set(
    object: &JsObject,
    name: JsString,
    value: impl Into<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    events::write(object, name, value, context)
}

fn use_socket(request: &JsObject, socket: &JsObject, context: &mut Context) -> JsResult<()> {
    let parser = parser::take(request, context)?;
    let this = JsValue::from(request.clone());
    parser::link(&parser, |links| {
        links.socket = socket.clone().into();
        links.outgoing = this.clone();
    });
    lookup::set(
        request,
        js_string!("socket"),
        socket.clone().into(),
        context,
    )?;
    let known = request::with(&this, context, |known| {
        known.parser = parser.clone().into();
        known.timeout.clone()
    });
    set(socket, js_string!("_httpClient"), true, context)?;
    set(socket, js_string!("_hadError"), false, context)?;
    set(socket, js_string!("parser"), parser, context)?;
    set(socket, js_string!("_httpMessage"), request.clone(), context)?;
    {
        let slot = Slot::of(context);
        let listeners = slot.listeners();
        let all = [
            (js_string!("error"), &listeners.error),
            (js_string!("data"), &listeners.data),
            (js_string!("end"), &listeners.end),
            (js_string!("close"), &listeners.close),
            (js_string!("drain"), &listeners.drain),
        ];
        attach(socket, &all, context)?;
    }
    let times = match known {
        Some(timeout) if !timeout.is_undefined() => true,
        Some(_) => has_timeout(request, context)?,
        None => false,
    };
    if times {
        help(
            js_string!("listenTimeout"),
            std::slice::from_ref(&this),
            context,
        )?;
    }
    let args = [socket.clone().into()];
    events::emit(request, js_string!("socket"), &args, context).map(drop)
}

/// Whether the agent of a request has a time limit for its sockets.
fn has_timeout(request: &JsObject, context: &mut Context) -> JsResult<bool> {
    let agent = request.look_up(js_string!("agent"), context)?;
    let Some(agent) = agent.as_object() else {
        return Ok(false);
    };
    match agent
        .look_up_own(js_string!("options"), context)?
        .as_object()
    {
        Some(options) => Ok(options
            .look_up(js_string!("timeout"), context)?
            .to_boolean()),
        None => Ok(false),
    }
}

// ---- the way out

/// `request._flush()`: sends what was written before there was a socket.
pub fn flush(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(context)?;
    let socket = request.look_up(js_string!("socket"), context)?;
    let Some(socket) = socket.as_object() else {
        return Ok(JsValue::undefined());
    };
    if !socket
        .look_up(js_string!("writable"), context)?
        .to_boolean()
    {
        return Ok(JsValue::undefined());
    }
    let waiting = request.look_up(js_string!("_waitingCallbacks"), context)?;
    let done = request::with(this, context, |known| {
        let done = known.flags & flags::FINISH_WHEN_FLUSHED != 0;
        known.flags &= !flags::FINISH_WHEN_FLUSHED;
        done
    }) == Some(true);
    let empty = outgoing::with(this, context, |record| record.kept.is_empty()) == Some(true);
    if waiting.is_undefined() {
        if done && send_last(this, &request, &socket, context)? {
            return Ok(JsValue::undefined());
        }
        if empty && !done {
            if request
                .look_up(js_string!("_needDrain"), context)?
                .to_boolean()
            {
                set(&request, js_string!("_needDrain"), false, context)?;
                events::emit(&request, js_string!("drain"), &[], context)?;
            }
            return Ok(JsValue::undefined());
        }
    }
    let args = [this.clone(), socket.into(), waiting, done.into()];
    help(js_string!("flushBy"), &args, context)
}

/// A request was ended. Answers whether its last bytes are on their way; if not, the script half sees to them.
///
/// # Errors
/// What listeners throw.
pub fn finish(this: &JsValue, context: &mut Context) -> JsResult<bool> {
    let request = this.to_object(context)?;
    let socket = request.look_up(js_string!("socket"), context)?;
    match socket.as_object() {
        Some(socket) => send_last(this, &request, &socket, context),
        None => {
            request::with(this, context, |known| {
                known.flags |= flags::FINISH_WHEN_FLUSHED
            });
            Ok(true)
        }
    }
}

/// Writes the last bytes of a request past the socket's stream, which has nothing to do and would only hand them on. Answers
/// whether it could be done so.
fn send_last(
    this: &JsValue,
    request: &JsObject,
    socket: &JsObject,
    context: &mut Context,
) -> JsResult<bool> {
    let Some(stream) = flow::idle(socket, context)? else {
        return Ok(false);
    };
    calls::call(request, js_string!("_finish"), &[], context)?;
    let bytes = outgoing::need(this, context, |record| std::mem::take(&mut record.kept))?;
    if bytes.is_empty() {
        tick_native(finished_now, vec![this.clone()], context);
        return Ok(true);
    }
    flow::refresh(socket, context)?;
    match stream.write(&[&bytes], None, context) {
        0 => tick_native(finished_now, vec![this.clone()], context),
        1 => {
            let of = (this.clone(), socket.clone());
            let done = flow::written(
                socket,
                of,
                |(request, socket), error, context| sent(request, socket, error, context),
                context,
            );
            stream.when_written(done, context);
        }
        errno => {
            let error = errno_exception(errno, "write", None, context).into_opaque(context)?;
            destroy(socket, &error, context)?;
            tick_native(finished_now, vec![this.clone(), error], context);
        }
    }
    Ok(true)
}

fn destroy(socket: &JsObject, error: &JsValue, context: &mut Context) -> JsResult<()> {
    let error = std::slice::from_ref(error);
    calls::call(socket, js_string!("destroy"), error, context)?;
    Ok(())
}

/// The last bytes of a request have been sent, or can't be.
fn sent(
    request: &JsValue,
    socket: &JsObject,
    error: JsValue,
    context: &mut Context,
) -> JsResult<()> {
    if error.is_null() {
        return finished_now(std::slice::from_ref(request), context);
    }
    destroy(socket, &error, context)?;
    finished_now(&[request.clone(), error], context)
}

/// `finishRequest(request, error)`: all of it has been handed on, or can't be.
pub fn finished(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    finished_now(args, context)?;
    Ok(JsValue::undefined())
}

fn finished_now(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let this = args.get_or_undefined(0);
    let before = outgoing::with(this, context, |record| record.has(bits::FINISHED));
    if before == Some(true) {
        return Ok(());
    }
    let request = this.to_object(context)?;
    let error = args.get_or_undefined(1);
    let socket = request.look_up(js_string!("socket"), context)?.as_object();
    let had_error = match &socket {
        Some(socket) => socket
            .look_up(js_string!("_hadError"), context)?
            .to_boolean(),
        None => false,
    };
    if error.to_boolean() || had_error {
        let mut error = error.clone();
        if let (Some(socket), false) = (socket, error.to_boolean()) {
            error = socket.look_up(js_string!("errored"), context)?;
        }
        if !error.to_boolean() {
            let args = [js_string!("end").into()];
            let destroyed = errors::node_error("ERR_STREAM_DESTROYED", &args, context);
            error = destroyed.into_opaque(context)?;
        }
        return outgoing::call_endings(this, &error, context);
    }
    outgoing::with(this, context, |record| record.bits |= bits::FINISHED);
    outgoing::call_endings(this, &JsValue::null(), context)?;
    events::emit(&request, js_string!("finish"), &[], context).map(drop)
}
