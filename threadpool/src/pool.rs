//! The threads: what they share, how they start, sleep and end. `schedule.rs` says which job is next.

use std::num::NonZeroU64;
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::Instant;

use crate::fork::ForkLocal;
use crate::job::{OwnerId, Task, TypedTask};
use crate::schedule::{Next, Schedule, Turn};
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::thread::{self, JoinHandle};
use crate::sync::{self, Condvar, Mutex, MutexGuard};
use crate::sys::{generation, yield_to_others};
use crate::times::{Recorder, Times};
use crate::{Class, CompletionQueue, Job, JobError, MAX_SIZE, Metrics, SizeWarning, size_from_env};

/// A fixed number of threads that run jobs.
///
/// Dropping a pool cancels the jobs that wait (each completes with [`JobError::Canceled`]) and waits for those that run.
///
/// In a process made by `fork` it has no threads and no jobs, and starts its threads anew at the first job there.
pub struct ThreadPool {
    local: ForkLocal<Local>,
}

/// The size of a pool can't change any more: its threads have been started, by its first job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the pool can't be resized to {wanted}: its first job has started its threads, {threads} of them, and they stay"
)]
pub struct AlreadyStarted {
    /// The threads that there are.
    pub threads: usize,
    /// The size that was asked for.
    pub wanted: usize,
}

impl ThreadPool {
    /// The pool of this process, whose size is `UV_THREADPOOL_SIZE` at the time of its first job.
    pub fn global() -> &'static ThreadPool {
        static GLOBAL: OnceLock<ThreadPool> = OnceLock::new();
        GLOBAL.get_or_init(|| ThreadPool::new(BY_ENVIRONMENT))
    }

    /// A pool of its own. The size is brought into the range 1 to 1024.
    pub fn with_size(size: usize) -> Self {
        Self::new(size.clamp(1, MAX_SIZE))
    }

    fn new(size: usize) -> Self {
        Self {
            local: ForkLocal::new(Local::new(size)),
        }
    }

    /// Sets the size of a pool that hasn't started any thread yet; it is brought into the range 1 to 1024.
    pub fn set_size(&self, size: usize) -> Result<(), AlreadyStarted> {
        let local = self.local();
        let handles = local.lock_handles();
        if !handles.is_empty() {
            return Err(AlreadyStarted {
                threads: handles.len(),
                wanted: size,
            });
        }
        local.size.store(size.clamp(1, MAX_SIZE), Ordering::Relaxed);
        Ok(())
    }

    /// How many threads the pool has or will have, and what is odd about it if the environment says so.
    pub fn size(&self) -> (usize, Option<SizeWarning>) {
        let local = self.local();
        match local.size.load(Ordering::Relaxed) {
            // What the variable says now doesn't matter to threads that are there.
            BY_ENVIRONMENT => match local.lock_handles().len() {
                0 => size_from_env(),
                threads => (threads, None),
            },
            size => (size, None),
        }
    }

    /// Submits a job, whose result arrives at `queue`.
    ///
    /// A job owns what it needs: it runs on another thread, possibly after its submitter is gone.
    pub fn submit<T, F>(&self, class: Class, queue: &CompletionQueue<T>, work: F) -> Job
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let local = self.local();
        let owner = queue.owner().clone();
        let id = owner.begin(&local.shared);
        let task = Box::new(TypedTask::new(id, owner, work));
        let waits = match local.start_threads() {
            Ok(()) => Some((local.shared.clone(), local.shared.push(class, task))),
            Err(error) => {
                task.abandon(JobError::NoThreads(error.to_string()));
                None
            }
        };
        Job { id, waits }
    }

    /// The pool's figures. They are of one moment, and count a job as done before its completion arrives.
    pub fn metrics(&self) -> Metrics {
        self.local().shared.lock().schedule.metrics()
    }

    /// Begins to record how long jobs wait and run, from now on, or ends it and forgets what was recorded. A pool that
    /// doesn't record reads no clock.
    ///
    /// ```
    /// use ouro_threadpool::{Class, CompletionQueue, ThreadPool};
    ///
    /// let pool = ThreadPool::with_size(4);
    /// let queue = CompletionQueue::new(|| {});
    /// pool.record_times(true);
    /// pool.submit(Class::Fs, &queue, || std::fs::read("Cargo.toml"));
    /// queue.wait();
    /// let times = pool.times().unwrap();
    /// println!("9 of 10 waited at most {:?}", times.fs.wait.quantile(0.9));
    /// println!("no thread was free for {:.0} % of the time", times.all_busy_share() * 100.0);
    /// # assert_eq!(times.fs.run.count(), 1);
    /// ```
    pub fn record_times(&self, record: bool) {
        let shared = &self.local().shared;
        let mut state = shared.lock();
        shared.recording.store(record, Ordering::Relaxed);
        state.recorder = record.then(|| {
            let all_busy = state.schedule.all_threads_busy();
            Box::new(Recorder::new(shared.now(), all_busy))
        });
    }

    /// What was recorded since [`record_times`](Self::record_times); `None` if nothing is. A job's times are there before its
    /// completion arrives.
    pub fn times(&self) -> Option<Times> {
        let shared = &self.local().shared;
        let state = shared.lock();
        let recorder = state.recorder.as_ref()?;
        Some(recorder.read(shared.now()))
    }

    fn local(&self) -> &Local {
        self.local
            .get(|parents| Local::new(parents.size.load(Ordering::Relaxed)))
    }
}

impl std::fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThreadPool")
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}

/// In place of a size: what `UV_THREADPOOL_SIZE` says when the threads start.
const BY_ENVIRONMENT: usize = 0;

/// A pool, as one process has it.
struct Local {
    shared: Arc<Shared>,
    /// As it was made or set, for the processes that are forked from this one.
    size: AtomicUsize,
    handles: Mutex<Vec<JoinHandle<()>>>,
    /// Set once all threads are there, so that submitting needn't take the lock above.
    started: AtomicBool,
}

impl Local {
    fn new(size: usize) -> Self {
        Self {
            shared: Arc::new(Shared::new()),
            size: AtomicUsize::new(size),
            handles: Mutex::new(Vec::new()),
            started: AtomicBool::new(false),
        }
    }

    fn lock_handles(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts all threads, once. Fewer than wanted will do; none is an error, and the next job tries again.
    fn start_threads(&self) -> std::io::Result<()> {
        if self.started.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut handles = self.lock_handles();
        if !handles.is_empty() {
            return Ok(());
        }
        let size = match self.size.load(Ordering::Relaxed) {
            BY_ENVIRONMENT => size_from_env().0,
            size => size,
        };
        // The limit of slow jobs depends on the size, so it is told before the first thread asks.
        self.shared.lock().schedule.set_threads(size);
        for number in 1..=size {
            let shared = self.shared.clone();
            let thread = thread::Builder::new().name(format!("ouro-worker-{number}"));
            let work = move || {
                yield_to_others();
                shared.work();
            };
            match thread.spawn(work) {
                Ok(handle) => handles.push(handle),
                Err(error) => {
                    self.shared.lock().schedule.set_threads(handles.len());
                    if handles.is_empty() {
                        return Err(error);
                    }
                    break;
                }
            }
        }
        self.started.store(true, Ordering::Release);
        Ok(())
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        for task in self.shared.close() {
            task.abandon(JobError::Canceled);
        }
        for handle in std::mem::take(&mut *self.lock_handles()) {
            // A pool that is dropped by one of its own jobs can't wait for that.
            if handle.thread().id() != thread::current().id() {
                let _ = handle.join();
            }
        }
    }
}

/// What the threads of a pool share with each other, and with the jobs' handles.
pub(crate) struct Shared {
    /// Of the process whose threads these are.
    generation: u32,
    state: Padded<Mutex<State>>,
    /// Where threads sleep that have nothing to do.
    jobs: Condvar,
    /// Whether there is a recorder.
    recording: AtomicBool,
    /// When the clock of this pool began; it is made when it is first read.
    epoch: OnceLock<Instant>,
}

/// Begins a cache line of its own (a pair of them, since some processors fetch two): whoever counts a reference to what
/// lies before it doesn't wait for the threads that use the lock.
#[repr(align(128))]
struct Padded<T>(T);

struct State {
    schedule: Schedule<Box<dyn Task>>,
    /// Threads that sleep, without those that have been woken.
    asleep: usize,
    /// Threads that have been woken, and don't know yet.
    woken: usize,
    closing: bool,
    recorder: Option<Box<Recorder>>,
}

impl Shared {
    fn new() -> Self {
        Self {
            generation: generation(),
            state: Padded(Mutex::new(State {
                schedule: Schedule::new(),
                asleep: 0,
                woken: 0,
                closing: false,
                recorder: None,
            })),
            jobs: Condvar::new(),
            recording: AtomicBool::new(false),
            epoch: OnceLock::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while this lock is held.
        self.state.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a job wait for its turn, and sees to it that a thread comes for it.
    fn push(&self, class: Class, task: Box<dyn Task>) -> Turn {
        let recording = self.recording.load(Ordering::Relaxed);
        let submitted = recording.then(|| self.now()).and_then(NonZeroU64::new);
        let mut state = self.lock();
        let turn = state.schedule.push(class, task, submitted);
        self.wake_for_more(state);
        turn
    }

    /// Wakes a thread if a job may start and none is on its way. The thread that takes a job calls this too, so in a burst
    /// of jobs each thread wakes the next one, and whoever submits them makes one system call and not one for each.
    fn wake_for_more(&self, mut state: MutexGuard<'_, State>) {
        let wake = state.asleep > 0 && state.woken == 0 && state.schedule.may_start();
        if wake {
            state.asleep -= 1;
            state.woken += 1;
        }
        drop(state);
        if wake {
            self.jobs.notify_one();
        }
    }

    /// Takes a waiting job back; `None` if it waits no longer.
    pub(crate) fn withdraw(&self, turn: Turn) -> Option<Box<dyn Task>> {
        // The jobs of a process that forked are its own, and so are its locks.
        if self.generation != generation() {
            return None;
        }
        self.lock().schedule.withdraw(turn)
    }

    /// Takes all waiting jobs of an owner back.
    pub(crate) fn withdraw_all(&self, owner: OwnerId) -> Vec<Box<dyn Task>> {
        self.lock()
            .schedule
            .withdraw_all(|task| task.owner() == Some(owner))
    }

    /// The life of a thread.
    fn work(&self) {
        let mut job = self.wait_for_job();
        while let Some(Running {
            mut task,
            class,
            started,
        }) = job
        {
            task.run();
            // The end of a job and the start of the next are one use of the lock. The completion comes after it, when the
            // figures tell of both.
            let next = self.finish_and_start(class, started);
            task.complete();
            job = next.or_else(|| self.wait_for_job());
        }
    }

    /// Waits for a job and takes it; `None` when the pool closes.
    fn wait_for_job(&self) -> Option<Running> {
        let mut state = self.lock();
        loop {
            if state.closing {
                return None;
            }
            if let Some(running) = state.start(self) {
                self.wake_for_more(state);
                return Some(running);
            }
            state.asleep += 1;
            while state.woken == 0 && !state.closing {
                state = self
                    .jobs
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            state.woken = state.woken.saturating_sub(1);
        }
    }

    /// A job is over, and the next one is taken if one may start.
    fn finish_and_start(&self, class: Class, started: Option<u64>) -> Option<Running> {
        let mut state = self.lock();
        state.schedule.finish(class);
        if let Some(recorder) = &mut state.recorder {
            recorder.ended(class, started, self.now());
        }
        let running = state.start(self)?;
        self.wake_for_more(state);
        Some(running)
    }

    /// Nanoseconds of this pool's clock.
    fn now(&self) -> u64 {
        let now = sync::now();
        let epoch = self.epoch.get_or_init(|| now);
        // A job that is submitted at the very start counts as submitted, too: 0 is no moment.
        1 + now.saturating_duration_since(*epoch).as_nanos() as u64
    }

    /// Ends all threads after the jobs that run, and gives back those that wait.
    fn close(&self) -> Vec<Box<dyn Task>> {
        let mut state = self.lock();
        state.closing = true;
        let waiting = state.schedule.withdraw_all(|_| true);
        drop(state);
        self.jobs.notify_all();
        waiting
    }
}

/// A job that a thread runs.
struct Running {
    task: Box<dyn Task>,
    class: Class,
    /// When it started, if that was recorded.
    started: Option<u64>,
}

impl State {
    /// Takes the job that is next, if any may start.
    fn start(&mut self, clock: &Shared) -> Option<Running> {
        if self.closing {
            return None;
        }
        let Next {
            class,
            job: task,
            submitted,
        } = self.schedule.next()?;
        let started = self.recorder.as_mut().map(|recorder| {
            let now = clock.now();
            let all_busy = self.schedule.all_threads_busy();
            recorder.started(class, submitted.map(NonZeroU64::get), now, all_busy);
            now
        });
        Some(Running {
            task,
            class,
            started,
        })
    }
}
