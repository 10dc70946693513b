//! Secret keys: `createSecretKey` and the class `KeyObject` as far as they need it. Keys of other kinds aren't there yet.

use std::rc::Rc;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace,
    builtins::object::OrdinaryObject, js_string, object::builtins::JsFunction, property::Attribute,
};
use subtle::ConstantTimeEq;

use super::{
    errors::illegal_invocation,
    input::{option, secret},
};
use crate::{
    engine::native::{self, METHOD, Natives, property},
    node::{
        arguments,
        buffer::{self, Encoding},
        errors,
    },
};

/// The bytes of a key.
#[derive(Trace, Finalize, JsData)]
struct Secret(#[unsafe_ignore_trace] Vec<u8>);

struct Class {
    constructor: JsFunction,
    secret_prototype: JsObject,
}

/// `crypto.KeyObject`; made when it is first asked for.
///
/// # Errors
/// None but those of the engine.
pub fn class(context: &mut Context) -> JsResult<JsValue> {
    Ok(made(context).constructor.clone().into())
}

fn made(context: &mut Context) -> Rc<Class> {
    if let Some(class) = context.get_data::<Rc<Class>>() {
        return class.clone();
    }
    let constructor = native::constructor(context, "KeyObject", 2, |_, _, context| {
        Err(super::errors::missing(&js_string!("KeyObject"), context))
    });
    let from = native::function(context, "from", 1, |_, _, context| {
        Err(super::errors::missing(
            &js_string!("KeyObject.from"),
            context,
        ))
    });
    constructor.insert_property(js_string!("from"), property(from, METHOD));
    let object = context.intrinsics().constructors().object().prototype();
    let prototype = JsObject::from_proto_and_data(object, OrdinaryObject);
    drop(
        Natives::on(prototype.clone(), context)
            .value("constructor", constructor.clone())
            .function("equals", 1, equals)
            .attributes(Attribute::all())
            .accessor("type", kind, None),
    );
    let fixed = property(prototype.clone(), Attribute::empty());
    constructor.insert_property(js_string!("prototype"), fixed);
    let own = native::constructor(context, "SecretKeyObject", 1, |_, _, context| {
        Err(errors::node_error("ERR_ILLEGAL_CONSTRUCTOR", &[], context))
    });
    let secret_prototype = JsObject::from_proto_and_data(prototype, OrdinaryObject);
    drop(
        Natives::on(secret_prototype.clone(), context)
            .value("constructor", own)
            .function("export", 1, export)
            .attributes(Attribute::CONFIGURABLE)
            .accessor("symmetricKeySize", size, None),
    );
    let class = Rc::new(Class {
        constructor,
        secret_prototype,
    });
    context.insert_data(class.clone());
    class
}

/// The bytes of a secret key object.
pub fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    let object = value.as_object()?;
    let secret = object.downcast_ref::<Secret>()?;
    Some(secret.0.clone())
}

fn this_bytes(this: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    bytes(this).ok_or_else(|| illegal_invocation(context))
}

/// `crypto.createSecretKey(key[, encoding])`
pub fn create_secret_key(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let key = args.get_or_undefined(0);
    let bytes = match key.as_string() {
        Some(text) => {
            let encoding = Encoding::of(args.get_or_undefined(1)).unwrap_or_default();
            encoding.encode(text.as_str())
        }
        None => secret(key, context).ok_or_else(|| {
            let expected = ["ArrayBuffer", "Buffer", "TypedArray", "DataView"];
            errors::invalid_arg_type("key", &expected, key, context)
        })?,
    };
    let prototype = made(context).secret_prototype.clone();
    let object = JsObject::new(context.root_shape(), prototype, Secret(bytes));
    Ok(object.upcast().into())
}

fn kind(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    this_bytes(this, context)?;
    Ok(js_string!("secret").into())
}

fn size(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(this_bytes(this, context)?.len().into())
}

fn equals(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let own = this_bytes(this, context)?;
    let other = args.get_or_undefined(0);
    let Some(other) = bytes(other) else {
        return Err(arguments::invalid_type(
            "otherKeyObject",
            &["KeyObject"],
            other,
            context,
        ));
    };
    Ok(bool::from(own.ct_eq(&other)).into())
}

/// `keyObject.export([options])`: a Buffer, or the key in the form of a JSON Web Key.
fn export(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = this_bytes(this, context)?;
    let options = args.get_or_undefined(0);
    if !options.is_undefined() {
        arguments::object(options, "options", context)?;
        let format = option(options, "format", context)?;
        let name = format.as_string().map(|name| name.to_std_string_lossy());
        match name.as_deref() {
            Some("jwk") => {
                let key = Encoding::Base64Url.decode(&bytes);
                let jwk = Natives::new(context)
                    .value("kty", js_string!("oct"))
                    .value("k", key);
                return Ok(jwk.build().into());
            }
            Some("buffer") => {}
            None if format.is_undefined() => {}
            _ => {
                let reason = "must be one of: undefined, 'buffer', 'jwk'";
                return Err(errors::invalid_arg_value(
                    "options.format",
                    &format,
                    reason,
                    context,
                ));
            }
        }
    }
    buffer::from_slice(&bytes, context).map(JsValue::from)
}
