//! `%TypedArray%.prototype`: what walks all elements, on the bytes. Elements that are BigInts or half floats, and values that
//! would run script to become numbers, are left to the engine.
//!
//! The getters are found where the engine's inline caches reach them, too: these remember a property of an object and of its
//! prototype, not of what is further up, and each look-up that they don't know tries to read the name as a number at
//! every step.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue,
    builtins::typed_array::{TypedArray, TypedArrayKind},
    js_string,
    property::PropertyKey,
};

use super::{
    Method,
    arrays::{self, relative},
};
use crate::node::buffer::View;

pub const METHODS: &[Method] = &[
    ("indexOf", 1, index_of),
    ("includes", 1, includes),
    ("reverse", 0, reverse),
    ("set", 1, set),
];

/// Gives each kind's prototype the `length` of `%TypedArray%.prototype` as its own.
pub fn bring_near(context: &Context) {
    let constructors = context.intrinsics().constructors();
    let shared = constructors.typed_array().prototype();
    for kind in [
        constructors.typed_int8_array(),
        constructors.typed_uint8_array(),
        constructors.typed_uint8clamped_array(),
        constructors.typed_int16_array(),
        constructors.typed_uint16_array(),
        constructors.typed_int32_array(),
        constructors.typed_uint32_array(),
        constructors.typed_float32_array(),
        constructors.typed_float64_array(),
    ] {
        copy_property(js_string!("length"), &shared, &kind.prototype());
    }
}

/// Gives the prototype of a class of typed arrays what is read of these often.
pub fn bring_near_to(prototype: &JsObject, context: &Context) {
    let shared = context.intrinsics().constructors().typed_array();
    for name in ["length", "byteLength", "byteOffset", "buffer", "set"] {
        copy_property(JsString::from(name), &shared.prototype(), prototype);
    }
}

fn copy_property(name: JsString, from: &JsObject, to: &JsObject) {
    let key = PropertyKey::from(name);
    let found = from.borrow().properties().get(&key);
    if let Some(found) = found {
        to.insert_property(key, found);
    }
}

type Quick = JsResult<Option<JsValue>>;

/// Runs a block with `$Element` as the type of a kind's elements; `None` for kinds that aren't walked here.
macro_rules! with_element {
    ($kind:expr, $Element:ident => $block:expr) => {
        match $kind {
            TypedArrayKind::Int8 => with_element!(@ i8, $Element, $block),
            TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped => with_element!(@ u8, $Element, $block),
            TypedArrayKind::Int16 => with_element!(@ i16, $Element, $block),
            TypedArrayKind::Uint16 => with_element!(@ u16, $Element, $block),
            TypedArrayKind::Int32 => with_element!(@ i32, $Element, $block),
            TypedArrayKind::Uint32 => with_element!(@ u32, $Element, $block),
            TypedArrayKind::Float32 => with_element!(@ f32, $Element, $block),
            TypedArrayKind::Float64 => with_element!(@ f64, $Element, $block),
            _ => return Ok(None),
        }
    };
    (@ $type:ty, $Element:ident, $block:expr) => {{
        type $Element = $type;
        $block
    }};
}

/// The kind and the bytes of a typed array that has any.
fn elements(this: &JsValue, context: &mut Context) -> Option<(JsObject, TypedArrayKind, View)> {
    let object = this.as_object()?;
    let kind = object.downcast_ref::<TypedArray>()?.kind();
    let view = View::of_object(&object, context)?;
    (view.len() > 0).then_some((object, kind, view))
}

/// Where a number is, from an index on; `NaN` is only found where `same` says that it is itself.
// One of the types is the type that the elements become.
#[allow(clippy::useless_conversion)]
fn position(
    this: &JsValue,
    args: &[JsValue],
    same: fn(f64, f64) -> bool,
    context: &mut Context,
) -> JsResult<Option<Option<usize>>> {
    let (Some((_, kind, view)), Some(wanted)) = (
        elements(this, context),
        args.first().and_then(JsValue::as_number),
    ) else {
        return Ok(None);
    };
    with_element!(kind, Element => {
        const WIDTH: usize = size_of::<Element>();
        let Some(from) = relative(args.get_or_undefined(1), 0, view.len() / WIDTH) else {
            return Ok(None);
        };
        let is_wanted = |bytes: &[u8]| {
            let mut element = [0; WIDTH];
            element.copy_from_slice(bytes);
            same(f64::from(Element::from_ne_bytes(element)), wanted)
        };
        let found = view.read(|bytes| bytes[from * WIDTH..].chunks_exact(WIDTH).position(is_wanted));
        Ok(Some(found.map(|found| found + from)))
    })
}

fn index_of(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let found = position(this, args, |element, wanted| element == wanted, context)?;
    Ok(found.map(|found| found.map_or_else(|| JsValue::from(-1), JsValue::from)))
}

fn includes(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let same = |element: f64, wanted: f64| element == wanted || element.is_nan() && wanted.is_nan();
    let found = position(this, args, same, context)?;
    Ok(found.map(|found| found.is_some().into()))
}

fn reverse(this: &JsValue, _: &[JsValue], context: &mut Context) -> Quick {
    let Some((object, kind, view)) = elements(this, context) else {
        return Ok(None);
    };
    with_element!(kind, Element => {
        const WIDTH: usize = size_of::<Element>();
        view.write(context, |bytes| {
            // All bytes, then those of each element back again. What is left over at the end of a buffer is no element.
            let whole = bytes.len() / WIDTH * WIDTH;
            let bytes = &mut bytes[..whole];
            bytes.reverse();
            bytes.chunks_exact_mut(WIDTH).for_each(<[u8]>::reverse);
        })?;
    });
    Ok(Some(object.into()))
}

/// `set(source, offset)` of an array of numbers without holes, or of a typed array of the same kind, where it fits.
fn set(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let Some((_, kind, view)) = elements(this, context) else {
        return Ok(None);
    };
    let offset = match args.get_or_undefined(1) {
        offset if offset.is_undefined() => 0.0,
        offset => match offset.as_number() {
            Some(offset) if offset >= 0.0 => offset.trunc(),
            _ => return Ok(None),
        },
    };
    let source = args.get_or_undefined(0);
    if let Some((_, source_kind, bytes)) = elements(source, context) {
        // Bytes where both hold the same.
        let fits = |width: usize| offset * width as f64 + bytes.len() as f64 <= view.len() as f64;
        return with_element!(kind, Element => {
            if source_kind != kind || !fits(size_of::<Element>()) {
                return Ok(None);
            }
            let start = offset as usize * size_of::<Element>();
            bytes.copy_to(&view.part(start, start + bytes.len()), context)?;
            Ok(Some(JsValue::undefined()))
        });
    }
    let Some(numbers) = arrays::numbers(source) else {
        return Ok(None);
    };
    // Beyond that, truncating wouldn't be exact; nor is NaN below anything.
    let fits_integer = |number: &f64| number.abs() < (1_u64 << 53) as f64;
    let is_float = matches!(kind, TypedArrayKind::Float32 | TypedArrayKind::Float64);
    if !is_float && !numbers.iter().all(fits_integer) {
        return Ok(None);
    }
    with_element!(kind, Element => {
        const WIDTH: usize = size_of::<Element>();
        if offset + numbers.len() as f64 > (view.len() / WIDTH) as f64 {
            return Ok(None);
        }
        let start = offset as usize * WIDTH;
        view.write(context, |bytes| {
            for (bytes, number) in bytes[start..].chunks_exact_mut(WIDTH).zip(&numbers) {
                let element = if kind == TypedArrayKind::Uint8Clamped {
                    number.clamp(0.0, 255.0).round_ties_even() as Element
                } else if is_float {
                    *number as Element
                } else {
                    *number as i64 as Element
                };
                bytes.copy_from_slice(&element.to_ne_bytes());
            }
        })?;
    });
    Ok(Some(JsValue::undefined()))
}
