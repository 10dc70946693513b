//! Finding and loading modules: CommonJS, ES modules, JSON.
//!
//! `resolve` answers *which file is meant* and knows nothing of the engine; `package_json` reads what packages say
//! about themselves; `format` says what kind of module a file is; `lexer` guesses the exports of CommonJS text. `commonjs` and `esm`
//! load what was found into the engine; `syntax` says where a text that can't be parsed is wrong.

mod builtins;
mod commonjs;
pub mod error;
mod esm;
pub mod format;
mod imports;
mod js_error;
pub mod lexer;
pub mod package_json;
pub mod paths;
pub mod resolve;
mod syntax;

use std::cell::{Cell, OnceCell, RefCell};
use std::path::Path;

use boa_engine::{Context, JsResult, JsValue, Script, Source, object::builtins::JsPromise};
use rustc_hash::FxHashSet;

pub use builtins::define_globals as define_builtin_globals;
pub use commonjs::binding;
pub use esm::{
    Loader, evaluate as evaluate_module, load_and_link as link_module, report_unsettled_main,
};
pub use syntax::SyntaxErrorLocation;
pub use syntax::{
    explain as explain_syntax_error, has_top_level_await, move_syntax_error,
    remember as remember_syntax_error, syntax_error_location,
};

use self::commonjs::CommonJs;
use self::error::ResolveError;
use self::esm::EsModules;
use self::format::Format;
use self::resolve::{ResolveOptions, Resolver};
use crate::engine::stack;
use crate::runtime::{Options, State};

/// What one runtime has loaded.
#[derive(Default)]
pub struct ModuleState {
    resolver: OnceCell<Resolver>,
    commonjs: CommonJs,
    esm: EsModules,
    /// Whether `-r` modules are being loaded.
    preloading: Cell<bool>,
    /// The files whose text was wrapped: the first line's columns are off by the length of the wrapper.
    wrapped: RefCell<FxHashSet<String>>,
    syntax_errors: RefCell<Vec<(boa_engine::JsObject, SyntaxErrorLocation)>>,
}

impl ModuleState {
    /// The resolver of the runtime; made on first use.
    fn resolver(&self, options: &Options) -> &Resolver {
        self.resolver.get_or_init(|| {
            let resolver = Resolver::new(ResolveOptions {
                preserve_symlinks: options.preserve_symlinks,
                preserve_symlinks_main: options.preserve_symlinks_main,
                conditions: options.conditions.clone(),
                is_builtin: builtins::is_builtin,
            });
            *resolver.global_paths.borrow_mut() = Resolver::default_global_paths();
            resolver
        })
    }

    /// How many columns of line 1 of a file, as the engine counts them, are not the file's own.
    #[must_use]
    pub fn column_offset(&self, file: &str) -> u32 {
        if self.wrapped.borrow().contains(file) {
            u32::try_from(stack::WRAPPER_PREFIX.len()).unwrap_or(0)
        } else {
            0
        }
    }

    /// Whether a CommonJS module was loaded from a file, or an ES module is there.
    pub fn has_loaded(&self, file: &str) -> bool {
        self.wrapped.borrow().contains(file) || self.esm.has(Path::new(file))
    }
}

/// The file behind the path of a stack frame, which is a URL for ES modules.
#[must_use]
pub fn path_of_frame(path: &str) -> std::path::PathBuf {
    let url = path
        .strip_prefix("file:")
        .and_then(|_| url::Url::parse(path).ok());
    match url.and_then(|url| paths::from_file_url(&url).ok()) {
        Some(file) => file,
        None => path.into(),
    }
}

/// Begins with the main script, as a program that was loaded before may have decided: `Module.runMain` can be patched.
///
/// # Errors
/// Those of [`run_main`].
pub fn start_main(path: &Path, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    match state.modules.commonjs.patched_run_main(context)? {
        Some(patched) => patched.call(&JsValue::undefined(), &[], context).map(drop),
        None => run_main(path, context),
    }
}

/// Runs the main script: a path as the command line has it, made absolute.
///
/// # Errors
/// What a CommonJS script throws. An ES module runs when the queues are drained, and reports by rejecting.
pub fn run_main(path: &Path, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let resolver = state.modules.resolver(&state.options);
    let extensions = [".js", ".json", ".node"].map(str::to_owned);
    let request = paths::text(path);
    let found = resolver.find_path(
        &request,
        &[],
        true,
        &extensions,
        &commonjs::current_directory(),
    );
    js_error::emit_deprecations(resolver.take_warnings(), context);
    let found = found.map_err(|error| js_error::resolve_error(&error, context))?;
    let Some(file) = found else {
        let error = ResolveError::CommonJsNotFound {
            request,
            stack: Vec::new(),
        };
        return Err(js_error::resolve_error(&error, context));
    };
    let format = format::of_file(&file, &resolver.packages);
    match format {
        Ok(Format::Module | Format::ModuleTypeScript) => {
            esm::run_main(paths::to_file_url(&file), context);
            Ok(())
        }
        _ => commonjs::load_main(&file, context),
    }
}

/// Runs `-e` code as a script, with `require`, `module`, `exports`, `__filename` and `__dirname` as globals; returns its
/// completion value.
///
/// # Errors
/// What the code throws.
pub fn run_eval(source: &str, name: &str, context: &mut Context) -> JsResult<JsValue> {
    commonjs::define_globals(name, context)?;
    stack::register_source(name, source, context);
    crate::engine::nesting::check(source)?;
    let readable = lexer::for_engine(source);
    let parsed = Script::parse(
        Source::from_bytes(readable.as_ref()).with_path(Path::new(name)),
        None,
        context,
    );
    let parsed = match parsed {
        Err(_) if syntax::is_module_text(source) => {
            run_eval_module(source, context)?;
            return Ok(JsValue::undefined());
        }
        parsed => parsed,
    };
    let script = syntax::explained(parsed, source, name, context)?;
    script.evaluate(context)
}

/// Only parses a script file: `ouro --check`.
///
/// # Errors
/// A file that can't be read, a syntax error.
pub fn check_file(path: &Path, context: &mut Context) -> JsResult<()> {
    let name = paths::text(path);
    let text = commonjs::read_text(&name, context)?;
    check_text(&text, &name, context)
}

/// Only parses a text, as a CommonJS module or, if it is none, as an ES module.
///
/// # Errors
/// A syntax error.
pub fn check_text(source: &str, name: &str, context: &mut Context) -> JsResult<()> {
    match commonjs::compile(source, name, context) {
        Err(error) if !syntax::parses_as_module(source) => Err(error),
        _ => Ok(()),
    }
}

/// Runs `--input-type=module -e` code as the main module.
///
/// # Errors
/// A syntax error; what the code throws rejects.
pub fn run_eval_module(source: &str, context: &mut Context) -> JsResult<()> {
    let directory = commonjs::current_directory();
    let url = paths::to_file_url(&directory.join("[eval1]"));
    stack::register_source(url.as_str(), source, context);
    esm::module_for_text(&url, source, context)?;
    esm::run_main(url, context);
    Ok(())
}

/// Begins to load the ES modules of `--import`, one after the other; the promise is settled when all are evaluated.
///
/// # Errors
/// Those of the engine: what the modules throw rejects.
pub fn preload_imports(requests: &[String], context: &mut Context) -> JsResult<JsPromise> {
    let lines: Vec<String> = requests
        .iter()
        .map(|request| format!("await import({});\n", quoted(request)))
        .collect();
    let url = paths::to_file_url(&commonjs::current_directory().join("[preload]"));
    let module = esm::module_for_text(&url, &lines.concat(), context)?;
    esm::load_and_link(&module, context)?;
    esm::evaluate(&module, context)
}

/// A text as a string literal of script.
fn quoted(text: &str) -> String {
    let escaped: String = text.chars().flat_map(char::escape_default).collect();
    // Rust writes `\u{e9}`, which script reads alike.
    format!("\"{escaped}\"")
}

/// Loads the modules of `-r`.
///
/// # Errors
/// What they throw.
pub fn preload(requests: &[String], context: &mut Context) -> JsResult<()> {
    if requests.is_empty() {
        return Ok(());
    }
    let state = State::of(context);
    state.modules.preloading.set(true);
    let outcome = commonjs::preload(requests, context);
    state.modules.preloading.set(false);
    outcome
}
