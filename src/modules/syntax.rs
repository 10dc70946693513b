//! Syntax errors: where they are, said as Node says it; and whether a text that isn't CommonJS is an ES module.

use boa_ast::scope::Scope;
use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, error::JsNativeErrorKind};
use boa_interner::Interner;
use boa_parser::{Parser, Source};

use super::lexer::tokens::{Kind, Token, tokenize};
use crate::engine::{nesting, stack::syntax::syntax};
use crate::node::errors::{self, Base};
use crate::runtime::State;

/// Where a text stopped making sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxErrorLocation {
    /// The path, or the URL of an ES module.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// How many characters are meant; none at the end of the text.
    pub width: u32,
    /// The text of the line.
    pub source_line: String,
    /// Whether the error follows without an empty line, as that of a failed link does.
    pub is_tight: bool,
}

impl SyntaxErrorLocation {
    /// What Node prints above the error: the place, the line, and carets under what is wrong.
    #[must_use]
    pub fn arrow(&self) -> String {
        let indent: String = self
            .source_line
            .chars()
            .take(self.column.saturating_sub(1) as usize)
            .map(|character| if character == '\t' { '\t' } else { ' ' })
            .collect();
        let carets = "^".repeat(self.width as usize);
        let end = if self.is_tight { "" } else { "\n" };
        format!(
            "{}:{}\n{}\n{indent}{carets}{end}",
            self.file, self.line, self.source_line
        )
    }

    /// The place of some bytes of a text; of its end where there are none.
    #[must_use]
    pub fn of_range(source: &str, start: usize, end: usize, file: &str) -> Self {
        let start = start.min(source.len());
        let before = &source[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(0);
        let meant = source[start..end.clamp(start, source.len())].lines().next();
        Self {
            file: file.to_owned(),
            line: u32::try_from(before.matches('\n').count()).unwrap_or(0) + 1,
            column: count(&source[line_start..start]) + 1,
            width: count(meant.unwrap_or("")),
            source_line: source[line_start..].lines().next().unwrap_or("").to_owned(),
            is_tight: false,
        }
    }
}

/// Where the error that script sees as `error` was found, if it came from the text of a module.
pub fn syntax_error_location(error: &JsObject, context: &Context) -> Option<SyntaxErrorLocation> {
    let state = State::of(context);
    let known = state.modules.syntax_errors.borrow();
    known
        .iter()
        .find(|(object, _)| JsObject::equals(object, error))
        .map(|(_, location)| location.clone())
}

/// Counts the lines of a text from elsewhere, for an error that was found in it.
pub fn move_syntax_error(error: &JsObject, lines: i32, context: &Context) {
    let state = State::of(context);
    let mut known = state.modules.syntax_errors.borrow_mut();
    for (object, location) in known.iter_mut() {
        if JsObject::equals(object, error) {
            location.line = location.line.saturating_add_signed(lines);
        }
    }
}

/// Whether `source` can be an ES module.
#[must_use]
pub fn parses_as_module(source: &str) -> bool {
    let mut interner = Interner::default();
    nesting::check(source).is_ok()
        && Parser::new(Source::from_bytes(source))
            .parse_module(&Scope::new_global(), &mut interner)
            .is_ok()
}

/// Replaces the engine's syntax error by one in Node's words, and remembers where it is.
///
/// `offset` is how many columns of line 1 aren't the file's.
pub fn explain(
    error: JsError,
    source: &str,
    file: &str,
    offset: usize,
    context: &mut Context,
) -> JsError {
    let Some(native) = error.as_native() else {
        return error;
    };
    if !matches!(native.kind(), JsNativeErrorKind::Syntax) {
        return error;
    }
    let text = native.message().to_owned();
    let (said, position) = split_position(&text);
    let position = position.map(|(line, column)| {
        let shift = if line == 1 {
            u32::try_from(offset).unwrap_or(0)
        } else {
            0
        };
        (line, column.saturating_sub(shift).max(1))
    });
    let tokens = tokenize(source);
    let at = position.and_then(|position| offset_of(source, position));
    let found = at.and_then(|at| {
        tokens
            .iter()
            .position(|token| token.start <= at && at < token.end)
    });
    let (message, meant) = verdict(said, source, &tokens, found, at);
    let location = match meant {
        Some(token) => SyntaxErrorLocation::of_range(source, token.start, token.end, file),
        None => {
            let at = at
                .filter(|_| message != END_OF_INPUT)
                .unwrap_or(source.len());
            SyntaxErrorLocation::of_range(source, at, at + 1, file)
        }
    };
    let made = errors::plain(Base::Syntax, &message, context);
    remember(&made, location, context);
    made
}

/// What V8 says of a text that stops too early.
const END_OF_INPUT: &str = "Unexpected end of input";

/// How many syntax errors are remembered: they are rare, and looked up soon.
const REMEMBERED: usize = 8;

/// Remembers where an error lies, for the one who prints it.
pub fn remember(error: &JsError, location: SyntaxErrorLocation, context: &mut Context) {
    let Some(object) = error.as_opaque().and_then(JsValue::as_object) else {
        return;
    };
    let state = State::of(context);
    let mut known = state.modules.syntax_errors.borrow_mut();
    if known.len() == REMEMBERED {
        known.remove(0);
    }
    known.push((object, location));
}

/// Splits the engine's message in text and position.
fn split_position(text: &str) -> (&str, Option<(u32, u32)>) {
    let Some((said, place)) = text.rsplit_once(" at line ") else {
        return (text, None);
    };
    let position = place
        .split_once(", col ")
        .and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?)));
    match position {
        Some(position) => (said, Some(position)),
        None => (text, None),
    }
}

/// The byte that a line and a column stand for.
fn offset_of(source: &str, (line, column): (u32, u32)) -> Option<usize> {
    let mut start = 0;
    for _ in 1..line {
        start += source.get(start..)?.find('\n')? + 1;
    }
    let rest = source.get(start..)?;
    let offset = rest
        .char_indices()
        .nth(column.saturating_sub(1) as usize)
        .map_or(rest.len(), |(at, _)| at);
    Some(start + offset)
}

/// The message in V8's words, as far as they can be told from the engine's, and the token that is to blame.
fn verdict(
    said: &str,
    source: &str,
    tokens: &[Token],
    found: Option<usize>,
    at: Option<usize>,
) -> (String, Option<Token>) {
    let token = found.map(|index| tokens[index]);
    if said == "abrupt end" {
        return (END_OF_INPUT.to_owned(), None);
    }
    if said.contains("declared multiple times") || said.contains("redeclar") {
        let duplicate = duplicate(source, tokens).or(token);
        if let Some(token) = duplicate {
            let name = &source[token.start..token.end];
            // V8 marks its first character only.
            let first = name.chars().next().map_or(1, char::len_utf8);
            let end = token.start + first;
            return (
                format!("Identifier '{name}' has already been declared"),
                Some(Token { end, ..token }),
            );
        }
    }
    if said.contains("in argument list") {
        let before = found.and_then(|index| tokens.get(index.checked_sub(1)?).copied());
        return ("missing ) after argument list".to_owned(), before.or(token));
    }
    if said == "with statement not allowed in strict mode" {
        return (
            "Strict mode code may not include a with statement".to_owned(),
            token,
        );
    }
    if let Some(rest) = said.strip_prefix("could not find the exported binding `")
        && let Some((name, _)) = rest.split_once('`')
    {
        return (format!("Export '{name}' is not defined in module"), token);
    }
    if said == "unterminated string literal" {
        let open = tokens
            .iter()
            .rev()
            .find(|token| token.kind == Kind::String && at.is_none_or(|at| token.start <= at));
        return ("Invalid or unexpected token".to_owned(), open.copied());
    }
    if said == "Invalid left-hand side in assignment"
        && let Some(index) = found
        && let Some(kind) = update_operator(source, tokens, index)
    {
        return (
            format!("Invalid left-hand side expression in {kind} operation"),
            token,
        );
    }
    if !said.starts_with("expected ") && !said.starts_with("unexpected token") {
        return (syntax(said).0, token);
    }
    if let Some(index) = found
        && let Some((message, token)) = misplaced(source, tokens, index)
    {
        return (message.to_owned(), Some(token));
    }
    let Some(token) = token else {
        let is_past_end = at.is_none_or(|at| source[at.min(source.len())..].trim().is_empty());
        return if is_past_end || tokens.is_empty() {
            (END_OF_INPUT.to_owned(), None)
        } else {
            ("Invalid or unexpected token".to_owned(), None)
        };
    };
    (unexpected(source, token), Some(token))
}

/// Whether there is a `++` or `--` at a token: `prefix` or `postfix`.
fn update_operator(source: &str, tokens: &[Token], index: usize) -> Option<&'static str> {
    let rest = &source[tokens[index].start..];
    if !rest.starts_with("++") && !rest.starts_with("--") {
        return None;
    }
    let before = index.checked_sub(1).map(|before| tokens[before]);
    let is_operand = before.is_some_and(|token| match token.kind {
        Kind::Punct(byte) => matches!(byte, b')' | b']' | b'}'),
        _ => source[token.end..tokens[index].start].find('\n').is_none(),
    });
    Some(if is_operand { "postfix" } else { "prefix" })
}

/// What V8 says of statements that are out of place, and the word that is to blame.
fn misplaced(source: &str, tokens: &[Token], index: usize) -> Option<(&'static str, Token)> {
    let text = |token: &Token| &source[token.start..token.end];
    let before = index.checked_sub(1).map(|before| tokens[before]);
    if text(&tokens[index]) == "return"
        && before.is_none_or(|token| matches!(text(&token), ";" | "{" | "}"))
    {
        return Some(("Illegal return statement", tokens[index]));
    }
    let before = before?;
    match text(&before) {
        "await" => Some((
            "await is only valid in async functions and the top level bodies of modules",
            before,
        )),
        "import" => Some(("Cannot use import statement outside a module", before)),
        _ => None,
    }
}

/// What V8 says of a token that it didn't expect.
fn unexpected(source: &str, token: Token) -> String {
    let text = &source[token.start..token.end];
    match token.kind {
        Kind::String => "Unexpected string".to_owned(),
        Kind::Opaque if text.starts_with('`') => "Unexpected template string".to_owned(),
        Kind::Opaque if text.starts_with(|first: char| first.is_ascii_digit() || first == '.') => {
            "Unexpected number".to_owned()
        }
        Kind::Opaque => "Invalid or unexpected token".to_owned(),
        Kind::Word if text == "import" => "Cannot use import statement outside a module".to_owned(),
        Kind::Word if is_reserved(text) => format!("Unexpected token '{text}'"),
        Kind::Word if is_strict_reserved(text) => "Unexpected strict mode reserved word".to_owned(),
        Kind::Word => format!("Unexpected identifier '{text}'"),
        Kind::Punct(b'@' | b'#' | b'\\') => "Invalid or unexpected token".to_owned(),
        Kind::Punct(_) => format!("Unexpected token '{}'", whole_punctuator(source, token)),
    }
}

/// Whether a text that is no CommonJS stopped making sense at an `import` or `export`: then it was meant to be an ES
/// module.
#[must_use]
pub fn stumbled_over_module_syntax(error: &JsError, source: &str, context: &Context) -> bool {
    let object = error.as_opaque().and_then(JsValue::as_object);
    let location = object.and_then(|error| syntax_error_location(&error, context));
    let at = location.and_then(|location| offset_of(source, (location.line, location.column)));
    let Some(at) = at else {
        return false;
    };
    let tokens = tokenize(source);
    let until = tokens
        .iter()
        .rposition(|token| token.start <= at)
        .map_or(0, |index| index + 1);
    tokens[..until].iter().rev().take(2).any(|token| {
        token.depth == 0 && matches!(&source[token.start..token.end], "import" | "export")
    })
}

/// The punctuator that starts at a token, which holds only its first byte.
fn whole_punctuator(source: &str, token: Token) -> &str {
    const LONG: &[&str] = &[
        ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==",
        "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=",
        "|=", "^=", "<<", ">>", "**",
    ];
    let rest = &source[token.start..];
    LONG.iter()
        .find(|long| rest.starts_with(**long))
        .copied()
        .unwrap_or(&source[token.start..token.end])
}

fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "break"
            | "case"
            | "catch"
            | "class"
            | "const"
            | "continue"
            | "debugger"
            | "default"
            | "delete"
            | "do"
            | "else"
            | "enum"
            | "export"
            | "extends"
            | "false"
            | "finally"
            | "for"
            | "function"
            | "if"
            | "import"
            | "in"
            | "instanceof"
            | "new"
            | "null"
            | "return"
            | "super"
            | "switch"
            | "this"
            | "throw"
            | "true"
            | "try"
            | "typeof"
            | "var"
            | "void"
            | "while"
            | "with"
    )
}

fn is_strict_reserved(word: &str) -> bool {
    matches!(
        word,
        "implements"
            | "interface"
            | "let"
            | "package"
            | "private"
            | "protected"
            | "public"
            | "static"
            | "yield"
    )
}

/// The line of the first `await` outside of any bracket, and its column: where a module waits that never goes on.
#[must_use]
pub fn first_top_level_await(source: &str) -> Option<SyntaxErrorLocation> {
    let token = tokenize(source).into_iter().find(|token| {
        token.depth == 0 && token.kind == Kind::Word && &source[token.start..token.end] == "await"
    })?;
    Some(SyntaxErrorLocation::of_range(
        source,
        token.start,
        token.start + 1,
        "",
    ))
}

/// A parsed result, or its syntax error explained.
pub fn explained<T>(
    result: JsResult<T>,
    source: &str,
    file: &str,
    context: &mut Context,
) -> JsResult<T> {
    result.map_err(|error| explain(error, source, file, 0, context))
}

/// Whether a text without other hints is an ES module: it parses as one, and not as CommonJS.
#[must_use]
pub fn is_module_text(source: &str) -> bool {
    let has_hint = tokenize(source).iter().any(|token| {
        token.kind == Kind::Word
            && match &source[token.start..token.end] {
                "import" | "await" => true,
                "export" => token.depth == 0,
                _ => false,
            }
    });
    has_hint && !parses_as_commonjs(source) && parses_as_module(source)
}

fn parses_as_commonjs(source: &str) -> bool {
    let [head, tail] = super::commonjs::WRAPPER;
    let hashbang = if source.starts_with("#!") { "//" } else { "" };
    let wrapped = format!("{head}{hashbang}{source}{tail}");
    let mut interner = Interner::default();
    nesting::check(source).is_ok()
        && Parser::new(Source::from_bytes(&wrapped))
            .parse_script(&Scope::new_global(), &mut interner)
            .is_ok()
}

/// Whether the code of a module awaits outside of functions.
#[must_use]
pub fn has_top_level_await(source: &str) -> bool {
    use boa_ast::operations::{ContainsSymbol, contains};
    let mut interner = Interner::default();
    nesting::check(source).is_ok()
        && Parser::new(Source::from_bytes(source))
            .parse_module(&Scope::new_global(), &mut interner)
            .is_ok_and(|module| contains(&module, ContainsSymbol::AwaitExpression))
}

/// The second declaration of a name outside of any bracket.
fn duplicate(source: &str, tokens: &[Token]) -> Option<Token> {
    let mut names: Vec<(&str, bool)> = Vec::new();
    let text = |token: &Token| &source[token.start..token.end];
    for pair in tokens.windows(2) {
        let [keyword, name] = pair else { continue };
        let is_lexical = matches!(text(keyword), "let" | "const" | "class");
        let is_declaration = is_lexical || matches!(text(keyword), "var" | "function");
        if keyword.depth != 0 || !is_declaration || name.kind != Kind::Word {
            continue;
        }
        let declared = text(name);
        let clashes =
            |&(known, was_lexical): &(&str, bool)| known == declared && (is_lexical || was_lexical);
        if names.iter().any(clashes) {
            return Some(*name);
        }
        names.push((declared, is_lexical));
    }
    None
}

/// The same text with the identifiers `using` and `async` under other names of the same length, for an engine that takes
/// them for keywords where they aren't. `None` where that can't be done: there are none, or one is exported.
#[must_use]
pub fn without_contextual_names(source: &str) -> Option<String> {
    let tokens = tokenize(source);
    let text = |index: usize| {
        tokens
            .get(index)
            .map_or("", |token| &source[token.start..token.end])
    };
    let mut out = String::with_capacity(source.len() + 16);
    let mut copied = 0;
    for (index, token) in tokens.iter().enumerate() {
        let stand_in = match text(index) {
            "using" => "usin\u{262}",
            "async" if !is_async_keyword(source, &tokens, index) => "asyn\u{1d04}",
            _ => continue,
        };
        let before = if index == 0 { "" } else { text(index - 1) };
        let after = text(index + 1);
        if before == "." || after == ":" && matches!(before, "{" | ",") {
            continue;
        }
        if index > 1 && text(index - 2) == "export" {
            return None;
        }
        out.push_str(&source[copied..token.start]);
        let is_shorthand =
            matches!(before, "{" | ",") && matches!(after, "}" | ",") && in_braces(&tokens, index);
        if is_shorthand {
            out.push_str(text(index));
            out.push(':');
        }
        out.push_str(stand_in);
        copied = token.end;
    }
    out.push_str(&source[copied..]);
    (copied > 0).then_some(out)
}

/// Whether the `async` at `index` makes a function asynchronous, or is the name of a method.
fn is_async_keyword(source: &str, tokens: &[Token], index: usize) -> bool {
    let Some(next) = tokens.get(index + 1) else {
        return false;
    };
    match next.kind {
        Kind::Word | Kind::String | Kind::Punct(b'*' | b'[' | b'#') => true,
        Kind::Punct(b'(') => {
            let inside = next.depth;
            let close = tokens[index + 2..]
                .iter()
                .position(|token| token.depth <= inside);
            let after = close.and_then(|close| tokens.get(index + 3 + close));
            after.is_some_and(|token| {
                source[token.start..].starts_with("=>")
                    || token.kind == Kind::Punct(b'{') && !is_named_function(source, tokens, index)
            })
        }
        _ => false,
    }
}

/// `function async (` declares a name.
fn is_named_function(source: &str, tokens: &[Token], index: usize) -> bool {
    index > 0 && &source[tokens[index - 1].start..tokens[index - 1].end] == "function"
}

/// Whether the bracket around a token is a brace.
fn in_braces(tokens: &[Token], index: usize) -> bool {
    let depth = tokens[index].depth;
    tokens[..index]
        .iter()
        .rev()
        .find(|token| token.depth < depth)
        .is_some_and(|token| token.kind == Kind::Punct(b'{'))
}
