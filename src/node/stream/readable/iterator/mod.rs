//! Reading a stream with `for await`: what `stream[Symbol.asyncIterator]()` returns.
//!
//! In Node that is an async generator whose body waits for 'readable', yields what `read` returns and sees to the stream
//! at the end. Here it is an object of the same prototypes with the steps of that body in Rust: each takes as many
//! microtasks as the generator would, and promises, listeners and errors are those of the generator.
//! `protocol` is the generator, `watch` what it knows of its stream.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/stream.html#readablesymbolasynciterator>

mod protocol;
mod watch;

use std::{cell::OnceCell, collections::VecDeque};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    property::Attribute,
};

use self::{
    protocol::{Phase, Request},
    watch::Watch,
};
use super::{State, bits, read::call_read};
use crate::{
    engine::{
        native::{Natives, property},
        registry,
    },
    node::stream::{calls, destroy::catch},
    runtime::{State as Runtime, async_context::Frame},
};

/// The record of an iterator.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct StreamIterator {
    stream: JsObject,
    /// What `readable.iterator()` was given.
    options: JsValue,
    #[unsafe_ignore_trace]
    phase: Phase,
    /// The calls of `next`, `throw` and `return` that have no result yet.
    requests: VecDeque<Request>,
    /// Undefined while the stream lives, null when it ended well, or what it failed with.
    error: JsValue,
    /// The async context that it sleeps in.
    frame: Frame,
    watch: Watch,
}

/// What the module keeps for each runtime.
#[derive(Default)]
struct Slot {
    /// The prototype of iterators.
    prototype: OnceCell<JsObject>,
}

/// The prototype of iterators, whose own is that of all async generators.
fn prototype(context: &mut Context) -> JsObject {
    let slot = Runtime::of(context).slot::<Slot>();
    if let Some(known) = slot.prototype.get() {
        return known.clone();
    }
    let made = JsObject::with_object_proto(context.intrinsics());
    made.set_prototype(Some(context.intrinsics().objects().async_generator()));
    let made = Natives::on(made, context)
        .function("next", 1, protocol::next)
        .function("return", 1, protocol::return_)
        .function("throw", 1, protocol::throw)
        .build();
    slot.prototype.get_or_init(|| made).clone()
}

/// `stream[Symbol.asyncIterator]()`
pub(super) fn of_stream(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    iterate(this, JsValue::undefined(), context)
}

/// `iterate(stream, options)`
pub fn iterate_native(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(1).clone();
    iterate(args.get_or_undefined(0), options, context)
}

/// The iterator of any stream; one that has no `read` is wrapped.
fn iterate(stream: &JsValue, options: JsValue, context: &mut Context) -> JsResult<JsValue> {
    let mut stream = calls::this_stream(stream, context)?;
    if !is_function(&stream.get(js_string!("read"), context)?) {
        let wrapped = help(js_string!("wrap"), &[stream.into()], context)?;
        stream = calls::this_stream(&wrapped, context)?;
    }
    let prototype = prototype(context);
    let record = StreamIterator {
        stream: stream.clone(),
        options,
        phase: Phase::Start,
        requests: VecDeque::new(),
        error: JsValue::undefined(),
        frame: Frame::default(),
        watch: Watch::default(),
    };
    let iterator = JsObject::new(context.root_shape(), prototype, record).upcast();
    iterator.insert_property(js_string!("stream"), property(stream, Attribute::all()));
    Ok(iterator.into())
}

fn is_function(value: &JsValue) -> bool {
    value.as_object().is_some_and(|object| object.is_callable())
}

/// Calls what script does for iterators.
fn help(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let helpers = registry::require("stream/iterator", context)?.to_object(context)?;
    calls::call(&helpers, name, args, context)
}

/// An iterator, as its steps see it.
#[derive(Clone)]
struct Reader(JsObject);

impl Reader {
    /// The iterator that a method was called on.
    fn of(this: &JsValue) -> Option<Self> {
        let object = this.as_object();
        object
            .filter(|object| object.is::<StreamIterator>())
            .map(Self)
    }

    /// Reads or changes the record. `act` must not run script.
    fn with<T>(&self, act: impl FnOnce(&mut StreamIterator) -> T) -> T {
        let mut record = self
            .0
            .downcast_mut::<StreamIterator>()
            .expect("an Reader is made only of objects with this record");
        act(&mut record)
    }

    fn stream(&self) -> JsObject {
        self.with(|record| record.stream.clone())
    }

    /// From the first `next` on.
    fn start(&self, context: &mut Context) -> JsResult<()> {
        match self.watch(context) {
            Ok(()) => self.read_on(context),
            // Nothing is watched yet: there is nothing to see to.
            Err(error) => {
                let error = catch(error, context)?;
                self.complete(Err(error), context)
            }
        }
    }

    /// Reads the next chunk, or goes to sleep until there may be one.
    fn read_on(&self, context: &mut Context) -> JsResult<()> {
        let chunk = match self.read(context) {
            Ok(chunk) => chunk,
            Err(error) => {
                let error = catch(error, context)?;
                return self.fail(error, context);
            }
        };
        if !chunk.is_null() {
            return self.wait(chunk, Self::yield_one, context);
        }
        let error = self.with(|record| record.error.clone());
        if error.to_boolean() {
            self.fail(error, context)
        } else if error.is_null() {
            self.end(Ok(JsValue::undefined()), context)
        } else {
            self.sleep(context);
            Ok(())
        }
    }

    fn read(&self, context: &mut Context) -> JsResult<JsValue> {
        let stream = self.stream();
        if stream.get(js_string!("destroyed"), context)?.to_boolean() {
            return Ok(JsValue::null());
        }
        call_read(&stream, None, f64::NAN, context)
    }

    /// The body has thrown, or was told to.
    fn fail(&self, thrown: JsValue, context: &mut Context) -> JsResult<()> {
        let known = self.with(|record| record.error.clone());
        let error = match known.to_boolean() && thrown.to_boolean() && known != thrown {
            true => help(js_string!("aggregate"), &[known, thrown], context)?,
            false if known.to_boolean() => known,
            false => thrown,
        };
        self.with(|record| record.error = error.clone());
        self.end(Err(error), context)
    }

    /// The body is over: sees to the stream, then tells whoever waits.
    fn end(&self, outcome: Result<JsValue, JsValue>, context: &mut Context) -> JsResult<()> {
        let outcome = match self.see_to_stream(context) {
            Ok(()) => outcome,
            Err(error) => Err(catch(error, context)?),
        };
        self.complete(outcome, context)
    }

    /// Destroys the stream, or leaves it to others as it is.
    fn see_to_stream(&self, context: &mut Context) -> JsResult<()> {
        let stream = self.stream();
        if self.keeps_stream(&stream, context)? {
            return self.unwatch(context);
        }
        if stream.get(js_string!("destroyed"), context)?.to_boolean() {
            return Ok(());
        }
        help(js_string!("destroy"), &[stream.into()], context).map(drop)
    }

    fn keeps_stream(&self, stream: &JsObject, context: &mut Context) -> JsResult<bool> {
        let state = stream.get(js_string!("_readableState"), context)?;
        let destroys_itself = match State::from_value(&state) {
            Some(state) => state.any(bits::AUTO_DESTROY),
            None => {
                let state = state.to_object(context)?;
                state.get(js_string!("autoDestroy"), context)?.to_boolean()
            }
        };
        let error = self.with(|record| record.error.clone());
        if !error.is_null_or_undefined() {
            return Ok(!destroys_itself);
        }
        if error.is_null() {
            // A stream that ended well looks after itself: its writable half may still be in use.
            let writable = stream.get(js_string!("writable"), context)?;
            if !destroys_itself || writable.as_boolean() == Some(true) {
                return Ok(true);
            }
        }
        let options = self.with(|record| record.options.clone());
        if options.is_null_or_undefined() {
            return Ok(false);
        }
        let options = options.to_object(context)?;
        let destroys = options.get(js_string!("destroyOnReturn"), context)?;
        Ok(destroys.as_boolean() == Some(false))
    }
}
