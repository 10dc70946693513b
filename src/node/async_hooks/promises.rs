//! Promises, for hooks. The engine tells nobody when a promise is made, so while a hook is enabled the natives behind
//! `Promise` and `Promise.prototype.then` are exchanged for those here: the function objects stay the same, what they do
//! is ours, and the engine makes its own promises (async functions, `Promise.all`) through them too. `await` is seen where
//! the engine asks its host for the callback of a reaction, and which promise is awaited where it reads `constructor`.
//!
//! While no hook is enabled nothing of this is in place.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsSymbol, JsValue, NativeFunction, Trace,
    builtins::promise::{Promise, PromiseState, ResolvingFunctions},
    job::{JobCallback, PromiseJob},
    js_string,
    native_function::NativeFunctionObject,
    object::{
        FunctionObjectBuilder,
        builtins::{JsFunction, JsPromise},
    },
    property::{Attribute, PropertyDescriptor},
};
use boa_gc::Gc;

use super::gone::Tracker;
use crate::{
    engine::native::{self, METHOD, property},
    runtime::{
        State,
        async_context::{Frame, Ids},
        async_hooks::{Event, Hooks},
    },
};

/// What is exchanged.
#[derive(Clone)]
struct Natives {
    constructor: JsObject,
    other_constructor: JsObject,
    then: JsObject,
    other_then: JsObject,
    prototype: JsObject,
    identity: JsFunction,
    thrower: JsFunction,
}

/// A `then` that is being made: of which promise, and the frame of the one that it returns.
struct Deriving {
    parent: JsObject,
    derived: Option<Frame>,
}

/// What is known of the promises of a runtime.
#[derive(Default)]
pub struct Promises {
    natives: OnceCell<Natives>,
    in_place: Cell<bool>,
    deriving: RefCell<Option<Deriving>>,
    /// The promise that is being resolved.
    resolving: RefCell<Option<Frame>>,
    /// The promise that an `await` is about to wait for.
    awaited: RefCell<Option<JsObject>>,
    /// The frame of the first callback of an `await`, for the second.
    pair: RefCell<Option<Frame>>,
    /// Promises that follow a thenable.
    adopted: RefCell<Vec<(JsObject, Frame)>>,
    in_job: Cell<bool>,
    symbols: OnceCell<[JsSymbol; 4]>,
}

/// Puts the watching natives in place, or takes them away, as the hooks want it.
///
/// # Errors
/// None but those of the engine.
pub fn update(context: &mut Context) -> JsResult<()> {
    let state = State::of(context);
    let promises = state.slot::<Promises>();
    let wanted = state.async_context.hooks.any();
    if promises.in_place.get() == wanted {
        return Ok(());
    }
    if promises.natives.get().is_none() {
        let natives = Natives::new(context)?;
        let _ = promises.natives.set(natives);
    }
    let Some(natives) = promises.natives.get() else {
        return Ok(());
    };
    exchange(&natives.constructor, &natives.other_constructor);
    exchange(&natives.then, &natives.other_then);
    promises.in_place.set(wanted);
    natives.watch_constructor(wanted, context);
    for note in [&promises.resolving, &promises.pair] {
        note.take();
    }
    promises.awaited.take();
    promises.deriving.take();
    promises.adopted.take();
    Ok(())
}

/// Exchanges what two native functions do. The engine copies a function's data before it calls, so nothing is borrowed.
fn exchange(one: &JsObject, other: &JsObject) {
    let (Some(mut one), Some(mut other)) = (
        one.downcast_mut::<NativeFunctionObject>(),
        other.downcast_mut::<NativeFunctionObject>(),
    ) else {
        return;
    };
    std::mem::swap(&mut *one, &mut *other);
}

impl Natives {
    fn new(context: &mut Context) -> JsResult<Self> {
        let promise = context.intrinsics().constructors().promise();
        let (constructor, prototype) = (promise.constructor(), promise.prototype());
        // What the engine made, whatever the program has put in its place.
        let then = state_then(&prototype, context)?;
        Ok(Self {
            other_constructor: native::constructor(context, "Promise", 1, construct).into(),
            other_then: native::function(context, "then", 2, then_of).into(),
            identity: native::function(context, "", 1, |_, args, _| {
                Ok(args.get_or_undefined(0).clone())
            }),
            thrower: native::function(context, "", 1, |_, args, _| {
                Err(boa_engine::JsError::from_opaque(
                    args.get_or_undefined(0).clone(),
                ))
            }),
            constructor,
            then,
            prototype,
        })
    }

    /// The engine reads `constructor` of what is awaited: an accessor sees which promise that is.
    fn watch_constructor(&self, watch: bool, context: &mut Context) {
        let key = js_string!("constructor");
        let own = self
            .prototype
            .borrow()
            .properties()
            .get(&key.clone().into());
        let ours = own.as_ref().is_some_and(|own| {
            own.value()
                .and_then(JsValue::as_object)
                .is_some_and(|value| JsObject::equals(&value, &self.constructor))
        });
        if watch && ours {
            let get = native::function(context, "get constructor", 0, constructor_of);
            let set = native::function(context, "set constructor", 1, set_constructor);
            let descriptor = PropertyDescriptor::builder()
                .get(get)
                .set(set)
                .enumerable(false)
                .configurable(true);
            self.prototype.insert_property(key, descriptor.build());
        } else if !watch && own.is_some_and(|own| own.is_accessor_descriptor()) {
            self.prototype
                .insert_property(key, property(self.constructor.clone(), METHOD));
        }
    }
}

/// The native `then` of the engine.
fn state_then(prototype: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let found = prototype.get(js_string!("then"), context)?;
    let native = found
        .as_object()
        .filter(|then| then.is::<NativeFunctionObject>());
    match native {
        Some(then) => Ok(then.clone()),
        // A program has replaced it: there is nothing to watch but what it calls.
        None => Ok(native::function(context, "then", 2, then_of).into()),
    }
}

fn constructor_of(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let promises = state.slot::<Promises>();
    if let Some(object) = this.as_object()
        && object.is::<Promise>()
    {
        promises.awaited.replace(Some(object.clone()));
    }
    Ok(promises
        .natives
        .get()
        .map_or_else(JsValue::undefined, |natives| {
            natives.constructor.clone().into()
        }))
}

fn set_constructor(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = this.as_object() {
        let value = args.get_or_undefined(0).clone();
        object.insert_property(js_string!("constructor"), property(value, Attribute::all()));
    }
    Ok(JsValue::undefined())
}

fn symbols(promises: &Promises) -> &[JsSymbol; 4] {
    promises.symbols.get_or_init(|| {
        [
            js_string!("async_id_symbol"),
            js_string!("trigger_async_id_symbol"),
            js_string!("destroyed"),
            js_string!("awaits"),
        ]
        .map(|name| {
            JsSymbol::new(Some(name)).expect("a runtime makes far fewer symbols than there are")
        })
    })
}

fn ids_of(promise: &JsObject, promises: &Promises) -> Option<Ids> {
    let [id, trigger, ..] = symbols(promises);
    let read = |symbol: &JsSymbol| {
        let found = promise.borrow().properties().get(&symbol.clone().into())?;
        found.value().and_then(JsValue::as_number)
    };
    Some(Ids {
        id: read(id)? as u64,
        trigger: read(trigger)? as u64,
    })
}

/// The ids of a promise; gives it some if it has none.
fn track(
    promise: &JsObject,
    parent: Option<&JsObject>,
    state: &State,
    promises: &Promises,
    context: &mut Context,
) -> Ids {
    if let Some(ids) = ids_of(promise, promises) {
        return ids;
    }
    let id = state.async_context.new_id();
    let trigger = match parent {
        Some(parent) => track(parent, None, state, promises, context).id,
        None => state.async_context.ids().id,
    };
    let [id_symbol, trigger_symbol, gone_symbol, _] = symbols(promises);
    for (symbol, value) in [(id_symbol, id), (trigger_symbol, trigger)] {
        promise.insert_property(
            symbol.clone(),
            property(JsValue::from(value as f64), Attribute::all()),
        );
    }
    if state.async_context.hooks.wants(Event::Destroy) {
        let tracker = Tracker::companion(id, context);
        promise.insert_property(gone_symbol.clone(), property(tracker, METHOD));
    }
    Ids { id, trigger }
}

/// Tells of a new promise.
fn announce(promise: &JsObject, parent: Option<&JsObject>, context: &mut Context) -> Frame {
    let state = State::of(context);
    let promises = state.slot::<Promises>();
    let ids = track(promise, parent, &state, &promises, context);
    let saved = promises.deriving.take();
    let hooks = &state.async_context.hooks;
    hooks.init("PROMISE", ids, promise, context);
    hooks.tell_promise(Event::Init, promise, parent, context);
    promises.deriving.replace(saved);
    Frame::of(ids, Some(promise.clone()), state.async_context.get())
}

/// The two functions of a promise share it.
#[derive(Trace, Finalize)]
struct Settling {
    #[unsafe_ignore_trace]
    done: Cell<bool>,
    frame: Frame,
    promise: JsObject,
    resolve: JsFunction,
    reject: JsFunction,
}

fn settle(
    settling: &Settling,
    rejects: bool,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let function = if rejects {
        &settling.reject
    } else {
        &settling.resolve
    };
    if settling.done.replace(true) {
        return Ok(JsValue::undefined());
    }
    let state = State::of(context);
    let promises = state.slot::<Promises>();
    tell_adopted(&state, &promises, context);
    let before = promises.resolving.replace(Some(settling.frame.clone()));
    let outcome = function.call(&JsValue::undefined(), args, context);
    promises.resolving.replace(before);
    if is_pending(&settling.promise) {
        // It follows a thenable, whose answer the engine passes on by functions of its own.
        let follower = (settling.promise.clone(), settling.frame.clone());
        promises.adopted.borrow_mut().push(follower);
    } else {
        tell_resolved(&settling.promise, &settling.frame, &state, context);
    }
    outcome
}

fn is_pending(promise: &JsObject) -> bool {
    JsPromise::from_object(promise.clone())
        .is_ok_and(|promise| matches!(promise.state(), PromiseState::Pending))
}

fn tell_resolved(promise: &JsObject, frame: &Frame, state: &State, context: &mut Context) {
    let hooks = &state.async_context.hooks;
    if let Some(ids) = frame.ids() {
        hooks.tell_id(Event::Resolve, ids.id, context);
    }
    hooks.tell_promise(Event::Resolve, promise, None, context);
}

/// Tells of the promises that followed a thenable and are settled now.
fn tell_adopted(state: &State, promises: &Promises, context: &mut Context) {
    if promises.adopted.borrow().is_empty() {
        return;
    }
    let (waiting, settled): (Vec<_>, Vec<_>) = promises
        .adopted
        .take()
        .into_iter()
        .partition(|(promise, _)| is_pending(promise));
    promises.adopted.replace(waiting);
    for (promise, frame) in settled {
        tell_resolved(&promise, &frame, state, context);
    }
}

/// A pending promise for natives; hooks hear of it.
pub fn pending(context: &mut Context) -> (JsPromise, ResolvingFunctions) {
    if !State::of(context).async_context.hooks.any() {
        return JsPromise::new_pending(context);
    }
    let (promise, functions) = JsPromise::new_pending(context);
    let frame = announce(&promise.clone().into(), None, context);
    let functions = watched(promise.clone().into(), frame, functions, context);
    (promise, functions)
}

fn watched(
    promise: JsObject,
    frame: Frame,
    functions: ResolvingFunctions,
    context: &mut Context,
) -> ResolvingFunctions {
    let settling = Gc::new(Settling {
        done: Cell::new(false),
        frame,
        promise,
        resolve: functions.resolve,
        reject: functions.reject,
    });
    let resolve = NativeFunction::from_copy_closure_with_captures(
        |_, args, settling: &Gc<Settling>, context| settle(settling, false, args, context),
        settling.clone(),
    );
    let reject = NativeFunction::from_copy_closure_with_captures(
        |_, args, settling: &Gc<Settling>, context| settle(settling, true, args, context),
        settling,
    );
    let make = |native| {
        FunctionObjectBuilder::new(context.realm(), native)
            .name("")
            .length(1)
            .build()
    };
    ResolvingFunctions {
        resolve: make(resolve),
        reject: make(reject),
    }
}

/// `new Promise(executor)`, watched.
fn construct(new_target: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let promises = state.slot::<Promises>();
    let Some(natives) = promises.natives.get().cloned() else {
        return Ok(JsValue::undefined());
    };
    let (Some(target), Some(executor)) = (
        new_target.as_object(),
        args.get_or_undefined(0).as_callable(),
    ) else {
        // It is an error, and the engine has it.
        let plain = &natives.other_constructor;
        return match new_target.as_object() {
            Some(target) => plain
                .construct(args, Some(&target), context)
                .map(JsValue::from),
            None => plain.call(&JsValue::undefined(), args, context),
        };
    };
    let prototype = if JsObject::equals(&target, &natives.constructor) {
        None
    } else {
        target.get(js_string!("prototype"), context)?.as_object()
    };
    let (promise, functions) = JsPromise::new_pending(context);
    let promise = JsObject::from(promise);
    if let Some(prototype) = prototype {
        promise.set_prototype(Some(prototype));
    }
    let parent = match &*promises.deriving.borrow() {
        Some(deriving) if deriving.derived.is_none() => Some(deriving.parent.clone()),
        _ => None,
    };
    // As in V8, which makes those of a subclass by its constructor and has forgotten what for.
    let shown = parent
        .as_ref()
        .filter(|_| JsObject::equals(&target, &natives.constructor));
    let frame = announce(&promise, shown, context);
    let mut deriving = promises.deriving.take();
    if let Some(deriving) = deriving.as_mut()
        && parent.is_some()
    {
        deriving.derived = Some(frame.clone());
    }
    let functions = watched(promise.clone(), frame, functions, context);
    let outcome = executor.call(
        &JsValue::undefined(),
        &[
            functions.resolve.clone().into(),
            functions.reject.clone().into(),
        ],
        context,
    );
    let rejected = match outcome {
        Ok(_) => Ok(()),
        Err(error) => error.into_opaque(context).and_then(|reason| {
            functions
                .reject
                .call(&JsValue::undefined(), &[reason], context)
                .map(drop)
        }),
    };
    promises.deriving.replace(deriving);
    promises.awaited.replace(Some(promise.clone()));
    rejected?;
    Ok(promise.into())
}

/// `promise.then(onFulfilled, onRejected)`, watched.
fn then_of(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let promises = state.slot::<Promises>();
    let Some(natives) = promises.natives.get().cloned() else {
        return Ok(JsValue::undefined());
    };
    let Some(parent) = this.as_object().filter(|object| object.is::<Promise>()) else {
        return natives.other_then.call(this, args, context);
    };
    // A reaction without a handler would have no callback, and hooks hear of it nevertheless.
    let handler =
        |index: usize, standard: &JsFunction| match args.get_or_undefined(index).as_callable() {
            Some(handler) => handler.into(),
            None => standard.clone().into(),
        };
    let handlers: [JsValue; 2] = [handler(0, &natives.identity), handler(1, &natives.thrower)];
    let deriving = Deriving {
        parent: parent.clone(),
        derived: None,
    };
    let before = promises.deriving.replace(Some(deriving));
    let outcome = natives.other_then.call(this, &handlers, context);
    promises.deriving.replace(before);
    outcome
}

/// Makes the job callback of a promise reaction: it carries the frame, if there is one.
pub fn make_job_callback(callback: JsFunction, context: &mut Context) -> JobCallback {
    let state = State::of(context);
    if !state.async_context.is_active() {
        return JobCallback::new(callback, ());
    }
    if state.async_context.hooks.any() {
        // Those of an `await` are the engine's, and two. A reaction in another realm has one, which is the program's.
        let of_await = callback.is::<NativeFunctionObject>();
        let frame = reaction(of_await, &state, context);
        return JobCallback::new(callback, frame);
    }
    match state.async_context.stores_only() {
        Some(frame) => JobCallback::new(callback, frame),
        None => JobCallback::new(callback, ()),
    }
}

/// The frame of the reaction that the engine is about to make.
fn reaction(of_await: bool, state: &Rc<State>, context: &mut Context) -> Frame {
    let promises = state.slot::<Promises>();
    if let Some(deriving) = &*promises.deriving.borrow() {
        return match &deriving.derived {
            Some(frame) => frame.clone(),
            None => state.async_context.capture(),
        };
    }
    if let Some(frame) = &*promises.resolving.borrow() {
        // Its reaction to a thenable runs in the stores of who resolves it.
        return match frame.ids() {
            Some(ids) => Frame::of(
                ids,
                Some(frame.resource(JsObject::with_null_proto)),
                state.async_context.get(),
            ),
            None => state.async_context.capture(),
        };
    }
    let awaited = promises.awaited.take();
    if of_await
        && awaited.is_none()
        && let Some(frame) = promises.pair.take()
    {
        return frame;
    }
    // As in Node, what goes on after an `await` is a promise of its own, that nobody sees but hooks.
    let (throwaway, _) = JsPromise::new_pending(context);
    let throwaway = JsObject::from(throwaway);
    throwaway.insert_property(symbols(&promises)[3].clone(), property(true, METHOD));
    let frame = announce(&throwaway, awaited.as_ref(), context);
    promises.awaited.take();
    if of_await {
        promises.pair.replace(Some(frame.clone()));
    }
    frame
}

/// Calls a promise reaction in the frame it was made in.
pub fn call_job_callback(
    job: &JobCallback,
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let state = State::of(context);
    if !state.async_context.is_active() {
        return job.callback().call(this, args, context);
    }
    let frame = (job.host_defined() as &dyn std::any::Any)
        .downcast_ref::<Frame>()
        .cloned()
        .unwrap_or_default();
    let promises = state.slot::<Promises>();
    if !promises.in_job.get() {
        return state.async_context.run(&frame, context, |context| {
            job.callback().call(this, args, context)
        });
    }
    let hooks = &state.async_context.hooks;
    let frame = match frame.is_told() {
        true => frame,
        // Made before a hook was enabled.
        false if hooks.any() => {
            let ids = Ids {
                id: state.async_context.new_id(),
                trigger: state.async_context.ids().id,
            };
            Frame::of(ids, None, frame.store())
        }
        false => match frame.ids() {
            Some(_) => frame,
            None => state.async_context.unknown(),
        },
    };
    // It stays current until the job ends: what the reaction returns is resolved in it.
    state.async_context.enter(frame.clone());
    if frame.is_told() {
        hooks.tell(Event::Before, &frame, context);
        let resource = frame.resource(JsObject::with_null_proto);
        hooks.tell_promise(Event::Before, &resource, None, context);
    }
    job.callback().call(this, args, context)
}

/// Runs a job of the engine's, a reaction or the resolution of a thenable.
#[inline]
pub fn run_job(state: &State, job: PromiseJob, context: &mut Context) -> JsResult<()> {
    if !state.async_context.is_active() {
        return state
            .async_context
            .run(&Frame::default(), context, |context| {
                job.call(context).map(drop)
            });
    }
    run_watched(state, job, context)
}

/// What an `await` has waited for is over: its promise, that nobody sees, counts as resolved.
fn settle_awaited(frame: &Frame, promises: &Promises, hooks: &Hooks, context: &mut Context) {
    let promise = frame.resource(JsObject::with_null_proto);
    let mark = symbols(promises)[3].clone();
    if promise.borrow().properties().get(&mark.into()).is_none() {
        return;
    }
    if let Some(ids) = frame.ids() {
        hooks.tell_id(Event::Resolve, ids.id, context);
        hooks.tell_promise(Event::Resolve, &promise, None, context);
    }
}

/// The frame in which listeners hear that a promise was rejected and nobody listened: the promise's own.
pub fn rejection_frame(promise: &JsObject, context: &Context) -> Frame {
    let state = State::of(context);
    if !state.async_context.hooks.any() {
        return state.async_context.capture();
    }
    match ids_of(promise, &state.slot::<Promises>()) {
        Some(ids) => Frame::note_of(ids, promise.clone(), state.async_context.get()),
        None => state.async_context.capture(),
    }
}

#[cold]
fn run_watched(state: &State, job: PromiseJob, context: &mut Context) -> JsResult<()> {
    let promises = state.slot::<Promises>();
    let before = state.async_context.enter(state.async_context.unknown());
    let outer = promises.in_job.replace(true);
    let outcome = job.call(context).map(drop);
    promises.in_job.set(outer);
    tell_adopted(state, &promises, context);
    let frame = state.async_context.current();
    let hooks = &state.async_context.hooks;
    if frame.is_told() {
        settle_awaited(&frame, &promises, hooks, context);
        hooks.tell(Event::After, &frame, context);
        let resource = frame.resource(JsObject::with_null_proto);
        hooks.tell_promise(Event::After, &resource, None, context);
    }
    state.async_context.enter(before);
    outcome
}
