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

const CASES: [&str; 11] = [
    "loop", "call", "native", "callback", "object", "view", "text", "instance", "emit", "convert",
    "address",
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
    define_bytes(context)?;
    context.register_global_class::<Native>()?;
    context.register_global_class::<Emitter>()?;
    context.register_global_class::<Address>()
}

/// `Bytes.from`, and `toText` where the instances of Uint8Array find it.
fn define_bytes(context: &mut Context) -> JsResult<()> {
    let pool = JsArrayBuffer::new(8192, context)?;
    let from = NativeFunction::from_copy_closure_with_captures(bytes_from, pool);
    let from = from.to_js_function(context.realm());
    let bytes = JsObject::with_object_proto(context.intrinsics());
    bytes.create_data_property_or_throw(js_string!("from"), from, context)?;
    context.register_global_property(js_string!("Bytes"), bytes, Attribute::all())?;
    let to_text = NativeFunction::from_fn_ptr(make_text).to_js_function(context.realm());
    let class = context.intrinsics().constructors().typed_uint8_array();
    let prototype = class.prototype();
    prototype
        .create_data_property_or_throw(js_string!("toText"), to_text, context)
        .map(drop)
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

/// A view of 64 bytes by the constructor, the only way to one of a part.
fn bytes_from(
    _: &JsValue,
    _: &[JsValue],
    pool: &JsArrayBuffer,
    context: &mut Context,
) -> JsResult<JsValue> {
    let class = context.intrinsics().constructors().typed_uint8_array();
    let constructor = class.constructor();
    let args = [pool.clone().into(), 8.into(), 64.into()];
    Ok(constructor.construct(&args, None, context)?.into())
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

/// Something with one listener.
#[derive(Trace, Finalize, JsData)]
struct Emitter {
    listener: Option<JsObject>,
}

impl Class for Emitter {
    const NAME: &'static str = "Emitter";
    const LENGTH: usize = 1;

    fn data_constructor(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<Self> {
        let listener = args.get_or_undefined(0).as_callable();
        Ok(Self { listener })
    }

    fn init(class: &mut ClassBuilder<'_>) -> JsResult<()> {
        class.method(js_string!("emit"), 1, NativeFunction::from_fn_ptr(emit));
        Ok(())
    }
}

fn emit(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object();
    let emitter = object.as_ref().and_then(JsObject::downcast_ref::<Emitter>);
    let listener = emitter.and_then(|emitter| emitter.listener.clone());
    if let Some(listener) = &listener {
        listener.call(this, args.get(1..).unwrap_or_default(), context)?;
    }
    Ok(listener.is_some().into())
}

/// A text with three names.
#[derive(Trace, Finalize, JsData)]
struct Address {
    #[unsafe_ignore_trace]
    text: JsString,
}

impl Class for Address {
    const NAME: &'static str = "Address";
    const LENGTH: usize = 1;

    fn data_constructor(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        let text = args.get_or_undefined(0).to_string(context)?;
        Ok(Self { text })
    }

    fn init(class: &mut ClassBuilder<'_>) -> JsResult<()> {
        let realm = class.context().realm().clone();
        for name in ["href", "pathname", "host"] {
            let get = NativeFunction::from_fn_ptr(|this, _, _| {
                let object = this.as_object();
                let address = object.as_ref().and_then(JsObject::downcast_ref::<Self>);
                Ok(address.map_or_else(JsValue::undefined, |address| address.text.clone().into()))
            });
            let get = get.to_js_function(&realm);
            let name = JsString::from(name);
            class.accessor(name, Some(get), None, Attribute::CONFIGURABLE);
        }
        Ok(())
    }
}
