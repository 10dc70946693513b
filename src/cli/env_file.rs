//! The format of `--env-file`, `process.loadEnvFile` and `util.parseEnv`.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/environment_variables.html#env-files>

/// Reads the variables of a file's text, in order; a name may come more than once.
pub fn parse(text: &str) -> Vec<(String, String)> {
    let text = text.replace("\r\n", "\n");
    let mut variables = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        rest = rest.trim_start();
        if rest.starts_with('#') {
            rest = after_line(rest);
            continue;
        }
        let line_end = rest.find('\n').unwrap_or(rest.len());
        let Some(equals) = rest[..line_end].find('=') else {
            rest = after_line(rest);
            continue;
        };
        let name = rest[..equals].trim();
        let name = name.strip_prefix("export ").map_or(name, str::trim_start);
        let (value, after) = value_of(&rest[equals + 1..]);
        if !name.is_empty() {
            variables.push((name.to_owned(), value));
        }
        rest = after;
    }
    variables
}

fn after_line(text: &str) -> &str {
    text.find('\n').map_or("", |end| &text[end + 1..])
}

/// The value that begins here, and what follows its line.
fn value_of(text: &str) -> (String, &str) {
    let trimmed = text.trim_start_matches([' ', '\t']);
    if let Some(quote) = trimmed
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\'' | '`'))
        && let Some(end) = trimmed[1..].find(quote)
    {
        let value = &trimmed[1..=end];
        let value = if quote == '"' {
            value.replace("\\n", "\n")
        } else {
            value.to_owned()
        };
        return (value, after_line(&trimmed[end + 2..]));
    }
    let line_end = trimmed.find('\n').unwrap_or(trimmed.len());
    let line = &trimmed[..line_end];
    let value = line.find('#').map_or(line, |comment| &line[..comment]);
    (value.trim().to_owned(), after_line(trimmed))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn values_as_node_reads_them() {
        let cases = [
            (
                "A=1\nB = two words  \n",
                vec![("A", "1"), ("B", "two words")],
            ),
            ("# comment\nA=x # rest\n", vec![("A", "x")]),
            (
                "A=\"x # y\"\nB='a\nb'\nC=`q\"`",
                vec![("A", "x # y"), ("B", "a\nb"), ("C", "q\"")],
            ),
            (
                "A=\"x\\ny\"\nB='x\\ny'",
                vec![("A", "x\ny"), ("B", "x\\ny")],
            ),
            ("export A=1\nnothing\nB=\n", vec![("A", "1"), ("B", "")]),
            ("A=\"open\n", vec![("A", "\"open")]),
            ("A=1\r\nB=2\r\n", vec![("A", "1"), ("B", "2")]),
        ];
        for (text, expected) in cases {
            let found = parse(text);
            let found: Vec<_> = found
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
