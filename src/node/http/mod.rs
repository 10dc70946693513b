//! `http`: the server on a native connection, the client on `net` and the same parser.
//!
//! `req` and `res` of the server are made here, without running a constructor: objects with native data whose prototypes have
//! accessors for everything that the constructors would have set. What script doesn't touch is never built.

mod client;
mod connection;
mod exchange;
mod fields;
pub mod figures;
mod header_methods;
pub(in crate::node) mod incoming;
mod outgoing;
mod parser;
pub mod protocol;
pub(in crate::node) mod record;
mod response;
mod server;

pub(in crate::node) use {incoming::Incoming, outgoing::Outgoing};

use std::cell::{OnceCell, RefCell};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::JsArray, property::PropertyKey,
};

use crate::{
    engine::{lookup::LookUp, native::Natives, registry},
    node::events::table,
    runtime::State,
};

/// What the module keeps for each runtime.
#[derive(Default)]
pub struct Slot {
    classes: OnceCell<Classes>,
    record_key: OnceCell<JsSymbol>,
    date: RefCell<protocol::DateCache>,
    known: fields::KnownNames,
    servers: server::Servers,
    /// `IncomingMessage.prototype._destroy` as it was made.
    destroy_incoming: OnceCell<JsObject>,
}

/// The classes of the script half, and its helpers.
struct Classes {
    incoming: JsObject,
    response: JsObject,
    /// `EventEmitter.prototype.emit`: what `emit` is as long as nobody replaced it.
    emit: JsValue,
    /// `ServerResponse.prototype.writeHead`, likewise.
    write_head: JsValue,
    /// Functions of the script half by name.
    helpers: JsObject,
}

impl Slot {
    fn of(context: &Context) -> std::rc::Rc<Self> {
        State::of(context).http.clone()
    }

    /// Lets go of the heap.
    pub fn clear(&self) {
        self.servers.clear();
    }

    fn classes(&self) -> &Classes {
        self.classes
            .get()
            .expect("http's script half calls setUp before it makes anything")
    }

    /// The hidden property under which objects that script constructed keep their native record.
    fn record_key(&self) -> PropertyKey {
        let symbol = self.record_key.get_or_init(|| {
            JsSymbol::new(Some(js_string!("http.record"))).expect("symbols don't run out")
        });
        symbol.clone().into()
    }
}

/// `binding('http')`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let methods: Vec<JsValue> = protocol::METHODS
        .iter()
        .map(|name| JsString::from(*name).into())
        .collect();
    let methods = JsArray::from_iter(methods, context);
    let mut codes = Natives::new(context);
    for (code, reason) in protocol::encode::STATUS_CODES {
        codes = codes.keyed(PropertyKey::from(u32::from(*code)), JsString::from(*reason));
    }
    let codes = codes.build();
    let (header_size, lenient) = {
        let options = &State::of(context).options;
        (options.max_http_header_size, options.insecure_http_parser)
    };
    let natives = Natives::new(context)
        .value("methods", methods)
        .value("statusCodes", codes)
        .value("maxHeaderSize", header_size as f64)
        .value("insecureHTTPParser", lenient)
        .function("setUp", 1, set_up)
        .function("defineIncoming", 1, incoming::define)
        .function("defineOutgoing", 1, outgoing::define)
        .function("defineResponse", 1, response::define)
        .function("defineServer", 1, server::define)
        .function("initIncoming", 2, incoming::init)
        .function("initOutgoing", 2, outgoing::init)
        .function("initResponse", 2, response::init)
        .function("initServer", 2, server::init)
        .function("attach", 2, server::attach)
        .function("connect", 2, connection::connect_script)
        .function("currentMessage", 1, connection::current_message)
        .function("finishSoon", 2, response::finish_soon_native)
        .function("validateHeaderName", 2, fields::validate_name_native)
        .function("validateHeaderValue", 2, fields::validate_value_native);
    Ok(client::natives(parser::natives(natives)).build())
}

macro_rules! old_names {
    ($($name:ident $part:literal)*) => {$(
        #[doc = concat!("`require('_http_", $part, "')`, a deprecated name that old packages use.")]
        pub fn $name(context: &mut Context) -> JsResult<JsValue> {
            let all = registry::require("http/old_names", context)?.to_object(context)?;
            all.look_up(js_string!($part), context)
        }
    )*};
}
old_names!(
    old_agent "agent"
    old_client "client"
    old_common "common"
    old_incoming "incoming"
    old_outgoing "outgoing"
    old_server "server"
);

/// `setUp({ IncomingMessage, ServerResponse, emit, writeHead, …helpers })`
fn set_up(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(helpers) = args.get_or_undefined(0).as_object() else {
        return Ok(JsValue::undefined());
    };
    let prototype = |name: JsString, context: &mut Context| -> JsResult<JsObject> {
        let class = helpers.get(name, context)?.to_object(context)?;
        class
            .look_up(js_string!("prototype"), context)?
            .to_object(context)
    };
    let classes = Classes {
        incoming: prototype(js_string!("IncomingMessage"), context)?,
        response: prototype(js_string!("ServerResponse"), context)?,
        emit: helpers.look_up(js_string!("emit"), context)?,
        write_head: helpers.look_up(js_string!("writeHead"), context)?,
        helpers: helpers.clone(),
    };
    let _ = Slot::of(context).classes.set(classes);
    Ok(JsValue::undefined())
}

/// Calls a helper of the script half.
fn help(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let slot = Slot::of(context);
    let helper = slot.classes().helpers.get(name.clone(), context)?;
    match helper.as_callable() {
        Some(helper) => helper.call(&JsValue::undefined(), args, context),
        None => Err(crate::node::errors::type_error(
            &format!("http has no helper {}", name.to_std_string_lossy()),
            context,
        )),
    }
}

/// How many listeners an emitter has for an event.
fn listener_count(target: &JsObject, event: JsString, context: &mut Context) -> JsResult<usize> {
    if let Some(count) = table::count(target, &event, context) {
        return Ok(count);
    }
    let Some(events) = target.look_up(js_string!("_events"), context)?.as_object() else {
        return Ok(0);
    };
    let handler = events.get(event, context)?;
    match handler.as_object() {
        Some(handler) if handler.is_callable() => Ok(1),
        Some(list) => Ok(JsArray::from_object(list)?.length(context)? as usize),
        None => Ok(0),
    }
}
