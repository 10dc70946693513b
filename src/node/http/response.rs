//! `http.ServerResponse`: made natively for each request, and its `writeHead`.

use std::rc::Rc;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, property::Attribute,
};

use super::{
    Slot,
    connection::{Connection, HIGH_WATER_MARK},
    fields, header_methods,
    outgoing::{self, Body, Outgoing, Sink, bits, need, with},
    protocol::encode,
    record::{self, get_bit, set_bit, set_value},
};
use crate::{
    engine::lookup::LookUp,
    engine::native::{METHOD, Natives},
    node::{domain, errors, events, task_queue::tick_native},
};

/// What a request says about its response.
pub struct Start {
    pub connection: Rc<Connection>,
    pub number: u64,
    pub keep_alive: bool,
    pub may_chunk: bool,
    pub has_body: bool,
    /// `rejectNonStandardBodyWrites`
    pub rejects_body: bool,
}

impl Start {
    fn bits(&self) -> u32 {
        let mut all = bits::SEND_DATE | bits::DEFAULT_KEEP_ALIVE | bits::RESPONSE;
        if self.keep_alive {
            all |= bits::KEEP_ALIVE;
        }
        if self.may_chunk {
            all |= bits::MAY_CHUNK;
        }
        if self.has_body {
            all |= bits::HAS_BODY;
        }
        if self.rejects_body {
            all |= bits::REJECT_BODY;
        }
        all
    }
}

/// The response to a request, as an object of the server's class.
pub fn make(start: Start, request: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let server = start.connection.server().clone();
    let mut record = Outgoing {
        bits: start.bits(),
        keep_alive_timeout: server.keep_alive_seconds().unwrap_or(0) as f64 * 1000.0,
        max_requests: server.max_requests(),
        status: 200.into(),
        unique: server.unique(),
        request: request.clone().into(),
        ..Outgoing::default()
    };
    if record.max_requests > 0 && start.number + 1 >= record.max_requests {
        record.bits |= bits::MAX_REACHED;
    }
    record.sink = Sink::Connection(start.connection, start.number);
    let Some(class) = server.response_class() else {
        record.bits |= bits::NATIVE;
        let slot = Slot::of(context);
        let prototype = slot.classes().response.clone();
        let response = JsObject::new(context.root_shape(), prototype, record).upcast();
        domain::adopt(&response, context);
        return Ok(response);
    };
    let options = Natives::new(context)
        .value("highWaterMark", HIGH_WATER_MARK as f64)
        .value("rejectNonStandardBodyWrites", record.has(bits::REJECT_BODY))
        .build();
    let object = class.construct(&[request.clone().into(), options.into()], None, context)?;
    let this = JsValue::from(object.clone());
    if object.look_up(js_string!("emit"), context)? != Slot::of(context).classes().emit {
        // The class hears of all events itself.
        record.bits |= bits::EVENTS;
    }
    with(&this, context, |known| {
        let kept = known.bits & (bits::EVENTS | bits::REJECT_BODY | bits::STRICT_LENGTH);
        // What the class's constructor has set stays.
        record.fields = known.fields.take();
        if let Some(status) = known.status.as_number()
            && status != 200.0
        {
            record.status = known.status.clone();
        }
        record.reason = known.reason.clone();
        *known = record;
        known.bits |= kept | bits::NATIVE;
    });
    Ok(object)
}

/// `initResponse(response, request, options)`: what the constructor does, and that of `OutgoingMessage`.
pub fn init(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let this = args.get_or_undefined(0);
    outgoing::init_response(this, args.get_or_undefined(2), context)?;
    let request = args.get_or_undefined(1);
    let (mut head, mut old) = (false, false);
    if let Some(request) = request.as_object() {
        let method = request.look_up(js_string!("method"), context)?;
        head = method
            .as_string()
            .is_some_and(|method| method == js_string!("HEAD"));
        let major = request.look_up(js_string!("httpVersionMajor"), context)?;
        let minor = request.look_up(js_string!("httpVersionMinor"), context)?;
        old = (major.as_number(), minor.as_number()) < (Some(1.0), Some(1.0));
    }
    let request = request.clone();
    with(this, context, |record| {
        record.bits |= bits::RESPONSE;
        record.status = 200.into();
        record.request = request;
        if head {
            record.bits &= !bits::HAS_BODY;
        }
        if old {
            record.bits &= !(bits::MAY_CHUNK | bits::KEEP_ALIVE);
        }
    });
    Ok(old.into())
}

/// `defineResponse(prototype)`; answers the `writeHead` that stands for "not replaced".
pub fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = args.get_or_undefined(0).to_object(context)?;
    let natives = Natives::on(prototype.clone(), context)
        .attributes(Attribute::CONFIGURABLE | Attribute::ENUMERABLE)
        .direct()
        .accessor("statusCode", status, set_value!(with, status))
        .accessor("statusMessage", reason, set_value!(with, reason))
        .accessor(
            "_expect_continue",
            get_bit!(with, bits::EXPECT_CONTINUE),
            set_bit!(with, bits::EXPECT_CONTINUE),
        )
        .accessor(
            "_sent100",
            get_bit!(with, bits::SENT_100),
            set_bit!(with, bits::SENT_100),
        )
        .attributes(METHOD)
        .function("writeHead", 1, write_head)
        .function("_implicitHeader", 0, implicit_header_native)
        .function("_done", 1, done);
    drop(natives);
    let write_head = prototype.look_up(js_string!("writeHead"), context)?;
    let alias = boa_engine::property::PropertyDescriptor::builder()
        .value(write_head.clone())
        .writable(true)
        .enumerable(false)
        .configurable(true);
    prototype.insert_property(js_string!("writeHeader"), alias.build());
    Ok(write_head)
}

fn status(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| record.status.clone()).unwrap_or_else(|| 200.into()))
}

fn reason(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(with(this, context, |record| record.reason.clone()).unwrap_or_default())
}

/// `_implicitHeader()`
fn implicit_header_native(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let object = this.to_object(context)?;
    implicit_header(&object, context)?;
    Ok(JsValue::undefined())
}

/// The header that nobody wrote: by way of `writeHead` if a script replaced it.
pub fn implicit_header(object: &JsObject, context: &mut Context) -> JsResult<()> {
    let this = JsValue::from(object.clone());
    let method = object.look_up(js_string!("writeHead"), context)?;
    if is_own_write_head(&method, context) {
        let status = need(&this, context, |record| record.status.clone())?;
        return write_head(&this, &[status], context).map(drop);
    }
    let status = object.look_up(js_string!("statusCode"), context)?;
    match method.as_callable() {
        Some(method) => method.call(&this, &[status], context).map(drop),
        None => Err(errors::type_error(
            "this.writeHead is not a function",
            context,
        )),
    }
}

/// Whether a method is the `writeHead` that nobody replaced.
fn is_own_write_head(method: &JsValue, context: &Context) -> bool {
    *method == Slot::of(context).classes().write_head
}

/// Whether a response that nothing was written to is one that the server made, with a header of text and an ordinary status.
fn is_ordinary(record: &Outgoing) -> bool {
    const UNLIKE: u32 =
        bits::HEADER | bits::ENDED | bits::DESTROYED | bits::EXPECT_CONTINUE | bits::STRICT_LENGTH;
    const LIKE: u32 = bits::RESPONSE | bits::NATIVE | bits::HAS_BODY;
    let mut fields = record.fields.iter().flatten();
    record.bits & (UNLIKE | LIKE) == LIKE
        && matches!(record.sink, Sink::Connection(..))
        && record.unique.is_none()
        && record.reason.is_undefined()
        && matches!(
            record.status.as_i32(),
            Some(200..=203 | 205..=303 | 305..=999)
        )
        && fields.all(|field| field.value.is_string())
}

/// Header and body of a response that `end` is the first to write to, in one step: what `writeHead`, `write` and `end` come to where
/// the server made the response, its header is of text and the status is an ordinary one. `false`: go the long way, nothing
/// has happened.
pub fn write_at_once(object: &JsObject, body: &Body, context: &mut Context) -> JsResult<bool> {
    if !object
        .downcast_ref::<Outgoing>()
        .is_some_and(|record| is_ordinary(&record))
    {
        return Ok(false);
    }
    let method = object.look_up(js_string!("writeHead"), context)?;
    if !is_own_write_head(&method, context) {
        return Ok(false);
    }
    let Some(mut record) = object.downcast_mut::<Outgoing>() else {
        return Ok(false);
    };
    let record = &mut *record;
    // A getter may be in the place of `writeHead`, and it runs script.
    if !is_ordinary(record) {
        return Ok(false);
    }
    let status = record.status.as_i32().unwrap_or(200) as u16;
    let reason = reason_of(status);
    record.reason = reason.clone().into();
    record.length.get_or_insert(body.len() as u64);
    let fields = record.fields.take();
    let line = outgoing::FirstLine::Status(status, &reason);
    let lines = outgoing::Lines::Fields(fields.as_deref().unwrap_or_default());
    let encoded = outgoing::encode_header(record, &line, lines, context);
    record.fields = fields;
    if !encoded {
        return Err(outgoing::trailer_invalid(context));
    }
    record.written += body.len() as u64;
    record.put_last(body);
    Ok(true)
}

/// `writeHead(statusCode, statusMessage, headers)`
fn write_head(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (state, has_fields) = need(this, context, |record| {
        (record.bits, record.fields.is_some())
    })?;
    if state & bits::HEADER != 0 {
        let args = [js_string!("write").into()];
        return Err(errors::node_error("ERR_HTTP_HEADERS_SENT", &args, context));
    }
    let original = args.get_or_undefined(0);
    let status = original.to_i32(context)?;
    if !(100..=999).contains(&status) {
        let args = [original.clone()];
        return Err(errors::node_error(
            "ERR_HTTP_INVALID_STATUS_CODE",
            &args,
            context,
        ));
    }
    let status = status as u16;
    let (reason, headers) = match args.get_or_undefined(1).as_string() {
        Some(reason) => (Some(reason), args.get_or_undefined(2).clone()),
        None => {
            let second = args.get_or_undefined(1).clone();
            let headers = if second.is_null_or_undefined() {
                args.get_or_undefined(2).clone()
            } else {
                second
            };
            (None, headers)
        }
    };
    let reason = match reason {
        Some(reason) => reason,
        None => {
            let known = need(this, context, |record| record.reason.clone())?;
            match known.to_boolean() {
                true => known.to_string(context)?,
                false => reason_of(status),
            }
        }
    };
    // Said before anything is found wrong: what follows finds the same.
    need(this, context, |record| {
        record.status = status.into();
        record.reason = reason.clone().into();
    })?;
    let texts = match headers.as_object() {
        Some(headers) if has_fields => {
            header_methods::merge(this, &headers, context)?;
            outgoing::texts_of_fields(this, context)?
        }
        Some(headers) => header_methods::texts_of(&headers, Some(this), context)?,
        None if has_fields => outgoing::texts_of_fields(this, context)?,
        None => outgoing::Texts::new(),
    };
    if !fields::is_value(&reason) {
        let args = [js_string!("statusMessage").into()];
        return Err(errors::node_error("ERR_INVALID_CHAR", &args, context));
    }
    let Some(holder) = record::holder::<Outgoing>(this, context) else {
        return Ok(this.clone());
    };
    let encoded = {
        let Some(mut record) = holder.downcast_mut::<Outgoing>() else {
            return Ok(this.clone());
        };
        if status < 200 || status == 204 || status == 304 {
            record.bits &= !bits::HAS_BODY;
        }
        if record.has(bits::EXPECT_CONTINUE) && !record.has(bits::SENT_100) {
            record.bits &= !bits::KEEP_ALIVE;
        }
        let line = outgoing::FirstLine::Status(status, &reason);
        outgoing::encode_header(&mut record, &line, outgoing::Lines::Texts(&texts), context)
    };
    if !encoded {
        return Err(outgoing::trailer_invalid(context));
    }
    Ok(this.clone())
}

fn reason_of(status: u16) -> JsString {
    match status {
        200 => js_string!("OK"),
        404 => js_string!("Not Found"),
        _ => JsString::from(encode::reason(status)),
    }
}

/// `finishSoon(response, last)`
pub fn finish_soon_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let last = args.get_or_undefined(1).to_boolean();
    finish_soon(args.get_or_undefined(0), last, context);
    Ok(JsValue::undefined())
}

/// Announces in a tick that a response is finished, which is when it is over for its connection, and a tick later that it is closed.
pub fn finish_soon(this: &JsValue, last: bool, context: &mut Context) {
    tick_native(finish_now, vec![this.clone(), last.into()], context);
}

fn finish_now(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let this = args.get_or_undefined(0);
    let awaited = with(this, context, |record| {
        record.bits |= bits::FINISHED;
        record.ended_in = 0;
        !record.endings.is_empty()
    });
    if awaited == Some(true) {
        outgoing::call_endings(this, &JsValue::null(), context)?;
    }
    done(this, &args[1..], context)?;
    with(this, context, |record| {
        record.bits |= bits::DETACHED;
        record.socket = JsValue::null();
    });
    if let Some(response) = this.as_object() {
        events::emit(&response, js_string!("finish"), &[], context)?;
    }
    tick_native(close_now, vec![this.clone()], context);
    Ok(())
}

fn close_now(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let this = args.get_or_undefined(0);
    let closed = with(this, context, |record| {
        let closed = record.has(bits::CLOSED);
        record.bits |= bits::CLOSED | bits::DESTROYED;
        closed
    });
    match this.as_object() {
        Some(response) if closed == Some(false) => {
            events::emit(&response, js_string!("close"), &[], context).map(drop)
        }
        _ => Ok(()),
    }
}

/// `_done(last)`: the response is over for its connection.
fn done(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let last = args.get_or_undefined(0).to_boolean();
    let target = need(this, context, |record| match &record.sink {
        Sink::Connection(connection, number) => Some((connection.clone(), *number)),
        Sink::None => None,
    })?;
    if let Some((connection, number)) = target {
        connection.response_done(number, last, true, context)?;
    }
    Ok(JsValue::undefined())
}
