//! What can be wrong with a message, with llhttp's code and reason for each.

use thiserror::Error;

/// A message that can't be read. Nothing more can be read from its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("Parse Error: {}", self.reason())]
#[allow(missing_docs)]
pub enum ParseError {
    MethodUnknown,
    MethodSpace,
    UrlStart,
    UrlSchema,
    UrlPath,
    UrlQuery,
    UrlFragment,
    UrlServer,
    UrlTwoAts,
    UrlCharacters,
    Protocol,
    IceMethod,
    RtspMethod,
    VersionMajor,
    VersionDot,
    VersionMinor,
    VersionUnknown,
    VersionLineEnd,
    VersionLineFeed,
    Http2Preface,
    Http2,
    TargetLineFeed,
    StatusLine,
    StatusCode,
    StatusSpace,
    StatusEnd,
    StatusCarriageReturn,
    HeaderStartSpace,
    HeaderFieldCharacter,
    HeaderToken,
    HeaderValueCharacter,
    HeaderValueCarriageReturn,
    HeaderValueLineFeed,
    HeaderEmptyLineFeed,
    HeaderFold,
    HeadersLineFeed,
    HeaderOverflow,
    LengthCharacter,
    LengthEmpty,
    LengthOverflow,
    LengthTwice,
    LengthWithEncoding,
    EncodingWithLength,
    EncodingValue,
    EncodingEmpty,
    EncodingOfRequest,
    ChunkSizeCharacter,
    ChunkSizeOverflow,
    ChunkSizeCarriageReturn,
    ChunkSizeLineFeed,
    ChunkDataCarriageReturn,
    ChunkDataLineFeed,
    ChunkExtension,
    ChunkExtensionName,
    ChunkExtensionNameEnd,
    ChunkExtensionValue,
    ChunkExtensionValueEnd,
    ChunkExtensionQuoted,
    ChunkExtensionPair,
    ChunkExtensionQuotedEnd,
    ChunkExtensionOverflow,
    DataAfterClose,
    UnexpectedEnd,
}

impl ParseError {
    /// llhttp's name of the error, which Node's `error.code` shows.
    pub fn code(self) -> &'static str {
        self.parts().0
    }

    /// llhttp's explanation, which Node's `error.reason` shows.
    pub fn reason(self) -> &'static str {
        self.parts().1
    }

    fn parts(self) -> (&'static str, &'static str) {
        use ParseError::*;
        match self {
            MethodUnknown => ("HPE_INVALID_METHOD", "Invalid method encountered"),
            MethodSpace => ("HPE_INVALID_METHOD", "Expected space after method"),
            UrlStart => ("HPE_INVALID_URL", "Unexpected start char in url"),
            UrlSchema => ("HPE_INVALID_URL", "Unexpected char in url schema"),
            UrlPath => ("HPE_INVALID_URL", "Invalid char in url path"),
            UrlQuery => ("HPE_INVALID_URL", "Invalid char in url query"),
            UrlFragment => ("HPE_INVALID_URL", "Invalid char in url fragment start"),
            UrlServer => ("HPE_INVALID_URL", "Unexpected char in url server"),
            UrlTwoAts => ("HPE_INVALID_URL", "Double @ in url"),
            UrlCharacters => ("HPE_INVALID_URL", "Invalid characters in url"),
            Protocol => ("HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/"),
            IceMethod => (
                "HPE_INVALID_CONSTANT",
                "Expected SOURCE method for ICE/x.x request",
            ),
            RtspMethod => (
                "HPE_INVALID_CONSTANT",
                "Invalid method for RTSP/x.x request",
            ),
            VersionMajor => ("HPE_INVALID_VERSION", "Invalid major version"),
            VersionDot => ("HPE_INVALID_VERSION", "Expected dot"),
            VersionMinor => ("HPE_INVALID_VERSION", "Invalid minor version"),
            VersionUnknown => ("HPE_INVALID_VERSION", "Invalid HTTP version"),
            VersionLineEnd => ("HPE_INVALID_VERSION", "Expected CRLF after version"),
            VersionLineFeed => ("HPE_STRICT", "Expected CRLF after version"),
            Http2Preface => ("HPE_INVALID_VERSION", "Expected HTTP/2 Connection Preface"),
            Http2 => ("HPE_PAUSED_H2_UPGRADE", "Pause on PRI/Upgrade"),
            TargetLineFeed => ("HPE_INVALID_URL", "Expected CRLF"),
            StatusLine => ("HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/"),
            StatusCode => ("HPE_INVALID_STATUS", "Invalid status code"),
            StatusSpace => ("HPE_INVALID_VERSION", "Expected space after version"),
            StatusEnd => ("HPE_INVALID_STATUS", "Invalid response status"),
            StatusCarriageReturn => ("HPE_CR_EXPECTED", "Missing expected CR after response line"),
            HeaderStartSpace => ("HPE_UNEXPECTED_SPACE", "Unexpected space after start line"),
            HeaderFieldCharacter => ("HPE_INVALID_HEADER_TOKEN", "Invalid header field char"),
            HeaderToken => ("HPE_INVALID_HEADER_TOKEN", "Invalid header token"),
            HeaderValueCharacter => ("HPE_INVALID_HEADER_TOKEN", "Invalid header value char"),
            HeaderValueCarriageReturn => {
                ("HPE_CR_EXPECTED", "Missing expected CR after header value")
            }
            HeaderValueLineFeed => ("HPE_LF_EXPECTED", "Missing expected LF after header value"),
            HeaderEmptyLineFeed => ("HPE_STRICT", "Expected LF after CR"),
            HeaderFold => (
                "HPE_INVALID_HEADER_TOKEN",
                "Unexpected whitespace after header value",
            ),
            HeadersLineFeed => ("HPE_STRICT", "Expected LF after headers"),
            HeaderOverflow => ("HPE_HEADER_OVERFLOW", "Header overflow"),
            LengthCharacter => (
                "HPE_INVALID_CONTENT_LENGTH",
                "Invalid character in Content-Length",
            ),
            LengthEmpty => ("HPE_INVALID_CONTENT_LENGTH", "Empty Content-Length"),
            LengthOverflow => ("HPE_INVALID_CONTENT_LENGTH", "Content-Length overflow"),
            LengthTwice => ("HPE_UNEXPECTED_CONTENT_LENGTH", "Duplicate Content-Length"),
            LengthWithEncoding => (
                "HPE_INVALID_CONTENT_LENGTH",
                "Content-Length can't be present with Transfer-Encoding",
            ),
            EncodingWithLength => (
                "HPE_INVALID_TRANSFER_ENCODING",
                "Transfer-Encoding can't be present with Content-Length",
            ),
            EncodingValue => (
                "HPE_INVALID_TRANSFER_ENCODING",
                "Invalid `Transfer-Encoding` header value",
            ),
            EncodingEmpty => ("HPE_INVALID_TRANSFER_ENCODING", "Empty Transfer-Encoding"),
            EncodingOfRequest => (
                "HPE_INVALID_TRANSFER_ENCODING",
                "Request has invalid `Transfer-Encoding`",
            ),
            ChunkSizeCharacter => ("HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size"),
            ChunkSizeOverflow => ("HPE_INVALID_CHUNK_SIZE", "Chunk size overflow"),
            ChunkSizeCarriageReturn => ("HPE_CR_EXPECTED", "Missing expected CR after chunk size"),
            ChunkSizeLineFeed => ("HPE_STRICT", "Expected LF after chunk size"),
            ChunkDataCarriageReturn => ("HPE_CR_EXPECTED", "Missing expected CR after chunk data"),
            ChunkDataLineFeed => ("HPE_STRICT", "Expected LF after chunk data"),
            ChunkExtension => ("HPE_STRICT", "Invalid character in chunk extensions"),
            ChunkExtensionName => ("HPE_STRICT", "Invalid character in chunk extensions name"),
            ChunkExtensionNameEnd => (
                "HPE_CR_EXPECTED",
                "Missing expected CR after chunk extension name",
            ),
            ChunkExtensionValue => ("HPE_STRICT", "Invalid character in chunk extensions value"),
            ChunkExtensionValueEnd => (
                "HPE_CR_EXPECTED",
                "Missing expected CR after chunk extension value",
            ),
            ChunkExtensionQuoted => (
                "HPE_STRICT",
                "Invalid character in chunk extensions quoted value",
            ),
            ChunkExtensionPair => (
                "HPE_STRICT",
                "Invalid quoted-pair in chunk extensions quoted value",
            ),
            ChunkExtensionQuotedEnd => (
                "HPE_STRICT",
                "Invalid character in chunk extensions quote value",
            ),
            ChunkExtensionOverflow => {
                ("HPE_CHUNK_EXTENSIONS_OVERFLOW", "Chunk extensions overflow")
            }
            DataAfterClose => ("HPE_CLOSED_CONNECTION", "Data after `Connection: close`"),
            UnexpectedEnd => ("HPE_INVALID_EOF_STATE", "Invalid EOF state"),
        }
    }
}
