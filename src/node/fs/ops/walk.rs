//! Directories listed one below the other, in the order of `readdir`. Where many wait for their turn, several threads of the
//! pool list them ahead of it.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use super::tree::name_of;
use crate::{
    node::fs::{
        error::FsError,
        sys::{self, Entries, Entry, Kind},
    },
    runtime::pool::{self, Class, Helpers, lock},
};

/// As many directories that wait are worth the way to another thread.
const WORTH_SHARING: usize = 8;

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
    /// Whether some thread lists it, or has.
    is_taken: AtomicBool,
    /// What was found, until the walk has come here.
    listed: OnceLock<Mutex<Option<Outcome>>>,
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
            is_taken: AtomicBool::new(false),
            listed: OnceLock::new(),
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

    /// Takes it to be listed, unless some thread did that before.
    fn take(&self) -> bool {
        !self.is_taken.swap(true, Ordering::Relaxed)
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

/// A listing that is under way. Threads of the pool list ahead of it, also while nobody asks for the next part.
pub struct Walking {
    /// The directories that come next; the first is the one that was asked for.
    waiting: VecDeque<Arc<Directory>>,
    helpers: Option<Helpers>,
    ahead: Arc<Ahead>,
}

impl Walking {
    pub fn new(path: PathBuf, walk: Walk) -> Self {
        Self {
            waiting: VecDeque::from([Directory::new(path, Vec::new())]),
            helpers: None,
            ahead: Arc::new(Ahead {
                walk,
                helpers: pool::helpers(),
                waiting: Mutex::default(),
                is_stopped: AtomicBool::new(false),
            }),
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
            let Listed { entries, below } = self.list(&directory)?;
            self.waiting.extend(below);
            found.push(directory, entries);
        }
        Ok(found)
    }

    fn next(&mut self) -> Option<Arc<Directory>> {
        match self.ahead.walk.last_first {
            true => self.waiting.pop_back(),
            false => self.waiting.pop_front(),
        }
    }

    /// What is in a directory; while another thread lists it, those that come after it are listed.
    fn list(&mut self, directory: &Directory) -> Outcome {
        self.call_helpers();
        if directory.take() {
            return self.ahead.list(directory);
        }
        while directory.listed.get().is_none() && self.ahead.list_next() {}
        let listed = lock(self.ahead.listed(directory)).take();
        listed.unwrap_or_else(|| self.ahead.list(directory))
    }

    /// Has the pool list what waits, if that is worth it.
    fn call_helpers(&mut self) {
        let are_there = |helpers: &Helpers| !helpers.are_over();
        if self.ahead.waiting().len() < WORTH_SHARING
            || self.helpers.as_ref().is_some_and(are_there)
        {
            return;
        }
        let ahead = self.ahead.clone();
        let work = Arc::new(move || while ahead.list_next() {});
        self.helpers = Some(Helpers::start(Class::Fs, self.ahead.helpers, &work));
    }
}

impl Drop for Walking {
    fn drop(&mut self) {
        // They are waited for.
        self.ahead.is_stopped.store(true, Ordering::Relaxed);
    }
}

/// The directories of a walk that some thread will list, the next ones of the walk first.
struct Ahead {
    walk: Walk,
    /// How many threads help; if none does, nothing waits here.
    helpers: usize,
    waiting: Mutex<VecDeque<Arc<Directory>>>,
    /// Nobody wants them any more.
    is_stopped: AtomicBool,
}

impl Ahead {
    /// Lists one that no other thread has taken; `false` when none is left.
    fn list_next(&self) -> bool {
        let Some(directory) = self.next() else {
            return false;
        };
        self.listed(&directory);
        true
    }

    /// What is in a directory; waits for the thread that lists it. If that panics, this one does it.
    fn listed<'a>(&self, directory: &'a Directory) -> &'a Mutex<Option<Outcome>> {
        let list = || Mutex::new(Some(self.list(directory)));
        directory.listed.get_or_init(list)
    }

    fn next(&self) -> Option<Arc<Directory>> {
        let mut waiting = self.waiting();
        while !self.is_stopped.load(Ordering::Relaxed) {
            let directory = waiting.pop_front()?;
            if directory.take() {
                return Some(directory);
            }
        }
        None
    }

    /// Lists a directory; those below it wait from then on.
    fn list(&self, directory: &Directory) -> Outcome {
        let outcome = self.walk.list(directory);
        if let Ok(Listed { below, .. }) = &outcome
            && !below.is_empty()
            && self.helpers > 0
        {
            let mut waiting = self.waiting();
            match self.walk.last_first {
                true => below
                    .iter()
                    .for_each(|directory| waiting.push_front(directory.clone())),
                false => waiting.extend(below.iter().cloned()),
            }
        }
        outcome
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Arc<Directory>>> {
        lock(&self.waiting)
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

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf};

    use super::{Walk, Walking};

    /// A tree of 30 directories in 6, with two files in each.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str) -> Self {
            let root =
                std::env::temp_dir().join(format!("ouro-walk-{name}-{}", std::process::id()));
            for outer in 0..6 {
                for inner in 0..5 {
                    let folder = root.join(format!("a{outer}")).join(format!("b{inner}"));
                    fs::create_dir_all(&folder)
                        .expect("the folder for temporary files is writable");
                    for file in ["x", "y"] {
                        fs::write(folder.join(file), "").expect("so is a folder in it");
                    }
                }
            }
            Self(root)
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn walk(last_first: bool) -> Walk {
        Walk {
            recursive: true,
            with_types: false,
            follows_links: true,
            last_first,
        }
    }

    /// The prefixes of the directories in the order of the walk, and how many entries it found.
    fn prefixes(tree: &Tree, last_first: bool, enough: usize) -> (Vec<String>, usize) {
        let mut walking = Walking::new(tree.0.clone(), walk(last_first));
        let (mut prefixes, mut entries) = (Vec::new(), 0);
        while !walking.is_over() {
            let found = walking.part(enough).expect("all of it can be listed");
            entries += found.len();
            for (directory, _) in found.directories() {
                let prefix = String::from_utf8_lossy(directory.prefix());
                prefixes.push(prefix.replace(std::path::MAIN_SEPARATOR, "/"));
            }
        }
        (prefixes, entries)
    }

    #[test]
    fn directories_come_in_order_whoever_lists_them() {
        let tree = Tree::new("order");
        let outer = |outer| format!("a{outer}/");
        let inner = |outer, inner| format!("a{outer}/b{inner}/");
        let mut level_by_level = vec![String::new()];
        level_by_level.extend((0..6).map(outer));
        level_by_level.extend((0..6).flat_map(|o| (0..5).map(move |i| inner(o, i))));
        let mut last_first = vec![String::new()];
        for o in (0..6).rev() {
            last_first.push(outer(o));
            last_first.extend((0..5).rev().map(|i| inner(o, i)));
        }
        for enough in [1, 7, usize::MAX] {
            for _ in 0..20 {
                assert_eq!(prefixes(&tree, false, enough), (level_by_level.clone(), 96));
                assert_eq!(prefixes(&tree, true, enough), (last_first.clone(), 96));
            }
        }
    }

    #[test]
    fn a_walk_ends_with_an_error_or_when_nobody_wants_it() {
        let tree = Tree::new("end");
        for enough in [1, 8, 20] {
            let mut walking = Walking::new(tree.0.clone(), walk(false));
            walking.part(enough).expect("all of it can be listed");
            drop(walking);
        }
        let mut walking = Walking::new(tree.0.clone(), walk(false));
        walking.part(6).expect("the first can be listed");
        fs::remove_dir_all(&tree.0).expect("nobody else has it");
        // What helpers listed before is there still.
        while !walking.is_over() && walking.part(1).is_ok() {}
        let mut walking = Walking::new(tree.0.clone(), walk(false));
        assert!(walking.part(1).is_err_and(|error| error.is("ENOENT")));
    }
}
