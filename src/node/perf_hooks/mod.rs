//! `perf_hooks`: the clock, the loop's own figures, histograms, and what is known of collections; the entries are script.

mod histogram;

use std::cell::RefCell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, object::builtins::JsArray,
};

use crate::{
    engine::native::Natives,
    runtime::{State, pool_stats::CLASSES},
};

/// `binding('perf_hooks')`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let started = State::of(context).started;
    let since_epoch = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let origin = since_epoch.saturating_sub(started.elapsed());
    Ok(histogram::natives(Natives::new(context))
        .value("timeOrigin", origin.as_secs_f64() * 1000.0)
        .function("loopTimes", 0, loop_times)
        .function("loopMetrics", 0, loop_metrics)
        .function("milestones", 0, milestones)
        .function("watchCollections", 1, watch::<Collections>)
        .function("takeCollections", 0, take_collections)
        .function("watchJobs", 1, watch::<Jobs>)
        .function("takeJobs", 0, take_jobs)
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

/// `milestones()`: milliseconds since the start at which the engine was there, the globals were, and the main script could begin.
fn milestones(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let at = |at: Option<std::time::Instant>| {
        at.map_or(0.0, |at| {
            at.duration_since(state.started).as_secs_f64() * 1000.0
        })
    };
    let ended = match state.loop_ended.get() {
        Some(ended) => at(Some(ended)),
        None => -1.0,
    };
    let list = [
        at(Some(state.engine_ready)),
        at(state.globals_ready.get()),
        at(state.main_began.get()),
        ended,
    ];
    Ok(JsArray::from_iter(list.map(JsValue::from), context).into())
}

/// Who hears of news of one kind.
pub trait News: Default + 'static {
    /// The place of the function that is told.
    fn listener(&self) -> &RefCell<Option<JsObject>>;
    /// Says whether the news are to be kept.
    fn keep(state: &State, on: bool);
}

/// Who hears of collections.
#[derive(Default)]
pub struct Collections(RefCell<Option<JsObject>>);

impl News for Collections {
    fn listener(&self) -> &RefCell<Option<JsObject>> {
        &self.0
    }

    fn keep(state: &State, on: bool) {
        state.memory.watch(on);
    }
}

/// Who hears of the pool's jobs.
#[derive(Default)]
pub struct Jobs(RefCell<Option<JsObject>>);

impl News for Jobs {
    fn listener(&self) -> &RefCell<Option<JsObject>> {
        &self.0
    }

    fn keep(state: &State, on: bool) {
        state.pool.observe(on);
    }
}

/// `watchCollections(tell | undefined)`, `watchJobs(tell | undefined)`
fn watch<T: News>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let listener = args.get_or_undefined(0).as_object();
    T::keep(&state, listener.is_some());
    state.slot::<T>().listener().replace(listener);
    Ok(JsValue::undefined())
}

/// Tells script that there are news: of collections as the door closes, of jobs after their callbacks.
#[cold]
pub fn tell<T: News>(state: &State, context: &mut Context) {
    let listener = state.slot::<T>().listener().borrow().clone();
    if let Some(listener) = listener {
        // It only queues entries; their observers are called in a turn of their own.
        let _ = listener.call(&JsValue::undefined(), &[], context);
    }
}

/// `takeCollections()`: for each that script hasn't heard of, in turns: its start and duration in milliseconds, the bytes that script
/// held before and after, and whether script asked for it.
fn take_collections(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let mut list: Vec<JsValue> = Vec::new();
    for collection in state.memory.take_collections() {
        let start = collection.start.duration_since(state.started);
        list.push((start.as_secs_f64() * 1000.0).into());
        list.push((collection.duration.as_secs_f64() * 1000.0).into());
        list.push(JsValue::from(collection.bytes.0 as f64));
        list.push(JsValue::from(collection.bytes.1 as f64));
        list.push(collection.forced.into());
    }
    Ok(JsArray::from_iter(list, context).into())
}

/// `takeJobs()`: for each that script hasn't heard of, in turns: its class, the milliseconds at which it was submitted, at which it
/// started and at which it ended, and what became of it.
fn take_jobs(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let state = State::of(context);
    let mut list: Vec<JsValue> = Vec::new();
    for report in state.pool.take_reports() {
        let class = CLASSES.iter().find(|(class, _)| *class == report.class);
        list.push(JsString::from(class.map_or("", |(_, name)| name)).into());
        for time in report.times {
            let time = time.duration_since(state.started);
            list.push((time.as_secs_f64() * 1000.0).into());
        }
        list.push(JsString::from(report.outcome).into());
    }
    Ok(JsArray::from_iter(list, context).into())
}

/// `loopMetrics()`: iterations of the loop and events that its polls have fetched.
fn loop_metrics(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let metrics = State::of(context).event_loop.metrics();
    let figures = [metrics.iterations as f64, metrics.events as f64];
    Ok(JsArray::from_iter(figures.map(JsValue::from), context).into())
}
