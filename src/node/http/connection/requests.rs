//! A request on its way to script: what its head asks for, the objects for it, and the one call.
//!
//! Here is also where a connection leaves HTTP, because a request asked for that.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{Connection, Phase, Transport};
use crate::{
    engine::lookup::LookUp,
    node::{
        buffer, events,
        http::{
            exchange::Exchange,
            fields,
            figures::{self, Figure},
            help,
            incoming::{self, Incoming},
            listener_count,
            protocol::{Body, Head, Method},
            response,
        },
    },
    runtime::{State, async_context::Frame},
};

/// The bits of the channels `http.server.…` of `diagnostics_channel` and of observers of `http`.
const HTTP_SERVER_CHANNELS: u32 = 1 | 256;

/// All that a request expects, as `headers.expect` has it.
fn expectations(head: &Head) -> Vec<u8> {
    let values: Vec<&[u8]> = head
        .fields()
        .filter(|(name, _)| name.eq_ignore_ascii_case(b"expect"))
        .map(|(_, value)| value)
        .collect();
    values.join(&b", "[..])
}

impl Connection {
    pub(super) fn request(
        self: &Rc<Self>,
        head: Head,
        rest: &[u8],
        context: &mut Context,
    ) -> JsResult<()> {
        let Some(server) = self.server_object.borrow().clone() else {
            return Ok(());
        };
        let traits = head.traits;
        let method = head.method;
        let version = head.version;
        let number = self.next_number.get();
        self.next_number.set(number + 1);
        let state = State::of(context);
        figures::count(Figure::Requests, &state);
        if self.decoder.borrow().was_quick() {
            figures::count(Figure::QuickHeads, &state);
        }
        self.await_body(traits.body, context);

        let expect = if traits.expect && version == (1, 1) {
            Some(expectations(&head))
        } else {
            None
        };
        let mut upgrade = false;
        if traits.upgrade {
            upgrade = method == Method::CONNECT
                || listener_count(&server, js_string!("upgrade"), context)? > 0;
        }
        let empty = self.server.short_cuts() && traits.body == Body::None && !traits.sized;
        let request = self.make_request(head, upgrade, context)?;
        if traits.upgrade && method != Method::CONNECT {
            // A program that set `shouldUpgradeCallback` decides itself.
            let decide = server.look_up(js_string!("shouldUpgradeCallback"), context)?;
            if let Some(decide) = decide.as_callable() {
                let args = [request.clone().into()];
                upgrade = decide
                    .call(&server.clone().into(), &args, context)?
                    .to_boolean();
                let this = JsValue::from(request.clone());
                incoming::with(&this, context, |record| {
                    record.bits &= !incoming::bits::UPGRADE;
                    if upgrade {
                        record.bits |= incoming::bits::UPGRADE;
                    }
                });
            }
        }
        if empty {
            incoming::skip(&request, context);
        }
        self.receiving.replace(Some(request.clone()));
        if upgrade {
            return self.hand_over(&server, &request, method, rest, context);
        }
        // An upgrade that nobody wants is an ordinary request, with the body it announces.
        let plan = response::Start {
            connection: self.clone(),
            number,
            keep_alive: traits.keep_alive,
            may_chunk: version.0 > 0 && version.1 > 0,
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
            frame: Frame::default(),
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
            let text = fields::latin1(&expect);
            let args = [server.into(), request.into(), response.into(), text.into()];
            return help(js_string!("expectation"), &args, context).map(drop);
        }
        let args = [request.clone().into(), response.into()];
        let state = State::of(context);
        let observed = state.async_context.channels.get() & HTTP_SERVER_CHANNELS != 0;
        if !state.async_context.is_tracking() && !observed {
            return events::emit(&server, js_string!("request"), &args, context).map(drop);
        }
        let frame = state
            .async_context
            .resource("HTTPINCOMINGMESSAGE", Some(&request), context);
        if let Some(exchange) = self.exchanges.borrow_mut().get_mut(number) {
            exchange.frame = frame.clone();
        }
        state.async_context.run(&frame, context, |context| {
            if observed {
                let [request, response] = args.clone();
                let told = [server.clone().into(), request, response];
                help(js_string!("observed"), &told, context)?;
            }
            events::emit(&server, js_string!("request"), &args, context).map(drop)
        })
    }

    /// A head is whole. The time for a request runs from its first byte, whether or not its body ever comes.
    fn await_body(&self, body: Body, context: &Context) {
        if body == Body::None {
            self.enter_phase(Phase::Answer, context);
            return;
        }
        let (before, since) = self.waiting();
        self.enter_phase(Phase::Body, context);
        if before == Phase::Head {
            self.since.set(since);
        }
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
            record.bits |= incoming::bits::COMPLETE;
            // The connection forgets it.
            record.socket = socket.clone();
        });
        if listener_count(server, event.clone(), context)? == 0 {
            return help(js_string!("destroy"), &[socket], context).map(drop);
        }
        help(
            js_string!("handedOver"),
            std::slice::from_ref(&socket),
            context,
        )?;
        events::emit(
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

    pub(super) fn abort_requests(&self, context: &mut Context) -> JsResult<()> {
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
}
