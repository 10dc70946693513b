//! What we send: heads, chunks, and the decisions that Node's `OutgoingMessage` takes about them.

use super::strict::is_token;

/// What header fields of an outgoing message have said so far about its framing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// There is a `Connection` field.
    pub connection: bool,
    /// It says `close`.
    pub close: bool,
    /// There is a `Keep-Alive` field.
    pub keep_alive: bool,
    /// There is a `Content-Length` field.
    pub length: bool,
    /// Its value, when that is a number.
    pub length_value: Option<u64>,
    /// There is a `Transfer-Encoding` field.
    pub encoding: bool,
    /// It says `chunked`.
    pub chunked: bool,
    /// There is a `Date` field.
    pub date: bool,
    /// There is an `Expect` field.
    pub expect: bool,
    /// There is a `Trailer` field.
    pub trailer: bool,
}

impl Said {
    /// Takes one field into account; names in any case.
    #[inline]
    pub fn field(&mut self, name: &[u8], value: &[u8]) {
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"date") => self.date = true,
            6 if name.eq_ignore_ascii_case(b"expect") => self.expect = true,
            7 if name.eq_ignore_ascii_case(b"trailer") => self.trailer = true,
            10 if name.eq_ignore_ascii_case(b"connection") => {
                self.connection = true;
                self.close = has_word(value, b"close");
            }
            10 if name.eq_ignore_ascii_case(b"keep-alive") => self.keep_alive = true,
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                self.length = true;
                self.length_value = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.trim().parse().ok());
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.encoding = true;
                self.chunked |= has_word(value, b"chunked");
            }
            _ => {}
        }
    }
}

/// What is known of an outgoing message when its header is finished.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The status of a response; 0 in a request.
    pub status: u16,
    /// What the fields given by the user say.
    pub said: Said,
    /// Whether the connection could serve another message.
    pub keep_alive: bool,
    /// Whether the message may have a body.
    pub has_body: bool,
    /// Whether the receiver understands chunks, and they may be used unasked.
    pub may_chunk: bool,
    /// The length of the body, when all of it is known.
    pub length: Option<u64>,
    /// The user removed the `Connection` field.
    pub removed_connection: bool,
    /// The user removed the `Content-Length` field.
    pub removed_length: bool,
    /// The user removed the `Transfer-Encoding` field.
    pub removed_encoding: bool,
    /// Seconds to announce in `Keep-Alive: timeout=`, if any.
    pub keep_alive_timeout: Option<u64>,
    /// `max=` of the `Keep-Alive` field, if above 0.
    pub max_requests: u64,
    /// This is the last message that the connection may carry.
    pub max_requests_reached: bool,
    /// An agent looks after the connection.
    pub agent: bool,
    /// The `Date` to send, unless the user gave one.
    pub date: Option<[u8; 29]>,
}

/// How the message goes on after its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The body goes out in chunks.
    pub chunked: bool,
    /// The connection closes after the message.
    pub last: bool,
    /// What `shouldKeepAlive` is now.
    pub keep_alive: bool,
    /// There is a `Trailer` field but there are no chunks: an error of the user.
    pub bad_trailer: bool,
}

/// Writes the fields that the user left to us and the empty line.
#[inline]
pub fn finish_head(plan: &Plan, out: &mut Vec<u8>) -> Outcome {
    let said = &plan.said;
    let mut keep_alive = plan.keep_alive;
    let mut chunked = said.chunked;
    let mut last = false;
    if said.connection {
        if said.close {
            last = true;
        } else {
            keep_alive = true;
        }
    }
    if let Some(date) = &plan.date
        && !said.date
    {
        out.extend_from_slice(b"Date: ");
        out.extend_from_slice(date);
        out.extend_from_slice(b"\r\n");
    }
    if chunked && matches!(plan.status, 204 | 304) {
        chunked = false;
        keep_alive = false;
    }
    if plan.removed_connection {
        last = !keep_alive;
    } else if !said.connection {
        let may = keep_alive && (said.length || plan.may_chunk || plan.agent);
        if may && !plan.max_requests_reached {
            out.extend_from_slice(b"Connection: keep-alive\r\n");
            if let Some(seconds) = plan.keep_alive_timeout
                && !said.keep_alive
            {
                out.extend_from_slice(b"Keep-Alive: timeout=");
                number(seconds, out);
                if plan.max_requests > 0 {
                    out.extend_from_slice(b", max=");
                    number(plan.max_requests, out);
                }
                out.extend_from_slice(b"\r\n");
            }
        } else {
            last |= !may;
            out.extend_from_slice(b"Connection: close\r\n");
        }
    }
    if !said.length && !said.encoding {
        if !plan.has_body {
            chunked = false;
        } else if !plan.may_chunk {
            last = true;
        } else if let Some(length) = plan.length
            && !said.trailer
            && !plan.removed_length
        {
            out.extend_from_slice(b"Content-Length: ");
            number(length, out);
            out.extend_from_slice(b"\r\n");
        } else if !plan.removed_encoding {
            out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
            chunked = true;
        } else {
            last = true;
        }
    }
    out.extend_from_slice(b"\r\n");
    Outcome {
        chunked,
        last,
        keep_alive,
        bad_trailer: said.trailer && !chunked,
    }
}

/// Writes the line that comes before a chunk's data; an `\r\n` has to follow the data.
#[inline]
pub fn chunk_size(length: usize, out: &mut Vec<u8>) {
    let mut digits = [0; 16];
    let mut at = digits.len();
    let mut left = length;
    while at == digits.len() || left > 0 {
        at -= 1;
        digits[at] = b"0123456789abcdef"[left & 15];
        left >>= 4;
    }
    out.extend_from_slice(&digits[at..]);
    out.extend_from_slice(b"\r\n");
}

/// Writes a decimal number.
#[inline]
pub fn number(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Whether this is a header name: a token of RFC 9110.
pub fn is_valid_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| is_token(*byte))
}

/// Whether this Latin-1 text may be a header value: no control characters but the tab.
#[inline]
pub fn is_valid_value(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..))
}

/// Whether a word stands in the text by itself, in any case.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    text.windows(word.len()).enumerate().any(|(at, window)| {
        window.eq_ignore_ascii_case(word)
            && !(at > 0 && is_word(&text[at - 1]))
            && !text.get(at + word.len()).is_some_and(is_word)
    })
}

/// The reason that goes with a status, `unknown` if none does; `http.STATUS_CODES`.
pub fn reason(status: u16) -> &'static str {
    STATUS_CODES
        .binary_search_by_key(&status, |(code, _)| *code)
        .map_or("unknown", |found| STATUS_CODES[found].1)
}

/// `http.STATUS_CODES`.
pub static STATUS_CODES: &[(u16, &str)] = &[
    (100, "Continue"),
    (101, "Switching Protocols"),
    (102, "Processing"),
    (103, "Early Hints"),
    (200, "OK"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "Non-Authoritative Information"),
    (204, "No Content"),
    (205, "Reset Content"),
    (206, "Partial Content"),
    (207, "Multi-Status"),
    (208, "Already Reported"),
    (226, "IM Used"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (303, "See Other"),
    (304, "Not Modified"),
    (305, "Use Proxy"),
    (307, "Temporary Redirect"),
    (308, "Permanent Redirect"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "Length Required"),
    (412, "Precondition Failed"),
    (413, "Payload Too Large"),
    (414, "URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Range Not Satisfiable"),
    (417, "Expectation Failed"),
    (418, "I'm a Teapot"),
    (421, "Misdirected Request"),
    (422, "Unprocessable Entity"),
    (423, "Locked"),
    (424, "Failed Dependency"),
    (425, "Too Early"),
    (426, "Upgrade Required"),
    (428, "Precondition Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (451, "Unavailable For Legal Reasons"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
    (505, "HTTP Version Not Supported"),
    (506, "Variant Also Negotiates"),
    (507, "Insufficient Storage"),
    (508, "Loop Detected"),
    (509, "Bandwidth Limit Exceeded"),
    (510, "Not Extended"),
    (511, "Network Authentication Required"),
];
