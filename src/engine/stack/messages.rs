//! The engine's messages in V8's words, where the source text around the error says enough. Done when a stack is read or
//! an error is reported; `message` alone, read before, has the engine's own text.

use boa_engine::{Context, JsObject, JsString, js_string, property::PropertyKey};

use super::{
    Frame,
    source::{Sources, Spot, is_name, name_at_end, name_at_start},
};

/// Texts that need nothing from the source.
const PLAIN: &[(&str, &str)] = &[
    (
        "can't convert symbol to string",
        "Cannot convert a Symbol value to a string",
    ),
    (
        "cannot convert Symbol to number",
        "Cannot convert a Symbol value to a number",
    ),
    (
        "cannot mix BigInt and other types, use explicit conversions",
        "Cannot mix BigInt and other types, use explicit conversions",
    ),
    ("invalid array length", "Invalid array length"),
    (
        "Array.prototype.reduce: called on an empty array and with no initial value",
        "Reduce of empty array with no initial value",
    ),
    ("invalid escape character found", "URI malformed"),
    (
        "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
        "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
    ),
];

/// Sets the message of an error that the engine made to V8's, and the place of its first frame to where the
/// expression is that failed.
pub fn improve(error: &JsObject, frames: &mut [Frame], sources: &Sources, context: &mut Context) {
    let Some(message) = own_message(error) else {
        return;
    };
    if let Some(better) = better(&message, frames, sources) {
        let _ = context;
        set_message(error, &better);
    }
}

fn own_message(error: &JsObject) -> Option<String> {
    let found = error
        .borrow()
        .properties()
        .get(&PropertyKey::from(js_string!("message")))?;
    Some(found.value()?.as_string()?.to_std_string_lossy())
}

fn set_message(error: &JsObject, message: &str) {
    error.insert_property(
        js_string!("message"),
        super::visible(JsString::from(message).into()),
    );
}

fn better(message: &str, frames: &mut [Frame], sources: &Sources) -> Option<String> {
    if let Some((_, better)) = PLAIN.iter().find(|(known, _)| *known == message) {
        return Some((*better).into());
    }
    if message.starts_with("cannot mutate an immutable binding '") {
        return Some("Assignment to constant variable.".into());
    }
    if let Some(rest) = message.strip_prefix("cannot assign to uninitialized global property `") {
        return Some(format!("{} is not defined", rest.trim_end_matches('`')));
    }
    if let Some(key) = message.strip_prefix("cannot set non-writable property: ") {
        return Some(format!(
            "Cannot assign to read only property '{key}' of object"
        ));
    }
    if message.starts_with("right-hand side of 'instanceof' should be an object") {
        return Some("Right-hand side of 'instanceof' is not an object".into());
    }
    if is_of_parser(message) {
        return Some(syntax(message).0);
    }
    let frame = frames
        .first_mut()
        .filter(|frame| !frame.native && !frame.is_internal() && frame.line > 0)?;
    let text = sources.text(&frame.path)?;
    let spot = Spot::at(&text, frame.line, frame.column)?;
    if let Some(name) = message.strip_suffix(" is not defined") {
        if name_at_start(spot.after()) != name
            && let Some(found) = find_name(&spot, name)
        {
            (frame.line, frame.column) = found.place();
        }
        return None;
    }
    match message {
        "not a callable function" => Some(format!("{} is not a function", called(&spot)?)),
        "not a constructor" => {
            let rest = spot.after().strip_prefix("new")?.trim_start();
            let end = rest
                .find(|symbol: char| !is_name(symbol) && symbol != '.')
                .unwrap_or(rest.len());
            (end > 0).then(|| format!("{} is not a constructor", &rest[..end]))
        }
        "class constructor cannot be invoked without 'new'" => Some(format!(
            "Class constructor {} cannot be invoked without 'new'",
            called(&spot)?
        )),
        "cannot convert 'null' or 'undefined' to object" => nullish(spot, frame),
        _ => None,
    }
}

/// Whether a message is one that the parser makes.
fn is_of_parser(message: &str) -> bool {
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

/// The callee at a position that was mended to the last name of it.
fn called(spot: &Spot<'_>) -> Option<String> {
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
fn chain(before: &str) -> Option<String> {
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

/// A property of nothing: whether it was `null` or `undefined` only a literal can say.
fn nullish(spot: Spot<'_>, frame: &mut Frame) -> Option<String> {
    let before = spot.before().trim_end();
    if let Some(object) = before.strip_suffix('.') {
        let name = name_at_start(spot.after());
        return Some(reading(object, name));
    }
    if let Some(object) = before.strip_suffix('[') {
        let key = spot.after();
        let quote = key
            .chars()
            .next()
            .filter(|first| matches!(first, '\'' | '"'));
        let name = match quote {
            Some(quote) => key[1..].split(quote).next().unwrap_or_default(),
            None => {
                let name = name_at_start(key);
                if name.starts_with(|first: char| first.is_ascii_digit()) {
                    name
                } else {
                    ""
                }
            }
        };
        return Some(reading(object, name));
    }
    if let Some(name) = assigned(spot.after()) {
        return Some(format!(
            "Cannot set properties of undefined or null (setting '{name}')"
        ));
    }
    // A method that is called has no place of its own: it is the next one after the last place that has.
    let found = find_method(&spot)?;
    let name = name_at_start(found.after());
    let object = found
        .before()
        .trim_end()
        .strip_suffix('.')
        .unwrap_or_default();
    (frame.line, frame.column) = found.place();
    Some(reading(object, name))
}

fn reading(object: &str, name: &str) -> String {
    let value = match chain(object).as_deref() {
        Some("null") => "null",
        Some("undefined") => "undefined",
        _ => "undefined or null",
    };
    match name {
        "" => format!("Cannot read properties of {value}"),
        name => format!("Cannot read properties of {value} (reading '{name}')"),
    }
}

/// The last name of a member expression that something is assigned to.
fn assigned(text: &str) -> Option<&str> {
    let end = text
        .find(|symbol: char| !is_name(symbol) && symbol != '.')
        .unwrap_or(text.len());
    let (target, rest) = text.split_at(end);
    let (_, name) = target.rsplit_once('.')?;
    let rest = rest.trim_start();
    (rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>")).then_some(name)
}

/// How far after the last known place an expression is looked for.
const NEAR: usize = 2000;

/// The next use of a name outside strings and comments.
fn find_name<'a>(spot: &Spot<'a>, wanted: &str) -> Option<Spot<'a>> {
    names(spot)
        .find(|(found, name)| *name == wanted && !found.before().trim_end().ends_with('.'))
        .map(|(found, _)| found)
}

/// The next method call, before any other function begins.
fn find_method<'a>(spot: &Spot<'a>) -> Option<Spot<'a>> {
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

#[cfg(test)]
mod tests {
    use super::{Frame, Sources, better};

    #[test]
    fn syntax_errors_speak_as_v8s() {
        let cases = [
            (
                "unexpected token ';', primary expression at line 2, col 9",
                "Unexpected token ';'",
                Some((2, 9)),
            ),
            (
                "expected token ';', got 'b' in variable statement at line 2, col 7",
                "Unexpected identifier 'b'",
                Some((2, 7)),
            ),
            (
                "expected one of ',' or ')', got '1' in x at line 1, col 2",
                "Unexpected number",
                Some((1, 2)),
            ),
            ("abrupt end", "Unexpected end of input", None),
            (
                "failed to parse function body: abrupt end",
                "Unexpected end of input",
                None,
            ),
            (
                "a class may only have one constructor at line 2, col 27",
                "A class may only have one constructor",
                Some((2, 27)),
            ),
        ];
        for (message, expected, place) in cases {
            assert_eq!(super::syntax(message), (expected.to_owned(), place));
        }
    }

    #[test]
    fn messages_say_what_the_source_shows() {
        let undefined = "cannot convert 'null' or 'undefined' to object";
        // Source, column the engine gives (mended), message, what V8 says.
        let cases = [
            (
                "u.x;",
                3,
                undefined,
                "Cannot read properties of undefined or null (reading 'x')",
            ),
            (
                "undefined.foo",
                11,
                undefined,
                "Cannot read properties of undefined (reading 'foo')",
            ),
            (
                "null['foo']",
                6,
                undefined,
                "Cannot read properties of null (reading 'foo')",
            ),
            (
                "u.x = 1",
                1,
                undefined,
                "Cannot set properties of undefined or null (setting 'x')",
            ),
            (
                "{ const y = 1; o.a.baz(); }",
                1,
                undefined,
                "Cannot read properties of undefined or null (reading 'baz')",
            ),
            (
                "foo()",
                1,
                "not a callable function",
                "foo is not a function",
            ),
            (
                "a.b.c()",
                5,
                "not a callable function",
                "a.b.c is not a function",
            ),
            (
                "a[0]()",
                5,
                "not a callable function",
                "a[0] is not a function",
            ),
            (
                "a.q(1)(2)",
                7,
                "not a callable function",
                "a.q(...) is not a function",
            ),
            (
                "f(x).y()",
                6,
                "not a callable function",
                "f(...).y is not a function",
            ),
            (
                "new a.B()",
                1,
                "not a constructor",
                "a.B is not a constructor",
            ),
            (
                "A()",
                1,
                "class constructor cannot be invoked without 'new'",
                "Class constructor A cannot be invoked without 'new'",
            ),
        ];
        for (source, column, message, expected) in cases {
            let sources = Sources::default();
            sources.insert("/x.js", source);
            let mut frames = [Frame {
                path: "/x.js".into(),
                line: 1,
                column,
                ..Frame::default()
            }];
            assert_eq!(
                better(message, &mut frames, &sources).as_deref(),
                Some(expected),
                "{source}"
            );
        }
    }
}
