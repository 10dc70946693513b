//! Zstandard: the reference implementation, which has every parameter that Node documents. A build without the feature
//! `zstd` says so when a stream is made.

#[cfg(feature = "zstd")]
pub use with::{Decoder, Encoder};
#[cfg(not(feature = "zstd"))]
pub use without::{Decoder, Encoder};

/// What script sets.
#[derive(Clone, Debug, Default)]
#[cfg_attr(
    not(feature = "zstd"),
    expect(dead_code, reason = "no library reads them")
)]
pub struct Settings {
    pub parameters: Vec<(u32, i32)>,
    pub pledged: Option<u64>,
    pub dictionary: Vec<u8>,
}

#[cfg(feature = "zstd")]
mod with {
    use zstd_safe::{
        CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, SafeResult,
        get_error_name,
        zstd_sys::{ZSTD_EndDirective as Directive, ZSTD_strategy as Strategy},
    };

    use super::{
        super::codec::{Codec, Failure, Progress},
        Settings,
    };

    /// Node's names of the library's errors.
    const CODES: &[(usize, &str)] = &[
        (1, "GENERIC"),
        (10, "prefix_unknown"),
        (12, "version_unsupported"),
        (14, "frameParameter_unsupported"),
        (16, "frameParameter_windowTooLarge"),
        (20, "corruption_detected"),
        (22, "checksum_wrong"),
        (24, "literals_headerWrong"),
        (30, "dictionary_corrupted"),
        (32, "dictionary_wrong"),
        (34, "dictionaryCreation_failed"),
        (40, "parameter_unsupported"),
        (41, "parameter_combination_unsupported"),
        (42, "parameter_outOfBound"),
        (44, "tableLog_tooLarge"),
        (46, "maxSymbolValue_tooLarge"),
        (48, "maxSymbolValue_tooSmall"),
        (50, "stabilityCondition_notRespected"),
        (60, "stage_wrong"),
        (62, "init_missing"),
        (64, "memory_allocation"),
        (66, "workSpace_tooSmall"),
        (70, "dstSize_tooSmall"),
        (72, "srcSize_wrong"),
        (74, "dstBuffer_null"),
        (80, "noForwardProgress_destFull"),
        (82, "noForwardProgress_inputEmpty"),
    ];

    fn failure_of(code: usize) -> Failure {
        // The library's results are sizes; errors are numbers below zero.
        let number = code.wrapping_neg();
        let name = CODES.iter().find(|(known, _)| *known == number);
        let name = name.map_or("GENERIC", |(_, name)| name);
        Failure::new(
            get_error_name(code),
            i32::try_from(number).unwrap_or(1),
            &format!("ZSTD_error_{name}"),
        )
    }

    fn set(result: SafeResult, message: &str) -> Result<(), Failure> {
        match result {
            Ok(_) => Ok(()),
            Err(_) => Err(Failure::new(message, -1, "ERR_ZLIB_INITIALIZATION_FAILED")),
        }
    }

    fn strategy(number: i32) -> Option<Strategy> {
        Some(match number {
            1 => Strategy::ZSTD_fast,
            2 => Strategy::ZSTD_dfast,
            3 => Strategy::ZSTD_greedy,
            4 => Strategy::ZSTD_lazy,
            5 => Strategy::ZSTD_lazy2,
            6 => Strategy::ZSTD_btlazy2,
            7 => Strategy::ZSTD_btopt,
            8 => Strategy::ZSTD_btultra,
            9 => Strategy::ZSTD_btultra2,
            _ => return None,
        })
    }

    fn parameter(number: u32, value: i32) -> Option<CParameter> {
        let size = u32::try_from(value);
        Some(match number {
            100 => CParameter::CompressionLevel(value),
            101 => CParameter::WindowLog(size.ok()?),
            102 => CParameter::HashLog(size.ok()?),
            103 => CParameter::ChainLog(size.ok()?),
            104 => CParameter::SearchLog(size.ok()?),
            105 => CParameter::MinMatch(size.ok()?),
            106 => CParameter::TargetLength(size.ok()?),
            107 => CParameter::Strategy(strategy(value)?),
            160 => CParameter::EnableLongDistanceMatching(value != 0),
            161 => CParameter::LdmHashLog(size.ok()?),
            162 => CParameter::LdmMinMatch(size.ok()?),
            163 => CParameter::LdmBucketSizeLog(size.ok()?),
            164 => CParameter::LdmHashRateLog(size.ok()?),
            200 => CParameter::ContentSizeFlag(value != 0),
            201 => CParameter::ChecksumFlag(value != 0),
            202 => CParameter::DictIdFlag(value != 0),
            400 => CParameter::NbWorkers(size.ok()?),
            401 => CParameter::JobSize(size.ok()?),
            402 => CParameter::OverlapSizeLog(size.ok()?),
            _ => return None,
        })
    }

    /// Compresses.
    pub struct Encoder {
        context: CCtx<'static>,
        pledged: Option<u64>,
        result: SafeResult,
    }

    impl Encoder {
        /// With these settings.
        ///
        /// # Errors
        /// What the library refuses.
        pub fn new(settings: &Settings) -> Result<Self, Failure> {
            let mut context = CCtx::create();
            for (number, value) in &settings.parameters {
                const REFUSED: &str = "Setting parameter failed";
                let Some(parameter) = parameter(*number, *value) else {
                    return set(Err(0), REFUSED).map(|()| unreachable!("an error was passed"));
                };
                set(context.set_parameter(parameter), REFUSED)?;
            }
            set(
                context.set_pledged_src_size(settings.pledged),
                "Could not set pledged src size",
            )?;
            if !settings.dictionary.is_empty() {
                set(
                    context.load_dictionary(&settings.dictionary),
                    "Failed to load zstd dictionary",
                )?;
            }
            Ok(Self {
                context,
                pledged: settings.pledged,
                result: Ok(0),
            })
        }
    }

    impl Codec for Encoder {
        fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Progress {
            let directive = match flush {
                1 => Directive::ZSTD_e_flush,
                2 => Directive::ZSTD_e_end,
                _ => Directive::ZSTD_e_continue,
            };
            let mut into = OutBuffer::around(output);
            let mut from = InBuffer::around(input);
            self.result = self
                .context
                .compress_stream2(&mut into, &mut from, directive);
            Progress {
                consumed: from.pos(),
                produced: into.pos(),
            }
        }

        fn failure(&self, _: i32, _: bool) -> Option<Failure> {
            self.result.err().map(failure_of)
        }

        fn reset(&mut self) -> Result<(), Failure> {
            self.result = Ok(0);
            set(
                self.context.reset(ResetDirective::SessionOnly),
                "Failed to reset",
            )?;
            set(
                self.context.set_pledged_src_size(self.pledged),
                "Could not set pledged src size",
            )
        }
    }

    /// Decompresses.
    pub struct Decoder {
        context: DCtx<'static>,
        /// What the library would like to have next; 0 at the end of a frame.
        result: SafeResult,
    }

    impl Decoder {
        /// With these settings.
        ///
        /// # Errors
        /// What the library refuses.
        pub fn new(settings: &Settings) -> Result<Self, Failure> {
            const WINDOW_LOG_MAX: u32 = 100;
            let mut context = DCtx::create();
            for (number, value) in &settings.parameters {
                let value = u32::try_from(*value).ok();
                let result = match (*number, value) {
                    (WINDOW_LOG_MAX, Some(value)) => {
                        context.set_parameter(DParameter::WindowLogMax(value))
                    }
                    _ => Err(0),
                };
                set(result, "Setting parameter failed")?;
            }
            if !settings.dictionary.is_empty() {
                set(
                    context.load_dictionary(&settings.dictionary),
                    "Failed to load zstd dictionary",
                )?;
            }
            Ok(Self {
                context,
                result: Ok(1),
            })
        }
    }

    impl Codec for Decoder {
        fn step(&mut self, input: &[u8], output: &mut [u8], _: i32) -> Progress {
            let mut into = OutBuffer::around(output);
            let mut from = InBuffer::around(input);
            self.result = self.context.decompress_stream(&mut into, &mut from);
            Progress {
                consumed: from.pos(),
                produced: into.pos(),
            }
        }

        fn failure(&self, flush: i32, room: bool) -> Option<Failure> {
            const END: i32 = 2;
            match self.result {
                Err(code) => Some(failure_of(code)),
                Ok(wanted) if wanted != 0 && flush == END && room => {
                    Some(Failure::unexpected_end())
                }
                Ok(_) => None,
            }
        }

        fn reset(&mut self) -> Result<(), Failure> {
            self.result = Ok(1);
            set(
                self.context.reset(ResetDirective::SessionOnly),
                "Failed to reset",
            )
        }
    }
}

#[cfg(not(feature = "zstd"))]
mod without {
    use super::{
        super::codec::{Codec, Failure, Progress},
        Settings,
    };

    fn missing() -> Failure {
        let message = "Zstandard is not part of this build (feature \"zstd\")";
        Failure::new(message, -1, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM")
    }

    macro_rules! missing_codec {
        ($name:ident) => {
            /// Can't be made.
            pub enum $name {}

            impl $name {
                /// # Errors
                /// Always: this build has no Zstandard.
                pub fn new(_: &Settings) -> Result<Self, Failure> {
                    Err(missing())
                }
            }

            impl Codec for $name {
                fn step(&mut self, _: &[u8], _: &mut [u8], _: i32) -> Progress {
                    match *self {}
                }

                fn failure(&self, _: i32, _: bool) -> Option<Failure> {
                    match *self {}
                }

                fn reset(&mut self) -> Result<(), Failure> {
                    match *self {}
                }
            }
        };
    }

    missing_codec!(Encoder);
    missing_codec!(Decoder);
}
