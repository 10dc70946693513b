//! Reading and writing numbers at a place in a Buffer: `readInt32LE` and its like.
//!
//! Node checks the value before the place, but for single bytes; errors say which range the argument had to be in.

use std::ops::RangeInclusive;

use boa_engine::{
    Context, JsArgs, JsBigInt, JsNativeError, JsResult, JsValue,
    native_function::NativeFunctionPointer,
};

use super::{errors, view::View};
use crate::engine::native::Natives;

/// Defines the methods on the prototype.
pub fn methods(mut natives: Natives<'_>) -> Natives<'_> {
    for (name, length, method) in METHODS {
        natives = natives.function(name, *length, *method);
    }
    natives
}

/// Other spellings of methods: `(alias, method)`.
pub const ALIASES: &[(&str, &str)] = &[
    ("readUint8", "readUInt8"),
    ("readUint16LE", "readUInt16LE"),
    ("readUint16BE", "readUInt16BE"),
    ("readUint32LE", "readUInt32LE"),
    ("readUint32BE", "readUInt32BE"),
    ("readUintLE", "readUIntLE"),
    ("readUintBE", "readUIntBE"),
    ("readBigUint64LE", "readBigUInt64LE"),
    ("readBigUint64BE", "readBigUInt64BE"),
    ("writeUint8", "writeUInt8"),
    ("writeUint16LE", "writeUInt16LE"),
    ("writeUint16BE", "writeUInt16BE"),
    ("writeUint32LE", "writeUInt32LE"),
    ("writeUint32BE", "writeUInt32BE"),
    ("writeUintLE", "writeUIntLE"),
    ("writeUintBE", "writeUIntBE"),
    ("writeBigUint64LE", "writeBigUInt64LE"),
    ("writeBigUint64BE", "writeBigUInt64BE"),
];

/// A method that reads a number of that type.
macro_rules! read {
    ($number:ty, $from_bytes:ident) => {
        |this, args, context| {
            let bytes = bytes_at(this, args.get_or_undefined(0), context)?;
            Ok(<$number>::$from_bytes(bytes).into())
        }
    };
    (big $number:ty, $from_bytes:ident) => {
        |this, args, context| {
            let bytes = bytes_at(this, args.get_or_undefined(0), context)?;
            Ok(JsBigInt::from(<$number>::$from_bytes(bytes)).into())
        }
    };
}

/// A method that writes a whole number of that type.
macro_rules! write_integer {
    ($number:ty, $to_bytes:ident) => {
        |this, args, context| {
            let number = args.get_or_undefined(0).to_number(context)?;
            let offset = args.get_or_undefined(1);
            let range = <$number>::MIN.into()..=<$number>::MAX.into();
            check_value(number, size_of::<$number>(), range, offset, context)?;
            // What lies between whole numbers is cut off, NaN is 0.
            put(this, offset, (number as $number).$to_bytes(), context)
        }
    };
}

/// A method that writes a floating-point number.
macro_rules! write_float {
    ($number:ty, $to_bytes:ident) => {
        |this, args, context| {
            let number = args.get_or_undefined(0).to_number(context)?;
            put(
                this,
                args.get_or_undefined(1),
                (number as $number).$to_bytes(),
                context,
            )
        }
    };
}

/// `read(U)Int(LE|BE)`: as many bytes as the script says.
macro_rules! read_sized {
    ($sign:ident, $order:ident) => {
        |this, args, context| read_sized(this, args, Sign::$sign, Order::$order, context)
    };
}

/// `write(U)Int(LE|BE)`
macro_rules! write_sized {
    ($sign:ident, $order:ident) => {
        |this, args, context| write_sized(this, args, Sign::$sign, Order::$order, context)
    };
}

/// `writeBig(U)Int64(LE|BE)`
macro_rules! write_big {
    ($sign:ident, $order:ident) => {
        |this, args, context| write_big(this, args, Sign::$sign, Order::$order, context)
    };
}

const METHODS: &[(&str, usize, NativeFunctionPointer)] = &[
    ("readUInt8", 0, read!(u8, from_le_bytes)),
    ("readUInt16LE", 0, read!(u16, from_le_bytes)),
    ("readUInt16BE", 0, read!(u16, from_be_bytes)),
    ("readUInt32LE", 0, read!(u32, from_le_bytes)),
    ("readUInt32BE", 0, read!(u32, from_be_bytes)),
    ("readInt8", 0, read!(i8, from_le_bytes)),
    ("readInt16LE", 0, read!(i16, from_le_bytes)),
    ("readInt16BE", 0, read!(i16, from_be_bytes)),
    ("readInt32LE", 0, read!(i32, from_le_bytes)),
    ("readInt32BE", 0, read!(i32, from_be_bytes)),
    ("readFloatLE", 0, read!(f32, from_le_bytes)),
    ("readFloatBE", 0, read!(f32, from_be_bytes)),
    ("readDoubleLE", 0, read!(f64, from_le_bytes)),
    ("readDoubleBE", 0, read!(f64, from_be_bytes)),
    ("readBigUInt64LE", 0, read!(big u64, from_le_bytes)),
    ("readBigUInt64BE", 0, read!(big u64, from_be_bytes)),
    ("readBigInt64LE", 0, read!(big i64, from_le_bytes)),
    ("readBigInt64BE", 0, read!(big i64, from_be_bytes)),
    ("readUIntLE", 2, read_sized!(Unsigned, Little)),
    ("readUIntBE", 2, read_sized!(Unsigned, Big)),
    ("readIntLE", 2, read_sized!(Signed, Little)),
    ("readIntBE", 2, read_sized!(Signed, Big)),
    ("writeUInt8", 1, write_integer!(u8, to_le_bytes)),
    ("writeUInt16LE", 1, write_integer!(u16, to_le_bytes)),
    ("writeUInt16BE", 1, write_integer!(u16, to_be_bytes)),
    ("writeUInt32LE", 1, write_integer!(u32, to_le_bytes)),
    ("writeUInt32BE", 1, write_integer!(u32, to_be_bytes)),
    ("writeInt8", 1, write_integer!(i8, to_le_bytes)),
    ("writeInt16LE", 1, write_integer!(i16, to_le_bytes)),
    ("writeInt16BE", 1, write_integer!(i16, to_be_bytes)),
    ("writeInt32LE", 1, write_integer!(i32, to_le_bytes)),
    ("writeInt32BE", 1, write_integer!(i32, to_be_bytes)),
    ("writeFloatLE", 1, write_float!(f32, to_le_bytes)),
    ("writeFloatBE", 1, write_float!(f32, to_be_bytes)),
    ("writeDoubleLE", 1, write_float!(f64, to_le_bytes)),
    ("writeDoubleBE", 1, write_float!(f64, to_be_bytes)),
    ("writeBigUInt64LE", 1, write_big!(Unsigned, Little)),
    ("writeBigUInt64BE", 1, write_big!(Unsigned, Big)),
    ("writeBigInt64LE", 1, write_big!(Signed, Little)),
    ("writeBigInt64BE", 1, write_big!(Signed, Big)),
    ("writeUIntLE", 3, write_sized!(Unsigned, Little)),
    ("writeUIntBE", 3, write_sized!(Unsigned, Big)),
    ("writeIntLE", 3, write_sized!(Signed, Little)),
    ("writeIntBE", 3, write_sized!(Signed, Big)),
];

#[derive(Clone, Copy, PartialEq)]
enum Order {
    Little,
    Big,
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Signed,
    Unsigned,
}

/// The bytes that a Buffer method works on.
pub fn receiver(this: &JsValue, context: &mut Context) -> JsResult<View> {
    View::of(this, context).ok_or_else(|| {
        errors::invalid_type(
            "buffer",
            &["Buffer", "TypedArray", "DataView"],
            this,
            context,
        )
    })
}

/// Where to read or write `width` bytes; an offset that isn't given is 0.
fn place(offset: &JsValue, width: usize, length: usize, context: &mut Context) -> JsResult<usize> {
    let wanted = match offset.as_i32() {
        Some(offset) => f64::from(offset),
        None if offset.is_undefined() => 0.0,
        None => errors::number("offset", offset, context)?,
    };
    if wanted >= 0.0 && wanted.fract() == 0.0 && wanted + width as f64 <= length as f64 {
        return Ok(wanted as usize);
    }
    Err(bounds_error(
        "offset",
        wanted,
        0,
        length as f64 - width as f64,
        context,
    ))
}

fn bounds_error(
    name: &str,
    value: f64,
    least: u8,
    most: f64,
    context: &mut Context,
) -> boa_engine::JsError {
    if value.floor() != value {
        return errors::out_of_range(name, "an integer", &value.into(), context);
    }
    if most < 0.0 {
        return errors::out_of_bounds(None, context);
    }
    errors::out_of_range(
        name,
        &format!(">= {least} and <= {most}"),
        &value.into(),
        context,
    )
}

fn bytes_at<const N: usize>(
    this: &JsValue,
    offset: &JsValue,
    context: &mut Context,
) -> JsResult<[u8; N]> {
    let view = receiver(this, context)?;
    let at = place(offset, N, view.len(), context)?;
    let mut bytes = [0; N];
    view.part(at, at + N).read(|found| {
        if found.len() == N {
            bytes.copy_from_slice(found);
        }
    });
    Ok(bytes)
}

fn put<const N: usize>(
    this: &JsValue,
    offset: &JsValue,
    bytes: [u8; N],
    context: &mut Context,
) -> JsResult<JsValue> {
    put_slice(this, offset, &bytes, context)
}

fn put_slice(
    this: &JsValue,
    offset: &JsValue,
    bytes: &[u8],
    context: &mut Context,
) -> JsResult<JsValue> {
    let view = receiver(this, context)?;
    let at = place(offset, bytes.len(), view.len(), context)?;
    view.part(at, at + bytes.len()).write(context, |into| {
        if into.len() == bytes.len() {
            into.copy_from_slice(bytes);
        }
    })?;
    Ok((at + bytes.len()).into())
}

fn check_value(
    number: f64,
    width: usize,
    range: RangeInclusive<f64>,
    offset: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    if range.contains(&number) || number.is_nan() {
        return Ok(());
    }
    if width == 1 && !offset.is_undefined() {
        errors::number("offset", offset, context)?;
    }
    let (least, most) = (range.start(), range.end());
    let range = match width {
        1..=4 => format!(">= {least} and <= {most}"),
        _ if *least == 0.0 => format!(">= 0 and < 2 ** {}", width * 8),
        _ => format!(">= -(2 ** {0}) and < 2 ** {0}", width * 8 - 1),
    };
    Err(errors::out_of_range(
        "value",
        &range,
        &number.into(),
        context,
    ))
}

fn width(value: &JsValue, context: &mut Context) -> JsResult<usize> {
    let width = errors::number("byteLength", value, context)?;
    if width.fract() == 0.0 && (1.0..=6.0).contains(&width) {
        return Ok(width as usize);
    }
    Err(bounds_error("byteLength", width, 1, 6.0, context))
}

fn read_sized(
    this: &JsValue,
    args: &[JsValue],
    sign: Sign,
    order: Order,
    context: &mut Context,
) -> JsResult<JsValue> {
    let offset = args.get_or_undefined(0);
    errors::number("offset", offset, context)?;
    let width = width(args.get_or_undefined(1), context)?;
    let view = receiver(this, context)?;
    let at = place(offset, width, view.len(), context)?;
    let number = view.part(at, at + width).read(|bytes| {
        let fold = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        match order {
            Order::Little => bytes.iter().rev().fold(0, fold),
            Order::Big => bytes.iter().fold(0, fold),
        }
    });
    let unused = 64 - width * 8;
    Ok(match sign {
        Sign::Unsigned => number.into(),
        Sign::Signed => ((number << unused) as i64 >> unused).into(),
    })
}

fn write_sized(
    this: &JsValue,
    args: &[JsValue],
    sign: Sign,
    order: Order,
    context: &mut Context,
) -> JsResult<JsValue> {
    let width = width(args.get_or_undefined(2), context)?;
    let number = args.get_or_undefined(0).to_number(context)?;
    let offset = args.get_or_undefined(1);
    let (least, most) = match sign {
        Sign::Unsigned => (0.0, 2_f64.powi(width as i32 * 8) - 1.0),
        Sign::Signed => {
            let half = 2_f64.powi(width as i32 * 8 - 1);
            (-half, half - 1.0)
        }
    };
    check_value(number, width, least..=most, offset, context)?;
    errors::number("offset", offset, context)?;
    let bytes = (number as i64).to_le_bytes();
    let mut bytes = bytes[..width].to_vec();
    if order == Order::Big {
        bytes.reverse();
    }
    put_slice(this, offset, &bytes, context)
}

fn write_big(
    this: &JsValue,
    args: &[JsValue],
    sign: Sign,
    order: Order,
    context: &mut Context,
) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    if !value.is_bigint() {
        let message = "Cannot mix BigInt and other types, use explicit conversions";
        return Err(JsNativeError::typ().with_message(message).into());
    }
    let bits = value.to_big_uint64(context)?;
    let (kept, range) = match sign {
        Sign::Unsigned => (JsBigInt::from(bits), ">= 0n and < 2n ** 64n"),
        Sign::Signed => (
            JsBigInt::from(bits as i64),
            ">= -(2n ** 63n) and < 2n ** 63n",
        ),
    };
    if value.as_bigint() != Some(kept) {
        return Err(errors::out_of_range("value", range, value, context));
    }
    let bytes = match order {
        Order::Little => bits.to_le_bytes(),
        Order::Big => bits.to_be_bytes(),
    };
    put(this, args.get_or_undefined(1), bytes, context)
}
