//! A request on its socket: from the moment that it gets one to the moment that it gives it back.
//!
//! The listeners of a socket are there for each request anew, as in Node. Those that are busy are native; errors, upgrades and
//! informational responses are the script half's.

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction, Trace,
    js_string, object::FunctionObjectBuilder,
};

use super::{
    Slot, help,
    request::{self, flags},
};
use crate::{
    engine::native,
    node::{
        errors::{self, errno_exception},
        events,
        http::{
            incoming,
            outgoing::{self, bits},
            parser, record,
        },
        net::flow,
        stream::{
            calls,
            readable::{attach, detach},
        },
        task_queue::tick_native,
    },
};

/// The listeners that every request has on its socket and its response.
pub struct Listeners {
    data: JsObject,
    end: JsObject,
    error: JsObject,
    close: JsObject,
    drain: JsObject,
    /// Of the socket, once there is a response.
    timeout: JsObject,
    response_end: JsObject,
    finish: JsObject,
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
            data: native::function(context, "socketOnData", 1, on_data).into(),
            end,
            error,
            close,
            drain,
            timeout,
            response_end: native::function(context, "responseOnEnd", 0, on_response_end).into(),
            finish: native::function(context, "requestOnFinish", 0, on_request_finish).into(),
        })
    }
}

/// What a response's head says.
pub struct Response {
    pub message: JsObject,
    pub status: u16,
    pub keep_alive: bool,
    pub upgrade: bool,
}

/// What follows a head.
pub enum Next {
    Body,
    NoBody,
    /// Something other than HTTP.
    Upgrade,
    /// It was a response too many.
    Nothing,
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
    let destroyed = request.get(js_string!("destroyed"), context)?;
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
fn set(
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
    request.set(js_string!("socket"), socket.clone(), true, context)?;
    let known = request::with(&this, context, |known| {
        known.parser = parser.clone().into();
        (known.timeout.clone(), known.agent.as_object())
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
        Some((timeout, _)) if !timeout.is_undefined() => true,
        Some((_, Some(agent))) => match agent.get(js_string!("options"), context)?.as_object() {
            Some(options) => options.get(js_string!("timeout"), context)?.to_boolean(),
            None => false,
        },
        _ => false,
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

// ---- the way out

/// `request._flush()`: sends what was written before there was a socket.
pub fn flush(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(context)?;
    let socket = request.get(js_string!("socket"), context)?;
    let Some(socket) = socket.as_object() else {
        return Ok(JsValue::undefined());
    };
    if !socket.get(js_string!("writable"), context)?.to_boolean() {
        return Ok(JsValue::undefined());
    }
    let waiting = request.get(js_string!("_waitingCallbacks"), context)?;
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
            if request.get(js_string!("_needDrain"), context)?.to_boolean() {
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
    let socket = request.get(js_string!("socket"), context)?;
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
            let done = when_sent(this, socket, context);
            stream.when_written(done, context);
        }
        errno => {
            let error = errno_exception(errno, "write", None, context).into_opaque(context)?;
            calls::call(
                socket,
                js_string!("destroy"),
                std::slice::from_ref(&error),
                context,
            )?;
            tick_native(finished_now, vec![this.clone(), error], context);
        }
    }
    Ok(true)
}

/// What the last write of a request was for.
#[derive(Trace, Finalize)]
struct Sent {
    request: JsValue,
    socket: JsObject,
}

/// What the loop calls when it has sent the last bytes.
fn when_sent(request: &JsValue, socket: &JsObject, context: &mut Context) -> JsObject {
    let done = NativeFunction::from_copy_closure_with_captures(
        |_, args, sent: &Sent, context| {
            let errno = args.get_or_undefined(0).to_i32(context)?;
            if errno == 0 {
                flow::refresh(&sent.socket, context)?;
                finished_now(std::slice::from_ref(&sent.request), context)?;
            } else {
                let error = errno_exception(errno, "write", None, context).into_opaque(context)?;
                calls::call(
                    &sent.socket,
                    js_string!("destroy"),
                    std::slice::from_ref(&error),
                    context,
                )?;
                finished_now(&[sent.request.clone(), error], context)?;
            }
            Ok(JsValue::undefined())
        },
        Sent {
            request: request.clone(),
            socket: socket.clone(),
        },
    );
    FunctionObjectBuilder::new(context.realm(), done)
        .length(1)
        .build()
        .into()
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
    let socket = request.get(js_string!("socket"), context)?.as_object();
    let had_error = match &socket {
        Some(socket) => socket.get(js_string!("_hadError"), context)?.to_boolean(),
        None => false,
    };
    if error.to_boolean() || had_error {
        let mut error = error.clone();
        if let (Some(socket), false) = (socket, error.to_boolean()) {
            error = socket.get(js_string!("errored"), context)?;
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

// ---- the way in

fn on_data(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(context)?;
    let parser = socket.get(js_string!("parser"), context)?;
    if parser.is_object() {
        parser::execute(&parser, args, context)?;
    }
    Ok(JsValue::undefined())
}

/// A response's reader wants more: its parser goes on, and its socket. `None` if the socket isn't a client's.
///
/// # Errors
/// What listeners throw.
pub fn want_more(socket: &JsObject, context: &mut Context) -> JsResult<Option<()>> {
    let parser = socket.get(js_string!("parser"), context)?;
    if parser
        .as_object()
        .is_none_or(|parser| parser::links(&parser).is_none())
    {
        return Ok(None);
    }
    parser::resume(&parser, &[], context)?;
    if !socket.get(js_string!("destroyed"), context)?.to_boolean() {
        calls::call(socket, js_string!("resume"), &[], context)?;
    }
    Ok(Some(()))
}

/// The head of a response has arrived.
///
/// # Errors
/// What listeners throw.
pub fn on_head(parser: &JsObject, response: Response, context: &mut Context) -> JsResult<Next> {
    let Some(links) = parser::links(parser) else {
        return Ok(Next::Nothing);
    };
    let (Some(request), Some(socket)) = (links.outgoing.as_object(), links.socket.as_object())
    else {
        return Ok(Next::Nothing);
    };
    let this = JsValue::from(request.clone());
    let message = JsValue::from(response.message.clone());
    incoming::with(&message, context, |record| record.socket = links.socket);
    if request.get(js_string!("res"), context)?.to_boolean() {
        calls::call(&socket, js_string!("destroy"), &[], context)?;
        return Ok(Next::Nothing);
    }
    let status = response.status;
    if (100..200).contains(&status) && status != 101 {
        let args = [this, message, status.into()];
        help(js_string!("information"), &args, context)?;
        parser::link(parser, |links| links.incoming = JsValue::null());
        return Ok(Next::NoBody);
    }
    let method = request.get(js_string!("method"), context)?.as_string();
    let is = |name| method.as_ref().is_some_and(|method| *method == name);
    let (aborted, upgraded) = request::with(&this, context, |known| {
        known.response = message.clone();
        (
            known.flags & flags::ABORTED != 0,
            known.flags & flags::UPGRADED != 0,
        )
    })
    .unwrap_or_default();
    parser::link(parser, |links| links.incoming = message.clone());
    if is(js_string!("CONNECT")) || (response.upgrade && status == 101) {
        incoming::with(&message, context, |record| {
            record.bits |= incoming::bits::UPGRADE
        });
        return Ok(Next::Upgrade);
    }
    let finished = outgoing::with(&this, context, |record| {
        if !response.keep_alive && !upgraded {
            record.bits &= !bits::KEEP_ALIVE;
        }
        record.has(bits::FINISHED)
    });
    record::define_own(&message, js_string!("req"), this.clone());
    {
        let slot = Slot::of(context);
        let listeners = slot.listeners();
        attach(
            &socket,
            &[(js_string!("timeout"), &listeners.timeout)],
            context,
        )?;
        let end = js_string!("end");
        attach(
            &response.message,
            &[(end, &listeners.response_end)],
            context,
        )?;
        if finished != Some(true) {
            attach(
                &request,
                &[(js_string!("finish"), &listeners.finish)],
                context,
            )?;
        }
    }
    let observed = request.get(js_string!("_observed"), context)?;
    if let Some(observed) = observed.as_callable() {
        observed.call(&this, std::slice::from_ref(&message), context)?;
    }
    if aborted
        || !events::emit(
            &request,
            js_string!("response"),
            std::slice::from_ref(&message),
            context,
        )?
    {
        calls::call(&response.message, js_string!("_dump"), &[], context)?;
    }
    Ok(if is(js_string!("HEAD")) {
        Next::NoBody
    } else {
        Next::Body
    })
}

/// The connection leaves HTTP; `head` is what was read too far.
///
/// # Errors
/// What listeners throw.
pub fn on_upgrade(parser: &JsObject, head: JsValue, context: &mut Context) -> JsResult<()> {
    let links = parser::links(parser).unwrap_or_default();
    let args = [links.outgoing, links.socket, links.incoming, head];
    help(js_string!("upgrade"), &args, context).map(drop)
}

/// What arrived is no response.
///
/// # Errors
/// What listeners throw.
pub fn on_error(parser: &JsObject, error: JsValue, context: &mut Context) -> JsResult<()> {
    let links = parser::links(parser).unwrap_or_default();
    let args = [links.outgoing, links.socket, error];
    help(js_string!("malformed"), &args, context).map(drop)
}

// ---- the end

fn on_response_end(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let response = this.to_object(context)?;
    let request = response.get(js_string!("req"), context)?;
    let object = request.to_object(context)?;
    let socket = object.get(js_string!("socket"), context)?.as_object();
    let listens = request::with(&request, context, |known| {
        known.flags |= flags::ENDED;
        known.timeout_callback.as_object()
    });
    if let (Some(listener), Some(socket)) = (listens.flatten(), &socket) {
        detach(socket, &[(js_string!("timeout"), &listener)], context)?;
    }
    let state = outgoing::need(&request, context, |record| record.bits)?;
    if state & bits::KEEP_ALIVE == 0 {
        if let Some(socket) = socket
            && socket.get(js_string!("writable"), context)?.to_boolean()
            && socket
                .get(js_string!("destroySoon"), context)?
                .is_callable()
        {
            calls::call(&socket, js_string!("destroySoon"), &[], context)?;
        }
    } else if state & bits::FINISHED != 0
        && !response.get(js_string!("aborted"), context)?.to_boolean()
    {
        give_back(&request, &object, context)?;
    }
    Ok(JsValue::undefined())
}

fn on_request_finish(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let ended = request::with(this, context, |known| known.flags & flags::ENDED != 0);
    let kept = outgoing::with(this, context, |record| record.has(bits::KEEP_ALIVE));
    if (ended, kept) == (Some(true), Some(true)) {
        let request = this.to_object(context)?;
        give_back(this, &request, context)?;
    }
    Ok(JsValue::undefined())
}

/// Request and response are complete, and the connection stays.
fn give_back(this: &JsValue, request: &JsObject, context: &mut Context) -> JsResult<()> {
    let Some(socket) = request.get(js_string!("socket"), context)?.as_object() else {
        return Ok(());
    };
    let first = request::with(this, context, |known| {
        let first = known.flags & flags::RELEASED == 0;
        known.flags |= flags::RELEASED;
        first.then(|| std::mem::replace(&mut known.timeout_callback, JsValue::null()))
    });
    let Some(Some(timeout)) = first else {
        return Ok(());
    };
    if timeout.to_boolean() {
        let args = [0.into(), timeout];
        calls::call(&socket, js_string!("setTimeout"), &args, context)?;
    }
    let args = [JsValue::from(socket)];
    release(&JsValue::undefined(), &args, context)?;
    outgoing::with(this, context, |record| {
        record.bits |= bits::DESTROYED;
        record.ended_in = 0;
    });
    let [socket] = args;
    tick_native(given_back, vec![this.clone(), socket], context);
    Ok(())
}

fn given_back(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let this = args.get_or_undefined(0);
    let request = this.to_object(context)?;
    let socket = args.get_or_undefined(1).to_object(context)?;
    outgoing::with(this, context, |record| record.bits |= bits::CLOSED);
    events::emit(&request, js_string!("close"), &[], context)?;
    events::emit(&socket, js_string!("free"), &[], context).map(drop)
}

/// `cleanUp(socket)`: nobody reads it any longer.
pub fn clean_up(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = args.get_or_undefined(0).to_object(context)?;
    let slot = Slot::of(context);
    let listeners = slot.listeners();
    detach(&socket, &[(js_string!("data"), &listeners.data)], context)?;
    detach(&socket, &[(js_string!("end"), &listeners.end)], context)?;
    Ok(JsValue::undefined())
}

/// `release(socket)`: the socket and its request have nothing to do with each other any longer.
pub fn release(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = args.get_or_undefined(0).to_object(context)?;
    {
        let slot = Slot::of(context);
        let listeners = slot.listeners();
        let all = [
            (js_string!("data"), &listeners.data),
            (js_string!("end"), &listeners.end),
            (js_string!("error"), &listeners.error),
            (js_string!("close"), &listeners.close),
            (js_string!("drain"), &listeners.drain),
            (js_string!("timeout"), &listeners.timeout),
        ];
        detach(&socket, &all, context)?;
    }
    free_parser(&JsValue::undefined(), args, context)
}

/// `freeParser(socket)`: the socket and its request have no more use for their parser.
pub fn free_parser(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = args.get_or_undefined(0).to_object(context)?;
    let Some(parser) = socket.get(js_string!("parser"), context)?.as_object() else {
        return Ok(JsValue::undefined());
    };
    set(&socket, js_string!("parser"), JsValue::null(), context)?;
    let Some(links) = parser::links(&parser) else {
        return Ok(JsValue::undefined());
    };
    request::with(&links.outgoing, context, |known| {
        let mine = known.parser.as_object();
        if mine.is_some_and(|mine| JsObject::equals(&mine, &parser)) {
            known.parser = JsValue::null();
        }
    });
    parser::give(&parser, context);
    Ok(JsValue::undefined())
}
