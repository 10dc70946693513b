//! Writable: the sink end of a stream. This is its state: a record behind `stream._writableState`, which other modules may make
//! late. `write` is how chunks go to the sink and what follows when it is done with one, `buffered` what waits for it,
//! `finish` the end, `prototype` what script sees.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/stream.html#writable-streams>

mod buffered;
mod finish;
mod prototype;
mod write;

use std::{cell::OnceCell, collections::VecDeque, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::JsFunction, property::PropertyDescriptor,
};

use super::{
    marks,
    state::{self, Bits, Record},
};
use crate::{
    engine::{lookup::LookUp, native},
    node::{buffer::Encoding, errors::node_error},
    runtime::State as Runtime,
};

pub use prototype::{define, state_prototype};
pub use write::is_idle;
pub(super) use write::{is_full_after, sink_done};

/// What a state is.
pub mod bits {
    pub const OBJECT_MODE: u32 = 1 << 0;
    pub const FINAL_CALLED: u32 = 1 << 1;
    pub const NEED_DRAIN: u32 = 1 << 2;
    pub const ENDING: u32 = 1 << 3;
    pub const ENDED: u32 = 1 << 4;
    pub const FINISHED: u32 = 1 << 5;
    pub const DESTROYED: u32 = 1 << 6;
    pub const DECODE_STRINGS: u32 = 1 << 7;
    /// The sink has a chunk that it isn't done with.
    pub const WRITING: u32 = 1 << 8;
    /// Inside the sink's method: what is done now is done before its caller has gone on.
    pub const SYNC: u32 = 1 << 9;
    pub const BUFFER_PROCESSING: u32 = 1 << 10;
    pub const CONSTRUCTED: u32 = 1 << 11;
    pub const PREFINISHED: u32 = 1 << 12;
    pub const ERROR_EMITTED: u32 = 1 << 13;
    pub const EMIT_CLOSE: u32 = 1 << 14;
    pub const AUTO_DESTROY: u32 = 1 << 15;
    pub const CLOSED: u32 = 1 << 16;
    pub const CLOSE_EMITTED: u32 = 1 << 17;
    /// All that waits are bytes.
    pub const ALL_BUFFERS: u32 = 1 << 18;
    /// Nothing that waits has a callback.
    pub const ALL_NOOP: u32 = 1 << 19;
    pub const AFTER_WRITE_PENDING: u32 = 1 << 20;
    pub const ERRORED: u32 = 1 << 21;
}

/// A chunk that waits for the sink.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Entry {
    chunk: JsValue,
    encoding: JsValue,
    callback: Option<JsObject>,
    /// What it adds to the length of the buffer.
    #[unsafe_ignore_trace]
    size: usize,
}

/// Whom to tell that a write is over.
#[derive(Clone, Default, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
enum Callback {
    #[default]
    Nobody,
    /// The callback that one `write` was given.
    One(JsObject),
    /// Those of a batch.
    Many(Vec<JsObject>),
}

impl Callback {
    /// Whether both are the same callback of a single write.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(one), Self::One(other)) => JsObject::equals(one, other),
            _ => false,
        }
    }

    fn call(&self, argument: &JsValue, context: &mut Context) -> JsResult<()> {
        let callbacks = match self {
            Self::Nobody => &[],
            Self::One(callback) => std::slice::from_ref(callback),
            Self::Many(callbacks) => callbacks.as_slice(),
        };
        for callback in callbacks {
            callback.call(
                &JsValue::undefined(),
                std::slice::from_ref(argument),
                context,
            )?;
        }
        Ok(())
    }
}

impl From<Option<JsObject>> for Callback {
    fn from(callback: Option<JsObject>) -> Self {
        callback.map_or(Self::Nobody, Self::One)
    }
}

/// Writes of one turn that were done at once and have the same callback: one tick calls it as often as it was given.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Batch {
    #[unsafe_ignore_trace]
    count: usize,
    callback: Callback,
}

/// What only a Transform has.
#[derive(Default, Trace, Finalize)]
pub(super) struct TransformPart {
    /// The callback of `_transform`.
    pub done: Option<JsObject>,
    /// How much its readable side held when the chunk came.
    #[unsafe_ignore_trace]
    pub length_before: usize,
    /// What is done with its chunk, but can't go on before the reader has made room.
    pub held: Option<super::transform::Writer>,
}

/// The record behind `stream._writableState`.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct WritableState {
    #[unsafe_ignore_trace]
    bits: u32,
    #[unsafe_ignore_trace]
    high_water_mark: f64,
    /// Of what waits and what the sink has: bytes, characters, or objects.
    #[unsafe_ignore_trace]
    length: usize,
    /// What the sink has of it.
    #[unsafe_ignore_trace]
    write_length: usize,
    /// Who wrote that.
    write_callback: Callback,
    #[unsafe_ignore_trace]
    corked: usize,
    /// Callbacks to come before the stream can finish.
    #[unsafe_ignore_trace]
    pending: isize,
    buffered: VecDeque<Entry>,
    /// In the order of the ticks that will call them.
    batches: VecDeque<Batch>,
    /// Whether the last of them takes more.
    #[unsafe_ignore_trace]
    batch_open: bool,
    /// Callbacks of writes that failed at once, in the order of their ticks.
    failed: VecDeque<Callback>,
    /// What was given to `end`.
    on_finished: Vec<JsObject>,
    default_encoding: JsValue,
    pub(super) error: JsValue,
    /// What the sink calls when it is done with a chunk; made for the first sink of script.
    on_write: Option<JsObject>,
    pub(super) transform: Option<Box<TransformPart>>,
}

impl Bits for WritableState {
    fn bits(&self) -> u32 {
        self.bits
    }

    fn bits_mut(&mut self) -> &mut u32 {
        &mut self.bits
    }
}

impl WritableState {
    fn new(bits: u32, high_water_mark: f64) -> Self {
        Self {
            bits,
            high_water_mark,
            length: 0,
            write_length: 0,
            write_callback: Callback::Nobody,
            corked: 0,
            pending: 0,
            buffered: VecDeque::new(),
            batches: VecDeque::new(),
            batch_open: false,
            failed: VecDeque::new(),
            on_finished: Vec::new(),
            default_encoding: js_string!("utf8").into(),
            error: JsValue::null(),
            on_write: None,
            transform: None,
        }
    }

    /// Whether any of these bits is set.
    pub(super) fn any(&self, bits: u32) -> bool {
        self.bits & bits != 0
    }

    fn set(&mut self, bits: u32) {
        self.bits |= bits;
    }

    fn clear(&mut self, bits: u32) {
        self.bits &= !bits;
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
}

impl Record for WritableState {
    const PROPERTY: JsString = js_string!("_writableState");
    const MISSING: &'static str =
        "The stream has no writable state: its constructor has not been called";
}

/// A `_writableState` of ours.
pub type State = state::State<WritableState>;

/// What the module keeps for each runtime.
#[derive(Default)]
struct Slot {
    /// `WritableState.prototype`
    prototype: OnceCell<JsObject>,
    /// `Writable.prototype.write`, to know it again.
    write: OnceCell<JsObject>,
    /// The property `pendingcb` of a state: its own, since streams without it are told from ours by deleting it.
    pending: OnceCell<PropertyDescriptor>,
    /// What stands for no callback where script sees what waits.
    nothing: OnceCell<JsFunction>,
}

impl Slot {
    fn of(context: &Context) -> Rc<Self> {
        Runtime::of(context).slot::<Self>()
    }

    fn nothing(&self, context: &Context) -> JsObject {
        self.nothing
            .get_or_init(|| native::function(context, "nop", 0, |_, _, _| Ok(JsValue::undefined())))
            .clone()
            .into()
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
    let mut start = bits::EMIT_CLOSE
        | bits::AUTO_DESTROY
        | bits::CONSTRUCTED
        | bits::SYNC
        | bits::DECODE_STRINGS
        | bits::ALL_BUFFERS
        | bits::ALL_NOOP;
    let mut encoding = JsValue::undefined();
    if let Some(options) = options {
        let own = js_string!("writableObjectMode");
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
            (js_string!("decodeStrings"), bits::DECODE_STRINGS),
        ] {
            if options.get(name, context)?.as_boolean() == Some(false) {
                start &= !bit;
            }
        }
        encoding = options.look_up(js_string!("defaultEncoding"), context)?;
    }
    let own = is_duplex.then_some("writableHighWaterMark");
    let mark = marks::high_water_mark(options, own, start & bits::OBJECT_MODE != 0, context)?;
    let mut record = WritableState::new(start, mark);
    if encoding.to_boolean() {
        if Encoding::of(&encoding).is_none() {
            return Err(node_error("ERR_UNKNOWN_ENCODING", &[encoding], context));
        }
        record.default_encoding = encoding;
    }
    let prototype = state_prototype(context);
    let state = State::new(record, prototype, context).into_object();
    state.insert_property(js_string!("pendingcb"), prototype::pending(context));
    Ok(state)
}

/// `makeWritableState(stream, options, isDuplex)`
pub fn make_state_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let options = args.get_or_undefined(1).as_object();
    let is_duplex = args.get_or_undefined(2).to_boolean();
    make_state(options.as_ref(), is_duplex, context).map(JsValue::from)
}

/// `sinkConstructed(stream)`: what has waited for `_construct`.
pub fn constructed(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = super::calls::this_stream(args.get_or_undefined(0), context)?;
    let state = State::of(&stream, context)?;
    if !state.any(bits::WRITING) {
        buffered::clear(&stream, &state, context)?;
    }
    if state.any(bits::ENDING) {
        finish::finish_maybe(&stream, &state, false, context)?;
    }
    Ok(JsValue::undefined())
}

/// The error for what was still to be written, or the one that the stream has.
fn error_or(state: &State, doing: &'static str, context: &mut Context) -> JsResult<JsValue> {
    let (errored, error) = state.with(|record| (record.any(bits::ERRORED), record.error.clone()));
    if errored {
        return Ok(error);
    }
    destroyed_error(doing, context)
}

/// `ERR_STREAM_DESTROYED`
fn destroyed_error(doing: &'static str, context: &mut Context) -> JsResult<JsValue> {
    let doing = JsString::from(doing).into();
    node_error("ERR_STREAM_DESTROYED", &[doing], context).into_opaque(context)
}
