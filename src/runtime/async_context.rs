//! The async context: one value (a map from AsyncLocalStorage to store, or undefined) that is current while a callback
//! runs. Whatever schedules a callback notes the frame that is current then, and the door restores it around the call.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/async_context.html>

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, Finalize, JsData, JsResult, JsValue, Trace, job::JobCallback,
    object::builtins::JsFunction,
};

use super::State;

/// What is current when a resource is made. Cloning is cheap; most often it is `undefined`.
#[derive(Clone, Debug, Default, Trace, Finalize, JsData)]
pub struct Frame(JsValue);

/// The current frame of a runtime.
#[derive(Default)]
pub struct AsyncContext {
    current: RefCell<JsValue>,
    active: Cell<bool>,
}

impl AsyncContext {
    /// The frame to restore when a callback that is scheduled now is called.
    pub fn capture(&self) -> Frame {
        if !self.active.get() {
            return Frame::default();
        }
        Frame(self.current.borrow().clone())
    }

    /// The value that script sees as the current frame.
    pub fn get(&self) -> JsValue {
        self.current.borrow().clone()
    }

    /// Makes a value the current frame and returns the one before.
    pub fn set(&self, value: JsValue) -> JsValue {
        if !self.active.get() {
            if value.is_undefined() {
                return value;
            }
            self.active.set(true);
        }
        self.current.replace(value)
    }

    /// Calls with a frame as the current one.
    pub fn run<T>(&self, frame: &Frame, call: impl FnOnce() -> T) -> T {
        if !self.active.get() {
            return call();
        }
        let before = self.current.replace(frame.0.clone());
        let result = call();
        self.current.replace(before);
        result
    }

    fn is_active(&self) -> bool {
        self.active.get() && !self.current.borrow().is_undefined()
    }
}

/// Makes the job callback of a promise reaction: it carries the frame, if there is one.
pub fn make_job_callback(callback: JsFunction, context: &Context) -> JobCallback {
    match State::of(context) {
        state if state.async_context.is_active() => {
            JobCallback::new(callback, state.async_context.capture())
        }
        _ => JobCallback::new(callback, ()),
    }
}

/// Calls a promise reaction in the frame it was made in.
pub fn call_job_callback(
    job: &JobCallback,
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    if !state.async_context.active.get() {
        return job.callback().call(this, args, context);
    }
    let none = Frame::default();
    let frame = (job.host_defined() as &dyn std::any::Any)
        .downcast_ref::<Frame>()
        .unwrap_or(&none);
    state
        .async_context
        .run(frame, || job.callback().call(this, args, context))
}
