//! `perf_hooks`: the clock and the loop's own figures; the entries are script.

use boa_engine::{Context, JsObject, JsResult, JsValue, object::builtins::JsArray};

use crate::{engine::native::Natives, runtime::State};

/// `binding('perf_hooks')`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let started = State::of(context).started;
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let origin = since_epoch.saturating_sub(started.elapsed());
    Ok(Natives::new(context)
        .value("timeOrigin", origin.as_secs_f64() * 1000.0)
        .function("loopTimes", 0, loop_times)
        .function("loopMetrics", 0, loop_metrics)
        .build())
}

/// `loopTimes()`: milliseconds since the start of the runtime at which the loop started to run, -1 before that, and those
/// that it has slept in poll.
fn loop_times(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let started = state.loop_started.get().map_or(-1.0, |at| {
        at.duration_since(state.started).as_secs_f64() * 1000.0
    });
    let idle = state.event_loop.idle_time().as_secs_f64() * 1000.0;
    Ok(JsArray::from_iter([started.into(), idle.into()], context).into())
}

/// `loopMetrics()`: iterations of the loop and events that its polls have fetched.
fn loop_metrics(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let metrics = State::of(context).event_loop.metrics();
    let figures = [metrics.iterations as f64, metrics.events as f64];
    Ok(JsArray::from_iter(figures.map(JsValue::from), context).into())
}
