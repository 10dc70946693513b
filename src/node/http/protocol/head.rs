//! The head of a message: everything before its body, in one allocation.

use super::{Method, Traits};

/// Bytes that one field's four offsets take after the text.
const FIELD: usize = 16;

/// A request's or a response's start line and header fields, or a trailer section (which has no start line).
///
/// The text of the head and the offsets of its fields share one buffer, so that making a head costs one allocation
/// however many fields it has. Everything but the traits is read on demand.
#[derive(Clone, Debug)]
pub struct Head {
    bytes: Box<[u8]>,
    text: u32,
    target: (u32, u32),
    /// The method of a request.
    pub method: Method,
    /// Major and minor version.
    pub version: (u8, u8),
    /// The status of a response, 0 for a request.
    pub status: u16,
    /// What the fields mean for the connection.
    pub traits: Traits,
}

impl Head {
    /// The request target, or a response's reason.
    pub fn target(&self) -> &[u8] {
        &self.bytes[self.target.0 as usize..self.target.1 as usize]
    }

    /// How many header fields it has.
    pub fn len(&self) -> usize {
        (self.bytes.len() - self.text as usize) / FIELD
    }

    /// Whether it has no header fields.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Name and value of a field, as sent but for the white space around the value.
    ///
    /// # Panics
    /// If there is no such field.
    pub fn field(&self, index: usize) -> (&[u8], &[u8]) {
        let at = self.text as usize + index * FIELD;
        let offsets = &self.bytes[at..at + FIELD];
        let read = |part: usize| -> usize {
            let mut number = [0; 4];
            number.copy_from_slice(&offsets[part * 4..part * 4 + 4]);
            u32::from_le_bytes(number) as usize
        };
        (&self.bytes[read(0)..read(1)], &self.bytes[read(2)..read(3)])
    }

    /// All fields in the order of the wire.
    pub fn fields(&self) -> Fields<'_> {
        Fields {
            head: self,
            next: 0,
        }
    }
}

/// Iterates over the fields of a [`Head`].
#[derive(Debug)]
pub struct Fields<'head> {
    head: &'head Head,
    next: usize,
}

impl<'head> Iterator for Fields<'head> {
    type Item = (&'head [u8], &'head [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.head.len() {
            return None;
        }
        self.next += 1;
        Some(self.head.field(self.next - 1))
    }
}

/// Puts a head together from offsets into its text.
pub(super) struct Builder {
    bytes: Vec<u8>,
    text: u32,
    pub target: (u32, u32),
    pub method: Method,
    pub version: (u8, u8),
    pub status: u16,
    pub traits: Traits,
}

impl Builder {
    /// Copies the text, with room for so many fields.
    pub fn new(text: &[u8], fields: usize) -> Self {
        let mut bytes = Vec::with_capacity(text.len() + fields * FIELD);
        bytes.extend_from_slice(text);
        Self {
            bytes,
            text: text.len() as u32,
            target: (0, 0),
            method: Method::GET,
            version: (1, 1),
            status: 0,
            traits: Traits::default(),
        }
    }

    /// Adds a field by its offsets.
    pub fn field(&mut self, name: (usize, usize), value: (usize, usize)) {
        for offset in [name.0, name.1, value.0, value.1] {
            self.bytes.extend_from_slice(&(offset as u32).to_le_bytes());
        }
    }

    pub fn finish(self) -> Head {
        Head {
            bytes: self.bytes.into_boxed_slice(),
            text: self.text,
            target: self.target,
            method: self.method,
            version: self.version,
            status: self.status,
            traits: self.traits,
        }
    }
}
