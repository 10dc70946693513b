//! The crate's own files, with primitives whose schedule shuttle decides (`sync.rs` here in place of the crate's): each
//! test runs a small program through thousands of interleavings, some at random, some with a few switches at the worst
//! moments (PCT). What would hang is found as a deadlock. A failure prints a schedule for `shuttle::replay`.

#![allow(dead_code, unused_imports)]

#[path = "../../src/class.rs"]
mod class;
#[path = "../../src/fork.rs"]
mod fork;
#[path = "../../src/job.rs"]
mod job;
#[path = "../../src/metrics.rs"]
mod metrics;
#[path = "../../src/pool.rs"]
mod pool;
#[path = "../../src/queue.rs"]
mod queue;
#[path = "../../src/schedule.rs"]
mod schedule;
#[path = "../../src/size.rs"]
mod size;
mod sync;
#[path = "../../src/times.rs"]
mod times;

/// Nothing forks here, and shuttle is the scheduler.
mod sys {
    pub(crate) fn generation() -> u32 {
        0
    }

    pub(crate) fn yield_to_others() {}
}

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shuttle::sync::{Condvar, Mutex};
use shuttle::thread;

use class::Class;
use job::{Job, JobError};
use metrics::{ClassMetrics, Metrics};
use pool::ThreadPool;
use queue::CompletionQueue;
use size::{MAX_SIZE, SizeWarning, size_from_env};

fn explore(program: fn()) {
    shuttle::check_random(program, 1_000);
    shuttle::check_pct(program, 1_000, 3);
}

/// Counts what is no part of the program: shuttle knows nothing of it.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// What an event loop sleeps on.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    ring: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap() = true;
        self.ring.notify_one();
    }

    fn wait(&self) {
        let mut rung = self.rung.lock().unwrap();
        while !*rung {
            rung = self.ring.wait(rung).unwrap();
        }
        *rung = false;
    }
}

fn balanced(counts: ClassMetrics, jobs: u64) -> bool {
    counts.queued == 0 && counts.running == 0 && counts.done + counts.canceled == jobs
}

#[test]
fn a_wake_is_neither_lost_nor_needless() {
    explore(|| {
        let bell = Arc::new(Bell::default());
        let wakes = Count::default();
        let queue = CompletionQueue::new({
            let (bell, wakes) = (bell.clone(), wakes.clone());
            move || {
                wakes.add();
                bell.ring();
            }
        });
        let pool = ThreadPool::with_size(2);
        for n in 0..3 {
            pool.submit(Class::Fs, &queue, move || n);
        }
        let (mut got, mut drains) = (0, 0);
        while got < 3 {
            bell.wait();
            drains += 1;
            got += queue.drain().count();
        }
        drop(pool);
        // One before the first drain, and at most one after each.
        assert!(wakes.get() <= drains + 1);
    });
}

#[test]
fn no_thread_sleeps_while_a_job_waits() {
    explore(|| {
        let pool = Arc::new(ThreadPool::with_size(2));
        let submitters: Vec<_> = [Class::Fs, Class::Dns]
            .into_iter()
            .map(|class| {
                let pool = pool.clone();
                thread::spawn(move || {
                    let queue = CompletionQueue::new(|| {});
                    // The second may find the threads falling asleep.
                    for n in 0..2 {
                        pool.submit(class, &queue, move || n);
                        assert_eq!(queue.wait().unwrap().1, Ok(n));
                    }
                    assert!(queue.wait().is_none());
                })
            })
            .collect();
        for submitter in submitters {
            submitter.join().unwrap();
        }
    });
}

#[test]
fn two_jobs_that_wait_for_each_other_both_run() {
    explore(|| {
        let pool = ThreadPool::with_size(2);
        let queue = CompletionQueue::new(|| {});
        let bells = [(); 2].map(|()| Arc::new(Bell::default()));
        for me in 0..2 {
            let bells = bells.clone();
            // Only if each has a thread, at the same time, does either end.
            pool.submit(Class::Cpu, &queue, move || {
                bells[1 - me].ring();
                bells[me].wait();
            });
        }
        assert!(queue.wait().is_some() && queue.wait().is_some());
    });
}

#[test]
fn a_capped_job_delays_no_other_class() {
    explore(|| {
        let pool = ThreadPool::with_size(2);
        let queue = CompletionQueue::new(|| {});
        let open = Arc::new(Bell::default());
        let (now, most) = (Count::default(), Count::default());
        for n in 0..2 {
            let (open, now, most) = (open.clone(), now.clone(), most.clone());
            pool.submit(Class::Dns, &queue, move || {
                now.add();
                most.0.fetch_max(now.get(), Ordering::SeqCst);
                if n == 0 {
                    open.wait();
                }
                now.0.fetch_sub(1, Ordering::SeqCst);
            });
        }
        // The first slow job ends only when this one has run.
        pool.submit(Class::Fs, &queue, move || open.ring());
        for _ in 0..3 {
            assert!(queue.wait().is_some());
        }
        assert_eq!(most.get(), 1);
        assert_eq!(pool.metrics().dns.most_running, 1);
    });
}

#[test]
fn a_job_runs_or_is_cancelled_and_never_both() {
    explore(|| {
        let pool = ThreadPool::with_size(1);
        let queue = CompletionQueue::new(|| {});
        let runs = Count::default();
        let jobs: Vec<Job> = (0..2)
            .map(|_| {
                let runs = runs.clone();
                pool.submit(Class::Cpu, &queue, move || runs.add())
            })
            .collect();
        let cancellers: Vec<_> = (0..2)
            .map(|_| {
                let jobs = jobs.clone();
                thread::spawn(move || jobs.iter().filter(|job| job.cancel()).count())
            })
            .collect();
        let canceled: usize = cancellers
            .into_iter()
            .map(|canceller| canceller.join().unwrap())
            .sum();
        let (mut ran, mut not) = (0, 0);
        while let Some((_, result)) = queue.wait() {
            match result {
                Ok(()) => ran += 1,
                Err(error) => {
                    assert_eq!(error, JobError::Canceled);
                    not += 1;
                }
            }
        }
        assert_eq!((ran, not), (runs.get(), canceled));
        assert_eq!(ran + not, 2);
        let counts = pool.metrics().cpu;
        assert_eq!((counts.done, counts.canceled), (ran as u64, not as u64));
        assert!(balanced(counts, 2));
    });
}

#[test]
fn nothing_of_a_queue_that_has_gone_runs() {
    explore(|| {
        let pool = ThreadPool::with_size(2);
        let gone = Count::default();
        let late = Count::default();
        let wakes_after = late.clone();
        let dropped = gone.clone();
        let queue = CompletionQueue::new(move || {
            if dropped.get() > 0 {
                wakes_after.add();
            }
        });
        let held = Arc::new(());
        let jobs: Vec<Job> = (0..3)
            .map(|n| {
                let (held, gone, late) = (held.clone(), gone.clone(), late.clone());
                pool.submit([Class::Dns, Class::Fs][n % 2], &queue, move || {
                    let _held = held;
                    thread::yield_now();
                    if gone.get() > 0 {
                        late.add();
                    }
                })
            })
            .collect();
        let canceller = thread::spawn(move || jobs[2].cancel());
        drop(queue);
        gone.add();
        assert_eq!(Arc::strong_count(&held), 1);
        canceller.join().unwrap();
        let metrics = pool.metrics();
        assert!(balanced(metrics.dns, 2) && balanced(metrics.fs, 1));
        drop(pool);
        assert_eq!(late.get(), 0);
    });
}

#[test]
fn a_pool_that_goes_completes_each_job_once() {
    explore(|| {
        let pool = ThreadPool::with_size(2);
        let queue = CompletionQueue::new(|| {});
        let jobs: Vec<Job> = [Class::Dns, Class::Dns, Class::Cpu]
            .into_iter()
            .map(|class| pool.submit(class, &queue, || ()))
            .collect();
        let canceller = thread::spawn(move || jobs[1].cancel());
        // Its threads are gone after this.
        drop(pool);
        let canceled = canceller.join().unwrap();
        assert_eq!(queue.pending(), 0);
        let mut ids: Vec<_> = queue
            .drain()
            .map(|(id, result)| {
                assert!(matches!(result, Ok(()) | Err(JobError::Canceled)));
                assert!(!canceled || id.to_u64() != 2 || result.is_err());
                id.to_u64()
            })
            .collect();
        ids.sort_unstable();
        assert_eq!(ids, [1, 2, 3]);
    });
}

#[test]
fn a_pool_and_a_queue_can_go_at_the_same_time() {
    explore(|| {
        let pool = ThreadPool::with_size(1);
        let queue = CompletionQueue::new(|| {});
        for n in 0..3 {
            pool.submit(Class::Fs, &queue, move || n);
        }
        let other = thread::spawn(move || drop(pool));
        drop(queue);
        other.join().unwrap();
    });
}

#[test]
fn a_pool_whose_last_job_drops_it_ends() {
    explore(|| {
        let pool = Arc::new(ThreadPool::with_size(2));
        let queue = CompletionQueue::new(|| {});
        let inner = pool.clone();
        pool.submit(Class::Fs, &queue, move || drop(inner));
        drop(pool);
        assert!(queue.wait().is_some());
    });
}

#[test]
fn times_are_recorded_while_jobs_run_and_no_clock_is_read_otherwise() {
    // The clock's count is the process's, so both halves are one test.
    let before = sync::CLOCK_READS.load(Ordering::Relaxed);
    explore(|| {
        let pool = ThreadPool::with_size(2);
        let queue = CompletionQueue::new(|| {});
        for n in 0..2 {
            pool.submit(Class::Cpu, &queue, move || n);
        }
        while queue.wait().is_some() {}
    });
    assert_eq!(sync::CLOCK_READS.load(Ordering::Relaxed), before);
    explore(|| {
        let pool = ThreadPool::with_size(2);
        let queue = CompletionQueue::new(|| {});
        pool.submit(Class::Cpu, &queue, || 0);
        pool.record_times(true);
        pool.submit(Class::Cpu, &queue, || 1);
        while queue.wait().is_some() {}
        let times = pool.times().unwrap();
        // The first may have started, or been submitted, before anyone asked.
        assert!((1..=2).contains(&times.cpu.run.count()));
        assert_eq!(times.cpu.wait.count(), 1);
        assert!(times.all_busy <= times.recorded);
        pool.record_times(false);
        assert!(pool.times().is_none());
    });
}
