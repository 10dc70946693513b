//! The Runtime: owns the engine's Context, the event loop and the way to the thread pool, and keeps Node's order.
//!
//! [`State`] is what natives reach through the Context. It uses interior mutability throughout, and nothing of it is
//! borrowed while script runs.

pub mod access;
pub mod async_context;
pub mod async_hooks;
pub mod batch;
pub mod dispatch;
pub mod door;
pub mod fatal;
mod hooks;
pub mod pool;
pub mod pool_stats;
pub mod rejections;
pub mod slow_turn;
pub mod tasks;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    io,
    path::PathBuf,
    rc::Rc,
};

pub use access::Operation;
use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, Source};
use ouro_loop::EventLoop;

use crate::{engine::memory::Memory, engine::registry::Registry, modules, node, web};

/// The reserved address space of the thread that runs JavaScript. Only what is used of it becomes memory.
///
/// The engine counts script-to-script frames but not native recursion (`String(nested)`, proxies, the parser), so
/// the stack has to hold what its limits allow.
pub const SCRIPT_STACK_BYTES: usize = 1 << 30;

/// What a runtime is told when it is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// `process.execPath`.
    pub exec_path: PathBuf,
    /// `process.argv` after the first entry.
    pub args: Vec<String>,
    /// `process.execArgv`.
    pub exec_args: Vec<String>,
    /// `--unhandled-rejections`.
    pub unhandled_rejections: rejections::Mode,
    /// `--stack-trace-limit`.
    pub stack_trace_limit: u32,
    /// `--expose-gc`: a global `gc()`.
    pub expose_gc: bool,
    /// `--enable-source-maps`: `module.findSourceMap` looks for them.
    pub source_maps: bool,
    /// `--no-warnings` clears it.
    pub warnings: bool,
    /// `--no-deprecation` clears it.
    pub deprecation: bool,
    /// `--throw-deprecation`.
    pub throw_deprecation: bool,
    /// `--dns-result-order`: `verbatim` where nothing was said.
    pub dns_result_order: String,
    /// `--trace-deprecation`.
    pub trace_deprecation: bool,
    /// `--title`.
    pub title: Option<String>,
    /// Variables of `--env-file`; what the environment has comes first.
    pub env_file: Vec<(String, String)>,
    /// `--trace-warnings`.
    pub trace_warnings: bool,
    /// `--pending-deprecation`.
    pub pending_deprecation: bool,
    /// `--disable-warning`: codes or names of warnings that are not printed.
    pub disabled_warnings: Vec<String>,
    /// `--redirect-warnings`, or `NODE_REDIRECT_WARNINGS`: the file that warnings are written to.
    pub redirect_warnings: Option<String>,
    /// Whether `require` loads ES modules: `--no-require-module` clears it.
    pub require_module: bool,
    /// Whether `eval` and `Function` take text: `--disallow-code-generation-from-strings` clears it.
    pub code_from_strings: bool,
    /// `--experimental-vm-modules`.
    pub experimental_vm_modules: bool,
    /// `--preserve-symlinks`.
    pub preserve_symlinks: bool,
    /// `--preserve-symlinks-main`.
    pub preserve_symlinks_main: bool,
    /// `--insecure-http-parser`
    pub insecure_http_parser: bool,
    /// `--max-http-header-size`, in bytes.
    pub max_http_header_size: usize,
    /// `--no-network-family-autoselection` clears it.
    pub network_family_autoselection: bool,
    /// `--network-family-autoselection-attempt-timeout`, in milliseconds.
    pub network_family_attempt_timeout: u32,
    /// `--conditions`: more conditions for `exports`.
    pub conditions: Vec<String>,
    /// `--pool-stats`: the pool's times are recorded, and its figures printed when the process ends.
    pub pool_stats: bool,
    /// `--http-figures`: how often HTTP's quick ways were taken is counted, and printed when the process ends.
    pub http_figures: bool,
    /// `--slow-turn`: callbacks of the loop that take longer are reported.
    pub slow_turn: Option<std::time::Duration>,
    /// Whether `process.exit` ends the process, as the program wants it, or only this runtime.
    pub owns_process: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            exec_path: std::env::current_exe().unwrap_or_default(),
            args: Vec::new(),
            exec_args: Vec::new(),
            unhandled_rejections: rejections::Mode::default(),
            stack_trace_limit: 10,
            expose_gc: false,
            source_maps: false,
            warnings: true,
            deprecation: true,
            throw_deprecation: false,
            dns_result_order: "verbatim".to_owned(),
            trace_deprecation: false,
            title: None,
            env_file: Vec::new(),
            trace_warnings: false,
            pending_deprecation: false,
            disabled_warnings: Vec::new(),
            redirect_warnings: None,
            require_module: true,
            code_from_strings: true,
            experimental_vm_modules: false,
            preserve_symlinks: false,
            preserve_symlinks_main: false,
            insecure_http_parser: false,
            max_http_header_size: 16 * 1024,
            network_family_autoselection: true,
            network_family_attempt_timeout: 250,
            conditions: Vec::new(),
            pool_stats: false,
            http_figures: false,
            slow_turn: None,
            owns_process: false,
        }
    }
}

/// What natives share: one for each runtime, reached with [`State::of`].
pub struct State {
    pub options: Options,
    pub access: access::Access,
    /// When the runtime was made.
    pub started: std::time::Instant,
    /// When the engine was made, when the globals were there, when the main script began, and when the loop ended.
    pub engine_ready: std::time::Instant,
    pub globals_ready: Cell<Option<std::time::Instant>>,
    pub main_began: Cell<Option<std::time::Instant>>,
    pub loop_ended: Cell<Option<std::time::Instant>>,
    /// When the loop first ran.
    pub loop_started: std::cell::Cell<Option<std::time::Instant>>,
    pub event_loop: EventLoop,
    pub registry: Registry,
    pub tasks: tasks::Tasks,
    pub rejections: rejections::Rejections,
    pub async_context: async_context::AsyncContext,
    pub owners: dispatch::Owners,
    pub pool: pool::PoolLink,
    pub memory: Memory,
    pub timers: node::timers::Timers,
    pub emitters: node::events::Emitters,
    pub http: Rc<node::http::Slot>,
    pub readable: Rc<node::stream::readable::Slot>,
    pub buffers: node::buffer::class::Slot,
    pub urls: web::url::Classes,
    pub modules: modules::ModuleState,
    pub process: node::process::ProcessState,
    /// The global object of the realm that is made next.
    pub next_global: node::vm::NextGlobal,
    /// What `process.exitCode` or `process.exit` decided.
    pub exit_code: Cell<Option<i32>>,
    /// `process.setUncaughtExceptionCaptureCallback`.
    pub uncaught_capture: RefCell<Option<JsObject>>,
    /// Who has something to do when the door closes.
    pub leaving: RefCell<Vec<Rc<dyn door::Leave>>>,
    /// Who has output that waits for others.
    pub batch: batch::Batch,
    terminating: Cell<bool>,
    depth: Cell<u32>,
    slots: RefCell<Slots>,
}

/// Values of modules by their types.
type Slots =
    HashMap<std::any::TypeId, Rc<dyn std::any::Any>, std::hash::BuildHasherDefault<HashOfType>>;

/// The hash of a type's id, which is one already.
#[derive(Default)]
struct HashOfType(u64);

impl std::hash::Hasher for HashOfType {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl State {
    /// The state of the runtime that a context belongs to.
    ///
    /// # Panics
    /// When the context was not made by a [`Runtime`]; natives of this crate exist only in those.
    pub fn of(context: &Context) -> Rc<State> {
        Self::try_of(context).expect("natives run only in a context that a Runtime made")
    }

    /// The same, or `None` while the context is being made.
    pub fn try_of(context: &Context) -> Option<Rc<State>> {
        // Asked for all the time: the engine's table of data by type would cost several times as much.
        let executor = context.downcast_job_executor::<tasks::Executor>()?;
        executor.state()
    }

    /// Whether the runtime is ending: no more script may run.
    pub fn is_terminating(&self) -> bool {
        self.terminating.get()
    }

    /// A value of a module's own kept for the life of the runtime; made on first use.
    pub fn slot<T: Default + 'static>(&self) -> Rc<T> {
        let id = std::any::TypeId::of::<T>();
        let found = self.slots.borrow().get(&id).cloned();
        let slot = found.unwrap_or_else(|| {
            let slot: Rc<dyn std::any::Any> = Rc::new(T::default());
            self.slots.borrow_mut().insert(id, slot.clone());
            slot
        });
        slot.downcast::<T>()
            .expect("the entry was found by its type")
    }
}

/// Why a runtime could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The operating system refused the poll instance.
    #[error("cannot create the event loop: {0}")]
    Loop(#[from] io::Error),
    /// The engine refused its context.
    #[error("cannot create the JavaScript context: {0}")]
    Engine(String),
}

/// Makes a [`Runtime`].
#[derive(Default)]
pub struct RuntimeBuilder {
    options: Options,
    access: access::Access,
}

impl RuntimeBuilder {
    /// Replaces all options at once.
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// What `process.argv` holds after the path of the program.
    pub fn args<S: Into<String>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.options.args = args.into_iter().map(Into::into).collect();
        self
    }

    /// Asks `policy` before each operation of script on files, network, environment and child processes; what it
    /// refuses fails with `ERR_ACCESS_DENIED`. Where the resolution of modules looks for files isn't asked, which
    /// files it loads is.
    ///
    /// ```
    /// use ouro::{Operation, Runtime};
    ///
    /// let refused = ouro::on_script_thread(|| {
    ///     let reads = |operation: &Operation<'_>| matches!(operation, Operation::FsRead(_));
    ///     let mut runtime = Runtime::builder().access(reads).build()?;
    ///     let outcome = runtime.eval("process.getBuiltinModule('fs').writeFileSync('x', '')");
    ///     Ok::<_, ouro::BuildError>(outcome.is_err())
    /// })??;
    /// assert!(refused);
    /// # Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
    pub fn access(mut self, policy: impl Fn(&Operation<'_>) -> bool + 'static) -> Self {
        self.access = access::Access(Some(Box::new(policy)));
        self
    }

    /// Makes the runtime on this thread, which has to have a large stack: see [`on_script_thread`].
    ///
    /// # Errors
    /// When the operating system or the engine refuses.
    pub fn build(self) -> Result<Runtime, BuildError> {
        let started = std::time::Instant::now();
        let loader = Rc::new(modules::Loader);
        let next_global = node::vm::NextGlobal::default();
        let executor = Rc::new(tasks::Executor::default());
        let builder = || {
            Context::builder()
                .host_hooks(Rc::new(hooks::Hooks {
                    next_global: next_global.clone(),
                }))
                .job_executor(executor.clone())
                .module_loader(loader.clone())
        };
        // `Atomics.wait` may suspend the thread, as in Node, unless an embedder's own engine is on it, which may not be.
        let mut context = builder()
            .can_block(true)
            .build()
            .or_else(|_| builder().build())
            .map_err(|error| BuildError::Engine(error.to_string()))?;
        let memory = Memory::default();
        memory.keeps_blocks.set(self.options.owns_process);
        let state = Rc::new(State {
            options: self.options,
            access: self.access,
            started,
            engine_ready: std::time::Instant::now(),
            globals_ready: Cell::default(),
            main_began: Cell::default(),
            loop_ended: Cell::default(),
            loop_started: std::cell::Cell::default(),
            event_loop: EventLoop::new()?,
            registry: Registry::default(),
            tasks: tasks::Tasks::default(),
            rejections: rejections::Rejections::default(),
            async_context: async_context::AsyncContext::default(),
            owners: dispatch::Owners::default(),
            pool: pool::PoolLink::default(),
            memory,
            timers: node::timers::Timers::default(),
            emitters: node::events::Emitters::default(),
            http: Rc::default(),
            readable: Rc::default(),
            buffers: node::buffer::class::Slot::default(),
            urls: web::url::Classes::default(),
            modules: modules::ModuleState::default(),
            process: node::process::ProcessState::default(),
            next_global,
            exit_code: Cell::new(None),
            uncaught_capture: RefCell::new(None),
            leaving: RefCell::default(),
            batch: batch::Batch::default(),
            terminating: Cell::new(false),
            depth: Cell::new(0),
            slots: RefCell::default(),
        });
        if state.options.pool_stats {
            ouro_threadpool::ThreadPool::global().record_times(true);
        }
        executor.serve(state.clone());
        let limits = context.runtime_limits_mut();
        limits.set_recursion_limit(12_000);
        limits.set_stack_size_limit(4_000_000);
        crate::engine::set_up(&mut context)
            .map_err(|error| BuildError::Engine(error.to_string()))?;
        state.globals_ready.set(Some(std::time::Instant::now()));
        Ok(Runtime { context, state })
    }
}

/// A JavaScript runtime: one context, one event loop, bound to the thread that made it.
///
/// ```
/// let code = ouro::on_script_thread(|| {
///     let mut runtime = ouro::Runtime::builder().build()?;
///     runtime.eval("setTimeout(() => { process.exitCode = 7 }, 1)")?;
///     Ok::<_, Box<dyn std::error::Error + Send + Sync>>(runtime.run())
/// })??;
/// assert_eq!(code, 7);
/// # Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub struct Runtime {
    context: Context,
    state: Rc<State>,
}

/// An error that script threw, as text.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ScriptError(pub String);

impl Runtime {
    /// Starts to describe a runtime.
    pub fn builder() -> RuntimeBuilder {
        RuntimeBuilder::default()
    }

    /// Evaluates a script in the global scope, then drains ticks and microtasks; returns its completion value as text.
    ///
    /// # Errors
    /// What the script throws.
    pub fn eval(&mut self, source: &str) -> Result<String, ScriptError> {
        let outcome = self.evaluate(source);
        door::drain(&mut self.context);
        outcome
            .map(|value| value.display().to_string())
            .map_err(|error| ScriptError(error.to_string()))
    }

    fn evaluate(&mut self, source: &str) -> JsResult<JsValue> {
        self.context.eval(Source::from_bytes(source))
    }

    /// Runs `call` as a callback from outside does: through the door, with the queues drained after it.
    pub fn enter(&mut self, call: impl FnOnce(&mut Context) -> JsResult<()>) {
        let state = self.state.clone();
        if state.main_began.get().is_none() {
            state.main_began.set(Some(std::time::Instant::now()));
        }
        door::enter(
            &async_context::Frame::default(),
            &mut self.context,
            |context| state.async_context.run_main(context, call),
        );
    }

    /// Runs the event loop until nothing is left, emits `beforeExit` and `exit`, and returns the exit code.
    pub fn run(&mut self) -> i32 {
        while !self.state.is_terminating() {
            self.run_loop();
            if self.state.is_terminating() {
                break;
            }
            node::process::emit_before_exit(&mut self.context);
            if !self.state.event_loop.alive() {
                break;
            }
        }
        self.state.loop_ended.set(Some(std::time::Instant::now()));
        if !self.state.is_terminating() {
            modules::report_unsettled_main(&mut self.context);
        }
        if !self.state.is_terminating() {
            node::process::run_exit_listeners(
                self.state.exit_code.get().unwrap_or(0),
                &mut self.context,
            );
            node::process::flush_standard_streams(&mut self.context);
        }
        self.state.exit_code.get().unwrap_or(0)
    }

    fn run_loop(&mut self) {
        if self.state.loop_started.get().is_none() {
            self.state.loop_started.set(Some(std::time::Instant::now()));
        }
        let limit = self.state.options.slow_turn;
        while let Some(event) = batch::next_event(&mut self.context) {
            match limit {
                Some(limit) => slow_turn::watched(limit, event, &mut self.context),
                None => dispatch::dispatch(event, &mut self.context),
            }
            if self.state.is_terminating() {
                return;
            }
        }
    }

    /// Runs the event loop while the condition holds and something is left.
    pub(crate) fn run_while(&mut self, condition: impl Fn() -> bool) {
        while condition() && !self.state.is_terminating() {
            match batch::next_event(&mut self.context) {
                Some(event) => dispatch::dispatch(event, &mut self.context),
                None => return,
            }
        }
    }

    /// The engine's context, for natives of the embedder.
    pub fn context(&mut self) -> &mut Context {
        &mut self.context
    }

    /// The exit code that script has chosen so far.
    pub fn exit_code(&self) -> Option<i32> {
        self.state.exit_code.get()
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.state.terminating.set(true);
        self.state.pool.shut_down();
        self.state.tasks.clear();
        self.state.rejections.clear();
        self.state.async_context.clear();
        self.state.leaving.borrow_mut().clear();
        self.state.batch.clear();
        self.state.owners.clear();
        self.state.timers.clear();
        // What modules keep in their slots may hold roots into the heap.
        self.state.slots.borrow_mut().clear();
        self.state.http.clear();
        self.state.buffers.clear();
        self.state.memory.look_ups.clear();
        self.state.urls.clear();
    }
}

/// Runs a closure on a thread whose stack is large enough for script, and waits for it.
///
/// # Errors
/// When the thread can't be started. A panic of the closure goes on in the caller.
pub fn on_script_thread<T: Send>(run: impl FnOnce() -> T + Send) -> io::Result<T> {
    std::thread::scope(|scope| {
        let thread = spawn(scope, run)?;
        match thread.join() {
            Ok(value) => Ok(value),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// A system that doesn't reserve that much address space may still give less.
fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope std::thread::Scope<'scope, '_>,
    run: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<std::thread::ScopedJoinHandle<'scope, T>> {
    let run = std::sync::Mutex::new(Some(run));
    let run = std::sync::Arc::new(run);
    let mut refused = None;
    for bytes in [
        SCRIPT_STACK_BYTES,
        SCRIPT_STACK_BYTES / 4,
        SCRIPT_STACK_BYTES / 16,
    ] {
        let run = run.clone();
        let spawned = std::thread::Builder::new()
            .name("ouro-script".into())
            .stack_size(bytes)
            .spawn_scoped(scope, move || {
                let run = run.lock().ok().and_then(|mut run| run.take());
                run.expect("exactly one thread is started, and takes it")()
            });
        match spawned {
            Ok(thread) => return Ok(thread),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.unwrap_or_else(|| io::ErrorKind::Other.into()))
}

/// The error by which natives stop script that may not go on: it can't be caught.
pub fn termination() -> JsError {
    JsError::from(boa_engine::error::EngineError::from(
        boa_engine::error::RuntimeLimitError::LoopIteration,
    ))
}
