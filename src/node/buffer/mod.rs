//! `Buffer`: bytes for script, and the interface through which the other natives make and read them.
//!
//! All of the class is native. What natives of other modules need is here: [`from_vec`] and its kin make Buffers, [`with_bytes`]
//! and its kin reach the bytes of whatever script passes as bytes, [`Encoding`] converts to and from strings.

mod base64;
pub mod class;
mod create;
pub mod encoding;
mod errors;
mod hex;
mod module;
mod numbers;
mod search;
mod text;
mod utf8;
mod view;
mod web;
mod whole;

use boa_engine::{Context, JsObject, JsResult, JsValue, object::builtins::AlignedVec};

pub use self::{
    class::aligned,
    encoding::Encoding,
    errors::{MAX_STRING_LENGTH, string_too_long},
    module::{binding, call_late, exports, install},
    view::{View, is_uint8_array},
};

/// A Buffer with these bytes. They are copied once, into memory aligned as the engine wants it; what can be read into
/// an [`AlignedVec`] in the first place is better given to [`from_aligned`].
pub fn from_vec(bytes: Vec<u8>, context: &mut Context) -> JsResult<JsObject> {
    from_slice(&bytes, context)
}

/// A Buffer with a copy of the bytes, in memory of its own.
pub fn from_slice(bytes: &[u8], context: &mut Context) -> JsResult<JsObject> {
    from_aligned(class::aligned(bytes), context)
}

/// A Buffer with a copy of the bytes; few bytes share a block of memory with other Buffers, which is cheaper to make but keeps
/// the block alive.
pub fn from_slice_pooled(bytes: &[u8], context: &mut Context) -> JsResult<JsObject> {
    class::class(context)?.copy_of(bytes, context)
}

/// A Buffer that takes over the bytes without a copy. `AlignedVec` is `Send`: it can be filled on the pool.
pub fn from_aligned(bytes: AlignedVec<u8>, context: &mut Context) -> JsResult<JsObject> {
    class::class(context)?.own(bytes, context)
}

/// A Buffer on the memory that a view sees.
pub fn from_view(view: &View, context: &mut Context) -> JsResult<JsObject> {
    class::class(context)?.on_view(view, context)
}

/// Whether the value is a `Buffer`, not just a Uint8Array.
pub fn is_buffer(value: &JsValue, context: &mut Context) -> bool {
    value
        .as_object()
        .is_some_and(|object| class::class(context).is_ok_and(|class| class.is_instance(&object)))
}

/// A copy of the bytes of a typed array, DataView, ArrayBuffer or SharedArrayBuffer; `None` for everything else.
pub fn bytes_of(value: &JsValue, context: &mut Context) -> Option<Vec<u8>> {
    View::of_any(value, context).map(|view| view.to_vec())
}
