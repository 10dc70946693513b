//! Time and memory: `hrtime`, `uptime`, `memoryUsage`, `cpuUsage`, `resourceUsage`.

use boa_engine::{
    Context, JsArgs, JsBigInt, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};
use ouro_loop::EventLoop;

use crate::{
    engine::native::{self, Natives},
    node::errors,
    runtime::State,
    sys::{self, ResourceUsage},
};

/// Adds the functions to the process object.
pub fn add(mut natives: Natives<'_>) -> Natives<'_> {
    let hrtime = native::function(natives.context(), "hrtime", 1, hrtime);
    drop(
        Natives::on(hrtime.clone().into(), natives.context()).function("bigint", 0, hrtime_bigint),
    );
    let memory = native::function(natives.context(), "memoryUsage", 0, memory_usage);
    drop(Natives::on(memory.clone().into(), natives.context()).function("rss", 0, rss));
    natives
        .value("hrtime", hrtime)
        .value("memoryUsage", memory)
        .function("uptime", 0, uptime)
        .function("cpuUsage", 1, cpu_usage)
        .function("threadCpuUsage", 1, thread_cpu_usage)
        .function("resourceUsage", 0, resource_usage)
        .function("constrainedMemory", 0, constrained_memory)
        .function("availableMemory", 0, available_memory)
}

/// What script halves need.
pub fn add_natives(natives: Natives<'_>) -> Natives<'_> {
    natives.function("now", 0, now)
}

/// Milliseconds since the runtime was made, with fractions.
fn now(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok((State::of(context).started.elapsed().as_secs_f64() * 1000.0).into())
}

fn hrtime(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let now = EventLoop::hrtime();
    let (mut seconds, mut nanos) = ((now / 1_000_000_000) as i64, (now % 1_000_000_000) as i64);
    let before = args.get_or_undefined(0);
    if !before.is_undefined() {
        let Some(array) = before.as_object().filter(JsObject::is_array) else {
            return Err(errors::invalid_arg_type(
                "time",
                &["Array"],
                before,
                context,
            ));
        };
        let length = array
            .get(js_string!("length"), context)?
            .to_length(context)?;
        if length != 2 {
            return Err(errors::out_of_range(
                "time",
                "2",
                &JsValue::from(length),
                context,
            ));
        }
        seconds -= array.get(0, context)?.to_number(context)? as i64;
        nanos -= array.get(1, context)?.to_number(context)? as i64;
        if nanos < 0 {
            seconds -= 1;
            nanos += 1_000_000_000;
        }
    }
    let pair = [JsValue::from(seconds as f64), JsValue::from(nanos as f64)];
    Ok(JsArray::from_iter(pair, context).into())
}

fn hrtime_bigint(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(JsBigInt::from(EventLoop::hrtime()).into())
}

fn uptime(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let started = State::of(context).started;
    Ok(started.elapsed().as_secs_f64().into())
}

fn record(pairs: &[(&str, f64)], context: &mut Context) -> JsValue {
    let mut natives = Natives::new(context);
    for (name, value) in pairs {
        natives = natives.value(name, *value);
    }
    natives.build().into()
}

fn memory_usage(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let resident = sys::resident_bytes() as f64;
    let state = State::of(context);
    let external = state.memory.external_bytes() as f64;
    // The engine has no heap statistics: its boxes are what isn't external.
    let held = state
        .memory
        .heap_bytes()
        .map_or(resident, |bytes| bytes as f64);
    let used = (held - external).max(0.0);
    let total = (resident - external).max(used);
    let pairs = [
        ("rss", resident),
        ("heapTotal", total),
        ("heapUsed", used),
        ("external", external),
        ("arrayBuffers", state.memory.buffer_bytes() as f64),
    ];
    Ok(record(&pairs, context))
}

fn rss(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok((sys::resident_bytes() as f64).into())
}

fn usage(thread: bool, context: &mut Context) -> JsResult<ResourceUsage> {
    sys::resource_usage(thread)
        .map_err(|error| errors::io_error(&error, "uv_getrusage", None, context))
}

fn cpu_usage(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    cpu_usage_of(false, args, context)
}

fn thread_cpu_usage(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    cpu_usage_of(true, args, context)
}

fn cpu_usage_of(thread: bool, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut before = [0.0; 2];
    let given = args.get_or_undefined(0);
    if given.to_boolean() {
        let Some(object) = given.as_object() else {
            return Err(errors::invalid_arg_type(
                "prevValue",
                &["Object"],
                given,
                context,
            ));
        };
        for (slot, name) in before.iter_mut().zip(["user", "system"]) {
            let value = object.get(JsString::from(name), context)?;
            let full = format!("prevValue.{name}");
            match value.as_number() {
                Some(number) if (0.0..=9_007_199_254_740_991.0).contains(&number) => *slot = number,
                Some(number) => {
                    let shown = JsValue::from(number)
                        .to_string(context)?
                        .to_std_string_lossy();
                    let text = format!("The property '{full}' is invalid. Received {shown}");
                    return Err(errors::coded(
                        "ERR_INVALID_ARG_VALUE",
                        errors::Base::Range,
                        &text,
                        context,
                    ));
                }
                None => {
                    return Err(errors::invalid_arg_type(
                        &full,
                        &["number"],
                        &value,
                        context,
                    ));
                }
            }
        }
    }
    let usage = usage(thread, context)?;
    let pairs = [
        ("user", usage.user_micros as f64 - before[0]),
        ("system", usage.system_micros as f64 - before[1]),
    ];
    Ok(record(&pairs, context))
}

fn resource_usage(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let usage = usage(false, context)?;
    let pairs = [
        ("userCPUTime", usage.user_micros as f64),
        ("systemCPUTime", usage.system_micros as f64),
        ("maxRSS", usage.max_rss_kilobytes as f64),
        ("sharedMemorySize", 0.0),
        ("unsharedDataSize", 0.0),
        ("unsharedStackSize", 0.0),
        ("minorPageFault", usage.minor_faults as f64),
        ("majorPageFault", usage.major_faults as f64),
        ("swappedOut", 0.0),
        ("fsRead", usage.reads as f64),
        ("fsWrite", usage.writes as f64),
        ("ipcSent", 0.0),
        ("ipcReceived", 0.0),
        ("signalsCount", 0.0),
        ("voluntaryContextSwitches", usage.voluntary_switches as f64),
        (
            "involuntaryContextSwitches",
            usage.involuntary_switches as f64,
        ),
    ];
    Ok(record(&pairs, context))
}

fn constrained_memory(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let limit = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit = limit.and_then(|text| text.trim().parse::<f64>().ok());
    Ok(limit.unwrap_or(0.0).into())
}

fn available_memory(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))
        .and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok());
    Ok((kilobytes.unwrap_or(0.0) * 1024.0).into())
}
