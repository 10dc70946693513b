//! `TextDecoder`: bytes in any encoding of the web to strings, at once or in pieces.

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsStr, JsString, JsValue, Trace,
    js_string, object::builtins::JsFunction,
};
use encoding_rs::{Decoder, DecoderResult, Encoding as WebEncoding, UTF_8};

use super::{Class, invalid_this, make, prototype_for};
use crate::node::{
    arguments::invalid_type,
    buffer::{Encoding, View},
    errors::{Base, coded, node_error_with},
};

#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct TextDecoder {
    encoding: &'static WebEncoding,
    fatal: bool,
    ignore_bom: bool,
    /// Holds the middle of a stream; `None` between texts.
    stream: RefCell<Option<Decoder>>,
    in_stream: Cell<bool>,
}

pub fn class(context: &mut Context) -> JsFunction {
    let class = Class {
        name: "TextDecoder",
        construct,
        methods: &[("decode", 0, decode)],
        getters: &[
            ("encoding", encoding),
            ("fatal", fatal),
            ("ignoreBOM", ignore_bom),
        ],
    };
    make(&class, context)
}

fn construct(new_target: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = prototype_for(new_target, "TextDecoder", context)?;
    let label = match args.get_or_undefined(0) {
        value if value.is_undefined() => js_string!("utf-8"),
        value => value.to_string(context)?,
    };
    let encoding = find(&label)
        .map_err(|label| node_error_with("ERR_ENCODING_NOT_SUPPORTED", &[label.into()], context))?;
    let options = options(args.get_or_undefined(1), context)?;
    let decoder = TextDecoder {
        encoding,
        fatal: flag(options.as_ref(), "fatal", context)?,
        ignore_bom: flag(options.as_ref(), "ignoreBOM", context)?,
        stream: RefCell::new(None),
        in_stream: Cell::new(false),
    };
    Ok(JsObject::new(context.root_shape(), prototype, decoder)
        .upcast()
        .into())
}

/// The encoding of a label, or the label to complain about: nothing decodes `replacement`, by whatever name.
fn find(label: &JsString) -> Result<&'static WebEncoding, JsString> {
    let known = label
        .to_std_string()
        .ok()
        .and_then(|label| WebEncoding::for_label(label.as_bytes()));
    match known {
        Some(encoding) if encoding == encoding_rs::REPLACEMENT => Err(js_string!("replacement")),
        Some(encoding) => Ok(encoding),
        None => Err(label.clone()),
    }
}

fn options(value: &JsValue, context: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    match value.as_object() {
        Some(object) => Ok(Some(object)),
        None => Err(invalid_type("options", &["object"], value, context)),
    }
}

fn flag(options: Option<&JsObject>, name: &'static str, context: &mut Context) -> JsResult<bool> {
    match options {
        Some(options) => Ok(options.get(JsString::from(name), context)?.to_boolean()),
        None => Ok(false),
    }
}

fn with_decoder<R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&TextDecoder) -> R,
) -> JsResult<R> {
    let object = this.as_object();
    match object
        .as_ref()
        .and_then(JsObject::downcast_ref::<TextDecoder>)
    {
        Some(decoder) => Ok(act(&decoder)),
        None => Err(invalid_this("TextDecoder", context)),
    }
}

fn encoding(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_decoder(this, context, |decoder| {
        JsString::from(decoder.encoding.name().to_ascii_lowercase()).into()
    })
}

fn fatal(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_decoder(this, context, |decoder| decoder.fatal.into())
}

fn ignore_bom(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_decoder(this, context, |decoder| decoder.ignore_bom.into())
}

/// `decode([input[, { stream }]])`
fn decode(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with_decoder(this, context, |_| ())?;
    let input = args.get_or_undefined(0);
    let view = View::of_any(input, context);
    if view.is_none() && !input.is_undefined() {
        let message = "The \"list\" argument must be an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView.";
        return Err(coded("ERR_INVALID_ARG_TYPE", Base::Type, message, context));
    }
    let options = options(args.get_or_undefined(1), context)?;
    let more = flag(options.as_ref(), "stream", context)?;
    let decoded = with_decoder(this, context, |decoder| match &view {
        Some(view) => view.read(|bytes| decoder.decode(bytes, more)),
        None => decoder.decode(&[], more),
    })?;
    match decoded {
        Some(text) => Ok(text.into()),
        None => {
            let name = encoding(this, &[], context)?;
            Err(node_error_with(
                "ERR_ENCODING_INVALID_ENCODED_DATA",
                &[name, JsValue::undefined()],
                context,
            ))
        }
    }
}

impl TextDecoder {
    /// `None` for malformed bytes where those are fatal.
    fn decode(&self, bytes: &[u8], more: bool) -> Option<JsString> {
        if !more && !self.in_stream.get() && self.encoding == UTF_8 {
            return self.decode_utf8_at_once(bytes);
        }
        let mut slot = self.stream.borrow_mut();
        let decoder = slot.get_or_insert_with(|| match self.ignore_bom {
            true => self.encoding.new_decoder_without_bom_handling(),
            false => self.encoding.new_decoder_with_bom_removal(),
        });
        let text = run(decoder, bytes, !more, self.fatal);
        if !more || text.is_none() {
            *slot = None;
        }
        self.in_stream.set(slot.is_some());
        text
    }

    fn decode_utf8_at_once(&self, bytes: &[u8]) -> Option<JsString> {
        let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if !self.ignore_bom => rest,
            _ => bytes,
        };
        if self.fatal && simdutf8::basic::from_utf8(bytes).is_err() {
            return None;
        }
        Some(Encoding::Utf8.decode(bytes))
    }
}

fn run(decoder: &mut Decoder, bytes: &[u8], last: bool, fatal: bool) -> Option<JsString> {
    let room = decoder.max_utf16_buffer_length(bytes.len())?;
    let mut units = vec![0; room];
    let written = if fatal {
        let (result, _, written) =
            decoder.decode_to_utf16_without_replacement(bytes, &mut units, last);
        if matches!(result, DecoderResult::Malformed(..)) {
            return None;
        }
        written
    } else {
        decoder.decode_to_utf16(bytes, &mut units, last).2
    };
    units.truncate(written);
    if units.iter().all(|unit| *unit < 0x100) {
        let latin1: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        return Some(JsString::from(JsStr::latin1(&latin1)));
    }
    Some(JsString::from(JsStr::utf16(&units)))
}
