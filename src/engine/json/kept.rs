//! Memory that one text leaves to the next, so that it needn't grow anew each time.

use std::cell::Cell;

use boa_engine::JsValue;

/// What `JSON.stringify` keeps at most, in bytes.
const MOST_TEXT: usize = 2 << 20;
/// What `JSON.parse` keeps at most, in elements of arrays.
const MOST_ELEMENTS: usize = 64 << 10;

/// What a runtime keeps. Whoever is first takes it; what runs meanwhile finds nothing, and begins with nothing.
#[derive(Default)]
pub(super) struct Kept {
    /// The memory of a text; what it says doesn't matter.
    pub text: Cell<Vec<u8>>,
    /// The memory of elements, without any.
    pub elements: Cell<Vec<JsValue>>,
}

impl Kept {
    pub fn keep_text(&self, memory: Vec<u8>) {
        if memory.capacity() <= MOST_TEXT {
            self.text.set(memory);
        }
    }

    pub fn keep_elements(&self, mut memory: Vec<JsValue>) {
        memory.clear();
        if memory.capacity() <= MOST_ELEMENTS {
            self.elements.set(memory);
        }
    }
}
