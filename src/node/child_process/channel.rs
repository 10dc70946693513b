//! The channel between a parent and its forked child: lines of JSON over a pair of connected sockets, or framed bytes.
//!
//! Here bytes become messages' text or bytes, and those go out; what they mean is the script half's business
//! (`child_process/channel.js`).

use std::{
    cell::{Cell, RefCell},
    io::IoSlice,
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::JsArray,
};
use ouro_loop::{Event, HandleId, ReadResult};
use rustc_hash::FxHashMap;

use crate::{
    engine::{native::Natives, registry},
    node::{
        buffer,
        errors::system::errno_of,
        net::{self, Stream},
    },
    runtime::{State, async_context::Frame, dispatch::Owner},
    sys::{self, OwnedDescriptor},
};

const EBADF: i32 = -9;

/// One end of a channel.
struct Channel {
    id: Cell<Option<HandleId>>,
    /// Called with the messages of one read and whether another has begun; without arguments at the end.
    onread: RefCell<Option<JsObject>>,
    /// Each message is bytes with their length before them; else it is a line.
    framed: bool,
    /// The beginning of a message whose end hasn't come.
    partial: RefCell<Vec<u8>>,
    writes: RefCell<FxHashMap<u64, JsObject>>,
    next_tag: Cell<u64>,
    /// Descriptors that came and whose messages haven't been looked at.
    received: RefCell<Vec<OwnedDescriptor>>,
    frame: Frame,
}

#[derive(Clone, Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] Rc<Channel>);

#[derive(Default)]
struct Slot {
    prototype: RefCell<Option<JsObject>>,
    /// Where reads go first. It isn't there while somebody reads.
    buffer: Cell<Vec<u8>>,
}

impl Channel {
    fn read(&self, id: HandleId, context: &mut Context) -> JsResult<()> {
        let state = State::of(context);
        let slot = state.slot::<Slot>();
        let mut buffer = slot.buffer.take();
        buffer.resize(net::READ_BYTES, 0);
        let read = sys::read_with_descriptors(
            &state.event_loop,
            id,
            &mut buffer,
            &mut self.received.borrow_mut(),
        );
        let messages = match read {
            ReadResult::Data(count) if self.framed => Some(self.frames(&buffer[..count], context)),
            ReadResult::Data(count) => Some(Ok(self.lines(&buffer[..count]))),
            ReadResult::WouldBlock | ReadResult::Eof | ReadResult::Err(_) => None,
        };
        slot.buffer.set(buffer);
        if matches!(read, ReadResult::WouldBlock) {
            return Ok(());
        }
        let mut args = Vec::new();
        if let Some(messages) = messages {
            args.push(JsArray::from_iter(messages?, context).into());
            args.push((!self.partial.borrow().is_empty()).into());
        }
        let onread = self.onread.borrow().clone();
        match onread {
            Some(onread) => onread.call(&JsValue::undefined(), &args, context).map(drop),
            None => Ok(()),
        }
    }

    /// The lines that are complete with these bytes.
    fn lines(&self, bytes: &[u8]) -> Vec<JsValue> {
        let mut partial = self.partial.borrow_mut();
        let mut lines = Vec::new();
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            partial.extend_from_slice(&rest[..end]);
            lines.push(JsString::from(String::from_utf8_lossy(&partial).as_ref()).into());
            partial.clear();
            rest = &rest[end + 1..];
        }
        partial.extend_from_slice(rest);
        lines
    }

    /// The messages that are complete with these bytes.
    fn frames(&self, bytes: &[u8], context: &mut Context) -> JsResult<Vec<JsValue>> {
        let mut partial = self.partial.borrow_mut();
        partial.extend_from_slice(bytes);
        let mut frames = Vec::new();
        let mut start = 0;
        while let Some((head, rest)) = partial[start..].split_first_chunk::<4>() {
            let Some(frame) = rest.get(..u32::from_be_bytes(*head) as usize) else {
                break;
            };
            start += head.len() + frame.len();
            frames.push(buffer::from_slice(frame, context)?.into());
        }
        partial.drain(..start);
        Ok(frames)
    }

    /// Writes bytes with a descriptor: 1 when `done` will be called, or an error number.
    fn write_with(
        &self,
        bytes: Vec<u8>,
        descriptor: OwnedDescriptor,
        done: Option<JsObject>,
        context: &Context,
    ) -> i32 {
        let Some(id) = self.id.get() else {
            return EBADF;
        };
        let event_loop = &State::of(context).event_loop;
        let tag = self.next_tag.get() + 1;
        self.next_tag.set(tag);
        if let Err(error) = sys::write_with_descriptor(event_loop, id, bytes, descriptor, tag) {
            return errno_of(&error);
        }
        if let Some(done) = done {
            self.writes.borrow_mut().insert(tag, done);
        }
        1
    }

    /// Writes bytes after those that wait: 0 when they are out, 1 when `done` will be called, or an error number.
    fn write(&self, mut bytes: Vec<u8>, done: Option<JsObject>, context: &Context) -> i32 {
        let Some(id) = self.id.get() else {
            return EBADF;
        };
        let state = State::of(context);
        match state.event_loop.try_write(id, &[IoSlice::new(&bytes)]) {
            Ok(sent) if sent == bytes.len() => return 0,
            Ok(sent) => drop(bytes.drain(..sent)),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return errno_of(&error),
        }
        let tag = self.next_tag.get() + 1;
        self.next_tag.set(tag);
        if let Err(error) = state.event_loop.write(id, bytes, tag) {
            return errno_of(&error);
        }
        if let Some(done) = done {
            self.writes.borrow_mut().insert(tag, done);
        }
        1
    }
}

impl Owner for Channel {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        match event {
            Event::Readable(id) => self.read(id, context),
            Event::Wrote { tag, result, .. } => {
                let done = self.writes.borrow_mut().remove(&tag);
                let errno = result.as_ref().err().map_or(0, errno_of);
                crate::node::net::finish(done, errno, context)
            }
            Event::Closed(_) => {
                self.onread.replace(None);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }

    fn let_go(&self) {
        drop(self.onread.take());
        drop(self.writes.take());
    }
}

fn begin(id: HandleId, onread: Option<JsObject>, framed: bool, context: &mut Context) -> JsObject {
    let state = State::of(context);
    let channel = Rc::new(Channel {
        id: Cell::new(Some(id)),
        onread: RefCell::new(onread),
        framed,
        partial: RefCell::default(),
        writes: RefCell::default(),
        next_tag: Cell::new(0),
        received: RefCell::default(),
        frame: state.async_context.resource("PIPEWRAP", None, context),
    });
    state.owners.set(id, channel.clone());
    let prototype = prototype(context);
    JsObject::new(context.root_shape(), prototype, Handle(channel)).upcast()
}

/// `openChannel(stream, onread, framed)`: makes a channel of a stream handle, which is closed to others from here on.
pub fn open(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = args.get_or_undefined(0).as_object();
    let stream = stream.and_then(|object| Stream::of(&object)?.release());
    Ok(match stream {
        Some(id) => {
            let framed = args.get_or_undefined(2).to_boolean();
            begin(id, args.get_or_undefined(1).as_object(), framed, context).into()
        }
        None => JsValue::undefined(),
    })
}

/// What a parent has left for this process in its environment: gives `process` its end of the channel.
///
/// # Errors
/// What the script half throws.
pub fn adopt_from_parent(context: &mut Context) -> JsResult<()> {
    let Some(fd) = std::env::var("NODE_CHANNEL_FD")
        .ok()
        .and_then(|text| text.parse::<i32>().ok())
    else {
        return Ok(());
    };
    let mode = std::env::var("NODE_CHANNEL_SERIALIZATION_MODE").unwrap_or_default();
    let Some(fd) = sys::take_descriptor(fd) else {
        return Ok(());
    };
    let Ok(id) = sys::open_on(&State::of(context).event_loop, fd) else {
        return Ok(());
    };
    let stream = Stream::adopt(id, None, context).object(context);
    let script = registry::require("child_process/channel", context)?.to_object(context)?;
    let begin = script.get(js_string!("beginInChild"), context)?;
    match begin.as_callable() {
        Some(begin) => begin
            .call(
                &JsValue::undefined(),
                &[stream.into(), JsString::from(mode).into()],
                context,
            )
            .map(drop),
        None => Ok(()),
    }
}

fn prototype(context: &mut Context) -> JsObject {
    let slot = State::of(context).slot::<Slot>();
    if let Some(prototype) = slot.prototype.borrow().as_ref() {
        return prototype.clone();
    }
    let prototype = Natives::new(context)
        .function("readStart", 0, |this, _, context| {
            with_id(this, context, |state, id| state.event_loop.read_start(id))
        })
        .function("readStop", 0, |this, _, context| {
            with_id(this, context, |state, id| state.event_loop.read_stop(id))
        })
        .function("write", 3, write)
        .function("takeHandle", 0, take_handle)
        .function("takeDescriptor", 0, take_descriptor)
        .function("close", 0, close)
        .function("ref", 0, |this, _, context| {
            with_id(this, context, |state, id| {
                Ok(state.event_loop.set_ref(id, true)?)
            })
        })
        .function("unref", 0, |this, _, context| {
            with_id(this, context, |state, id| {
                Ok(state.event_loop.set_ref(id, false)?)
            })
        })
        .function("hasRef", 0, has_ref)
        .accessor("fd", fd, None)
        .accessor("writeQueueSize", write_queue_size, None)
        .build();
    slot.prototype.replace(Some(prototype.clone()));
    prototype
}

fn this_channel(this: &JsValue) -> Option<Rc<Channel>> {
    let object = this.as_object()?;
    let handle = object.downcast_ref::<Handle>()?;
    Some(handle.0.clone())
}

fn this_id(this: &JsValue) -> Option<HandleId> {
    this_channel(this)?.id.get()
}

fn with_id(
    this: &JsValue,
    context: &Context,
    act: impl FnOnce(&State, HandleId) -> std::io::Result<()>,
) -> JsResult<JsValue> {
    let Some(id) = this_id(this) else {
        return Ok(EBADF.into());
    };
    Ok(act(&State::of(context), id)
        .map_or_else(|error| errno_of(&error), |()| 0)
        .into())
}

/// `write(message, done, fd)`: 0 when it is out, 1 when `done(errno)` will be called, or an error number. A copy of the
/// descriptor goes along, if there is one.
fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(channel) = this_channel(this) else {
        return Ok(EBADF.into());
    };
    let message = args.get_or_undefined(0);
    let bytes = match buffer::bytes_of(message, context) {
        Some(bytes) => bytes,
        None => message
            .to_string(context)?
            .to_std_string_lossy()
            .into_bytes(),
    };
    let done = args.get_or_undefined(1).as_object();
    let fd = args.get_or_undefined(2);
    if fd.is_undefined() {
        return Ok(channel.write(bytes, done, context).into());
    }
    let outcome = match sys::duplicate(fd.to_i32(context)?) {
        Ok(descriptor) => channel.write_with(bytes, descriptor, done, context),
        Err(error) => errno_of(&error),
    };
    Ok(outcome.into())
}

fn next_received(this: &JsValue) -> Option<OwnedDescriptor> {
    let channel = this_channel(this)?;
    let mut received = channel.received.borrow_mut();
    (!received.is_empty()).then(|| received.remove(0))
}

/// `takeDescriptor()`: the next handle that came, as a number that is script's to close; `undefined` if there is none.
fn take_descriptor(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(match next_received(this) {
        Some(descriptor) => sys::into_number(descriptor).into(),
        None => JsValue::undefined(),
    })
}

/// `takeHandle()`: the next handle that came, as one for a server or a socket.
fn take_handle(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(descriptor) = next_received(this) else {
        return Ok(JsValue::undefined());
    };
    if sys::is_listening(&descriptor) {
        return Ok(net::park(descriptor, context).into());
    }
    Ok(
        match sys::open_on(&State::of(context).event_loop, descriptor) {
            Ok(id) => Stream::adopt(id, None, context).object(context).into(),
            Err(_) => JsValue::undefined(),
        },
    )
}

fn close(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(id) = this_channel(this).and_then(|channel| channel.id.take()) {
        let _ = State::of(context).event_loop.close(id);
    }
    Ok(JsValue::undefined())
}

fn has_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let referenced = this_id(this).and_then(|id| State::of(context).event_loop.has_ref(id).ok());
    Ok(referenced.unwrap_or(false).into())
}

fn fd(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let fd = this_id(this).and_then(|id| sys::descriptor_of(&state.event_loop, id));
    Ok(fd.unwrap_or(-1).into())
}

fn write_queue_size(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let queued =
        this_id(this).and_then(|id| State::of(context).event_loop.write_queue_size(id).ok());
    Ok((queued.unwrap_or(0) as f64).into())
}
