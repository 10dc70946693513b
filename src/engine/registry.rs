//! The internal modules: their script halves (parsed when first required) and their native halves (built when first
//! asked for). Nothing here is reachable from user code but through the list of public builtins.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    path::Path,
    time::{Duration, Instant},
};

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, Script,
    Source, js_string,
};

use super::{native, primordials::Primordials};
use crate::{node, runtime::State};

/// The script half of a module, without its comments.
pub struct InternalSource {
    /// What `require` calls it.
    pub id: &'static str,
    /// Where it lies in the repository.
    pub file: &'static str,
    /// The text that is parsed.
    pub text: &'static str,
}

/// All script halves, sorted by id.
pub static SOURCES: &[InternalSource] = include!(concat!(env!("OUT_DIR"), "/internal_sources.rs"));

/// What this runtime has loaded of the internal modules.
#[derive(Default)]
pub struct Registry {
    modules: RefCell<HashMap<&'static str, JsObject>>,
    bindings: RefCell<HashMap<&'static str, JsObject>>,
    primordials: Primordials,
    parsed: RefCell<Vec<(&'static str, usize)>>,
    globals_took: Cell<Duration>,
    require: RefCell<Option<JsValue>>,
    binding: RefCell<Option<JsValue>>,
}

impl Registry {
    /// Remembers the intrinsics; call it before any user code runs.
    pub fn capture(&self, context: &mut Context) -> JsResult<()> {
        self.primordials.capture(context)
    }

    /// Whether a module's script half has been loaded.
    pub fn is_loaded(&self, id: &str) -> bool {
        self.modules.borrow().contains_key(id)
    }

    /// Defines the globals, and remembers how long it took.
    pub fn define_globals(&self, context: &mut Context) -> JsResult<()> {
        let start = Instant::now();
        node::install_globals(context)?;
        self.globals_took.set(start.elapsed());
        Ok(())
    }

    /// How long it took to define the globals, none of which is loaded with that.
    pub fn globals_took(&self) -> Duration {
        self.globals_took.get()
    }

    /// The modules parsed so far, with the bytes of their text.
    pub fn parsed(&self) -> Vec<(&'static str, usize)> {
        self.parsed.borrow().clone()
    }
}

/// `Symbol.for(name)`, whatever a program has put in its place.
///
/// # Errors
/// Those of the engine.
pub fn symbol_for(name: &str, context: &mut Context) -> JsResult<JsSymbol> {
    let state = State::of(context);
    let make = state.registry.primordials.resolve("SymbolFor", context)?;
    let made = match make.and_then(|make| make.as_callable()) {
        Some(make) => make.call(
            &JsValue::undefined(),
            &[JsString::from(name).into()],
            context,
        )?,
        None => JsValue::undefined(),
    };
    made.as_symbol().ok_or_else(|| {
        JsNativeError::typ()
            .with_message("Symbol.for gave no symbol")
            .into()
    })
}

/// Whether an internal module of that id exists.
pub fn exists(id: &str) -> bool {
    find(id).is_some() || node::NATIVE_MODULES.iter().any(|(name, _)| *name == id)
}

fn find(id: &str) -> Option<&'static InternalSource> {
    SOURCES
        .binary_search_by(|source| source.id.cmp(id))
        .ok()
        .map(|index| &SOURCES[index])
}

/// The exports of an internal module; loads it when it is asked for the first time.
///
/// # Errors
/// What the module throws while it loads, or an `Error` when there is no such module.
pub fn require(id: &str, context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    if let Some(module) = state.registry.modules.borrow().get(id).cloned() {
        return module.get(js_string!("exports"), context);
    }
    if let Some((name, make)) = node::NATIVE_MODULES.iter().find(|(name, _)| *name == id) {
        let exports = make(context)?;
        let module = JsObject::with_object_proto(context.intrinsics());
        module.create_data_property_or_throw(js_string!("exports"), exports.clone(), context)?;
        state.registry.modules.borrow_mut().insert(name, module);
        return Ok(exports);
    }
    let Some(source) = find(id) else {
        return Err(JsNativeError::error()
            .with_message(format!("No such internal module: {id}"))
            .into());
    };
    load(source, &state, context)
}

/// The native half of a module; builds it when it is asked for the first time.
///
/// # Errors
/// An `Error` when there is none of that name.
pub fn binding(name: &str, context: &mut Context) -> JsResult<JsObject> {
    let state = State::of(context);
    if let Some(object) = state.registry.bindings.borrow().get(name) {
        return Ok(object.clone());
    }
    let Some((name, make)) = node::BINDINGS.iter().find(|(known, _)| *known == name) else {
        return Err(JsNativeError::error()
            .with_message(format!("No such internal binding: {name}"))
            .into());
    };
    let object = make(context)?;
    state
        .registry
        .bindings
        .borrow_mut()
        .insert(name, object.clone());
    Ok(object)
}

fn load(
    source: &'static InternalSource,
    state: &State,
    context: &mut Context,
) -> JsResult<JsValue> {
    let registry = &state.registry;
    let text = development_text(source);
    let text = text.as_deref().unwrap_or(source.text);
    registry.parsed.borrow_mut().push((source.id, text.len()));

    let module = JsObject::with_object_proto(context.intrinsics());
    let exports = JsObject::with_object_proto(context.intrinsics());
    module.create_data_property_or_throw(js_string!("exports"), exports.clone(), context)?;
    module.create_data_property_or_throw(js_string!("id"), JsString::from(source.id), context)?;
    registry
        .modules
        .borrow_mut()
        .insert(source.id, module.clone());

    let run = |context: &mut Context| {
        let primordials = registry.primordials.for_source(text, context)?;
        let free = super::primordials::free_names(text);
        let wrapper = compile(source, text, &free, context)?;
        let arguments = [
            exports.into(),
            require_function(registry, context),
            module.clone().into(),
            binding_function(registry, context),
            primordials.into(),
        ];
        wrapper.call(&JsValue::undefined(), &arguments, context)
    };
    let outcome = run(context);
    if let Err(error) = outcome {
        registry.modules.borrow_mut().remove(source.id);
        return Err(error);
    }
    let exports = module.get(js_string!("exports"), context)?;
    node::module_loaded(source.id, &exports, context)?;
    Ok(exports)
}

/// The function of a module. What its text takes from the globals without asking is there as it was at the start: the
/// parameters of a function around it.
fn compile(
    source: &InternalSource,
    text: &str,
    free: &[&'static str],
    context: &mut Context,
) -> JsResult<JsObject> {
    const PREFIX: &str = "(function (exports, require, module, binding, primordials) {";
    let mut wrapped = String::with_capacity(PREFIX.len() + text.len() + 64);
    if !free.is_empty() {
        wrapped.push_str("(function (");
        wrapped.push_str(&free.join(","));
        wrapped.push_str("){return ");
    }
    wrapped.push_str(PREFIX);
    wrapped.push_str(text);
    wrapped.push_str(if free.is_empty() { "\n})" } else { "\n})})" });
    let path = format!("node:internal/{}", source.id);
    let parsed = Source::from_bytes(wrapped.as_bytes()).with_path(Path::new(&path));
    let mut value = Script::parse(parsed, None, context)?.evaluate(context)?;
    if let Some(outer) = value.as_callable().filter(|_| !free.is_empty()) {
        let state = State::of(context);
        let mut values = Vec::with_capacity(free.len());
        for name in free {
            let known = state.registry.primordials.resolve(name, context)?;
            values.push(known.unwrap_or_default());
        }
        value = outer.call(&JsValue::undefined(), &values, context)?;
    }
    value.as_callable().ok_or_else(|| {
        JsNativeError::error()
            .with_message(format!("{path} is not a function body"))
            .into()
    })
}

/// In a debug build `OURO_INTERNAL_JS` names a checkout whose script halves are read instead of the built-in ones.
fn development_text(source: &InternalSource) -> Option<String> {
    if !cfg!(debug_assertions) {
        return None;
    }
    let root = std::env::var_os("OURO_INTERNAL_JS")?;
    std::fs::read_to_string(Path::new(&root).join(source.file)).ok()
}

fn require_function(registry: &Registry, context: &mut Context) -> JsValue {
    registry
        .require
        .borrow_mut()
        .get_or_insert_with(|| {
            native::function(context, "require", 1, |_, args, context| {
                let id = args.get_or_undefined(0).to_string(context)?;
                require(&id.to_std_string_lossy(), context)
            })
            .into()
        })
        .clone()
}

fn binding_function(registry: &Registry, context: &mut Context) -> JsValue {
    registry
        .binding
        .borrow_mut()
        .get_or_insert_with(|| {
            native::function(context, "binding", 1, |_, args, context| {
                let name = args.get_or_undefined(0).to_string(context)?;
                binding(&name.to_std_string_lossy(), context).map(JsValue::from)
            })
            .into()
        })
        .clone()
}
