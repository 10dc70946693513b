//! The chunked transfer coding. RFC 9112, section 7.1.

use super::{
    Head, Limits, MAX_CHUNK_EXTENSIONS, ParseError,
    strict::{self, Progress},
};

/// Where in the coding we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before a size; whether a digit has been seen.
    Size(bool),
    /// Behind a size and a space, which only the lenient take.
    Spaces,
    Extension(Extension),
    SizeLineFeed,
    Data,
    DataCarriageReturn,
    DataLineFeed,
    Trailers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extension {
    Start,
    Name,
    Value,
    Quoted,
    QuotedPair,
    QuotedEnd,
}

/// What comes out of a chunked body.
pub(super) enum Part<'a> {
    More,
    Data(&'a [u8]),
    End(Option<Head>),
}

/// Decodes one body.
#[derive(Debug)]
pub(super) struct Chunked {
    state: State,
    /// The size being read, or what is left of the chunk.
    size: u64,
    extensions: usize,
    /// Incomplete trailers, and how far they were read.
    trailers: Vec<u8>,
    progress: Progress,
}

impl Chunked {
    pub fn new() -> Self {
        Self {
            state: State::Size(false),
            size: 0,
            extensions: 0,
            trailers: Vec::new(),
            progress: Progress::default(),
        }
    }

    /// How many of the next bytes are data.
    pub fn data_ahead(&self) -> u64 {
        match self.state {
            State::Data => self.size,
            _ => 0,
        }
    }

    /// Takes what it can from the front of `input`.
    pub fn decode<'a>(
        &mut self,
        input: &mut &'a [u8],
        limits: Limits,
    ) -> Result<Part<'a>, ParseError> {
        loop {
            if self.state == State::Trailers {
                return self.trailers(input, limits);
            }
            let Some(byte) = input.first().copied() else {
                return Ok(Part::More);
            };
            if self.state == State::Data {
                let take =
                    usize::try_from(self.size).map_or(input.len(), |size| size.min(input.len()));
                let (data, rest) = input.split_at(take);
                *input = rest;
                self.size -= take as u64;
                if self.size == 0 {
                    self.state = State::DataCarriageReturn;
                }
                return Ok(Part::Data(data));
            }
            let (state, taken) = self.step(byte, limits.lenient)?;
            self.state = state;
            *input = &input[usize::from(taken)..];
        }
    }

    /// The state behind the next byte, and whether that byte was taken: the lenient do without some.
    fn step(&mut self, byte: u8, lenient: bool) -> Result<(State, bool), ParseError> {
        let next = match self.state {
            State::Size(seen) => {
                if let Some(digit) = (byte as char).to_digit(16) {
                    if self.size >> 60 != 0 {
                        return Err(ParseError::ChunkSizeOverflow);
                    }
                    self.size = self.size << 4 | u64::from(digit);
                    return Ok((State::Size(true), true));
                }
                match byte {
                    _ if !seen => return Err(ParseError::ChunkSizeCharacter),
                    b' ' if lenient => State::Spaces,
                    _ => return self.end_of_size(byte, lenient),
                }
            }
            State::Spaces if byte == b' ' => State::Spaces,
            State::Spaces => return self.end_of_size(byte, lenient),
            State::Extension(part) => {
                let next = extension(part, byte)?;
                let separator = next == State::Extension(Extension::Start)
                    || next == State::Extension(Extension::Value) && part != Extension::Value;
                if !separator && next != State::SizeLineFeed {
                    self.extensions += 1;
                    if self.extensions > MAX_CHUNK_EXTENSIONS {
                        return Err(ParseError::ChunkExtensionOverflow);
                    }
                }
                next
            }
            State::SizeLineFeed => match byte {
                b'\n' => self.after_size(),
                _ if lenient => return Ok((self.after_size(), false)),
                _ => return Err(ParseError::ChunkSizeLineFeed),
            },
            State::DataCarriageReturn => match byte {
                b'\r' => State::DataLineFeed,
                b'\n' if lenient => State::Size(false),
                b'\n' => return Err(ParseError::ChunkDataCarriageReturn),
                _ if lenient => return Ok((State::Size(false), false)),
                _ => return Err(ParseError::ChunkDataLineFeed),
            },
            State::DataLineFeed => match byte {
                b'\n' => State::Size(false),
                _ if lenient => return Ok((State::Size(false), false)),
                _ => return Err(ParseError::ChunkDataLineFeed),
            },
            State::Data | State::Trailers => unreachable!("taken whole, not byte by byte"),
        };
        Ok((next, true))
    }

    fn end_of_size(&mut self, byte: u8, lenient: bool) -> Result<(State, bool), ParseError> {
        let next = match byte {
            b'\r' => State::SizeLineFeed,
            b'\n' if lenient => self.after_size(),
            b'\n' => return Err(ParseError::ChunkSizeCarriageReturn),
            b';' => State::Extension(Extension::Start),
            _ => return Err(ParseError::ChunkSizeCharacter),
        };
        Ok((next, true))
    }

    fn after_size(&mut self) -> State {
        // Each chunk may have as much.
        self.extensions = 0;
        if self.size == 0 {
            State::Trailers
        } else {
            State::Data
        }
    }

    fn trailers<'a>(
        &mut self,
        input: &mut &'a [u8],
        limits: Limits,
    ) -> Result<Part<'a>, ParseError> {
        // Nearly always there are none.
        if self.trailers.is_empty() && input.starts_with(b"\r\n") {
            *input = &input[2..];
            return Ok(Part::End(None));
        }
        let before = self.trailers.len();
        self.trailers.extend_from_slice(input);
        match strict::parse_trailers(&self.trailers, limits, &mut self.progress)? {
            Some((head, length)) => {
                *input = &input[length - before..];
                Ok(Part::End((!head.is_empty()).then_some(head)))
            }
            None => {
                *input = &[];
                Ok(Part::More)
            }
        }
    }
}

fn extension(part: Extension, byte: u8) -> Result<State, ParseError> {
    let next = match (part, byte) {
        (Extension::Start, b'\r' | b' ') => return Err(ParseError::ChunkExtension),
        (Extension::Name | Extension::Value | Extension::QuotedEnd, b'\r') => {
            return Ok(State::SizeLineFeed);
        }
        (Extension::Start | Extension::Name, b'=') => Extension::Value,
        (Extension::Start | Extension::Name | Extension::Value | Extension::QuotedEnd, b';') => {
            Extension::Start
        }
        (Extension::Start, b'\n') => return Err(ParseError::ChunkExtension),
        (Extension::Name, b'\n') => return Err(ParseError::ChunkExtensionNameEnd),
        (Extension::Value, b'\n') => return Err(ParseError::ChunkExtensionValueEnd),
        (Extension::Start | Extension::Name, byte) if strict::is_token(byte) => Extension::Name,
        (Extension::Start | Extension::Name, _) => return Err(ParseError::ChunkExtensionName),
        (Extension::Value, b'"') => Extension::Quoted,
        (Extension::Value, byte) if strict::is_token(byte) => Extension::Value,
        (Extension::Value, _) => return Err(ParseError::ChunkExtensionValue),
        (Extension::Quoted, b'"') => Extension::QuotedEnd,
        (Extension::Quoted, b'\\') => Extension::QuotedPair,
        (Extension::QuotedPair, b'\t' | b' '..=b'~' | 0x80..) => Extension::Quoted,
        (Extension::QuotedPair, _) => return Err(ParseError::ChunkExtensionPair),
        (Extension::Quoted, b'\t' | b' '..=b'~' | 0x80..) => Extension::Quoted,
        (Extension::Quoted, _) => return Err(ParseError::ChunkExtensionQuoted),
        (Extension::QuotedEnd, b'\n') => return Err(ParseError::ChunkExtensionValueEnd),
        (Extension::QuotedEnd, _) => return Err(ParseError::ChunkExtensionQuotedEnd),
    };
    Ok(State::Extension(next))
}
