//! The two queues that are drained whenever a callback from outside has returned: `process.nextTick`, then the
//! microtasks; and the engine's job executor, which feeds the second.
//!
//! Order: <https://nodejs.org/docs/latest-v24.x/api/process.html#processnexttickcallback-args>

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::VecDeque,
    rc::Rc,
    task::{Context as TaskContext, Poll, Waker},
};

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    job::{Job, JobExecutor, NativeAsyncJob, PromiseJob},
};

use super::{State, async_context::Frame};

/// A callback of `process.nextTick`, or what a module of the runtime goes on with where that would run.
pub struct Tick {
    pub callback: Callee,
    pub args: Vec<JsValue>,
    pub frame: Frame,
}

/// What a tick calls.
pub enum Callee {
    /// A function of script, with `undefined` as its `this`.
    Script(JsObject),
    /// The runtime's own: where Node's internals queue a function of theirs.
    Native(NativeTick),
}

/// A step of a native module that has to run where ticks run.
pub type NativeTick = fn(&[JsValue], &mut Context) -> JsResult<()>;

/// Runs once, on the script thread.
pub type NativeTask = Box<dyn FnOnce(&mut Context) -> JsResult<()>>;

/// What waits in the microtask queue.
pub enum Microtask {
    /// A reaction or a thenable's resolution.
    Promise(PromiseJob),
    /// A callback of `queueMicrotask`.
    Callback { callback: JsObject, frame: Frame },
    /// Something of the runtime's own that has to run where microtasks run.
    Native(NativeTask),
}

/// The queues of one runtime.
#[derive(Default)]
pub struct Tasks {
    ticks: RefCell<VecDeque<Tick>>,
    microtasks: RefCell<VecDeque<Microtask>>,
    async_jobs: RefCell<VecDeque<NativeAsyncJob>>,
    turn: Cell<u64>,
    /// The function that drains the queues.
    runner: OnceCell<JsObject>,
}

impl Tasks {
    pub fn push_tick(&self, tick: Tick) {
        self.ticks.borrow_mut().push_back(tick);
    }

    pub fn next_tick(&self) -> Option<Tick> {
        self.turn.set(self.turn.get() + 1);
        self.ticks.borrow_mut().pop_front()
    }

    /// The next tick, if it is the runtime's own.
    pub fn next_native_tick(&self) -> Option<Tick> {
        let is_native = (self.ticks.borrow().front())
            .is_some_and(|tick| matches!(tick.callback, Callee::Native(_)));
        is_native.then(|| self.next_tick()).flatten()
    }

    /// The function that drains the queues, made at its first use.
    pub fn runner(&self, make: impl FnOnce() -> JsObject) -> JsObject {
        self.runner.get_or_init(make).clone()
    }

    /// Counts ticks, and drains of the queue: what was noted in another turn is past for script.
    pub fn turn(&self) -> u64 {
        self.turn.get() + 1
    }

    pub fn has_ticks(&self) -> bool {
        !self.ticks.borrow().is_empty()
    }

    pub fn push_microtask(&self, task: Microtask) {
        self.microtasks.borrow_mut().push_back(task);
    }

    pub fn next_microtask(&self) -> Option<Microtask> {
        self.microtasks.borrow_mut().pop_front()
    }

    /// Takes the microtasks that wait: what is queued from here on can be run without them.
    pub fn take_microtasks(&self) -> VecDeque<Microtask> {
        std::mem::take(&mut *self.microtasks.borrow_mut())
    }

    /// Puts them back, before what waits now.
    pub fn put_microtasks(&self, mut waiting: VecDeque<Microtask>) {
        let mut microtasks = self.microtasks.borrow_mut();
        waiting.append(&mut microtasks);
        *microtasks = waiting;
    }

    /// Runs the engine's asynchronous jobs (module loading) that are ready; those that are not stay queued.
    pub fn run_async_jobs(&self, context: &mut Context) -> JsResult<()> {
        loop {
            let Some(job) = self.async_jobs.borrow_mut().pop_front() else {
                return Ok(());
            };
            let cell = RefCell::new(&mut *context);
            let mut future = job.call(&cell);
            let mut task = TaskContext::from_waker(Waker::noop());
            // The module loader returns ready futures only, so one poll finishes each job.
            match std::pin::Pin::new(&mut future).poll(&mut task) {
                Poll::Ready(result) => result?,
                Poll::Pending => continue,
            };
        }
    }

    /// Runs the asynchronous jobs that `start` queues, and no others: those that wait already go on waiting.
    pub fn run_async_jobs_of<T>(
        &self,
        context: &mut Context,
        start: impl FnOnce(&mut Context) -> T,
    ) -> JsResult<T> {
        let waiting = std::mem::take(&mut *self.async_jobs.borrow_mut());
        let started = start(context);
        let outcome = self.run_async_jobs(context);
        let left = std::mem::replace(&mut *self.async_jobs.borrow_mut(), waiting);
        self.async_jobs.borrow_mut().extend(left);
        outcome.map(|()| started)
    }

    /// Empties all queues, as a runtime that ends does: their entries hold roots into the heap.
    pub fn clear(&self) {
        self.ticks.borrow_mut().clear();
        self.microtasks.borrow_mut().clear();
        self.async_jobs.borrow_mut().clear();
    }
}

/// Receives the engine's jobs and puts them where Node's order wants them. It is also how natives get from a context to the state
/// of its runtime.
#[derive(Default)]
pub struct Executor(OnceCell<Rc<State>>);

impl Executor {
    /// The state of the runtime, once that is made.
    pub fn state(&self) -> Option<Rc<State>> {
        self.0.get().cloned()
    }

    /// Says whose jobs it receives.
    pub fn serve(&self, state: Rc<State>) {
        let _ = self.0.set(state);
    }
}

impl JobExecutor for Executor {
    fn enqueue_job(self: Rc<Self>, job: Job, context: &mut Context) {
        let state = State::of(context);
        match job {
            Job::PromiseJob(job) => state.tasks.push_microtask(Microtask::Promise(job)),
            Job::AsyncJob(job) | Job::FinalizationRegistryCleanupJob(job) => {
                state.tasks.async_jobs.borrow_mut().push_back(job);
            }
            Job::GenericJob(job) => {
                state
                    .tasks
                    .push_microtask(Microtask::Native(Box::new(move |context| {
                        job.call(context).map(drop)
                    })))
            }
            Job::TimeoutJob(job) => {
                state
                    .tasks
                    .push_microtask(Microtask::Native(Box::new(move |context| {
                        job.call(context).map(drop)
                    })))
            }
            _ => {}
        }
    }

    fn run_jobs(self: Rc<Self>, context: &mut Context) -> JsResult<()> {
        super::door::drain(context);
        Ok(())
    }
}
