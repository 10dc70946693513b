//! What is known of the heap: what the allocator counts for this thread. The engine itself counts nothing that it tells.

use boa_engine::{Context, JsResult, JsValue, object::builtins::JsArray};

use crate::{engine::memory, runtime::State, sys};

/// `heapFigures()`: bytes resident, bytes that script holds outside of large pieces, bytes in large pieces.
pub fn figures(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let resident = sys::resident_bytes();
    let state = State::of(context);
    let external = state.memory.external_bytes();
    let held = state.memory.heap_bytes().unwrap_or(resident as usize);
    let figures = [
        resident as f64,
        held.saturating_sub(external) as f64,
        external as f64,
    ];
    Ok(JsArray::from_iter(figures.map(JsValue::from), context).into())
}

/// Defines the global `gc`, as the flag does.
pub fn expose_gc(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    memory::define_gc(context)?;
    Ok(JsValue::undefined())
}
