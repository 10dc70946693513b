//! What is behind a `net.BoundSocket`: a socket with an address, until a server or a socket takes it.

use std::cell::RefCell;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace};
use ouro_loop::{BoundSocket, ListenOptions};

use super::{
    address,
    handle::Stream,
    listener::{self, PIPE, TCP},
};
use crate::{
    engine::native::Natives,
    node::errors::system::errno_of,
    runtime::{
        State,
        access::{self, Operation},
    },
};

const EBADF: i32 = -9;
const EINVAL: i32 = -22;

#[derive(Trace, Finalize, JsData)]
struct Bound(#[unsafe_ignore_trace] RefCell<Option<BoundSocket>>);

fn object(made: std::io::Result<BoundSocket>, context: &mut Context) -> JsValue {
    match made {
        Ok(socket) => {
            // Its methods are made with it: such sockets are few.
            let prototype = Natives::new(context)
                .function("getsockname", 0, sock_name)
                .function("listen", 3, listen)
                .function("toStream", 1, to_stream)
                .function("close", 0, close)
                .accessor("fd", fd, None)
                .build();
            let bound = Bound(RefCell::new(Some(socket)));
            JsObject::new(context.root_shape(), prototype, bound)
                .upcast()
                .into()
        }
        Err(error) => errno_of(&error).into(),
    }
}

/// `bindTcp(host, port, ipv6Only, reusePort)`: an object, or an error number.
pub fn bind_tcp(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let host = args
        .get_or_undefined(0)
        .to_string(context)?
        .to_std_string_lossy();
    let port = args.get_or_undefined(1).to_u32(context)? as u16;
    let Some(address) = address::parse(&host, port) else {
        return Ok(EINVAL.into());
    };
    let options = ListenOptions {
        ipv6_only: args.get_or_undefined(2).to_boolean(),
        reuse_port: args.get_or_undefined(3).to_boolean(),
        ..ListenOptions::default()
    };
    access::check(Operation::NetListen(address), context)?;
    Ok(object(BoundSocket::tcp(address, &options), context))
}

/// `bindPipe(path)`: an object, or an error number.
pub fn bind_pipe(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = super::open::path_of(args.get_or_undefined(0));
    access::check(Operation::PipeListen(&path), context)?;
    let made = listener::like_libuv(BoundSocket::pipe(&path));
    Ok(object(made, context))
}

fn with<R>(this: &JsValue, act: impl FnOnce(&mut Option<BoundSocket>) -> R) -> Option<R> {
    let object = this.as_object()?;
    let bound = object.downcast_ref::<Bound>()?;
    let result = act(&mut bound.0.borrow_mut());
    Some(result)
}

fn take(this: &JsValue) -> Option<BoundSocket> {
    with(this, Option::take).flatten()
}

/// `getsockname()`: `undefined` for a socket of the Unix domain.
fn sock_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let address = with(this, |bound| {
        bound.as_ref().and_then(BoundSocket::local_addr)
    })
    .flatten();
    Ok(match address {
        Some(address) => address::describe(&address, context).into(),
        None => JsValue::undefined(),
    })
}

fn fd(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let fd = with(this, |bound| {
        bound.as_ref().and_then(BoundSocket::descriptor)
    });
    Ok(fd.flatten().unwrap_or(-1).into())
}

/// `listen(server, backlog, isPipe)`: the handle of a listener, or an error number.
fn listen(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = take(this) else {
        return Ok(EBADF.into());
    };
    let backlog = args.get_or_undefined(1).to_i32(context)?;
    let made = State::of(context).event_loop.listen_bound(socket, backlog);
    let kind = if args.get_or_undefined(2).to_boolean() {
        PIPE
    } else {
        TCP
    };
    listener::adopt(made, kind, args.get_or_undefined(0), context)
}

/// `toStream(isPipe)`: the handle of a stream that is going to connect from here; `attach` says whose it is.
fn to_stream(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = Stream::unbound(None, args.get_or_undefined(0).to_boolean(), context);
    stream.set_bound(take(this));
    Ok(stream.object(context).into())
}

fn close(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    drop(take(this));
    Ok(JsValue::undefined())
}
