//! How values appear inside error messages: as `util.inspect` shows them, or as the "Received …" of argument errors.

use boa_engine::{
    Context, JsObject, JsString, JsValue, JsVariant, js_string,
    property::{PropertyDescriptor, PropertyKey},
};

/// What follows "Received " in argument errors: `undefined`, `function f`, `an instance of Map`, `type number (1)`.
pub fn received(value: &JsValue, context: &mut Context) -> String {
    match value.variant() {
        JsVariant::Undefined => "undefined".into(),
        JsVariant::Null => "null".into(),
        JsVariant::Boolean(_) => format!("type boolean ({})", inspect(value, context)),
        JsVariant::Integer32(_) | JsVariant::Float64(_) => {
            format!("type number ({})", inspect(value, context))
        }
        JsVariant::BigInt(_) => format!("type bigint ({})", inspect(value, context)),
        JsVariant::Symbol(_) => format!("type symbol ({})", inspect(value, context)),
        JsVariant::String(text) => {
            let text = text.to_std_string_lossy();
            let shown: String = match text.encode_utf16().count() {
                0..=28 => text,
                _ => text.chars().take(25).chain("...".chars()).collect(),
            };
            match shown.contains('\'') {
                false => format!("type string ('{shown}')"),
                true => format!("type string ({})", json_quoted(&shown)),
            }
        }
        JsVariant::Object(object) if object.is_callable() => {
            format!(
                "function {}",
                text_property(&object, "name", context).unwrap_or_default()
            )
        }
        JsVariant::Object(object) => {
            let constructor = object
                .get(js_string!("constructor"), context)
                .ok()
                .and_then(|found| found.as_object());
            match constructor.and_then(|constructor| text_property(&constructor, "name", context)) {
                Some(name) => format!("an instance of {name}"),
                None => brief_object(&object, -1, context),
            }
        }
    }
}

/// A value as the `%s` of `util.format` shows it.
pub fn display(value: &JsValue, context: &mut Context) -> String {
    match value.variant() {
        JsVariant::String(text) => text.to_std_string_lossy(),
        JsVariant::Object(object) if has_own_to_string(&object, context) => {
            value.to_string(context).map_or_else(
                |_| inspect(value, context),
                |text| text.to_std_string_lossy(),
            )
        }
        _ => inspect(value, context),
    }
}

/// Errors and instances of user classes with a `toString` are shown by it.
fn has_own_to_string(object: &JsObject, context: &mut Context) -> bool {
    let plain = context.intrinsics().constructors().object().prototype();
    let array = context.intrinsics().constructors().array().prototype();
    let mut current = Some(object.clone());
    while let Some(holder) = current {
        if JsObject::equals(&holder, &plain) || JsObject::equals(&holder, &array) {
            return false;
        }
        if holder
            .borrow()
            .properties()
            .contains_key(&PropertyKey::from(js_string!("toString")))
        {
            return true;
        }
        current = holder.prototype();
    }
    false
}

/// A value as `util.inspect` shows it.
pub fn inspect(value: &JsValue, context: &mut Context) -> String {
    match value.variant() {
        JsVariant::Undefined => "undefined".into(),
        JsVariant::Null => "null".into(),
        JsVariant::Boolean(flag) => flag.to_string(),
        JsVariant::Integer32(number) => number.to_string(),
        JsVariant::Float64(number) => number_text(number),
        JsVariant::BigInt(number) => format!("{number}n"),
        JsVariant::Symbol(symbol) => symbol.descriptive_string().to_std_string_lossy(),
        JsVariant::String(text) => quoted(&text),
        JsVariant::Object(object) => crate::engine::report::inspect_object(&object, context)
            .unwrap_or_else(|| brief_object(&object, 2, context)),
    }
}

/// A number as script prints it, but with the sign of a negative zero.
pub fn number_text(number: f64) -> String {
    if number == 0.0 && number.is_sign_negative() {
        return "-0".into();
    }
    ryu_js::Buffer::new().format(number).to_owned()
}

/// A string literal with the quote that needs no escape, as `util.inspect` chooses it.
pub fn quoted(text: &JsString) -> String {
    let units: Vec<u16> = text.iter().collect();
    let has = |quote: char| units.contains(&(quote as u16));
    let quote = match (has('\''), has('"'), has('`')) {
        (false, ..) => '\'',
        (true, false, _) => '"',
        (true, true, false) if !text.to_std_string_lossy().contains("${") => '`',
        _ => '\'',
    };
    let mut out = String::with_capacity(units.len() + 2);
    out.push(quote);
    for unit in char::decode_utf16(units) {
        match unit {
            Ok('\n') => out.push_str("\\n"),
            Ok('\t') => out.push_str("\\t"),
            Ok('\r') => out.push_str("\\r"),
            Ok('\u{8}') => out.push_str("\\b"),
            Ok('\u{c}') => out.push_str("\\f"),
            Ok('\\') => out.push_str("\\\\"),
            Ok(symbol) if symbol == quote => out.extend(['\\', symbol]),
            Ok(symbol) if u32::from(symbol) < 0x20 || (0x7f..0xa0).contains(&u32::from(symbol)) => {
                out.push_str(&format!("\\x{:02X}", u32::from(symbol)));
            }
            Ok(symbol) => out.push(symbol),
            Err(lone) => out.push_str(&format!("\\u{:04x}", lone.unpaired_surrogate())),
        }
    }
    out.push(quote);
    out
}

/// A string as `JSON.stringify` quotes it.
fn json_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for symbol in text.chars() {
        match symbol {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            symbol if u32::from(symbol) < 0x20 => {
                out.push_str(&format!("\\u{:04x}", u32::from(symbol)))
            }
            symbol => out.push(symbol),
        }
    }
    out.push('"');
    out
}

fn text_property(object: &JsObject, name: &str, context: &mut Context) -> Option<String> {
    let value = object.get(JsString::from(name), context).ok()?;
    Some(value.as_string()?.to_std_string_lossy())
}

/// An object in one line; runs no getter. What `util.inspect` isn't there for yet.
fn brief_object(object: &JsObject, depth: i32, context: &mut Context) -> String {
    if object.is_callable() {
        return match text_property(object, "name", context) {
            Some(name) if !name.is_empty() => format!("[Function: {name}]"),
            _ => "[Function (anonymous)]".into(),
        };
    }
    let class = object
        .prototype()
        .and_then(|prototype| prototype.get(js_string!("constructor"), context).ok())
        .and_then(|constructor| constructor.as_object())
        .and_then(|constructor| text_property(&constructor, "name", context));
    let array = object.is_array();
    if depth < 0 && object.prototype().is_some() {
        return format!("[{}]", class.unwrap_or_else(|| "Object".into()));
    }
    let keys = object.own_property_keys(context).unwrap_or_default();
    let mut parts = Vec::new();
    for key in keys {
        let found = object.borrow().properties().get(&key);
        let Some(found) = found.filter(|found| found.enumerable() == Some(true)) else {
            continue;
        };
        if parts.len() == 100 {
            parts.push("... more items".to_owned());
            break;
        }
        let value = property_text(&found, depth, context);
        parts.push(match key {
            PropertyKey::Index(_) if array => value,
            PropertyKey::Index(index) => format!("'{}': {value}", index.get()),
            PropertyKey::String(name) => format!("{}: {value}", key_text(&name)),
            PropertyKey::Symbol(symbol) => format!(
                "[{}]: {value}",
                symbol.descriptive_string().to_std_string_lossy()
            ),
        });
    }
    let prefix = match class {
        None if object.prototype().is_none() => "[Object: null prototype] ".to_owned(),
        Some(name) if name == "Object" || name == "Array" => String::new(),
        Some(name) => format!("{name} "),
        None => String::new(),
    };
    match (array, parts.is_empty()) {
        (true, true) => format!("{prefix}[]"),
        (true, false) => format!("{prefix}[ {} ]", parts.join(", ")),
        (false, true) => format!("{prefix}{{}}"),
        (false, false) => format!("{prefix}{{ {} }}", parts.join(", ")),
    }
}

fn property_text(found: &PropertyDescriptor, depth: i32, context: &mut Context) -> String {
    let Some(value) = found.value() else {
        return match (
            found.get().is_some_and(|get| !get.is_undefined()),
            found.set().is_some_and(|set| !set.is_undefined()),
        ) {
            (true, true) => "[Getter/Setter]".into(),
            (true, false) => "[Getter]".into(),
            _ => "[Setter]".into(),
        };
    };
    match value.as_object() {
        Some(object) => brief_object(&object, depth - 1, context),
        None => inspect(value, context),
    }
}

fn key_text(name: &JsString) -> String {
    let text = name.to_std_string_lossy();
    let plain = !text.is_empty()
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .chars()
            .all(|symbol| symbol.is_ascii_alphanumeric() || matches!(symbol, '_' | '$'));
    if plain { text } else { quoted(name) }
}
