//! Brotli.

use brotli::{
    BrotliDecompressStream, BrotliResult, BrotliState,
    enc::{
        StandardAlloc,
        encode::{BrotliEncoderOperation, BrotliEncoderParameter, BrotliEncoderStateStruct},
    },
};

use super::codec::{Codec, Failure, Progress};

/// Compresses.
pub struct Encoder {
    parameters: Vec<(u32, u32)>,
    state: EncoderState,
    failed: bool,
}

fn parameter(number: u32) -> Option<BrotliEncoderParameter> {
    use BrotliEncoderParameter as P;
    Some(match number {
        0 => P::BROTLI_PARAM_MODE,
        1 => P::BROTLI_PARAM_QUALITY,
        2 => P::BROTLI_PARAM_LGWIN,
        3 => P::BROTLI_PARAM_LGBLOCK,
        4 => P::BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING,
        5 => P::BROTLI_PARAM_SIZE_HINT,
        6 => P::BROTLI_PARAM_LARGE_WINDOW,
        _ => return None,
    })
}

type EncoderState = Box<BrotliEncoderStateStruct<StandardAlloc>>;

fn encoder_state(parameters: &[(u32, u32)]) -> Result<EncoderState, Failure> {
    let mut state = Box::new(BrotliEncoderStateStruct::new(StandardAlloc::default()));
    for (number, value) in parameters {
        if let Some(parameter) = parameter(*number)
            && !state.set_parameter(parameter, *value)
        {
            let code = "ERR_ZLIB_INITIALIZATION_FAILED";
            return Err(Failure::new("Initialization failed", -1, code));
        }
    }
    Ok(state)
}

impl Encoder {
    /// With these parameters, by number.
    ///
    /// # Errors
    /// A value that a parameter can't have.
    pub fn new(parameters: Vec<(u32, u32)>) -> Result<Self, Failure> {
        Ok(Self {
            state: encoder_state(&parameters)?,
            parameters,
            failed: false,
        })
    }
}

impl Codec for Encoder {
    fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Progress {
        let operation = match flush {
            1 => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            2 => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            3 => BrotliEncoderOperation::BROTLI_OPERATION_EMIT_METADATA,
            _ => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
        };
        let (mut left, mut room) = (input.len(), output.len());
        let (mut consumed, mut produced) = (0, 0);
        self.failed = !self.state.compress_stream(
            operation,
            &mut left,
            input,
            &mut consumed,
            &mut room,
            output,
            &mut produced,
            &mut None,
            &mut |_, _, _, _| (),
        );
        Progress { consumed, produced }
    }

    fn failure(&self, _: i32, _: bool) -> Option<Failure> {
        self.failed
            .then(|| Failure::new("Compression failed", -1, "ERR_BROTLI_COMPRESSION_FAILED"))
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.state = encoder_state(&self.parameters)?;
        self.failed = false;
        Ok(())
    }
}

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// Decompresses.
pub struct Decoder {
    large_window: bool,
    state: Box<State>,
    result: BrotliResult,
}

fn decoder_state(large_window: bool) -> Box<State> {
    let alloc = StandardAlloc::default;
    let mut state = Box::new(BrotliState::new(alloc(), alloc(), alloc()));
    state.large_window = large_window;
    state
}

impl Decoder {
    /// With these parameters, by number.
    pub fn new(parameters: &[(u32, u32)]) -> Self {
        const LARGE_WINDOW: u32 = 1;
        let large_window = parameters
            .iter()
            .any(|(number, value)| *number == LARGE_WINDOW && *value != 0);
        Self {
            large_window,
            state: decoder_state(large_window),
            result: BrotliResult::NeedsMoreInput,
        }
    }
}

impl Codec for Decoder {
    fn step(&mut self, input: &[u8], output: &mut [u8], _: i32) -> Progress {
        let (mut left, mut room) = (input.len(), output.len());
        let (mut consumed, mut produced, mut total) = (0, 0, 0);
        self.result = BrotliDecompressStream(
            &mut left,
            &mut consumed,
            input,
            &mut room,
            &mut produced,
            output,
            &mut total,
            &mut self.state,
        );
        Progress { consumed, produced }
    }

    fn failure(&self, flush: i32, _: bool) -> Option<Failure> {
        const FINISH: i32 = 2;
        match self.result {
            BrotliResult::ResultFailure => {
                let code = self.state.error_code;
                let name = format!("{code:?}");
                let name = name.trim_start_matches("BROTLI_DECODER");
                let code = code as i32;
                Some(Failure::new(
                    "Decompression failed",
                    code,
                    &format!("ERR_{name}"),
                ))
            }
            BrotliResult::NeedsMoreInput if flush == FINISH => Some(Failure::unexpected_end()),
            _ => None,
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.state = decoder_state(self.large_window);
        self.result = BrotliResult::NeedsMoreInput;
        Ok(())
    }
}
