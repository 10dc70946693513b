//! The protocol of async generators: calls of `next`, `throw` and `return` queue up, each gets a promise, and the body
//! runs from one `yield` or `await` to the next.
//!
//! Behaviour: <https://tc39.es/ecma262/#sec-asyncgenerator-objects>

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsValue, NativeFunction, Trace,
    builtins::{
        iterable::create_iter_result_object, object::OrdinaryObject, promise::ResolvingFunctions,
        typed_array::TypedArray,
    },
    js_string,
    object::{FunctionObjectBuilder, builtins::JsPromise},
    property::PropertyKey,
};

use super::{Reader, help};
use crate::{
    node::{errors, stream::destroy::catch},
    runtime::{State as Runtime, tasks::Microtask},
};

/// Where the body stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before its first line.
    Start,
    /// It runs, or waits for a value.
    Running,
    /// It waits for its stream.
    Asleep,
    /// It stands at its `yield`.
    Yielded,
    /// It is over, and the calls that came meanwhile get their results.
    Draining,
    /// It is over.
    Completed,
}

/// What a call asks for.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) enum Asked {
    Next,
    Throw(JsValue),
    Return(JsValue),
}

/// A call that has no result yet.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Request {
    asked: Asked,
    promise: ResolvingFunctions,
}

/// What goes on once a value is there.
type Then = fn(&Reader, Result<JsValue, JsValue>, &mut Context) -> JsResult<()>;

/// `iterator.next(value)`
pub(super) fn next(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    ask(this, Asked::Next, context)
}

/// `iterator.throw(error)`
pub(super) fn throw(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    ask(
        this,
        Asked::Throw(args.get_or_undefined(0).clone()),
        context,
    )
}

/// `iterator.return(value)`
pub(super) fn return_(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let asked = Asked::Return(args.get_or_undefined(0).clone());
    ask(this, asked, context)
}

fn ask(this: &JsValue, asked: Asked, context: &mut Context) -> JsResult<JsValue> {
    let (promise, functions) = JsPromise::new_pending(context);
    match Reader::of(this) {
        Some(iterator) => iterator.enqueue(asked, functions, context)?,
        None => {
            let error = errors::type_error("the receiver is no async generator", context);
            let error = catch(error, context)?;
            settle(&functions, Err(error), context)?;
        }
    }
    Ok(promise.into())
}

/// Resolves or rejects the promise of a call.
fn settle(
    promise: &ResolvingFunctions,
    outcome: Result<JsValue, JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    let (function, value) = match outcome {
        Ok(value) => (&promise.resolve, value),
        Err(error) => (&promise.reject, error),
    };
    function
        .call(&JsValue::undefined(), &[value], context)
        .map(drop)
}

impl Reader {
    pub(super) fn phase(&self) -> Phase {
        self.with(|record| record.phase)
    }

    fn set_phase(&self, phase: Phase) {
        self.with(|record| record.phase = phase);
    }

    fn enqueue(
        &self,
        asked: Asked,
        promise: ResolvingFunctions,
        context: &mut Context,
    ) -> JsResult<()> {
        let phase = match (self.phase(), &asked) {
            (Phase::Start, Asked::Throw(_) | Asked::Return(_)) => {
                self.set_phase(Phase::Completed);
                Phase::Completed
            }
            (phase, _) => phase,
        };
        if phase == Phase::Completed {
            match &asked {
                Asked::Next => {
                    let result = create_iter_result_object(JsValue::undefined(), true, context);
                    return settle(&promise, Ok(result), context);
                }
                Asked::Throw(error) => return settle(&promise, Err(error.clone()), context),
                Asked::Return(_) => {}
            }
        }
        let request = Request {
            asked: asked.clone(),
            promise,
        };
        self.with(|record| record.requests.push_back(request));
        match phase {
            Phase::Start => {
                self.set_phase(Phase::Running);
                self.start(context)
            }
            Phase::Yielded => self.resume(asked, context),
            Phase::Completed => self.drain(context),
            Phase::Running | Phase::Asleep | Phase::Draining => Ok(()),
        }
    }

    /// Goes on behind the `yield`.
    fn resume(&self, asked: Asked, context: &mut Context) -> JsResult<()> {
        self.set_phase(Phase::Running);
        match asked {
            Asked::Next => self.read_on(context),
            Asked::Throw(error) => self.fail(error, context),
            Asked::Return(value) => {
                let then: Then = |iterator, value, context| match value {
                    Ok(value) => iterator.end(Ok(value), context),
                    Err(error) => iterator.fail(error, context),
                };
                self.wait(value, then, context)
            }
        }
    }

    /// The `yield`, once its value has been waited for.
    pub(super) fn yield_one(
        &self,
        value: Result<JsValue, JsValue>,
        context: &mut Context,
    ) -> JsResult<()> {
        let value = match value {
            Ok(value) => value,
            Err(error) => return self.fail(error, context),
        };
        self.answer(Ok(value), false, context)?;
        let asked = self.with(|record| record.requests.front().map(|next| next.asked.clone()));
        match asked {
            Some(asked) => self.resume(asked, context),
            None => {
                self.set_phase(Phase::Yielded);
                Ok(())
            }
        }
    }

    /// The result of the first call that waits.
    fn answer(
        &self,
        outcome: Result<JsValue, JsValue>,
        done: bool,
        context: &mut Context,
    ) -> JsResult<()> {
        let Some(request) = self.with(|record| record.requests.pop_front()) else {
            return Ok(());
        };
        let outcome = outcome.map(|value| create_iter_result_object(value, done, context));
        settle(&request.promise, outcome, context)
    }

    /// The body has returned or thrown.
    pub(super) fn complete(
        &self,
        outcome: Result<JsValue, JsValue>,
        context: &mut Context,
    ) -> JsResult<()> {
        self.set_phase(Phase::Draining);
        self.answer(outcome, true, context)?;
        self.drain(context)
    }

    /// Calls behind the end get their results. What `return` was given is waited for first.
    fn drain(&self, context: &mut Context) -> JsResult<()> {
        self.set_phase(Phase::Draining);
        loop {
            let asked = self.with(|record| record.requests.front().map(|next| next.asked.clone()));
            match asked {
                None => {
                    self.set_phase(Phase::Completed);
                    return Ok(());
                }
                Some(Asked::Next) => self.answer(Ok(JsValue::undefined()), true, context)?,
                Some(Asked::Throw(error)) => self.answer(Err(error), true, context)?,
                Some(Asked::Return(value)) => {
                    let then: Then = |iterator, value, context| {
                        iterator.answer(value, true, context)?;
                        iterator.drain(context)
                    };
                    return self.wait(value, then, context);
                }
            }
        }
    }

    /// `await value`, then `then`.
    pub(super) fn wait(&self, value: JsValue, then: Then, context: &mut Context) -> JsResult<()> {
        if value.as_object().is_none_or(|object| is_plain(&object)) {
            let iterator = self.clone();
            self.soon(move |context| then(&iterator, Ok(value), context), context);
            return Ok(());
        }
        let fulfilled = self.function(then, Ok, context);
        let rejected = self.function(then, Err, context);
        let args = [value, fulfilled.into(), rejected.into()];
        help(js_string!("settle"), &args, context).map(drop)
    }

    fn function(
        &self,
        then: Then,
        outcome: fn(JsValue) -> Result<JsValue, JsValue>,
        context: &mut Context,
    ) -> JsObject {
        let native = NativeFunction::from_copy_closure_with_captures(
            move |_, args, iterator: &JsObject, context| {
                let outcome = outcome(args.get_or_undefined(0).clone());
                then(&Reader(iterator.clone()), outcome, context)?;
                Ok(JsValue::undefined())
            },
            self.0.clone(),
        );
        FunctionObjectBuilder::new(context.realm(), native)
            .build()
            .into()
    }

    /// Waits for the stream.
    pub(super) fn sleep(&self, context: &mut Context) {
        let frame = Runtime::of(context).async_context.capture();
        self.with(|record| {
            record.phase = Phase::Asleep;
            record.frame = frame;
        });
    }

    /// Something has happened to the stream: if that was waited for, the body goes on in a microtask.
    pub(super) fn wake(&self, context: &mut Context) {
        if self.phase() != Phase::Asleep {
            return;
        }
        self.set_phase(Phase::Running);
        let frame = self.with(|record| std::mem::take(&mut record.frame));
        let iterator = self.clone();
        let state = Runtime::of(context);
        state
            .tasks
            .push_microtask(Microtask::Native(Box::new(move |context| {
                let state = Runtime::of(context);
                let run = |context: &mut Context| iterator.read_on(context);
                state.async_context.run(&frame, context, run)
            })));
    }

    /// Queues a microtask in the async context of now.
    fn soon(
        &self,
        task: impl FnOnce(&mut Context) -> JsResult<()> + 'static,
        context: &mut Context,
    ) {
        let state = Runtime::of(context);
        let frame = state.async_context.capture();
        state
            .tasks
            .push_microtask(Microtask::Native(Box::new(move |context| {
                let state = Runtime::of(context);
                state.async_context.run(&frame, context, task)
            })));
    }
}

/// Whether an object is no promise and can't be taken for one, which is seen without running script.
fn is_plain(object: &JsObject) -> bool {
    let then = PropertyKey::from(js_string!("then"));
    let mut at = Some(object.clone());
    while let Some(one) = at {
        if !(one.is::<TypedArray>() || one.is::<OrdinaryObject>()) {
            return false;
        }
        if one.borrow().properties().contains_key(&then) {
            return false;
        }
        at = one.prototype();
    }
    true
}
