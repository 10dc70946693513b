//! What objects and arrays have, read in place where that is possible: without script, and without proxies.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    builtins::{object::OrdinaryObject, proxy::Proxy},
    js_string,
    object::IndexPropertyValues,
    property::PropertyKey,
};

use crate::runtime::State;

/// An element of an array without gaps, read in place.
pub(crate) fn dense_element(array: &JsObject, index: u64) -> Option<JsValue> {
    if !array.is_array() {
        return None;
    }
    let index = usize::try_from(index).ok()?;
    let array = array.borrow();
    match array.properties().index_property_values() {
        IndexPropertyValues::DenseI32(values) => Some((*values.as_slice().get(index)?).into()),
        IndexPropertyValues::DenseF64(values) => Some((*values.as_slice().get(index)?).into()),
        IndexPropertyValues::DenseElement(values) => values.as_slice().get(index).cloned(),
        _ => None,
    }
}

/// Whether an object has no own `toJSON`.
pub(super) fn lacks_to_json(object: &JsObject) -> bool {
    // A key at once: the conversion looks for numbers in it.
    let key = PropertyKey::String(js_string!("toJSON"));
    !object.borrow().properties().contains_key(&key)
}

/// The length of an array or what is like one; that of an array is read in place.
pub(super) fn length_of(object: &JsObject, context: &mut Context) -> JsResult<u64> {
    let key = PropertyKey::String(js_string!("length"));
    if object.is_array() {
        let found = object.borrow().properties().get(&key);
        let length = found.and_then(|found| found.value().and_then(JsValue::as_number));
        if let Some(length) = length {
            return Ok(length as u64);
        }
    }
    object.get(key, context)?.to_length(context)
}

/// Functions as they were before script could patch them.
#[derive(Default)]
pub(super) struct Captured {
    keys: std::cell::OnceCell<JsObject>,
    is_array: std::cell::OnceCell<JsObject>,
}

/// Keeps what the rare cases call.
pub(super) fn capture(context: &mut Context) -> JsResult<()> {
    let captured = State::of(context).slot::<Captured>();
    let object = context.intrinsics().constructors().object().constructor();
    let array = context.intrinsics().constructors().array().constructor();
    if let Some(keys) = object.get(js_string!("keys"), context)?.as_callable() {
        let _ = captured.keys.set(keys);
    }
    if let Some(is_array) = array.get(js_string!("isArray"), context)?.as_callable() {
        let _ = captured.is_array.set(is_array);
    }
    Ok(())
}

/// `IsArray`: sees through proxies.
pub(super) fn is_array(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    if !object.is::<Proxy>() {
        return Ok(object.is_array());
    }
    let captured = State::of(context).slot::<Captured>();
    match captured.is_array.get() {
        Some(is_array) => Ok(is_array
            .call(&JsValue::undefined(), &[object.clone().into()], context)?
            .to_boolean()),
        None => Ok(false),
    }
}

/// The keys of own enumerable properties that are no symbols, in order.
pub(crate) fn enumerable_keys(
    object: &JsObject,
    context: &mut Context,
) -> JsResult<Vec<PropertyKey>> {
    if object.is::<OrdinaryObject>() || object.is_array() {
        let mut keys = object.own_property_keys(context)?;
        let borrowed = object.borrow();
        let properties = borrowed.properties();
        keys.retain(|key| {
            !matches!(key, PropertyKey::Symbol(_))
                && properties
                    .get(key)
                    .is_some_and(|found| found.enumerable() == Some(true))
        });
        return Ok(keys);
    }
    let captured = State::of(context).slot::<Captured>();
    let Some(keys) = captured.keys.get() else {
        return Ok(Vec::new());
    };
    let list = keys.call(&JsValue::undefined(), &[object.clone().into()], context)?;
    let Some(list) = list.as_object() else {
        return Ok(Vec::new());
    };
    let length = list
        .get(js_string!("length"), context)?
        .to_length(context)?;
    let mut keys = Vec::with_capacity(length as usize);
    for index in 0..length {
        keys.push(list.get(index, context)?.to_property_key(context)?);
    }
    Ok(keys)
}
