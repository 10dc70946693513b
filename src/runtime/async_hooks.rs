//! Whoever listens to the lives of resources: the hooks of `async_hooks`, and those of `v8.promiseHooks`. Both are lists in
//! script; here is what calls them, and a set of bits that says which events anybody wants.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/async_hooks.html#class-asynchook>

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsString, JsValue};

use super::{
    State,
    async_context::{Frame, Ids},
};
use crate::node::timers;

/// What can be heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Event {
    Init = 1,
    Before = 2,
    After = 4,
    Destroy = 8,
    Resolve = 16,
}

/// How many bits of the set are those of `v8.promiseHooks`, after those of `async_hooks`.
const PROMISE_SHIFT: u32 = 8;

/// The script functions that call the hooks; each catches what its hooks throw.
#[derive(Clone)]
pub struct Callers {
    pub init: JsObject,
    pub before: JsObject,
    pub after: JsObject,
    pub destroy: JsObject,
    pub resolve: JsObject,
}

/// Ids of resources that are gone, and that nobody has been told of. Finalizers write here.
#[derive(Default)]
pub struct Gone(Cell<Vec<u64>>);

impl Gone {
    /// Adds one.
    pub fn push(&self, id: u64) {
        let mut ids = self.0.take();
        ids.push(id);
        self.0.set(ids);
    }

    fn take(&self) -> Vec<u64> {
        self.0.take()
    }

    fn is_empty(&self) -> bool {
        let ids = self.0.take();
        let empty = ids.is_empty();
        self.0.set(ids);
        empty
    }
}

/// The hooks of one runtime.
#[derive(Default)]
pub struct Hooks {
    /// The events that some hook wants, the bits of [`Event`]; those of promises alone are eight bits further.
    wanted: Cell<u16>,
    callers: RefCell<Option<Callers>>,
    promise_callers: RefCell<Option<Callers>>,
    gone: Rc<Gone>,
    turning: Cell<bool>,
}

impl Hooks {
    /// Whether some hook of `async_hooks` wants an event.
    #[inline]
    pub fn wants(&self, event: Event) -> bool {
        self.wanted.get() & event as u16 != 0
    }

    fn promises_want(&self, event: Event) -> bool {
        (self.wanted.get() >> PROMISE_SHIFT) & event as u16 != 0
    }

    /// Whether any hook is enabled: then promises are watched.
    #[inline]
    pub fn any(&self) -> bool {
        self.wanted.get() != 0
    }

    /// Says which events the hooks of `async_hooks` want.
    pub fn set_wanted(&self, bits: u8, callers: Option<Callers>) {
        let others = self.wanted.get() & !0xff;
        self.wanted.set(others | u16::from(bits));
        if callers.is_some() {
            self.callers.replace(callers);
        }
    }

    /// Says which events those of `v8.promiseHooks` want.
    pub fn set_wanted_of_promises(&self, bits: u8, callers: Option<Callers>) {
        let others = self.wanted.get() & 0xff;
        self.wanted.set(others | (u16::from(bits) << PROMISE_SHIFT));
        if callers.is_some() {
            self.promise_callers.replace(callers);
        }
    }

    /// Where the ids of what is gone are queued; for finalizers, which may touch nothing else.
    pub fn gone(&self) -> Rc<Gone> {
        self.gone.clone()
    }

    /// Tells of a new resource.
    pub fn init(&self, kind: &str, ids: Ids, resource: &JsObject, context: &mut Context) {
        if !self.wants(Event::Init) {
            return;
        }
        let arguments = [
            number(ids.id),
            JsString::from(kind).into(),
            number(ids.trigger),
            resource.clone().into(),
        ];
        let init = self.callers.borrow().as_ref().map(|all| all.init.clone());
        call(init, &arguments, context);
    }

    /// Tells of the beginning or the end of a callback.
    pub fn tell(&self, event: Event, frame: &Frame, context: &mut Context) {
        let Some(ids) = frame.ids() else {
            return;
        };
        self.tell_id(event, ids.id, context);
    }

    /// The same of an id.
    pub fn tell_id(&self, event: Event, id: u64, context: &mut Context) {
        if !self.wants(event) {
            return;
        }
        let caller = self.callers.borrow().as_ref().map(|all| match event {
            Event::Init => all.init.clone(),
            Event::Before => all.before.clone(),
            Event::After => all.after.clone(),
            Event::Destroy => all.destroy.clone(),
            Event::Resolve => all.resolve.clone(),
        });
        call(caller, &[number(id)], context);
    }

    /// Tells the hooks of `v8.promiseHooks` of a promise.
    pub fn tell_promise(
        &self,
        event: Event,
        promise: &JsObject,
        parent: Option<&JsObject>,
        context: &mut Context,
    ) {
        if !self.promises_want(event) {
            return;
        }
        let caller = self
            .promise_callers
            .borrow()
            .as_ref()
            .map(|all| match event {
                Event::Init => all.init.clone(),
                Event::Before => all.before.clone(),
                Event::After => all.after.clone(),
                Event::Destroy => all.destroy.clone(),
                Event::Resolve => all.resolve.clone(),
            });
        let parent = parent.map_or_else(JsValue::undefined, |parent| parent.clone().into());
        call(caller, &[promise.clone().into(), parent], context);
    }

    /// Notes that a resource is gone.
    pub fn queue_destroy(&self, id: u64) {
        self.gone.push(id);
    }

    /// Sees to it that the loop comes by for what is gone.
    #[inline]
    pub fn see_to_destroys(&self, state: &State) {
        if self.wants(Event::Destroy) && !self.gone.is_empty() && !self.turning.replace(true) {
            timers::keep_turning(state);
        }
    }

    /// Forgets the hooks, when the runtime goes.
    pub fn clear(&self) {
        self.wanted.set(0);
        self.callers.take();
        self.promise_callers.take();
    }
}

/// Tells of all that is gone, and of what goes meanwhile.
pub fn tell_destroys(state: &State, context: &mut Context) {
    let hooks = &state.async_context.hooks;
    if !hooks.turning.replace(false) {
        return;
    }
    loop {
        let ids = hooks.gone.take();
        if ids.is_empty() || state.is_terminating() {
            return;
        }
        for id in ids {
            hooks.tell_id(Event::Destroy, id, context);
        }
    }
}

fn number(id: u64) -> JsValue {
    JsValue::from(id as f64)
}

fn call(caller: Option<JsObject>, arguments: &[JsValue], context: &mut Context) {
    if let Some(caller) = caller {
        // It ends the process when a hook throws: there is no error left to pass on.
        let _ = caller.call(&JsValue::undefined(), arguments, context);
    }
}
