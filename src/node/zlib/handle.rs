//! The handle of a stream: a codec that script holds, and that a job of the pool takes along while it works.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace,
    object::builtins::{AlignedVec, JsArray},
};

use super::codec::{self, Codec, Failure, Outcome};
use crate::{
    engine::native::Natives,
    node::{
        buffer::{self, View},
        errors,
    },
    runtime::{
        State,
        pool::{self, Class},
    },
};

/// Where the codec is.
enum Place {
    Here(Box<dyn Codec>),
    /// With a job.
    Away,
    Closed,
}

type Shared = Rc<RefCell<Place>>;

/// The native half.
#[derive(Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] Shared);

/// The prototype of all handles.
#[derive(Default)]
struct Prototype(OnceCell<JsObject>);

/// A handle around a codec.
pub fn make(codec: Box<dyn Codec>, context: &mut Context) -> JsObject {
    let prototype = State::of(context).slot::<Prototype>();
    let make = || Natives::new(context).function("close", 0, close).build();
    let prototype = prototype.0.get_or_init(make).clone();
    let handle = Handle(Rc::new(RefCell::new(Place::Here(codec))));
    JsObject::new(context.root_shape(), prototype, handle).upcast()
}

fn place_of(value: &JsValue, context: &mut Context) -> JsResult<Shared> {
    let object = value.as_object();
    let shared = object
        .as_ref()
        .and_then(|object| Some(object.downcast_ref::<Handle>()?.0.clone()));
    shared.ok_or_else(|| errors::type_error("Illegal invocation", context))
}

/// Takes the codec out; it has to be put back.
fn take(place: &Shared, context: &mut Context) -> JsResult<Box<dyn Codec>> {
    let before = place.replace(Place::Away);
    match before {
        Place::Here(codec) => Ok(codec),
        before => {
            let message = match before {
                Place::Closed => "zlib binding closed",
                _ => "write already in progress",
            };
            place.replace(before);
            let message = format!(
                "{message}\nThis is caused by either a bug in Node.js or incorrect usage of Node.js internals.\n\
                 Please open an issue with this stack trace at https://github.com/nodejs/node/issues\n"
            );
            let base = errors::Base::Plain;
            Err(errors::coded(
                "ERR_INTERNAL_ASSERTION",
                base,
                &message,
                context,
            ))
        }
    }
}

/// Puts the codec back, unless script has closed the handle meanwhile.
fn put(place: &Shared, codec: Box<dyn Codec>) {
    let mut place = place.borrow_mut();
    if matches!(*place, Place::Away) {
        *place = Place::Here(codec);
    }
}

fn number(value: &JsValue) -> usize {
    // Casting saturates.
    value.as_number().unwrap_or(0.0) as usize
}

/// `[output, consumed, more]`
fn shown(outcome: Outcome, context: &mut Context) -> JsResult<[JsValue; 3]> {
    let output = if outcome.output.is_empty() {
        JsValue::undefined()
    } else {
        buffer::from_aligned(outcome.output, context)?.into()
    };
    Ok([output, outcome.consumed.into(), outcome.more.into()])
}

/// `write(handle, chunk, offset, flush, limit, callback)`: a job takes a copy of the chunk from the offset on, and the callback
/// gets `(error, output, consumed, more)`.
pub fn write(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let place = place_of(args.get_or_undefined(0), context)?;
    let offset = number(args.get_or_undefined(2));
    let input = View::of_any(args.get_or_undefined(1), context)
        .map_or_else(Vec::new, |view| view.part(offset, view.len()).to_vec());
    let flush = args.get_or_undefined(3).to_i32(context)?;
    let limit = number(args.get_or_undefined(4));
    let callback = super::callback(args.get_or_undefined(5), context)?;
    let mut codec = take(&place, context)?;
    let work = move || {
        let outcome = codec::run(&mut *codec, &input, flush, limit);
        (codec, outcome)
    };
    pool::submit_as(Class::Cpu, "ZLIB", context, work, move |result, context| {
        let outcome = match result {
            Ok((codec, outcome)) => {
                put(&place, codec);
                outcome
            }
            Err(error) => Err(Failure::new(&error.to_string(), -1, "Z_ERRNO")),
        };
        let undefined = JsValue::undefined();
        match outcome {
            Ok(outcome) => {
                let [output, consumed, more] = shown(outcome, context)?;
                let args = [undefined.clone(), output, consumed, more];
                callback.call(&undefined, &args, context)?;
            }
            Err(failure) => {
                let error = failure.error(context).into_opaque(context)?;
                callback.call(&undefined, &[error], context)?;
            }
        }
        Ok(())
    });
    Ok(JsValue::undefined())
}

/// `writeSync(handle, chunk, offset, flush, limit)`: `[output, consumed, more]`, or throws.
pub fn write_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let place = place_of(args.get_or_undefined(0), context)?;
    let view = View::of_any(args.get_or_undefined(1), context);
    let offset = number(args.get_or_undefined(2));
    let flush = args.get_or_undefined(3).to_i32(context)?;
    let limit = number(args.get_or_undefined(4));
    let mut codec = take(&place, context)?;
    let mut run = |input: &[u8]| codec::run(&mut *codec, input, flush, limit);
    let outcome = match view {
        Some(view) => view.part(offset, view.len()).read(&mut run),
        None => run(&[]),
    };
    put(&place, codec);
    match outcome {
        Ok(outcome) => {
            let shown = shown(outcome, context)?;
            Ok(JsArray::from_iter(shown, context).into())
        }
        Err(failure) => Err(failure.error(context)),
    }
}

/// What a whole input gave.
struct Whole {
    output: AlignedVec<u8>,
    rest: bool,
}

/// Why there is no output of a whole input.
enum WholeFailure {
    Codec(Failure),
    TooLarge,
}

fn run_whole(
    codec: &mut dyn Codec,
    input: &[u8],
    flush: i32,
    limit: usize,
) -> Result<Whole, WholeFailure> {
    let most = limit.saturating_add(1);
    let outcome = codec::run(codec, input, flush, most).map_err(WholeFailure::Codec)?;
    if outcome.output.len() > limit {
        return Err(WholeFailure::TooLarge);
    }
    Ok(Whole {
        rest: outcome.consumed < input.len(),
        output: outcome.output,
    })
}

/// `whole(handle, input, flush, limit, reject, callback)`: the output of all of the input, of at most `limit` bytes;
/// `reject` makes an error of input that is left over. Without a callback at once, else by one job.
pub fn whole(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let place = place_of(args.get_or_undefined(0), context)?;
    let view = View::of_any(args.get_or_undefined(1), context);
    let flush = args.get_or_undefined(2).to_i32(context)?;
    let limit = number(args.get_or_undefined(3));
    let reject = args.get_or_undefined(4).to_boolean();
    let callback = args.get_or_undefined(5);
    if callback.is_undefined() {
        let mut codec = take(&place, context)?;
        let mut run = |input: &[u8]| run_whole(&mut *codec, input, flush, limit);
        let outcome = match view {
            Some(view) => view.read(&mut run),
            None => run(&[]),
        };
        place.replace(Place::Closed);
        return finish(outcome, limit, reject, context);
    }
    let callback = super::callback(callback, context)?;
    let input = view.map_or_else(Vec::new, |view| view.to_vec());
    let mut codec = take(&place, context)?;
    let work = move || run_whole(&mut *codec, &input, flush, limit);
    pool::submit_as(Class::Cpu, "ZLIB", context, work, move |result, context| {
        place.replace(Place::Closed);
        let outcome = result.unwrap_or_else(|error| {
            let failure = Failure::new(&error.to_string(), -1, "Z_ERRNO");
            Err(WholeFailure::Codec(failure))
        });
        let args = match finish(outcome, limit, reject, context) {
            Ok(buffer) => vec![JsValue::null(), buffer],
            Err(error) => vec![error.into_opaque(context)?],
        };
        callback.call(&JsValue::undefined(), &args, context)?;
        Ok(())
    });
    Ok(JsValue::undefined())
}

fn finish(
    outcome: Result<Whole, WholeFailure>,
    limit: usize,
    reject: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    match outcome {
        Ok(whole) if whole.rest && reject => {
            let code = "ERR_TRAILING_JUNK_AFTER_STREAM_END";
            Err(errors::node_error(code, &[], context))
        }
        Ok(whole) => buffer::from_aligned(whole.output, context).map(JsValue::from),
        Err(WholeFailure::Codec(failure)) => Err(failure.error(context)),
        Err(WholeFailure::TooLarge) => Err(errors::node_error(
            "ERR_BUFFER_TOO_LARGE",
            &[limit.into()],
            context,
        )),
    }
}

/// `reset(handle)`
pub fn reset(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let place = place_of(args.get_or_undefined(0), context)?;
    let mut codec = take(&place, context)?;
    let outcome = codec.reset();
    put(&place, codec);
    outcome
        .map(|()| JsValue::undefined())
        .map_err(|failure| failure.error(context))
}

/// `params(handle, level, strategy)`
pub fn params(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let place = place_of(args.get_or_undefined(0), context)?;
    let level = args.get_or_undefined(1).to_i32(context)?;
    let strategy = args.get_or_undefined(2).to_i32(context)?;
    let mut codec = take(&place, context)?;
    let outcome = codec.params(level, strategy);
    put(&place, codec);
    outcome
        .map(|()| JsValue::undefined())
        .map_err(|failure| failure.error(context))
}

/// `handle.close()`: frees the codec, when its job is done if it is with one.
fn close(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let place = place_of(this, context)?;
    place.replace(Place::Closed);
    Ok(JsValue::undefined())
}
