//! The methods of `OutgoingMessage` that set, read and remove header fields before they are sent.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
    string::JsStrVariant,
};

use super::{
    fields,
    outgoing::{Field, Outgoing, Texts, bits, need, push_texts, with},
};
use crate::{engine::lookup::LookUp, engine::native::Natives, node::errors};

/// Adds the methods.
pub fn define(natives: Natives<'_>) {
    natives
        .function("setHeader", 2, set_header)
        .function("appendHeader", 2, append_header)
        .function("getHeader", 1, get_header)
        .function("getHeaders", 0, get_headers)
        .function("getHeaderNames", 0, get_header_names)
        .function("getRawHeaderNames", 0, get_raw_header_names)
        .function("hasHeader", 1, has_header)
        .function("removeHeader", 1, remove_header);
}

/// Whether two names are the same but for case.
pub fn same(one: &JsString, other: &JsString) -> bool {
    match (one.as_str().variant(), other.as_str().variant()) {
        (JsStrVariant::Latin1(one), JsStrVariant::Latin1(other)) => one.eq_ignore_ascii_case(other),
        _ => false,
    }
}

fn lower(name: &JsString) -> JsString {
    match name.as_str().variant() {
        JsStrVariant::Latin1(units) => fields::lower_name(units),
        JsStrVariant::Utf16(_) => name.clone(),
    }
}

fn refuse_if_sent(record_bits: u32, verb: JsString, context: &mut Context) -> JsResult<()> {
    if record_bits & bits::HEADER == 0 {
        return Ok(());
    }
    Err(errors::node_error(
        "ERR_HTTP_HEADERS_SENT",
        &[verb.into()],
        context,
    ))
}

/// The elements of an array.
pub fn elements(array: &JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let array = JsArray::from_object(array.clone())?;
    let length = array.length(context)?;
    let mut list = Vec::with_capacity(length as usize);
    for index in 0..length {
        list.push(array.at(index as i64, context)?);
    }
    Ok(list)
}

fn validate(
    this: &JsValue,
    name: &JsString,
    value: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    if let Some(list) = value.as_object()
        && list.is_array()
    {
        for element in elements(&list, context)? {
            fields::validate_value(name, &element, this, context)?;
        }
        return Ok(());
    }
    fields::validate_value(name, value, this, context)
}

fn put(record: &mut Outgoing, name: JsString, value: JsValue) {
    let list = record.fields.get_or_insert_default();
    match list.iter_mut().find(|field| same(&field.name, &name)) {
        Some(field) => *field = Field { name, value },
        None => list.push(Field { name, value }),
    }
}

/// `setHeader(name, value)`
pub fn set_header(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = match with(this, context, |record| record.bits) {
        Some(state) => state,
        // Something that only looks like a message.
        None => match this
            .to_object(context)?
            .look_up(js_string!("_header"), context)?
        {
            header if header.to_boolean() => bits::HEADER,
            _ => need(this, context, |record| record.bits)?,
        },
    };
    refuse_if_sent(state, js_string!("set"), context)?;
    let name = fields::validate_name(args.get_or_undefined(0), context)?;
    let value = args.get_or_undefined(1);
    validate(this, &name, value, context)?;
    let value = value.clone();
    need(this, context, |record| put(record, name, value))?;
    Ok(this.clone())
}

/// `appendHeader(name, value)`
fn append_header(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = need(this, context, |record| record.bits)?;
    refuse_if_sent(state, js_string!("append"), context)?;
    let name = fields::validate_name(args.get_or_undefined(0), context)?;
    let value = args.get_or_undefined(1).clone();
    validate(this, &name, &value, context)?;
    append(this, name, value, context)?;
    Ok(this.clone())
}

fn append(this: &JsValue, name: JsString, value: JsValue, context: &mut Context) -> JsResult<()> {
    let existing = need(this, context, |record| {
        let list = record.fields.as_ref()?;
        list.iter()
            .find(|field| same(&field.name, &name))
            .map(|field| (field.name.clone(), field.value.clone()))
    })?;
    let (name, value) = match existing {
        None => (name, value),
        // The name stays as it was given first.
        Some((name, existing)) => {
            let mut all = Vec::new();
            for part in [existing, value] {
                match part.as_object().filter(JsObject::is_array) {
                    Some(list) => all.extend(elements(&list, context)?),
                    None => all.push(part),
                }
            }
            (name, JsArray::from_iter(all, context).into())
        }
    };
    need(this, context, |record| put(record, name, value))
}

fn name_of(args: &[JsValue], context: &mut Context) -> JsResult<JsString> {
    let name = args.get_or_undefined(0);
    name.as_string()
        .ok_or_else(|| errors::invalid_arg_type("name", &["string"], name, context))
}

/// `getHeader(name)`
pub fn get_header(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name_of(args, context)?;
    let found = need(this, context, |record| {
        let list = record.fields.as_ref()?;
        list.iter()
            .find(|field| same(&field.name, &name))
            .map(|field| field.value.clone())
    })?;
    Ok(found.unwrap_or_default())
}

/// `hasHeader(name)`
fn has_header(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name_of(args, context)?;
    let found = need(this, context, |record| {
        record
            .fields
            .as_ref()
            .is_some_and(|list| list.iter().any(|field| same(&field.name, &name)))
    })?;
    Ok(found.into())
}

/// `removeHeader(name)`
fn remove_header(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name_of(args, context)?;
    let state = need(this, context, |record| record.bits)?;
    refuse_if_sent(state, js_string!("remove"), context)?;
    need(this, context, |record| {
        let key = name.to_std_string_lossy().to_ascii_lowercase();
        match key.as_str() {
            "connection" => record.bits |= bits::REMOVED_CONNECTION,
            "content-length" => record.bits |= bits::REMOVED_LENGTH,
            "transfer-encoding" => record.bits |= bits::REMOVED_ENCODING,
            "date" => record.bits &= !bits::SEND_DATE,
            _ => {}
        }
        if let Some(list) = &mut record.fields {
            list.retain(|field| !same(&field.name, &name));
        }
    })?;
    Ok(JsValue::undefined())
}

fn list_of(this: &JsValue, context: &mut Context) -> JsResult<Vec<Field>> {
    Ok(need(this, context, |record| record.fields.clone())?.unwrap_or_default())
}

/// `getHeaders()`
fn get_headers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let list = list_of(this, context)?;
    let object = JsObject::with_null_proto();
    for field in list {
        object.create_data_property_or_throw(lower(&field.name), field.value, context)?;
    }
    Ok(object.into())
}

/// `getHeaderNames()`
fn get_header_names(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let names: Vec<JsValue> = list_of(this, context)?
        .iter()
        .map(|field| lower(&field.name).into())
        .collect();
    Ok(JsArray::from_iter(names, context).into())
}

/// `getRawHeaderNames()`
fn get_raw_header_names(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let names: Vec<JsValue> = list_of(this, context)?
        .into_iter()
        .map(|field| field.name.into())
        .collect();
    Ok(JsArray::from_iter(names, context).into())
}

/// Pairs of an argument of `writeHead`: an object, an array of names and values in turn, or an array of pairs.
fn pairs(headers: &JsObject, context: &mut Context) -> JsResult<Vec<(JsValue, JsValue)>> {
    if !headers.is_array() {
        let entries = fields::entries(headers, context)?;
        return Ok(entries
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect());
    }
    let list = elements(headers, context)?;
    let mut found = Vec::with_capacity(list.len() / 2);
    if list
        .first()
        .and_then(JsValue::as_object)
        .is_some_and(|first| first.is_array())
    {
        for pair in list {
            let pair = pair.to_object(context)?;
            found.push((pair.get(0, context)?, pair.get(1, context)?));
        }
        return Ok(found);
    }
    if list.len() % 2 != 0 {
        let value = headers.clone().into();
        return Err(errors::invalid_arg_value("headers", &value, "", context));
    }
    let mut list = list.into_iter();
    while let (Some(name), Some(value)) = (list.next(), list.next()) {
        found.push((name, value));
    }
    Ok(found)
}

/// The texts of an argument of `writeHead`; values are checked if there is a sender.
pub fn texts_of(
    headers: &JsObject,
    sender: Option<&JsValue>,
    context: &mut Context,
) -> JsResult<Texts> {
    if !headers.is_array() {
        let keys = headers.own_property_keys(context)?;
        let mut texts = Texts::with_capacity(keys.len());
        for key in keys {
            let Some(name) = fields::name_of_key(&key) else {
                continue;
            };
            fields::validate_name_text(&name, context)?;
            let value = headers.get(key, context)?;
            push_texts(&mut texts, name, &value, sender, context)?;
        }
        return Ok(texts);
    }
    let pairs = pairs(headers, context)?;
    let mut texts = Texts::with_capacity(pairs.len() + 1);
    for (name, value) in pairs {
        let name = fields::validate_name(&name, context)?;
        push_texts(&mut texts, name, &value, sender, context)?;
    }
    Ok(texts)
}

/// Adds the headers of `writeHead` to those that were set before: they replace, but may repeat among themselves.
pub fn merge(this: &JsValue, headers: &JsObject, context: &mut Context) -> JsResult<()> {
    let is_array = headers.is_array();
    // Only a flat list goes with fields that are set already.
    if is_array
        && headers
            .look_up(js_string!("length"), context)?
            .to_length(context)?
            % 2
            != 0
    {
        let args = [js_string!("headers").into(), headers.clone().into()];
        return Err(errors::node_error("ERR_INVALID_ARG_VALUE", &args, context));
    }
    let pairs = pairs(headers, context)?;
    let mut named = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        if !is_array && name.as_string().is_some_and(|name| name.is_empty()) {
            continue;
        }
        let name = fields::validate_name(&name, context)?;
        validate(this, &name, &value, context)?;
        named.push((name, value));
    }
    if !is_array {
        return need(this, context, |record| {
            for (name, value) in named {
                put(record, name, value);
            }
        });
    }
    need(this, context, |record| {
        if let Some(list) = &mut record.fields {
            list.retain(|field| !named.iter().any(|(name, _)| same(&field.name, name)));
        }
    })?;
    for (name, value) in named {
        append(this, name, value, context)?;
    }
    Ok(())
}
