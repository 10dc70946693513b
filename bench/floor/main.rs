//! The bare engine of `ouro-bench floor`: the loops of `cases.js` in a context that has nothing of Ouro, with Ouro's engine,
//! features and allocator. It is a target of the package `ouro` so that cargo gives both the same engine.
//!
//! `floor SECONDS` prints a line for each loop: its name, and the nanoseconds that one operation takes.

use std::time::{Duration, Instant};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsNativeError, JsResult, JsString, JsValue, NativeFunction,
    Source, Trace,
    builtins::object::OrdinaryObject,
    class::{Class, ClassBuilder},
    js_string,
    object::{
        FunctionObjectBuilder, JsObject,
        builtins::{JsArrayBuffer, JsUint8Array},
    },
    property::Attribute,
    string::JsStr,
};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: ouro::CountingAllocator<ouro::Mimalloc> = ouro::CountingAllocator(ouro::Mimalloc);

#[cfg(not(feature = "mimalloc"))]
#[global_allocator]
static ALLOCATOR: ouro::CountingAllocator<std::alloc::System> =
    ouro::CountingAllocator(std::alloc::System);

const CASES: [&str; 8] = [
    "loop", "call", "native", "callback", "object", "view", "text", "instance",
];

/// Operations between two looks at the clock.
const BATCH: u32 = 20_000;
/// Of the time measured, how much is spent before it.
const WARM_UP: f64 = 0.25;

fn main() {
    let seconds = std::env::args().nth(1).and_then(|word| word.parse().ok());
    if let Err(error) = run(seconds.unwrap_or(0.3)) {
        eprintln!("floor: {error}");
        std::process::exit(1);
    }
}

fn run(seconds: f64) -> JsResult<()> {
    let context = &mut Context::default();
    define_natives(context)?;
    context.eval(Source::from_bytes(include_str!("cases.js")))?;
    let cases = context
        .global_object()
        .get(js_string!("floorCases"), context)?
        .to_object(context)?;
    for name in CASES {
        let case = cases
            .get(JsString::from(name), context)?
            .to_object(context)?;
        let mut batch = || case.call(&JsValue::undefined(), &[BATCH.into()], context);
        timed(Duration::from_secs_f64(seconds * WARM_UP), &mut batch)?;
        let nanoseconds = timed(Duration::from_secs_f64(seconds), &mut batch)?;
        println!("{name} {nanoseconds}");
    }
    Ok(())
}

/// Does batches for some time; the nanoseconds of processor time that an operation took.
fn timed(time: Duration, batch: &mut impl FnMut() -> JsResult<JsValue>) -> JsResult<f64> {
    let start = Instant::now();
    let before = processor_time(start);
    let mut operations = 0.0;
    while start.elapsed() < time || operations == 0.0 {
        batch()?;
        operations += f64::from(BATCH);
    }
    Ok((processor_time(start) - before) * 1e9 / operations)
}

/// Seconds of processor time that the process has had.
#[cfg(unix)]
fn processor_time(_: Instant) -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the clock is one that every process has, and what is written to is a `timespec`.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Seconds since the origin, in place of processor time.
#[cfg(not(unix))]
fn processor_time(origin: Instant) -> f64 {
    origin.elapsed().as_secs_f64()
}

fn define_natives(context: &mut Context) -> JsResult<()> {
    define("identity", context, NativeFunction::from_fn_ptr(identity))?;
    define("callBack", context, NativeFunction::from_fn_ptr(call_back))?;
    define(
        "makeObject",
        context,
        NativeFunction::from_fn_ptr(make_object),
    )?;
    define("makeText", context, NativeFunction::from_fn_ptr(make_text))?;
    let buffer = JsArrayBuffer::new(8192, context)?;
    let make_view = NativeFunction::from_copy_closure_with_captures(make_view, buffer);
    define("makeView", context, make_view)?;
    context.register_global_class::<Native>()
}

fn define(name: &str, context: &mut Context, native: NativeFunction) -> JsResult<()> {
    let name = JsString::from(name);
    context.register_global_builtin_callable(name, 1, native)
}

fn identity(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(args.get_or_undefined(0).clone())
}

fn call_back(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match args.get_or_undefined(0).as_callable() {
        Some(function) => function.call(this, &[], context),
        None => Err(JsNativeError::typ().into()),
    }
}

/// An object of a shape that is there already.
fn make_object(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = context.intrinsics().constructors().object().prototype();
    let object = JsObject::new(context.root_shape(), prototype, OrdinaryObject);
    Ok(object.upcast().into())
}

fn make_view(
    _: &JsValue,
    _: &[JsValue],
    buffer: &JsArrayBuffer,
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(JsUint8Array::from_array_buffer(buffer.clone(), context)?.into())
}

fn make_text(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(JsStr::latin1(&[b'a'; 64])).into())
}

/// A class whose instances have a record, and one getter.
#[derive(Trace, Finalize, JsData)]
struct Native {
    size: u32,
}

impl Class for Native {
    const NAME: &'static str = "Native";

    fn data_constructor(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<Self> {
        let size = args.len() as u32 + 1;
        Ok(Self { size })
    }

    fn init(class: &mut ClassBuilder<'_>) -> JsResult<()> {
        let realm = class.context().realm().clone();
        let size = NativeFunction::from_fn_ptr(|this, _, _| {
            let object = this.as_object();
            let size = object.as_ref().and_then(JsObject::downcast_ref::<Self>);
            Ok(size.map_or_else(JsValue::undefined, |native| native.size.into()))
        });
        let size = FunctionObjectBuilder::new(&realm, size).build();
        class.accessor(
            js_string!("size"),
            Some(size),
            None,
            Attribute::CONFIGURABLE,
        );
        Ok(())
    }
}
