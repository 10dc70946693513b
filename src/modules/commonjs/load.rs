//! `Module._load`, `Module._resolveFilename` and `Module.prototype.load`: from a request to a module that has run.

use std::path::Path;

use boa_engine::builtins::proxy::Proxy;
use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::super::error::ResolveError;
use super::super::resolve::{CommonJsParent, CommonJsRequest, node_module_paths};
use super::super::{builtins, js_error};
use super::{
    PRELOADER, array_of, current_directory, extensions, new_module, parent_of, strings_of,
    text_property, update_children,
};
use crate::engine::registry;
use crate::runtime::State;

/// `Module._load`, honouring a patched one.
///
/// # Errors
/// What the resolution or the module throws.
pub fn load(
    request: &JsString,
    parent: &JsValue,
    is_main: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    if let Some(patched) = state.modules.commonjs.patched("_load", context)? {
        let args = [request.clone().into(), parent.clone(), is_main.into()];
        return patched.call(&class(context), &args, context);
    }
    load_original(request, parent, is_main, context)
}

/// Runs a file as the program's main module.
///
/// # Errors
/// What the module throws.
pub fn load_main(filename: &Path, context: &mut Context) -> JsResult<()> {
    let request = JsString::from(filename.to_string_lossy().as_ref());
    load(&request, &JsValue::null(), true, context).map(drop)
}

fn class(context: &mut Context) -> JsValue {
    let class = State::of(context).modules.commonjs.class.borrow().clone();
    class.map(JsValue::from).unwrap_or_default()
}

/// `Module._load` as it is without patches.
pub fn load_original(
    request: &JsString,
    parent: &JsValue,
    is_main: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    let commonjs = &state.modules.commonjs;
    let text = request.to_std_string_lossy();

    let shortcut = match parent.as_object() {
        Some(parent) => text_property(&parent, js_string!("path"), context)?
            .map(|directory| format!("{directory}\0{text}")),
        None => None,
    };
    if let Some(shortcut) = &shortcut {
        let known = commonjs.relative.borrow().get(shortcut).cloned();
        if let Some(filename) = known {
            let cached = commonjs
                .cache(context)?
                .get(JsString::from(filename), context)?;
            if let Some(cached) = cached.as_object() {
                update_children(parent, &cached, true, context)?;
                return cached_exports(&cached, context);
            }
            commonjs.relative.borrow_mut().remove(shortcut);
        }
    }

    if text.starts_with("node:") {
        return builtins::load(&text, context);
    }
    let filename = resolve_filename(request, parent, is_main, &JsValue::undefined(), context)?;
    let cache = commonjs.cache(context)?;
    if let Some(cached) = cache.get(filename.clone(), context)?.as_object() {
        update_children(parent, &cached, true, context)?;
        return cached_exports(&cached, context);
    }
    let filename_text = filename.to_std_string_lossy();
    if builtins::is_builtin(&filename_text) {
        return builtins::load(&filename_text, context);
    }

    let module = new_module(&filename, parent, context)?;
    if is_main {
        become_main(&module, context)?;
    }
    cache.set(filename.clone(), module.clone(), true, context)?;
    if let Some(shortcut) = &shortcut {
        commonjs
            .relative
            .borrow_mut()
            .insert(shortcut.clone(), filename_text);
    }
    let outcome = run_module(&module, &filename, context);
    if State::of(context).registry.is_loaded("module/circular") {
        let exports = module.get(js_string!("exports"), context)?;
        circular("release", &exports, context)?;
    }
    if let Err(error) = outcome {
        cache.delete_property_or_throw(filename, context)?;
        if let Some(shortcut) = &shortcut {
            commonjs.relative.borrow_mut().remove(shortcut);
        }
        forget_child(parent, &module, context)?;
        return Err(error);
    }
    module.get(js_string!("exports"), context)
}

/// The exports of a module in the cache. One that is still loading is in a cycle: properties that it lacks are warned of.
fn cached_exports(module: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let exports = module.get(js_string!("exports"), context)?;
    let is_loaded = module.get(js_string!("loaded"), context)?.to_boolean();
    if !is_loaded && exports.is_object() && !exports.is_callable() {
        circular("watch", &exports, context)?;
    }
    Ok(exports)
}

fn circular(step: &str, exports: &JsValue, context: &mut Context) -> JsResult<()> {
    // Looking at a proxy would trigger its traps.
    let Some(exports) = exports.as_object().filter(|exports| !exports.is::<Proxy>()) else {
        return Ok(());
    };
    let circular = registry::require("module/circular", context)?.to_object(context)?;
    let step = circular.get(JsString::from(step), context)?;
    match step.as_callable() {
        Some(step) => step
            .call(&JsValue::undefined(), &[exports.into()], context)
            .map(drop),
        None => Ok(()),
    }
}

fn become_main(module: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    module.set(js_string!("id"), js_string!("."), true, context)?;
    *state.modules.commonjs.main.borrow_mut() = Some(module.clone());
    let process = registry::require("process", context)?;
    if let Some(process) = process.as_object() {
        process.set(js_string!("mainModule"), module.clone(), false, context)?;
    }
    Ok(())
}

fn forget_child(parent: &JsValue, child: &JsObject, context: &mut Context) -> JsResult<()> {
    let Some(parent) = parent.as_object() else {
        return Ok(());
    };
    let children = parent.get(js_string!("children"), context)?;
    let Some(children) = children.as_object().filter(JsObject::is_array) else {
        return Ok(());
    };
    let length = children
        .get(js_string!("length"), context)?
        .to_length(context)?;
    for index in 0..length {
        let known = children.get(index, context)?;
        if known
            .as_object()
            .is_some_and(|known| JsObject::equals(&known, child))
        {
            for next in index + 1..length {
                let value = children.get(next, context)?;
                children.set(next - 1, value, true, context)?;
            }
            children.set(js_string!("length"), length - 1, true, context)?;
            return Ok(());
        }
    }
    Ok(())
}

/// `module.load(filename)`, honouring a patched one.
fn run_module(module: &JsObject, filename: &JsString, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let core = state.modules.commonjs.core(context);
    let load = module.get(js_string!("load"), context)?;
    match load.as_callable() {
        Some(load) if !core.is_original("load", &load) => load
            .call(&module.clone().into(), &[filename.clone().into()], context)
            .map(drop),
        _ => load_file(module, filename, context),
    }
}

/// `Module.prototype.load`.
pub fn load_file(module: &JsObject, filename: &JsString, context: &mut Context) -> JsResult<()> {
    let text = filename.to_std_string_lossy();
    let directory = Path::new(&text)
        .parent()
        .unwrap_or(Path::new(&text))
        .to_owned();
    module.set(js_string!("filename"), filename.clone(), true, context)?;
    let paths = module_paths(&directory, context)?;
    module.set(js_string!("paths"), paths, true, context)?;
    extensions::run(module, filename, context)?;
    module
        .set(js_string!("loaded"), true, true, context)
        .map(drop)
}

/// `Module._nodeModulePaths`, honouring a patched one.
pub fn module_paths(directory: &Path, context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    if let Some(patched) = state
        .modules
        .commonjs
        .patched("_nodeModulePaths", context)?
    {
        let directory = JsString::from(directory.to_string_lossy().as_ref());
        return patched.call(&class(context), &[directory.into()], context);
    }
    Ok(array_of(&node_module_paths(directory), context).into())
}

/// `Module._resolveFilename`, honouring a patched one.
///
/// # Errors
/// `MODULE_NOT_FOUND`, and whatever a package.json on the way has wrong.
pub fn resolve_filename(
    request: &JsString,
    parent: &JsValue,
    is_main: bool,
    options: &JsValue,
    context: &mut Context,
) -> JsResult<JsString> {
    let state = State::of(context);
    if let Some(patched) = state
        .modules
        .commonjs
        .patched("_resolveFilename", context)?
    {
        let args = [
            request.clone().into(),
            parent.clone(),
            is_main.into(),
            options.clone(),
        ];
        return patched
            .call(&class(context), &args, context)?
            .to_string(context);
    }
    resolve_original(request, parent, is_main, options, context)
}

/// `Module._resolveFilename` as it is without patches.
pub fn resolve_original(
    request: &JsString,
    parent: &JsValue,
    is_main: bool,
    options: &JsValue,
    context: &mut Context,
) -> JsResult<JsString> {
    let state = State::of(context);
    let text = request.to_std_string_lossy();
    if builtins::is_builtin(&text) {
        return Ok(request.clone());
    }
    let paths = option_paths(options, context)?;
    let found = match custom_lookup(request, parent, is_main, paths.as_deref(), context)? {
        Some(found) => found,
        None => {
            let parent = Parent::of(parent, context)?;
            let extensions = extensions::names(context)?;
            let resolver = state.modules.resolver(&state.options);
            if state.modules.commonjs.path_cache_was_replaced(context)? {
                resolver.forget_found();
            }
            let found = resolver.resolve_commonjs(&CommonJsRequest {
                request: &text,
                parent: parent.borrow(),
                is_main,
                extensions: &extensions,
                current_directory: &current_directory(),
                paths: paths.as_deref(),
            });
            js_error::emit_deprecations(resolver.take_warnings(), context);
            found
                .map_err(|error| js_error::resolve_error(&error, context))?
                .map(|path| path.to_string_lossy().into_owned())
        }
    };
    if let Some(found) = found {
        return Ok(JsString::from(found));
    }
    let error = ResolveError::CommonJsNotFound {
        request: text,
        stack: require_stack(parent, context)?,
    };
    Err(js_error::resolve_error(&error, context))
}

/// The detour over `Module._resolveLookupPaths` and `Module._findPath` where a program patched one of them.
fn custom_lookup(
    request: &JsString,
    parent: &JsValue,
    is_main: bool,
    paths: Option<&[String]>,
    context: &mut Context,
) -> JsResult<Option<Option<String>>> {
    let state = State::of(context);
    let commonjs = &state.modules.commonjs;
    let lookup = commonjs.patched("_resolveLookupPaths", context)?;
    let find = commonjs.patched("_findPath", context)?;
    if lookup.is_none() && find.is_none() {
        return Ok(None);
    }
    let class = class(context);
    let step = |name: &str, context: &mut Context| -> JsResult<JsObject> {
        let found = class
            .to_object(context)?
            .get(JsString::from(name), context)?;
        found.as_callable().ok_or_else(|| {
            boa_engine::JsNativeError::typ()
                .with_message(format!("Module.{name} is not a function"))
                .into()
        })
    };
    let directories = match paths {
        Some(paths) => array_of(paths, context).into(),
        None => step("_resolveLookupPaths", context)?.call(
            &class,
            &[request.clone().into(), parent.clone()],
            context,
        )?,
    };
    let found = step("_findPath", context)?.call(
        &class,
        &[request.clone().into(), directories, is_main.into()],
        context,
    )?;
    Ok(Some(
        found.as_string().map(|found| found.to_std_string_lossy()),
    ))
}

/// `options.paths` of `require.resolve`.
fn option_paths(options: &JsValue, context: &mut Context) -> JsResult<Option<Vec<String>>> {
    let Some(options) = options.as_object() else {
        return Ok(None);
    };
    let paths = options.get(js_string!("paths"), context)?;
    if paths.is_undefined() {
        return Ok(None);
    }
    if !paths.as_object().is_some_and(|paths| paths.is_array()) {
        return Err(crate::node::errors::invalid_arg_value(
            "options.paths",
            &paths,
            "is invalid",
            context,
        ));
    }
    strings_of(&paths, context).map(Some)
}

/// What resolution needs to know of the requiring module.
#[derive(Default)]
pub struct Parent {
    filename: Option<String>,
    paths: Vec<String>,
}

impl Parent {
    /// Reads the module's properties.
    pub fn of(parent: &JsValue, context: &mut Context) -> JsResult<Self> {
        let Some(parent) = parent.as_object() else {
            return Ok(Self::default());
        };
        let paths = parent.get(js_string!("paths"), context)?;
        let mut filename = text_property(&parent, js_string!("filename"), context)?;
        if filename.is_none() && is_preloader(&parent, context)? {
            // What `-r` names may be the package of the working directory.
            let stand_in = current_directory().join("[preload]");
            filename = Some(stand_in.to_string_lossy().into_owned());
        }
        Ok(Self {
            filename,
            paths: strings_of(&paths, context)?,
        })
    }

    /// The same as resolution takes it.
    #[must_use]
    pub fn borrow(&self) -> CommonJsParent<'_> {
        CommonJsParent {
            filename: self.filename.as_deref(),
            paths: &self.paths,
        }
    }
}

fn is_preloader(module: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(text_property(module, js_string!("id"), context)?.as_deref() == Some(PRELOADER))
}

/// The file names from the requiring module up to the first.
fn require_stack(parent: &JsValue, context: &mut Context) -> JsResult<Vec<String>> {
    let mut stack = Vec::new();
    let mut seen: Vec<JsObject> = Vec::new();
    let mut next = parent.as_object();
    while let Some(module) = next {
        if seen.iter().any(|known| JsObject::equals(known, &module)) {
            break;
        }
        let name = match text_property(&module, js_string!("filename"), context)? {
            Some(filename) => Some(filename),
            None => text_property(&module, js_string!("id"), context)?,
        };
        stack.extend(name);
        next = parent_of(&module, context)?.as_object();
        seen.push(module);
    }
    Ok(stack)
}
