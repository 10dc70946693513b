//! `fill` of typed arrays: the engine's sets element by element through the whole of property access, half a microsecond
//! each. Here an array of bytes is filled at once; everything else is left to the engine's.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, NativeFunction,
    builtins::typed_array::{TypedArray, TypedArrayKind},
    js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{JsArrayBuffer, JsTypedArray},
    },
};

use super::native::{self, METHOD};

/// Replaces `%TypedArray%.prototype.fill`; call it before the intrinsics are captured.
pub fn install(context: &mut Context) -> JsResult<()> {
    let constructors = context.intrinsics().constructors();
    let prototype = constructors.typed_array().prototype();
    let name = js_string!("fill");
    let original = prototype.get(name.clone(), context)?;
    let Some(original) = original.as_callable() else {
        return Ok(());
    };
    let fill = NativeFunction::from_copy_closure_with_captures(
        |this, args, original: &JsObject, context| {
            if fill_bytes(this, args, context).is_some() {
                return Ok(this.clone());
            }
            original.call(this, args, context)
        },
        original,
    );
    let fill = FunctionObjectBuilder::new(context.realm(), fill)
        .name(name.clone())
        .length(1)
        .build();
    prototype.insert_property(name, native::property(fill, METHOD));
    Ok(())
}

/// Fills an array of bytes with a byte; `None` if it is another array, another value, or anything is out of the ordinary.
fn fill_bytes(this: &JsValue, args: &[JsValue], context: &mut Context) -> Option<()> {
    let value = args.get_or_undefined(0).as_number()?;
    if value.fract() != 0.0 || !(0.0..=255.0).contains(&value) {
        return None;
    }
    let object = this.as_object()?;
    let (offset, length) = {
        let array = object.downcast_ref::<TypedArray>()?;
        if array.kind() != TypedArrayKind::Uint8 {
            return None;
        }
        // A length beyond any buffer is how the engine says "as long as the buffer".
        let length = array.byte_length(usize::MAX);
        (
            usize::try_from(array.byte_offset()).ok()?,
            usize::try_from(length).ok().filter(|l| *l < 1 << 53)?,
        )
    };
    let start = index(args.get_or_undefined(1), 0, length)?;
    let end = index(args.get_or_undefined(2), length, length)?;
    let buffer = JsTypedArray::from_object(object)
        .ok()?
        .buffer(context)
        .ok()?;
    let buffer = JsArrayBuffer::from_object(buffer.as_object()?).ok()?;
    let mut data = buffer.data_mut()?;
    let bytes = data.get_mut(offset..offset + length)?;
    bytes.get_mut(start..end)?.fill(value as u8);
    Some(())
}

/// A relative index that is a plain number or left out.
fn index(value: &JsValue, otherwise: usize, length: usize) -> Option<usize> {
    if value.is_undefined() {
        return Some(otherwise);
    }
    let number = value.as_number().filter(|number| number.fract() == 0.0)?;
    let from = if number < 0.0 { length as f64 } else { 0.0 };
    Some((from + number).clamp(0.0, length as f64) as usize)
}
