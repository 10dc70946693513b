//! `atob` and `btoa`: <https://infra.spec.whatwg.org/#forgiving-base64>.

use boa_engine::{
    Context, JsArgs, JsError, JsResult, JsStr, JsString, JsValue, string::JsStrVariant,
};

use super::base64;
use crate::{engine::native, node::errors::node_error_with, web::dom_exception::dom_exception};

/// The two functions, shared by the globals and the module.
pub struct WebFunctions {
    /// Base64 to binary text.
    pub atob: JsValue,
    /// Binary text to base64.
    pub btoa: JsValue,
}

/// Makes them.
pub fn functions(context: &Context) -> WebFunctions {
    WebFunctions {
        atob: native::function(context, "atob", 1, atob).into(),
        btoa: native::function(context, "btoa", 1, btoa).into(),
    }
}

fn input(args: &[JsValue], context: &mut Context) -> JsResult<JsString> {
    if args.is_empty() {
        let name = JsString::from("input").into();
        return Err(node_error_with("ERR_MISSING_ARGS", &[name], context));
    }
    args.get_or_undefined(0).to_string(context)
}

fn atob(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = input(args, context)?;
    let bytes = match text.as_str().variant() {
        JsStrVariant::Latin1(text) => base64::decode_forgiving(text),
        JsStrVariant::Utf16(units) => {
            let narrow: Option<Vec<u8>> =
                units.iter().map(|unit| u8::try_from(*unit).ok()).collect();
            narrow.and_then(|text| base64::decode_forgiving(&text))
        }
    };
    match bytes {
        Some(bytes) => Ok(JsString::from(JsStr::latin1(&bytes)).into()),
        None => Err(invalid_character(
            "The string to be decoded is not correctly encoded.",
            context,
        )),
    }
}

fn btoa(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = input(args, context)?;
    let bytes: Option<Vec<u8>> = match text.as_str().variant() {
        JsStrVariant::Latin1(units) => Some(units.to_vec()),
        JsStrVariant::Utf16(units) => units.iter().map(|unit| u8::try_from(*unit).ok()).collect(),
    };
    match bytes {
        Some(bytes) => Ok(base64::encode(&bytes).into()),
        None => Err(invalid_character("Invalid character", context)),
    }
}

fn invalid_character(message: &str, context: &mut Context) -> JsError {
    dom_exception(message, "InvalidCharacterError", context)
}
