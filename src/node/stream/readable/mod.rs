//! Readable: the source end of a stream. This is its state: a record behind `stream._readableState`, which other modules may
//! make late. `push` is how chunks come in, `read` how they go out, `flow` what tells the reader and the source,
//! `listen` how readers come and go, `prototype` what script sees.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/stream.html#readable-streams>

mod flow;
mod iterator;
mod listen;
mod pipe;
mod prototype;
mod push;
mod read;

use std::{any::Any, cell::OnceCell, collections::VecDeque, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
};

use super::{
    calls, marks,
    state::{self, Bits, Record},
};
use crate::{
    engine::lookup::LookUp,
    node::{
        buffer::{Encoding, View},
        errors::node_error,
        events::table::OfSocket,
        http::Incoming,
        string_decoder::{self, Decoder},
    },
    runtime::State as Runtime,
};

pub use flow::{pause, resume, resume_as_script};
pub use iterator::{StreamIterator, iterate_native};
pub use listen::remember_emitter;
pub(crate) use listen::{attach, detach};
pub use pipe::PipeListener;
pub use prototype::{define, state_prototype};
pub use push::{pass_straight, push, straight_to};
pub use read::{from_list, read_native};

/// What a state is.
pub mod bits {
    pub const OBJECT_MODE: u32 = 1 << 0;
    pub const ENDED: u32 = 1 << 1;
    pub const END_EMITTED: u32 = 1 << 2;
    pub const READING: u32 = 1 << 3;
    pub const CONSTRUCTED: u32 = 1 << 4;
    /// Inside `_read`: what comes now comes before its caller has gone on.
    pub const SYNC: u32 = 1 << 5;
    pub const NEED_READABLE: u32 = 1 << 6;
    pub const EMITTED_READABLE: u32 = 1 << 7;
    pub const READABLE_LISTENING: u32 = 1 << 8;
    pub const RESUME_SCHEDULED: u32 = 1 << 9;
    pub const ERROR_EMITTED: u32 = 1 << 10;
    pub const EMIT_CLOSE: u32 = 1 << 11;
    pub const AUTO_DESTROY: u32 = 1 << 12;
    pub const DESTROYED: u32 = 1 << 13;
    pub const CLOSED: u32 = 1 << 14;
    pub const CLOSE_EMITTED: u32 = 1 << 15;
    pub const MULTI_AWAIT_DRAIN: u32 = 1 << 16;
    pub const READING_MORE: u32 = 1 << 17;
    pub const DATA_EMITTED: u32 = 1 << 18;
    pub const ERRORED: u32 = 1 << 19;
    pub const DATA_LISTENING: u32 = 1 << 20;
    /// `flowing` is null while `HAS_FLOWING` is unset; `paused` likewise.
    pub const FLOWING: u32 = 1 << 21;
    pub const HAS_FLOWING: u32 = 1 << 22;
    pub const PAUSED: u32 = 1 << 23;
    pub const HAS_PAUSED: u32 = 1 << 24;
    /// All that has happened to a message that nobody watched.
    pub const GONE: u32 =
        ENDED | END_EMITTED | DESTROYED | CLOSED | CLOSE_EMITTED | FLOWING | HAS_FLOWING;
}

/// A chunk in the buffer.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct Chunk {
    value: JsValue,
    /// What it adds to the length of the buffer.
    #[unsafe_ignore_trace]
    size: usize,
}

/// The record behind `stream._readableState`.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct ReadableState {
    #[unsafe_ignore_trace]
    bits: u32,
    #[unsafe_ignore_trace]
    high_water_mark: f64,
    /// Of all chunks: bytes, characters of decoded text, or objects.
    #[unsafe_ignore_trace]
    length: usize,
    buffer: VecDeque<Chunk>,
    /// What makes text of bytes, if the reader wants text.
    #[unsafe_ignore_trace]
    decoding: Option<Box<Decoder>>,
    /// The `StringDecoder` that script sees or has put there, or null.
    decoder: JsValue,
    encoding: JsValue,
    default_encoding: JsValue,
    /// The writer that a pipe waits for, or a set of them, or null.
    await_drain: JsValue,
    /// The array of writers it is piped to; undefined until somebody asks.
    pipes: JsValue,
    pub(super) error: JsValue,
    /// The listeners of a socket, if they are kept natively.
    pub listeners: Option<Box<OfSocket>>,
    /// What a native `_read` keeps from one call to the next.
    #[unsafe_ignore_trace]
    kept: Option<Box<dyn Any>>,
}

impl Bits for ReadableState {
    fn bits(&self) -> u32 {
        self.bits
    }

    fn bits_mut(&mut self) -> &mut u32 {
        &mut self.bits
    }
}

impl ReadableState {
    fn new(bits: u32, high_water_mark: f64) -> Self {
        Self {
            bits,
            high_water_mark,
            length: 0,
            buffer: VecDeque::new(),
            decoding: None,
            decoder: JsValue::null(),
            encoding: JsValue::null(),
            default_encoding: js_string!("utf8").into(),
            await_drain: JsValue::null(),
            pipes: JsValue::undefined(),
            error: JsValue::null(),
            listeners: None,
            kept: None,
        }
    }

    /// Whether any of these bits is set.
    fn any(&self, bits: u32) -> bool {
        self.bits & bits != 0
    }

    fn set(&mut self, bits: u32) {
        self.bits |= bits;
    }

    fn clear(&mut self, bits: u32) {
        self.bits &= !bits;
    }

    /// Sets `flowing`.
    fn set_flowing(&mut self, flowing: bool) {
        self.clear(bits::FLOWING);
        self.set(if flowing {
            bits::HAS_FLOWING | bits::FLOWING
        } else {
            bits::HAS_FLOWING
        });
    }

    /// Whether the stream was told to flow or not to flow, and the latter.
    fn stands_still(&self) -> bool {
        self.bits & (bits::HAS_FLOWING | bits::FLOWING) == bits::HAS_FLOWING
    }

    /// Keeps an error; null forgets it.
    pub(super) fn set_error(&mut self, error: JsValue) {
        if error.to_boolean() {
            self.set(bits::ERRORED);
        } else {
            self.clear(bits::ERRORED);
        }
        self.error = error;
    }

    /// Whether `push` asks for more.
    fn wants_more(&self) -> bool {
        !self.any(bits::ENDED) && (self.below_mark() || self.length == 0)
    }

    fn below_mark(&self) -> bool {
        (self.length as f64) < self.high_water_mark
    }

    /// What a chunk adds to the length.
    fn size_of(&self, chunk: &JsValue) -> usize {
        if self.any(bits::OBJECT_MODE) {
            1
        } else {
            length_of(chunk)
        }
    }
}

/// The length of a string or Buffer, without asking script.
pub(super) fn length_of(chunk: &JsValue) -> usize {
    if let Some(text) = chunk.as_string() {
        return text.len();
    }
    let Some(object) = chunk.as_object() else {
        return 0;
    };
    super::byte_length(&object)
}

impl Record for ReadableState {
    const PROPERTY: JsString = js_string!("_readableState");
    const MISSING: &'static str =
        "The stream has no readable state: its constructor has not been called";

    fn kept(stream: &JsObject) -> Option<JsObject> {
        let message = stream.downcast_ref::<Incoming>()?;
        message.state.as_object()
    }
}

/// A `_readableState` of ours.
pub type State = state::State<ReadableState>;

/// Whether 'end' of a message that keeps its state in its record was emitted; `None` for other streams.
pub fn has_ended(stream: &JsObject) -> Option<bool> {
    let state = ReadableState::kept(stream)?;
    let record = state.downcast_ref::<ReadableState>()?;
    Some(record.bits & bits::END_EMITTED != 0)
}

impl State {
    fn bits(&self) -> u32 {
        self.with(|record| record.bits)
    }

    /// Keeps something for the source's next `_read`; nothing of the engine's heap.
    pub fn keep(&self, kept: Box<dyn Any>) {
        self.with(|record| record.kept = Some(kept));
    }

    /// Takes what was kept.
    pub fn take_kept(&self) -> Option<Box<dyn Any>> {
        self.with(|record| record.kept.take())
    }

    /// Whether somebody takes what comes as it comes.
    pub fn flows(&self) -> bool {
        self.with(|record| record.any(bits::FLOWING))
    }

    /// How much is to be read ahead of the reader: bytes.
    pub fn high_water_mark(&self) -> f64 {
        self.with(|record| record.high_water_mark)
    }

    /// How much waits for the reader.
    pub(super) fn length(&self) -> usize {
        self.with(|record| record.length)
    }

    /// Whether less waits than the mark says.
    pub(super) fn has_room(&self) -> bool {
        self.with(|record| record.below_mark())
    }
}

/// What the module keeps for each runtime.
#[derive(Default)]
pub struct Slot {
    /// `ReadableState.prototype`
    prototype: OnceCell<JsObject>,
    /// `Stream.prototype`, where `on` and the like go on.
    parent: OnceCell<JsObject>,
    /// `EventEmitter.prototype.on` as it was made.
    on: OnceCell<JsObject>,
    /// `EventEmitter.prototype.prependListener`, likewise.
    first: OnceCell<JsObject>,
    /// `EventEmitter.prototype.removeListener`, likewise.
    off: OnceCell<JsObject>,
    /// `Readable.prototype.on`, to know it again.
    own_on: OnceCell<JsObject>,
    /// `Readable.prototype.removeListener`, likewise.
    own_off: OnceCell<JsObject>,
    /// `Readable.prototype.read`, likewise.
    read: OnceCell<JsObject>,
    /// `Readable.prototype.push`, likewise.
    push: OnceCell<JsObject>,
    /// `Readable.prototype.resume`, likewise.
    resume: OnceCell<JsObject>,
    /// `Readable.prototype.pause`, likewise.
    pause: OnceCell<JsObject>,
    /// `Readable.prototype.unpipe`, likewise.
    unpipe: OnceCell<JsObject>,
    /// `Readable.prototype.destroy`, likewise.
    destroy: OnceCell<JsObject>,
}

impl Slot {
    fn of(context: &Context) -> Rc<Self> {
        Runtime::of(context).readable.clone()
    }
}

/// Makes a state as the constructors do from their options.
///
/// # Errors
/// `ERR_INVALID_ARG_VALUE`, `ERR_UNKNOWN_ENCODING`.
pub fn make_state(
    options: Option<&JsObject>,
    is_duplex: bool,
    context: &mut Context,
) -> JsResult<JsObject> {
    let mut start = bits::EMIT_CLOSE | bits::AUTO_DESTROY | bits::CONSTRUCTED | bits::SYNC;
    if let Some(options) = options {
        let own = js_string!("readableObjectMode");
        if options
            .look_up(js_string!("objectMode"), context)?
            .to_boolean()
            || (is_duplex && options.get(own, context)?.to_boolean())
        {
            start |= bits::OBJECT_MODE;
        }
        for (name, bit) in [
            (js_string!("emitClose"), bits::EMIT_CLOSE),
            (js_string!("autoDestroy"), bits::AUTO_DESTROY),
        ] {
            if options.get(name, context)?.as_boolean() == Some(false) {
                start &= !bit;
            }
        }
    }
    let own = is_duplex.then_some("readableHighWaterMark");
    let mark = marks::high_water_mark(options, own, start & bits::OBJECT_MODE != 0, context)?;
    let mut record = ReadableState::new(start, mark);
    let mut encoding = JsValue::undefined();
    if let Some(options) = options {
        let name = options.look_up(js_string!("defaultEncoding"), context)?;
        if name.to_boolean() {
            if Encoding::of(&name).is_none() {
                return Err(node_error("ERR_UNKNOWN_ENCODING", &[name], context));
            }
            record.default_encoding = name;
        }
        encoding = options.look_up(js_string!("encoding"), context)?;
    }
    let state = state_of_record(record, context);
    if encoding.to_boolean() {
        decode_as(&state, &encoding, context)?;
    }
    Ok(state.into_object())
}

/// Makes the state of a message of http, whose options are known.
pub fn make_plain_state(
    high_water_mark: Option<f64>,
    gone: bool,
    context: &mut Context,
) -> JsObject {
    // Nothing is read ahead of whoever reads first: that is how it shows that nobody ever did.
    let mut start =
        bits::EMIT_CLOSE | bits::AUTO_DESTROY | bits::CONSTRUCTED | bits::SYNC | bits::READING_MORE;
    if gone {
        start |= bits::GONE;
    }
    let mark = high_water_mark.unwrap_or_else(|| marks::default_mark(false, context));
    state_of_record(ReadableState::new(start, mark), context).into_object()
}

/// Lets a stream fill its buffer again, where its state said that this goes on already.
pub fn may_read_more(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    State::of(stream, context)?.clear(bits::READING_MORE);
    Ok(())
}

fn state_of_record(record: ReadableState, context: &mut Context) -> State {
    let prototype = state_prototype(context);
    State::new(record, prototype, context)
}

/// Gives a state its decoder.
fn decode_as(state: &State, encoding: &JsValue, context: &mut Context) -> JsResult<()> {
    let encoding = string_decoder::encoding_of(encoding, context)?;
    state.with(|record| {
        record.decoding = Some(Box::new(Decoder::new(encoding)));
        record.decoder = JsValue::null();
        record.encoding = JsString::from(encoding.name()).into();
    });
    Ok(())
}

/// `makeReadableState(stream, options, isDuplex)`
pub fn make_state_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let options = args.get_or_undefined(1).as_object();
    let is_duplex = args.get_or_undefined(2).to_boolean();
    make_state(options.as_ref(), is_duplex, context).map(JsValue::from)
}

/// `sourceConstructed(stream)`: its `_construct` is over.
pub fn constructed(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = calls::this_stream(args.get_or_undefined(0), context)?;
    let state = State::of(&stream, context)?;
    if state.any(bits::NEED_READABLE) {
        flow::maybe_read_more(&stream, &state, context);
    }
    Ok(JsValue::undefined())
}

/// Part of a string or Buffer.
fn part(chunk: &JsValue, from: usize, to: usize, context: &mut Context) -> JsResult<JsValue> {
    if let Some(text) = chunk.as_string() {
        return Ok(slice_text(&text, from, to).into());
    }
    match View::of(chunk, context) {
        Some(view) => {
            crate::node::buffer::from_view(&view.part(from, to), context).map(JsValue::from)
        }
        None => Ok(JsValue::undefined()),
    }
}

fn slice_text(text: &JsString, from: usize, to: usize) -> JsString {
    text.get(from..to.min(text.len())).unwrap_or_default()
}
