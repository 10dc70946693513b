//! Lists of own keys in one native call, without a descriptor object for each. An emitter whose listeners are kept natively gets
//! the properties that show them first.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue,
    builtins::{proxy::Proxy, typed_array::TypedArray},
    module::ModuleNamespace,
    object::builtins::JsArray,
    property::PropertyKey,
};

use crate::node::events::table;

/// Keys that are no array indices: `ownNonIndexKeys(object, onlyEnumerable)`.
pub(super) fn own_non_index_keys(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else {
        return Ok(JsArray::new(context)?.into());
    };
    table::show(&object, context);
    let only_enumerable = args.get_or_undefined(1).to_boolean();
    let keys: Vec<PropertyKey> = if object.is::<Proxy>() {
        object.own_property_keys(context)?
    } else {
        object.borrow().shape().keys()
    };
    let keep = |key: &PropertyKey| {
        !matches!(key, PropertyKey::Index(_)) && (!only_enumerable || is_enumerable(&object, key))
    };
    Ok(list(strings_first(keys), keep, context))
}

/// Enumerable keys, texts and symbols: `ownEnumerableKeys(object)`.
pub(super) fn own_enumerable_keys(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else {
        return Ok(JsArray::new(context)?.into());
    };
    table::show(&object, context);
    let keys = object.own_property_keys(context)?;
    Ok(list(keys, |key| is_enumerable(&object, key), context))
}

/// An array of the keys that are to be kept.
fn list(
    keys: Vec<PropertyKey>,
    keep: impl Fn(&PropertyKey) -> bool,
    context: &mut Context,
) -> JsValue {
    let kept: Vec<JsValue> = keys.into_iter().filter(keep).map(Into::into).collect();
    JsArray::from_iter(kept, context).into()
}

/// A shape lists its keys in the order they were added.
fn strings_first(keys: Vec<PropertyKey>) -> Vec<PropertyKey> {
    let (symbols, mut rest): (Vec<_>, Vec<_>) = keys
        .into_iter()
        .partition(|key| matches!(key, PropertyKey::Symbol(_)));
    rest.extend(symbols);
    rest
}

fn is_enumerable(object: &JsObject, key: &PropertyKey) -> bool {
    // Exotic objects answer for keys that are not in their property table.
    if object.is::<Proxy>() {
        return true;
    }
    if object.is::<ModuleNamespace>() {
        return !matches!(key, PropertyKey::Symbol(_));
    }
    if (object.is::<JsString>() || object.is::<TypedArray>())
        && matches!(key, PropertyKey::Index(_))
    {
        return true;
    }
    object
        .borrow()
        .properties()
        .get(key)
        .is_some_and(|found| found.enumerable() == Some(true))
}
