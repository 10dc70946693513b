//! Asking the file system, and remembering its answers while a tree of modules loads: a program that requires a
//! hundred files asks for the same directories hundreds of times. Between loads nothing is remembered.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Nothing, or nothing that can be reached.
    Missing,
    /// A directory.
    Directory,
    /// Anything else.
    File,
}

/// The file system as resolution sees it.
#[derive(Debug, Default)]
pub struct FileSystem {
    loads: Cell<usize>,
    kinds: RefCell<FxHashMap<PathBuf, FileKind>>,
}

impl FileSystem {
    /// Remember answers until the matching [`Self::leave`].
    pub fn enter(&self) {
        self.loads.set(self.loads.get() + 1);
    }

    /// Ends what [`Self::enter`] began; the outermost call forgets everything.
    pub fn leave(&self) {
        let left = self.loads.get().saturating_sub(1);
        self.loads.set(left);
        if left == 0 {
            self.kinds.borrow_mut().clear();
        }
    }

    /// What stands at `path`, links followed.
    pub fn kind(&self, path: &Path) -> FileKind {
        if self.loads.get() == 0 {
            return look(path);
        }
        if let Some(&kind) = self.kinds.borrow().get(path) {
            return kind;
        }
        let kind = look(path);
        self.kinds.borrow_mut().insert(path.to_owned(), kind);
        kind
    }

    /// `path` with all links followed; `path` itself where that fails.
    #[must_use]
    pub fn real_path(path: &Path) -> PathBuf {
        let Ok(real) = std::fs::canonicalize(path) else {
            return path.to_owned();
        };
        if cfg!(windows) {
            let text = real.to_string_lossy();
            if let Some(plain) = text.strip_prefix(r"\\?\") {
                return match plain.strip_prefix(r"UNC\") {
                    Some(share) => PathBuf::from(format!(r"\\{share}")),
                    None => PathBuf::from(plain),
                };
            }
        }
        real
    }
}

fn look(path: &Path) -> FileKind {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => FileKind::Directory,
        Ok(_) => FileKind::File,
        Err(_) => FileKind::Missing,
    }
}
