//! The engine's messages in V8's words, where the source text around the error says enough. Done when a stack is read or
//! an error is reported; `message` alone, read before, has the engine's own text.

use boa_engine::{Context, JsObject, JsString, js_string, property::PropertyKey};

use super::{
    Frame,
    expressions::{called, chain, find_method, find_name},
    source::{Sources, Spot, is_name, name_at_end, name_at_start},
    syntax::{is_of_parser, syntax},
};

/// Texts that need nothing from the source.
const PLAIN: &[(&str, &str)] = &[
    (
        "Proxy trap result is not configurable and target result is undefined",
        "'getOwnPropertyDescriptor' on proxy: trap reported non-configurability for a property which is either \
         non-existent or configurable in the proxy target",
    ),
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
    if let Some(key) = message.strip_prefix("cannot redefine property: ") {
        return Some(format!("Cannot redefine property: {key}"));
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
        if let Some(found) = place_of_name(&spot, name) {
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

/// Where V8 says that a name isn't defined: at the name, or at the statement that does nothing but to return or throw it.
fn place_of_name<'a>(spot: &Spot<'a>, name: &str) -> Option<Spot<'a>> {
    let found = if name_at_start(spot.after()) == name {
        *spot
    } else {
        // The engine's place may be that of a member of it.
        let object = spot.before().trim_end().trim_end_matches(['.', '?']);
        match name_at_end(object) == name {
            true => spot.moved_back(spot.before().len() + name.len() - object.len()),
            false => find_name(spot, name)?,
        }
    };
    let before = found.before().trim_end();
    let keyword = name_at_end(before);
    match keyword {
        "return" | "throw" => {
            Some(found.moved_back(found.before().len() + keyword.len() - before.len()))
        }
        _ => Some(found),
    }
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
