//! `String.prototype`: searching, splitting, replacing by a string, padding, and the case of one-byte text. The engine's
//! search moves through windows one place at a time from the beginning, whatever the place to begin at is: `split` and
//! `replaceAll` were quadratic.

use boa_engine::{
    Context, JsArgs, JsNativeError, JsResult, JsStr, JsString, JsValue, object::builtins::JsArray,
    string::JsStrVariant,
};

use super::{Method, search::Search};

pub const METHODS: &[Method] = &[
    ("indexOf", 1, index_of),
    ("lastIndexOf", 1, last_index_of),
    ("includes", 1, includes),
    ("split", 2, split),
    ("replace", 2, replace),
    ("replaceAll", 2, replace_all),
    ("padStart", 1, pad_start),
    ("padEnd", 1, pad_end),
    ("toLowerCase", 0, to_lower_case),
    ("toUpperCase", 0, to_upper_case),
];

/// Parts up to this length are copied: a part that refers to the whole keeps it in memory, and costs as much to make.
const COPIED: usize = 24;

/// V8's longest string; also ours, where a result is made here.
const LONGEST: usize = (1 << 29) - 24;

type Quick = JsResult<Option<JsValue>>;

/// `this` and the first argument, if both are strings.
fn two_strings(this: &JsValue, args: &[JsValue]) -> Option<(JsString, JsString)> {
    Some((this.as_string()?, args.get_or_undefined(0).as_string()?))
}

/// A number that is given as one, or is left out.
fn number(value: &JsValue, otherwise: f64) -> Option<f64> {
    if value.is_undefined() {
        return Some(otherwise);
    }
    value.as_number()
}

/// A place in a string of this length; what is no number becomes 0, what is outside the nearest end.
fn clamped(number: f64, length: usize) -> usize {
    // The cast truncates, saturates, and makes 0 of NaN.
    (number as usize).min(length)
}

/// `string.slice(start, end)`.
fn part(string: &JsString, start: usize, end: usize) -> JsString {
    if end - start > COPIED {
        return string.slice(start, end);
    }
    string
        .as_str()
        .get(start..end)
        .map_or_else(JsString::default, JsString::from)
}

fn find(this: &JsValue, args: &[JsValue]) -> Option<Option<usize>> {
    let (string, needle) = two_strings(this, args)?;
    let from = clamped(number(args.get_or_undefined(1), 0.0)?, string.len());
    Some(Search::new(string.as_str(), needle.as_str()).find(from))
}

fn place(found: Option<usize>) -> JsValue {
    found.map_or_else(|| JsValue::from(-1), JsValue::from)
}

fn index_of(this: &JsValue, args: &[JsValue], _: &mut Context) -> Quick {
    Ok(find(this, args).map(place))
}

fn includes(this: &JsValue, args: &[JsValue], _: &mut Context) -> Quick {
    Ok(find(this, args).map(|found| found.is_some().into()))
}

fn last_index_of(this: &JsValue, args: &[JsValue], _: &mut Context) -> Quick {
    let found = || {
        let (string, needle) = two_strings(this, args)?;
        let from = number(args.get_or_undefined(1), f64::INFINITY)?;
        let from = if from.is_nan() { f64::INFINITY } else { from };
        let from = clamped(from, string.len());
        Some(Search::new(string.as_str(), needle.as_str()).find_last(from))
    };
    Ok(found().map(place))
}

fn split(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    let Some((string, separator)) = two_strings(this, args) else {
        return Ok(None);
    };
    let limit = args.get_or_undefined(1);
    if separator.is_empty() || !(limit.is_undefined() || limit.is_number()) {
        return Ok(None);
    }
    let limit = if limit.is_undefined() {
        u32::MAX
    } else {
        limit.to_u32(context)?
    };
    let limit = limit as usize;
    let search = Search::new(string.as_str(), separator.as_str());
    let mut parts = Vec::new();
    let mut start = 0;
    while parts.len() < limit {
        let end = search.find(start);
        parts.push(part(&string, start, end.unwrap_or(string.len())).into());
        let Some(end) = end else { break };
        start = end + separator.len();
    }
    Ok(Some(JsArray::from_iter(parts, context).into()))
}

fn replace(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    replace_places(this, args, 1, context)
}

fn replace_all(this: &JsValue, args: &[JsValue], context: &mut Context) -> Quick {
    replace_places(this, args, usize::MAX, context)
}

/// Replaces the first places, up to `most` of them, by a string or by what a function returns.
fn replace_places(this: &JsValue, args: &[JsValue], most: usize, context: &mut Context) -> Quick {
    let Some((string, needle)) = two_strings(this, args) else {
        return Ok(None);
    };
    let replacement = args.get_or_undefined(1);
    let (text, function) = (replacement.as_string(), replacement.as_callable());
    if needle.is_empty() || (text.is_none() && function.is_none()) {
        return Ok(None);
    }
    // All places are found before a function is called.
    let search = Search::new(string.as_str(), needle.as_str());
    let next = |after: usize| search.find(after + needle.len());
    let places: Vec<usize> = std::iter::successors(search.find(0), |&at| next(at))
        .take(most)
        .collect();
    if places.is_empty() {
        return Ok(Some(string.into()));
    }
    let mut results = Vec::new();
    if let Some(function) = function {
        for &at in &places {
            let arguments = [needle.clone().into(), at.into(), string.clone().into()];
            let result = function.call(&JsValue::undefined(), &arguments, context)?;
            results.push(result.to_string(context)?);
        }
    }
    let mut pieces = Vec::with_capacity(2 * places.len() + 1);
    let mut from = 0;
    let whole = string.as_str();
    for (nth, &at) in places.iter().enumerate() {
        pieces.extend(whole.get(from..at));
        match (results.get(nth), &text) {
            (Some(result), _) => pieces.push(result.as_str()),
            (None, Some(text)) => {
                substitute(text.as_str(), whole, at..at + needle.len(), &mut pieces)
            }
            (None, None) => {}
        }
        from = at + needle.len();
    }
    pieces.extend(whole.get(from..));
    joined(&pieces).map(Some)
}

/// GetSubstitution of the specification without captures: `$$`, `$&`, `` $` `` and `$'`, everything else as it stands.
fn substitute<'a>(
    template: JsStr<'a>,
    whole: JsStr<'a>,
    found: std::ops::Range<usize>,
    pieces: &mut Vec<JsStr<'a>>,
) {
    if !template.contains(b'$') {
        return pieces.push(template);
    }
    let mut plain = 0;
    let mut at = 0;
    while at + 1 < template.len() {
        let second = template
            .get(at + 1)
            .and_then(|unit| u8::try_from(unit).ok());
        let piece = match second {
            _ if template.get(at) != Some(u16::from(b'$')) => None,
            Some(b'$') => template.get(at..at + 1),
            Some(b'&') => whole.get(found.clone()),
            Some(b'`') => whole.get(..found.start),
            Some(b'\'') => whole.get(found.end..),
            _ => None,
        };
        let Some(piece) = piece else {
            at += 1;
            continue;
        };
        pieces.extend(template.get(plain..at));
        pieces.push(piece);
        at += 2;
        plain = at;
    }
    pieces.extend(template.get(plain..));
}

fn joined(pieces: &[JsStr<'_>]) -> JsResult<JsValue> {
    if pieces.iter().map(|piece| piece.len()).sum::<usize>() > LONGEST {
        let error = JsNativeError::range().with_message("Invalid string length");
        return Err(error.into());
    }
    Ok(JsString::concat_array(pieces).into())
}

fn pad_start(this: &JsValue, args: &[JsValue], _: &mut Context) -> Quick {
    Ok(padding(this, args)
        .map(|(string, padding)| JsString::concat(padding.as_str(), string.as_str()).into()))
}

fn pad_end(this: &JsValue, args: &[JsValue], _: &mut Context) -> Quick {
    Ok(padding(this, args)
        .map(|(string, padding)| JsString::concat(string.as_str(), padding.as_str()).into()))
}

/// The string, and what has to be put before or behind it.
fn padding(this: &JsValue, args: &[JsValue]) -> Option<(JsString, JsString)> {
    let string = this.as_string()?;
    let target = args.get_or_undefined(0).as_number()?;
    let filler = args.get_or_undefined(1);
    let filler = match filler.as_string() {
        Some(filler) => filler,
        None if filler.is_undefined() => JsString::from(" "),
        None => return None,
    };
    let target = clamped(target, usize::MAX);
    let missing = target.saturating_sub(string.len());
    if target > LONGEST {
        return None;
    }
    if missing == 0 || filler.is_empty() {
        return Some((string, JsString::default()));
    }
    let times = missing.div_ceil(filler.len());
    let padding = match filler.as_str().variant() {
        JsStrVariant::Latin1(bytes) => {
            let bytes = bytes.repeat(times);
            JsString::from(JsStr::latin1(&bytes[..missing]))
        }
        JsStrVariant::Utf16(units) => {
            let units = units.repeat(times);
            JsString::from(JsStr::utf16(&units[..missing]))
        }
    };
    Some((string, padding))
}

fn to_lower_case(this: &JsValue, _: &[JsValue], _: &mut Context) -> Quick {
    let lower = |byte: u8| match byte {
        b'A'..=b'Z' | 0xC0..=0xD6 | 0xD8..=0xDE => byte | 0x20,
        _ => byte,
    };
    Ok(this.as_string().and_then(|string| {
        let bytes = match string.as_str().variant() {
            JsStrVariant::Latin1(bytes) => bytes,
            JsStrVariant::Utf16(_) => return None,
        };
        Some(mapped(&string, bytes, lower))
    }))
}

fn to_upper_case(this: &JsValue, _: &[JsValue], _: &mut Context) -> Quick {
    let upper = |byte: u8| match byte {
        b'a'..=b'z' | 0xE0..=0xF6 | 0xF8..=0xFE => byte & !0x20,
        _ => byte,
    };
    // µ, ß and ÿ have capitals that aren't one byte.
    let leaves = |byte: u8| matches!(byte, 0xB5 | 0xDF | 0xFF);
    Ok(this.as_string().and_then(|string| {
        let bytes = match string.as_str().variant() {
            JsStrVariant::Latin1(bytes) => bytes,
            JsStrVariant::Utf16(_) => return None,
        };
        if bytes.iter().fold(false, |any, &byte| any | leaves(byte)) {
            return None;
        }
        Some(mapped(&string, bytes, upper))
    }))
}

fn mapped(string: &JsString, bytes: &[u8], map: impl Fn(u8) -> u8) -> JsValue {
    if bytes
        .iter()
        .fold(true, |same, &byte| same & (map(byte) == byte))
    {
        return string.clone().into();
    }
    let bytes: Vec<u8> = bytes.iter().map(|&byte| map(byte)).collect();
    JsString::from(JsStr::latin1(&bytes)).into()
}
