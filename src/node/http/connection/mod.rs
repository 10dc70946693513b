//! A server's connection: the protocol, its exchanges and the socket put together.
//!
//! It reads and parses (`input`), hands each request to script with one call (`requests`), and collects what the responses write
//! until the door closes, when all of it goes out with one call on the system (`output`). `ending` is how it comes to its end.
//! Script can get at the `net.Socket` at any time (`socket`): it is made then, over the same handle.

mod ending;
mod input;
mod output;
mod requests;
mod socket;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use boa_engine::{Context, JsObject, JsResult, js_string};
use ouro_loop::{Event, HandleId};

use super::{
    exchange::Exchanges,
    help,
    protocol::{Decoder, ParseError, Role},
    server::Server,
};
use crate::{
    node::net::Stream,
    runtime::{State, async_context::Frame, dispatch::Owner},
};

pub use socket::{connect_script, current_message};

/// Unsent bytes above which no more requests are read, and writers are asked to wait.
pub const HIGH_WATER_MARK: usize = 64 * 1024;
/// Requests that may wait for the responses before theirs.
const MAX_PIPELINED: usize = 1024;
/// Nothing is held back.
const NOTHING: usize = usize::MAX;

/// What carries the bytes.
enum Transport {
    Handle(HandleId),
    /// A stream of script: `server.emit('connection', stream)`.
    Script(JsObject),
    Closed,
}

/// What the connection is waiting for, as far as timeouts care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The first request.
    Fresh,
    /// Another request, after one was answered.
    Idle,
    /// The same, for so long that the program was told.
    Told,
    /// The rest of a head.
    Head,
    /// The rest of a body.
    Body,
    /// The application.
    Answer,
}

/// A connection of a server.
pub struct Connection {
    server: Rc<Server>,
    server_object: RefCell<Option<JsObject>>,
    transport: RefCell<Transport>,
    decoder: RefCell<Decoder>,
    exchanges: RefCell<Exchanges>,
    next_number: Cell<u64>,
    /// The request whose body is arriving.
    receiving: RefCell<Option<JsObject>>,
    /// What may be sent, in order.
    out: RefCell<Vec<u8>>,
    /// Where in `out` a head begins that waits for its body.
    held: Cell<usize>,
    /// Bytes that were read and not parsed yet.
    unread: RefCell<Vec<u8>>,
    /// Reading goes on.
    reading: Cell<bool>,
    /// `feed` is on the stack.
    feeding: Cell<bool>,
    /// Nothing more is parsed: the connection ends or has left HTTP.
    finished: Cell<bool>,
    /// What the decoder said of bytes that are no request; it says the same of all that follow.
    failed: Cell<Option<ParseError>>,
    /// Script wants to see what is read: it goes through the socket's stream, and comes back from there.
    tapped: Cell<bool>,
    /// The connection ends when all is sent.
    ending: Cell<bool>,
    /// A write is queued in the loop.
    sending: Cell<bool>,
    /// Bytes that were read wait for the door to close, to be parsed then.
    feed_later: Cell<bool>,
    /// A response waits for 'drain'.
    wants_drain: Cell<bool>,
    /// It is on the list of those that flush when the door closes.
    leaving: Cell<bool>,
    stream: RefCell<Option<Rc<Stream>>>,
    socket: RefCell<Option<JsObject>>,
    /// Read and written while there was no socket to count them.
    bytes: Cell<(usize, usize)>,
    phase: Cell<Phase>,
    since: Cell<u64>,
    index: Cell<usize>,
    /// The server's count includes it, and no socket takes it off.
    counted: Cell<bool>,
    frame: Frame,
    myself: Weak<Connection>,
}

impl Connection {
    fn new(
        server: &Rc<Server>,
        object: &JsObject,
        transport: Transport,
        context: &mut Context,
    ) -> Rc<Self> {
        let state = State::of(context);
        let frame = state.async_context.resource("TCPWRAP", None, context);
        let connection = Rc::new_cyclic(|myself| Self {
            server: server.clone(),
            server_object: RefCell::new(Some(object.clone())),
            transport: RefCell::new(transport),
            decoder: RefCell::new(Decoder::new(Role::Server, server.limits())),
            exchanges: RefCell::default(),
            next_number: Cell::new(0),
            receiving: RefCell::default(),
            out: RefCell::default(),
            held: Cell::new(NOTHING),
            unread: RefCell::default(),
            reading: Cell::new(true),
            feeding: Cell::new(false),
            finished: Cell::new(false),
            failed: Cell::new(None),
            tapped: Cell::new(false),
            ending: Cell::new(false),
            sending: Cell::new(false),
            feed_later: Cell::new(false),
            wants_drain: Cell::new(false),
            leaving: Cell::new(false),
            stream: RefCell::default(),
            socket: RefCell::default(),
            bytes: Cell::new((0, 0)),
            phase: Cell::new(Phase::Fresh),
            since: Cell::new(state.event_loop.now()),
            index: Cell::new(0),
            counted: Cell::new(false),
            frame,
            myself: myself.clone(),
        });
        connection
            .index
            .set(server.add(connection.clone(), context));
        connection
    }

    /// Takes a fresh connection of the loop.
    pub fn open(
        server: &Rc<Server>,
        object: &JsObject,
        id: HandleId,
        context: &mut Context,
    ) -> std::io::Result<()> {
        let state = State::of(context);
        let connection = Self::new(server, object, Transport::Handle(id), context);
        server.count();
        connection.counted.set(true);
        state.owners.set(id, connection);
        state.event_loop.read_start(id)
    }

    fn me(&self) -> Rc<Self> {
        self.myself
            .upgrade()
            .expect("a method runs only on a living connection")
    }

    /// The server's record.
    pub fn server(&self) -> &Rc<Server> {
        &self.server
    }

    /// What it waits for, and since when.
    pub fn waiting(&self) -> (Phase, u64) {
        (self.phase.get(), self.since.get())
    }

    fn enter_phase(&self, phase: Phase, context: &Context) {
        self.phase.set(phase);
        self.since.set(State::of(context).event_loop.now());
        if phase != Phase::Answer {
            self.server.watch(phase, context);
        }
    }

    /// Whether it has nothing to do but to wait for another request.
    pub fn is_idle(&self) -> bool {
        self.exchanges.borrow().is_empty()
            && matches!(self.phase.get(), Phase::Fresh | Phase::Idle | Phase::Told)
            && !self.decoder.borrow().is_inside()
    }

    /// Whether it is over.
    pub fn is_closed(&self) -> bool {
        matches!(*self.transport.borrow(), Transport::Closed)
    }

    /// Whether it is over, or its transport is being closed.
    pub fn is_leaving(&self, context: &Context) -> bool {
        match *self.transport.borrow() {
            Transport::Handle(id) => State::of(context).event_loop.is_closing(id),
            Transport::Script(_) => false,
            Transport::Closed => true,
        }
    }

    fn handle(&self) -> Option<HandleId> {
        match *self.transport.borrow() {
            Transport::Handle(id) => Some(id),
            Transport::Script(_) | Transport::Closed => None,
        }
    }

    /// Counts bytes, for `socket.bytesRead` and `socket.bytesWritten`.
    fn count(&self, read: usize, written: usize) {
        match self.stream.borrow().as_ref() {
            Some(stream) => stream.count(read, written),
            None => {
                let (before, after) = self.bytes.get();
                self.bytes.set((before + read, after + written));
            }
        }
    }
}

impl Owner for Connection {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        match event {
            Event::Readable(id) => self.readable(id, context),
            Event::Wrote { tag: 0, result, .. } => {
                self.sending.set(false);
                if result.is_err() {
                    self.close(context);
                    return Ok(());
                }
                if self.wants_drain.replace(false) {
                    let response = self
                        .exchanges
                        .borrow_mut()
                        .first_mut()
                        .map(|exchange| exchange.response.clone());
                    if let Some(response) = response {
                        help(js_string!("drain"), &[response.into()], context)?;
                    }
                }
                self.want_more(context);
                Ok(())
            }
            Event::Closed(_) => {
                let stream = self.stream.take();
                if let Some(stream) = stream {
                    stream.set_companion(None);
                    stream.on_event(event, context)?;
                }
                self.closed(context)
            }
            Event::Shutdown { id, result } => {
                let stream = self.stream.borrow().clone();
                match stream {
                    Some(stream) => stream.on_event(Event::Shutdown { id, result }, context),
                    None => {
                        let _ = State::of(context).event_loop.close(id);
                        Ok(())
                    }
                }
            }
            event => {
                let stream = self.stream.borrow().clone();
                match stream {
                    Some(stream) => stream.on_event(event, context),
                    None => Ok(()),
                }
            }
        }
    }

    fn frame(&self) -> Frame {
        self.frame.clone()
    }

    fn let_go(&self) {
        drop(self.server_object.take());
        drop(self.receiving.take());
        drop(self.exchanges.take());
        drop(self.socket.take());
        if let Some(stream) = self.stream.take() {
            stream.let_go();
        }
    }
}
