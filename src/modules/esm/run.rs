//! Loading, linking and evaluating graphs of modules.

use std::path::Path;

use boa_engine::{
    Context, JsError, JsResult, JsString, JsValue, Module, NativeFunction, Source,
    builtins::{error::Error as ErrorData, promise::PromiseState},
    js_string,
    object::builtins::JsPromise,
};
use rustc_hash::FxHashSet;
use url::Url;

use super::super::package_json::PackageType;
use super::super::{imports, paths, syntax};
use super::{Kind, Main, Session, source};
use crate::node::errors::{self, Base};
use crate::runtime::tasks::Microtask;
use crate::runtime::{State, fatal};

/// Starts the program's main module, where Node starts it: in a microtask.
pub fn run_main(url: Url, context: &mut Context) {
    let state = State::of(context);
    *state.modules.esm.main.borrow_mut() = Some(Main {
        url: url.clone(),
        promise: None,
    });
    state
        .tasks
        .push_microtask(Microtask::Native(Box::new(move |context| {
            let promise = match start(&url, context) {
                Ok(promise) => promise,
                Err(error) => JsPromise::reject(error, context)?,
            };
            let state = State::of(context);
            if let Some(main) = &mut *state.modules.esm.main.borrow_mut() {
                main.promise = Some(promise);
            }
            Ok(())
        })));
}

fn start(url: &Url, context: &mut Context) -> JsResult<JsPromise> {
    let module = source::by_url(url, false, context)?;
    load_and_link(&module, context)?;
    evaluate(&module, context)
}

/// At the end of the program: warns of a main module that still waits, and chooses Node's exit code for it.
pub fn report_unsettled_main(context: &mut Context) {
    let state = State::of(context);
    let main = state.modules.esm.main.borrow();
    let Some(main) = &*main else {
        return;
    };
    let pending = main
        .promise
        .as_ref()
        .is_some_and(|promise| promise.state() == PromiseState::Pending);
    if !pending {
        return;
    }
    if state.exit_code.get().is_none() {
        state.exit_code.set(Some(fatal::exit::UNSETTLED_AWAIT));
    }
    let record = state
        .modules
        .esm
        .find(&main.url, false)
        .and_then(|module| state.modules.esm.record(&module));
    if let Some(Kind::SourceText(text)) = record.as_deref().map(|record| &record.kind)
        && let Some(mut location) = syntax::first_top_level_await(text)
    {
        location.file = main.url.as_str().to_owned();
        let arrow = location.arrow();
        fatal::write_error(&format!(
            "Warning: Detected unsettled top-level await at {arrow}\n\n\n"
        ));
    }
}

/// Loads everything that `module` imports, and links it.
///
/// # Errors
/// What can't be found or parsed, and imports of names that aren't exported.
pub fn load_and_link(module: &Module, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let outer = state.modules.esm.loading.replace(true);
    let loaded = state
        .tasks
        .run_async_jobs_of(context, |context| module.load(context));
    state.modules.esm.loading.set(outer);
    let promise = loaded?;
    mark_handled(&promise, context)?;
    match promise.state() {
        PromiseState::Fulfilled(_) => {}
        PromiseState::Rejected(reason) => return Err(JsError::from_opaque(reason)),
        PromiseState::Pending => {
            return Err(errors::plain(
                Base::Plain,
                "A module graph didn't finish loading",
                context,
            ));
        }
    }
    let linked = in_own_frame(module, context, |module, context| {
        module.link(context).map(|()| JsValue::undefined())
    });
    linked
        .map(drop)
        .map_err(|error| explain_link_error(error, module, context))
}

/// What [`in_own_frame`] does.
type Step = fn(&Module, &mut Context) -> JsResult<JsValue>;

/// Runs a step inside of a script function of its own. The engine leaves its registers on the stack when it links a
/// module, and would take them for the operands of whoever called us; the return of a script function sweeps them away.
fn in_own_frame(module: &Module, context: &mut Context, step: Step) -> JsResult<JsValue> {
    let state = State::of(context);
    let known = state.modules.esm.frame.borrow().clone();
    let frame = match known {
        Some(frame) => frame,
        None => {
            let source = Source::from_bytes("(function (step) { return step(); })")
                .with_path(Path::new("node:internal/modules/run"));
            let frame = context.eval(source)?.to_object(context)?;
            *state.modules.esm.frame.borrow_mut() = Some(frame.clone());
            frame
        }
    };
    let step = NativeFunction::from_copy_closure_with_captures(
        move |_, _, module: &Module, context| step(module, context),
        module.clone(),
    );
    let step = step.to_js_function(context.realm());
    frame.call(&JsValue::undefined(), &[step.into()], context)
}

/// Runs a linked module; the promise tells how it went.
///
/// # Errors
/// None but those of the engine: what the module throws rejects the promise.
pub fn evaluate(module: &Module, context: &mut Context) -> JsResult<JsPromise> {
    let state = State::of(context);
    let esm = &state.modules.esm;
    esm.sessions.borrow_mut().push(Session {
        root: module.clone(),
        position: None,
    });
    let promise = in_own_frame(module, context, |module, context| {
        module.evaluate(context).map(Into::into)
    });
    esm.sessions.borrow_mut().pop();
    let promise = JsPromise::from_object(promise?.to_object(context)?)?;
    match promise.state() {
        PromiseState::Rejected(reason) => explain_missing_global(&reason, module, context)?,
        _ => {
            for module in esm.graph(module) {
                if let Some(record) = esm.record(&module) {
                    record.evaluated.set(true);
                }
            }
        }
    }
    Ok(promise)
}

/// Tells somebody who looks for `require` and its like in an ES module that they aren't there.
fn explain_missing_global(reason: &JsValue, root: &Module, context: &mut Context) -> JsResult<()> {
    let Some(error) = reason.as_object().filter(|object| object.is::<ErrorData>()) else {
        return Ok(());
    };
    let message = error.get(js_string!("message"), context)?;
    let Some(text) = message.as_string().map(|text| text.to_std_string_lossy()) else {
        return Ok(());
    };
    // In strict code the engine says this of an assignment.
    let text = text
        .strip_prefix("cannot assign to uninitialized global property `")
        .and_then(|rest| rest.strip_suffix('`'))
        .map_or(text.clone(), |name| format!("{name} is not defined"));
    let name = text.strip_suffix(" is not defined");
    if !matches!(
        name,
        Some("require" | "exports" | "module" | "__filename" | "__dirname")
    ) {
        return Ok(());
    }
    let mut explained = format!("{text} in ES module scope");
    if name == Some("require") {
        explained.push_str(", you can use import instead");
    }
    let state = State::of(context);
    let url = state
        .modules
        .esm
        .record(root)
        .map(|record| record.url.clone());
    if let Some(path) = url.and_then(|url| paths::from_file_url(&url).ok())
        && path.extension().is_some_and(|extension| extension == "js")
        && let Ok(Some(package)) = state
            .modules
            .resolver(&state.options)
            .packages
            .scope_of(&path)
        && package.package_type == PackageType::Module
    {
        explained.push_str(&format!(
            "\nThis file is being treated as an ES module because it has a '.js' file extension and '{}' contains \
             \"type\": \"module\". To treat it as a CommonJS script, rename it to use the '.cjs' file extension.",
            paths::text(&package.path)
        ));
    }
    error
        .set(
            js_string!("message"),
            JsString::from(explained),
            false,
            context,
        )
        .map(drop)
}

/// The same where somebody else looks after failure.
pub fn evaluate_quietly(module: &Module, context: &mut Context) -> JsResult<JsPromise> {
    let promise = evaluate(module, context)?;
    mark_handled(&promise, context)?;
    Ok(promise)
}

/// Keeps a rejection from being reported as unhandled.
pub fn mark_handled(promise: &JsPromise, context: &mut Context) -> JsResult<()> {
    let ignore = NativeFunction::from_fn_ptr(|_, _, _| Ok(JsValue::undefined()));
    let ignore = ignore.to_js_function(context.realm());
    promise
        .then(Some(ignore.clone()), Some(ignore), context)
        .map(drop)
}

/// The modules that are in the middle of their evaluation, in any call that is on the stack.
pub fn evaluating(position: Option<&Module>, context: &mut Context) -> FxHashSet<Module> {
    let state = State::of(context);
    let esm = &state.modules.esm;
    let sessions = esm.sessions.borrow();
    let mut all = FxHashSet::default();
    for (index, session) in sessions.iter().enumerate() {
        let is_innermost = index + 1 == sessions.len();
        let in_graph = |module: &Module| esm.graph(&session.root).contains(module);
        let position = match position.filter(|module| is_innermost && in_graph(module)) {
            Some(module) => Some(module),
            None => session.position.as_ref(),
        };
        let mut walk = Walk {
            esm,
            position,
            stack: Vec::new(),
            visited: FxHashSet::default(),
        };
        if walk.visit(&session.root) || position.is_none() {
            all.extend(walk.stack);
            all.insert(session.root.clone());
        }
    }
    all
}

/// Goes the way of the engine's evaluation up to the module whose code runs.
struct Walk<'a> {
    esm: &'a super::EsModules,
    position: Option<&'a Module>,
    /// The modules begun and not ended; those of a cycle end together.
    stack: Vec<Module>,
    visited: FxHashSet<Module>,
}

impl Walk<'_> {
    /// Whether the walk ended at or below `module`.
    fn visit(&mut self, module: &Module) -> bool {
        let Some(record) = self.esm.record(module) else {
            return false;
        };
        if record.evaluated.get() || !self.visited.insert(module.clone()) {
            return false;
        }
        let is_position = self.position == Some(module);
        if !matches!(record.kind, Kind::SourceText(_)) {
            return is_position;
        }
        let depth = self.stack.len();
        self.stack.push(module.clone());
        let imports = record.imports.borrow().clone();
        if imports.iter().any(|(_, import)| self.visit(import)) || is_position {
            return true;
        }
        // A module that reaches one begun earlier ends with that one.
        let reaches_back = self
            .esm
            .graph(module)
            .iter()
            .any(|reached| self.stack[..depth].contains(reached));
        if !reaches_back {
            self.stack.truncate(depth);
        }
        false
    }
}

/// Says which import the engine couldn't satisfy, in Node's words.
fn explain_link_error(error: JsError, root: &Module, context: &mut Context) -> JsError {
    let message = error.as_native().map(|native| native.message().to_owned());
    let name = message.as_deref().and_then(|message| {
        let rest = message
            .strip_prefix("could not find export `")
            .or_else(|| message.strip_prefix("could not resolve ambiguous export `"))?;
        rest.strip_suffix('`')
    });
    let Some(name) = name else {
        return error;
    };
    let state = State::of(context);
    let esm = &state.modules.esm;
    let is_ambiguous = message
        .as_deref()
        .is_some_and(|message| message.contains("ambiguous"));
    for module in esm.graph(root) {
        let Some(record) = esm.record(&module) else {
            continue;
        };
        let Kind::SourceText(source) = &record.kind else {
            continue;
        };
        for clause in imports::import_clauses(source)
            .into_iter()
            .filter(|clause| clause.names.iter().any(|known| known == name))
        {
            let imports = record.imports.borrow();
            let target = imports
                .iter()
                .find(|(specifier, _)| *specifier == clause.specifier);
            let target = target.and_then(|(_, target)| esm.record(target));
            let exports = match target.as_deref().map(|target| &target.kind) {
                Some(Kind::CommonJs(names) | Kind::Builtin(names)) => {
                    names.iter().any(|known| *known == *name)
                        || matches!(name, "default" | "module.exports")
                }
                Some(Kind::Json) => name == "default",
                Some(Kind::SourceText(text)) => imports::exports_name(text, name),
                None => continue,
            };
            if exports && !is_ambiguous {
                continue;
            }
            let is_commonjs = matches!(
                target.as_deref().map(|target| &target.kind),
                Some(Kind::CommonJs(_))
            );
            let text = if is_ambiguous {
                format!(
                    "The requested module '{}' contains conflicting star exports for name '{name}'",
                    clause.specifier
                )
            } else if is_commonjs {
                commonjs_advice(name, &clause, source)
            } else {
                format!(
                    "The requested module '{}' does not provide an export named '{name}'",
                    clause.specifier
                )
            };
            let made = errors::plain(Base::Syntax, &text, context);
            let location = clause.location(name, source, record.url.as_str());
            syntax::remember(&made, location, context);
            return made;
        }
    }
    error
}

/// Node's advice for a name that a CommonJS module doesn't visibly export.
fn commonjs_advice(name: &str, clause: &imports::ImportClause, source: &str) -> String {
    let specifier = &clause.specifier;
    let pattern = clause.as_pattern(source);
    format!(
        "Named export '{name}' not found. The requested module '{specifier}' is a CommonJS module, which may not \
         support all module.exports as named exports.\nCommonJS modules can always be imported via the default \
         export, for example using:\n\nimport pkg from '{specifier}';\n{}",
        if pattern.is_empty() {
            String::new()
        } else {
            format!("const {pattern} = pkg;\n")
        }
    )
}
