//! HTTP/1.x without I/O and without script: bytes in, messages out, and the other way round.
//!
//! A [`Decoder`] turns what a peer sent into heads, body bytes and ends of messages, in either role; [`encode`] writes
//! the heads and chunks of what we send. Where a rule is a matter of taste the taste is llhttp's, since Node's users see it:
//! the verdicts in the tests were all taken from Node.
//!
//! Heads are read by `httparse`. What it refuses, or lets through and we must not, is read again by [`strict`], which is slow
//! and knows the name of every mistake.

mod chunked;
mod date;
mod decode;
pub mod encode;
mod error;
mod fast;
mod framing;
#[cfg(test)]
mod fuzz;
mod head;
mod method;
mod strict;
#[cfg(test)]
mod tests;

pub use date::DateCache;
pub use decode::{Decoder, Item};
pub use error::ParseError;
pub use framing::{Body, Traits};
pub use head::Head;
pub use method::{METHODS, Method};

/// Which side of the connection reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads requests.
    Server,
    /// Reads responses.
    Client,
}

/// What a peer may cost us.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the target, header names and header values of one message together; its trailers likewise.
    pub header_size: usize,
    /// Lets through what `insecureHTTPParser` does: folded lines, control characters, line feeds for line ends, a length beside a
    /// coding, and more. Who turns it on has a peer that nobody else's server sits in front of.
    pub lenient: bool,
    /// Lets through control characters in header values, and nothing else.
    pub lax_values: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_size: 16 * 1024,
            lenient: false,
            lax_values: false,
        }
    }
}

/// Bytes of the names and values in the extensions of one chunk; Node's figure.
const MAX_CHUNK_EXTENSIONS: usize = 16 * 1024;
