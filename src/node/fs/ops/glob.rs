//! `glob`: finds what matches patterns, walking only where something can match.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string, object::builtins::JsArray};

use super::operations;
use crate::node::{
    arguments,
    buffer::Encoding,
    fs::{
        args::{self, Shape, Use},
        error::FsError,
        request::{Form, Request},
        stats::Dirents,
        sys::{self, Entry, Kind},
    },
    path::{Pattern, Segment},
};

operations! {
    Glob "glob" callback 2 after 2 => glob;
}

/// `glob(patterns, { cwd, followSymlinks, withFileTypes })`: all matches; what is excluded is the script half's business.
fn glob(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let mut patterns = Vec::new();
    let list = JsArray::from_object(args.get_or_undefined(0).to_object(context)?)?;
    for at in 0..list.length(context)? {
        let pattern = list.get(at, context)?;
        let pattern = arguments::string(&pattern, &format!("patterns[{at}]"), context)?;
        patterns.push(pattern.to_std_string_lossy());
    }
    let options = args.get_or_undefined(1).to_object(context)?;
    let cwd = args::path(
        &options.get(js_string!("cwd"), context)?,
        "options.cwd",
        Use::Read,
        context,
    )?;
    let follows_links = options
        .get(js_string!("followSymlinks"), context)?
        .to_boolean();
    let shape = Shape::Text(Encoding::Utf8);
    Ok(Request::new(
        move || {
            let mut walk = Walk {
                follows_links,
                ..Walk::default()
            };
            for pattern in &patterns {
                walk.pattern(pattern, &cwd);
            }
            Ok::<_, FsError>(walk.found)
        },
        move |found, context| {
            let maker = Dirents::new(shape, context)?;
            let mut pairs = Vec::with_capacity(found.len());
            for Match {
                path,
                parent,
                name,
                kind,
            } in found
            {
                let path = shape.give(path.as_bytes(), context)?;
                let name = name.as_bytes();
                let entry = maker.make(Entry { name, kind }, Dirents::parent(&parent), context)?;
                pairs.push(JsArray::from_iter([path, entry], context).into());
            }
            Ok(JsArray::from_iter(pairs, context).into())
        },
    ))
}

struct Match {
    path: String,
    parent: PathBuf,
    name: String,
    kind: Kind,
}

#[derive(Default)]
struct Walk {
    found: Vec<Match>,
    known: HashSet<String>,
    /// Whether links to directories count as directories where a pattern expands.
    follows_links: bool,
    /// The directories that a `**` is in, where links are followed: none is entered again from within.
    within: Vec<(u64, u64)>,
}

/// One alternative of a pattern.
struct Way<'a> {
    segments: Vec<&'a Segment>,
    /// It ended in a separator.
    only_directories: bool,
    ignore_case: bool,
}

impl Walk {
    fn pattern(&mut self, text: &str, cwd: &Path) {
        let ignore_case = cfg!(any(windows, target_os = "macos"));
        let pattern = Pattern::new(text, cfg!(windows));
        for alternative in pattern.alternatives() {
            let is = |segment: &Segment, text: &str| matches!(segment, Segment::Literal(own) if own == text);
            let absolute = alternative.len() > 1 && is(&alternative[0], "");
            let only_directories =
                alternative.len() > 1 && alternative.last().is_some_and(|last| is(last, ""));
            let mut segments: Vec<&Segment> = Vec::new();
            for segment in alternative {
                if is(segment, "") || is(segment, ".") {
                    continue;
                }
                let before = segments.last().copied();
                if is(segment, "..")
                    && matches!(before, Some(Segment::Literal(name)) if name != "..")
                {
                    segments.pop();
                    continue;
                }
                segments.push(segment);
            }
            if segments.is_empty() {
                continue;
            }
            let way = Way {
                segments,
                only_directories,
                ignore_case,
            };
            if absolute {
                self.step(&way, 0, Path::new("/"), "/");
            } else {
                self.step(&way, 0, cwd, "");
            }
        }
    }

    fn step(&mut self, way: &Way<'_>, at: usize, directory: &Path, so_far: &str) {
        let Some(segment) = way.segments.get(at) else {
            return;
        };
        let last = at + 1 == way.segments.len();
        match segment {
            Segment::Literal(name) => {
                let path = directory.join(name);
                let Ok(status) = sys::lstat(&path) else {
                    return;
                };
                let shown = joined(so_far, name);
                if !last {
                    self.step(way, at + 1, &path, &shown);
                } else if name != ".." {
                    self.add(way, shown, directory, name, Kind::of_mode(status.mode));
                }
            }
            Segment::Tokens(_) => {
                for (name, kind) in entries(directory) {
                    if !segment.matches(&name, way.ignore_case) {
                        continue;
                    }
                    let shown = joined(so_far, &name);
                    if last {
                        self.add(way, shown, directory, &name, kind);
                    } else if self.is_directory(kind, || directory.join(&name)) {
                        self.step(way, at + 1, &directory.join(&name), &shown);
                    }
                }
            }
            Segment::Globstar => {
                let start = match self.follows_links {
                    true => sys::stat(directory).ok(),
                    false => None,
                };
                self.within
                    .extend(start.map(|status| (status.dev, status.ino)));
                self.globstar(way, at, directory, so_far);
                self.within.clear();
            }
        }
    }

    fn globstar(&mut self, way: &Way<'_>, at: usize, directory: &Path, so_far: &str) {
        let last = at + 1 == way.segments.len();
        if !last {
            self.step(way, at + 1, directory, so_far);
        } else if let Ok(status) = sys::lstat(directory) {
            let (shown, name) = match so_far {
                "" => (".".to_owned(), ".".to_owned()),
                path => (
                    path.to_owned(),
                    path.rsplit('/').next().unwrap_or(path).to_owned(),
                ),
            };
            let parent = if shown == "." {
                directory
            } else {
                directory.parent().unwrap_or(directory)
            };
            self.add(way, shown, parent, &name, Kind::of_mode(status.mode));
        }
        for (name, kind) in entries(directory) {
            if name.starts_with('.') {
                continue;
            }
            let shown = joined(so_far, &name);
            if self.is_directory(kind, || directory.join(&name)) {
                let path = directory.join(&name);
                if !self.follows_links {
                    self.globstar(way, at, &path, &shown);
                    continue;
                }
                let Ok(status) = sys::stat(&path) else {
                    continue;
                };
                let identity = (status.dev, status.ino);
                if !self.within.contains(&identity) {
                    self.within.push(identity);
                    self.globstar(way, at, &path, &shown);
                    self.within.pop();
                } else if last {
                    self.add(way, shown, directory, &name, kind);
                }
            } else if last {
                self.add(way, shown, directory, &name, kind);
            }
        }
    }

    /// Whether an entry is a directory, or leads to one if that counts.
    fn is_directory(&self, kind: Kind, path: impl FnOnce() -> PathBuf) -> bool {
        kind == Kind::Directory
            || (self.follows_links
                && kind == Kind::Link
                && sys::stat(&path()).is_ok_and(|status| status.is_directory()))
    }

    fn add(&mut self, way: &Way<'_>, path: String, parent: &Path, name: &str, kind: Kind) {
        let is_wanted = !way.only_directories || self.is_directory(kind, || parent.join(name));
        if !is_wanted || !self.known.insert(path.clone()) {
            return;
        }
        self.found.push(Match {
            path,
            parent: parent.to_owned(),
            name: name.to_owned(),
            kind,
        });
    }
}

fn joined(so_far: &str, name: &str) -> String {
    match so_far {
        "" => name.to_owned(),
        path if path.ends_with('/') => format!("{path}{name}"),
        path => format!("{path}/{name}"),
    }
}

/// What is in a directory; nothing where it can't be read.
fn entries(directory: &Path) -> Vec<(String, Kind)> {
    let entries = sys::scandir(directory).unwrap_or_default();
    entries
        .iter()
        .map(|entry| (String::from_utf8_lossy(entry.name).into_owned(), entry.kind))
        .collect()
}
