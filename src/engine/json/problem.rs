//! What is wrong with a text that is no JSON, in V8's words.

use boa_engine::JsString;

/// What is wrong with a text, and where (in code units).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    End,
    Token,
    /// With the text that V8 has for it.
    Said(&'static str),
}

pub(super) type Parsed<T> = Result<T, Problem>;

impl Problem {
    /// A token that can't be at its place.
    pub fn token(at: usize) -> Self {
        Self {
            kind: Kind::Token,
            at,
        }
    }

    /// With the text that V8 has for it.
    pub(super) fn said(message: &'static str, at: usize) -> Self {
        Self {
            kind: Kind::Said(message),
            at,
        }
    }

    /// The text ends too early.
    pub(super) fn end(at: usize) -> Self {
        Self {
            kind: Kind::End,
            at,
        }
    }

    /// V8's words for it.
    pub fn message(&self, text: &JsString) -> String {
        const CONTEXT: usize = 10;
        let units: Vec<u16> = text.iter().collect();
        let part = |from: usize, to: usize| String::from_utf16_lossy(&units[from..to]);
        match self.kind {
            Kind::End => "Unexpected end of JSON input".into(),
            Kind::Said(message) => {
                let before = &units[..self.at.min(units.len())];
                let line = before
                    .iter()
                    .filter(|unit| **unit == u16::from(b'\n'))
                    .count()
                    + 1;
                let column = before
                    .iter()
                    .rev()
                    .take_while(|unit| **unit != u16::from(b'\n'))
                    .count()
                    + 1;
                format!(
                    "{message} in JSON at position {} (line {line} column {column})",
                    self.at
                )
                .replace(" after JSON in JSON at", " after JSON at")
            }
            Kind::Token => {
                let whole = part(0, units.len());
                if matches!(
                    whole.as_str(),
                    "undefined" | "NaN" | "Infinity" | "[object Object]"
                ) {
                    return format!("\"{whole}\" is not valid JSON");
                }
                let token = part(self.at, self.at + 1);
                let length = units.len();
                let shown = if length <= 2 * CONTEXT {
                    format!("\"{whole}\"")
                } else if self.at < CONTEXT {
                    format!("\"{}\"...", part(0, self.at + CONTEXT))
                } else if self.at < length - CONTEXT {
                    format!("...\"{}\"...", part(self.at - CONTEXT, self.at + CONTEXT))
                } else {
                    format!("...\"{}\"", part(self.at - CONTEXT, length))
                };
                format!("Unexpected token '{token}', {shown} is not valid JSON")
            }
        }
    }
}
