//! `net`: sockets and servers on the loop's streams and listeners.
//!
//! The script half keeps what Node's classes promise; here are the handles behind them (`socket._handle`, `server._handle`).

pub mod address;
mod bound;
pub mod flow;
mod handle;
mod listener;
mod members;
mod open;
mod read_buffer;

use std::cell::{Cell, OnceCell, RefCell};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue};

use crate::{engine::native::Natives, runtime::State};

pub use flow::arrived;
pub use handle::{Companion, Stream, finish, unsent};
pub use listener::{Accept, Listener, park};
pub use read_buffer::{READ_BYTES, ReadBuffer};

/// What the module keeps for each runtime.
#[derive(Default)]
pub struct Slot {
    /// The functions that script gave to `setCallbacks`.
    callbacks: RefCell<Option<JsObject>>,
    /// What the script half gave to `defineFlow`.
    flow: OnceCell<flow::Flow>,
    /// Who reads bytes of sockets without chunks.
    reader: OnceCell<ByteReader>,
    /// Whether any socket reads into a buffer of the program's.
    receivers: Cell<bool>,
    stream_prototype: RefCell<Option<JsObject>>,
    listener_prototype: RefCell<Option<JsObject>>,
    /// Where reads go first. It isn't there while somebody reads.
    buffer: Cell<ReadBuffer>,
}

/// A listener of 'data' that needs no chunks: where it is all that listens, it gets the bytes as they lie in the read buffer.
pub struct ByteReader {
    /// The function that listens.
    pub listener: JsObject,
    /// Who reads a socket, if that is known without running script.
    pub of: fn(&JsObject) -> Option<JsObject>,
    /// Keeps bytes, without running script.
    pub keep: fn(&JsObject, &[u8]),
    /// Reads what was kept.
    pub read: fn(&JsObject, &mut Context) -> JsResult<()>,
}

impl Slot {
    /// Says who reads bytes; the first one stays.
    pub fn set_reader(&self, reader: ByteReader) {
        let _ = self.reader.set(reader);
    }

    /// Lends the read buffer.
    pub fn with_buffer<R>(&self, read: impl FnOnce(&mut ReadBuffer) -> R) -> R {
        let mut buffer = self.buffer.take();
        let result = read(&mut buffer);
        self.buffer.set(buffer);
        result
    }
}

/// `binding('net')`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let (select, attempt) = {
        let options = &State::of(context).options;
        (
            options.network_family_autoselection,
            options.network_family_attempt_timeout,
        )
    };
    Ok(Natives::new(context)
        .value("autoSelectFamily", select)
        .value("autoSelectFamilyAttemptTimeout", attempt)
        .function("setCallbacks", 1, set_callbacks)
        .function("defineFlow", 2, flow::define)
        .function("expectReceivers", 0, flow::expect_receivers)
        .function(
            "showListeners",
            1,
            crate::node::events::table::define_for_sockets,
        )
        .function("isIP", 1, address::is_ip)
        .function("isIPv4", 1, address::is_ipv4)
        .function("isIPv6", 1, address::is_ipv6)
        .function("makeHandle", 1, open::make_handle)
        .function("connectTcp", 5, open::connect_tcp)
        .function("connectPipe", 2, open::connect_pipe)
        .function("openFd", 2, open::open_fd)
        .function("listenTcp", 6, listener::listen_tcp)
        .function("listenPipe", 3, listener::listen_pipe)
        .function("bindTcp", 4, bound::bind_tcp)
        .function("bindPipe", 1, bound::bind_pipe)
        .function("listenFd", 2, listener::listen_fd)
        .function("isListener", 1, listener::is_listener)
        .build())
}

fn set_callbacks(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let slot = State::of(context).slot::<Slot>();
    slot.callbacks.replace(args.get_or_undefined(0).as_object());
    Ok(JsValue::undefined())
}

/// Calls one of the functions of `setCallbacks`. Without them there is no socket that could want to know.
pub(super) fn call_back(
    name: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let callbacks = State::of(context).slot::<Slot>().callbacks.borrow().clone();
    let Some(callbacks) = callbacks else {
        return Ok(JsValue::undefined());
    };
    match callbacks.get(name, context)?.as_callable() {
        Some(function) => function.call(&JsValue::undefined(), args, context),
        None => Ok(JsValue::undefined()),
    }
}
