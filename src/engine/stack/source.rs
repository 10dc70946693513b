//! A look at the source text around a position: what the engine doesn't note (the start of a called name, `new`, the
//! name of a method) is read from there, when a stack is read and not before.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use super::{Frame, mark::Mark};

/// Larger files aren't looked at.
const LARGEST_FILE: u64 = 8 << 20;
const KEPT_FILES: usize = 8;
/// How many texts of scripts of `vm` are kept.
const KEPT_SCRIPTS: usize = 64;
/// Longer ones aren't.
const LONGEST_SCRIPT: usize = 256 << 10;

/// The texts of the files that were looked at last, and of sources that are in no file.
#[derive(Default)]
pub struct Sources {
    files: RefCell<VecDeque<(String, Option<Rc<str>>)>>,
    given: RefCell<Vec<(String, Rc<str>)>>,
    /// Scripts of `vm`, by their numbers: the last that were compiled.
    scripts: RefCell<VecDeque<(u32, Rc<str>)>>,
}

impl Sources {
    /// Gives the text of a source that no file holds.
    pub fn insert(&self, path: &str, text: &str) {
        let mut given = self.given.borrow_mut();
        given.retain(|(known, _)| known != path);
        given.push((path.to_owned(), text.into()));
    }

    /// Gives the text of a script of `vm`, as the engine reads it.
    pub fn insert_script(&self, id: u32, text: &str) {
        if text.len() > LONGEST_SCRIPT {
            return;
        }
        let mut scripts = self.scripts.borrow_mut();
        scripts.retain(|(known, _)| *known != id);
        if scripts.len() == KEPT_SCRIPTS {
            scripts.pop_front();
        }
        scripts.push_back((id, text.into()));
    }

    /// The text of a source.
    pub fn text(&self, path: &str) -> Option<Rc<str>> {
        if let Some(mark) = Mark::read(path) {
            let scripts = self.scripts.borrow();
            let found = scripts.iter().find(|(known, _)| *known == mark.id);
            return found.map(|(_, text)| text.clone());
        }
        if let Some((_, text)) = self.given.borrow().iter().find(|(known, _)| known == path) {
            return Some(text.clone());
        }
        let mut files = self.files.borrow_mut();
        if let Some((_, text)) = files.iter().find(|(known, _)| known == path) {
            return text.clone();
        }
        let text = read(path);
        if files.len() == KEPT_FILES {
            files.pop_front();
        }
        files.push_back((path.to_owned(), text.clone()));
        text
    }

    /// One line of a source, counted from 1.
    pub fn line(&self, path: &str, line: u32) -> Option<String> {
        let text = self.text(path)?;
        text.lines()
            .nth(line.checked_sub(1)? as usize)
            .map(str::to_owned)
    }
}

fn read(path: &str) -> Option<Rc<str>> {
    let path = &crate::modules::path_of_frame(path);
    let size = std::fs::metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file)?
        .len();
    if size > LARGEST_FILE {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into())
}

/// A position in a text.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Spot<'a> {
    /// The position of a line and a column, both counted from 1.
    pub fn at(text: &'a str, line: u32, column: u32) -> Option<Self> {
        let mut start = 0;
        for _ in 1..line {
            start += text[start..].find('\n')? + 1;
        }
        let rest = &text[start..];
        let column = column.checked_sub(1)? as usize;
        let within = rest
            .char_indices()
            .nth(column)
            .map_or(rest.len(), |(offset, _)| offset);
        Some(Self {
            text,
            offset: start + within,
        })
    }

    pub fn after(&self) -> &'a str {
        &self.text[self.offset..]
    }

    pub fn before(&self) -> &'a str {
        &self.text[..self.offset]
    }

    /// The position after so many bytes.
    pub fn moved(&self, bytes: usize) -> Self {
        Self {
            text: self.text,
            offset: (self.offset + bytes).min(self.text.len()),
        }
    }

    /// The position before so many bytes.
    pub fn moved_back(&self, bytes: usize) -> Self {
        Self {
            text: self.text,
            offset: self.offset.saturating_sub(bytes),
        }
    }

    /// Line and column, both counted from 1.
    pub fn place(&self) -> (u32, u32) {
        let before = self.before();
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        (line as u32, column as u32)
    }
}

/// Whether a character can be part of a name.
pub fn is_name(symbol: char) -> bool {
    symbol.is_alphanumeric() || matches!(symbol, '_' | '$' | '#')
}

/// The name that a text ends with, if any.
pub fn name_at_end(text: &str) -> &str {
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, symbol)| is_name(*symbol))
        .last()
        .map_or(text.len(), |(offset, _)| offset);
    &text[start..]
}

/// The name that a text starts with, if any.
pub fn name_at_start(text: &str) -> &str {
    let end = text.find(|symbol| !is_name(symbol)).unwrap_or(text.len());
    &text[..end]
}

/// Improves frames by what the source says: columns of calls, `new`, names of methods.
pub fn mend(frames: &mut [Frame], sources: &Sources) {
    for index in 0..frames.len() {
        let frame = &frames[index];
        if frame.native || frame.line == 0 || frame.path.is_empty() || frame.is_internal() {
            continue;
        }
        let Some(text) = sources.text(&frame.path) else {
            continue;
        };
        let Some(spot) = Spot::at(&text, frame.line, frame.column) else {
            continue;
        };
        let mut constructs = spot
            .after()
            .strip_prefix("new")
            .is_some_and(|rest| rest.starts_with(char::is_whitespace));
        // The engine gives the call of a superclass the place of the constructor.
        let in_constructor = name_at_start(spot.after()) == "constructor";
        let mut method = None;
        if spot.after().starts_with('(') {
            let before = spot.before().trim_end().trim_end_matches("?.");
            let name = name_at_end(before);
            if !name.is_empty() {
                let start = Spot {
                    text: &text,
                    offset: before.len() - name.len(),
                };
                let (line, column) = start.place();
                frames[index].line = line;
                frames[index].column = column;
                constructs = name == "super";
                frames[index].in_constructor = constructs;
                method = start
                    .before()
                    .trim_end()
                    .ends_with('.')
                    .then(|| name.to_owned());
            }
        }
        frames[index].in_constructor |= in_constructor;
        let Some(callee) = index.checked_sub(1).map(|callee| &mut frames[callee]) else {
            continue;
        };
        callee.construct |= constructs;
        if !callee.native && !callee.eval && callee.function.is_none() && !constructs {
            callee.function = method.filter(|name| !matches!(name.as_str(), "call" | "apply"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Sources, Spot, mend};

    #[test]
    fn the_source_tells_columns_names_and_new() {
        let sources = Sources::default();
        sources.insert("/x.js", "a.method (1);\nnew Thing(2);\nplain\n  (3);\n");
        let at = |line, column| Frame {
            path: "/x.js".into(),
            line,
            column,
            ..Frame::default()
        };
        let mut frames = vec![
            at(0, 0),
            at(1, 10),
            Frame {
                function: Some("Thing".into()),
                ..at(0, 0)
            },
            at(2, 1),
            at(4, 3),
        ];
        mend(&mut frames, &sources);
        assert_eq!(frames[0].function.as_deref(), Some("method"));
        assert_eq!((frames[1].line, frames[1].column), (1, 3));
        assert!(frames[2].construct);
        assert_eq!((frames[4].line, frames[4].column), (3, 1));
    }

    #[test]
    fn columns_count_characters() {
        let spot = Spot::at("é\nü x", 2, 3).expect("the place exists");
        assert_eq!(spot.after(), "x");
        assert_eq!(spot.place(), (2, 3));
    }
}
