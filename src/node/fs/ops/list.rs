//! What is in directories: `readdir`, `opendir`. A large listing comes in parts: the pool reads directories while script's thread
//! makes values of what they had before.

use std::{cell::RefCell, collections::VecDeque, ops::Range, path::PathBuf, rc::Rc};

use boa_engine::{Context, JsArgs, JsResult, JsValue, object::builtins::JsArray};

use super::{operations, tree::name_of};
use crate::node::{
    arguments::boolean,
    buffer::Encoding,
    fs::{
        args::{self, Options, Shape, Use},
        error::FsError,
        request::{Form, Request, Step, Values},
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
    let listing = Listing::new(with_types, shape);
    Ok(part(Walking::new(path, walk), listing))
}

/// The rest of a listing: the pool walks on while script's thread makes values of what was found before.
fn part(mut walking: Walking, listing: Listing) -> Request {
    Request::in_steps(
        move || {
            let found = walking.part(PART)?;
            Ok((found, walking))
        },
        move |(found, walking), context| {
            if walking.is_over() {
                listing.add(&found, context);
                return listing.give(context).map(Step::Done);
            }
            let rest = part(walking, listing.clone());
            let meanwhile = Box::new(move |context: &mut Context| listing.add(&found, context));
            Ok(Step::More { rest, meanwhile })
        },
    )
}

/// How many entries are found before values are made of them.
const PART: usize = 4096;

/// What script is given of a listing, which may be made in parts.
#[derive(Clone)]
struct Listing {
    with_types: bool,
    shape: Shape,
    values: Rc<RefCell<JsResult<Vec<JsValue>>>>,
}

impl Listing {
    fn new(with_types: bool, shape: Shape) -> Self {
        Self {
            with_types,
            shape,
            values: Rc::new(RefCell::new(Ok(Vec::new()))),
        }
    }

    /// Adds what was found, unless there was an error before; then [`Self::give`] answers that.
    fn add(&self, found: &Found, context: &mut Context) {
        let before = self.values.replace(Ok(Vec::new()));
        let now = before.and_then(|mut values| {
            match self.with_types {
                true => self.add_dirents(&mut values, found, context)?,
                false => self.add_names(&mut values, found, context)?,
            }
            Ok(values)
        });
        *self.values.borrow_mut() = now;
    }

    /// Adds a `Dirent` of each entry.
    fn add_dirents(
        &self,
        values: &mut Vec<JsValue>,
        found: &Found,
        context: &mut Context,
    ) -> JsResult<()> {
        let maker = Dirents::new(self.shape, context)?;
        let count = values.len() + found.entries.len();
        State::of(context).memory.expect(count * Dirents::BYTES);
        values.reserve(found.entries.len());
        for (directory, entries) in found.directories() {
            let parent = Dirents::parent(&directory.path);
            for index in entries {
                values.push(maker.make(found.entries.get(index), parent.clone(), context)?);
            }
        }
        Ok(())
    }

    /// Adds the path of each entry from where the listing started.
    fn add_names(
        &self,
        values: &mut Vec<JsValue>,
        found: &Found,
        context: &mut Context,
    ) -> JsResult<()> {
        values.reserve(found.entries.len());
        let mut path = Vec::new();
        for (directory, entries) in found.directories() {
            path.clear();
            path.extend_from_slice(&directory.prefix);
            for index in entries {
                path.truncate(directory.prefix.len());
                path.extend_from_slice(found.entries.get(index).name);
                values.push(self.shape.give(&path, context)?);
            }
        }
        Ok(())
    }

    /// The array of all that was added.
    fn give(&self, context: &mut Context) -> JsResult<Values> {
        let values = self.values.replace(Ok(Vec::new()))?;
        Ok(Values::One(JsArray::from_iter(values, context).into()))
    }
}

/// All entries of a directory, for `Dir` to give out one by one.
fn opendir(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context)?;
    let recursive = options.flag("recursive", context)?;
    let shape = options.shape(Shape::Text(Encoding::Utf8));
    Ok(Request::with_values(
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
            Walking::new(path, walk).part(usize::MAX)
        },
        move |found, context| {
            let listing = Listing::new(true, shape);
            listing.add(&found, context);
            listing.give(context)
        },
    ))
}

/// What directories have in them.
#[derive(Default)]
struct Found {
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

impl Found {
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

/// A listing that is under way.
struct Walking {
    walk: Walk,
    /// The directories that come next; the first is the one that was asked for.
    waiting: VecDeque<Directory>,
}

impl Walking {
    fn new(path: PathBuf, walk: Walk) -> Self {
        Self {
            walk,
            waiting: VecDeque::from([Directory::new(path, Vec::new())]),
        }
    }

    /// Whether all has been listed.
    fn is_over(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Lists directories until there are so many entries; when recursive, with those that are below.
    fn part(&mut self, enough: usize) -> Result<Found, FsError> {
        let mut found = Found::default();
        while found.entries.len() < enough
            && let Some(directory) = self.next()
        {
            self.list(directory, &mut found)?;
        }
        Ok(found)
    }

    fn next(&mut self) -> Option<Directory> {
        match self.walk.last_first {
            true => self.waiting.pop_back(),
            false => self.waiting.pop_front(),
        }
    }

    /// Lists one directory.
    fn list(&mut self, mut directory: Directory, found: &mut Found) -> Result<(), FsError> {
        let first = found.entries.len();
        sys::scandir(&directory.path, &mut found.entries)
            .map_err(FsError::at("scandir", &directory.path))?;
        for index in first..found.entries.len() {
            let Entry { name, mut kind } = found.entries.get(index);
            let full = || directory.path.join(name_of(name));
            let is_unknown = self.walk.with_types && kind == Kind::Unknown;
            if is_unknown {
                let status = sys::lstat(&full());
                kind = status.map_or(Kind::Unknown, |status| Kind::of_mode(status.mode));
            }
            if self.walk.recursive && self.walk.enters(kind, full) {
                self.waiting.push_back(directory.below(name));
            }
            if is_unknown {
                found.entries.set_kind(index, kind);
            }
        }
        directory.first = first;
        found.directories.push(directory);
        Ok(())
    }
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
