//! Works around an inline cache of the engine: the second time that `array.length = n` runs at one place, it writes the
//! number and leaves the elements. Written as `array["length"] = n` the place has no cache, so that is what the
//! engine gets to read.

use std::borrow::Cow;

use super::tokens::{Kind, Token, tokenize};

/// `source` with every assignment to a `.length` written with brackets. Lines keep their numbers.
#[must_use]
pub fn with_bracketed_lengths(source: &str) -> Cow<'_, str> {
    if !may_assign(source) {
        return Cow::Borrowed(source);
    }
    let tokens = tokenize(source);
    let mut out = String::new();
    let mut copied = 0;
    for index in 1..tokens.len().saturating_sub(1) {
        if !is_member(source, &tokens, index) || !is_assigned(source, &tokens, index) {
            continue;
        }
        let dot = &tokens[index];
        let name = &tokens[index + 1];
        out.push_str(&source[copied..dot.start]);
        out.push_str(&source[dot.end..name.start]);
        out.push_str("[\"length\"]");
        copied = name.end;
    }
    if copied == 0 {
        return Cow::Borrowed(source);
    }
    out.push_str(&source[copied..]);
    Cow::Owned(out)
}

/// A quick look at the bytes, so that most files needn't be split into tokens.
fn may_assign(source: &str) -> bool {
    let bytes = source.as_bytes();
    memchr::memmem::find_iter(bytes, b"length").any(|at| {
        let after = source[at + 6..].trim_start();
        let chain = bytes[..at].iter().rposition(|byte| {
            !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.'))
        });
        let stepped = chain.is_some_and(|at| matches!(bytes[at], b'+' | b'-' | b' '));
        assigns(after) || (stepped && !after.starts_with(['.', '(', '[']))
    })
}

/// Whether `tokens[index]` is the dot of `operand.length`.
fn is_member(source: &str, tokens: &[Token], index: usize) -> bool {
    let name = &tokens[index + 1];
    tokens[index].kind == Kind::Punct(b'.')
        && name.kind == Kind::Word
        && &source[name.start..name.end] == "length"
        && !matches!(tokens[index - 1].kind, Kind::Punct(b'.' | b'?'))
}

fn is_assigned(source: &str, tokens: &[Token], index: usize) -> bool {
    let after = &source[tokens[index + 1].end..];
    match tokens.get(index + 2) {
        Some(next) => {
            let text = &source[next.start..];
            let step = text.starts_with("++") || text.starts_with("--");
            let same_line = !after[..next.start - tokens[index + 1].end].contains('\n');
            if assigns(text) && (!step || same_line) {
                return true;
            }
            if matches!(next.kind, Kind::Punct(b'.' | b'(' | b'[')) {
                return false;
            }
        }
        None => return false,
    }
    is_stepped_before(source, tokens, index)
}

/// `++a.b.length`: a chain of names after an operator that has nothing on its left.
fn is_stepped_before(source: &str, tokens: &[Token], index: usize) -> bool {
    let mut at = index;
    while at >= 2
        && tokens[at].kind == Kind::Punct(b'.')
        && tokens[at - 1].kind == Kind::Word
        && tokens[at - 2].kind == Kind::Punct(b'.')
    {
        at -= 2;
    }
    if at < 3 || tokens[at - 1].kind != Kind::Word {
        return false;
    }
    let (first, second) = (&tokens[at - 3], &tokens[at - 2]);
    let text = &source[first.start..second.end];
    let left = at.checked_sub(4).map(|left| tokens[left].kind);
    (text == "++" || text == "--")
        && !matches!(
            left,
            Some(Kind::Word | Kind::String | Kind::Opaque | Kind::Punct(b')' | b']'))
        )
}

/// Whether a text begins with an operator that assigns to what is on its left.
fn assigns(text: &str) -> bool {
    const OPERATORS: &[&str] = &[
        "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "&&=", "||=",
        "??=", "++", "--",
    ];
    if text.starts_with('=') {
        return !text.starts_with("==") && !text.starts_with("=>");
    }
    OPERATORS.iter().any(|operator| text.starts_with(operator))
}

#[cfg(test)]
mod tests {
    use super::with_bracketed_lengths;

    #[test]
    fn brackets_assignments_and_nothing_else() {
        let cases = [
            ("a.length = 0;", "a[\"length\"] = 0;"),
            ("a.b.length -= 1", "a.b[\"length\"] -= 1"),
            ("f().length--;", "f()[\"length\"]--;"),
            ("x = --a.b.length;", "x = --a.b[\"length\"];"),
            ("if (a.length == 0) b()", "if (a.length == 0) b()"),
            ("if (a.length === 0) b()", "if (a.length === 0) b()"),
            ("n = a.length\n++i", "n = a.length\n++i"),
            ("y = 1 - a.length;", "y = 1 - a.length;"),
            ("'a.length = 0'", "'a.length = 0'"),
            (
                "`a.length = 0 ${b.length = 1}`",
                "`a.length = 0 ${b[\"length\"] = 1}`",
            ),
            ("// a.length = 0", "// a.length = 0"),
            ("let { length = 1 } = a", "let { length = 1 } = a"),
            ("a.length <= 3", "a.length <= 3"),
            ("a.length => 3", "a.length => 3"),
            ("a.length >>= 3;", "a[\"length\"] >>= 3;"),
            ("++a.length.x;", "++a.length.x;"),
        ];
        for (source, expected) in cases {
            assert_eq!(with_bracketed_lengths(source), expected);
        }
    }
}
