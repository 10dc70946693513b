//! Stack traces as V8 gives them: the text of `error.stack`, `Error.captureStackTrace`, `Error.stackTraceLimit` and
//! `Error.prepareStackTrace`.
//!
//! The engine notes a backtrace when an error is made; it can only be had as text, from the engine's own `stack` getter.
//! Ours replaces that getter: on first read it parses the text, mends positions with a look at the source, formats, and
//! leaves the result on the error as a plain property. Node formats on first read too, so a `name` or `message` that was
//! assigned before shows.
//!
//! API: <https://v8.dev/docs/stack-trace-api>

mod callsite;
mod expressions;
mod frame;
pub mod mark;
pub mod messages;
pub mod source;
pub mod syntax;

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsArgs, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, NativeFunction,
    builtins::{error::Error as ErrorData, function::OrdinaryFunction},
    js_string,
    object::{FunctionObjectBuilder, builtins::JsArray},
    property::PropertyDescriptor,
    vm::CallFrame,
};

pub use frame::Frame;

use super::native::{self, METHOD};
use crate::{node::errors, runtime::State};

/// What one runtime keeps for its stack traces.
pub struct Stacks {
    /// `Error.stackTraceLimit`; `None` once script has made it something that is no number.
    limit: Cell<Option<f64>>,
    /// Whatever script assigned to it last.
    limit_value: RefCell<JsValue>,
    /// The engine's own getter, which shows the frames it noted.
    engine_getter: RefCell<Option<JsObject>>,
    error_constructor: RefCell<Option<JsObject>>,
    /// What `Error.prepareStackTrace` is before script sets it.
    default_prepare: RefCell<Option<JsObject>>,
    /// Set while `prepareStackTrace` runs: a stack read inside is formatted plainly.
    preparing: Cell<bool>,
    call_site_prototype: RefCell<Option<JsObject>>,
    sources: source::Sources,
}

impl Default for Stacks {
    fn default() -> Self {
        Self {
            limit: Cell::new(Some(10.0)),
            limit_value: RefCell::new(10.into()),
            engine_getter: RefCell::default(),
            error_constructor: RefCell::default(),
            default_prepare: RefCell::default(),
            preparing: Cell::new(false),
            call_site_prototype: RefCell::default(),
            sources: source::Sources::default(),
        }
    }
}

/// What the loader compiles before the text of a CommonJS module. The key becomes the name of the function in traces, as
/// it is in Node; the value of the script is an object that has the function under that key.
pub const WRAPPER_PREFIX: &str =
    "({\"Object.<anonymous>\":function(exports,require,module,__filename,__dirname){";
/// What the loader compiles after it.
pub const WRAPPER_SUFFIX: &str = "\n}});";
/// The key of [`WRAPPER_PREFIX`].
pub const WRAPPER_KEY: &str = "Object.<anonymous>";

/// More than anybody reads; what `Infinity` stands for.
const MOST_FRAMES: usize = 10_000;
/// Natives that make errors and leave themselves out of the trace.
const HIDDEN_FRAMES: usize = 2;

/// Replaces what the engine has: the `stack` accessor, and the statics that it lacks.
///
/// # Errors
/// None but those of the engine.
pub fn install(context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let stacks = state.slot::<Stacks>();
    let constructor = context.intrinsics().constructors().error().constructor();
    let prototype = context.intrinsics().constructors().error().prototype();
    let stack_key = js_string!("stack").into();
    let engine_getter = prototype
        .borrow()
        .properties()
        .get(&stack_key)
        .and_then(|found| found.get().and_then(JsValue::as_object));
    *stacks.engine_getter.borrow_mut() = engine_getter;
    let prepare = native::function(context, "prepareStackTrace", 2, prepare_stack_trace);
    constructor.insert_property(
        js_string!("prepareStackTrace"),
        native::property(prepare.clone(), METHOD),
    );
    *stacks.default_prepare.borrow_mut() = Some(prepare.into());
    *stacks.error_constructor.borrow_mut() = Some(constructor);
    install_in_realm(context);
    set_limit_value(
        &stacks,
        &f64::from(state.options.stack_trace_limit).into(),
        context,
    );
    Ok(())
}

/// The same for the realm that the context is in, when it isn't the first.
pub fn install_in_realm(context: &mut Context) {
    let constructor = context.intrinsics().constructors().error().constructor();
    let prototype = context.intrinsics().constructors().error().prototype();
    let stack = accessor("stack", get_stack, set_stack, context);
    prototype.insert_property(js_string!("stack"), stack);
    constructor.insert_property(
        js_string!("captureStackTrace"),
        visible(native::function(context, "captureStackTrace", 2, capture_stack_trace).into()),
    );
    let limit = accessor("stackTraceLimit", get_limit, set_limit, context);
    constructor.insert_property(js_string!("stackTraceLimit"), limit);
}

/// Gives the text of a source that no file holds (`[eval]`, standard input), for the report of errors in it.
pub fn register_source(path: &str, text: &str, context: &Context) {
    State::of(context)
        .slot::<Stacks>()
        .sources
        .insert(path, text);
}

/// Gives the text of a script of `vm`, for the stacks of errors in it.
pub fn register_script(id: u32, text: &str, context: &Context) {
    let stacks = State::of(context).slot::<Stacks>();
    stacks.sources.insert_script(id, text);
}

/// The frames of an error of the engine's own, one line each, as far as the engine noted them.
pub fn frames_of_engine_error(error: &JsError, context: &mut Context) -> Option<String> {
    let text = error.to_string();
    let (_, frames) = text.split_once("\n    at ")?;
    let frames = parse(&format!("    at {frames}"), context);
    Some(lines_of(frames, context))
}

/// Where a value was thrown that is no error, as far as the engine noted it.
pub fn thrown_at(error: &JsError, context: &mut Context) -> Option<Frame> {
    let value = error.as_opaque()?;
    if value
        .as_object()
        .is_some_and(|object| object.is::<ErrorData>())
    {
        return None;
    }
    let text = error.to_string();
    let at = text.find("\n    at ")?;
    parse(&text[at + 1..], context)
        .into_iter()
        .find(|frame| frame.line > 0)
}

/// Gives an error a stack made elsewhere.
pub fn set_frames(error: &JsObject, head: &str, frames: &str) {
    let text = if frames.is_empty() {
        head.to_owned()
    } else {
        format!("{head}\n{frames}")
    };
    define_stack(error, JsString::from(text).into());
}

/// Frames as the lines of a stack, as many as the limit lets show.
pub fn lines_of(frames: Vec<Frame>, context: &mut Context) -> String {
    lines(&limited(frames, context))
}

/// One line of a source, counted from 1.
pub fn source_line(path: &str, line: u32, context: &mut Context) -> Option<String> {
    State::of(context).slot::<Stacks>().sources.line(path, line)
}

/// The frames of an error, newest first; empty for what has none.
pub fn frames_of(error: &JsObject, context: &mut Context) -> Vec<Frame> {
    let Some(text) = engine_text(error, context) else {
        return Vec::new();
    };
    let mut frames = parse(&text, context);
    // The constructors of a class that extends Error are not part of its stack. One that isn't written has no line.
    let own = |frame: &Frame| {
        frame.in_constructor
            || (!frame.native && !frame.eval && frame.line == 0 && !frame.is_script())
    };
    let first = frames
        .iter()
        .position(|frame| !own(frame))
        .unwrap_or(frames.len());
    frames.drain(..first);
    frames
}

/// What the engine doesn't know the place of, at the top level of a script of `vm`, is looked for from its beginning.
fn place_top_level(frames: &mut [Frame]) {
    if let Some(first) = frames.first_mut()
        && first.line == 0
        && let Some(mark) = mark::Mark::read(&first.path)
    {
        (first.line, first.column) = (mark.first_line, 1);
    }
}

/// The same with the place of the first where the expression is that failed; the message becomes V8's.
pub fn improved_frames_of(error: &JsObject, context: &mut Context) -> Vec<Frame> {
    let stacks = State::of(context).slot::<Stacks>();
    let mut frames = frames_of(error, context);
    place_top_level(&mut frames);
    messages::improve(error, &mut frames, &stacks.sources, context);
    frames
}

/// `Name: message` as it heads a stack; errors with a code of Node's show it.
fn head(error: &JsObject, context: &mut Context) -> String {
    let mut read = |key: &str| -> JsResult<Option<String>> {
        let value = error.get(JsString::from(key), context)?;
        if value.is_undefined() {
            return Ok(None);
        }
        Ok(Some(value.to_string(context)?.to_std_string_lossy()))
    };
    let parts = read("name").and_then(|name| Ok((name, read("message")?, read("code")?)));
    let Ok((name, message, code)) = parts else {
        return "<error>".into();
    };
    let mut head = name.unwrap_or_else(|| "Error".into());
    if let Some(code) = code
        && errors::is_node_error(error, context)
    {
        head.push_str(&format!(" [{code}]"));
    }
    match message.unwrap_or_default() {
        message if head.is_empty() => message,
        message if message.is_empty() => head,
        message => format!("{head}: {message}"),
    }
}

/// The engine's text of the frames it noted.
fn engine_text(error: &JsObject, context: &mut Context) -> Option<String> {
    let getter = State::of(context)
        .slot::<Stacks>()
        .engine_getter
        .borrow()
        .clone()?;
    let text = getter.call(&error.clone().into(), &[], context).ok()?;
    Some(text.as_string()?.to_std_string_lossy())
}

fn parse(text: &str, context: &mut Context) -> Vec<Frame> {
    let state = State::of(context);
    let stacks = state.slot::<Stacks>();
    let mut frames: Vec<Frame> = text.lines().filter_map(Frame::parse).collect();
    frames.retain(|frame| !frame.is_hidden());
    for frame in &mut frames {
        let prefix = state.modules.column_offset(&frame.path);
        frame.settle((prefix > 0).then_some(prefix));
    }
    source::mend(&mut frames, &stacks.sources);
    frames
}

fn limited(mut frames: Vec<Frame>, context: &mut Context) -> Vec<Frame> {
    let limit = State::of(context)
        .slot::<Stacks>()
        .limit
        .get()
        .unwrap_or(0.0);
    frames.truncate(limit.clamp(0.0, MOST_FRAMES as f64) as usize);
    frames
}

fn lines(frames: &[Frame]) -> String {
    let lines: Vec<String> = frames
        .iter()
        .map(|frame| format!("    at {}", frame.text()))
        .collect();
    lines.join("\n")
}

impl Stacks {
    fn is_default(&self, prepare: &JsObject) -> bool {
        let known = self.default_prepare.borrow();
        known
            .as_ref()
            .is_some_and(|known| JsObject::equals(known, prepare))
    }
}

/// The default `Error.prepareStackTrace(error, trace)`: what `stack` is without one.
fn prepare_stack_trace(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let error = args.get_or_undefined(0);
    let mut text = match error.as_object() {
        Some(error) => head(&error, context),
        None => error.to_string(context)?.to_std_string_lossy(),
    };
    if let Some(trace) = args.get_or_undefined(1).as_object() {
        for index in 0..trace
            .get(js_string!("length"), context)?
            .to_length(context)?
        {
            let site = trace.get(index, context)?.to_string(context)?;
            text.push_str("\n    at ");
            text.push_str(&site.to_std_string_lossy());
        }
    }
    Ok(JsString::from(text).into())
}

/// Formats a stack, by `Error.prepareStackTrace` if script has set it.
fn format(error: &JsObject, frames: Vec<Frame>, context: &mut Context) -> JsResult<JsValue> {
    let stacks = State::of(context).slot::<Stacks>();
    let constructor = stacks.error_constructor.borrow().clone();
    if let Some(constructor) = constructor.filter(|_| !stacks.preparing.get())
        && let Some(prepare) = constructor
            .get(js_string!("prepareStackTrace"), context)?
            .as_callable()
            .filter(|prepare| !stacks.is_default(prepare))
    {
        let sites = frames
            .into_iter()
            .map(|frame| callsite::make(frame, &stacks, context).map(JsValue::from))
            .collect::<JsResult<Vec<_>>>()?;
        let sites = JsArray::from_iter(sites, context);
        stacks.preparing.set(true);
        let prepared = prepare.call(
            &constructor.into(),
            &[error.clone().into(), sites.into()],
            context,
        );
        stacks.preparing.set(false);
        return prepared;
    }
    let head = head(error, context);
    if frames.is_empty() {
        return Ok(JsString::from(head).into());
    }
    Ok(JsString::from(format!("{head}\n{}", lines(&frames))).into())
}

fn get_stack(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut holder = this.as_object();
    // An object that inherits from an error shows the error's stack, as it does where stacks are own properties.
    while let Some(object) = holder {
        if object.is::<ErrorData>() {
            return stack_of_error(&object, context);
        }
        holder = object.prototype();
    }
    Ok(JsValue::undefined())
}

fn stack_of_error(error: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let stacks = State::of(context).slot::<Stacks>();
    if stacks.limit.get().is_none() {
        return Ok(JsValue::undefined());
    }
    let frames = improved_frames_of(error, context);
    let frames = limited(frames, context);
    let stack = format(error, frames, context)?;
    define_stack(error, stack.clone());
    Ok(stack)
}

fn set_stack(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        define_stack(&object, args.get_or_undefined(0).clone());
    }
    Ok(JsValue::undefined())
}

/// As V8's: writable, deletable, not enumerable.
pub fn define_stack(object: &JsObject, value: JsValue) {
    object.insert_property(js_string!("stack"), visible(value));
}

fn visible(value: JsValue) -> PropertyDescriptor {
    native::property(value, METHOD)
}

fn accessor(
    name: &str,
    get: boa_engine::native_function::NativeFunctionPointer,
    set: boa_engine::native_function::NativeFunctionPointer,
    context: &mut Context,
) -> PropertyDescriptor {
    PropertyDescriptor::builder()
        .get(native::function(context, &format!("get {name}"), 0, get))
        .set(native::function(context, &format!("set {name}"), 1, set))
        .enumerable(false)
        .configurable(true)
        .build()
}

fn get_limit(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stacks = State::of(context).slot::<Stacks>();
    let value = stacks.limit_value.borrow().clone();
    Ok(value)
}

fn set_limit(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stacks = State::of(context).slot::<Stacks>();
    set_limit_value(&stacks, args.get_or_undefined(0), context);
    Ok(JsValue::undefined())
}

fn set_limit_value(stacks: &Stacks, value: &JsValue, context: &mut Context) {
    *stacks.limit_value.borrow_mut() = value.clone();
    let limit = value.as_number().filter(|number| !number.is_nan());
    stacks.limit.set(limit);
    let frames = limit.unwrap_or(0.0).clamp(0.0, MOST_FRAMES as f64) as usize;
    // The engine can't do with none.
    let noted = if frames == 0 {
        1
    } else {
        frames + HIDDEN_FRAMES
    };
    context.runtime_limits_mut().set_backtrace_limit(noted);
}

/// The lines of the stack that is there now, as an error made here would show them.
pub fn here(context: &mut Context) -> String {
    let class = context.intrinsics().constructors().error().constructor();
    let Ok(error) = class.construct(&[], None, context) else {
        return String::new();
    };
    let frames = improved_frames_of(&error, context);
    lines_of(frames, context)
}

/// `Error.captureStackTrace(object, constructorOpt)`.
fn capture_stack_trace(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else {
        return Err(JsNativeError::typ().with_message("invalid_argument").into());
    };
    let top = args.get_or_undefined(1).as_callable();
    let limit = context.runtime_limits().backtrace_limit();
    if top.is_some() {
        context
            .runtime_limits_mut()
            .set_backtrace_limit(limit.saturating_add(200));
    }
    let above = top.as_ref().map(|top| Above::of(top, context));
    let error = context.intrinsics().constructors().error().constructor();
    let snapshot = error.construct(&[], None, context);
    context.runtime_limits_mut().set_backtrace_limit(limit);
    let snapshot = snapshot?;
    let stacks = State::of(context).slot::<Stacks>();
    if stacks.limit.get().is_none() {
        return Ok(JsValue::undefined());
    }
    let captured = Captured {
        object: object.clone(),
        snapshot,
        skip: above.map(|above| above.into()),
    };
    let get = NativeFunction::from_copy_closure_with_captures(
        |this, _, captured: &Captured, context| captured.stack(this, context),
        captured,
    );
    let get = FunctionObjectBuilder::new(context.realm(), get).build();
    let set = native::function(context, "", 1, set_stack);
    let descriptor = PropertyDescriptor::builder()
        .get(get)
        .set(set)
        .enumerable(false)
        .configurable(true)
        .build();
    object.define_property_or_throw(js_string!("stack"), descriptor, context)?;
    Ok(JsValue::undefined())
}

/// Which frames `constructorOpt` takes off: those above and including its call.
struct Above {
    /// How many script frames, all of them when it isn't on the stack; `None` when the function isn't script.
    scripts: Option<u32>,
    name: JsString,
}

impl Above {
    fn of(function: &JsObject, context: &mut Context) -> Self {
        let code = function
            .downcast_ref::<OrdinaryFunction>()
            .map(|function| std::ptr::from_ref(function.codeblock()));
        let scripts = code.map(|code| {
            let is_call = |frame: &CallFrame| std::ptr::eq(&raw const **frame.code_block(), code);
            let index = context.stack_trace().position(is_call);
            index.map_or(u32::MAX, |index| index as u32 + 1)
        });
        let name = function
            .get(js_string!("name"), context)
            .ok()
            .and_then(|name| name.as_string());
        Self {
            scripts,
            name: name.unwrap_or_default(),
        }
    }
}

impl From<Above> for JsValue {
    fn from(above: Above) -> Self {
        match above.scripts {
            Some(scripts) => scripts.into(),
            None => above.name.into(),
        }
    }
}

/// A stack that was captured onto an object and has not been read.
#[derive(boa_engine::Trace, boa_engine::Finalize)]
struct Captured {
    object: JsObject,
    snapshot: JsObject,
    skip: Option<JsValue>,
}

impl Captured {
    fn stack(&self, this: &JsValue, context: &mut Context) -> JsResult<JsValue> {
        let mut frames = frames_of(&self.snapshot, context);
        // The first is captureStackTrace itself.
        if frames.first().is_some_and(|frame| frame.native) {
            frames.remove(0);
        }
        if let Some(skip) = &self.skip {
            skip_frames(&mut frames, skip);
        }
        let frames = limited(frames, context);
        let stack = format(&self.object, frames, context)?;
        if this
            .as_object()
            .is_some_and(|this| JsObject::equals(&this, &self.object))
        {
            define_stack(&self.object, stack.clone());
        }
        Ok(stack)
    }
}

fn skip_frames(frames: &mut Vec<Frame>, skip: &JsValue) {
    let end = match skip.as_number() {
        Some(scripts) => {
            let scripts = scripts as usize;
            frames
                .iter()
                .enumerate()
                .filter(|(_, frame)| !frame.native)
                .nth(scripts.saturating_sub(1))
                .map(|(index, _)| index + 1)
        }
        None => {
            let name = skip
                .as_string()
                .map(|name| name.to_std_string_lossy())
                .unwrap_or_default();
            let found = frames
                .iter()
                .position(|frame| frame.native && frame.function.as_deref() == Some(&*name));
            found.map(|index| index + 1)
        }
    };
    match end {
        Some(end) => drop(frames.drain(..end)),
        // Script that isn't on the stack: V8 leaves nothing.
        None if skip.is_number() => frames.clear(),
        None => {}
    }
}
