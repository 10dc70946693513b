//! A fixed-size pool of threads for work that blocks, in the manner of libuv.
//!
//! A [`ThreadPool`] has as many threads as it was made with, started at the first job and not before. Jobs of one
//! [`Class`] start in the order in which they were submitted. Slow I/O, [`Class::Dns`], is held to half of the
//! threads, so that it never keeps the others waiting.
//!
//! What a job returns goes to a [`CompletionQueue`], from which its owner takes it whenever it likes. The queue has a
//! wake callback, called once for any number of completions until the owner has drained them: an event loop sleeps
//! on it.
//!
//! ```
//! use ouro_threadpool::{Class, CompletionQueue, ThreadPool};
//! use std::sync::mpsc;
//!
//! let (wake, woken) = mpsc::channel();
//! let queue = CompletionQueue::new(move || { let _ = wake.send(()); });
//! let pool = ThreadPool::with_size(2);
//!
//! let job = pool.submit(Class::Cpu, &queue, || (1..=20).product::<u64>());
//!
//! woken.recv().unwrap();
//! for (id, result) in queue.drain() {
//!     assert_eq!(id, job.id());
//!     assert_eq!(result.unwrap(), 2_432_902_008_176_640_000);
//! }
//! ```
//!
//! The pool that a whole process shares is [`ThreadPool::global`]; `UV_THREADPOOL_SIZE` says how large it is, as it does
//! for Node.js. A job that hasn't started can be [cancelled](Job::cancel); one that panics ends with
//! [`JobError::Panicked`] and costs no thread; an owner that goes takes its waiting jobs along.
//!
//! ```
//! use ouro_threadpool::{Class, CompletionQueue, JobError, ThreadPool};
//!
//! let pool = ThreadPool::with_size(1);
//! let queue: CompletionQueue<u32> = CompletionQueue::new(|| {});
//! pool.submit(Class::Fs, &queue, || panic!("no such thing"));
//! let (_, result) = queue.wait().unwrap();
//! assert!(matches!(result, Err(JobError::Panicked(message)) if message == "no such thing"));
//! ```

#![warn(missing_docs)]
#![deny(unsafe_code)]

mod class;
mod fork;
mod job;
mod metrics;
mod pool;
mod queue;
mod schedule;
mod size;
mod sync;
mod sys;
mod times;

pub use class::Class;
pub use job::{Job, JobError, JobId};
pub use metrics::{ClassMetrics, Metrics};
pub use pool::{AlreadyStarted, ThreadPool};
pub use queue::{CompletionQueue, Drain};
pub use size::{
    DEFAULT_SIZE, MAX_SIZE, SIZE_VARIABLE, SizeWarning, size_from_env, size_from_value,
};
pub use times::{ClassTimes, Histogram, Times};
