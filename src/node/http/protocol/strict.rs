//! Heads byte by byte, with the verdict and the words of llhttp for each mistake.
//!
//! Read when `httparse` isn't content, when a head is incomplete (so that nonsense is refused at once and not when its
//! end comes), and for trailers.

mod start_line;

use super::{
    Head, Limits, Method, ParseError, Role,
    framing::{Framing, length_of},
    head::Builder,
};

/// What is wrong with a head, and how many of its bytes were read until that was seen.
pub(super) type Failure = (ParseError, usize);

/// A head of that many bytes may be incomplete, however low the limit for what counts of it.
const MAX_RAW: usize = 64 * 1024;

/// How far an incomplete head or trailer section was read, so that one that comes in many pieces isn't read again from its
/// start with each of them. Empty before the first line is whole.
#[derive(Debug, Default)]
pub(super) struct Progress {
    at: usize,
    size: usize,
    line: Option<StartLine>,
    framing: Option<Framing>,
    fields: Vec<(Span, Span)>,
}

impl Progress {
    /// Whether no line was read to its end.
    pub fn is_empty(&self) -> bool {
        self.framing.is_none()
    }
}

/// A head and its length in bytes; `None` when more bytes are needed: then `progress` says where to go on when they come
/// (with all that `bytes` was, and more).
pub(super) fn parse(
    bytes: &[u8],
    role: Role,
    limits: Limits,
    progress: &mut Progress,
) -> Result<Option<(Head, usize)>, Failure> {
    match parse_flat(bytes, Some(role), limits, progress) {
        Err((ParseError::HeaderFold, _)) if limits.lenient => {
            parse_folded(bytes, Some(role), limits, progress)
        }
        outcome => outcome,
    }
}

/// A trailer section, up to and with its empty line.
pub(super) fn parse_trailers(
    bytes: &[u8],
    limits: Limits,
    progress: &mut Progress,
) -> Result<Option<(Head, usize)>, ParseError> {
    let outcome = match parse_flat(bytes, None, limits, progress) {
        Err((ParseError::HeaderFold, _)) if limits.lenient => {
            parse_folded(bytes, None, limits, progress)
        }
        outcome => outcome,
    };
    outcome.map_err(|(error, _)| error)
}

/// A head that has values of several lines. It is read from its start each time.
fn parse_folded(
    bytes: &[u8],
    role: Option<Role>,
    limits: Limits,
    progress: &mut Progress,
) -> Result<Option<(Head, usize)>, Failure> {
    let (flat, removed) = unfold(bytes, role.is_some());
    let mut own = Progress::default();
    let parsed = parse_flat(&flat, role, limits, &mut own)?;
    *progress = Progress::default();
    Ok(parsed.map(|(head, length)| {
        let gone = removed.iter().filter(|at| **at < length).count();
        (head, length + gone)
    }))
}

/// A head without the line breaks that fold its values, and for each byte that was left out where it would have stood.
fn unfold(bytes: &[u8], has_line: bool) -> (Vec<u8>, Vec<usize>) {
    let mut flat = Vec::with_capacity(bytes.len());
    let mut removed = Vec::new();
    // The start line isn't folded, nor is a line without a value, which may be empty.
    let mut in_headers = !has_line;
    let mut has_value = false;
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at..] {
            [b'\r', b'\n', ..] => at + 2,
            _ => at + 1,
        };
        if bytes[end - 1] == b'\n' {
            let empty = flat.last().is_none_or(|byte| *byte == b'\n');
            let folded = matches!(bytes.get(end), Some(b' ' | b'\t'));
            if in_headers && folded && has_value {
                removed.resize(removed.len() + end - at, flat.len());
                at = end;
                continue;
            }
            in_headers |= !empty;
            has_value = false;
        }
        has_value |= bytes[at] == b':';
        flat.extend_from_slice(&bytes[at..end]);
        at = end;
    }
    (flat, removed)
}

/// `role` is `None` for trailers.
fn parse_flat(
    bytes: &[u8],
    role: Option<Role>,
    limits: Limits,
    progress: &mut Progress,
) -> Result<Option<(Head, usize)>, Failure> {
    let mut reader = Reader::new(bytes, limits, std::mem::take(progress));
    let outcome = match role {
        Some(role) => reader.head(role),
        None => reader.trailers(),
    };
    match outcome {
        Ok(framing) => {
            let mut builder = reader.builder();
            if let (Some(role), Some(line)) = (role, reader.done.line) {
                let connect = role == Role::Server && line.method == Method::CONNECT;
                builder.target = (line.target.0 as u32, line.target.1 as u32);
                builder.method = line.method;
                builder.version = line.version;
                builder.status = line.status;
                builder.traits = framing.finish(role, line.version, line.status, connect);
            }
            Ok(Some((builder.finish(), reader.at)))
        }
        Err(Stop::More) => {
            // Nothing of a lenient head stays where it is once a fold is found.
            if !limits.lenient {
                *progress = reader.done;
            }
            Ok(None)
        }
        Err(Stop::Wrong(error)) => match reader.check_span() {
            // What is too long is that first, however it came.
            Err(Stop::Wrong(first)) => Err((first, reader.at)),
            _ => Err((error, reader.at)),
        },
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

#[derive(Clone, Copy, Debug)]
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
    /// The lines that are whole.
    done: Progress,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], limits: Limits, done: Progress) -> Self {
        Self {
            bytes,
            at: done.at,
            limits,
            size: done.size,
            span: None,
            done,
        }
    }

    fn head(&mut self, role: Role) -> Read<Framing> {
        let first = self.done.is_empty();
        if first {
            let line = self.start_line(role)?;
            self.done.line = Some(line);
        }
        if first && self.peek()? == b' ' {
            if !self.limits.lenient {
                return Err(ParseError::HeaderStartSpace.into());
            }
            while self.peek()? == b' ' {
                self.at += 1;
            }
        }
        let framing = self.done.framing.take();
        self.fields(framing.unwrap_or_else(|| Framing::new(role, self.limits.lenient)))
    }

    fn trailers(&mut self) -> Read<Framing> {
        let framing = self.done.framing.take();
        self.fields(framing.unwrap_or_else(|| Framing::of_trailers(self.limits.lenient)))
    }

    fn builder(&self) -> Builder {
        let mut builder = Builder::new(&self.bytes[..self.at], self.done.fields.len());
        for (name, value) in &self.done.fields {
            builder.field(*name, *value);
        }
        builder
    }

    /// The next byte, still unread.
    fn peek(&self) -> Read<u8> {
        match self.bytes.get(self.at) {
            Some(byte) => Ok(*byte),
            None => {
                self.check_span()?;
                // White space around values doesn't count, but costs memory all the same.
                if self.at > self.limits.header_size.saturating_mul(8).max(MAX_RAW) {
                    return Err(ParseError::HeaderOverflow.into());
                }
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

    fn check_span(&self) -> Read<()> {
        self.check_size(self.span.map_or(0, |start| self.at - start))
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

    fn fields(&mut self, mut framing: Framing) -> Read<Framing> {
        loop {
            // What is whole by now isn't read again.
            self.done.at = self.at;
            self.done.size = self.size;
            let outcome = self.field(&mut framing);
            if !matches!(outcome, Ok(true)) {
                return match outcome {
                    Err(stop) => {
                        self.done.framing = Some(framing);
                        Err(stop)
                    }
                    Ok(_) => Ok(framing),
                };
            }
        }
    }

    /// Reads one field, or the empty line behind the last: then it answers `false`.
    fn field(&mut self, framing: &mut Framing) -> Read<bool> {
        match self.peek()? {
            b'\n' if self.limits.lenient => {
                self.at += 1;
                return Ok(false);
            }
            b'\r' => {
                self.at += 1;
                self.expect(b'\n', ParseError::HeadersLineFeed)?;
                return Ok(false);
            }
            b'\n' => return Err(ParseError::HeaderFieldCharacter.into()),
            _ => {}
        }
        let name = self.name()?;
        let sized = self.bytes[name.0..name.1].eq_ignore_ascii_case(b"content-length");
        let value = self.value(sized)?;
        let known = framing.field(
            self.bytes[name.0..name.1].trim_ascii_end(),
            &self.bytes[value.0..value.1],
        );
        if let Err(error) = known {
            self.at = self.place_of(&error, name, value);
            return Err(error.into());
        }
        let text = &self.bytes[value.0..value.1];
        let end = text
            .iter()
            .rposition(|byte| !matches!(byte, b' ' | b'\t'))
            .map_or(0, |last| last + 1);
        self.done.fields.push((name, (value.0, value.0 + end)));
        Ok(true)
    }

    fn name(&mut self) -> Read<Span> {
        self.begin_span();
        let start = self.at;
        loop {
            match self.peek()? {
                b':' if self.at > start => break,
                byte if is_token(byte) => self.at += 1,
                b' ' if is_special(self.bytes[start..self.at].trim_ascii_end()) => {
                    if !self.limits.lenient {
                        return Err(ParseError::HeaderFieldCharacter.into());
                    }
                    self.at += 1;
                }
                _ => return Err(ParseError::HeaderToken.into()),
            }
        }
        let span = self.end_span()?;
        self.at += 1;
        Ok(span)
    }

    /// Where what is wrong with a length or an encoding is seen, as far as that isn't the end of the field.
    fn place_of(&self, error: &ParseError, name: Span, value: Span) -> usize {
        match error {
            ParseError::LengthCharacter | ParseError::LengthOverflow => {
                let digits = self.bytes[value.0..value.1].trim_ascii_end();
                value.0 + length_of(digits).err().map_or(0, |(_, at)| at)
            }
            ParseError::LengthTwice => value.0,
            // Behind the colon.
            ParseError::LengthWithEncoding | ParseError::EncodingWithLength => name.1 + 1,
            _ => self.at,
        }
    }

    /// Leaves the reader behind the line's end, which must not be followed by a continuation. `sized` says that it is a length.
    fn value(&mut self, sized: bool) -> Read<Span> {
        let lenient = self.limits.lenient;
        while matches!(self.peek()?, b' ' | b'\t') {
            self.at += 1;
        }
        let start = self.at;
        if matches!(self.peek()?, b'\r') || lenient && self.peek()? == b'\n' {
            if self.peek()? == b'\r' {
                self.at += 1;
                self.expect(b'\n', ParseError::HeaderEmptyLineFeed)?;
            } else {
                self.at += 1;
            }
            if matches!(self.peek()?, b' ' | b'\t') {
                return Err(match lenient {
                    true => ParseError::HeaderFold.into(),
                    false => ParseError::HeaderValueCharacter.into(),
                });
            }
            return Ok((start, start));
        }
        self.begin_span();
        loop {
            let byte = self.peek()?;
            match byte {
                b'\r' => break,
                b'\n' if lenient => break,
                b'\t' | b' '..=b'~' | 0x80.. => self.at += 1,
                _ if sized => return Err(ParseError::LengthCharacter.into()),
                b'\n' => return Err(ParseError::HeaderValueCarriageReturn.into()),
                _ if lenient || self.limits.lax_values && byte != 0 => self.at += 1,
                _ => return Err(ParseError::HeaderValueCharacter.into()),
            }
        }
        let span = self.end_span()?;
        if self.peek()? == b'\r' {
            self.at += 1;
            self.expect(b'\n', ParseError::HeaderValueLineFeed)?;
        } else {
            self.at += 1;
        }
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
