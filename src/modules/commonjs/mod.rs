//! `require`: the CommonJS loader.
//!
//! `load` is `Module._load` and what it calls, `compile` turns source into a module's function, `extensions` are the loaders
//! of `Module._extensions`, `require` makes the function of that name, `class` is the native side of the `Module` class.
//! All of it is native. Each step that a program may patch (`Module._load`, `Module.prototype.require`, …) is looked
//! up before it is taken, but only once the class exists, which is when a program first touches it.

mod class;
mod compile;
mod extensions;
mod load;
mod require;

use std::cell::{Cell, OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::object::OrdinaryObject,
    js_string,
    object::builtins::{JsArray, JsFunction},
};
use rustc_hash::FxHashMap;

pub use class::binding;
pub use compile::{WRAPPER, compile};
pub use extensions::{parse_json, read_text};
pub use load::{load, load_main, resolve_filename};
pub use require::make_require;

use crate::engine::native::{self, METHOD};
use crate::runtime::State;

/// What one runtime's CommonJS loader holds.
#[derive(Default)]
pub struct CommonJs {
    core: OnceCell<Rc<Core>>,
    /// The `Module` function, once a script has touched it.
    class: RefCell<Option<JsObject>>,
    /// What each module's requests led to: saves the resolution of a `require` that runs again and again.
    relative: RefCell<FxHashMap<String, String>>,
    /// Whether the deprecation of `module.parent` has been said.
    parent_warned: Cell<bool>,
    /// The `Module._pathCache` that was there last: a new one empties what resolution remembers.
    path_cache: RefCell<Option<JsObject>>,
    /// `require.main`.
    main: RefCell<Option<JsObject>>,
}

/// The objects that exist as soon as a module does.
pub struct Core {
    /// `Module.prototype`
    prototype: JsObject,
    /// `Module._cache`, as long as nobody replaces it.
    cache: JsObject,
    /// `Module._extensions`, likewise.
    extensions: JsObject,
    /// `Module._pathCache`
    path_cache: JsObject,
    /// What the steps are before anybody patches them.
    originals: Vec<(&'static str, JsFunction)>,
    /// The hidden property that holds the first module to require another.
    parent: JsSymbol,
}

impl CommonJs {
    /// The objects of the loader; made on first use.
    pub fn core(&self, context: &mut Context) -> Rc<Core> {
        if let Some(core) = self.core.get() {
            return core.clone();
        }
        let core = Rc::new(class::make_core(context));
        self.core.get_or_init(|| core).clone()
    }

    /// The function that a program put in place of one of the class's own, if it did.
    fn patched(&self, name: &'static str, context: &mut Context) -> JsResult<Option<JsObject>> {
        let Some(class) = self.class.borrow().clone() else {
            return Ok(None);
        };
        let value = class.get(JsString::from(name), context)?;
        let core = self.core(context);
        Ok(value
            .as_callable()
            .filter(|found| !core.is_original(name, found)))
    }

    /// What a program has put in place of `Module.runMain`.
    pub fn patched_run_main(&self, context: &mut Context) -> JsResult<Option<JsObject>> {
        self.patched("runMain", context)
    }

    /// `Module._cache`.
    fn cache(&self, context: &mut Context) -> JsResult<JsObject> {
        self.replaceable("_cache", context, |core| &core.cache)
    }

    /// `Module._extensions`.
    fn extensions(&self, context: &mut Context) -> JsResult<JsObject> {
        self.replaceable("_extensions", context, |core| &core.extensions)
    }

    fn replaceable(
        &self,
        name: &'static str,
        context: &mut Context,
        own: fn(&Core) -> &JsObject,
    ) -> JsResult<JsObject> {
        let core = self.core(context);
        let class = self.class.borrow().clone();
        if let Some(class) = class
            && let Some(found) = class.get(JsString::from(name), context)?.as_object()
        {
            return Ok(found);
        }
        Ok(own(&core).clone())
    }

    /// Whether a program has put another object in place of `Module._pathCache` since the last look.
    fn path_cache_was_replaced(&self, context: &mut Context) -> JsResult<bool> {
        if self.class.borrow().is_none() {
            return Ok(false);
        }
        let now = self.replaceable("_pathCache", context, |core| &core.path_cache)?;
        let before = self.path_cache.replace(Some(now.clone()));
        let core = self.core(context);
        Ok(!JsObject::equals(
            before.as_ref().unwrap_or(&core.path_cache),
            &now,
        ))
    }

    /// `require.main`.
    pub fn main(&self) -> Option<JsObject> {
        self.main.borrow().clone()
    }
}

impl Core {
    fn original(&self, name: &str) -> Option<&JsFunction> {
        self.originals
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, function)| function)
    }

    fn is_original(&self, name: &str, function: &JsObject) -> bool {
        self.original(name)
            .is_some_and(|original| JsObject::equals(original, function))
    }
}

/// `new Module(id, parent)`.
pub fn new_module(id: &JsString, parent: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    let core = State::of(context).modules.commonjs.core(context);
    let module =
        JsObject::new(context.root_shape(), core.prototype.clone(), OrdinaryObject).upcast();
    initialize(&module, id, parent, context)?;
    Ok(module)
}

/// The body of the constructor, for an object that exists.
fn initialize(
    module: &JsObject,
    id: &JsString,
    parent: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let core = State::of(context).modules.commonjs.core(context);
    let text = id.to_std_string_lossy();
    let directory = match Path::new(&text).parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_string_lossy().into_owned(),
        Some(_) => ".".to_owned(),
        None => text.clone(),
    };
    let exports = JsObject::with_object_proto(context.intrinsics());
    let children = JsArray::new(context)?;
    let properties: [(JsString, JsValue); 6] = [
        (js_string!("id"), id.clone().into()),
        (js_string!("path"), JsString::from(directory).into()),
        (js_string!("exports"), exports.into()),
        (js_string!("filename"), JsValue::null()),
        (js_string!("loaded"), false.into()),
        (js_string!("children"), children.into()),
    ];
    for (name, value) in properties {
        module.create_data_property_or_throw(name, value, context)?;
    }
    set_hidden(module, &core.parent, parent.clone());
    update_children(parent, module, false, context)
}

fn set_hidden(object: &JsObject, key: &JsSymbol, value: JsValue) {
    object.insert_property(key.clone(), native::property(value, METHOD));
}

/// The module that first required this one.
fn parent_of(module: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let core = State::of(context).modules.commonjs.core(context);
    module.get(core.parent.clone(), context)
}

fn update_children(
    parent: &JsValue,
    child: &JsObject,
    scan: bool,
    context: &mut Context,
) -> JsResult<()> {
    let Some(parent) = parent.as_object() else {
        return Ok(());
    };
    let children = parent.get(js_string!("children"), context)?;
    let Some(children) = children.as_object().filter(JsObject::is_array) else {
        return Ok(());
    };
    let children = JsArray::from_object(children)?;
    if scan {
        for index in 0..children.length(context)? {
            let known = children.get(index, context)?;
            if known
                .as_object()
                .is_some_and(|known| JsObject::equals(&known, child))
            {
                return Ok(());
            }
        }
    }
    children.push(child.clone(), context).map(drop)
}

/// A property of a module that should be a string, if it is one.
fn text_property(
    object: &JsObject,
    name: JsString,
    context: &mut Context,
) -> JsResult<Option<String>> {
    let value = object.get(name, context)?;
    Ok(value.as_string().map(|text| text.to_std_string_lossy()))
}

/// The strings of an array-like value; empty where it isn't one.
fn strings_of(value: &JsValue, context: &mut Context) -> JsResult<Vec<String>> {
    let Some(object) = value.as_object() else {
        return Ok(Vec::new());
    };
    let length = object
        .get(js_string!("length"), context)?
        .to_length(context)?;
    let mut list = Vec::new();
    for index in 0..length {
        let item = object.get(index, context)?;
        if let Some(item) = item.as_string() {
            list.push(item.to_std_string_lossy());
        }
    }
    Ok(list)
}

fn array_of(list: &[String], context: &mut Context) -> JsArray {
    let items: Vec<JsValue> = list
        .iter()
        .map(|item| JsString::from(item.as_str()).into())
        .collect();
    JsArray::from_iter(items, context)
}

/// The working directory; the root where it is gone.
pub fn current_directory() -> PathBuf {
    std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"))
}

/// The exports of the module at `filename` if it is in the cache and has run.
///
/// # Errors
/// What a replaced cache throws.
pub fn loaded_exports(filename: &str, context: &mut Context) -> JsResult<Option<JsValue>> {
    let cache = State::of(context).modules.commonjs.cache(context)?;
    let Some(module) = cache.get(JsString::from(filename), context)?.as_object() else {
        return Ok(None);
    };
    if !module.get(js_string!("loaded"), context)?.to_boolean() {
        return Ok(None);
    }
    module.get(js_string!("exports"), context).map(Some)
}

/// Puts an imported JSON file where `require` finds it.
///
/// # Errors
/// What a replaced cache throws.
pub fn remember_json(filename: &str, value: &JsValue, context: &mut Context) -> JsResult<()> {
    let filename = JsString::from(filename);
    let module = new_module(&filename, &JsValue::undefined(), context)?;
    module.set(js_string!("filename"), filename.clone(), true, context)?;
    module.set(js_string!("exports"), value.clone(), true, context)?;
    module.set(js_string!("loaded"), true, true, context)?;
    let cache = State::of(context).modules.commonjs.cache(context)?;
    cache.set(filename, module, false, context).map(drop)
}

/// The file name of the module that first required this one.
///
/// # Errors
/// What a replaced property throws.
pub fn parent_filename(module: &JsObject, context: &mut Context) -> JsResult<Option<String>> {
    match parent_of(module, context)?.as_object() {
        Some(parent) => text_property(&parent, js_string!("filename"), context),
        None => Ok(None),
    }
}

/// A module that stands for no file: for `-e`, `-r` and the like.
fn stand_in(id: &str, context: &mut Context) -> JsResult<JsObject> {
    let directory = current_directory();
    let module = new_module(&JsString::from(id), &JsValue::undefined(), context)?;
    let paths = load::module_paths(&directory, context)?;
    module.set(js_string!("paths"), paths, true, context)?;
    Ok(module)
}

/// Defines `require` and its companions as globals, for code that isn't in a file.
///
/// # Errors
/// None but those of the engine.
pub fn define_globals(id: &str, context: &mut Context) -> JsResult<()> {
    let module = stand_in(id, context)?;
    let filename = current_directory().join(id).to_string_lossy().into_owned();
    module.set(
        js_string!("filename"),
        JsString::from(filename),
        true,
        context,
    )?;
    let exports = module.get(js_string!("exports"), context)?;
    let require = make_require(&module, context)?;
    let global = context.global_object();
    for (name, value) in [
        (js_string!("exports"), exports),
        (js_string!("require"), require.into()),
        (js_string!("module"), module.into()),
        (js_string!("__filename"), JsString::from(id).into()),
        (js_string!("__dirname"), js_string!(".").into()),
    ] {
        global.set(name, value, true, context)?;
    }
    Ok(())
}

/// The `id` of the module that `-r` requires from.
const PRELOADER: &str = "internal/preload";

/// Loads the modules of `-r`, each as if the working directory required it.
///
/// # Errors
/// What they throw.
pub fn preload(requests: &[String], context: &mut Context) -> JsResult<()> {
    let parent = stand_in(PRELOADER, context)?;
    for request in requests {
        require::require_module(&parent, &[JsString::from(request.as_str()).into()], context)?;
    }
    Ok(())
}
