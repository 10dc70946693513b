//! The native half of `string_decoder`: text out of pieces of bytes, where a character split between two pieces waits for
//! the rest of it.
//!
//! A piece is decoded up to the last whole character; what is left of at most three bytes is kept in the state object.

use std::cell::RefCell;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace};

use crate::{
    engine::native::Natives,
    node::{
        buffer::{self, Encoding, View},
        errors::node_error_with,
    },
};

/// The natives of the script half: `start`, `write`, `flush` and what shows of the state.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("start", 1, start)
        .function("write", 2, write)
        .function("flush", 1, flush)
        .function("isState", 1, |_, args, _| {
            Ok(with_state(args, |_| ()).is_some().into())
        })
        .function("reset", 1, |_, args, _| {
            Ok(with_state(args, |state| state.pending = Pending::default())
                .is_some()
                .into())
        })
        .function("lastNeed", 1, |_, args, _| {
            Ok(with_state(args, |state| state.pending.missing)
                .unwrap_or(0)
                .into())
        })
        .function("lastTotal", 1, |_, args, _| {
            let total = with_state(args, |state| state.pending.missing + state.pending.count);
            Ok(total.unwrap_or(0).into())
        })
        .function("lastChar", 1, |_, args, context| {
            let bytes = with_state(args, |state| state.pending.bytes).unwrap_or_default();
            buffer::from_slice(&bytes, context).map(JsValue::from)
        })
        .build())
}

/// What hides behind a StringDecoder.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct StateCell(RefCell<Decoder>);

/// What has been seen of a text in pieces.
pub struct Decoder {
    encoding: Encoding,
    pending: Pending,
}

/// The beginning of a character whose end has yet to come.
#[derive(Clone, Copy, Default)]
struct Pending {
    bytes: [u8; 4],
    count: usize,
    missing: usize,
}

impl Pending {
    fn known(&self) -> &[u8] {
        &self.bytes[..self.count]
    }

    fn keep(&mut self, bytes: &[u8], missing: usize) {
        self.bytes[..bytes.len()].copy_from_slice(bytes);
        self.count = bytes.len();
        self.missing = missing;
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes[self.count..self.count + bytes.len()].copy_from_slice(bytes);
        self.count += bytes.len();
        self.missing -= bytes.len();
    }
}

fn with_state<R>(args: &[JsValue], act: impl FnOnce(&mut Decoder) -> R) -> Option<R> {
    let object = args.get_or_undefined(0).as_object()?;
    let cell = object.downcast_ref::<StateCell>()?;
    let mut state = cell.0.borrow_mut();
    Some(act(&mut state))
}

/// The encoding that a decoder is asked for by that value.
///
/// # Errors
/// `ERR_UNKNOWN_ENCODING`.
pub fn encoding_of(value: &JsValue, context: &mut Context) -> JsResult<Encoding> {
    if value.is_null_or_undefined() {
        return Ok(Encoding::Utf8);
    }
    let name = value.to_string(context)?;
    match Encoding::parse(name.as_str()) {
        Some(encoding) => Ok(encoding),
        None if name.is_empty() => Ok(Encoding::Utf8),
        None => Err(node_error_with(
            "ERR_UNKNOWN_ENCODING",
            std::slice::from_ref(value),
            context,
        )),
    }
}

/// `start(encoding)`: `[state, name]`, or `ERR_UNKNOWN_ENCODING`.
fn start(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let encoding = encoding_of(args.get_or_undefined(0), context)?;
    let state = Decoder::new(encoding);
    let state = JsObject::from_proto_and_data(None, StateCell(RefCell::new(state)));
    let name = JsString::from(encoding.name());
    let pair = [state.into(), name.into()];
    Ok(boa_engine::object::builtins::JsArray::from_iter(pair, context).into())
}

/// `write(state, bytes)`
fn write(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = args.get_or_undefined(1);
    let Some(view) = View::of(bytes, context) else {
        let expected = ["Buffer", "TypedArray", "DataView"];
        return Err(crate::node::arguments::invalid_type(
            "buf", &expected, bytes, context,
        ));
    };
    if view.len() > buffer::MAX_STRING_LENGTH {
        return Err(buffer::string_too_long(context));
    }
    let text = with_state(args, |state| view.read(|bytes| state.write(bytes)));
    match text {
        Some(text) => Ok(text.into()),
        None => {
            let name = JsString::from("StringDecoder").into();
            Err(node_error_with("ERR_INVALID_THIS", &[name], context))
        }
    }
}

/// `flush(state)`: what the unfinished character reads as.
fn flush(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(with_state(args, Decoder::flush).unwrap_or_default().into())
}

impl Decoder {
    /// Nothing has been seen yet.
    pub fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            pending: Pending::default(),
        }
    }

    /// What the text is encoded in.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The text of a piece, without an unfinished character at its end.
    pub fn write(&mut self, mut bytes: &[u8]) -> JsString {
        let whole = matches!(
            self.encoding,
            Encoding::Ascii | Encoding::Latin1 | Encoding::Hex
        );
        if whole || bytes.is_empty() {
            return self.encoding.decode(bytes);
        }
        let mut finished = None;
        if self.pending.missing > 0 {
            finished = self.finish_pending(&mut bytes);
            if bytes.is_empty() {
                return finished.unwrap_or_default();
            }
        }
        let (count, missing) = match self.encoding {
            Encoding::Utf8 => unfinished_utf8(bytes),
            Encoding::Utf16Le => unfinished_utf16(bytes),
            _ => match bytes.len() % 3 {
                0 => (0, 0),
                count => (count, 3 - count),
            },
        };
        let (now, later) = bytes.split_at(bytes.len() - count);
        if count > 0 {
            self.pending.keep(later, missing);
        }
        let text = self.encoding.decode(now);
        match finished {
            Some(start) if !start.is_empty() => JsString::concat(start.as_str(), text.as_str()),
            _ => text,
        }
    }

    /// Takes from the bytes what the pending character lacks; its text, if it is decided now.
    fn finish_pending(&mut self, bytes: &mut &[u8]) -> Option<JsString> {
        let mut take = self.pending.missing.min(bytes.len());
        let mut broken = false;
        if self.encoding == Encoding::Utf8 {
            let fitting = bytes[..take]
                .iter()
                .take_while(|byte| **byte & 0xc0 == 0x80)
                .count();
            broken = fitting < take;
            take = fitting;
        }
        self.pending.push(&bytes[..take]);
        *bytes = &bytes[take..];
        if self.pending.missing > 0 && !broken {
            return None;
        }
        let known = self.pending.known();
        let text = self.encoding.decode(known);
        self.pending.count = 0;
        self.pending.missing = 0;
        Some(text)
    }

    /// What the unfinished character reads as.
    pub fn flush(&mut self) -> JsString {
        let known = self.pending.known();
        let text = match self.encoding {
            Encoding::Utf16Le => self.encoding.decode(&known[..known.len() & !1]),
            encoding => encoding.decode(known),
        };
        self.pending.count = 0;
        self.pending.missing = 0;
        text
    }
}

/// How many bytes at the end begin a character, and how many it lacks.
fn unfinished_utf8(bytes: &[u8]) -> (usize, usize) {
    for (index, byte) in bytes.iter().rev().take(4).enumerate() {
        let count = index + 1;
        let size = match byte {
            0x00..0x80 => return (0, 0),
            0x80..0xc0 => continue,
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0..0xf8 => 4,
            _ => 0,
        };
        return if count < size {
            (count, size - count)
        } else {
            (0, 0)
        };
    }
    (0, 0)
}

fn unfinished_utf16(bytes: &[u8]) -> (usize, usize) {
    if !bytes.len().is_multiple_of(2) {
        (1, 1)
    } else if ends_in_lead_surrogate(bytes) {
        (2, 2)
    } else {
        (0, 0)
    }
}

fn ends_in_lead_surrogate(bytes: &[u8]) -> bool {
    bytes.len().is_multiple_of(2) && bytes.last().is_some_and(|high| high & 0xfc == 0xd8)
}
