//! The native record behind a message: native data of an object that the server made, under a hidden property of one that script
//! constructed (a subclass, a fake request in a test).
//!
//! Here is how it is found, and the accessors that read and set one bit of it; `incoming` and `outgoing` say what is in it.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string,
    object::NativeObject,
    property::{PropertyDescriptor, PropertyKey},
};

use super::{Incoming, Outgoing, Slot, help};
use crate::{
    node::{domain, errors, events::table::Listening},
    runtime::State,
};

/// The object that holds the record of type `T` behind `this`.
pub fn holder<T: NativeObject>(this: &JsValue, context: &mut Context) -> Option<JsObject> {
    let object = this.as_object()?;
    if object.is::<T>() {
        return Some(object);
    }
    let key = Slot::of(context).record_key();
    let own = object.borrow().properties().get(&key);
    if let Some(own) = own.as_ref().and_then(PropertyDescriptor::value)
        && let Some(own) = own.as_object().filter(JsObject::is::<T>)
    {
        return Some(own);
    }
    let mut at = object.prototype();
    while let Some(prototype) = at {
        if prototype.is::<T>() {
            return Some(prototype);
        }
        at = prototype.prototype();
    }
    object
        .get(key, context)
        .ok()?
        .as_object()
        .filter(JsObject::is::<T>)
}

/// Reads or changes the record behind `this`.
pub fn with<T: NativeObject, R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut T) -> R,
) -> Option<R> {
    let holder = holder::<T>(this, context)?;
    let mut record = holder.downcast_mut::<T>()?;
    Some(act(&mut record))
}

/// The same, or the error for a `this` that never was a message.
pub fn need<T: NativeObject, R>(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&mut T) -> R,
) -> JsResult<R> {
    match with(this, context, act) {
        Some(result) => Ok(result),
        None => Err(errors::type_error("Illegal invocation", context)),
    }
}

/// A record of a message that can come to its end before anybody watches it.
pub trait Watched: Listening {
    /// The helper that announces the end in the next tick.
    fn announcer() -> JsString;

    /// Script has assigned `_events`: somebody may listen. Answers whether the message ended in this very turn, unwatched; it
    /// is not at its end then, until that is announced.
    fn watch(&mut self, turn: u64) -> bool;
}

/// The setter of `_events`.
pub fn set_events<T: Watched>(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let turn = State::of(context).tasks.turn();
    let just_ended = with(this, context, |record: &mut T| record.watch(turn));
    if let Some(object) = this.as_object()
        && let Some(mut record) = object.downcast_mut::<T>()
    {
        record.table().replace();
    }
    let events = args.first().cloned().unwrap_or_default();
    define_own(this, js_string!("_events"), events);
    if just_ended == Some(true) {
        // Who comes before the next tick still hears of it.
        help(T::announcer(), &[this.clone(), false.into()], context)?;
    }
    Ok(JsValue::undefined())
}

/// A message gets its first listener, which is in its table.
///
/// # Errors
/// What script throws.
pub fn listened(message: &JsObject, context: &mut Context) -> JsResult<()> {
    if message.is::<Incoming>() {
        begin::<Incoming>(message, context)
    } else {
        begin::<Outgoing>(message, context)
    }
}

fn begin<T: Watched>(message: &JsObject, context: &mut Context) -> JsResult<()> {
    let turn = State::of(context).tasks.turn();
    let just_ended = (message.downcast_mut::<T>()).is_some_and(|mut record| record.watch(turn));
    if just_ended {
        // Who comes before the next tick still hears of it.
        help(
            T::announcer(),
            &[message.clone().into(), false.into()],
            context,
        )?;
    }
    Ok(())
}

/// Puts a record under the hidden property of an object.
pub fn attach<T: NativeObject>(object: &JsObject, record: T, context: &mut Context) {
    let key = Slot::of(context).record_key();
    let holder = JsObject::new(context.root_shape(), None, record).upcast();
    let descriptor = PropertyDescriptor::builder()
        .value(holder)
        .writable(true)
        .enumerable(false)
        .configurable(true);
    object.insert_property(key, descriptor.build());
    domain::adopt(object, context);
}

/// Gives an object a property of its own, as assignment in a constructor does.
pub fn define_own(this: &JsValue, key: impl Into<PropertyKey>, value: JsValue) {
    if let Some(object) = this.as_object() {
        let descriptor = PropertyDescriptor::builder()
            .value(value)
            .writable(true)
            .enumerable(true)
            .configurable(true);
        object.insert_property(key.into(), descriptor.build());
    }
}

/// A setter that shadows the accessor by a property of the object's own.
macro_rules! shadow {
    ($name:literal) => {
        Some(
            |this: &boa_engine::JsValue,
             args: &[boa_engine::JsValue],
             _: &mut boa_engine::Context| {
                let value = args.first().cloned().unwrap_or_default();
                $crate::node::http::record::define_own(this, boa_engine::js_string!($name), value);
                Ok(boa_engine::JsValue::undefined())
            },
        )
    };
}
pub(super) use shadow;

/// A setter of a value in the record.
macro_rules! set_value {
    ($with:path, $field:ident) => {
        Some(
            |this: &boa_engine::JsValue,
             args: &[boa_engine::JsValue],
             context: &mut boa_engine::Context| {
                let value = args.first().cloned().unwrap_or_default();
                $with(this, context, |record| record.$field = value);
                Ok(boa_engine::JsValue::undefined())
            },
        )
    };
}
pub(super) use set_value;

/// A setter of a bit.
macro_rules! set_bit {
    ($with:path, $bit:expr) => {
        Some(
            |this: &boa_engine::JsValue,
             args: &[boa_engine::JsValue],
             context: &mut boa_engine::Context| {
                let on = args.first().is_some_and(boa_engine::JsValue::to_boolean);
                $with(this, context, |record| {
                    if on {
                        record.bits |= $bit;
                    } else {
                        record.bits &= !$bit;
                    }
                });
                Ok(boa_engine::JsValue::undefined())
            },
        )
    };
}
pub(super) use set_bit;

/// A getter of a bit.
macro_rules! get_bit {
    ($with:path, $bit:expr) => {
        |this: &boa_engine::JsValue,
         _: &[boa_engine::JsValue],
         context: &mut boa_engine::Context| {
            let on = $with(this, context, |record| record.has($bit));
            Ok(on.map_or_else(boa_engine::JsValue::undefined, boa_engine::JsValue::from))
        }
    };
}
pub(super) use get_bit;
