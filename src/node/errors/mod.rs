//! Node's errors: the objects behind every `ERR_*` code and every system error, made natively for script halves
//! (`binding('errors')`) and for natives (the functions of this module).
//!
//! Codes: <https://nodejs.org/docs/latest-v24.x/api/errors.html#nodejs-error-codes>

mod describe;
mod special;
pub mod system;
mod table;
#[cfg(test)]
mod tests;
pub mod validators;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsNativeError, JsObject, JsResult, JsString,
    JsValue, Trace,
    builtins::object::OrdinaryObject,
    error::{EngineError, RuntimeLimitError},
    js_str, js_string,
    native_function::NativeFunctionPointer,
    object::builtins::JsFunction,
    property::PropertyDescriptor,
};

use crate::engine::{
    native::{self, METHOD},
    stack,
};
pub use describe::{inspect, received};
pub use system::{
    SystemError, errno_exception, errno_name, errno_of, errno_of_name, io_error, message_of_errno,
    system_error,
};

/// The class an error belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Plain,
    Type,
    Range,
    Syntax,
    Uri,
    /// `SystemError`: a plain `Error` that carries the failed call in `info`.
    System,
}

/// The native half for script: `binding('errors')`.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    hidden_natives(
        &[
            ("nodeError", 1, node_error_native),
            ("uvException", 1, system::uv_exception_native),
            ("errnoException", 3, system::errno_exception_native),
            (
                "exceptionWithHostPort",
                5,
                system::host_port_exception_native,
            ),
            ("dnsException", 3, system::dns_exception_native),
            ("connResetException", 1, conn_reset_native),
            ("genericNodeError", 2, generic_node_error_native),
            ("errname", 1, system::errname_native),
            ("getErrorMap", 0, system::error_map_native),
            ("getSystemErrorMessage", 1, system::error_message_native),
            ("determineSpecificType", 1, received_native),
        ],
        context,
    )
}

/// Native functions whose function name starts with this never show in a stack trace.
pub const HIDDEN: char = '#';

/// An object of native functions that leave themselves out of the stacks of the errors they make.
fn hidden_natives(
    functions: &[(&str, usize, NativeFunctionPointer)],
    context: &mut Context,
) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(context.intrinsics());
    for (name, length, function) in functions {
        let function = native::function(context, &format!("{HIDDEN}{name}"), *length, *function);
        object.create_data_property_or_throw(JsString::from(*name), function, context)?;
    }
    Ok(object)
}

/// An error of the table, with the arguments that Node's internal error of that code takes. `CODE.RangeError` and
/// `CODE.TypeError` choose the class, where Node has both.
///
/// An error that the formatting itself raises is returned instead.
pub fn node_error(code: &str, args: &[JsValue], context: &mut Context) -> JsError {
    match build(code, args, context) {
        Ok(error) => JsError::from_opaque(error.into()),
        Err(error) => error,
    }
}

/// The same as [`node_error`].
pub fn node_error_with(code: &str, args: &[JsValue], context: &mut Context) -> JsError {
    node_error(code, args, context)
}

/// `ERR_INVALID_ARG_TYPE`.
pub fn invalid_arg_type(
    name: &str,
    expected: &[&str],
    value: &JsValue,
    context: &mut Context,
) -> JsError {
    let message = special::arg_type_message(name, expected, value, context);
    coded("ERR_INVALID_ARG_TYPE", Base::Type, &message, context)
}

/// `ERR_INVALID_ARG_TYPE` of a callback that is no function.
pub fn invalid_callback(value: &JsValue, context: &mut Context) -> JsError {
    invalid_arg_type("callback", &["Function"], value, context)
}

/// `ERR_INVALID_ARG_VALUE`; an empty reason stands for "is invalid".
pub fn invalid_arg_value(
    name: &str,
    value: &JsValue,
    reason: &str,
    context: &mut Context,
) -> JsError {
    let message = special::arg_value_message(name, value, reason, context);
    coded("ERR_INVALID_ARG_VALUE", Base::Type, &message, context)
}

/// `ERR_OUT_OF_RANGE`; the range completes the sentence "It must be …".
pub fn out_of_range(name: &str, range: &str, value: &JsValue, context: &mut Context) -> JsError {
    let message = special::out_of_range_message(name, range, value, context);
    coded("ERR_OUT_OF_RANGE", Base::Range, &message, context)
}

/// An error with a code and a text of its own.
pub fn coded(code: &str, base: Base, message: &str, context: &mut Context) -> JsError {
    match coded_object(code, base, message, context) {
        Ok(error) => JsError::from_opaque(error.into()),
        Err(error) => error,
    }
}

/// A `TypeError` without a code, with a stack.
pub fn type_error(message: &str, context: &mut Context) -> JsError {
    plain(Base::Type, message, context)
}

/// A `RangeError` without a code, with a stack.
pub fn range_error(message: &str, context: &mut Context) -> JsError {
    plain(Base::Range, message, context)
}

/// An error of a class without a code, with a stack.
pub fn plain(base: Base, message: &str, context: &mut Context) -> JsError {
    match base
        .constructor(context)
        .construct(&[JsString::from(message).into()], None, context)
    {
        Ok(error) => JsError::from_opaque(error.into()),
        Err(error) => error,
    }
}

/// What script can catch in place of what it can't: the engine's limit of recursion becomes the `RangeError` that V8
/// throws. Other errors stay as they are.
pub fn from_engine(error: JsError, context: &mut Context) -> JsError {
    match error.as_engine() {
        Some(EngineError::RuntimeLimit(
            RuntimeLimitError::Recursion | RuntimeLimitError::StackSize,
        )) => {}
        _ => return error,
    }
    const MESSAGE: &str = "Maximum call stack size exceeded";
    let frames = stack::frames_of_engine_error(&error, context);
    let replaced = range_error(MESSAGE, context);
    if let Some(object) = replaced.as_opaque().and_then(JsValue::as_object)
        && let Some(frames) = frames
    {
        stack::set_frames(&object, &format!("RangeError: {MESSAGE}"), &frames);
    }
    replaced
}

impl Base {
    fn constructor(self, context: &Context) -> JsObject {
        let constructors = context.intrinsics().constructors();
        match self {
            Base::Plain | Base::System => constructors.error(),
            Base::Type => constructors.type_error(),
            Base::Range => constructors.range_error(),
            Base::Syntax => constructors.syntax_error(),
            Base::Uri => constructors.uri_error(),
        }
        .constructor()
    }

    const ALL: [Base; 6] = [
        Base::Plain,
        Base::Type,
        Base::Range,
        Base::Syntax,
        Base::Uri,
        Base::System,
    ];
}

/// The subclasses that errors with a code belong to: their `toString` and the head of their stack name the code.
#[derive(Trace, Finalize, JsData)]
struct Classes {
    constructors: Vec<JsFunction>,
    prototypes: Vec<JsObject>,
}

fn class_of(base: Base, context: &mut Context) -> JsResult<JsObject> {
    let realm = context.realm().clone();
    if let Some(classes) = realm.host_defined().get::<Classes>() {
        return Ok(classes.constructors[base as usize].clone().into());
    }
    let mut classes = Classes {
        constructors: Vec::new(),
        prototypes: Vec::new(),
    };
    let to_string = native::function(context, "toString", 0, node_error_to_string);
    for base in Base::ALL {
        let parent = base.constructor(context);
        let parent_prototype = parent.get(js_string!("prototype"), context)?.as_object();
        let prototype = JsObject::from_proto_and_data(parent_prototype, OrdinaryObject);
        let class =
            native::constructor(context, "NodeError", 0, |_, _, _| Ok(JsValue::undefined()));
        let shown = if base == Base::System {
            JsObject::from(class.clone())
        } else {
            parent
        };
        for (key, value) in [
            (js_string!("constructor"), JsValue::from(shown)),
            (js_string!("toString"), to_string.clone().into()),
        ] {
            prototype.insert_property(key, hidden_property(value));
        }
        class.insert_property(
            js_string!("prototype"),
            hidden_property(prototype.clone().into()),
        );
        classes.constructors.push(class);
        classes.prototypes.push(prototype);
    }
    let class = classes.constructors[base as usize].clone();
    realm.host_defined_mut().insert(classes);
    Ok(class.into())
}

/// Whether an object is an error of the table: its stack then shows the code.
pub fn is_node_error(object: &JsObject, context: &Context) -> bool {
    let Some(prototype) = object.prototype() else {
        return false;
    };
    let realm = context.realm().clone();
    realm
        .host_defined()
        .get::<Classes>()
        .is_some_and(|classes| {
            classes
                .prototypes
                .iter()
                .any(|known| JsObject::equals(known, &prototype))
        })
}

fn hidden_property(value: JsValue) -> PropertyDescriptor {
    native::property(value, METHOD)
}

fn node_error_to_string(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(error) = this.as_object() else {
        return Ok(JsValue::undefined());
    };
    let name = error.get(js_string!("name"), context)?.to_string(context)?;
    let code = error.get(js_string!("code"), context)?.to_string(context)?;
    let message = error
        .get(js_string!("message"), context)?
        .to_string(context)?;
    Ok(js_string!(&name, js_str!(" ["), &code, js_str!("]: "), &message).into())
}

fn coded_object(
    code: &str,
    base: Base,
    message: &str,
    context: &mut Context,
) -> JsResult<JsObject> {
    let class = class_of(base, context)?;
    let error = base
        .constructor(context)
        .construct(&[], Some(&class), context)?;
    error.create_data_property_or_throw(js_string!("code"), JsString::from(code), context)?;
    error.insert_property(
        js_string!("message"),
        hidden_property(JsString::from(message).into()),
    );
    Ok(error)
}

fn build(code: &str, args: &[JsValue], context: &mut Context) -> JsResult<JsObject> {
    let (code, class) = code.split_once('.').unwrap_or((code, ""));
    let Some(entry) = table::find(code) else {
        return Err(JsNativeError::error()
            .with_message(format!("no error of code {code} is known"))
            .into());
    };
    let base = match class {
        "RangeError" => Base::Range,
        "TypeError" => Base::Type,
        "SyntaxError" => Base::Syntax,
        _ => entry.base,
    };
    if base == Base::System {
        return system_class_object(entry, args, context);
    }
    let message = entry.message(args, context)?;
    if code == "ERR_UNHANDLED_REJECTION" {
        return unhandled_rejection(&message, context);
    }
    let error = coded_object(code, base, &message, context)?;
    for (name, value) in entry.properties.iter().zip(args) {
        if !name.is_empty() && !value.is_undefined() {
            error.create_data_property_or_throw(JsString::from(*name), value.clone(), context)?;
        }
    }
    Ok(error)
}

/// What an unhandled rejection raises when its reason is no error: has a name of its own, and no code in its text.
fn unhandled_rejection(message: &str, context: &mut Context) -> JsResult<JsObject> {
    let arguments = [JsString::from(message).into()];
    let error = Base::Plain
        .constructor(context)
        .construct(&arguments, None, context)?;
    let name = js_string!("UnhandledPromiseRejection");
    error.insert_property(js_string!("name"), hidden_property(name.into()));
    let code = js_string!("ERR_UNHANDLED_REJECTION");
    error.create_data_property_or_throw(js_string!("code"), code, context)?;
    Ok(error)
}

/// `SystemError`: `{ syscall, code, message, errno, path, dest }` is kept in `info` and mirrored.
fn system_class_object(
    entry: &table::Entry,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsObject> {
    let info = args.get_or_undefined(0).to_object(context)?;
    let mut message = entry.message(&[], context)?;
    for (key, before, after) in [
        ("syscall", ": ", ""),
        ("code", " returned ", ""),
        ("message", " (", ")"),
    ] {
        let value = info.get(JsString::from(key), context)?.to_string(context)?;
        message.push_str(&format!("{before}{}{after}", value.to_std_string_lossy()));
    }
    for (key, before) in [("path", " "), ("dest", " => ")] {
        let value = info.get(JsString::from(key), context)?;
        if !value.is_undefined() {
            message.push_str(&format!(
                "{before}{}",
                value.to_string(context)?.to_std_string_lossy()
            ));
        }
    }
    let error = coded_object(entry.code, Base::System, &message, context)?;
    error.insert_property(
        js_string!("name"),
        hidden_property(js_string!("SystemError").into()),
    );
    error.create_data_property_or_throw(js_string!("info"), info.clone(), context)?;
    for key in ["errno", "syscall", "path", "dest"] {
        let value = info.get(JsString::from(key), context)?;
        if !value.is_undefined() {
            error.create_data_property_or_throw(JsString::from(key), value, context)?;
        }
    }
    Ok(error)
}

fn node_error_native(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let code = args
        .get_or_undefined(0)
        .to_string(context)?
        .to_std_string_lossy();
    build(&code, args.get(1..).unwrap_or_default(), context).map(JsValue::from)
}

fn received_native(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(received(args.get_or_undefined(0), context)).into())
}

/// `connResetException(message)`: what a peer's reset is to http.
fn conn_reset_native(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let error =
        Base::Plain
            .constructor(context)
            .construct(&args[..args.len().min(1)], None, context)?;
    error.create_data_property_or_throw(js_string!("code"), js_string!("ECONNRESET"), context)?;
    Ok(error.into())
}

/// `genericNodeError(message, properties)`: a plain error with properties assigned.
fn generic_node_error_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let error =
        Base::Plain
            .constructor(context)
            .construct(&args[..args.len().min(1)], None, context)?;
    if let Some(properties) = args.get_or_undefined(1).as_object() {
        error.copy_data_properties::<boa_engine::property::PropertyKey>(
            &properties.into(),
            Vec::new(),
            context,
        )?;
    }
    Ok(error.into())
}
