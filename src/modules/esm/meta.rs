//! `import.meta`.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, Module, NativeFunction, js_string,
    object::FunctionObjectBuilder,
};
use url::Url;

use super::super::error::ResolveError;
use super::super::{js_error, paths};
use crate::runtime::State;

/// Gives a fresh `import.meta` its properties.
pub fn fill(import_meta: &JsObject, module: &Module, context: &mut Context) {
    let state = State::of(context);
    let Some(record) = state.modules.esm.record(module) else {
        return;
    };
    let url = &record.url;
    let mut properties: Vec<(JsString, JsValue)> = Vec::new();
    if url.scheme() == "file"
        && let Ok(path) = paths::from_file_url(url)
    {
        let directory = path.parent().unwrap_or(&path);
        properties.push((
            js_string!("dirname"),
            JsString::from(paths::text(directory)).into(),
        ));
        properties.push((
            js_string!("filename"),
            JsString::from(paths::text(&path)).into(),
        ));
    }
    let is_main = state
        .modules
        .esm
        .main
        .borrow()
        .as_ref()
        .is_some_and(|main| main.url == *url);
    properties.push((js_string!("main"), is_main.into()));
    let base = JsString::from(url.as_str());
    if url.scheme() == "file" {
        let resolve = NativeFunction::from_copy_closure_with_captures(
            |_, args, base: &JsString, context| resolve(args.get_or_undefined(0), base, context),
            base.clone(),
        );
        let resolve = FunctionObjectBuilder::new(context.realm(), resolve)
            .name(js_string!("resolve"))
            .length(1)
            .build();
        properties.push((js_string!("resolve"), resolve.into()));
    }
    properties.push((js_string!("url"), base.into()));
    for (name, value) in properties {
        // A fresh object takes every property.
        let _ = import_meta.create_data_property(name, value, context);
    }
}

/// `import.meta.resolve(specifier)`
fn resolve(specifier: &JsValue, base: &JsString, context: &mut Context) -> JsResult<JsValue> {
    let specifier = specifier.to_string(context)?.to_std_string_lossy();
    let state = State::of(context);
    let resolver = state.modules.resolver(&state.options);
    let base = Url::parse(&base.to_std_string_lossy()).expect("it was a URL before");
    let target = resolver.resolve_esm(&specifier, &base);
    js_error::emit_deprecations(resolver.take_warnings(), context);
    let href = match target {
        Ok(target) => target.href(),
        // It says where a module would be; whether it is there is another matter.
        Err(
            ResolveError::ModuleNotFound { url, .. } | ResolveError::DirectoryImport { url, .. },
        ) => url,
        Err(ResolveError::UnknownBuiltin(name)) => name,
        // Schemes that can't be loaded can be resolved.
        Err(ResolveError::UnsupportedScheme { .. }) => Url::parse(&specifier)
            .map(|url| url.as_str().to_owned())
            .unwrap_or(specifier),
        Err(error) => return Err(js_error::resolve_error(&error, context)),
    };
    Ok(JsString::from(href).into())
}
