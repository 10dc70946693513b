//! What script passes as bytes: strings, views and buffers, read in place or copied for a job.

use boa_engine::{Context, JsError, JsResult, JsStr, JsString, JsValue, string::JsStrVariant};

use crate::node::{
    buffer::{Encoding, View},
    errors,
};

/// What a hash takes: text in an encoding, or the bytes of a view.
pub enum Input {
    Text(JsString, Encoding),
    Bytes(View),
}

impl Input {
    /// The data of `update`.
    ///
    /// # Errors
    /// `ERR_INVALID_ARG_TYPE` for what is neither string nor view; `ERR_INVALID_ARG_VALUE` for hexadecimal text of odd
    /// length.
    pub fn of(
        data: &JsValue,
        encoding: &JsValue,
        name: &str,
        context: &mut Context,
    ) -> JsResult<Self> {
        if let Some(text) = data.as_string() {
            let encoding_used = Encoding::of(encoding).unwrap_or_default();
            if encoding_used == Encoding::Hex && text.len() % 2 == 1 {
                let reason = format!("is invalid for data of length {}", text.len());
                return Err(errors::invalid_arg_value(
                    "encoding", encoding, &reason, context,
                ));
            }
            return Ok(Self::Text(text, encoding_used));
        }
        View::of(data, context).map(Self::Bytes).ok_or_else(|| {
            let expected = ["string", "Buffer", "TypedArray", "DataView"];
            errors::invalid_arg_type(name, &expected, data, context)
        })
    }

    /// Reads the bytes, in place where they lie as they are wanted. `read` must not call script.
    pub fn read<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Bytes(view) => view.read(read),
            Self::Text(text, encoding) => with_text(text.as_str(), *encoding, read),
        }
    }
}

fn with_text<R>(text: JsStr<'_>, encoding: Encoding, read: impl FnOnce(&[u8]) -> R) -> R {
    match (encoding, text.variant()) {
        (Encoding::Latin1 | Encoding::Ascii, JsStrVariant::Latin1(bytes)) => read(bytes),
        (Encoding::Utf8, JsStrVariant::Latin1(bytes)) if bytes.is_ascii() => read(bytes),
        _ => read(&encoding.encode(text)),
    }
}

/// A copy of what a key, salt or password is made of, strings as UTF-8; `None` for other values.
pub fn secret(value: &JsValue, context: &mut Context) -> Option<Vec<u8>> {
    match value.as_string() {
        Some(text) => Some(Encoding::Utf8.encode(text.as_str())),
        None => View::of_any(value, context).map(|view| view.to_vec()),
    }
}

/// The same, or `ERR_INVALID_ARG_TYPE`.
pub fn secret_argument(value: &JsValue, name: &str, context: &mut Context) -> JsResult<Vec<u8>> {
    secret(value, context).ok_or_else(|| {
        let expected = ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"];
        errors::invalid_arg_type(name, &expected, value, context)
    })
}

/// The function that is the last argument.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE` for anything else.
pub fn callback(value: &JsValue, context: &mut Context) -> Result<boa_engine::JsObject, JsError> {
    value
        .as_callable()
        .ok_or_else(|| errors::invalid_callback(value, context))
}

/// A property of an object of options.
pub fn option(options: &JsValue, name: &str, context: &mut Context) -> JsResult<JsValue> {
    match options.as_object() {
        Some(object) => object.get(JsString::from(name), context),
        None => Ok(JsValue::undefined()),
    }
}
