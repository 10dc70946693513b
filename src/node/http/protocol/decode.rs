//! One direction of a connection: bytes in, messages out.

use super::{
    Body, Head, Limits, ParseError, Role,
    chunked::{Chunked, Part},
    fast,
    strict::{self, Progress},
};

/// What a [`Decoder`] found at the front of its input.
#[derive(Debug)]
pub enum Item<'a> {
    /// Nothing more before there is more input.
    More,
    /// The start of a message.
    Head(Head),
    /// Bytes of its body.
    Data(&'a [u8]),
    /// Its end, with its trailers if it had any.
    End(Option<Head>),
}

#[derive(Debug)]
enum State {
    /// Before or in a head.
    Head,
    Sized(u64),
    Chunked(Box<Chunked>),
    UntilClose,
    /// A head without body was announced: its end is next.
    Ending,
    /// After a message that was the last. Only line breaks may follow.
    Last,
    /// The bytes are no longer ours to read.
    Handed,
    Failed(ParseError),
}

/// Reads the messages of one peer.
///
/// It keeps no input but an incomplete head or trailer section. After each `Head` the caller may say that the message
/// has no body ([`skip_body`](Self::skip_body)) or that what follows isn't HTTP ([`hand_over`](Self::hand_over)).
#[derive(Debug)]
pub struct Decoder {
    role: Role,
    limits: Limits,
    state: State,
    keep_alive: bool,
    partial: Vec<u8>,
    /// How far the incomplete head was read.
    progress: Progress,
    /// The last head needed nothing but the quick pass.
    quick: bool,
}

impl Decoder {
    /// A decoder before the first message.
    pub fn new(role: Role, limits: Limits) -> Self {
        Self {
            role,
            limits,
            state: State::Head,
            keep_alive: true,
            partial: Vec::new(),
            progress: Progress::default(),
            quick: false,
        }
    }

    /// Whether the quick pass read the last head.
    pub fn was_quick(&self) -> bool {
        self.quick
    }

    /// Whether the peer is in the middle of a message (or of its head).
    pub fn is_inside(&self) -> bool {
        match self.state {
            State::Head => !self.partial.is_empty(),
            State::Sized(_) | State::Chunked(_) | State::UntilClose | State::Ending => true,
            State::Last | State::Handed | State::Failed(_) => false,
        }
    }

    /// Whether the peer has sent a part of a head.
    pub fn is_inside_head(&self) -> bool {
        matches!(self.state, State::Head) && !self.partial.is_empty()
    }

    /// Whether a message is over, and only its end is to be taken.
    pub fn is_ending(&self) -> bool {
        matches!(self.state, State::Ending)
    }

    /// How many of the next bytes are parts of a body, whatever they are.
    pub fn body_ahead(&self) -> u64 {
        match &self.state {
            State::Sized(left) => *left,
            State::Chunked(chunked) => chunked.data_ahead(),
            State::UntilClose => u64::MAX,
            _ => 0,
        }
    }

    /// Takes one item from the front of `input`.
    ///
    /// # Errors
    /// A malformed message, with `input` moved to where that was seen; the decoder gives the same answer ever after.
    pub fn decode<'a>(&mut self, input: &mut &'a [u8]) -> Result<Item<'a>, ParseError> {
        let outcome = self.next(input);
        if let Err(error) = outcome {
            self.state = State::Failed(error);
        }
        outcome
    }

    fn next<'a>(&mut self, input: &mut &'a [u8]) -> Result<Item<'a>, ParseError> {
        match &mut self.state {
            State::Head => self.head(input),
            State::Ending => Ok(self.end(None)),
            State::Failed(error) => Err(*error),
            _ if input.is_empty() => Ok(Item::More),
            State::Sized(left) => {
                let take = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
                let (data, rest) = input.split_at(take);
                *input = rest;
                *left -= take as u64;
                if *left == 0 {
                    self.state = State::Ending;
                }
                Ok(Item::Data(data))
            }
            State::Chunked(chunked) => match chunked.decode(input, self.limits)? {
                Part::More => Ok(Item::More),
                Part::Data(data) => Ok(Item::Data(data)),
                Part::End(trailers) => Ok(self.end(trailers)),
            },
            State::UntilClose => Ok(Item::Data(std::mem::take(input))),
            State::Last => {
                let junk = input.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
                *input = &input[junk.unwrap_or(input.len())..];
                if junk.is_some() {
                    Err(ParseError::DataAfterClose)
                } else {
                    Ok(Item::More)
                }
            }
            State::Handed => Ok(Item::More),
        }
    }

    fn head<'a>(&mut self, input: &mut &'a [u8]) -> Result<Item<'a>, ParseError> {
        if self.partial.is_empty() {
            // What may stand between messages doesn't count as the start of one.
            while let [b'\r' | b'\n', rest @ ..] = input {
                *input = rest;
            }
        }
        if input.is_empty() {
            return Ok(Item::More);
        }
        let before = self.partial.len();
        if before > 0 {
            self.partial.extend_from_slice(input);
        }
        let bytes: &[u8] = if before > 0 { &self.partial } else { input };
        let quick = if self.progress.is_empty() {
            fast::parse(bytes, self.role, self.limits)
        } else {
            None
        };
        self.quick = quick.is_some();
        let found = match quick {
            Some(found) => Some(found),
            None => match strict::parse(bytes, self.role, self.limits, &mut self.progress) {
                Ok(found) => found,
                Err((error, at)) => {
                    let read = at.saturating_sub(before).clamp(1, input.len());
                    *input = &input[read..];
                    return Err(error);
                }
            },
        };
        let Some((head, length)) = found else {
            if before == 0 {
                self.partial.extend_from_slice(input);
            }
            *input = &[];
            return Ok(Item::More);
        };
        *input = &input[length - before..];
        // An idle connection must not keep what a head once took.
        self.partial = Vec::new();
        self.progress = Progress::default();
        self.keep_alive = head.traits.keep_alive;
        self.state = match head.traits.body {
            Body::None => State::Ending,
            Body::Sized(length) => State::Sized(length),
            Body::Chunked => State::Chunked(Box::new(Chunked::new())),
            Body::UntilClose => State::UntilClose,
            Body::Unknown => State::Failed(ParseError::EncodingOfRequest),
        };
        Ok(Item::Head(head))
    }

    fn end(&mut self, trailers: Option<Head>) -> Item<'static> {
        self.state = if self.keep_alive || self.limits.lenient {
            State::Head
        } else {
            State::Last
        };
        Item::End(trailers)
    }

    /// The message whose head was just given has no body, whatever it says: the response to a `HEAD`.
    pub fn skip_body(&mut self) {
        self.state = State::Ending;
    }

    /// What follows the head just given isn't HTTP: all further input stays unread.
    pub fn hand_over(&mut self) {
        self.state = State::Handed;
    }

    /// The peer has sent all it will.
    ///
    /// # Errors
    /// [`ParseError::UnexpectedEnd`] in the middle of a message.
    pub fn finish(&mut self) -> Result<Item<'static>, ParseError> {
        match self.state {
            State::UntilClose => {
                self.keep_alive = false;
                Ok(self.end(None))
            }
            State::Failed(error) => Err(error),
            _ if self.is_inside() => {
                self.state = State::Failed(ParseError::UnexpectedEnd);
                Err(ParseError::UnexpectedEnd)
            }
            _ => Ok(Item::More),
        }
    }
}
