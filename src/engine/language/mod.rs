//! What Node.js 24's engine has of the language and ours hasn't, and the other way round. Called at the start of each
//! realm, before the intrinsics are captured. What is long is script and is parsed when it is first called.

mod buffers;
mod dates;
mod legacy_date;
mod zone_names;

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    native_function::NativeFunctionPointer,
    property::{Attribute, PropertyKey},
};

use super::{
    native::{self, METHOD, define_lazy},
    registry,
};

/// Fills the gaps of the realm that the context is in.
///
/// # Errors
/// Those of the engine.
pub fn install(context: &mut Context) -> JsResult<()> {
    take_away(context)?;
    dates::install(context)?;
    buffers::install(context)?;
    let constructors = context.intrinsics().constructors();
    let (array, error) = (
        constructors.array().constructor(),
        constructors.error().constructor(),
    );
    let iterator = constructors.iterator().prototype();
    method(&array, "fromAsync", 1, from_async, context);
    method(&error, "isError", 1, is_error, context);
    let dispose = native::function(context, "[Symbol.dispose]", 0, dispose_iterator);
    iterator.insert_property(JsSymbol::dispose(), native::property(dispose, METHOD));
    if let Some(atomics) = context
        .global_object()
        .get(js_string!("Atomics"), context)?
        .as_object()
    {
        method(&atomics, "pause", 0, pause, context);
    }
    install_using(context)?;
    let global = context.global_object();
    define_lazy(
        &global,
        "SuppressedError",
        METHOD,
        |c| exported("SuppressedError", c),
        context,
    );
    define_lazy(
        &global,
        "DisposableStack",
        METHOD,
        |c| exported("DisposableStack", c),
        context,
    );
    define_lazy(
        &global,
        "AsyncDisposableStack",
        METHOD,
        |c| exported("AsyncDisposableStack", c),
        context,
    );
    Ok(())
}

fn method(
    object: &JsObject,
    name: &str,
    length: usize,
    f: NativeFunctionPointer,
    context: &Context,
) {
    let function = native::function(context, name, length, f);
    object.insert_property(JsString::from(name), native::property(function, METHOD));
}

fn exported(name: &str, context: &mut Context) -> JsResult<JsValue> {
    let module = registry::require("language/disposable", context)?.to_object(context)?;
    module.get(JsString::from(name), context)
}

/// Proposals that the engine is ahead with. Programs test for them to know the version of the engine.
fn take_away(context: &mut Context) -> JsResult<()> {
    let constructors = context.intrinsics().constructors();
    let extras = [
        (constructors.map().prototype(), "getOrInsert"),
        (constructors.map().prototype(), "getOrInsertComputed"),
        (constructors.weak_map().prototype(), "getOrInsert"),
        (constructors.weak_map().prototype(), "getOrInsertComputed"),
        (constructors.iterator().constructor(), "concat"),
        (constructors.date().prototype(), "toTemporalInstant"),
    ];
    for (object, name) in extras {
        object.delete_property_or_throw(JsString::from(name), context)?;
    }
    context
        .global_object()
        .delete_property_or_throw(js_string!("TypedArray"), context)?;
    Ok(())
}

/// What the text that stands for a `using` declaration calls (`modules/lexer/usings.rs`): it hangs where syntax finds it, on
/// the prototype of generator functions, whatever a program has done to its globals.
fn install_using(context: &mut Context) -> JsResult<()> {
    let prototype = context
        .intrinsics()
        .constructors()
        .generator_function()
        .prototype();
    let scope = native::function(context, "using", 1, |_, args, context| {
        let module = registry::require("language/disposable", context)?.to_object(context)?;
        let make = module.get(js_string!("makeScope"), context)?;
        match make.as_callable() {
            Some(make) => make.call(&JsValue::undefined(), args, context),
            None => Ok(JsValue::undefined()),
        }
    });
    prototype.insert_property(
        js_string!("using"),
        native::property(scope, Attribute::empty()),
    );
    Ok(())
}

/// `Array.fromAsync(items, mapper, thisArg)`
fn from_async(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let function = registry::require("language/from_async", context)?;
    match function.as_callable() {
        Some(function) => function.call(this, args, context),
        None => Ok(JsValue::undefined()),
    }
}

/// `Error.isError(value)`
fn is_error(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0).as_object();
    Ok(value
        .is_some_and(|object| object.is::<boa_engine::builtins::error::Error>())
        .into())
}

/// `Iterator.prototype[Symbol.dispose]()`
fn dispose_iterator(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = PropertyKey::from(js_string!("return"));
    let object = this.to_object(context)?;
    let method = object.get(key, context)?;
    if method.is_null_or_undefined() {
        return Ok(JsValue::undefined());
    }
    let Some(method) = method.as_callable() else {
        return Err(JsNativeError::typ()
            .with_message("return is not a function")
            .into());
    };
    method.call(this, &[], context)?;
    Ok(JsValue::undefined())
}

/// `Atomics.pause(n)`: a hint to the processor.
fn pause(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let hint = args.get_or_undefined(0);
    let integral = hint.as_number().is_some_and(|n| n.fract() == 0.0);
    if !hint.is_undefined() && !integral {
        return Err(JsNativeError::typ()
            .with_message("Atomics.pause requires an integral number")
            .into());
    }
    std::hint::spin_loop();
    Ok(JsValue::undefined())
}
