//! The global object of a context: a proxy that looks into the program's object (the sandbox) first and then at the
//! realm's own globals, as V8's interceptors do for Node.
//!
//! The proxy's target is an object of its own that stays empty, so that the language's rules for proxies bind it as little as
//! can be: only what is reported as not configurable has to be on it, and is put there when it is reported.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace,
    context::intrinsics::Intrinsics,
    js_string,
    native_function::NativeFunctionPointer,
    object::{
        JsPrototype,
        builtins::{JsArray, JsProxyBuilder},
    },
    property::PropertyKey,
};
use boa_gc::GcRefCell;

use super::{Function, Reflect};
use crate::{engine::native, runtime::State};

/// What the traps work on: the data of the proxy's target.
#[derive(Trace, Finalize, JsData)]
struct Global {
    /// The program's object; none while the realm is being made.
    sandbox: GcRefCell<Option<JsObject>>,
    /// What the realm itself defines.
    own: JsObject,
    proxy: GcRefCell<Option<JsObject>>,
}

/// A global object for a realm to come.
pub struct Seed {
    target: JsObject,
    own: JsObject,
    /// The global object.
    pub proxy: JsObject,
}

impl Seed {
    /// Makes a proxy; until it has a sandbox it is the realm's own globals.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn new(context: &mut Context) -> JsResult<Self> {
        let own = JsObject::with_null_proto();
        let target = JsObject::from_proto_and_data(
            None,
            Global {
                sandbox: GcRefCell::new(None),
                own: own.clone(),
                proxy: GcRefCell::new(None),
            },
        );
        let proxy: JsObject = JsProxyBuilder::new(target.clone())
            .get(get)
            .set(set)
            .has(has)
            .delete_property(delete_property)
            .define_property(define_property)
            .get_own_property_descriptor(get_own_property_descriptor)
            .own_keys(own_keys)
            .get_prototype_of(get_prototype_of)
            .set_prototype_of(set_prototype_of)
            .is_extensible(|_, _, _| Ok(true.into()))
            .prevent_extensions(|_, _, _| Ok(false.into()))
            .build(context)?
            .into();
        if let Some(global) = target.downcast_ref::<Global>() {
            *global.proxy.borrow_mut() = Some(proxy.clone());
        }
        Ok(Self { target, own, proxy })
    }

    /// From here on the sandbox is what script sees first.
    pub fn attach(&self, sandbox: JsObject) {
        if let Some(global) = self.target.downcast_ref::<Global>() {
            *global.sandbox.borrow_mut() = Some(sandbox);
        }
    }
}

/// Where a seed waits for the engine to ask for the global object of the realm that it makes.
#[derive(Clone, Default)]
pub struct NextGlobal(Rc<RefCell<Option<(JsObject, JsObject)>>>);

impl NextGlobal {
    /// The next realm gets the seed's proxy.
    pub fn put(&self, seed: &Seed) {
        *self.0.borrow_mut() = Some((seed.own.clone(), seed.proxy.clone()));
    }

    /// The engine makes a realm with these intrinsics.
    pub fn take(&self, intrinsics: &Intrinsics) -> Option<JsObject> {
        let (own, proxy) = self.0.borrow_mut().take()?;
        own.set_prototype(Some(intrinsics.constructors().object().prototype()));
        Some(proxy)
    }
}

/// The objects behind a trap, and the key that it is about.
struct Call {
    target: JsObject,
    sandbox: Option<JsObject>,
    own: JsObject,
    proxy: Option<JsObject>,
    key: PropertyKey,
}

impl Call {
    fn of(args: &[JsValue], context: &mut Context) -> JsResult<Option<Self>> {
        let Some(target) = args.get_or_undefined(0).as_object() else {
            return Ok(None);
        };
        let key = args.get_or_undefined(1).to_property_key(context)?;
        let Some((sandbox, own, proxy)) = target.downcast_ref::<Global>().map(|global| {
            (
                global.sandbox.borrow().clone(),
                global.own.clone(),
                global.proxy.borrow().clone(),
            )
        }) else {
            return Ok(None);
        };
        Ok(Some(Self {
            target,
            sandbox,
            own,
            proxy,
            key,
        }))
    }

    /// The sandbox, if it or what it inherits from has the key.
    fn declaring_sandbox(&self, context: &mut Context) -> JsResult<Option<&JsObject>> {
        match &self.sandbox {
            Some(sandbox) if sandbox.has_property(self.key.clone(), context)? => Ok(Some(sandbox)),
            _ => Ok(None),
        }
    }
}

fn has(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(call) = Call::of(args, context)? else {
        return Ok(false.into());
    };
    if call.declaring_sandbox(context)?.is_some() {
        return Ok(true.into());
    }
    call.own.has_property(call.key, context).map(JsValue::from)
}

fn get(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(call) = Call::of(args, context)? else {
        return Ok(JsValue::undefined());
    };
    let Some(sandbox) = call.declaring_sandbox(context)? else {
        return call.own.get(call.key, context);
    };
    let value = sandbox.get(call.key.clone(), context)?;
    // Script never sees the sandbox itself in the place of its global object.
    match (value.as_object(), &call.proxy) {
        (Some(object), Some(proxy)) if JsObject::equals(&object, sandbox) => {
            Ok(proxy.clone().into())
        }
        _ => Ok(value),
    }
}

fn set(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(call) = Call::of(args, context)? else {
        return Ok(false.into());
    };
    let value = args.get_or_undefined(2).clone();
    let Some(sandbox) = &call.sandbox else {
        return call
            .own
            .set(call.key, value, false, context)
            .map(JsValue::from);
    };
    let declared = sandbox.has_property(call.key.clone(), context)?;
    if !declared {
        let known = call.own.has_property(call.key.clone(), context)?;
        let symbol = matches!(call.key, PropertyKey::Symbol(_));
        if known && is_fixed(&call, context)? || !known && symbol {
            return call
                .own
                .set(call.key, value, false, context)
                .map(JsValue::from);
        }
    }
    if sandbox.set(call.key.clone(), value.clone(), false, context)? {
        return Ok(true.into());
    }
    if declared {
        return Ok(false.into());
    }
    // A sandbox that takes no more properties: the realm's own object holds what it doesn't.
    call.own
        .set(call.key, value, false, context)
        .map(JsValue::from)
}

/// Whether the realm itself has the key as one that nobody may change, as `undefined` is.
fn is_fixed(call: &Call, context: &mut Context) -> JsResult<bool> {
    let found = descriptor(&call.own, &call.key, context)?;
    let Some(found) = found.as_object() else {
        return Ok(false);
    };
    let found = found.to_property_descriptor(context)?;
    Ok(found.writable() == Some(false) && found.configurable() == Some(false))
}

fn delete_property(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(call) = Call::of(args, context)? else {
        return Ok(false.into());
    };
    let reflect = Reflect::of(context);
    for object in call.sandbox.iter().chain([&call.own]) {
        let args = [object.clone().into(), call.key.clone().into()];
        let deleted = reflect.call(Function::Delete, &args, context)?;
        if !deleted.to_boolean() {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}

fn define_property(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(call) = Call::of(args, context)? else {
        return Ok(false.into());
    };
    let holder = match &call.sandbox {
        Some(sandbox) if !is_fixed(&call, context)? => sandbox,
        _ => &call.own,
    };
    let arguments = [
        holder.clone().into(),
        call.key.clone().into(),
        args.get_or_undefined(2).clone(),
    ];
    let reflect = Reflect::of(context);
    let defined = reflect.call(Function::Define, &arguments, context)?;
    if defined.to_boolean() {
        let found = descriptor(holder, &call.key, context)?;
        mirror(&call, &found, context)?;
    }
    Ok(defined)
}

fn get_own_property_descriptor(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(call) = Call::of(args, context)? else {
        return Ok(JsValue::undefined());
    };
    let mut found = JsValue::undefined();
    for object in call.sandbox.iter().chain([&call.own]) {
        found = descriptor(object, &call.key, context)?;
        if !found.is_undefined() {
            break;
        }
    }
    mirror(&call, &found, context)?;
    Ok(found)
}

fn descriptor(object: &JsObject, key: &PropertyKey, context: &mut Context) -> JsResult<JsValue> {
    let args = [object.clone().into(), key.clone().into()];
    Reflect::of(context).call(Function::Descriptor, &args, context)
}

/// Puts what is reported as not configurable on the target: the language wants to find it there.
fn mirror(call: &Call, descriptor: &JsValue, context: &mut Context) -> JsResult<()> {
    let Some(found) = descriptor.as_object() else {
        return Ok(());
    };
    let found = found.to_property_descriptor(context)?;
    if found.configurable() == Some(false) {
        call.target.insert_property(call.key.clone(), found);
    }
    Ok(())
}

fn own_keys(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(call) = Call::of(&args[..1], context)? else {
        return Ok(JsArray::new(context)?.into());
    };
    let mut keys = call.own.own_property_keys(context)?;
    // The target has nothing that neither of them has.
    if let Some(sandbox) = &call.sandbox {
        let known: rustc_hash::FxHashSet<PropertyKey> = keys.iter().cloned().collect();
        let more = sandbox.own_property_keys(context)?;
        keys.extend(more.into_iter().filter(|key| !known.contains(key)));
    }
    let hidden = [
        js_string!(super::deadline::CHECK),
        js_string!(super::imports::IMPORT),
    ];
    keys.retain(|key| {
        !hidden
            .iter()
            .any(|name| *key == PropertyKey::from(name.clone()))
    });
    let keys: Vec<JsValue> = keys
        .into_iter()
        .map(|key| match key {
            // An index is a name to a trap.
            PropertyKey::Index(index) => JsString::from(index.get().to_string()).into(),
            key => key.into(),
        })
        .collect();
    Ok(JsArray::from_iter(keys, context).into())
}

fn get_prototype_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(&args[..1], context)?;
    let prototype = call.and_then(|call| call.own.prototype());
    Ok(prototype.map_or(JsValue::null(), JsValue::from))
}

fn set_prototype_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(call) = Call::of(&args[..1], context)? else {
        return Ok(false.into());
    };
    let prototype: JsPrototype = args.get_or_undefined(1).as_object();
    Ok(call.own.set_prototype(prototype).into())
}

/// Defines a function that rewritten texts call, on the realm's own global object.
///
/// # Errors
/// Those of the engine.
pub fn define_hidden(
    name: &str,
    function: NativeFunctionPointer,
    context: &mut Context,
) -> JsResult<()> {
    let state = State::of(context);
    let global = context.global_object();
    let function = native::function(context, name, 0, function);
    let name = JsString::from(name);
    let descriptor = native::property(function, native::METHOD);
    // A context's global object would put it on the sandbox.
    let contexts = state.slot::<super::context::Contexts>();
    match contexts.own_globals(context) {
        Some(own) => own.insert_property(name, descriptor),
        None => global.insert_property(name, descriptor),
    };
    Ok(())
}

/// The realm's own globals behind a proxy's target.
pub fn own_of(seed: &Seed) -> JsObject {
    seed.own.clone()
}
