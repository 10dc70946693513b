//! `sort` and `toSorted` of arrays and typed arrays. The engine gives a program's comparison to the sort of the standard library,
//! which panics when it contradicts itself, as `() => Math.random() - 0.5` does; and it makes texts of both elements at every
//! comparison where no function is given.

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::typed_array::TypedArray, js_string, object::builtins::JsTypedArray,
};

use super::{Method, arrays, timsort};
use crate::engine::clone::typed_array;

pub const ARRAYS: &[Method] = &[("sort", 1, sort), ("toSorted", 1, to_sorted)];

/// `%TypedArray%.prototype`
pub const TYPED: &[Method] = &[("sort", 1, sort_typed), ("toSorted", 1, typed_to_sorted)];

type Quick = JsResult<Option<JsValue>>;

/// How elements are compared.
enum Comparison {
    /// As texts.
    Texts,
    Function(JsObject),
}

impl Comparison {
    /// What the arguments ask for; `None` if that can't be.
    fn of(args: &[JsValue]) -> Option<Self> {
        let given = args.get_or_undefined(0);
        if given.is_undefined() {
            return Some(Self::Texts);
        }
        given.as_callable().map(Self::Function)
    }
}

/// [`Array.prototype.sort`](https://tc39.es/ecma262/#sec-array.prototype.sort)
fn sort(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let Some(comparison) = Comparison::of(args).filter(|_| !this.is_null_or_undefined()) else {
        return Ok(None);
    };
    let object = this.to_object(context)?;
    let (values, length) = match arrays::all_of(&object) {
        Some(values) => {
            let length = values.len() as u64;
            (values, length)
        }
        None => {
            let length = length_of(&object, context)?;
            (elements(&object, length, Holes::Skipped, context)?, length)
        }
    };
    let values = in_order(values, &comparison, context)?;
    write(&object, &values, context)?;
    // The holes come last.
    for at in values.len() as u64..length {
        object.delete_property_or_throw(at, context)?;
    }
    Ok(Some(object.into()))
}

/// [`Array.prototype.toSorted`](https://tc39.es/ecma262/#sec-array.prototype.tosorted)
fn to_sorted(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let Some(comparison) = Comparison::of(args).filter(|_| !this.is_null_or_undefined()) else {
        return Ok(None);
    };
    let object = this.to_object(context)?;
    let values = match arrays::all_of(&object) {
        Some(values) => values,
        None => {
            let length = length_of(&object, context)?;
            if length > u64::from(u32::MAX) {
                let error = JsNativeError::range().with_message("Invalid array length");
                return Err(error.into());
            }
            elements(&object, length, Holes::Read, context)?
        }
    };
    let values = in_order(values, &comparison, context)?;
    Ok(Some(arrays::plain(values, context)))
}

/// [`%TypedArray%.prototype.sort`](https://tc39.es/ecma262/#sec-%typedarray%.prototype.sort) by a function. Numbers are
/// compared by the engine.
fn sort_typed(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let (Some(array), Some(Comparison::Function(function))) =
        (typed(this, context)?, Comparison::of(args))
    else {
        return Ok(None);
    };
    sort_elements(&array, &function, context)?;
    Ok(Some(array.into()))
}

/// [`%TypedArray%.prototype.toSorted`](https://tc39.es/ecma262/#sec-%typedarray%.prototype.tosorted) by a function.
fn typed_to_sorted(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let (Some(array), Some(Comparison::Function(function))) =
        (typed(this, context)?, Comparison::of(args))
    else {
        return Ok(None);
    };
    let Some(kind) = array.downcast_ref::<TypedArray>().map(|array| array.kind()) else {
        return Ok(None);
    };
    let copy = typed_array(kind, context).construct(&[array.into()], None, context)?;
    sort_elements(&copy, &function, context)?;
    Ok(Some(copy.into()))
}

/// A typed array that has elements. The engine says what is wrong with others.
fn typed(value: &JsValue, context: &mut Context) -> JsResult<Option<JsObject>> {
    let Some(object) = value.as_object().filter(JsObject::is::<TypedArray>) else {
        return Ok(None);
    };
    let length = JsTypedArray::from_object(object.clone())?.length(context)?;
    Ok(Some(object).filter(|_| length > 0))
}

/// Sorts a typed array, which the comparison may make shorter meanwhile: what isn't there any more isn't written.
fn sort_elements(array: &JsObject, function: &JsObject, context: &mut Context) -> JsResult<()> {
    let length = JsTypedArray::from_object(array.clone())?.length(context)?;
    let values = elements(array, length as u64, Holes::Read, context)?;
    let mut order: Vec<usize> = (0..values.len()).collect();
    merge_halves(&mut order.clone(), &mut order, &mut |one, other| {
        verdict(function, &values[one], &values[other], context)
    })?;
    write(array, &permuted(&values, order), context)
}

/// Sorts what both slices hold into the second, by halves. V8 sorts typed arrays so, and compares in this order.
fn merge_halves(
    source: &mut [usize],
    target: &mut [usize],
    compare: &mut impl FnMut(usize, usize) -> JsResult<f64>,
) -> JsResult<()> {
    let middle = source.len() / 2;
    if middle > 1 {
        merge_halves(&mut target[..middle], &mut source[..middle], compare)?;
    }
    if source.len() - middle > 1 {
        merge_halves(&mut target[middle..], &mut source[middle..], compare)?;
    }
    let (mut left, mut right) = (0, middle);
    for place in target {
        let take_left = right == source.len()
            || left < middle && {
                let verdict = compare(source[left], source[right])?;
                verdict.is_nan() || verdict <= 0.0
            };
        let from = if take_left { &mut left } else { &mut right };
        *place = source[*from];
        *from += 1;
    }
    Ok(())
}

fn length_of(object: &JsObject, context: &mut Context) -> JsResult<u64> {
    object
        .get(js_string!("length"), context)?
        .to_length(context)
}

/// What becomes of elements that aren't there.
#[derive(Clone, Copy, PartialEq)]
enum Holes {
    Skipped,
    Read,
}

/// The elements of anything that has a length.
fn elements(
    object: &JsObject,
    length: u64,
    holes: Holes,
    context: &mut Context,
) -> JsResult<Vec<JsValue>> {
    let mut values = Vec::new();
    for at in 0..length {
        if holes == Holes::Read || object.has_property(at, context)? {
            values.push(object.get(at, context)?);
        }
    }
    Ok(values)
}

fn write(object: &JsObject, values: &[JsValue], context: &mut Context) -> JsResult<()> {
    // The comparison may have done anything to it.
    if object.is_extensible(context)? && arrays::put_all(object, values) {
        return Ok(());
    }
    for (at, value) in values.iter().enumerate() {
        object.set(at, value.clone(), true, context)?;
    }
    Ok(())
}

/// The values in their order, `undefined` last.
fn in_order(
    mut values: Vec<JsValue>,
    comparison: &Comparison,
    context: &mut Context,
) -> JsResult<Vec<JsValue>> {
    let length = values.len();
    values.retain(|value| !value.is_undefined());
    let mut order: Vec<usize> = (0..values.len()).collect();
    match comparison {
        Comparison::Function(function) => {
            timsort::sort(&mut order, |one, other| -> JsResult<bool> {
                Ok(verdict(function, &values[one], &values[other], context)? < 0.0)
            })?
        }
        Comparison::Texts => match texts(&values, context)? {
            Some(texts) => order.sort_by(|&one, &other| texts[one].cmp(&texts[other])),
            None => timsort::sort(&mut order, |one, other| -> JsResult<bool> {
                let one = values[one].to_string(context)?;
                Ok(one < values[other].to_string(context)?)
            })?,
        },
    }
    let mut sorted = permuted(&values, order);
    sorted.resize(length, JsValue::undefined());
    Ok(sorted)
}

fn permuted(values: &[JsValue], order: Vec<usize>) -> Vec<JsValue> {
    order.into_iter().map(|at| values[at].clone()).collect()
}

/// What a program's function says of two values.
fn verdict(
    function: &JsObject,
    one: &JsValue,
    other: &JsValue,
    context: &mut Context,
) -> JsResult<f64> {
    let args = [one.clone(), other.clone()];
    let verdict = function.call(&JsValue::undefined(), &args, context)?;
    match verdict.as_number() {
        Some(number) => Ok(number),
        None => verdict.to_number(context),
    }
}

/// The texts of values that become texts without any script; `None` if one doesn't.
fn texts(values: &[JsValue], context: &mut Context) -> JsResult<Option<Vec<JsString>>> {
    if values
        .iter()
        .any(|value| value.is_object() || value.is_symbol())
    {
        return Ok(None);
    }
    let texts: JsResult<_> = values
        .iter()
        .map(|value| value.to_string(context))
        .collect();
    texts.map(Some)
}
