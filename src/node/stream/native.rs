//! What the native halves of Readable and Writable have in common: emitting from Rust, ticks, and accessors for the
//! bits of a state. A state (`_readableState`, `_writableState`) is an object whose native data is a record; nothing of
//! a record is borrowed while script runs.

use boa_engine::{
    Context, JsArgs, JsObject, JsString, JsValue, NativeFunction,
    object::{FunctionObjectBuilder, NativeObject},
    property::PropertyDescriptor,
};

pub(crate) use crate::node::events::emit;

/// A record with the bits of a state.
pub trait Bits: NativeObject {
    /// The bits as they are.
    fn bits(&self) -> u32;
    /// Where they are kept.
    fn bits_mut(&mut self) -> &mut u32;
}

/// Defines boolean accessors on the prototype of the states whose record is `T`, each for one bit.
pub fn define_bits<T: Bits>(prototype: &JsObject, names: &[(&str, u32)], context: &mut Context) {
    for &(name, bit) in names {
        let get = NativeFunction::from_copy_closure(move |this, _, _| {
            let record = this.as_object();
            let record = record.as_ref().and_then(|state| state.downcast_ref::<T>());
            Ok(record.is_some_and(|record| record.bits() & bit != 0).into())
        });
        let set = NativeFunction::from_copy_closure(move |this, args, _| {
            let on = args.get_or_undefined(0).to_boolean();
            if let Some(state) = this.as_object()
                && let Some(mut record) = state.downcast_mut::<T>()
            {
                if on {
                    *record.bits_mut() |= bit;
                } else {
                    *record.bits_mut() &= !bit;
                }
            }
            Ok(JsValue::undefined())
        });
        define_accessor(prototype, name, get, Some(set), context);
    }
}

/// Defines an accessor on the prototype of states.
pub fn define_accessor(
    prototype: &JsObject,
    name: &str,
    get: NativeFunction,
    set: Option<NativeFunction>,
    context: &mut Context,
) {
    let name = JsString::from(name);
    let get = FunctionObjectBuilder::new(context.realm(), get)
        .name(name.clone())
        .build();
    let mut descriptor = PropertyDescriptor::builder()
        .get(get)
        .enumerable(false)
        .configurable(true);
    if let Some(set) = set {
        let set = FunctionObjectBuilder::new(context.realm(), set)
            .name(name.clone())
            .length(1)
            .build();
        descriptor = descriptor.set(set);
    }
    prototype.insert_property(name, descriptor.build());
}
