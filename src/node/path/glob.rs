//! Patterns for paths, as `path.matchesGlob` and `fs.glob` take them: `*`, `?`, `[…]`, `{a,b}`, `{1..3}`, `**`, and the extended
//! groups `@(…)`, `?(…)`, `+(…)`, `*(…)`, `!(…)`. What starts with a dot is only found by a pattern that says so.

/// A pattern; braces make several of it, one of which has to match.
pub struct Pattern {
    alternatives: Vec<Vec<Segment>>,
    ignore_case: bool,
}

/// What one component of a path has to be.
pub enum Segment {
    /// `**`: any number of components.
    Globstar,
    /// Text without anything special.
    Literal(String),
    Tokens(Vec<Token>),
}

/// A piece of a component's pattern.
pub enum Token {
    Char(char),
    /// `?`
    Any,
    /// `*`
    Star,
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    Group {
        kind: char,
        choices: Vec<Vec<Token>>,
    },
}

impl Pattern {
    /// Reads a pattern. On Windows a backslash separates; elsewhere it takes the meaning of what follows.
    pub fn new(text: &str, windows: bool) -> Self {
        let text = if windows {
            text.replace('\\', "/")
        } else {
            text.to_owned()
        };
        let alternatives = expand_braces(&text)
            .iter()
            .map(|text| split(text))
            .collect();
        Self {
            alternatives,
            ignore_case: windows || cfg!(target_os = "macos"),
        }
    }

    /// The alternatives, each component by component.
    pub fn alternatives(&self) -> &[Vec<Segment>] {
        &self.alternatives
    }

    /// Whether a path matches as a whole.
    pub fn matches(&self, path: &str, windows: bool) -> bool {
        let path = if windows {
            path.replace('\\', "/")
        } else {
            path.to_owned()
        };
        let parts: Vec<&str> = path.split('/').collect();
        self.alternatives
            .iter()
            .any(|segments| self.matches_parts(segments, &parts))
    }

    fn matches_parts(&self, segments: &[Segment], parts: &[&str]) -> bool {
        match (segments, parts) {
            ([], []) => true,
            // A separator at the end of a path is no component.
            ([], [""]) => true,
            ([], _) => false,
            ([Segment::Globstar], rest) => {
                !rest.is_empty() && rest.iter().all(|part| !part.starts_with('.'))
            }
            ([Segment::Globstar, after @ ..], rest) => {
                let free = rest
                    .iter()
                    .take_while(|part| !part.starts_with('.'))
                    .count();
                (0..=free).any(|skipped| self.matches_parts(after, &rest[skipped..]))
            }
            (_, []) => false,
            ([segment, after @ ..], [part, rest @ ..]) => {
                segment.matches(part, self.ignore_case) && self.matches_parts(after, rest)
            }
        }
    }
}

impl Segment {
    /// Whether one component matches.
    pub fn matches(&self, part: &str, ignore_case: bool) -> bool {
        match self {
            Self::Globstar => true,
            Self::Literal(text) => {
                text == part || (ignore_case && text.to_lowercase() == part.to_lowercase())
            }
            Self::Tokens(tokens) => {
                let dotted = matches!(tokens.first(), Some(Token::Char('.')));
                if part.is_empty()
                    || (part.starts_with('.') && !dotted)
                    || part == "."
                    || part == ".."
                {
                    return false;
                }
                let text: Vec<char> = part.chars().collect();
                run(tokens, &text, ignore_case, &mut |rest| rest.is_empty())
            }
        }
    }
}

/// Matches tokens at the start of a text, and asks `then` about what is left; tries everything.
fn run(tokens: &[Token], text: &[char], fold: bool, then: &mut dyn FnMut(&[char]) -> bool) -> bool {
    let Some((token, after)) = tokens.split_first() else {
        return then(text);
    };
    match token {
        Token::Star => (0..=text.len()).any(|taken| run(after, &text[taken..], fold, then)),
        Token::Group { kind, choices } => group(*kind, choices, after, text, fold, then),
        single => match text.split_first() {
            Some((symbol, rest)) => one(single, *symbol, fold) && run(after, rest, fold, then),
            None => false,
        },
    }
}

fn one(token: &Token, symbol: char, fold: bool) -> bool {
    let lower = |symbol: char| {
        if fold {
            symbol.to_lowercase().next().unwrap_or(symbol)
        } else {
            symbol
        }
    };
    match token {
        Token::Char(own) => lower(*own) == lower(symbol),
        Token::Any => true,
        Token::Set { negated, ranges } => {
            let within = |symbol: char| {
                ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&symbol))
            };
            let found = within(symbol)
                || (fold
                    && (symbol.to_lowercase().any(within) || symbol.to_uppercase().any(within)));
            found != *negated
        }
        Token::Star | Token::Group { .. } => false,
    }
}

fn group(
    kind: char,
    choices: &[Vec<Token>],
    after: &[Token],
    text: &[char],
    fold: bool,
    then: &mut dyn FnMut(&[char]) -> bool,
) -> bool {
    match kind {
        '!' => (0..=text.len()).rev().any(|taken| {
            let excluded = choices.iter().any(|choice| {
                run(choice, &text[..taken], fold, &mut |rest: &[char]| {
                    rest.is_empty()
                })
            });
            !excluded && run(after, &text[taken..], fold, then)
        }),
        '@' => choices
            .iter()
            .any(|choice| run(choice, text, fold, &mut |rest| run(after, rest, fold, then))),
        '?' => {
            choices
                .iter()
                .any(|choice| run(choice, text, fold, &mut |rest| run(after, rest, fold, then)))
                || run(after, text, fold, then)
        }
        '*' if run(after, text, fold, then) => true,
        _ => choices.iter().any(|choice| {
            run(choice, text, fold, &mut |rest| {
                // Taking nothing again and again would never end.
                (rest.len() < text.len() && group('*', choices, after, rest, fold, then))
                    || (rest.len() == text.len() && run(after, rest, fold, then))
            })
        }),
    }
}

fn split(text: &str) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut depth = 0usize;
    let mut current = String::new();
    for symbol in text.chars() {
        match symbol {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if symbol == '/' && depth == 0 {
            push_segment(&mut segments, &std::mem::take(&mut current));
        } else {
            current.push(symbol);
        }
    }
    push_segment(&mut segments, &current);
    segments
}

fn push_segment(segments: &mut Vec<Segment>, text: &str) {
    if text == "**" {
        if !matches!(segments.last(), Some(Segment::Globstar)) {
            segments.push(Segment::Globstar);
        }
        return;
    }
    let symbols: Vec<char> = text.chars().collect();
    let (tokens, _) = tokens(&symbols, 0, false);
    let literal: Option<String> = tokens
        .iter()
        .map(|token| {
            if let Token::Char(symbol) = token {
                Some(*symbol)
            } else {
                None
            }
        })
        .collect();
    segments.push(literal.map_or(Segment::Tokens(tokens), Segment::Literal));
}

/// Reads tokens up to the end, or inside of a group up to `|` or `)`; returns where it stopped.
fn tokens(text: &[char], mut at: usize, in_group: bool) -> (Vec<Token>, usize) {
    let mut found = Vec::new();
    while let Some(symbol) = text.get(at).copied() {
        match symbol {
            '|' | ')' if in_group => break,
            '\\' if at + 1 < text.len() => {
                found.push(Token::Char(text[at + 1]));
                at += 2;
                continue;
            }
            '@' | '?' | '+' | '*' | '!' if text.get(at + 1) == Some(&'(') => {
                if let Some((group, end)) = read_group(text, at) {
                    found.push(group);
                    at = end;
                    continue;
                }
            }
            '[' => {
                if let Some((set, end)) = read_set(text, at) {
                    found.push(set);
                    at = end;
                    continue;
                }
            }
            _ => {}
        }
        match symbol {
            '*' if matches!(found.last(), Some(Token::Star)) => {}
            '*' => found.push(Token::Star),
            '?' => found.push(Token::Any),
            other => found.push(Token::Char(other)),
        }
        at += 1;
    }
    (found, at)
}

fn read_group(text: &[char], start: usize) -> Option<(Token, usize)> {
    let mut choices = Vec::new();
    let mut at = start + 2;
    loop {
        let (choice, end) = tokens(text, at, true);
        choices.push(choice);
        match text.get(end)? {
            ')' => {
                return Some((
                    Token::Group {
                        kind: text[start],
                        choices,
                    },
                    end + 1,
                ));
            }
            _ => at = end + 1,
        }
    }
}

fn read_set(text: &[char], start: usize) -> Option<(Token, usize)> {
    let mut at = start + 1;
    let negated = matches!(text.get(at), Some('!' | '^'));
    at += usize::from(negated);
    let first = at;
    let mut ranges = Vec::new();
    loop {
        let symbol = *text.get(at)?;
        if symbol == ']' && at > first {
            return Some((Token::Set { negated, ranges }, at + 1));
        }
        if symbol == '[' && text.get(at + 1) == Some(&':') {
            let end = at + 2 + text[at + 2..].iter().position(|symbol| *symbol == ':')?;
            let name: String = text[at + 2..end].iter().collect();
            if text.get(end + 1) == Some(&']')
                && let Some(class) = class(&name)
            {
                ranges.extend_from_slice(class);
                at = end + 2;
                continue;
            }
        }
        let (low, next) = escaped(text, at)?;
        if text.get(next) == Some(&'-') && text.get(next + 1).is_some_and(|symbol| *symbol != ']') {
            let (high, end) = escaped(text, next + 1)?;
            ranges.push((low, high));
            at = end;
        } else {
            ranges.push((low, low));
            at = next;
        }
    }
}

fn escaped(text: &[char], at: usize) -> Option<(char, usize)> {
    match text.get(at)? {
        '\\' if at + 1 < text.len() => Some((text[at + 1], at + 2)),
        symbol => Some((*symbol, at + 1)),
    }
}

fn class(name: &str) -> Option<&'static [(char, char)]> {
    Some(match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "blank" => &[(' ', ' '), ('\t', '\t')],
        "digit" => &[('0', '9')],
        "lower" => &[('a', 'z')],
        "space" => &[(' ', ' '), ('\t', '\r')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        _ => return None,
    })
}

/// All texts that the first pair of braces, and those after it, stand for.
fn expand_braces(text: &str) -> Vec<String> {
    let Some((start, end)) = braces(text) else {
        return vec![text.to_owned()];
    };
    let (before, inside, after) = (&text[..start], &text[start + 1..end], &text[end + 1..]);
    let choices = sequence(inside)
        .unwrap_or_else(|| commas(inside).into_iter().flat_map(expand_braces).collect());
    let tails = expand_braces(after);
    let mut all = Vec::with_capacity(choices.len() * tails.len());
    for choice in &choices {
        for tail in &tails {
            all.push(format!("{before}{choice}{tail}"));
        }
    }
    all
}

/// The first pair of braces that means something: with a comma or a sequence inside.
fn braces(text: &str) -> Option<(usize, usize)> {
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut best: Option<(usize, usize)> = None;
    let mut skip = false;
    for (at, symbol) in text.char_indices() {
        if skip {
            skip = false;
            continue;
        }
        match symbol {
            '\\' => skip = true,
            '{' => open.push((at, false)),
            ',' => {
                if let Some(last) = open.last_mut() {
                    last.1 = true;
                }
            }
            '}' => {
                if let Some((start, has_comma)) = open.pop()
                    && (has_comma || sequence(&text[start + 1..at]).is_some())
                    && !text[..start].ends_with('$')
                    && best.is_none_or(|(known, _)| start < known)
                {
                    best = Some((start, at));
                }
            }
            _ => {}
        }
    }
    best
}

fn commas(inside: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, symbol) in inside.char_indices() {
        match symbol {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts
}

/// `1..3` and `a..c`.
fn sequence(inside: &str) -> Option<Vec<String>> {
    let mut parts = inside.split("..");
    let (first, last) = (parts.next()?, parts.next()?);
    let step: Option<i64> = parts.next().map(|step| step.parse().unwrap_or(1));
    if let (Ok(from), Ok(to)) = (first.parse::<i64>(), last.parse::<i64>()) {
        let step = step.unwrap_or(1).unsigned_abs().max(1);
        let padded = [first, last]
            .iter()
            .any(|text| text.trim_start_matches('-').starts_with('0') && text.len() > 1);
        let width = if padded {
            first.len().max(last.len())
        } else {
            0
        };
        let count = from.abs_diff(to) / step;
        // More than this is a slip, not a pattern.
        let numbers = (0..=count.min(100_000)).map(|index| {
            let offset = (index * step).cast_signed();
            let number = if from <= to {
                from + offset
            } else {
                from - offset
            };
            format!("{number:0width$}")
        });
        return Some(numbers.collect());
    }
    let (mut from, mut to) = (first.chars(), last.chars());
    let (Some(low), None, Some(high), None) = (from.next(), from.next(), to.next(), to.next())
    else {
        return None;
    };
    if !low.is_ascii_alphabetic() || !high.is_ascii_alphabetic() {
        return None;
    }
    let letters: Vec<String> = if low <= high {
        (low..=high).map(String::from).collect()
    } else {
        (high..=low).rev().map(String::from).collect()
    };
    Some(letters)
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_match_as_in_node() {
        let cases = [
            ("foo/*.js", "foo/bar.js", true),
            ("foo/*.js", "foo/.bar.js", false),
            ("**/*.js", "a/b/c.js", true),
            ("**/*.js", "c.js", true),
            ("a/**", "a/b/c", true),
            ("a/**/c", "a/c", true),
            ("{a,b}/c", "b/c", true),
            ("{1..3}", "2", true),
            ("[!a]b", "cb", true),
            ("[a-c]x", "dx", false),
            ("+(ab|c)", "abcab", true),
            ("!(a)", "b", true),
            ("!(a)", "a", false),
            ("?(a)b", "b", true),
            ("foo", "foo/", true),
            ("*", ".a", false),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(
                Pattern::new(pattern, false).matches(path, false),
                expected,
                "{pattern} on {path}"
            );
        }
    }
}
