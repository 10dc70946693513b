//! The way to the thread pool and back: jobs go out with what they own, results come back through the door.
//!
//! Nothing starts before the first job: not the pool's threads, not the handle that wakes the loop.

use std::{any::Any, cell::RefCell, rc::Rc};

use boa_engine::{Context, JsResult};
use ouro_loop::Event;
use ouro_threadpool::{CompletionQueue, Job, ThreadPool};
use rustc_hash::FxHashMap;

pub use ouro_threadpool::{Class, JobError, JobId};

use super::{
    State,
    async_context::{Frame, destroyed},
    dispatch::Owner,
    door, fatal, slow_turn,
};

/// What a job returns.
pub type Output = Box<dyn Any + Send>;
type Done = Box<dyn FnOnce(Result<Output, JobError>, &mut Context) -> JsResult<()>>;

struct Waiting {
    done: Done,
    frame: Frame,
    /// Who submitted it, where slow turns are reported.
    origin: Option<String>,
}

/// This runtime's link to the pool of the process.
#[derive(Default)]
pub struct PoolLink {
    queue: RefCell<Option<Rc<CompletionQueue<Output>>>>,
    waiting: RefCell<FxHashMap<JobId, Waiting>>,
}

impl PoolLink {
    /// Cancels the queued jobs of this runtime and waits for its running ones.
    pub fn shut_down(&self) {
        drop(self.queue.borrow_mut().take());
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        drop(waiting);
    }
}

/// Runs `work` on the pool; `done` gets its result on this thread, through the door, in the async context of this call.
///
/// The loop stays alive until then. A panic of `work` is `done`'s `JobError::Panicked`; a job cancelled with the
/// returned [`Job`] completes with `JobError::Canceled`.
pub fn submit<T: Send + 'static>(
    class: Class,
    context: &mut Context,
    work: impl FnOnce() -> T + Send + 'static,
    done: impl FnOnce(Result<T, JobError>, &mut Context) -> JsResult<()> + 'static,
) -> Job {
    let frame = State::of(context).async_context.capture();
    submit_in(class, frame, context, work, done)
}

/// The same for a job that Node knows as a resource: `kind` is its type for hooks of `async_hooks`.
pub fn submit_as<T: Send + 'static>(
    class: Class,
    kind: &'static str,
    context: &mut Context,
    work: impl FnOnce() -> T + Send + 'static,
    done: impl FnOnce(Result<T, JobError>, &mut Context) -> JsResult<()> + 'static,
) -> Job {
    let frame = State::of(context)
        .async_context
        .resource(kind, None, context);
    submit_in(class, frame, context, work, done)
}

/// The same for work that boxes its result, for whoever would only box it a second time.
pub fn submit_boxed(
    class: Class,
    kind: &'static str,
    context: &mut Context,
    work: impl FnOnce() -> Output + Send + 'static,
    done: impl FnOnce(Result<Output, JobError>, &mut Context) -> JsResult<()> + 'static,
) -> Job {
    let frame = State::of(context)
        .async_context
        .resource(kind, None, context);
    start(class, frame, context, work, Box::new(done))
}

fn submit_in<T: Send + 'static>(
    class: Class,
    frame: Frame,
    context: &mut Context,
    work: impl FnOnce() -> T + Send + 'static,
    done: impl FnOnce(Result<T, JobError>, &mut Context) -> JsResult<()> + 'static,
) -> Job {
    let done: Done = Box::new(move |result, context| {
        let result = result.map(|output| {
            *output
                .downcast::<T>()
                .expect("the output is what this job's own work returned")
        });
        done(result, context)
    });
    start(
        class,
        frame,
        context,
        move || Box::new(work()) as Output,
        done,
    )
}

fn start(
    class: Class,
    frame: Frame,
    context: &mut Context,
    work: impl FnOnce() -> Output + Send + 'static,
    done: Done,
) -> Job {
    let state = State::of(context);
    let queue = queue(&state);
    let job = ThreadPool::global().submit(class, &queue, work);
    state.event_loop.request_begin();
    let waiting = Waiting {
        done,
        frame,
        origin: slow_turn::origin(context),
    };
    state.pool.waiting.borrow_mut().insert(job.id(), waiting);
    job
}

fn queue(state: &State) -> Rc<CompletionQueue<Output>> {
    if let Some(queue) = state.pool.queue.borrow().as_ref() {
        return queue.clone();
    }
    // Requests keep the loop alive, not this handle.
    let queue = match state.event_loop.async_handle() {
        Ok((handle, waker)) => {
            let _ = state.event_loop.set_ref(handle, false);
            state.owners.set(handle, Rc::new(Completions));
            CompletionQueue::new(move || waker.wake())
        }
        Err(error) => unreachable!("the loop refuses no handle below its limit of slots: {error}"),
    };
    if let (_, Some(warning)) = ThreadPool::global().size()
        && state.options.warnings
    {
        fatal::write_error(&format!(
            "(node:{}) Warning: {warning}\n",
            std::process::id()
        ));
    }
    let queue = Rc::new(queue);
    state.pool.queue.replace(Some(queue.clone()));
    queue
}

struct Completions;

impl Owner for Completions {
    fn on_event(self: Rc<Self>, _: Event, context: &mut Context) -> JsResult<()> {
        deliver(context);
        Ok(())
    }
}

/// Delivers what has arrived: each completion is a callback of its own, with the queues drained after it.
fn deliver(context: &mut Context) {
    let state = State::of(context);
    let Some(queue) = state.pool.queue.borrow().clone() else {
        return;
    };
    let arrived: Vec<_> = queue.drain().collect();
    drop(queue);
    let mut ran = false;
    for (id, result) in arrived {
        state.event_loop.request_end();
        let Some(Waiting {
            done,
            frame,
            origin,
        }) = state.pool.waiting.borrow_mut().remove(&id)
        else {
            continue;
        };
        if ran {
            door::drain(context);
        }
        if state.is_terminating() {
            return;
        }
        ran = true;
        slow_turn::began(origin, context);
        door::enter(&frame, context, |context| done(result, context));
        destroyed(&state, &frame);
    }
}
