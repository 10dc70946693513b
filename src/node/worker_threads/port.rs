//! `MessagePort`: an end of a channel with a handle of the loop, which delivers what arrives. The prototype's script half is
//! `port.js`.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/worker_threads.html#class-messageport>

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::JsArray,
};
use ouro_loop::{Event, HandleId};

use super::end::{End, Item, Posted};
use crate::{
    engine::registry,
    node::{errors, process},
    runtime::{State, async_context::Frame, dispatch::Owner, door},
    web::structured_clone::{Message, TransferList, entries},
};

/// At least so many messages are delivered in a turn, if there are so many.
const BATCH: usize = 1000;

/// What the script half has given.
#[derive(Default)]
pub struct Script {
    pub prototype: RefCell<Option<JsObject>>,
    /// Called with a new port.
    pub init: RefCell<Option<JsObject>>,
    /// Called with port, type of event, data, ports.
    pub emit: RefCell<Option<JsObject>>,
    /// Called with a port that is closed.
    pub closed: RefCell<Option<JsObject>>,
}

impl Script {
    fn call(
        function: &RefCell<Option<JsObject>>,
        args: &[JsValue],
        context: &mut Context,
    ) -> JsResult<()> {
        let function = function.borrow().clone();
        match function {
            Some(function) => function
                .call(&JsValue::undefined(), args, context)
                .map(drop),
            None => Ok(()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    Closing,
    /// Listeners hear that it is closed.
    Closed,
    Gone,
}

struct Inner {
    end: RefCell<Option<Rc<End>>>,
    handle: HandleId,
    phase: Cell<Phase>,
    referenced: Cell<bool>,
    /// Whether messages are delivered as they come.
    receiving: Cell<bool>,
}

/// The native data of a `MessagePort`.
#[derive(Clone, Trace, Finalize, JsData)]
pub struct Port(#[unsafe_ignore_trace] Rc<Inner>);

impl Port {
    /// A port for an end.
    ///
    /// # Errors
    /// When the loop has no more handles, and what the script half throws.
    pub fn make(end: Rc<End>, context: &mut Context) -> JsResult<JsObject> {
        registry::require("worker_threads/port", context)?;
        let state = State::of(context);
        let script = state.slot::<Script>();
        let prototype = script.prototype.borrow().clone();
        let (handle, waker) = state
            .event_loop
            .async_handle()
            .map_err(|error| errors::plain(errors::Base::Plain, &error.to_string(), context))?;
        let _ = state.event_loop.set_ref(handle, false);
        let port = Port(Rc::new(Inner {
            end: RefCell::new(Some(end.clone())),
            handle,
            phase: Cell::new(Phase::Open),
            referenced: Cell::new(false),
            receiving: Cell::new(false),
        }));
        let object = match prototype {
            Some(prototype) => {
                JsObject::new(context.root_shape(), prototype, port.clone()).upcast()
            }
            None => JsObject::from_proto_and_data(None, port.clone()),
        };
        let frame = state
            .async_context
            .resource("MESSAGEPORT", Some(&object), context);
        let owner = PortOwner {
            object: object.clone(),
            port,
            frame,
        };
        state.owners.set(handle, Rc::new(owner));
        Script::call(&script.init, &[object.clone().into()], context)?;
        end.attach(waker);
        Ok(object)
    }

    /// Whether it has no end any more, or soon won't have.
    pub fn is_detached(&self) -> bool {
        self.0.phase.get() != Phase::Open || self.0.end.borrow().is_none()
    }

    /// Takes the end away; the port closes with the message that it is for.
    pub fn take_end(&self) -> Option<Rc<End>> {
        if self.is_detached() {
            return None;
        }
        let end = self.0.end.borrow_mut().take()?;
        end.detach();
        Some(end)
    }

    /// Begins to close a port; what is on the way to it in this turn still arrives.
    pub fn close(object: &JsObject, context: &mut Context) {
        let Some(port) = object.downcast_ref::<Port>().map(|port| port.clone()) else {
            return;
        };
        port.begin_close(context);
    }

    fn begin_close(&self, context: &mut Context) {
        if self.0.phase.get() == Phase::Open {
            self.0.phase.set(Phase::Closing);
            // The handle is open: its phase says so.
            let _ = State::of(context).event_loop.close(self.0.handle);
        }
    }

    fn has_ref(&self) -> bool {
        self.0.referenced.get() && matches!(self.0.phase.get(), Phase::Open | Phase::Closing)
    }

    fn set_ref(&self, referenced: bool, context: &mut Context) {
        if self.0.phase.get() == Phase::Open {
            self.0.referenced.set(referenced);
            let _ = State::of(context)
                .event_loop
                .set_ref(self.0.handle, referenced);
        }
    }

    /// The next message for script, read; a close on the way is carried out.
    fn receive(&self, forced: bool, context: &mut Context) -> Option<Message> {
        let end = self.0.end.borrow().clone()?;
        match end.take(forced || self.0.receiving.get())? {
            Item::Message(message) => Some(message),
            Item::Close => {
                self.begin_close(context);
                None
            }
        }
    }
}

/// Delivers to a port, and keeps it alive until it is closed.
struct PortOwner {
    object: JsObject,
    port: Port,
    frame: Frame,
}

impl PortOwner {
    /// Each message is a callback of its own, with the queues drained after it.
    fn deliver(&self, context: &mut Context) {
        let waiting = |port: &Port| port.0.end.borrow().as_ref().map_or(0, |end| end.waiting());
        let mut left = waiting(&self.port).max(BATCH);
        let mut ran = false;
        loop {
            if ran {
                door::drain(context);
            }
            if State::of(context).is_terminating() {
                return;
            }
            if left == 0 {
                if let Some(end) = &*self.port.0.end.borrow() {
                    end.wake();
                }
                return;
            }
            left -= 1;
            let Some(message) = self.port.receive(false, context) else {
                return;
            };
            ran = true;
            door::enter(&self.frame, context, |context| self.emit(message, context));
        }
    }

    fn emit(&self, message: Message, context: &mut Context) -> JsResult<()> {
        let script = State::of(context).slot::<Script>();
        let (kind, value, ports) = match message.read(context) {
            Ok(received) => (js_string!("message"), received.value, received.ports),
            Err(error) => (
                js_string!("messageerror"),
                error.into_opaque(context)?,
                Vec::new(),
            ),
        };
        let ports = JsArray::from_iter(ports.into_iter().map(JsValue::from), context);
        let args = [self.object.clone().into(), kind.into(), value, ports.into()];
        Script::call(&script.emit, &args, context)
    }
}

impl Owner for PortOwner {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        if !matches!(event, Event::Closed(_)) {
            self.deliver(context);
            return Ok(());
        }
        self.port.0.phase.set(Phase::Closed);
        let end = self.port.0.end.borrow_mut().take();
        if let Some(end) = end {
            end.detach();
            end.leave();
        }
        let script = State::of(context).slot::<Script>();
        let told = Script::call(&script.closed, &[self.object.clone().into()], context);
        self.port.0.phase.set(Phase::Gone);
        told
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }

    fn frame_for(&self, event: &Event) -> Frame {
        match event {
            Event::Closed(_) => self.frame(),
            // Each message enters it.
            _ => Frame::default(),
        }
    }
}

fn port_of(value: &JsValue) -> Option<Port> {
    let object = value.as_object()?;
    let port = object.downcast_ref::<Port>()?;
    Some(port.clone())
}

fn this_port(this: &JsValue, context: &mut Context) -> JsResult<Port> {
    match port_of(this) {
        Some(port) => Ok(port),
        None => Err(errors::type_error("Illegal invocation", context)),
    }
}

fn not_iterable(what: &str, context: &mut Context) -> boa_engine::JsError {
    let message = format!("Optional {what} argument must be an iterable");
    errors::coded(
        "ERR_INVALID_ARG_TYPE",
        errors::Base::Type,
        &message,
        context,
    )
}

/// The second argument of `postMessage`: a list, or an object that has one.
fn transferred(list: &JsValue, context: &mut Context) -> JsResult<Vec<JsValue>> {
    if list.is_null_or_undefined() {
        return Ok(Vec::new());
    }
    let Some(options) = list.as_object() else {
        return Err(not_iterable("transferList", context));
    };
    if let Some(found) = entries(list, context)? {
        return Ok(found);
    }
    let list = options.get(js_string!("transfer"), context)?;
    if list.is_undefined() {
        return Ok(Vec::new());
    }
    match entries(&list, context)? {
        Some(found) => Ok(found),
        None => Err(not_iterable("options.transfer", context)),
    }
}

/// `port.postMessage(value[, transferList | { transfer }])`
pub fn post_message(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let port = this_port(this, context)?;
    let Some(value) = args.first() else {
        return Err(errors::coded(
            "ERR_MISSING_ARGS",
            errors::Base::Type,
            "Not enough arguments to MessagePort.postMessage",
            context,
        ));
    };
    let entries = transferred(args.get_or_undefined(1), context)?;
    let list = TransferList::check(entries, this.as_object().as_ref(), context)?;
    // A message is written, with all that comes of it, even if there is nobody to send it to.
    let message = Message::write(value, &list, context)?;
    let end = port.0.end.borrow().clone();
    let Some(end) = end.filter(|_| port.0.phase.get() == Phase::Open) else {
        return Ok(JsValue::undefined());
    };
    match end.post(message) {
        Posted::To(somebody) => Ok(somebody.into()),
        Posted::ToItself => {
            let text =
                "The target port was posted to itself, and the communication channel was lost";
            process::emit_warning(text, "Warning", None, context)?;
            Ok(true.into())
        }
    }
}

/// `port.start()`
pub fn start(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let port = this_port(this, context)?;
    if let Some(end) = &*port.0.end.borrow() {
        port.0.receiving.set(true);
        end.wake();
    }
    Ok(JsValue::undefined())
}

/// `stop(port)`: messages wait from here on.
pub fn stop(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let port = this_port(args.get_or_undefined(0), context)?;
    port.0.receiving.set(false);
    Ok(JsValue::undefined())
}

/// `port.ref()`
pub fn set_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    this_port(this, context)?.set_ref(true, context);
    Ok(JsValue::undefined())
}

/// `port.unref()`
pub fn unref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    this_port(this, context)?.set_ref(false, context);
    Ok(JsValue::undefined())
}

/// `port.hasRef()`
pub fn has_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(this_port(this, context)?.has_ref().into())
}

/// `close(port)`
pub fn close(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    this_port(args.get_or_undefined(0), context)?.begin_close(context);
    Ok(JsValue::undefined())
}

/// `state(port)`: 1 while there is a port, 2 while it isn't closing either, 0 when it is gone; `undefined` for what is no port.
pub fn state(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(match port_of(args.get_or_undefined(0)) {
        None => JsValue::undefined(),
        Some(port) => match port.0.phase.get() {
            Phase::Gone => 0.into(),
            _ if port.is_detached() => 1.into(),
            _ => 2.into(),
        },
    })
}

/// `receive(port)`: an array with the next message, if one waits.
pub fn receive(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let port = this_port(args.get_or_undefined(0), context)?;
    let Some(message) = port.receive(true, context) else {
        return Ok(JsValue::undefined());
    };
    let value = message.read(context)?.value;
    Ok(JsArray::from_iter([value], context).into())
}
