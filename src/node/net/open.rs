//! How a stream handle comes to be: by connecting, or from a descriptor.

use std::path::PathBuf;

use boa_engine::{Context, JsArgs, JsResult, JsValue};
use ouro_loop::{BoundSocket, ConnectOptions, HandleId, LoopError, StreamKind};

use super::{address, handle::Stream};
use crate::{
    node::errors,
    runtime::{
        State,
        access::{self, Operation},
    },
};

const EINVAL: i32 = -22;

fn text(value: &JsValue) -> Option<String> {
    value.as_string().map(|text| text.to_std_string_lossy())
}

/// `makeHandle(socket, toPipe)`: a handle that is going to connect.
pub fn make_handle(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = Stream::unbound(
        args.get_or_undefined(0).as_object(),
        args.get_or_undefined(1).to_boolean(),
        context,
    );
    Ok(stream.object(context).into())
}

fn begin(
    handle: &JsValue,
    made: Result<HandleId, LoopError>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let handle = handle.as_object();
    match (made, handle.and_then(|handle| Stream::of(&handle))) {
        (Ok(id), Some(stream)) => {
            let kind = match State::of(context).event_loop.stream_kind(id) {
                Ok(StreamKind::Pipe) => "PIPECONNECTWRAP",
                _ => "TCPCONNECTWRAP",
            };
            stream.connects(kind, context);
            stream.bind(id, context);
            Ok(0.into())
        }
        (Ok(id), None) => {
            let _ = State::of(context).event_loop.close(id);
            Ok(EINVAL.into())
        }
        (Err(error), _) => Ok(errors::system::errno_of(&error.into()).into()),
    }
}

/// `connectTcp(handle, address, port, localAddress, localPort)`: 0, or an error number.
pub fn connect_tcp(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let port = args.get_or_undefined(2).to_u32(context)? as u16;
    let local_port = args.get_or_undefined(4).to_u32(context)? as u16;
    let host = text(args.get_or_undefined(1)).unwrap_or_default();
    let Some(target) = address::parse(&host, port) else {
        return Ok(EINVAL.into());
    };
    let local = match text(args.get_or_undefined(3)) {
        Some(host) => match address::parse(&host, local_port) {
            Some(local) => Some(local),
            None => return Ok(EINVAL.into()),
        },
        None if local_port > 0 => {
            address::parse(if target.is_ipv4() { "0.0.0.0" } else { "::" }, local_port)
        }
        None => None,
    };
    access::check(Operation::NetConnect(target), context)?;
    let handle = args.get_or_undefined(0);
    let event_loop = &State::of(context).event_loop;
    let made = match unused(handle, |bound| event_loop.tcp_connect_bound(bound, target)) {
        Some(made) => made,
        None => event_loop.tcp_connect(target, &ConnectOptions { local }),
    };
    begin(handle, made, context)
}

/// `connectPipe(handle, path)`: 0, or an error number.
pub fn connect_pipe(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = path_of(args.get_or_undefined(1));
    access::check(Operation::PipeConnect(&path), context)?;
    let handle = args.get_or_undefined(0);
    let event_loop = &State::of(context).event_loop;
    let made = match unused(handle, |bound| event_loop.pipe_connect_bound(bound, &path)) {
        Some(made) => made,
        None => event_loop.pipe_connect(&path),
    };
    begin(handle, made, context)
}

/// Connects from what the handle is bound to, if it is and hasn't connected before.
fn unused<R>(handle: &JsValue, connect: impl FnOnce(&mut BoundSocket) -> R) -> Option<R> {
    let stream = Stream::of(&handle.as_object()?)?;
    if stream.id().is_some() {
        return None;
    }
    stream.bound().as_mut().map(connect)
}

/// The path that a string names. A leading NUL is Linux's abstract namespace.
pub(super) fn path_of(value: &JsValue) -> PathBuf {
    PathBuf::from(value.as_string().unwrap_or_default().to_std_string_lossy())
}

/// `openFd(socket, fd)`: a handle, or an error number.
#[cfg(unix)]
pub fn open_fd(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    use std::os::fd::{FromRawFd, OwnedFd};

    let Some(socket) = args.get_or_undefined(0).as_object() else {
        return Ok(EINVAL.into());
    };
    let fd = args.get_or_undefined(1).to_i32(context)?;
    access::check(Operation::Descriptor(fd), context)?;
    // SAFETY: only asks whether the number is an open descriptor.
    if fd < 0 || unsafe { libc::fcntl(fd, libc::F_GETFD) } < 0 {
        return Ok(EINVAL.into());
    }
    // SAFETY: the descriptor is open, and script hands it over: Node's sockets close the descriptor they are given too.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let state = State::of(context);
    match state.event_loop.open_fd(fd) {
        Ok(id) => Ok(Stream::adopt(id, Some(socket), context)
            .object(context)
            .into()),
        Err(error) => Ok(errors::system::errno_of(&error).into()),
    }
}

/// `openFd(socket, fd)`: not on this platform.
#[cfg(not(unix))]
pub fn open_fd(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(EINVAL.into())
}
