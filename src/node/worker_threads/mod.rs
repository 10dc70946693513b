//! `worker_threads`, the native half: channels and their ports. There are no workers yet; both ends are of one thread.
//!
//! `end` is what messages wait in, `port` what script has of it. The messages are those of `structuredClone`
//! (`web/structured_clone`).

mod end;
mod port;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, object::builtins::JsArray, property::Attribute,
};

pub use self::{end::End, port::Port};
use self::{end::Names, port::Script};
use crate::{engine::native::Natives, node::errors, runtime::State};

/// `binding('worker_threads')`
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("setUp", 4, set_up)
        .function("error", 2, error)
        .function("channel", 0, channel)
        .function("broadcast", 1, broadcast)
        .function("stop", 1, port::stop)
        .function("close", 1, port::close)
        .function("state", 1, port::state)
        .function("receive", 1, port::receive)
        .build())
}

/// `setUp(prototype, init, emit, closed)`: adds the native methods to the prototype of ports.
fn set_up(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let script = State::of(context).slot::<Script>();
    let prototype = args.get_or_undefined(0).to_object(context)?;
    drop(
        Natives::on(prototype.clone(), context)
            .attributes(Attribute::all())
            .function("postMessage", 0, port::post_message)
            .function("start", 0, port::start)
            .function("ref", 0, port::set_ref)
            .function("unref", 0, port::unref)
            .function("hasRef", 0, port::has_ref),
    );
    script.prototype.replace(Some(prototype));
    script.init.replace(args.get_or_undefined(1).as_object());
    script.emit.replace(args.get_or_undefined(2).as_object());
    script.closed.replace(args.get_or_undefined(3).as_object());
    Ok(JsValue::undefined())
}

/// `error(code, message)`: a `TypeError` whose text is not the one that `nodeError` has for the code.
fn error(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let code = args.get_or_undefined(0).to_string(context)?;
    let message = args.get_or_undefined(1).to_string(context)?;
    let (code, message) = (code.to_std_string_lossy(), message.to_std_string_lossy());
    errors::coded(&code, errors::Base::Type, &message, context).into_opaque(context)
}

/// `channel()`: two ports.
fn channel(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let [first, second] = End::pair();
    let first = Port::make(first, context)?;
    let second = Port::make(second, context)?;
    Ok(JsArray::from_iter([first.into(), second.into()], context).into())
}

/// `broadcast(name)`: a port that hears all others of that name.
fn broadcast(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = args.get_or_undefined(0).to_string(context)?;
    let names = State::of(context).slot::<Names>();
    let end = End::named(&name.to_std_string_escaped(), &names);
    Port::make(end, context).map(JsValue::from)
}
