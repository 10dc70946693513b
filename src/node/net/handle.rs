//! A stream of the loop as script holds it: `socket._handle`.
//!
//! Events come here and go to the functions that `net/socket.js` registered. While a handle is open it keeps its socket
//! alive. Its methods for script are in `handle/methods.rs`.

mod methods;

use std::{
    cell::{Cell, RefCell},
    io::IoSlice,
    rc::{Rc, Weak},
};

use boa_engine::{Context, Finalize, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use ouro_loop::{BoundSocket, Event, HandleId, ReadResult, StreamKind};
use rustc_hash::FxHashMap;

use super::{ByteReader, Slot, call_back, flow};
use crate::{
    node::{errors::system::errno_of, stream::readable},
    runtime::{
        State,
        async_context::{Frame, destroyed},
        dispatch::Owner,
    },
};

const EBADF: i32 = -9;
/// libuv's number for the end of a stream.
const EOF: i32 = -4095;

/// Who shares a stream's socket and wants its own bytes out first.
pub trait Companion {
    /// Hands over what is waiting to be written.
    fn flush(&self, context: &Context);

    /// What it is sending, for script that looks.
    fn message(&self) -> Option<JsObject>;
}

/// The state behind a handle object.
pub struct Stream {
    id: Cell<Option<HandleId>>,
    /// The `net.Socket`; held while the handle is open.
    socket: RefCell<Option<JsObject>>,
    bytes_read: Cell<u64>,
    bytes_written: Cell<u64>,
    /// Callbacks of writes under way. Tag 0 is never used: it belongs to companions.
    writes: RefCell<FxHashMap<u64, (JsObject, Frame)>>,
    next_tag: Cell<u64>,
    shutdown: RefCell<Option<(JsObject, Frame)>>,
    connecting: RefCell<Frame>,
    closed: RefCell<Option<JsObject>>,
    /// What `ref` and `unref` said while there was no stream.
    referenced: Cell<bool>,
    frame: RefCell<Frame>,
    companion: RefCell<Option<Weak<dyn Companion>>>,
    /// What it is going to connect from. It keeps a name in the file system as long as the handle is open.
    bound: RefCell<Option<BoundSocket>>,
}

/// What a handle object holds.
#[derive(Clone, Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] Rc<Stream>);

impl Stream {
    /// The stream behind an object, if it is a handle.
    pub fn of(object: &JsObject) -> Option<Rc<Self>> {
        object
            .downcast_ref::<Handle>()
            .map(|handle| handle.0.clone())
    }

    /// A handle that owns a stream of the loop from here on.
    pub fn adopt(id: HandleId, socket: Option<JsObject>, context: &mut Context) -> Rc<Self> {
        let state = State::of(context);
        let kind = match state.event_loop.stream_kind(id) {
            Ok(StreamKind::Pipe) => "PIPEWRAP",
            Ok(StreamKind::Tty) => "TTYWRAP",
            _ => "TCPWRAP",
        };
        let frame = state.async_context.resource(kind, None, context);
        let stream = Self::new(Some(id), socket, frame);
        state.owners.set(id, stream.clone());
        stream
    }

    /// A handle without a stream so far: a socket that is going to connect.
    pub fn unbound(socket: Option<JsObject>, pipe: bool, context: &mut Context) -> Rc<Self> {
        let kind = if pipe { "PIPEWRAP" } else { "TCPWRAP" };
        let frame = State::of(context)
            .async_context
            .resource(kind, None, context);
        Self::new(None, socket, frame)
    }

    /// Gives an unbound handle its stream.
    ///
    /// What it was bound to before, an attempt at another address, is closed.
    pub fn bind(self: &Rc<Self>, id: HandleId, context: &Context) {
        let state = State::of(context);
        if let Some(before) = self.id.replace(Some(id)) {
            let _ = state.event_loop.close(before);
        }
        if !self.referenced.get() {
            let _ = state.event_loop.set_ref(id, false);
        }
        state.owners.set(id, self.clone());
    }

    /// A handle on a stream whose events somebody else receives.
    pub fn beside(id: HandleId, socket: Option<JsObject>, context: &Context) -> Rc<Self> {
        let frame = State::of(context).async_context.capture();
        Self::new(Some(id), socket, frame)
    }

    fn new(id: Option<HandleId>, socket: Option<JsObject>, frame: Frame) -> Rc<Self> {
        Rc::new(Self {
            id: Cell::new(id),
            socket: RefCell::new(socket),
            bytes_read: Cell::new(0),
            bytes_written: Cell::new(0),
            writes: RefCell::default(),
            next_tag: Cell::new(0),
            shutdown: RefCell::default(),
            connecting: RefCell::default(),
            closed: RefCell::default(),
            referenced: Cell::new(true),
            frame: RefCell::new(frame),
            companion: RefCell::default(),
            bound: RefCell::default(),
        })
    }

    /// The loop's handle, unless it is closed.
    pub fn id(&self) -> Option<HandleId> {
        self.id.get()
    }

    /// The socket, if there is one.
    pub fn socket(&self) -> Option<JsObject> {
        self.socket.borrow().clone()
    }

    /// Gives the loop's stream away: from here on the handle is closed, and its events are another's.
    pub fn release(&self) -> Option<HandleId> {
        self.socket.replace(None);
        self.id.take()
    }

    /// Says whose socket it is.
    pub fn set_socket(&self, socket: Option<JsObject>) {
        self.socket.replace(socket);
    }

    /// Lets somebody else write to the same stream.
    pub fn set_companion(&self, companion: Option<Weak<dyn Companion>>) {
        self.companion.replace(companion);
    }

    /// Says what it connects from; `None` gives that back.
    pub(super) fn set_bound(&self, socket: Option<BoundSocket>) {
        self.bound.replace(socket);
    }

    /// What it connects from.
    pub(super) fn bound(&self) -> std::cell::RefMut<'_, Option<BoundSocket>> {
        self.bound.borrow_mut()
    }

    /// Who shares the stream.
    pub fn companion(&self) -> Option<Rc<dyn Companion>> {
        self.companion.borrow().as_ref().and_then(Weak::upgrade)
    }

    /// Counts bytes that a companion has read and written.
    pub fn count(&self, read: usize, written: usize) {
        self.bytes_read.set(self.bytes_read.get() + read as u64);
        self.bytes_written
            .set(self.bytes_written.get() + written as u64);
    }

    /// The object for script.
    pub fn object(self: &Rc<Self>, context: &mut Context) -> JsObject {
        let prototype = methods::prototype(context);
        JsObject::new(context.root_shape(), prototype, Handle(self.clone())).upcast()
    }

    fn flush_companion(&self, context: &Context) {
        if let Some(companion) = self.companion() {
            companion.flush(context);
        }
    }

    /// Writes bytes: 0 when they are out, a positive number when `done` will be called, an error number otherwise.
    pub fn write(&self, parts: &[&[u8]], done: Option<JsObject>, context: &Context) -> i32 {
        let Some(id) = self.id.get() else {
            return EBADF;
        };
        self.flush_companion(context);
        let state = State::of(context);
        let total: usize = parts.iter().map(|part| part.len()).sum();
        self.bytes_written
            .set(self.bytes_written.get() + total as u64);
        let slices: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let sent = match state.event_loop.try_write(id, &slices) {
            Ok(sent) => sent,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => 0,
            Err(error) => return errno_of(&error),
        };
        if sent == total {
            return 0;
        }
        let rest = unsent(parts, sent);
        let tag = self.next_tag.get() + 1;
        self.next_tag.set(tag);
        if let Err(error) = state.event_loop.write(id, rest, tag) {
            return errno_of(&error);
        }
        if let Some(done) = done {
            let frame = state.async_context.capture();
            self.writes.borrow_mut().insert(tag, (done, frame));
        }
        1
    }

    /// What script is told of a write. One that goes on is a resource of its own.
    fn answer(&self, answer: i32, context: &mut Context) -> JsValue {
        let state = State::of(context);
        if answer > 0 && state.async_context.is_tracking() {
            let frame = state.async_context.resource("WRITEWRAP", None, context);
            if let Some(write) = self.writes.borrow_mut().get_mut(&self.next_tag.get()) {
                write.1 = frame;
            }
        }
        answer.into()
    }

    /// A connection that came in is in nobody's stores.
    pub fn begin_anew(&self) {
        let frame = self.frame.borrow().without_store();
        self.frame.replace(frame);
    }

    /// What happens from here on belongs to who calls, as a socket does that an agent hands out again.
    pub fn begin_for(&self, context: &mut Context) {
        let state = State::of(context);
        destroyed(&state, &self.frame());
        let frame = state.async_context.resource("TCPWRAP", None, context);
        self.frame.replace(frame);
    }

    /// Whether the loop goes on for its sake.
    pub fn set_ref(&self, on: bool, context: &Context) {
        self.referenced.set(on);
        if let Some(id) = self.id.get() {
            let _ = State::of(context).event_loop.set_ref(id, on);
        }
    }

    /// How many bytes have arrived.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.get()
    }

    /// Notes who connects.
    pub fn connects(&self, kind: &'static str, context: &mut Context) {
        let frame = State::of(context)
            .async_context
            .resource(kind, None, context);
        self.connecting.replace(frame);
    }

    /// Who is told when the write that is under way has ended: the last one that answered 1.
    pub fn when_written(&self, done: JsObject, context: &mut Context) {
        let calls = &State::of(context).async_context;
        let frame = if calls.is_tracking() {
            calls.resource("WRITEWRAP", None, context)
        } else {
            calls.capture()
        };
        self.writes
            .borrow_mut()
            .insert(self.next_tag.get(), (done, frame));
    }

    /// How many bytes wait to be sent.
    pub fn queued(&self, context: &Context) -> f64 {
        let queued = self
            .id
            .get()
            .and_then(|id| State::of(context).event_loop.write_queue_size(id).ok());
        queued.unwrap_or(0) as f64
    }

    fn read(&self, id: HandleId, context: &mut Context) -> JsResult<()> {
        let state = State::of(context);
        let slot = state.slot::<Slot>();
        let socket = self.socket();
        let straight = match (&socket, slot.reader.get()) {
            (Some(socket), Some(reader)) => {
                flow::straight(socket, reader, context)?.map(|(state, who)| (reader, state, who))
            }
            _ => None,
        };
        let read = slot.with_buffer(|buffer| -> JsResult<Read<'_>> {
            Ok(match buffer.read(&state.event_loop, id) {
                ReadResult::Data(count) => {
                    self.bytes_read.set(self.bytes_read.get() + count as u64);
                    match straight {
                        Some((reader, state, who)) => {
                            (reader.keep)(&who, buffer.bytes());
                            Read::Kept(reader, state, who)
                        }
                        None => Read::Chunk(buffer.chunk(context)?),
                    }
                }
                ReadResult::WouldBlock => Read::Nothing,
                ReadResult::Eof => Read::Failed(EOF),
                ReadResult::Err(error) => Read::Failed(errno_of(&error)),
            })
        })?;
        let Some(socket) = &socket else {
            return Ok(());
        };
        let (errno, chunk) = match read {
            Read::Nothing => return Ok(()),
            Read::Kept(reader, state, who) => {
                let read = |context: &mut Context| (reader.read)(&who, context);
                return flow::arrived_straight(socket, &state, read, context);
            }
            Read::Chunk(chunk) => (0, JsValue::from(chunk)),
            Read::Failed(errno) => (errno, JsValue::undefined()),
        };
        if errno == 0 && flow::arrived(socket, &chunk, context)? {
            return Ok(());
        }
        call_back(
            js_string!("onread"),
            &[socket.clone().into(), errno.into(), chunk],
            context,
        )
        .map(drop)
    }
}

/// What a read came to.
enum Read<'a> {
    Nothing,
    Chunk(JsObject),
    /// Bytes that a reader keeps.
    Kept(&'a ByteReader, readable::State, JsObject),
    Failed(i32),
}

impl Owner for Stream {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        let number = |result: &std::io::Result<()>| result.as_ref().err().map_or(0, errno_of);
        match event {
            Event::Readable(id) => self.read(id, context),
            Event::Connected { result, .. } => match self.socket() {
                Some(socket) => {
                    let args = [socket.into(), number(&result).into()];
                    call_back(js_string!("onconnect"), &args, context).map(drop)
                }
                None => Ok(()),
            },
            Event::Wrote { tag, result, .. } => {
                let done = self.writes.borrow_mut().remove(&tag);
                finish(done.map(|(done, _)| done), number(&result), context)
            }
            Event::Shutdown { result, .. } => {
                let done = self.shutdown.take();
                finish(done.map(|(done, _)| done), number(&result), context)
            }
            Event::Closed(id) => {
                if self.id.get().is_some_and(|mine| mine != id) {
                    // Only an attempt to connect.
                    return Ok(());
                }
                self.socket.replace(None);
                let done = self.closed.take();
                finish(done, 0, context)
            }
            _ => Ok(()),
        }
    }

    fn frame(&self) -> Frame {
        self.frame.borrow().clone()
    }

    fn frame_for(&self, event: &Event) -> Frame {
        let request = match event {
            Event::Connected { .. } => Some(self.connecting.borrow().clone()),
            Event::Wrote { tag, .. } => self
                .writes
                .borrow()
                .get(tag)
                .map(|(_, frame)| frame.clone()),
            Event::Shutdown { .. } => self
                .shutdown
                .borrow()
                .as_ref()
                .map(|(_, frame)| frame.clone()),
            _ => None,
        };
        request.unwrap_or_else(|| self.frame())
    }

    fn ends_with(&self, event: &Event) -> bool {
        match event {
            Event::Connected { .. } | Event::Closed(_) => true,
            Event::Wrote { tag, .. } => self.writes.borrow().contains_key(tag),
            Event::Shutdown { .. } => self.shutdown.borrow().is_some(),
            _ => false,
        }
    }

    fn let_go(&self) {
        drop(self.socket.take());
        drop(self.writes.take());
        drop(self.shutdown.take());
        drop(self.closed.take());
    }
}

/// Calls a request's callback, if it has one, with how it ended: 0 or an error number.
pub fn finish(done: Option<JsObject>, errno: i32, context: &mut Context) -> JsResult<()> {
    match done {
        Some(done) => done
            .call(&JsValue::undefined(), &[errno.into()], context)
            .map(drop),
        None => Ok(()),
    }
}

/// The bytes of parts behind the first so many, which the system has taken.
pub fn unsent(parts: &[&[u8]], sent: usize) -> Vec<u8> {
    let total: usize = parts.iter().map(|part| part.len()).sum();
    let mut rest = Vec::with_capacity(total - sent);
    let mut skip = sent;
    for part in parts {
        let from = skip.min(part.len());
        skip -= from;
        rest.extend_from_slice(&part[from..]);
    }
    rest
}
