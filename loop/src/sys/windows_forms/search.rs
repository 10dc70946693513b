//! Which files a program's name may stand for, in the order in which they are tried: libuv's rules, which are those of
//! the command prompt but for its scripts.
//!
//! A name with a folder in it is looked for there. Any other is looked for in the working directory of the child and then in each
//! folder of its `PATH`. Each time as it is, if it has an extension, then with `.com`, then with `.exe`.

use super::unit;

const SLASH: u16 = unit('/');
const BACKSLASH: u16 = unit('\\');
const COLON: u16 = unit(':');
const DOT: u16 = unit('.');
const SEMICOLON: u16 = unit(';');
const QUOTES: [u16; 2] = [unit('"'), unit('\'')];

/// The paths to try. `cwd` is the working directory of the child, `path` its `PATH`; `here` says whether a bare name is also looked for
/// in the working directory.
pub(in crate::sys) fn candidates(
    program: &[u16],
    cwd: &[u16],
    path: &[u16],
    here: bool,
) -> Vec<Vec<u16>> {
    if program.is_empty() || program == [DOT] {
        return Vec::new();
    }
    let split = program
        .iter()
        .rposition(|&unit| is_separator(unit) || unit == COLON)
        .map_or(0, |at| at + 1);
    let (folder, name) = program.split_at(split);
    let mut found = Vec::new();
    if !folder.is_empty() {
        add(folder, name, cwd, &mut found);
        return found;
    }
    if here {
        add(&[], name, cwd, &mut found);
    }
    for folder in folders(path) {
        add(folder, name, cwd, &mut found);
    }
    found
}

fn is_separator(unit: u16) -> bool {
    unit == SLASH || unit == BACKSLASH
}

fn add(folder: &[u16], name: &[u16], cwd: &[u16], found: &mut Vec<Vec<u16>>) {
    let (base, folder) = resolve(folder, cwd);
    let mut whole = base.to_vec();
    for part in [folder, name] {
        if let Some(&last) = whole.last()
            && !(is_separator(last) || last == COLON)
            && !part.is_empty()
            && !is_separator(part[0])
        {
            whole.push(BACKSLASH);
        }
        whole.extend_from_slice(part);
    }
    let dot = name.iter().position(|&unit| unit == DOT);
    if dot.is_some_and(|at| at + 1 < name.len()) {
        found.push(whole.clone());
    }
    for extension in ["com", "exe"] {
        let mut longer = whole.clone();
        if longer.last() != Some(&DOT) {
            longer.push(DOT);
        }
        longer.extend(extension.encode_utf16());
        found.push(longer);
    }
}

/// What has to stand before a folder to make it absolute, and what is left of the folder.
fn resolve<'a>(folder: &'a [u16], cwd: &'a [u16]) -> (&'a [u16], &'a [u16]) {
    match folder {
        // \\server\share
        [one, two, _, ..] if is_separator(*one) && is_separator(*two) => (&[], folder),
        // \folder, on the drive of the working directory
        [one, ..] if is_separator(*one) => match cwd {
            [_, COLON, ..] => (&cwd[..2], folder),
            _ => (&[], folder),
        },
        // C:\folder
        [_, COLON, three, ..] if is_separator(*three) => (&[], folder),
        // C:folder, which the working directory says more of if it is on that drive
        [drive, COLON, rest @ ..] => match cwd {
            [other, COLON, ..] if same_letter(*drive, *other) => (cwd, rest),
            _ => (&[], folder),
        },
        _ => (cwd, folder),
    }
}

fn same_letter(one: u16, other: u16) -> bool {
    let lower = |unit: u16| u8::try_from(unit).map(|byte| byte.to_ascii_lowercase());
    matches!((lower(one), lower(other)), (Ok(one), Ok(other)) if one == other)
}

/// The folders of a `PATH`. One in quotes may have semicolons in it.
fn folders(path: &[u16]) -> Vec<&[u16]> {
    let mut folders = Vec::new();
    let mut rest = path;
    while let Some(&first) = rest.first() {
        let quoted = match QUOTES.contains(&first) {
            true => rest[1..]
                .iter()
                .position(|&unit| unit == first)
                .map_or(rest.len(), |at| at + 1),
            false => 0,
        };
        let end = rest[quoted..]
            .iter()
            .position(|&unit| unit == SEMICOLON)
            .map_or(rest.len(), |at| quoted + at);
        let folder = strip_quotes(&rest[..end]);
        if !folder.is_empty() {
            folders.push(folder);
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    folders
}

fn strip_quotes(folder: &[u16]) -> &[u16] {
    let folder = match folder {
        [first, rest @ ..] if QUOTES.contains(first) => rest,
        _ => folder,
    };
    match folder {
        [rest @ .., last] if QUOTES.contains(last) => rest,
        _ => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{narrow, wide};
    use super::*;

    const CWD: &str = r"C:\work";

    fn candidates_of(program: &str, path: &str, here: bool) -> Vec<String> {
        candidates(&wide(program), &wide(CWD), &wide(path), here)
            .iter()
            .map(|path| narrow(path))
            .collect()
    }

    #[test]
    fn a_name_is_looked_for_here_and_in_the_path() {
        assert_eq!(
            candidates_of("tool", r"C:\bin;;D:\more\", true),
            [
                r"C:\work\tool.com",
                r"C:\work\tool.exe",
                r"C:\bin\tool.com",
                r"C:\bin\tool.exe",
                r"D:\more\tool.com",
                r"D:\more\tool.exe",
            ]
        );
        assert_eq!(
            candidates_of("tool.exe", r"C:\bin", false),
            [
                r"C:\bin\tool.exe",
                r"C:\bin\tool.exe.com",
                r"C:\bin\tool.exe.exe"
            ]
        );
        assert_eq!(
            candidates_of("tool.", r"C:\bin", false),
            [r"C:\bin\tool.com", r"C:\bin\tool.exe"]
        );
    }

    #[test]
    fn a_name_with_a_folder_is_looked_for_there_alone() {
        for (program, first) in [
            (r"sub\tool", r"C:\work\sub\tool.com"),
            (r"sub/tool", r"C:\work\sub/tool.com"),
            (r"..\tool", r"C:\work\..\tool.com"),
            (r".\tool", r"C:\work\.\tool.com"),
            (r"\sub\tool", r"C:\sub\tool.com"),
            (r"D:\sub\tool", r"D:\sub\tool.com"),
            (r"D:/sub/tool", r"D:/sub/tool.com"),
            (r"c:sub\tool", r"C:\work\sub\tool.com"),
            (r"c:tool", r"C:\work\tool.com"),
            (r"D:sub\tool", r"D:sub\tool.com"),
            (r"D:tool", r"D:tool.com"),
            (r"\\server\share\tool", r"\\server\share\tool.com"),
        ] {
            let found = candidates_of(program, r"C:\bin", true);
            assert_eq!(found.len(), 2, "{program}");
            assert_eq!(found[0], first, "{program}");
        }
    }

    #[test]
    fn folders_of_the_path_may_be_quoted_or_relative() {
        for (path, folder) in [
            (r#""C:\a;b""#, r"C:\a;b"),
            (r"'C:\a b'", r"C:\a b"),
            (r#""C:\open"#, r"C:\open"),
            ("bin", r"C:\work\bin"),
            (r"\bin", r"C:\bin"),
        ] {
            let found = candidates_of("tool", path, false);
            assert_eq!(found[1], format!(r"{folder}\tool.exe"), "{path}");
            assert_eq!(found.len(), 2, "{path}");
        }
        assert!(candidates_of("tool", "", false).is_empty());
        assert!(candidates_of("tool", "\"\";;", false).is_empty());
    }

    #[test]
    fn nothing_stands_for_no_name() {
        assert!(candidates_of("", r"C:\bin", true).is_empty());
        assert!(candidates_of(".", r"C:\bin", true).is_empty());
    }
}
