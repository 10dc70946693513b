//! `timeout` and `breakOnSigint`. The engine can't be interrupted from outside, so a script that runs with one of them is
//! read with a question at the head of each of its loops. The answer is an error that script can't catch, when the time is
//! over or the signal has come.
//!
//! What this doesn't reach is a loop that isn't in the script's own text: in a function of the program that it calls, or in
//! code that it makes with `eval`. Such a loop goes on to its end, and the call fails then.

use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};

use boa_engine::{
    Context, JsError, JsResult, JsValue,
    error::{EngineError, RuntimeLimitError},
};

use ouro_loop::{EventLoop, HandleId};

use crate::runtime::State;

/// The name of the function that asks. Nobody has it by chance.
pub const CHECK: &str = "ouro\u{1d05}eadline";

/// How many questions are answered without a look at the clock.
const BETWEEN_LOOKS: u32 = 64;

const SIGINT: i32 = 2;

/// What ends a script before its end.
#[derive(Clone, Copy, Default)]
pub struct Limits {
    /// `timeout`
    pub time: Option<Duration>,
    /// `breakOnSigint`
    pub on_sigint: bool,
}

impl Limits {
    /// Whether there are any.
    pub fn any(self) -> bool {
        self.time.is_some() || self.on_sigint
    }
}

/// Why a script was ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Its time was over.
    Late,
    /// `SIGINT` came.
    Interrupted,
}

struct Running {
    end: Option<Instant>,
    on_sigint: bool,
    interrupted: bool,
}

/// The scripts of one runtime that run with limits, the innermost last.
#[derive(Default)]
pub struct Deadlines {
    running: RefCell<Vec<Running>>,
    asked: Cell<u32>,
}

impl Deadlines {
    /// Runs `call` within limits; answers what it returned, and which of its own limits it passed.
    pub fn run<T>(
        &self,
        limits: Limits,
        state: &State,
        call: impl FnOnce() -> T,
    ) -> (T, Option<Ended>) {
        // Nobody else may hear of the signal meanwhile.
        let watch = limits.on_sigint.then(|| watch_sigint(&state.event_loop));
        let now = Instant::now();
        self.running.borrow_mut().push(Running {
            end: limits.time.and_then(|time| now.checked_add(time)),
            on_sigint: limits.on_sigint,
            interrupted: false,
        });
        let value = call();
        self.look(state);
        let ran = self.running.borrow_mut().pop();
        if let Some(handle) = watch.flatten() {
            close(&state.event_loop, handle);
        }
        let ended = ran.and_then(|ran| {
            if ran.interrupted {
                return Some(Ended::Interrupted);
            }
            ran.end
                .is_some_and(|end| Instant::now() >= end)
                .then_some(Ended::Late)
        });
        (value, ended)
    }

    fn is_over(&self, state: &State) -> bool {
        if self.running.borrow().is_empty() {
            return false;
        }
        let asked = self.asked.get();
        self.asked.set(asked.wrapping_add(1));
        if !asked.is_multiple_of(BETWEEN_LOOKS) {
            return false;
        }
        self.look(state);
        let now = Instant::now();
        self.running
            .borrow()
            .iter()
            .any(|one| one.interrupted || one.end.is_some_and(|end| now >= end))
    }

    /// Whether the signal has come: all that wait for it are interrupted.
    fn look(&self, state: &State) {
        let mut running = self.running.borrow_mut();
        if running.iter().any(|one| one.on_sigint) && state.event_loop.signal_take(SIGINT) > 0 {
            for one in running.iter_mut() {
                one.interrupted |= one.on_sigint;
            }
        }
    }
}

/// A started handle for `SIGINT`. Where there can be none, the signal does what it does otherwise.
fn watch_sigint(event_loop: &EventLoop) -> Option<HandleId> {
    let handle = event_loop.signal().ok()?;
    let started = event_loop.signal_start(handle, SIGINT, false);
    if started.is_err() {
        close(event_loop, handle);
    }
    started.ok().map(|()| handle)
}

fn close(event_loop: &EventLoop, handle: HandleId) {
    // The handle is open, so closing it can't fail.
    let _ = event_loop.close(handle);
}

/// The function behind [`CHECK`]: true, or the error that ends the script.
///
/// # Errors
/// A limit of the engine's, which script can't catch.
pub fn check(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    match state.slot::<Deadlines>().is_over(&state) {
        true => Err(over()),
        false => Ok(true.into()),
    }
}

fn over() -> JsError {
    EngineError::RuntimeLimit(RuntimeLimitError::LoopIteration).into()
}

/// Whether an error is the one that ends a script whose time is over.
pub fn is_over(error: &JsError) -> bool {
    matches!(
        error.as_engine(),
        Some(EngineError::RuntimeLimit(RuntimeLimitError::LoopIteration))
    )
}
