//! ES modules: from a specifier to a linked and evaluated module of the engine.
//!
//! `source` makes modules (source text, CommonJS, JSON, built-ins), `hook` is what the engine calls for `import` in all its
//! forms, `run` loads, links and evaluates graphs, `require` is `require()` of an ES module, `meta` is `import.meta`.

mod hook;
mod meta;
mod require;
mod run;
mod source;

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, Module, module::SyntheticModule,
    object::builtins::JsPromise,
};
use rustc_hash::FxHashMap;
use url::Url;

pub use hook::Loader;
pub use require::run_as_commonjs;
pub use run::{evaluate, load_and_link, report_unsettled_main, run_main};
pub use source::module_for_text;

use crate::runtime::State;

/// What one runtime holds of ES modules.
#[derive(Default)]
pub struct EsModules {
    /// By URL, JSON modules apart.
    by_url: RefCell<FxHashMap<(String, bool), Module>>,
    records: RefCell<FxHashMap<Module, Rc<Record>>>,
    /// The texts that couldn't be parsed: every import of one gets the same error.
    broken: RefCell<FxHashMap<String, JsError>>,
    /// What each module's specifiers led to: the engine insists that this never changes.
    requests: RefCell<FxHashMap<(String, String, bool), Module>>,
    /// Whether a graph is being loaded: what the engine asks for then is a static import.
    loading: Cell<bool>,
    /// Evaluations on the stack, the innermost last.
    sessions: RefCell<Vec<Session>>,
    main: RefCell<Option<Main>>,
    /// The script function that steps run in; see `run::in_own_frame`.
    frame: RefCell<Option<JsObject>>,
    /// Built-ins that have been imported, to be brought up to date by `syncBuiltinESMExports`.
    builtins: RefCell<Vec<BuiltinFacade>>,
}

/// The program's main module.
struct Main {
    url: Url,
    promise: Option<JsPromise>,
}

/// One call of the engine's `evaluate`.
struct Session {
    root: Module,
    /// The module whose code runs, as far as is known.
    position: Option<Module>,
}

/// What the loader knows of a module.
pub struct Record {
    url: Url,
    kind: Kind,
    /// The modules it imports statically, in order.
    imports: RefCell<Vec<(String, Module)>>,
    /// Whether it has run, with all that it imports.
    evaluated: Cell<bool>,
    /// For a CommonJS module: whether its code runs on behalf of an `import` right now.
    executing: Cell<bool>,
}

/// The kind of a module.
enum Kind {
    /// An ES module, with its text.
    SourceText(Rc<str>),
    /// A CommonJS module, with the names it is believed to export.
    CommonJs(Vec<JsString>),
    /// A built-in, with its names.
    Builtin(Vec<JsString>),
    Json,
}

impl Record {
    fn new(url: Url, kind: Kind) -> Self {
        Self {
            url,
            kind,
            imports: RefCell::default(),
            evaluated: Cell::new(false),
            executing: Cell::new(false),
        }
    }
}

/// The place where a built-in's exports are copied to.
struct BuiltinFacade {
    /// Lives as long as its module, which the table of records keeps.
    synthetic: *const SyntheticModule,
    name: String,
    exports: Vec<JsString>,
}

impl EsModules {
    /// Whether the text of a file is a module here.
    pub(super) fn has(&self, file: &Path) -> bool {
        let Ok(url) = Url::from_file_path(file) else {
            return false;
        };
        let by_url = self.by_url.borrow();
        by_url.contains_key(&(String::from(url), false))
    }

    fn record(&self, module: &Module) -> Option<Rc<Record>> {
        self.records.borrow().get(module).cloned()
    }

    fn insert(&self, url: &Url, is_json: bool, kind: Kind, module: &Module) {
        self.by_url
            .borrow_mut()
            .insert((url.as_str().to_owned(), is_json), module.clone());
        self.insert_record(url, kind, module);
    }

    fn insert_record(&self, url: &Url, kind: Kind, module: &Module) {
        self.records
            .borrow_mut()
            .insert(module.clone(), Rc::new(Record::new(url.clone(), kind)));
    }

    fn find(&self, url: &Url, is_json: bool) -> Option<Module> {
        self.by_url
            .borrow()
            .get(&(url.as_str().to_owned(), is_json))
            .cloned()
    }

    /// All modules that `root` reaches through static imports, itself first.
    fn graph(&self, root: &Module) -> Vec<Module> {
        let mut seen: rustc_hash::FxHashSet<Module> = Default::default();
        let mut list = Vec::new();
        let mut open = vec![root.clone()];
        while let Some(module) = open.pop() {
            if !seen.insert(module.clone()) {
                continue;
            }
            if let Some(record) = self.record(&module) {
                open.extend(
                    record
                        .imports
                        .borrow()
                        .iter()
                        .map(|(_, module)| module.clone()),
                );
            }
            list.push(module);
        }
        list
    }
}

/// `module.syncBuiltinESMExports()`: gives importers of built-ins the present values of their exports.
pub fn sync_builtin_exports(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    let count = state.modules.esm.builtins.borrow().len();
    for index in 0..count {
        let (name, names) = {
            let facades = state.modules.esm.builtins.borrow();
            (facades[index].name.clone(), facades[index].exports.clone())
        };
        let values = source::builtin_values(&name, &names, context)?;
        let facades = state.modules.esm.builtins.borrow();
        let facade = &facades[index];
        // SAFETY: the engine keeps the synthetic module in a box that its module owns, and `records`, from which nothing is
        // ever taken, keeps that module.
        let synthetic = unsafe { &*facade.synthetic };
        for (name, value) in values {
            synthetic.set_export(&name, value)?;
        }
    }
    Ok(JsValue::undefined())
}
