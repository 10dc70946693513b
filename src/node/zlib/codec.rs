//! What the formats have in common: a codec takes input and gives output piece by piece, and says what went wrong. `handle`
//! runs them, here or on the pool.

use boa_engine::{Context, JsError, JsString, JsValue, js_string, object::builtins::AlignedVec};

use crate::node::errors;

/// What a call of a codec did.
#[derive(Clone, Copy)]
pub struct Progress {
    pub consumed: usize,
    pub produced: usize,
}

/// Why a codec can't go on, as script sees it.
#[derive(Clone, Debug)]
pub struct Failure {
    pub message: String,
    pub errno: i32,
    pub code: String,
}

impl Failure {
    /// The input ended before what is compressed did.
    pub fn unexpected_end() -> Self {
        Self::new("unexpected end of file", -5, "Z_BUF_ERROR")
    }

    pub fn new(message: &str, errno: i32, code: &str) -> Self {
        Self {
            message: message.to_owned(),
            errno,
            code: code.to_owned(),
        }
    }

    /// An `Error` with `errno` and `code`.
    pub fn error(&self, context: &mut Context) -> JsError {
        let error = errors::plain(errors::Base::Plain, &self.message, context);
        let Some(object) = error.as_opaque().and_then(JsValue::as_object) else {
            return error;
        };
        let properties = [
            (js_string!("errno"), JsValue::from(self.errno)),
            (
                js_string!("code"),
                JsString::from(self.code.as_str()).into(),
            ),
        ];
        for (name, value) in properties {
            if let Err(error) = object.create_data_property_or_throw(name, value, context) {
                return error;
            }
        }
        error
    }
}

/// A stream of one format in one direction.
pub trait Codec: Send {
    /// Works until there is no input or no room for output.
    fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Progress;
    /// What is wrong after a step; `room` says whether it left room for output.
    fn failure(&self, flush: i32, room: bool) -> Option<Failure>;
    /// Starts anew with the same settings.
    fn reset(&mut self) -> Result<(), Failure>;
    /// Changes level and strategy.
    fn params(&mut self, _level: i32, _strategy: i32) -> Result<(), Failure> {
        Ok(())
    }
}

/// What a run gave.
pub struct Outcome {
    pub output: AlignedVec<u8>,
    pub consumed: usize,
    /// There is more output for the same input.
    pub more: bool,
}

/// The room that a step gets at most, so that a small input doesn't cost much memory.
const LARGEST_PIECE: usize = 256 * 1024;

/// Runs a codec over input until it wants more, or until there are about `limit` bytes of output.
///
/// # Errors
/// What the codec says.
pub fn run(
    codec: &mut dyn Codec,
    input: &[u8],
    flush: i32,
    limit: usize,
) -> Result<Outcome, Failure> {
    let mut output: AlignedVec<u8> = AlignedVec::with_capacity(0, 0);
    let mut consumed = 0;
    let mut piece = (input.len() / 2).clamp(1024, 64 * 1024).min(limit.max(64));
    loop {
        let start = output.len();
        output.resize(start + piece, 0);
        let progress = codec.step(&input[consumed..], &mut output[start..], flush);
        consumed += progress.consumed;
        output.truncate(start + progress.produced);
        let room = progress.produced < piece;
        if let Some(failure) = codec.failure(flush, room) {
            return Err(failure);
        }
        let more = !room;
        if room || output.len() >= limit {
            return Ok(Outcome {
                output,
                consumed,
                more,
            });
        }
        piece = (piece * 2)
            .min(LARGEST_PIECE)
            .min(limit - output.len())
            .max(64);
    }
}
