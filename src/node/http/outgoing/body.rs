//! The body of a message that goes out: `write`, `end`, and what puts their bytes in place.
//!
//! A chunk is framed straight into the connection's buffer; without a connection it is kept for the script half to pass on.

use boa_engine::{
    Context, JsArgs, JsError, JsResult, JsString, JsValue, js_string, string::JsStrVariant,
};

use super::{Place, Sink, bits, head::implicit_header, need, properties, with};
use crate::{
    node::{
        buffer::{self, Encoding, View},
        errors, events,
        http::{
            client::exchange,
            connection::HIGH_WATER_MARK,
            fields,
            figures::{self, Figure},
            help,
            protocol::encode,
            response,
        },
    },
    runtime::{
        State,
        tasks::{Callee, Tick},
    },
};

/// `write(chunk, encoding, callback)`
pub(super) fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let chunk = args.get_or_undefined(0);
    let (encoding, callback) = match args.get_or_undefined(1) {
        second if second.is_callable() => (JsValue::undefined(), second.clone()),
        second => (second.clone(), args.get_or_undefined(2).clone()),
    };
    let body = Body::of(chunk, &encoding, context)?;
    write_body(this, body, &callback, false, context).map(JsValue::from)
}

/// What stands around a chunk of the transfer coding takes no more.
const MOST_FRAMING: usize = 20;

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
                && let JsStrVariant::Latin1(units) = text.as_str().variant()
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

    pub fn len(&self) -> usize {
        match self {
            Self::View(view) => view.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) => text.len(),
        }
    }

    /// Appends the chunk, as a chunk of the transfer coding if that is on.
    pub(super) fn frame_into(&self, out: &mut Vec<u8>, chunked: bool) {
        if !chunked || self.len() == 0 {
            return self.append_to(out);
        }
        // Memory that has grown for the chunk would be copied for its last two bytes.
        out.reserve(self.len() + MOST_FRAMING);
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
    if let Body::View(view) = body
        && !from_end
        && view.len() >= HIGH_WATER_MARK
        && pour(this, view, callback, context)?
    {
        return Ok(false);
    }
    let turn = State::of(context).tasks.turn();
    let target = need(this, context, |record| {
        record.bits |= bits::SENT;
        let chunked = record.has(bits::CHUNKED);
        let mut framed = 0;
        let target = record.append(|out| {
            let before = out.len();
            body.frame_into(out, chunked);
            framed = out.len() - before;
        });
        let before = if record.fresh.0 == turn {
            record.fresh.1
        } else {
            0
        };
        record.fresh = if from_end {
            (0, 0)
        } else {
            (turn, before + framed)
        };
        target
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
    if callback.is_callable() {
        with(this, context, |record| record.bits |= bits::AWAITED);
        tick(callback, &[], context);
    }
    if connection.unsent(context) < HIGH_WATER_MARK {
        return Ok(true);
    }
    if from_end {
        return Ok(false);
    }
    with(this, context, |record| {
        record.bits |= bits::NEED_DRAIN;
        // From here on the connection says how much waits.
        record.fresh = (0, 0);
    });
    if connection.is_first(number) && connection.drain_later(context) {
        help(js_string!("drainSoon"), std::slice::from_ref(this), context)?;
    }
    Ok(false)
}

/// A chunk that would be sent at once because it is so large goes to the system from where it is, with what comes before it. Answers
/// whether it did.
fn pour(this: &JsValue, view: &View, callback: &JsValue, context: &mut Context) -> JsResult<bool> {
    let place = need(this, context, |record| record.place())?;
    let Some((connection, number)) = place.filter(|(place, number)| place.can_pour(*number)) else {
        return Ok(false);
    };
    let chunked = need(this, context, |record| {
        record.bits |= bits::SENT | bits::NEED_DRAIN;
        record.fresh = (0, 0);
        record.has(bits::CHUNKED)
    })?;
    let tail: &[u8] = if chunked { b"\r\n" } else { b"" };
    if chunked {
        connection.write(number, |out| encode::chunk_size(view.len(), out));
    }
    connection.release(number, context);
    if callback.is_callable() {
        with(this, context, |record| record.bits |= bits::AWAITED);
        tick(callback, &[], context);
    }
    if connection.pour(view, tail, context) {
        help(js_string!("drainSoon"), std::slice::from_ref(this), context)?;
    }
    Ok(true)
}

/// Sends what is kept, without anything new.
fn flush(this: &JsValue, context: &mut Context) -> JsResult<()> {
    let place = need(this, context, |record| {
        record.bits |= bits::SENT;
        record.place()
    })?;
    hand_on(this, place, context)
}

/// Lets go of what was appended: the connection sends it, or the script half takes it.
fn hand_on(this: &JsValue, place: Option<Place>, context: &mut Context) -> JsResult<()> {
    match place {
        Some((connection, number)) => connection.release(number, context),
        None => {
            let args = [this.clone(), JsValue::undefined()];
            help(js_string!("pass"), &args, context)?;
        }
    }
    Ok(())
}

/// Calls a callback in a tick, if there is one.
fn tick(callback: &JsValue, args: &[JsValue], context: &mut Context) {
    if let Some(callback) = callback.as_callable() {
        let state = State::of(context);
        let frame = state.async_context.resource("TickObject", None, context);
        state.tasks.push_tick(Tick {
            callback: Callee::Script(callback),
            args: args.to_vec(),
            frame,
        });
    }
}

/// `end(chunk, encoding, callback)`
pub(super) fn end(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
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
            if properties::destroyed(this, &[], context)?.to_boolean() {
                return Ok(this.clone());
            }
            let code = js_string!("ERR_STREAM_WRITE_AFTER_END");
            help(
                js_string!("writeError"),
                &[this.clone(), code.into(), callback],
                context,
            )?;
            return Ok(this.clone());
        }
        let body = Body::of(&chunk, &encoding, context)?;
        let at_once = match this.as_object() {
            Some(object) if state & bits::HEADER == 0 && body.len() > 0 => {
                response::write_at_once(&object, &body, context)?
            }
            _ => false,
        };
        if !at_once {
            write_body(this, body, &JsValue::undefined(), true, context)?;
        }
    } else if state & bits::ENDED != 0 {
        end_again(this, &callback, context)?;
        return Ok(this.clone());
    } else if state & bits::HEADER == 0 {
        with(this, context, |record| record.length = Some(0));
        implicit_header(this, context)?;
    } else {
        check_length(this, 0, true, context)?;
    }
    await_end(this, &callback, context)?;
    finish(this, context)?;
    Ok(this.clone())
}

/// Keeps a callback of `end` until the message is finished; it comes before the listeners of 'finish'.
fn await_end(this: &JsValue, callback: &JsValue, context: &mut Context) -> JsResult<()> {
    let Some(callback) = callback.as_callable() else {
        return Ok(());
    };
    if properties::closed(this, &[], context)?.to_boolean() {
        let args = [js_string!("end").into()];
        let error = errors::node_error("ERR_STREAM_DESTROYED", &args, context);
        let error = error.into_opaque(context)?;
        tick(&callback.into(), &[error], context);
        return Ok(());
    }
    need(this, context, |record| {
        record.bits |= bits::AWAITED;
        record.endings.push(callback);
    })
}

/// `end` was called before: its callback hears so, at once when all is out already. (Since 24.21 Node keeps a callback that comes
/// between the two, and calls it without an error; its own tests have it as here.)
fn end_again(this: &JsValue, callback: &JsValue, context: &mut Context) -> JsResult<()> {
    let Some(function) = callback.as_callable() else {
        return Ok(());
    };
    let args = [js_string!("end").into()];
    let error = errors::node_error("ERR_STREAM_ALREADY_FINISHED", &args, context);
    let error = error.into_opaque(context)?;
    if properties::finished(this, &[], context)?.to_boolean() {
        function.call(&JsValue::undefined(), &[error], context)?;
    } else {
        tick(callback, &[error], context);
    }
    Ok(())
}

/// `_flushEnd(error)`: the message is finished, or never will be.
pub(super) fn flush_end(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let error = match args.get_or_undefined(0) {
        error if error.is_undefined() => JsValue::null(),
        error => error.clone(),
    };
    call_endings(this, &error, context)?;
    Ok(JsValue::undefined())
}

/// Calls the callbacks of `end`.
pub fn call_endings(this: &JsValue, error: &JsValue, context: &mut Context) -> JsResult<()> {
    let endings = need(this, context, |record| std::mem::take(&mut record.endings))?;
    for callback in endings {
        callback.call(&JsValue::undefined(), std::slice::from_ref(error), context)?;
    }
    Ok(())
}

/// The last bytes, and the end of the message.
fn finish(this: &JsValue, context: &mut Context) -> JsResult<()> {
    let (target, watched, last) = need(this, context, |record| {
        record.bits |= bits::ENDED | bits::SENT;
        record.corked = 0;
        let tail = record.has(bits::HAS_BODY | bits::CHUNKED);
        let trailers = std::mem::take(&mut record.trailers);
        let target = record.append(|out| {
            if tail {
                out.extend_from_slice(b"0\r\n");
                out.extend_from_slice(&trailers);
                out.extend_from_slice(b"\r\n");
            }
        });
        let watched = record.bits & (bits::EVENTS | bits::AWAITED) != 0;
        if target.is_some() && !watched {
            record.bits |= bits::FINISHED | bits::DETACHED;
        }
        (target, watched, record.has(bits::LAST))
    })?;
    let Some((connection, number)) = target else {
        let is_request = with(this, context, |record| record.client.is_some());
        if is_request == Some(true) && exchange::finish(this, context)? {
            return Ok(());
        }
        return help(js_string!("finish"), std::slice::from_ref(this), context).map(drop);
    };
    connection.release(number, context);
    let state = State::of(context);
    figures::count(Figure::Responses, &state);
    if !watched {
        figures::count(Figure::Unwatched, &state);
    }
    if watched {
        if let Some(object) = this.as_object() {
            events::emit(&object, js_string!("prefinish"), &[], context)?;
        }
        if connection.is_leaving(context) {
            // It ends with its connection, unfinished.
            return Ok(());
        }
        // It is over, for the connection, in the tick that announces it.
        response::finish_soon(this, last, context);
        return Ok(());
    }
    connection.response_done(number, last, false, context)?;
    let turn = State::of(context).tasks.turn();
    with(this, context, |record| {
        record.bits |= bits::CLOSED | bits::DESTROYED;
        record.ended_in = turn;
    });
    Ok(())
}

pub(super) fn cork(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    need(this, context, |record| record.corked += 1)?;
    help(js_string!("cork"), &[this.clone(), true.into()], context)
}

pub(super) fn uncork(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    need(this, context, |record| {
        record.corked = record.corked.saturating_sub(1)
    })?;
    help(js_string!("cork"), &[this.clone(), false.into()], context)
}

pub(super) fn flush_headers(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if !need(this, context, |record| record.has(bits::HEADER))? {
        implicit_header(this, context)?;
    }
    flush(this, context)?;
    Ok(JsValue::undefined())
}

/// `_takeOutput()`: the bytes that wait for a socket, as a Buffer; `undefined` if there are none.
pub(super) fn take_output(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
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
pub(super) fn set_trailers(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    need(this, context, |record| {
        record.trailers.clear();
        fields::extend_latin1(&text, &mut record.trailers);
    })?;
    Ok(JsValue::undefined())
}

/// `_writeRaw(text, encoding, callback)`: bytes outside the message, such as `100 Continue`.
pub(super) fn write_raw(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let place = need(this, context, |record| {
        record.append(|out| fields::extend_latin1(&text, out))
    })?;
    hand_on(this, place, context)?;
    let callback = args.iter().skip(1).find(|last| last.is_callable());
    if let Some(callback) = callback {
        tick(callback, &[], context);
    }
    Ok(JsValue::undefined())
}
