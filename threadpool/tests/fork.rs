//! A process that forks, and children that go on using the pool and their copies of the parent's queues.

#![cfg(unix)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use ouro_threadpool::{Class, CompletionQueue, Job, ThreadPool};

/// Runs `child` in a forked process, which has to end well within half a minute.
fn in_child(child: impl FnOnce()) {
    // SAFETY: fork takes nothing. The child is the copy of a process with threads, so strictly it may only do what a
    // signal handler may; the C libraries that this runs on keep their allocator usable in it, which is all it needs besides
    // the crate under test.
    let process = unsafe { libc::fork() };
    assert!(process >= 0, "fork: {}", std::io::Error::last_os_error());
    if process == 0 {
        // SAFETY: the alarm's default action ends a child that hangs; `_exit` runs nothing of the parent's.
        unsafe {
            libc::alarm(30);
            let ended_well = catch_unwind(AssertUnwindSafe(child)).is_ok();
            libc::_exit(if ended_well { 0 } else { 1 });
        }
    }
    let mut status = 0;
    // SAFETY: `status` is written to, and the process is a child of this one.
    let waited = unsafe { libc::waitpid(process, &mut status, 0) };
    assert_eq!(waited, process);
    assert_eq!(status, 0, "the child's wait status");
}

fn works(pool: &ThreadPool, queue: &CompletionQueue<u32>) {
    for class in Class::ALL {
        let job = pool.submit(class, queue, || 7);
        assert_eq!(queue.wait(), Some((job.id(), Ok(7))));
    }
    assert!(queue.wait().is_none());
}

fn new_queue() -> CompletionQueue<u32> {
    CompletionQueue::new(|| {})
}

#[test]
fn a_child_starts_afresh_and_the_parents_jobs_stay_the_parents() {
    let pool = ThreadPool::with_size(2);
    let queue = new_queue();
    let mut gates = Vec::new();
    for _ in 0..2 {
        let (enter, entered) = mpsc::channel();
        let (open, opened) = mpsc::channel::<()>();
        pool.submit(Class::Fs, &queue, move || {
            enter.send(()).unwrap();
            let _ = opened.recv();
            1
        });
        entered.recv().unwrap();
        gates.push(open);
    }
    // Both threads are busy, and one job waits.
    let waiting = pool.submit(Class::Cpu, &queue, || 2);
    in_child(|| {
        assert_eq!((pool.metrics().threads, queue.pending()), (0, 0));
        assert_eq!(pool.metrics().cpu.queued, 0);
        assert!(!waiting.cancel());
        assert!(queue.wait().is_none() && queue.drain().next().is_none());
        // A pool that has not started here can be resized.
        pool.set_size(3).unwrap();
        works(&pool, &queue);
        assert_eq!(pool.metrics().threads, 3);
        works(&pool, &new_queue());
        works(ThreadPool::global(), &queue);
        // And a child of the child.
        in_child(|| {
            works(&pool, &queue);
            works(ThreadPool::global(), &new_queue());
        });
        works(&pool, &queue);
    });
    let mut both = Some((pool, queue));
    // Neither waits for the parent's threads, and the parent keeps its own.
    in_child(|| drop(both.take()));
    let (pool, queue) = both.unwrap();
    assert_eq!(pool.metrics().cpu.queued, 1);
    drop(gates);
    let mut results: Vec<_> = (0..3).map(|_| queue.wait().unwrap().1.unwrap()).collect();
    results.sort_unstable();
    assert_eq!(results, [1, 1, 2]);
    works(&pool, &queue);
}

#[test]
fn a_fork_in_the_midst_of_work_stops_nobody() {
    let pool = Arc::new(ThreadPool::with_size(2));
    let stop = Arc::new(AtomicBool::new(false));
    // The locks of the pool, of its queues and of the global pool are taken and given back all the time.
    let busy: Vec<_> = (0..2)
        .map(|_| {
            let (pool, stop) = (pool.clone(), stop.clone());
            thread::spawn(move || {
                let queue = new_queue();
                let mut jobs: Vec<Job> = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    for n in 0..20 {
                        jobs.push(pool.submit(Class::Dns, &queue, move || n));
                        jobs.push(ThreadPool::global().submit(Class::Fs, &queue, move || n));
                    }
                    jobs.drain(..).step_by(3).for_each(|job| {
                        job.cancel();
                    });
                    while queue.wait().is_some() {}
                }
            })
        })
        .collect();
    let queue = new_queue();
    for _ in 0..50 {
        pool.submit(Class::Fs, &queue, || 7);
        in_child(|| {
            works(&pool, &queue);
            works(ThreadPool::global(), &new_queue());
        });
        queue.wait();
    }
    stop.store(true, Ordering::Relaxed);
    for thread in busy {
        thread.join().unwrap();
    }
    works(&pool, &queue);
}
