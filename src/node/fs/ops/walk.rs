//! Directories listed one below the other, in the order of `readdir`. Where many wait for their turn, several threads of the
//! pool list them ahead of it.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::tree::name_of;
use crate::{
    node::fs::{
        error::FsError,
        sys::{self, Entries, Entry, Kind},
    },
    runtime::pool::{self, Class},
};

/// As many directories are worth the way to another thread.
const WORTH_SHARING: usize = 8;
/// How many directories are listed ahead at most, and how many are looked at to find some.
const AHEAD: usize = 256;
const LOOKS: usize = 4 * AHEAD;

/// How to list a directory.
#[derive(Clone, Copy)]
pub struct Walk {
    /// What is below is listed, too.
    pub recursive: bool,
    /// The kind of each entry is wanted.
    pub with_types: bool,
    /// Links to directories are entered.
    pub follows_links: bool,
    /// The directory found last is the next one.
    pub last_first: bool,
}

/// A directory of a walk.
pub struct Directory {
    path: PathBuf,
    prefix: Vec<u8>,
    listed: Mutex<Option<Outcome>>,
}

type Outcome = Result<Listed, FsError>;

/// What a directory has in it.
struct Listed {
    entries: Entries,
    /// Those of them that are to be listed, too.
    below: Vec<Arc<Directory>>,
}

impl Directory {
    fn new(path: PathBuf, prefix: Vec<u8>) -> Arc<Self> {
        Arc::new(Self {
            path,
            prefix,
            listed: Mutex::new(None),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What comes before the names in it, in a path from where the listing started.
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// The one of this name in it.
    fn below(&self, name: &[u8]) -> Arc<Self> {
        let mut prefix = Vec::with_capacity(self.prefix.len() + name.len() + 1);
        prefix.extend_from_slice(&self.prefix);
        prefix.extend_from_slice(name);
        prefix.push(std::path::MAIN_SEPARATOR as u8);
        Self::new(self.path.join(name_of(name)), prefix)
    }

    fn listed(&self) -> MutexGuard<'_, Option<Outcome>> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What directories have in them, in their order.
#[derive(Default)]
pub struct Found {
    directories: Vec<(Arc<Directory>, Entries)>,
    entries: usize,
}

impl Found {
    /// How many entries they have.
    pub fn len(&self) -> usize {
        self.entries
    }

    /// Each directory with its entries.
    pub fn directories(&self) -> impl Iterator<Item = (&Directory, &Entries)> {
        let directories = self.directories.iter();
        directories.map(|(directory, entries)| (&**directory, entries))
    }

    fn push(&mut self, directory: Arc<Directory>, entries: Entries) {
        self.entries += entries.len();
        self.directories.push((directory, entries));
    }
}

/// A listing that is under way.
pub struct Walking {
    walk: Walk,
    /// The directories that come next; the first is the one that was asked for.
    waiting: VecDeque<Arc<Directory>>,
}

impl Walking {
    pub fn new(path: PathBuf, walk: Walk) -> Self {
        Self {
            walk,
            waiting: VecDeque::from([Directory::new(path, Vec::new())]),
        }
    }

    /// Whether all has been listed.
    pub fn is_over(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Lists directories until there are so many entries; when recursive, with those that are below.
    ///
    /// # Errors
    /// That of the first directory that can't be listed.
    pub fn part(&mut self, enough: usize) -> Result<Found, FsError> {
        let mut found = Found::default();
        while found.len() < enough
            && let Some(directory) = self.next()
        {
            let Listed { entries, below } = self.list(&directory, enough)?;
            self.waiting.extend(below);
            found.push(directory, entries);
        }
        Ok(found)
    }

    fn next(&mut self) -> Option<Arc<Directory>> {
        match self.walk.last_first {
            true => self.waiting.pop_back(),
            false => self.waiting.pop_front(),
        }
    }

    /// Lists a directory, and others ahead until those have so many entries, unless that has been done before.
    fn list(&self, directory: &Arc<Directory>, enough: usize) -> Outcome {
        if let Some(outcome) = directory.listed().take() {
            return outcome;
        }
        self.list_ahead(directory, enough);
        let listed = directory.listed().take();
        listed.unwrap_or_else(|| self.walk.list(directory))
    }

    fn list_ahead(&self, first: &Arc<Directory>, enough: usize) {
        let mut directories = vec![first.clone()];
        let mut looks = LOOKS;
        self.gather(&self.waiting, &mut directories, &mut looks);
        if directories.len() < WORTH_SHARING {
            return;
        }
        let ahead = Arc::new(Ahead {
            walk: self.walk,
            directories,
            next: AtomicUsize::new(0),
            entries: AtomicUsize::new(0),
            enough,
        });
        let work = Arc::new(move || ahead.list());
        pool::share(Class::Fs, pool::helpers(), &work);
    }

    /// Those that aren't listed yet, the next ones first.
    fn gather<'a>(
        &self,
        from: impl IntoIterator<Item = &'a Arc<Directory>, IntoIter: DoubleEndedIterator>,
        into: &mut Vec<Arc<Directory>>,
        looks: &mut usize,
    ) {
        let mut from = from.into_iter();
        while *looks > 0
            && into.len() < AHEAD
            && let Some(directory) = match self.walk.last_first {
                true => from.next_back(),
                false => from.next(),
            }
        {
            *looks -= 1;
            match &*directory.listed() {
                None => into.push(directory.clone()),
                // What is in it comes before what waits already.
                Some(Ok(listed)) if self.walk.last_first => {
                    self.gather(&listed.below, into, looks);
                }
                Some(_) => {}
            }
        }
    }
}

/// Directories that several threads list.
struct Ahead {
    walk: Walk,
    directories: Vec<Arc<Directory>>,
    next: AtomicUsize,
    /// How many entries they found, and how many are enough for now.
    entries: AtomicUsize,
    enough: usize,
}

impl Ahead {
    /// Lists what no other thread lists.
    fn list(&self) {
        while self.entries.load(Ordering::Relaxed) < self.enough {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(directory) = self.directories.get(index) else {
                return;
            };
            let outcome = self.walk.list(directory);
            if let Ok(listed) = &outcome {
                let count = listed.entries.len();
                self.entries.fetch_add(count, Ordering::Relaxed);
            }
            *directory.listed() = Some(outcome);
        }
    }
}

impl Walk {
    /// Lists one directory.
    fn list(self, directory: &Directory) -> Outcome {
        let path = &directory.path;
        let mut entries = sys::scandir(path).map_err(FsError::at("scandir", path))?;
        let mut below = Vec::new();
        for index in 0..entries.len() {
            let Entry { name, mut kind } = entries.get(index);
            let full = || path.join(name_of(name));
            let is_unknown = self.with_types && kind == Kind::Unknown;
            if is_unknown {
                let status = sys::lstat(&full());
                kind = status.map_or(Kind::Unknown, |status| Kind::of_mode(status.mode));
            }
            if self.recursive && self.enters(kind, full) {
                below.push(directory.below(name));
            }
            if is_unknown {
                entries.set_kind(index, kind);
            }
        }
        Ok(Listed { entries, below })
    }

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
