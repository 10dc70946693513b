//! The errors of OpenSSL that programs see through Node.

use boa_engine::{Context, JsError, JsString, JsValue, js_string};

use crate::node::errors;

/// An error as OpenSSL names it: its number, the library, and the reason, from which Node makes the code.
pub fn openssl(number: &str, library: &str, reason: &str, context: &mut Context) -> JsError {
    let error = plain(&format!("error:{number}:{library}::{reason}"), context);
    let Some(object) = error.as_opaque().and_then(JsValue::as_object) else {
        return error;
    };
    let prefix = match library {
        "digital envelope routines" => "EVP_",
        _ => "",
    };
    let code = format!("ERR_OSSL_{prefix}{reason}")
        .replace(' ', "_")
        .to_uppercase();
    for (name, value) in [("library", library), ("reason", reason), ("code", &code)] {
        let made = object.create_data_property_or_throw(
            JsString::from(name),
            JsString::from(value),
            context,
        );
        if let Err(error) = made {
            return error;
        }
    }
    error
}

/// An `Error` without a code.
pub fn plain(message: &str, context: &mut Context) -> JsError {
    errors::plain(errors::Base::Plain, message, context)
}

/// `ERR_CRYPTO_INVALID_DIGEST`.
pub fn invalid_digest(name: &JsString, context: &mut Context) -> JsError {
    errors::node_error("ERR_CRYPTO_INVALID_DIGEST", &[name.clone().into()], context)
}

/// `ERR_CRYPTO_HASH_FINALIZED`.
pub fn finalized(context: &mut Context) -> JsError {
    errors::node_error("ERR_CRYPTO_HASH_FINALIZED", &[], context)
}

/// What an object of this module throws when a method is called on something else.
pub fn illegal_invocation(context: &mut Context) -> JsError {
    errors::type_error("Illegal invocation", context)
}

/// The name under which a function reports itself as missing.
pub fn missing(name: &JsString, context: &mut Context) -> JsError {
    let name = js_string!(&js_string!("crypto."), name, &js_string!("()"));
    errors::node_error("ERR_METHOD_NOT_IMPLEMENTED", &[name.into()], context)
}
