//! Hashes are Transform streams, and nearly nobody uses them as such: the prototype between theirs and Transform's has a
//! stand-in for each member of streams. The first that an instance is asked for loads the streams and makes it one.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    builtins::object::OrdinaryObject,
    object::FunctionObjectBuilder,
    property::{Attribute, PropertyDescriptor, PropertyKey},
};

use crate::{
    engine::{
        native::{self, METHOD},
        registry,
    },
    runtime::State,
};

const METHODS: &[&str] = &[
    "addListener",
    "asIndexedPairs",
    "compose",
    "cork",
    "destroy",
    "drop",
    "emit",
    "end",
    "eventNames",
    "every",
    "filter",
    "find",
    "flatMap",
    "forEach",
    "getMaxListeners",
    "isPaused",
    "iterator",
    "listenerCount",
    "listeners",
    "map",
    "off",
    "on",
    "once",
    "pause",
    "pipe",
    "prependListener",
    "prependOnceListener",
    "push",
    "rawListeners",
    "read",
    "reduce",
    "removeAllListeners",
    "removeListener",
    "resume",
    "setDefaultEncoding",
    "setEncoding",
    "setMaxListeners",
    "some",
    "take",
    "toArray",
    "uncork",
    "unpipe",
    "unshift",
    "wrap",
    "write",
];

const PROPERTIES: &[&str] = &[
    "_readableState",
    "_writableState",
    "allowHalfOpen",
    "closed",
    "destroyed",
    "errored",
    "readable",
    "readableAborted",
    "readableDidRead",
    "readableEncoding",
    "readableEnded",
    "readableFlowing",
    "readableHighWaterMark",
    "readableLength",
    "readableObjectMode",
    "writable",
    "writableAborted",
    "writableBuffer",
    "writableCorked",
    "writableEnded",
    "writableFinished",
    "writableHighWaterMark",
    "writableLength",
    "writableNeedDrain",
    "writableObjectMode",
];

/// The prototype of a runtime.
#[derive(Clone)]
struct Stream(JsObject);

/// The prototype that those of `Hash` and `Hmac` inherit from.
pub fn prototype(context: &mut Context) -> JsResult<JsObject> {
    if let Some(Stream(prototype)) = context.get_data::<Stream>() {
        return Ok(prototype.clone());
    }
    let object = context.intrinsics().constructors().object().prototype();
    let prototype = JsObject::from_proto_and_data(object, OrdinaryObject);
    for name in METHODS {
        define_method(&prototype, JsString::from(*name).into(), context);
    }
    define_method(&prototype, JsSymbol::async_iterator().into(), context);
    for name in PROPERTIES {
        define_property(&prototype, JsString::from(*name), context);
    }
    context.insert_data(Stream(prototype.clone()));
    if State::of(context).registry.is_loaded("stream/transform") {
        link(context)?;
    }
    Ok(prototype)
}

/// Puts the prototype above Transform's, so that `instanceof` says what hashes are. Called when the streams have loaded.
///
/// # Errors
/// Those of loading the streams.
pub fn link(context: &mut Context) -> JsResult<()> {
    if let Some(Stream(prototype)) = context.get_data::<Stream>().cloned() {
        let (_, transform) = transform(context)?;
        prototype.set_prototype(Some(transform));
    }
    Ok(())
}

fn transform(context: &mut Context) -> JsResult<(JsObject, JsObject)> {
    let module = registry::require("stream/transform", context)?.to_object(context)?;
    let class = module
        .get(JsString::from("Transform"), context)?
        .to_object(context)?;
    let prototype = class
        .get(JsString::from("prototype"), context)?
        .to_object(context)?;
    Ok((class, prototype))
}

/// The key under which an instance notes that it is a stream already.
struct Mark(JsSymbol);

fn mark(context: &mut Context) -> Option<JsSymbol> {
    if let Some(Mark(mark)) = context.get_data::<Mark>() {
        return Some(mark.clone());
    }
    let mark = JsSymbol::new(Some(JsString::from("kStarted")))?;
    context.insert_data(Mark(mark.clone()));
    Some(mark)
}

/// Makes `this` a stream if it isn't one yet; the prototype that has the real members.
fn start(this: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    let (class, prototype) = transform(context)?;
    if let Some(object) = this.as_object()
        && object.is::<super::hash::Running>()
        && let Some(mark) = mark(context)
        && !object.has_own_property(mark.clone(), context)?
    {
        object.insert_property(mark, native::property(true, Attribute::empty()));
        class.call(this, &[], context)?;
    }
    Ok(prototype)
}

/// A property of an object or of what it inherits from.
fn find(object: &JsObject, key: &PropertyKey) -> Option<PropertyDescriptor> {
    let mut at = Some(object.clone());
    while let Some(object) = at {
        if let Some(found) = object.borrow().properties().get(key) {
            return Some(found);
        }
        at = object.prototype();
    }
    None
}

fn define_method(prototype: &JsObject, key: PropertyKey, context: &mut Context) {
    let function = NativeFunction::from_copy_closure_with_captures(
        |this, args, key: &JsValue, context| {
            let prototype = start(this, context)?;
            // The streams' own, or what a program has put in its place.
            let method = prototype.get(key.to_property_key(context)?, context)?;
            match method.as_callable() {
                Some(method) => method.call(this, args, context),
                None => Ok(JsValue::undefined()),
            }
        },
        JsValue::from(key.clone()),
    );
    let name = match &key {
        PropertyKey::String(name) => name.clone(),
        _ => JsString::from("[Symbol.asyncIterator]"),
    };
    let function = FunctionObjectBuilder::new(context.realm(), function)
        .name(name)
        .build();
    prototype.insert_property(key, native::property(function, METHOD));
}

fn define_property(prototype: &JsObject, name: JsString, context: &mut Context) {
    let get = NativeFunction::from_copy_closure_with_captures(
        |this, _, name: &JsString, context| {
            let prototype = start(this, context)?;
            let key = PropertyKey::from(name.clone());
            let own = this.as_object();
            let own = own.and_then(|own| own.borrow().properties().get(&key));
            let Some(found) = own.or_else(|| find(&prototype, &key)) else {
                return Ok(JsValue::undefined());
            };
            match found.get().and_then(JsValue::as_callable) {
                Some(get) => get.call(this, &[], context),
                None => Ok(found.value().cloned().unwrap_or_default()),
            }
        },
        name.clone(),
    );
    let set = NativeFunction::from_copy_closure_with_captures(
        |this, args, name: &JsString, context| {
            let value = args.first().cloned().unwrap_or_default();
            let key = PropertyKey::from(name.clone());
            // A name with an underscore is the streams' own state.
            if !name.to_std_string_lossy().starts_with('_') {
                let prototype = start(this, context)?;
                let set = find(&prototype, &key).and_then(|found| found.set()?.as_callable());
                if let Some(set) = set {
                    return set.call(this, &[value], context);
                }
            }
            if let Some(object) = this.as_object() {
                object.insert_property(key, native::property(value, Attribute::all()));
            }
            Ok(JsValue::undefined())
        },
        name.clone(),
    );
    let get = FunctionObjectBuilder::new(context.realm(), get)
        .name(name.clone())
        .build();
    let set = FunctionObjectBuilder::new(context.realm(), set)
        .name(name.clone())
        .length(1)
        .build();
    let descriptor = PropertyDescriptor::builder()
        .get(get)
        .set(set)
        .enumerable(false)
        .configurable(true);
    prototype.insert_property(name, descriptor.build());
}
