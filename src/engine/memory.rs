//! Bytes that script holds outside the collector's boxes, and when to collect because of them.

use std::cell::Cell;

/// External bytes of one runtime.
#[derive(Default)]
pub struct Memory {
    since_collection: Cell<usize>,
}

/// External garbage is never allowed to grow past this without a collection.
const BOUND: usize = 32 << 20;

impl Memory {
    /// Notes that script got hold of so many bytes outside the collector's count.
    pub fn allocated(&self, bytes: usize) {
        self.since_collection
            .set(self.since_collection.get().saturating_add(bytes));
    }

    /// The bytes noted since the last collection.
    pub fn external_bytes(&self) -> usize {
        self.since_collection.get()
    }

    /// Collects if much has been allocated. Call it where nothing of the heap is borrowed.
    pub fn safe_point(&self) {
        if self.since_collection.get() > BOUND {
            self.since_collection.set(0);
            boa_gc::force_collect();
        }
    }
}
