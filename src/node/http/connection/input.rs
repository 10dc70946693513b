//! Bytes into messages: reading, parsing, and stopping when script or the peer can't keep up.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsString, js_string};
use ouro_loop::{HandleId, ReadResult};

use super::{Connection, HIGH_WATER_MARK, MAX_PIPELINED, Phase};
use crate::{
    node::{
        buffer, errors,
        http::{
            help,
            incoming::{self, Piece},
            listener_count,
            protocol::{Head, Item, ParseError},
        },
        net::{self, ReadBuffer},
    },
    runtime::{
        State,
        fatal::{self, Origin},
    },
};

impl Connection {
    pub(super) fn readable(self: &Rc<Self>, id: HandleId, context: &mut Context) -> JsResult<()> {
        let state = State::of(context);
        let slot = state.slot::<net::Slot>();
        slot.with_buffer(|buffer| match buffer.read(&state.event_loop, id) {
            ReadResult::Data(count) => {
                self.count(count, 0);
                match self.tap() {
                    Some(socket) => self.show(&socket, buffer, context),
                    None => {
                        self.feed_read(buffer, context);
                        Ok(())
                    }
                }
            }
            ReadResult::WouldBlock => Ok(()),
            ReadResult::Eof => match self.tap() {
                Some(socket) => help(js_string!("socketEnd"), &[socket.into()], context).map(drop),
                None => self.end_of_input(context),
            },
            ReadResult::Err(error) => self.broken(&error, context),
        })
    }

    /// The socket whose stream all that is read goes through.
    fn tap(&self) -> Option<JsObject> {
        let tapped = self.tapped.get() && !self.is_closed();
        self.socket.borrow().clone().filter(|_| tapped)
    }

    /// Gives what was read to the socket's stream, one of whose listeners feeds this connection.
    fn show(
        &self,
        socket: &JsObject,
        buffer: &mut ReadBuffer,
        context: &mut Context,
    ) -> JsResult<()> {
        let chunk = buffer.chunk(context)?;
        net::arrived(socket, &chunk.into(), context).map(drop)
    }

    /// Parses what was read. Where all of it is a piece of one body, script can have the memory.
    fn feed_read(self: &Rc<Self>, buffer: &mut ReadBuffer, context: &mut Context) {
        let bytes = buffer.bytes();
        let takes = self.failed.get().is_none() && !self.finished.get() && self.is_drained();
        if !takes || self.decoder.borrow().body_ahead() < bytes.len() as u64 || self.must_wait() {
            self.feed(bytes, context);
            return;
        }
        let decoded = self.decoder.borrow_mut().decode(&mut &*bytes).map(drop);
        debug_assert!(decoded.is_ok(), "any byte may be part of a body");
        self.feeding.set(true);
        if let Err(error) = self.body(Piece::Read(buffer), context) {
            fatal::uncaught(error, Origin::Exception, context);
        }
        self.feeding.set(false);
        // It may have been the last one.
        self.feed(&[], context);
    }

    /// Whether all that has arrived is parsed.
    fn is_drained(&self) -> bool {
        !self.feeding.get() && self.unread.borrow().is_empty()
    }

    /// Parses what has arrived, and calls script for it.
    pub(super) fn feed(self: &Rc<Self>, bytes: &[u8], context: &mut Context) {
        if let Some(error) = self.failed.get() {
            // Who listens for bad requests hears of each packet; all others have closed the connection.
            if let Err(error) = self.malformed(error, bytes, 0, context) {
                fatal::uncaught(error, Origin::Exception, context);
            }
            return;
        }
        if self.finished.get() {
            if self.handle().is_none() || !self.ending.get() {
                self.unread.borrow_mut().extend_from_slice(bytes);
            }
            return;
        }
        if !self.is_drained() {
            self.unread.borrow_mut().extend_from_slice(bytes);
            return;
        }
        self.feeding.set(true);
        let mut rest = bytes;
        while (!self.finished.get() || self.receiving.borrow().is_some())
            && (!self.must_wait() || self.decoder.borrow().is_ending())
        {
            let item = self.decoder.borrow_mut().decode(&mut rest);
            let outcome = match item {
                Ok(Item::More) => break,
                Ok(Item::Head(head)) => self.request(head, rest, context),
                Ok(Item::Data(data)) => self.body(Piece::Lent(data), context),
                Ok(Item::End(trailers)) => self.end_of_request(trailers, context),
                Err(error) => self.malformed(error, bytes, bytes.len() - rest.len(), context),
            };
            if let Err(error) = outcome {
                fatal::uncaught(error, Origin::Exception, context);
            }
            // One packet may have thousands of requests: what their responses come to must not wait for the last of them.
            if self.out.borrow().len() > HIGH_WATER_MARK {
                self.flush_now(context);
            }
        }
        self.feeding.set(false);
        if !rest.is_empty() && !self.is_closed() {
            self.unread.borrow_mut().extend_from_slice(rest);
        }
        if self.phase.get() != Phase::Head && self.decoder.borrow().is_inside_head() {
            self.enter_phase(Phase::Head, context);
        }
        if self.unread.borrow().is_empty() {
            return;
        }
        if self.must_wait() {
            self.stop_reading(context);
        } else if !self.finished.get() {
            // A listener has pushed bytes meanwhile.
            self.feed_later.set(true);
            self.flush_later(context);
        }
    }

    /// Whether parsing has to wait for script or for the peer.
    pub(super) fn must_wait(&self) -> bool {
        !self.reading.get() || self.is_behind()
    }

    /// Whether responses have to get on first.
    fn is_behind(&self) -> bool {
        let exchanges = self.exchanges.borrow();
        exchanges.len() >= MAX_PIPELINED
            || (exchanges.len() > 1
                && self.out.borrow().len() + exchanges.waiting() > HIGH_WATER_MARK)
            || (self.sending.get() && self.receiving.borrow().is_none())
    }

    pub(super) fn stop_reading(&self, context: &Context) {
        self.reading.set(false);
        // A stream of script's has its own buffer, which holds back its source.
        if let Some(id) = self.handle() {
            let _ = State::of(context).event_loop.read_stop(id);
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

    fn body(self: &Rc<Self>, piece: Piece<'_>, context: &mut Context) -> JsResult<()> {
        let Some(request) = self.receiving.borrow().clone() else {
            return Ok(());
        };
        if !incoming::data(&request, piece, context)? {
            self.stop_reading(context);
        }
        Ok(())
    }

    pub(super) fn end_of_request(
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
        let outcome = incoming::end(&request, trailers, context);
        if !self.reading.get() && !self.is_behind() {
            // Its reader will never ask for more.
            self.want_more(context);
        }
        outcome
    }

    pub(super) fn end_of_input(self: &Rc<Self>, context: &mut Context) -> JsResult<()> {
        self.reading.set(false);
        let socket = self.socket.borrow().clone();
        if self.finished.get() {
            if self.failed.get().is_some() {
                // Who heard of the bad request has left the connection open.
                self.end_soon(context);
            }
            if let Some(socket) = socket {
                return help(js_string!("socketEnd"), &[socket.into()], context).map(drop);
            }
            if self.exchanges.borrow().is_empty() {
                self.close(context);
            }
            return Ok(());
        }
        let outcome = self.decoder.borrow_mut().finish();
        match outcome {
            Err(error) => return self.malformed(error, &[], 0, context),
            // Only a lenient server takes a request that ends with its connection.
            Ok(Item::End(trailers)) => {
                self.end_of_request(trailers, context)?;
                self.finished.set(true);
                self.end_soon(context);
            }
            Ok(_) => {}
        }
        if self.finished.get() {
            // It ends when that request's listeners have heard.
        } else if self.server.allows_half_open() {
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

    pub(super) fn broken(
        self: &Rc<Self>,
        error: &std::io::Error,
        context: &mut Context,
    ) -> JsResult<()> {
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

    pub(super) fn malformed(
        self: &Rc<Self>,
        error: ParseError,
        packet: &[u8],
        parsed: usize,
        context: &mut Context,
    ) -> JsResult<()> {
        self.finished.set(true);
        self.failed.set(Some(error));
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
            (parsed as f64).into(),
            packet.into(),
        ];
        help(js_string!("clientError"), &args, context).map(drop)
    }
}
