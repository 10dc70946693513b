//! What the engine calls: for each static import while a graph loads, and for each `import()`.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use boa_engine::{
    Context, JsObject, JsResult, JsString, Module,
    module::{ModuleLoader, ModuleRequest, Referrer},
};
use url::Url;

use super::super::commonjs::current_directory;
use super::super::{imports, js_error, paths};
use super::{Kind, meta, run, source};
use crate::engine::stack::mark::{Imports, Mark};
use crate::node::{errors, vm};
use crate::runtime::State;

/// The engine's module loader.
#[derive(Default)]
pub struct Loader;

impl ModuleLoader for Loader {
    async fn load_imported_module(
        self: Rc<Self>,
        referrer: Referrer,
        request: ModuleRequest,
        context: &RefCell<&mut Context>,
    ) -> JsResult<Module> {
        import(&referrer, &request, &mut context.borrow_mut())
    }

    fn init_import_meta(
        self: Rc<Self>,
        import_meta: &JsObject,
        module: &Module,
        context: &mut Context,
    ) {
        if !vm::fill_meta(import_meta, module, context) {
            meta::fill(import_meta, module, context);
        }
    }
}

fn import(referrer: &Referrer, request: &ModuleRequest, context: &mut Context) -> JsResult<Module> {
    let path = referrer
        .path()
        .map(|path| path.to_string_lossy().into_owned());
    let Some(mark) = path.as_deref().and_then(Mark::read) else {
        // Code from strings has no path; in a context nobody serves its imports.
        let realm = context.realm().clone();
        if path.is_none() && !vm::loads_imports(&realm, context) {
            let code = "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING";
            return Err(errors::node_error(code, &[], context));
        }
        return load_as_program(referrer, request, context);
    };
    if State::of(context).modules.esm.loading.get() {
        return vm::answer_import(&mark, request, context);
    }
    let code = match mark.imports {
        Imports::Default => return load_as_program(referrer, request, context),
        Imports::Missing => "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING",
        Imports::Callback => "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG",
    };
    Err(errors::node_error(code, &[], context))
}

/// Modules are the program's, whoever asks for them.
fn load_as_program(
    referrer: &Referrer,
    request: &ModuleRequest,
    context: &mut Context,
) -> JsResult<Module> {
    let realm = vm::main_realm(context);
    let old = context.enter_realm(realm);
    let module = load(referrer, request, context);
    context.enter_realm(old);
    module
}

fn load(referrer: &Referrer, request: &ModuleRequest, context: &mut Context) -> JsResult<Module> {
    let state = State::of(context);
    let esm = &state.modules.esm;
    let base = base_url(referrer, context);
    let specifier = request.specifier().to_std_string_lossy();
    let wants_json = wants_json(request, &specifier, &base, context)?;
    let key = (base.as_str().to_owned(), specifier.clone(), wants_json);
    let known = esm.requests.borrow().get(&key).cloned();
    let module = match known {
        Some(module) => module,
        None => {
            let module = source::resolve(&specifier, &base, wants_json, context)?;
            esm.requests.borrow_mut().insert(key, module.clone());
            module
        }
    };
    if !esm.loading.get() {
        // `import()`: run the graph here, where it can be watched. The engine finds it done.
        run::load_and_link(&module, context)?;
        run::evaluate_quietly(&module, context)?;
        return Ok(module);
    }
    let Referrer::Module(importer) = referrer else {
        return Ok(module);
    };
    let module = source::unless_executing(module, context)?;
    let module = match named_imports(importer, &specifier, context) {
        Some(names) => source::builtin_for_names(module, &names, context)?,
        None => module,
    };
    if let Some(record) = esm.record(importer) {
        record
            .imports
            .borrow_mut()
            .push((specifier, module.clone()));
    }
    Ok(module)
}

/// The names that a module imports from a specifier, if it names all that it wants.
fn named_imports(importer: &Module, specifier: &str, context: &Context) -> Option<Vec<String>> {
    if !super::super::builtins::is_builtin(specifier) {
        return None;
    }
    let record = State::of(context).modules.esm.record(importer)?;
    let Kind::SourceText(text) = &record.kind else {
        return None;
    };
    let clauses = imports::import_clauses(text);
    let mut names = Vec::new();
    for clause in clauses
        .into_iter()
        .filter(|clause| clause.specifier == specifier)
    {
        if clause.is_star {
            return None;
        }
        names.extend(clause.names);
    }
    Some(names)
}

/// The URL that specifiers are relative to.
fn base_url(referrer: &Referrer, context: &Context) -> Url {
    let state = State::of(context);
    if let Referrer::Module(module) = referrer
        && let Some(record) = state.modules.esm.record(module)
    {
        return record.url.clone();
    }
    let path = referrer.path().unwrap_or(Path::new("[eval1]"));
    let text = path.to_string_lossy();
    let text = match Mark::read(&text) {
        Some(mark) => mark.name.to_owned().into(),
        None => text,
    };
    if let Some(url) = ["file:", "data:"].iter().find_map(|scheme| {
        text.starts_with(scheme)
            .then(|| Url::parse(&text).ok())
            .flatten()
    }) {
        return url;
    }
    paths::to_file_url(&current_directory().join(path))
}

/// Whether the import is `with { type: 'json' }`, which is the only thing that it can be with.
fn wants_json(
    request: &ModuleRequest,
    specifier: &str,
    base: &Url,
    context: &mut Context,
) -> JsResult<bool> {
    let mut is_json = false;
    for attribute in request.attributes() {
        let value = attribute.value().to_std_string_lossy();
        if *attribute.key() == *"type" && value == "json" {
            is_json = true;
            continue;
        }
        let state = State::of(context);
        let target = state
            .modules
            .resolver(&state.options)
            .resolve_esm(specifier, base);
        let target = target.map_err(|error| js_error::resolve_error(&error, context))?;
        let args = [
            attribute.key().clone().into(),
            attribute.value().clone().into(),
            JsString::from(target.href()).into(),
        ];
        return Err(errors::node_error(
            "ERR_IMPORT_ATTRIBUTE_UNSUPPORTED",
            &args,
            context,
        ));
    }
    Ok(is_json)
}
