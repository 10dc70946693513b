//! The pool through its public API. Nothing here depends on how long anything takes: jobs wait at gates that the tests
//! open.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use ouro_threadpool::{AlreadyStarted, Class, CompletionQueue, JobError, ThreadPool};

fn queue<T: Send + 'static>() -> CompletionQueue<T> {
    CompletionQueue::new(|| {})
}

/// Waits for so many completions, each of them a success.
fn results<T: Send + 'static>(queue: &CompletionQueue<T>, count: usize) -> Vec<T> {
    (0..count)
        .map(|_| queue.wait().unwrap().1.unwrap())
        .collect()
}

/// Keeps a thread of a pool busy from `new` to `open`.
struct Gate {
    open: Sender<()>,
}

impl Gate {
    /// Submits a job that waits at the gate, and returns once it runs.
    fn new(pool: &ThreadPool, class: Class, queue: &CompletionQueue<u32>) -> Self {
        let (gate, entered) = Self::submit(pool, class, queue);
        entered.recv().unwrap();
        gate
    }

    /// Submits it and returns at once; the receiver hears when the job runs.
    fn submit(
        pool: &ThreadPool,
        class: Class,
        queue: &CompletionQueue<u32>,
    ) -> (Self, Receiver<()>) {
        let (open, opened) = mpsc::channel::<()>();
        let (enter, entered) = mpsc::channel();
        pool.submit(class, queue, move || {
            enter.send(()).unwrap();
            let _ = opened.recv();
            0
        });
        (Self { open }, entered)
    }

    fn open(self) {
        drop(self.open);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn threads_take_no_processor_from_who_runs() {
    /// The policy of the calling thread, the 41st field of its `stat` (proc_pid_stat(5)); the name before it may have spaces.
    fn policy() -> i32 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let after_name = stat.rsplit_once(')').unwrap().1;
        let field = after_name.split_whitespace().nth(41 - 3).unwrap();
        field.parse().unwrap()
    }
    // Whoever runs the tests by another policy than the ordinary one keeps it everywhere.
    let expected = match policy() {
        libc::SCHED_OTHER => libc::SCHED_BATCH,
        other => other,
    };
    let pool = ThreadPool::with_size(1);
    let queue = queue();
    pool.submit(Class::Fs, &queue, policy);
    assert_eq!(results(&queue, 1), [expected]);
}

#[test]
fn threads_start_at_the_first_job_all_of_them_and_have_names() {
    let pool = ThreadPool::with_size(3);
    assert_eq!(pool.metrics().threads, 0);
    let queue = queue();
    let together = Arc::new(Barrier::new(3));
    for _ in 0..3 {
        let together = together.clone();
        pool.submit(Class::Cpu, &queue, move || {
            // Passed only if three threads are here at a time.
            together.wait();
            thread::current().name().map(str::to_owned)
        });
    }
    let names: HashSet<_> = results(&queue, 3).into_iter().flatten().collect();
    let expected = ["ouro-worker-1", "ouro-worker-2", "ouro-worker-3"];
    assert_eq!(names, expected.map(str::to_owned).into());
    assert_eq!(pool.metrics().threads, 3);
}

#[test]
fn the_size_can_be_set_until_the_threads_are_there() {
    let pool = ThreadPool::with_size(0);
    assert_eq!(pool.size().0, 1);
    pool.set_size(1_000_000).unwrap();
    assert_eq!(pool.size().0, 1024);
    pool.set_size(2).unwrap();
    let queue = queue();
    pool.submit(Class::Fs, &queue, || ());
    results(&queue, 1);
    let refused = AlreadyStarted {
        threads: 2,
        wanted: 3,
    };
    assert_eq!(pool.set_size(3), Err(refused));
    assert_eq!(
        refused.to_string(),
        "the pool can't be resized to 3: its first job has started its threads, 2 of them, and they stay"
    );
    assert_eq!((pool.size().0, pool.metrics().threads), (2, 2));
}

#[test]
fn jobs_of_a_class_start_in_the_order_of_submission() {
    for class in Class::ALL {
        let pool = ThreadPool::with_size(1);
        let order = Arc::new(Mutex::new(Vec::new()));
        let queue = queue();
        for n in 0..100 {
            let order = order.clone();
            pool.submit(class, &queue, move || order.lock().unwrap().push(n));
        }
        results(&queue, 100);
        assert!(
            order.lock().unwrap().iter().copied().eq(0..100),
            "{class:?}"
        );
    }
}

#[test]
fn dns_has_half_of_the_threads_and_delays_no_other_class() {
    for (size, limit) in [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)] {
        let pool = ThreadPool::with_size(size);
        let queue = queue();
        let mut gates = Vec::new();
        let mut waiting = Vec::new();
        for n in 0..size * 2 {
            let (gate, entered) = Gate::submit(&pool, Class::Dns, &queue);
            if n < limit {
                entered.recv().unwrap();
            } else {
                waiting.push(entered);
            }
            gates.push(gate);
        }
        if size > limit {
            // The rest of the threads serves the others, though twice as many slow jobs as threads wait.
            let others: CompletionQueue<u32> = CompletionQueue::new(|| {});
            pool.submit(Class::Fs, &others, || 1);
            pool.submit(Class::Cpu, &others, || 2);
            let mut done = results(&others, 2);
            done.sort_unstable();
            assert_eq!(done, [1, 2]);
        }
        assert_eq!(pool.metrics().dns.running, limit as u64, "of {size}");
        assert!(waiting.iter().all(|entered| entered.try_recv().is_err()));
        for gate in gates {
            gate.open();
        }
        results(&queue, size * 2);
        let metrics = pool.metrics().dns;
        assert_eq!((metrics.queued, metrics.running), (0, 0));
        assert_eq!(metrics.done, size as u64 * 2);
    }
}

#[test]
fn no_more_than_the_limit_of_slow_jobs_run_at_a_time() {
    let pool = ThreadPool::with_size(4);
    let queue = queue();
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    for _ in 0..500 {
        let (now, most) = (now.clone(), most.clone());
        pool.submit(Class::Dns, &queue, move || {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            now.fetch_sub(1, Ordering::SeqCst);
        });
    }
    results(&queue, 500);
    assert!(most.load(Ordering::SeqCst) <= 2);
}

#[test]
fn a_panic_is_an_error_of_its_job_and_costs_no_thread() {
    let pool = ThreadPool::with_size(1);
    let queue = queue::<()>();
    let message = |job: Box<dyn FnOnce() + Send>| {
        pool.submit(Class::Cpu, &queue, job);
        match queue.wait().unwrap().1 {
            Err(JobError::Panicked(message)) => message,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(message(Box::new(|| panic!("plain"))), "plain");
    assert_eq!(message(Box::new(|| panic!("number {}", 7))), "number 7");
    assert_eq!(
        message(Box::new(|| std::panic::panic_any(7))),
        "a value that is not a string"
    );
    pool.submit(Class::Cpu, &queue, || ());
    results(&queue, 1);
    assert_eq!(pool.metrics().cpu.done, 4);
}

#[test]
fn a_waiting_job_can_be_cancelled_and_a_running_or_done_one_cannot() {
    for class in Class::ALL {
        let pool = ThreadPool::with_size(1);
        let queue = queue();
        let gate = Gate::new(&pool, class, &queue);
        let held = Arc::new(());
        let (captured, first) = (held.clone(), pool.submit(class, &queue, || 1));
        let second = pool.submit(class, &queue, move || {
            drop(captured);
            2
        });
        assert_eq!(pool.metrics().class(class).queued, 2);
        assert!(second.cancel());
        assert!(!second.cancel());
        // What it held is free, and its completion doesn't wait for the thread.
        assert_eq!(Arc::strong_count(&held), 1);
        assert_eq!(queue.wait(), Some((second.id(), Err(JobError::Canceled))));
        gate.open();
        assert_eq!(results(&queue, 2), [0, 1]);
        assert!(!first.cancel());
        let metrics = pool.metrics().class(class);
        assert_eq!((metrics.done, metrics.canceled, metrics.queued), (2, 1, 0));
    }
}

#[test]
fn a_running_job_is_not_cancelled() {
    let pool = ThreadPool::with_size(1);
    let queue = queue();
    let (enter, entered) = mpsc::channel();
    let (open, opened) = mpsc::channel::<()>();
    let job = pool.submit(Class::Fs, &queue, move || {
        enter.send(()).unwrap();
        let _ = opened.recv();
        9
    });
    entered.recv().unwrap();
    assert!(!job.cancel());
    drop(open);
    assert_eq!(queue.wait(), Some((job.id(), Ok(9))));
    assert_eq!(queue.wait(), None);
}

#[test]
fn wakes_are_coalesced_until_the_queue_is_drained() {
    let wakes = Arc::new(AtomicUsize::new(0));
    let counted = wakes.clone();
    let queue = CompletionQueue::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let pool = ThreadPool::with_size(1);
    let gates: CompletionQueue<u32> = CompletionQueue::new(|| {});
    for round in 1..=3 {
        for n in 0..10 {
            pool.submit(Class::Fs, &queue, move || n);
        }
        // The one thread has done the ten when it comes to this one.
        Gate::new(&pool, Class::Fs, &gates).open();
        assert_eq!(wakes.load(Ordering::SeqCst), round);
        let drained: Vec<_> = queue.drain().map(|(_, result)| result.unwrap()).collect();
        assert_eq!(drained, (0..10).collect::<Vec<_>>());
        assert_eq!(queue.drain().count(), 0);
    }
}

#[test]
fn no_completion_is_lost_between_drain_and_wake() {
    const JOBS: usize = 20_000;
    let (wake, woken) = mpsc::channel();
    let queue = CompletionQueue::new(move || {
        let _ = wake.send(());
    });
    let pool = ThreadPool::with_size(4);
    for n in 0..JOBS {
        pool.submit(
            [Class::Fs, Class::Cpu, Class::Dns][n % 3],
            &queue,
            move || n,
        );
    }
    let mut seen = HashSet::new();
    while seen.len() < JOBS {
        // Hangs if a completion arrives without a wake.
        woken.recv().unwrap();
        for (_, result) in queue.drain() {
            assert!(seen.insert(result.unwrap()));
        }
    }
}

#[test]
fn a_queue_that_goes_cancels_its_waiting_jobs_and_waits_for_its_running_ones() {
    let pool = Arc::new(ThreadPool::with_size(1));
    let going = queue();
    let staying = queue();
    let (enter, entered) = mpsc::channel();
    let (open, opened) = mpsc::channel::<()>();
    let finished = Arc::new(AtomicUsize::new(0));
    let ran = finished.clone();
    pool.submit(Class::Fs, &going, move || {
        enter.send(()).unwrap();
        let _ = opened.recv();
        ran.fetch_add(1, Ordering::SeqCst);
    });
    entered.recv().unwrap();
    let waited = finished.clone();
    let held = Arc::new(());
    let captured = held.clone();
    pool.submit(Class::Fs, &going, move || {
        let _captured = captured;
        waited.fetch_add(100, Ordering::SeqCst);
    });
    pool.submit(Class::Fs, &staying, || 5);
    let watched = held.clone();
    let opener = thread::spawn(move || {
        // The waiting one has been let go of, so the queue is going.
        while Arc::strong_count(&watched) > 2 {
            thread::yield_now();
        }
        drop(open);
    });
    drop(going);
    // The running one is over, the waiting one never ran and holds nothing.
    assert_eq!(finished.load(Ordering::SeqCst), 1);
    opener.join().unwrap();
    assert_eq!(Arc::strong_count(&held), 1);
    assert_eq!(results(&staying, 1), [5]);
    assert_eq!(finished.load(Ordering::SeqCst), 1);
    assert_eq!(pool.metrics().fs.canceled, 1);
}

#[test]
fn a_pool_that_goes_cancels_what_waits_and_waits_for_what_runs() {
    for class in [Class::Fs, Class::Dns] {
        let pool = ThreadPool::with_size(2);
        let queue = queue();
        let one = Gate::new(&pool, class, &queue);
        let two = Gate::new(&pool, Class::Cpu, &queue);
        let waiting: Vec<_> = (0..5)
            .map(|n| pool.submit(class, &queue, move || n))
            .collect();
        let opener = thread::spawn(move || {
            one.open();
            two.open();
        });
        // Whether a waiting job still runs depends on who is first, but each completes once.
        drop(pool);
        opener.join().unwrap();
        assert_eq!(queue.pending(), 0);
        assert_eq!(queue.drain().count(), 2 + waiting.len());
    }
}

#[test]
fn a_pool_dropped_by_its_own_job_does_not_wait_for_itself() {
    let queue = queue();
    let pool = Arc::new(ThreadPool::with_size(1));
    let (give, given) = mpsc::channel::<Arc<ThreadPool>>();
    pool.submit(Class::Cpu, &queue, move || drop(given.recv()));
    give.send(pool).unwrap();
    results(&queue, 1);
}

#[test]
fn a_job_can_submit_jobs() {
    let pool = Arc::new(ThreadPool::with_size(1));
    let inner = Arc::new(queue());
    let outer = queue();
    let (pool2, inner2) = (pool.clone(), inner.clone());
    pool.submit(Class::Cpu, &outer, move || {
        pool2.submit(Class::Cpu, &inner2, || 3);
    });
    results(&outer, 1);
    assert_eq!(results(&inner, 1), [3]);
}

#[test]
fn a_panicking_wake_costs_nothing() {
    let queue = CompletionQueue::new(|| panic!("on purpose"));
    let pool = ThreadPool::with_size(1);
    for n in 0..3 {
        pool.submit(Class::Fs, &queue, move || n);
        assert_eq!(queue.wait().unwrap().1, Ok(n));
        queue.drain();
    }
}

#[test]
fn the_global_pool_is_one() {
    assert!(std::ptr::eq(ThreadPool::global(), ThreadPool::global()));
    let queue = queue();
    ThreadPool::global().submit(Class::Fs, &queue, || 1);
    assert_eq!(results(&queue, 1), [1]);
    let (size, _) = ThreadPool::global().size();
    assert_eq!(ThreadPool::global().metrics().threads, size);
}

#[test]
fn a_hundred_pools_leave_no_thread() {
    for _ in 0..100 {
        let pool = ThreadPool::with_size(2);
        let queue = queue();
        pool.submit(Class::Cpu, &queue, || ());
        results(&queue, 1);
    }
    #[cfg(target_os = "linux")]
    {
        let threads = std::fs::read_dir("/proc/self/task").unwrap().count();
        // Other tests run beside this one; two hundred left over would show.
        assert!(threads < 150, "{threads} threads");
    }
}

#[test]
fn the_most_that_waited_and_ran_is_kept() {
    let pool = ThreadPool::with_size(2);
    let queue = queue();
    let gates = [Class::Fs, Class::Cpu].map(|class| Gate::new(&pool, class, &queue));
    let waiting: Vec<_> = (0..5)
        .map(|n| pool.submit(Class::Fs, &queue, move || n))
        .collect();
    assert!(waiting[2].cancel());
    for gate in gates {
        gate.open();
    }
    while queue.wait().is_some() {}
    let (fs, cpu) = (pool.metrics().fs, pool.metrics().cpu);
    assert_eq!((fs.queued, fs.running, fs.done, fs.canceled), (0, 0, 5, 1));
    assert_eq!((cpu.most_queued, cpu.most_running), (1, 1));
    // The first of the class may have started before the others came.
    assert_eq!(fs.most_queued, 5);
    assert!((1..=2).contains(&fs.most_running));
}

#[test]
fn times_are_recorded_for_those_who_ask() {
    const LONG: Duration = Duration::from_millis(20);
    let pool = ThreadPool::with_size(1);
    let queue = queue();
    pool.submit(Class::Fs, &queue, || ());
    results(&queue, 1);
    assert!(pool.times().is_none());

    let gates = self::queue();
    let gate = Gate::new(&pool, Class::Fs, &gates);
    pool.record_times(true);
    for class in [Class::Cpu, Class::Dns] {
        pool.submit(class, &queue, || thread::sleep(LONG));
    }
    pool.submit(Class::Cpu, &queue, || panic!("on purpose"));
    gate.open();
    while queue.wait().is_some() {}
    let times = pool.times().unwrap();
    assert_eq!((times.fs.wait.count(), times.fs.run.count()), (0, 0));
    assert_eq!((times.cpu.wait.count(), times.cpu.run.count()), (2, 2));
    assert_eq!((times.dns.wait.count(), times.dns.run.count()), (1, 1));
    // The sleeper ran that long, and the one behind it waited that long.
    let about = LONG.mul_f64(0.98);
    assert!(times.cpu.run.max() >= about && times.dns.run.min() >= about);
    assert!(times.dns.wait.min() >= about && times.cpu.wait.max() >= about);
    assert!(times.cpu.run.min() < times.cpu.run.quantile(1.0));
    assert!(times.cpu.run.mean() <= times.cpu.run.max());
    // The one thread slept twice.
    assert!(times.all_busy >= 2 * LONG && times.all_busy <= times.recorded);
    assert!((0.0..=1.0).contains(&times.all_busy_share()));

    pool.record_times(true);
    assert_eq!(pool.times().unwrap().class(Class::Cpu).run.count(), 0);
    pool.record_times(false);
    assert!(pool.times().is_none());
}

#[test]
fn waiting_after_the_last_completion_ends() {
    let queue = queue();
    let pool = ThreadPool::with_size(2);
    for n in 0..2_000 {
        pool.submit(Class::Fs, &queue, move || n);
        assert_eq!(queue.wait().unwrap().1, Ok(n));
        // The thread may not have let go of the job yet.
        assert_eq!(queue.wait(), None);
    }
}

#[test]
fn a_queue_can_have_jobs_on_many_pools() {
    let pools: Vec<_> = (0..3).map(|_| ThreadPool::with_size(1)).collect();
    let queue = queue();
    let gates: Vec<_> = pools
        .iter()
        .map(|pool| Gate::new(pool, Class::Cpu, &queue))
        .collect();
    let held = Arc::new(());
    for pool in pools.iter().cycle().take(30) {
        let held = held.clone();
        pool.submit(Class::Fs, &queue, move || {
            drop(held);
            1
        });
    }
    assert_eq!(queue.pending(), 33);
    let opener = thread::spawn(move || gates.into_iter().for_each(Gate::open));
    drop(queue);
    opener.join().unwrap();
    assert_eq!(Arc::strong_count(&held), 1);
    for pool in pools {
        let fs = pool.metrics().fs;
        assert_eq!(fs.done + fs.canceled, 10);
    }
}

#[test]
fn what_panics_when_dropped_costs_no_thread() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            if !thread::panicking() {
                panic!("on purpose");
            }
        }
    }
    let pool = ThreadPool::with_size(1);
    let gates = queue();
    let queue: CompletionQueue<Bomb> = CompletionQueue::new(|| {});
    let gate = Gate::new(&pool, Class::Cpu, &gates);
    let bomb = Bomb;
    let job = pool.submit(Class::Cpu, &queue, move || bomb);
    assert!(job.cancel());
    let bomb = Bomb;
    pool.submit(Class::Cpu, &queue, move || bomb);
    pool.submit(Class::Cpu, &queue, || std::panic::panic_any(Bomb));
    gate.open();
    results(&gates, 1);
    // Takes a result that panics when dropped along.
    drop(queue);
    pool.submit(Class::Cpu, &gates, || 7);
    assert_eq!(results(&gates, 1), [7]);
}
