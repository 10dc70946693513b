//! The body of a message that comes in: the stream state, made on first touch, and the ways into it.
//!
//! What arrives before anybody looks is kept in the record; a message that nobody looks at never becomes a stream at all.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};

use super::{Incoming, bits, with};
use crate::{
    engine::lookup::{self, LookUp},
    node::{
        buffer,
        http::{
            Slot,
            client::answer,
            figures::{self, Figure},
            help, listener_count,
            protocol::Head,
            record::{Watched, define_own},
        },
        net::ReadBuffer,
        stream::{calls, readable},
        task_queue::tick_native,
    },
    runtime::State,
};

pub(super) fn set_readable_state(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    with(this, context, |record| record.bits |= bits::STATE);
    let state = args.get_or_undefined(0).clone();
    match this.as_object() {
        Some(object) if object.is::<Incoming>() => {
            if let Some(mut record) = object.downcast_mut::<Incoming>() {
                record.state = state;
            }
        }
        _ => define_own(this, js_string!("_readableState"), state),
    }
    Ok(JsValue::undefined())
}

/// The state is made now, and told what has happened already.
pub(super) fn readable_state(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
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
fn materialize(object: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let this = JsValue::from(object.clone());
    let turn = State::of(context).tasks.turn();
    let (just_gone, gone, complete, waiting, socket) = {
        let Some(mut record) = object.downcast_mut::<Incoming>() else {
            return Ok(JsValue::undefined());
        };
        if record.has(bits::STATE) {
            return Ok(record.state.clone());
        }
        // What came to its end in this very turn is not at it before the next tick.
        let just_gone = record.watch(turn);
        record.bits |= bits::STATE;
        (
            just_gone,
            record.has(bits::GONE),
            record.has(bits::COMPLETE),
            std::mem::take(&mut record.waiting),
            record.socket.clone(),
        )
    };
    let mark = match socket.as_object() {
        Some(socket) => socket
            .look_up(js_string!("readableHighWaterMark"), context)?
            .as_number(),
        None => None,
    };
    // A response that a client reads has no connection of a server's.
    if with(&this, context, |record| record.connection.is_some()) == Some(true) {
        figures::count(Figure::Streams, &State::of(context));
    }
    let state = JsValue::from(readable::make_plain_state(mark, gone, context));
    if let Some(mut record) = object.downcast_mut::<Incoming>() {
        record.state = state.clone();
    }
    if !gone {
        if !waiting.is_empty() {
            let chunk = buffer::from_slice(&waiting, context)?;
            push(object, chunk.into(), context)?;
        }
        if complete {
            push(object, JsValue::null(), context)?;
        }
    }
    if just_gone {
        help(Incoming::announcer(), &[this, false.into()], context)?;
    }
    Ok(state)
}

fn push(object: &JsObject, chunk: JsValue, context: &mut Context) -> JsResult<bool> {
    let push = lookup::method(object, js_string!("push"), context)?;
    let more = push.call(&object.clone().into(), &[chunk], context);
    Ok(more.transpose()?.is_none_or(|more| more.to_boolean()))
}

/// A piece of a body.
pub enum Piece<'a> {
    /// Bytes among others.
    Lent(&'a [u8]),
    /// All of what was read.
    Read(&'a mut ReadBuffer),
}

impl Piece<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Lent(bytes) => bytes,
            Self::Read(buffer) => buffer.bytes(),
        }
    }

    fn into_chunk(self, context: &mut Context) -> JsResult<JsObject> {
        match self {
            Self::Lent(bytes) => buffer::from_slice_pooled(bytes, context),
            Self::Read(buffer) => buffer.chunk(context),
        }
    }
}

/// A piece of the body. Answers whether more are welcome.
pub fn data(object: &JsObject, piece: Piece<'_>, context: &mut Context) -> JsResult<bool> {
    /// Node's default high-water mark for a socket.
    const HIGH_WATER_MARK: usize = 64 * 1024;
    if let Some(mut record) = object.downcast_mut::<Incoming>() {
        if record.has(bits::DUMPED) {
            return Ok(true);
        }
        if !record.has(bits::STATE) {
            record.waiting.extend_from_slice(piece.bytes());
            return Ok(record.waiting.len() < HIGH_WATER_MARK);
        }
    }
    let this = JsValue::from(object.clone());
    if with(&this, context, |record| record.has(bits::DUMPED)) == Some(true) {
        return Ok(true);
    }
    let chunk = piece.into_chunk(context)?;
    push(object, chunk.into(), context)
}

/// The message has no body, and nobody is to be told of its end.
pub fn skip(object: &JsObject, context: &mut Context) {
    let this = JsValue::from(object.clone());
    with(&this, context, |record| {
        if !record.has(bits::STATE) {
            record.bits |= bits::DUMPED | bits::GONE;
        }
    });
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
    if now != Some(true) {
        return Ok(());
    }
    // Somebody may listen for its end: let the stream come to it, in a tick, unless it has a reader by then.
    if in_tick {
        dump_unread(object, context)
    } else {
        tick_native(
            |args, context| match args.get_or_undefined(0).as_object() {
                Some(object) => dump_unread(&object, context),
                None => Ok(()),
            },
            vec![this],
            context,
        );
        Ok(())
    }
}

/// Throws away what is left of a message, unless somebody reads it.
fn dump_unread(object: &JsObject, context: &mut Context) -> JsResult<()> {
    let this = JsValue::from(object.clone());
    let consumed = with(&this, context, |record| record.has(bits::CONSUMED));
    if consumed == Some(true) {
        return Ok(());
    }
    const READ: u32 = readable::bits::DATA_EMITTED | readable::bits::RESUME_SCHEDULED;
    if readable::State::of(object, context)?.any(READ) {
        return Ok(());
    }
    calls::call(object, js_string!("_dump"), &[], context).map(drop)
}

/// `message._dump()`
pub(super) fn dump_native(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let first = with(this, context, |record| {
        let first = !record.has(bits::DUMPED);
        record.bits |= bits::DUMPED;
        record.waiting = Vec::new();
        first
    });
    if first == Some(true)
        && let Some(object) = this.as_object()
    {
        // Who still listens gets no more of it.
        if listener_count(&object, js_string!("data"), context)? > 0 {
            let data = [js_string!("data").into()];
            calls::call(&object, js_string!("removeAllListeners"), &data, context)?;
        }
        readable::resume_as_script(&object, context)?;
    }
    Ok(JsValue::undefined())
}

/// `message._destroy(err, cb)`: a message that came to its end has nothing to tear down.
pub(super) fn destroy(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(object) = this.as_object()
        && is_whole(&object, context)?
    {
        let mut known = vec![this.clone()];
        known.extend_from_slice(args);
        tick_native(destroyed, known, context);
        return Ok(JsValue::undefined());
    }
    let mut known = vec![this.clone()];
    known.extend_from_slice(args);
    help(js_string!("destroyMessage"), &known, context)
}

/// Whether all of a message has arrived and been read.
fn is_whole(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    let this = JsValue::from(object.clone());
    let whole = with(&this, context, |record| {
        record.has(bits::COMPLETE) && !record.has(bits::ABORTED)
    });
    if whole != Some(true) {
        return Ok(false);
    }
    if let Some(ended) = readable::has_ended(object) {
        return Ok(ended);
    }
    let ended = object.look_up(js_string!("readableEnded"), context)?;
    Ok(ended.to_boolean())
}

/// Whether a stream is a message with nothing to tear down, if `destroy` is the method that it has for that: all there is to do
/// is to say so in a tick, and of an error only if [`hears_errors`].
///
/// # Errors
/// What accessors throw.
pub fn is_over(stream: &JsObject, destroy: &JsObject, context: &mut Context) -> JsResult<bool> {
    let slot = Slot::of(context);
    let own = slot.destroy_incoming.get();
    Ok(own.is_some_and(|own| JsObject::equals(own, destroy)) && is_whole(stream, context)?)
}

/// Whether somebody would hear of an error.
///
/// # Errors
/// What accessors throw.
pub fn hears_errors(stream: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(listener_count(stream, js_string!("error"), context)? > 0)
}

/// Tells the stream that it is torn down; of an error only if somebody would hear of it.
fn destroyed(args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (Some(object), Some(callback)) = (
        args.get_or_undefined(0).as_object(),
        args.get_or_undefined(2).as_callable(),
    ) else {
        return Ok(());
    };
    let heard = hears_errors(&object, context)?;
    let error = if heard { &args[1..2] } else { &[] };
    callback
        .call(&JsValue::undefined(), error, context)
        .map(drop)
}

/// `message._read(size)`: reading goes on if it was stopped for this message's sake.
pub(super) fn read(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (first, connection, socket) = with(this, context, |record| {
        let first = !record.has(bits::CONSUMED);
        record.bits |= bits::CONSUMED;
        (first, record.connection.clone(), record.socket.clone())
    })
    .unwrap_or_default();
    if first && let Some(stream) = this.as_object() {
        readable::may_read_more(&stream, context)?;
    }
    if let Some(connection) = connection {
        connection.want_more(context);
    } else if let Some(socket) = socket.as_object()
        && answer::want_more(&socket, context)?.is_none()
    {
        help(js_string!("resumeSocket"), &[socket.into()], context)?;
    }
    Ok(JsValue::undefined())
}
