//! The header of a message that goes out: fields become text, text becomes bytes, framing is decided by what they say.
//!
//! `writeHead` of a response and `_storeHeader` of a request end here, as does the header that nobody wrote.

use boa_engine::{
    Context, JsArgs, JsError, JsResult, JsString, JsValue, js_str, js_string, string::JsStrVariant,
};

use super::{Field, Outgoing, Sink, bits, need};

use crate::engine::lookup::LookUp;
use crate::node::{
    errors,
    http::{
        Slot, fields, header_methods,
        protocol::encode::{self, Plan, Said},
        record, response,
    },
};

/// Name and value of each field to send, all as text.
pub type Texts = Vec<(JsString, JsString)>;

/// The fields of a header, as a response has them when it is sent.
pub enum Lines<'a> {
    Texts(&'a Texts),
    /// Set by script; those that aren't text are left out.
    Fields(&'a [Field]),
}

impl Lines<'_> {
    fn each(&self, mut act: impl FnMut(&JsString, &JsString)) {
        match self {
            Self::Texts(texts) => texts.iter().for_each(|(name, value)| act(name, value)),
            Self::Fields(fields) => {
                for Field { name, value } in *fields {
                    if let Some(value) = value.as_string() {
                        act(name, &value);
                    }
                }
            }
        }
    }
}

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
    lines: Lines<'_>,
    context: &Context,
) -> bool {
    let joined;
    let lines = match (&record.unique, lines) {
        (Some(unique), Lines::Texts(texts)) => {
            joined = join_unique(texts, unique);
            Lines::Texts(&joined)
        }
        (_, lines) => lines,
    };
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
            encoded = Some(append_header(plan, first, &lines, out));
        });
        // Without a place to go there is no header to fail.
        encoded.unwrap_or_else(|| append_header(plan, first, &lines, &mut Vec::new()))
    } else {
        let mut head = Vec::with_capacity(256);
        let encoded = append_header(plan, first, &lines, &mut head);
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
    record.set(bits::CHUNKED, outcome.chunked);
    record.set(bits::KEEP_ALIVE, outcome.keep_alive);
    if outcome.last {
        record.bits |= bits::LAST;
    }
    record.bits |= bits::HEADER;
    if said.expect {
        record.bits |= bits::SENT;
    }
    true
}

/// Fields of one name that follow each other become one, where the name is in the list of those that are to be unique.
fn join_unique(texts: &Texts, unique: &[JsString]) -> Texts {
    let mut joined = Texts::with_capacity(texts.len());
    for (name, value) in texts {
        match joined.last_mut() {
            Some((last, all))
                if header_methods::same(last, name)
                    && unique.iter().any(|one| header_methods::same(one, name)) =>
            {
                *all = JsString::concat_array(&[all.as_str(), js_str!("; "), value.as_str()]);
            }
            _ => joined.push((name.clone(), value.clone())),
        }
    }
    joined
}

fn append_header(
    mut plan: Plan,
    first: &FirstLine<'_>,
    lines: &Lines<'_>,
    out: &mut Vec<u8>,
) -> (encode::Outcome, Said) {
    let start = out.len();
    first.append_to(out);
    let said = &mut plan.said;
    lines.each(|name, value| {
        let name_at = out.len();
        fields::extend_latin1(name, out);
        let name_end = out.len();
        out.extend_from_slice(b": ");
        let value_at = out.len();
        fields::extend_latin1(value, out);
        let value_end = out.len();
        out.extend_from_slice(b"\r\n");
        said.field(&out[name_at..name_end], &out[value_at..value_end]);
    });
    plan.removed_connection &= !plan.said.connection;
    plan.length = plan.said.length_value.or(plan.length);
    let outcome = encode::finish_head(&plan, out);
    if outcome.bad_trailer {
        out.truncate(start);
    }
    (outcome, plan.said)
}

/// The fields that script has set, as text. May run script: `toString` of odd values.
pub fn texts_of_fields(this: &JsValue, context: &mut Context) -> JsResult<Texts> {
    let list = need(this, context, |record| record.fields.clone())?.unwrap_or_default();
    let mut texts = Texts::with_capacity(list.len() + 1);
    for Field { name, value } in list {
        push_texts(&mut texts, name, &value, None, context)?;
    }
    Ok(texts)
}

/// Adds a field, or one for each element of an array. Values are checked if there is a sender.
pub fn push_texts(
    texts: &mut Texts,
    name: JsString,
    value: &JsValue,
    sender: Option<&JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    if let Some(text) = value.as_string() {
        if let Some(sender) = sender {
            fields::validate_text(&name, &text, sender, context)?;
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
            if let Some(sender) = sender {
                fields::validate_value(&name, &element, sender, context)?;
            }
            let text = element.to_string(context)?;
            texts.push((name.clone(), text));
        }
        return Ok(());
    }
    if let Some(sender) = sender {
        fields::validate_value(&name, value, sender, context)?;
    }
    let text = value.to_string(context)?;
    texts.push((name, text));
    Ok(())
}

/// `_storeHeader(firstLine, headers)`: what client requests use; headers are an object, an array, or nothing.
pub(super) fn store_header(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let line = args.get_or_undefined(0).to_string(context)?;
    if !is_request_line(&line) {
        let args = [js_string!("Request path").into()];
        return Err(errors::node_error(
            "ERR_UNESCAPED_CHARACTERS",
            &args,
            context,
        ));
    }
    let texts = match args.get_or_undefined(1).as_object() {
        Some(headers) => header_methods::texts_of(&headers, Some(this), context)?,
        None => texts_of_fields(this, context)?,
    };
    let state_ok = {
        let Some(holder) = record::holder::<Outgoing>(this, context) else {
            return Ok(JsValue::undefined());
        };
        let Some(mut record) = holder.downcast_mut::<Outgoing>() else {
            return Ok(JsValue::undefined());
        };
        encode_header(
            &mut record,
            &FirstLine::Request(&line),
            Lines::Texts(&texts),
            context,
        )
    };
    if state_ok {
        Ok(JsValue::undefined())
    } else {
        Err(trailer_invalid(context))
    }
}

/// Whether a line that says what is requested has two words before its end: programs assign to `request.path` and `request.method`.
/// Other lines pass.
fn is_request_line(line: &JsString) -> bool {
    const END: &[u8] = b" HTTP/1.1\r\n";
    fn two_words(units: impl Iterator<Item = u16>) -> bool {
        let mut spaces = 0;
        for unit in units {
            match unit {
                0x20 => spaces += 1,
                0x21..=0xff => {}
                _ => return false,
            }
        }
        spaces <= 1
    }
    match line.as_str().variant() {
        JsStrVariant::Latin1(units) => units
            .strip_suffix(END)
            .is_none_or(|words| two_words(words.iter().map(|unit| u16::from(*unit)))),
        JsStrVariant::Utf16(units) => {
            let end: Vec<u16> = END.iter().map(|unit| u16::from(*unit)).collect();
            units
                .strip_suffix(&end[..])
                .is_none_or(|words| two_words(words.iter().copied()))
        }
    }
}

/// `ERR_HTTP_TRAILER_INVALID`
pub fn trailer_invalid(context: &mut Context) -> JsError {
    errors::node_error("ERR_HTTP_TRAILER_INVALID", &[], context)
}

pub(super) fn implicit_header_missing(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    Err(errors::node_error(
        "ERR_METHOD_NOT_IMPLEMENTED",
        &[js_string!("_implicitHeader()").into()],
        context,
    ))
}

/// Makes the header as the message's own method does.
pub(super) fn implicit_header(this: &JsValue, context: &mut Context) -> JsResult<()> {
    let Some(object) = this.as_object() else {
        return Ok(());
    };
    let native = object
        .downcast_ref::<Outgoing>()
        .is_some_and(|record| record.has(bits::RESPONSE));
    if native {
        return response::implicit_header(&object, context);
    }
    let method = object.look_up(js_string!("_implicitHeader"), context)?;
    match method.as_callable() {
        Some(method) => method.call(this, &[], context).map(drop),
        None => Ok(()),
    }
}
