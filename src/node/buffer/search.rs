//! Comparing Buffers and finding bytes in them.

use std::cmp::Ordering;

use boa_engine::{Context, JsArgs, JsResult, JsValue};
use memchr::memmem;

use super::{
    encoding::Encoding,
    errors::{self, MAX_LENGTH},
    numbers::receiver,
    text::named,
    view::View,
};
use crate::engine::native::Natives;

const BUFFER: &[&str] = &["Buffer", "Uint8Array"];

/// Defines the methods on the prototype.
pub fn methods(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("equals", 1, equals)
        .function("compare", 5, compare)
        .function("indexOf", 3, |this, args, context| {
            find(this, args, Direction::Forward, context).map(position)
        })
        .function("lastIndexOf", 3, |this, args, context| {
            find(this, args, Direction::Backward, context).map(position)
        })
        .function("includes", 3, |this, args, context| {
            find(this, args, Direction::Forward, context).map(|found| found.is_some().into())
        })
}

fn byte_argument(name: &str, value: &JsValue, context: &mut Context) -> JsResult<View> {
    View::of_uint8(value, context).ok_or_else(|| errors::invalid_type(name, BUFFER, value, context))
}

/// `Buffer.compare(a, b)`
pub fn compare_two(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let first = byte_argument("buf1", args.get_or_undefined(0), context)?;
    let second = byte_argument("buf2", args.get_or_undefined(1), context)?;
    Ok(order(&first, &second))
}

fn order(first: &View, second: &View) -> JsValue {
    let order = first.read(|first| second.read(|second| first.cmp(second)));
    match order {
        Ordering::Less => (-1).into(),
        Ordering::Equal => 0.into(),
        Ordering::Greater => 1.into(),
    }
}

fn equals(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let own = receiver(this, context)?;
    let other = byte_argument("otherBuffer", args.get_or_undefined(0), context)?;
    Ok(own.read(|own| other.read(|other| own == other)).into())
}

/// `compare(target[, targetStart[, targetEnd[, sourceStart[, sourceEnd]]]])`
fn compare(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let own = receiver(this, context)?;
    let target = byte_argument("target", args.get_or_undefined(0), context)?;
    let index = |at: usize, name, fallback: usize, most, context: &mut Context| match args
        .get_or_undefined(at)
    {
        value if value.is_undefined() => Ok(fallback),
        value => errors::integer_within(name, value, (0.0, most), context),
    };
    let target_start = index(1, "targetStart", 0, MAX_LENGTH, context)?;
    let target_end = index(2, "targetEnd", target.len(), target.len() as f64, context)?;
    let source_start = index(3, "sourceStart", 0, MAX_LENGTH, context)?;
    let source_end = index(4, "sourceEnd", own.len(), own.len() as f64, context)?;
    if source_start >= source_end {
        return Ok(if target_start >= target_end {
            0.into()
        } else {
            (-1).into()
        });
    }
    if target_start >= target_end {
        return Ok(1.into());
    }
    Ok(order(
        &own.part(source_start, source_end),
        &target.part(target_start, target_end),
    ))
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Forward,
    Backward,
}

/// What is looked for.
enum Needle {
    Byte(u8),
    /// Bytes found at any place, or only at whole code units.
    Bytes(Vec<u8>, Alignment),
}

#[derive(Clone, Copy, PartialEq)]
enum Alignment {
    Bytes,
    CodeUnits,
}

fn position(found: Option<usize>) -> JsValue {
    found.map_or(JsValue::from(-1), JsValue::from)
}

fn find(
    this: &JsValue,
    args: &[JsValue],
    direction: Direction,
    context: &mut Context,
) -> JsResult<Option<usize>> {
    let own = receiver(this, context)?;
    let (mut offset, mut encoding) = (args.get_or_undefined(1), args.get_or_undefined(2));
    let none = JsValue::undefined();
    if offset.is_string() {
        (offset, encoding) = (&none, offset);
    }
    let offset = match offset.to_number(context)? {
        nan if nan.is_nan() => match direction {
            Direction::Forward => 0,
            Direction::Backward => own.len() as i64,
        },
        // Saturates.
        number => number as i64,
    };
    let needle = needle(args.get_or_undefined(0), encoding, context)?;
    Ok(own.read(|bytes| match &needle {
        Needle::Byte(byte) => {
            let from = start(bytes.len(), offset, 1, direction).filter(|_| !bytes.is_empty())?;
            match direction {
                Direction::Forward => memchr::memchr(*byte, &bytes[from..]).map(|at| from + at),
                Direction::Backward => memchr::memrchr(*byte, &bytes[..=from]),
            }
        }
        Needle::Bytes(needle, alignment) => search(bytes, needle, *alignment, offset, direction),
    }))
}

fn needle(value: &JsValue, encoding: &JsValue, context: &mut Context) -> JsResult<Needle> {
    if value.is_number() {
        return Ok(Needle::Byte(value.to_u32(context)? as u8));
    }
    let aligned = |encoding| match encoding {
        Encoding::Utf16Le => Alignment::CodeUnits,
        _ => Alignment::Bytes,
    };
    if let Some(text) = value.as_string() {
        let encoding = if encoding.is_undefined() {
            Encoding::Utf8
        } else {
            named(encoding, context)?
        };
        return Ok(Needle::Bytes(
            encoding.encode(text.as_str()),
            aligned(encoding),
        ));
    }
    if let Some(view) = View::of_uint8(value, context) {
        let encoding = Encoding::of(encoding).unwrap_or_default();
        return Ok(Needle::Bytes(view.to_vec(), aligned(encoding)));
    }
    let expected = ["number", "string", "Buffer", "Uint8Array"];
    Err(errors::invalid_type("value", &expected, value, context))
}

/// Where a search starts: negative offsets count from the end; `None` where nothing can be found.
fn start(length: usize, offset: i64, needle: usize, direction: Direction) -> Option<usize> {
    let total = length as i64;
    let from = if offset < 0 {
        let from = offset.saturating_add(total);
        match direction {
            _ if from >= 0 => from,
            Direction::Forward => 0,
            Direction::Backward if needle == 0 => 0,
            Direction::Backward => return None,
        }
    } else if offset.saturating_add(needle as i64) <= total {
        offset
    } else {
        match direction {
            _ if needle == 0 => total,
            Direction::Forward => return None,
            Direction::Backward => total - 1,
        }
    };
    usize::try_from(from).ok()
}

fn search(
    bytes: &[u8],
    needle: &[u8],
    alignment: Alignment,
    offset: i64,
    direction: Direction,
) -> Option<usize> {
    let from = start(bytes.len(), offset, needle.len(), direction)?;
    if needle.is_empty() {
        // At the end of the bytes Node names the end of the last whole code unit.
        let halved = alignment == Alignment::CodeUnits && from == bytes.len();
        return Some(if halved { from & !1 } else { from });
    }
    if needle.len() > bytes.len() {
        return None;
    }
    if alignment == Alignment::CodeUnits {
        return search_units(bytes, needle, from, direction);
    }
    match direction {
        Direction::Forward => memmem::find(&bytes[from..], needle).map(|at| from + at),
        Direction::Backward => {
            let end = (from + needle.len()).min(bytes.len());
            memmem::rfind(&bytes[..end], needle)
        }
    }
}

fn search_units(bytes: &[u8], needle: &[u8], from: usize, direction: Direction) -> Option<usize> {
    let needle = &needle[..needle.len() & !1];
    if needle.is_empty() {
        return None;
    }
    let last = (bytes.len() - needle.len()) / 2;
    let matches = |unit: &usize| bytes[unit * 2..].starts_with(needle);
    let found = match direction {
        Direction::Forward => (from / 2..=last).find(matches),
        Direction::Backward => (0..=last.min(from / 2)).rev().find(matches),
    };
    found.map(|unit| unit * 2)
}
