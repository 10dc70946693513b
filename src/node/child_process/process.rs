//! A running child as script holds it: `child._handle`.

use std::{cell::Cell, cell::RefCell, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::JsArray,
};
use ouro_loop::{ChildStdio, Event, HandleId};

use super::options::{self, signal_name};
use crate::{
    engine::native::Natives,
    node::{errors::system::errno_of, net::Stream},
    runtime::{
        State,
        access::{self, Operation},
        async_context::Frame,
        dispatch::Owner,
    },
};

const ESRCH: i32 = -3;

/// The state behind the object.
struct Process {
    id: Cell<Option<HandleId>>,
    /// Called with the exit code and the signal's name.
    onexit: RefCell<Option<JsObject>>,
    frame: Frame,
}

#[derive(Clone, Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] Rc<Process>);

#[derive(Default)]
struct Slot {
    prototype: RefCell<Option<JsObject>>,
}

impl Owner for Process {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        let Event::Exit { id, status } = event else {
            return Ok(());
        };
        self.id.set(None);
        let _ = State::of(context).event_loop.close(id);
        let code = if status.signal == 0 {
            status.code.into()
        } else {
            JsValue::null()
        };
        match self.onexit.take() {
            Some(onexit) => onexit
                .call(
                    &JsValue::undefined(),
                    &[code, signal_name(status.signal)],
                    context,
                )
                .map(drop),
            None => Ok(()),
        }
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }

    fn let_go(&self) {
        drop(self.onexit.take());
    }
}

/// `spawn(onexit, options)`: `{ errno, handle, stdio }`, where `stdio` has a stream handle for each pipe. A child that
/// could not start has pipes too, whose other ends are closed.
pub fn spawn(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let onexit = args.get_or_undefined(0).as_object();
    let given = args.get_or_undefined(1).to_object(context)?;
    let (options, _) = options::read(&given, context)?;
    access::check(
        Operation::ChildProcess(&options.program.to_string_lossy()),
        context,
    )?;
    let state = State::of(context);
    let (errno, handle, ends) = match state.event_loop.spawn(&options) {
        Ok(child) => {
            let process = Rc::new(Process {
                id: Cell::new(Some(child.id)),
                onexit: RefCell::new(onexit),
                frame: state.async_context.resource("PROCESSWRAP", None, context),
            });
            state.owners.set(child.id, process.clone());
            let prototype = prototype(context);
            let object = JsObject::new(context.root_shape(), prototype, Handle(process)).upcast();
            object.create_data_property_or_throw(js_string!("pid"), child.pid, context)?;
            (0, object.into(), child.stdio)
        }
        Err(error) => {
            let ends = options.stdio.iter().map(|stdio| {
                (*stdio == ChildStdio::Pipe)
                    .then(|| dead_end(&state))
                    .flatten()
            });
            (errno_of(&error), JsValue::undefined(), ends.collect())
        }
    };
    let mut stdio = Vec::with_capacity(ends.len());
    for end in ends {
        stdio.push(match end {
            Some(id) => Stream::adopt(id, None, context).object(context).into(),
            None => JsValue::undefined(),
        });
    }
    let stdio = JsArray::from_iter(stdio, context);
    Ok(Natives::new(context)
        .value("errno", errno)
        .value("handle", handle)
        .value("stdio", stdio)
        .build()
        .into())
}

/// A stream whose peer is gone.
fn dead_end(state: &State) -> Option<HandleId> {
    let (end, gone) = state.event_loop.stream_pair().ok()?;
    // It is fresh and open, so closing it can't fail.
    let _ = state.event_loop.close(gone);
    Some(end)
}

fn prototype(context: &mut Context) -> JsObject {
    let slot = State::of(context).slot::<Slot>();
    if let Some(prototype) = slot.prototype.borrow().as_ref() {
        return prototype.clone();
    }
    let prototype = Natives::new(context)
        .function("kill", 1, kill)
        .function("close", 0, close)
        .function("ref", 0, |this, _, context| set_ref(this, true, context))
        .function("unref", 0, |this, _, context| set_ref(this, false, context))
        .function("hasRef", 0, has_ref)
        .build();
    slot.prototype.replace(Some(prototype.clone()));
    prototype
}

fn this_process(this: &JsValue) -> Option<Rc<Process>> {
    let object = this.as_object()?;
    let handle = object.downcast_ref::<Handle>()?;
    Some(handle.0.clone())
}

fn this_id(this: &JsValue) -> Option<HandleId> {
    this_process(this)?.id.get()
}

/// `kill(signal)`: 0, or an error number.
fn kill(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let signal = args.get_or_undefined(0).to_i32(context)?;
    let Some(id) = this_id(this) else {
        return Ok(ESRCH.into());
    };
    let killed = State::of(context).event_loop.kill(id, signal);
    Ok(killed.map_or_else(|error| errno_of(&error), |()| 0).into())
}

fn close(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(process) = this_process(this) {
        process.onexit.take();
        if let Some(id) = process.id.take() {
            let _ = State::of(context).event_loop.close(id);
        }
    }
    Ok(JsValue::undefined())
}

fn set_ref(this: &JsValue, referenced: bool, context: &Context) -> JsResult<JsValue> {
    if let Some(id) = this_id(this) {
        let _ = State::of(context).event_loop.set_ref(id, referenced);
    }
    Ok(JsValue::undefined())
}

fn has_ref(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let referenced = this_id(this).and_then(|id| State::of(context).event_loop.has_ref(id).ok());
    Ok(referenced.unwrap_or(false).into())
}
