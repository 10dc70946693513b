//! What is in directories: `readdir`, `opendir`.

use std::{collections::VecDeque, ops::Range, path::PathBuf};

use boa_engine::{Context, JsArgs, JsResult, JsValue, object::builtins::JsArray};

use super::{operations, tree::name_of};
use crate::node::{
    arguments::boolean,
    buffer::Encoding,
    fs::{
        args::{self, Options, Shape, Use},
        error::FsError,
        request::{Form, Request},
        stats::Dirents,
        sys::{self, Entries, Entry, Kind},
    },
};
use crate::runtime::State;

operations! {
    Readdir "readdir" callback 2 after 1 => readdir;
    Opendir "opendir" callback 2 after 2 => opendir;
}

fn readdir(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context)?;
    let recursive = options.get("recursive", context)?;
    let recursive =
        !recursive.is_null_or_undefined() && boolean(&recursive, "options.recursive", context)?;
    let with_types = options.flag("withFileTypes", context)?;
    let shape = options.shape(Shape::Text(Encoding::Utf8));
    // Node's three forms differ where there is something below.
    let is_promise = form == Form::Promise;
    let walk = Walk {
        recursive,
        with_types,
        follows_links: !(with_types && is_promise),
        last_first: is_promise,
    };
    Ok(Request::new(
        move || list(path, walk),
        move |found, context| match with_types {
            true => dirents(&found, shape, context),
            false => names(&found, shape, context),
        },
    ))
}

/// An array of `Dirent`s.
fn dirents(found: &Listing, shape: Shape, context: &mut Context) -> JsResult<JsValue> {
    let maker = Dirents::new(shape, context)?;
    State::of(context)
        .memory
        .expect(found.entries.len() * Dirents::BYTES);
    let mut values = Vec::with_capacity(found.entries.len());
    for (directory, entries) in found.directories() {
        let parent = Dirents::parent(&directory.path);
        for index in entries {
            values.push(maker.make(found.entries.get(index), parent.clone(), context)?);
        }
    }
    Ok(JsArray::from_iter(values, context).into())
}

/// An array of paths from where the listing started.
fn names(found: &Listing, shape: Shape, context: &mut Context) -> JsResult<JsValue> {
    let mut values = Vec::with_capacity(found.entries.len());
    let mut path = Vec::new();
    for (directory, entries) in found.directories() {
        path.clear();
        path.extend_from_slice(&directory.prefix);
        for index in entries {
            path.truncate(directory.prefix.len());
            path.extend_from_slice(found.entries.get(index).name);
            values.push(shape.give(&path, context)?);
        }
    }
    Ok(JsArray::from_iter(values, context).into())
}

/// All entries of a directory, for `Dir` to give out one by one.
fn opendir(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context)?;
    let recursive = options.flag("recursive", context)?;
    let shape = options.shape(Shape::Text(Encoding::Utf8));
    Ok(Request::new(
        move || {
            // The error names this call, and `scandir` only what is below.
            sys::scandir(&path, &mut Entries::default()).map_err(|error| match form {
                // Node's has no path in this form.
                Form::Sync => FsError::call("opendir")(error),
                Form::Callback | Form::Promise => FsError::at("opendir", &path)(error),
            })?;
            let walk = Walk {
                recursive,
                with_types: true,
                follows_links: false,
                last_first: false,
            };
            list(path, walk)
        },
        move |found, context| dirents(&found, shape, context),
    ))
}

/// What directories have in them.
#[derive(Default)]
struct Listing {
    /// The first is the one that was asked for.
    directories: Vec<Directory>,
    /// Those of the directories, one after the other.
    entries: Entries,
}

/// One of a listing.
struct Directory {
    path: PathBuf,
    /// What comes before the names in it, in a path from where the listing started.
    prefix: Vec<u8>,
    /// Where its entries begin.
    first: usize,
}

impl Directory {
    fn new(path: PathBuf, prefix: Vec<u8>) -> Self {
        Self {
            path,
            prefix,
            first: 0,
        }
    }

    /// The one of this name in it.
    fn below(&self, name: &[u8]) -> Self {
        let mut prefix = Vec::with_capacity(self.prefix.len() + name.len() + 1);
        prefix.extend_from_slice(&self.prefix);
        prefix.extend_from_slice(name);
        prefix.push(std::path::MAIN_SEPARATOR as u8);
        Self::new(self.path.join(name_of(name)), prefix)
    }
}

impl Listing {
    /// Each directory with the places of its entries.
    fn directories(&self) -> impl Iterator<Item = (&Directory, Range<usize>)> {
        let ends = self.directories.iter().skip(1).map(|next| next.first);
        let ends = ends.chain([self.entries.len()]);
        let directories = self.directories.iter().zip(ends);
        directories.map(|(directory, end)| (directory, directory.first..end))
    }
}

/// How to list a directory.
#[derive(Clone, Copy)]
struct Walk {
    recursive: bool,
    /// The kind of each entry is wanted.
    with_types: bool,
    /// Links to directories are entered.
    follows_links: bool,
    /// The directory found last is the next one.
    last_first: bool,
}

/// Lists a directory; when recursive, with all below it.
fn list(path: PathBuf, walk: Walk) -> Result<Listing, FsError> {
    let mut found = Listing::default();
    let mut waiting = VecDeque::from([Directory::new(path, Vec::new())]);
    let next = |waiting: &mut VecDeque<_>| match walk.last_first {
        true => waiting.pop_back(),
        false => waiting.pop_front(),
    };
    while let Some(mut directory) = next(&mut waiting) {
        let first = found.entries.len();
        sys::scandir(&directory.path, &mut found.entries)
            .map_err(FsError::at("scandir", &directory.path))?;
        for index in first..found.entries.len() {
            let Entry { name, mut kind } = found.entries.get(index);
            let full = || directory.path.join(name_of(name));
            let is_unknown = walk.with_types && kind == Kind::Unknown;
            if is_unknown {
                let status = sys::lstat(&full());
                kind = status.map_or(Kind::Unknown, |status| Kind::of_mode(status.mode));
            }
            if walk.recursive && walk.enters(kind, full) {
                waiting.push_back(directory.below(name));
            }
            if is_unknown {
                found.entries.set_kind(index, kind);
            }
        }
        directory.first = first;
        found.directories.push(directory);
    }
    Ok(found)
}

impl Walk {
    fn enters(self, kind: Kind, path: impl Fn() -> PathBuf) -> bool {
        match kind {
            Kind::Directory => true,
            Kind::Link | Kind::Unknown if self.follows_links => {
                sys::stat(&path()).is_ok_and(|status| status.is_directory())
            }
            _ => false,
        }
    }
}
