//! What a message's fields say about its body and about the connection. RFC 9112, sections 6 and 9, as strict as llhttp.

use super::{ParseError, Role};

/// How the body of a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// It has none.
    None,
    /// After so many bytes, more than 0.
    Sized(u64),
    /// After the last chunk and its trailers.
    Chunked,
    /// With the connection. Only responses, and requests whose sender may break rules.
    UntilClose,
    /// Nobody can tell: what the request says about it makes no sense.
    Unknown,
}

/// What the header fields of one message mean for the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// How the body ends.
    pub body: Body,
    /// Whether another message may follow.
    pub keep_alive: bool,
    /// Whether the peer wants to leave HTTP after this message.
    pub upgrade: bool,
    /// Whether there is a `Host` field.
    pub host: bool,
    /// Whether there is an `Expect` field.
    pub expect: bool,
    /// Whether `Content-Length` was given.
    pub sized: bool,
}

impl Default for Traits {
    fn default() -> Self {
        Self {
            body: Body::None,
            keep_alive: true,
            upgrade: false,
            host: false,
            expect: false,
            sized: false,
        }
    }
}

/// The last `Transfer-Encoding` seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Coding {
    #[default]
    Absent,
    /// The last coding isn't `chunked`.
    Other,
    Chunked,
}

/// The number that digits are, or what is wrong with them and where that is seen.
#[inline]
pub(super) fn length_of(digits: &[u8]) -> Result<u64, (ParseError, usize)> {
    let mut length: u64 = 0;
    for (at, byte) in digits.iter().enumerate() {
        if !byte.is_ascii_digit() {
            // White space would be right if it were the last.
            let spaces = digits[at..].iter().take_while(|byte| **byte == b' ');
            return Err((ParseError::LengthCharacter, at + spaces.count()));
        }
        length = length
            .checked_mul(10)
            .and_then(|length| length.checked_add(u64::from(byte - b'0')))
            .ok_or((ParseError::LengthOverflow, at + 1))?;
    }
    Ok(length)
}

/// Collects what the fields of one message say.
#[derive(Debug, Default)]
pub(super) struct Framing {
    length: Option<u64>,
    coding: Coding,
    close: bool,
    keep_alive: bool,
    connection_upgrade: bool,
    upgrade: bool,
    host: bool,
    expect: bool,
    /// A coding behind `chunked` is no error by itself: who reads a response takes all up to its end then.
    any_order: bool,
    /// `insecureHTTPParser`: a length beside a coding doesn't count.
    lenient: bool,
}

impl Framing {
    /// Before the first field of a message.
    pub fn new(role: Role, lenient: bool) -> Self {
        Self {
            any_order: lenient || role == Role::Client,
            lenient,
            ..Self::default()
        }
    }

    /// The framing that trailers continue: they may change nothing.
    pub fn of_trailers(lenient: bool) -> Self {
        Self {
            coding: Coding::Chunked,
            any_order: lenient,
            lenient,
            ..Self::default()
        }
    }

    /// Takes one field into account. `value` has its leading white space removed, not its trailing.
    #[inline]
    pub fn field(&mut self, name: &[u8], value: &[u8]) -> Result<(), ParseError> {
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => self.host = true,
            6 if name.eq_ignore_ascii_case(b"expect") => self.expect = true,
            7 if name.eq_ignore_ascii_case(b"upgrade") => self.upgrade |= !value.is_empty(),
            10 if name.eq_ignore_ascii_case(b"connection") => self.connection(value),
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                return self.content_length(value);
            }
            16 if name.eq_ignore_ascii_case(b"proxy-connection") => self.connection(value),
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                return self.transfer_encoding(value);
            }
            _ => {}
        }
        Ok(())
    }

    fn connection(&mut self, value: &[u8]) {
        for token in value.split(|byte| *byte == b',') {
            let token = token.trim_ascii();
            if token.eq_ignore_ascii_case(b"keep-alive") {
                self.keep_alive = true;
            } else if token.eq_ignore_ascii_case(b"close") {
                self.close = true;
            } else if token.eq_ignore_ascii_case(b"upgrade") {
                self.connection_upgrade = true;
            }
        }
    }

    fn content_length(&mut self, value: &[u8]) -> Result<(), ParseError> {
        if self.coding != Coding::Absent && !self.lenient {
            return Err(ParseError::LengthWithEncoding);
        }
        let digits = value.trim_ascii_end();
        if digits.is_empty() {
            return Err(ParseError::LengthEmpty);
        }
        if self.length.is_some() {
            return Err(ParseError::LengthTwice);
        }
        self.length = Some(length_of(digits).map_err(|(error, _)| error)?);
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), ParseError> {
        if self.length.is_some() && !self.lenient {
            return Err(ParseError::EncodingWithLength);
        }
        if value.trim_ascii_end().is_empty() {
            return Err(ParseError::EncodingEmpty);
        }
        // Nothing may come after `chunked`: who reads only the first coding would see another message.
        let mut codings = value.split(|byte| *byte == b',');
        let mut coding = codings.next().unwrap_or_default();
        loop {
            if self.coding == Coding::Chunked && !self.any_order {
                return Err(ParseError::EncodingValue);
            }
            let start = coding
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\t'))
                .unwrap_or(coding.len());
            let end = coding
                .iter()
                .rposition(|byte| *byte != b' ')
                .map_or(start, |last| last + 1);
            let token = &coding[start..end.max(start)];
            self.coding = if token.eq_ignore_ascii_case(b"chunked") {
                Coding::Chunked
            } else {
                Coding::Other
            };
            match codings.next() {
                Some(next) => coding = next,
                None => return Ok(()),
            }
        }
    }

    /// Decides, once all fields are seen. `status` is 0 for a request.
    #[inline]
    pub fn finish(self, role: Role, version: (u8, u8), status: u16, connect: bool) -> Traits {
        let bodiless = status / 100 == 1 || status == 204 || status == 304;
        let asked = self.upgrade && self.connection_upgrade;
        let upgrade = connect || asked && (role == Role::Server || status == 101);
        let body = match (self.coding, self.length) {
            _ if bodiless => Body::None,
            (Coding::Chunked, _) => Body::Chunked,
            (Coding::Other, _) if role == Role::Server && upgrade => Body::None,
            (Coding::Other, _) if role == Role::Server && !self.lenient => Body::Unknown,
            (Coding::Other, _) => Body::UntilClose,
            (Coding::Absent, Some(0)) => Body::None,
            (Coding::Absent, Some(length)) => Body::Sized(length),
            (Coding::Absent, None) if role == Role::Server => Body::None,
            (Coding::Absent, None) => Body::UntilClose,
        };
        let keep_alive = if version.0 > 0 && version.1 > 0 {
            !self.close
        } else {
            self.keep_alive
        };
        Traits {
            body,
            keep_alive: keep_alive && body != Body::UntilClose,
            upgrade,
            host: self.host,
            expect: self.expect,
            sized: self.length.is_some(),
        }
    }
}
