//! Responses into bytes on the wire: in the order of their requests, and sent when the door closes.

use std::{io::IoSlice, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, js_string};
use ouro_loop::HandleId;

use super::{Connection, NOTHING, Phase, Transport};
use crate::{
    node::{
        buffer::{self, View},
        http::{
            figures::{self, Figure},
            help, incoming,
        },
        net::{Companion, unsent},
    },
    runtime::{
        State,
        async_context::destroyed,
        door::Leave,
        fatal::{self, Origin},
    },
};

/// Memory for output that is kept for the next.
const KEEP: usize = 4 * 1024;

/// A longer response doesn't wait for others: the processor would have forgotten it until then.
const MOST_WAITING: usize = 32 * 1024;

impl Connection {
    /// Writes to the place of a response's bytes; `false` when there is none any more.
    pub fn write(&self, number: u64, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let mut exchanges = self.exchanges.borrow_mut();
        if exchanges.is_first(number) {
            write(&mut self.out.borrow_mut());
            return true;
        }
        exchanges.write_behind(number, write)
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

    pub(super) fn flush_later(&self, context: &Context) {
        if !self.leaving.replace(true) {
            State::of(context).leaving.borrow_mut().push(self.me());
        }
    }

    /// Sends what may be sent.
    pub(super) fn flush_now(&self, context: &mut Context) {
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

    /// Whether all that is left to do is to send a whole response, and others may be about to be made.
    fn may_wait(&self, context: &Context) -> bool {
        self.is_idle()
            && self.handle().is_some()
            && !self.ending.get()
            && !self.finished.get()
            && !self.sending.get()
            && !self.feed_later.get()
            && self.out.borrow().len() <= MOST_WAITING
            && others_may_follow(context)
    }

    /// Whether this response's bytes could go to the system now.
    pub fn can_pour(&self, number: u64) -> bool {
        self.handle().is_some() && !self.sending.get() && self.is_first(number)
    }

    /// Sends what may be sent, and bytes of script with `tail` behind it, which are copied only if the socket doesn't take them. Answers
    /// whether all is out; if not, 'drain' follows when it is.
    pub fn pour(&self, view: &View, tail: &[u8], context: &mut Context) -> bool {
        let Some(id) = self.handle() else {
            return true;
        };
        let mut before = self.out.take();
        let total = before.len() + view.len() + tail.len();
        self.count(0, total);
        let state = State::of(context);
        figures::count(Figure::Writes, &state);
        let outcome = view.read(|bytes| {
            let parts = [&before[..], bytes, tail];
            let sent = match state.event_loop.try_write(id, &parts.map(IoSlice::new)) {
                Ok(sent) if sent == total => return Ok(None),
                Ok(sent) => sent,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => 0,
                Err(error) => return Err(error),
            };
            Ok(Some(unsent(&parts, sent)))
        });
        match outcome {
            Ok(None) => {}
            Ok(Some(rest)) => {
                if state.event_loop.write(id, rest, 0).is_ok() {
                    self.sending.set(true);
                    self.wants_drain.set(true);
                }
            }
            // The peer is gone. Reading tells the rest, unless it was over already.
            Err(_) if !self.reading.get() => self.close(context),
            Err(_) => {}
        }
        before.clear();
        if before.capacity() <= KEEP {
            self.out.replace(before);
        }
        !self.sending.get()
    }

    /// Sends bytes and gives the memory back if it is worth keeping.
    fn send(&self, id: HandleId, mut bytes: Vec<u8>, context: &mut Context) -> Vec<u8> {
        let state = State::of(context);
        figures::count(Figure::Writes, &state);
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
            if exchange.frame.is_told() {
                destroyed(&State::of(context), &exchange.frame);
            }
            incoming::dump(&exchange.request, in_tick, context)?;
            if exchange.last {
                self.exchanges.borrow_mut().end();
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

/// Whether other connections may have something to send in this turn of the loop.
fn others_may_follow(context: &Context) -> bool {
    let state = State::of(context);
    state.event_loop.ready() > 0 && state.batch.is_open()
}

impl Leave for Connection {
    fn leave(self: Rc<Self>, context: &mut Context) {
        self.leaving.set(false);
        if self.may_wait(context) {
            State::of(context).batch.push(self);
            return;
        }
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

    fn send(&self, context: &mut Context) {
        // A stream of script sends nothing by itself.
        if self.handle().is_some() {
            self.flush_now(context);
        }
    }
}
