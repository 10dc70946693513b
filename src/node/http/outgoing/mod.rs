//! `http.OutgoingMessage`: header fields, framing, and where the bytes go.
//!
//! This is the record and the prototype; `head` encodes the header, `body` is `write` and `end`, `properties` what script reads.
//! The bytes go to the native connection, or to a socket of script by way of the script half.

mod body;
mod head;
mod properties;

use std::rc::Rc;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    property::Attribute,
};

use super::{
    client::{Request, Validation},
    connection::{Connection, HIGH_WATER_MARK},
    header_methods,
    record::{self, Watched, get_bit, set_bit, set_value, shadow},
};
use crate::{
    engine::lookup::LookUp,
    engine::native::{METHOD, Natives},
    node::events::table::{self, Listening, Table},
    runtime::State,
};

pub use body::{Body, call_endings};
pub use head::{
    FirstLine, Lines, Texts, encode_header, push_texts, texts_of_fields, trailer_invalid,
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
    /// Its socket is no longer its own.
    pub const DETACHED: u32 = 1 << 26;
    /// A callback waits for it: its end is announced in a tick, as to listeners.
    pub const AWAITED: u32 = 1 << 27;
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

/// A connection, and the number of the message on it.
pub type Place = (Rc<Connection>, u64);

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
    pub listeners: Table,
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
    /// The turn of the last `write`, and how many bytes were written in it: to script they wait until the next tick.
    #[unsafe_ignore_trace]
    pub fresh: (u64, usize),
    /// The turn in which a response that nobody watches came to its end; 0 for all others.
    #[unsafe_ignore_trace]
    pub ended_in: u64,
    /// `uniqueHeaders`: names whose values are sent as one.
    #[unsafe_ignore_trace]
    pub unique: Option<Rc<[JsString]>>,
    /// A request of the client knows more.
    pub client: Option<Box<Request>>,
    pub status: JsValue,
    pub reason: JsValue,
    pub request: JsValue,
    pub socket: JsValue,
    /// The callbacks of `end` that wait for the message to be finished.
    pub endings: Vec<JsObject>,
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

    /// Whether all these bits are set.
    pub fn has(&self, bits: u32) -> bool {
        self.bits & bits == bits
    }

    /// Sets or clears bits.
    pub fn set(&mut self, bits: u32, on: bool) {
        if on {
            self.bits |= bits;
        } else {
            self.bits &= !bits;
        }
    }

    /// The place in a connection that the bytes go to, if there is one.
    fn place(&self) -> Option<Place> {
        match &self.sink {
            Sink::Connection(connection, number) => Some((connection.clone(), *number)),
            Sink::None => None,
        }
    }

    /// Appends bytes to where they go. Answers the place in a connection, if that is where.
    fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Option<Place> {
        match &self.sink {
            Sink::Connection(connection, number) => {
                connection.write(*number, write);
                Some((connection.clone(), *number))
            }
            Sink::None => {
                write(&mut self.kept);
                None
            }
        }
    }
}

impl Outgoing {
    /// Puts the last bytes of the body where they go.
    pub fn put_last(&mut self, body: &Body) {
        let chunked = self.has(bits::CHUNKED);
        self.bits |= bits::SENT;
        self.fresh = (0, 0);
        self.append(|out| body.frame_into(out, chunked));
    }
}

impl Listening for Outgoing {
    fn table(&mut self) -> &mut Table {
        &mut self.listeners
    }
}

impl Watched for Outgoing {
    fn announcer() -> JsString {
        js_string!("finishSoon")
    }

    fn watch(&mut self, turn: u64) -> bool {
        self.bits |= bits::EVENTS;
        let just_ended = self.ended_in == turn;
        if just_ended {
            self.ended_in = 0;
            self.bits &= !(bits::FINISHED | bits::DETACHED | bits::CLOSED | bits::DESTROYED);
        }
        just_ended
    }
}

/// Whether the message may have control characters in header values: by `httpValidation` or `insecureHTTPParser` of the server
/// or of the request. What is no message answers by being truthy.
///
/// # Errors
/// What getters of the options throw.
pub fn takes_lax_values(this: &JsValue, context: &mut Context) -> JsResult<bool> {
    let known = with(this, context, |record| {
        let connection = match &record.sink {
            Sink::Connection(connection, _) => Some(connection.clone()),
            Sink::None => None,
        };
        let client = record.client.as_deref();
        (connection, client.and_then(|request| request.validation))
    });
    let Some((connection, validation)) = known else {
        return Ok(this.to_boolean());
    };
    if let Some(connection) = connection {
        let limits = connection.server().limits();
        return Ok(limits.lenient || limits.lax_values);
    }
    if let Some(said) = validation {
        return Ok(said != Validation::Strict);
    }
    let lenient = this
        .to_object(context)?
        .look_up(js_string!("insecureHTTPParser"), context)?;
    Ok(match lenient.is_undefined() {
        true => State::of(context).options.insecure_http_parser,
        false => lenient.to_boolean(),
    })
}

/// Reads or changes the record behind `this`.
pub fn with<R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut Outgoing) -> R,
) -> Option<R> {
    record::with(this, context, act)
}

/// The same, or the error for a `this` that never was a message.
pub fn need<R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut Outgoing) -> R,
) -> JsResult<R> {
    record::need(this, context, act)
}

/// `initOutgoing(message, options)`
pub fn init(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = args.get_or_undefined(0).as_object() {
        let mut record = Outgoing::new();
        record.bits |= bits::EVENTS;
        let options = args.get_or_undefined(1);
        if let Some(options) = options.as_object()
            && options
                .look_up(js_string!("rejectNonStandardBodyWrites"), context)?
                .to_boolean()
        {
            record.bits |= bits::REJECT_BODY;
        }
        record::attach(&object, record, context);
    }
    Ok(JsValue::undefined())
}

/// The names in a `uniqueHeaders` option; of an entry that is a list, its first.
pub fn names_of(list: &JsValue, context: &mut Context) -> JsResult<Option<Rc<[JsString]>>> {
    let Some(list) = list.as_object().filter(JsObject::is_array) else {
        return Ok(None);
    };
    let mut names = Vec::new();
    for name in header_methods::elements(&list, context)? {
        names.push(name.to_string(context)?);
    }
    Ok(Some(names.into()))
}

/// `_setUnique(list)`
fn set_unique(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let unique = names_of(args.get_or_undefined(0), context)?;
    need(this, context, |record| record.unique = unique)?;
    Ok(JsValue::undefined())
}

/// The record of a response that script constructs. Its emitter is made when somebody listens.
pub fn init_response(this: &JsValue, options: &JsValue, context: &mut Context) -> JsResult<()> {
    let mut record = Outgoing::new();
    if let Some(options) = options.as_object()
        && options
            .look_up(js_string!("rejectNonStandardBodyWrites"), context)?
            .to_boolean()
    {
        record.bits |= bits::REJECT_BODY;
    }
    if let Some(object) = this.as_object() {
        record::attach(&object, record, context);
    }
    Ok(())
}

/// `defineOutgoing(prototype)`
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    let natives = Natives::on(prototype, context)
        .attributes(Attribute::CONFIGURABLE | Attribute::ENUMERABLE)
        .direct()
        .accessor(
            "_events",
            table::get_events::<Outgoing>,
            Some(record::set_events::<Outgoing>),
        )
        .accessor(
            "_eventsCount",
            table::get_count::<Outgoing>,
            Some(table::set_count::<Outgoing>),
        )
        .accessor(
            "finished",
            get_bit!(with, bits::ENDED),
            set_bit!(with, bits::ENDED),
        )
        .accessor("writableEnded", get_bit!(with, bits::ENDED), None)
        .accessor("writableFinished", properties::finished, None)
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
        .accessor(
            "destroyed",
            properties::destroyed,
            Some(properties::set_destroyed),
        )
        .accessor("_closed", properties::closed, set_bit!(with, bits::CLOSED))
        .accessor("closed", properties::closed, None)
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
        .accessor("writableNeedDrain", properties::need_drain, None)
        .accessor("writable", properties::writable, shadow!("writable"))
        .accessor("writableObjectMode", |_, _, _| Ok(false.into()), None)
        .accessor("writableLength", properties::writable_length, None)
        .accessor("outputData", properties::output_data, shadow!("outputData"))
        .accessor(
            "outputSize",
            properties::writable_length,
            shadow!("outputSize"),
        )
        .accessor(
            "writableHighWaterMark",
            |_, _, _| Ok((HIGH_WATER_MARK as u32).into()),
            None,
        )
        .accessor("writableCorked", properties::writable_corked, None)
        .accessor("errored", |_, _, _| Ok(JsValue::null()), shadow!("errored"))
        .accessor(
            "_contentLength",
            properties::content_length,
            Some(properties::set_content_length),
        )
        .accessor(
            "_header",
            properties::header,
            Some(properties::set_header_text),
        )
        .accessor(
            "_keepAliveTimeout",
            properties::keep_alive_timeout,
            Some(properties::set_keep_alive_timeout),
        )
        .accessor("req", properties::request, set_value!(with, request))
        .accessor("socket", properties::socket, set_value!(with, socket))
        .accessor("connection", properties::socket, set_value!(with, socket))
        .attributes(METHOD)
        .function("write", 3, body::write)
        .function("end", 3, body::end)
        .function("cork", 0, body::cork)
        .function("uncork", 0, body::uncork)
        .function("flushHeaders", 0, body::flush_headers)
        .function("_implicitHeader", 0, head::implicit_header_missing)
        .function("_storeHeader", 2, head::store_header)
        .function("_takeOutput", 0, body::take_output)
        .function("_flushEnd", 1, body::flush_end)
        .function("_setUnique", 1, set_unique)
        .function("_setTrailers", 1, body::set_trailers)
        .function("_writeRaw", 1, body::write_raw);
    header_methods::define(natives);
    Ok(JsValue::undefined())
}
