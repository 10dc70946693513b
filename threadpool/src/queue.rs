//! Completion queues: where the results of jobs wait for their owner.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock, PoisonError, Weak};

use crate::fork::ForkLocal;
use crate::job::{Completed, JobError, JobId, OwnerId, drop_quietly};
use crate::pool::Shared;
use crate::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use crate::sync::{Condvar, Mutex, Receiver, Sender, channel};

type Completion<T> = Box<dyn Completed<T>>;
type Wake = Arc<dyn Fn() + Send + Sync>;

/// Where the results of an owner's jobs arrive. An owner, such as an event loop, has one.
///
/// Dropping it cancels the jobs that wait, without completions, and waits for those that run. (So don't drop it in one of
/// its own jobs.)
///
/// In a process made by `fork` it starts empty: the jobs submitted before are the parent's.
pub struct CompletionQueue<T> {
    ends: ForkLocal<Ends<T>>,
}

impl<T: Send + 'static> CompletionQueue<T> {
    /// A queue that calls `wake`, on the thread that completes a job, when there is something to drain: once, and
    /// again only after the next [`drain`](Self::drain).
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            ends: ForkLocal::new(Ends::new(Arc::new(wake))),
        }
    }

    /// The completions that have arrived, in the order of their arrival. What arrives from now on is left for the
    /// next call, and causes a wake.
    pub fn drain(&self) -> Drain<'_, T> {
        let ends = self.ends();
        // First the flag, then the count: what comes between them is drained now and also causes a wake, which
        // finds nothing. The other order would lose a wake.
        ends.owner.woken.store(false, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        Drain {
            left: ends.completions.len(),
            ends,
        }
    }

    /// Waits for one completion; `None` if all that was submitted has been taken out. For owners without a loop.
    pub fn wait(&self) -> Option<(JobId, Result<T, JobError>)> {
        let ends = self.ends();
        if !ends.claim() {
            return None;
        }
        let completion = ends.completions.recv().ok()?;
        Some(completion.into_result())
    }

    /// Jobs that haven't completed: they wait or run. One whose completion has been taken out may be counted for a moment
    /// still, until its thread has let go of it.
    pub fn pending(&self) -> usize {
        self.ends().owner.unfinished.count()
    }

    pub(crate) fn owner(&self) -> &Arc<Owner<T>> {
        &self.ends().owner
    }

    fn ends(&self) -> &Ends<T> {
        self.ends
            .get(|parents| Ends::new(parents.owner.wake.clone()))
    }
}

impl<T> std::fmt::Debug for CompletionQueue<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompletionQueue").finish_non_exhaustive()
    }
}

/// The iterator of [`CompletionQueue::drain`].
pub struct Drain<'a, T> {
    ends: &'a Ends<T>,
    left: usize,
}

impl<T> Iterator for Drain<'_, T> {
    type Item = (JobId, Result<T, JobError>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        if !self.ends.claim() {
            return None;
        }
        let completion = self.ends.completions.try_recv().ok();
        if completion.is_none() {
            // Another thread was here first.
            self.ends.claimed.fetch_sub(1, Ordering::AcqRel);
        }
        Some(completion?.into_result())
    }
}

/// The owner's end, and what it shares with its jobs.
struct Ends<T> {
    owner: Arc<Owner<T>>,
    completions: Receiver<Completion<T>>,
    /// Completions that were taken out, or that someone waits for.
    claimed: AtomicU64,
}

impl<T> Ends<T> {
    fn new(wake: Wake) -> Self {
        let (sender, completions) = channel();
        Self {
            owner: Arc::new(Owner {
                submitted: AtomicU64::new(0),
                unfinished: Unfinished::default(),
                pool: OnceLock::new(),
                more_pools: Mutex::new(Vec::new()),
                completions: sender,
                woken: AtomicBool::new(false),
                wake,
            }),
            completions,
            claimed: AtomicU64::new(0),
        }
    }

    /// Claims a completion that has arrived or will; `false` if all that was submitted is claimed.
    fn claim(&self) -> bool {
        let submitted = self.owner.submitted.load(Ordering::Acquire);
        self.claimed
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |claimed| {
                (claimed < submitted).then_some(claimed + 1)
            })
            .is_ok()
    }
}

impl<T> Drop for Ends<T> {
    fn drop(&mut self) {
        if self.owner.unfinished.count() > 0 {
            self.owner.withdraw_all();
        }
        self.owner.unfinished.wait_for_none();
        // Results may panic when they are dropped.
        while let Ok(completion) = self.completions.try_recv() {
            drop_quietly(completion);
        }
    }
}

/// What a queue shares with its jobs.
pub(crate) struct Owner<T> {
    /// Jobs so far, which is the id of the last.
    submitted: AtomicU64,
    unfinished: Unfinished,
    /// The pool of the first job: most owners know but one.
    pool: OnceLock<Weak<Shared>>,
    more_pools: Mutex<Vec<Weak<Shared>>>,
    completions: Sender<Completion<T>>,
    woken: AtomicBool,
    wake: Wake,
}

impl<T> Owner<T> {
    pub(crate) fn id(self: &Arc<Self>) -> OwnerId {
        OwnerId(Arc::as_ptr(self).addr())
    }

    /// A job is about to be submitted to `pool`.
    pub(crate) fn begin(&self, pool: &Arc<Shared>) -> JobId {
        self.remember(pool);
        self.unfinished.add();
        JobId(self.submitted.fetch_add(1, Ordering::AcqRel) + 1)
    }

    /// Hands a result over, wakes the owner unless that is done already, and lets it go.
    pub(crate) fn complete(&self, completion: Completion<T>) {
        // The receiver is there: it waits for `finish` before it goes.
        let sent = self.completions.send(completion).is_ok();
        // The other fence is in `drain`: either this sees that the owner has begun to drain, or the owner sees what was sent.
        // Most completions find the flag set, and looking costs less than a swap.
        fence(Ordering::SeqCst);
        let woken = self.woken.load(Ordering::Relaxed) || self.woken.swap(true, Ordering::Relaxed);
        if sent && !woken {
            // A panic here would cost a thread, and keep the owner waiting for ever.
            let _ = catch_unwind(AssertUnwindSafe(|| (self.wake)()));
        }
        self.finish();
    }

    /// A job is over, and touches its owner no more.
    pub(crate) fn finish(&self) {
        self.unfinished.remove();
    }

    /// Remembers whom to ask for jobs back.
    fn remember(&self, pool: &Arc<Shared>) {
        let is_pool = |known: &Weak<Shared>| std::ptr::eq(known.as_ptr(), Arc::as_ptr(pool));
        if is_pool(self.pool.get_or_init(|| Arc::downgrade(pool))) {
            return;
        }
        let mut more = self.lock_more_pools();
        if !more.iter().any(is_pool) {
            more.retain(|known| known.strong_count() > 0);
            more.push(Arc::downgrade(pool));
        }
    }

    /// Takes the waiting jobs back from all pools.
    fn withdraw_all(self: &Arc<Self>) {
        let more = std::mem::take(&mut *self.lock_more_pools());
        let pools = self.pool.get().into_iter().chain(&more);
        for pool in pools.filter_map(Weak::upgrade) {
            for task in pool.withdraw_all(self.id()) {
                task.discard();
            }
        }
    }

    fn lock_more_pools(&self) -> crate::sync::MutexGuard<'_, Vec<Weak<Shared>>> {
        // Nothing panics while this lock is held.
        self.more_pools
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts an owner's jobs, and lets it wait until there are none. The highest bit says that it waits: so the end of
/// a job is one operation, and only the last one for an owner that waits costs more.
#[derive(Default)]
struct Unfinished {
    jobs: AtomicUsize,
    lock: Mutex<()>,
    none: Condvar,
}

const WAITS: usize = 1 << (usize::BITS - 1);

impl Unfinished {
    fn count(&self) -> usize {
        self.jobs.load(Ordering::Acquire) & !WAITS
    }

    fn add(&self) {
        self.jobs.fetch_add(1, Ordering::Relaxed);
    }

    fn remove(&self) {
        if self.jobs.fetch_sub(1, Ordering::AcqRel) == WAITS + 1 {
            let _held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.none.notify_all();
        }
    }

    fn wait_for_none(&self) {
        if self.jobs.fetch_or(WAITS, Ordering::AcqRel) == 0 {
            return;
        }
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while self.count() > 0 {
            held = self.none.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
