//! `Object.defineProperty` for lazy getters. The engine's inline caches note a property after its getter has run: a getter
//! that replaces itself by a value leaves a note that the place still has the getter. The next read there would call
//! the value, or run the getter of the prototype once more. Programs do this all the time (chalk's styles, lazy exports),
//! so:
//!
//! - an own accessor that becomes a value stays an accessor of that value until the microtasks run;
//! - a getter of a prototype that runs again may define the own property again, even one that can't be configured.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction,
    builtins::proxy::Proxy,
    js_string,
    object::FunctionObjectBuilder,
    property::{Attribute, PropertyDescriptor, PropertyKey},
};

use super::native::{self, METHOD};

/// Replaces `Object.defineProperty`; call it before the intrinsics are captured.
pub fn install(context: &mut Context) -> JsResult<()> {
    let object = context.intrinsics().constructors().object().constructor();
    let name = js_string!("defineProperty");
    let original = object.get(name.clone(), context)?;
    let Some(original) = original.as_callable() else {
        return Ok(());
    };
    let define = NativeFunction::from_copy_closure_with_captures(
        |_, args, original: &JsObject, context| define_property(args, original, context),
        original,
    );
    let define = FunctionObjectBuilder::new(context.realm(), define)
        .name(name.clone())
        .length(3)
        .build();
    let descriptor = native::property(define, METHOD);
    object.insert_property(name, descriptor);
    Ok(())
}

fn define_property(
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let target = args.get_or_undefined(0).as_object();
    let name = args.get_or_undefined(1).as_string();
    let (Some(object), Some(name)) = (target, name) else {
        return original.call(&JsValue::undefined(), args, context);
    };
    if object.is::<Proxy>() {
        return original.call(&JsValue::undefined(), args, context);
    }
    let key = PropertyKey::from(name.clone());
    let own = object.borrow().properties().get(&key);
    let Some(own) = own else {
        return original.call(&JsValue::undefined(), args, context);
    };
    if own.is_accessor_descriptor() && own.configurable() == Some(true) {
        if let Some((value, attributes)) = value_of(args.get_or_undefined(2), &own, context)? {
            native::define_known(&object, name, attributes, value, context);
            return Ok(object.into());
        }
        return original.call(&JsValue::undefined(), args, context);
    }
    let outcome = original.call(&JsValue::undefined(), args, context);
    if outcome.is_err()
        && own.is_data_descriptor()
        && inherits_accessor(&object, &key)
        && let Some((value, _)) = value_of(args.get_or_undefined(2), &own, context)?
    {
        let again = PropertyDescriptor::builder()
            .value(value)
            .writable(own.writable() == Some(true))
            .enumerable(own.enumerable() == Some(true))
            .configurable(own.configurable() == Some(true))
            .build();
        object.insert_property(key, again);
        return Ok(object.into());
    }
    outcome
}

/// The value and the attributes that a descriptor object asks for, if it is one of a value.
fn value_of(
    descriptor: &JsValue,
    own: &PropertyDescriptor,
    context: &mut Context,
) -> JsResult<Option<(JsValue, Attribute)>> {
    let Some(descriptor) = descriptor.as_object() else {
        return Ok(None);
    };
    let is_value = descriptor.has_property(js_string!("value"), context)?
        && !descriptor.has_property(js_string!("get"), context)?
        && !descriptor.has_property(js_string!("set"), context)?;
    if !is_value {
        return Ok(None);
    }
    let mut flag = |name: JsString, otherwise: bool| -> JsResult<bool> {
        if !descriptor.has_property(name.clone(), context)? {
            return Ok(otherwise);
        }
        Ok(descriptor.get(name, context)?.to_boolean())
    };
    let mut attributes = Attribute::empty();
    attributes.set(
        Attribute::WRITABLE,
        flag(js_string!("writable"), own.writable() == Some(true))?,
    );
    attributes.set(
        Attribute::ENUMERABLE,
        flag(js_string!("enumerable"), own.enumerable() == Some(true))?,
    );
    attributes.set(
        Attribute::CONFIGURABLE,
        flag(js_string!("configurable"), own.configurable() == Some(true))?,
    );
    let value = descriptor.get(js_string!("value"), context)?;
    Ok(Some((value, attributes)))
}

fn inherits_accessor(object: &JsObject, key: &PropertyKey) -> bool {
    let mut next = object.prototype();
    while let Some(prototype) = next {
        if prototype.is::<Proxy>() {
            return false;
        }
        let found = prototype.borrow().properties().get(key);
        if let Some(found) = found {
            return found.is_accessor_descriptor();
        }
        next = prototype.prototype();
    }
    false
}
