//! Works around a lost exception of the engine: what a `catch` block throws is forgotten when the `finally` block after it
//! catches anything itself, in whatever it calls. A `finally` around a whole `try … catch` keeps it, so that is
//! what the engine gets to read.

use std::borrow::Cow;

use super::tokens::{Kind, Token, tokenize};

/// `source` with every `try {} catch {} finally {}` written as `try {try {} catch {} } finally {}`. Lines keep their
/// numbers.
#[must_use]
pub fn with_nested_tries(source: &str) -> Cow<'_, str> {
    let contains = |word: &str| memchr::memmem::find(source.as_bytes(), word.as_bytes()).is_some();
    if !contains("finally") || !contains("catch") {
        return Cow::Borrowed(source);
    }
    let tokens = tokenize(source);
    let mut inserted: Vec<(usize, &str)> = Vec::new();
    for index in 0..tokens.len() {
        let dotted = index > 0 && tokens[index - 1].kind == Kind::Punct(b'.');
        if dotted || !is_word(source, &tokens, index, "try") {
            continue;
        }
        if let Some(finally) = finally_after_catch(source, &tokens, index + 1) {
            inserted.push((tokens[index].end, "{try"));
            inserted.push((tokens[finally].start, "}"));
        }
    }
    if inserted.is_empty() {
        return Cow::Borrowed(source);
    }
    inserted.sort_unstable_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(source.len() + inserted.len() * 3);
    let mut copied = 0;
    for (at, text) in inserted {
        out.push_str(&source[copied..at]);
        out.push_str(text);
        copied = at;
    }
    out.push_str(&source[copied..]);
    Cow::Owned(out)
}

fn is_word(source: &str, tokens: &[Token], index: usize, word: &str) -> bool {
    tokens
        .get(index)
        .is_some_and(|token| token.kind == Kind::Word && &source[token.start..token.end] == word)
}

/// The `finally` of the statement whose first block opens at `open`, if there is a `catch` before it.
fn finally_after_catch(source: &str, tokens: &[Token], open: usize) -> Option<usize> {
    let catch = closing(tokens, open, b'{', b'}')? + 1;
    if !is_word(source, tokens, catch, "catch") {
        return None;
    }
    let block = match closing(tokens, catch + 1, b'(', b')') {
        Some(parenthesis) => parenthesis + 1,
        None => catch + 1,
    };
    let finally = closing(tokens, block, b'{', b'}')? + 1;
    is_word(source, tokens, finally, "finally").then_some(finally)
}

/// Where the bracket closes that opens at `open`, if one does.
fn closing(tokens: &[Token], open: usize, opening: u8, close: u8) -> Option<usize> {
    let first = tokens.get(open)?;
    if first.kind != Kind::Punct(opening) {
        return None;
    }
    (open + 1..tokens.len()).find(|index| {
        tokens[*index].depth == first.depth && tokens[*index].kind == Kind::Punct(close)
    })
}

#[cfg(test)]
mod tests {
    use super::with_nested_tries;

    #[test]
    fn nests_what_has_both_and_nothing_else() {
        let cases = [
            (
                "try { a() } catch (e) { throw e } finally { b() }",
                "try{try { a() } catch (e) { throw e } }finally { b() }",
            ),
            (
                "try { a } catch { b } finally { c }",
                "try{try { a } catch { b } }finally { c }",
            ),
            (
                "try { try { a } catch ({ x = {} }) { b } finally { c } } catch {} finally {}",
                "try{try { try{try { a } catch ({ x = {} }) { b } }finally { c } } catch {} }finally {}",
            ),
            (
                "try { a } finally { b } catch_()",
                "try { a } finally { b } catch_()",
            ),
            (
                "try { a } catch { b } finally_ = 1",
                "try { a } catch { b } finally_ = 1",
            ),
            (
                "p.try({}).catch({}).finally({})",
                "p.try({}).catch({}).finally({})",
            ),
            (
                "'try {} catch {} finally {}'",
                "'try {} catch {} finally {}'",
            ),
            (
                "`${() => { try { a } catch { `}` } finally { c } }}`",
                "`${() => { try{try { a } catch { `}` } }finally { c } }}`",
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(with_nested_tries(source), expected);
        }
    }
}
