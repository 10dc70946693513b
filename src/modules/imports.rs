//! The imports and exports of a module as its tokens show them: for messages, and for built-ins that are loaded no further
//! than their importers need. What the engine links by is its own parse.

use super::lexer::tokens::{Kind, Token, tokenize};
use super::syntax::SyntaxErrorLocation;

/// One `import … from` or `export … from`.
pub struct ImportClause {
    /// As it is written.
    pub specifier: String,
    /// The imported names.
    pub names: Vec<String>,
    /// Whether it takes the whole namespace.
    pub is_star: bool,
    bindings: Vec<Binding>,
    /// From `{` to past `}`, in bytes.
    braces: Option<(usize, usize)>,
}

/// One imported name.
struct Binding {
    name: String,
    /// Where it stands in the text.
    at: usize,
}

impl ImportClause {
    /// Where it names `name`.
    #[must_use]
    pub fn location(&self, name: &str, source: &str, file: &str) -> SyntaxErrorLocation {
        let at = self
            .bindings
            .iter()
            .find(|binding| binding.name == name)
            .map_or(0, |found| found.at);
        SyntaxErrorLocation {
            is_tight: true,
            ..SyntaxErrorLocation::of_range(source, at, at + name.len(), file)
        }
    }

    /// The braces with what is in them, as a destructuring pattern; empty where there are none.
    #[must_use]
    pub fn as_pattern(&self, source: &str) -> String {
        let Some((start, end)) = self.braces else {
            return String::new();
        };
        // Node looks at one line only.
        if source[start..end].contains('\n') {
            return String::new();
        }
        let words: Vec<&str> = source[start..end].split(" as ").map(str::trim).collect();
        words.join(": ")
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
        clauses.push(ImportClause {
            specifier,
            names: bindings
                .iter()
                .map(|binding| binding.name.clone())
                .collect(),
            is_star: rest[..from].iter().any(|token| text(token) == "*"),
            braces: braces(&rest[..from]),
            bindings,
        });
    }
    clauses
}

/// Where the braces of an import stand.
fn braces(tokens: &[Token]) -> Option<(usize, usize)> {
    let open = tokens
        .iter()
        .find(|token| token.kind == Kind::Punct(b'{'))?;
    let close = tokens
        .iter()
        .rfind(|token| token.kind == Kind::Punct(b'}'))?;
    Some((open.start, close.end))
}

/// The `{ name as local }` between `import` and `from`, and a default import before it.
fn bindings(tokens: &[Token], is_import: bool, source: &str) -> Vec<Binding> {
    let text = |token: &Token| {
        source[token.start..token.end]
            .trim_matches(['"', '\''])
            .to_owned()
    };
    let mut list = Vec::new();
    if is_import && let Some(first) = tokens.first().filter(|token| token.kind == Kind::Word) {
        list.push(Binding {
            name: "default".to_owned(),
            at: first.start,
        });
    }
    let inner: Vec<&Token> = tokens.iter().filter(|token| token.depth == 1).collect();
    for part in inner.split(|token| token.kind == Kind::Punct(b',')) {
        let name = match part {
            [name] if matches!(name.kind, Kind::Word | Kind::String) => name,
            [name, keyword, _] if text(keyword) == "as" => name,
            _ => continue,
        };
        list.push(Binding {
            name: text(name),
            at: name.start,
        });
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
