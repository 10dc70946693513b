//! The async context: what is current while a callback runs. That is a frame, which holds the stores of
//! AsyncLocalStorage, and the ids of `async_hooks` where a program has asked for them. Whatever schedules a callback
//! notes a frame, and [`AsyncContext::run`] makes it the current one around the call.
//!
//! While no store was ever set and nobody asked for an id, a frame is an empty option and `run` a test of one flag.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/async_context.html>,
//! <https://nodejs.org/docs/latest-v24.x/api/async_hooks.html>

use std::cell::{Cell, RefCell};

use boa_engine::{Context, Finalize, JsData, JsObject, JsValue, Trace};
use boa_gc::{Gc, GcRefCell};

use super::{
    State,
    async_hooks::{Event, Hooks},
};

/// Who runs, and who made it run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    pub id: u64,
    pub trigger: u64,
}

impl Ids {
    /// The main script.
    const MAIN: Ids = Ids { id: 1, trigger: 0 };
    /// Where nobody knows who runs: a reaction of a promise while no hook is enabled.
    const UNKNOWN: Ids = Ids { id: 0, trigger: 0 };
}

#[derive(Trace, Finalize)]
struct Scope {
    store: JsValue,
    #[unsafe_ignore_trace]
    ids: Option<Ids>,
    /// `executionAsyncResource()`
    resource: GcRefCell<Option<JsObject>>,
    /// Whether hooks hear of its callbacks: it is the frame of a resource, not a note of what was current.
    #[unsafe_ignore_trace]
    told: bool,
}

/// What is current when a resource is made. Cloning is cheap; most often it is empty.
#[derive(Clone, Default, Trace, Finalize, JsData)]
pub struct Frame(Option<Gc<Scope>>);

impl std::fmt::Debug for Frame {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("Frame").field(&self.ids()).finish()
    }
}

impl Frame {
    /// The frame of a resource of its own.
    pub fn of(ids: Ids, resource: Option<JsObject>, store: JsValue) -> Self {
        Self::scope(store, Some(ids), resource, true)
    }

    /// A frame with the ids of a resource, of which hooks don't hear.
    pub fn note_of(ids: Ids, resource: JsObject, store: JsValue) -> Self {
        Self::scope(store, Some(ids), Some(resource), false)
    }

    fn scope(store: JsValue, ids: Option<Ids>, resource: Option<JsObject>, told: bool) -> Self {
        Self(Some(Gc::new(Scope {
            store,
            ids,
            resource: GcRefCell::new(resource),
            told,
        })))
    }

    /// The same without a store.
    pub fn without_store(&self) -> Self {
        match &self.0 {
            Some(scope) if scope.ids.is_some() => Self::scope(
                JsValue::undefined(),
                scope.ids,
                scope.resource.borrow().clone(),
                scope.told,
            ),
            _ => Self::default(),
        }
    }

    /// The stores: a map of AsyncLocalStorage to store, or `undefined`.
    pub fn store(&self) -> JsValue {
        self.0
            .as_ref()
            .map_or_else(JsValue::undefined, |scope| scope.store.clone())
    }

    /// The ids, where it has any.
    pub fn ids(&self) -> Option<Ids> {
        self.0.as_ref().and_then(|scope| scope.ids)
    }

    /// Whether it is a resource's, of whose callbacks hooks hear.
    pub fn is_told(&self) -> bool {
        self.0.as_ref().is_some_and(|scope| scope.told)
    }

    /// What `executionAsyncResource()` returns in it.
    pub fn resource(&self, make: impl FnOnce() -> JsObject) -> JsObject {
        let Some(scope) = &self.0 else {
            return make();
        };
        if let Some(resource) = scope.resource.borrow().as_ref() {
            return resource.clone();
        }
        let made = make();
        *scope.resource.borrow_mut() = Some(made.clone());
        made
    }
}

/// The current frame of a runtime, and the source of ids.
#[derive(Default)]
pub struct AsyncContext {
    current: RefCell<Frame>,
    /// Whether frames mean anything: a store was set, or an id asked for.
    active: Cell<bool>,
    /// Whether each resource gets an id.
    tracking: Cell<bool>,
    /// Whether the main script runs.
    main: Cell<bool>,
    /// How many ids were given after the main script's.
    given: Cell<u64>,
    main_resource: RefCell<Option<JsObject>>,
    /// Which built-in channels of `diagnostics_channel` somebody listens to, one bit each.
    pub channels: Cell<u32>,
    /// Who listens.
    pub hooks: Hooks,
}

impl AsyncContext {
    /// The frame to restore when a callback that is scheduled now is called: what is current. For what isn't a resource of
    /// its own.
    #[inline]
    pub fn capture(&self) -> Frame {
        if !self.active.get() {
            return Frame::default();
        }
        self.note()
    }

    #[cold]
    fn note(&self) -> Frame {
        let current = self.current.borrow().clone();
        if current.is_told() {
            return Frame::scope(
                current.store(),
                current.ids(),
                Some(self.resource_of(&current)),
                false,
            );
        }
        current
    }

    fn resource_of(&self, frame: &Frame) -> JsObject {
        frame.resource(JsObject::with_null_proto)
    }

    /// The frame of a resource that is made now, with an id of its own where ids are kept. `init` hooks hear of it.
    #[inline]
    pub fn resource(
        &self,
        kind: &'static str,
        resource: Option<&JsObject>,
        context: &mut Context,
    ) -> Frame {
        if !self.tracking.get() {
            return self.capture();
        }
        self.announce(kind, resource, context)
    }

    #[cold]
    fn announce(&self, kind: &str, resource: Option<&JsObject>, context: &mut Context) -> Frame {
        let ids = Ids {
            id: self.new_id(),
            trigger: self.ids().id,
        };
        let resource = match resource {
            Some(object) => object.clone(),
            None => JsObject::with_object_proto(context.intrinsics()),
        };
        let frame = Frame::of(ids, Some(resource.clone()), self.get());
        self.hooks.init(kind, ids, &resource, context);
        frame
    }

    /// The stores that are current.
    pub fn get(&self) -> JsValue {
        self.current.borrow().store()
    }

    /// Makes other stores current and returns those before.
    pub fn set(&self, store: JsValue) -> JsValue {
        if !self.active.get() {
            if store.is_undefined() {
                return store;
            }
            self.active.set(true);
        }
        let before = self.current.borrow().clone();
        let next = match &before.0 {
            None if store.is_undefined() => Frame::default(),
            None => Frame::scope(store, None, None, false),
            Some(scope) => Frame::scope(
                store,
                scope.ids,
                scope.resource.borrow().clone(),
                scope.told,
            ),
        };
        self.current.replace(next);
        before.store()
    }

    /// Calls with a frame as the current one; hooks hear of it when it is a resource's.
    #[inline]
    pub fn run<T>(
        &self,
        frame: &Frame,
        context: &mut Context,
        call: impl FnOnce(&mut Context) -> T,
    ) -> T {
        if !self.active.get() {
            let result = call(context);
            if self.active.get() {
                self.leave_late(context);
            }
            return result;
        }
        let before = self.current.replace(frame.clone());
        if frame.is_told() {
            self.hooks.tell(Event::Before, frame, context);
        }
        let result = call(context);
        if frame.is_told() {
            self.hooks.tell(Event::After, frame, context);
        }
        self.current.replace(before);
        result
    }

    /// The same for the main script.
    pub fn run_main<T>(&self, context: &mut Context, call: impl FnOnce(&mut Context) -> T) -> T {
        let before = self.main.replace(true);
        let result = call(context);
        self.main.set(before);
        result
    }

    /// Ends a callback that began before anything here was in use.
    #[cold]
    fn leave_late(&self, context: &mut Context) {
        let current = self.current.take();
        if !self.main.get() && current.ids().is_some() {
            self.current.replace(current.clone());
            self.hooks.tell(Event::After, &current, context);
            self.current.take();
        }
    }

    /// Whether a store is set now.
    fn has_store(&self) -> bool {
        self.active.get() && !self.current.borrow().store().is_undefined()
    }

    /// Whether frames mean anything.
    pub fn is_active(&self) -> bool {
        self.active.get()
    }

    /// Whether each resource gets an id.
    pub fn is_tracking(&self) -> bool {
        self.tracking.get()
    }

    /// From here on each resource gets an id. Costs an allocation a resource, and can't be taken back.
    pub fn track(&self) {
        self.active.set(true);
        self.tracking.set(true);
    }

    /// From here on frames mean something, whoever asks for ids.
    pub fn track_scopes(&self) {
        self.active.set(true);
    }

    /// Takes the next id.
    pub fn new_id(&self) -> u64 {
        self.given.set(self.given.get() + 1);
        self.given.get() + 1
    }

    /// The ids of what runs. A callback that was scheduled before ids were kept gets one now.
    pub fn ids(&self) -> Ids {
        if let Some(ids) = self.current.borrow().ids() {
            return ids;
        }
        if self.main.get() {
            return Ids::MAIN;
        }
        self.active.set(true);
        let ids = Ids {
            id: self.new_id(),
            trigger: 0,
        };
        let frame = Frame::scope(self.get(), Some(ids), None, false);
        self.current.replace(frame);
        ids
    }

    /// `executionAsyncResource()`
    pub fn current_resource(&self, context: &Context) -> JsObject {
        let make = || JsObject::with_object_proto(context.intrinsics());
        let ids = self.ids();
        let current = self.current.borrow().clone();
        if current.ids().is_some() && ids != Ids::UNKNOWN {
            return current.resource(make);
        }
        self.main_resource
            .borrow_mut()
            .get_or_insert_with(make)
            .clone()
    }

    /// The frame that is current.
    pub fn current(&self) -> Frame {
        self.current.borrow().clone()
    }

    /// Makes a frame current for the rest of a job; returns the one before.
    pub fn enter(&self, frame: Frame) -> Frame {
        self.current.replace(frame)
    }

    /// The frame of a job of promises before it is known whose it is.
    pub fn unknown(&self) -> Frame {
        Frame::scope(JsValue::undefined(), Some(Ids::UNKNOWN), None, false)
    }

    /// The frame of a reaction while no hook hears of promises: the stores alone.
    pub fn stores_only(&self) -> Option<Frame> {
        self.has_store()
            .then(|| Frame::scope(self.get(), Some(Ids::UNKNOWN), None, false))
    }

    /// Forgets everything, when the runtime goes.
    pub fn clear(&self) {
        self.current.take();
        self.main_resource.take();
        self.hooks.clear();
    }
}

/// Hooks hear that a resource is gone, in a later turn.
#[inline]
pub fn destroyed(state: &State, frame: &Frame) {
    if !state.async_context.hooks.wants(Event::Destroy) || !frame.is_told() {
        return;
    }
    if let Some(ids) = frame.ids() {
        state.async_context.hooks.queue_destroy(ids.id);
        state.async_context.hooks.see_to_destroys(state);
    }
}
