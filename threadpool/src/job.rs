//! One job, from its submission to its completion.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::pool::Shared;
use crate::queue::Owner;
use crate::schedule::Turn;

/// Names a job among those of its completion queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub(crate) u64);

impl JobId {
    /// The id as a number: 1 for the first job of a queue, then 2, …
    pub fn to_u64(self) -> u64 {
        self.0
    }
}

/// Why a job has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// It was cancelled before it started. `ECANCELED`.
    #[error("the job was cancelled")]
    Canceled,
    /// It panicked, with this message.
    #[error("the job panicked: {0}")]
    Panicked(String),
    /// The system let the pool have not a single thread.
    #[error("the pool has no threads: {0}")]
    NoThreads(String),
}

/// A submitted job. Dropping this changes nothing: the job runs.
#[derive(Clone)]
pub struct Job {
    pub(crate) id: JobId,
    /// Where it waits; `None` if it never did.
    pub(crate) waits: Option<(Arc<Shared>, Turn)>,
}

impl Job {
    /// The id under which the job's completion arrives.
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Cancels the job if it hasn't started: then it never runs, what it holds is dropped, and its completion is
    /// [`JobError::Canceled`]. Answers `false` if it was too late.
    ///
    /// It takes a time that grows with the logarithm of the number of jobs that wait, and leaves nothing behind. See
    /// [`uv_cancel`](https://docs.libuv.org/en/v1.x/request.html#c.uv_cancel).
    pub fn cancel(&self) -> bool {
        let Some((pool, turn)) = &self.waits else {
            return false;
        };
        let task = pool.withdraw(*turn);
        let canceled = task.is_some();
        if let Some(task) = task {
            task.abandon(JobError::Canceled);
        }
        canceled
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Job").field(&self.id).finish()
    }
}

/// A job as the pool sees it. Whoever takes it out of the schedule has it: a thread, a cancellation, or an owner that goes.
pub(crate) trait Task: Send {
    /// Runs the job, and keeps the result.
    fn run(&mut self);
    /// Completes the job, which has run.
    fn complete(self: Box<Self>);
    /// Completes the job with `error`; it doesn't run.
    fn abandon(self: Box<Self>, error: JobError);
    /// Lets go of the job without a completion, since its owner goes.
    fn discard(self: Box<Self>);
    /// Whose it is, until it completes.
    fn owner(&self) -> Option<OwnerId>;
}

/// A completed job, on its way to its owner. It is the allocation that the job was submitted in, so the thread that
/// made it also frees it.
pub(crate) trait Completed<T>: Send {
    /// Which job it was, and what became of it.
    fn into_result(self: Box<Self>) -> (JobId, Result<T, JobError>);
}

/// Tells owners apart, while they live.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnerId(pub(crate) usize);

/// A job from its submission to its completion.
pub(crate) struct TypedTask<T, F> {
    id: JobId,
    /// Until it completes.
    owner: Option<Arc<Owner<T>>>,
    stage: Stage<T, F>,
}

enum Stage<T, F> {
    Waits(F),
    /// Cancelled, until there is another result.
    Ended(Result<T, JobError>),
}

impl<T, F> TypedTask<T, F> {
    pub(crate) fn new(id: JobId, owner: Arc<Owner<T>>, work: F) -> Self {
        Self {
            id,
            owner: Some(owner),
            stage: Stage::Waits(work),
        }
    }

    /// Takes what waits to be run; `None` if that was done before.
    fn take_work(&mut self) -> Option<F> {
        let canceled = Stage::Ended(Err(JobError::Canceled));
        match std::mem::replace(&mut self.stage, canceled) {
            Stage::Waits(work) => Some(work),
            Stage::Ended(_) => None,
        }
    }
}

impl<T, F> Task for TypedTask<T, F>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    fn run(&mut self) {
        if let Some(work) = self.take_work() {
            let result = catch_unwind(AssertUnwindSafe(work))
                .map_err(|payload| JobError::Panicked(message(payload)));
            self.stage = Stage::Ended(result);
        }
    }

    fn complete(mut self: Box<Self>) {
        if let Some(owner) = self.owner.take() {
            owner.complete(self);
        }
    }

    fn abandon(mut self: Box<Self>, error: JobError) {
        drop_quietly(self.take_work());
        self.stage = Stage::Ended(Err(error));
        self.complete();
    }

    fn discard(mut self: Box<Self>) {
        drop_quietly(self.take_work());
        if let Some(owner) = self.owner.take() {
            owner.finish();
        }
    }

    fn owner(&self) -> Option<OwnerId> {
        self.owner.as_ref().map(Owner::id)
    }
}

impl<T, F> Completed<T> for TypedTask<T, F>
where
    T: Send,
    F: Send,
{
    fn into_result(self: Box<Self>) -> (JobId, Result<T, JobError>) {
        let result = match self.stage {
            Stage::Ended(result) => result,
            Stage::Waits(_) => Err(JobError::Canceled),
        };
        (self.id, result)
    }
}

/// What a job captured, or returned, may panic when it is dropped; that is nobody's business here.
pub(crate) fn drop_quietly<T>(value: T) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(move || drop(value))) {
        // Nor is a payload that panics in its turn.
        std::mem::forget(payload);
    }
}

/// The text of a panic.
fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => {
            let text = match payload.downcast_ref::<&str>() {
                Some(text) => (*text).to_owned(),
                None => "a value that is not a string".to_owned(),
            };
            drop_quietly(payload);
            text
        }
    }
}
