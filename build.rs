//! Collects the script halves of the builtin modules into one table, stripped of comments and indentation.
//!
//! Every `.js` file below `src/engine`, `src/node` and `src/web` becomes an entry `(id, source)`. Lines keep their numbers, so that
//! positions in stack traces of internal script still point at the file. And asks the linker for relocations in the packed
//! form, where the system's C library reads it.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if reads_packed_relocations() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut sources = Vec::new();
    for folder in ["src/engine", "src/node", "src/web"] {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root.join(folder), &root.join(folder), &mut sources)?;
    }
    sources.sort();
    let mut table = fs::File::create(out.join("internal_sources.rs"))?;
    writeln!(table, "&[")?;
    for (id, path) in &sources {
        let stripped = inline_flags(&strip(&fs::read_to_string(path)?));
        let file = path
            .strip_prefix(&root)
            .unwrap_or(path)
            .display()
            .to_string()
            .replace('\\', "/");
        writeln!(
            table,
            "InternalSource {{ id: {id:?}, file: {file:?}, text: {stripped:?} }},"
        )?;
    }
    writeln!(table, "]")
}

/// Whether glibc is 2.36 or newer, the first to read relative relocations as a bitmap (`DT_RELR`). A list of them is 3.5 MB
/// of the program, all of which the dynamic linker reads at start and which stays resident; the bitmap is 37 KB.
fn reads_packed_relocations() -> bool {
    let of = |name: &str| env::var(name).unwrap_or_default();
    if of("CARGO_CFG_TARGET_OS") != "linux"
        || of("CARGO_CFG_TARGET_ENV") != "gnu"
        || of("HOST") != of("TARGET")
    {
        return false;
    }
    // "glibc 2.36", of the machine that builds: what it builds runs on no older one anyway.
    let Ok(said) = Command::new("getconf").arg("GNU_LIBC_VERSION").output() else {
        return false;
    };
    let said = String::from_utf8_lossy(&said.stdout);
    let mut numbers = said.split([' ', '.', '\n']).skip(1).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (2, 36),
        _ => false,
    }
}

fn collect(base: &Path, folder: &Path, into: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(base, &path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "js") {
            into.push((id_of(base, &path), path));
        }
    }
    Ok(())
}

/// `fs/fs.js` is `fs`, `fs/promises.js` is `fs/promises`.
fn id_of(base: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(base).unwrap_or(path).with_extension("");
    let mut parts: Vec<String> = relative
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if let [.., folder, file] = parts.as_slice()
        && folder == file
    {
        parts.pop();
    }
    parts.join("/")
}

/// Puts the values of flags in the place of their names, and of several joined by `|` in parentheses their sum: the
/// engine looks a constant of an outer function up each time. A flag is a line `const NAME = 1 << 3;`.
fn inline_flags(source: &str) -> String {
    let flags: Vec<(&str, u32)> = source.lines().filter_map(flag).collect();
    if flags.is_empty() {
        return source.to_owned();
    }
    let mut lines: Vec<String> = Vec::new();
    for line in source.split('\n') {
        lines.push(if flag(line).is_some() {
            String::new()
        } else {
            join_flags(&replace_names(line, &flags))
        });
    }
    lines.join("\n")
}

fn flag(line: &str) -> Option<(&str, u32)> {
    let (name, bit) = line.strip_prefix("const ")?.split_once(" = 1 << ")?;
    let bit: u32 = bit.strip_suffix(';')?.trim_end().parse().ok()?;
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    plain.then_some((name, 1 << bit))
}

fn replace_names(line: &str, flags: &[(&str, u32)]) -> String {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_$".contains(&byte);
    let bytes = line.as_bytes();
    let mut out = String::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = at
            + bytes[at..]
                .iter()
                .take_while(|byte| in_name(**byte))
                .count();
        if end == at {
            let length = line[at..].chars().next().map_or(1, char::len_utf8);
            out.push_str(&line[at..at + length]);
            at += length;
            continue;
        }
        let word = &line[at..end];
        let own = at == 0 || !b".'".contains(&bytes[at - 1]);
        match flags.iter().find(|(name, _)| own && *name == word) {
            Some((_, value)) => out.push_str(&value.to_string()),
            None => out.push_str(word),
        }
        at = end;
    }
    out
}

fn join_flags(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(open) = rest.find('(') {
        let inside = &rest[open + 1..];
        let close = inside.find([')', '(']).unwrap_or(inside.len());
        let values: Option<Vec<u32>> = inside[..close]
            .split(" | ")
            .map(|part| part.parse().ok())
            .collect();
        match values {
            Some(values) if values.len() > 1 && inside[close..].starts_with(')') => {
                out.push_str(&rest[..open]);
                out.push_str(&values.iter().fold(0, |sum, value| sum | value).to_string());
                rest = &inside[close + 1..];
            }
            _ => {
                out.push_str(&rest[..=open]);
                rest = inside;
            }
        }
    }
    out + rest
}

/// Removes comments and leading white space; keeps every line break.
fn strip(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    // The braces open at each template literal that we are inside an expression of.
    let mut templates: Vec<u32> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = find(bytes, at, b"\n");
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = find(bytes, at + 2, b"*/") + 2;
                out.extend(
                    bytes[at..end.min(bytes.len())]
                        .iter()
                        .filter(|byte| **byte == b'\n'),
                );
                if !out.last().is_some_and(u8::is_ascii_whitespace) {
                    out.push(b' ');
                }
                at = end;
            }
            b'/' if regex_may_start(&out) => at = copy_regex(bytes, at, &mut out),
            quote @ (b'"' | b'\'') => at = copy_string(bytes, at, quote, &mut out),
            b'`' => {
                out.push(b'`');
                at = copy_template(bytes, at + 1, &mut out, &mut templates);
            }
            b'}' if templates.last() == Some(&0) => {
                templates.pop();
                out.push(b'}');
                at = copy_template(bytes, at + 1, &mut out, &mut templates);
            }
            byte => {
                match (byte, templates.last_mut()) {
                    (b'{', Some(depth)) => *depth += 1,
                    (b'}', Some(depth)) => *depth -= 1,
                    _ => {}
                }
                let indentation = matches!(byte, b' ' | b'\t')
                    && out
                        .last()
                        .is_none_or(|last| *last == b'\n' || *last == b' ');
                if byte == b'\n' {
                    while out.last() == Some(&b' ') {
                        out.pop();
                    }
                }
                if !indentation {
                    out.push(byte);
                }
                at += 1;
            }
        }
    }
    String::from_utf8(out).expect("only whole ASCII sequences are removed")
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    bytes[from..]
        .windows(what.len())
        .position(|window| window == what)
        .map_or(bytes.len(), |found| from + found)
}

/// Copies a backslash with what it escapes, if it stands here; returns where to go on.
fn copy_escape(bytes: &[u8], at: usize, out: &mut Vec<u8>) -> Option<usize> {
    let escaped = bytes.get(at + 1).filter(|_| bytes[at] == b'\\')?;
    out.extend([b'\\', *escaped]);
    Some(at + 2)
}

fn copy_string(bytes: &[u8], mut at: usize, quote: u8, out: &mut Vec<u8>) -> usize {
    out.push(bytes[at]);
    at += 1;
    while at < bytes.len() {
        if let Some(next) = copy_escape(bytes, at, out) {
            at = next;
            continue;
        }
        out.push(bytes[at]);
        match bytes[at] {
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

fn copy_template(
    bytes: &[u8],
    mut at: usize,
    out: &mut Vec<u8>,
    templates: &mut Vec<u32>,
) -> usize {
    while at < bytes.len() {
        if let Some(next) = copy_escape(bytes, at, out) {
            at = next;
            continue;
        }
        out.push(bytes[at]);
        match bytes[at] {
            b'`' => return at + 1,
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                out.push(b'{');
                templates.push(0);
                return at + 2;
            }
            _ => {}
        }
        at += 1;
    }
    at
}

fn copy_regex(bytes: &[u8], mut at: usize, out: &mut Vec<u8>) -> usize {
    let mut class = false;
    out.push(bytes[at]);
    at += 1;
    while at < bytes.len() {
        if let Some(next) = copy_escape(bytes, at, out) {
            at = next;
            continue;
        }
        out.push(bytes[at]);
        match bytes[at] {
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Whether a slash after this text opens a regular expression (and doesn't divide).
fn regex_may_start(before: &[u8]) -> bool {
    let text = before.trim_ascii_end();
    let Some(last) = text.last() else { return true };
    if last.is_ascii_alphanumeric() || matches!(last, b'_' | b'$') {
        let start = text
            .iter()
            .rposition(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')))
            .map_or(0, |found| found + 1);
        return matches!(
            &text[start..],
            b"return" | b"typeof" | b"case" | b"in" | b"of" | b"void"
        );
    }
    !matches!(last, b')' | b']' | b'}')
}
