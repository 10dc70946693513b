//! What kind of builtin a value is: `util.types`, and the internal slots behind it that script can't fake.
//!
//! Every answer reads the native data of the object. Two kinds have no public type in the engine: arguments objects are
//! told by `Object.prototype.toString` where no `Symbol.toStringTag` can interfere, async functions by their
//! prototype (a function whose prototype was replaced is not recognised).

use boa_engine::{
    Context, JsArgs, JsBigInt, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::{
        array_buffer::{ArrayBuffer, SharedArrayBuffer},
        async_generator::AsyncGenerator,
        dataview::DataView,
        date::Date,
        error::Error,
        function::OrdinaryFunction,
        generator::Generator,
        map::ordered_map::OrderedMap,
        promise::Promise,
        proxy::Proxy,
        regexp::RegExp,
        set::ordered_set::OrderedSet,
        typed_array::{TypedArray, TypedArrayKind},
    },
    js_string,
    module::ModuleNamespace,
    native_function::NativeFunctionPointer,
    object::builtins::{JsGeneratorFunction, JsMapIterator, JsSetIterator, JsWeakMap, JsWeakSet},
};

use crate::{engine::native::Natives, node::stream::readable::StreamIterator};

/// The native half of `util.types`.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let mut natives = Natives::new(context);
    for (name, check) in CHECKS {
        natives = natives.function(name, 1, *check);
    }
    Ok(natives.build())
}

/// A native function that answers whether its argument is an object for which the condition holds.
macro_rules! check {
    ($condition:expr) => {
        |_, args, context| {
            let condition: fn(&JsObject, &mut Context) -> bool = $condition;
            let found = args.get_or_undefined(0).as_object();
            Ok(found
                .is_some_and(|object| condition(&object, context))
                .into())
        }
    };
}

/// A native function that answers whether its argument is a typed array of one kind.
macro_rules! typed_array {
    ($kind:ident) => {
        check!(|object, _| kind_of(object) == Some(TypedArrayKind::$kind))
    };
}

const CHECKS: &[(&str, NativeFunctionPointer)] = &[
    ("isArgumentsObject", check!(is_arguments)),
    (
        "isArrayBuffer",
        check!(|object, _| object.is::<ArrayBuffer>()),
    ),
    ("isAsyncFunction", check!(is_async_function)),
    (
        "isBigIntObject",
        check!(|object, _| object.is::<JsBigInt>()),
    ),
    ("isBooleanObject", check!(|object, _| object.is::<bool>())),
    ("isDate", check!(|object, _| object.is::<Date>())),
    ("isExternal", never),
    ("isGeneratorFunction", check!(is_generator_function)),
    (
        "isGeneratorObject",
        check!(|object, _| {
            object.is::<Generator>()
                || object.is::<AsyncGenerator>()
                || object.is::<StreamIterator>()
        }),
    ),
    (
        "isMap",
        check!(|object, _| object.is::<OrderedMap<JsValue>>()),
    ),
    (
        "isMapIterator",
        check!(|object, _| JsMapIterator::from_object(object.clone()).is_ok()),
    ),
    (
        "isModuleNamespaceObject",
        check!(|object, _| object.is::<ModuleNamespace>()),
    ),
    ("isNativeError", check!(|object, _| is_native_error(object))),
    ("isNumberObject", check!(|object, _| object.is::<f64>())),
    ("isPromise", check!(|object, _| object.is::<Promise>())),
    ("isProxy", check!(|object, _| object.is::<Proxy>())),
    ("isRegExp", check!(|object, _| object.is::<RegExp>())),
    ("isSet", check!(|object, _| object.is::<OrderedSet>())),
    (
        "isSetIterator",
        check!(|object, _| JsSetIterator::from_object(object.clone()).is_ok()),
    ),
    (
        "isSharedArrayBuffer",
        check!(|object, _| object.is::<SharedArrayBuffer>()),
    ),
    (
        "isStringObject",
        check!(|object, _| object.is::<JsString>()),
    ),
    (
        "isSymbolObject",
        check!(|object, _| object.is::<JsSymbol>()),
    ),
    (
        "isWeakMap",
        check!(|object, _| JsWeakMap::from_object(object.clone()).is_ok()),
    ),
    (
        "isWeakSet",
        check!(|object, _| JsWeakSet::from_object(object.clone()).is_ok()),
    ),
    (
        "isAnyArrayBuffer",
        check!(|object, _| object.is::<ArrayBuffer>() || object.is::<SharedArrayBuffer>()),
    ),
    (
        "isBoxedPrimitive",
        check!(|object, _| is_boxed_primitive(object)),
    ),
    (
        "isArrayBufferView",
        check!(|object, _| object.is::<TypedArray>() || object.is::<DataView>()),
    ),
    ("isDataView", check!(|object, _| object.is::<DataView>())),
    (
        "isTypedArray",
        check!(|object, _| object.is::<TypedArray>()),
    ),
    ("isUint8Array", typed_array!(Uint8)),
    ("isUint8ClampedArray", typed_array!(Uint8Clamped)),
    ("isUint16Array", typed_array!(Uint16)),
    ("isUint32Array", typed_array!(Uint32)),
    ("isInt8Array", typed_array!(Int8)),
    ("isInt16Array", typed_array!(Int16)),
    ("isInt32Array", typed_array!(Int32)),
    ("isFloat16Array", typed_array!(Float16)),
    ("isFloat32Array", typed_array!(Float32)),
    ("isFloat64Array", typed_array!(Float64)),
    ("isBigInt64Array", typed_array!(BigInt64)),
    ("isBigUint64Array", typed_array!(BigUint64)),
    ("isKeyObject", never),
    ("isCryptoKey", never),
];

/// Kinds of object that this runtime doesn't make.
fn never(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(false.into())
}

/// The element type of a typed array.
#[must_use]
pub fn kind_of(object: &JsObject) -> Option<TypedArrayKind> {
    object
        .downcast_ref::<TypedArray>()
        .map(|array| array.kind())
}

/// Whether the object was made by one of the engine's error constructors (or natively as one of them).
#[must_use]
pub fn is_native_error(object: &JsObject) -> bool {
    object.is::<Error>()
}

/// Whether the object wraps a primitive, as `Object(1)` does.
#[must_use]
pub fn is_boxed_primitive(object: &JsObject) -> bool {
    object.is::<f64>()
        || object.is::<JsString>()
        || object.is::<bool>()
        || object.is::<JsBigInt>()
        || object.is::<JsSymbol>()
}

fn is_async_function(object: &JsObject, context: &mut Context) -> bool {
    let intrinsics = context.intrinsics().constructors();
    object.is::<OrdinaryFunction>()
        && object.prototype().is_some_and(|prototype| {
            prototype == intrinsics.async_function().prototype()
                || prototype == intrinsics.async_generator_function().prototype()
        })
}

fn is_generator_function(object: &JsObject, context: &mut Context) -> bool {
    JsGeneratorFunction::from_object(object.clone()).is_ok()
        || object.is::<OrdinaryFunction>()
            && object.prototype().is_some_and(|prototype| {
                prototype
                    == context
                        .intrinsics()
                        .constructors()
                        .async_generator_function()
                        .prototype()
            })
}

/// The engine tells arguments objects only through `Object.prototype.toString`, which a `Symbol.toStringTag` overrides:
/// an object that has one is not asked (arguments objects have none unless a script gives them one).
fn is_arguments(object: &JsObject, context: &mut Context) -> bool {
    if object.is_ordinary() || object.is_array() || object.is_callable() || object.is::<Proxy>() {
        return false;
    }
    let tagged = object.has_property(JsSymbol::to_string_tag(), context);
    if tagged.unwrap_or(true) {
        return false;
    }
    let object_prototype = context.intrinsics().constructors().object().prototype();
    let tag = object_prototype
        .get(js_string!("toString"), context)
        .ok()
        .and_then(|method| method.as_callable())
        .and_then(|method| method.call(&object.clone().into(), &[], context).ok());
    tag.is_some_and(|tag| tag.as_string() == Some(js_string!("[object Arguments]")))
}
