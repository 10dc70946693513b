//! `import()` in scripts and modules of `vm`. The engine wants to be answered at once, the program may take its time: where a
//! function of the program's serves the imports of a text, the text is read with calls of a hidden global function in
//! place of `import()`, which gives `vm.js` the key of the text and what it wants.

use std::{borrow::Cow, cell::RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue};

use super::global::define_hidden;
use crate::{engine::stack::mark::Imports, modules::lexer::with_import_calls, runtime::State};

/// The name of the function. Nobody has it by chance.
pub const IMPORT: &str = "ouro\u{1d0d}mport";

/// Who serves `import()` in a text.
#[derive(Clone, Copy)]
pub struct Served {
    pub imports: Imports,
    /// What `vm.js` knows the function of the program by.
    pub key: Option<u32>,
}

impl Served {
    /// As `vm.js` says it.
    pub fn of(value: &JsValue) -> Self {
        let (imports, key) = match value.as_number() {
            Some(1.0) => (Imports::Callback, None),
            Some(2.0) => (Imports::Default, None),
            Some(key) if key < 0.0 => (Imports::Callback, Some(-key as u32)),
            _ => (Imports::Missing, None),
        };
        Self { imports, key }
    }

    /// The text to read.
    pub fn rewritten<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.key {
            Some(key) => with_import_calls(text, &format!("{IMPORT}({key},")).into(),
            None => text.into(),
        }
    }
}

/// The function of `vm.js` that serves imports.
#[derive(Default)]
struct Handler(RefCell<Option<JsObject>>);

/// `onImport(handler)`: `handler(key, specifier, options)` returns a promise of a namespace.
pub fn on_import(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handler = State::of(context).slot::<Handler>();
    *handler.0.borrow_mut() = args.get_or_undefined(0).as_callable();
    Ok(JsValue::undefined())
}

/// Gives the realm of the context the function.
///
/// # Errors
/// Those of the engine.
pub fn define(context: &mut Context) -> JsResult<()> {
    define_hidden(IMPORT, import, context)
}

fn import(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handler = State::of(context).slot::<Handler>();
    let handler = handler.0.borrow().clone();
    match handler {
        Some(handler) => handler.call(&JsValue::undefined(), args, context),
        None => Ok(JsValue::undefined()),
    }
}
