//! Promises that were rejected while nobody listened, reported when the microtasks are drained.
//!
//! Modes: <https://nodejs.org/docs/latest-v24.x/api/cli.html#--unhandled-rejectionsmode>

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::promise::OperationType,
    builtins::promise::PromiseState, js_string, object::builtins::JsPromise,
};

use super::{State, async_context::Frame, fatal};
use crate::node::{events, process};

/// What `--unhandled-rejections` chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Emit `unhandledRejection`; without a listener raise the reason as an uncaught exception.
    #[default]
    Throw,
    /// Raise the reason as an uncaught exception; emit `unhandledRejection` when that was handled.
    Strict,
    /// Always warn, whether or not there is a listener; never fail.
    Warn,
    /// Emit; without a listener warn and set the exit code to 1.
    WarnWithErrorCode,
    /// Say nothing.
    None,
}

struct Rejected {
    promise: JsObject,
    frame: Frame,
    /// The domain in which it was rejected: told in the place of `process`.
    domain: Option<JsObject>,
    id: u64,
}

/// A promise that was reported, with the number that warnings give it.
struct Reported {
    promise: JsObject,
    id: u64,
}

/// The rejections of one runtime that have no handler yet.
#[derive(Default)]
pub struct Rejections {
    pending: RefCell<Vec<Rejected>>,
    reported: RefCell<Vec<Reported>>,
    handled_late: RefCell<Vec<Reported>>,
    last_id: Cell<u64>,
}

impl Rejections {
    /// Host hook of the engine.
    pub fn track(
        &self,
        promise: JsObject,
        operation: OperationType,
        frame: Frame,
        domain: Option<JsObject>,
    ) {
        match operation {
            OperationType::Reject => {
                let id = self.last_id.get() + 1;
                self.last_id.set(id);
                let rejected = Rejected {
                    promise,
                    frame,
                    domain,
                    id,
                };
                self.pending.borrow_mut().push(rejected);
            }
            OperationType::Handle => {
                let mut pending = self.pending.borrow_mut();
                if let Some(index) = pending
                    .iter()
                    .position(|known| JsObject::equals(&known.promise, &promise))
                {
                    pending.remove(index);
                    return;
                }
                let mut reported = self.reported.borrow_mut();
                if let Some(index) = reported
                    .iter()
                    .position(|known| JsObject::equals(&known.promise, &promise))
                {
                    let known = reported.swap_remove(index);
                    self.handled_late.borrow_mut().push(known);
                }
            }
        }
    }

    /// Forgets all of them, when the runtime goes.
    pub fn clear(&self) {
        self.pending.borrow_mut().clear();
        self.reported.borrow_mut().clear();
        self.handled_late.borrow_mut().clear();
    }

    /// How many have no handler yet.
    pub fn count(&self) -> usize {
        self.pending.borrow().len()
    }

    /// Forgets those that came after so many.
    pub fn forget_after(&self, count: usize) {
        self.pending.borrow_mut().truncate(count);
    }

    /// Whether there is something to report.
    pub fn any(&self) -> bool {
        !self.pending.borrow().is_empty() || !self.handled_late.borrow().is_empty()
    }
}

/// Reports what is pending. Returns whether script ran that may have queued more ticks.
pub fn report_all(context: &mut Context) -> bool {
    let state = State::of(context);
    if !state.rejections.any() {
        return false;
    }
    let late = std::mem::take(&mut *state.rejections.handled_late.borrow_mut());
    for reported in late {
        if let Err(error) = report_handled(&reported, context) {
            fatal::uncaught(error, fatal::Origin::Exception, context);
        }
    }
    let pending = std::mem::take(&mut *state.rejections.pending.borrow_mut());
    for rejected in pending {
        if state.is_terminating() {
            break;
        }
        let Ok(promise) = JsPromise::from_object(rejected.promise.clone()) else {
            continue;
        };
        let PromiseState::Rejected(reason) = promise.state() else {
            continue;
        };
        remember(&state, &rejected);
        let frame = rejected.frame.clone();
        state.async_context.run(&frame, context, |context| {
            let mode = state.options.unhandled_rejections;
            let outcome = report(&reason, &rejected, mode, context);
            if let Err(error) = outcome {
                fatal::uncaught(error, fatal::Origin::Exception, context);
            }
        });
    }
    true
}

/// A reported promise may be handled later; only the last thousand are kept, so that they don't pile up.
fn remember(state: &State, rejected: &Rejected) {
    let mut reported = state.rejections.reported.borrow_mut();
    if reported.len() >= 1000 {
        reported.remove(0);
    }
    reported.push(Reported {
        promise: rejected.promise.clone(),
        id: rejected.id,
    });
}

fn report_handled(reported: &Reported, context: &mut Context) -> JsResult<()> {
    let args = [reported.promise.clone().into()];
    if process::emit("rejectionHandled", &args, context)? {
        return Ok(());
    }
    let text = format!(
        "Promise rejection was handled asynchronously (rejection id: {})",
        reported.id
    );
    process::emit_warning(&text, "PromiseRejectionHandledWarning", None, context)
}

/// Emits `unhandledRejection`, or the domain's 'error'; answers whether anybody listened.
fn tell(reason: &JsValue, rejected: &Rejected, context: &mut Context) -> JsResult<bool> {
    if let Some(domain) = &rejected.domain {
        let error = std::slice::from_ref(reason);
        return events::emit(domain, js_string!("error"), error, context);
    }
    let args = [reason.clone(), rejected.promise.clone().into()];
    process::emit("unhandledRejection", &args, context)
}

fn report(
    reason: &JsValue,
    rejected: &Rejected,
    mode: Mode,
    context: &mut Context,
) -> JsResult<()> {
    match mode {
        Mode::None => {
            tell(reason, rejected, context)?;
        }
        Mode::Warn => {
            tell(reason, rejected, context)?;
            process::warn_unhandled_rejection(reason, rejected.id, context)?;
        }
        Mode::WarnWithErrorCode => {
            if !tell(reason, rejected, context)? {
                process::warn_unhandled_rejection(reason, rejected.id, context)?;
                State::of(context).exit_code.set(Some(1));
            }
        }
        Mode::Throw => {
            if !tell(reason, rejected, context)? {
                let error = fatal::rejection_error(reason, context)?;
                fatal::uncaught(error, fatal::Origin::UnhandledRejection, context);
            }
        }
        Mode::Strict => {
            let error = fatal::rejection_error(reason, context)?;
            fatal::uncaught(error, fatal::Origin::UnhandledRejection, context);
            if !State::of(context).is_terminating() && !tell(reason, rejected, context)? {
                process::warn_unhandled_rejection(reason, rejected.id, context)?;
            }
        }
    }
    Ok(())
}
