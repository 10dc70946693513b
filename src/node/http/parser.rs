//! The client's reader: the decoder behind an object, driven by the chunks of a socket.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
};

use super::{
    client::{
        Validation,
        answer::{self, Next},
    },
    fields,
    incoming::{self, Incoming, Piece},
    outgoing,
    protocol::{Decoder, Item, Limits, ParseError, Role},
};
use crate::{
    engine::{lookup::LookUp, native::Natives},
    node::{
        buffer::{self, View},
        errors,
        stream::calls,
    },
    runtime::{
        State,
        async_context::{Frame, destroyed},
    },
};

struct Parser {
    decoder: RefCell<Decoder>,
    /// Bytes that wait, because their reader wanted no more.
    unread: RefCell<Vec<u8>>,
    paused: Cell<bool>,
    feeding: Cell<bool>,
    handed: Cell<bool>,
    max_fields: Cell<u32>,
    join: Cell<bool>,
    /// Who asked: what comes of the response runs in its context, whoever's socket brings it.
    frame: RefCell<Frame>,
}

/// What a parser object holds.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Handle {
    #[unsafe_ignore_trace]
    parser: Rc<Parser>,
    links: Links,
}

/// The socket that a parser reads, the response that is arriving, and the request that it answers; null for none.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub struct Links {
    pub socket: JsValue,
    pub incoming: JsValue,
    pub outgoing: JsValue,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            socket: JsValue::null(),
            incoming: JsValue::null(),
            outgoing: JsValue::null(),
        }
    }
}

/// What the module keeps for each runtime.
struct Slot {
    prototype: OnceCell<JsObject>,
    /// Parsers that wait for the next response.
    idle: RefCell<Vec<JsObject>>,
    /// How many of them there may be.
    most: Cell<f64>,
}

impl Default for Slot {
    fn default() -> Self {
        Self {
            prototype: OnceCell::new(),
            idle: RefCell::default(),
            most: Cell::new(1000.0),
        }
    }
}

/// Adds `maxParsers` and `setMaxParsers` to the binding.
pub fn natives(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("maxParsers", 0, most)
        .function("setMaxParsers", 1, set_most)
}

impl Parser {
    fn new() -> Self {
        Self {
            decoder: RefCell::new(Decoder::new(Role::Client, Limits::default())),
            unread: RefCell::default(),
            paused: Cell::new(false),
            feeding: Cell::new(false),
            handed: Cell::new(false),
            max_fields: Cell::new(0),
            join: Cell::new(false),
            frame: RefCell::default(),
        }
    }

    /// Makes it ready for a response, as if it were new.
    fn begin(&self, options: &JsObject, context: &mut Context) -> JsResult<()> {
        let mut number = |name: JsString| options.get(name, context)?.to_u32(context);
        let size = number(js_string!("maxHeaderSize"))?;
        let count = number(js_string!("maxHeadersCount"))?;
        let join = options.look_up(js_string!("joinDuplicateHeaders"), context)?;
        let lenient = options.look_up(js_string!("insecureHTTPParser"), context)?;
        let validation = outgoing::with(&options.clone().into(), context, |record| {
            record
                .client
                .as_deref()
                .and_then(|request| request.validation)
        })
        .flatten();
        let limits = Limits {
            header_size: match size {
                0 => State::of(context).options.max_http_header_size,
                size => size as usize,
            },
            lenient: match validation {
                None if lenient.is_undefined() => State::of(context).options.insecure_http_parser,
                None => lenient.to_boolean(),
                Some(said) => said == Validation::Insecure,
            },
            lax_values: validation == Some(Validation::Relaxed),
        };
        self.decoder.replace(Decoder::new(Role::Client, limits));
        self.unread.replace(Vec::new());
        self.paused.set(false);
        self.handed.set(false);
        self.max_fields.set(if count > 0 { count } else { 1000 });
        self.join.set(join.to_boolean());
        let frame = State::of(context)
            .async_context
            .resource("HTTPCLIENTREQUEST", None, context);
        self.frame.replace(frame);
        Ok(())
    }
}

/// A parser that waits for a response, or one that is made now. `request` has the options.
///
/// # Errors
/// What getters of the options throw.
pub fn take(request: &JsObject, context: &mut Context) -> JsResult<JsObject> {
    let slot = State::of(context).slot::<Slot>();
    let idle = slot.idle.borrow_mut().pop();
    let object = match idle {
        Some(object) => object,
        None => {
            let prototype = slot.prototype.get_or_init(|| prototype(context)).clone();
            let handle = Handle {
                parser: Rc::new(Parser::new()),
                links: Links::default(),
            };
            JsObject::new(context.root_shape(), prototype, handle).upcast()
        }
    };
    if let Some(parser) = parser_of(&object) {
        parser.begin(request, context)?;
    }
    Ok(object)
}

fn prototype(context: &mut Context) -> JsObject {
    macro_rules! link {
        ($natives:expr, $name:literal, $field:ident) => {
            $natives.accessor(
                $name,
                |this, _, _| {
                    let parser = this.as_object();
                    let links = parser.as_ref().and_then(links);
                    Ok(links.map_or_else(JsValue::undefined, |links| links.$field))
                },
                Some(|this, args, _| {
                    if let Some(parser) = this.as_object() {
                        let value = args.get_or_undefined(0).clone();
                        link(&parser, |links| links.$field = value);
                    }
                    Ok(JsValue::undefined())
                }),
            )
        };
    }
    let natives = Natives::new(context)
        .function("execute", 1, execute)
        .function("finish", 0, finish)
        .function("pause", 0, pause)
        .function("resume", 0, resume)
        .function("handOver", 0, hand_over)
        .function("isInside", 0, is_inside);
    let natives = link!(natives, "socket", socket);
    let natives = link!(natives, "incoming", incoming);
    link!(natives, "outgoing", outgoing).build()
}

/// The response is over: its parser waits for another, if there are not too many that do.
pub fn give(object: &JsObject, context: &Context) {
    link(object, |links| *links = Links::default());
    let Some(parser) = parser_of(object) else {
        return;
    };
    let state = State::of(context);
    destroyed(&state, &parser.frame.take());
    let slot = state.slot::<Slot>();
    let mut idle = slot.idle.borrow_mut();
    if !parser.feeding.get() && (idle.len() as f64) < slot.most.get() {
        idle.push(object.clone());
    }
}

/// `setMaxParsers(count)`: how many parsers may wait.
fn set_most(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let most = args.get_or_undefined(0).to_number(context)?;
    State::of(context).slot::<Slot>().most.set(most);
    Ok(JsValue::undefined())
}

/// `maxParsers()`
fn most(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(context).slot::<Slot>().most.get().into())
}

/// What a parser is connected with.
pub fn links(object: &JsObject) -> Option<Links> {
    object
        .downcast_ref::<Handle>()
        .map(|handle| handle.links.clone())
}

/// Changes what a parser is connected with.
pub fn link(object: &JsObject, change: impl FnOnce(&mut Links)) {
    if let Some(mut handle) = object.downcast_mut::<Handle>() {
        change(&mut handle.links);
    }
}

fn parser_of(object: &JsObject) -> Option<Rc<Parser>> {
    let handle = object.downcast_ref::<Handle>()?;
    Some(handle.parser.clone())
}

fn this_parser(this: &JsValue) -> Option<Rc<Parser>> {
    parser_of(&this.as_object()?)
}

/// `execute(chunk)`
pub fn execute(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(parser) = this_parser(this) else {
        return Ok(JsValue::undefined());
    };
    let Some(view) = View::of(args.get_or_undefined(0), context) else {
        return Ok(JsValue::undefined());
    };
    parser
        .unread
        .borrow_mut()
        .extend_from_slice(&view.read(<[u8]>::to_vec));
    run(this, &parser, context)?;
    Ok(JsValue::undefined())
}

/// Keeps bytes for [`read_kept`], without running script.
pub fn keep(object: &JsObject, bytes: &[u8]) {
    if let Some(parser) = parser_of(object) {
        parser.unread.borrow_mut().extend_from_slice(bytes);
    }
}

/// Parses what was kept.
///
/// # Errors
/// What listeners throw.
pub fn read_kept(object: &JsObject, context: &mut Context) -> JsResult<()> {
    match parser_of(object) {
        Some(parser) => run(&object.clone().into(), &parser, context),
        None => Ok(()),
    }
}

fn run(this: &JsValue, parser: &Parser, context: &mut Context) -> JsResult<()> {
    if parser.feeding.replace(true) {
        return Ok(());
    }
    let frame = parser.frame.borrow().clone();
    let state = State::of(context);
    let outcome = state.async_context.run(&frame, context, |context| {
        let mut outcome = drive(this, parser, context);
        // What script pushed while it was called.
        while matches!(outcome, Ok(true)) {
            outcome = drive(this, parser, context);
        }
        outcome
    });
    parser.feeding.set(false);
    outcome.map(drop)
}

fn incoming_of(parser: &JsObject) -> Option<JsObject> {
    links(parser)?.incoming.as_object()
}

/// Parses what is there. Answers whether more has come in the meantime.
fn drive(this: &JsValue, parser: &Parser, context: &mut Context) -> JsResult<bool> {
    let object = this.to_object(context)?;
    let bytes = parser.unread.take();
    let mut rest = bytes.as_slice();
    while !parser.handed.get() && (!parser.paused.get() || parser.decoder.borrow().is_ending()) {
        let item = parser.decoder.borrow_mut().decode(&mut rest);
        match item {
            Ok(Item::More) => break,
            Ok(Item::Head(head)) => {
                let (keep_alive, upgrade, status) =
                    (head.traits.keep_alive, head.traits.upgrade, head.status);
                let record = Incoming {
                    head: Some(head),
                    bits: incoming::bits::RESPONSE
                        | if upgrade { incoming::bits::UPGRADE } else { 0 }
                        | if parser.join.get() {
                            incoming::bits::JOIN
                        } else {
                            0
                        },
                    max_fields: parser.max_fields.get(),
                    ..Incoming::default()
                };
                let message = incoming::make(record, context);
                let response = answer::Response {
                    message,
                    status,
                    keep_alive,
                    upgrade,
                };
                match answer::on_head(&object, response, context)? {
                    Next::Body => {}
                    Next::NoBody => parser.decoder.borrow_mut().skip_body(),
                    Next::Upgrade => {
                        parser.decoder.borrow_mut().hand_over();
                        parser.handed.set(true);
                        let head = buffer::from_slice(rest, context)?;
                        answer::on_upgrade(&object, head.into(), context)?;
                        return Ok(false);
                    }
                    Next::Nothing => {
                        parser.handed.set(true);
                        return Ok(false);
                    }
                }
            }
            Ok(Item::Data(data)) => {
                if let Some(message) = incoming_of(&object)
                    && !incoming::data(&message, Piece::Lent(data), context)?
                {
                    parser.paused.set(true);
                    if let Some(socket) = links(&object).and_then(|links| links.socket.as_object())
                    {
                        calls::call(&socket, js_string!("pause"), &[], context)?;
                    }
                }
            }
            Ok(Item::End(trailers)) => {
                if let Some(message) = incoming_of(&object) {
                    incoming::end(&message, trailers, context)?;
                }
                // Its reader will never ask for more.
                if parser.paused.get()
                    && let Some(socket) = links(&object).and_then(|links| links.socket.as_object())
                {
                    answer::want_more(&socket, context)?;
                }
            }
            Err(error) => {
                let error = error_object(error, bytes.len() - rest.len(), &bytes, context)?;
                answer::on_error(&object, error, context)?;
                return Ok(false);
            }
        }
    }
    if parser.handed.get() {
        return Ok(false);
    }
    let mut unread = parser.unread.borrow_mut();
    let more = rest.is_empty() && !unread.is_empty();
    if !rest.is_empty() {
        let mut all = rest.to_vec();
        all.append(&mut unread);
        *unread = all;
    }
    Ok(more && !parser.paused.get())
}

/// The error that Node's parser reports.
fn error_object(
    error: ParseError,
    parsed: usize,
    packet: &[u8],
    context: &mut Context,
) -> JsResult<JsValue> {
    let made =
        errors::plain(errors::Base::Plain, &error.to_string(), context).into_opaque(context)?;
    let object = made.to_object(context)?;
    let packet = buffer::from_slice(packet, context)?;
    object.set(js_string!("bytesParsed"), parsed as f64, true, context)?;
    object.set(
        js_string!("code"),
        fields::latin1(error.code().as_bytes()),
        true,
        context,
    )?;
    object.set(
        js_string!("reason"),
        fields::latin1(error.reason().as_bytes()),
        true,
        context,
    )?;
    object.set(js_string!("rawPacket"), packet, true, context)?;
    Ok(made)
}

/// `finish()`: the peer has sent all it will; answers an error if it broke off.
fn finish(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(parser) = this_parser(this) else {
        return Ok(JsValue::undefined());
    };
    let outcome = parser.decoder.borrow_mut().finish();
    let frame = parser.frame.borrow().clone();
    let state = State::of(context);
    match outcome {
        Ok(Item::End(_)) => state.async_context.run(&frame, context, |context| {
            if let Some(message) = this.as_object().and_then(|parser| incoming_of(&parser)) {
                incoming::end(&message, None, context)?;
            }
            Ok(JsValue::undefined())
        }),
        Ok(_) => Ok(JsValue::undefined()),
        Err(error) => error_object(error, 0, &[], context),
    }
}

fn pause(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(parser) = this_parser(this) {
        parser.paused.set(true);
    }
    Ok(JsValue::undefined())
}

/// `resume()`
pub fn resume(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(parser) = this_parser(this)
        && parser.paused.replace(false)
        && !parser.unread.borrow().is_empty()
    {
        run(this, &parser, context)?;
    }
    Ok(JsValue::undefined())
}

fn hand_over(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(parser) = this_parser(this) {
        parser.decoder.borrow_mut().hand_over();
        parser.handed.set(true);
    }
    Ok(JsValue::undefined())
}

fn is_inside(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(this_parser(this)
        .is_some_and(|parser| parser.decoder.borrow().is_inside())
        .into())
}
