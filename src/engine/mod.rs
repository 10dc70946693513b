//! All that is about Boa and not about Node: native glue, internal modules, captured intrinsics, jobs.

pub mod builtins;
pub mod clone;
pub mod fill;
pub mod json;
pub mod language;
pub mod lookup;
pub mod memory;
pub mod native;
pub mod nesting;
pub mod plain_text;
pub mod primordials;
pub mod proxies;
pub mod redefine;
pub mod regexp_source;
pub mod registry;
pub mod report;
pub mod stack;
pub mod strings;

use boa_engine::{Context, JsResult};

use crate::runtime::State;

/// Prepares a fresh context: intrinsics replaced and captured, globals defined.
pub fn set_up(context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    stack::install(context)?;
    json::install(context)?;
    language::install(context)?;
    fill::install(context)?;
    builtins::install(context)?;
    proxies::install(context)?;
    redefine::install(context)?;
    regexp_source::install(context)?;
    memory::install(context)?;
    state.registry.capture(context)?;
    state.registry.define_globals(context)
}

/// Prepares the realm that the context has entered, a fresh one beside the first: the language as the first has it, and
/// nothing of Node.
///
/// # Errors
/// Those of the engine.
pub fn set_up_realm(context: &mut Context) -> JsResult<()> {
    stack::install_in_realm(context);
    json::install(context)?;
    language::install(context)?;
    fill::install(context)?;
    builtins::install(context)?;
    proxies::install(context)?;
    redefine::install(context)?;
    regexp_source::install(context)
}
