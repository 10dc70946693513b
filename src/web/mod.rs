//! The web platform's globals: one folder each. Each global is an accessor until a script touches it.

pub mod dom_exception;
pub mod encoding;
pub mod streams;
pub mod structured_clone;
pub mod url;

use boa_engine::{Context, JsResult, JsString, JsValue, property::Attribute};

use crate::engine::{native::Natives, registry};

fn member(id: &str, name: &'static str, context: &mut Context) -> JsResult<JsValue> {
    let module = registry::require(id, context)?.to_object(context)?;
    module.get(JsString::from(name), context)
}

fn navigator(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    member("navigator", "navigator", context)
}

/// Defines the globals whose implementation is script, and takes away what the engine has and Node.js 24 hasn't.
pub fn install(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    global.delete_property_or_throw(JsString::from("Temporal"), context)?;
    drop(
        Natives::on(global.clone(), context)
            .value("global", global)
            .lazy("Event", |context| {
                member("events/event_target", "Event", context)
            })
            .lazy("CustomEvent", |context| {
                member("events/event_target", "CustomEvent", context)
            })
            .lazy("EventTarget", |context| {
                member("events/event_target", "EventTarget", context)
            })
            .lazy("MessageEvent", |context| {
                member("events/message_event", "MessageEvent", context)
            })
            .lazy("MessageChannel", |context| {
                member("worker_threads/port", "MessageChannel", context)
            })
            .lazy("MessagePort", |context| {
                member("worker_threads/port", "MessagePort", context)
            })
            .lazy("BroadcastChannel", |context| {
                member(
                    "worker_threads/broadcast_channel",
                    "BroadcastChannel",
                    context,
                )
            })
            .lazy("URLPattern", |context| {
                member("url/pattern", "URLPattern", context)
            })
            .lazy("AbortController", |context| {
                member("events/abort", "AbortController", context)
            })
            .lazy("AbortSignal", |context| {
                member("events/abort", "AbortSignal", context)
            })
            .lazy("Performance", |context| {
                member("perf_hooks/performance", "Performance", context)
            })
            .lazy("PerformanceEntry", |context| {
                member("perf_hooks/entries", "PerformanceEntry", context)
            })
            .lazy("PerformanceMark", |context| {
                member("perf_hooks/entries", "PerformanceMark", context)
            })
            .lazy("PerformanceMeasure", |context| {
                member("perf_hooks/entries", "PerformanceMeasure", context)
            })
            .lazy("PerformanceObserver", |context| {
                member("perf_hooks/observe", "PerformanceObserver", context)
            })
            .lazy("PerformanceObserverEntryList", |context| {
                member(
                    "perf_hooks/observe",
                    "PerformanceObserverEntryList",
                    context,
                )
            }),
    );
    drop(
        Natives::on(context.global_object(), context)
            .attributes(Attribute::all())
            .lazy("performance", |context| {
                member("perf_hooks/performance", "performance", context)
            }),
    );
    drop(
        Natives::on(context.global_object(), context)
            .lazy("Navigator", |context| {
                member("navigator", "Navigator", context)
            })
            .attributes(Attribute::CONFIGURABLE | Attribute::ENUMERABLE)
            .accessor("navigator", navigator, None),
    );
    streams::install(context);
    Ok(())
}
