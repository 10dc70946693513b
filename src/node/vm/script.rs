//! Scripts: text that is checked when it is compiled, read by the engine for each realm that it runs in, and run there.
//! Errors that come out of it get the place and the line that they are from at the head of their stack, as in Node.

use std::{cell::Cell, path::Path, time::Duration};

use boa_ast::{
    operations::{lexically_declared_names, var_declared_names},
    scope::Scope,
};
use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsError, JsObject, JsResult, JsString, JsValue, Source,
    Trace, builtins::error::Error as ErrorData, error::JsNativeErrorKind, js_string, realm::Realm,
};
use boa_gc::{Gc, GcRefCell};
use boa_interner::Interner;
use boa_parser::Parser;

use super::{
    context::Contexts,
    deadline::{self, Deadlines, Ended, Limits},
    define_stack, global,
    imports::{self, Served},
    record_of, script_of,
    text::Text,
};
use crate::{
    engine::{
        nesting, report,
        stack::{self, mark::Mark},
    },
    modules::{
        SyntaxErrorLocation, explain_syntax_error,
        lexer::{for_engine, with_checks},
        move_syntax_error, remember_syntax_error, syntax_error_location,
    },
    node::errors::{self, Base},
    runtime::{State, door},
};

/// A realm, and the script as the engine has read it there.
type Read = (Realm, boa_engine::Script);

/// What `vm.Script` has behind it.
#[derive(Clone, Trace, Finalize, JsData)]
pub struct Script {
    #[unsafe_ignore_trace]
    text: JsString,
    #[unsafe_ignore_trace]
    name: String,
    #[unsafe_ignore_trace]
    line_offset: i32,
    /// The path that the engine gets.
    #[unsafe_ignore_trace]
    path: String,
    /// Whether it declares `let`, `const` or classes for the realm: then each run is one declaration more, and an error.
    #[unsafe_ignore_trace]
    declares: bool,
    #[unsafe_ignore_trace]
    served: Served,
    /// As the main realm read it, and the realm that it ran in last.
    read: Gc<GcRefCell<[Option<Read>; 2]>>,
}

/// The numbers of the scripts of one runtime.
#[derive(Default)]
pub struct Numbers(Cell<u32>);

impl Numbers {
    /// The next.
    pub fn next(context: &Context) -> u32 {
        let numbers = State::of(context).slot::<Self>();
        let next = numbers.0.get().wrapping_add(1);
        numbers.0.set(next);
        next
    }
}

/// `compile(text, filename, lineOffset, columnOffset, imports, context)`: a handle. A syntax error is one of the context's.
pub fn compile(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = Text::of(args, context)?;
    let path = text.mark(1, context).path();
    let source = text.source.to_std_string_lossy();
    nesting::check(&source)?;
    let declares = match check(&source, &path) {
        Ok(declares) => declares,
        Err(error) => {
            let realm = text.realm(context)?;
            let old = context.enter_realm(realm);
            let error = explained(error, &source, 0, &text.name, text.line_offset, context);
            let error = with_arrow(error, context);
            context.enter_realm(old);
            return Err(error);
        }
    };
    let script = Script {
        text: text.source,
        name: text.name,
        line_offset: text.line_offset,
        path,
        declares,
        served: text.served,
        read: Gc::new(GcRefCell::new([None, None])),
    };
    Ok(JsObject::from_proto_and_data(None, script).into())
}

/// Whether a text declares names of the realm's; an error if it is no script.
fn check(source: &str, path: &str) -> JsResult<bool> {
    let mut interner = Interner::default();
    let readable = for_engine(source);
    let source = Source::from_bytes(readable.as_ref()).with_path(Path::new(path));
    let script = Parser::new(source).parse_script(&Scope::new_global(), &mut interner)?;
    Ok(!lexically_declared_names(&script).is_empty())
}

/// A syntax error in Node's words. `prefix` is how many columns of line 1 aren't the program's.
pub fn explained(
    error: JsError,
    source: &str,
    prefix: usize,
    name: &str,
    line_offset: i32,
    context: &mut Context,
) -> JsError {
    let error = explain_syntax_error(error, source, name, prefix, context);
    if let Some(object) = error.as_opaque().and_then(JsValue::as_object) {
        move_syntax_error(&object, line_offset, context);
    }
    error
}

/// Puts the place of a syntax error at the head of its stack.
pub fn with_arrow(error: JsError, context: &mut Context) -> JsError {
    if let Some(object) = error.as_opaque().and_then(JsValue::as_object)
        && let Some(place) = syntax_error_location(&object, context)
    {
        decorate(&object, &format!("{}\n", place.arrow()), context);
    }
    error
}

fn decorate(error: &JsObject, arrow: &str, context: &mut Context) {
    let stack = error.get(js_string!("stack"), context).ok();
    let Some(stack) = stack.and_then(|stack| stack.as_string()) else {
        return;
    };
    let stack = stack.to_std_string_lossy();
    if !report::has_arrow(&stack) {
        define_stack(error, format!("{arrow}{stack}"));
    }
}

/// `run(handle, context, timeout, displayErrors, breakOnSigint)`: the completion value of a script. Without a context it runs
/// in the program's own.
pub fn run(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(script) = script_of(args.get_or_undefined(0)) else {
        return Ok(JsValue::undefined());
    };
    let record = record_of(args.get_or_undefined(1), context)?;
    let limits = Limits {
        time: args
            .get_or_undefined(2)
            .as_number()
            .map(|milliseconds| Duration::from_secs_f64(milliseconds / 1000.0)),
        on_sigint: args.get_or_undefined(4).to_boolean(),
    };
    let realm = match &record {
        Some(record) => record.realm.clone(),
        None => super::main_realm(context),
    };
    let old = context.enter_realm(realm);
    let own_microtasks = record.is_some_and(|record| record.own_microtasks);
    let outcome = limited(limits, own_microtasks, context, |context| {
        // What the engine throws is made into an error of the realm that it was thrown in.
        let outcome = script.evaluate(limits, context);
        outcome.map_err(|error| settled(error, context))
    });
    context.enter_realm(old);
    outcome.inspect_err(|error| {
        if args.get_or_undefined(3).to_boolean() {
            show_place(error, context);
        }
    })
}

/// Runs a script or a module within limits.
///
/// # Errors
/// What it throws, or that it was ended.
pub fn limited(
    limits: Limits,
    own_microtasks: bool,
    context: &mut Context,
    call: impl FnOnce(&mut Context) -> JsResult<JsValue>,
) -> JsResult<JsValue> {
    let state = State::of(context);
    let call = |context: &mut Context| match own_microtasks {
        true => with_own_microtasks(&state, context, call),
        false => call(context),
    };
    if !limits.any() {
        return call(context);
    }
    let rejected = state.rejections.count();
    let deadlines = state.slot::<Deadlines>();
    let (outcome, ended) = deadlines.run(limits, &state, || call(context));
    let Some(ended) = ended else {
        return outcome;
    };
    // What failed because it was ended is nobody's to handle.
    state.rejections.forget_after(rejected);
    let realm = state.slot::<Contexts>().main(context);
    let old = context.enter_realm(realm);
    let error = match ended {
        Ended::Late => {
            let limit = limits.time.unwrap_or_default().as_millis() as f64;
            let code = "ERR_SCRIPT_EXECUTION_TIMEOUT";
            errors::node_error(code, &[limit.into()], context)
        }
        Ended::Interrupted => errors::node_error("ERR_SCRIPT_EXECUTION_INTERRUPTED", &[], context),
    };
    context.enter_realm(old);
    Err(error)
}

/// Runs a script of a context whose promises are served when it ends.
fn with_own_microtasks(
    state: &State,
    context: &mut Context,
    call: impl FnOnce(&mut Context) -> JsResult<JsValue>,
) -> JsResult<JsValue> {
    let waiting = state.tasks.take_microtasks();
    let outcome = call(context);
    door::run_microtasks(state, context);
    state.tasks.put_microtasks(waiting);
    outcome
}

fn settled(error: JsError, context: &mut Context) -> JsError {
    if deadline::is_over(&error) {
        return error;
    }
    match errors::from_engine(error, context).into_opaque(context) {
        Ok(value) => JsError::from_opaque(value),
        Err(error) => error,
    }
}

/// Puts the place that an error was thrown at at the head of its stack.
fn show_place(error: &JsError, context: &mut Context) {
    let Some(object) = error.as_opaque().and_then(JsValue::as_object) else {
        return;
    };
    if !object.is::<ErrorData>() {
        return;
    }
    let arrow = match syntax_error_location(&object, context) {
        Some(place) => Some(format!("{}\n", place.arrow())),
        None => place_of(&object, context),
    };
    if let Some(arrow) = arrow {
        decorate(&object, &arrow, context);
    }
}

fn place_of(error: &JsObject, context: &mut Context) -> Option<String> {
    let frame = stack::improved_frames_of(error, context)
        .into_iter()
        .find(|frame| !frame.native && !frame.is_internal() && frame.line > 0)?;
    report::arrow(&frame, context).map(|arrow| format!("{arrow}\n"))
}

impl Script {
    fn evaluate(&self, limits: Limits, context: &mut Context) -> JsResult<JsValue> {
        let script = match limits.any() {
            // Nobody runs a script with limits twice.
            true => {
                global::define_hidden(deadline::CHECK, deadline::check, context)?;
                self.read(true, context)?
            }
            false => self.known(context)?,
        };
        if self.served.key.is_some() {
            imports::define(context)?;
        }
        script.evaluate(context)
    }

    /// The script as the realm of the context reads it.
    fn known(&self, context: &mut Context) -> JsResult<boa_engine::Script> {
        if self.declares {
            return self.read(false, context);
        }
        let realm = context.realm().clone();
        let is_main = State::of(context).slot::<Contexts>().main(context) == realm;
        let place = usize::from(!is_main);
        if let Some((known, script)) = &self.read.borrow()[place]
            && *known == realm
        {
            return Ok(script.clone());
        }
        let script = self.read(false, context)?;
        self.read.borrow_mut()[place] = Some((realm, script.clone()));
        Ok(script)
    }

    fn read(&self, checked: bool, context: &mut Context) -> JsResult<boa_engine::Script> {
        let source = self.text.to_std_string_lossy();
        let rewritten = self.served.rewritten(&source);
        let readable = match checked {
            true => for_engine(&with_checks(&rewritten, deadline::CHECK)).into_owned(),
            false => for_engine(&rewritten).into_owned(),
        };
        if let Some(mark) = Mark::read(&self.path) {
            stack::register_script(mark.id, &readable, context);
        }
        let parsed = boa_engine::Script::parse(
            Source::from_bytes(&readable).with_path(Path::new(&self.path)),
            None,
            context,
        );
        parsed.map_err(|error| match error.as_native() {
            Some(native) if matches!(native.kind(), JsNativeErrorKind::Syntax) => {
                self.clash(&source, context).unwrap_or_else(|| {
                    explained(error, &source, 0, &self.name, self.line_offset, context)
                })
            }
            _ => error,
        })
    }

    /// The error of a script that declares a name that the realm has already. The engine doesn't say which it is.
    fn clash(&self, source: &str, context: &mut Context) -> Option<JsError> {
        let mut interner = Interner::default();
        let readable = for_engine(source);
        let script = Parser::new(Source::from_bytes(readable.as_ref()))
            .parse_script(&Scope::new_global(), &mut interner)
            .ok()?;
        let scope = context.realm().scope().clone();
        let names = lexically_declared_names(&script)
            .into_iter()
            .chain(var_declared_names(&script));
        let name = names
            .map(|name| JsString::from(interner.resolve_expect(name).utf16()))
            .find(|name| scope.has_binding(name))?;
        let message = format!(
            "Identifier '{}' has already been declared",
            name.to_std_string_lossy()
        );
        let error = errors::plain(Base::Syntax, &message, context);
        let mut place = SyntaxErrorLocation::of_range(source, 0, source.len().min(1), &self.name);
        place.line = place.line.saturating_add_signed(self.line_offset);
        remember_syntax_error(&error, place, context);
        Some(error)
    }
}
