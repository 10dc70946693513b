//! Syntax errors: where they are, said as Node says it; and whether a text that isn't CommonJS is an ES module.

use boa_ast::scope::Scope;
use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, error::JsNativeErrorKind};
use boa_interner::Interner;
use boa_parser::{Parser, Source};

use super::lexer::tokens::{Kind, Token, tokenize};
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
    /// How many characters are meant.
    pub width: u32,
    /// The text of the line.
    pub source_line: String,
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
        let carets = "^".repeat(self.width.max(1) as usize);
        format!(
            "{}:{}\n{}\n{indent}{carets}\n",
            self.file, self.line, self.source_line
        )
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

/// Whether `source` can be an ES module.
#[must_use]
pub fn parses_as_module(source: &str) -> bool {
    let mut interner = Interner::default();
    Parser::new(Source::from_bytes(source))
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
    let found = position.and_then(|position| token_at(source, &tokens, position));
    let message = message(said, source, position, found, &tokens);
    let made = errors::plain(Base::Syntax, &message, context);
    let location = location(source, file, position, found);
    remember(&made, location, context);
    made
}

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

fn location(
    source: &str,
    file: &str,
    position: Option<(u32, u32)>,
    found: Option<Token>,
) -> SyntaxErrorLocation {
    let last = u32::try_from(source.lines().count()).unwrap_or(1).max(1);
    let (line, column) = position.unwrap_or((last, 1));
    let (line, column) = if line > last {
        (last, 1)
    } else {
        (line, column)
    };
    let source_line = source
        .lines()
        .nth(line as usize - 1)
        .unwrap_or("")
        .to_owned();
    let width = found.map_or(1, |token| {
        let text = &source[token.start..token.end];
        u32::try_from(text.lines().next().unwrap_or("").chars().count()).unwrap_or(1)
    });
    SyntaxErrorLocation {
        file: file.to_owned(),
        line,
        column,
        width,
        source_line,
    }
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

fn token_at(source: &str, tokens: &[Token], (line, column): (u32, u32)) -> Option<Token> {
    let mut start = 0;
    for _ in 1..line {
        start += source.get(start..)?.find('\n')? + 1;
    }
    let rest = source.get(start..)?;
    let offset = rest
        .char_indices()
        .nth(column.saturating_sub(1) as usize)
        .map_or(rest.len(), |(at, _)| at);
    let at = start + offset;
    tokens
        .iter()
        .find(|token| token.start <= at && at < token.end)
        .copied()
}

/// The message in V8's words, where they can be told from the token.
fn message(
    said: &str,
    source: &str,
    position: Option<(u32, u32)>,
    found: Option<Token>,
    tokens: &[Token],
) -> String {
    if said == "abrupt end" {
        return "Unexpected end of input".to_owned();
    }
    if let Some(name) = said
        .strip_prefix("lexical name declared multiple times: ")
        .or_else(|| said.strip_prefix("duplicate lexical declaration: "))
    {
        return format!("Identifier '{name}' has already been declared");
    }
    let is_about_token = said.starts_with("expected ") || said.starts_with("unexpected token");
    if !is_about_token {
        if said.contains("lexical name") && said.contains("declared multiple times")
            || said.contains("redeclar")
        {
            if let Some(name) = found.map(|token| &source[token.start..token.end]) {
                return format!("Identifier '{name}' has already been declared");
            }
        }
        return uppercase_first(said);
    }
    let Some(token) = found else {
        let past_end = position.is_some_and(|(line, _)| line as usize > source.lines().count());
        return if past_end || tokens.is_empty() {
            "Unexpected end of input".to_owned()
        } else {
            "Invalid or unexpected token".to_owned()
        };
    };
    let text = &source[token.start..token.end];
    if said.contains("in arguments") || said.contains("in function call") {
        return "missing ) after argument list".to_owned();
    }
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

fn uppercase_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => String::new(),
    }
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
    let before = &source[..token.start];
    let line = u32::try_from(before.matches('\n').count()).ok()? + 1;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = u32::try_from(source[line_start..token.start].chars().count()).ok()? + 1;
    Some(SyntaxErrorLocation {
        file: String::new(),
        line,
        column,
        width: 1,
        source_line: source[line_start..].lines().next().unwrap_or("").to_owned(),
    })
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
    Parser::new(Source::from_bytes(&wrapped))
        .parse_script(&Scope::new_global(), &mut interner)
        .is_ok()
}

/// Whether the code of a module awaits outside of functions.
#[must_use]
pub fn has_top_level_await(source: &str) -> bool {
    use boa_ast::operations::{ContainsSymbol, contains};
    let mut interner = Interner::default();
    Parser::new(Source::from_bytes(source))
        .parse_module(&Scope::new_global(), &mut interner)
        .is_ok_and(|module| contains(&module, ContainsSymbol::AwaitExpression))
}

/// One `import … from` or `export … from`.
pub struct ImportClause {
    /// As it is written.
    pub specifier: String,
    /// The imported names.
    pub names: Vec<String>,
    /// Whether it takes the whole namespace.
    pub is_star: bool,
    /// The names with what they are called here.
    bindings: Vec<(String, String)>,
    line: u32,
    source_line: String,
}

impl ImportClause {
    /// Where it stands.
    #[must_use]
    pub fn location(&self, file: &str) -> SyntaxErrorLocation {
        SyntaxErrorLocation {
            file: file.to_owned(),
            line: self.line,
            column: 1,
            width: 1,
            source_line: self.source_line.clone(),
        }
    }

    /// The same as a destructuring pattern.
    #[must_use]
    pub fn as_pattern(&self) -> String {
        let parts: Vec<String> = self
            .bindings
            .iter()
            .filter(|(name, _)| name != "default")
            .map(|(name, local)| {
                if name == local {
                    name.clone()
                } else {
                    format!("{name}: {local}")
                }
            })
            .collect();
        if parts.is_empty() {
            String::new()
        } else {
            format!("{{ {} }}", parts.join(", "))
        }
    }
}

/// The static imports of a module, read off its tokens.
#[must_use]
pub fn import_clauses(source: &str) -> Vec<ImportClause> {
    let tokens = tokenize(source);
    let text = |token: &Token| &source[token.start..token.end];
    let mut clauses = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.depth != 0
            || token.kind != Kind::Word
            || !matches!(text(token), "import" | "export")
        {
            continue;
        }
        let rest = &tokens[index + 1..];
        let Some(from) = rest
            .iter()
            .position(|token| token.depth == 0 && text(token) == "from")
        else {
            continue;
        };
        if rest[..from]
            .iter()
            .any(|token| token.depth == 0 && matches!(text(token), ";" | "import" | "export" | "="))
        {
            continue;
        }
        let Some(specifier) = rest
            .get(from + 1)
            .filter(|token| token.kind == Kind::String)
        else {
            continue;
        };
        let specifier = text(specifier).trim_matches(['"', '\'']).to_owned();
        let bindings = bindings(&rest[..from], text(token) == "import", source);
        let before = &source[..token.start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        clauses.push(ImportClause {
            specifier,
            is_star: rest[..from].iter().any(|token| text(token) == "*"),
            names: bindings.iter().map(|(name, _)| name.clone()).collect(),
            bindings,
            line: u32::try_from(before.matches('\n').count()).unwrap_or(0) + 1,
            source_line: source[line_start..].lines().next().unwrap_or("").to_owned(),
        });
    }
    clauses
}

/// The `{ name as local }` between `import` and `from`, and a default import before it.
fn bindings(tokens: &[Token], is_import: bool, source: &str) -> Vec<(String, String)> {
    let text = |token: &Token| {
        source[token.start..token.end]
            .trim_matches(['"', '\''])
            .to_owned()
    };
    let mut list = Vec::new();
    if is_import && let Some(first) = tokens.first().filter(|token| token.kind == Kind::Word) {
        list.push(("default".to_owned(), text(first)));
    }
    let inner: Vec<&Token> = tokens.iter().filter(|token| token.depth == 1).collect();
    for part in inner.split(|token| token.kind == Kind::Punct(b',')) {
        match part {
            [name] if matches!(name.kind, Kind::Word | Kind::String) => {
                list.push((text(name), text(name)))
            }
            [name, keyword, local] if text(keyword) == "as" => list.push((text(name), text(local))),
            _ => {}
        }
    }
    list
}

/// Whether an ES module's text exports a name. `export *` may always do so.
#[must_use]
pub fn exports_name(source: &str, name: &str) -> bool {
    let tokens = tokenize(source);
    let text = |token: &Token| &source[token.start..token.end];
    for (index, token) in tokens.iter().enumerate() {
        if token.depth != 0 || token.kind != Kind::Word || text(token) != "export" {
            continue;
        }
        let rest = &tokens[index + 1..];
        let end = rest
            .iter()
            .position(|token| token.depth == 0 && matches!(text(token), ";" | "export" | "import"))
            .unwrap_or(rest.len());
        let words = rest[..end].iter().take_while(|token| token.depth <= 1);
        if words
            .filter(|token| token.kind == Kind::Word || token.kind == Kind::String)
            .any(|token| text(token).trim_matches(['"', '\'']) == name)
        {
            return true;
        }
        if rest.first().is_some_and(|token| text(token) == "*") {
            return true;
        }
    }
    false
}
