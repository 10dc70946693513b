//! The threads, and which job is next.
//!
//! All threads take from one channel. A slow job isn't in it: it waits in a queue of its own, and the channel
//! holds at most one ticket that says "look there". A thread that takes the ticket while enough threads are slow
//! already drops it, and the end of a slow job issues it anew: so slow jobs wait without keeping a thread or the
//! jobs behind them waiting.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::job::{Task, TypedTask};
use crate::metrics::Counters;
use crate::{Class, CompletionQueue, Job, JobError, MAX_SIZE, Metrics, SizeWarning, size_from_env};

/// A fixed number of threads that run jobs.
///
/// Dropping a pool cancels the jobs that wait (each completes with [`JobError::Canceled`]) and waits for those that run.
pub struct ThreadPool {
    shared: Arc<Shared>,
    threads: Mutex<Threads>,
    /// Set once all threads are there, so that submitting needn't lock.
    started: AtomicBool,
}

#[derive(Default)]
struct Threads {
    /// `None` for the pool whose size the environment says.
    size: Option<usize>,
    handles: Vec<JoinHandle<()>>,
}

/// The pool's threads have been started, so its size stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pool's threads have been started already")]
pub struct AlreadyStarted;

impl ThreadPool {
    /// The pool of this process, whose size is `UV_THREADPOOL_SIZE` at the time of its first job.
    pub fn global() -> &'static ThreadPool {
        static GLOBAL: OnceLock<ThreadPool> = OnceLock::new();
        GLOBAL.get_or_init(|| ThreadPool::new(None))
    }

    /// A pool of its own. The size is brought into the range 1 to 1024.
    pub fn with_size(size: usize) -> Self {
        Self::new(Some(size.clamp(1, MAX_SIZE)))
    }

    fn new(size: Option<usize>) -> Self {
        let (sender, receiver) = unbounded();
        Self {
            shared: Arc::new(Shared {
                sender,
                receiver,
                slow: Mutex::default(),
                counters: Arc::default(),
                closing: AtomicBool::new(false),
                threads: AtomicUsize::new(0),
            }),
            threads: Mutex::new(Threads {
                size,
                handles: Vec::new(),
            }),
            started: AtomicBool::new(false),
        }
    }

    /// Sets the size of a pool that hasn't started any thread yet.
    pub fn set_size(&self, size: usize) -> Result<(), AlreadyStarted> {
        let mut threads = self.lock_threads();
        if !threads.handles.is_empty() {
            return Err(AlreadyStarted);
        }
        threads.size = Some(size.clamp(1, MAX_SIZE));
        Ok(())
    }

    /// How many threads the pool has or will have, and what is odd about it if the environment says so.
    pub fn size(&self) -> (usize, Option<SizeWarning>) {
        match self.lock_threads().size {
            Some(size) => (size, None),
            None => size_from_env(),
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
        let id = queue.owner.next_id();
        let task: Arc<dyn Task> = Arc::new(TypedTask {
            id,
            class,
            owner: queue.owner.clone(),
            counters: self.shared.counters.clone(),
            work: Mutex::new(Some(work)),
        });
        queue.owner.add(id, task.clone());
        self.shared.counters.submitted(class);
        match self.start_threads() {
            Ok(()) => self.shared.push(task.clone()),
            Err(error) => {
                task.abandon(JobError::NoThreads(error.to_string()));
            }
        }
        Job { id, task }
    }

    /// The pool's figures.
    pub fn metrics(&self) -> Metrics {
        let counters = &self.shared.counters;
        Metrics {
            threads: self.shared.threads.load(Ordering::Relaxed),
            fs: counters.read(Class::Fs),
            dns: counters.read(Class::Dns),
            cpu: counters.read(Class::Cpu),
        }
    }

    fn lock_threads(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts all threads, once. Fewer than wanted will do; none is an error, and the next job tries again.
    fn start_threads(&self) -> std::io::Result<()> {
        if self.started.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut threads = self.lock_threads();
        if !threads.handles.is_empty() {
            return Ok(());
        }
        let size = threads.size.unwrap_or_else(|| size_from_env().0);
        threads.size = Some(size);
        // The limit of slow jobs depends on the size, so it is told before the first thread asks.
        self.shared.threads.store(size, Ordering::Release);
        for number in 1..=size {
            let shared = self.shared.clone();
            let name = format!("ouro-worker-{number}");
            match thread::Builder::new()
                .name(name)
                .spawn(move || shared.work())
            {
                Ok(handle) => threads.handles.push(handle),
                Err(error) => {
                    let started = threads.handles.len();
                    self.shared.threads.store(started, Ordering::Release);
                    if started == 0 {
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

impl Drop for ThreadPool {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
        let handles = std::mem::take(&mut self.lock_threads().handles);
        for _ in &handles {
            let _ = self.shared.sender.send(Message::Exit);
        }
        for handle in handles {
            // A pool that is dropped by one of its own jobs can't wait for that.
            if handle.thread().id() != thread::current().id() {
                let _ = handle.join();
            }
        }
        self.shared.abandon_rest();
    }
}

impl std::fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ThreadPool")
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}

enum Message {
    Run(Arc<dyn Task>),
    /// There are slow jobs.
    Slow,
    Exit,
}

/// What the threads share.
struct Shared {
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    slow: Mutex<Slow>,
    counters: Arc<Counters>,
    closing: AtomicBool,
    threads: AtomicUsize,
}

#[derive(Default)]
struct Slow {
    waiting: VecDeque<Arc<dyn Task>>,
    running: usize,
    /// A ticket is in the channel.
    ticket: bool,
}

impl Shared {
    fn lock_slow(&self) -> MutexGuard<'_, Slow> {
        // Nothing panics while this lock is held.
        self.slow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, task: Arc<dyn Task>) {
        if !task.class().is_slow() {
            // The channel is open as long as `self` has its receiver.
            let _ = self.sender.send(Message::Run(task));
            return;
        }
        let mut slow = self.lock_slow();
        slow.waiting.push_back(task);
        self.issue_ticket(&mut slow);
    }

    /// Sends a thread to the slow jobs, if there are any and a thread may have them.
    fn issue_ticket(&self, slow: &mut Slow) {
        let limit = self.threads.load(Ordering::Acquire).div_ceil(2);
        if !slow.ticket && !slow.waiting.is_empty() && slow.running < limit {
            slow.ticket = true;
            let _ = self.sender.send(Message::Slow);
        }
    }

    /// The life of a thread.
    fn work(&self) {
        while let Ok(message) = self.receiver.recv() {
            match message {
                Message::Run(task) if self.closing.load(Ordering::Acquire) => {
                    task.abandon(JobError::Canceled);
                }
                Message::Run(task) => task.run(),
                Message::Slow if self.closing.load(Ordering::Acquire) => {}
                Message::Slow => self.work_slowly(),
                Message::Exit => return,
            }
        }
    }

    fn work_slowly(&self) {
        let mut slow = self.lock_slow();
        slow.ticket = false;
        let Some(task) = slow.waiting.pop_front() else {
            return;
        };
        slow.running += 1;
        self.issue_ticket(&mut slow);
        drop(slow);
        task.run();
        let mut slow = self.lock_slow();
        slow.running -= 1;
        self.issue_ticket(&mut slow);
    }

    /// After the threads are gone: what nobody will run.
    fn abandon_rest(&self) {
        while let Ok(message) = self.receiver.try_recv() {
            if let Message::Run(task) = message {
                task.abandon(JobError::Canceled);
            }
        }
        let waiting = std::mem::take(&mut self.lock_slow().waiting);
        for task in waiting {
            task.abandon(JobError::Canceled);
        }
    }
}
