//! What tells that an object was collected: a companion that is collected with it, and notes its id.

use std::{cell::Cell, rc::Rc};

use boa_engine::{Context, Finalize, JsData, JsObject, Trace};

use crate::runtime::{State, async_hooks::Gone};

/// Goes with the object that holds it. Its finalizer runs inside the collector and touches nothing but the list.
#[derive(Trace, JsData)]
pub struct Tracker {
    #[unsafe_ignore_trace]
    id: u64,
    #[unsafe_ignore_trace]
    told: Cell<bool>,
    #[unsafe_ignore_trace]
    gone: Rc<Gone>,
}

impl Tracker {
    /// An object that notes an id when it is collected.
    pub fn companion(id: u64, context: &Context) -> JsObject {
        let gone = State::of(context).async_context.hooks.gone();
        let tracker = Tracker {
            id,
            told: Cell::new(false),
            gone,
        };
        JsObject::from_proto_and_data(None, tracker)
    }

    /// Whatever comes, it has been told.
    pub fn forget(&self) {
        self.told.set(true);
    }
}

impl Finalize for Tracker {
    fn finalize(&self) {
        if !self.told.replace(true) {
            self.gone.push(self.id);
        }
    }
}
