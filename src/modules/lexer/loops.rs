//! Puts a question at the head of every loop of a text: what a script of `vm` with a time limit is read with.

use super::tokens::{Kind, Token, tokenize};

/// `source` with a call of the global function `check`, which has to return true, evaluated before each turn of each
/// `while`, `do … while` and `for`. Lines keep their numbers.
#[must_use]
pub fn with_checks(source: &str, check: &str) -> String {
    let tokens = tokenize(source);
    let text = |index: usize| {
        tokens
            .get(index)
            .map_or("", |token| &source[token.start..token.end])
    };
    let mut inserted: Vec<(usize, String)> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let dotted = index > 0 && tokens[index - 1].kind == Kind::Punct(b'.');
        if dotted || token.kind != Kind::Word {
            continue;
        }
        match text(index) {
            "while" if text(index + 1) == "(" => {
                inserted.push((tokens[index + 1].end, format!("{check}()&&(")));
                let Some(close) = closing(&tokens, index + 1) else {
                    continue;
                };
                inserted.push((tokens[close].start, ")".to_owned()));
            }
            "for" if text(index + 1) == "(" => {
                // A `for` of two semicolons; those over the members of something end with it.
                let Some(close) = closing(&tokens, index + 1) else {
                    continue;
                };
                let inside = tokens[index + 1].depth + 1;
                let mut semicolons = (index + 2..close).filter(|at| {
                    tokens[*at].depth == inside && tokens[*at].kind == Kind::Punct(b';')
                });
                if let (Some(first), Some(second)) = (semicolons.next(), semicolons.next()) {
                    let (open, end) = match second == first + 1 {
                        true => (format!("{check}()"), String::new()),
                        false => (format!("{check}()&&("), ")".to_owned()),
                    };
                    inserted.push((tokens[first].end, open));
                    inserted.push((tokens[second].start, end));
                }
            }
            _ => {}
        }
    }
    // Pieces for one place stay in the order in which they were found.
    inserted.sort_by_key(|(at, _)| *at);
    let mut out = String::with_capacity(source.len() + inserted.len() * check.len());
    let mut copied = 0;
    for (at, piece) in inserted {
        out.push_str(&source[copied..at]);
        out.push_str(&piece);
        copied = at;
    }
    out.push_str(&source[copied..]);
    out
}

/// `source` with every `import(` written as `call`, which opens the parenthesis too. Lines keep their numbers.
#[must_use]
pub fn with_import_calls(source: &str, call: &str) -> String {
    let tokens = tokenize(source);
    let mut out = String::with_capacity(source.len());
    let mut copied = 0;
    for (index, token) in tokens.iter().enumerate() {
        let is_import = token.kind == Kind::Word && &source[token.start..token.end] == "import";
        let dotted = index > 0 && tokens[index - 1].kind == Kind::Punct(b'.');
        let Some(open) = tokens.get(index + 1) else {
            break;
        };
        if is_import && !dotted && open.kind == Kind::Punct(b'(') {
            out.push_str(&source[copied..token.start]);
            out.push_str(call);
            // A line break between them stays.
            out.push_str(&source[token.end..open.start]);
            copied = open.end;
        }
    }
    out.push_str(&source[copied..]);
    out
}

fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let depth = tokens.get(open)?.depth;
    (open + 1..tokens.len())
        .find(|at| tokens[*at].depth == depth && tokens[*at].kind == Kind::Punct(b')'))
}

#[cfg(test)]
mod tests {
    use super::{with_checks, with_import_calls};

    #[test]
    fn only_calls_of_import_are_imports() {
        let cases = [
            ("import('a')", "i(1,'a')"),
            (
                "x.import('a'); 'import(1)'; import y from 'z'",
                "x.import('a'); 'import(1)'; import y from 'z'",
            ),
            ("f(import (`${import('b')}`))", "f(i(1, `${i(1,'b')}`))"),
            ("import.meta", "import.meta"),
        ];
        for (source, expected) in cases {
            assert_eq!(with_import_calls(source, "i(1,"), expected);
        }
    }

    #[test]
    fn each_turn_of_a_loop_asks() {
        let cases = [
            ("while(true) {}", "while(c()&&(true)) {}"),
            ("do x(); while (a, b)", "do x(); while (c()&&(a, b))"),
            ("for(;;) {}", "for(;c();) {}"),
            (
                "for (let i = 0; i < 3; i++);",
                "for (let i = 0;c()&&( i < 3); i++);",
            ),
            ("for (const x of y) {}", "for (const x of y) {}"),
            ("x.while(1); 'while(1)'", "x.while(1); 'while(1)'"),
            (
                "while (f(() => { for (;;) {} })) {}",
                "while (c()&&(f(() => { for (;c();) {} }))) {}",
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(with_checks(source, "c"), expected);
        }
    }
}
