//! The native side of `require('module')`: `Module.prototype`, and the static functions that its script half puts on the
//! class.

use std::path::Path;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    native_function::NativeFunctionPointer, object::builtins::JsFunction, property::Attribute,
};

use super::super::resolve::Resolver;
use super::super::{builtins, esm, js_error, paths};
use super::{
    Core, array_of, compile, current_directory, extensions, initialize, load, make_require,
    new_module, parent_of, require, set_hidden, strings_of,
};
use crate::engine::native::{self, Natives};
use crate::engine::registry;
use crate::node::{PUBLIC_MODULES, SCHEME_ONLY_MODULES};
use crate::node::{errors, process};
use crate::runtime::State;

/// The functions that a program may put others in place of.
const PATCHABLE: &[(&str, usize, NativeFunctionPointer)] = &[
    ("_load", 3, static_load),
    ("_resolveFilename", 4, static_resolve_filename),
    ("_resolveLookupPaths", 2, static_resolve_lookup_paths),
    ("_findPath", 3, static_find_path),
    ("_nodeModulePaths", 1, static_node_module_paths),
    ("runMain", 0, run_main),
    ("require", 1, method_require),
    ("load", 1, method_load),
    ("_compile", 3, method_compile),
    (".js", 2, extensions::load_js),
    (".json", 2, extensions::load_json),
    (".node", 2, extensions::load_addon),
];

/// Makes what every module needs, before any runs.
pub fn make_core(context: &mut Context) -> Core {
    let originals: Vec<(&'static str, JsFunction)> = PATCHABLE
        .iter()
        .map(|&(name, length, function)| {
            let shown = if name.starts_with('.') { "" } else { name };
            (name, native::function(context, shown, length, function))
        })
        .collect();
    let find = |name: &str| -> JsValue {
        originals
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, function)| function.clone().into())
            .unwrap_or_default()
    };
    let loaders = JsObject::with_null_proto();
    for name in [".js", ".json", ".node"] {
        insert(&loaders, name, find(name));
    }
    let prototype = JsObject::with_object_proto(context.intrinsics());
    for name in ["load", "require", "_compile"] {
        insert(&prototype, name, find(name));
    }
    let prototype = Natives::on(prototype, context)
        .attributes(Attribute::empty())
        .accessor("constructor", get_constructor, None)
        .attributes(Attribute::CONFIGURABLE)
        .accessor("parent", get_parent, Some(set_parent))
        .accessor("isPreloading", is_preloading, None)
        .build();
    Core {
        prototype,
        cache: JsObject::with_null_proto(),
        extensions: loaders,
        path_cache: JsObject::with_null_proto(),
        originals,
        parent: JsSymbol::new(Some(js_string!("parent"))).expect("symbols don't run out"),
    }
}

fn insert(object: &JsObject, name: &str, value: JsValue) {
    object.insert_property(
        JsString::from(name),
        native::property(value, Attribute::all()),
    );
}

/// `binding('modules')`: everything that the script half builds the class from.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let state = State::of(context);
    let core = state.modules.commonjs.core(context);
    let globals = state
        .modules
        .resolver(&state.options)
        .global_paths
        .borrow()
        .clone();
    let globals = array_of(&globals, context);
    let mut names: Vec<String> = PUBLIC_MODULES.iter().map(|&name| name.to_owned()).collect();
    names.extend(
        SCHEME_ONLY_MODULES
            .iter()
            .map(|name| format!("node:{name}")),
    );
    let names = array_of(&names, context);
    let wrapper = array_of(&compile::WRAPPER.map(str::to_owned), context);
    let mut natives = Natives::new(context)
        .value("prototype", core.prototype.clone())
        .value("_cache", core.cache.clone())
        .value("_extensions", core.extensions.clone())
        .value("_pathCache", core.path_cache.clone())
        .value("globalPaths", globals)
        .value("builtinModules", names)
        .value("wrapper", wrapper);
    for (name, function) in &core.originals {
        if *name == "runMain" || (name.starts_with('_') && *name != "_compile") {
            natives = natives.value(name, function.clone());
        }
    }
    Ok(natives
        .function("initialize", 3, native_initialize)
        .function("setClass", 1, set_class)
        .function("_stat", 1, stat)
        .function("initPaths", 2, init_paths)
        .function("isBuiltin", 1, is_builtin)
        .function("createRequire", 1, create_require)
        .function("syncBuiltinESMExports", 0, esm::sync_builtin_exports)
        .function("findPackageJSON", 2, find_package_json)
        .build())
}

fn text_of(value: &JsValue, context: &mut Context) -> JsResult<JsString> {
    value.to_string(context)
}

fn static_load(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let request = text_of(args.get_or_undefined(0), context)?;
    let is_main = args.get_or_undefined(2).to_boolean();
    load::load_original(&request, args.get_or_undefined(1), is_main, context)
}

fn static_resolve_filename(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let request = args.get_or_undefined(0);
    let Some(request) = request.as_string() else {
        return Err(errors::invalid_arg_type(
            "request",
            &["string"],
            request,
            context,
        ));
    };
    load::resolve_original(
        &request,
        args.get_or_undefined(1),
        args.get_or_undefined(2).to_boolean(),
        args.get_or_undefined(3),
        context,
    )
    .map(Into::into)
}

fn static_resolve_lookup_paths(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let request = text_of(args.get_or_undefined(0), context)?;
    require::resolve_lookup_paths(&request, args.get_or_undefined(1), context)
}

fn static_find_path(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let request = text_of(args.get_or_undefined(0), context)?.to_std_string_lossy();
    let lookup = strings_of(args.get_or_undefined(1), context)?;
    let is_main = args.get_or_undefined(2).to_boolean();
    let extensions = extensions::names(context)?;
    let state = State::of(context);
    let resolver = state.modules.resolver(&state.options);
    let found = resolver.find_path(
        &request,
        &lookup,
        is_main,
        &extensions,
        &current_directory(),
    );
    match found {
        Ok(Some(found)) => Ok(JsString::from(paths::text(&found)).into()),
        Ok(None) => Ok(false.into()),
        Err(error) => Err(js_error::resolve_error(&error, context)),
    }
}

fn static_node_module_paths(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let from = text_of(args.get_or_undefined(0), context)?.to_std_string_lossy();
    let from = paths::join(&current_directory(), &from);
    Ok(array_of(&super::super::resolve::node_module_paths(&from), context).into())
}

fn method_require(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = this.to_object(context)?;
    require::require_module(&module, args, context)
}

fn method_load(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = this.to_object(context)?;
    let filename = text_of(args.get_or_undefined(0), context)?;
    load::load_file(&module, &filename, context)?;
    Ok(JsValue::undefined())
}

fn method_compile(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = this.to_object(context)?;
    let content = text_of(args.get_or_undefined(0), context)?.to_std_string_lossy();
    let filename = text_of(args.get_or_undefined(1), context)?.to_std_string_lossy();
    compile::run_source(&module, &content, &filename, true, context)
}

/// The class, which loads when it is asked for.
fn get_constructor(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    registry::require("module", context)
}

fn get_parent(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    warn_of_parent(context)?;
    match this.as_object() {
        Some(module) => parent_of(&module, context),
        None => Ok(JsValue::undefined()),
    }
}

fn warn_of_parent(context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    if !state.options.pending_deprecation || state.modules.commonjs.parent_warned.replace(true) {
        return Ok(());
    }
    process::emit_warning(
        "module.parent is deprecated due to accuracy issues. Please use require.main to find program entry point instead.",
        "DeprecationWarning",
        Some("DEP0144"),
        context,
    )
}

fn set_parent(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    warn_of_parent(context)?;
    let core = State::of(context).modules.commonjs.core(context);
    if let Some(module) = this.as_object() {
        set_hidden(&module, &core.parent, args.get_or_undefined(0).clone());
    }
    Ok(JsValue::undefined())
}

fn is_preloading(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context).modules.preloading.get().into())
}

fn native_initialize(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = args.get_or_undefined(0).to_object(context)?;
    let id = match args.get_or_undefined(1) {
        id if id.is_undefined() => JsString::default(),
        id => text_of(id, context)?,
    };
    initialize(&module, &id, args.get_or_undefined(2), context)?;
    Ok(JsValue::undefined())
}

fn set_class(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let class = args.get_or_undefined(0).to_object(context)?;
    *State::of(context).modules.commonjs.class.borrow_mut() = Some(class);
    Ok(JsValue::undefined())
}

fn stat(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = text_of(args.get_or_undefined(0), context)?.to_std_string_lossy();
    Ok(match std::fs::metadata(path) {
        Ok(metadata) => i32::from(metadata.is_dir()).into(),
        Err(error) => errors::errno_of(&error).into(),
    })
}

/// `initPaths(NODE_PATH, HOME)`: takes over and returns the global paths that follow from these.
fn init_paths(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let variable = |index: usize| {
        let value = args.get_or_undefined(index).as_string();
        value.map(|value| value.to_std_string_lossy().into())
    };
    let paths = Resolver::global_paths_of(variable(0), variable(1));
    let state = State::of(context);
    *state
        .modules
        .resolver(&state.options)
        .global_paths
        .borrow_mut() = paths.clone();
    Ok(array_of(&paths, context).into())
}

fn is_builtin(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let name = args.get_or_undefined(0).as_string();
    Ok(name
        .is_some_and(|name| builtins::is_builtin(&name.to_std_string_lossy()))
        .into())
}

fn create_require(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let from = args.get_or_undefined(0);
    let filename = match from.as_object() {
        Some(object) => object.get(js_string!("href"), context)?.as_string(),
        None => from.as_string(),
    };
    let filename = filename.map(|text| text.to_std_string_lossy());
    let path = match filename.as_deref() {
        Some(text) if text.starts_with("file:") => url::Url::parse(text)
            .ok()
            .and_then(|url| paths::from_file_url(&url).ok()),
        Some(text) if Path::new(text).is_absolute() && from.as_object().is_none() => {
            Some(text.into())
        }
        _ => None,
    };
    let Some(path) = path else {
        let reason = "must be a file URL object, file URL string, or absolute path string";
        return Err(errors::invalid_arg_value("filename", from, reason, context));
    };
    let mut filename = paths::text(&path);
    if from
        .as_string()
        .is_some_and(|text| text.to_std_string_lossy().ends_with('/'))
        && !filename.ends_with('/')
    {
        filename.push('/');
    }
    let require = require_for_file(&filename, context)?;
    Ok(require.into())
}

/// The `require` of a file that isn't a CommonJS module.
pub fn require_for_file(filename: &str, context: &mut Context) -> JsResult<JsFunction> {
    // A name that ends in a slash stands for a directory: its requests are relative to the directory itself.
    let (filename, directory) = if filename.ends_with('/') {
        (format!("{filename}noop.js"), Path::new(filename).to_owned())
    } else {
        let directory = Path::new(filename)
            .parent()
            .unwrap_or(Path::new(filename))
            .to_owned();
        (filename.to_owned(), directory)
    };
    let filename = JsString::from(filename);
    let module = new_module(&filename, &JsValue::undefined(), context)?;
    module.set(js_string!("filename"), filename, true, context)?;
    let paths = load::module_paths(&directory, context)?;
    module.set(js_string!("paths"), paths, true, context)?;
    make_require(&module, context)
}

/// `module.findPackageJSON(specifier, base)`
fn find_package_json(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let to_path = |value: &JsValue, context: &mut Context| -> JsResult<Option<String>> {
        let text = match value.as_object() {
            Some(object) => object.get(js_string!("href"), context)?.as_string(),
            None => value.as_string(),
        };
        Ok(text.map(|text| text.to_std_string_lossy()))
    };
    let Some(specifier) = to_path(args.get_or_undefined(0), context)? else {
        let value = args.get_or_undefined(0);
        return Err(errors::invalid_arg_type(
            "specifier",
            &["string", "URL"],
            value,
            context,
        ));
    };
    let base = to_path(args.get_or_undefined(1), context)?;
    let plain = |text: &str| match url::Url::parse(text) {
        Ok(url) if url.scheme() == "file" => paths::from_file_url(&url).ok(),
        _ => Path::new(text).is_absolute().then(|| text.into()),
    };
    let state = State::of(context);
    let resolver = state.modules.resolver(&state.options);
    let base_path = base.as_deref().and_then(plain);
    let start = match plain(&specifier) {
        Some(path) => Some(path),
        None if paths::is_relative(&specifier) => base_path.as_deref().map(|base| {
            let directory = if base.is_dir() {
                base
            } else {
                base.parent().unwrap_or(base)
            };
            paths::join(directory, &specifier)
        }),
        None => {
            let found = base_path
                .as_deref()
                .and_then(|base| resolver.package_directory(&specifier, base));
            return Ok(match found {
                Some(found) => JsString::from(paths::text(&found.join("package.json"))).into(),
                None => JsValue::undefined(),
            });
        }
    };
    let Some(start) = start else {
        return Ok(JsValue::undefined());
    };
    let file = if start.is_dir() {
        start.join("x")
    } else {
        start
    };
    match resolver.packages.scope_of(&file) {
        Ok(Some(package)) => Ok(JsString::from(paths::text(&package.path)).into()),
        Ok(None) => Ok(JsValue::undefined()),
        Err(error) => Err(js_error::resolve_error(&error, context)),
    }
}

/// `Module.runMain`: runs `process.argv[1]`.
fn run_main(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let process = registry::require("process", context)?.to_object(context)?;
    let argv = process
        .get(js_string!("argv"), context)?
        .to_object(context)?;
    let script = argv
        .get(1, context)?
        .to_string(context)?
        .to_std_string_lossy();
    super::super::run_main(Path::new(&script), context)?;
    Ok(JsValue::undefined())
}
