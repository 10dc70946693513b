//! The bytes of a [`Writer`](super::Writer) as it makes them: numbers, texts and tags in V8's forms. What they mean is the
//! writer's affair.

use std::cell::RefCell;

use boa_engine::{JsBigInt, JsString, bigint::RawBigInt, string::JsStrVariant};

use super::tag;

/// Bytes in the making.
#[derive(Default)]
pub struct Output(RefCell<Vec<u8>>);

impl Output {
    /// The bytes so far; what follows starts anew.
    pub fn release(&self) -> Vec<u8> {
        self.0.take()
    }

    /// Bytes as they are.
    pub fn raw(&self, bytes: &[u8]) {
        self.0.borrow_mut().extend_from_slice(bytes);
    }

    /// One byte.
    pub fn byte(&self, byte: u8) {
        self.0.borrow_mut().push(byte);
    }

    /// Seven bits a byte, the lowest first.
    pub fn varint(&self, mut value: u64) {
        let mut bytes = self.0.borrow_mut();
        while value >= 0x80 {
            bytes.push((value as u8) | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
    }

    /// Eight bytes, the lowest first.
    pub fn double(&self, value: f64) {
        self.raw(&value.to_le_bytes());
    }

    /// A small integer with its tag.
    pub fn integer(&self, number: i32) {
        self.byte(tag::INT32);
        self.varint(u64::from(((number << 1) ^ (number >> 31)) as u32));
    }

    /// A number with its tag, as V8 would keep it.
    pub fn number(&self, number: f64) {
        match as_integer(number) {
            Some(integer) => self.integer(integer),
            None => {
                self.byte(tag::DOUBLE);
                self.double(number);
            }
        }
    }

    /// A bigint without a tag.
    pub fn bigint(&self, big: &JsBigInt) {
        let raw = big.as_inner();
        let digits = raw.magnitude().to_u64_digits();
        let negative = u64::from(*raw < RawBigInt::from(0));
        self.varint((digits.len() as u64 * 8) << 1 | negative);
        for digit in digits {
            self.raw(&digit.to_le_bytes());
        }
    }

    /// A text with its tag.
    pub fn string(&self, text: &JsString) {
        match text.as_str().variant() {
            JsStrVariant::Latin1(bytes) => {
                self.byte(tag::ONE_BYTE);
                self.varint(bytes.len() as u64);
                self.raw(bytes);
            }
            JsStrVariant::Utf16(units) if units.iter().all(|unit| *unit < 256) => {
                self.byte(tag::ONE_BYTE);
                self.varint(units.len() as u64);
                let mut bytes = self.0.borrow_mut();
                bytes.extend(units.iter().map(|unit| *unit as u8));
            }
            JsStrVariant::Utf16(units) => {
                let length = units.len() * 2;
                // The text itself has to lie at an even place.
                if (self.0.borrow().len() + 1 + varint_bytes(length)) % 2 == 1 {
                    self.byte(tag::PADDING);
                }
                self.byte(tag::TWO_BYTE);
                self.varint(length as u64);
                let mut bytes = self.0.borrow_mut();
                for unit in units {
                    bytes.extend_from_slice(&unit.to_le_bytes());
                }
            }
        }
    }
}

/// The number as V8's small integer, if it is one.
pub fn as_integer(number: f64) -> Option<i32> {
    let integer = number as i32;
    (f64::from(integer) == number && (integer != 0 || number.is_sign_positive())).then_some(integer)
}

fn varint_bytes(value: usize) -> usize {
    (usize::BITS - value.max(1).leading_zeros()).div_ceil(7) as usize
}
