//! `http.OutgoingMessage`: header fields, framing, and where the bytes go.
//!
//! The record is native data of a response that the server made, and sits under a hidden property of what script constructed.
//! Its bytes go to the native connection, or to a socket of script by way of the script half.

use std::rc::Rc;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, Trace,
    js_string, property::Attribute,
};

use super::{
    Slot,
    connection::{Connection, HIGH_WATER_MARK},
    emit, fields, header_methods, help,
    incoming::{attach_record, define_own, get_bit, set_bit, shadow},
    protocol::encode::{self, Plan, Said},
};
use crate::{
    engine::native::{METHOD, Natives},
    node::{
        buffer::{self, Encoding, View},
        errors,
    },
    runtime::{State, tasks::Tick},
};

/// What is known of a message.
pub mod bits {
    /// The header is made.
    pub const HEADER: u32 = 1;
    /// The header is on its way.
    pub const SENT: u32 = 1 << 1;
    /// `end` was called.
    pub const ENDED: u32 = 1 << 2;
    pub const CHUNKED: u32 = 1 << 3;
    /// The connection closes after it.
    pub const LAST: u32 = 1 << 4;
    pub const HAS_BODY: u32 = 1 << 5;
    pub const KEEP_ALIVE: u32 = 1 << 6;
    pub const MAY_CHUNK: u32 = 1 << 7;
    pub const SEND_DATE: u32 = 1 << 8;
    pub const REMOVED_CONNECTION: u32 = 1 << 9;
    pub const REMOVED_LENGTH: u32 = 1 << 10;
    pub const REMOVED_ENCODING: u32 = 1 << 11;
    /// Script has given it an `_events` object.
    pub const EVENTS: u32 = 1 << 12;
    pub const DESTROYED: u32 = 1 << 13;
    pub const CLOSED: u32 = 1 << 14;
    /// All of it was handed on.
    pub const FINISHED: u32 = 1 << 15;
    pub const NEED_DRAIN: u32 = 1 << 16;
    pub const STRICT_LENGTH: u32 = 1 << 17;
    pub const EXPECT_CONTINUE: u32 = 1 << 18;
    pub const SENT_100: u32 = 1 << 19;
    /// It is a `ServerResponse`.
    pub const RESPONSE: u32 = 1 << 20;
    pub const REJECT_BODY: u32 = 1 << 21;
    pub const MAX_REACHED: u32 = 1 << 22;
    /// `_defaultKeepAlive`
    pub const DEFAULT_KEEP_ALIVE: u32 = 1 << 23;
    /// An agent looks after the connection.
    pub const AGENT: u32 = 1 << 24;
    /// The server made the object itself.
    pub const NATIVE: u32 = 1 << 25;
}

/// Where the bytes go.
#[derive(Default)]
pub enum Sink {
    /// Nowhere yet: they are kept.
    #[default]
    None,
    /// A place in the order of responses of a connection.
    Connection(Rc<Connection>, u64),
}

/// A header field that script has set.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct Field {
    #[unsafe_ignore_trace]
    pub name: JsString,
    pub value: JsValue,
}

/// The record of a message.
#[derive(Trace, Finalize, JsData, Default)]
#[boa_gc(unsafe_no_drop)]
pub struct Outgoing {
    #[unsafe_ignore_trace]
    pub sink: Sink,
    #[unsafe_ignore_trace]
    pub bits: u32,
    /// `None` until script sets a header; Node tells the two apart.
    pub fields: Option<Vec<Field>>,
    /// The body's length, when it is known.
    #[unsafe_ignore_trace]
    pub length: Option<u64>,
    #[unsafe_ignore_trace]
    pub written: u64,
    #[unsafe_ignore_trace]
    pub keep_alive_timeout: f64,
    #[unsafe_ignore_trace]
    pub max_requests: u64,
    /// Bytes that wait for a socket, or the header that waits for the body.
    #[unsafe_ignore_trace]
    pub kept: Vec<u8>,
    /// The header as sent, where script might ask for it.
    #[unsafe_ignore_trace]
    pub header: Option<Vec<u8>>,
    /// Trailer fields, encoded.
    #[unsafe_ignore_trace]
    pub trailers: Vec<u8>,
    #[unsafe_ignore_trace]
    pub corked: u32,
    /// The turn in which a response that nobody watches came to its end; 0 for all others.
    #[unsafe_ignore_trace]
    pub ended_in: u64,
    pub status: JsValue,
    pub reason: JsValue,
    pub request: JsValue,
    pub socket: JsValue,
}

impl Outgoing {
    /// A message as Node's constructor leaves it.
    pub fn new() -> Self {
        Self {
            bits: bits::HAS_BODY
                | bits::KEEP_ALIVE
                | bits::MAY_CHUNK
                | bits::SEND_DATE
                | bits::DEFAULT_KEEP_ALIVE,
            ..Self::default()
        }
    }

    pub fn has(&self, bits: u32) -> bool {
        self.bits & bits == bits
    }
}

/// The object that holds the record behind `this`.
pub fn holder(this: &JsValue, context: &mut Context) -> Option<JsObject> {
    let object = this.as_object()?;
    if object.is::<Outgoing>() {
        return Some(object);
    }
    let mut at = object.prototype();
    while let Some(prototype) = at {
        if prototype.is::<Outgoing>() {
            return Some(prototype);
        }
        at = prototype.prototype();
    }
    let key = Slot::of(context).record_key();
    object
        .get(key, context)
        .ok()?
        .as_object()
        .filter(JsObject::is::<Outgoing>)
}

/// Reads or changes the record behind `this`.
pub fn with<R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut Outgoing) -> R,
) -> Option<R> {
    let holder = holder(this, context)?;
    let mut record = holder.downcast_mut::<Outgoing>()?;
    Some(act(&mut record))
}

/// The same, or the error for a `this` that never was a message.
pub fn need<R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut Outgoing) -> R,
) -> JsResult<R> {
    match with(this, context, act) {
        Some(result) => Ok(result),
        None => Err(errors::type_error("Illegal invocation", context)),
    }
}

/// `initOutgoing(message, options)`
pub fn init(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = args.get_or_undefined(0).as_object() {
        let mut record = Outgoing::new();
        record.bits |= bits::EVENTS;
        let options = args.get_or_undefined(1);
        if let Some(options) = options.as_object()
            && options
                .get(js_string!("rejectNonStandardBodyWrites"), context)?
                .to_boolean()
        {
            record.bits |= bits::REJECT_BODY;
        }
        attach_record(&object, record, context);
    }
    Ok(JsValue::undefined())
}

/// `defineOutgoing(prototype)`
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    let natives = Natives::on(prototype, context)
        .attributes(Attribute::CONFIGURABLE | Attribute::ENUMERABLE)
        .accessor(
            "_events",
            |_, _, _| Ok(JsValue::undefined()),
            Some(set_events),
        )
        .accessor(
            "finished",
            get_bit!(with, bits::ENDED),
            set_bit!(with, bits::ENDED),
        )
        .accessor("writableEnded", get_bit!(with, bits::ENDED), None)
        .accessor("writableFinished", finished, None)
        .accessor("headersSent", get_bit!(with, bits::HEADER), None)
        .accessor(
            "_headerSent",
            get_bit!(with, bits::SENT),
            set_bit!(with, bits::SENT),
        )
        .accessor(
            "sendDate",
            get_bit!(with, bits::SEND_DATE),
            set_bit!(with, bits::SEND_DATE),
        )
        .accessor(
            "shouldKeepAlive",
            get_bit!(with, bits::KEEP_ALIVE),
            set_bit!(with, bits::KEEP_ALIVE),
        )
        .accessor(
            "chunkedEncoding",
            get_bit!(with, bits::CHUNKED),
            set_bit!(with, bits::CHUNKED),
        )
        .accessor(
            "useChunkedEncodingByDefault",
            get_bit!(with, bits::MAY_CHUNK),
            set_bit!(with, bits::MAY_CHUNK),
        )
        .accessor(
            "strictContentLength",
            get_bit!(with, bits::STRICT_LENGTH),
            set_bit!(with, bits::STRICT_LENGTH),
        )
        .accessor("destroyed", destroyed, set_bit!(with, bits::DESTROYED))
        .accessor("_closed", closed, set_bit!(with, bits::CLOSED))
        .accessor("closed", closed, None)
        .accessor(
            "_last",
            get_bit!(with, bits::LAST),
            set_bit!(with, bits::LAST),
        )
        .accessor(
            "_hasBody",
            get_bit!(with, bits::HAS_BODY),
            set_bit!(with, bits::HAS_BODY),
        )
        .accessor(
            "_removedConnection",
            get_bit!(with, bits::REMOVED_CONNECTION),
            set_bit!(with, bits::REMOVED_CONNECTION),
        )
        .accessor(
            "_removedContLen",
            get_bit!(with, bits::REMOVED_LENGTH),
            set_bit!(with, bits::REMOVED_LENGTH),
        )
        .accessor(
            "_removedTE",
            get_bit!(with, bits::REMOVED_ENCODING),
            set_bit!(with, bits::REMOVED_ENCODING),
        )
        .accessor(
            "_defaultKeepAlive",
            get_bit!(with, bits::DEFAULT_KEEP_ALIVE),
            set_bit!(with, bits::DEFAULT_KEEP_ALIVE),
        )
        .accessor(
            "_finished",
            get_bit!(with, bits::FINISHED),
            set_bit!(with, bits::FINISHED),
        )
        .accessor(
            "_needDrain",
            get_bit!(with, bits::NEED_DRAIN),
            set_bit!(with, bits::NEED_DRAIN),
        )
        .accessor(
            "_hasAgent",
            get_bit!(with, bits::AGENT),
            set_bit!(with, bits::AGENT),
        )
        .accessor(
            "maxRequestsOnConnectionReached",
            get_bit!(with, bits::MAX_REACHED),
            set_bit!(with, bits::MAX_REACHED),
        )
        .accessor("writableNeedDrain", need_drain, None)
        .accessor("writable", writable, shadow!("writable"))
        .accessor("writableObjectMode", |_, _, _| Ok(false.into()), None)
        .accessor("writableLength", writable_length, None)
        .accessor("outputSize", writable_length, shadow!("outputSize"))
        .accessor(
            "writableHighWaterMark",
            |_, _, _| Ok((HIGH_WATER_MARK as u32).into()),
            None,
        )
        .accessor("writableCorked", writable_corked, None)
        .accessor("errored", |_, _, _| Ok(JsValue::null()), shadow!("errored"))
        .accessor("_contentLength", content_length, Some(set_content_length))
        .accessor("_header", header, Some(set_header_text))
        .accessor(
            "_keepAliveTimeout",
            keep_alive_timeout,
            Some(set_keep_alive_timeout),
        )
        .accessor("req", request, Some(set_request))
        .accessor("socket", socket, Some(set_socket))
        .accessor("connection", socket, Some(set_socket))
        .attributes(METHOD)
        .function("write", 3, write)
        .function("end", 3, end)
        .function("cork", 0, cork)
        .function("uncork", 0, uncork)
        .function("flushHeaders", 0, flush_headers)
        .function("_implicitHeader", 0, implicit_header_missing)
        .function("_storeHeader", 2, store_header)
        .function("_takeOutput", 0, take_output)
        .function("_setTrailers", 1, set_trailers)
        .function("_writeRaw", 1, write_raw);
    header_methods::define(natives);
    Ok(JsValue::undefined())
}

fn set_events(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let turn = State::of(context).tasks.turn();
    let just_ended = with(this, context, |record| {
        record.bits |= bits::EVENTS;
        let just_ended = record.ended_in == turn;
        if just_ended {
            record.ended_in = 0;
            record.bits &= !(bits::FINISHED | bits::CLOSED | bits::DESTROYED);
        }
        just_ended
    });
    define_own(
        this,
        js_string!("_events"),
        args.get_or_undefined(0).clone(),
    );
    if just_ended == Some(true) {
        // It ended unwatched a moment ago; who comes before the next tick still hears of it.
        let args = [this.clone(), false.into()];
        help(js_string!("finishSoon"), &args, context)?;
    }
    Ok(JsValue::undefined())
}

// ---- the header

/// Name and value of each field to send, all as text.
pub type Texts = Vec<(JsString, JsString)>;

/// How a message begins.
pub enum FirstLine<'a> {
    Request(&'a JsString),
    Status(u16, &'a JsString),
}

impl FirstLine<'_> {
    fn status(&self) -> u16 {
        match self {
            Self::Request(_) => 0,
            Self::Status(status, _) => *status,
        }
    }

    fn append_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::Request(line) => fields::extend_latin1(line, out),
            Self::Status(status, reason) => {
                out.extend_from_slice(b"HTTP/1.1 ");
                encode::number(u64::from(*status), out);
                out.push(b' ');
                fields::extend_latin1(reason, out);
                out.extend_from_slice(b"\r\n");
            }
        }
    }
}

/// Encodes the header to where it goes; `false` if its `Trailer` field can't be. Nothing here can run script.
pub fn encode_header(
    record: &mut Outgoing,
    first: &FirstLine<'_>,
    texts: &Texts,
    context: &Context,
) -> bool {
    let date = record
        .has(bits::SEND_DATE)
        .then(|| *Slot::of(context).date.borrow_mut().now());
    let timed = record.keep_alive_timeout > 0.0 && record.has(bits::DEFAULT_KEEP_ALIVE);
    let plan = Plan {
        status: first.status(),
        said: Said::default(),
        keep_alive: record.has(bits::KEEP_ALIVE),
        has_body: record.has(bits::HAS_BODY),
        may_chunk: record.has(bits::MAY_CHUNK),
        length: record.length,
        removed_connection: record.has(bits::REMOVED_CONNECTION),
        removed_length: record.has(bits::REMOVED_LENGTH),
        removed_encoding: record.has(bits::REMOVED_ENCODING),
        keep_alive_timeout: timed.then_some((record.keep_alive_timeout / 1000.0) as u64),
        max_requests: record.max_requests,
        max_requests_reached: record.has(bits::MAX_REACHED),
        agent: record.has(bits::AGENT),
        date,
    };
    let encoded = if let Sink::Connection(connection, number) = &record.sink {
        connection.hold(*number);
        let mut encoded = None;
        connection.write(*number, |out| {
            encoded = Some(append_header(plan, first, texts, out));
        });
        // Without a place to go there is no header to fail.
        encoded.unwrap_or_else(|| append_header(plan, first, texts, &mut Vec::new()))
    } else {
        let mut head = Vec::with_capacity(256);
        let encoded = append_header(plan, first, texts, &mut head);
        record.header = Some(head.clone());
        record.kept.append(&mut head);
        encoded
    };
    let (outcome, said) = encoded;
    if outcome.bad_trailer {
        return false;
    }
    if let Some(length) = said.length_value {
        record.length = Some(length);
    }
    set(record, bits::CHUNKED, outcome.chunked);
    set(record, bits::KEEP_ALIVE, outcome.keep_alive);
    if outcome.last {
        record.bits |= bits::LAST;
    }
    record.bits |= bits::HEADER;
    if said.expect {
        record.bits |= bits::SENT;
    }
    true
}

fn append_header(
    mut plan: Plan,
    first: &FirstLine<'_>,
    texts: &Texts,
    out: &mut Vec<u8>,
) -> (encode::Outcome, Said) {
    let start = out.len();
    first.append_to(out);
    let said = &mut plan.said;
    for (name, value) in texts {
        let name_at = out.len();
        fields::extend_latin1(name, out);
        let name_end = out.len();
        out.extend_from_slice(b": ");
        let value_at = out.len();
        fields::extend_latin1(value, out);
        let value_end = out.len();
        out.extend_from_slice(b"\r\n");
        said.field(&out[name_at..name_end], &out[value_at..value_end]);
    }
    plan.removed_connection &= !plan.said.connection;
    plan.length = plan.said.length_value.or(plan.length);
    let outcome = encode::finish_head(&plan, out);
    if outcome.bad_trailer {
        out.truncate(start);
    }
    (outcome, plan.said)
}

fn set(record: &mut Outgoing, bit: u32, on: bool) {
    if on {
        record.bits |= bit;
    } else {
        record.bits &= !bit;
    }
}

/// The fields that script has set, as text. May run script: `toString` of odd values.
pub fn texts_of_fields(this: &JsValue, context: &mut Context) -> JsResult<Texts> {
    let list = need(this, context, |record| record.fields.clone())?.unwrap_or_default();
    let mut texts = Texts::with_capacity(list.len() + 1);
    for Field { name, value } in list {
        push_texts(&mut texts, name, &value, false, context)?;
    }
    Ok(texts)
}

/// Adds a field, or one for each element of an array.
pub fn push_texts(
    texts: &mut Texts,
    name: JsString,
    value: &JsValue,
    validate: bool,
    context: &mut Context,
) -> JsResult<()> {
    if let Some(text) = value.as_string() {
        if validate {
            fields::validate_text(&name, &text, context)?;
        }
        texts.push((name, text));
        return Ok(());
    }
    if let Some(object) = value.as_object()
        && object.is_array()
    {
        let elements = header_methods::elements(&object, context)?;
        let cookie = name.to_std_string_lossy().eq_ignore_ascii_case("cookie");
        if cookie {
            let parts: Vec<String> = elements
                .iter()
                .map(|element| Ok(element.to_string(context)?.to_std_string_lossy()))
                .collect::<JsResult<_>>()?;
            texts.push((name, JsString::from(parts.join("; "))));
            return Ok(());
        }
        for element in elements {
            if validate {
                fields::validate_value(&name, &element, context)?;
            }
            let text = element.to_string(context)?;
            texts.push((name.clone(), text));
        }
        return Ok(());
    }
    if validate {
        fields::validate_value(&name, value, context)?;
    }
    let text = value.to_string(context)?;
    texts.push((name, text));
    Ok(())
}

/// `_storeHeader(firstLine, headers)`: what client requests use; headers are an object, an array, or nothing.
fn store_header(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let line = args.get_or_undefined(0).to_string(context)?;
    let texts = match args.get_or_undefined(1).as_object() {
        Some(headers) => header_methods::texts_of(&headers, true, context)?,
        None => texts_of_fields(this, context)?,
    };
    let state_ok = {
        let Some(holder) = holder(this, context) else {
            return Ok(JsValue::undefined());
        };
        let Some(mut record) = holder.downcast_mut::<Outgoing>() else {
            return Ok(JsValue::undefined());
        };
        encode_header(&mut record, &FirstLine::Request(&line), &texts, context)
    };
    if state_ok {
        Ok(JsValue::undefined())
    } else {
        Err(trailer_invalid(context))
    }
}

/// `ERR_HTTP_TRAILER_INVALID`
pub fn trailer_invalid(context: &mut Context) -> JsError {
    errors::node_error("ERR_HTTP_TRAILER_INVALID", &[], context)
}

fn implicit_header_missing(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Err(errors::node_error(
        "ERR_METHOD_NOT_IMPLEMENTED",
        &[js_string!("_implicitHeader()").into()],
        context,
    ))
}

/// Makes the header as the message's own method does.
fn implicit_header(this: &JsValue, context: &mut Context) -> JsResult<()> {
    let Some(object) = this.as_object() else {
        return Ok(());
    };
    let native = object
        .downcast_ref::<Outgoing>()
        .is_some_and(|record| record.has(bits::RESPONSE));
    if native {
        return super::response::implicit_header(&object, context);
    }
    let method = object.get(js_string!("_implicitHeader"), context)?;
    match method.as_callable() {
        Some(method) => method.call(this, &[], context).map(drop),
        None => Ok(()),
    }
}

// ---- the body

/// `write(chunk, encoding, callback)`
fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let chunk = args.get_or_undefined(0);
    let (encoding, callback) = match args.get_or_undefined(1) {
        second if second.is_callable() => (JsValue::undefined(), second.clone()),
        second => (second.clone(), args.get_or_undefined(2).clone()),
    };
    let body = Body::of(chunk, &encoding, context)?;
    write_body(this, body, &callback, false, context).map(JsValue::from)
}

/// A chunk of a body.
pub enum Body {
    View(View),
    Bytes(Vec<u8>),
    /// Text that is the same in UTF-8.
    Text(JsString),
}

impl Body {
    fn of(chunk: &JsValue, encoding: &JsValue, context: &mut Context) -> JsResult<Self> {
        if let Some(text) = chunk.as_string() {
            let plain = encoding.is_null_or_undefined();
            if plain
                && let boa_engine::string::JsStrVariant::Latin1(units) = text.as_str().variant()
                && units.is_ascii()
            {
                return Ok(Self::Text(text));
            }
            let encoding = Encoding::of(encoding).unwrap_or(Encoding::Utf8);
            return Ok(Self::Bytes(encoding.encode(text.as_str()).to_vec()));
        }
        if chunk.is_null() {
            return Err(errors::node_error("ERR_STREAM_NULL_VALUES", &[], context));
        }
        match View::of_uint8(chunk, context) {
            Some(view) => Ok(Self::View(view)),
            None => Err(errors::invalid_arg_type(
                "chunk",
                &["string", "Buffer", "Uint8Array"],
                chunk,
                context,
            )),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::View(view) => view.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
        }
    }

    /// Appends the chunk, as a chunk of the transfer coding if that is on.
    fn frame_into(&self, out: &mut Vec<u8>, chunked: bool) {
        if !chunked || self.len() == 0 {
            return self.append_to(out);
        }
        encode::chunk_size(self.len(), out);
        self.append_to(out);
        out.extend_from_slice(b"\r\n");
    }

    fn append_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::View(view) => view.read(|bytes| out.extend_from_slice(bytes)),
            Self::Bytes(bytes) => out.extend_from_slice(bytes),
            Self::Text(text) => fields::extend_latin1(text, out),
        }
    }
}

fn write_body(
    this: &JsValue,
    body: Body,
    callback: &JsValue,
    from_end: bool,
    context: &mut Context,
) -> JsResult<bool> {
    let length = body.len();
    let state = need(this, context, |record| record.bits)?;
    if state & (bits::ENDED | bits::DESTROYED) != 0 {
        let code = if state & bits::ENDED != 0 {
            js_string!("ERR_STREAM_WRITE_AFTER_END")
        } else {
            js_string!("ERR_STREAM_DESTROYED")
        };
        help(
            js_string!("writeError"),
            &[this.clone(), code.into(), callback.clone()],
            context,
        )?;
        return Ok(false);
    }
    if state & bits::HEADER == 0 {
        if from_end {
            with(this, context, |record| {
                record.length.get_or_insert(length as u64);
            });
        }
        implicit_header(this, context)?;
    }
    check_length(this, length as u64, from_end, context)?;
    let state = need(this, context, |record| record.bits)?;
    if state & bits::HAS_BODY == 0 {
        if state & bits::REJECT_BODY != 0 {
            return Err(errors::node_error(
                "ERR_HTTP_BODY_NOT_ALLOWED",
                &[],
                context,
            ));
        }
        tick(callback, &[], context);
        return Ok(true);
    }
    if !from_end && length == 0 {
        tick(callback, &[], context);
        flush(this, context)?;
        return Ok(true);
    }
    put(this, &body, callback, from_end, context)
}

fn check_length(
    this: &JsValue,
    length: u64,
    from_end: bool,
    context: &mut Context,
) -> JsResult<()> {
    let mismatch = need(this, context, |record| {
        let written = record.written + length;
        let strict = record.has(bits::STRICT_LENGTH | bits::HAS_BODY) && !record.has(bits::CHUNKED);
        if let (true, Some(announced)) = (strict, record.length)
            && (written > announced || (from_end && written != announced))
        {
            return Some((written, announced));
        }
        record.written = written;
        None
    })?;
    match mismatch {
        Some((written, announced)) => Err(length_mismatch(written, announced, context)),
        None => Ok(()),
    }
}

fn length_mismatch(written: u64, announced: u64, context: &mut Context) -> JsError {
    let args = [(written as f64).into(), (announced as f64).into()];
    errors::node_error("ERR_HTTP_CONTENT_LENGTH_MISMATCH", &args, context)
}

/// Puts a chunk where the bytes go. Answers whether more are welcome.
fn put(
    this: &JsValue,
    body: &Body,
    callback: &JsValue,
    from_end: bool,
    context: &mut Context,
) -> JsResult<bool> {
    let target = need(this, context, |record| {
        record.bits |= bits::SENT;
        let chunked = record.has(bits::CHUNKED);
        match &record.sink {
            Sink::Connection(connection, number) => {
                connection.write(*number, |out| body.frame_into(out, chunked));
                Some((connection.clone(), *number))
            }
            Sink::None => {
                body.frame_into(&mut record.kept, chunked);
                None
            }
        }
    })?;
    let Some((connection, number)) = target else {
        if from_end {
            return Ok(true);
        }
        let more = help(
            js_string!("pass"),
            &[this.clone(), callback.clone()],
            context,
        )?;
        return Ok(more.to_boolean());
    };
    connection.release(number, context);
    tick(callback, &[], context);
    if connection.unsent(context) < HIGH_WATER_MARK {
        return Ok(true);
    }
    if from_end {
        return Ok(false);
    }
    with(this, context, |record| record.bits |= bits::NEED_DRAIN);
    if connection.is_first(number) && connection.drain_later(context) {
        help(js_string!("drainSoon"), std::slice::from_ref(this), context)?;
    }
    Ok(false)
}

/// Sends what is kept, without anything new.
fn flush(this: &JsValue, context: &mut Context) -> JsResult<()> {
    let target = need(this, context, |record| {
        record.bits |= bits::SENT;
        match &record.sink {
            Sink::Connection(connection, number) => Some((connection.clone(), *number)),
            Sink::None => None,
        }
    })?;
    match target {
        Some((connection, number)) => connection.release(number, context),
        None => {
            help(
                js_string!("pass"),
                &[this.clone(), JsValue::undefined()],
                context,
            )?;
        }
    }
    Ok(())
}

/// Calls a callback in a tick, if there is one.
pub fn tick(callback: &JsValue, args: &[JsValue], context: &mut Context) {
    if let Some(callback) = callback.as_callable() {
        let state = State::of(context);
        state.tasks.push_tick(Tick {
            callback,
            args: args.to_vec(),
            frame: state.async_context.capture(),
        });
    }
}

/// `end(chunk, encoding, callback)`
fn end(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (mut chunk, mut encoding, mut callback) = (
        args.get_or_undefined(0).clone(),
        args.get_or_undefined(1).clone(),
        args.get_or_undefined(2).clone(),
    );
    if chunk.is_callable() {
        callback = std::mem::take(&mut chunk);
        encoding = JsValue::undefined();
    } else if encoding.is_callable() {
        callback = std::mem::take(&mut encoding);
    }
    let state = need(this, context, |record| record.bits)?;
    if !chunk.is_null_or_undefined() && chunk.to_boolean() {
        if state & bits::ENDED != 0 {
            let code = js_string!("ERR_STREAM_WRITE_AFTER_END");
            help(
                js_string!("writeError"),
                &[this.clone(), code.into(), callback],
                context,
            )?;
            return Ok(this.clone());
        }
        let body = Body::of(&chunk, &encoding, context)?;
        write_body(this, body, &JsValue::undefined(), true, context)?;
    } else if state & bits::ENDED != 0 {
        if callback.is_callable() {
            help(
                js_string!("endedAlready"),
                &[this.clone(), callback],
                context,
            )?;
        }
        return Ok(this.clone());
    } else if state & bits::HEADER == 0 {
        with(this, context, |record| record.length = Some(0));
        implicit_header(this, context)?;
    } else {
        check_length(this, 0, true, context)?;
    }
    if callback.is_callable() {
        let once = this.to_object(context)?.get(js_string!("once"), context)?;
        if let Some(once) = once.as_callable() {
            once.call(this, &[js_string!("finish").into(), callback], context)?;
        }
    }
    finish(this, context)?;
    Ok(this.clone())
}

/// The last bytes, and the end of the message.
fn finish(this: &JsValue, context: &mut Context) -> JsResult<()> {
    let (target, events, last) = need(this, context, |record| {
        record.bits |= bits::ENDED | bits::SENT;
        record.corked = 0;
        let tail = record.has(bits::HAS_BODY | bits::CHUNKED);
        let trailers = std::mem::take(&mut record.trailers);
        let write = |out: &mut Vec<u8>| {
            if tail {
                out.extend_from_slice(b"0\r\n");
                out.extend_from_slice(&trailers);
                out.extend_from_slice(b"\r\n");
            }
        };
        let target = match &record.sink {
            Sink::Connection(connection, number) => {
                connection.write(*number, write);
                Some((connection.clone(), *number))
            }
            Sink::None => {
                write(&mut record.kept);
                None
            }
        };
        if target.is_some() && !record.has(bits::EVENTS) {
            record.bits |= bits::FINISHED;
        }
        (target, record.has(bits::EVENTS), record.has(bits::LAST))
    })?;
    let Some((connection, number)) = target else {
        return help(js_string!("finish"), std::slice::from_ref(this), context).map(drop);
    };
    connection.release(number, context);
    if events {
        if let Some(object) = this.as_object() {
            emit(&object, js_string!("prefinish"), &[], context)?;
        }
        // It is over, for the connection, in the tick that announces it.
        return help(
            js_string!("finishSoon"),
            &[this.clone(), last.into()],
            context,
        )
        .map(drop);
    }
    connection.response_done(number, last, false, context)?;
    let turn = State::of(context).tasks.turn();
    with(this, context, |record| {
        record.bits |= bits::CLOSED | bits::DESTROYED;
        record.ended_in = turn;
    });
    Ok(())
}

fn cork(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    need(this, context, |record| record.corked += 1)?;
    help(js_string!("cork"), &[this.clone(), true.into()], context)
}

fn uncork(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    need(this, context, |record| {
        record.corked = record.corked.saturating_sub(1)
    })?;
    help(js_string!("cork"), &[this.clone(), false.into()], context)
}

fn flush_headers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if !need(this, context, |record| record.has(bits::HEADER))? {
        implicit_header(this, context)?;
    }
    flush(this, context)?;
    Ok(JsValue::undefined())
}

/// `_takeOutput()`: the bytes that wait for a socket, as a Buffer; `undefined` if there are none.
fn take_output(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let kept = need(this, context, |record| match record.sink {
        Sink::Connection(..) => Vec::new(),
        Sink::None => std::mem::take(&mut record.kept),
    })?;
    if kept.is_empty() {
        return Ok(JsValue::undefined());
    }
    Ok(buffer::from_vec(kept, context)?.into())
}

/// `_setTrailers(text)`
fn set_trailers(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    need(this, context, |record| {
        record.trailers.clear();
        fields::extend_latin1(&text, &mut record.trailers);
    })?;
    Ok(JsValue::undefined())
}

/// `_writeRaw(text)`: bytes outside the message, such as `100 Continue`.
fn write_raw(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let target = need(this, context, |record| match &record.sink {
        Sink::Connection(connection, number) => {
            connection.write(*number, |out| fields::extend_latin1(&text, out));
            Some((connection.clone(), *number))
        }
        Sink::None => {
            fields::extend_latin1(&text, &mut record.kept);
            None
        }
    })?;
    match target {
        Some((connection, number)) => connection.release(number, context),
        None => {
            help(
                js_string!("pass"),
                &[this.clone(), JsValue::undefined()],
                context,
            )?;
        }
    }
    Ok(JsValue::undefined())
}

// ---- what script sees

/// A bit that the end of the message sets, but not before the next tick: script must not see it at once.
fn after_turn(this: &JsValue, bit: u32, context: &mut Context) -> JsResult<JsValue> {
    let turn = State::of(context).tasks.turn();
    Ok(with(this, context, |record| {
        record.has(bit) && record.ended_in != turn
    })
    .map_or_else(JsValue::undefined, JsValue::from))
}

fn finished(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    after_turn(this, bits::FINISHED, context)
}

fn destroyed(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    after_turn(this, bits::DESTROYED, context)
}

fn closed(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    after_turn(this, bits::CLOSED, context)
}

fn need_drain(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| {
        record.has(bits::NEED_DRAIN) && record.bits & (bits::DESTROYED | bits::ENDED) == 0
    })
    .map_or_else(JsValue::undefined, JsValue::from))
}

fn writable(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |_| true).map_or_else(JsValue::undefined, JsValue::from))
}

fn writable_length(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let found = with(this, context, |record| match &record.sink {
        Sink::Connection(connection, number) => Err((connection.clone(), *number)),
        Sink::None => Ok(record.kept.len()),
    });
    Ok(match found {
        None => JsValue::undefined(),
        Some(Ok(kept)) => (kept as f64).into(),
        Some(Err((connection, number))) => (connection.backlog(number, context) as f64).into(),
    })
}

fn writable_corked(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| record.corked).map_or_else(JsValue::undefined, JsValue::from))
}

fn content_length(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(
        with(this, context, |record| record.length).map_or_else(JsValue::undefined, |length| {
            length.map_or(JsValue::null(), |length| (length as f64).into())
        }),
    )
}

fn set_content_length(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let length = if value.is_null_or_undefined() {
        None
    } else {
        Some(value.to_number(context)? as u64)
    };
    with(this, context, |record| record.length = length);
    Ok(JsValue::undefined())
}

/// The text of the header; of a response that the server made it is put together again.
fn header(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let known = with(this, context, |record| {
        (
            record.has(bits::HEADER),
            record.header.as_ref().map(|header| fields::latin1(header)),
        )
    });
    match known {
        None => Ok(JsValue::undefined()),
        Some((false, _)) => Ok(JsValue::null()),
        Some((true, Some(header))) => Ok(header.into()),
        Some((true, None)) => help(
            js_string!("headerText"),
            std::slice::from_ref(this),
            context,
        ),
    }
}

fn set_header_text(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let text = value.as_string();
    with(this, context, |record| {
        set(record, bits::HEADER, text.is_some());
        record.header = text.map(|text| {
            let mut bytes = Vec::new();
            fields::extend_latin1(&text, &mut bytes);
            bytes
        });
    });
    Ok(JsValue::undefined())
}

fn keep_alive_timeout(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| record.keep_alive_timeout)
        .map_or_else(JsValue::undefined, JsValue::from))
}

fn set_keep_alive_timeout(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let timeout = args.get_or_undefined(0).to_number(context)?;
    with(this, context, |record| record.keep_alive_timeout = timeout);
    Ok(JsValue::undefined())
}

fn request(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| record.request.clone()).unwrap_or_default())
}

fn set_request(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let request = args.get_or_undefined(0).clone();
    with(this, context, |record| record.request = request);
    Ok(JsValue::undefined())
}

fn socket(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let turn = State::of(context).tasks.turn();
    let found = with(this, context, |record| {
        let over = record.has(bits::FINISHED | bits::NATIVE) && record.ended_in != turn;
        let connection = match &record.sink {
            // After the response the socket is no longer its own.
            Sink::Connection(connection, _) if !over => Some(connection.clone()),
            _ => None,
        };
        (record.socket.clone(), connection, over)
    });
    match found {
        None => Ok(JsValue::undefined()),
        Some((_, _, true)) => Ok(JsValue::null()),
        Some((known, _, _)) if !known.is_undefined() => Ok(known),
        Some((_, Some(connection), _)) => {
            let socket = connection.socket(context)?;
            Ok(if socket.is_undefined() {
                JsValue::null()
            } else {
                socket
            })
        }
        Some((_, None, _)) => Ok(JsValue::null()),
    }
}

fn set_socket(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = args.get_or_undefined(0).clone();
    with(this, context, |record| record.socket = socket);
    Ok(JsValue::undefined())
}
