//! Completion queues: where the results of jobs wait for their owner.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::job::{JobError, JobId, Task};

/// Where the results of an owner's jobs arrive. An owner, such as an event loop, has one.
///
/// Dropping it cancels the jobs that wait, without completions, and waits for those that run. (So don't drop it in one of
/// its own jobs.)
pub struct CompletionQueue<T> {
    pub(crate) owner: Arc<Owner<T>>,
    completions: Receiver<(JobId, Result<T, JobError>)>,
}

impl<T: Send + 'static> CompletionQueue<T> {
    /// A queue that calls `wake`, on the thread that completes a job, when there is something to drain: once, and
    /// again only after the next [`drain`](Self::drain).
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, completions) = unbounded();
        Self {
            owner: Arc::new(Owner {
                jobs: Mutex::default(),
                idle: Condvar::new(),
                last_id: AtomicU64::new(0),
                completions: sender,
                woken: AtomicBool::new(false),
                wake: Box::new(wake),
            }),
            completions,
        }
    }

    /// The completions that have arrived, in the order of their arrival. What arrives from now on is left for the
    /// next call, and causes a wake.
    pub fn drain(&self) -> Drain<'_, T> {
        // First the flag, then the count: what comes between them is drained now and also causes a wake, which
        // finds nothing. The other order would lose a wake.
        self.owner.woken.swap(false, Ordering::AcqRel);
        Drain {
            left: self.completions.len(),
            completions: &self.completions,
        }
    }

    /// Waits for one completion; `None` if no job is under way and nothing has arrived. For owners without a loop.
    pub fn wait(&self) -> Option<(JobId, Result<T, JobError>)> {
        if self.pending() == 0 {
            return self.completions.try_recv().ok();
        }
        self.completions.recv().ok()
    }

    /// Jobs that haven't completed.
    pub fn pending(&self) -> usize {
        let jobs = self.owner.lock();
        jobs.waiting.len() + jobs.running
    }
}

impl<T> Drop for CompletionQueue<T> {
    fn drop(&mut self) {
        let waiting = std::mem::take(&mut self.owner.lock().waiting);
        for task in waiting.into_values() {
            task.discard();
        }
        let mut jobs = self.owner.lock();
        while jobs.running > 0 {
            jobs = self
                .owner
                .idle
                .wait(jobs)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> std::fmt::Debug for CompletionQueue<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompletionQueue").finish_non_exhaustive()
    }
}

/// The iterator of [`CompletionQueue::drain`].
pub struct Drain<'a, T> {
    completions: &'a Receiver<(JobId, Result<T, JobError>)>,
    left: usize,
}

impl<T> Iterator for Drain<'_, T> {
    type Item = (JobId, Result<T, JobError>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.completions.try_recv().ok()
    }
}

/// What a queue shares with its jobs.
pub(crate) struct Owner<T> {
    jobs: Mutex<Jobs>,
    /// Told when no job runs any more.
    idle: Condvar,
    last_id: AtomicU64,
    completions: Sender<(JobId, Result<T, JobError>)>,
    woken: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Jobs {
    waiting: HashMap<JobId, Arc<dyn Task>>,
    running: usize,
}

impl<T> Owner<T> {
    fn lock(&self) -> MutexGuard<'_, Jobs> {
        // Nothing panics while this lock is held.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn next_id(&self) -> JobId {
        JobId(self.last_id.fetch_add(1, Ordering::Relaxed) + 1)
    }

    pub(crate) fn add(&self, id: JobId, task: Arc<dyn Task>) {
        self.lock().waiting.insert(id, task);
    }

    /// A thread takes the job; `false` if it has been withdrawn.
    pub(crate) fn start(&self, id: JobId) -> bool {
        let mut jobs = self.lock();
        let waited = jobs.waiting.remove(&id).is_some();
        jobs.running += usize::from(waited);
        waited
    }

    /// A cancellation takes the job; `false` if it has started.
    pub(crate) fn withdraw(&self, id: JobId) -> bool {
        self.lock().waiting.remove(&id).is_some()
    }

    /// Hands a result over. The owner may be gone, and then nobody wants it.
    pub(crate) fn complete(&self, id: JobId, result: Result<T, JobError>) {
        if self.completions.send((id, result)).is_ok() && !self.woken.swap(true, Ordering::AcqRel) {
            // A panic here would cost a thread, and keep the owner waiting for ever.
            let _ = catch_unwind(AssertUnwindSafe(|| (self.wake)()));
        }
    }

    /// The end of a job that was started.
    pub(crate) fn finish(&self) {
        let mut jobs = self.lock();
        jobs.running -= 1;
        if jobs.running == 0 {
            self.idle.notify_all();
        }
    }
}
