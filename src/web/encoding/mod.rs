//! `TextEncoder` and `TextDecoder`: <https://encoding.spec.whatwg.org/#api>. All native; `encoding_rs` decodes.

mod decoder;
mod encoder;

use std::{cell::OnceCell, rc::Rc};

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::object::OrdinaryObject,
    js_string,
    native_function::NativeFunctionPointer,
    object::{JsPrototype, builtins::JsFunction},
    property::Attribute,
};

use crate::{
    engine::{
        native::{self, METHOD, Natives, define_lazy},
        registry,
    },
    node::errors::node_error_with,
};

#[derive(Default)]
struct Classes {
    encoder: OnceCell<JsFunction>,
    decoder: OnceCell<JsFunction>,
}

/// Defines the globals; each class is made when it is first touched.
pub fn install(context: &mut Context) -> JsResult<()> {
    context.insert_data(Rc::new(Classes::default()));
    let global = context.global_object();
    define_lazy(&global, "TextEncoder", METHOD, text_encoder, context);
    define_lazy(&global, "TextDecoder", METHOD, text_decoder, context);
    Ok(())
}

/// The internal module `encoding`, from which `util` takes both.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let (encoder, decoder) = (text_encoder(context)?, text_decoder(context)?);
    let exports = Natives::new(context)
        .value("TextEncoder", encoder)
        .value("TextDecoder", decoder);
    Ok(exports.build().into())
}

fn classes(context: &Context) -> Rc<Classes> {
    context
        .get_data::<Rc<Classes>>()
        .cloned()
        .unwrap_or_default()
}

fn text_encoder(context: &mut Context) -> JsResult<JsValue> {
    let classes = classes(context);
    let class = match classes.encoder.get() {
        Some(class) => class.clone(),
        None => classes
            .encoder
            .get_or_init(|| encoder::class(context))
            .clone(),
    };
    Ok(class.into())
}

fn text_decoder(context: &mut Context) -> JsResult<JsValue> {
    let classes = classes(context);
    let class = match classes.decoder.get() {
        Some(class) => class.clone(),
        None => classes
            .decoder
            .get_or_init(|| decoder::class(context))
            .clone(),
    };
    Ok(class.into())
}

/// A class of the web: its methods and accessors are enumerable, its instances made natively.
struct Class<'a> {
    name: &'static str,
    construct: NativeFunctionPointer,
    methods: &'a [(&'static str, usize, NativeFunctionPointer)],
    getters: &'a [(&'static str, NativeFunctionPointer)],
}

fn make(class: &Class<'_>, context: &mut Context) -> JsFunction {
    let constructor = native::constructor(context, class.name, 0, class.construct);
    let object = context.intrinsics().constructors().object().prototype();
    let prototype = JsObject::from_proto_and_data(object, OrdinaryObject);
    Natives::on(prototype.clone(), context)
        .value("constructor", constructor.clone())
        .attributes(Attribute::CONFIGURABLE)
        .keyed(JsSymbol::to_string_tag(), JsString::from(class.name))
        .attributes(METHOD)
        .function("inspect", 2, inspect);
    let mut natives = Natives::on(prototype.clone(), context).attributes(Attribute::all());
    for (name, length, method) in class.methods {
        natives = natives.function(name, *length, *method);
    }
    for (name, getter) in class.getters {
        natives = natives.accessor(name, *getter, None);
    }
    natives.build();
    expose_inspect(&prototype, context);
    let descriptor = native::property(prototype, Attribute::empty());
    constructor.insert_property(js_string!("prototype"), descriptor);
    constructor
}

/// Moves the method `inspect` under the key that `util.inspect` looks for.
fn expose_inspect(prototype: &JsObject, context: &mut Context) {
    let method = prototype.get(js_string!("inspect"), context);
    let key = crate::node::arguments::inspect_symbol(context);
    if let (Ok(method), Ok(key)) = (method, key) {
        let descriptor = native::property(method, METHOD);
        prototype.insert_property(key, descriptor);
    }
    let _ = prototype.delete_property_or_throw(js_string!("inspect"), context);
}

fn inspect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = registry::require("encoding/inspect", context)?;
    match module.as_callable() {
        Some(inspect) => inspect.call(this, args, context),
        None => Ok(JsValue::undefined()),
    }
}

/// The prototype that an instance gets, or the error that the class was called without `new`.
fn prototype_for(
    new_target: &JsValue,
    class: &'static str,
    context: &mut Context,
) -> JsResult<JsPrototype> {
    let Some(target) = new_target.as_object() else {
        let message = format!("Class constructor {class} cannot be invoked without 'new'");
        return Err(JsNativeError::typ().with_message(message).into());
    };
    Ok(target.get(js_string!("prototype"), context)?.as_object())
}

fn invalid_this(class: &'static str, context: &mut Context) -> boa_engine::JsError {
    node_error_with("ERR_INVALID_THIS", &[JsString::from(class).into()], context)
}
