//! `binding('validators')`: the argument checks of Node's modules, with the signatures and texts of Node's own.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::{dataview::DataView, regexp::RegExp, typed_array::TypedArray},
    js_string,
    native_function::NativeFunctionPointer,
    object::builtins::JsArray,
};

use super::{
    describe, hidden_natives, invalid_arg_type, invalid_arg_value, node_error, out_of_range,
};

const ALLOW_NULLABLE: u32 = 1;
const ALLOW_ARRAY: u32 = 2;
const ALLOW_FUNCTION: u32 = 4;

const OBJECT_FLAGS: &[(&str, u32)] = &[
    ("kValidateObjectNone", 0),
    ("kValidateObjectAllowNullable", ALLOW_NULLABLE),
    ("kValidateObjectAllowArray", ALLOW_ARRAY),
    ("kValidateObjectAllowFunction", ALLOW_FUNCTION),
    ("kValidateObjectAllowObjects", ALLOW_ARRAY | ALLOW_FUNCTION),
    (
        "kValidateObjectAllowObjectsAndNull",
        ALLOW_ARRAY | ALLOW_FUNCTION | ALLOW_NULLABLE,
    ),
];

const FUNCTIONS: &[(&str, usize, NativeFunctionPointer)] = &[
    ("isInt32", 1, is_int32),
    ("isUint32", 1, is_uint32),
    ("parseFileMode", 3, parse_file_mode),
    ("validateArray", 3, validate_array),
    ("validateStringArray", 2, validate_string_array),
    ("validateBooleanArray", 2, validate_boolean_array),
    ("validateAbortSignalArray", 2, validate_abort_signal_array),
    ("validateBoolean", 2, validate_boolean),
    ("validateBuffer", 2, validate_buffer),
    ("validateDictionary", 2, validate_dictionary),
    ("validateEncoding", 2, validate_encoding),
    ("validateFunction", 2, validate_function),
    ("validateIgnoreOption", 2, validate_ignore_option),
    ("validateInt32", 4, validate_int32),
    ("validateInteger", 4, validate_integer),
    ("validateNumber", 4, validate_number),
    ("validateObject", 3, validate_object),
    ("validateOneOf", 3, validate_one_of),
    ("validatePlainFunction", 2, validate_plain_function),
    ("validatePort", 3, validate_port),
    ("validateSignalName", 2, validate_signal_name),
    ("validateString", 2, validate_string),
    (
        "validateStringWithoutNullBytes",
        2,
        validate_string_without_null_bytes,
    ),
    ("validateUint32", 3, validate_uint32),
    ("validateUndefined", 2, validate_undefined),
    ("validateUnion", 3, validate_union),
    ("validateAbortSignal", 2, validate_abort_signal),
    ("validateLinkHeaderValue", 1, validate_link_header_value),
    ("validateThisInternalField", 3, validate_this_internal_field),
    ("validateFiniteNumber", 2, validate_finite_number),
    ("checkRangesOrGetDefault", 5, check_ranges_or_get_default),
];

/// The native half for script: `binding('validators')`.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let object = hidden_natives(FUNCTIONS, context)?;
    for (name, flags) in OBJECT_FLAGS {
        object.create_data_property_or_throw(JsString::from(*name), *flags, context)?;
    }
    Ok(object)
}

type Outcome = JsResult<JsValue>;

const DONE: Outcome = Ok(JsValue::undefined());

/// The name of the argument that is checked: itself the second argument of most checks.
fn name(args: &[JsValue], context: &mut Context) -> String {
    describe::display(args.get_or_undefined(1), context)
}

fn wrong_type(args: &[JsValue], expected: &[&str], context: &mut Context) -> Outcome {
    let name = name(args, context);
    Err(invalid_arg_type(
        &name,
        expected,
        args.get_or_undefined(0),
        context,
    ))
}

fn outside(args: &[JsValue], range: &str, context: &mut Context) -> Outcome {
    let name = name(args, context);
    Err(out_of_range(
        &name,
        range,
        args.get_or_undefined(0),
        context,
    ))
}

fn is_int32(_: &JsValue, args: &[JsValue], _: &mut Context) -> Outcome {
    let number = args.get_or_undefined(0).as_number();
    Ok(number
        .is_some_and(|number| f64::from(number as i32) == number)
        .into())
}

fn is_uint32(_: &JsValue, args: &[JsValue], _: &mut Context) -> Outcome {
    let number = args.get_or_undefined(0).as_number();
    Ok(number
        .is_some_and(|number| f64::from(number as u32) == number)
        .into())
}

fn parse_file_mode(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = match args.get_or_undefined(0) {
        value if value.is_null_or_undefined() => args.get_or_undefined(2).clone(),
        value => value.clone(),
    };
    let Some(text) = value.as_string() else {
        validate_uint32(
            &JsValue::undefined(),
            &[value.clone(), args.get_or_undefined(1).clone()],
            context,
        )?;
        return Ok(value);
    };
    let text = text.to_std_string_lossy();
    if text.is_empty() || !text.bytes().all(|digit| matches!(digit, b'0'..=b'7')) {
        let name = name(args, context);
        let reason = "must be a 32-bit unsigned integer or an octal string";
        return Err(invalid_arg_value(&name, &value, reason, context));
    }
    let mode = text
        .bytes()
        .fold(0.0, |mode: f64, digit| mode * 8.0 + f64::from(digit - b'0'));
    validate_uint32(
        &JsValue::undefined(),
        &[mode.into(), args.get_or_undefined(1).clone()],
        context,
    )?;
    Ok(mode.into())
}

fn array_of(value: &JsValue) -> Option<JsArray> {
    JsArray::from_object(value.as_object()?).ok()
}

fn validate_array(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
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

fn validate_string_array(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    each(args, "string", context, |value, _| Ok(value.is_string()))
}

fn validate_boolean_array(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    each(args, "boolean", context, |value, _| Ok(value.is_boolean()))
}

fn validate_abort_signal_array(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    each(args, "AbortSignal", context, is_abort_signal)
}

/// Anything that has `aborted` may stand for a signal, as in Node.
fn is_abort_signal(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    match value.as_object() {
        Some(object) => object.has_property(js_string!("aborted"), context),
        None => Ok(false),
    }
}

fn validate_abort_signal(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    if value.is_undefined() || is_abort_signal(value, context)? {
        return DONE;
    }
    wrong_type(args, &["AbortSignal"], context)
}

fn validate_boolean(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    if args.get_or_undefined(0).is_boolean() {
        DONE
    } else {
        wrong_type(args, &["boolean"], context)
    }
}

fn validate_buffer(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    if value
        .as_object()
        .is_some_and(|object| object.is::<TypedArray>() || object.is::<DataView>())
    {
        return DONE;
    }
    let name = match args.get(1) {
        Some(name) if !name.is_undefined() => describe::display(name, context),
        _ => "buffer".into(),
    };
    Err(invalid_arg_type(
        &name,
        &["Buffer", "TypedArray", "DataView"],
        value,
        context,
    ))
}

fn validate_dictionary(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    if value.is_null_or_undefined() || value.is_object() {
        DONE
    } else {
        wrong_type(args, &["a dictionary"], context)
    }
}

fn validate_encoding(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let data = args.get_or_undefined(0);
    let Some(encoding) = args.get_or_undefined(1).as_string() else {
        return DONE;
    };
    let length = match (data.as_string(), data.as_object()) {
        (Some(text), _) => text.len() as f64,
        (None, Some(object)) => object
            .get(js_string!("length"), context)?
            .as_number()
            .unwrap_or(0.0),
        (None, None) => 0.0,
    };
    if encoding.to_std_string_lossy().eq_ignore_ascii_case("hex") && length % 2.0 != 0.0 {
        let reason = format!("is invalid for data of length {length}");
        return Err(invalid_arg_value(
            "encoding",
            args.get_or_undefined(1),
            &reason,
            context,
        ));
    }
    DONE
}

fn validate_function(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    if args.get_or_undefined(0).is_callable() {
        DONE
    } else {
        wrong_type(args, &["Function"], context)
    }
}

/// A function that is neither async nor a generator.
fn validate_plain_function(this: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    if let Some(function) = args.get_or_undefined(0).as_callable() {
        let tag = function.get(JsSymbol::to_string_tag(), context)?;
        if tag.is_string() {
            return wrong_type(args, &["Function"], context);
        }
    }
    validate_function(this, args, context)
}

fn validate_ignore_option(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
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

/// An integer within bounds.
fn integer(args: &[JsValue], least: f64, most: f64, context: &mut Context) -> Outcome {
    let Some(number) = args.get_or_undefined(0).as_number() else {
        return wrong_type(args, &["number"], context);
    };
    if !number.is_finite() || number.fract() != 0.0 {
        return outside(args, "an integer", context);
    }
    if number < least || number > most {
        let range = format!(
            ">= {} && <= {}",
            describe::number_text(least),
            describe::number_text(most)
        );
        return outside(args, &range, context);
    }
    DONE
}

fn bound(args: &[JsValue], index: usize, otherwise: f64) -> f64 {
    args.get_or_undefined(index)
        .as_number()
        .unwrap_or(otherwise)
}

fn validate_int32(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    integer(
        args,
        bound(args, 2, f64::from(i32::MIN)),
        bound(args, 3, f64::from(i32::MAX)),
        context,
    )
}

fn validate_integer(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    integer(args, bound(args, 2, -SAFE), bound(args, 3, SAFE), context)
}

fn validate_uint32(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let least = if args.get_or_undefined(2).to_boolean() {
        1.0
    } else {
        0.0
    };
    integer(args, least, f64::from(u32::MAX), context)
}

fn validate_number(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let Some(number) = args.get_or_undefined(0).as_number() else {
        return wrong_type(args, &["number"], context);
    };
    let least = args.get_or_undefined(2).as_number();
    let most = args.get_or_undefined(3).as_number();
    let low = least.is_some_and(|least| number < least);
    let high = most.is_some_and(|most| number > most);
    if low || high || (number.is_nan() && (least.is_some() || most.is_some())) {
        let least = least.map(|least| format!(">= {}", describe::number_text(least)));
        let most = most.map(|most| format!("<= {}", describe::number_text(most)));
        let range: Vec<String> = least.into_iter().chain(most).collect();
        return outside(args, &range.join(" && "), context);
    }
    DONE
}

fn validate_object(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    let flags = args.get_or_undefined(2).as_number().unwrap_or(0.0) as u32;
    let fits = match value.as_object() {
        None => value.is_null() && flags & ALLOW_NULLABLE != 0,
        Some(object) if object.is_callable() => flags & ALLOW_FUNCTION != 0,
        Some(object) if object.is_array() => flags & ALLOW_ARRAY != 0,
        Some(_) => true,
    };
    if fits {
        DONE
    } else {
        wrong_type(args, &["Object"], context)
    }
}

fn validate_one_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
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

fn validate_port(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    let allow_zero = args
        .get(2)
        .is_none_or(|allow| allow.is_undefined() || allow.to_boolean());
    let number = match value.as_string() {
        Some(text) if text.to_std_string_lossy().trim().is_empty() => None,
        Some(_) => Some(value.to_number(context)?),
        None => value.as_number(),
    };
    if let Some(number) = number
        && number.fract() == 0.0
        && (0.0..=65535.0).contains(&number)
        && (number != 0.0 || allow_zero)
    {
        return Ok((number as i32).into());
    }
    let name = match args.get(1) {
        Some(name) if !name.is_undefined() => name.clone(),
        _ => js_string!("Port").into(),
    };
    Err(node_error(
        "ERR_SOCKET_BAD_PORT",
        &[name, value.clone(), allow_zero.into()],
        context,
    ))
}

/// Names of signals on any platform; which of them can be sent is for the operating system to say.
#[rustfmt::skip]
const SIGNALS: &[&str] = &[
    "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGIOT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
    "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGCHLD", "SIGSTKFLT", "SIGCONT", "SIGSTOP", "SIGTSTP",
    "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPOLL",
    "SIGPWR", "SIGSYS", "SIGINFO", "SIGBREAK", "SIGLOST", "SIGUNUSED",
];

fn validate_signal_name(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    let value = args.get_or_undefined(0);
    let Some(signal) = value.as_string() else {
        let name = match args.get(1) {
            Some(name) if !name.is_undefined() => describe::display(name, context),
            _ => "signal".into(),
        };
        return Err(invalid_arg_type(&name, &["string"], value, context));
    };
    let signal = signal.to_std_string_lossy();
    if SIGNALS.contains(&signal.as_str()) {
        return DONE;
    }
    let hint = match SIGNALS.contains(&signal.to_ascii_uppercase().as_str()) {
        true => format!("{signal} (signals must use all capital letters)"),
        false => signal,
    };
    Err(node_error(
        "ERR_UNKNOWN_SIGNAL",
        &[JsString::from(hint).into()],
        context,
    ))
}

fn validate_string(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    if args.get_or_undefined(0).is_string() {
        DONE
    } else {
        wrong_type(args, &["string"], context)
    }
}

fn validate_string_without_null_bytes(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> Outcome {
    let value = args.get_or_undefined(0);
    let Some(text) = value.as_string() else {
        return wrong_type(args, &["string"], context);
    };
    if text.iter().any(|unit| unit == 0) {
        let name = name(args, context);
        return Err(invalid_arg_value(
            &name,
            value,
            "must be a string without null bytes",
            context,
        ));
    }
    DONE
}

fn validate_undefined(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    if args.get_or_undefined(0).is_undefined() {
        DONE
    } else {
        wrong_type(args, &["undefined"], context)
    }
}

fn validate_union(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
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

fn validate_link_header_value(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
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

fn validate_this_internal_field(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    if let Some(object) = args
        .get_or_undefined(0)
        .as_object()
        .filter(|object| !object.is_callable())
    {
        let key = args.get_or_undefined(1).to_property_key(context)?;
        if object.has_own_property(key, context)? {
            return DONE;
        }
    }
    Err(node_error(
        "ERR_INVALID_THIS",
        &[args.get_or_undefined(2).clone()],
        context,
    ))
}

/// Whether it is a finite number; `undefined` and `NaN` are not, and no error.
fn finite(args: &[JsValue], context: &mut Context) -> JsResult<bool> {
    let value = args.get_or_undefined(0);
    match value.as_number() {
        Some(number) if number.is_finite() => Ok(true),
        Some(number) if number.is_nan() => Ok(false),
        Some(_) => outside(args, "a finite number", context).map(|_| false),
        None if value.is_undefined() => Ok(false),
        None => wrong_type(args, &["number"], context).map(|_| false),
    }
}

fn validate_finite_number(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    finite(args, context).map(JsValue::from)
}

fn check_ranges_or_get_default(_: &JsValue, args: &[JsValue], context: &mut Context) -> Outcome {
    if !finite(args, context)? {
        return Ok(args.get_or_undefined(4).clone());
    }
    let number = args.get_or_undefined(0).as_number().unwrap_or_default();
    let (lower, upper) = (
        bound(args, 2, f64::NEG_INFINITY),
        bound(args, 3, f64::INFINITY),
    );
    if number < lower || number > upper {
        let range = format!(
            ">= {} and <= {}",
            describe::number_text(lower),
            describe::number_text(upper)
        );
        return outside(args, &range, context);
    }
    Ok(args.get_or_undefined(0).clone())
}
