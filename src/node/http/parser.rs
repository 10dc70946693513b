//! The client's reader: the decoder behind an object, driven by the chunks of a socket.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
};

use super::{
    fields,
    incoming::{self, Incoming},
    protocol::{Decoder, Item, Limits, ParseError, Role},
};
use crate::{
    engine::native::Natives,
    node::{
        buffer::{self, View},
        errors,
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

#[derive(Clone, Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] Rc<Parser>);

/// Adds `makeParser` to the binding.
pub fn natives(natives: Natives<'_>) -> Natives<'_> {
    natives.function("makeParser", 1, make)
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
        let join = options.get(js_string!("joinDuplicateHeaders"), context)?;
        let lenient = options.get(js_string!("insecureHTTPParser"), context)?;
        let limits = Limits {
            header_size: match size {
                0 => State::of(context).options.max_http_header_size,
                size => size as usize,
            },
            lenient: match lenient.is_undefined() {
                true => State::of(context).options.insecure_http_parser,
                false => lenient.to_boolean(),
            },
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

/// `makeParser({ maxHeaderSize, maxHeadersCount, joinDuplicateHeaders, insecureHTTPParser })`: an object with `execute`, `finish`, `resume` …, that calls its
/// own `onHead(fields…)`, `onBody`, `onEnd`, `onError`.
fn make(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(0).to_object(context)?;
    let parser = Rc::new(Parser::new());
    parser.begin(&options, context)?;
    let object = Natives::new(context)
        .function("initialize", 1, initialize)
        .function("execute", 1, execute)
        .function("finish", 0, finish)
        .function("pause", 0, pause)
        .function("resume", 0, resume)
        .function("handOver", 0, hand_over)
        .function("release", 0, release)
        .function("isInside", 0, is_inside)
        .function("isRunning", 0, is_running)
        .build();
    let object = JsObject::new(context.root_shape(), object, Handle(parser)).upcast();
    Ok(object.into())
}

/// `initialize(options)`: the options of `makeParser`, for another response.
fn initialize(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(parser) = this_parser(this) {
        let options = args.get_or_undefined(0).to_object(context)?;
        parser.begin(&options, context)?;
    }
    Ok(JsValue::undefined())
}

fn this_parser(this: &JsValue) -> Option<Rc<Parser>> {
    let object = this.as_object()?;
    let handle = object.downcast_ref::<Handle>()?;
    Some(handle.0.clone())
}

fn call(
    this: &JsValue,
    name: JsString,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let object = this.to_object(context)?;
    match object.get(name, context)?.as_callable() {
        Some(function) => function.call(this, args, context),
        None => Ok(JsValue::undefined()),
    }
}

/// `execute(chunk)`
fn execute(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
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

/// Parses what is there. Answers whether more has come in the meantime.
fn drive(this: &JsValue, parser: &Parser, context: &mut Context) -> JsResult<bool> {
    let bytes = parser.unread.take();
    let mut rest = bytes.as_slice();
    while !parser.paused.get() && !parser.handed.get() {
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
                let args = [
                    message.into(),
                    status.into(),
                    keep_alive.into(),
                    upgrade.into(),
                ];
                let skip = call(this, js_string!("onHead"), &args, context)?;
                match skip.as_number() {
                    Some(1.0) => parser.decoder.borrow_mut().skip_body(),
                    Some(2.0) => {
                        parser.decoder.borrow_mut().hand_over();
                        parser.handed.set(true);
                        let head = buffer::from_slice(rest, context)?;
                        call(this, js_string!("onUpgrade"), &[head.into()], context)?;
                        return Ok(false);
                    }
                    // A response too many.
                    Some(3.0) => {
                        parser.handed.set(true);
                        return Ok(false);
                    }
                    _ => {}
                }
            }
            Ok(Item::Data(data)) => {
                let message = this
                    .to_object(context)?
                    .get(js_string!("incoming"), context)?;
                if let Some(message) = message.as_object()
                    && !incoming::data(&message, data, context)?
                {
                    parser.paused.set(true);
                    call(this, js_string!("onPause"), &[], context)?;
                }
            }
            Ok(Item::End(trailers)) => {
                let message = this
                    .to_object(context)?
                    .get(js_string!("incoming"), context)?;
                call(this, js_string!("onComplete"), &[], context)?;
                if let Some(message) = message.as_object() {
                    incoming::end(&message, trailers, context)?;
                }
                call(this, js_string!("onEnd"), &[], context)?;
            }
            Err(error) => {
                let error = error_object(error, bytes.len() - rest.len(), &bytes, context)?;
                call(this, js_string!("onError"), &[error], context)?;
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
            let message = this
                .to_object(context)?
                .get(js_string!("incoming"), context)?;
            call(this, js_string!("onComplete"), &[], context)?;
            if let Some(message) = message.as_object() {
                incoming::end(&message, None, context)?;
            }
            call(this, js_string!("onEnd"), &[], context)
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

fn resume(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(parser) = this_parser(this)
        && parser.paused.replace(false)
        && !parser.unread.borrow().is_empty()
    {
        run(this, &parser, context)?;
    }
    Ok(JsValue::undefined())
}

/// `release()`: the response is over.
fn release(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(parser) = this_parser(this) {
        destroyed(&State::of(context), &parser.frame.take());
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

/// `isRunning()`: whether `execute` is on the stack.
fn is_running(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(this_parser(this)
        .is_some_and(|parser| parser.feeding.get())
        .into())
}
