//! A request's way back: the bytes of its response, their meaning, and the end of both, when the socket is given back.
//!
//! Errors, upgrades and informational responses are the script half's.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};

use super::{
    Slot,
    exchange::set,
    help,
    request::{self, flags},
};

use crate::engine::lookup::{LookUp, own_named};
use crate::node::{
    events,
    http::{
        incoming,
        outgoing::{self, bits},
        parser, record,
    },
    stream::{
        calls,
        readable::{attach, detach},
    },
    task_queue::tick_native,
};

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

pub fn on_data(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(context)?;
    let parser = socket.look_up_own(js_string!("parser"), context)?;
    if parser.is_object() {
        parser::execute(&parser, args, context)?;
    }
    Ok(JsValue::undefined())
}

/// The parser that [`on_data`] gives a socket's chunks to.
pub fn parser_of(socket: &JsObject) -> Option<JsObject> {
    own_named(socket, js_string!("parser"))?.as_object()
}

/// A response's reader wants more: its parser goes on, and its socket. `None` if the socket isn't a client's.
///
/// # Errors
/// What listeners throw.
pub fn want_more(socket: &JsObject, context: &mut Context) -> JsResult<Option<()>> {
    let parser = socket.look_up_own(js_string!("parser"), context)?;
    if parser
        .as_object()
        .is_none_or(|parser| parser::links(&parser).is_none())
    {
        return Ok(None);
    }
    parser::resume(&parser, &[], context)?;
    if !socket
        .look_up(js_string!("destroyed"), context)?
        .to_boolean()
    {
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
    if request.look_up(js_string!("res"), context)?.to_boolean() {
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
    let method = request.look_up(js_string!("method"), context)?.as_string();
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
    let observed = request.look_up(js_string!("_observed"), context)?;
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

pub fn on_response_end(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let response = this.to_object(context)?;
    let request = response.look_up(js_string!("req"), context)?;
    let object = request.to_object(context)?;
    let socket = object.look_up(js_string!("socket"), context)?.as_object();
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
            && socket
                .look_up(js_string!("writable"), context)?
                .to_boolean()
            && socket
                .look_up(js_string!("destroySoon"), context)?
                .is_callable()
        {
            calls::call(&socket, js_string!("destroySoon"), &[], context)?;
        }
    } else if state & bits::FINISHED != 0
        && !response
            .look_up(js_string!("aborted"), context)?
            .to_boolean()
    {
        give_back(&request, &object, context)?;
    }
    Ok(JsValue::undefined())
}

pub fn on_request_finish(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
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
    let Some(socket) = request.look_up(js_string!("socket"), context)?.as_object() else {
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
    // Whoever destroys the response now isn't to destroy a socket that is another's.
    if let Some(response) = request::with(this, context, |known| known.response.clone()) {
        incoming::with(&response, context, |record| record.socket = JsValue::null());
    }
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
            (js_string!("error"), &listeners.error),
            (js_string!("data"), &listeners.data),
            (js_string!("end"), &listeners.end),
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
    let Some(parser) = socket
        .look_up_own(js_string!("parser"), context)?
        .as_object()
    else {
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
