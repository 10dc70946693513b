//! Structured clone: values as bytes in V8's format (version 15) and back. `structuredClone`, `node:v8`, the marks of
//! `performance` and the channels of the 'advanced' kind all stand on it.
//!
//! A [`Writer`] walks a value, a [`Reader`] builds one; what differs between their users (errors, shared memory, objects
//! that only the platform knows) is behind [`WriteHooks`] and [`ReadHooks`]. The forms of single bytes, numbers and texts are
//! in `output` and `input`. Neither holds a borrow while script runs:
//! script may write and read in between.
//!
//! Behaviour: <https://html.spec.whatwg.org/#structuredserializeinternal>, V8's `value-serializer.cc` for the bytes.

mod builtins;
mod describe;
mod input;
mod output;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use builtins::{VIEW_KINDS, typed_array};
pub use describe::cannot_clone;
pub use reader::{ReadHooks, Reader};
pub use writer::{WriteHooks, Writer};

use boa_engine::{Context, JsError};

use crate::node::errors;

/// What is written.
pub const VERSION: u32 = 15;

/// Deeper nesting is refused. The stack of the script thread holds it, and Node's holds less.
const DEEPEST: usize = 20_000;

/// The bytes that say what comes next.
mod tag {
    pub const VERSION: u8 = 0xff;
    pub const PADDING: u8 = 0;
    pub const HOLE: u8 = b'-';
    pub const UNDEFINED: u8 = b'_';
    pub const NULL: u8 = b'0';
    pub const TRUE: u8 = b'T';
    pub const FALSE: u8 = b'F';
    pub const INT32: u8 = b'I';
    pub const UINT32: u8 = b'U';
    pub const DOUBLE: u8 = b'N';
    pub const BIGINT: u8 = b'Z';
    pub const UTF8: u8 = b'S';
    pub const ONE_BYTE: u8 = b'"';
    pub const TWO_BYTE: u8 = b'c';
    pub const REFERENCE: u8 = b'^';
    pub const OBJECT: u8 = b'o';
    pub const END_OBJECT: u8 = b'{';
    pub const SPARSE_ARRAY: u8 = b'a';
    pub const END_SPARSE_ARRAY: u8 = b'@';
    pub const DENSE_ARRAY: u8 = b'A';
    pub const END_DENSE_ARRAY: u8 = b'$';
    pub const DATE: u8 = b'D';
    pub const TRUE_OBJECT: u8 = b'y';
    pub const FALSE_OBJECT: u8 = b'x';
    pub const NUMBER_OBJECT: u8 = b'n';
    pub const BIGINT_OBJECT: u8 = b'z';
    pub const STRING_OBJECT: u8 = b's';
    pub const REGEXP: u8 = b'R';
    pub const MAP: u8 = b';';
    pub const END_MAP: u8 = b':';
    pub const SET: u8 = b'\'';
    pub const END_SET: u8 = b',';
    pub const ARRAY_BUFFER: u8 = b'B';
    pub const RESIZABLE_ARRAY_BUFFER: u8 = b'~';
    pub const TRANSFERRED: u8 = b't';
    pub const SHARED: u8 = b'u';
    pub const VIEW: u8 = b'V';
    pub const HOST_OBJECT: u8 = b'\\';
    pub const ERROR: u8 = b'r';
    pub const ERROR_MESSAGE: u8 = b'm';
    pub const ERROR_CAUSE: u8 = b'c';
    pub const ERROR_STACK: u8 = b's';
    pub const END_ERROR: u8 = b'.';
}

/// The flags of regular expressions, with the bit of each.
const REGEXP_FLAGS: &[(char, u32)] = &[
    ('d', 1 << 7),
    ('g', 1 << 0),
    ('i', 1 << 1),
    ('m', 1 << 2),
    ('s', 1 << 5),
    ('u', 1 << 4),
    ('v', 1 << 8),
    ('y', 1 << 3),
];

/// Flags of a view: it follows the length of its buffer, its buffer may be resized.
const LENGTH_TRACKING: u32 = 1;
const ON_RESIZABLE: u32 = 2;

/// The error of bytes that mean nothing.
fn broken(context: &mut Context) -> JsError {
    errors::plain(
        errors::Base::Plain,
        "Unable to deserialize cloned data.",
        context,
    )
}

fn too_deep(context: &mut Context) -> JsError {
    errors::range_error("Maximum call stack size exceeded", context)
}
