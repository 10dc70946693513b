//! `require()` of an ES module: its graph is loaded and run at once, which works as long as nothing in it awaits.

use std::path::Path;

use super::super::{commonjs, paths, syntax};
use super::{Kind, run, source};
use crate::node::errors;
use crate::runtime::State;
use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, Module, Source,
    builtins::promise::PromiseState, js_string,
};

/// Runs a file that `require` found to be an ES module, and gives `module` its exports.
///
/// # Errors
/// What loading or running it throws; `ERR_REQUIRE_ASYNC_MODULE` where it awaits, `ERR_REQUIRE_CYCLE_MODULE` where it is
/// being run already.
pub fn run_as_commonjs(
    module: &JsObject,
    filename: &str,
    text: Option<&str>,
    context: &mut Context,
) -> JsResult<()> {
    let state = State::of(context);
    let url = paths::to_file_url(Path::new(filename));
    let is_main = state
        .modules
        .commonjs
        .main()
        .is_some_and(|main| JsObject::equals(&main, module));
    if is_main {
        if text.is_some() {
            source::warn_of_missing_type(&url, context)?;
        }
        run::run_main(url, context);
        return Ok(());
    }
    let known = state.modules.esm.find(&url, false);
    let esm = match (known, text) {
        (Some(known), _) => known,
        (None, Some(text)) => source::module_for_text(&url, text, context)?,
        (None, None) => {
            let text = commonjs::read_text(filename, context)?;
            source::module_for_text(&url, &text, context)?
        }
    };
    let parent = commonjs::parent_filename(module, context)?;
    let namespace = require(&esm, filename, parent.as_deref(), context)?;
    let exports = exports_for_require(&esm, &namespace, context)?;
    module
        .set(js_string!("exports"), exports, true, context)
        .map(drop)
}

fn require(
    module: &Module,
    filename: &str,
    parent: Option<&str>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let state = State::of(context);
    let esm = &state.modules.esm;
    let position =
        parent.and_then(|parent| esm.find(&paths::to_file_url(Path::new(parent)), false));
    let evaluating = run::evaluating(position.as_ref(), context);
    if evaluating.contains(module) {
        let awaits = esm
            .graph(module)
            .iter()
            .any(|reached| awaits(reached, context));
        return Err(match awaits {
            true => async_error(filename, parent, context),
            false => cycle_error(filename, parent, context),
        });
    }
    run::load_and_link(module, context)?;
    let graph = esm.graph(module);
    if graph.iter().any(|reached| evaluating.contains(reached)) {
        return Err(cycle_error(filename, parent, context));
    }
    if graph.iter().any(|reached| awaits(reached, context)) {
        return Err(async_error(filename, parent, context));
    }
    let promise = run::evaluate_quietly(module, context)?;
    match promise.state() {
        PromiseState::Fulfilled(_) => Ok(module.namespace(context)),
        PromiseState::Rejected(reason) => Err(JsError::from_opaque(reason)),
        PromiseState::Pending => Err(async_error(filename, parent, context)),
    }
}

fn awaits(module: &Module, context: &Context) -> bool {
    let state = State::of(context);
    let record = state.modules.esm.record(module);
    match record.as_deref().map(|record| &record.kind) {
        Some(Kind::SourceText(text)) => text.contains("await") && syntax::has_top_level_await(text),
        _ => false,
    }
}

fn cycle_error(filename: &str, parent: Option<&str>, context: &mut Context) -> JsError {
    let mut message = format!("Cannot require() ES Module {filename} in a cycle.");
    if let Some(parent) = parent {
        message.push_str(&format!(" (from {parent})"));
    }
    message.push_str(
        " A cycle involving require(esm) is not allowed to maintain invariants mandated by the ECMAScript \
         specification. Try making at least part of the dependency in the graph lazily loaded.",
    );
    errors::node_error(
        "ERR_REQUIRE_CYCLE_MODULE",
        &[JsString::from(message).into()],
        context,
    )
}

fn async_error(filename: &str, parent: Option<&str>, context: &mut Context) -> JsError {
    let args = [
        JsString::from(filename).into(),
        parent
            .map(|parent| JsString::from(parent).into())
            .unwrap_or_default(),
    ];
    errors::node_error("ERR_REQUIRE_ASYNC_MODULE", &args, context)
}

/// What `require` returns: the export named `module.exports`, or the namespace; one with a `default` and no `__esModule`
/// gets that mark, so that compiled code finds the default where it looks for it.
fn exports_for_require(
    module: &Module,
    namespace: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let whole = js_string!("module.exports");
    if namespace.has_own_property(whole.clone(), context)? {
        return namespace.get(whole, context);
    }
    let has_default = namespace.has_own_property(js_string!("default"), context)?;
    let is_marked = namespace.has_own_property(js_string!("__esModule"), context)?;
    if !has_default || is_marked {
        return Ok(namespace.clone().into());
    }
    let state = State::of(context);
    let esm = &state.modules.esm;
    let Some(record) = esm.record(module) else {
        return Ok(namespace.clone().into());
    };
    let text = "export * from 'original'; export { default } from 'original'; export const __esModule = true;";
    let mut url = record.url.clone();
    url.set_fragment(Some("ouro-require"));
    let facade = match esm.find(&url, false) {
        Some(facade) => facade,
        None => {
            esm.requests.borrow_mut().insert(
                (url.as_str().to_owned(), "original".to_owned(), false),
                module.clone(),
            );
            let source = Source::from_bytes(text).with_path(Path::new(url.as_str()));
            let facade = Module::parse(source, None, context)?;
            esm.insert(&url, false, Kind::SourceText(text.into()), &facade);
            facade
        }
    };
    run::load_and_link(&facade, context)?;
    run::evaluate_quietly(&facade, context)?;
    Ok(facade.namespace(context).into())
}
