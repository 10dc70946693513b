//! A server's connection: the protocol, its exchanges and the socket put together.
//!
//! It reads, hands each request to script with one call, and collects what the responses write until the door closes; then all of
//! it goes out with one call on the system. Script can get at the `net.Socket` of the connection at any time: it is made then,
//! over the same handle.

use std::{
    cell::{Cell, RefCell},
    io::IoSlice,
    rc::{Rc, Weak},
};

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string};
use ouro_loop::{Event, HandleId, ReadResult};

use super::{
    emit,
    exchange::{Exchange, Exchanges},
    help,
    incoming::{self, Incoming},
    listener_count,
    protocol::{Decoder, Head, Item, Method, ParseError, Role},
    response,
    server::Server,
};
use crate::{
    node::{
        buffer::{self, View},
        errors,
        net::{self, Companion, Stream},
    },
    runtime::{
        State,
        async_context::Frame,
        dispatch::Owner,
        door::Leave,
        fatal::{self, Origin},
    },
};

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
        context: &Context,
    ) -> Rc<Self> {
        let state = State::of(context);
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
            frame: state.async_context.capture(),
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

    /// Takes over a socket that script has seen already.
    fn adopt(
        server: &Rc<Server>,
        object: &JsObject,
        socket: &JsObject,
        stream: Rc<Stream>,
        id: HandleId,
        context: &mut Context,
    ) -> std::io::Result<()> {
        let state = State::of(context);
        let connection = Self::new(server, object, Transport::Handle(id), context);
        connection.socket.replace(Some(socket.clone()));
        connection.share(stream);
        state.owners.set(id, connection);
        state.event_loop.read_start(id)
    }

    fn share(self: &Rc<Self>, stream: Rc<Stream>) {
        let companion: Weak<dyn Companion> = self.myself.clone();
        stream.set_companion(Some(companion));
        self.stream.replace(Some(stream));
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
            && matches!(self.phase.get(), Phase::Fresh | Phase::Idle)
            && !self.decoder.borrow().is_inside()
    }

    /// Whether it is over.
    pub fn is_closed(&self) -> bool {
        matches!(*self.transport.borrow(), Transport::Closed)
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

    // ---- in

    fn readable(self: &Rc<Self>, id: HandleId, context: &mut Context) -> JsResult<()> {
        let state = State::of(context);
        let slot = state.slot::<net::Slot>();
        let mut buffer = slot.take_buffer();
        let result = state.event_loop.read(id, &mut buffer);
        let outcome = match result {
            ReadResult::Data(count) => {
                self.count(count, 0);
                self.feed(&buffer[..count], context);
                Ok(())
            }
            ReadResult::WouldBlock => Ok(()),
            ReadResult::Eof => self.end_of_input(context),
            ReadResult::Err(error) => self.broken(&error, context),
        };
        slot.give_buffer(buffer);
        outcome
    }

    /// Parses what has arrived, and calls script for it.
    fn feed(self: &Rc<Self>, bytes: &[u8], context: &mut Context) {
        if self.finished.get() {
            if self.handle().is_none() || !self.ending.get() {
                self.unread.borrow_mut().extend_from_slice(bytes);
            }
            return;
        }
        if self.feeding.get() || !self.unread.borrow().is_empty() {
            self.unread.borrow_mut().extend_from_slice(bytes);
            return;
        }
        self.feeding.set(true);
        let mut rest = bytes;
        while (!self.finished.get() || self.receiving.borrow().is_some()) && !self.must_wait() {
            let item = self.decoder.borrow_mut().decode(&mut rest);
            let outcome = match item {
                Ok(Item::More) => break,
                Ok(Item::Head(head)) => self.request(head, rest, context),
                Ok(Item::Data(data)) => self.body(data, context),
                Ok(Item::End(trailers)) => self.end_of_request(trailers, context),
                Err(error) => self.malformed(error, bytes, bytes.len() - rest.len(), context),
            };
            if let Err(error) = outcome {
                fatal::uncaught(error, Origin::Exception, context);
            }
        }
        self.feeding.set(false);
        if !rest.is_empty() && !self.is_closed() {
            self.unread.borrow_mut().extend_from_slice(rest);
        }
        if self.phase.get() != Phase::Head && self.decoder.borrow().is_inside_head() {
            self.enter_phase(Phase::Head, context);
        }
        if !self.unread.borrow().is_empty() && self.must_wait() {
            self.stop_reading(context);
        }
    }

    /// Whether parsing has to wait for script or for the peer.
    fn must_wait(&self) -> bool {
        if !self.reading.get() {
            return true;
        }
        let exchanges = self.exchanges.borrow();
        exchanges.len() >= MAX_PIPELINED
            || (exchanges.len() > 1
                && self.out.borrow().len() + exchanges.waiting() > HIGH_WATER_MARK)
            || (self.sending.get() && self.receiving.borrow().is_none())
    }

    fn stop_reading(&self, context: &Context) {
        self.reading.set(false);
        if let Some(id) = self.handle() {
            let _ = State::of(context).event_loop.read_stop(id);
        } else if let Transport::Script(stream) = &*self.transport.borrow() {
            // The stream's own buffer holds back its source.
            let _ = stream;
        }
    }

    /// A request's reader wants more, or a response has made room.
    pub fn want_more(&self, context: &mut Context) {
        if self.is_closed() || self.finished.get() {
            return;
        }
        if !self.reading.replace(true)
            && let Some(id) = self.handle()
        {
            let _ = State::of(context).event_loop.read_start(id);
        }
        if !self.unread.borrow().is_empty() {
            // Not now: script that asked for it, by a read or by ending a response, goes on first.
            self.feed_later.set(true);
            self.flush_later(context);
        }
    }

    fn request(self: &Rc<Self>, head: Head, rest: &[u8], context: &mut Context) -> JsResult<()> {
        let Some(server) = self.server_object.borrow().clone() else {
            return Ok(());
        };
        let traits = head.traits;
        let method = head.method;
        let version = head.version;
        let number = self.next_number.get();
        self.next_number.set(number + 1);
        self.enter_phase(Phase::Answer, context);

        let expect = if traits.expect {
            head.get(b"expect").map(<[u8]>::to_vec)
        } else {
            None
        };
        let mut upgrade = false;
        if traits.upgrade {
            upgrade = method == Method::CONNECT
                || listener_count(&server, js_string!("upgrade"), context)? > 0;
        }
        let request = self.make_request(head, upgrade, context)?;
        self.receiving.replace(Some(request.clone()));
        if upgrade {
            return self.hand_over(&server, &request, method, rest, context);
        }
        if traits.upgrade {
            // Nobody wants it: an ordinary request, with the body it announces.
        }

        let plan = response::Start {
            connection: self.clone(),
            number,
            keep_alive: traits.keep_alive,
            may_chunk: version >= (1, 1) && version.0 == 1,
            has_body: method != Method::HEAD,
            rejects_body: self.server.rejects_body(),
        };
        let response = response::make(plan, &request, context)?;
        self.exchanges.borrow_mut().push(Exchange {
            number,
            request: request.clone(),
            response: response.clone(),
            out: Vec::new(),
            done: false,
            last: false,
        });

        if version == (1, 1) && !traits.host && self.server.requires_host() {
            return help(
                js_string!("refuse"),
                &[response.into(), 400.into()],
                context,
            )
            .map(drop);
        }
        if self.server.too_many_requests(number + 1) {
            let args = [server.into(), request.into(), response.into()];
            return help(js_string!("dropRequest"), &args, context).map(drop);
        }
        if let Some(expect) = expect {
            let text = super::fields::latin1(&expect);
            let args = [server.into(), request.into(), response.into(), text.into()];
            return help(js_string!("expectation"), &args, context).map(drop);
        }
        emit(
            &server,
            js_string!("request"),
            &[request.into(), response.into()],
            context,
        )
        .map(drop)
    }

    fn make_request(&self, head: Head, upgrade: bool, context: &mut Context) -> JsResult<JsObject> {
        let mut record = Incoming {
            connection: Some(self.me()),
            max_fields: self.server.max_fields(),
            head: Some(head),
            ..Incoming::default()
        };
        if upgrade {
            record.bits |= incoming::bits::UPGRADE;
        }
        if self.server.joins_duplicates() {
            record.bits |= incoming::bits::JOIN;
        }
        let Some(class) = self.server.incoming_class() else {
            return Ok(incoming::make(record, context));
        };
        let socket = self.socket(context)?;
        let object = class.construct(std::slice::from_ref(&socket), None, context)?;
        record.socket = socket;
        record.bits |= incoming::bits::EVENTS | incoming::bits::STATE;
        let this = JsValue::from(object.clone());
        incoming::with(&this, context, |known| *known = record);
        Ok(object)
    }

    fn body(self: &Rc<Self>, bytes: &[u8], context: &mut Context) -> JsResult<()> {
        let Some(request) = self.receiving.borrow().clone() else {
            return Ok(());
        };
        if self.phase.get() == Phase::Answer {
            self.enter_phase(Phase::Body, context);
        }
        if !incoming::data(&request, bytes, context)? {
            self.stop_reading(context);
        }
        Ok(())
    }

    fn end_of_request(
        self: &Rc<Self>,
        trailers: Option<Head>,
        context: &mut Context,
    ) -> JsResult<()> {
        let Some(request) = self.receiving.take() else {
            return Ok(());
        };
        let phase = if self.exchanges.borrow().is_empty() {
            Phase::Idle
        } else {
            Phase::Answer
        };
        if self.phase.get() != phase {
            self.enter_phase(phase, context);
        }
        incoming::end(&request, trailers, context)
    }

    /// The connection leaves HTTP: a plain socket from here on, with what was read too far.
    fn hand_over(
        self: &Rc<Self>,
        server: &JsObject,
        request: &JsObject,
        method: Method,
        rest: &[u8],
        context: &mut Context,
    ) -> JsResult<()> {
        let event = if method == Method::CONNECT {
            js_string!("connect")
        } else {
            js_string!("upgrade")
        };
        let socket = self.socket(context)?;
        self.decoder.borrow_mut().hand_over();
        self.finished.set(true);
        self.receiving.replace(None);
        let first = buffer::from_slice(rest, context)?;
        self.detach(context);
        let this = JsValue::from(request.clone());
        incoming::with(&this, context, |record| {
            record.bits |= incoming::bits::COMPLETE
        });
        if listener_count(server, event.clone(), context)? == 0 {
            return help(js_string!("destroy"), &[socket], context).map(drop);
        }
        help(
            js_string!("handedOver"),
            std::slice::from_ref(&socket),
            context,
        )?;
        emit(
            server,
            event,
            &[request.clone().into(), socket, first.into()],
            context,
        )
        .map(drop)
    }

    /// Gives the handle to the socket and forgets it.
    fn detach(&self, context: &mut Context) {
        self.flush_now(context);
        let state = State::of(context);
        let stream = self.stream.borrow_mut().take();
        if let (Some(id), Some(stream)) = (self.handle(), stream) {
            let _ = state.event_loop.read_stop(id);
            stream.set_companion(None);
            state.owners.set(id, stream);
        }
        self.transport.replace(Transport::Closed);
        self.server.remove(self.index.get());
        self.server_object.replace(None);
        self.socket.replace(None);
    }

    fn malformed(
        self: &Rc<Self>,
        error: ParseError,
        packet: &[u8],
        parsed: usize,
        context: &mut Context,
    ) -> JsResult<()> {
        self.finished.set(true);
        self.receiving.replace(None);
        let Some(server) = self.server_object.borrow().clone() else {
            return Ok(());
        };
        let socket = self.socket(context)?;
        let packet = buffer::from_slice(packet, context)?;
        let args = [
            server.into(),
            socket,
            JsString::from(error.code()).into(),
            JsString::from(error.reason()).into(),
            error.status().into(),
            (parsed as f64).into(),
            packet.into(),
        ];
        help(js_string!("clientError"), &args, context).map(drop)
    }

    /// It has waited too long.
    pub fn timed_out(&self, phase: Phase, context: &mut Context) -> JsResult<()> {
        if phase == Phase::Idle {
            self.close(context);
            return Ok(());
        }
        self.finished.set(true);
        let Some(server) = self.server_object.borrow().clone() else {
            return Ok(());
        };
        let socket = self.socket(context)?;
        help(
            js_string!("requestTimedOut"),
            &[server.into(), socket],
            context,
        )
        .map(drop)
    }

    fn end_of_input(self: &Rc<Self>, context: &mut Context) -> JsResult<()> {
        self.reading.set(false);
        let socket = self.socket.borrow().clone();
        if self.finished.get() {
            if let Some(socket) = socket {
                return help(js_string!("socketEnd"), &[socket.into()], context).map(drop);
            }
            if self.exchanges.borrow().is_empty() {
                self.close(context);
            }
            return Ok(());
        }
        let outcome = self.decoder.borrow_mut().finish();
        if let Err(error) = outcome {
            return self.malformed(error, &[], 0, context);
        }
        if self.server.allows_half_open() {
            let last = self
                .exchanges
                .borrow_mut()
                .last_mut()
                .map(|last| last.last = true);
            if last.is_none() {
                self.end_soon(context);
            }
        } else {
            self.finished.set(true);
            self.abort_requests(context)?;
            self.end_soon(context);
        }
        match socket {
            Some(socket) => help(js_string!("socketEnd"), &[socket.into()], context).map(drop),
            None => Ok(()),
        }
    }

    fn broken(self: &Rc<Self>, error: &std::io::Error, context: &mut Context) -> JsResult<()> {
        self.finished.set(true);
        let errno = errors::system::errno_of(error);
        let server = self.server_object.borrow().clone();
        let listens = match &server {
            Some(server) => listener_count(server, js_string!("clientError"), context)? > 0,
            None => false,
        };
        if let (Some(server), true) = (server, listens) {
            let socket = self.socket(context)?;
            return help(
                js_string!("readError"),
                &[server.into(), socket, errno.into()],
                context,
            )
            .map(drop);
        }
        if let Some(socket) = self.socket.borrow().clone() {
            return help(js_string!("destroy"), &[socket.into()], context).map(drop);
        }
        self.close(context);
        Ok(())
    }

    fn abort_requests(&self, context: &mut Context) -> JsResult<()> {
        let requests: Vec<JsObject> = {
            let mut exchanges = self.exchanges.borrow_mut();
            let mut list = Vec::new();
            let all = exchanges.take();
            for exchange in all {
                list.push(exchange.request.clone());
                exchanges.push(exchange);
            }
            list
        };
        for request in requests {
            help(js_string!("abort"), &[request.into()], context)?;
        }
        Ok(())
    }

    // ---- out

    /// Writes to the place of a response's bytes; `false` when there is none any more.
    pub fn write(&self, number: u64, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let mut exchanges = self.exchanges.borrow_mut();
        if exchanges.is_first(number) {
            write(&mut self.out.borrow_mut());
            return true;
        }
        match exchanges.get_mut(number) {
            Some(exchange) => {
                write(&mut exchange.out);
                true
            }
            None => false,
        }
    }

    /// A head was begun at this point of the output: it waits for the first byte of its body.
    pub fn hold(&self, number: u64) {
        if self.held.get() == NOTHING && self.exchanges.borrow().is_first(number) {
            self.held.set(self.out.borrow().len());
        }
    }

    /// What was held may go.
    pub fn release(&self, number: u64, context: &Context) {
        if self.exchanges.borrow().is_first(number) {
            self.held.set(NOTHING);
        }
        self.flush_later(context);
    }

    /// How many bytes wait to be sent.
    pub fn unsent(&self, context: &Context) -> usize {
        let queued = self
            .handle()
            .and_then(|id| State::of(context).event_loop.write_queue_size(id).ok())
            .unwrap_or(0);
        queued + self.out.borrow().len() + self.exchanges.borrow().waiting()
    }

    /// How many bytes of a response nobody has taken yet. What waits for the door to close counts as taken.
    pub fn backlog(&self, number: u64, context: &Context) -> usize {
        let mut exchanges = self.exchanges.borrow_mut();
        if !exchanges.is_first(number) {
            return exchanges
                .get_mut(number)
                .map_or(0, |exchange| exchange.out.len());
        }
        drop(exchanges);
        let queued = self
            .handle()
            .and_then(|id| State::of(context).event_loop.write_queue_size(id).ok());
        queued.unwrap_or(0)
    }

    /// Whether this response's bytes go straight out.
    pub fn is_first(&self, number: u64) -> bool {
        self.exchanges.borrow().is_first(number)
    }

    /// A writer was told to wait: 'drain' follows when all is sent. Answers whether all is sent already.
    pub fn drain_later(&self, context: &mut Context) -> bool {
        self.flush_now(context);
        if self.sending.get() {
            self.wants_drain.set(true);
            return false;
        }
        true
    }

    fn flush_later(&self, context: &Context) {
        if !self.leaving.replace(true) {
            State::of(context).leaving.borrow_mut().push(self.me());
        }
    }

    /// Sends what may be sent.
    fn flush_now(&self, context: &mut Context) {
        let (ready, rest) = {
            let mut out = self.out.borrow_mut();
            let ready = self.held.get().min(out.len());
            if ready == 0 {
                return;
            }
            let rest = out.split_off(ready);
            (std::mem::take(&mut *out), rest)
        };
        if self.held.get() != NOTHING {
            self.held.set(0);
        }
        self.count(0, ready.len());
        let stream = match &*self.transport.borrow() {
            Transport::Script(stream) => Some(stream.clone()),
            _ => None,
        };
        let spare = match (self.handle(), stream) {
            (Some(id), _) => self.send(id, ready, context),
            (None, Some(stream)) => {
                let outcome = buffer::from_vec(ready, context).and_then(|chunk| {
                    help(
                        js_string!("writeTo"),
                        &[stream.into(), chunk.into()],
                        context,
                    )
                });
                if let Err(error) = outcome {
                    fatal::uncaught(error, Origin::Exception, context);
                }
                Vec::new()
            }
            (None, None) => Vec::new(),
        };
        let mut out = self.out.borrow_mut();
        if out.is_empty() && rest.is_empty() {
            *out = spare;
        } else {
            let mut rest = rest;
            rest.append(&mut out);
            *out = rest;
        }
    }

    /// Sends bytes and gives the memory back if it is worth keeping.
    fn send(&self, id: HandleId, mut bytes: Vec<u8>, context: &mut Context) -> Vec<u8> {
        const KEEP: usize = 4 * 1024;
        let state = State::of(context);
        let sent = match state.event_loop.try_write(id, &[IoSlice::new(&bytes)]) {
            Ok(sent) => sent,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => 0,
            Err(_) => {
                // The peer is gone. Reading tells the rest, unless it was over already.
                if !self.reading.get() {
                    self.close(context);
                }
                return Vec::new();
            }
        };
        if sent == bytes.len() {
            if bytes.capacity() > KEEP {
                return Vec::new();
            }
            bytes.clear();
            return bytes;
        }
        bytes.drain(..sent);
        if state.event_loop.write(id, bytes, 0).is_ok() {
            self.sending.set(true);
        }
        Vec::new()
    }

    /// A response is complete. `in_tick` says that this is announced to script, which happens in a tick.
    pub fn response_done(
        &self,
        number: u64,
        last: bool,
        in_tick: bool,
        context: &mut Context,
    ) -> JsResult<()> {
        {
            let mut exchanges = self.exchanges.borrow_mut();
            let Some(exchange) = exchanges.get_mut(number) else {
                return Ok(());
            };
            exchange.done = true;
            exchange.last |= last;
        }
        self.flush_later(context);
        loop {
            let Some(exchange) = self.exchanges.borrow_mut().pop_done() else {
                break;
            };
            self.held.set(NOTHING);
            incoming::dump(&exchange.request, in_tick, context)?;
            if exchange.last {
                self.finished.set(true);
                self.end_soon(context);
                let socket = self.socket.borrow().clone();
                if let Some(socket) = socket {
                    // Script may be watching it end.
                    self.ending.set(false);
                    self.flush_now(context);
                    help(js_string!("destroySoon"), &[socket.into()], context)?;
                }
                return Ok(());
            }
            if let Some(next) = self.exchanges.borrow_mut().first_mut() {
                self.out.borrow_mut().append(&mut next.out);
            }
        }
        if self.exchanges.borrow().is_empty() && self.receiving.borrow().is_none() {
            self.enter_phase(Phase::Idle, context);
        }
        if !self.unread.borrow().is_empty() || !self.reading.get() {
            self.want_more(context);
        }
        Ok(())
    }

    /// Ends the connection when all is sent.
    pub fn end_soon(&self, context: &Context) {
        self.ending.set(true);
        self.flush_later(context);
    }

    /// Closes the connection at once.
    pub fn close(&self, context: &mut Context) {
        self.flush_now(context);
        if let Some(socket) = self.socket.borrow().clone() {
            if let Err(error) = help(js_string!("destroy"), &[socket.into()], context) {
                fatal::uncaught(error, Origin::Exception, context);
            }
            return;
        }
        let stream = match &*self.transport.borrow() {
            Transport::Script(stream) => Some(stream.clone()),
            _ => None,
        };
        if let Some(stream) = stream {
            if let Err(error) = help(js_string!("destroy"), &[stream.into()], context) {
                fatal::uncaught(error, Origin::Exception, context);
            }
            return;
        }
        self.finished.set(true);
        if let Some(id) = self.handle() {
            let _ = State::of(context).event_loop.close(id);
        }
    }

    /// The transport is gone: whoever waits for it hears of that.
    fn closed(&self, context: &mut Context) -> JsResult<()> {
        self.transport.replace(Transport::Closed);
        self.finished.set(true);
        self.receiving.replace(None);
        self.unread.replace(Vec::new());
        let exchanges = self.exchanges.borrow_mut().take();
        let server = self.server_object.take();
        self.server.remove(self.index.get());
        let counted = self.counted.take();
        if counted {
            self.server.discount();
        }
        for exchange in exchanges {
            let args = [exchange.request.into(), exchange.response.into()];
            help(js_string!("cutOff"), &args, context)?;
        }
        let socket = self.socket.take();
        drop(socket);
        match server {
            Some(server) if counted && self.server.is_closing() => {
                help(js_string!("drained"), &[server.into()], context).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// The `net.Socket` of the connection; made on first use.
    pub fn socket(&self, context: &mut Context) -> JsResult<JsValue> {
        if let Some(socket) = self.socket.borrow().as_ref() {
            return Ok(socket.clone().into());
        }
        if let Transport::Script(stream) = &*self.transport.borrow() {
            return Ok(stream.clone().into());
        }
        let Some(id) = self.handle() else {
            // Too late for the real one.
            return help(js_string!("makeSocket"), &[], context);
        };
        let stream = Stream::beside(id, None, context);
        let (read, written) = self.bytes.get();
        stream.count(read, written);
        let handle = stream.object(context);
        self.me().share(stream.clone());
        let server = self.server_object.borrow().clone();
        let server = server.map_or_else(JsValue::undefined, JsValue::from);
        let socket = help(js_string!("makeSocket"), &[handle.into(), server], context)?;
        stream.set_socket(socket.as_object());
        self.socket.replace(socket.as_object());
        // From here on the socket takes itself off the count.
        self.counted.set(false);
        Ok(socket)
    }
}

impl Companion for Connection {
    fn flush(&self, context: &Context) {
        // Only bytes: no script runs on a handle's account.
        let ready = {
            let mut out = self.out.borrow_mut();
            let ready = self.held.get().min(out.len());
            let rest = out.split_off(ready);
            std::mem::replace(&mut *out, rest)
        };
        if ready.is_empty() {
            return;
        }
        if self.held.get() != NOTHING {
            self.held.set(0);
        }
        self.count(0, ready.len());
        let Some(id) = self.handle() else { return };
        let state = State::of(context);
        let sent = state
            .event_loop
            .try_write(id, &[IoSlice::new(&ready)])
            .unwrap_or(0);
        if sent < ready.len()
            && state
                .event_loop
                .write(id, ready[sent..].to_vec(), 0)
                .is_ok()
        {
            self.sending.set(true);
        }
    }

    fn message(&self) -> Option<JsObject> {
        let mut exchanges = self.exchanges.borrow_mut();
        exchanges
            .first_mut()
            .map(|exchange| exchange.response.clone())
    }
}

impl Leave for Connection {
    fn leave(self: Rc<Self>, context: &mut Context) {
        self.leaving.set(false);
        self.flush_now(context);
        if self.feed_later.take() && !self.feeding.get() && !self.must_wait() {
            let bytes = self.unread.take();
            self.feed(&bytes, context);
        }
        if !self.ending.get()
            || self.is_closed()
            || !self.exchanges.borrow().is_empty() && !self.finished.get()
        {
            return;
        }
        self.ending.set(false);
        let stream = match &*self.transport.borrow() {
            Transport::Script(stream) => Some(stream.clone()),
            _ => None,
        };
        if let Some(socket) = self.socket.borrow().clone().or(stream) {
            if let Err(error) = help(js_string!("destroySoon"), &[socket.into()], context) {
                fatal::uncaught(error, Origin::Exception, context);
            }
            return;
        }
        if let Some(id) = self.handle() {
            let state = State::of(context);
            if state.event_loop.shutdown(id).is_err() {
                let _ = state.event_loop.close(id);
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
}

/// `currentMessage(handle)`: the response that a connection is sending; `null` if there is none.
pub fn current_message(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let handle = args.get_or_undefined(0).as_object();
    let stream = handle.and_then(|object| {
        let handle = object.downcast_ref::<net::Handle>()?;
        Some(handle.0.clone())
    });
    let message = stream.and_then(|stream| stream.companion()?.message());
    Ok(message.map_or(JsValue::null(), JsValue::from))
}

/// `connect(server, stream)`: speaks HTTP on a stream that was emitted as a server's 'connection'. Answers the function to
/// give its chunks to (`null` for the end, `undefined` when it closed), or nothing when the loop delivers.
pub fn connect_script(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (Some(object), Some(stream)) = (
        args.get_or_undefined(0).as_object(),
        args.get_or_undefined(1).as_object(),
    ) else {
        return Ok(JsValue::undefined());
    };
    let Some(server) = Server::of(&object, context) else {
        return Ok(JsValue::undefined());
    };
    let handle = stream.get(js_string!("_handle"), context)?.as_object();
    let handle = handle.and_then(|handle| {
        handle
            .downcast_ref::<net::Handle>()
            .map(|handle| handle.0.clone())
    });
    if let Some(handle) = handle
        && let Some(id) = handle.id()
    {
        if let Err(error) = Connection::adopt(&server, &object, &stream, handle, id, context) {
            let errno = errors::system::errno_of(&error);
            return Err(errors::system::errno_exception(
                errno, "read", None, context,
            ));
        }
        return Ok(JsValue::undefined());
    }
    let connection = Connection::new(&server, &object, Transport::Script(stream), context);
    let feed = boa_engine::NativeFunction::from_copy_closure_with_captures(
        |_, args, connection: &ScriptConnection, context| {
            let connection = connection.0.clone();
            let chunk = args.get_or_undefined(0);
            if chunk.is_undefined() {
                connection.closed(context)?;
            } else if chunk.is_null() {
                connection.end_of_input(context)?;
            } else if let Some(view) = View::of(chunk, context) {
                let bytes = view.to_vec();
                connection.feed(&bytes, context);
            }
            Ok::<_, JsError>(JsValue::undefined())
        },
        ScriptConnection(connection),
    );
    let function = boa_engine::object::FunctionObjectBuilder::new(context.realm(), feed).build();
    Ok(function.into())
}

#[derive(Clone, boa_engine::Trace, boa_engine::Finalize)]
struct ScriptConnection(#[unsafe_ignore_trace] Rc<Connection>);
