//! `Array.prototype`: what reads or moves many elements. The engine goes through property access for each, a
//! quarter of a microsecond or more; an array that is dense and without holes is read in place here. The storage can't be written
//! from outside but one element at a time, without the checks.

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsSymbol, JsValue, Trace, js_string,
    object::{IndexPropertyValues, PropertyMap, builtins::JsArray},
    property::{Attribute, PropertyKey},
};

use super::{Method, Originals};
use crate::engine::native;

pub const METHODS: &[Method] = &[
    ("indexOf", 1, index_of),
    ("includes", 1, includes),
    ("slice", 2, slice),
    ("concat", 1, concat),
    ("reverse", 0, reverse),
    ("unshift", 1, unshift),
    ("splice", 2, splice),
    ("fill", 1, fill),
];

/// `Array` itself.
pub const STATICS: &[Method] = &[("from", 1, from)];

type Quick = JsResult<Option<JsValue>>;

/// How an array is iterated: the method of its prototype, and `next` of the iterators that it makes.
#[derive(Trace, Finalize, PartialEq)]
pub struct Iteration {
    values: JsObject,
    next: JsObject,
}

/// What iterates arrays as it is now.
pub fn iteration(context: &Context) -> Option<Iteration> {
    let own = |object: &JsObject, key: PropertyKey| {
        let found = object.borrow().properties().get(&key);
        found.and_then(|found| found.value()?.as_object())
    };
    let intrinsics = context.intrinsics();
    let prototype = intrinsics.constructors().array().prototype();
    let iterator = intrinsics.objects().iterator_prototypes().array();
    Some(Iteration {
        values: own(&prototype, JsSymbol::iterator().into())?,
        next: own(&iterator, js_string!("next").into())?,
    })
}

/// `Array.from` of an array that iterates as arrays do: a copy.
fn from(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let class = context.intrinsics().constructors().array().constructor();
    if this.as_object().as_ref() != Some(&class) || !args.get_or_undefined(1).is_undefined() {
        return Ok(None);
    }
    let values = values_of(args.get_or_undefined(0), context);
    Ok(values.map(|values| plain(values, context)))
}

/// What iterating a value would give, if that is an array that iterates as arrays do.
pub fn values_of(value: &JsValue, context: &Context) -> Option<Vec<JsValue>> {
    let now = iteration(context)?;
    let object = array(value).filter(|_| Originals::iterates(&now, context))?;
    let prototype = context.intrinsics().constructors().array().prototype();
    if object.prototype() != Some(prototype) {
        return None;
    }
    let iterator = PropertyKey::from(JsSymbol::iterator());
    if object.borrow().properties().contains_key(&iterator) {
        return None;
    }
    all_of(&object)
}

/// The getter of `Array[Symbol.species]` as it is now.
pub fn species(context: &Context) -> Option<JsObject> {
    let array = context.intrinsics().constructors().array().constructor();
    let found = array.borrow().properties().get(&JsSymbol::species().into());
    found.and_then(|found| found.get()?.as_object())
}

/// The elements of an array that has no holes; nothing for other objects.
enum Dense<'a> {
    Integers(&'a [i32]),
    Numbers(&'a [f64]),
    Values(&'a [JsValue]),
}

impl<'a> Dense<'a> {
    fn of(properties: &'a PropertyMap) -> Option<Self> {
        let dense = match properties.index_property_values() {
            IndexPropertyValues::DenseI32(values) => Self::Integers(values.as_slice()),
            IndexPropertyValues::DenseF64(values) => Self::Numbers(values.as_slice()),
            IndexPropertyValues::DenseElement(values) => Self::Values(values.as_slice()),
            _ => return None,
        };
        (dense.len() == length_of(properties)?).then_some(dense)
    }

    fn len(&self) -> usize {
        match self {
            Self::Integers(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Values(values) => values.len(),
        }
    }

    /// Appends a range of the elements, which has to be inside.
    fn copy(&self, range: std::ops::Range<usize>, to: &mut Vec<JsValue>) {
        match self {
            Self::Integers(values) => {
                to.extend(values[range].iter().map(|&value| JsValue::from(value)))
            }
            Self::Numbers(values) => {
                to.extend(values[range].iter().map(|&value| JsValue::from(value)))
            }
            Self::Values(values) => to.extend_from_slice(&values[range]),
        }
    }

    fn position(&self, from: usize, is: impl Fn(&JsValue) -> bool) -> Option<usize> {
        let found = match self {
            Self::Integers(values) => values[from..]
                .iter()
                .position(|&value| is(&JsValue::from(value))),
            Self::Numbers(values) => values[from..]
                .iter()
                .position(|&value| is(&JsValue::from(value))),
            Self::Values(values) => values[from..].iter().position(is),
        };
        found.map(|at| at + from)
    }
}

/// An array's own `length`; `None` where it can't be changed.
fn length_of(properties: &PropertyMap) -> Option<usize> {
    let length = properties.get(&js_string!("length").into())?;
    if length.writable() != Some(true) {
        return None;
    }
    Some(length.value()?.as_number()? as usize)
}

fn array(this: &JsValue) -> Option<JsObject> {
    this.as_object().filter(JsObject::is_array)
}

/// The elements of an array without holes that are all numbers.
pub(super) fn numbers(value: &JsValue) -> Option<Vec<f64>> {
    let object = array(value)?;
    let object = object.borrow();
    match Dense::of(object.properties())? {
        Dense::Integers(values) => Some(values.iter().copied().map(f64::from).collect()),
        Dense::Numbers(values) => Some(values.to_vec()),
        Dense::Values(values) => values.iter().map(JsValue::as_number).collect(),
    }
}

/// A relative index that is a number or left out.
pub(super) fn relative(value: &JsValue, otherwise: usize, length: usize) -> Option<usize> {
    if value.is_undefined() {
        return Some(otherwise);
    }
    let number = value.as_number()?.trunc();
    if number < 0.0 {
        return Some((length as f64 + number).max(0.0) as usize);
    }
    // NaN becomes 0.
    Some((number as usize).min(length))
}

/// Whether what is made from this array is a plain array: ArraySpeciesCreate finds the constructor `Array` untouched.
fn makes_plain(object: &JsObject, context: &Context) -> bool {
    let array = context.intrinsics().constructors().array();
    let prototype = array.prototype();
    let name = PropertyKey::from(js_string!("constructor"));
    if object.prototype().as_ref() != Some(&prototype)
        || object.borrow().properties().contains_key(&name)
    {
        return false;
    }
    let constructor = prototype.borrow().properties().get(&name);
    let constructor = constructor.and_then(|found| found.value()?.as_object());
    constructor == Some(array.constructor())
        && species(context) == Originals::of(context, |kept| &kept.species)
}

/// Writes an element that is there, or the one behind the last.
fn put(object: &JsObject, index: usize, value: JsValue) {
    object.insert_property(
        PropertyKey::from(index as u32),
        native::property(value, Attribute::all()),
    );
}

pub(super) fn plain(values: Vec<JsValue>, context: &mut Context) -> JsValue {
    JsArray::from_iter(values, context).into()
}

fn index_of(this: &JsValue, args: &[JsValue], _: &mut Context) -> Quick {
    let place = |wanted: &JsValue| {
        let object = array(this)?;
        let object = object.borrow();
        let dense = Dense::of(object.properties())?;
        let from = relative(args.get_or_undefined(1), 0, dense.len())?;
        let found = dense.position(from, |value| wanted.strict_equals(value));
        Some(found.map_or_else(|| JsValue::from(-1), JsValue::from))
    };
    Ok(place(args.get_or_undefined(0)))
}

fn includes(this: &JsValue, args: &[JsValue], _: &mut Context) -> Quick {
    let place = |wanted: &JsValue| {
        let object = array(this)?;
        let object = object.borrow();
        let dense = Dense::of(object.properties())?;
        let from = relative(args.get_or_undefined(1), 0, dense.len())?;
        let found = dense.position(from, |value| JsValue::same_value_zero(wanted, value));
        Some(found.is_some().into())
    };
    Ok(place(args.get_or_undefined(0)))
}

fn slice(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let Some(object) = array(this).filter(|object| makes_plain(object, context)) else {
        return Ok(None);
    };
    let values = || {
        let object = object.borrow();
        let dense = Dense::of(object.properties())?;
        let length = dense.len();
        let start = relative(args.get_or_undefined(0), 0, length)?;
        let end = relative(args.get_or_undefined(1), length, length)?;
        let mut values = Vec::with_capacity(end.saturating_sub(start));
        dense.copy(start..end.max(start), &mut values);
        Some(values)
    };
    Ok(values().map(|values| plain(values, context)))
}

fn concat(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let spreadable = PropertyKey::from(JsSymbol::is_concat_spreadable());
    let says = |object: &JsObject| object.borrow().properties().contains_key(&spreadable);
    let constructors = context.intrinsics().constructors();
    let prototype = constructors.array().prototype();
    if says(&prototype) || says(&constructors.object().prototype()) {
        return Ok(None);
    }
    if !array(this).is_some_and(|object| makes_plain(&object, context)) {
        return Ok(None);
    }
    let mut values = Vec::new();
    for item in std::iter::once(this).chain(args) {
        let Some(object) = item.as_object() else {
            values.push(item.clone());
            continue;
        };
        if !object.is_array() || object.prototype().as_ref() != Some(&prototype) || says(&object) {
            return Ok(None);
        }
        let object = object.borrow();
        let Some(dense) = Dense::of(object.properties()) else {
            return Ok(None);
        };
        dense.copy(0..dense.len(), &mut values);
    }
    Ok(Some(plain(values, context)))
}

/// All elements of an array that has no holes.
pub(super) fn all_of(object: &JsObject) -> Option<Vec<JsValue>> {
    if !object.is_array() {
        return None;
    }
    let object = object.borrow();
    let dense = Dense::of(object.properties())?;
    let mut values = Vec::with_capacity(dense.len());
    dense.copy(0..dense.len(), &mut values);
    Some(values)
}

/// Writes the first elements of an array that has them all already and may be given others; `false` if it isn't one.
pub(super) fn put_all(object: &JsObject, values: &[JsValue]) -> bool {
    let has_all = object.is_array()
        && Dense::of(object.borrow().properties()).is_some_and(|dense| dense.len() >= values.len());
    if has_all {
        for (at, value) in values.iter().enumerate() {
            put(object, at, value.clone());
        }
    }
    has_all
}

/// All elements of an array that may be given others, and more of them.
fn elements(this: &JsValue, context: &mut Context) -> JsResult<Option<(JsObject, Vec<JsValue>)>> {
    let Some(object) = array(this) else {
        return Ok(None);
    };
    if !object.is_extensible(context)? {
        return Ok(None);
    }
    let values = all_of(&object);
    Ok(values.map(|values| (object, values)))
}

fn reverse(this: &JsValue, _: &[JsValue], context: &mut Context) -> Quick {
    let Some((object, values)) = elements(this, context)? else {
        return Ok(None);
    };
    for (at, value) in values.into_iter().rev().enumerate() {
        put(&object, at, value);
    }
    Ok(Some(object.into()))
}

fn unshift(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let Some((object, values)) = elements(this, context)? else {
        return Ok(None);
    };
    if args.is_empty() {
        return Ok(None);
    }
    let length = values.len() + args.len();
    let all = args.iter().cloned().chain(values);
    for (at, value) in all.enumerate() {
        put(&object, at, value);
    }
    object.set(js_string!("length"), length, true, context)?;
    Ok(Some(length.into()))
}

fn splice(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    if args.is_empty() || !array(this).is_some_and(|object| makes_plain(&object, context)) {
        return Ok(None);
    }
    let Some((object, mut values)) = elements(this, context)? else {
        return Ok(None);
    };
    let length = values.len();
    let Some(start) = relative(args.get_or_undefined(0), 0, length) else {
        return Ok(None);
    };
    let count = match args.get(1).map(JsValue::as_number) {
        None => length - start,
        Some(Some(count)) => (count as usize).min(length - start),
        Some(None) => return Ok(None),
    };
    let inserted = args.get(2..).unwrap_or_default();
    let behind = values.split_off(start + count);
    let removed = values.split_off(start);
    let new_length = length - count + inserted.len();
    // What is behind stays where it is if as many came as went.
    let moved = if inserted.len() == count {
        Vec::new()
    } else {
        behind
    };
    let all = inserted.iter().cloned().chain(moved);
    for (at, value) in all.enumerate() {
        put(&object, start + at, value);
    }
    if new_length != length {
        object.set(js_string!("length"), new_length, true, context)?;
    }
    Ok(Some(plain(removed, context)))
}

fn fill(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let Some(object) = array(this) else {
        return Ok(None);
    };
    if !object.is_extensible(context)? {
        return Ok(None);
    }
    let range = || {
        let object = object.borrow();
        let properties = object.properties();
        let length = length_of(properties)?;
        let start = relative(args.get_or_undefined(1), 0, length)?;
        let end = relative(args.get_or_undefined(2), length, length)?;
        let dense = Dense::of(properties).is_some();
        // `new Array(n)` has nothing yet: its elements are put one behind the other.
        let empty = start == 0 && properties.index_property_keys().len() == 0;
        (dense || empty).then_some((start..end, empty))
    };
    let Some((range, empty)) = range() else {
        return Ok(None);
    };
    if empty && prototypes_have_elements(&object) {
        return Ok(None);
    }
    for at in range {
        put(&object, at, args.get_or_undefined(0).clone());
    }
    Ok(Some(object.into()))
}

/// Whether an element that isn't there is inherited, or may be.
fn prototypes_have_elements(object: &JsObject) -> bool {
    let mut next = object.prototype();
    while let Some(prototype) = next {
        if prototype.is::<boa_engine::builtins::proxy::Proxy>()
            || prototype.borrow().properties().index_property_keys().len() > 0
        {
            return true;
        }
        next = prototype.prototype();
    }
    false
}
