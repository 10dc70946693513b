//! The bytes of a [`Reader`](super::Reader) as it takes them: numbers, texts and tags in V8's forms. What they mean is the
//! reader's affair.

use std::cell::Cell;

use boa_engine::{Context, JsBigInt, JsResult, JsString, bigint::RawBigInt, string::JsStr};

use super::{broken, tag};

/// Bytes, and how far they have been read.
pub struct Input {
    bytes: Vec<u8>,
    at: Cell<usize>,
}

impl Input {
    /// Starts at the first byte.
    pub fn new(bytes: Vec<u8>) -> Self {
        let at = Cell::new(0);
        Self { bytes, at }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at.get()
    }

    /// The version in the header, which is the first; `None` if there is none.
    pub fn header(&self) -> Option<u64> {
        if self.bytes.first() != Some(&tag::VERSION) {
            return None;
        }
        self.at.set(1);
        self.varint()
    }

    /// One byte.
    pub fn byte(&self) -> Option<u8> {
        let byte = self.bytes.get(self.at.get()).copied()?;
        self.at.set(self.at.get() + 1);
        Some(byte)
    }

    /// The next tag, which stays. Padding is passed over.
    pub fn peek(&self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at.get()).copied() {
                Some(tag::PADDING) => self.at.set(self.at.get() + 1),
                found => return found,
            }
        }
    }

    /// The next tag. Padding is passed over.
    pub fn tag(&self) -> Option<u8> {
        let tag = self.peek()?;
        self.at.set(self.at.get() + 1);
        Some(tag)
    }

    /// The place of so many bytes, which are passed over.
    pub fn skip(&self, length: usize) -> Option<usize> {
        let start = self.at.get();
        let end = start.checked_add(length)?;
        if end > self.bytes.len() {
            return None;
        }
        self.at.set(end);
        Some(start)
    }

    /// So many bytes.
    pub fn raw(&self, length: usize) -> Option<&[u8]> {
        let start = self.skip(length)?;
        Some(&self.bytes[start..start + length])
    }

    /// Seven bits a byte, the lowest first; what is beyond 64 bits is dropped.
    pub fn varint(&self) -> Option<u64> {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            if shift < 64 {
                value |= u64::from(byte & 0x7f) << shift;
                shift += 7;
            }
            if byte < 0x80 {
                return Some(value);
            }
        }
    }

    /// Eight bytes, the lowest first.
    pub fn double(&self) -> Option<f64> {
        let bytes = self.raw(8)?.try_into().ok()?;
        Some(f64::from_le_bytes(bytes))
    }

    /// A number of 32 bits.
    ///
    /// # Errors
    /// Where the bytes end; so with all that follows.
    pub fn varint32(&self, context: &mut Context) -> JsResult<u32> {
        self.varint()
            .map(|value| value as u32)
            .ok_or_else(|| broken(context))
    }

    /// A length.
    pub fn length(&self, context: &mut Context) -> JsResult<usize> {
        self.varint32(context).map(|value| value as usize)
    }

    /// So many bytes as the length before them says.
    pub fn bytes(&self, context: &mut Context) -> JsResult<&[u8]> {
        let length = self.length(context)?;
        self.raw(length).ok_or_else(|| broken(context))
    }

    /// A number with fraction.
    pub fn number(&self, context: &mut Context) -> JsResult<f64> {
        self.double().ok_or_else(|| broken(context))
    }

    /// A bigint whose tag has been read.
    pub fn bigint(&self, context: &mut Context) -> JsResult<JsBigInt> {
        let head = self.varint32(context)?;
        let length = (head >> 1) as usize;
        let Some(bytes) = self.raw(length) else {
            return Err(broken(context));
        };
        let mut signed = bytes.to_vec();
        signed.push(0);
        let raw = RawBigInt::from_signed_bytes_le(&signed);
        Ok(JsBigInt::new(if head & 1 == 1 { -raw } else { raw }))
    }

    /// A text whose tag has been read.
    pub fn text(&self, tag: u8, context: &mut Context) -> JsResult<JsString> {
        let bytes = self.bytes(context)?;
        Ok(match tag {
            tag::ONE_BYTE => JsString::from(JsStr::latin1(bytes)),
            tag::TWO_BYTE => {
                let units: Vec<u16> = bytes
                    .chunks_exact(2)
                    .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                    .collect();
                JsString::from(units.as_slice())
            }
            _ => JsString::from(String::from_utf8_lossy(bytes).as_ref()),
        })
    }

    /// A text with its tag.
    pub fn string(&self, context: &mut Context) -> JsResult<JsString> {
        match self.tag() {
            Some(tag @ (tag::ONE_BYTE | tag::TWO_BYTE | tag::UTF8)) => self.text(tag, context),
            _ => Err(broken(context)),
        }
    }
}
