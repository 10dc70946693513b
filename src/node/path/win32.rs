//! Paths as Windows writes them: drive letters, UNC shares, device namespaces, both slashes. As text, on any system.

use super::{
    BACKSLASH, COLON, DOT, Parts, SLASH, Text, basename_from, last_component, push_components,
    split_extension,
};

const QUESTION: u16 = b'?' as u16;

/// Where a component ends.
pub fn is_separator(unit: u16) -> bool {
    unit == SLASH || unit == BACKSLASH
}

/// How a path starts.
struct Root {
    /// Drive or share, with `\`: `C:`, `\\server\share`, or nothing.
    device: Text,
    /// How many units of the path the root takes, the separator after a drive included.
    end: usize,
    absolute: bool,
    /// `\\server\share`, `\\.` or `\\?`.
    unc: bool,
}

fn is_drive(path: &[u16]) -> bool {
    path.len() >= 2
        && path[1] == COLON
        && u8::try_from(path[0]).is_ok_and(|letter| letter.is_ascii_alphabetic())
}

fn root(path: &[u16]) -> Root {
    if is_drive(path) {
        let absolute = path.get(2).is_some_and(|unit| is_separator(*unit));
        return Root {
            device: path[..2].to_vec(),
            end: 2 + usize::from(absolute),
            absolute,
            unc: false,
        };
    }
    if !path.first().is_some_and(|unit| is_separator(*unit)) {
        return Root {
            device: Text::new(),
            end: 0,
            absolute: false,
            unc: false,
        };
    }
    share(path).unwrap_or(Root {
        device: Text::new(),
        end: 1,
        absolute: true,
        unc: false,
    })
}

/// `\\server\share`, or `\\.` and `\\?` with something below.
fn share(path: &[u16]) -> Option<Root> {
    if !path.get(1).is_some_and(|unit| is_separator(*unit)) {
        return None;
    }
    let rest = &path[2..];
    let server = rest
        .iter()
        .position(|unit| is_separator(*unit))
        .filter(|length| *length > 0)?;
    let gap = rest[server..]
        .iter()
        .position(|unit| !is_separator(*unit))?;
    let start = server + gap;
    let length = rest[start..]
        .iter()
        .position(|unit| is_separator(*unit))
        .unwrap_or(rest.len() - start);
    let mut device = vec![BACKSLASH, BACKSLASH];
    device.extend_from_slice(&rest[..server]);
    if matches!(rest[..server], [DOT] | [QUESTION]) {
        return Some(Root {
            device,
            end: 4,
            absolute: true,
            unc: true,
        });
    }
    device.push(BACKSLASH);
    device.extend_from_slice(&rest[start..start + length]);
    Some(Root {
        device,
        end: 2 + start + length,
        absolute: true,
        unc: true,
    })
}

/// Whether the path starts at a root: of a share, of a drive, or of the current drive.
pub fn is_absolute(path: &[u16]) -> bool {
    path.first().is_some_and(|unit| is_separator(*unit))
        || (is_drive(path) && path.get(2).is_some_and(|unit| is_separator(*unit)))
}

/// Names that Windows takes for devices in any directory.
const DEVICES: &[&str] = &[
    "CON",
    "PRN",
    "AUX",
    "NUL",
    "COM1",
    "COM2",
    "COM3",
    "COM4",
    "COM5",
    "COM6",
    "COM7",
    "COM8",
    "COM9",
    "LPT1",
    "LPT2",
    "LPT3",
    "LPT4",
    "LPT5",
    "LPT6",
    "LPT7",
    "LPT8",
    "LPT9",
    "COM\u{b9}",
    "COM\u{b2}",
    "COM\u{b3}",
    "LPT\u{b9}",
    "LPT\u{b2}",
    "LPT\u{b3}",
];

fn is_device(name: &[u16]) -> bool {
    let name = String::from_utf16_lossy(name).to_uppercase();
    DEVICES.contains(&name.as_str())
}

/// Resolves `.`, `..`, repeated and forward separators; a trailing separator stays.
pub fn normalize(path: &[u16]) -> Text {
    match path {
        [] => return vec![DOT],
        [SLASH] => return vec![BACKSLASH],
        [_] => return path.to_vec(),
        _ => {}
    }
    let device_name = path
        .iter()
        .position(|unit| *unit == COLON)
        .filter(|colon| is_device(&path[..*colon]));
    let found = match device_name {
        Some(colon) => Root {
            device: path[..=colon].to_vec(),
            end: colon + 1,
            absolute: false,
            unc: false,
        },
        None => root(path),
    };
    let Root {
        device,
        end,
        absolute,
        unc,
    } = found;
    if unc && end == path.len() && !matches!(device[2..], [DOT] | [QUESTION]) {
        let mut out = device;
        out.push(BACKSLASH);
        return out;
    }
    let mut tail = Text::with_capacity(path.len());
    push_components(&mut tail, &path[end..], absolute, is_separator, BACKSLASH);
    let trailing = end < path.len() && path.last().is_some_and(|unit| is_separator(*unit));
    if tail.is_empty() && !absolute {
        tail.push(DOT);
    }
    if !tail.is_empty() && trailing {
        tail.push(BACKSLASH);
    }
    if !absolute && device.is_empty() && path.contains(&COLON) {
        // What was below `.` must not become a drive or a stream once the dots are gone.
        let disguised = is_drive(&tail)
            || path.iter().enumerate().any(|(at, unit)| {
                *unit == COLON && path.get(at + 1).is_none_or(|next| is_separator(*next))
            });
        if disguised {
            let mut out = vec![DOT, BACKSLASH];
            out.append(&mut tail);
            return out;
        }
    }
    if device_name.is_some() {
        let mut out = vec![DOT, BACKSLASH];
        out.extend(device);
        out.append(&mut tail);
        return out;
    }
    let mut out = device;
    if absolute {
        out.push(BACKSLASH);
    }
    out.append(&mut tail);
    out
}

/// Joins what is not empty with separators, and normalizes; no share comes into being by joining.
pub fn join(parts: &[Text]) -> Text {
    let parts: Vec<&[u16]> = parts
        .iter()
        .map(Vec::as_slice)
        .filter(|part| !part.is_empty())
        .collect();
    let Some(first) = parts.first() else {
        return vec![DOT];
    };
    let mut joined = parts.join(&BACKSLASH);
    let slashes = first.iter().take_while(|unit| is_separator(**unit)).count();
    // Only a first part that starts with exactly two separators and a name means a share.
    let means_share = slashes == 2 && first.len() > 2;
    if !means_share {
        let slashes = joined
            .iter()
            .take_while(|unit| is_separator(**unit))
            .count();
        if slashes >= 2 {
            joined.splice(..slashes, [BACKSLASH]);
        }
    }
    if let Some(guarded) = guard_devices(&joined) {
        return guarded;
    }
    normalize(&joined)
}

/// A path one of whose components names a device keeps its dots.
fn guard_devices(path: &[u16]) -> Option<Text> {
    let named = path
        .split(|unit| *unit == BACKSLASH)
        .filter(|part| !part.is_empty())
        .any(|part| {
            part.iter()
                .position(|unit| *unit == COLON)
                .is_some_and(|colon| is_device(&part[..colon]))
        });
    named.then(|| {
        path.iter()
            .map(|unit| if *unit == SLASH { BACKSLASH } else { *unit })
            .collect()
    })
}

fn lower(text: &[u16]) -> String {
    String::from_utf16_lossy(text).to_lowercase()
}

/// The absolute path that the parts lead to; `cwd` answers for a drive, or for the process when it is `None`.
pub fn resolve(parts: &[Text], cwd: impl Fn(Option<&[u16]>) -> Text) -> Text {
    let mut device = Text::new();
    let mut tail = Text::new();
    let mut absolute = false;
    let mut at = parts.len();
    loop {
        let from_cwd = at == 0;
        let path = if !from_cwd {
            at -= 1;
            parts[at].clone()
        } else if device.is_empty() {
            cwd(None)
        } else {
            cwd(Some(&device))
        };
        if !path.is_empty() {
            let found = root(&path);
            let other_drive = !found.device.is_empty()
                && !device.is_empty()
                && lower(&found.device) != lower(&device);
            if !other_drive {
                if device.is_empty() {
                    device = found.device;
                }
                if !absolute {
                    let mut longer = path[found.end..].to_vec();
                    longer.push(BACKSLASH);
                    longer.append(&mut tail);
                    tail = longer;
                    absolute = found.absolute;
                }
            }
        }
        if from_cwd || (absolute && !device.is_empty()) {
            break;
        }
    }
    let mut normal = Text::new();
    push_components(&mut normal, &tail, absolute, is_separator, BACKSLASH);
    let mut out = device;
    if absolute {
        out.push(BACKSLASH);
    }
    out.append(&mut normal);
    if out.is_empty() { vec![DOT] } else { out }
}

/// The way from one resolved path to another; between drives, the path itself.
pub fn relative(from: &[u16], to: &[u16]) -> Text {
    let (low_from, low_to) = (lower(from), lower(to));
    if low_from == low_to {
        return Text::new();
    }
    let split = |text: &str| -> Vec<String> {
        text.trim_matches('\\')
            .split('\\')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (steps_from, steps_to) = (split(&low_from), split(&low_to));
    let originals: Vec<&[u16]> = to
        .split(|unit| *unit == BACKSLASH)
        .filter(|part| !part.is_empty())
        .collect();
    let common = steps_from
        .iter()
        .zip(&steps_to)
        .take_while(|(left, right)| left == right)
        .count();
    let apart = common == 0 && !steps_from.is_empty() && !steps_to.is_empty();
    if apart || originals.len() != steps_to.len() {
        return to.to_vec();
    }
    let up: &[u16] = &[DOT, DOT];
    let way: Vec<&[u16]> = steps_from[common..]
        .iter()
        .map(|_| up)
        .chain(originals[common..].iter().copied())
        .collect();
    way.join(&BACKSLASH)
}

/// The `\\?\` form of an absolute path.
pub fn to_namespaced(path: &[u16], resolved: Text) -> Text {
    let namespace = |prefix: &str, rest: &[u16]| -> Text {
        let mut out: Text = prefix.encode_utf16().collect();
        out.extend_from_slice(rest);
        out
    };
    if path.is_empty() || resolved.len() <= 2 {
        return path.to_vec();
    }
    if resolved[0] == BACKSLASH && resolved[1] == BACKSLASH {
        if resolved[2] != QUESTION && resolved[2] != DOT {
            return namespace(r"\\?\UNC\", &resolved[2..]);
        }
    } else if is_drive(&resolved) && resolved[2] == BACKSLASH {
        return namespace(r"\\?\", &resolved);
    }
    resolved
}

/// How far a root reaches that `dirname` and `parse` keep whole: with the separator after it.
fn root_end(path: &[u16]) -> usize {
    let found = root_strict(path);
    match found {
        Some(end)
            if end < path.len()
                && path.len() > 1
                && path[end - 1] != SLASH
                && path[end - 1] != BACKSLASH =>
        {
            end + usize::from(is_separator(path[end]))
        }
        Some(end) => end,
        None => 0,
    }
}

/// Where the root ends by its form alone; the device namespaces are shares here.
fn root_strict(path: &[u16]) -> Option<usize> {
    if is_drive(path) {
        return Some(2);
    }
    if !path.first().is_some_and(|unit| is_separator(*unit)) {
        return None;
    }
    let share = || {
        let rest = path.get(2..).filter(|_| is_separator(path[1]))?;
        let server = rest
            .iter()
            .position(|unit| is_separator(*unit))
            .filter(|length| *length > 0)?;
        let start = server
            + rest[server..]
                .iter()
                .position(|unit| !is_separator(*unit))?;
        let length = rest[start..]
            .iter()
            .position(|unit| is_separator(*unit))
            .unwrap_or(rest.len() - start);
        Some(2 + start + length)
    };
    Some(share().unwrap_or(1))
}

/// What is left without the last component.
pub fn dirname(path: &[u16]) -> Text {
    if path.is_empty() {
        return vec![DOT];
    }
    if path.len() == 1 {
        return if is_separator(path[0]) {
            path.to_vec()
        } else {
            vec![DOT]
        };
    }
    let root = root_end(path);
    let component = last_component(path, root, is_separator);
    if component.start > root {
        return path[..component.start - 1].to_vec();
    }
    if root == 0 {
        vec![DOT]
    } else {
        path[..root].to_vec()
    }
}

/// The last component, without `suffix` when it ends with it and is more than it.
pub fn basename(path: &[u16], suffix: &[u16]) -> Text {
    basename_from(
        path,
        if is_drive(path) { 2 } else { 0 },
        suffix,
        is_separator,
    )
}

/// From the last dot of the last component, if it doesn't start with it.
pub fn extname(path: &[u16]) -> Text {
    let component = last_component(path, if is_drive(path) { 2 } else { 0 }, is_separator);
    let base = &path[component];
    if super::is_dots(base) {
        Text::new()
    } else {
        split_extension(base).1.to_vec()
    }
}

/// Root, directory, base name, extension and name.
pub fn parse(path: &[u16]) -> Parts {
    let root = root_end(path);
    let component = last_component(path, root, is_separator);
    let base = path[component.clone()].to_vec();
    let (name, ext) = split_extension(&base);
    let dir = match component.start {
        start if start > root => path[..start - 1].to_vec(),
        _ => path[..root].to_vec(),
    };
    Parts {
        root: path[..root].to_vec(),
        dir,
        name: name.to_vec(),
        ext: ext.to_vec(),
        base,
    }
}
