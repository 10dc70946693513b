//! Paths with `/`, as text: nothing here asks the file system. Text is UTF-16, the way scripts see it.

use super::{DOT, Parts, SLASH, Text, is_dots, last_component, push_components, split_extension};

/// Where a component ends.
pub fn is_separator(unit: u16) -> bool {
    unit == SLASH
}

/// Whether the path starts at the root.
pub fn is_absolute(path: &[u16]) -> bool {
    path.first() == Some(&SLASH)
}

/// Resolves `.`, `..` and repeated separators; a trailing separator stays.
pub fn normalize(path: &[u16]) -> Text {
    if path.is_empty() {
        return vec![DOT];
    }
    let absolute = is_absolute(path);
    let mut out = Text::with_capacity(path.len());
    if absolute {
        out.push(SLASH);
    }
    let empty = out.len();
    push_components(&mut out, path, absolute, is_separator, SLASH);
    if out.len() == empty && !absolute {
        out.push(DOT);
    }
    if path.last() == Some(&SLASH) && out.last() != Some(&SLASH) {
        out.push(SLASH);
    }
    out
}

/// Joins what is not empty with separators, and normalizes.
pub fn join(parts: &[Text]) -> Text {
    let joined: Vec<&[u16]> = parts
        .iter()
        .map(Vec::as_slice)
        .filter(|part| !part.is_empty())
        .collect();
    normalize(&joined.join(&SLASH))
}

/// The absolute path that the parts lead to, the rightmost absolute one being where it starts.
pub fn resolve(parts: &[Text], cwd: impl FnOnce() -> Text) -> Text {
    let first = parts.iter().rposition(|part| is_absolute(part));
    let mut all = Text::new();
    if first.is_none() {
        all = cwd();
    }
    let has_cwd = is_absolute(&all);
    for part in &parts[first.unwrap_or(0)..] {
        all.push(SLASH);
        all.extend_from_slice(part);
    }
    // Only where the current directory isn't known can the result be relative.
    let absolute = is_absolute(&all) && (first.is_some() || has_cwd);
    let mut out = if absolute { vec![SLASH] } else { Text::new() };
    push_components(&mut out, &all, absolute, is_separator, SLASH);
    if out.is_empty() { vec![DOT] } else { out }
}

/// The way from one absolute, normalized path to another.
pub fn relative(from: &[u16], to: &[u16]) -> Text {
    let mut from = components(from).peekable();
    let mut to = components(to).peekable();
    while let (Some(left), Some(right)) = (from.peek(), to.peek()) {
        if left != right {
            break;
        }
        from.next();
        to.next();
    }
    let up: &[u16] = &[DOT, DOT];
    let way: Vec<&[u16]> = from.map(|_| up).chain(to).collect();
    way.join(&SLASH)
}

fn components(path: &[u16]) -> impl Iterator<Item = &[u16]> {
    path.split(|unit| *unit == SLASH)
        .filter(|part| !part.is_empty())
}

/// What is left without the last component.
pub fn dirname(path: &[u16]) -> Text {
    if path.is_empty() {
        return vec![DOT];
    }
    let component = last_component(path, 0, is_separator);
    match component.start {
        0 if is_absolute(path) => vec![SLASH],
        0 => vec![DOT],
        1 => vec![SLASH],
        2 if path[0] == SLASH && path[1] == SLASH => vec![SLASH, SLASH],
        start if component.is_empty() && path[..start].iter().all(|unit| *unit == SLASH) => {
            vec![SLASH]
        }
        start => path[..start - 1].to_vec(),
    }
}

/// Root, directory, base name, extension and name.
pub fn parse(path: &[u16]) -> Parts {
    let root = usize::from(is_absolute(path));
    let component = last_component(path, root, is_separator);
    let base = path[component.clone()].to_vec();
    let (name, extension) = match component.start {
        // Directly below the root Node takes the second dot for an extension.
        1 if is_dots(&base) => base.split_at(1),
        _ => split_extension(&base),
    };
    let dir = match component.start {
        start if start > root => path[..start - 1].to_vec(),
        _ => path[..root].to_vec(),
    };
    Parts {
        root: path[..root].to_vec(),
        dir,
        name: name.to_vec(),
        ext: extension.to_vec(),
        base,
    }
}

/// The last component, without `suffix` when it ends with it and is more than it.
pub fn basename(path: &[u16], suffix: &[u16]) -> Text {
    super::basename_from(path, 0, suffix, is_separator)
}

/// From the last dot of the last component, if it doesn't start with it.
pub fn extname(path: &[u16]) -> Text {
    let component = last_component(path, 0, is_separator);
    let base = &path[component];
    if is_dots(base) {
        Text::new()
    } else {
        split_extension(base).1.to_vec()
    }
}
