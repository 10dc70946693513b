//! What the states of Readable and Writable have in common: how they are made and read, and the accessors of their
//! prototypes. A state (`_readableState`, `_writableState`) is an object whose native data is a record; nothing of
//! a record is borrowed while script runs.

use std::marker::PhantomData;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction,
    native_function::NativeFunctionPointer,
    object::{FunctionObjectBuilder, NativeObject},
    property::PropertyDescriptor,
};

use crate::{
    engine::lookup::{LookUp, own_named},
    node::errors,
};

/// A record with the bits of a state.
pub trait Bits: NativeObject {
    /// The bits as they are.
    fn bits(&self) -> u32;
    /// Where they are kept.
    fn bits_mut(&mut self) -> &mut u32;
}

/// The record of one kind of state.
pub trait Record: Bits {
    /// The property of a stream that has its state.
    const PROPERTY: JsString;
    /// What is wrong with an object without one.
    const MISSING: &'static str;

    /// The state of a stream that keeps it in a record of its own, where the property is an accessor; `None` if it is to be asked.
    fn kept(_stream: &JsObject) -> Option<JsObject> {
        None
    }
}

/// A state of ours: an object whose native data is a record `R`.
pub struct State<R> {
    object: JsObject,
    record: PhantomData<R>,
}

impl<R> Clone for State<R> {
    fn clone(&self) -> Self {
        Self {
            object: self.object.clone(),
            record: PhantomData,
        }
    }
}

impl<R: Record> State<R> {
    /// The state of a stream.
    ///
    /// # Errors
    /// A `TypeError` for what is no stream, or has a state that we didn't make.
    pub fn of(stream: &JsObject, context: &mut Context) -> JsResult<Self> {
        let known = R::kept(stream).map(JsValue::from);
        let state = match known.or_else(|| own_named(stream, R::PROPERTY)) {
            Some(state) => state,
            None => stream.look_up(R::PROPERTY, context)?,
        };
        Self::from_value(&state).ok_or_else(|| errors::type_error(R::MISSING, context))
    }

    /// A state that script hands in.
    pub fn from_value(value: &JsValue) -> Option<Self> {
        let object = value.as_object().filter(JsObject::is::<R>)?;
        Some(Self {
            object,
            record: PhantomData,
        })
    }

    /// A new state.
    pub fn new(record: R, prototype: JsObject, context: &Context) -> Self {
        Self {
            object: JsObject::new(context.root_shape(), prototype, record).upcast(),
            record: PhantomData,
        }
    }

    /// Reads or changes the record. `act` must not run script.
    pub fn with<T>(&self, act: impl FnOnce(&mut R) -> T) -> T {
        let mut record = self
            .object
            .downcast_mut::<R>()
            .expect("a State is made only of objects with this record");
        act(&mut record)
    }

    /// Whether any of these bits is set.
    pub fn any(&self, bits: u32) -> bool {
        self.with(|record| record.bits() & bits != 0)
    }

    pub fn set(&self, bits: u32) {
        self.with(|record| *record.bits_mut() |= bits);
    }

    pub fn clear(&self, bits: u32) {
        self.with(|record| *record.bits_mut() &= !bits);
    }

    /// What script sees.
    pub fn object(&self) -> &JsObject {
        &self.object
    }

    pub fn into_object(self) -> JsObject {
        self.object
    }

    pub fn to_value(&self) -> JsValue {
        self.object.clone().into()
    }
}

/// A property of a state's prototype: its name, what reads it and what sets it.
pub type Accessor = (
    &'static str,
    NativeFunctionPointer,
    Option<NativeFunctionPointer>,
);

/// Reads a value of the record of `this`; `undefined` where that is no state.
///
/// # Errors
/// None.
pub fn look<R: Record>(this: &JsValue, read: impl FnOnce(&R) -> JsValue) -> JsResult<JsValue> {
    let state = State::<R>::from_value(this);
    Ok(state.map_or_else(JsValue::undefined, |state| {
        state.with(|record| read(record))
    }))
}

/// A prototype for states whose record is `R`.
pub fn prototype_of<R: Record>(
    booleans: &[(&str, u32)],
    accessors: &[Accessor],
    context: &mut Context,
) -> JsObject {
    let prototype = JsObject::with_object_proto(context.intrinsics());
    define_bits::<R>(&prototype, booleans, context);
    for &(name, get, set) in accessors {
        let get = NativeFunction::from_fn_ptr(get);
        let set = set.map(NativeFunction::from_fn_ptr);
        define_accessor(&prototype, name, get, set, context);
    }
    prototype
}

/// Defines boolean accessors on the prototype of the states whose record is `T`, each for one bit.
fn define_bits<T: Bits>(prototype: &JsObject, names: &[(&str, u32)], context: &mut Context) {
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
fn define_accessor(
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
