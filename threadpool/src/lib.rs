#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![deny(unsafe_code)]

mod advice;
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

pub use advice::{Advice, Processors};
pub use class::Class;
pub use job::{Job, JobError, JobId};
pub use metrics::{ClassMetrics, Metrics};
pub use pool::{AlreadyStarted, ThreadPool};
pub use queue::{CompletionQueue, Drain};
pub use size::{
    DEFAULT_SIZE, MAX_SIZE, SIZE_VARIABLE, SizeWarning, size_from_env, size_from_value,
};
pub use times::{ClassTimes, Histogram, Times};
