//! The path that the engine is given for a script of `vm`: it carries what such a script was compiled with (its number, its
//! offsets, who serves its `import()`), because a path is all that the engine keeps and shows in its stacks.
//!
//! `node/vm` makes marks; the frames of a stack, the look-up of sources and the module loader read them.

const PREFIX: &str = "vm\u{1}";
const SEPARATOR: char = '\u{1}';

/// Who serves `import()` in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imports {
    /// Nobody was named.
    Missing,
    /// A function of the program's, which takes a flag to be called.
    Callback,
    /// The loader of the main program.
    Default,
}

/// What a path says about its script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark<'a> {
    /// Tells scripts of one name apart.
    pub id: u32,
    /// The line of the text that the engine reads that is the first of the program's text.
    pub first_line: u32,
    /// Added to lines.
    pub line_offset: i32,
    /// Added to the columns of the first line.
    pub column_offset: i32,
    /// Who serves `import()`.
    pub imports: Imports,
    /// The file name as it is shown.
    pub name: &'a str,
}

impl<'a> Mark<'a> {
    /// Reads a path; `None` for one that has no mark.
    pub fn read(path: &'a str) -> Option<Self> {
        let mut parts = path.strip_prefix(PREFIX)?.splitn(6, SEPARATOR);
        let mut next = || parts.next();
        Some(Self {
            id: next()?.parse().ok()?,
            first_line: next()?.parse().ok()?,
            line_offset: next()?.parse().ok()?,
            column_offset: next()?.parse().ok()?,
            imports: match next()? {
                "default" => Imports::Default,
                "callback" => Imports::Callback,
                _ => Imports::Missing,
            },
            name: next()?,
        })
    }

    /// The path to give to the engine.
    pub fn path(&self) -> String {
        let imports = match self.imports {
            Imports::Missing => "none",
            Imports::Callback => "callback",
            Imports::Default => "default",
        };
        let Self {
            id,
            first_line,
            line_offset,
            column_offset,
            ..
        } = self;
        let parts = [
            id.to_string(),
            first_line.to_string(),
            line_offset.to_string(),
            column_offset.to_string(),
            imports.to_owned(),
            // A stack is read line by line.
            self.name.replace(['\n', '\r'], " "),
        ];
        format!("{PREFIX}{}", parts.join(&SEPARATOR.to_string()))
    }

    /// The line to show for one of the engine's.
    pub fn line(&self, line: u32) -> u32 {
        let own = line.saturating_sub(self.first_line - 1).max(1);
        own.saturating_add_signed(self.line_offset)
    }

    /// The column to show.
    pub fn column(&self, line: u32, column: u32) -> u32 {
        match line == self.first_line {
            true => column.saturating_add_signed(self.column_offset),
            false => column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Imports, Mark};

    #[test]
    fn a_path_says_what_its_mark_said() {
        for (imports, name) in [
            (Imports::Missing, "/a/b c.js"),
            (Imports::Callback, ""),
            (Imports::Default, "x\u{1}y:3"),
        ] {
            let mark = Mark {
                id: 7,
                first_line: 2,
                line_offset: -3,
                column_offset: 4,
                imports,
                name,
            };
            let path = mark.path();
            assert_eq!(Mark::read(&path), Some(mark));
        }
        assert_eq!(Mark::read("/vm.js"), None);
    }

    #[test]
    fn offsets_count_from_the_programs_first_line() {
        let path = Mark {
            id: 1,
            first_line: 2,
            line_offset: 10,
            column_offset: 5,
            imports: Imports::Missing,
            name: "f",
        }
        .path();
        let mark = Mark::read(&path).expect("the path is marked");
        assert_eq!((mark.line(2), mark.column(2, 3)), (11, 8));
        assert_eq!((mark.line(3), mark.column(3, 3)), (12, 3));
    }
}
