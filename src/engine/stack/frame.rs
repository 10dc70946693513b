//! One line of a stack trace: read from the engine's form, written in V8's.

use super::mark::Mark;
use crate::{node::errors, runtime::door};

/// The file in which Node runs ticks.
const TICKS_FILE: &str = "node:internal/process/task_queues";

/// A place on the stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub function: Option<String>,
    /// Called with `new`, as far as the source shows.
    pub construct: bool,
    /// A native function of the engine or the runtime.
    pub native: bool,
    /// Code of `eval` or `Function`.
    pub eval: bool,
    /// A path, `node:internal/…`, or empty.
    pub path: String,
    /// Starts at 1; 0 is unknown.
    pub line: u32,
    /// Starts at 1.
    pub column: u32,
    /// In the constructor of a class, where it calls its superclass.
    pub in_constructor: bool,
    /// Whether the file is shown as a `file:` URL.
    pub module: bool,
}

impl Frame {
    /// Reads a line of the engine's text: `    at name (path:line:column)` or `    at name (native)`.
    pub fn parse(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("    at ")?.strip_suffix(')')?;
        if let Some(name) = rest.strip_suffix(" (native") {
            // Node's is script, in a file of its own.
            let path = if name == door::TICKS { TICKS_FILE } else { "" };
            return Some(Self {
                function: name_of(name),
                native: true,
                path: path.to_owned(),
                ..Self::default()
            });
        }
        // Paths with " (" in them are more common than names of functions with it.
        let (name, place) = rest.split_once(" (")?;
        let (place, column) = place.rsplit_once(':')?;
        let (path, line) = place.rsplit_once(':')?;
        let (path, eval) = match path {
            "unknown at " | "json at " => ("", true),
            "eval at " => ("", true),
            path => (path, false),
        };
        Some(Self {
            function: if name == "<eval>" {
                Some("eval".into())
            } else {
                name_of(name)
            },
            eval,
            path: path.to_owned(),
            line: line.parse().unwrap_or(0),
            column: column.parse().unwrap_or(0),
            ..Self::default()
        })
    }

    /// Natives that make errors leave themselves out; so does the engine's mark of where it made one.
    pub fn is_hidden(&self) -> bool {
        self.native
            && self
                .function
                .as_deref()
                .is_none_or(|name| name.starts_with(errors::HIDDEN))
    }

    /// Whether it is script of the runtime's own.
    pub fn is_internal(&self) -> bool {
        self.path.starts_with("node:")
    }

    /// Whether it is the top level of a script of `vm`.
    pub fn is_script(&self) -> bool {
        self.function.is_none() && Mark::read(&self.path).is_some()
    }

    /// Takes the loader's prefix off the first line and finds out whether the file is a module.
    pub fn settle(&mut self, prefix: Option<u32>) {
        match prefix {
            Some(prefix) if self.line == 1 => {
                self.column = self.column.saturating_sub(prefix).max(1)
            }
            Some(_) => {}
            None => self.module = std::path::Path::new(&self.path).is_absolute(),
        }
    }

    /// The file as it is shown: a path, or a URL for modules.
    pub fn file(&self) -> String {
        if self.module {
            file_url(&self.path)
        } else if let Some(mark) = Mark::read(&self.path) {
            mark.name.to_owned()
        } else {
            self.path.clone()
        }
    }

    /// The line as it is shown: that of a script of `vm` may have an offset.
    pub fn shown_line(&self) -> u32 {
        match Mark::read(&self.path) {
            Some(mark) if self.line > 0 => mark.line(self.line),
            _ => self.line,
        }
    }

    /// The column as it is shown.
    pub fn shown_column(&self) -> u32 {
        match Mark::read(&self.path) {
            Some(mark) => mark.column(self.line, self.column),
            None => self.column,
        }
    }

    /// The place: `path:line:column`.
    pub fn place(&self) -> String {
        match (self.path.is_empty(), self.line) {
            (true, 0) => "<anonymous>".into(),
            (true, line) => format!("<anonymous>:{line}:{}", self.column),
            (false, 0) => self.file(),
            (false, _) => {
                let file = Some(self.file()).filter(|file| !file.is_empty());
                let file = file.as_deref().unwrap_or("<anonymous>");
                format!("{file}:{}:{}", self.shown_line(), self.shown_column())
            }
        }
    }

    /// The line without its `    at `.
    pub fn text(&self) -> String {
        let new = if self.construct { "new " } else { "" };
        match &self.function {
            Some(name) if self.native => format!("{new}{} ({})", native_name(name), self.place()),
            Some(name) => format!("{new}{name} ({})", self.place()),
            None if self.construct => format!("new <anonymous> ({})", self.place()),
            None => self.place(),
        }
    }
}

fn name_of(name: &str) -> Option<String> {
    match name {
        "" | "<main>" | "<anonymous>" => None,
        name => Some(name.to_owned()),
    }
}

/// Natives are shown with the class they belong to, where the name tells it.
fn native_name(name: &str) -> String {
    const OF_ARRAY: &[&str] = &[
        "map",
        "forEach",
        "filter",
        "reduce",
        "reduceRight",
        "some",
        "every",
        "find",
        "findIndex",
        "findLast",
        "findLastIndex",
        "flatMap",
        "sort",
        "toSorted",
    ];
    match name {
        "parse" | "stringify" => format!("JSON.{name}"),
        "replace" | "replaceAll" => format!("String.{name}"),
        "from" => "Array.from".into(),
        name if OF_ARRAY.contains(&name) => format!("Array.{name}"),
        "apply" | "construct" => format!("Reflect.{name}"),
        "Promise" => "new Promise".into(),
        door::TICKS => format!("process.{name}"),
        name => name.into(),
    }
}

/// A path as a `file:` URL.
pub fn file_url(path: &str) -> String {
    let mut url = String::from("file://");
    if !path.starts_with('/') {
        url.push('/');
    }
    for byte in path.bytes() {
        match byte {
            b'\\' if cfg!(windows) => url.push('/'),
            b'%'
            | b'\\'
            | b'?'
            | b'#'
            | b' '
            | b'"'
            | b'<'
            | b'>'
            | b'`'
            | b'^'
            | b'{'
            | b'|'
            | b'}'
            | 0..=0x1f
            | 0x7f.. => {
                url.push_str(&format!("%{byte:02X}"));
            }
            byte => url.push(char::from(byte)),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn lines_of_the_engine_become_lines_of_v8() {
        let cases = [
            ("    at <main> (/a/b.mjs:3:7)", "file:///a/b.mjs:3:7"),
            ("    at f (/a/b c.mjs:3:7)", "f (file:///a/b%20c.mjs:3:7)"),
            ("    at map (native)", "Array.map (<anonymous>)"),
            (
                "    at processTicksAndRejections (native)",
                "process.processTicksAndRejections (node:internal/process/task_queues)",
            ),
            ("    at <eval> (eval at :1:7)", "eval (<anonymous>:1:7)"),
            (
                "    at anonymous (unknown at :2:7)",
                "anonymous (<anonymous>:2:7)",
            ),
            (
                "    at emit (node:internal/events:3:7)",
                "emit (node:internal/events:3:7)",
            ),
            (
                "    at f (/a (b)/c.mjs:3:7)",
                "f (file:///a%20(b)/c.mjs:3:7)",
            ),
        ];
        for (line, expected) in cases {
            let mut frame = Frame::parse(line).expect("the line is well-formed");
            frame.settle(None);
            // `%20(`: parentheses stay as they are in URLs.
            assert_eq!(frame.text(), expected);
        }
    }

    #[test]
    fn the_prefix_counts_on_the_first_line_only() {
        for (line, column, expected) in [(1, 70, 10), (2, 70, 70)] {
            let mut frame = Frame {
                path: "/a.js".into(),
                line,
                column,
                ..Frame::default()
            };
            frame.settle(Some(60));
            assert_eq!(frame.place(), format!("/a.js:{line}:{expected}"));
        }
    }
}
