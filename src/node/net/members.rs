//! What handles of streams and of listeners have in common for script: whether they are referenced, where they are, their
//! descriptor.

use std::net::SocketAddr;

use boa_engine::{Context, JsResult, JsValue};
use ouro_loop::{BoundSocket, HandleId};

use super::{Listener, Stream, address};
use crate::runtime::State;

fn id_of(this: &JsValue) -> Option<HandleId> {
    let object = this.as_object()?;
    match Stream::of(&object) {
        Some(stream) => stream.id(),
        None => Listener::of(&object)?.id(),
    }
}

/// `handle.hasRef()`
pub fn has_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let referenced = id_of(this).and_then(|id| State::of(context).event_loop.has_ref(id).ok());
    Ok(referenced.unwrap_or(false).into())
}

/// `handle.getsockname()`
pub fn sock_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(listener) = this.as_object().and_then(|object| Listener::of(&object)) {
        return describe(this, context, |state, id| {
            listener.local_addr(&state.event_loop, id)
        });
    }
    // One that is bound has an address before it has a stream.
    let stream = this.as_object().and_then(|object| Stream::of(&object));
    let bound = stream.and_then(|stream| stream.bound().as_ref().and_then(BoundSocket::local_addr));
    if let Some(address) = bound {
        return Ok(address::describe(&address, context).into());
    }
    describe(this, context, |state, id| state.event_loop.local_addr(id))
}

/// An address of the handle as script sees it; `undefined` if it has none.
pub fn describe(
    this: &JsValue,
    context: &mut Context,
    ask: impl FnOnce(&State, HandleId) -> std::io::Result<SocketAddr>,
) -> JsResult<JsValue> {
    let address = id_of(this).and_then(|id| ask(&State::of(context), id).ok());
    Ok(match address {
        Some(address) => address::describe(&address, context).into(),
        None => JsValue::undefined(),
    })
}

/// `handle.fd`; -1 where there is none.
#[cfg(unix)]
pub fn fd(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    use std::os::fd::AsRawFd;

    let fd = id_of(this).and_then(|id| State::of(context).event_loop.raw_fd(id).ok());
    let parked = || {
        let listener = Listener::of(&this.as_object()?)?;
        listener.parked().as_ref().map(|fd| fd.as_raw_fd())
    };
    Ok(fd.or_else(parked).unwrap_or(-1).into())
}

/// `handle.fd`: not on this platform.
#[cfg(not(unix))]
pub fn fd(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok((-1).into())
}
