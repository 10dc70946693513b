//! What the script half of the Web Crypto API needs of natives.

use boa_engine::{
    Context, JsArgs, JsResult, JsValue,
    builtins::typed_array::{TypedArray, TypedArrayKind},
    object::builtins::JsArrayBuffer,
};

use super::{algorithm::Algorithm, errors::plain};
use crate::{
    node::{
        async_hooks::promises,
        buffer::{self, View},
        errors,
    },
    runtime::pool::{self, Class},
};

/// `digest(name, data, length)`: a promise of an ArrayBuffer; the pool does the work.
pub fn digest(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = args.get_or_undefined(0).to_string(context)?;
    let Some(algorithm) = Algorithm::parse(&name.to_std_string_lossy()) else {
        return Err(plain("Digest method not supported", context));
    };
    let bytes = buffer::bytes_of(args.get_or_undefined(1), context).unwrap_or_default();
    let length = match args.get_or_undefined(2) {
        value if value.is_undefined() => algorithm.output_length(),
        value => value.to_length(context)? as usize,
    };
    let (promise, resolvers) = promises::pending(context);
    let work = move || {
        let mut hasher = algorithm.hasher();
        hasher.update(&bytes);
        hasher.finish(length)
    };
    pool::submit_as(
        Class::Cpu,
        "HASHREQUEST",
        context,
        work,
        move |result, context| {
            let undefined = JsValue::undefined();
            match result {
                Ok(digest) => {
                    let buffer = JsArrayBuffer::from_byte_block(buffer::aligned(&digest), context)?;
                    resolvers
                        .resolve
                        .call(&undefined, &[buffer.into()], context)?;
                }
                Err(error) => {
                    let error = plain(&error.to_string(), context).into_opaque(context)?;
                    resolvers.reject.call(&undefined, &[error], context)?;
                }
            }
            Ok(())
        },
    );
    Ok(promise.into())
}

/// Whether a value is a typed array of integers.
pub fn is_integer_array(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let kind = args
        .get_or_undefined(0)
        .as_object()
        .and_then(|object| Some(object.downcast_ref::<TypedArray>()?.kind()));
    let is_integer = kind.is_some_and(|kind| {
        !matches!(
            kind,
            TypedArrayKind::Float32 | TypedArrayKind::Float64 | TypedArrayKind::Float16
        )
    });
    Ok(is_integer.into())
}

/// Whether a value is a view or an ArrayBuffer.
pub fn is_buffer_source(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(View::of_any(args.get_or_undefined(0), context)
        .is_some()
        .into())
}

/// `typeError(code, message)`
pub fn type_error(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_string(context)?;
    let message = args.get_or_undefined(1).to_string(context)?;
    errors::coded(
        &code.to_std_string_lossy(),
        errors::Base::Type,
        &message.to_std_string_lossy(),
        context,
    )
    .into_opaque(context)
}
