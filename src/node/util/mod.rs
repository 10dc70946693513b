//! The native half of `util`: what script can't find out about a value, and the text work of `util.inspect`.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/util.html>

mod env;
mod keys;
mod kinds;
mod text;

use boa_engine::{Context, JsObject, JsResult};

use crate::engine::native::Natives;

/// `binding('util')`.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("kind", 1, kinds::kind)
        .function("functionKind", 1, kinds::function_kind)
        .function("className", 1, kinds::class_name)
        .function("constructorName", 1, kinds::constructor_name)
        .function("isProxy", 1, kinds::is_proxy)
        .function("proxyDetails", 1, kinds::proxy_details)
        .function("promiseState", 1, kinds::promise_state)
        .function("previewEntries", 1, kinds::preview_entries)
        .function("unwrap", 1, kinds::unwrap)
        .function("ownNonIndexKeys", 2, keys::own_non_index_keys)
        .function("ownEnumerableKeys", 1, keys::own_enumerable_keys)
        .function("quote", 1, text::quote_native)
        .function("keyText", 1, text::key_text)
        .function("width", 2, text::width)
        .function("stripVT", 1, text::strip_vt)
        .function("parseEnv", 1, env::parse_env)
        .build())
}
