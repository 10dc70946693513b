//! What a `URL` object holds: the text of the address and where its parts are. What the crate `url` knows of it is kept
//! where it read the address or has changed it, and made where a setter needs it.

use std::ops::Range;

use boa_engine::{Finalize, JsData, JsObject, JsStr, JsString, Trace, string::JsStrVariant};
use encoding_rs::mem;
use url::{Url, quirks};

use super::{parts::Parts, plain};
use crate::engine::strings;

/// So much text of two-byte units is read without memory of its own.
const SHORT: usize = 256;

/// The state of a `URL`.
#[derive(Trace, Finalize, JsData)]
pub struct UrlData {
    href: JsString,
    #[unsafe_ignore_trace]
    parts: Parts,
    #[unsafe_ignore_trace]
    url: Option<Box<Url>>,
    /// The `URLSearchParams` that is kept in step with the query, once it was asked for.
    pub params: Option<JsObject>,
}

impl From<Url> for UrlData {
    fn from(url: Url) -> Self {
        Self {
            href: text(url.as_str()),
            parts: Parts::of(&url),
            url: Some(Box::new(url)),
            params: None,
        }
    }
}

/// What the crate writes is ASCII.
fn text(ascii: &str) -> JsString {
    JsString::from(JsStr::latin1(ascii.as_bytes()))
}

impl UrlData {
    /// Reads an address, with a base if there is one; `None` if it is not valid.
    pub fn parse(input: &str, base: Option<&str>) -> Option<Self> {
        let plain = match base {
            None => plain::parse(input.as_bytes()).map(|(href, parts)| Self::plain(&href, parts)),
            Some(base) => plain::join(base.as_bytes(), input.as_bytes())
                .map(|(href, parts)| Self::plain(&href, parts)),
        };
        plain.or_else(|| super::parse_with(input, base).map(Self::from))
    }

    /// Reads an address where it stands, if it is as programs mostly have them; `None` is for [`UrlData::parse`].
    pub fn parse_in_place(input: &JsString) -> Option<Self> {
        match input.as_str().variant() {
            JsStrVariant::Latin1(bytes) => {
                let (href, parts) = plain::parse(bytes)?;
                // A copy even of what is the same: the input may be a part of another string, and would keep all of that.
                Some(Self::plain(&href, parts))
            }
            // As text in a program is.
            JsStrVariant::Utf16(units) => {
                let mut room = [0; SHORT];
                let room = room.get_mut(..units.len())?;
                if !mem::is_utf16_latin1(units) {
                    return None;
                }
                mem::convert_utf16_to_latin1_lossy(units, room);
                let (href, parts) = plain::parse(room)?;
                Some(Self::plain(&href, parts))
            }
        }
    }

    fn plain(href: &[u8], parts: Parts) -> Self {
        Self {
            href: strings::latin1(href),
            parts,
            url: None,
            params: None,
        }
    }

    /// The whole address.
    pub fn href(&self) -> JsString {
        self.href.clone()
    }

    fn bytes(&self) -> &[u8] {
        match self.href.as_str().variant() {
            JsStrVariant::Latin1(bytes) => bytes,
            // Made by `text` and `parse`, which make one-byte strings.
            JsStrVariant::Utf16(_) => &[],
        }
    }

    /// A part of the address, without a copy.
    pub fn part(&self, range: impl FnOnce(&Parts, &[u8]) -> Range<usize>) -> JsString {
        let range = range(&self.parts, self.bytes());
        self.href.slice(range.start, range.end)
    }

    /// The query as `URLSearchParams` read it.
    pub fn query(&self) -> &str {
        let query = self.bytes().get(self.parts.query());
        query
            .and_then(|query| std::str::from_utf8(query).ok())
            .unwrap_or_default()
    }

    /// The origin. That of a `blob:` URL is the one inside only for http and https.
    pub fn origin(&self) -> JsString {
        let is_file = self.bytes().starts_with(b"file:");
        if self.url.is_none() && !is_file && !self.parts.has_credentials() {
            return self.href.slice(0, self.parts.path_start());
        }
        let url = self.url();
        let inner = url.path();
        if url.scheme() == "blob" && !inner.starts_with("http:") && !inner.starts_with("https:") {
            return text("null");
        }
        text(&quirks::origin(&url))
    }

    /// What the crate makes of it.
    pub fn url(&self) -> Url {
        match &self.url {
            Some(url) => (**url).clone(),
            None => {
                let text = std::str::from_utf8(self.bytes()).unwrap_or_default();
                Url::parse(text).expect("what was read plainly is an address")
            }
        }
    }

    /// Puts another address in its place.
    pub fn replace(&mut self, mut other: Self) {
        other.params = self.params.take();
        *self = other;
    }

    /// Changes the address.
    pub fn change<R>(&mut self, change: impl FnOnce(&mut Url) -> R) -> R {
        let mut url = self.url();
        let result = change(&mut url);
        self.replace(url.into());
        result
    }
}
