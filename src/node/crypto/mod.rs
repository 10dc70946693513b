//! `crypto`: hashes, keyed hashes, randomness and key derivation, all native; and the Web Crypto API as far as digests.
//!
//! What isn't there yet (ciphers, signatures, key objects, Diffie-Hellman, certificates) throws when it is called, and
//! says its name.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/crypto.html>

mod algorithm;
mod assembled;
mod constants;
mod errors;
mod hash;
mod input;
mod kdf;
mod keys;
mod lazy_stream;
mod random;
mod web;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction, js_string,
    native_function::NativeFunctionPointer,
    object::{FunctionObjectBuilder, builtins::JsArray},
    property::{Attribute, PropertyDescriptor},
};

pub use lazy_stream::link as link_streams;

use crate::{
    engine::{
        native::{METHOD, Natives, define_lazy, property},
        registry,
    },
    node::{arguments, errors::node_error},
    runtime::State,
};

const FUNCTIONS: &[(&str, usize, NativeFunctionPointer)] = &[
    ("createHash", 2, hash::create_hash),
    ("createHmac", 3, hash::create_hmac),
    ("createSecretKey", 2, keys::create_secret_key),
    ("getCiphers", 0, empty_list),
    ("getCurves", 0, empty_list),
    ("getHashes", 0, algorithm_names),
    ("hkdf", 6, kdf::hkdf),
    ("hkdfSync", 5, kdf::hkdf_sync),
    ("pbkdf2", 6, kdf::pbkdf2),
    ("pbkdf2Sync", 5, kdf::pbkdf2_sync),
    ("randomBytes", 2, random::random_bytes),
    ("randomFill", 4, random::random_fill),
    ("randomFillSync", 1, random::random_fill_sync),
    ("randomInt", 3, random::random_int),
    ("randomUUID", 1, random::random_uuid),
    ("randomUUIDv7", 1, random::random_uuid_v7),
    ("scrypt", 4, kdf::scrypt),
    ("scryptSync", 3, kdf::scrypt_sync),
    ("setEngine", 2, set_engine),
    ("timingSafeEqual", 0, random::timing_safe_equal),
    ("getFips", 0, get_fips),
    ("setFips", 1, set_fips),
    ("hash", 3, hash::hash),
    ("secureHeapUsed", 0, secure_heap_used),
];

/// What Node has and this runtime lacks, with the number of arguments.
const MISSING: &[(&str, usize)] = &[
    ("argon2", 3),
    ("argon2Sync", 2),
    ("checkPrime", 1),
    ("checkPrimeSync", 1),
    ("createCipheriv", 4),
    ("createDecipheriv", 4),
    ("createDiffieHellman", 4),
    ("createDiffieHellmanGroup", 1),
    ("createECDH", 1),
    ("createPrivateKey", 1),
    ("createPublicKey", 1),
    ("createSign", 2),
    ("createVerify", 2),
    ("decapsulate", 3),
    ("diffieHellman", 2),
    ("encapsulate", 2),
    ("generateKeyPair", 3),
    ("generateKeyPairSync", 2),
    ("generatePrime", 3),
    ("generatePrimeSync", 1),
    ("getCipherInfo", 2),
    ("getDiffieHellman", 1),
    ("privateDecrypt", 2),
    ("privateEncrypt", 2),
    ("publicDecrypt", 2),
    ("publicEncrypt", 2),
    ("sign", 4),
    ("verify", 5),
];

/// Classes of which there are no instances.
const MISSING_CLASSES: &[(&str, usize)] = &[
    ("Certificate", 0),
    ("Cipheriv", 4),
    ("Decipheriv", 4),
    ("DiffieHellman", 4),
    ("DiffieHellmanGroup", 1),
    ("ECDH", 1),
    ("Sign", 2),
    ("Verify", 2),
    ("X509Certificate", 1),
];

/// What `require('crypto')` gives.
///
/// # Errors
/// None but those of the engine.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let mut natives = Natives::new(context);
    for (name, length, function) in FUNCTIONS {
        natives = natives.function(name, *length, *function);
    }
    for (name, length) in MISSING {
        let function = missing(name, *length, false, natives.context());
        natives = natives.value(name, function);
    }
    for (name, length) in MISSING_CLASSES {
        let class = missing(name, *length, true, natives.context());
        natives = natives.value(name, class);
    }
    let exports = natives
        .lazy("generateKey", |context| keygen("generateKey", context))
        .lazy("generateKeySync", |context| {
            keygen("generateKeySync", context)
        })
        .lazy("KeyObject", keys::class)
        .lazy("Hash", |context| {
            Ok(hash::classes(context)?.hash.clone().into())
        })
        .lazy("Hmac", |context| {
            Ok(hash::classes(context)?.hmac.clone().into())
        })
        .build();
    define_lazy(
        &exports,
        "constants",
        Attribute::ENUMERABLE,
        constants::object,
        context,
    );
    let random_bytes = exports.get(js_string!("randomBytes"), context)?;
    for name in ["prng", "pseudoRandomBytes", "rng"] {
        let value = old_name(name, &random_bytes, context)?;
        exports.insert_property(JsString::from(name), property(value, METHOD));
    }
    getter(&exports, "webcrypto", webcrypto, context);
    getter(&exports, "subtle", subtle, context);
    getter(&exports, "getRandomValues", get_random_values, context);
    let get = crate::engine::native::function(context, "fips", 0, get_fips);
    let set = crate::engine::native::function(context, "fips", 1, set_fips);
    let fips = PropertyDescriptor::builder()
        .get(get)
        .set(set)
        .enumerable(false)
        .configurable(false);
    exports.insert_property(js_string!("fips"), fips.build());
    Ok(exports.into())
}

/// `randomBytes` under an old name, which warns where programs asked for that.
fn old_name(name: &str, random_bytes: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    if !State::of(context).options.pending_deprecation {
        return Ok(random_bytes.clone());
    }
    let module = registry::require("util/deprecate", context)?.to_object(context)?;
    let deprecate = module.get(js_string!("deprecate"), context)?;
    let message = JsString::from(format!("crypto.{name} is deprecated."));
    let args = [
        random_bytes.clone(),
        message.into(),
        js_string!("DEP0115").into(),
    ];
    match deprecate.as_callable() {
        Some(deprecate) => deprecate.call(&JsValue::undefined(), &args, context),
        None => Ok(random_bytes.clone()),
    }
}

fn getter(object: &JsObject, name: &str, get: NativeFunctionPointer, context: &mut Context) {
    let get = crate::engine::native::function(context, "get", 0, get);
    let descriptor = PropertyDescriptor::builder()
        .get(get)
        .set(JsValue::undefined())
        .enumerable(true)
        .configurable(false);
    object.insert_property(JsString::from(name), descriptor.build());
}

/// A function, or a class, that throws its name.
/// A function of the script half that generates keys.
fn keygen(name: &str, context: &mut Context) -> JsResult<JsValue> {
    let module = registry::require("crypto/keygen", context)?.to_object(context)?;
    module.get(JsString::from(name), context)
}

fn missing(name: &str, length: usize, is_class: bool, context: &mut Context) -> JsValue {
    let throw = NativeFunction::from_copy_closure_with_captures(
        |_, _, name: &JsString, context| Err(errors::missing(name, context)),
        JsString::from(name),
    );
    FunctionObjectBuilder::new(context.realm(), throw)
        .name(JsString::from(name))
        .length(length)
        .constructor(is_class)
        .build()
        .into()
}

/// `binding('crypto')`, for the script half of the Web Crypto API.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("digest", 3, web::digest)
        .function("isIntegerArray", 1, web::is_integer_array)
        .function("isBufferSource", 1, web::is_buffer_source)
        .function("fill", 1, random::fill_values)
        .function("randomUUID", 1, random::random_uuid)
        .function("typeError", 2, web::type_error)
        .build())
}

/// Defines the globals of the Web Crypto API; the script half loads when one is first touched.
///
/// # Errors
/// None but those of the engine.
pub fn install(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    let get = crate::engine::native::function(context, "get crypto", 0, webcrypto);
    let descriptor = PropertyDescriptor::builder()
        .get(get)
        .set(JsValue::undefined())
        .enumerable(true)
        .configurable(true);
    global.insert_property(js_string!("crypto"), descriptor.build());
    drop(
        Natives::on(global, context)
            .lazy("Crypto", |context| web_member("Crypto", context))
            .lazy("CryptoKey", |context| web_member("CryptoKey", context))
            .lazy("SubtleCrypto", |context| {
                web_member("SubtleCrypto", context)
            }),
    );
    Ok(())
}

fn web_member(name: &'static str, context: &mut Context) -> JsResult<JsValue> {
    let module = registry::require("crypto/webcrypto", context)?.to_object(context)?;
    module.get(JsString::from(name), context)
}

fn webcrypto(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    web_member("crypto", context)
}

fn subtle(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    web_member("subtle", context)
}

fn get_random_values(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    web_member("getRandomValues", context)
}

fn empty_list(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsArray::new(context)?.into())
}

fn algorithm_names(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let names: Vec<JsValue> = algorithm::LISTED
        .iter()
        .map(|(name, _)| JsString::from(*name).into())
        .collect();
    Ok(JsArray::from_iter(names, context).into())
}

/// `crypto.setEngine(engine[, flags])`: there are none.
fn set_engine(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = arguments::string(args.get_or_undefined(0), "id", context)?;
    let flags = args.get_or_undefined(1);
    if !flags.is_undefined() && flags.as_number().is_none() {
        return Err(arguments::invalid_type(
            "flags",
            &["number"],
            flags,
            context,
        ));
    }
    Err(node_error(
        "ERR_CRYPTO_ENGINE_UNKNOWN",
        &[id.into()],
        context,
    ))
}

fn get_fips(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(0.into())
}

/// `crypto.setFips(bool)`: can only be switched off.
fn set_fips(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).to_boolean() {
        return Err(node_error("ERR_CRYPTO_FIPS_UNAVAILABLE", &[], context));
    }
    Ok(JsValue::undefined())
}

/// There is no heap for secrets: what OpenSSL says then.
fn secure_heap_used(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let figures = Natives::new(context)
        .value("total", 0)
        .value("used", 0)
        .value("utilization", f64::NAN)
        .value("min", 2);
    Ok(figures.build().into())
}
