//! Freed blocks that wait for the next allocations of their size, in front of mimalloc.
//!
//! A collection frees what will be allocated again until the next one, which is more than the processor's caches hold. mimalloc's lists of
//! free blocks run through the blocks themselves, so that each allocation waits for memory. The lists here are apart from the blocks, and what
//! is next is fetched in time.
//!
//! How much is kept follows what a program does: blocks that nobody has asked for from one collection to the next are given back
//! ([`release_unused`]), and there are limits besides.

use std::{cell::Cell, ffi::c_void, ptr::null_mut};

use libmimalloc_sys as mi;

/// Sizes are rounded up to a multiple of this, as mimalloc does: blocks of one multiple can stand for each other.
const STEP: usize = 16;
/// Larger blocks aren't kept.
const LARGEST: usize = 512;
/// How many blocks of a size are kept at most.
const MOST_BLOCKS: usize = 8192;
/// How many bytes in blocks of a size are kept at most.
const MOST_BYTES: usize = 512 << 10;
const SIZES: usize = LARGEST / STEP;

/// Freed blocks of one size.
#[derive(Clone, Copy)]
struct Blocks {
    /// Memory for as many addresses as are kept at most.
    list: *mut *mut u8,
    length: usize,
    most: usize,
    /// The length when it was least, since what isn't used was given back.
    least: usize,
}

/// Freed blocks, by size.
type Kept = [Blocks; SIZES];

thread_local! {
    /// Nowhere in threads that keep none, which are all but those that script runs in. Never freed.
    static KEPT: Cell<*mut Kept> = const { Cell::new(null_mut()) };
}

/// The size of the blocks that serve allocations of a size.
#[inline(always)]
pub(super) const fn rounded(size: usize) -> usize {
    size.next_multiple_of(STEP)
}

const fn most_of(index: usize) -> usize {
    let most = MOST_BYTES / ((index + 1) * STEP);
    if most < MOST_BLOCKS {
        most
    } else {
        MOST_BLOCKS
    }
}

/// From here on, blocks that this thread frees are kept for its next allocations of their size.
pub fn keep_freed_blocks() {
    if !KEPT.get().is_null() {
        return;
    }
    let addresses: usize = (0..SIZES).map(most_of).sum();
    // The system gives memory for the pages that are written to, so that what is never kept takes none.
    // SAFETY: any size may be asked for.
    let mut list = unsafe { mi::mi_malloc(addresses * size_of::<*mut u8>()) }.cast::<*mut u8>();
    if list.is_null() {
        return;
    }
    let kept = Box::new(std::array::from_fn::<_, SIZES, _>(|index| {
        let blocks = Blocks {
            list,
            length: 0,
            most: most_of(index),
            least: 0,
        };
        list = list.wrapping_add(blocks.most);
        blocks
    }));
    KEPT.set(Box::into_raw(kept));
}

/// The blocks that are kept of a rounded size; none where nothing is kept, or not of so large ones.
#[inline(always)]
fn blocks_of(size: usize) -> Option<*mut Blocks> {
    let kept = KEPT.get();
    if kept.is_null() || size > LARGEST {
        return None;
    }
    // SAFETY: the array is never freed, and sizes are at least one step.
    Some(unsafe { &raw mut (*kept)[size / STEP - 1] })
}

/// A block of a rounded size, if one is kept.
#[inline(always)]
pub(super) fn take(size: usize) -> Option<*mut u8> {
    let blocks = blocks_of(size)?;
    // SAFETY: only this thread has the list, and nobody else a reference to it; as many of its entries were written as its length says.
    unsafe {
        let left = (*blocks).length.checked_sub(1)?;
        (*blocks).length = left;
        let block = *(*blocks).list.add(left);
        if left < (*blocks).least {
            (*blocks).least = left;
        }
        if left > 0 {
            let next = *(*blocks).list.add(left - 1);
            prefetch(next);
            if size > 64 {
                prefetch(next.wrapping_add(64));
            }
            if size > 128 {
                prefetch(next.wrapping_add(128));
            }
        }
        Some(block)
    }
}

/// Keeps a block of a rounded size, if there is room for it. It has to be mimalloc's, and nobody else's.
#[inline(always)]
pub(super) fn keep(block: *mut u8, size: usize) -> bool {
    let Some(blocks) = blocks_of(size) else {
        return false;
    };
    // SAFETY: as in `take`; there is room for as many entries as `most` says.
    unsafe {
        let length = (*blocks).length;
        if length == (*blocks).most {
            return false;
        }
        *(*blocks).list.add(length) = block;
        (*blocks).length = length + 1;
    }
    true
}

/// Gives back the blocks that this thread has kept and not asked for since this was last called.
pub fn release_unused() {
    let kept = KEPT.get();
    if kept.is_null() {
        return;
    }
    for index in 0..SIZES {
        // SAFETY: as in `take`; freeing a block neither keeps nor takes any. Those that are at hand are at the end of the list, so the
        // others are freed, and it moves to their place.
        unsafe {
            let blocks = &raw mut (*kept)[index];
            let unused = (*blocks).least;
            for at in 0..unused {
                mi::mi_free((*(*blocks).list.add(at)).cast::<c_void>());
            }
            let left = (*blocks).length - unused;
            std::ptr::copy((*blocks).list.add(unused), (*blocks).list, left);
            (*blocks).length = left;
            (*blocks).least = left;
        }
    }
}

/// Asks the processor to have memory at hand soon.
#[inline(always)]
fn prefetch(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has the instruction, which may be given any address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mimalloc;
    use std::alloc::{GlobalAlloc, Layout};

    fn kept_of(size: usize) -> usize {
        // SAFETY: the lists of a thread are never freed.
        blocks_of(size).map_or(0, |blocks| unsafe { (*blocks).length })
    }

    fn allocate(count: usize, layout: Layout) -> Vec<*mut u8> {
        // SAFETY: the layout has a size.
        (0..count)
            .map(|_| unsafe { Mimalloc.alloc(layout) })
            .collect()
    }

    fn free(blocks: Vec<*mut u8>, layout: Layout) {
        for block in blocks {
            // SAFETY: it was allocated like that.
            unsafe { Mimalloc.dealloc(block, layout) };
        }
    }

    #[test]
    fn nothing_is_kept_where_nobody_asked_for_it() {
        let layout = Layout::new::<[u64; 6]>();
        free(allocate(10, layout), layout);
        assert_eq!(kept_of(48), 0);
    }

    #[test]
    fn what_was_freed_is_allocated_again() {
        keep_freed_blocks();
        let layout = Layout::new::<[u64; 6]>();
        let mut blocks = allocate(10, layout);
        free(blocks.clone(), layout);
        assert_eq!(kept_of(48), 10);
        // Of the same size when it is rounded up.
        let alike = Layout::new::<[u8; 33]>();
        let mut again = allocate(10, alike);
        blocks.sort_unstable();
        again.sort_unstable();
        assert_eq!(blocks, again);
        free(again, alike);
    }

    #[test]
    fn more_than_the_limit_is_not_kept() {
        keep_freed_blocks();
        for (size, most) in [(16, MOST_BLOCKS), (512, 1024), (528, 0)] {
            let layout = Layout::from_size_align(size, 8).expect("a power of two");
            free(allocate(MOST_BLOCKS + 100, layout), layout);
            assert_eq!(kept_of(size), most, "of {size} bytes");
        }
    }

    #[test]
    fn what_nobody_asks_for_is_given_back() {
        keep_freed_blocks();
        let layout = Layout::new::<[u64; 6]>();
        free(allocate(1000, layout), layout);
        // All of them have come since.
        release_unused();
        assert_eq!(kept_of(48), 1000);
        free(allocate(300, layout), layout);
        release_unused();
        assert_eq!(kept_of(48), 300);
        release_unused();
        assert_eq!(kept_of(48), 0);
    }
}
