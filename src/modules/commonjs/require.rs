//! The `require` function that each module gets, and `module.require` behind it.

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue, NativeFunction,
    js_string,
    object::{FunctionObjectBuilder, builtins::JsFunction},
};

use super::super::builtins;
use super::super::resolve::lookup_paths;
use super::load::Parent;
use super::{array_of, load, resolve_filename};
use crate::node::errors;
use crate::runtime::State;

/// Makes the `require` of a module.
///
/// # Errors
/// None but those of the engine.
pub fn make_require(module: &JsObject, context: &mut Context) -> JsResult<JsFunction> {
    let state = State::of(context);
    let commonjs = &state.modules.commonjs;
    let require = closure("require", 1, module, context, |args, module, context| {
        let core = State::of(context).modules.commonjs.core(context);
        let method = module.get(js_string!("require"), context)?;
        match method.as_callable() {
            Some(method) if core.is_original("require", &method) => {
                require_module(module, args, context)
            }
            Some(method) => method.call(&module.clone().into(), args, context),
            None => Err(JsNativeError::typ()
                .with_message("mod.require is not a function")
                .into()),
        }
    });
    let resolve = closure("resolve", 2, module, context, |args, module, context| {
        let request = string_argument(args, "request", context)?;
        let options = args.get_or_undefined(1);
        resolve_filename(&request, &module.clone().into(), false, options, context).map(Into::into)
    });
    let paths = closure("paths", 1, module, context, |args, module, context| {
        let request = string_argument(args, "request", context)?;
        resolve_lookup_paths(&request, &module.clone().into(), context)
    });
    resolve.set(js_string!("paths"), paths, true, context)?;
    let main = commonjs.main().map(JsValue::from).unwrap_or_default();
    let extensions = commonjs.extensions(context)?;
    let cache = commonjs.cache(context)?;
    for (name, value) in [
        (js_string!("resolve"), resolve.into()),
        (js_string!("main"), main),
        (js_string!("extensions"), extensions.into()),
        (js_string!("cache"), cache.into()),
    ] {
        require.create_data_property_or_throw(name, value, context)?;
    }
    Ok(require)
}

type WithModule = fn(&[JsValue], &JsObject, &mut Context) -> JsResult<JsValue>;

fn closure(
    name: &'static str,
    length: usize,
    module: &JsObject,
    context: &mut Context,
    call: WithModule,
) -> JsFunction {
    let native = NativeFunction::from_copy_closure_with_captures(
        move |_, args, module: &JsObject, context| call(args, module, context),
        module.clone(),
    );
    FunctionObjectBuilder::new(context.realm(), native)
        .name(JsString::from(name))
        .length(length)
        .build()
}

/// `Module.prototype.require`.
pub fn require_module(
    module: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let id = args.get_or_undefined(0);
    let Some(request) = id.as_string() else {
        return Err(errors::invalid_arg_type("id", &["string"], id, context));
    };
    if request.is_empty() {
        return Err(errors::invalid_arg_value(
            "id",
            id,
            "must be a non-empty string",
            context,
        ));
    }
    let state = State::of(context);
    let files = &state.modules.resolver(&state.options).files;
    files.enter();
    let loaded = load(&request, &module.clone().into(), false, context);
    files.leave();
    loaded
}

fn string_argument(args: &[JsValue], name: &str, context: &mut Context) -> JsResult<JsString> {
    let value = args.get_or_undefined(0);
    value
        .as_string()
        .ok_or_else(|| errors::invalid_arg_type(name, &["string"], value, context))
}

/// `Module._resolveLookupPaths`: null for a built-in.
pub fn resolve_lookup_paths(
    request: &JsString,
    parent: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = request.to_std_string_lossy();
    if builtins::is_builtin(&text) {
        return Ok(JsValue::null());
    }
    let state = State::of(context);
    let parent = Parent::of(parent, context)?;
    let globals = state.modules.resolver(&state.options).global_paths.borrow();
    let paths = lookup_paths(&text, &parent.borrow(), &globals);
    drop(globals);
    Ok(paths.map_or_else(JsValue::null, |paths| array_of(&paths, context).into()))
}
