//! `http.IncomingMessage`: the head of a message kept as bytes, everything that script sees of it made when it is touched.
//!
//! This is the record and the prototype; `head` is what script reads of the head, `body` the stream. The stream state is the
//! ordinary one of `stream`, created on first touch and then fed with what has arrived.

mod body;
mod head;

use std::rc::Rc;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    property::Attribute,
};

use super::{
    Slot,
    connection::Connection,
    protocol::Head,
    record::{self, Watched, get_bit, set_bit, set_value, shadow},
};
use crate::{
    engine::native::{METHOD, Natives},
    node::{
        domain,
        events::table::{self, Listening, Table},
    },
};

pub use body::{Piece, data, dump, end, hears_errors, is_over, skip};

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
    pub listeners: Table,
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
    /// Its `_readableState`, once somebody has asked for it.
    pub state: JsValue,
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

impl Listening for Incoming {
    fn table(&mut self) -> &mut Table {
        &mut self.listeners
    }
}

impl Watched for Incoming {
    fn announcer() -> JsString {
        js_string!("dumpSoon")
    }

    fn watch(&mut self, turn: u64) -> bool {
        self.bits |= bits::EVENTS;
        let just_gone = self.gone_in == turn;
        if just_gone {
            self.gone_in = 0;
            self.bits &= !(bits::GONE | bits::DUMPED);
        }
        just_gone
    }
}

/// A message that the server made.
pub fn make(incoming: Incoming, context: &mut Context) -> JsObject {
    let slot = Slot::of(context);
    let prototype = slot.classes().incoming.clone();
    let message = JsObject::new(context.root_shape(), prototype, incoming).upcast();
    domain::adopt(&message, context);
    message
}

/// Reads or changes the record behind `this`.
pub fn with<R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut Incoming) -> R,
) -> Option<R> {
    record::with(this, context, act)
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
    record::attach(&object, record, context);
    Ok(JsValue::undefined())
}

/// `defineIncoming(prototype)`
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    let prototype = Natives::on(prototype, context)
        .attributes(Attribute::CONFIGURABLE | Attribute::ENUMERABLE)
        .direct()
        .accessor(
            "_events",
            table::get_events::<Incoming>,
            Some(record::set_events::<Incoming>),
        )
        .accessor(
            "_eventsCount",
            table::get_count::<Incoming>,
            Some(table::set_count::<Incoming>),
        )
        .accessor(
            "_readableState",
            body::readable_state,
            Some(body::set_readable_state),
        )
        .accessor("url", head::url, shadow!("url"))
        .accessor("method", head::method, shadow!("method"))
        .accessor("statusCode", head::status_code, shadow!("statusCode"))
        .accessor(
            "statusMessage",
            head::status_message,
            shadow!("statusMessage"),
        )
        .accessor("httpVersion", head::http_version, shadow!("httpVersion"))
        .accessor(
            "httpVersionMajor",
            head::http_version_major,
            shadow!("httpVersionMajor"),
        )
        .accessor(
            "httpVersionMinor",
            head::http_version_minor,
            shadow!("httpVersionMinor"),
        )
        .accessor("headers", head::headers, shadow!("headers"))
        .accessor(
            "headersDistinct",
            head::headers_distinct,
            shadow!("headersDistinct"),
        )
        .accessor("rawHeaders", head::raw_headers, shadow!("rawHeaders"))
        .accessor("trailers", head::trailers, shadow!("trailers"))
        .accessor(
            "trailersDistinct",
            head::trailers_distinct,
            shadow!("trailersDistinct"),
        )
        .accessor("rawTrailers", head::raw_trailers, shadow!("rawTrailers"))
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
        .accessor("upgrade", head::upgrade, shadow!("upgrade"))
        .accessor(
            "joinDuplicateHeaders",
            get_bit!(with, bits::JOIN),
            set_bit!(with, bits::JOIN),
        )
        .accessor(
            "_consuming",
            get_bit!(with, bits::CONSUMED),
            set_bit!(with, bits::CONSUMED),
        )
        .accessor(
            "_dumped",
            get_bit!(with, bits::DUMPED),
            set_bit!(with, bits::DUMPED),
        )
        .accessor("socket", head::socket, set_value!(with, socket))
        .accessor("connection", head::socket, set_value!(with, socket))
        .accessor("client", head::socket, shadow!("client"))
        .attributes(METHOD)
        .function("_read", 1, body::read)
        .function("_destroy", 2, body::destroy)
        .function("_dump", 0, body::dump_native)
        .build();
    if let Some(destroy) = prototype.get(js_string!("_destroy"), context)?.as_object() {
        let _ = Slot::of(context).destroy_incoming.set(destroy);
    }
    Ok(JsValue::undefined())
}
