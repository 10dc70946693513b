//! The way to the thread pool and back: jobs go out with what they own, results come back through the door.
//!
//! Nothing starts before the first job: not the pool's threads, not the handle that wakes the loop.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Instant,
};

use boa_engine::{Context, JsResult};
use ouro_loop::{Event, Waker};
use ouro_threadpool::{CompletionQueue, Job, ThreadPool};
use rustc_hash::FxHashMap;

pub use ouro_threadpool::{Class, JobError, JobId};

use crate::{engine::memory::Load, node::perf_hooks};

use super::{
    State,
    async_context::{Frame, destroyed},
    dispatch::Owner,
    door, fatal, slow_turn,
};

/// What a job returns.
pub type Output = Box<dyn Any + Send>;
/// The same, with what it holds.
type Loaded = (Output, Load);
type Done = Box<dyn FnOnce(Result<Output, JobError>, &mut Context) -> JsResult<()>>;
type OnPart = Box<dyn FnMut(Output, &mut Context)>;

struct Waiting {
    /// What it is to hooks of `async_hooks`.
    kind: &'static str,
    done: Done,
    frame: Frame,
    /// Who submitted it, where slow turns are reported.
    origin: Option<String>,
    /// Its times, where somebody observes the jobs.
    watched: Option<Watched>,
}

/// A job that an observer of `perf_hooks` is told of.
struct Watched {
    class: Class,
    submitted: Instant,
    times: Arc<Times>,
}

/// A job that has results before its end.
struct InParts {
    job: JobId,
    arrived: Arc<Mutex<Vec<Output>>>,
    on_part: OnPart,
}

/// When a thread took a job, and when it was done with it.
#[derive(Default)]
struct Times {
    started: OnceLock<Instant>,
    ended: OnceLock<Instant>,
}

/// What became of a job that was observed. One that was cancelled started and ended when that was heard.
pub struct Report {
    /// Its class.
    pub class: Class,
    /// When script asked for it, a thread took it, and it ended.
    pub times: [Instant; 3],
    /// `'done'`, `'canceled'` or `'failed'`: it panicked, or there was no thread.
    pub outcome: &'static str,
}

impl Watched {
    fn report(self, result: &Result<Output, JobError>) -> Report {
        let outcome = match result {
            Ok(_) => "done",
            Err(JobError::Canceled) => "canceled",
            Err(_) => "failed",
        };
        let now = Instant::now();
        let ended = self.times.ended.get().copied().unwrap_or(now);
        let started = self.times.started.get().copied().unwrap_or(ended);
        Report {
            class: self.class,
            times: [self.submitted, started, ended],
            outcome,
        }
    }
}

/// This runtime's link to the pool of the process.
#[derive(Default)]
pub struct PoolLink {
    queue: RefCell<Option<Rc<CompletionQueue<Loaded>>>>,
    /// What wakes the loop for it.
    waker: RefCell<Option<Waker>>,
    waiting: RefCell<FxHashMap<JobId, Waiting>>,
    /// The few of those jobs that have results before their end.
    in_parts: RefCell<Vec<InParts>>,
    /// Whether somebody observes the jobs, and those that ended since they were last taken.
    observed: Cell<bool>,
    reports: RefCell<Vec<Report>>,
}

impl PoolLink {
    /// Keeps a report of each job that is submitted from now on, or of none.
    pub fn observe(&self, on: bool) {
        self.observed.set(on);
        if !on {
            self.reports.borrow_mut().clear();
        }
    }

    /// The jobs that ended since the last call, in the order in which their ends were heard.
    pub fn take_reports(&self) -> Vec<Report> {
        std::mem::take(&mut *self.reports.borrow_mut())
    }

    /// What the jobs are that haven't been heard of yet.
    pub fn kinds(&self) -> Vec<&'static str> {
        let waiting = self.waiting.borrow();
        waiting.values().map(|job| job.kind).collect()
    }

    /// Cancels the queued jobs of this runtime and waits for its running ones.
    pub fn shut_down(&self) {
        drop(self.queue.borrow_mut().take());
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        drop(waiting);
        let in_parts = std::mem::take(&mut *self.in_parts.borrow_mut());
        drop(in_parts);
    }
}

/// Runs `work` on the pool; `done` gets its result on this thread, through the door, in the async context of this call. The job is
/// a resource: `kind` is its type for hooks of `async_hooks`, as Node names it.
///
/// The loop stays alive until then. A panic of `work` is `done`'s `JobError::Panicked`; a job cancelled with the
/// returned [`Job`] completes with `JobError::Canceled`.
pub fn submit_as<T: Send + 'static>(
    class: Class,
    kind: &'static str,
    context: &mut Context,
    work: impl FnOnce() -> T + Send + 'static,
    done: impl FnOnce(Result<T, JobError>, &mut Context) -> JsResult<()> + 'static,
) -> Job {
    let frame = resource(kind, context);
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
        kind,
        frame,
        context,
        move || Box::new(work()) as Output,
        done,
    )
}

fn resource(kind: &'static str, context: &mut Context) -> Frame {
    let state = State::of(context);
    state.async_context.resource(kind, None, context)
}

/// The same for work that boxes its result, for whoever would only box it a second time.
pub fn submit_boxed(
    class: Class,
    kind: &'static str,
    context: &mut Context,
    work: impl FnOnce() -> Output + Send + 'static,
    done: impl FnOnce(Result<Output, JobError>, &mut Context) -> JsResult<()> + 'static,
) -> Job {
    let frame = resource(kind, context);
    start(class, kind, frame, context, work, Box::new(done))
}

/// The same for work that has results before its end, which it gives to the function that it is called with: `on_part` gets them
/// one by one, in their order and before `done`. It must not run script.
pub fn submit_in_parts(
    class: Class,
    kind: &'static str,
    context: &mut Context,
    work: impl FnOnce(&mut dyn FnMut(Output)) -> Output + Send + 'static,
    on_part: impl FnMut(Output, &mut Context) + 'static,
    done: impl FnOnce(Result<Output, JobError>, &mut Context) -> JsResult<()> + 'static,
) -> Job {
    let state = State::of(context);
    queue(&state);
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let work = {
        let arrived = arrived.clone();
        let waker = state.pool.waker.borrow().clone();
        move || {
            work(&mut |part| {
                lock(&arrived).push(part);
                if let Some(waker) = &waker {
                    waker.wake();
                }
            })
        }
    };
    let job = submit_boxed(class, kind, context, work, done);
    state.pool.in_parts.borrow_mut().push(InParts {
        job: job.id(),
        arrived,
        on_part: Box::new(on_part),
    });
    job
}

/// Locks what jobs share; one that panicked left nothing half done there.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn start(
    class: Class,
    kind: &'static str,
    frame: Frame,
    context: &mut Context,
    work: impl FnOnce() -> Output + Send + 'static,
    done: Done,
) -> Job {
    let state = State::of(context);
    let queue = queue(&state);
    let watched = state.pool.observed.get().then(|| Watched {
        class,
        submitted: Instant::now(),
        times: Arc::default(),
    });
    let work = move || Load::of(work);
    let times = watched.as_ref().map(|watched| watched.times.clone());
    // What the pool keeps of a job it frees on its own threads.
    let (job, _) = Load::of(|| match times {
        None => ThreadPool::global().submit(class, &queue, work),
        Some(times) => ThreadPool::global().submit(class, &queue, move || {
            let _ = times.started.set(Instant::now());
            let output = work();
            let _ = times.ended.set(Instant::now());
            output
        }),
    });
    state.event_loop.request_begin();
    let waiting = Waiting {
        kind,
        done,
        frame,
        origin: slow_turn::origin(context),
        watched,
    };
    state.pool.waiting.borrow_mut().insert(job.id(), waiting);
    job
}

/// Jobs of the pool that do the same work beside whoever started them, until that drops this: one that hasn't begun then never
/// does, so a pool whose threads have other things to do holds nobody up, and the others are waited for. The work finds what is
/// left to do by itself.
pub struct Helpers {
    queue: CompletionQueue<Load>,
    jobs: Vec<Job>,
}

impl Helpers {
    /// Submits `work` so many times. This may be done in a job, which makes it one of several.
    pub fn start(class: Class, jobs: usize, work: &Arc<impl Fn() + Send + Sync + 'static>) -> Self {
        let queue = CompletionQueue::new(|| {});
        let jobs = (0..jobs)
            .map(|_| {
                let work = work.clone();
                let job = move || Load::of(|| work()).1;
                // What the pool keeps of a job it frees on its own threads.
                Load::of(|| ThreadPool::global().submit(class, &queue, job)).0
            })
            .collect();
        Self { queue, jobs }
    }

    /// Whether all that was submitted is over.
    pub fn are_over(&self) -> bool {
        self.queue.pending() == 0
    }
}

impl Drop for Helpers {
    fn drop(&mut self) {
        for job in &self.jobs {
            job.cancel();
        }
        while let Some((_, outcome)) = self.queue.wait() {
            if let Ok(load) = outcome {
                load.take_over();
            }
        }
    }
}

/// On how many threads of the pool, besides this one, work can be that keeps processors busy.
pub fn helpers() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    let processors = *PROCESSORS
        .get_or_init(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
    ThreadPool::global().size().0.min(processors) - 1
}

fn queue(state: &State) -> Rc<CompletionQueue<Loaded>> {
    if let Some(queue) = state.pool.queue.borrow().as_ref() {
        return queue.clone();
    }
    // Requests keep the loop alive, not this handle.
    let queue = match state.event_loop.async_handle() {
        Ok((handle, waker)) => {
            let _ = state.event_loop.set_ref(handle, false);
            state.owners.set(handle, Rc::new(Completions));
            state.pool.waker.replace(Some(waker.clone()));
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
    let arrived: Vec<_> = {
        let mut completions = queue.drain();
        // What the queue frees here its senders allocated.
        std::iter::from_fn(|| Load::of(|| completions.next()).0).collect()
    };
    drop(queue);
    // Those of a job came before its completion.
    deliver_parts(&state, context);
    let mut ran = false;
    for (id, result) in arrived {
        state.event_loop.request_end();
        let result = result.map(|(output, load)| {
            load.take_over();
            output
        });
        let Some(Waiting {
            kind: _,
            done,
            frame,
            origin,
            watched,
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
        if let Some(watched) = watched
            && state.pool.observed.get()
        {
            let report = watched.report(&result);
            state.pool.reports.borrow_mut().push(report);
        }
        slow_turn::began(origin, context);
        door::enter(&frame, context, |context| done(result, context));
        destroyed(&state, &frame);
    }
    if !state.pool.reports.borrow().is_empty() {
        perf_hooks::tell::<perf_hooks::Jobs>(&state, context);
    }
}

/// Delivers the results of jobs that go on, or whose completion comes next.
fn deliver_parts(state: &State, context: &mut Context) {
    if state.pool.in_parts.borrow().is_empty() {
        return;
    }
    let mut in_parts = state.pool.in_parts.take();
    for job in &mut in_parts {
        let arrived = std::mem::take(&mut *lock(&job.arrived));
        for part in arrived {
            (job.on_part)(part, context);
        }
    }
    let waiting = state.pool.waiting.borrow();
    in_parts.retain(|job| waiting.contains_key(&job.job));
    state.pool.in_parts.borrow_mut().append(&mut in_parts);
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    };

    use super::{Class, Helpers};

    #[test]
    fn work_with_helpers_is_over_when_they_are_gone() {
        const PIECES: usize = 500;
        let next = Arc::new(AtomicUsize::new(0));
        let done = Arc::new(Mutex::new(Vec::new()));
        let work = Arc::new({
            let (next, done) = (next.clone(), done.clone());
            move || {
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= PIECES {
                        return;
                    }
                    let left = vec![piece; 4096];
                    done.lock().expect("nobody panics").push(left);
                }
            }
        });
        let helpers = Helpers::start(Class::Fs, 3, &work);
        work();
        drop(helpers);
        let mut done = std::mem::take(&mut *done.lock().expect("nobody panics"));
        done.sort();
        assert_eq!(done.len(), PIECES);
        assert!(done.iter().enumerate().all(|(at, left)| left[0] == at));
    }

    #[test]
    fn helpers_that_panic_are_over() {
        let times = Arc::new(AtomicUsize::new(0));
        let work = Arc::new({
            let times = times.clone();
            move || {
                times.fetch_add(1, Ordering::Relaxed);
                panic!("as it is meant to");
            }
        });
        drop(Helpers::start(Class::Fs, 2, &work));
        assert!(times.load(Ordering::Relaxed) <= 2);
        drop(Helpers::start(Class::Fs, 0, &work));
    }
}
