//! Header fields as script sees them: validated on the way out, collected into objects on the way in.

use std::{cell::Cell, hash::Hasher};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
    property::{Attribute, PropertyDescriptor, PropertyKey},
    string::JsStrVariant,
};

use rustc_hash::FxHasher;

use super::{
    Slot, outgoing,
    protocol::{Head, encode},
};
use crate::{
    engine::{native, strings},
    node::errors,
};

/// A Latin-1 string of bytes from the wire.
pub fn latin1(bytes: &[u8]) -> JsString {
    strings::latin1(bytes)
}

/// The bytes of a string that is known to be Latin-1; each unit's low byte otherwise, as Node's `latin1` writes it.
pub fn extend_latin1(text: &JsString, out: &mut Vec<u8>) {
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) => out.extend_from_slice(units),
        JsStrVariant::Utf16(units) => out.extend(units.iter().map(|unit| *unit as u8)),
    }
}

/// Throws what Node throws for a bad header name.
pub fn validate_name(name: &JsValue, context: &mut Context) -> JsResult<JsString> {
    match name.as_string() {
        Some(text) if is_name(&text) => Ok(text),
        _ => Err(bad_name(name, context)),
    }
}

/// The same for what is a string anyway.
pub fn validate_name_text(name: &JsString, context: &mut Context) -> JsResult<()> {
    if is_name(name) {
        return Ok(());
    }
    Err(bad_name(&name.clone().into(), context))
}

fn is_name(text: &JsString) -> bool {
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) => encode::is_valid_name(units),
        JsStrVariant::Utf16(_) => false,
    }
}

fn bad_name(name: &JsValue, context: &mut Context) -> JsError {
    errors::node_error(
        "ERR_INVALID_HTTP_TOKEN",
        &[js_string!("Header name").into(), name.clone()],
        context,
    )
}

/// Throws what Node throws for a bad header value.
pub fn validate_value(
    name: &JsString,
    value: &JsValue,
    sender: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    if value.is_undefined() {
        return Err(errors::node_error(
            "ERR_HTTP_INVALID_HEADER_VALUE",
            &[value.clone(), name.clone().into()],
            context,
        ));
    }
    if let Some(text) = value.as_string() {
        return validate_text(name, &text, sender, context);
    }
    if value.is_number() || value.is_boolean() {
        return Ok(());
    }
    let text = value.to_string(context)?;
    validate_text(name, &text, sender, context)
}

/// Whether text can be a header value.
pub fn is_value(text: &JsString) -> bool {
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) => encode::is_valid_value(units),
        JsStrVariant::Utf16(units) => units
            .iter()
            .all(|unit| matches!(unit, 0x09 | 0x20..=0x7e | 0x80..=0xff)),
    }
}

/// Whether text can be a header value of a message that isn't strict: control characters, but none that end the line.
fn is_lax_value(text: &JsString) -> bool {
    text.iter()
        .all(|unit| !matches!(unit, 0 | 0x0a | 0x0d | 0x100..))
}

/// Throws when text can't be a header value of this message.
pub fn validate_text(
    name: &JsString,
    text: &JsString,
    sender: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    if is_value(text) || is_lax_value(text) && outgoing::takes_lax_values(sender, context)? {
        return Ok(());
    }
    Err(errors::node_error(
        "ERR_INVALID_CHAR",
        &[js_string!("header content").into(), name.clone().into()],
        context,
    ))
}

/// `validateHeaderName(name, label)`
pub fn validate_name_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let label = args.get_or_undefined(1);
    if label.to_boolean() && validate_name(args.get_or_undefined(0), context).is_err() {
        let args = [label.clone(), args.get_or_undefined(0).clone()];
        return Err(errors::node_error("ERR_INVALID_HTTP_TOKEN", &args, context));
    }
    validate_name(args.get_or_undefined(0), context)?;
    Ok(JsValue::undefined())
}

/// `validateHeaderValue(name, value, sender)`: the sender is a message, or what says whether to be lax
pub fn validate_value_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let name = args.get_or_undefined(0).to_string(context)?;
    let [value, sender] = [1, 2].map(|index| args.get_or_undefined(index));
    validate_value(&name, value, sender, context)?;
    Ok(JsValue::undefined())
}

/// What to do with a field that comes again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Join(&'static str),
    /// The first one counts.
    Drop,
    /// All of them, as an array: `set-cookie`.
    List,
}

fn again(name: &[u8]) -> Again {
    match name {
        b"age"
        | b"from"
        | b"etag"
        | b"host"
        | b"server"
        | b"referer"
        | b"expires"
        | b"location"
        | b"user-agent"
        | b"retry-after"
        | b"content-type"
        | b"max-forwards"
        | b"authorization"
        | b"last-modified"
        | b"content-length"
        | b"if-modified-since"
        | b"proxy-authorization"
        | b"if-unmodified-since" => Again::Drop,
        b"cookie" => Again::Join("; "),
        b"set-cookie" => Again::List,
        _ => Again::Join(", "),
    }
}

/// A name of the wire in lower case. Common ones cost no memory.
pub fn lower_name(name: &[u8]) -> JsString {
    macro_rules! known {
        ($lower:ident: $($name:literal)*) => {
            match $lower {
                $(known if known == $name.as_bytes() => js_string!($name),)*
                other => latin1(other),
            }
        };
    }
    let mut lower = [0; 64];
    let lower = match name.len() {
        _ if !name.iter().any(u8::is_ascii_uppercase) => name,
        length if length > lower.len() => return latin1(&name.to_ascii_lowercase()),
        length => {
            for (to, from) in lower.iter_mut().zip(name) {
                *to = from.to_ascii_lowercase();
            }
            &lower[..length]
        }
    };
    match lower.len() {
        4 => known!(lower: "host"),
        6 => known!(lower: "accept" "cookie"),
        10 => known!(lower: "connection" "user-agent" "set-cookie"),
        12 => known!(lower: "content-type"),
        13 => known!(lower: "authorization" "cache-control"),
        14 => known!(lower: "content-length"),
        15 => known!(lower: "accept-encoding" "accept-language"),
        17 => known!(lower: "transfer-encoding"),
        _ => latin1(lower),
    }
}

/// Name and value as they came.
type Field<'head> = (&'head [u8], &'head [u8]);

/// Heads with more fields may name one twice for all that is looked at.
const FEW_FIELDS: usize = 32;

/// Whether no name comes twice among these.
fn all_distinct(fields: &[Field<'_>]) -> bool {
    fields.iter().enumerate().all(|(at, (name, _))| {
        !fields[..at]
            .iter()
            .any(|(before, _)| before.eq_ignore_ascii_case(name))
    })
}

/// How many lists of names are remembered.
const LISTS: usize = 32;

/// Which names of fields came together of late, as hashes of the lists.
///
/// Objects of the same keys share their shapes, which is worth it where they come again: script finds the properties quickly. Where each
/// message has names of its own, the shapes would cost more than the objects.
#[derive(Default)]
pub struct KnownNames([Cell<u64>; LISTS]);

impl KnownNames {
    /// Whether the names of these fields came before; from here on they did.
    fn have(&self, fields: &[Field<'_>]) -> bool {
        let mut hasher = FxHasher::default();
        for (name, _) in fields {
            hasher.write(name);
        }
        let hash = hasher.finish();
        self.0[hash as usize % LISTS].replace(hash) == hash
    }
}

/// `message.headers` of a head. `join` is the option `joinDuplicateHeaders`.
pub fn headers(head: &Head, limit: usize, join: bool, context: &mut Context) -> JsResult<JsObject> {
    let mut few: [Field<'_>; FEW_FIELDS] = [(&[], &[]); FEW_FIELDS];
    let Some(fields) = few.get_mut(..head.len().min(limit)) else {
        return headers_merged(head, limit, join, context);
    };
    for (to, field) in fields.iter_mut().zip(head.fields()) {
        *to = field;
    }
    if !all_distinct(fields) {
        return headers_merged(head, limit, join, context);
    }
    let object = if Slot::of(context).known.have(fields) {
        native::new_object(context)
    } else {
        JsObject::with_object_proto(context.intrinsics())
    };
    for (name, value) in fields {
        let key = lower_name(name);
        if is_prototype(&key) {
            continue;
        }
        let value = first_value(&key, latin1(value), context);
        object.insert_property(key, native::property(value, Attribute::all()));
    }
    Ok(object)
}

/// Whether a field has the name of the accessor that would take it for the object's prototype, and ignore it.
fn is_prototype(key: &JsString) -> bool {
    matches!(key.as_str().variant(), JsStrVariant::Latin1(b"__proto__"))
}

/// What a field is in the object when it comes first: text, or a list that may become longer.
fn first_value(key: &JsString, value: JsString, context: &mut Context) -> JsValue {
    match key.as_str().variant() {
        JsStrVariant::Latin1(b"set-cookie") => JsArray::from_iter([value.into()], context).into(),
        _ => value.into(),
    }
}

/// The same for heads in which names may come again.
fn headers_merged(
    head: &Head,
    limit: usize,
    join: bool,
    context: &mut Context,
) -> JsResult<JsObject> {
    let object = native::new_object(context);
    for (name, value) in head.fields().take(limit) {
        let key = lower_name(name);
        if is_prototype(&key) {
            continue;
        }
        let value = latin1(value);
        let existing = match object.has_own_property(key.clone(), context)? {
            true => object.get(key.clone(), context)?,
            false => JsValue::undefined(),
        };
        if existing.is_undefined() {
            let value = first_value(&key, value, context);
            object.create_data_property_or_throw(key, value, context)?;
            continue;
        }
        let rule = match key.as_str().variant() {
            JsStrVariant::Latin1(lower) => again(lower),
            JsStrVariant::Utf16(_) => Again::Drop,
        };
        match rule {
            Again::Drop if join => set_joined(&object, key, &existing, ", ", &value, context)?,
            Again::Drop => {}
            Again::Join(by) => set_joined(&object, key, &existing, by, &value, context)?,
            Again::List => {
                if let Some(list) = existing.as_object() {
                    JsArray::from_object(list)?.push(value, context)?;
                }
            }
        }
    }
    Ok(object)
}

fn set_joined(
    object: &JsObject,
    key: JsString,
    existing: &JsValue,
    by: &str,
    value: &JsString,
    context: &mut Context,
) -> JsResult<()> {
    let before = existing.to_string(context)?;
    let joined =
        JsString::concat_array(&[before.as_str(), JsString::from(by).as_str(), value.as_str()]);
    object.set(key, joined, true, context).map(drop)
}

/// `message.headersDistinct`: every value of every name, in arrays.
pub fn distinct(head: &Head, limit: usize, context: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_null_proto();
    for (name, value) in head.fields().take(limit) {
        let key = lower_name(name);
        let value = JsValue::from(latin1(value));
        match object.get(key.clone(), context)?.as_object() {
            Some(list) => {
                JsArray::from_object(list)?.push(value, context)?;
            }
            None => {
                let list = JsArray::from_iter([value], context);
                object.create_data_property_or_throw(key, list, context)?;
            }
        }
    }
    Ok(object)
}

/// `message.rawHeaders`
pub fn raw(head: &Head, limit: usize, context: &mut Context) -> JsArray {
    let mut list = Vec::with_capacity(head.len() * 2);
    for (name, value) in head.fields().take(limit) {
        list.push(JsValue::from(latin1(name)));
        list.push(JsValue::from(latin1(value)));
    }
    JsArray::from_iter(list, context)
}

/// The name that a key is, if it isn't a symbol.
pub fn name_of_key(key: &PropertyKey) -> Option<JsString> {
    match key {
        PropertyKey::String(name) => Some(name.clone()),
        PropertyKey::Index(index) => Some(JsString::from(index.get().to_string())),
        PropertyKey::Symbol(_) => None,
    }
}

/// Own string-keyed properties, in order.
pub fn entries(object: &JsObject, context: &mut Context) -> JsResult<Vec<(JsString, JsValue)>> {
    let keys = object.own_property_keys(context)?;
    let mut list = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(name) = name_of_key(&key) else {
            continue;
        };
        let value = object.get(key, context)?;
        list.push((name, value));
    }
    Ok(list)
}

/// Own enumerable properties with their names, as `Object.keys` has them.
pub fn enumerable_entries(
    object: &JsObject,
    context: &mut Context,
) -> JsResult<Vec<(JsString, JsValue)>> {
    let keys = object.own_property_keys(context)?;
    let mut list = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(name) = name_of_key(&key) else {
            continue;
        };
        let own = object.borrow().properties().get(&key);
        if own.as_ref().and_then(PropertyDescriptor::enumerable) == Some(false) {
            continue;
        }
        let value = match own.as_ref().and_then(PropertyDescriptor::value) {
            Some(value) => value.clone(),
            None => object.get(key, context)?,
        };
        list.push((name, value));
    }
    Ok(list)
}

/// Whether a request can be sent for a path, which has no spaces, no control characters and nothing beyond Latin-1.
pub fn is_path_text(text: &JsString) -> bool {
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) => units.iter().all(|unit| *unit > 0x20),
        JsStrVariant::Utf16(units) => units.iter().all(|unit| (0x21..=0xff).contains(unit)),
    }
}
