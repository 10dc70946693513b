//! Addresses as programs mostly have them, read in one pass: a special scheme, a host of lower-case letters, digits, dots and
//! hyphens, and after it only what stands there as it is. Whatever else there may be (capitals, escapes to be made,
//! addresses of four numbers, names that aren't ASCII) is `None`, and read by the crate `url`.
//!
//! The rules are those of <https://url.spec.whatwg.org/#url-parsing>.

use std::borrow::Cow;

use super::parts::Parts;

/// Which parts of an address a byte can stand in without being changed.
const HOST: u8 = 1;
const USER: u8 = 2;
const PATH: u8 = 4;
const QUERY: u8 = 8;
const FRAGMENT: u8 = 16;

static PARTS_OF: [u8; 256] = classify();

const fn classify() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        let letter = byte as u8;
        let mut parts = 0;
        if letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, b'-' | b'.') {
            parts |= HOST;
        }
        if letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'.' | b'_' | b'~') {
            parts |= USER;
        }
        // A backslash would be a slash.
        if !matches!(
            letter,
            b'"' | b'#' | b'<' | b'>' | b'?' | b'`' | b'{' | b'}' | b'^' | b'\\' | b'/'
        ) {
            parts |= PATH;
        }
        if !matches!(letter, b'"' | b'#' | b'<' | b'>' | b'\'') {
            parts |= QUERY;
        }
        if !matches!(letter, b'"' | b'<' | b'>' | b'`') {
            parts |= FRAGMENT;
        }
        table[byte] = parts;
        byte += 1;
    }
    table
}

fn fits(byte: u8, part: u8) -> bool {
    PARTS_OF[usize::from(byte)] & part != 0
}

/// Where the run of bytes that fit ends.
#[inline]
fn run(bytes: &[u8], from: usize, part: u8) -> usize {
    let mut at = from;
    while let Some(four) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) {
        let all = four
            .iter()
            .fold(part, |all, byte| all & PARTS_OF[usize::from(*byte)]);
        if all == 0 {
            break;
        }
        at += 4;
    }
    while bytes.get(at).is_some_and(|byte| fits(*byte, part)) {
        at += 1;
    }
    at
}

/// An address without a base: how it is written, which mostly is as it stands there, and where its parts are.
pub fn parse(input: &[u8]) -> Option<(Cow<'_, [u8]>, Parts)> {
    // The offsets are kept as 32 bits.
    if input.len() > 1 << 16 {
        return None;
    }
    let (scheme, default_port) = match input {
        [b'h', b't', b't', b'p', b's', b':', ..] => (5, 443),
        [b'h', b't', b't', b'p', b':', ..] => (4, 80),
        [b'f', b'i', b'l', b'e', b':', ..] => (4, 0),
        [b'w', b's', b's', b':', ..] => (3, 443),
        [b'w', b's', b':', ..] => (2, 80),
        [b'f', b't', b'p', b':', ..] => (3, 21),
        _ => return None,
    };
    if !input[scheme + 1..].starts_with(b"//") {
        return None;
    }
    let mut parts = Parts::after_scheme(scheme);
    let start = scheme + 3;
    let mut at = start;
    if default_port == 0 {
        if input.get(start) != Some(&b'/') || is_doubtful_path(&input[start..]) {
            return None;
        }
    } else {
        at = authority(input, start, default_port, &mut parts)?;
    }
    parts.set_path_start(at);
    if let Some(end) = unchanged_path(input, at) {
        after_path(&input[end..], end, &mut parts)?;
        return Some((Cow::Borrowed(input), parts));
    }
    let mut out = Vec::with_capacity(input.len() + 1);
    out.extend_from_slice(&input[..at]);
    let at = path(input, at, &mut out)?;
    let rest = &input[at..];
    after_path(rest, out.len(), &mut parts)?;
    out.extend_from_slice(rest);
    Some((Cow::Owned(out), parts))
}

/// Query and fragment; `path_end` is where the path ends in what is written.
fn after_path(rest: &[u8], path_end: usize, parts: &mut Parts) -> Option<()> {
    parts.set_path_end(path_end);
    let mut end = 0;
    if rest.first() == Some(&b'?') {
        end = run(rest, 1, QUERY);
    }
    parts.set_query_end(path_end + end);
    if rest.get(end) == Some(&b'#') {
        end = run(rest, end + 1, FRAGMENT);
    }
    (end == rest.len()).then_some(())
}

/// A reference that begins with one slash, on a base: what most servers make of the target of a request.
pub fn join(base: &[u8], input: &[u8]) -> Option<(Vec<u8>, Parts)> {
    if input.first() != Some(&b'/') || matches!(input.get(1), Some(b'/' | b'\\')) {
        return None;
    }
    if base.starts_with(b"file:") {
        return None;
    }
    let (base, parts) = parse(base)?;
    let origin = &base[..parts.path_start()];
    parse(&[origin, input].concat()).map(owned)
}

fn owned((href, parts): (Cow<'_, [u8]>, Parts)) -> (Vec<u8>, Parts) {
    (href.into_owned(), parts)
}

/// Drive letters, and paths that begin with several slashes: the rules for files have much to say of those.
fn is_doubtful_path(path: &[u8]) -> bool {
    let path = path
        .split(|byte| matches!(byte, b'?' | b'#'))
        .next()
        .unwrap_or_default();
    path.get(1) == Some(&b'/') || path.iter().any(|byte| matches!(byte, b':' | b'|'))
}

/// User, host and port; gives the end of them.
fn authority(input: &[u8], start: usize, default_port: u32, parts: &mut Parts) -> Option<usize> {
    let mut host = start;
    let (mut host_end, mut is_plain) = host_at(input, host);
    if !matches!(input.get(host_end), None | Some(b'/' | b'?' | b'#')) {
        let end_of_user = run(input, host_end, USER);
        if let Some(mark) = credentials_end(input, start, end_of_user) {
            if end_of_user == start {
                return None;
            }
            parts.set_credentials(end_of_user, mark);
            host = mark + 1;
            (host_end, is_plain) = host_at(input, host);
        }
    }
    if !is_plain {
        return None;
    }
    let mut end = host_end;
    if input.get(end) == Some(&b':') {
        end += 1;
        let digits = input[end..].iter().take_while(|byte| byte.is_ascii_digit());
        let mut port = 0;
        for digit in digits {
            port = port * 10 + u32::from(digit - b'0');
            end += 1;
            // A zero in front would be left out.
            if port == 0 || port > 0xffff {
                return None;
            }
        }
        if port == 0 || port == default_port {
            return None;
        }
    }
    parts.set_host(host, host_end);
    matches!(input.get(end), None | Some(b'/' | b'?' | b'#')).then_some(end)
}

/// Where the `@` is, if there is one right after a user and perhaps a password.
fn credentials_end(input: &[u8], start: usize, end_of_user: usize) -> Option<usize> {
    match input.get(end_of_user)? {
        b'@' if end_of_user > start => Some(end_of_user),
        b':' => {
            let end = run(input, end_of_user + 1, USER);
            (end > end_of_user + 1 && input.get(end) == Some(&b'@')).then_some(end)
        }
        _ => None,
    }
}

/// Where a host ends, and whether it is neither an address of numbers nor a name that has another form, and has no empty label.
fn host_at(input: &[u8], start: usize) -> (usize, bool) {
    let mut at = start;
    let mut label = start;
    let mut is_plain = true;
    while let Some(byte) = input.get(at).copied()
        && fits(byte, HOST)
    {
        if byte == b'.' {
            is_plain &= at > label;
            label = at + 1;
        } else if byte == b'-' {
            is_plain &= input[label..=at] != *b"xn--";
        }
        at += 1;
    }
    // A name that ends with a number, or something that looks like the beginning of one, is an address.
    let is_name = label < at && !input[label].is_ascii_digit();
    (at, is_plain && is_name && at - start < 254)
}

/// The end of a path that has nothing to be taken out of it. What might have is for [`path`] to look at.
fn unchanged_path(input: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while input.get(at) == Some(&b'/') {
        let segment = at + 1;
        if matches!(input.get(segment), Some(b'.' | b'%')) {
            return None;
        }
        at = run(input, segment, PATH);
    }
    (at > start && matches!(input.get(at), None | Some(b'?' | b'#'))).then_some(at)
}

/// Copies a path without its `.` and `..`; gives its end in the input.
fn path(input: &[u8], start: usize, out: &mut Vec<u8>) -> Option<usize> {
    out.push(b'/');
    let root = out.len();
    if input.get(start) != Some(&b'/') {
        return Some(start);
    }
    let mut at = start + 1;
    loop {
        let end = run(input, at, PATH);
        let segment = &input[at..end];
        let is_last = match input.get(end) {
            None | Some(b'?' | b'#') => true,
            Some(b'/') => false,
            Some(_) => return None,
        };
        match segment {
            b"." => {}
            b".." => {
                if out.len() > root {
                    out.pop();
                    let kept = out.iter().rposition(|byte| *byte == b'/').unwrap_or(root);
                    out.truncate(kept + 1);
                }
            }
            _ if is_escaped_dot(segment) => return None,
            _ => {
                out.extend_from_slice(segment);
                if !is_last {
                    out.push(b'/');
                }
            }
        }
        if is_last {
            return Some(end);
        }
        at = end + 1;
    }
}

/// Whether it could be `.` or `..` with dots that are written `%2e`.
fn is_escaped_dot(segment: &[u8]) -> bool {
    matches!(segment, [b'%', ..] | [b'.', b'%', ..]) && segment.len() < 7
}

#[cfg(test)]
mod tests {
    use url::{Url, quirks};

    use super::{join, parse};

    /// What the class shows of an address.
    fn shown(url: &Url) -> [String; 9] {
        [
            url.as_str().to_owned(),
            quirks::protocol(url).to_owned(),
            quirks::username(url).to_owned(),
            quirks::password(url).to_owned(),
            quirks::host(url).to_owned(),
            quirks::port(url).to_owned(),
            quirks::pathname(url).to_owned(),
            quirks::search(url).to_owned(),
            quirks::hash(url).to_owned(),
        ]
    }

    fn shown_plainly((href, parts): &(Vec<u8>, super::Parts)) -> [String; 9] {
        let text = std::str::from_utf8(href).unwrap();
        let part = |range: std::ops::Range<usize>| text[range].to_owned();
        [
            text.to_owned(),
            part(parts.protocol()),
            part(parts.username()),
            part(parts.password()),
            part(parts.host()),
            part(parts.port()),
            part(parts.pathname()),
            part(parts.search(href)),
            part(parts.hash(href)),
        ]
    }

    /// Pieces that are put together in all ways; what is read here has to be what the crate reads.
    #[test]
    fn reads_as_the_crate() {
        let fronts = [
            "http://", "https://", "ws://", "file://", "ftp://", "HTTP://", "http:/", "mailto:",
        ];
        let hosts = [
            "example.com",
            "a",
            "user@a.b",
            "u:p@a.b",
            "u:@a",
            ":p@a",
            "@a",
            "a@b@c",
            "A.b",
            "1.2.3.4",
            "a.1",
            "a.1x",
            "a.0x",
            "1a.b",
            "a..b",
            ".a",
            "a.",
            "a.1.",
            "xn--a",
            "b.xn--a",
            "a-b",
            "-a",
            "a_b",
            "a%41",
            "[::1]",
            "",
            "a:80",
            "a:8080",
            "a:",
            "a:0",
            "a:080",
            "a:65536",
            "a:65535",
            "a:443",
            "a:8x",
            "local\u{e4}",
            "a b",
            "a~b",
            "127",
            "0x7f",
            "a.b.",
            "a\\b",
        ];
        let tails = [
            "",
            "/",
            "/a/b",
            "/a/./b",
            "/a/../b",
            "/..",
            "/../..",
            "/a/..",
            "/a/.",
            "/./a",
            "/a//../b",
            "//",
            "//..",
            "/...",
            "/a/.../",
            "/%2e",
            "/%2E%2e/a",
            "/a/.%2e",
            "/%2f",
            "/a^b",
            "/a b",
            "/a{b}",
            "/a|b",
            "/a'b",
            "/c:/x",
            "/C|/x",
            "/\u{e4}",
            "?q",
            "?",
            "?a=1&b='x'",
            "?a\"b",
            "?a`b",
            "#",
            "#h",
            "#a`b",
            "#a b",
            "?q#h",
            "/p?#",
            "/p?a#b#c",
            "/p?a?b",
            "/a\tb",
            "/a\\b",
            "/a?b\\c",
            "#a\\b",
            "/~x",
            "/a;b=c,d",
            "/a@b:c",
            "/a%zz",
            "/a/b/../../../c?x/../y#z/../w",
        ];
        let mut read = 0;
        for front in fronts {
            for host in hosts {
                for tail in tails {
                    let input = format!("{front}{host}{tail}");
                    if let Some(url) = super::super::parse_url(&input) {
                        let parts = super::Parts::of(&url);
                        let whole = (url.as_str().as_bytes().to_vec(), parts);
                        assert_eq!(shown_plainly(&whole), shown(&url), "{input}");
                    }
                    let Some(plain) = parse(input.as_bytes()).map(super::owned) else {
                        continue;
                    };
                    read += 1;
                    let url = super::super::parse_url(&input).expect(&input);
                    assert_eq!(shown_plainly(&plain), shown(&url), "{input}");
                }
            }
        }
        assert!(read > 1000, "{read} of them were read");
        for base in [
            "http://h/a/b?c",
            "https://u:p@h:1/",
            "file:///a",
            "http://h",
        ] {
            for tail in tails {
                if let Some(plain) = join(base.as_bytes(), tail.as_bytes()) {
                    let url = Url::parse(base).unwrap().join(tail).expect(tail);
                    assert_eq!(shown_plainly(&plain), shown(&url), "{tail} on {base}");
                }
            }
        }
    }
}
