//! deflate in its three wrappings, and `unzip`, which looks which of two it is.

use super::{
    codec::{Codec, Failure, Progress},
    sys::Stream,
};

/// The modes that zlib's streams have in Node, under Node's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Deflate = 1,
    Inflate = 2,
    Gzip = 3,
    Gunzip = 4,
    DeflateRaw = 5,
    InflateRaw = 6,
    Unzip = 7,
}

impl Mode {
    /// The mode of that number.
    pub fn of(number: i32) -> Option<Self> {
        Some(match number {
            1 => Self::Deflate,
            2 => Self::Inflate,
            3 => Self::Gzip,
            4 => Self::Gunzip,
            5 => Self::DeflateRaw,
            6 => Self::InflateRaw,
            7 => Self::Unzip,
            _ => return None,
        })
    }
}

/// What script sets.
#[derive(Clone, Debug)]
pub struct Settings {
    pub mode: Mode,
    pub window_bits: i32,
    pub level: i32,
    pub mem_level: i32,
    pub strategy: i32,
    pub dictionary: Vec<u8>,
    /// Ends with the first member of gzip.
    pub is_single: bool,
}

const OK: i32 = 0;
const STREAM_END: i32 = 1;
const NEED_DICT: i32 = 2;
const DATA_ERROR: i32 = -3;
const BUF_ERROR: i32 = -5;
const FINISH: i32 = 4;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A stream of zlib.
pub struct Zlib {
    settings: Settings,
    stream: Stream,
    code: i32,
    /// What the mode has turned out to be.
    mode: Mode,
    /// Bytes of gzip's magic number seen while that is open.
    magic: usize,
}

/// Node's name of a code of zlib.
fn code_name(code: i32) -> &'static str {
    match code {
        STREAM_END => "Z_STREAM_END",
        NEED_DICT => "Z_NEED_DICT",
        -1 => "Z_ERRNO",
        -2 => "Z_STREAM_ERROR",
        DATA_ERROR => "Z_DATA_ERROR",
        -4 => "Z_MEM_ERROR",
        BUF_ERROR => "Z_BUF_ERROR",
        -6 => "Z_VERSION_ERROR",
        _ => "Z_OK",
    }
}

fn stream_of(settings: &Settings) -> Result<Stream, i32> {
    let bits = settings.window_bits;
    let compressor =
        |bits| Stream::compressor(settings.level, bits, settings.mem_level, settings.strategy);
    match settings.mode {
        Mode::Deflate => compressor(bits),
        Mode::Gzip => compressor(bits + 16),
        Mode::DeflateRaw => compressor(-bits),
        Mode::Inflate => Stream::decompressor(bits),
        Mode::Gunzip => Stream::decompressor(bits + 16),
        Mode::InflateRaw => Stream::decompressor(-bits),
        Mode::Unzip => Stream::decompressor(bits + 32),
    }
}

impl Zlib {
    /// A stream with these settings; the error is `ERR_ZLIB_INITIALIZATION_FAILED` to script.
    pub fn new(settings: Settings) -> Result<Self, Failure> {
        let failed = |code: i32| Failure::new("Initialization failed", code, code_name(code));
        let mut zlib = Self {
            stream: stream_of(&settings).map_err(failed)?,
            mode: settings.mode,
            settings,
            code: OK,
            magic: 0,
        };
        zlib.set_dictionary()?;
        Ok(zlib)
    }

    /// Those that want it before the first input; the others ask.
    fn set_dictionary(&mut self) -> Result<(), Failure> {
        let early = matches!(
            self.mode,
            Mode::Deflate | Mode::DeflateRaw | Mode::InflateRaw
        );
        if !early || self.settings.dictionary.is_empty() {
            return Ok(());
        }
        match self.stream.set_dictionary(&self.settings.dictionary) {
            OK => Ok(()),
            code => Err(self.describe("Failed to set dictionary", code)),
        }
    }

    fn describe(&self, message: &str, code: i32) -> Failure {
        match self.stream.message() {
            Some(text) => Failure::new(&text, code, code_name(code)),
            None => Failure::new(message, code, code_name(code)),
        }
    }

    /// `unzip` is `gunzip` where the input starts with gzip's magic number, and `inflate` elsewhere.
    fn look(&mut self, input: &[u8]) {
        for byte in input {
            if self.mode != Mode::Unzip {
                return;
            }
            if *byte != GZIP_MAGIC[self.magic] {
                self.mode = Mode::Inflate;
                return;
            }
            self.magic += 1;
            if self.magic == GZIP_MAGIC.len() {
                self.mode = Mode::Gunzip;
            }
        }
    }

    fn call(&mut self, input: &[u8], output: &mut [u8], flush: i32, so_far: Progress) -> Progress {
        let step = self.stream.step(
            &input[so_far.consumed..],
            &mut output[so_far.produced..],
            flush,
        );
        self.code = step.code;
        Progress {
            consumed: so_far.consumed + step.consumed,
            produced: so_far.produced + step.produced,
        }
    }
}

impl Codec for Zlib {
    fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Progress {
        self.look(input);
        let none = Progress {
            consumed: 0,
            produced: 0,
        };
        let mut done = self.call(input, output, flush, none);
        let asks = self.code == NEED_DICT && !self.settings.dictionary.is_empty();
        if asks && self.mode != Mode::InflateRaw {
            match self.stream.set_dictionary(&self.settings.dictionary) {
                OK => done = self.call(input, output, flush, done),
                // Another dictionary than the one that it was compressed with.
                DATA_ERROR => self.code = NEED_DICT,
                code => self.code = code,
            }
        }
        // Several members of gzip stand one after the other; zeros after one are padding.
        while self.mode == Mode::Gunzip
            && !self.settings.is_single
            && self.code == STREAM_END
            && done.consumed < input.len()
            && input[done.consumed] != 0
        {
            self.stream.reset();
            done = self.call(input, output, flush, done);
        }
        done
    }

    fn failure(&self, flush: i32, room: bool) -> Option<Failure> {
        match self.code {
            OK | BUF_ERROR if room && flush == FINISH => Some(Failure::unexpected_end()),
            OK | BUF_ERROR | STREAM_END => None,
            NEED_DICT if self.settings.dictionary.is_empty() => {
                Some(Failure::new("Missing dictionary", NEED_DICT, "Z_NEED_DICT"))
            }
            NEED_DICT => Some(Failure::new("Bad dictionary", NEED_DICT, "Z_NEED_DICT")),
            code => Some(self.describe("Zlib error", code)),
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.code = OK;
        self.mode = self.settings.mode;
        self.magic = 0;
        match self.stream.reset() {
            OK => self.set_dictionary(),
            code => Err(self.describe("Failed to reset stream", code)),
        }
    }

    fn params(&mut self, level: i32, strategy: i32) -> Result<(), Failure> {
        match self.stream.params(level, strategy) {
            OK | BUF_ERROR => Ok(()),
            code => Err(self.describe("Failed to set parameters", code)),
        }
    }
}
