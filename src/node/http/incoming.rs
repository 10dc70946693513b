//! `http.IncomingMessage`: the head of a message kept as bytes, everything that script sees of it made when it is touched.
//!
//! An instance that the server made holds its record as native data; one that script constructed (a subclass, a fake request in a
//! test) holds it under a hidden property. The stream state is the ordinary one of `stream`, created on first touch and then fed
//! with what has arrived.

use std::rc::Rc;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::JsArray,
    property::{Attribute, PropertyDescriptor, PropertyKey},
};

use super::{Slot, connection::Connection, fields, help, protocol::Head};
use crate::{engine::native::Natives, node::buffer, runtime::State};

/// What is known of a message.
pub mod bits {
    /// Script has given it an `_events` object: somebody may listen.
    pub const EVENTS: u16 = 1;
    /// It has its `_readableState`.
    pub const STATE: u16 = 1 << 1;
    /// All of it has arrived.
    pub const COMPLETE: u16 = 1 << 2;
    /// Nobody will read it: what arrives is thrown away.
    pub const DUMPED: u16 = 1 << 3;
    /// Somebody reads it.
    pub const CONSUMED: u16 = 1 << 4;
    /// It broke off.
    pub const ABORTED: u16 = 1 << 5;
    /// The connection leaves HTTP with it.
    pub const UPGRADE: u16 = 1 << 6;
    /// It came to its end without ever having had a stream state.
    pub const GONE: u16 = 1 << 7;
    /// `joinDuplicateHeaders`
    pub const JOIN: u16 = 1 << 8;
    /// It is a response.
    pub const RESPONSE: u16 = 1 << 9;
}

/// The record of a message.
#[derive(Trace, Finalize, JsData, Default)]
#[boa_gc(unsafe_no_drop)]
pub struct Incoming {
    #[unsafe_ignore_trace]
    pub head: Option<Head>,
    #[unsafe_ignore_trace]
    pub connection: Option<Rc<Connection>>,
    #[unsafe_ignore_trace]
    pub bits: u16,
    #[unsafe_ignore_trace]
    pub max_fields: u32,
    /// The turn in which it came to its end unwatched; 0 for all others.
    #[unsafe_ignore_trace]
    pub gone_in: u64,
    /// Body that arrived before there was a stream state.
    #[unsafe_ignore_trace]
    pub waiting: Vec<u8>,
    #[unsafe_ignore_trace]
    pub trailers: Option<Box<Head>>,
    pub url: JsValue,
    pub headers: JsValue,
    pub raw_headers: JsValue,
    pub socket: JsValue,
}

impl Incoming {
    /// Whether all these bits are set.
    pub fn has(&self, bits: u16) -> bool {
        self.bits & bits == bits
    }
}

/// A message that the server made.
pub fn make(incoming: Incoming, context: &mut Context) -> JsObject {
    let slot = Slot::of(context);
    JsObject::new(
        context.root_shape(),
        slot.classes().incoming.clone(),
        incoming,
    )
    .upcast()
}

/// The object that holds the record behind `this`.
pub fn holder(this: &JsValue, context: &mut Context) -> Option<JsObject> {
    let object = this.as_object()?;
    if object.is::<Incoming>() {
        return Some(object);
    }
    let mut at = object.prototype();
    while let Some(prototype) = at {
        if prototype.is::<Incoming>() {
            return Some(prototype);
        }
        at = prototype.prototype();
    }
    let key = Slot::of(context).record_key();
    object
        .get(key, context)
        .ok()?
        .as_object()
        .filter(JsObject::is::<Incoming>)
}

/// Reads or changes the record behind `this`.
pub fn with<R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut Incoming) -> R,
) -> Option<R> {
    let holder = holder(this, context)?;
    let mut record = holder.downcast_mut::<Incoming>()?;
    Some(act(&mut record))
}

/// `initIncoming(message, socket)`: gives an object that script constructed its record.
pub fn init(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else {
        return Ok(JsValue::undefined());
    };
    let record = Incoming {
        socket: args.get_or_undefined(1).clone(),
        bits: bits::EVENTS | bits::STATE,
        max_fields: u32::MAX,
        ..Incoming::default()
    };
    attach_record(&object, record, context);
    Ok(JsValue::undefined())
}

/// Puts a record under the hidden property of an object.
pub fn attach_record<T: boa_engine::object::NativeObject>(
    object: &JsObject,
    record: T,
    context: &mut Context,
) {
    let key = Slot::of(context).record_key();
    let holder = JsObject::new(context.root_shape(), None, record).upcast();
    let descriptor = PropertyDescriptor::builder()
        .value(holder)
        .writable(true)
        .enumerable(false)
        .configurable(true);
    object.insert_property(key, descriptor.build());
}

/// Gives an object a property of its own, as assignment in a constructor does.
pub fn define_own(this: &JsValue, key: impl Into<PropertyKey>, value: JsValue) {
    if let Some(object) = this.as_object() {
        let descriptor = PropertyDescriptor::builder()
            .value(value)
            .writable(true)
            .enumerable(true)
            .configurable(true);
        object.insert_property(key.into(), descriptor.build());
    }
}

/// A setter that shadows the accessor by a property of the object's own.
macro_rules! shadow {
    ($name:literal) => {
        Some(|this: &JsValue, args: &[JsValue], _: &mut Context| {
            define_own(this, js_string!($name), args.get_or_undefined(0).clone());
            Ok(JsValue::undefined())
        })
    };
}
pub(super) use shadow;

/// A setter of a bit.
macro_rules! set_bit {
    ($with:path, $bit:expr) => {
        Some(|this: &JsValue, args: &[JsValue], context: &mut Context| {
            let on = args.get_or_undefined(0).to_boolean();
            $with(this, context, |record| {
                if on {
                    record.bits |= $bit;
                } else {
                    record.bits &= !$bit;
                }
            });
            Ok(JsValue::undefined())
        })
    };
}
pub(super) use set_bit;

/// A getter of a bit.
macro_rules! get_bit {
    ($with:path, $bit:expr) => {
        |this: &JsValue, _: &[JsValue], context: &mut Context| {
            Ok($with(this, context, |record| record.has($bit))
                .map_or_else(JsValue::undefined, JsValue::from))
        }
    };
}
pub(super) use get_bit;

/// `defineIncoming(prototype)`
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    Natives::on(prototype, context)
        .attributes(Attribute::CONFIGURABLE | Attribute::ENUMERABLE)
        .accessor(
            "_events",
            |_, _, _| Ok(JsValue::undefined()),
            Some(set_events),
        )
        .accessor("_readableState", readable_state, Some(set_readable_state))
        .accessor("url", url, shadow!("url"))
        .accessor("method", method, shadow!("method"))
        .accessor("statusCode", status_code, shadow!("statusCode"))
        .accessor("statusMessage", status_message, shadow!("statusMessage"))
        .accessor("httpVersion", http_version, shadow!("httpVersion"))
        .accessor(
            "httpVersionMajor",
            http_version_major,
            shadow!("httpVersionMajor"),
        )
        .accessor(
            "httpVersionMinor",
            http_version_minor,
            shadow!("httpVersionMinor"),
        )
        .accessor("headers", headers, shadow!("headers"))
        .accessor(
            "headersDistinct",
            headers_distinct,
            shadow!("headersDistinct"),
        )
        .accessor("rawHeaders", raw_headers, shadow!("rawHeaders"))
        .accessor("trailers", trailers, shadow!("trailers"))
        .accessor(
            "trailersDistinct",
            trailers_distinct,
            shadow!("trailersDistinct"),
        )
        .accessor("rawTrailers", raw_trailers, shadow!("rawTrailers"))
        .accessor(
            "complete",
            get_bit!(with, bits::COMPLETE),
            set_bit!(with, bits::COMPLETE),
        )
        .accessor(
            "aborted",
            get_bit!(with, bits::ABORTED),
            set_bit!(with, bits::ABORTED),
        )
        .accessor("upgrade", upgrade, shadow!("upgrade"))
        .accessor(
            "joinDuplicateHeaders",
            get_bit!(with, bits::JOIN),
            set_bit!(with, bits::JOIN),
        )
        .accessor("_consumed", consumed, set_bit!(with, bits::CONSUMED))
        .accessor(
            "_dumped",
            get_bit!(with, bits::DUMPED),
            set_bit!(with, bits::DUMPED),
        )
        .accessor("socket", socket, Some(set_socket))
        .accessor("connection", socket, Some(set_socket))
        .accessor("client", socket, shadow!("client"))
        .attributes(crate::engine::native::METHOD)
        .function("_read", 1, read)
        .function("_dump", 0, dump_native);
    Ok(JsValue::undefined())
}

fn set_events(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let turn = State::of(context).tasks.turn();
    let just_gone = with(this, context, |record| {
        record.bits |= bits::EVENTS;
        let just_gone = record.gone_in == turn;
        if just_gone {
            record.gone_in = 0;
            record.bits &= !(bits::GONE | bits::DUMPED);
        }
        just_gone
    });
    define_own(
        this,
        js_string!("_events"),
        args.get_or_undefined(0).clone(),
    );
    if just_gone == Some(true) {
        // Its exchange ended unwatched a moment ago; who comes before the next tick still hears of it.
        help(js_string!("dumpSoon"), std::slice::from_ref(this), context)?;
    }
    Ok(JsValue::undefined())
}

fn set_readable_state(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    with(this, context, |record| record.bits |= bits::STATE);
    define_own(
        this,
        js_string!("_readableState"),
        args.get_or_undefined(0).clone(),
    );
    Ok(JsValue::undefined())
}

/// The state is made now, and told what has happened already.
fn readable_state(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut at = this.as_object();
    while let Some(object) = at {
        if object.is::<Incoming>() {
            return materialize(&object, context);
        }
        at = object.prototype();
    }
    // The prototype itself, or an object that script is still constructing.
    Ok(JsValue::undefined())
}

/// Gives a message its stream state, and feeds it what has arrived.
pub fn materialize(object: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let this = JsValue::from(object.clone());
    let (gone, complete, waiting, socket) = {
        let Some(mut record) = object.downcast_mut::<Incoming>() else {
            return Ok(JsValue::undefined());
        };
        if record.has(bits::STATE) {
            drop(record);
            return object.get(js_string!("_readableState"), context);
        }
        record.bits |= bits::STATE;
        (
            record.has(bits::GONE),
            record.has(bits::COMPLETE),
            std::mem::take(&mut record.waiting),
            record.socket.clone(),
        )
    };
    let state = help(
        js_string!("makeState"),
        &[this.clone(), gone.into(), socket],
        context,
    )?;
    define_own(&this, js_string!("_readableState"), state.clone());
    if !gone {
        if !waiting.is_empty() {
            let chunk = buffer::from_slice(&waiting, context)?;
            push(object, chunk.into(), context)?;
        }
        if complete {
            push(object, JsValue::null(), context)?;
        }
    }
    Ok(state)
}

fn push(object: &JsObject, chunk: JsValue, context: &mut Context) -> JsResult<bool> {
    let push = object.get(js_string!("push"), context)?;
    let Some(push) = push.as_callable() else {
        return Ok(true);
    };
    Ok(push
        .call(&object.clone().into(), &[chunk], context)?
        .to_boolean())
}

/// Bytes of the body. Answers whether more are welcome.
pub fn data(object: &JsObject, bytes: &[u8], context: &mut Context) -> JsResult<bool> {
    /// Node's default high-water mark for a socket.
    const HIGH_WATER_MARK: usize = 64 * 1024;
    if let Some(mut record) = object.downcast_mut::<Incoming>() {
        if record.has(bits::DUMPED) {
            return Ok(true);
        }
        if !record.has(bits::STATE) {
            record.waiting.extend_from_slice(bytes);
            return Ok(record.waiting.len() < HIGH_WATER_MARK);
        }
    }
    let this = JsValue::from(object.clone());
    if with(&this, context, |record| record.has(bits::DUMPED)) == Some(true) {
        return Ok(true);
    }
    let chunk = buffer::from_slice_pooled(bytes, context)?;
    push(object, chunk.into(), context)
}

/// The end of the message.
pub fn end(object: &JsObject, trailers: Option<Head>, context: &mut Context) -> JsResult<()> {
    let this = JsValue::from(object.clone());
    let has_state = with(&this, context, |record| {
        record.bits |= bits::COMPLETE;
        record.trailers = trailers.map(Box::new);
        record.has(bits::STATE)
    });
    if has_state == Some(true) {
        push(object, JsValue::null(), context)?;
    }
    Ok(())
}

/// The response is over: what nobody has read won't be.
pub fn dump(object: &JsObject, in_tick: bool, context: &mut Context) -> JsResult<()> {
    let this = JsValue::from(object.clone());
    let turn = State::of(context).tasks.turn();
    let now = with(&this, context, |record| {
        if record.bits & (bits::EVENTS | bits::STATE) == 0 {
            record.bits |= bits::DUMPED | bits::GONE;
            record.gone_in = turn;
            record.waiting = Vec::new();
            return false;
        }
        !record.has(bits::CONSUMED)
    });
    if now == Some(true) {
        // Somebody may listen for its end: let the stream come to it, in a tick, unless it has a reader by then.
        let helper = if in_tick {
            js_string!("dumpNow")
        } else {
            js_string!("dumpSoon")
        };
        help(helper, &[this], context)?;
    }
    Ok(())
}

/// `message._dump()`
fn dump_native(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let first = with(this, context, |record| {
        let first = !record.has(bits::DUMPED);
        record.bits |= bits::DUMPED;
        record.waiting = Vec::new();
        first
    });
    if first == Some(true) {
        help(
            js_string!("drainMessage"),
            std::slice::from_ref(this),
            context,
        )?;
    }
    Ok(JsValue::undefined())
}

/// `message._read(size)`: reading goes on if it was stopped for this message's sake.
fn read(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (connection, socket) = with(this, context, |record| {
        record.bits |= bits::CONSUMED;
        (record.connection.clone(), record.socket.clone())
    })
    .unwrap_or_default();
    if let Some(connection) = connection {
        connection.want_more(context);
    } else if socket.is_object() {
        help(js_string!("resumeSocket"), &[socket], context)?;
    }
    Ok(JsValue::undefined())
}

fn url(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| {
        if record.url.is_undefined() {
            record.url = match &record.head {
                Some(head) if !record.has(bits::RESPONSE) => fields::latin1(head.target()).into(),
                _ => js_string!("").into(),
            };
        }
        record.url.clone()
    })
    .unwrap_or_default())
}

/// Reads something from the head; `none` without one.
fn of_head(
    this: &JsValue,
    context: &mut Context,
    none: JsValue,
    read: impl FnOnce(&Head, bool) -> JsValue,
) -> JsResult<JsValue> {
    let found = with(this, context, |record| {
        let response = record.has(bits::RESPONSE);
        record.head.as_ref().map(|head| read(head, response))
    });
    Ok(match found {
        None => JsValue::undefined(),
        Some(found) => found.unwrap_or(none),
    })
}

fn method(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, response| {
        if response {
            JsValue::null()
        } else {
            method_name(head).into()
        }
    })
}

fn method_name(head: &Head) -> JsString {
    match head.method.name() {
        "GET" => js_string!("GET"),
        "POST" => js_string!("POST"),
        "HEAD" => js_string!("HEAD"),
        "PUT" => js_string!("PUT"),
        "DELETE" => js_string!("DELETE"),
        "OPTIONS" => js_string!("OPTIONS"),
        "PATCH" => js_string!("PATCH"),
        name => JsString::from(name),
    }
}

fn status_code(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, response| {
        if response {
            head.status.into()
        } else {
            JsValue::null()
        }
    })
}

fn status_message(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, response| {
        if response {
            fields::latin1(head.target()).into()
        } else {
            JsValue::null()
        }
    })
}

fn http_version(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, _| {
        match head.version {
            (1, 1) => js_string!("1.1").into(),
            (1, 0) => js_string!("1.0").into(),
            (major, minor) => JsString::from(format!("{major}.{minor}")).into(),
        }
    })
}

fn http_version_major(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, _| {
        head.version.0.into()
    })
}

fn http_version_minor(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    of_head(this, context, JsValue::null(), |head, _| {
        head.version.1.into()
    })
}

fn consumed(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(
        match with(this, context, |record| record.has(bits::CONSUMED)) {
            Some(true) => true.into(),
            _ => JsValue::undefined(),
        },
    )
}

fn upgrade(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| match record.head {
        None => JsValue::null(),
        Some(_) => record.has(bits::UPGRADE).into(),
    })
    .unwrap_or_default())
}

fn headers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(holder) = holder(this, context) else {
        return Ok(JsValue::undefined());
    };
    let (cached, head, limit, join) = match holder.downcast_mut::<Incoming>() {
        Some(mut record) if record.headers.is_undefined() => {
            // The head is lent out while the object is made, which may run no script but may collect garbage.
            (
                JsValue::undefined(),
                record.head.take(),
                record.max_fields,
                record.has(bits::JOIN),
            )
        }
        Some(record) => (record.headers.clone(), None, 0, false),
        None => return Ok(JsValue::undefined()),
    };
    if !cached.is_undefined() {
        return Ok(cached);
    }
    let made = match &head {
        Some(head) => fields::headers(head, limit as usize, join, context),
        None => Ok(fields::plain(context)),
    };
    if let Some(mut record) = holder.downcast_mut::<Incoming>() {
        record.head = head;
        if let Ok(made) = &made {
            record.headers = made.clone().into();
        }
    }
    made.map(JsValue::from)
}

fn raw_headers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(holder) = holder(this, context) else {
        return Ok(JsValue::undefined());
    };
    let head = match holder.downcast_mut::<Incoming>() {
        Some(mut record) if record.raw_headers.is_undefined() => record.head.take(),
        Some(record) => return Ok(record.raw_headers.clone()),
        None => return Ok(JsValue::undefined()),
    };
    let limit = with(this, context, |record| record.max_fields).unwrap_or(u32::MAX) as usize;
    let made: JsValue = match &head {
        Some(head) => fields::raw(head, limit, context).into(),
        None => JsArray::new(context)?.into(),
    };
    if let Some(mut record) = holder.downcast_mut::<Incoming>() {
        record.head = head;
        record.raw_headers = made.clone();
    }
    Ok(made)
}

/// Makes a value of the head (or the trailers) and keeps it as the object's own property.
fn derived(
    this: &JsValue,
    name: JsString,
    of_trailers: bool,
    context: &mut Context,
    make: impl FnOnce(Option<&Head>, usize, &mut Context) -> JsResult<JsValue>,
) -> JsResult<JsValue> {
    let found = with(this, context, |record| {
        let head = if of_trailers {
            record.trailers.as_deref()
        } else {
            record.head.as_ref()
        };
        (
            head.cloned(),
            record.max_fields as usize,
            record.has(bits::COMPLETE),
        )
    });
    let Some((head, limit, complete)) = found else {
        return Ok(JsValue::undefined());
    };
    let made = make(head.as_ref(), limit, context)?;
    // Trailers may still be on their way.
    if !of_trailers || complete {
        define_own(this, name, made.clone());
    }
    Ok(made)
}

fn headers_distinct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    derived(
        this,
        js_string!("headersDistinct"),
        false,
        context,
        |head, limit, context| match head {
            Some(head) => fields::distinct(head, limit, context).map(JsValue::from),
            None => Ok(JsObject::with_null_proto().into()),
        },
    )
}

fn trailers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    derived(
        this,
        js_string!("trailers"),
        true,
        context,
        |head, limit, context| match head {
            Some(head) => fields::headers(head, limit, false, context).map(JsValue::from),
            None => Ok(fields::plain(context).into()),
        },
    )
}

fn trailers_distinct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    derived(
        this,
        js_string!("trailersDistinct"),
        true,
        context,
        |head, limit, context| match head {
            Some(head) => fields::distinct(head, limit, context).map(JsValue::from),
            None => Ok(JsObject::with_null_proto().into()),
        },
    )
}

fn raw_trailers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    derived(
        this,
        js_string!("rawTrailers"),
        true,
        context,
        |head, limit, context| {
            Ok(match head {
                Some(head) => fields::raw(head, limit, context).into(),
                None => JsArray::new(context)?.into(),
            })
        },
    )
}

fn socket(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some((known, connection)) = with(this, context, |record| {
        (record.socket.clone(), record.connection.clone())
    }) else {
        return Ok(JsValue::undefined());
    };
    if !known.is_undefined() {
        return Ok(known);
    }
    let Some(connection) = connection else {
        return Ok(JsValue::undefined());
    };
    let socket = connection.socket(context)?;
    with(this, context, |record| record.socket = socket.clone());
    Ok(socket)
}

fn set_socket(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = args.get_or_undefined(0).clone();
    with(this, context, |record| record.socket = socket);
    Ok(JsValue::undefined())
}
