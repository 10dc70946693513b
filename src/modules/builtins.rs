//! The built-in modules as user code names them.

use boa_engine::{
    Context, JsResult, JsString, JsValue, NativeFunction, object::FunctionObjectBuilder,
};

use crate::{
    engine::{
        native::{self, Maker},
        registry,
    },
    node::{
        PUBLIC_MODULES, SCHEME_ONLY_MODULES,
        errors::{self, Base},
    },
};

/// Whether `specifier` names a built-in, with `node:` or, where that's allowed, without.
#[must_use]
pub fn is_builtin(specifier: &str) -> bool {
    match specifier.strip_prefix("node:") {
        Some(name) => is_public(name) || SCHEME_ONLY_MODULES.contains(&name),
        None => is_public(specifier),
    }
}

fn is_public(name: &str) -> bool {
    PUBLIC_MODULES.binary_search(&name).is_ok()
}

/// Whether a built-in that programs may name isn't there: loading it gives an object that says so when it is used.
#[must_use]
pub fn is_missing(name: &str) -> bool {
    !registry::exists(name)
}

/// The exports of a built-in, named with or without `node:`.
///
/// # Errors
/// What the module throws while it loads; `ERR_UNKNOWN_BUILTIN_MODULE` for a name that isn't a built-in's.
pub fn load(specifier: &str, context: &mut Context) -> JsResult<JsValue> {
    let name = specifier.strip_prefix("node:").unwrap_or(specifier);
    if registry::exists(name) {
        return registry::require(name, context);
    }
    if is_builtin(specifier) {
        let missing = registry::require("module/missing", context)?;
        let missing = missing.to_object(context)?;
        return missing.call(
            &JsValue::undefined(),
            &[JsString::from(name).into()],
            context,
        );
    }
    let message = format!("No such built-in module: {specifier}");
    Err(errors::coded(
        "ERR_UNKNOWN_BUILTIN_MODULE",
        Base::Plain,
        &message,
        context,
    ))
}

/// Makes every built-in a global of its name, loaded on first touch: what code of `-e` and `-p` finds.
///
/// # Errors
/// Those of the engine.
pub fn define_globals(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    for name in PUBLIC_MODULES {
        let key = JsString::from(*name);
        let is_name = !name.contains('/') && !name.starts_with('_');
        // `crypto` is the module here, not the Web Crypto API.
        let is_there = *name != "crypto" && global.has_own_property(key.clone(), context)?;
        if !is_name || is_there {
            continue;
        }
        let make = NativeFunction::from_copy_closure(|_, _, context| load(name, context));
        let make = FunctionObjectBuilder::new(context.realm(), make).build();
        let maker = Maker::Script(make.into());
        native::define_late(&global, key, native::METHOD, maker, context);
    }
    Ok(())
}
