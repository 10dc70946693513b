//! Checks of lists, and of what has to be in one.

use boa_engine::{
    Context, JsArgs, JsResult, JsString, JsValue, builtins::regexp::RegExp,
    object::builtins::JsArray,
};

use super::{DONE, Outcome, is_abort_signal, name, wrong_type};
use crate::node::errors::{describe, invalid_arg_type, invalid_arg_value};

fn array_of(value: &JsValue) -> Option<JsArray> {
    JsArray::from_object(value.as_object()?).ok()
}

pub fn validate_array(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    let Some(array) = array_of(value) else {
        return wrong_type(args, &["Array"], context);
    };
    let least = args.get_or_undefined(2).as_number().unwrap_or(0.0);
    if (array.length(context)? as f64) < least {
        let name = name(args, context);
        let reason = format!("must have a length of at least {least}");
        return Err(invalid_arg_value(&name, value, &reason, context));
    }
    DONE
}

fn each(
    args: &[JsValue],
    expected: &str,
    context: &mut Context,
    fits: fn(&JsValue, &mut Context) -> JsResult<bool>,
) -> Outcome {
    let Some(array) = array_of(args.get_or_undefined(0)) else {
        return wrong_type(args, &["Array"], context);
    };
    for index in 0..array.length(context)? {
        let entry = array.get(index, context)?;
        if !fits(&entry, context)? {
            let name = format!("{}[{index}]", name(args, context));
            return Err(invalid_arg_type(&name, &[expected], &entry, context));
        }
    }
    DONE
}

pub fn validate_string_array(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    each(args, "string", context, |value, _| Ok(value.is_string()))
}

pub fn validate_boolean_array(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    each(args, "boolean", context, |value, _| Ok(value.is_boolean()))
}

pub fn validate_abort_signal_array(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> Outcome {
    each(args, "AbortSignal", context, is_abort_signal)
}

pub fn validate_ignore_option(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    ignore_option(args, context)
}

fn ignore_option(args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    if value.is_null_or_undefined() || value.is_callable() {
        return DONE;
    }
    if let Some(text) = value.as_string() {
        if text.is_empty() {
            let name = name(args, context);
            return Err(invalid_arg_value(
                &name,
                value,
                "must be a non-empty string",
                context,
            ));
        }
        return DONE;
    }
    if value
        .as_object()
        .is_some_and(|object| object.is::<RegExp>())
    {
        return DONE;
    }
    let Some(array) = array_of(value) else {
        return wrong_type(args, &["string", "Function", "RegExp"], context);
    };
    for index in 0..array.length(context)? {
        let entry = array.get(index, context)?;
        let name = format!("{}[{index}]", name(args, context));
        if entry.is_null_or_undefined() || array_of(&entry).is_some() {
            return Err(invalid_arg_type(
                &name,
                &["string", "Function", "RegExp"],
                &entry,
                context,
            ));
        }
        ignore_option(&[entry, JsString::from(name).into()], context)?;
    }
    DONE
}

pub fn validate_one_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    let mut shown = Vec::new();
    if let Some(allowed) = array_of(args.get_or_undefined(2)) {
        for index in 0..allowed.length(context)? {
            let entry = allowed.get(index, context)?;
            if JsValue::same_value_zero(&entry, value) {
                return DONE;
            }
            shown.push(match entry.as_string() {
                Some(text) => format!("'{}'", text.to_std_string_lossy()),
                None => describe::display(&entry, context),
            });
        }
    }
    let name = name(args, context);
    let reason = format!("must be one of: {}", shown.join(", "));
    Err(invalid_arg_value(&name, value, &reason, context))
}

pub fn validate_union(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    let mut names = Vec::new();
    if let Some(union) = array_of(args.get_or_undefined(2)) {
        for index in 0..union.length(context)? {
            let entry = union.get(index, context)?;
            if JsValue::same_value_zero(&entry, value) {
                return DONE;
            }
            names.push(describe::display(&entry, context));
        }
    }
    let expected = format!("('{}')", names.join("|"));
    wrong_type(args, &[&expected], context)
}

/// `</styles.css>; rel=preload; as=style`, one or more, separated by commas.
fn is_link_value(text: &str) -> bool {
    fn is_token(text: &str) -> bool {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| !matches!(byte, b'"' | b'\\' | b',' | b';' | b'=' | b' ' | b'\t'))
    }
    let Some((link, parameters)) = text.strip_prefix('<').and_then(|rest| rest.split_once('>'))
    else {
        return false;
    };
    if link.is_empty() && parameters.is_empty() {
        return false;
    }
    parameters
        .trim()
        .split(';')
        .skip(1)
        .all(|parameter| match parameter.trim().split_once('=') {
            Some((key, value)) => {
                is_token(key.trim())
                    && (is_token(value)
                        || (value.len() > 1 && value.starts_with('"') && value.ends_with('"')))
            }
            None => is_token(parameter.trim()),
        })
}

fn link_text(value: &JsValue) -> Option<String> {
    let text = value.as_string()?.to_std_string_lossy();
    is_link_value(&text).then_some(text)
}

pub fn validate_link_header_value(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    let reason = "must be an array or string of format \"</styles.css>; rel=preload; as=style\"";
    let Some(links) = array_of(value) else {
        return match link_text(value) {
            Some(text) => Ok(JsString::from(text).into()),
            None => Err(invalid_arg_value("hints", value, reason, context)),
        };
    };
    let mut texts = Vec::new();
    for index in 0..links.length(context)? {
        let link = links.get(index, context)?;
        match link_text(&link) {
            Some(text) => texts.push(text),
            None => return Err(invalid_arg_value("hints", &link, reason, context)),
        }
    }
    Ok(JsString::from(texts.join(", ")).into())
}
