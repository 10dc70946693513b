//! `v8`: values as bytes, as Node writes them, and what is known of the heap.
//!
//! The classes and functions that walk values are native and stand on `engine::clone`; what is rarely used is script. What
//! this engine hasn't (snapshots of the heap, coverage, promise hooks) throws when it is called, and says so.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/v8.html>

mod deserializer;
mod heap;
mod serializer;
mod values;

use boa_engine::{
    Context, Finalize, JsData, JsError, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::JsFunction, property::Attribute,
};
use boa_gc::Gc;

use crate::{
    engine::native::{METHOD, Natives, property},
    node::errors,
};

/// `binding('v8')`.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let serializer = serializer::class(context)?;
    let deserializer = deserializer::class(context)?;
    Ok(Natives::new(context)
        .value("Serializer", serializer)
        .value("Deserializer", deserializer)
        .function("serialize", 1, values::serialize)
        .function("deserialize", 1, values::deserialize)
        .function("serializeMessage", 1, values::serialize_message)
        .function("deserializeMessage", 1, values::deserialize_message)
        .function("heapFigures", 0, heap::figures)
        .function("exposeGc", 0, heap::expose_gc)
        .function("isOneByte", 1, values::is_one_byte)
        .build())
}

/// The native half of an instance: a writer or a reader, which may be called again while script that it called runs.
#[derive(Trace, Finalize, JsData)]
struct Native<T: Trace + 'static>(Gc<T>);

impl<T: Trace + 'static> Native<T> {
    fn new(half: T) -> Self {
        Self(Gc::new(half))
    }
}

/// The native half of what a method was called on.
fn native_of<T: Trace + 'static>(this: &JsValue, context: &mut Context) -> JsResult<Gc<T>> {
    let object = this.as_object();
    let half = object
        .as_ref()
        .and_then(|object| Some(object.downcast_ref::<Native<T>>()?.0.clone()));
    half.ok_or_else(|| errors::type_error("Illegal invocation", context))
}

/// `ERR_INVALID_ARG_TYPE` in the words of V8's own natives.
fn invalid_argument(message: &str, context: &mut Context) -> JsError {
    let base = errors::Base::Type;
    errors::coded("ERR_INVALID_ARG_TYPE", base, message, context)
}

/// A prototype for a class, tied to it.
fn add_prototype(class: &JsFunction, context: &Context) -> JsObject {
    let prototype = JsObject::with_object_proto(context.intrinsics());
    prototype.insert_property(js_string!("constructor"), property(class.clone(), METHOD));
    class.insert_property(
        js_string!("prototype"),
        property(prototype.clone(), Attribute::empty()),
    );
    prototype
}

/// The prototype of a new instance.
fn prototype_for(new_target: &JsValue, name: &str, context: &mut Context) -> JsResult<JsObject> {
    let Some(class) = new_target.as_object() else {
        let message = format!("Class constructor {name} cannot be invoked without 'new'");
        let base = errors::Base::Type;
        return Err(errors::coded(
            "ERR_CONSTRUCT_CALL_REQUIRED",
            base,
            &message,
            context,
        ));
    };
    class
        .get(js_string!("prototype"), context)?
        .to_object(context)
}
