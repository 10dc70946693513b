//! Histograms of `perf_hooks`: HDR histograms behind objects; the classes are script.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/perf_hooks.html#class-histogram>

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Instant,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsBigInt, JsData, JsObject, JsResult, JsValue, Trace,
    object::builtins::JsArray,
};
use hdrhistogram::Histogram;

use crate::engine::native::Natives;

struct Values {
    histogram: RefCell<Histogram<u64>>,
    /// How many values were too large.
    exceeds: Cell<u64>,
    /// When `recordDelta` was called last.
    last: Cell<Option<Instant>>,
}

#[derive(Clone, Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] Rc<Values>);

/// Adds the functions to the binding.
pub fn natives(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("makeHistogram", 3, make)
        .function("histogramRecord", 2, record)
        .function("histogramDelta", 1, record_delta)
        .function("histogramAdd", 2, add)
        .function("histogramReset", 1, reset)
        .function("histogramFigures", 2, figures)
        .function("histogramPercentile", 3, percentile)
        .function("histogramPercentiles", 2, percentiles)
}

fn values(value: &JsValue) -> Option<Rc<Values>> {
    let object = value.as_object()?;
    let handle = object.downcast_ref::<Handle>()?;
    Some(handle.0.clone())
}

/// A number or a bigint, checked by the script half.
fn whole(value: &JsValue, context: &mut Context) -> JsResult<u64> {
    if let Some(big) = value.as_bigint() {
        let number = big.to_f64();
        return Ok(if number <= 0.0 { 0 } else { number as u64 });
    }
    Ok(value.to_number(context)? as u64)
}

fn shown(number: u64, big: bool) -> JsValue {
    if big {
        JsBigInt::from(number).into()
    } else {
        JsValue::from(number as f64)
    }
}

/// `makeHistogram(lowest, highest, figures)`
fn make(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let lowest = whole(args.get_or_undefined(0), context)?.max(1);
    let highest = whole(args.get_or_undefined(1), context)?.max(2 * lowest);
    let digits = args.get_or_undefined(2).to_u32(context)?.clamp(1, 5) as u8;
    let histogram = Histogram::new_with_bounds(lowest, highest, digits).map_err(|error| {
        crate::node::errors::plain(
            crate::node::errors::Base::Plain,
            &error.to_string(),
            context,
        )
    })?;
    let values = Values {
        histogram: RefCell::new(histogram),
        exceeds: Cell::new(0),
        last: Cell::new(None),
    };
    Ok(JsObject::from_proto_and_data(None, Handle(Rc::new(values))).into())
}

impl Values {
    fn record(&self, value: u64) {
        if self.histogram.borrow_mut().record(value).is_err() {
            self.exceeds.set(self.exceeds.get() + 1);
        }
    }
}

/// `histogramRecord(histogram, value)`
fn record(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(values) = values(args.get_or_undefined(0)) {
        values.record(whole(args.get_or_undefined(1), context)?);
    }
    Ok(JsValue::undefined())
}

/// `histogramDelta(histogram)`: records the nanoseconds since the last call, if there was one.
fn record_delta(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(values) = values(args.get_or_undefined(0)) {
        let now = Instant::now();
        if let Some(last) = values.last.replace(Some(now)) {
            let delta = now.duration_since(last).as_nanos();
            values.record(u64::try_from(delta).unwrap_or(u64::MAX).max(1));
        }
    }
    Ok(JsValue::undefined())
}

/// `histogramAdd(histogram, other)`
fn add(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let (Some(values), Some(other)) = (
        values(args.get_or_undefined(0)),
        values(args.get_or_undefined(1)),
    ) else {
        return Ok(JsValue::undefined());
    };
    let added = other.histogram.borrow().clone();
    // What doesn't fit is left out, and counted as too large.
    let mut own = values.histogram.borrow_mut();
    let mut lost = 0;
    for step in added.iter_recorded() {
        let (value, count) = (step.value_iterated_to(), step.count_at_value());
        if own.record_n(value, count).is_err() {
            lost += count;
        }
    }
    values
        .exceeds
        .set(values.exceeds.get() + other.exceeds.get() + lost);
    Ok(JsValue::undefined())
}

/// `histogramReset(histogram)`
fn reset(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    if let Some(values) = values(args.get_or_undefined(0)) {
        values.histogram.borrow_mut().reset();
        values.exceeds.set(0);
        values.last.set(None);
    }
    Ok(JsValue::undefined())
}

/// `histogramFigures(histogram, big)`: `[count, min, max, exceeds, mean, stddev]`, the first four as bigints if `big`.
fn figures(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(values) = values(args.get_or_undefined(0)) else {
        return Ok(JsValue::undefined());
    };
    let big = args.get_or_undefined(1).to_boolean();
    let histogram = values.histogram.borrow();
    let count = histogram.len();
    // What Node's library says of a histogram without values.
    let empty = count == 0;
    let min = if empty {
        i64::MAX as u64
    } else {
        histogram.min()
    };
    let max = if empty { 0 } else { histogram.max() };
    let (mean, deviation) = if empty {
        (f64::NAN, f64::NAN)
    } else {
        (histogram.mean(), histogram.stdev())
    };
    let list = [
        shown(count, big),
        shown(min, big),
        shown(max, big),
        shown(values.exceeds.get(), big),
        mean.into(),
        deviation.into(),
    ];
    drop(histogram);
    Ok(JsArray::from_iter(list, context).into())
}

/// `histogramPercentile(histogram, percentile, big)`
fn percentile(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(values) = values(args.get_or_undefined(0)) else {
        return Ok(JsValue::undefined());
    };
    let percentile = args.get_or_undefined(1).to_number(context)?;
    let histogram = values.histogram.borrow();
    // The rank is rounded, as in Node's library.
    let rank = (percentile / 100.0 * histogram.len() as f64 + 0.5) as u64;
    let mut passed = 0;
    let found = histogram
        .iter_recorded()
        .find(|step| {
            passed += step.count_at_value();
            passed >= rank.max(1)
        })
        .map_or(0, |step| step.value_iterated_to());
    drop(histogram);
    Ok(shown(found, args.get_or_undefined(2).to_boolean()))
}

/// `histogramPercentiles(histogram, big)`: percentile and value in turns.
fn percentiles(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(values) = values(args.get_or_undefined(0)) else {
        return Ok(JsValue::undefined());
    };
    let big = args.get_or_undefined(1).to_boolean();
    let histogram = values.histogram.borrow();
    let mut list: Vec<JsValue> = Vec::new();
    for step in histogram.iter_quantiles(1) {
        list.push((step.quantile_iterated_to() * 100.0).into());
        list.push(shown(
            histogram.lowest_equivalent(step.value_iterated_to()),
            big,
        ));
    }
    if histogram.is_empty() {
        list = vec![100.0.into(), shown(0, big)];
    }
    drop(histogram);
    Ok(JsArray::from_iter(list, context).into())
}
