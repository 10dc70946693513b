//! `crypto.constants`: OpenSSL's numbers, as programs pass them in options.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::object::OrdinaryObject, js_string,
    property::Attribute,
};

use crate::engine::native::Natives;

const NUMBERS: &[(&str, f64)] = &[
    ("OPENSSL_VERSION_NUMBER", 810_549_376.0),
    ("SSL_OP_ALL", 2_147_485_776.0),
    ("SSL_OP_ALLOW_NO_DHE_KEX", 1024.0),
    ("SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION", 262_144.0),
    ("SSL_OP_CIPHER_SERVER_PREFERENCE", 4_194_304.0),
    ("SSL_OP_CISCO_ANYCONNECT", 32_768.0),
    ("SSL_OP_COOKIE_EXCHANGE", 8192.0),
    ("SSL_OP_CRYPTOPRO_TLSEXT_BUG", 2_147_483_648.0),
    ("SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS", 2048.0),
    ("SSL_OP_LEGACY_SERVER_CONNECT", 4.0),
    ("SSL_OP_NO_COMPRESSION", 131_072.0),
    ("SSL_OP_NO_ENCRYPT_THEN_MAC", 524_288.0),
    ("SSL_OP_NO_QUERY_MTU", 4096.0),
    ("SSL_OP_NO_RENEGOTIATION", 1_073_741_824.0),
    ("SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION", 65_536.0),
    ("SSL_OP_NO_SSLv2", 0.0),
    ("SSL_OP_NO_SSLv3", 33_554_432.0),
    ("SSL_OP_NO_TICKET", 16_384.0),
    ("SSL_OP_NO_TLSv1", 67_108_864.0),
    ("SSL_OP_NO_TLSv1_1", 268_435_456.0),
    ("SSL_OP_NO_TLSv1_2", 134_217_728.0),
    ("SSL_OP_NO_TLSv1_3", 536_870_912.0),
    ("SSL_OP_PRIORITIZE_CHACHA", 2_097_152.0),
    ("SSL_OP_TLS_ROLLBACK_BUG", 8_388_608.0),
    ("ENGINE_METHOD_RSA", 1.0),
    ("ENGINE_METHOD_DSA", 2.0),
    ("ENGINE_METHOD_DH", 4.0),
    ("ENGINE_METHOD_RAND", 8.0),
    ("ENGINE_METHOD_EC", 2048.0),
    ("ENGINE_METHOD_CIPHERS", 64.0),
    ("ENGINE_METHOD_DIGESTS", 128.0),
    ("ENGINE_METHOD_PKEY_METHS", 512.0),
    ("ENGINE_METHOD_PKEY_ASN1_METHS", 1024.0),
    ("ENGINE_METHOD_ALL", 65_535.0),
    ("ENGINE_METHOD_NONE", 0.0),
    ("DH_CHECK_P_NOT_SAFE_PRIME", 2.0),
    ("DH_CHECK_P_NOT_PRIME", 1.0),
    ("DH_UNABLE_TO_CHECK_GENERATOR", 4.0),
    ("DH_NOT_SUITABLE_GENERATOR", 8.0),
    ("RSA_PKCS1_PADDING", 1.0),
    ("RSA_SSLV23_PADDING", 2.0),
    ("RSA_NO_PADDING", 3.0),
    ("RSA_PKCS1_OAEP_PADDING", 4.0),
    ("RSA_X931_PADDING", 5.0),
    ("RSA_PKCS1_PSS_PADDING", 6.0),
    ("RSA_PSS_SALTLEN_DIGEST", -1.0),
    ("RSA_PSS_SALTLEN_MAX_SIGN", -2.0),
    ("RSA_PSS_SALTLEN_AUTO", -2.0),
];

const VERSIONS: &[(&str, f64)] = &[
    ("TLS1_VERSION", 769.0),
    ("TLS1_1_VERSION", 770.0),
    ("TLS1_2_VERSION", 771.0),
    ("TLS1_3_VERSION", 772.0),
    ("POINT_CONVERSION_COMPRESSED", 2.0),
    ("POINT_CONVERSION_UNCOMPRESSED", 4.0),
    ("POINT_CONVERSION_HYBRID", 6.0),
];

const CIPHERS: &str = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:\
ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:\
ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:\
ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:\
HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA";

/// The object, without a prototype; what `tls` may set is writable.
///
/// # Errors
/// None but those of the engine.
pub fn object(context: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::from_proto_and_data(None, OrdinaryObject);
    let mut natives = Natives::on(object, context).attributes(Attribute::ENUMERABLE);
    for (name, number) in NUMBERS {
        natives = natives.value(name, JsValue::from(*number));
    }
    natives = natives.value("defaultCoreCipherList", js_string!(CIPHERS));
    for (name, number) in VERSIONS {
        natives = natives.value(name, JsValue::from(*number));
    }
    let object = natives
        .attributes(Attribute::all())
        .value("defaultCipherList", js_string!(CIPHERS))
        .build();
    Ok(object.into())
}
