//! What kind of object a value is, looked up in the engine's own data: no script runs.

use boa_engine::{
    Context, JsArgs, JsBigInt, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::{
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        dataview::DataView,
        date::Date,
        error::Error,
        function::OrdinaryFunction,
        map::ordered_map::OrderedMap,
        promise::{Promise, PromiseState},
        proxy::Proxy,
        regexp::RegExp,
        set::ordered_set::OrderedSet,
        typed_array::TypedArray,
    },
    js_string,
    module::ModuleNamespace,
    object::builtins::{JsArray, JsMapIterator, JsPromise, JsSetIterator, JsWeakMap, JsWeakSet},
    property::PropertyKey,
};

use crate::engine::{
    lookup::{own_named, own_value},
    proxies,
};

/// What script halves switch on; `util/inspect` has the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Other = 0,
    Array = 1,
    Set = 2,
    Map = 3,
    TypedArray = 4,
    MapIterator = 5,
    SetIterator = 6,
    Arguments = 7,
    Function = 8,
    RegExp = 9,
    Date = 10,
    Error = 11,
    ArrayBuffer = 12,
    DataView = 13,
    Promise = 14,
    WeakSet = 15,
    WeakMap = 16,
    Namespace = 17,
    Boxed = 18,
}

/// What `kind` adds for a proxy, whose own kind is that of what it stands for as far as that can be told.
const PROXY: u8 = 32;

/// The kind of an object that is no proxy.
pub fn kind_of(object: &JsObject, context: &Context) -> Kind {
    if object.is_ordinary() {
        return if inherits_error(object, context) {
            Kind::Error
        } else {
            Kind::Other
        };
    }
    if object.is_array() {
        Kind::Array
    } else if object.is_callable() {
        Kind::Function
    } else if object.is::<OrderedSet>() {
        Kind::Set
    } else if object.is::<OrderedMap<JsValue>>() {
        Kind::Map
    } else if object.is::<Error>() {
        Kind::Error
    } else if object.is::<TypedArray>() {
        Kind::TypedArray
    } else if object.is::<Date>() {
        Kind::Date
    } else if object.is::<RegExp>() {
        Kind::RegExp
    } else if object.is::<Promise>() {
        Kind::Promise
    } else if object.is::<ArrayBuffer>() || object.is::<SharedArrayBuffer>() {
        Kind::ArrayBuffer
    } else if object.is::<DataView>() {
        Kind::DataView
    } else if object.is::<ModuleNamespace>() {
        Kind::Namespace
    } else if boxed(object).is_some() {
        Kind::Boxed
    } else {
        rare_kind(object, context)
    }
}

fn rare_kind(object: &JsObject, context: &Context) -> Kind {
    if JsMapIterator::from_object(object.clone()).is_ok() {
        Kind::MapIterator
    } else if JsSetIterator::from_object(object.clone()).is_ok() {
        Kind::SetIterator
    } else if JsWeakMap::from_object(object.clone()).is_ok() {
        Kind::WeakMap
    } else if JsWeakSet::from_object(object.clone()).is_ok() {
        Kind::WeakSet
    } else if is_arguments(object) {
        Kind::Arguments
    } else if inherits_error(object, context) {
        Kind::Error
    } else {
        Kind::Other
    }
}

/// The engine's class of arguments objects is private; nothing else has these own properties.
fn is_arguments(object: &JsObject) -> bool {
    let object = object.borrow();
    let own = object.properties();
    own.contains_key(&js_string!("callee").into())
        && own.contains_key(&js_string!("length").into())
        && own.contains_key(&JsSymbol::iterator().into())
}

fn inherits_error(object: &JsObject, context: &Context) -> bool {
    let error = context.intrinsics().constructors().error().prototype();
    let mut next = object.prototype();
    while let Some(prototype) = next {
        if JsObject::equals(&prototype, &error) {
            return true;
        }
        next = prototype.prototype();
    }
    false
}

/// The type and the primitive inside `Object(primitive)`.
fn boxed(object: &JsObject) -> Option<(JsString, JsValue)> {
    if let Some(number) = object.downcast_ref::<f64>() {
        return Some((js_string!("Number"), (*number).into()));
    }
    if let Some(text) = object.downcast_ref::<JsString>() {
        return Some((js_string!("String"), text.clone().into()));
    }
    if let Some(flag) = object.downcast_ref::<bool>() {
        return Some((js_string!("Boolean"), (*flag).into()));
    }
    if let Some(symbol) = object.downcast_ref::<JsSymbol>() {
        return Some((js_string!("Symbol"), symbol.clone().into()));
    }
    let big = object.downcast_ref::<JsBigInt>()?;
    Some((js_string!("BigInt"), big.clone().into()))
}

pub(super) fn kind(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else {
        return Ok(0.into());
    };
    if object.is::<Proxy>() {
        let inner = if object.is_callable() {
            Kind::Function
        } else {
            Kind::Other
        };
        return Ok((inner as u8 + PROXY).into());
    }
    Ok((kind_of(&object, context) as u8).into())
}

/// 0 plain, 1 async, 2 generator, 3 async generator, 4 class.
pub(super) fn function_kind(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let sort = (args.get_or_undefined(0).as_object())
        .map_or(0, |object| sort_of_function(&object, context));
    Ok(sort.into())
}

/// What [`function_kind`] answers.
pub(super) fn sort_of_function(object: &JsObject, context: &Context) -> u8 {
    if !object.is::<OrdinaryFunction>() {
        return 0;
    }
    let own = object
        .borrow()
        .properties()
        .get(&js_string!("prototype").into());
    if own.is_some_and(|found| found.writable() == Some(false)) {
        return 4;
    }
    let constructors = context.intrinsics().constructors();
    let sorts = [
        (constructors.async_function().prototype(), 1),
        (constructors.generator_function().prototype(), 2),
        (constructors.async_generator_function().prototype(), 3),
    ];
    let mut next = object.prototype();
    while let Some(prototype) = next {
        for (known, sort) in &sorts {
            if JsObject::equals(&prototype, known) {
                return *sort;
            }
        }
        next = prototype.prototype();
    }
    0
}

/// The name of the class of an object in the plain case: its prototype's `constructor` is a function with that
/// prototype and a name. `null` without a prototype, `undefined` where script has to look closer.
pub(super) fn class_name(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(args
        .get_or_undefined(0)
        .as_object()
        .and_then(|object| plain_class_name(&object))
        .unwrap_or_default())
}

pub(super) fn plain_class_name(object: &JsObject) -> Option<JsValue> {
    if object.is::<Proxy>() {
        return None;
    }
    let Some(prototype) = object.prototype() else {
        return Some(JsValue::null());
    };
    let constructor_key: PropertyKey = js_string!("constructor").into();
    if prototype.is::<Proxy>() || object.borrow().properties().contains_key(&constructor_key) {
        return None;
    }
    let constructor = own_value(&prototype, &constructor_key)?.as_callable()?;
    let made = own_named(&constructor, js_string!("prototype"))?;
    if !made
        .as_object()
        .is_some_and(|made| JsObject::equals(&made, &prototype))
    {
        return None;
    }
    // `static [Symbol.hasInstance]` may say something else about what is an instance.
    if constructor
        .borrow()
        .properties()
        .contains_key(&JsSymbol::has_instance().into())
    {
        return None;
    }
    let name = own_named(&constructor, js_string!("name"))?.as_string()?;
    (!name.is_empty()).then(|| name.into())
}

/// What the engine calls the class of an object, whatever script has done to its prototypes.
pub(super) fn constructor_name(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else {
        return Ok(js_string!("Object").into());
    };
    let name = match kind_of(&object, context) {
        Kind::Array => js_string!("Array"),
        Kind::Set => js_string!("Set"),
        Kind::Map => js_string!("Map"),
        Kind::Function => js_string!("Function"),
        Kind::RegExp => js_string!("RegExp"),
        Kind::Date => js_string!("Date"),
        Kind::Error => js_string!("Error"),
        Kind::DataView => js_string!("DataView"),
        Kind::Promise => js_string!("Promise"),
        Kind::WeakSet => js_string!("WeakSet"),
        Kind::WeakMap => js_string!("WeakMap"),
        Kind::Namespace => js_string!("Module"),
        Kind::ArrayBuffer if object.is::<SharedArrayBuffer>() => js_string!("SharedArrayBuffer"),
        Kind::ArrayBuffer => js_string!("ArrayBuffer"),
        Kind::Boxed => boxed(&object).map_or_else(|| js_string!("Object"), |(name, _)| name),
        _ => js_string!("Object"),
    };
    Ok(name.into())
}

pub(super) fn is_proxy(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let found = args
        .get_or_undefined(0)
        .as_object()
        .is_some_and(|object| object.is::<Proxy>());
    Ok(found.into())
}

/// `[target, handler]`, `null` of a revoked proxy, `undefined` where nothing is known.
pub(super) fn proxy_details(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    match args.get_or_undefined(0).as_object() {
        Some(object) => proxies::details(&object, context),
        None => Ok(JsValue::undefined()),
    }
}

/// `[state, result]`: 0 pending, 1 fulfilled, 2 rejected.
pub(super) fn promise_state(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = args.get_or_undefined(0).as_object().and_then(|object| {
        JsPromise::from_object(object)
            .ok()
            .map(|promise| promise.state())
    });
    let pair: [JsValue; 2] = match state {
        None | Some(PromiseState::Pending) => [0.into(), JsValue::undefined()],
        Some(PromiseState::Fulfilled(value)) => [1.into(), value],
        Some(PromiseState::Rejected(reason)) => [2.into(), reason],
    };
    Ok(JsArray::from_iter(pair, context).into())
}

/// The engine has no look at what an iterator or a weak collection still holds: `undefined`.
pub(super) fn preview_entries(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

/// `[type, primitive]` of a boxed primitive.
pub(super) fn unwrap(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some((name, value)) = args
        .get_or_undefined(0)
        .as_object()
        .and_then(|object| boxed(&object))
    else {
        return Ok(JsValue::undefined());
    };
    Ok(JsArray::from_iter([name.into(), value], context).into())
}
