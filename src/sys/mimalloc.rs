//! mimalloc as Rust's allocator.
//!
//! The crate `mimalloc` asks for every block by way of `mi_malloc_aligned`, which, unless its size is a power of two and a free
//! block of it is at hand, takes the slow way: some seventy instructions for each string that `JSON.parse` makes. Blocks that need
//! no more than the usual alignment are asked for plainly here.

mod kept;

use std::{
    alloc::{GlobalAlloc, Layout},
    ffi::c_void,
};

use libmimalloc_sys as mi;

use kept::{keep, rounded, take};
pub use kept::{keep_freed_blocks, release_unused};

/// What `mi_malloc` aligns every block to that is as large (`MI_MAX_ALIGN_SIZE`).
const USUAL_ALIGNMENT: usize = 16;

/// The allocator of the program `ouro`, to be wrapped in a [`CountingAllocator`](crate::CountingAllocator).
pub struct Mimalloc;

/// Whether `mi_malloc` aligns a block as it has to be: blocks of 16 bytes and more to 16, smaller ones to 8.
const fn is_usual(layout: Layout) -> bool {
    layout.align() <= USUAL_ALIGNMENT && layout.align() <= layout.size()
}

// SAFETY: mimalloc gives blocks of at least the size that was asked for, aligned as was asked for, that are nobody else's. A block that is
// kept was asked for with its size rounded up, and is given out for sizes that are rounded up to the same.
unsafe impl GlobalAlloc for Mimalloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_usual(layout) {
            let size = rounded(layout.size());
            if let Some(block) = take(size) {
                return block;
            }
            // SAFETY: any size may be asked for.
            return unsafe { mi::mi_malloc(size) }.cast();
        }
        // SAFETY: the alignment is a power of two, as every layout's is.
        unsafe { mi::mi_malloc_aligned(layout.size(), layout.align()) }.cast()
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_usual(layout) {
            // SAFETY: any size may be asked for.
            return unsafe { mi::mi_zalloc(rounded(layout.size())) }.cast();
        }
        // SAFETY: the alignment is a power of two, as every layout's is.
        unsafe { mi::mi_zalloc_aligned(layout.size(), layout.align()) }.cast()
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if is_usual(layout) && keep(pointer, rounded(layout.size())) {
            return;
        }
        // SAFETY: the pointer came from one of the functions above or below, as the caller promises.
        unsafe { mi::mi_free(pointer.cast::<c_void>()) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let pointer = pointer.cast::<c_void>();
        if layout.align() <= USUAL_ALIGNMENT && layout.align() <= new_size {
            // SAFETY: as in `dealloc`.
            return unsafe { mi::mi_realloc(pointer, rounded(new_size)) }.cast();
        }
        // SAFETY: as in `dealloc`; the alignment is a power of two, as every layout's is.
        unsafe { mi::mi_realloc_aligned(pointer, new_size, layout.align()) }.cast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_and_keep_their_bytes() {
        for align in [1, 2, 4, 8, 16, 32, 64, 4096] {
            for size in [1, 3, 8, 15, 16, 24, 40, 48, 112, 1000, 5000, 100_000] {
                let layout = Layout::from_size_align(size, align).expect("a power of two");
                // SAFETY: the layout has a size; what is written is within it; the block is freed as it was allocated.
                unsafe {
                    let block = Mimalloc.alloc_zeroed(layout);
                    assert_eq!(block.align_offset(align), 0, "{layout:?}");
                    assert_eq!((*block, *block.add(size - 1)), (0, 0), "{layout:?}");
                    *block = 7;
                    let block = Mimalloc.realloc(block, layout, size * 3);
                    assert_eq!(block.align_offset(align), 0, "{layout:?}");
                    assert_eq!(*block, 7);
                    let larger = Layout::from_size_align(size * 3, align).expect("it was one");
                    Mimalloc.dealloc(block, larger);
                    let block = Mimalloc.alloc(layout);
                    assert_eq!(block.align_offset(align), 0, "{layout:?}");
                    Mimalloc.dealloc(block, layout);
                }
            }
        }
    }
}
