//! How a connection comes to its end: when all is sent, at once, because it took too long, or because its transport is gone.

use boa_engine::{Context, JsResult, js_string};

use super::{Connection, Phase, Transport};
use crate::{
    node::{
        events,
        http::{help, listener_count},
    },
    runtime::{
        State,
        async_context::destroyed,
        fatal::{self, Origin},
    },
};

impl Connection {
    /// It has waited too long.
    pub fn timed_out(&self, phase: Phase, context: &mut Context) -> JsResult<()> {
        if phase == Phase::Idle {
            return self.idled_too_long(context);
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

    /// No other request came. Who listens for 'timeout' decides what becomes of the socket, and is told once.
    fn idled_too_long(&self, context: &mut Context) -> JsResult<()> {
        let server = self.server_object.borrow().clone();
        let is_watched = self.socket.borrow().is_some()
            || match &server {
                Some(server) => listener_count(server, js_string!("timeout"), context)? > 0,
                None => false,
            };
        if !is_watched || self.handle().is_none() {
            self.close(context);
            return Ok(());
        }
        self.phase.set(Phase::Told);
        let socket = self.socket(context)?.to_object(context)?;
        events::emit(&socket, js_string!("timeout"), &[], context).map(drop)
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
    pub(super) fn closed(&self, context: &mut Context) -> JsResult<()> {
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
            if exchange.frame.is_told() {
                destroyed(&State::of(context), &exchange.frame);
            }
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
}
