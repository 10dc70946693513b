//! What the two styles of path have in common.

use std::ops::Range;

/// Path text in UTF-16 units.
pub type Text = Vec<u16>;

pub const DOT: u16 = b'.' as u16;
pub const SLASH: u16 = b'/' as u16;
pub const BACKSLASH: u16 = b'\\' as u16;
pub const COLON: u16 = b':' as u16;

/// What `path.parse` answers.
pub struct Parts {
    pub root: Text,
    pub dir: Text,
    pub base: Text,
    pub ext: Text,
    pub name: Text,
}

/// Where the last component lies, not looking before `from`; separators after it don't count.
pub fn last_component(path: &[u16], from: usize, is_separator: fn(u16) -> bool) -> Range<usize> {
    let rest = &path[from..];
    let Some(last) = rest.iter().rposition(|unit| !is_separator(*unit)) else {
        return from..from;
    };
    let start = rest[..last]
        .iter()
        .rposition(|unit| is_separator(*unit))
        .map_or(0, |at| at + 1);
    from + start..from + last + 1
}

/// Appends the components of `path` to `out`, which may hold a root, taking back one for each `..`; what would go
/// above the start is kept unless the path is absolute.
pub fn push_components(
    out: &mut Text,
    path: &[u16],
    absolute: bool,
    is_separator: fn(u16) -> bool,
    separator: u16,
) {
    let root = out.len();
    for component in path.split(|unit| is_separator(*unit)) {
        let is_parent = is_dots(component);
        if component.is_empty() || component == [DOT] {
            continue;
        }
        if is_parent {
            let last = out[root..].rsplit(|unit| *unit == separator).next();
            let last = last.unwrap_or_default();
            if out.len() > root && !is_dots(last) {
                let start = out.len() - last.len();
                out.truncate(start.saturating_sub(1).max(root));
                continue;
            }
        }
        if is_parent && absolute {
            continue;
        }
        if out.len() > root {
            out.push(separator);
        }
        out.extend_from_slice(component);
    }
}

pub fn is_dots(base: &[u16]) -> bool {
    base == [DOT, DOT]
}

/// Name and extension (with its dot); a leading dot starts no extension.
pub fn split_extension(base: &[u16]) -> (&[u16], &[u16]) {
    match base.iter().rposition(|unit| *unit == DOT) {
        Some(dot) if dot > 0 && !is_dots(base) => base.split_at(dot),
        _ => (base, &[]),
    }
}

pub fn basename_from(
    path: &[u16],
    from: usize,
    suffix: &[u16],
    is_separator: fn(u16) -> bool,
) -> Text {
    if !suffix.is_empty() && path == suffix {
        return Text::new();
    }
    let base = &path[last_component(path, from, is_separator)];
    if base.is_empty() && !suffix.is_empty() && suffix.len() <= path.len() {
        // Nothing but separators: with a suffix to look for Node gives them back.
        return path[from..].to_vec();
    }
    match base.strip_suffix(suffix) {
        Some(shorter) if !shorter.is_empty() => shorter.to_vec(),
        _ => base.to_vec(),
    }
}
