//! Heads as nearly everybody sends them: one pass of `httparse`, a few checks of what it lets through.

use std::mem::MaybeUninit;

use httparse::{EMPTY_HEADER, Header, Request, Response, Status};

use super::{Head, Limits, Method, Role, framing::Framing, head::Builder};

/// Heads with more fields are left to the strict parser.
const MAX_FIELDS: usize = 64;

/// The head at the start of `bytes` and its length; `None` when this isn't plainly a whole, valid head: the strict
/// parser then says what it is.
#[inline]
pub(super) fn parse(bytes: &[u8], role: Role, limits: Limits) -> Option<(Head, usize)> {
    match role {
        Role::Server => request(bytes, limits),
        Role::Client => response(bytes, limits),
    }
}

fn request(bytes: &[u8], limits: Limits) -> Option<(Head, usize)> {
    let mut fields = [const { MaybeUninit::<Header<'_>>::uninit() }; MAX_FIELDS];
    let mut request = Request::new(&mut []);
    let Ok(Status::Complete(length)) = request.parse_with_uninit_headers(bytes, &mut fields) else {
        return None;
    };
    let method = Method::parse(request.method?.as_bytes())?;
    let target = request.path?.as_bytes();
    if !matches!(target.first(), Some(b'/' | b'*')) || !target.is_ascii() {
        return None;
    }
    let minor = request.version?;
    let (mut builder, framing) = fields_of(bytes, length, Role::Server, request.headers, limits)?;
    let start = offset(bytes, target);
    builder.target = (start as u32, (start + target.len()) as u32);
    builder.method = method;
    builder.version = (1, minor);
    builder.traits = framing.finish(Role::Server, builder.version, 0, method == Method::CONNECT);
    Some((builder.finish(), length))
}

fn response(bytes: &[u8], limits: Limits) -> Option<(Head, usize)> {
    let mut fields = [EMPTY_HEADER; MAX_FIELDS];
    let mut response = Response::new(&mut fields);
    let Ok(Status::Complete(length)) = response.parse(bytes) else {
        return None;
    };
    // httparse has none for one that isn't ASCII.
    let reason = response.reason?.as_bytes();
    if reason.is_empty() && !bytes.get(12..).is_some_and(|rest| rest.starts_with(b"\r")) {
        return None;
    }
    let minor = response.version?;
    let status = response.code?;
    let (mut builder, framing) = fields_of(bytes, length, Role::Client, response.headers, limits)?;
    if !reason.is_empty() {
        let start = offset(bytes, reason);
        builder.target = (start as u32, (start + reason.len()) as u32);
    }
    builder.version = (1, minor);
    builder.status = status;
    builder.traits = framing.finish(Role::Client, builder.version, status, false);
    Some((builder.finish(), length))
}

fn fields_of(
    bytes: &[u8],
    length: usize,
    role: Role,
    fields: &[Header<'_>],
    limits: Limits,
) -> Option<(Builder, Framing)> {
    let text = &bytes[..length];
    // Which bytes count towards the limit is the strict parser's to say.
    if length >= limits.header_size {
        return None;
    }
    // httparse takes a bare line feed for a line's end, and skips empty lines before the first.
    if text
        .first()
        .is_some_and(|byte| matches!(byte, b'\r' | b'\n'))
        || !ends_well(text)
    {
        return None;
    }
    let mut builder = Builder::new(text, fields.len());
    let mut framing = Framing::new(role, limits.lenient);
    for field in fields {
        let name = field.name.as_bytes();
        if name.len() == 17 && name.eq_ignore_ascii_case(b"transfer-encoding") {
            return None;
        }
        let value = trim_end(field.value);
        framing.field(name, value).ok()?;
        let at = offset(bytes, name);
        // An empty value may point anywhere.
        let value_at = if value.is_empty() {
            at
        } else {
            offset(bytes, value)
        };
        builder.field((at, at + name.len()), (value_at, value_at + value.len()));
    }
    Some((builder, framing))
}

fn ends_well(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', text).all(|at| at > 0 && text[at - 1] == b'\r')
}

fn trim_end(value: &[u8]) -> &[u8] {
    let end = value
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'\t'))
        .map_or(0, |last| last + 1);
    &value[..end]
}

/// Where a part of `bytes` starts in it.
fn offset(bytes: &[u8], part: &[u8]) -> usize {
    part.as_ptr() as usize - bytes.as_ptr() as usize
}
