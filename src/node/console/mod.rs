//! `console`: what programs print most, texts and other primitives, is formatted and written here, without loading any
//! script. Objects, `%` places, counters, tables and the `Console` class are the script half's (`console/methods`).
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/console.html>

mod write;

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction, js_string,
    object::FunctionObjectBuilder, property::Attribute,
};

use crate::{
    engine::{
        native::{self, METHOD, Natives},
        registry,
    },
    runtime::State,
};

/// The console of one runtime.
#[derive(Default)]
struct ConsoleState {
    object: RefCell<Option<JsObject>>,
    /// What script has assigned to `_stdout` and `_stderr`.
    streams: RefCell<[Option<JsValue>; 2]>,
    /// What `console.group` puts in front of each line.
    indent: RefCell<String>,
    /// Whether the script half has replaced what the natives assume (streams, formatting).
    slow: Cell<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Out = 1,
    Error = 2,
}

/// The methods that print their arguments, with the stream that they print to.
const PRINTING: &[(&str, Stream)] = &[
    ("log", Stream::Out),
    ("warn", Stream::Error),
    ("error", Stream::Error),
    ("info", Stream::Out),
    ("debug", Stream::Out),
];

/// The order in which Node lists the methods.
const METHODS: &[&str] = &[
    "log",
    "info",
    "debug",
    "warn",
    "error",
    "dir",
    "time",
    "timeEnd",
    "timeLog",
    "trace",
    "assert",
    "clear",
    "count",
    "countReset",
    "group",
    "groupEnd",
    "table",
    "dirxml",
    "groupCollapsed",
];

/// Defines the global `console`, made on first touch.
pub fn install(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    native::define_lazy(&global, "console", METHOD, exports, context);
    Ok(())
}

/// The exports of the module `console`: the global object.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context).slot::<ConsoleState>();
    if let Some(object) = state.object.borrow().clone() {
        return Ok(object.into());
    }
    let object = make(context);
    *state.object.borrow_mut() = Some(object.clone());
    Ok(object.into())
}

fn make(context: &mut Context) -> JsObject {
    // `console` inherits from an empty object of its own, as the console specification asks.
    let object = JsObject::with_object_proto(context.intrinsics());
    object.set_prototype(Some(JsObject::with_object_proto(context.intrinsics())));
    let mut natives = Natives::on(object, context).attributes(Attribute::all());
    for name in METHODS {
        let method = method(name, natives.context());
        natives = natives.value(name, method);
    }
    natives
        .attributes(Attribute::all())
        .function("profile", 0, nothing)
        .function("profileEnd", 0, nothing)
        .function("timeStamp", 0, nothing)
        .lazy("Console", |context| late_member("Console", context))
        .attributes(METHOD)
        .accessor("_stdout", get_stdout, Some(set_stdout))
        .accessor("_stderr", get_stderr, Some(set_stderr))
        .attributes(Attribute::CONFIGURABLE)
        .keyed(JsSymbol::to_string_tag(), js_string!("console"))
        .build()
}

fn method(name: &'static str, context: &mut Context) -> JsValue {
    let stream = PRINTING
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, stream)| *stream);
    let call = NativeFunction::from_copy_closure(move |_, args, context| {
        if let Some(stream) = stream
            && print_natively(stream, args, context)
        {
            return Ok(JsValue::undefined());
        }
        let method = late_member(name, context)?;
        match method.as_callable() {
            Some(method) => method.call(&JsValue::undefined(), args, context),
            None => Ok(JsValue::undefined()),
        }
    });
    FunctionObjectBuilder::new(context.realm(), call)
        .name(JsString::from(name))
        .build()
        .into()
}

/// Marks for an inspector, which nobody has attached.
fn nothing(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

/// A member of the script half.
fn late_member(name: &str, context: &mut Context) -> JsResult<JsValue> {
    let methods = registry::require("console/methods", context)?;
    methods
        .to_object(context)?
        .get(JsString::from(name), context)
}

fn process_stream(name: &str, context: &mut Context) -> JsResult<JsValue> {
    registry::require("process", context)?
        .to_object(context)?
        .get(JsString::from(name), context)
}

/// Prints if it can be done here: primitives only, no `%` place, and nobody between the console and the descriptor.
fn print_natively(stream: Stream, args: &[JsValue], context: &mut Context) -> bool {
    let state = State::of(context).slot::<ConsoleState>();
    if state.slow.get() || streams_are_made(context) {
        return false;
    }
    // On a terminal everything but texts is in colour.
    let only_texts = write::is_terminal(stream as i32);
    let Some(text) = line_of(args, only_texts) else {
        return false;
    };
    let indent = state.indent.borrow();
    write::line(stream as i32, &text, &indent);
    true
}

/// Whether script has touched the standard streams: then what is printed goes through them.
fn streams_are_made(context: &Context) -> bool {
    let state = State::of(context);
    if state.process.stdio.is_touched() {
        return true;
    }
    let console = state.slot::<ConsoleState>();
    let replaced = console.streams.borrow();
    replaced.iter().any(Option::is_some)
}

fn get_stream(index: usize, context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context).slot::<ConsoleState>();
    let replaced = state.streams.borrow()[index].clone();
    match replaced {
        Some(stream) => Ok(stream),
        None => process_stream(["stdout", "stderr"][index], context),
    }
}

fn set_stream(index: usize, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context).slot::<ConsoleState>();
    state.streams.borrow_mut()[index] = Some(args.get_or_undefined(0).clone());
    Ok(JsValue::undefined())
}

fn get_stdout(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    get_stream(0, context)
}

fn set_stdout(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set_stream(0, args, context)
}

fn get_stderr(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    get_stream(1, context)
}

fn set_stderr(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set_stream(1, args, context)
}

/// The arguments with spaces between them, or `None` when one needs the script half.
fn line_of(args: &[JsValue], only_texts: bool) -> Option<String> {
    let mut line = String::new();
    for (index, value) in args.iter().enumerate() {
        if index > 0 {
            line.push(' ');
        }
        if let Some(text) = value.as_string() {
            let text = text.to_std_string_lossy();
            if index == 0 && args.len() > 1 && text.contains('%') {
                return None;
            }
            line.push_str(&text);
        } else if only_texts || value.is_object() {
            return None;
        } else {
            push_primitive(&mut line, value)?;
        }
    }
    Some(line)
}

fn push_primitive(line: &mut String, value: &JsValue) -> Option<()> {
    if let Some(number) = value.as_number() {
        if number == 0.0 && number.is_sign_negative() {
            line.push_str("-0");
        } else {
            line.push_str(ryu_js::Buffer::new().format(number));
        }
    } else if let Some(symbol) = value.as_symbol() {
        line.push_str(&symbol.descriptive_string().to_std_string_lossy());
    } else if let Some(big) = value.as_bigint() {
        line.push_str(&big.to_string());
        line.push('n');
    } else if let Some(flag) = value.as_boolean() {
        line.push_str(if flag { "true" } else { "false" });
    } else if value.is_null() {
        line.push_str("null");
    } else if value.is_undefined() {
        line.push_str("undefined");
    } else {
        return None;
    }
    Some(())
}

/// `binding('console')`.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("write", 2, write_line)
        .function("setIndent", 1, set_indent)
        .function("setSlow", 1, set_slow)
        .function("isTerminal", 1, is_terminal)
        .function("streamIsMade", 0, streams_are_made_native)
        .build())
}

fn stream_of(value: &JsValue) -> Stream {
    if value.as_number() == Some(2.0) {
        Stream::Error
    } else {
        Stream::Out
    }
}

/// `write(descriptor, text)`: the text as it is, all of it, now.
fn write_line(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(1).to_string(context)?;
    let text = text.to_std_string_lossy();
    write::all(stream_of(args.get_or_undefined(0)) as i32, text.as_bytes());
    Ok(JsValue::undefined())
}

fn set_indent(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let state = State::of(context).slot::<ConsoleState>();
    *state.indent.borrow_mut() = text.to_std_string_lossy();
    Ok(JsValue::undefined())
}

/// `setSlow(flag)`: whether every call goes through the script half.
fn set_slow(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context).slot::<ConsoleState>();
    state.slow.set(args.get_or_undefined(0).to_boolean());
    Ok(JsValue::undefined())
}

fn is_terminal(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(write::is_terminal(stream_of(args.get_or_undefined(0)) as i32).into())
}

fn streams_are_made_native(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(streams_are_made(context).into())
}
