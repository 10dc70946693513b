//! Heads byte by byte, with the verdict and the words of llhttp for each mistake.
//!
//! Read when `httparse` isn't content, when a head is incomplete (so that nonsense is refused at once and not when its
//! end comes), and for trailers.

use super::{Head, Limits, Method, ParseError, Role, framing::Framing, head::Builder};

/// What is wrong with a head, and how many of its bytes were read until that was seen.
pub(super) type Failure = (ParseError, usize);

/// A head and its length in bytes; `None` when more bytes are needed.
pub(super) fn parse(
    bytes: &[u8],
    role: Role,
    limits: Limits,
) -> Result<Option<(Head, usize)>, Failure> {
    match parse_flat(bytes, role, limits) {
        Err((ParseError::HeaderFold, _)) if limits.lenient => {
            let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else {
                return Ok(None);
            };
            let end = end + 4;
            let flat = unfold(&bytes[..end]);
            let parsed = parse_flat(&flat, role, limits)?;
            Ok(parsed.map(|(head, _)| (head, end)))
        }
        outcome => outcome,
    }
}

/// A head without the line breaks that fold its values.
fn unfold(head: &[u8]) -> Vec<u8> {
    let mut flat = Vec::with_capacity(head.len());
    let mut at = 0;
    while at < head.len() {
        if matches!(head[at..], [b'\r', b'\n', b' ' | b'\t', ..]) {
            at += 2;
        }
        flat.push(head[at]);
        at += 1;
    }
    flat
}

fn parse_flat(bytes: &[u8], role: Role, limits: Limits) -> Result<Option<(Head, usize)>, Failure> {
    let mut reader = Reader::new(bytes, limits);
    let outcome = reader.start_line(role).and_then(|line| {
        let framing = reader.fields(Framing::default(), true)?;
        Ok((line, framing))
    });
    match outcome {
        Ok((line, framing)) => {
            let connect = role == Role::Server && line.method == Method::CONNECT;
            let mut builder = reader.builder();
            builder.target = (line.target.0 as u32, line.target.1 as u32);
            builder.method = line.method;
            builder.version = line.version;
            builder.status = line.status;
            builder.traits = framing
                .finish(role, line.version, line.status, connect)
                .map_err(|error| (error, reader.at))?;
            Ok(Some((builder.finish(), reader.at)))
        }
        Err(Stop::More) => Ok(None),
        Err(Stop::Wrong(error)) => Err((error, reader.at)),
    }
}

/// A trailer section, up to and with its empty line.
pub(super) fn parse_trailers(
    bytes: &[u8],
    limits: Limits,
) -> Result<Option<(Head, usize)>, ParseError> {
    let mut reader = Reader::new(bytes, limits);
    match reader.fields(Framing::of_trailers(), false) {
        Ok(_) => Ok(Some((reader.builder().finish(), reader.at))),
        Err(Stop::More) => Ok(None),
        Err(Stop::Wrong(error)) => Err(error),
    }
}

/// Why reading ends early.
enum Stop {
    More,
    Wrong(ParseError),
}

impl From<ParseError> for Stop {
    fn from(error: ParseError) -> Self {
        Stop::Wrong(error)
    }
}

type Read<T> = Result<T, Stop>;
type Span = (usize, usize);

struct StartLine {
    method: Method,
    target: Span,
    version: (u8, u8),
    status: u16,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    limits: Limits,
    /// Bytes that count towards the limit, without the span that is being read.
    size: usize,
    span: Option<usize>,
    fields: Vec<(Span, Span)>,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], limits: Limits) -> Self {
        Self {
            bytes,
            at: 0,
            limits,
            size: 0,
            span: None,
            fields: Vec::new(),
        }
    }

    fn builder(&self) -> Builder {
        let mut builder = Builder::new(&self.bytes[..self.at], self.fields.len());
        for (name, value) in &self.fields {
            builder.field(*name, *value);
        }
        builder
    }

    /// The next byte, still unread.
    fn peek(&self) -> Read<u8> {
        match self.bytes.get(self.at) {
            Some(byte) => Ok(*byte),
            None => {
                let open = self.span.map_or(0, |start| self.at - start);
                self.check_size(open)?;
                Err(Stop::More)
            }
        }
    }

    fn expect(&mut self, byte: u8, error: ParseError) -> Read<()> {
        if self.peek()? != byte {
            return Err(error.into());
        }
        self.at += 1;
        Ok(())
    }

    fn check_size(&self, open: usize) -> Read<()> {
        if self.size + open >= self.limits.header_size {
            return Err(ParseError::HeaderOverflow.into());
        }
        Ok(())
    }

    fn begin_span(&mut self) {
        self.span = Some(self.at);
    }

    fn end_span(&mut self) -> Read<Span> {
        let start = self.span.take().unwrap_or(self.at);
        self.size += self.at - start;
        self.check_size(0)?;
        Ok((start, self.at))
    }

    fn start_line(&mut self, role: Role) -> Read<StartLine> {
        while matches!(self.peek()?, b'\r' | b'\n') {
            self.at += 1;
        }
        match role {
            Role::Server => self.request_line(),
            Role::Client => self.status_line(),
        }
    }

    fn request_line(&mut self) -> Read<StartLine> {
        let method = self.method()?;
        while self.peek()? == b' ' {
            self.at += 1;
        }
        let target = self.target(method)?;
        let mut version = (0, 9);
        if self.peek()? == b' ' {
            while self.peek()? == b' ' {
                self.at += 1;
            }
            self.protocol(method)?;
            version = self.version()?;
            self.expect(b'\r', ParseError::VersionLineEnd)?;
        } else {
            self.expect(b'\r', ParseError::UrlCharacters)?;
        }
        self.expect(b'\n', ParseError::VersionLineFeed)?;
        Ok(StartLine {
            method,
            target,
            version,
            status: 0,
        })
    }

    fn method(&mut self) -> Read<Method> {
        let start = self.at;
        loop {
            let byte = self.peek()?;
            let name = &self.bytes[start..self.at];
            if let Some(method) = Method::parse(name) {
                self.expect(b' ', ParseError::MethodSpace)?;
                return Ok(method);
            }
            if name == b"PRI" && byte == b' ' {
                return Err(ParseError::Http2Preface.into());
            }
            let longer = &self.bytes[start..=self.at];
            if !Method::is_prefix(longer) && !b"PRI".starts_with(longer) {
                return Err(ParseError::MethodUnknown.into());
            }
            self.at += 1;
        }
    }

    fn target(&mut self, method: Method) -> Read<Span> {
        self.begin_span();
        match self.peek()? {
            b'/' | b'*' => {}
            b'\t' | b'\x0c' | b'\r' | b'\n' => return Err(ParseError::UrlCharacters.into()),
            _ if method == Method::CONNECT => {}
            byte if byte.is_ascii_alphabetic() => self.schema()?,
            _ => return Err(ParseError::UrlStart.into()),
        }
        loop {
            match self.peek()? {
                b' ' | b'\r' => return self.end_span(),
                b'\t' | b'\x0c' | b'\n' => return Err(ParseError::UrlCharacters.into()),
                b'!'..=b'~' => self.at += 1,
                _ => return Err(ParseError::UrlPath.into()),
            }
        }
    }

    fn schema(&mut self) -> Read<()> {
        loop {
            match self.peek()? {
                byte if byte.is_ascii_alphabetic() => self.at += 1,
                b' ' | b'\t' | b'\x0c' | b'\r' | b'\n' => {
                    return Err(ParseError::UrlCharacters.into());
                }
                b':' => break,
                _ => return Err(ParseError::UrlSchema.into()),
            }
        }
        for byte in *b"://" {
            self.expect(byte, ParseError::UrlSchema)?;
        }
        Ok(())
    }

    fn protocol(&mut self, method: Method) -> Read<()> {
        let names: [&[u8]; 3] = [b"HTTP/", b"RTSP/", b"ICE/"];
        for (index, name) in names.into_iter().enumerate() {
            if self.peek()? != name[0] {
                continue;
            }
            for byte in name {
                self.expect(*byte, ParseError::Protocol)?;
            }
            return match index {
                1 if method.name() != "OPTIONS" => Err(ParseError::RtspMethod.into()),
                2 if method.name() != "SOURCE" => Err(ParseError::IceMethod.into()),
                _ => Ok(()),
            };
        }
        Err(ParseError::Protocol.into())
    }

    fn version(&mut self) -> Read<(u8, u8)> {
        let major = self.digit(ParseError::VersionMajor)?;
        self.expect(b'.', ParseError::VersionDot)?;
        let minor = self.digit(ParseError::VersionMinor)?;
        match (major, minor) {
            (0, 9) | (1, 0) | (1, 1) | (2, 0) => Ok((major, minor)),
            _ => Err(ParseError::VersionUnknown.into()),
        }
    }

    fn digit(&mut self, error: ParseError) -> Read<u8> {
        let byte = self.peek()?;
        if !byte.is_ascii_digit() {
            return Err(error.into());
        }
        self.at += 1;
        Ok(byte - b'0')
    }

    fn status_line(&mut self) -> Read<StartLine> {
        for byte in *b"HTTP/" {
            self.expect(byte, ParseError::StatusLine)?;
        }
        let version = self.version()?;
        self.expect(b' ', ParseError::StatusSpace)?;
        let mut status = 0;
        for _ in 0..3 {
            status = status * 10 + u16::from(self.digit(ParseError::StatusCode)?);
        }
        let target = match self.peek()? {
            b' ' => {
                self.at += 1;
                self.begin_span();
                while !matches!(self.peek()?, b'\r' | b'\n') {
                    self.at += 1;
                }
                self.end_span()?
            }
            b'\r' => (self.at, self.at),
            _ => return Err(ParseError::StatusEnd.into()),
        };
        self.expect(b'\r', ParseError::StatusEnd)?;
        self.expect(b'\n', ParseError::VersionLineFeed)?;
        Ok(StartLine {
            method: Method::GET,
            target,
            version,
            status,
        })
    }

    fn fields(&mut self, mut framing: Framing, first_line: bool) -> Read<Framing> {
        if first_line && self.peek()? == b' ' {
            return Err(ParseError::HeaderStartSpace.into());
        }
        loop {
            match self.peek()? {
                b'\r' => {
                    self.at += 1;
                    self.expect(b'\n', ParseError::HeadersLineFeed)?;
                    return Ok(framing);
                }
                b'\n' => return Err(ParseError::HeaderFieldCharacter.into()),
                _ => {}
            }
            let name = self.name()?;
            let value = self.value()?;
            framing.field(&self.bytes[name.0..name.1], &self.bytes[value.0..value.1])?;
            let text = &self.bytes[value.0..value.1];
            let end = text
                .iter()
                .rposition(|byte| !matches!(byte, b' ' | b'\t'))
                .map_or(0, |last| last + 1);
            self.fields.push((name, (value.0, value.0 + end)));
        }
    }

    fn name(&mut self) -> Read<Span> {
        self.begin_span();
        let start = self.at;
        loop {
            match self.peek()? {
                b':' if self.at > start => break,
                byte if is_token(byte) => self.at += 1,
                b' ' if is_special(&self.bytes[start..self.at]) => {
                    return Err(ParseError::HeaderFieldCharacter.into());
                }
                _ => return Err(ParseError::HeaderToken.into()),
            }
        }
        let span = self.end_span()?;
        self.at += 1;
        Ok(span)
    }

    /// Leaves the reader behind the line's end, which must not be followed by a continuation.
    fn value(&mut self) -> Read<Span> {
        while matches!(self.peek()?, b' ' | b'\t') {
            self.at += 1;
        }
        if self.peek()? == b'\r' {
            let empty = (self.at, self.at);
            self.at += 1;
            self.expect(b'\n', ParseError::HeaderEmptyLineFeed)?;
            if matches!(self.peek()?, b' ' | b'\t') {
                return Err(ParseError::HeaderValueCharacter.into());
            }
            return Ok(empty);
        }
        self.begin_span();
        loop {
            match self.peek()? {
                b'\r' => break,
                b'\n' => return Err(ParseError::HeaderValueCarriageReturn.into()),
                b'\t' | b' '..=b'~' | 0x80.. => self.at += 1,
                1.. if self.limits.lenient => self.at += 1,
                _ => return Err(ParseError::HeaderValueCharacter.into()),
            }
        }
        let span = self.end_span()?;
        self.at += 1;
        self.expect(b'\n', ParseError::HeaderValueLineFeed)?;
        if matches!(self.peek()?, b' ' | b'\t') {
            return Err(ParseError::HeaderFold.into());
        }
        Ok(span)
    }
}

/// Whether a byte may stand in a header name: RFC 9110's `tchar`.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

fn is_special(name: &[u8]) -> bool {
    [
        "connection",
        "content-length",
        "proxy-connection",
        "transfer-encoding",
        "upgrade",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}
