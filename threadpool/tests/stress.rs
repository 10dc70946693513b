//! Many threads do anything they may, in an order that a number decides: submit, cancel, panic, drain, drop queues and
//! pools. In the end each job is accounted for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ouro_threadpool::{Class, CompletionQueue, Job, JobError, JobId, ThreadPool};

/// xorshift: the same numbers each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// What happened to the jobs of all.
#[derive(Default)]
struct Totals {
    submitted: AtomicU64,
    /// Counted by the jobs themselves.
    ran: AtomicU64,
    /// By their completions.
    done: AtomicU64,
    panicked: AtomicU64,
    canceled: AtomicU64,
    /// What jobs own and nobody has dropped.
    held: AtomicU64,
}

struct Held(Arc<Totals>);

impl Held {
    fn new(totals: &Arc<Totals>) -> Self {
        totals.held.fetch_add(1, Ordering::SeqCst);
        Self(totals.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Ordering::SeqCst);
    }
}

/// One owner: a queue, and jobs that it may cancel.
struct Owner {
    totals: Arc<Totals>,
    queue: CompletionQueue<Held>,
    jobs: Vec<Job>,
    last: u64,
    heard: u64,
}

impl Owner {
    fn new(totals: &Arc<Totals>) -> Self {
        Self {
            totals: totals.clone(),
            queue: CompletionQueue::new(|| {}),
            jobs: Vec::new(),
            last: 0,
            heard: 0,
        }
    }

    fn submit(&mut self, pool: &ThreadPool, random: &mut Random) {
        let class = Class::ALL[random.below(3) as usize];
        let (panics, turns) = (random.below(20) == 0, random.below(50));
        let held = Held::new(&self.totals);
        self.totals.submitted.fetch_add(1, Ordering::SeqCst);
        let job = pool.submit(class, &self.queue, move || {
            held.0.ran.fetch_add(1, Ordering::SeqCst);
            for _ in 0..turns {
                std::hint::spin_loop();
            }
            if panics {
                std::panic::resume_unwind(Box::new("on purpose"));
            }
            held
        });
        self.last += 1;
        assert_eq!(job.id().to_u64(), self.last);
        self.jobs.push(job);
    }

    fn hear(&mut self, (_, result): (JobId, Result<Held, JobError>)) {
        self.heard += 1;
        let count = match result {
            Ok(_) => &self.totals.done,
            Err(JobError::Panicked(message)) => {
                assert_eq!(message, "on purpose");
                &self.totals.panicked
            }
            Err(JobError::Canceled) => &self.totals.canceled,
            Err(other) => panic!("{other}"),
        };
        count.fetch_add(1, Ordering::SeqCst);
    }

    fn drain(&mut self) {
        let arrived: Vec<_> = self.queue.drain().collect();
        arrived.into_iter().for_each(|one| self.hear(one));
        // Old ones are no longer worth cancelling.
        let old = self.jobs.len().saturating_sub(32);
        self.jobs.drain(..old);
    }

    /// Hears of every job.
    fn settle(mut self) {
        while let Some(completion) = self.queue.wait() {
            self.hear(completion);
        }
        assert_eq!(self.heard, self.last);
        // The last job's thread may not have let go of it yet.
        while self.queue.pending() > 0 {
            thread::yield_now();
        }
    }
}

#[test]
fn every_job_is_accounted_for() {
    const THREADS: u64 = 6;
    const STEPS: u64 = 40_000;
    let totals = Arc::new(Totals::default());
    // Jobs whose queue went: they ran, or they didn't, and nobody heard.
    let dropped = Arc::new(AtomicU64::new(0));
    let pool = Arc::new(ThreadPool::with_size(3));
    let owners: Vec<_> = (1..=THREADS)
        .map(|seed| {
            let (totals, dropped, pool) = (totals.clone(), dropped.clone(), pool.clone());
            thread::spawn(move || {
                let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                let mut owner = Owner::new(&totals);
                let mut own_pool = ThreadPool::with_size(2);
                for _ in 0..STEPS {
                    match random.below(100) {
                        0..50 => owner.submit(&pool, &mut random),
                        50..70 => owner.submit(&own_pool, &mut random),
                        70..85 if !owner.jobs.is_empty() => {
                            let which = random.below(owner.jobs.len() as u64) as usize;
                            let job = owner.jobs.swap_remove(which);
                            if job.cancel() {
                                assert!(!job.cancel());
                            }
                        }
                        99 if random.below(5) == 0 => {
                            let old = std::mem::replace(&mut owner, Owner::new(&totals));
                            dropped.fetch_add(old.last - old.heard, Ordering::SeqCst);
                        }
                        98 if random.below(20) == 0 => own_pool = ThreadPool::with_size(2),
                        97 => pool.record_times(random.below(2) == 0),
                        96 => drop((pool.times(), pool.metrics())),
                        _ => owner.drain(),
                    }
                }
                drop(own_pool);
                owner.settle();
            })
        })
        .collect();
    for owner in owners {
        owner.join().unwrap();
    }

    let metrics = pool.metrics();
    for class in Class::ALL {
        let counts = metrics.class(class);
        assert_eq!((counts.queued, counts.running), (0, 0), "{class:?}");
    }
    assert!(metrics.dns.most_running <= 2);
    drop(pool);
    let count = |count: &AtomicU64| count.load(Ordering::SeqCst);
    let heard = count(&totals.done) + count(&totals.panicked) + count(&totals.canceled);
    assert_eq!(heard + count(&dropped), count(&totals.submitted));
    let ended = count(&totals.done) + count(&totals.panicked);
    assert!((ended..=ended + count(&dropped)).contains(&count(&totals.ran)));
    assert_eq!(count(&totals.held), 0);
    // All of it happened.
    for happened in [&totals.done, &totals.panicked, &totals.canceled, &dropped] {
        assert!(count(happened) > 0);
    }
}
