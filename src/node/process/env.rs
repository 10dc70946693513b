//! `process.env`: a copy of the environment for each runtime, whose values are always strings. `TZ` also changes the
//! time zone of the process.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/process.html#processenv>

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsProxyBuilder, property::PropertyKey,
};

use crate::{
    node::{errors, process::emit_warning},
    runtime::{
        State,
        access::{self, Operation},
    },
    sys,
};

/// Makes the object on first touch.
pub fn make(context: &mut Context) -> JsResult<JsValue> {
    access::check(Operation::EnvRead, context)?;
    let target = JsObject::with_object_proto(context.intrinsics());
    for (name, value) in std::env::vars_os() {
        let name = JsString::from(name.to_string_lossy().as_ref());
        let value = JsString::from(value.to_string_lossy().as_ref());
        target.create_data_property(name, value, context)?;
    }
    for (name, value) in &State::of(context).options.env_file {
        if std::env::var_os(name).is_none() {
            target.create_data_property(
                JsString::from(name.as_str()),
                JsString::from(value.as_str()),
                context,
            )?;
        }
    }
    let proxy = JsProxyBuilder::new(target)
        .set(set)
        .define_property(define)
        .delete_property(delete)
        .build(context)?;
    Ok(proxy.into())
}

/// What each change begins with.
fn key_and_target(args: &[JsValue], context: &mut Context) -> JsResult<(JsObject, PropertyKey)> {
    access::check(Operation::EnvWrite, context)?;
    let target = args.get_or_undefined(0).to_object(context)?;
    let key = args.get_or_undefined(1).to_property_key(context)?;
    Ok((target, key))
}

fn set(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (target, key) = key_and_target(args, context)?;
    let value = args.get_or_undefined(2);
    if matches!(key, PropertyKey::Symbol(_)) || value.is_symbol() {
        return Err(errors::type_error(
            "Cannot convert a Symbol value to a string",
            context,
        ));
    }
    let plain = value.is_string() || value.is_boolean() || value.is_number();
    if !plain && State::of(context).options.pending_deprecation {
        emit_warning(
            "Assigning any value other than a string, number, or boolean to a process.env property is deprecated. \
             Please make sure to convert the value to a string before setting process.env with it.",
            "DeprecationWarning",
            Some("DEP0104"),
            context,
        )?;
    }
    let value = value.to_string(context)?;
    // The system has no variable without a name.
    if key == PropertyKey::from(js_string!()) {
        return Ok(true.into());
    }
    note_time_zone(&key, Some(&value));
    target.create_data_property_or_throw(key, value, context)?;
    Ok(true.into())
}

fn define(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (target, key) = key_and_target(args, context)?;
    let descriptor = args.get_or_undefined(2).to_property_descriptor(context)?;
    if descriptor.is_accessor_descriptor() {
        return Err(errors::node_error_with(
            "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
            &[
                js_string!("'process.env' does not accept an accessor(getter/setter) descriptor")
                    .into(),
            ],
            context,
        ));
    }
    let full = descriptor.configurable() == Some(true)
        && descriptor.writable() == Some(true)
        && descriptor.enumerable() == Some(true);
    if !full || descriptor.value().is_none() {
        let text = js_string!(
            "'process.env' only accepts a configurable, writable, and enumerable data descriptor"
        );
        return Err(errors::node_error_with(
            "ERR_INVALID_OBJECT_DEFINE_PROPERTY",
            &[text.into()],
            context,
        ));
    }
    let value = descriptor
        .value()
        .cloned()
        .unwrap_or_default()
        .to_string(context)?;
    note_time_zone(&key, Some(&value));
    target.create_data_property_or_throw(key, value, context)?;
    Ok(true.into())
}

fn delete(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (target, key) = key_and_target(args, context)?;
    note_time_zone(&key, None);
    target.delete_property_or_throw(key, context)?;
    Ok(true.into())
}

fn note_time_zone(key: &PropertyKey, value: Option<&JsString>) {
    if *key == PropertyKey::from(js_string!("TZ")) {
        sys::set_time_zone(value.map(JsString::to_std_string_lossy).as_deref());
    }
}
