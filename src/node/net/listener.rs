//! A listener of the loop as script holds it: `server._handle`.

use std::{
    cell::{Cell, RefCell},
    io,
    net::SocketAddr,
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string,
};
use ouro_loop::{Event, EventLoop, HandleId, ListenOptions};

use super::{Slot, address, call_back, handle::Stream, members, open};
use crate::{
    engine::native::Natives,
    node::errors::system::errno_of,
    runtime::{
        State,
        access::{self, Operation},
        async_context::Frame,
        dispatch::Owner,
        door,
    },
    sys::{self, OwnedDescriptor},
};

const EINVAL: i32 = -22;
const EBADF: i32 = -9;

/// Who takes the connections of a listener instead of `net`'s script half.
pub trait Accept {
    /// Takes a connection, or leaves it to script (`false`).
    fn accept(&self, id: HandleId, server: &JsObject, context: &mut Context) -> JsResult<bool>;
}

/// The state behind a listener object.
pub struct Listener {
    id: Cell<Option<HandleId>>,
    server: RefCell<Option<JsObject>>,
    closed: RefCell<Option<JsObject>>,
    accept: RefCell<Option<Rc<dyn Accept>>>,
    /// A listening socket that came from another process, until a server takes it.
    parked: RefCell<Option<OwnedDescriptor>>,
    /// Where it listens, once somebody has asked.
    address: Cell<Option<SocketAddr>>,
    frame: Frame,
}

/// What a listener object holds.
#[derive(Clone, Trace, Finalize, JsData)]
struct ListenerHandle(#[unsafe_ignore_trace] Rc<Listener>);

impl Listener {
    /// Lets somebody else take the connections.
    pub fn set_accept(&self, accept: Rc<dyn Accept>) {
        self.accept.replace(Some(accept));
    }

    /// The loop's handle, unless it is closed.
    pub fn id(&self) -> Option<HandleId> {
        self.id.get()
    }

    /// Where it listens. The system is asked once: that stays as it is.
    ///
    /// # Errors
    /// Those of `getsockname`.
    pub fn local_addr(&self, event_loop: &EventLoop, id: HandleId) -> io::Result<SocketAddr> {
        if let Some(known) = self.address.get() {
            return Ok(known);
        }
        let address = event_loop.local_addr(id)?;
        self.address.set(Some(address));
        Ok(address)
    }

    /// The listener behind an object, if it is one.
    pub fn of(object: &JsObject) -> Option<Rc<Self>> {
        object
            .downcast_ref::<ListenerHandle>()
            .map(|handle| handle.0.clone())
    }

    /// The socket that no server has taken yet.
    #[cfg(unix)]
    pub(super) fn parked(&self) -> std::cell::Ref<'_, Option<OwnedDescriptor>> {
        self.parked.borrow()
    }

    fn take_one(&self, connection: HandleId, context: &mut Context) -> JsResult<()> {
        let Some(server) = self.server.borrow().clone() else {
            let _ = State::of(context).event_loop.close(connection);
            return Ok(());
        };
        let accept = self.accept.borrow().clone();
        if let Some(accept) = accept
            && accept.accept(connection, &server, context)?
        {
            return Ok(());
        }
        let stream = Stream::adopt(connection, None, context);
        stream.begin_anew();
        let handle = stream.object(context);
        call_back(
            js_string!("onconnection"),
            &[server.into(), 0.into(), handle.into()],
            context,
        )
        .map(drop)
    }
}

impl Owner for Listener {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        match event {
            Event::Connection(id) => {
                let state = State::of(context);
                let mut first = true;
                loop {
                    if self.id.get().is_none() {
                        // A listener of 'connection' has closed it.
                        return Ok(());
                    }
                    match state.event_loop.accept(id) {
                        Ok(Some(connection)) => {
                            // Each connection is a callback of its own.
                            if !std::mem::take(&mut first) {
                                door::drain(context);
                            }
                            if state.is_terminating() {
                                return Ok(());
                            }
                            self.take_one(connection, context)?;
                        }
                        Ok(None) => return Ok(()),
                        Err(error) => {
                            let Some(server) = self.server.borrow().clone() else {
                                return Ok(());
                            };
                            let args = [server.into(), errno_of(&error).into()];
                            return call_back(js_string!("onconnection"), &args, context).map(drop);
                        }
                    }
                }
            }
            Event::Closed(_) => {
                self.server.replace(None);
                self.accept.replace(None);
                match self.closed.take() {
                    Some(done) => done.call(&JsValue::undefined(), &[], context).map(drop),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }

    fn let_go(&self) {
        drop(self.server.take());
        drop(self.closed.take());
        drop(self.accept.take());
    }
}

/// What hooks of `async_hooks` hear.
pub(super) const TCP: &str = "TCPSERVERWRAP";
pub(super) const PIPE: &str = "PIPESERVERWRAP";

/// The handle of a listener that the loop has made, or an error number.
pub(super) fn adopt(
    made: std::io::Result<HandleId>,
    kind: &'static str,
    server: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
    let id = match made {
        Ok(id) => id,
        Err(error) => return Ok(errno_of(&error).into()),
    };
    let (listener, object) = make(Some(id), None, kind, context);
    listener.server.replace(server.as_object());
    State::of(context).owners.set(id, listener);
    Ok(object.into())
}

fn make(
    id: Option<HandleId>,
    parked: Option<OwnedDescriptor>,
    kind: &'static str,
    context: &mut Context,
) -> (Rc<Listener>, JsObject) {
    let state = State::of(context);
    let frame = state.async_context.resource(kind, None, context);
    let listener = Rc::new(Listener {
        id: Cell::new(id),
        server: RefCell::default(),
        closed: RefCell::default(),
        accept: RefCell::default(),
        parked: RefCell::new(parked),
        address: Cell::default(),
        frame,
    });
    let prototype = prototype(context);
    let handle = ListenerHandle(listener.clone());
    let object = JsObject::new(context.root_shape(), prototype, handle).upcast();
    (listener, object)
}

/// A handle for a listening socket that came from another process. Nothing is accepted before a server has it.
pub fn park(descriptor: OwnedDescriptor, context: &mut Context) -> JsObject {
    make(None, Some(descriptor), TCP, context).1
}

/// `attach(server)`: says whose handle it is; 0, or an error number.
fn attach(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(listener) = this_listener(this) else {
        return Ok(EBADF.into());
    };
    listener
        .server
        .replace(args.get_or_undefined(0).as_object());
    if let Some(descriptor) = listener.parked.take() {
        let state = State::of(context);
        match sys::listen_on(&state.event_loop, descriptor) {
            Ok(id) => {
                listener.id.set(Some(id));
                state.owners.set(id, listener);
            }
            Err(error) => return Ok(errno_of(&error).into()),
        }
    }
    Ok(0.into())
}

/// `isListener(value)`: whether it is a handle that a server may take.
pub fn is_listener(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(this_listener(args.get_or_undefined(0)).is_some().into())
}

/// `listenTcp(server, address, port, backlog, ipv6Only, reusePort)`: a handle, or an error number.
pub fn listen_tcp(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let host = args
        .get_or_undefined(1)
        .to_string(context)?
        .to_std_string_lossy();
    let port = args.get_or_undefined(2).to_u32(context)? as u16;
    let Some(address) = address::parse(&host, port) else {
        return Ok(EINVAL.into());
    };
    let options = ListenOptions {
        backlog: args.get_or_undefined(3).to_i32(context)?,
        ipv6_only: args.get_or_undefined(4).to_boolean(),
        reuse_port: args.get_or_undefined(5).to_boolean(),
    };
    access::check(Operation::NetListen(address), context)?;
    let made = State::of(context).event_loop.tcp_listen(address, &options);
    adopt(made, TCP, args.get_or_undefined(0), context)
}

/// `listenPipe(server, path, backlog)`: a handle, or an error number.
pub fn listen_pipe(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = open::path_of(args.get_or_undefined(1));
    let backlog = args.get_or_undefined(2).to_i32(context)?;
    access::check(Operation::PipeListen(&path), context)?;
    let made = State::of(context).event_loop.pipe_listen(&path, backlog);
    adopt(like_libuv(made), PIPE, args.get_or_undefined(0), context)
}

/// libuv's answer where the folder of a pipe is missing.
pub(super) fn like_libuv<T>(made: std::io::Result<T>) -> std::io::Result<T> {
    made.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => std::io::ErrorKind::PermissionDenied.into(),
        _ => error,
    })
}

/// `listenFd(server, fd)`: a handle, or an error number. The descriptor is the handle's from here on.
pub fn listen_fd(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let fd = args.get_or_undefined(1).to_i32(context)?;
    access::check(Operation::Descriptor(fd), context)?;
    let state = State::of(context);
    // Tried with a copy, for what can't be listened on stays the caller's.
    let made = sys::duplicate(fd).and_then(|copy| sys::listen_on(&state.event_loop, copy));
    if made.is_ok() {
        drop(sys::take_descriptor(fd));
    }
    adopt(made, TCP, args.get_or_undefined(0), context)
}

fn prototype(context: &mut Context) -> JsObject {
    let slot = State::of(context).slot::<Slot>();
    if let Some(prototype) = slot.listener_prototype.borrow().as_ref() {
        return prototype.clone();
    }
    let prototype = Natives::new(context)
        .function("attach", 1, attach)
        .function("close", 1, close)
        .function("ref", 0, add_ref)
        .function("unref", 0, remove_ref)
        .function("hasRef", 0, members::has_ref)
        .function("getsockname", 0, members::sock_name)
        .accessor("fd", members::fd, None)
        .build();
    slot.listener_prototype.replace(Some(prototype.clone()));
    prototype
}

fn this_listener(this: &JsValue) -> Option<Rc<Listener>> {
    Listener::of(&this.as_object()?)
}

fn close(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(listener) = this_listener(this) else {
        return Ok(EBADF.into());
    };
    listener.parked.take();
    let Some(id) = listener.id.take() else {
        return Ok(0.into());
    };
    listener
        .closed
        .replace(args.get_or_undefined(0).as_object());
    let _ = State::of(context).event_loop.close(id);
    Ok(0.into())
}

fn set_ref(this: &JsValue, referenced: bool, context: &Context) -> JsResult<JsValue> {
    if let Some(id) = this_listener(this).and_then(|listener| listener.id.get()) {
        let _ = State::of(context).event_loop.set_ref(id, referenced);
    }
    Ok(JsValue::undefined())
}

fn add_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set_ref(this, true, context)
}

fn remove_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set_ref(this, false, context)
}
