//! One job, from its submission to its completion.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use crate::Class;
use crate::metrics::Counters;
use crate::queue::Owner;

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
    pub(crate) task: Arc<dyn Task>,
}

impl Job {
    /// The id under which the job's completion arrives.
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Cancels the job if it hasn't started: then it never runs, and its completion is [`JobError::Canceled`]. Answers
    /// `false` if it was too late.
    pub fn cancel(&self) -> bool {
        self.task.abandon(JobError::Canceled)
    }
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Job").field(&self.id).finish()
    }
}

/// A job as the pool sees it.
pub(crate) trait Task: Send + Sync {
    fn class(&self) -> Class;
    /// Runs the job, unless it has been abandoned.
    fn run(&self);
    /// Completes a job that hasn't started with `error`; `false` if it has.
    fn abandon(&self, error: JobError) -> bool;
    /// Lets go of a job that has been taken from its owner's waiting ones already.
    fn discard(&self);
}

/// A job as it was submitted.
///
/// It waits as long as its owner has it among the waiting ones: whoever takes it out of there, a thread or a
/// cancellation, has the job.
pub(crate) struct TypedTask<T, F> {
    pub(crate) id: JobId,
    pub(crate) class: Class,
    pub(crate) owner: Arc<Owner<T>>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) work: Mutex<Option<F>>,
}

impl<T, F> TypedTask<T, F> {
    fn take_work(&self) -> Option<F> {
        // Nothing panics while this lock is held.
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        work.take()
    }
}

impl<T, F> Task for TypedTask<T, F>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    fn class(&self) -> Class {
        self.class
    }

    fn run(&self) {
        if !self.owner.start(self.id) {
            return;
        }
        self.counters.started(self.class);
        let result = match self.take_work() {
            Some(work) => catch_unwind(AssertUnwindSafe(work))
                .map_err(|payload| JobError::Panicked(message(payload))),
            None => Err(JobError::Canceled),
        };
        self.counters.done(self.class);
        self.owner.complete(self.id, result);
        self.owner.finish();
    }

    fn abandon(&self, error: JobError) -> bool {
        if !self.owner.withdraw(self.id) {
            return false;
        }
        self.discard();
        self.owner.complete(self.id, Err(error));
        true
    }

    fn discard(&self) {
        self.counters.canceled(self.class);
        // What a job captured may panic when dropped; that is nobody's business here.
        let work = self.take_work();
        let _ = catch_unwind(AssertUnwindSafe(move || drop(work)));
    }
}

/// The text of a panic.
fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast_ref::<&str>() {
            Some(text) => (*text).to_owned(),
            None => "a value that is not a string".to_owned(),
        },
    }
}
