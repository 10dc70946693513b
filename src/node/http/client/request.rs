//! What a request of the client knows beside what every outgoing message does, and how script sees it.
//!
//! It is part of the message's record. Properties that Node's constructor sets are accessors on the prototype, but for those that
//! programs look for on the request itself: agent, method, host and protocol.

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsValue, Trace, js_string, property::Attribute,
};

use super::{exchange, start};
use crate::{
    engine::native::{METHOD, Natives},
    node::http::{outgoing, record},
};

/// What has happened to a request.
pub mod flags {
    /// Its response has been read to the end.
    pub const ENDED: u8 = 1;
    /// It has given its socket back.
    pub const RELEASED: u8 = 1 << 1;
    /// The socket has had a request before.
    pub const REUSED: u8 = 1 << 2;
    pub const ABORTED: u8 = 1 << 3;
    /// The connection has left HTTP.
    pub const UPGRADED: u8 = 1 << 4;
    /// `end` was called before there was a socket.
    pub const FINISH_WHEN_FLUSHED: u8 = 1 << 5;
}

/// The option `httpValidation`: what header values and what responses a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    Strict,
    /// Control characters in header values.
    Relaxed,
    /// All that `insecureHTTPParser` lets through.
    Insecure,
}

/// A client's request.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct Request {
    pub path: JsValue,
    pub timeout: JsValue,
    pub timeout_callback: JsValue,
    pub response: JsValue,
    pub parser: JsValue,
    #[unsafe_ignore_trace]
    pub flags: u8,
    #[unsafe_ignore_trace]
    pub validation: Option<Validation>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            path: JsValue::undefined(),
            timeout: JsValue::undefined(),
            timeout_callback: JsValue::null(),
            response: JsValue::null(),
            parser: JsValue::null(),
            flags: 0,
            validation: None,
        }
    }
}

/// Reads or changes what a request knows; `None` for what is none.
pub fn with<R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut Request) -> R,
) -> Option<R> {
    outgoing::with(this, context, |record| {
        record.client.as_deref_mut().map(act)
    })
    .flatten()
}

macro_rules! value {
    ($natives:ident, $name:literal, $field:ident) => {
        $natives = $natives.accessor(
            $name,
            |this, _, context| {
                Ok(with(this, context, |request| request.$field.clone()).unwrap_or_default())
            },
            Some(|this, args, context| {
                let mut value = Some(args.get_or_undefined(0).clone());
                with(this, context, |request| {
                    if let Some(value) = value.take() {
                        request.$field = value;
                    }
                });
                // What only inherits from a request keeps it itself.
                if let Some(value) = value {
                    record::define_own(this, js_string!($name), value);
                }
                Ok(JsValue::undefined())
            }),
        );
    };
}

macro_rules! flag {
    ($natives:ident, $name:literal, $flag:expr) => {
        $natives = $natives.accessor(
            $name,
            |this, _, context| {
                Ok(with(this, context, |request| request.flags & $flag != 0)
                    .unwrap_or_default()
                    .into())
            },
            Some(|this, args, context| {
                let on = args.get_or_undefined(0).to_boolean();
                let known = with(this, context, |request| {
                    request.flags = if on {
                        request.flags | $flag
                    } else {
                        request.flags & !$flag
                    };
                });
                if known.is_none() {
                    let value = args.get_or_undefined(0).clone();
                    record::define_own(this, js_string!($name), value);
                }
                Ok(JsValue::undefined())
            }),
        );
    };
}

/// Gives `ClientRequest.prototype` its accessors.
pub fn define(prototype: JsObject, context: &mut Context) {
    let mut natives = Natives::on(prototype, context)
        .attributes(Attribute::CONFIGURABLE | Attribute::ENUMERABLE)
        .direct();
    value!(natives, "path", path);
    value!(natives, "timeout", timeout);
    value!(natives, "timeoutCb", timeout_callback);
    value!(natives, "res", response);
    value!(natives, "parser", parser);
    flag!(natives, "_ended", flags::ENDED);
    flag!(natives, "_released", flags::RELEASED);
    flag!(natives, "reusedSocket", flags::REUSED);
    flag!(natives, "aborted", flags::ABORTED);
    flag!(natives, "upgradeOrConnect", flags::UPGRADED);
    natives
        .attributes(METHOD)
        .function("_implicitHeader", 0, start::implicit_header)
        .function("_flush", 0, exchange::flush)
        .function("onSocket", 2, exchange::on_socket);
}
