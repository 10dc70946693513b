//! From an event of the loop to whoever owns the handle.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsResult};
use ouro_loop::{Event, HandleId};
use rustc_hash::FxHashMap;

use super::{
    State,
    async_context::{Frame, destroyed},
    door,
};

/// The owner of a handle of the loop: a socket, a listener, a timer queue.
///
/// While it is registered it lives, and with it the script objects that it holds: collection never closes a live handle.
pub trait Owner {
    /// Acts on an event of the handle. Called inside the door, in the frame of [`frame`](Owner::frame).
    ///
    /// # Errors
    /// What script throws, which the door reports as an uncaught exception.
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()>;

    /// The async context that the resource was made in.
    fn frame(&self) -> Frame {
        Frame::default()
    }

    /// Whether the resource of that context is over after the event.
    fn ends_with(&self, event: &Event) -> bool {
        matches!(event, Event::Closed(_))
    }

    /// The async context for one event: that of the request which it ends, else that of the resource.
    fn frame_for(&self, _: &Event) -> Frame {
        self.frame()
    }

    /// The runtime ends: lets go of what it holds of the heap. Objects in which script keeps the owner would keep each other.
    fn let_go(&self) {}
}

/// Who owns which handle.
#[derive(Default)]
pub struct Owners {
    table: RefCell<FxHashMap<u64, Rc<dyn Owner>>>,
}

impl Owners {
    /// Registers the owner of a handle; replaces the one before.
    pub fn set(&self, id: HandleId, owner: Rc<dyn Owner>) {
        self.table.borrow_mut().insert(id.to_u64(), owner);
    }

    /// Takes a handle's owner away; events of it are dropped from here on.
    pub fn remove(&self, id: HandleId) -> Option<Rc<dyn Owner>> {
        self.table.borrow_mut().remove(&id.to_u64())
    }

    fn get(&self, id: HandleId) -> Option<Rc<dyn Owner>> {
        self.table.borrow().get(&id.to_u64()).cloned()
    }

    pub(super) fn clear(&self) {
        let table = std::mem::take(&mut *self.table.borrow_mut());
        for owner in table.values() {
            owner.let_go();
        }
    }
}

/// Delivers one event through the door.
pub fn dispatch(event: Event, context: &mut Context) {
    let id = event.handle();
    let state = State::of(context);
    let closed = matches!(event, Event::Closed(_));
    if let Some(owner) = state.owners.get(id) {
        let frame = owner.frame_for(&event);
        let ends = owner.ends_with(&event);
        door::enter(&frame, context, |context| owner.on_event(event, context));
        if ends {
            destroyed(&state, &frame);
        }
    }
    if closed {
        state.owners.remove(id);
    }
}
