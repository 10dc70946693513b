//! What a job costs while it waits, counted by the allocator. One test, since the allocator is the process's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use ouro_threadpool::{Class, CompletionQueue, Job, ThreadPool};

struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: it hands everything to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Ordering::SeqCst);
        ALLOCATIONS.fetch_add(1, Ordering::SeqCst);
        // SAFETY: the caller keeps the rules of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Ordering::SeqCst);
        // SAFETY: `pointer` came from `alloc` above with this layout, so from the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `run` leaves allocated, and how often it allocated.
fn measure<T>(run: impl FnOnce() -> T) -> (T, usize, usize) {
    let (bytes, allocations) = (
        BYTES.load(Ordering::SeqCst),
        ALLOCATIONS.load(Ordering::SeqCst),
    );
    let result = run();
    (
        result,
        BYTES.load(Ordering::SeqCst).saturating_sub(bytes),
        ALLOCATIONS.load(Ordering::SeqCst) - allocations,
    )
}

#[test]
fn a_waiting_job_costs_one_small_allocation() {
    const JOBS: usize = 100_000;
    let pool = ThreadPool::with_size(1);
    let queue = CompletionQueue::new(|| {});
    let (enter, entered) = mpsc::channel();
    let (open, opened) = mpsc::channel::<()>();
    pool.submit(Class::Cpu, &queue, move || {
        enter.send(()).unwrap();
        let _ = opened.recv();
        [0_u64; 4]
    });
    entered.recv().unwrap();

    let mut jobs: Vec<Job> = Vec::with_capacity(JOBS);
    for class in Class::ALL {
        let ((), bytes, allocations) = measure(|| {
            for n in 0..JOBS as u64 {
                // It captures 32 bytes.
                let captured = [n; 4];
                jobs.push(pool.submit(class, &queue, move || captured));
            }
        });
        let each = bytes / JOBS;
        println!("{class:?}: {each} bytes and {allocations} allocations for {JOBS} jobs that wait");
        // What it captured, its id and its owner: 48 bytes. Its place: 32, in a queue that is up to twice too large.
        assert!(each <= 48 + 2 * 32, "{each} bytes for each job");
        assert!(allocations < JOBS + 100, "{allocations} allocations");

        // Cancelled jobs leave their completions behind, and those leave with the drain.
        let ((), left, _) = measure(|| {
            for job in jobs.drain(..) {
                assert!(job.cancel());
            }
            assert_eq!(queue.drain().count(), JOBS);
        });
        assert_eq!(left, 0);
    }
    let kept = measure(|| {
        for n in 0..JOBS as u64 {
            let job = pool.submit(Class::Fs, &queue, move || [n; 4]);
            assert!(job.cancel());
            queue.drain().for_each(drop);
        }
    });
    // Blocks of the channel come and go.
    assert!(kept.1 < 10_000, "{} bytes kept", kept.1);
    drop(open);
    assert!(queue.wait().is_some() && queue.wait().is_none());
}
