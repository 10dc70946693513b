//! The native half of `util`: what script can't find out about a value, and the text work of `util.inspect`.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/util.html>

mod env;
mod keys;
pub mod kinds;
mod layout;
mod quick;
mod text;

pub use env::entries as env_entries;
pub use text::{columns_of, strip as strip_control_sequences};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, property::Attribute};

use crate::{
    engine::{
        native::{self, Maker, Natives},
        registry,
    },
    node::process,
};

/// `require('sys')`: `util` by its first name.
pub fn old_name(context: &mut Context) -> JsResult<JsValue> {
    let text = "sys is deprecated. Use `node:util` instead.";
    process::emit_warning(text, "DeprecationWarning", Some("DEP0025"), context)?;
    registry::require("util", context)
}

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
        .function("quickly", 4, quick::quickly)
        .function("parseEnv", 1, env::parse_env)
        .function("defineLate", 3, define_late)
        .build())
}

/// `defineLate(object, name, make)`: an enumerable property whose value `make()` gives when it is first read.
fn define_late(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = args.get_or_undefined(1).to_string(context)?;
    if let Some(object) = args.get_or_undefined(0).as_object()
        && let Some(make) = args.get_or_undefined(2).as_callable()
    {
        native::define_late(
            &object,
            name,
            Attribute::all(),
            Maker::Script(make),
            context,
        );
    }
    Ok(JsValue::undefined())
}
