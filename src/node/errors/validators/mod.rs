//! `binding('validators')`: the argument checks of Node's modules, with the signatures and texts of Node's own.

mod lists;
mod numbers;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::{dataview::DataView, typed_array::TypedArray},
    js_string,
    native_function::NativeFunctionPointer,
};

use super::{
    describe, hidden_natives, invalid_arg_type, invalid_arg_value, node_error, out_of_range,
};

use lists::*;
use numbers::*;

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
