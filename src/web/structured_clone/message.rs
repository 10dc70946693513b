//! A value on its way: its bytes, and what can't be bytes beside them.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsValue,
    builtins::array_buffer::SharedArrayBuffer,
    js_string,
    object::builtins::{AlignedVec, JsArray, JsArrayBuffer, JsSharedArrayBuffer},
};

use super::{
    TransferList, data_clone_error,
    hosts::{self, Carried},
    is_attached, not_transferable,
};
use crate::{
    engine::clone::{ReadHooks, Reader, WriteHooks, Writer},
    node::worker_threads::{End, Port},
};

/// The memory of a buffer that was detached.
pub struct Moved {
    block: AlignedVec<u8>,
    /// The bound of a resizable one.
    most: Option<u64>,
}

impl Moved {
    /// Detaches a buffer.
    ///
    /// # Errors
    /// When it is detached already, or not an ArrayBuffer.
    pub fn from(buffer: &JsObject, context: &mut Context) -> JsResult<Self> {
        let resizable = buffer.get(js_string!("resizable"), context)?.to_boolean();
        let most = buffer
            .get(js_string!("maxByteLength"), context)?
            .to_length(context)?;
        let block = JsArrayBuffer::from_object(buffer.clone())?.detach(&JsValue::undefined())?;
        let most = resizable.then_some(most);
        Ok(Self { block, most })
    }

    /// A buffer with the memory.
    ///
    /// # Errors
    /// None but those of the engine.
    pub fn into_buffer(self, context: &mut Context) -> JsResult<JsObject> {
        let buffer = JsArrayBuffer::from_byte_block(self.block, context)?;
        Ok(match self.most {
            Some(most) => buffer.with_max_byte_length(most).into(),
            None => buffer.into(),
        })
    }
}

/// An object of the platform in a message.
enum Host {
    Port(Rc<End>),
    /// What its method gave, written.
    State(Vec<u8>),
    Shared(JsObject),
}

/// A value on its way.
pub struct Message {
    bytes: Vec<u8>,
    buffers: Vec<Moved>,
    shared: Vec<SharedArrayBuffer>,
    hosts: Vec<Host>,
}

/// What came out of a message.
pub struct Received {
    pub value: JsValue,
    /// The ports that were transferred.
    pub ports: Vec<JsObject>,
}

impl Message {
    /// Writes a value. What the list names is gone from here when that succeeds.
    ///
    /// # Errors
    /// `DataCloneError`, and what getters and methods throw.
    pub fn write(value: &JsValue, list: &TransferList, context: &mut Context) -> JsResult<Self> {
        let hooks = Outgoing {
            shared: RefCell::default(),
            hosts: RefCell::new(list.hosts.clone()),
        };
        let bytes = written(value, list, &hooks, context)?;
        let mut states = Vec::new();
        let mut at = 0;
        // The state of one may have others in it.
        loop {
            let Some(object) = hooks.hosts.borrow().get(at).cloned() else {
                break;
            };
            let listed = at < list.hosts.len();
            at += 1;
            if object.is::<Port>() || object.is::<Carried>() {
                states.push(Vec::new());
                continue;
            }
            let state = hosts::state_of(&object, listed, context)?;
            let state = JsArray::from_iter(state, context);
            states.push(written(&state.into(), list, &hooks, context)?);
        }
        // A getter may have detached a buffer or closed a port; nothing is gone from here yet.
        for buffer in &list.buffers {
            if !is_attached(buffer)? {
                return Err(not_transferable(context));
            }
        }
        for host in &list.hosts {
            if host
                .downcast_ref::<Port>()
                .is_some_and(|port| port.is_detached())
            {
                return Err(not_transferable(context));
            }
        }
        let mut buffers = Vec::with_capacity(list.buffers.len());
        for buffer in &list.buffers {
            buffers.push(Moved::from(buffer, context)?);
        }
        let mut hosts = Vec::with_capacity(states.len());
        for (object, state) in hooks.hosts.into_inner().into_iter().zip(states) {
            let carried = object.downcast_ref::<Carried>().map(|it| it.0.clone());
            let port = object.downcast_ref::<Port>().map(|port| port.clone());
            hosts.push(match (carried, port) {
                (Some(shared), _) => Host::Shared(shared),
                (None, Some(port)) => match port.take_end() {
                    Some(end) => {
                        Port::close(&object, context);
                        Host::Port(end)
                    }
                    None => return Err(not_transferable(context)),
                },
                (None, None) => Host::State(state),
            });
        }
        let shared = hooks.shared.into_inner();
        Ok(Self {
            bytes,
            buffers,
            shared,
            hosts,
        })
    }

    /// The ends of channels that it takes along.
    pub fn ends(&self) -> impl Iterator<Item = &Rc<End>> {
        self.hosts.iter().filter_map(|host| match host {
            Host::Port(end) => Some(end),
            Host::State(_) | Host::Shared(_) => None,
        })
    }

    /// The same for another reader; `None` if something moves with it.
    pub fn copy(&self) -> Option<Self> {
        if !self.buffers.is_empty() {
            return None;
        }
        let mut hosts = Vec::with_capacity(self.hosts.len());
        for host in &self.hosts {
            hosts.push(match host {
                Host::Port(_) => return None,
                Host::State(bytes) => Host::State(bytes.clone()),
                Host::Shared(object) => Host::Shared(object.clone()),
            });
        }
        Some(Self {
            bytes: self.bytes.clone(),
            buffers: Vec::new(),
            shared: self.shared.clone(),
            hosts,
        })
    }

    /// Reads the value.
    ///
    /// # Errors
    /// What reviving objects of the platform throws.
    pub fn read(self, context: &mut Context) -> JsResult<Received> {
        let mut ports = Vec::new();
        let mut slots = Vec::with_capacity(self.hosts.len());
        for host in self.hosts {
            slots.push(match host {
                Host::State(bytes) => Slot::Waiting(bytes),
                Host::Shared(object) => Slot::Ready(object),
                Host::Port(end) => {
                    let port = Port::make(end, context)?;
                    ports.push(port.clone());
                    Slot::Ready(port)
                }
            });
        }
        let mut buffers = Vec::with_capacity(self.buffers.len());
        for buffer in self.buffers {
            buffers.push(buffer.into_buffer(context)?);
        }
        let incoming = Incoming {
            buffers,
            shared: self.shared,
            hosts: RefCell::new(slots),
        };
        let value = incoming.read(self.bytes, context);
        match value {
            Ok(value) => Ok(Received { value, ports }),
            Err(error) => {
                for port in &ports {
                    Port::close(port, context);
                }
                Err(error)
            }
        }
    }
}

fn written(
    value: &JsValue,
    list: &TransferList,
    hooks: &Outgoing,
    context: &mut Context,
) -> JsResult<Vec<u8>> {
    let writer = Writer::default();
    for (id, buffer) in list.buffers.iter().enumerate() {
        writer.transfer(id as u32, buffer.clone());
    }
    writer.header();
    writer.value(value, hooks, context)?;
    Ok(writer.release())
}

/// What a writer finds on its way.
struct Outgoing {
    shared: RefCell<Vec<SharedArrayBuffer>>,
    /// Those of the list first, then those that were come upon.
    hosts: RefCell<Vec<JsObject>>,
}

impl WriteHooks for Outgoing {
    fn error(&self, message: &str, context: &mut Context) -> JsError {
        data_clone_error(message, context)
    }

    fn shared(&self, buffer: &JsObject, _: &mut Context) -> JsResult<Option<u32>> {
        let mut shared = self.shared.borrow_mut();
        shared.push(JsSharedArrayBuffer::from_object(buffer.clone())?.inner());
        Ok(Some(shared.len() as u32 - 1))
    }

    fn is_host_object(&self, object: &JsObject, context: &mut Context) -> bool {
        object.is::<Port>() || hosts::is_host(object, context)
    }

    fn host_object(
        &self,
        writer: &Writer,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        let known = self
            .hosts
            .borrow()
            .iter()
            .position(|known| JsObject::equals(known, object));
        let index = match known {
            Some(index) => index,
            None => {
                let port = object.is::<Port>();
                if port || !object.is::<Carried>() && !hosts::clones(object, context) {
                    if port || hosts::transfers(object, context)? {
                        let message = "Object that needs transfer was found in message but not listed in transferList";
                        return Err(data_clone_error(message, context));
                    }
                    return Err(hosts::not_cloneable(context));
                }
                let mut hosts = self.hosts.borrow_mut();
                hosts.push(object.clone());
                hosts.len() - 1
            }
        };
        writer.varint(index as u64);
        Ok(())
    }
}

/// An object of the platform while a message is read.
enum Slot {
    Waiting(Vec<u8>),
    Ready(JsObject),
    /// It is being made.
    Busy,
}

/// What a reader takes from beside the bytes.
struct Incoming {
    buffers: Vec<JsObject>,
    shared: Vec<SharedArrayBuffer>,
    hosts: RefCell<Vec<Slot>>,
}

impl Incoming {
    fn read(&self, bytes: Vec<u8>, context: &mut Context) -> JsResult<JsValue> {
        let reader = Reader::new(bytes);
        for (id, buffer) in self.buffers.iter().enumerate() {
            reader.transfer(id as u32, buffer.clone());
        }
        reader.header(context)?;
        reader.value(self, context)
    }
}

fn broken(context: &mut Context) -> JsError {
    data_clone_error("Unable to deserialize cloned data.", context)
}

impl ReadHooks for Incoming {
    fn shared(&self, id: u32, context: &mut Context) -> JsResult<JsObject> {
        match self.shared.get(id as usize).cloned() {
            Some(buffer) => Ok(JsSharedArrayBuffer::from_buffer(buffer, context).into()),
            None => Err(broken(context)),
        }
    }

    fn host_object(&self, reader: &Reader, context: &mut Context) -> JsResult<JsObject> {
        let index = reader.varint().ok_or_else(|| broken(context))? as usize;
        let slot = match self.hosts.borrow_mut().get_mut(index) {
            Some(slot) => std::mem::replace(slot, Slot::Busy),
            None => return Err(broken(context)),
        };
        let object = match slot {
            Slot::Ready(object) => object,
            Slot::Busy => return Err(broken(context)),
            Slot::Waiting(bytes) => {
                let state = self.read(bytes, context)?.to_object(context)?;
                let info = state.get(0, context)?;
                let data = state.get(1, context)?;
                hosts::revive(&info, data, context)?
            }
        };
        if let Some(slot) = self.hosts.borrow_mut().get_mut(index) {
            *slot = Slot::Ready(object.clone());
        }
        Ok(object)
    }
}
