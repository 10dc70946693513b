//! The text of an `.env` file: `util.parseEnv`, `process.loadEnvFile` and `--env-file` read it alike.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue};

/// The names and values of an `.env` text, in order; a name may come more than once.
///
/// A line is `NAME=value`, with `export` in front if one likes; `#` begins a comment; a value in quotes may span
/// lines, and in double quotes `\n` is a line break.
pub fn entries(text: &str) -> Vec<(String, String)> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        rest = rest.trim_start();
        if rest.starts_with('#') {
            rest = after_line(rest);
            continue;
        }
        let Some(equals) = rest.find('=') else { break };
        // A line without `=` is not part of the next one's name.
        if let Some(end) = rest[..equals].find('\n') {
            rest = &rest[end + 1..];
            continue;
        }
        let name = rest[..equals].trim();
        let name = name.strip_prefix("export ").unwrap_or(name).trim();
        rest = &rest[equals + 1..];
        if name.is_empty() {
            rest = after_line(rest);
            continue;
        }
        let (value, after) = read_value(rest);
        found.push((name.to_owned(), value));
        rest = after;
    }
    found
}

fn after_line(text: &str) -> &str {
    text.find('\n').map_or("", |end| &text[end + 1..])
}

fn read_value(text: &str) -> (String, &str) {
    let (line, after) = text.split_once('\n').unwrap_or((text, ""));
    let trimmed = text.trim_start_matches([' ', '\t']);
    if let Some(mark @ ('"' | '\'' | '`')) = trimmed.chars().next()
        && let Some(end) = trimmed[1..].find(mark)
    {
        let inner = &trimmed[1..1 + end];
        let value = if mark == '"' {
            inner.replace("\\n", "\n")
        } else {
            inner.to_owned()
        };
        return (value, after_line(&trimmed[end + 2..]));
    }
    let value = line.split_once('#').map_or(line, |(before, _)| before);
    (value.trim().to_owned(), after)
}

/// `parseEnv(text)`: an object.
pub(super) fn parse_env(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let object = JsObject::with_object_proto(context.intrinsics());
    for (name, value) in entries(&text.to_std_string_lossy()) {
        object.create_data_property_or_throw(
            JsString::from(name),
            JsString::from(value),
            context,
        )?;
    }
    Ok(object.into())
}

#[cfg(test)]
mod tests {
    use super::entries;

    #[test]
    fn reads_what_dotenv_files_hold() {
        let text = "A=1\n# no\n B = two words # tail\nexport C='x # y'\nD=\"a\\nb\"\nE=`q\nr`\nF=\nG='open\nbad line\nH=h";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "x # y"),
            ("D", "a\nb"),
            ("E", "q\nr"),
            ("F", ""),
            ("G", "'open"),
            ("H", "h"),
        ];
        let found = entries(text);
        let found: Vec<_> = found
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(found, expected);
    }
}
