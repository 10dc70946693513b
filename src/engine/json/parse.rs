//! From JSON text to values, without recursion. Reads Latin-1 and UTF-16 strings in place.

use boa_engine::{
    Context, JsObject, JsString, JsValue,
    object::builtins::JsArray,
    property::{Attribute, PropertyDescriptor, PropertyKey},
    string::JsStrVariant,
};

use std::rc::Rc;

use super::{
    kept::Kept,
    keys::{self, Keys},
    number::{digits_at_once, digits_one_by_one, number},
    problem::{Parsed, Problem},
    scan::{plain_latin1, plain_utf16},
    writer::Writer,
};
use crate::engine::native::new_object;
use crate::{engine::strings, runtime::State};

/// Parses a whole text.
///
/// # Errors
/// Where the text stops being JSON.
pub fn parse(text: &JsString, context: &mut Context) -> Parsed<JsValue> {
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) => Parser::new(units, &mut Ignore, context).parse(context),
        JsStrVariant::Utf16(units) => Parser::new(units, &mut Ignore, context).parse(context),
    }
}

/// The same, with word to `observer` of what is found where.
pub(super) fn parse_observed(
    text: &JsString,
    observer: &mut impl Observer,
    context: &mut Context,
) -> Parsed<JsValue> {
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) => Parser::new(units, observer, context).parse(context),
        JsStrVariant::Utf16(units) => Parser::new(units, observer, context).parse(context),
    }
}

/// Hears what the parser finds, innermost first.
pub(super) trait Observer {
    /// A primitive and where its text is.
    fn primitive(&mut self, value: &JsValue, from: usize, to: usize);
    /// The key of the next value.
    fn key(&mut self, key: &PropertyKey);
    fn open(&mut self, array: bool);
    fn close(&mut self);
}

struct Ignore;

impl Observer for Ignore {
    fn primitive(&mut self, _: &JsValue, _: usize, _: usize) {}
    fn key(&mut self, _: &PropertyKey) {}
    fn open(&mut self, _: bool) {}
    fn close(&mut self) {}
}

/// A code unit of a string.
pub(super) trait Unit: Copy + Into<u16> + PartialEq {
    /// A string of these units, narrowed if it can be.
    fn string(units: &[Self]) -> JsString;
    /// Whether a string has just these units.
    fn is(string: &JsString, units: &[Self]) -> bool;
    /// How many units at the start stand for themselves.
    fn plain(units: &[Self]) -> usize;
    /// Appends the units to a text.
    fn append(units: &[Self], text: &mut Writer);
    /// The value of a number in JSON's grammar, which is within Rust's.
    fn float(units: &[Self]) -> f64;
    /// The digits at the start, eight at most: how many, and their value.
    fn digits(units: &[Self]) -> (usize, u64);
}

impl Unit for u8 {
    #[inline(always)]
    fn string(units: &[Self]) -> JsString {
        strings::latin1(units)
    }

    fn is(string: &JsString, units: &[Self]) -> bool {
        matches!(string.as_str().variant(), JsStrVariant::Latin1(known) if known == units)
    }

    fn plain(units: &[Self]) -> usize {
        plain_latin1(units)
    }

    fn append(units: &[Self], text: &mut Writer) {
        text.latin1(units);
    }

    fn float(units: &[Self]) -> f64 {
        let text = std::str::from_utf8(units).unwrap_or_default();
        text.parse().unwrap_or(f64::NAN)
    }

    #[inline(always)]
    fn digits(units: &[Self]) -> (usize, u64) {
        digits_at_once(units)
    }
}

impl Unit for u16 {
    fn string(units: &[Self]) -> JsString {
        string_of(units)
    }

    fn is(string: &JsString, units: &[Self]) -> bool {
        match string.as_str().variant() {
            JsStrVariant::Latin1(known) => {
                known.len() == units.len()
                    && known
                        .iter()
                        .zip(units)
                        .all(|(known, unit)| u16::from(*known) == *unit)
            }
            JsStrVariant::Utf16(known) => known == units,
        }
    }

    fn plain(units: &[Self]) -> usize {
        plain_utf16(units)
    }

    fn append(units: &[Self], text: &mut Writer) {
        text.utf16(units);
    }

    fn float(units: &[Self]) -> f64 {
        let narrow: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        u8::float(&narrow)
    }

    fn digits(units: &[Self]) -> (usize, u64) {
        digits_one_by_one(units)
    }
}

/// A string of UTF-16 units, as Latin-1 if that holds it.
pub(crate) fn string_of(units: &[u16]) -> JsString {
    if units.iter().all(|unit| *unit <= 0xff) {
        let narrow: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
        return strings::latin1(&narrow);
    }
    JsString::from(units)
}

enum Container {
    /// Its elements are those of the parser from this one on.
    Array(usize),
    Object {
        object: JsObject,
        key: PropertyKey,
    },
}

struct Parser<'a, T, O> {
    text: &'a [T],
    at: usize,
    keys: Rc<Keys>,
    kept: Rc<Kept>,
    /// The elements of the arrays that are open.
    elements: Vec<JsValue>,
    /// Room for strings with escapes.
    scratch: Writer,
    observer: &'a mut O,
}

impl<'a, T: Unit, O: Observer> Parser<'a, T, O> {
    fn new(text: &'a [T], observer: &'a mut O, context: &Context) -> Self {
        let state = State::of(context);
        let kept = state.slot::<Kept>();
        Self {
            text,
            at: 0,
            keys: state.slot::<Keys>(),
            elements: kept.elements.take(),
            kept,
            scratch: Writer::default(),
            observer,
        }
    }

    fn peek(&self) -> Option<u16> {
        self.text.get(self.at).map(|unit| (*unit).into())
    }

    /// The next unit that is no white space.
    fn next_token(&mut self) -> Option<u8> {
        while let Some(unit) = self.peek() {
            match unit {
                0x20 | 0x0a | 0x0d | 0x09 => self.at += 1,
                // Anything that isn't ASCII is no token; nor is NUL.
                _ => return Some(u8::try_from(unit).unwrap_or(0)),
            }
        }
        None
    }

    fn unexpected(&self) -> Problem {
        if self.at < self.text.len() {
            Problem::token(self.at)
        } else {
            Problem::end(self.at)
        }
    }

    fn parse(mut self, context: &mut Context) -> Parsed<JsValue> {
        let mut stack: Vec<Container> = Vec::new();
        loop {
            let mut value = match self.next_token() {
                Some(b'[') => {
                    self.at += 1;
                    self.observer.open(true);
                    if self.next_token() == Some(b']') {
                        self.at += 1;
                        self.observer.close();
                        JsArray::from_iter([], context).into()
                    } else {
                        stack.push(Container::Array(self.elements.len()));
                        continue;
                    }
                }
                Some(b'{') => {
                    self.at += 1;
                    self.observer.open(false);
                    let object = new_object(context);
                    match self.next_token() {
                        Some(b'}') => {
                            self.at += 1;
                            self.observer.close();
                            object.into()
                        }
                        Some(b'"') => {
                            let key = self.property_name()?;
                            stack.push(Container::Object { object, key });
                            continue;
                        }
                        _ => return Err(Problem::said("Expected property name or '}'", self.at)),
                    }
                }
                first if matches!(stack.last(), Some(Container::Array(_))) => {
                    self.elements(first)?
                }
                first => self.primitive(first)?,
            };
            // The value is whole: put it where it belongs, and close what it closes.
            loop {
                match stack.last_mut() {
                    None => {
                        if self.next_token().is_some() {
                            return Err(Problem::said(
                                "Unexpected non-whitespace character after JSON",
                                self.at,
                            ));
                        }
                        self.kept.keep_elements(self.elements);
                        return Ok(value);
                    }
                    Some(Container::Array(first)) => {
                        let first = *first;
                        self.elements.push(value);
                        match self.next_token() {
                            Some(b',') => {
                                self.at += 1;
                                break;
                            }
                            Some(b']') => self.at += 1,
                            _ => {
                                return Err(Problem::said(
                                    "Expected ',' or ']' after array element",
                                    self.at,
                                ));
                            }
                        }
                        stack.pop();
                        value = JsArray::from_iter(self.elements.drain(first..), context).into();
                    }
                    Some(Container::Object { object, key }) => {
                        let key_of_this = std::mem::replace(key, PropertyKey::from(0_u32));
                        object.insert_property(key_of_this, data_property(value));
                        match self.next_token() {
                            Some(b',') => {
                                self.at += 1;
                                if self.next_token() != Some(b'"') {
                                    return Err(Problem::said(
                                        "Expected double-quoted property name",
                                        self.at,
                                    ));
                                }
                                *key = self.property_name()?;
                                break;
                            }
                            Some(b'}') => self.at += 1,
                            _ => {
                                return Err(Problem::said(
                                    "Expected ',' or '}' after property value",
                                    self.at,
                                ));
                            }
                        }
                        let Some(Container::Object { object, .. }) = stack.pop() else {
                            unreachable!("it was on top")
                        };
                        value = object.into();
                    }
                }
                self.observer.close();
            }
        }
    }

    /// Primitives of an array for as long as they are strings and numbers with nothing but commas between them; the last is
    /// returned. `first` is what the first begins with.
    fn elements(&mut self, mut first: Option<u8>) -> Parsed<JsValue> {
        loop {
            let value = self.primitive(first)?;
            let next = match self.text.get(self.at..) {
                Some([comma, next, ..]) if (*comma).into() == u16::from(b',') => (*next).into(),
                _ => return Ok(value),
            };
            first = u8::try_from(next).ok();
            if !matches!(first, Some(b'"' | b'-' | b'0'..=b'9')) {
                return Ok(value);
            }
            self.at += 1;
            self.elements.push(value);
        }
    }

    /// A value that is no object and no array, and begins with `first`.
    #[inline(always)]
    fn primitive(&mut self, first: Option<u8>) -> Parsed<JsValue> {
        let from = self.at;
        let value = match first {
            Some(b'"') => self.string()?.into(),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.literal(b"true", true.into())?,
            Some(b'f') => self.literal(b"false", false.into())?,
            Some(b'n') => self.literal(b"null", JsValue::null())?,
            _ => return Err(self.unexpected()),
        };
        self.observer.primitive(&value, from, self.at);
        Ok(value)
    }

    fn literal(&mut self, word: &[u8], value: JsValue) -> Parsed<JsValue> {
        for expected in word {
            if self.peek() != Some(u16::from(*expected)) {
                return Err(self.unexpected());
            }
            self.at += 1;
        }
        Ok(value)
    }

    #[inline(always)]
    fn number(&mut self) -> Parsed<JsValue> {
        let (number, end) = number(self.text, self.at)?;
        self.at = end;
        Ok(number)
    }

    /// A string after its opening quote is met.
    #[inline(always)]
    fn string(&mut self) -> Parsed<JsString> {
        let from = self.at + 1;
        let rest = self.text.get(from..).unwrap_or_default();
        let plain = T::plain(rest);
        self.at = from + plain;
        match rest.split_at_checked(plain) {
            Some((units, [quote, ..])) if (*quote).into() == u16::from(b'"') => {
                self.at += 1;
                Ok(T::string(units))
            }
            Some((units, _)) => self.escaped_string(units),
            None => Err(self.unexpected()),
        }
    }

    /// The rest of a string in which so much stood for itself.
    fn escaped_string(&mut self, plain: &[T]) -> Parsed<JsString> {
        // What an error leaves here goes with the parser.
        T::append(plain, &mut self.scratch);
        loop {
            match self.peek() {
                None => return Err(Problem::said("Unterminated string", self.at)),
                Some(0x22) => {
                    self.at += 1;
                    return Ok(self.scratch.take());
                }
                Some(0x5c) => {
                    self.at += 1;
                    let unit = self.escape()?;
                    self.scratch.unit(unit);
                }
                Some(_) => {
                    return Err(Problem::said(
                        "Bad control character in string literal",
                        self.at,
                    ));
                }
            }
            let from = self.at;
            self.at = self.plain_end(from);
            T::append(&self.text[from..self.at], &mut self.scratch);
        }
    }

    /// Where the units end that stand for themselves: at a quote, a backslash, a control character or the end.
    fn plain_end(&self, from: usize) -> usize {
        from + T::plain(&self.text[from..])
    }

    fn escape(&mut self) -> Parsed<u16> {
        let Some(unit) = self.peek() else {
            return Err(self.unexpected());
        };
        let plain = match u8::try_from(unit).unwrap_or(0) {
            letter @ (b'"' | b'\\' | b'/') => letter,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => 0x0a,
            b'r' => 0x0d,
            b't' => 0x09,
            b'u' => {
                self.at += 1;
                return self.four_digits();
            }
            _ => return Err(Problem::said("Bad escaped character", self.at)),
        };
        self.at += 1;
        Ok(u16::from(plain))
    }

    fn four_digits(&mut self) -> Parsed<u16> {
        let mut value = 0;
        for _ in 0..4 {
            let Some(unit) = self.peek() else {
                return Err(self.unexpected());
            };
            let digit = char::from_u32(u32::from(unit)).and_then(|digit| digit.to_digit(16));
            let Some(digit) = digit else {
                return Err(Problem::said("Bad Unicode escape", self.at));
            };
            value = value << 4 | digit as u16;
            self.at += 1;
        }
        Ok(value)
    }

    /// A key and its colon.
    fn property_name(&mut self) -> Parsed<PropertyKey> {
        let key = self.key()?;
        if self.next_token() != Some(b':') {
            return Err(Problem::said("Expected ':' after property name", self.at));
        }
        self.at += 1;
        self.observer.key(&key);
        Ok(key)
    }

    fn key(&mut self) -> Parsed<PropertyKey> {
        let from = self.at + 1;
        let end = self.plain_end(from);
        let plain = self
            .text
            .get(end)
            .is_some_and(|unit| (*unit).into() == u16::from(b'"'));
        if !plain || end - from > keys::LONGEST {
            return Ok(PropertyKey::from(self.string()?));
        }
        self.at = end + 1;
        let units = &self.text[from..end];
        Ok(self.keys.get(units))
    }
}

fn data_property(value: JsValue) -> PropertyDescriptor {
    crate::engine::native::property(value, Attribute::all())
}
