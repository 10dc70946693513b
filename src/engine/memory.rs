//! When to collect because of what the engine's collector doesn't count: the payloads of buffers, arrays and strings.
//!
//! The program's allocator counts what the script thread holds ([`CountingAllocator`]), with what the pool's jobs hand over
//! ([`Load`]); natives note large payloads besides ([`Memory::allocated`]), for programs with another allocator. At a safe point (the door after it has drained, the engine before it allocates
//! an ArrayBuffer) growth past an allowance makes a collection. The allowance follows what was alive after the last one, and
//! doubles when that freed little, so that a program that keeps everything isn't slowed down by looking for garbage.

use std::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    mem::MaybeUninit,
    time::{Duration, Instant},
};

use boa_engine::{Context, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, Trace, empty_trace};

use super::{json::KeptPlans, lookup::LookUps, native};
use crate::{runtime::State, sys};

/// Growth that never makes a collection. A collection of a small heap takes as long as freeing what it finds, which is faster
/// while the processor has it at hand still.
const LEAST_ALLOWANCE: usize = 4 << 20;
/// Up to this growth a heap may become three times as large.
const AMPLE_ALLOWANCE: usize = 32 << 20;
/// Growth after which a small heap is collected where the loop would sleep, if that is a fifth of it.
///
/// What so little leaves is found and freed in half the time that it takes after a few milliseconds of work, for the processor
/// has it at hand still; much less, and what is alive is gone through for nothing.
const REST_ALLOWANCE: usize = 256 << 10;
/// A heap with more alive than this isn't small: a collection takes a while however little there is to free.
const MOST_AT_REST: usize = 4 << 20;
/// How far an allowance grows at most when collections free little.
const MOST_PATIENCE: u32 = 3;

/// The size of one of the things that the engine's collector is made to believe alive. They pass over the stack, which is small
/// where a program embeds the runtime.
const WEIGHT: usize = 16 << 10;
/// A heap so large that these make no collection has room.
const MOST_WEIGHTS: usize = 128;

/// After so many safe points, freed blocks that nobody has asked for meanwhile are given back.
const POINTS_TO_RELEASE: u32 = 1 << 14;

/// Something that takes much room and has nothing in it.
#[derive(Finalize)]
struct Weight(#[expect(dead_code, reason = "it only takes room")] [MaybeUninit<u8>; WEIGHT]);

// SAFETY: there is nothing in it to trace.
unsafe impl Trace for Weight {
    empty_trace!();
}

fn weight() -> Gc<Weight> {
    Gc::new(Weight([MaybeUninit::uninit(); WEIGHT]))
}

/// Tells that the engine has collected, by being collected.
struct Sentinel;

impl Finalize for Sentinel {
    fn finalize(&self) {
        ENGINE_COLLECTED.set(true);
    }
}

// SAFETY: there is nothing in it to trace.
unsafe impl Trace for Sentinel {
    empty_trace!();
}

thread_local! {
    static ENGINE_COLLECTED: Cell<bool> = const { Cell::new(false) };
}

/// What one runtime knows of its memory.
#[derive(Default)]
pub struct Memory {
    /// Noted by natives since the last collection.
    noted: Cell<usize>,
    /// What the allocator had given this thread after the last collection.
    alive: Cell<isize>,
    /// How many collections in a row freed little.
    patience: Cell<u32>,
    /// The least that the allocator had given this thread, at a safe point, since the last collection here.
    least: Cell<isize>,
    /// With so much there is something to do where the loop would sleep.
    rest_at: Cell<isize>,
    /// How many collections in a row, of those in such places, freed little.
    rest_patience: Cell<u32>,
    /// Whether script wants to hear of collections.
    watched: Cell<bool>,
    /// Whether there are some that it hasn't heard of.
    news: Cell<bool>,
    /// Those.
    collections: Cell<Vec<Collection>>,
    /// Time in all that began here.
    collecting: Cell<Duration>,
    /// Whether something waits for the first collection that the engine begins.
    watching: Cell<bool>,
    /// Whether the engine has been given room.
    roomy: Cell<bool>,
    /// For how many bytes of objects at once it has been given room besides.
    expected: Cell<usize>,
    /// Whether the thread is the runtime's alone, and keeps freed blocks for itself once there is garbage.
    pub keeps_blocks: Cell<bool>,
    /// Safe points since blocks that were kept were last given back.
    points: Cell<u32>,
    /// Where natives found properties.
    pub look_ups: LookUps,
    /// What `JSON.stringify` knows of shapes.
    pub plans: KeptPlans,
}

/// A collection that the runtime started, because of memory that the engine doesn't count or because script asked for it.
/// What the engine's own collector does by itself it tells nobody.
#[derive(Clone, Copy, Debug)]
pub struct Collection {
    /// When it began.
    pub start: Instant,
    /// How long it took.
    pub duration: Duration,
    /// Bytes that script held before and after.
    pub bytes: (usize, usize),
    /// Script asked for it.
    pub forced: bool,
}

impl Memory {
    /// Notes that script got hold of so many bytes outside the collector's count.
    pub fn allocated(&self, bytes: usize) {
        self.noted.set(self.noted.get().saturating_add(bytes));
    }

    /// The bytes outside of the engine's boxes: what is held in large pieces.
    pub fn external_bytes(&self) -> usize {
        match counts() {
            Some(counts) => counts.large,
            None => self.noted.get(),
        }
    }

    /// The bytes of the ArrayBuffers among them. Small ones aren't counted.
    pub fn buffer_bytes(&self) -> usize {
        match counts() {
            Some(counts) => counts.buffers,
            None => self.noted.get(),
        }
    }

    /// The bytes that script holds in all, if the allocator counts.
    pub fn heap_bytes(&self) -> Option<usize> {
        counts().map(|counts| counts.live.max(0) as usize)
    }

    /// The time that collections took. Those that the engine began by itself can't be timed from outside.
    pub fn time_in_collections(&self) -> Duration {
        self.collecting.get()
    }

    /// Collects if garbage may have grown past the allowance. Call it where nothing of the heap is borrowed, and never
    /// from a finalizer.
    pub fn safe_point(&self) {
        if !self.roomy.get() {
            self.give_room();
        }
        let live = counts().map_or(0, |counts| counts.live);
        if live < self.least.get() {
            // The engine has collected.
            self.begin_from(live);
        }
        // Notes of what this thread allocated itself count it a second time: the larger figure is the right one.
        let growth = (live - self.alive.get()).max(0) as usize;
        let growth = growth.max(self.noted.get());
        if growth > self.allowance() {
            let freed_little = self.collect(growth);
            count_of_failures(&self.patience, freed_little);
        }
        let points = self.points.get() + 1;
        self.points.set(points % POINTS_TO_RELEASE);
        if points == POINTS_TO_RELEASE {
            sys::release_unused();
        }
    }

    /// Whether so much has been allocated that the loop, where it would sleep, is to make a collection first. A short program never
    /// gets so far.
    #[inline]
    pub fn wants_rest(&self) -> bool {
        self.roomy.get() && LIVE_BYTES.get() > self.rest_at.get() && IS_COUNTED.get()
    }

    /// Collects, where the loop would sleep. A server that isn't at its limits has its collections here, before they become long.
    pub fn rest(&self) {
        let growth = LIVE_BYTES.get() - self.least.get();
        let freed_little = self.collect(growth.max(0) as usize);
        count_of_failures(&self.rest_patience, freed_little);
        self.begin_from(LIVE_BYTES.get());
    }

    /// Growth counts from here on.
    fn begin_from(&self, live: isize) {
        self.least.set(live);
        let alive = live.max(0) as usize;
        self.rest_at.set(if alive > MOST_AT_REST {
            isize::MAX
        } else {
            let allowance = REST_ALLOWANCE.max(alive / 5) << self.rest_patience.get();
            live.saturating_add(allowance as isize)
        });
    }

    /// Once the engine has begun a collection, lets it wait longer for the next ones.
    ///
    /// Its collector begins one when its boxes come to more than a threshold, at first 1 MB. Where most of that is alive,
    /// garbage of a third of a megabyte is enough, and a program that runs script for each of many events spends a quarter of
    /// its time in collections. The threshold can't be set, but it grows with what is alive after a collection, and never
    /// shrinks: so there is one with all alive that came to it, part of which is dropped then. A short program never comes here.
    fn give_room(&self) {
        if !self.watching.replace(true) {
            drop(Gc::new(Sentinel));
        } else if ENGINE_COLLECTED.get() {
            self.roomy.set(true);
            if self.keeps_blocks.get() {
                sys::keep_freed_blocks();
            }
            ENGINE_COLLECTED.set(false);
            drop(Gc::new(Sentinel));
            let mut weights = Vec::new();
            while !ENGINE_COLLECTED.get() && weights.len() < MOST_WEIGHTS {
                weights.push(weight());
            }
            self.begin_from(LIVE_BYTES.get());
        }
    }

    /// So many bytes of objects are about to be made, and kept: their maker says so, and the collector doesn't go through
    /// those that are there again and again while they become more. Its threshold comes to what it would with them alive,
    /// by the way of [`Self::safe_point`]; the collections that takes find next to nothing. Since it never shrinks, there is
    /// room for as many from then on. Where they become more and more, the room doubles.
    pub fn expect(&self, bytes: usize) {
        let before = self.expected.get();
        if bytes / WEIGHT < MOST_WEIGHTS || bytes <= before {
            return;
        }
        let bytes = bytes.max(2 * before);
        self.expected.set(bytes);
        let weights = bytes / WEIGHT;
        let weights: Vec<_> = (0..weights).map(|_| weight()).collect();
        drop(weights);
        boa_gc::force_collect();
    }

    fn allowance(&self) -> usize {
        let alive = self.alive.get().max(0) as usize;
        let allowance = (2 * alive).min(AMPLE_ALLOWANCE).max(alive / 2);
        LEAST_ALLOWANCE.max(allowance) << self.patience.get()
    }

    /// Remembers collections from here on, or no more.
    pub fn watch(&self, on: bool) {
        self.watched.set(on);
    }

    /// Whether there are collections that script wants to hear of. Asking makes them old.
    #[inline]
    pub fn has_news(&self) -> bool {
        self.news.get() && self.news.replace(false)
    }

    /// Takes the collections that nobody has heard of.
    pub fn take_collections(&self) -> Vec<Collection> {
        self.collections.take()
    }

    /// Collects because script asked for it.
    fn collect_all(&self) {
        self.collect(0);
        self.patience.set(0);
    }

    /// Collects, and answers whether that freed little of what had grown.
    fn collect(&self, growth: usize) -> bool {
        let before = counts().map_or(0, |counts| counts.live);
        let start = Instant::now();
        self.look_ups.forget();
        self.plans.forget();
        boa_gc::force_collect();
        self.collecting.set(self.collecting.get() + start.elapsed());
        let after = counts().map_or(0, |counts| counts.live);
        if self.watched.get() {
            let mut collections = self.collections.take();
            collections.push(Collection {
                start,
                duration: start.elapsed(),
                bytes: (before.max(0) as usize, after.max(0) as usize),
                forced: growth == 0,
            });
            self.collections.set(collections);
            self.news.set(true);
        }
        self.noted.set(0);
        self.alive.set(after);
        self.begin_from(after);
        // Other threads may have allocated what is freed here: the sum may be below nothing, the difference is right.
        let freed = (before - after).max(0) as usize;
        counts().is_some() && freed < growth / 4
    }
}

/// Counts how often in a row collections freed little.
fn count_of_failures(patience: &Cell<u32>, freed_little: bool) {
    patience.set(if freed_little {
        (patience.get() + 1).min(MOST_PATIENCE)
    } else {
        0
    });
}

/// Defines the global `gc` if the options ask for it.
///
/// # Errors
/// None but those of the engine.
pub fn install(context: &mut Context) -> JsResult<()> {
    if State::of(context).options.expose_gc {
        define_gc(context)?;
    }
    Ok(())
}

/// Defines the global `gc`.
///
/// # Errors
/// None but those of the engine.
pub fn define_gc(context: &mut Context) -> JsResult<()> {
    let gc = native::function(context, "gc", 0, gc);
    let global = context.global_object();
    global.insert_property(js_string!("gc"), native::property(gc, native::METHOD));
    Ok(())
}

/// `gc()`.
fn gc(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    context.clear_kept_objects();
    State::of(context).memory.collect_all();
    Ok(JsValue::undefined())
}

/// An allocation of this size or more is counted as a payload.
const LARGE: usize = 16 << 10;
/// The engine aligns the bytes of ArrayBuffers to at least this, and nothing else.
const BUFFER_ALIGNMENT: usize = 64;

#[derive(Clone, Copy, Default)]
struct Counts {
    /// Below nothing where more was freed that other threads allocated.
    live: isize,
    large: usize,
    buffers: usize,
}

thread_local! {
    // Signed: what other threads allocated is freed here, and the other way round.
    static LIVE_BYTES: Cell<isize> = const { Cell::new(0) };
    static LARGE_BYTES: Cell<isize> = const { Cell::new(0) };
    static BUFFER_BYTES: Cell<isize> = const { Cell::new(0) };
    static IS_COUNTED: Cell<bool> = const { Cell::new(false) };
}

/// The counts of this thread; `None` when the program's allocator isn't a [`CountingAllocator`].
fn counts() -> Option<Counts> {
    IS_COUNTED.get().then(|| Counts {
        live: LIVE_BYTES.get(),
        large: LARGE_BYTES.get().max(0) as usize,
        buffers: BUFFER_BYTES.get().max(0) as usize,
    })
}

/// What work on another thread left allocated, less what it freed of what it was given.
#[derive(Clone, Copy, Default)]
pub struct Load {
    live: isize,
    large: isize,
    buffers: isize,
}

impl Load {
    /// What this thread's counts say.
    fn of_this_thread() -> Self {
        Self {
            live: LIVE_BYTES.get(),
            large: LARGE_BYTES.get(),
            buffers: BUFFER_BYTES.get(),
        }
    }

    fn set(self) {
        LIVE_BYTES.set(self.live);
        LARGE_BYTES.set(self.large);
        BUFFER_BYTES.set(self.buffers);
    }

    /// Runs work whose result goes to another thread: this one's counts stay as they were, and those of the other are to
    /// [take it over](Self::take_over).
    pub fn of<T>(work: impl FnOnce() -> T) -> (T, Self) {
        let before = Self::of_this_thread();
        let result = work();
        let after = Self::of_this_thread();
        before.set();
        let load = Self {
            live: after.live - before.live,
            large: after.large - before.large,
            buffers: after.buffers - before.buffers,
        };
        (result, load)
    }

    /// Counts it as this thread's.
    pub fn take_over(self) {
        let now = Self::of_this_thread();
        let sum = Self {
            live: now.live + self.live,
            large: now.large + self.large,
            buffers: now.buffers + self.buffers,
        };
        sum.set();
    }
}

/// An allocator that counts, for each thread, what it gives out less what it gets back. A program that embeds Ouro does
/// well to use it, as the program `ouro` does: the collector learns from it when garbage piles up.
///
/// ```ignore
/// #[global_allocator]
/// static ALLOCATOR: ouro::CountingAllocator<std::alloc::System> = ouro::CountingAllocator(std::alloc::System);
/// ```
pub struct CountingAllocator<A>(pub A);

fn count(layout: Layout, sign: isize) {
    let bytes = sign * layout.size() as isize;
    // Fails only while the thread ends: nobody counts then.
    let _ = LIVE_BYTES.try_with(|live| live.set(live.get().wrapping_add(bytes)));
    if layout.size() >= LARGE {
        let _ = LARGE_BYTES.try_with(|large| large.set(large.get().wrapping_add(bytes)));
        let _ = IS_COUNTED.try_with(|counted| counted.set(true));
        if layout.align() >= BUFFER_ALIGNMENT {
            let _ = BUFFER_BYTES.try_with(|sum| sum.set(sum.get().wrapping_add(bytes)));
        }
    }
}

// SAFETY: every call is passed on to an allocator that keeps the contract; counting touches no memory of its callers.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout, 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(layout, -1);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { self.0.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout, 1);
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // The engine's builder of strings asks for what it has, nearly each time that it ends one.
        if new_size == layout.size() {
            return pointer;
        }
        count(layout, -1);
        if let Ok(new_layout) = Layout::from_size_align(new_size, layout.align()) {
            count(new_layout, 1);
        }
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { self.0.realloc(pointer, layout, new_size) }
    }
}

#[cfg(test)]
mod tests {
    use super::{AMPLE_ALLOWANCE, LEAST_ALLOWANCE, Load, MOST_AT_REST, Memory, REST_ALLOWANCE};

    #[test]
    fn a_load_is_counted_where_it_goes() {
        let before = Load::of_this_thread();
        let worker = std::thread::spawn(|| {
            let load = Load::of(|| super::count(std::alloc::Layout::new::<[u64; 4096]>(), 1)).1;
            let counted = Load::of_this_thread();
            (load, counted.large)
        });
        let (load, left) = worker.join().expect("it doesn't panic");
        assert_eq!((load.large, left), (32 << 10, 0));
        load.take_over();
        let after = Load::of_this_thread();
        assert_eq!(after.large - before.large, 32 << 10);
    }

    #[test]
    fn the_allowance_follows_what_is_alive_and_what_collections_bring() {
        let memory = Memory::default();
        assert_eq!(memory.allowance(), LEAST_ALLOWANCE);
        for (alive, allowance) in [
            (LEAST_ALLOWANCE, 2 * LEAST_ALLOWANCE),
            (AMPLE_ALLOWANCE / 2, AMPLE_ALLOWANCE),
            (AMPLE_ALLOWANCE, AMPLE_ALLOWANCE),
            (AMPLE_ALLOWANCE * 10, AMPLE_ALLOWANCE * 5),
        ] {
            memory.alive.set(alive as isize);
            assert_eq!(memory.allowance(), allowance, "{alive}");
        }
        memory.patience.set(2);
        assert_eq!(memory.allowance(), AMPLE_ALLOWANCE * 20);
    }

    #[test]
    fn only_small_heaps_are_collected_where_the_loop_would_sleep() {
        let memory = Memory::default();
        memory.roomy.set(true);
        for (alive, patience, grown) in [
            (-1, 0, REST_ALLOWANCE as isize),
            (1 << 20, 0, REST_ALLOWANCE as isize),
            (1 << 20, 2, 4 * REST_ALLOWANCE as isize),
            (MOST_AT_REST as isize, 0, MOST_AT_REST as isize / 5),
            (MOST_AT_REST as isize + 1, 0, isize::MAX),
        ] {
            memory.rest_patience.set(patience);
            memory.begin_from(alive);
            let expected = alive.saturating_add(grown);
            assert_eq!(memory.rest_at.get(), expected, "{alive}, {patience}");
        }
    }

    #[test]
    fn a_heap_from_which_little_goes_is_left_alone_for_longer() {
        let memory = Memory::default();
        for (freed_little, patience) in [(true, 1), (true, 2), (true, 3), (true, 3), (false, 0)] {
            super::count_of_failures(&memory.rest_patience, freed_little);
            assert_eq!(memory.rest_patience.get(), patience);
        }
    }

    #[test]
    fn what_is_noted_makes_a_collection() {
        let memory = Memory::default();
        memory.allocated(LEAST_ALLOWANCE);
        memory.safe_point();
        assert_eq!(memory.noted.get(), LEAST_ALLOWANCE);
        memory.allocated(1);
        memory.safe_point();
        assert_eq!(memory.noted.get(), 0);
    }
}
