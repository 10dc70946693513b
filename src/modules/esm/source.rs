//! Making modules: the text of an ES module parsed, and everything else dressed up as one.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, Module, Source, js_string,
    module::SyntheticModuleInitializer, object::builtins::JsArray,
};
use rustc_hash::FxHashSet;
use url::Url;

use super::super::commonjs;
use super::super::error::ResolveError;
use super::super::format::{self, Format};
use super::super::lexer::{commonjs_exports, for_engine};
use super::super::resolve::{CommonJsParent, CommonJsRequest, EsmTarget, node_module_paths};
use super::super::{builtins, js_error, paths, syntax};
use super::{BuiltinFacade, Kind};
use crate::node::{errors, process};
use crate::runtime::{
    State,
    access::{self, Operation},
};

/// The module that `specifier` means in the module at `base`.
pub fn resolve(
    specifier: &str,
    base: &Url,
    wants_json: bool,
    context: &mut Context,
) -> JsResult<Module> {
    let state = State::of(context);
    let resolver = state.modules.resolver(&state.options);
    let target = resolver.resolve_esm(specifier, base);
    js_error::emit_deprecations(resolver.take_warnings(), context);
    match target.map_err(|error| js_error::resolve_error(&error, context))? {
        EsmTarget::Builtin(name) => builtin(&name, context),
        EsmTarget::Url(url) => by_url(&url, wants_json, context),
    }
}

/// The module at a URL.
pub fn by_url(url: &Url, wants_json: bool, context: &mut Context) -> JsResult<Module> {
    let state = State::of(context);
    if let Some(module) = state.modules.esm.find(url, wants_json) {
        return Ok(module);
    }
    if let Some(error) = state.modules.esm.broken.borrow().get(url.as_str()) {
        return Err(error.clone());
    }
    let body = Body::of(url, context)?;
    match (body.format, wants_json) {
        (Format::Json, true) => json(url, &body.text(context)?, context),
        (Format::Json, false) => {
            let args = [
                url_value(url),
                js_string!("type").into(),
                js_string!("json").into(),
            ];
            Err(errors::node_error(
                "ERR_IMPORT_ATTRIBUTE_MISSING",
                &args,
                context,
            ))
        }
        (_, true) => {
            let args = [url_value(url), js_string!("json").into()];
            Err(errors::node_error(
                "ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE",
                &args,
                context,
            ))
        }
        (Format::Module | Format::ModuleTypeScript, _) => {
            let text = body.text(context)?;
            module_for_text(url, &text, context)
        }
        (Format::CommonJs | Format::CommonJsTypeScript, _) => commonjs(url, context),
        (Format::Detect | Format::DetectTypeScript, _) => {
            let text = body.text(context)?;
            if syntax::is_module_text(&text) {
                warn_of_missing_type(url, context)?;
                module_for_text(url, &text, context)
            } else {
                commonjs(url, context)
            }
        }
        (Format::Addon | Format::Wasm, _) => {
            let path = PathBuf::from(paths::display_url(url));
            let error = ResolveError::UnknownExtension {
                extension: format::extension(&path).to_owned(),
                path: paths::text(&path),
            };
            Err(js_error::resolve_error(&error, context))
        }
    }
}

/// A package that leaves it to the text of its files whether they are ES modules makes them slower to load.
///
/// # Errors
/// What emitting the warning throws.
pub fn warn_of_missing_type(url: &Url, context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let Ok(path) = paths::from_file_url(url) else {
        return Ok(());
    };
    if path.iter().any(|part| part == "node_modules") {
        return Ok(());
    }
    let Ok(Some(package)) = state
        .modules
        .resolver(&state.options)
        .packages
        .scope_of(&path)
    else {
        return Ok(());
    };
    let text = format!(
        "Module type of {url} is not specified and it doesn't parse as CommonJS.\nReparsing as ES module because module \
         syntax was detected. This incurs a performance overhead.\nTo eliminate this warning, add \"type\": \"module\" to {}.",
        paths::text(&package.path)
    );
    process::emit_warning(
        &text,
        "Warning",
        Some("MODULE_TYPELESS_PACKAGE_JSON"),
        context,
    )
}

fn url_value(url: &Url) -> JsValue {
    JsString::from(url.as_str()).into()
}

/// Where the text of a module comes from.
struct Body {
    format: Format,
    from: From,
}

enum From {
    File(String),
    Data(String),
}

impl Body {
    fn of(url: &Url, context: &mut Context) -> JsResult<Self> {
        let found = if url.scheme() == "data" {
            data_url(url).map(|(format, text)| Self {
                format,
                from: From::Data(text),
            })
        } else {
            let state = State::of(context);
            let packages = &state.modules.resolver(&state.options).packages;
            paths::from_file_url(url).and_then(|path| {
                Ok(Self {
                    format: format::of_file(&path, packages)?,
                    from: From::File(paths::text(&path)),
                })
            })
        };
        found.map_err(|error| js_error::resolve_error(&error, context))
    }

    fn text(&self, context: &mut Context) -> JsResult<String> {
        match &self.from {
            From::File(path) => commonjs::read_text(path, context),
            From::Data(text) => Ok(text.clone()),
        }
    }
}

/// Takes a data: URL apart: <https://fetch.spec.whatwg.org/#data-urls>, as far as modules need it.
fn data_url(url: &Url) -> Result<(Format, String), ResolveError> {
    let invalid = || ResolveError::InvalidUrl {
        input: url.as_str().to_owned(),
    };
    let (head, body) = url.path().split_once(',').ok_or_else(invalid)?;
    let media_type = head.split(';').next().unwrap_or("");
    if !media_type.contains('/') {
        return Err(invalid());
    }
    let format = format::of_media_type(media_type).ok_or_else(|| ResolveError::UnknownFormat {
        format: media_type.to_owned(),
        url: url.as_str().to_owned(),
    })?;
    // A `?` belongs to the data; what follows `#` doesn't.
    let body = match url.query() {
        Some(query) => format!("{body}?{query}"),
        None => body.to_owned(),
    };
    let bytes = super::super::resolve::percent_decode_bytes(&body);
    let bytes = if head.ends_with(";base64") {
        let compact: Vec<u8> = bytes
            .into_iter()
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
            .collect();
        base64_simd::STANDARD_NO_PAD
            .decode_to_vec(&compact)
            .map_err(|_| invalid())?
    } else {
        bytes
    };
    Ok((format, String::from_utf8_lossy(&bytes).into_owned()))
}

/// Parses an ES module and makes it known under its URL.
///
/// # Errors
/// A `SyntaxError`.
pub fn module_for_text(url: &Url, text: &str, context: &mut Context) -> JsResult<Module> {
    let state = State::of(context);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    crate::engine::nesting::check(text)?;
    // The engine wants something after an `export { … }`.
    let readable = format!("{}\n;", for_engine(text));
    let source = Source::from_bytes(&readable).with_path(Path::new(url.as_str()));
    let parsed = Module::parse(source, None, context).or_else(|error| {
        let renamed = syntax::without_contextual_names(&readable).ok_or_else(|| error.clone())?;
        let source = Source::from_bytes(&renamed).with_path(Path::new(url.as_str()));
        Module::parse(source, None, context).map_err(|_| error)
    });
    let module = syntax::explained(parsed, text, url.as_str(), context).inspect_err(|error| {
        let mut broken = state.modules.esm.broken.borrow_mut();
        broken.insert(url.as_str().to_owned(), error.clone());
    })?;
    state
        .modules
        .esm
        .insert(url, false, Kind::SourceText(Rc::from(text)), &module);
    Ok(module)
}

fn json(url: &Url, text: &str, context: &mut Context) -> JsResult<Module> {
    let state = State::of(context);
    let shown = paths::display_url(url);
    let is_plain_file = url.scheme() == "file" && url.query().is_none() && url.fragment().is_none();
    let shared = if is_plain_file {
        commonjs::loaded_exports(&shown, context)?
    } else {
        None
    };
    let value = match shared {
        Some(value) => value,
        None => {
            let value = commonjs::parse_json(text, &shown, context)?;
            if is_plain_file {
                commonjs::remember_json(&shown, &value, context)?;
            }
            value
        }
    };
    let module = synthetic(&[], url, value, context, |module, value, _| {
        module.set_export(&js_string!("default"), value.clone())
    });
    state.modules.esm.insert(url, true, Kind::Json, &module);
    Ok(module)
}

type Steps<T> = fn(&boa_engine::module::SyntheticModule, &T, &mut Context) -> JsResult<()>;

/// A synthetic module that exports `default` and `names`.
fn synthetic<T: boa_gc::Trace + 'static>(
    names: &[JsString],
    url: &Url,
    captures: T,
    context: &mut Context,
    steps: Steps<T>,
) -> Module {
    let mut all = names.to_vec();
    all.push(js_string!("default"));
    let steps = SyntheticModuleInitializer::from_copy_closure_with_captures(steps, captures);
    Module::synthetic(
        &all,
        steps,
        Some(PathBuf::from(url.as_str())),
        None,
        context,
    )
}

/// A built-in: its exports as `default`, and each of its properties by name.
fn builtin(name: &str, context: &mut Context) -> JsResult<Module> {
    let state = State::of(context);
    let url = builtin_url(name);
    if let Some(module) = state.modules.esm.find(&url, false) {
        return Ok(module);
    }
    let names = builtin_names(name, context)?;
    let module = builtin_facade(name, names.clone(), context);
    state
        .modules
        .esm
        .insert(&url, false, Kind::Builtin(names), &module);
    Ok(module)
}

/// A built-in for an importer that names all that it wants: what it doesn't name isn't touched. Some properties of
/// built-ins are made when they are first read, which can mean that a whole subsystem loads.
pub fn builtin_for_names(
    module: Module,
    wanted: &[String],
    context: &mut Context,
) -> JsResult<Module> {
    let state = State::of(context);
    let esm = &state.modules.esm;
    let Some(record) = esm.record(&module) else {
        return Ok(module);
    };
    let Kind::Builtin(names) = &record.kind else {
        return Ok(module);
    };
    let name = record.url.path().to_owned();
    if builtins::is_missing(&name) {
        let wanted = wanted.iter().filter(|name| *name != "default");
        let names: Vec<JsString> = wanted.map(|name| JsString::from(name.as_str())).collect();
        let slim = builtin_facade(&name, names.clone(), context);
        esm.insert_record(&record.url, Kind::Builtin(names), &slim);
        return Ok(slim);
    }
    let exports = builtins::load(&format!("node:{name}"), context)?;
    let is_lazy = exports.as_object().is_some_and(|object| {
        let object = object.borrow();
        names.iter().any(|name| {
            let property = object.properties().get(&name.clone().into());
            property.is_some_and(|property| property.get().is_some())
        })
    });
    if !is_lazy {
        return Ok(module);
    }
    let names: Vec<JsString> = names
        .iter()
        .filter(|name| wanted.iter().any(|wanted| **name == **wanted))
        .cloned()
        .collect();
    let slim = builtin_facade(&name, names.clone(), context);
    esm.insert_record(&record.url, Kind::Builtin(names), &slim);
    Ok(slim)
}

fn builtin_url(name: &str) -> Url {
    Url::parse(&format!("node:{name}")).expect("names of built-ins are plain")
}

/// The names of a built-in's exports, `default` apart.
fn builtin_names(name: &str, context: &mut Context) -> JsResult<Vec<JsString>> {
    let exports = builtins::load(&format!("node:{name}"), context)?;
    let mut names = Vec::new();
    if let Some(object) = exports.as_object() {
        for key in enumerable_keys(object, context)? {
            names.extend(key.as_string().filter(|key| *key != *"default"));
        }
    }
    Ok(names)
}

fn builtin_facade(name: &str, names: Vec<JsString>, context: &mut Context) -> Module {
    let captures = (JsString::from(name), names.clone());
    synthetic(
        &names,
        &builtin_url(name),
        captures,
        context,
        |module, (name, names), context| {
            let name = name.to_std_string_lossy();
            for (name, value) in builtin_values(&name, names, context)? {
                module.set_export(&name, value)?;
            }
            State::of(context)
                .modules
                .esm
                .builtins
                .borrow_mut()
                .push(BuiltinFacade {
                    synthetic: std::ptr::from_ref(module),
                    name,
                    exports: names.clone(),
                });
            Ok(())
        },
    )
}

/// `Object.keys`
fn enumerable_keys(object: JsObject, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let constructor = context.intrinsics().constructors().object().constructor();
    let keys = constructor.get(js_string!("keys"), context)?;
    let Some(keys) = keys.as_callable() else {
        return Ok(Vec::new());
    };
    let list = keys.call(&constructor.into(), &[object.into()], context)?;
    let list = JsArray::from_object(list.to_object(context)?)?;
    (0..list.length(context)?)
        .map(|index| list.get(index, context))
        .collect()
}

/// The present values of a built-in's exports.
pub fn builtin_values(
    name: &str,
    names: &[JsString],
    context: &mut Context,
) -> JsResult<Vec<(JsString, JsValue)>> {
    let exports = builtins::load(&format!("node:{name}"), context)?;
    let mut values = vec![(js_string!("default"), exports.clone())];
    if let Some(object) = exports.as_object() {
        for name in names {
            // A property that can't be made yet is no reason not to import the others.
            let value = object.get(name.clone(), context).unwrap_or_default();
            values.push((name.clone(), value));
        }
    }
    Ok(values)
}

/// A CommonJS file: run by `require`'s loader when its turn comes.
fn commonjs(url: &Url, context: &mut Context) -> JsResult<Module> {
    let state = State::of(context);
    let module = commonjs_facade(url, context)?;
    let names = commonjs_names(url, context);
    state
        .modules
        .esm
        .insert(url, false, Kind::CommonJs(names), &module);
    Ok(module)
}

fn commonjs_facade(url: &Url, context: &mut Context) -> JsResult<Module> {
    let mut names = commonjs_names(url, context);
    names.push(js_string!("module.exports"));
    let captures = JsString::from(url.as_str());
    Ok(synthetic(
        &names,
        url,
        captures,
        context,
        |module, url, context| {
            let url = Url::parse(&url.to_std_string_lossy()).expect("it was a URL before");
            let exports = run_commonjs(&url, context)?;
            let mut values = vec![
                (js_string!("default"), exports.clone()),
                (js_string!("module.exports"), exports.clone()),
            ];
            if let Some(object) = exports.as_object() {
                for name in commonjs_names(&url, context) {
                    let value = if object.has_property(name.clone(), context)? {
                        object.get(name.clone(), context).unwrap_or_default()
                    } else {
                        JsValue::undefined()
                    };
                    values.push((name, value));
                }
            }
            for (name, value) in values {
                module.set_export(&name, value)?;
            }
            Ok(())
        },
    ))
}

/// Runs a CommonJS file for its importers; what runs already gives what it has so far.
fn run_commonjs(url: &Url, context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let esm = &state.modules.esm;
    let filename = JsString::from(paths::display_url(url));
    let module = esm.find(url, false);
    let record = module.as_ref().and_then(|module| esm.record(module));
    let nested = record
        .as_ref()
        .is_none_or(|record| record.executing.replace(true));
    let before = esm
        .sessions
        .borrow_mut()
        .last_mut()
        .map(|session| std::mem::replace(&mut session.position, module));
    let outcome = commonjs::load(&filename, &JsValue::undefined(), false, context);
    if let (Some(before), Some(session)) = (before, esm.sessions.borrow_mut().last_mut()) {
        session.position = before;
    }
    if let (false, Some(record)) = (nested, record) {
        record.executing.set(false);
    }
    outcome
}

/// A facade that evaluates while the same one is being evaluated would upset the engine: importers of a CommonJS module
/// that waits for them get a facade of their own.
pub fn unless_executing(module: Module, context: &mut Context) -> JsResult<Module> {
    let state = State::of(context);
    match state.modules.esm.record(&module) {
        Some(record) if record.executing.get() => commonjs_facade(&record.url, context),
        _ => Ok(module),
    }
}

/// The names that a CommonJS file exports, as far as its text tells: once found they stay.
fn commonjs_names(url: &Url, context: &mut Context) -> Vec<JsString> {
    let state = State::of(context);
    let esm = &state.modules.esm;
    let known = esm.find(url, false).and_then(|module| esm.record(&module));
    if let Some(Kind::CommonJs(names)) = known.as_deref().map(|record| &record.kind) {
        return names.clone();
    }
    let mut names = Vec::new();
    let mut seen = FxHashSet::default();
    if let Ok(path) = paths::from_file_url(url) {
        collect_names(&path, &mut names, &mut seen, context);
    }
    let mut unique = FxHashSet::default();
    names.retain(|name| {
        !matches!(name.as_str(), "default" | "module.exports") && unique.insert(name.clone())
    });
    names
        .into_iter()
        .map(|name| JsString::from(name.as_str()))
        .collect()
}

fn collect_names(
    path: &Path,
    names: &mut Vec<String>,
    seen: &mut FxHashSet<PathBuf>,
    context: &mut Context,
) {
    if !seen.insert(path.to_owned()) || matches!(format::extension(path), ".json" | ".node") {
        return;
    }
    if access::check(Operation::FsRead(path), context).is_err() {
        return;
    }
    let Ok(text) = std::fs::read(path) else {
        return;
    };
    let found = commonjs_exports(&String::from_utf8_lossy(&text));
    names.extend(found.names);
    let state = State::of(context);
    let resolver = state.modules.resolver(&state.options);
    let filename = paths::text(path);
    let own_paths = node_module_paths(path.parent().unwrap_or(path));
    let extensions = [".js", ".json", ".node"].map(str::to_owned);
    for specifier in found.reexports {
        if builtins::is_builtin(&specifier) {
            continue;
        }
        let target = resolver.resolve_commonjs(&CommonJsRequest {
            request: &specifier,
            parent: CommonJsParent {
                filename: Some(&filename),
                paths: &own_paths,
            },
            is_main: false,
            extensions: &extensions,
            current_directory: Path::new("/"),
            paths: None,
        });
        if let Ok(Some(target)) = target {
            collect_names(&target, names, seen, context);
        }
    }
}
