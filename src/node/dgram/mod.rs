//! `dgram`: UDP sockets of the loop as script holds them.
//!
//! The script half keeps what Node's `dgram.Socket` promises; here is the handle behind it, whose methods answer with error
//! numbers as libuv's do. While a handle is bound it keeps its socket alive.

mod settings;

use std::{
    cell::{Cell, RefCell},
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::JsArray,
};
use ouro_loop::{Event, HandleId, UdpOptions};
use rustc_hash::FxHashMap;

use crate::{
    engine::native::Natives,
    node::{
        buffer::{self, View},
        errors::system::errno_of,
        net::address,
    },
    runtime::{
        State,
        access::{self, Operation},
        async_context::Frame,
        dispatch::Owner,
        door,
    },
    sys,
};

const EBADF: i32 = -9;
const EINVAL: i32 = -22;
/// No datagram is longer.
const LONGEST_DATAGRAM: usize = 64 * 1024;

/// What `bind` is told, in bits as libuv's.
const IPV6_ONLY: u32 = 1;
const REUSE_ADDRESS: u32 = 4;
const REUSE_PORT: u32 = 8;

/// What the module keeps for each runtime.
#[derive(Default)]
pub struct Slot {
    prototype: RefCell<Option<JsObject>>,
    /// Where datagrams go first. It isn't there while one is received.
    buffer: Cell<Vec<u8>>,
}

/// The state behind a handle object.
pub struct Socket {
    /// `None` before it is bound and after it is closed.
    id: Cell<Option<HandleId>>,
    v6: bool,
    /// The `dgram.Socket`; held while the handle is bound.
    socket: RefCell<Option<JsObject>>,
    /// `onMessage(socket, errno, bytes, address, family, port)`
    on_message: RefCell<Option<JsObject>>,
    /// Callbacks of sends under way.
    sends: RefCell<FxHashMap<u64, JsObject>>,
    next_tag: Cell<u64>,
    /// What `ref` and `unref` said.
    referenced: Cell<bool>,
    frame: Frame,
}

/// What a handle object holds.
#[derive(Clone, Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] Rc<Socket>);

impl Socket {
    fn adopt(self: &Rc<Self>, id: HandleId, context: &Context) {
        let state = State::of(context);
        self.id.set(Some(id));
        if !self.referenced.get() {
            let _ = state.event_loop.set_ref(id, false);
        }
        state.owners.set(id, self.clone());
    }

    /// The handle; one that isn't bound is bound to any address and port, as libuv does for those who join a group.
    fn bound(self: &Rc<Self>, context: &mut Context) -> JsResult<io::Result<HandleId>> {
        if let Some(id) = self.id.get() {
            return Ok(Ok(id));
        }
        let address = if self.v6 {
            SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))
        } else {
            SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
        };
        access::check(Operation::NetListen(address), context)?;
        let options = UdpOptions {
            reuse_address: true,
            ..UdpOptions::default()
        };
        let made = State::of(context).event_loop.udp_bind(address, &options);
        if let Ok(id) = made {
            self.adopt(id, context);
        }
        Ok(made)
    }

    /// Hands over datagrams, each in a callback of its own.
    fn receive(&self, id: HandleId, context: &mut Context) -> JsResult<()> {
        let state = State::of(context);
        let mut first = true;
        while self.id.get() == Some(id) {
            let slot = state.slot::<Slot>();
            let mut buffer = slot.buffer.take();
            buffer.resize(LONGEST_DATAGRAM, 0);
            let received = state.event_loop.udp_receive(id, &mut buffer);
            let bytes = match &received {
                Ok(Some((count, _))) => Some(buffer::from_slice_pooled(&buffer[..*count], context)),
                _ => None,
            };
            slot.buffer.set(buffer);
            let (Some(socket), Some(on_message)) = (
                self.socket.borrow().clone(),
                self.on_message.borrow().clone(),
            ) else {
                return Ok(());
            };
            let mut args: Vec<JsValue> = vec![socket.into()];
            match (received, bytes) {
                (Ok(Some((_, from))), Some(bytes)) => {
                    let family = if from.is_ipv4() {
                        js_string!("IPv4")
                    } else {
                        js_string!("IPv6")
                    };
                    args.push(0.into());
                    args.push(bytes?.into());
                    args.push(JsString::from(from.ip().to_string()).into());
                    args.push(family.into());
                    args.push(from.port().into());
                }
                (Err(error), _) => args.push(errno_of(&error).into()),
                _ => return Ok(()),
            }
            if !std::mem::take(&mut first) {
                door::drain(context);
                if state.is_terminating() {
                    return Ok(());
                }
            }
            on_message.call(&JsValue::undefined(), &args, context)?;
        }
        Ok(())
    }
}

impl Owner for Socket {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        match event {
            Event::Readable(id) => self.receive(id, context),
            Event::Wrote { tag, result, .. } => {
                let done = self.sends.borrow_mut().remove(&tag);
                let errno = result.as_ref().err().map_or(0, errno_of);
                crate::node::net::finish(done, errno, context)
            }
            _ => Ok(()),
        }
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }

    fn let_go(&self) {
        drop(self.socket.take());
        drop(self.on_message.take());
        drop(self.sends.take());
    }
}

/// `binding('dgram')`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("makeHandle", 3, make_handle)
        .value("IPV6_ONLY", IPV6_ONLY)
        .value("REUSE_ADDRESS", REUSE_ADDRESS)
        .value("REUSE_PORT", REUSE_PORT)
        .build())
}

/// `makeHandle(socket, v6, onMessage)`: a handle that isn't bound.
fn make_handle(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let frame = state.async_context.resource("UDPWRAP", None, context);
    let socket = Rc::new(Socket {
        id: Cell::new(None),
        v6: args.get_or_undefined(1).to_boolean(),
        socket: RefCell::new(args.get_or_undefined(0).as_object()),
        on_message: RefCell::new(args.get_or_undefined(2).as_object()),
        sends: RefCell::default(),
        next_tag: Cell::new(0),
        referenced: Cell::new(true),
        frame,
    });
    let prototype = prototype(context);
    Ok(
        JsObject::new(context.root_shape(), prototype, Handle(socket))
            .upcast()
            .into(),
    )
}

fn prototype(context: &mut Context) -> JsObject {
    let slot = State::of(context).slot::<Slot>();
    if let Some(prototype) = slot.prototype.borrow().as_ref() {
        return prototype.clone();
    }
    let natives = Natives::new(context)
        .function("bind", 3, bind)
        .function("open", 1, open)
        .function("connect", 2, connect)
        .function("disconnect", 0, disconnect)
        .function("receiveStart", 0, receive_start)
        .function("receiveStop", 0, receive_stop)
        .function("send", 4, send)
        .function("close", 0, close)
        .function("ref", 0, add_ref)
        .function("unref", 0, remove_ref)
        .function("hasRef", 0, has_ref)
        .function("getsockname", 0, sock_name)
        .function("getpeername", 0, peer_name)
        .accessor("queueSize", queue_size, None)
        .accessor("queueCount", queue_count, None)
        .accessor("fd", fd, None);
    let prototype = settings::methods(natives).build();
    slot.prototype.replace(Some(prototype.clone()));
    prototype
}

fn this_socket(this: &JsValue) -> Option<Rc<Socket>> {
    let object = this.as_object()?;
    let handle = object.downcast_ref::<Handle>()?;
    Some(handle.0.clone())
}

fn answer(result: io::Result<()>) -> JsValue {
    result.map_or_else(|error| errno_of(&error), |()| 0).into()
}

/// Runs `act` on the bound handle behind `this`; another one answers `EBADF`.
fn with_id(
    this: &JsValue,
    context: &Context,
    act: impl FnOnce(&State, HandleId) -> io::Result<()>,
) -> JsResult<JsValue> {
    match this_socket(this).and_then(|socket| socket.id.get()) {
        Some(id) => Ok(answer(act(&State::of(context), id))),
        None => Ok(EBADF.into()),
    }
}

fn address_of(
    host: &JsValue,
    port: &JsValue,
    context: &mut Context,
) -> JsResult<Option<SocketAddr>> {
    let host = host.to_string(context)?.to_std_string_lossy();
    let port = port.to_u32(context)? as u16;
    Ok(address::parse(&host, port))
}

/// `bind(address, port, flags)`: 0, or an error number.
fn bind(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let flags = args.get_or_undefined(2).to_u32(context)?;
    let address = address_of(args.get_or_undefined(0), args.get_or_undefined(1), context)?;
    let (Some(socket), Some(address)) = (this_socket(this), address) else {
        return Ok(EINVAL.into());
    };
    if socket.id.get().is_some() || address.is_ipv6() != socket.v6 {
        return Ok(EINVAL.into());
    }
    access::check(Operation::NetListen(address), context)?;
    let options = UdpOptions {
        ipv6_only: flags & IPV6_ONLY != 0,
        reuse_address: flags & REUSE_ADDRESS != 0,
        reuse_port: flags & REUSE_PORT != 0,
    };
    let made = State::of(context).event_loop.udp_bind(address, &options);
    Ok(answer(made.map(|id| socket.adopt(id, context))))
}

/// `open(fd)`: takes a descriptor over. 0, or an error number.
#[cfg(unix)]
fn open(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    use std::os::fd::{FromRawFd, OwnedFd};

    let fd = args.get_or_undefined(0).to_i32(context)?;
    access::check(Operation::Descriptor(fd), context)?;
    // SAFETY: only asks whether the number is an open descriptor.
    let is_open = fd >= 0 && unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0;
    let (Some(socket), true) = (this_socket(this), is_open) else {
        return Ok(EBADF.into());
    };
    // SAFETY: the descriptor is open, and script hands it over: Node's sockets close the descriptor they are given too.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    let made = State::of(context).event_loop.open_udp_fd(fd);
    Ok(answer(made.map(|id| socket.adopt(id, context))))
}

/// `open(fd)`: not on this platform.
#[cfg(not(unix))]
fn open(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(EINVAL.into())
}

/// `connect(address, port)`: 0, or an error number.
fn connect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let peer = address_of(args.get_or_undefined(0), args.get_or_undefined(1), context)?;
    let Some(peer) = peer else {
        return Ok(EINVAL.into());
    };
    access::check(Operation::NetConnect(peer), context)?;
    with_id(this, context, |state, id| {
        state.event_loop.udp_connect(id, peer)
    })
}

fn disconnect(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_id(this, context, |state, id| {
        state.event_loop.udp_disconnect(id)
    })
}

fn receive_start(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_id(this, context, |state, id| {
        state.event_loop.udp_receive_start(id)
    })
}

fn receive_stop(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_id(this, context, |state, id| {
        state.event_loop.udp_receive_stop(id)
    })
}

/// `send(list, port, address, done)`: the number of bytes plus one when they are out, 0 when `done(errno)` will be called, or
/// an error number. Without an address it goes to the peer.
fn send(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (host, port) = (args.get_or_undefined(2), args.get_or_undefined(1));
    let to = if host.is_string() {
        let to = address_of(host, port, context)?;
        let Some(to) = to else {
            return Ok(EINVAL.into());
        };
        access::check(Operation::NetConnect(to), context)?;
        Some(to)
    } else {
        None
    };
    let Some(socket) = this_socket(this) else {
        return Ok(EBADF.into());
    };
    let Some(id) = socket.id.get() else {
        return Ok(EBADF.into());
    };
    let bytes = gather(args.get_or_undefined(0), context)?;
    let state = State::of(context);
    match state.event_loop.udp_try_send(id, &bytes, to) {
        Ok(count) => return Ok((count as u32 + 1).into()),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        Err(error) => return Ok(errno_of(&error).into()),
    }
    let tag = socket.next_tag.get();
    socket.next_tag.set(tag + 1);
    if let Err(error) = state.event_loop.udp_send(id, bytes, to, tag) {
        return Ok(errno_of(&error).into());
    }
    if let Some(done) = args.get_or_undefined(3).as_object() {
        socket.sends.borrow_mut().insert(tag, done);
    }
    Ok(0.into())
}

/// The bytes of a list of buffers, in a row.
fn gather(list: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    let Some(list) = list.as_object() else {
        return Ok(Vec::new());
    };
    let list = JsArray::from_object(list)?;
    let mut bytes = Vec::new();
    for index in 0..list.length(context)? {
        let part = list.at(index as i64, context)?;
        if let Some(view) = View::of(&part, context) {
            view.read(|part| bytes.extend_from_slice(part));
        }
    }
    Ok(bytes)
}

/// Closes the handle. What it was sending is cancelled, and its callbacks come with `ECANCELED`.
fn close(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = this_socket(this) else {
        return Ok(EBADF.into());
    };
    socket.socket.replace(None);
    socket.on_message.replace(None);
    if let Some(id) = socket.id.take() {
        let _ = State::of(context).event_loop.close(id);
    }
    Ok(0.into())
}

fn set_ref(this: &JsValue, referenced: bool, context: &Context) -> JsResult<JsValue> {
    if let Some(socket) = this_socket(this) {
        socket.referenced.set(referenced);
        if let Some(id) = socket.id.get() {
            let _ = State::of(context).event_loop.set_ref(id, referenced);
        }
    }
    Ok(JsValue::undefined())
}

fn add_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set_ref(this, true, context)
}

fn remove_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set_ref(this, false, context)
}

fn has_ref(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(this_socket(this)
        .is_some_and(|socket| socket.referenced.get())
        .into())
}

fn name(
    this: &JsValue,
    context: &mut Context,
    ask: impl FnOnce(&State, HandleId) -> io::Result<SocketAddr>,
) -> JsResult<JsValue> {
    let Some(id) = this_socket(this).and_then(|socket| socket.id.get()) else {
        return Ok(EBADF.into());
    };
    let found = ask(&State::of(context), id);
    Ok(match found {
        Ok(address) => address::describe(&address, context).into(),
        Err(error) => errno_of(&error).into(),
    })
}

/// `{ address, family, port }` of this end, or an error number.
fn sock_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    name(this, context, |state, id| state.event_loop.local_addr(id))
}

/// `{ address, family, port }` of the peer, or an error number.
fn peer_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    name(this, context, |state, id| {
        state.event_loop.udp_peer_addr(id)
    })
}

fn queue(this: &JsValue, context: &Context) -> (usize, usize) {
    this_socket(this)
        .and_then(|socket| socket.id.get())
        .and_then(|id| State::of(context).event_loop.udp_queue(id).ok())
        .unwrap_or_default()
}

fn queue_size(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok((queue(this, context).0 as f64).into())
}

fn queue_count(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok((queue(this, context).1 as f64).into())
}

fn fd(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = this_socket(this).and_then(|socket| socket.id.get());
    let fd = id.and_then(|id| sys::descriptor_of(&State::of(context).event_loop, id));
    Ok(fd.unwrap_or(-1).into())
}
