//! Where reads from sockets go first.

use std::{mem, mem::MaybeUninit, slice};

use boa_engine::{Context, JsObject, JsResult, object::builtins::AlignedVec};
use ouro_loop::{EventLoop, HandleId, ReadResult};

use crate::node::buffer;

/// Bytes that one read takes at most.
pub const READ_BYTES: usize = 64 * 1024;
/// So many bytes of a read aren't copied.
const MANY: usize = READ_BYTES / 2;

/// What one read gave, in memory that script can take over.
pub struct ReadBuffer(AlignedVec<u8>);

impl Default for ReadBuffer {
    fn default() -> Self {
        Self(AlignedVec::new(0))
    }
}

impl ReadBuffer {
    /// Reads once, in place of what was read before.
    pub fn read(&mut self, event_loop: &EventLoop, id: HandleId) -> ReadResult {
        self.0.clear();
        self.0.reserve(READ_BYTES);
        let start = self.0.as_mut_ptr().cast::<MaybeUninit<u8>>();
        // SAFETY: so much memory is the vector's, and nobody refers to it meanwhile. It isn't cleared before: that would take
        // as long as a copy.
        let room = unsafe { slice::from_raw_parts_mut(start, READ_BYTES) };
        let result = event_loop.read_uninit(id, room);
        if let ReadResult::Data(count) = result {
            // SAFETY: so many bytes were read into the memory that was given.
            unsafe { self.0.set_len(count) };
        }
        result
    }

    /// What the last read gave.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A Buffer with what the last read gave. Of many bytes it is no copy: script gets the memory itself, and the next read
    /// takes other.
    ///
    /// # Errors
    /// None but those of the engine.
    pub fn chunk(&mut self, context: &mut Context) -> JsResult<JsObject> {
        if self.0.len() < MANY {
            return buffer::from_slice_pooled(&self.0, context);
        }
        buffer::from_aligned(mem::take(self).0, context)
    }
}
