//! `vm`, the native half: scripts that are compiled once and run in any context, contexts, functions from text, modules.
//!
//! `script` compiles and runs, `function` is `compileFunction`, `context` makes realms and knows whose they are, `global` is the
//! proxy that a context's script has for its global object, `deadline` ends what runs too long, `text` is what
//! all that is compiled has in common. Options are checked in `vm.js`.

mod context;
mod deadline;
mod function;
mod global;
mod imports;
mod module;
mod script;
mod text;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    native_function::NativeFunctionPointer, object::builtins::JsArray, realm::Realm,
};
use std::cell::RefCell;

use self::{
    context::{Contexts, Record, Settings},
    script::Script,
};
pub use self::{
    context::{check_code_generation, loads_imports},
    global::NextGlobal,
    module::{answer as answer_import, fill_meta},
};
use crate::{
    engine::native::{self, Natives},
    node::{buffer, errors},
    runtime::State,
};

/// `binding('vm')`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    // The first binding is made in the realm of the program.
    State::of(context).slot::<Contexts>().main(context);
    let modules_enabled = State::of(context).options.experimental_vm_modules;
    // These call script, and leave themselves out of its stacks.
    let hidden: &[(&str, NativeFunctionPointer)] = &[
        ("compile", script::compile),
        ("run", script::run),
        ("evaluateModule", module::evaluate),
        ("compileFunction", function::compile),
    ];
    let mut natives = Natives::new(context);
    for (name, function) in hidden {
        let shown = format!("{}{name}", errors::HIDDEN);
        let function = native::function(natives.context(), &shown, 0, *function);
        natives = natives.value(name, function);
    }
    Ok(natives
        .function("initialize", 3, initialize)
        .function("makeContext", 4, make_context)
        .function("isContext", 1, is_context)
        .value("modulesEnabled", modules_enabled)
        .function("onImport", 1, imports::on_import)
        .function("makeModule", 7, module::make)
        .function("answerRequest", 3, module::answer_request)
        .function("instantiate", 1, module::instantiate)
        .function("namespaceOf", 1, module::namespace)
        .function("hasTopLevelAwait", 1, module::has_top_level_await)
        .function("cacheFor", 1, cache_for)
        .function("isCacheFor", 2, is_cache_for)
        .function("magicComments", 1, magic_comments)
        .build())
}

/// Functions of `Reflect` as they were before the program ran; the engine keeps what they do to itself.
#[derive(Default)]
pub struct Reflect {
    functions: RefCell<Option<[JsObject; 3]>>,
}

impl Reflect {
    fn of(context: &Context) -> std::rc::Rc<Self> {
        State::of(context).slot::<Self>()
    }

    fn call(&self, which: Function, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
        let function = self
            .functions
            .borrow()
            .as_ref()
            .map(|functions| functions[which as usize].clone());
        match function {
            Some(function) => function.call(&JsValue::undefined(), args, context),
            None => Ok(JsValue::undefined()),
        }
    }
}

/// One of [`Reflect`].
#[derive(Clone, Copy)]
enum Function {
    Descriptor,
    Define,
    Delete,
}

/// `initialize(getOwnPropertyDescriptor, defineProperty, deleteProperty)`
fn initialize(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let functions: Vec<JsObject> = args.iter().filter_map(JsValue::as_callable).collect();
    *Reflect::of(context).functions.borrow_mut() = functions.try_into().ok();
    Ok(JsValue::undefined())
}

/// `makeContext(sandbox, strings, ownMicrotasks, loads)`: the object that stands for the context. Without a sandbox it is the
/// global object.
fn make_context(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let settings = Settings {
        strings: args.get_or_undefined(1).to_boolean(),
        own_microtasks: args.get_or_undefined(2).to_boolean(),
        loads: args.get_or_undefined(3).to_boolean(),
    };
    let contexts = State::of(context).slot::<Contexts>();
    let sandbox = args.get_or_undefined(0).as_object();
    contexts.make(sandbox, settings, context).map(JsValue::from)
}

/// `isContext(object)`
fn is_context(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(record_of(args.get_or_undefined(0), context)?
        .is_some()
        .into())
}

/// The realm of the main program.
pub fn main_realm(context: &Context) -> Realm {
    State::of(context).slot::<Contexts>().main(context)
}

/// The context that a value stands for.
fn record_of(value: &JsValue, context: &mut Context) -> JsResult<Option<Record>> {
    match value.as_object() {
        Some(object) => State::of(context).slot::<Contexts>().find(&object, context),
        None => Ok(None),
    }
}

/// `cacheFor(text)`: what `createCachedData` gives. The engine has no cache of code, so it says which text it is for, and
/// no more.
fn cache_for(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    buffer::from_vec(cache_of(&text), context).map(JsValue::from)
}

/// `isCacheFor(text, data)`
fn is_cache_for(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let given = buffer::View::of_any(args.get_or_undefined(1), context);
    let matches = given.is_some_and(|view| view.to_vec() == cache_of(&text));
    Ok(matches.into())
}

fn cache_of(text: &JsString) -> Vec<u8> {
    let text = text.to_std_string_lossy();
    // FNV-1a: it only has to tell texts apart that were mixed up by mistake.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut data = format!("ouro-script {}\n", env!("CARGO_PKG_VERSION")).into_bytes();
    data.extend((text.len() as u64).to_le_bytes());
    data.extend(hash.to_le_bytes());
    data
}

/// `magicComments(text)`: `[sourceURL, sourceMappingURL]`, the last of each.
fn magic_comments(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args
        .get_or_undefined(0)
        .to_string(context)?
        .to_std_string_lossy();
    let find = |name: &str| {
        let found = text.lines().rev().find_map(|line| {
            let (_, rest) = line.rsplit_once(&format!("{name}="))?;
            let (before, _) = line.rsplit_once(name)?;
            let before = before.trim_end();
            let is_comment = before.ends_with("//#") || before.ends_with("//@");
            let value = rest.trim();
            (is_comment && !value.contains([' ', '\t', '"', '\''])).then(|| value.to_owned())
        });
        found.map_or(JsValue::undefined(), |found| JsString::from(found).into())
    };
    let values = [find("sourceURL"), find("sourceMappingURL")];
    Ok(JsArray::from_iter(values, context).into())
}

/// An argument that counts lines or columns.
fn offset(value: &JsValue) -> i32 {
    value.as_number().map_or(0, |number| number as i32)
}

/// The script behind the handle of `vm.Script`.
fn script_of(value: &JsValue) -> Option<Script> {
    let object = value.as_object()?;
    let script = object.downcast_ref::<Script>()?;
    Some(script.clone())
}

/// The message of an error's stack, decorated with the place that it is from.
fn define_stack(error: &JsObject, stack: String) {
    let stack = native::property(JsString::from(stack), native::METHOD);
    error.insert_property(js_string!("stack"), stack);
}
