//! `delete` of maps and sets. The engine closes the gap, which takes as long as the map is large: 60
//! microseconds at 20,000 entries, on average while they are removed one by one. While an iterator is under way it leaves
//! the gap open instead; so the first removal from a large map begins an iteration that is only brought to its end, which
//! closes all gaps, when there are as many of them as entries.

use std::cell::OnceCell;

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsValue,
    builtins::{map::ordered_map::OrderedMap, set::ordered_set::OrderedSet},
    js_string,
    object::NativeObject,
    object::builtins::{JsMap, JsSet, JsWeakMap},
};

use super::Method;
use crate::runtime::State;

pub const MAP: &[Method] = &[("delete", 1, delete::<OrderedMap<JsValue>>)];
pub const SET: &[Method] = &[("delete", 1, delete::<OrderedSet>)];

/// From this many entries on.
const LARGE: usize = 64;

/// The iterators that keep gaps open, by map; weakly, so they go with their maps.
#[derive(Default)]
struct Held(OnceCell<JsWeakMap>);

/// Entries and gaps.
struct Size {
    entries: usize,
    gaps: usize,
}

/// The key as maps have it: there is one zero.
fn canonical(key: &JsValue) -> JsValue {
    if key.as_number() == Some(0.0) {
        return JsValue::from(0);
    }
    key.clone()
}

/// What maps and sets of the engine have in common.
trait Keyed: NativeObject + Sized {
    /// Entries and gaps together.
    fn places(&self) -> usize;

    /// Entries.
    fn entries(&self) -> usize;

    fn has(&self, key: &JsValue) -> bool;

    /// Takes an entry out; `None` if there is none. The caller drops what it was when nothing is borrowed any more.
    fn take(&mut self, key: &JsValue) -> Option<JsValue>;

    /// An iterator that has only begun.
    ///
    /// # Errors
    /// None but those of the engine.
    fn iterate(object: &JsObject, context: &mut Context) -> JsResult<JsValue>;
}

impl Keyed for OrderedMap<JsValue> {
    fn places(&self) -> usize {
        self.full_len()
    }

    fn entries(&self) -> usize {
        self.len()
    }

    fn has(&self, key: &JsValue) -> bool {
        self.contains_key(key)
    }

    fn take(&mut self, key: &JsValue) -> Option<JsValue> {
        self.remove(key)
    }

    fn iterate(object: &JsObject, context: &mut Context) -> JsResult<JsValue> {
        let keys = JsMap::from_object(object.clone())?.keys(context)?;
        Ok(keys.into())
    }
}

impl Keyed for OrderedSet {
    fn places(&self) -> usize {
        self.full_len()
    }

    fn entries(&self) -> usize {
        self.len()
    }

    fn has(&self, key: &JsValue) -> bool {
        self.contains(key)
    }

    fn take(&mut self, key: &JsValue) -> Option<JsValue> {
        self.delete(key).then(JsValue::undefined)
    }

    fn iterate(object: &JsObject, context: &mut Context) -> JsResult<JsValue> {
        let set = JsSet::from_object(object.clone())
            .map_err(|_| JsNativeError::typ().with_message("the receiver is no Set"))?;
        Ok(set.values(context)?.into())
    }
}

fn delete<T: Keyed>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    let Some(object) = this.as_object() else {
        return Ok(None);
    };
    let key = canonical(args.get_or_undefined(0));
    let size = {
        let Some(keyed) = object.downcast_ref::<T>() else {
            return Ok(None);
        };
        if keyed.places() < LARGE || !keyed.has(&key) {
            return Ok(None);
        }
        Size {
            entries: keyed.entries(),
            gaps: keyed.places() - keyed.entries(),
        }
    };
    prepare::<T>(&object, &size, context)?;
    let removed = object
        .downcast_mut::<T>()
        .and_then(|mut keyed| keyed.take(&key));
    Ok(Some(removed.is_some().into()))
}

/// Sees to it that the next removal leaves a gap, and that there aren't too many.
fn prepare<T: Keyed>(object: &JsObject, size: &Size, context: &mut Context) -> JsResult<()> {
    let held = State::of(context).slot::<Held>();
    let held = held.0.get_or_init(|| JsWeakMap::new(context));
    if size.gaps == 0 {
        // Without gaps there may be no iterator; one that is at its end holds nothing, and is replaced.
        let iterator = T::iterate(object, context)?;
        held.set(object, iterator, context)?;
        return Ok(());
    }
    if size.gaps <= size.entries + LARGE {
        return Ok(());
    }
    let Some(iterator) = held.get(object, context)?.as_object() else {
        return Ok(());
    };
    held.delete(object, context)?;
    let next = iterator.get(js_string!("next"), context)?;
    let Some(next) = next.as_callable() else {
        return Ok(());
    };
    loop {
        let step = next.call(&iterator.clone().into(), &[], context)?;
        let done = step.to_object(context)?.get(js_string!("done"), context)?;
        if done.to_boolean() {
            break;
        }
    }
    let iterator = T::iterate(object, context)?;
    held.set(object, iterator, context)?;
    Ok(())
}
