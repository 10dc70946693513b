//! The expression that failed, read from the source text around the place that the engine gives.

use super::source::{Spot, is_name, name_at_end, name_at_start};

/// The callee at a position that was mended to the last name of it.
pub fn called(spot: &Spot<'_>) -> Option<String> {
    let name = name_at_start(spot.after());
    match spot.after().chars().next()? {
        '(' => chain(spot.before()),
        _ if !name.is_empty() => Some(format!("{}{name}", base(spot.before())?)),
        _ => None,
    }
}

/// What stands before a name: nothing, or the expression that it is a member of with its dot.
fn base(before: &str) -> Option<String> {
    let trimmed = before.trim_end();
    match trimmed.strip_suffix('.') {
        Some(object) => Some(format!(
            "{}.",
            chain(object.strip_suffix('?').unwrap_or(object))?
        )),
        None => Some(String::new()),
    }
}

/// The member expression that a text ends with, as V8 shows it in messages.
pub fn chain(before: &str) -> Option<String> {
    let text = before.trim_end();
    match text.chars().next_back()? {
        ')' => {
            let open = matching(text, '(', ')')?;
            let callee = &text[..open];
            match callee.trim_end().chars().next_back() {
                Some(last) if is_name(last) || matches!(last, ')' | ']') => {
                    let name = name_at_end(callee.trim_end());
                    if matches!(
                        name,
                        "if" | "while" | "return" | "typeof" | "await" | "in" | "of"
                    ) {
                        return Some("(intermediate value)".into());
                    }
                    Some(format!("{}(...)", chain(callee)?))
                }
                _ => Some("(intermediate value)".into()),
            }
        }
        ']' => {
            let open = matching(text, '[', ']')?;
            let key = text[open + 1..text.len() - 1].trim();
            let object = chain(&text[..open]).unwrap_or_else(|| "(intermediate value)".into());
            let quote = key
                .chars()
                .next()
                .filter(|first| matches!(first, '\'' | '"'));
            match quote.and_then(|quote| key.strip_prefix(quote)?.strip_suffix(quote)) {
                Some(name) => Some(format!("{object}.{name}")),
                None => Some(format!("{object}[{key}]")),
            }
        }
        last if is_name(last) => {
            let name = name_at_end(text);
            let before = &text[..text.len() - name.len()];
            Some(format!("{}{name}", base(before)?))
        }
        '}' | '"' | '\'' | '`' | '/' => Some("(intermediate value)".into()),
        _ => None,
    }
}

fn matching(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    for (offset, symbol) in text.char_indices().rev() {
        if symbol == close {
            depth += 1;
        } else if symbol == open {
            depth -= 1;
            if depth == 0 {
                return Some(offset);
            }
        }
    }
    None
}

/// How far after the last known place an expression is looked for.
const NEAR: usize = 2000;

/// The next use of a name outside strings and comments.
pub fn find_name<'a>(spot: &Spot<'a>, wanted: &str) -> Option<Spot<'a>> {
    names(spot)
        .find(|(found, name)| *name == wanted && !found.before().trim_end().ends_with('.'))
        .map(|(found, _)| found)
}

/// The next method call, before any other function begins.
pub fn find_method<'a>(spot: &Spot<'a>) -> Option<Spot<'a>> {
    for (found, name) in names(&spot.moved(name_at_start(spot.after()).len())) {
        if name == "function" {
            return None;
        }
        let member = found.before().trim_end();
        if member.ends_with('.')
            && !member.ends_with("?.")
            && found.after()[name.len()..].trim_start().starts_with('(')
        {
            return Some(found);
        }
    }
    None
}

/// The names after a position, without those in strings and comments.
fn names<'a>(spot: &Spot<'a>) -> impl Iterator<Item = (Spot<'a>, &'a str)> {
    let start = *spot;
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = start.moved(at);
            let text = rest.after();
            if at > NEAR {
                return None;
            }
            let first = text.chars().next()?;
            let skipped = match first {
                '/' if text.starts_with("//") => text.find('\n').unwrap_or(text.len()),
                '/' if text.starts_with("/*") => text.find("*/").map_or(text.len(), |end| end + 2),
                '\'' | '"' | '`' => text[1..].find(first).map_or(text.len(), |end| end + 2),
                first if is_name(first) => {
                    let name = name_at_start(text);
                    at += name.len();
                    return Some((rest, name));
                }
                first => first.len_utf8(),
            };
            at += skipped;
        }
    })
}
