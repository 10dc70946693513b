//! The client: `http.request`, its requests and their way to a socket and back.
//!
//! What happens to each request on a kept connection is native: `options` reads what the program asked for, `request` is what a
//! request knows beside its header, `start` its constructor, `agent` and `keep` who has the sockets, `exchange` and `answer` what happens
//! on one. The script half (`http/client`, `http/agent`) has the rest: URLs, new
//! connections, errors, timeouts. What a program may have replaced is looked up and called.

mod agent;
pub mod answer;
pub mod exchange;
mod keep;
mod options;
mod request;
mod start;

use std::cell::OnceCell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string};

use crate::{
    engine::{lookup::LookUp, native::Natives},
    node::{errors, http::parser, net, stream::calls},
    runtime::State,
};

pub use request::{Request, Validation};

/// What the script half gives to `setUpClient`.
struct Script {
    /// Functions by name.
    helpers: JsObject,
    /// `ClientRequest.prototype`
    prototype: JsObject,
    /// The exports of `http/agent`.
    agents: JsObject,
    /// The property that an agent keeps its proxy under.
    proxy: JsSymbol,
    /// `OutgoingMessage.prototype.setHeader` and `getHeader` as they were made.
    set_header: JsObject,
    get_header: JsObject,
}

/// What the client keeps for each runtime.
#[derive(Default)]
struct Slot {
    script: OnceCell<Script>,
    agents: OnceCell<agent::Agents>,
    listeners: OnceCell<exchange::Listeners>,
}

impl Slot {
    fn of(context: &Context) -> std::rc::Rc<Self> {
        State::of(context).slot::<Self>()
    }

    fn script(&self) -> &Script {
        self.script
            .get()
            .expect("http/client calls setUpClient before it makes a request")
    }

    fn listeners(&self) -> &exchange::Listeners {
        self.listeners
            .get()
            .expect("setUpClient makes them with the rest")
    }
}

/// Adds the client's natives to the binding.
pub fn natives(natives: Natives<'_>) -> Natives<'_> {
    agent::natives(natives.direct())
        .function("setUpClient", 1, set_up)
        .function("initRequest", 4, start::init)
        .function("request", 3, start::request)
        .function("finishRequest", 1, exchange::finished)
        .function("cleanUp", 1, answer::clean_up)
        .function("release", 1, answer::release)
        .function("freeParser", 1, answer::free_parser)
}

/// `setUpClient({ prototype, agents, proxy, …helpers })`
fn set_up(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let helpers = args.get_or_undefined(0).to_object(context)?;
    let mut object =
        |name: JsString| -> JsResult<JsObject> { helpers.get(name, context)?.to_object(context) };
    let prototype = object(js_string!("prototype"))?;
    let agents = object(js_string!("agents"))?;
    let Some(proxy) = helpers.look_up(js_string!("proxy"), context)?.as_symbol() else {
        return Err(errors::type_error("setUpClient takes a symbol", context));
    };
    let messages = helpers
        .look_up(js_string!("messages"), context)?
        .to_object(context)?;
    let set_header = messages
        .look_up(js_string!("setHeader"), context)?
        .to_object(context)?;
    let get_header = messages
        .look_up(js_string!("getHeader"), context)?
        .to_object(context)?;
    request::define(prototype.clone(), context);
    let listeners = exchange::Listeners::new(&helpers, context)?;
    State::of(context)
        .slot::<net::Slot>()
        .set_reader(net::ByteReader {
            listener: listeners.data.clone(),
            of: answer::parser_of,
            keep: parser::keep,
            read: parser::read_kept,
        });
    let _ = Slot::of(context).listeners.set(listeners);
    let _ = Slot::of(context).script.set(Script {
        helpers,
        prototype,
        agents,
        proxy,
        set_header,
        get_header,
    });
    Ok(JsValue::undefined())
}

/// Calls a function of the script half.
fn help(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let slot = Slot::of(context);
    calls::call(&slot.script().helpers, name, args, context)
}
