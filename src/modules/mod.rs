//! Finding and loading modules: CommonJS, ES modules, JSON.
//!
//! `resolve` answers *which file is meant* and knows nothing of the engine; `package_json` reads what packages say
//! about themselves; `format` says what kind of module a file is; `lexer` guesses the exports of CommonJS text.

pub mod error;
pub mod format;
pub mod lexer;
pub mod package_json;
pub mod paths;
pub mod resolve;

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsNativeError, JsResult, Module, Script, Source,
    module::{ModuleLoader, ModuleRequest, Referrer},
};
use std::path::Path;

/// What one runtime has loaded.
#[derive(Default)]
pub struct ModuleState {}

/// The engine's module loader.
#[derive(Default)]
pub struct Loader {}

impl ModuleLoader for Loader {
    async fn load_imported_module(
        self: Rc<Self>,
        _: Referrer,
        request: ModuleRequest,
        _: &RefCell<&mut Context>,
    ) -> JsResult<Module> {
        Err(JsNativeError::error()
            .with_message(format!(
                "Cannot find module '{}'",
                request.specifier().to_std_string_lossy()
            ))
            .into())
    }
}

/// Runs the main script.
///
/// # Errors
/// What it throws.
pub fn run_main(path: &Path, context: &mut Context) -> JsResult<()> {
    let text = std::fs::read(path).map_err(|error| {
        JsNativeError::error().with_message(format!("{}: {error}", path.display()))
    })?;
    Script::parse(Source::from_bytes(&text).with_path(path), None, context)?
        .evaluate(context)
        .map(drop)
}

/// At the end: a main module whose top-level await never settled.
pub fn report_unsettled_main(_: &mut Context) {}
