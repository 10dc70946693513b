//! Owned bytes on their way out.

use std::ops::Range;
use std::sync::Arc;

/// Bytes that a queued write owns.
#[derive(Clone, Debug)]
pub enum Payload {
    /// Bytes of this write alone.
    Owned(Vec<u8>),
    /// Bytes of the program.
    Static(&'static [u8]),
    /// A part of bytes that others may hold too. A range past the end is cut.
    Shared(Arc<[u8]>, Range<usize>),
}

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        match self {
            Payload::Owned(bytes) => bytes,
            Payload::Static(bytes) => bytes,
            Payload::Shared(bytes, range) => {
                let end = range.end.min(bytes.len());
                &bytes[range.start.min(end)..end]
            }
        }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Payload::Owned(bytes)
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Payload::Owned(text.into_bytes())
    }
}

impl From<&'static [u8]> for Payload {
    fn from(bytes: &'static [u8]) -> Self {
        Payload::Static(bytes)
    }
}

impl From<&'static str> for Payload {
    fn from(text: &'static str) -> Self {
        Payload::Static(text.as_bytes())
    }
}

impl From<Arc<[u8]>> for Payload {
    fn from(bytes: Arc<[u8]>) -> Self {
        let all = 0..bytes.len();
        Payload::Shared(bytes, all)
    }
}
