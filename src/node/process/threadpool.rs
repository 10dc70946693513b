//! `process.threadpool`, which Node has not: the pool of the process as a program sees it. `types/threadpool.d.ts` describes it.

use std::time::Duration;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use ouro_threadpool::{Histogram, Metrics, ThreadPool};

use crate::{
    engine::native::{Natives, new_object},
    runtime::pool_stats::{self, CLASSES},
};

/// Makes the object, when a program first asks for it.
///
/// # Errors
/// None but those of the engine.
pub fn make(context: &mut Context) -> JsResult<JsValue> {
    let threadpool = Natives::new(context)
        .accessor("size", size, None)
        .accessor("active", active, None)
        .accessor("queued", queued, None)
        .function("stats", 0, stats)
        .build();
    Ok(threadpool.into())
}

/// How many threads there are, or will be with the first job.
fn size(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok((ThreadPool::global().size().0 as f64).into())
}

fn sum(count: fn(&ouro_threadpool::ClassMetrics) -> u64) -> JsValue {
    let metrics = ThreadPool::global().metrics();
    let total: u64 = CLASSES
        .iter()
        .map(|(class, _)| count(&metrics.class(*class)))
        .sum();
    (total as f64).into()
}

/// Jobs that run.
fn active(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(sum(|class| class.running))
}

/// Jobs that wait.
fn queued(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(sum(|class| class.queued))
}

/// `stats()`. Times are recorded from the first call on, or from the start with `--pool-stats`.
fn stats(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let pool = ThreadPool::global();
    if pool.times().is_none() {
        pool.record_times(true);
    }
    let Some(snapshot) = pool_stats::snapshot() else {
        return Ok(JsValue::undefined());
    };
    let classes = new_object(context);
    for (class, name) in CLASSES {
        let times = snapshot.times.class(class);
        let wait = histogram(&times.wait, context)?;
        let run = histogram(&times.run, context)?;
        let figures = counts(&snapshot.metrics, class, context)?;
        figures.create_data_property_or_throw(js_string!("wait"), wait, context)?;
        figures.create_data_property_or_throw(js_string!("run"), run, context)?;
        classes.create_data_property_or_throw(JsString::from(name), figures, context)?;
    }
    let result = new_object(context);
    let advice = JsString::from(snapshot.advice.to_string());
    let advised = snapshot.advice.size();
    let properties: [(JsString, JsValue); 6] = [
        (
            js_string!("threads"),
            (snapshot.metrics.threads as f64).into(),
        ),
        (
            js_string!("recorded"),
            milliseconds(snapshot.times.recorded),
        ),
        (
            js_string!("allBusy"),
            snapshot.times.all_busy_share().into(),
        ),
        (js_string!("classes"), classes.into()),
        (js_string!("advice"), advice.into()),
        (
            js_string!("advisedSize"),
            advised.map_or(JsValue::undefined(), |size| (size as f64).into()),
        ),
    ];
    for (key, value) in properties {
        result.create_data_property_or_throw(key, value, context)?;
    }
    Ok(result.into())
}

fn counts(
    metrics: &Metrics,
    class: ouro_threadpool::Class,
    context: &mut Context,
) -> JsResult<JsObject> {
    let counts = metrics.class(class);
    let object = new_object(context);
    for (key, count) in [
        (js_string!("queued"), counts.queued),
        (js_string!("running"), counts.running),
        (js_string!("done"), counts.done),
        (js_string!("canceled"), counts.canceled),
        (js_string!("mostQueued"), counts.most_queued),
        (js_string!("mostRunning"), counts.most_running),
    ] {
        object.create_data_property_or_throw(key, count as f64, context)?;
    }
    Ok(object)
}

fn histogram(histogram: &Histogram, context: &mut Context) -> JsResult<JsObject> {
    let object = new_object(context);
    for (key, time) in [
        (js_string!("p50"), histogram.quantile(0.5)),
        (js_string!("p99"), histogram.quantile(0.99)),
        (js_string!("max"), histogram.max()),
        (js_string!("mean"), histogram.mean()),
    ] {
        object.create_data_property_or_throw(key, milliseconds(time), context)?;
    }
    Ok(object)
}

fn milliseconds(time: Duration) -> JsValue {
    (time.as_secs_f64() * 1e3).into()
}
