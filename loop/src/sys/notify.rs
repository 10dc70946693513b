//! File watching where there is no inotify: the crate `notify` (FSEvents, kqueue, ReadDirectoryChangesW). Its threads put
//! what they hear into a bounded queue and wake the loop.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use mio::Registry;
use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::fs_watch::{FsChange, FsChangeKind};
use crate::handle::HandleId;
use crate::wake::Shared;

/// Changes that wait for the loop, as many as inotify keeps.
const QUEUE: usize = 16 * 1024;
/// Changes reported in one turn.
const REPORTS_PER_TURN: usize = 512;

type Change = (HandleId, io::Result<FsChange>);

/// The watches of one loop. Each has a watcher of its own, so that several can watch the same path.
pub(crate) struct FsWatches {
    watchers: HashMap<HandleId, RecommendedWatcher>,
    inbox: Arc<Inbox>,
}

/// What the watchers' threads have for the loop.
struct Inbox {
    changes: Mutex<VecDeque<Change>>,
    shared: Arc<Shared>,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Change>> {
        // Nothing is left half done by a panic.
        self.changes
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn push(&self, id: HandleId, change: io::Result<FsChange>) {
        let mut changes = self.lock();
        let change = if changes.len() < QUEUE {
            change
        } else {
            Ok(overflow())
        };
        let is_last = |(other, last): &Change| *other == id && same(last, &change);
        if changes.len() < QUEUE && changes.back().is_some_and(is_last) {
            return;
        }
        // Beyond the bound there is one entry for each handle, which says so.
        if changes.len() >= QUEUE && changes.iter().skip(QUEUE).any(|(other, _)| *other == id) {
            return;
        }
        changes.push_back((id, change));
        drop(changes);
        self.shared.wake();
    }
}

fn same(one: &io::Result<FsChange>, other: &io::Result<FsChange>) -> bool {
    matches!((one, other), (Ok(one), Ok(other)) if one == other)
}

fn overflow() -> FsChange {
    FsChange {
        kind: FsChangeKind::Change,
        filename: None,
    }
}

impl FsWatches {
    /// Threads hear, and wake the loop.
    pub(crate) const HEARD_BY_WAKE: bool = true;

    pub(crate) fn new(_: &Registry, shared: Arc<Shared>) -> io::Result<Self> {
        Ok(Self {
            watchers: HashMap::new(),
            inbox: Arc::new(Inbox {
                changes: Mutex::new(VecDeque::new()),
                shared,
            }),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.watchers.is_empty()
    }

    pub(crate) fn add(&mut self, id: HandleId, path: &Path, recursive: bool) -> io::Result<()> {
        // The system's own error, where there is nothing to watch.
        std::fs::metadata(path)?;
        let root = Root::new(path)?;
        let mode = if recursive {
            RecursiveMode::Recursive
        } else {
            RecursiveMode::NonRecursive
        };
        let path = root.given.clone();
        let inbox = self.inbox.clone();
        let hear = move |event: notify::Result<notify::Event>| match event {
            Ok(event) if event.need_rescan() => inbox.push(id, Ok(overflow())),
            Ok(event) => {
                let Some(kind) = kind_of(event.kind) else {
                    return;
                };
                for path in &event.paths {
                    let filename = Some(root.name_of(path));
                    inbox.push(id, Ok(FsChange { kind, filename }));
                }
            }
            Err(error) => inbox.push(id, Err(into_io(error))),
        };
        let mut watcher = notify::recommended_watcher(hear).map_err(into_io)?;
        watcher.watch(&path, mode).map_err(into_io)?;
        self.watchers.insert(id, watcher);
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: HandleId) {
        self.watchers.remove(&id);
        self.inbox.lock().retain(|(other, _)| *other != id);
    }

    /// Reports what has been heard.
    pub(crate) fn collect(
        &mut self,
        _: &Registry,
        mut report: impl FnMut(HandleId, io::Result<FsChange>),
    ) {
        let mut changes = self.inbox.lock();
        let count = changes.len().min(REPORTS_PER_TURN);
        for (id, change) in changes.drain(..count) {
            report(id, change);
        }
        if !changes.is_empty() {
            self.inbox.shared.wake();
        }
    }
}

/// What is watched, by the names under which it may come back.
struct Root {
    given: PathBuf,
    canonical: PathBuf,
}

impl Root {
    fn new(path: &Path) -> io::Result<Self> {
        Ok(Self {
            given: std::path::absolute(path)?,
            canonical: std::fs::canonicalize(path)?,
        })
    }

    /// A changed path as seen from the root; the root's last component for itself.
    fn name_of(&self, path: &Path) -> OsString {
        let below = path
            .strip_prefix(&self.given)
            .or_else(|_| path.strip_prefix(&self.canonical))
            .unwrap_or(path);
        if below.as_os_str().is_empty() {
            let name = self.given.file_name();
            return name.unwrap_or(self.given.as_os_str()).to_owned();
        }
        below.as_os_str().to_owned()
    }
}

/// What libuv calls it; `None` for what only read.
fn kind_of(kind: EventKind) -> Option<FsChangeKind> {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)) => {
            Some(FsChangeKind::Rename)
        }
        EventKind::Modify(_) | EventKind::Any | EventKind::Other => Some(FsChangeKind::Change),
        EventKind::Access(_) => None,
    }
}

fn into_io(error: notify::Error) -> io::Error {
    match error.kind {
        notify::ErrorKind::Io(error) => error,
        notify::ErrorKind::PathNotFound => io::ErrorKind::NotFound.into(),
        _ => io::Error::other(error),
    }
}
