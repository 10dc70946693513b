//! What the parser says, in V8's words.

use super::source::is_name;

/// Whether a message is one that the parser makes.
pub fn is_of_parser(message: &str) -> bool {
    message.starts_with("failed to parse function body: ")
        || message == "abrupt end"
        || (message.contains(" at line ")
            && message
                .rsplit_once(", col ")
                .is_some_and(|(_, column)| column.parse::<u32>().is_ok()))
}

/// A parser's message in V8's words, and the line and column that it names.
pub fn syntax(message: &str) -> (String, Option<(u32, u32)>) {
    let place = message.rsplit_once(" at line ").and_then(|(_, place)| {
        let (line, column) = place.split_once(", col ")?;
        Some((line.parse().ok()?, column.parse().ok()?))
    });
    let text = match place {
        Some(_) => message
            .rsplit_once(" at line ")
            .map_or(message, |(text, _)| text),
        None => message,
    };
    (syntax_text(text), place)
}

fn syntax_text(text: &str) -> String {
    const EXACT: &[(&str, &str)] = &[
        ("abrupt end", "Unexpected end of input"),
        ("unterminated string literal", "Invalid or unexpected token"),
        (
            "unterminated template literal",
            "Unterminated template literal",
        ),
        (
            "Expected initializer for const declaration",
            "Missing initializer in const declaration",
        ),
        (
            "'n' suffix not allowed in octal representation",
            "Invalid or unexpected token",
        ),
        (
            "'let' is disallowed as a lexically bound name",
            "let is disallowed as a lexically bound name",
        ),
        (
            "new lines are not allowed in regular expressions",
            "Invalid regular expression: missing /",
        ),
        ("illegal break statement", "Illegal break statement"),
        (
            "illegal continue statement",
            "Illegal continue statement: no surrounding iteration statement",
        ),
        ("invalid super usage", "'super' keyword unexpected here"),
        (
            "invalid super call usage",
            "'super' keyword unexpected here",
        ),
        ("invalid `super` call", "'super' keyword unexpected here"),
        (
            "with statement not allowed in strict mode",
            "Strict mode code may not include a with statement",
        ),
        (
            "a numeric literal must not be followed by an alphanumeric, $ or _ characters",
            "Invalid or unexpected token",
        ),
        (
            "Unicode codepoint must not be greater than 0x10FFFF in escape sequence",
            "Undefined Unicode code-point",
        ),
        (
            "malformed Unicode character escape sequence",
            "Invalid Unicode escape sequence",
        ),
        (
            "invalid `import.meta` expression outside a module",
            "Cannot use 'import.meta' outside a module",
        ),
        (
            "invalid object literal in function statement list",
            "Invalid shorthand property initializer",
        ),
        (
            "Duplicate __proto__ fields are not allowed in object literals.",
            "Duplicate __proto__ fields are not allowed in object literals",
        ),
        (
            "unexpected token 'line terminator', throw statement",
            "Illegal newline after throw",
        ),
        (
            "unexpected token '(', function declaration",
            "Function statements require a function name",
        ),
    ];
    let text = text
        .strip_prefix("failed to parse function body: ")
        .unwrap_or(text);
    if text.ends_with(" in import.meta") && text.starts_with("expected token '.'") {
        return "Cannot use import statement outside a module".into();
    }
    if text.starts_with("unexpected '") {
        return "Invalid or unexpected token".into();
    }
    if let Some(label) = text.strip_prefix("duplicate label: ") {
        return format!("Label '{label}' has already been declared");
    }
    if let Some((_, better)) = EXACT.iter().find(|(known, _)| *known == text) {
        return (*better).into();
    }
    if let Some(rest) = text.strip_prefix("unexpected token '")
        && let Some((token, _)) = rest.rsplit_once("', ")
    {
        return unexpected(token);
    }
    if text.starts_with("expected ")
        && let Some((_, rest)) = text.rsplit_once(", got '")
    {
        let token = rest.split_once("' in ").map_or(rest, |(token, _)| token);
        return unexpected(token.strip_suffix('\'').unwrap_or(token));
    }
    let mut symbols = text.chars();
    symbols
        .next()
        .map(|first| first.to_uppercase().chain(symbols).collect())
        .unwrap_or_default()
}

fn unexpected(token: &str) -> String {
    const RESERVED: &[&str] = &[
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "new",
        "null",
        "return",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
    ];
    match token.chars().next() {
        None | Some('\n') => "Unexpected end of input".into(),
        Some(first) if first.is_ascii_digit() => "Unexpected number".into(),
        Some('"' | '\'') => "Unexpected string".into(),
        Some('`') => "Unexpected template string".into(),
        Some(first) if is_name(first) && !RESERVED.contains(&token) => {
            format!("Unexpected identifier '{token}'")
        }
        Some(_) => format!("Unexpected token '{token}'"),
    }
}
