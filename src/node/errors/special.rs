//! The messages that depend on their arguments by more than filling in.

use boa_engine::{
    Context, JsArgs, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::describe::{display, inspect, number_text, received};

type Text = JsResult<String>;

fn arg(args: &[JsValue], index: usize, context: &mut Context) -> String {
    display(args.get_or_undefined(index), context)
}

fn given(args: &[JsValue], index: usize) -> bool {
    args.get_or_undefined(index).to_boolean()
}

/// The entries of an argument that is one string or an array of them.
fn strings(value: &JsValue, context: &mut Context) -> JsResult<Vec<String>> {
    let Some(array) = value.as_object().filter(|object| object.is_array()) else {
        return Ok(vec![display(value, context)]);
    };
    let array = JsArray::from_object(array)?;
    let mut list = Vec::new();
    for index in 0..array.length(context)? {
        let entry = array.at(index as i64, context)?;
        list.push(display(&entry, context));
    }
    Ok(list)
}

/// `a`, `a or b`, `a, b, or c`.
fn listed(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} {word} {two}"),
        [most @ .., last] => format!("{}, {word} {last}", most.join(", ")),
    }
}

pub fn invalid_arg_type(args: &[JsValue], context: &mut Context) -> Text {
    let name = arg(args, 0, context);
    let expected = strings(args.get_or_undefined(1), context)?;
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    Ok(arg_type_message(
        &name,
        &expected,
        args.get_or_undefined(2),
        context,
    ))
}

/// The subject of a sentence about an argument: `The "x" argument`, `The "a.b" property`, `The first argument`.
fn subject(name: &str) -> String {
    if name.ends_with(" argument") {
        return format!("The {name}");
    }
    let kind = if name.contains('.') {
        "property"
    } else {
        "argument"
    };
    format!("The \"{name}\" {kind}")
}

/// The message of `ERR_INVALID_ARG_TYPE`.
pub fn arg_type_message(
    name: &str,
    expected: &[&str],
    value: &JsValue,
    context: &mut Context,
) -> String {
    const PRIMITIVE: [&str; 9] = [
        "string", "function", "number", "object", "Function", "Object", "boolean", "bigint",
        "symbol",
    ];
    let mut types: Vec<String> = Vec::new();
    let mut instances: Vec<String> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for what in expected {
        if PRIMITIVE.contains(what) {
            types.push(what.to_ascii_lowercase());
        } else if what.starts_with(|first: char| first.is_ascii_uppercase())
            && what.chars().all(|symbol| symbol.is_ascii_alphanumeric())
        {
            instances.push((*what).to_owned());
        } else {
            others.push((*what).to_owned());
        }
    }
    // "An instance of Buffer or Object" reads better than "of type object or an instance of Buffer".
    if !instances.is_empty()
        && let Some(at) = types.iter().position(|known| known == "object")
    {
        types.remove(at);
        instances.push("Object".into());
    }
    let mut alternatives: Vec<String> = Vec::new();
    match types.len() {
        0 => {}
        1 => alternatives.push(format!("of type {}", types[0])),
        _ => alternatives.push(format!("one of type {}", listed(&types, "or"))),
    }
    if !instances.is_empty() {
        alternatives.push(format!("an instance of {}", listed(&instances, "or")));
    }
    match others.as_slice() {
        [] => {}
        [one] if one.to_lowercase() == *one => alternatives.push(one.clone()),
        [one] => alternatives.push(format!("an {one}")),
        _ => alternatives.push(format!("one of {}", listed(&others, "or"))),
    }
    format!(
        "{} must be {}. Received {}",
        subject(name),
        alternatives.join(" or "),
        received(value, context)
    )
}

pub fn invalid_arg_value(args: &[JsValue], context: &mut Context) -> Text {
    let name = arg(args, 0, context);
    let reason = match args.get(2) {
        Some(reason) if !reason.is_undefined() => display(reason, context),
        _ => String::new(),
    };
    Ok(arg_value_message(
        &name,
        args.get_or_undefined(1),
        &reason,
        context,
    ))
}

/// The message of `ERR_INVALID_ARG_VALUE`.
pub fn arg_value_message(
    name: &str,
    value: &JsValue,
    reason: &str,
    context: &mut Context,
) -> String {
    let mut shown = inspect(value, context);
    if shown.chars().count() > 128 {
        shown = shown.chars().take(128).chain("...".chars()).collect();
    }
    let kind = if name.contains('.') {
        "property"
    } else {
        "argument"
    };
    let reason = if reason.is_empty() {
        "is invalid"
    } else {
        reason
    };
    format!("The {kind} '{name}' {reason}. Received {shown}")
}

pub fn out_of_range(args: &[JsValue], context: &mut Context) -> Text {
    let name = arg(args, 0, context);
    let range = arg(args, 1, context);
    if given(args, 3) {
        let shown = out_of_range_value(args.get_or_undefined(2), context);
        return Ok(format!("{name} It must be {range}. Received {shown}"));
    }
    Ok(out_of_range_message(
        &name,
        &range,
        args.get_or_undefined(2),
        context,
    ))
}

/// The message of `ERR_OUT_OF_RANGE`.
pub fn out_of_range_message(
    name: &str,
    range: &str,
    value: &JsValue,
    context: &mut Context,
) -> String {
    let shown = out_of_range_value(value, context);
    format!("The value of \"{name}\" is out of range. It must be {range}. Received {shown}")
}

fn out_of_range_value(value: &JsValue, context: &mut Context) -> String {
    const SEPARATED_FROM: f64 = 4_294_967_296.0;
    if let Some(number) = value.as_number() {
        let text = number_text(number);
        return if number.fract() == 0.0 && number.abs() > SEPARATED_FROM {
            separated(&text)
        } else {
            text
        };
    }
    if let Some(number) = value.as_bigint() {
        let large = number.to_f64().abs() > SEPARATED_FROM;
        let text = number.to_string();
        return format!("{}n", if large { separated(&text) } else { text });
    }
    inspect(value, context)
}

/// Puts `_` before each group of three from the right.
fn separated(digits: &str) -> String {
    let start = usize::from(digits.starts_with('-'));
    let mut end = digits.len();
    let mut grouped = String::new();
    while end >= start + 4 {
        grouped = format!("_{}{grouped}", &digits[end - 3..end]);
        end -= 3;
    }
    format!("{}{grouped}", &digits[..end])
}

pub fn missing_args(args: &[JsValue], context: &mut Context) -> Text {
    let mut names = Vec::new();
    for value in args {
        let alternatives = strings(value, context)?;
        names.push(
            alternatives
                .iter()
                .map(|name| format!("\"{name}\""))
                .collect::<Vec<_>>()
                .join(" or "),
        );
    }
    let noun = if names.len() > 1 {
        "arguments"
    } else {
        "argument"
    };
    Ok(format!(
        "The {} {noun} must be specified",
        listed(&names, "and")
    ))
}

pub fn buffer_out_of_bounds(args: &[JsValue], context: &mut Context) -> Text {
    Ok(if given(args, 0) {
        format!("\"{}\" is outside of buffer bounds", arg(args, 0, context))
    } else {
        "Attempt to access memory outside buffer bounds".into()
    })
}

pub fn fs_watch_queue_overflow(args: &[JsValue], context: &mut Context) -> Text {
    Ok(format!(
        "fs.watch() queued more than {} events",
        arg(args, 0, context)
    ))
}

pub fn http2_stream_cancel(args: &[JsValue], context: &mut Context) -> Text {
    let mut message = String::from("The pending stream has been canceled");
    if let Some(cause) = args.get_or_undefined(0).as_object() {
        let text = cause.get(js_string!("message"), context)?;
        if text.is_string() {
            message.push_str(&format!(" (caused by: {})", display(&text, context)));
        }
    }
    Ok(message)
}

pub fn import_attribute_unsupported(args: &[JsValue], context: &mut Context) -> Text {
    let mut message = format!(
        "Import attribute \"{}\" with value \"{}\" is not supported",
        arg(args, 0, context),
        arg(args, 1, context)
    );
    if given(args, 2) {
        message.push_str(&format!(" in {}", arg(args, 2, context)));
    }
    Ok(message)
}

pub fn inspector_command(args: &[JsValue], context: &mut Context) -> Text {
    Ok(format!(
        "Inspector error {}: {}",
        arg(args, 0, context),
        arg(args, 1, context)
    ))
}

pub fn internal_assertion(args: &[JsValue], context: &mut Context) -> Text {
    let suffix = "This is caused by either a bug in Ouro or incorrect usage of its internals.\n";
    Ok(match args.first() {
        Some(message) if !message.is_undefined() => {
            format!("{}\n{suffix}", display(message, context))
        }
        _ => suffix.to_owned(),
    })
}

pub fn invalid_address_family(args: &[JsValue], context: &mut Context) -> Text {
    let parts = [
        arg(args, 0, context),
        arg(args, 1, context),
        arg(args, 2, context),
    ];
    Ok(format!(
        "Invalid address family: {} {}:{}",
        parts[0], parts[1], parts[2]
    ))
}

pub fn invalid_char(args: &[JsValue], context: &mut Context) -> Text {
    let mut message = format!("Invalid character in {}", arg(args, 0, context));
    if args.get(1).is_some_and(|field| !field.is_undefined()) {
        message.push_str(&format!(" [\"{}\"]", arg(args, 1, context)));
    }
    Ok(message)
}

pub fn invalid_file_url_path(args: &[JsValue], context: &mut Context) -> Text {
    Ok(format!("File URL path {}", arg(args, 0, context)))
}

fn imported_from(args: &[JsValue], index: usize, context: &mut Context) -> String {
    if given(args, index) {
        format!(" imported from {}", arg(args, index, context))
    } else {
        String::new()
    }
}

pub fn invalid_mime_syntax(args: &[JsValue], context: &mut Context) -> Text {
    let mut message = format!(
        "The MIME syntax for a {} in \"{}\" is invalid",
        arg(args, 0, context),
        arg(args, 1, context)
    );
    // -1 says that no one place is wrong.
    if args
        .get_or_undefined(2)
        .as_number()
        .is_some_and(|at| at >= 0.0)
    {
        message.push_str(&format!(" at {}", arg(args, 2, context)));
    }
    Ok(message)
}

pub fn invalid_module_specifier(args: &[JsValue], context: &mut Context) -> Text {
    let from = imported_from(args, 2, context);
    Ok(format!(
        "Invalid module \"{}\" {}{from}",
        arg(args, 0, context),
        arg(args, 1, context)
    ))
}

pub fn invalid_package_config(args: &[JsValue], context: &mut Context) -> Text {
    let mut message = format!("Invalid package config {}", arg(args, 0, context));
    if given(args, 1) {
        message.push_str(&format!(" while importing {}", arg(args, 1, context)));
    }
    if given(args, 2) {
        message.push_str(&format!(". {}", arg(args, 2, context)));
    }
    Ok(message)
}

/// Arguments: package path, key, target, whether it is of `imports`, the importer.
pub fn invalid_package_target(args: &[JsValue], context: &mut Context) -> Text {
    let key = arg(args, 1, context);
    let target_value = args.get_or_undefined(2);
    let imports = given(args, 3);
    let target = match target_value.to_json(context)? {
        _ if target_value.is_string() => format!("\"{}\"", display(target_value, context)),
        Some(json) => json.to_string(),
        None => "undefined".into(),
    };
    let relative_hint = target_value.as_string().is_some_and(|text| {
        let text = text.to_std_string_lossy();
        !imports && !text.is_empty() && !text.starts_with("./")
    });
    let place = format!(
        "in the package config {}package.json{}{}",
        arg(args, 0, context),
        imported_from(args, 4, context),
        if relative_hint {
            "; targets must start with \"./\""
        } else {
            ""
        }
    );
    if key == "." {
        return Ok(format!(
            "Invalid \"exports\" main target {target} defined {place}"
        ));
    }
    let field = if imports { "imports" } else { "exports" };
    Ok(format!(
        "Invalid \"{field}\" target {target} defined for '{key}' {place}"
    ))
}

pub fn invalid_return_property(args: &[JsValue], context: &mut Context) -> Text {
    let [expected, name, property, got] = returned(args, context);
    Ok(format!(
        "Expected a valid {expected} to be returned for the \"{property}\" from the \"{name}\" hook but got {got}."
    ))
}

pub fn invalid_return_property_value(args: &[JsValue], context: &mut Context) -> Text {
    let [expected, name, property, got] = returned(args, context);
    Ok(format!(
        "Expected {expected} to be returned for the \"{property}\" from the \"{name}\" hook but got {got}."
    ))
}

/// What was expected, of which hook, for which property, and what came instead.
fn returned(args: &[JsValue], context: &mut Context) -> [String; 4] {
    [
        arg(args, 0, context),
        arg(args, 1, context),
        arg(args, 2, context),
        received(args.get_or_undefined(3), context),
    ]
}

pub fn invalid_return_value(args: &[JsValue], context: &mut Context) -> Text {
    let [input, name] = [arg(args, 0, context), arg(args, 1, context)];
    let got = received(args.get_or_undefined(2), context);
    Ok(format!(
        "Expected {input} to be returned from the \"{name}\" function but got {got}."
    ))
}

pub fn invalid_url_scheme(args: &[JsValue], context: &mut Context) -> Text {
    let schemes = strings(args.get_or_undefined(0), context)?;
    Ok(match schemes.as_slice() {
        [one, two] => format!("The URL must be one of scheme {one} or {two}"),
        _ => format!("The URL must be of scheme {}", schemes.join(",")),
    })
}

pub fn package_import_not_defined(args: &[JsValue], context: &mut Context) -> Text {
    let package = if given(args, 1) {
        format!(" in package {}package.json", arg(args, 1, context))
    } else {
        String::new()
    };
    Ok(format!(
        "Package import specifier \"{}\" is not defined{package} imported from {}",
        arg(args, 0, context),
        arg(args, 2, context)
    ))
}

pub fn package_path_not_exported(args: &[JsValue], context: &mut Context) -> Text {
    let [package, subpath] = [arg(args, 0, context), arg(args, 1, context)];
    let from = imported_from(args, 2, context);
    Ok(if subpath == "." {
        format!("No \"exports\" main defined in {package}package.json{from}")
    } else {
        format!(
            "Package subpath '{subpath}' is not defined by \"exports\" in {package}package.json{from}"
        )
    })
}

pub fn parse_args_unknown_option(args: &[JsValue], context: &mut Context) -> Text {
    let option = arg(args, 0, context);
    Ok(if given(args, 1) {
        format!(
            "Unknown option '{option}'. To specify a positional argument starting with a '-', place it at the end of \
             the command after '--', as in '-- \"{option}\""
        )
    } else {
        format!("Unknown option '{option}'")
    })
}

pub fn performance_invalid_timestamp(args: &[JsValue], context: &mut Context) -> Text {
    Ok(format!(
        "{} is not a valid timestamp",
        arg(args, 0, context)
    ))
}

pub fn require_async_module(args: &[JsValue], context: &mut Context) -> Text {
    let mut message = String::from(
        "require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the \
         top-level await comes from, use --experimental-print-required-tla.",
    );
    if given(args, 0) {
        message.push_str(&format!("\nRequired module: {}", arg(args, 0, context)));
    }
    if given(args, 1) {
        message.push_str(&format!("\nRequire stack:\n- {}", arg(args, 1, context)));
    }
    Ok(message)
}

/// Arguments: file name, whether its package says it is a module, the parent's path, the package's path.
pub fn require_esm(args: &[JsValue], context: &mut Context) -> Text {
    let file = arg(args, 0, context);
    let mut message = format!("require() of ES Module {file}");
    if !given(args, 2) {
        message.push_str(" not supported.");
        return Ok(message);
    }
    let parent = arg(args, 2, context);
    message.push_str(&format!(" from {parent} not supported."));
    let what = if given(args, 1) {
        let base = |path: &str| {
            path.rsplit(['/', '\\'])
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        format!("{} in {parent}", base(&file))
    } else {
        file
    };
    message.push_str(&format!(
        "\nInstead change the require of {what} to a dynamic import() which is available in all CommonJS modules."
    ));
    Ok(message)
}

pub fn require_esm_race_condition(args: &[JsValue], context: &mut Context) -> Text {
    let mut message = format!(
        "Cannot require() ES Module {} because it is not yet fully loaded.\nThis may be caused by a race condition if \
         the module is simultaneously dynamically import()-ed via Promise.all().\nTry await-ing the import() \
         sequentially in a loop instead.\n",
        arg(args, 0, context)
    );
    let place = if given(args, 2) {
        "loader hook worker thread"
    } else {
        "non-loader-hook thread"
    };
    if given(args, 1) {
        message.push_str(&format!(" (From {} in {place})", arg(args, 1, context)));
    }
    Ok(message)
}

pub fn socket_bad_port(args: &[JsValue], context: &mut Context) -> Text {
    let zero = args
        .get(2)
        .is_none_or(|allow| allow.is_undefined() || allow.to_boolean());
    Ok(format!(
        "{} should be >{} 0 and < 65536. Received {}.",
        arg(args, 0, context),
        if zero { "=" } else { "" },
        received(args.get_or_undefined(1), context)
    ))
}

pub fn tls_alpn_callback_invalid_result(args: &[JsValue], context: &mut Context) -> Text {
    let offered = strings(args.get_or_undefined(1), context)?.join(", ");
    Ok(format!(
        "ALPN callback returned a value ({}) that did not match any of the client's offered protocols ({offered})",
        arg(args, 0, context)
    ))
}

pub fn unhandled_error(args: &[JsValue], context: &mut Context) -> Text {
    Ok(match args.first() {
        Some(error) if !error.is_undefined() => {
            let shown = error.to_string(context).map_or_else(
                |_| inspect(error, context),
                |text| text.to_std_string_lossy(),
            );
            format!("Unhandled error. ({shown})")
        }
        _ => "Unhandled error.".into(),
    })
}

pub fn unsupported_esm_url_scheme(args: &[JsValue], context: &mut Context) -> Text {
    let supported = strings(args.get_or_undefined(1), context)?;
    let protocol = match args.get_or_undefined(0).as_object() {
        Some(url) => url.get(js_string!("protocol"), context)?,
        None => JsValue::undefined(),
    };
    let protocol = protocol
        .as_string()
        .unwrap_or_else(|| JsString::from("undefined"))
        .to_std_string_lossy();
    let windows_hint = if cfg!(windows) && protocol.len() == 2 {
        ". On Windows, absolute paths must be valid file:// URLs"
    } else {
        ""
    };
    Ok(format!(
        "Only URLs with a scheme in: {} are supported by the default ESM loader{windows_hint}. Received protocol \
         '{protocol}'",
        listed(&supported, "and")
    ))
}

pub fn worker_invalid_exec_argv(args: &[JsValue], context: &mut Context) -> Text {
    let flags = strings(args.get_or_undefined(0), context)?.join(", ");
    let what = if given(args, 1) {
        arg(args, 1, context)
    } else {
        "invalid execArgv flags".into()
    };
    Ok(format!("Initiated Worker with {what}: {flags}"))
}
