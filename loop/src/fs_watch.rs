//! File watching: what comes, goes and changes in a directory, or happens to a file. Behaviour: libuv's
//! `uv_fs_event_t`.
//!
//! Each system has its own way to tell, which is below `sys`. What all of them tell is given to the handles here, and
//! announced one by one.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::sys::FsWatches;
use crate::{Core, Event, EventLoop};

/// How to watch.
#[derive(Clone, Copy, Debug, Default)]
pub struct FsWatchOptions {
    /// Whether what is below the directories in a directory counts too, also below those that come later. Links aren't
    /// followed. Default `false`.
    pub recursive: bool,
}

/// What sort of change; `uv_fs_event` of libuv.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FsChangeKind {
    /// Something has come, gone or got another name.
    Rename,
    /// Content or attributes are others.
    Change,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FsChange {
    /// What sort of change.
    pub kind: FsChangeKind,
    /// What changed, as a path from the watched directory; the last component of the watched path when it is that
    /// itself. `None` when more changed at once than the system could keep: look for yourself.
    pub filename: Option<OsString>,
}

/// What a file watching handle remembers: what hasn't been announced. All of it is before the next poll.
#[derive(Default)]
pub(crate) struct FsWatchState {
    changes: VecDeque<io::Result<FsChange>>,
}

impl Core {
    fn fs_watch(&mut self, path: &Path, options: FsWatchOptions) -> io::Result<HandleId> {
        let id = self.handles.insert(Kind::FsWatch(Box::default()))?;
        if let Err(error) = self.add_fs_watch(id, path, options) {
            self.handles.remove(id);
            return Err(error);
        }
        self.handles.activate(id);
        Ok(id)
    }

    fn add_fs_watch(
        &mut self,
        id: HandleId,
        path: &Path,
        options: FsWatchOptions,
    ) -> io::Result<()> {
        let mut watches = match self.fs_watches.take() {
            Some(watches) => watches,
            None => FsWatches::new(self.poll.registry(), self.shared.clone())?,
        };
        let added = watches.add(id, path, options.recursive);
        // Without any watch there is nothing to keep.
        if !watches.is_empty() {
            self.fs_watches = Some(watches);
        }
        added
    }

    /// The handle is being closed.
    pub(crate) fn fs_watch_stop(&mut self, id: HandleId) {
        if let Some(watches) = &mut self.fs_watches {
            watches.remove(id);
            if watches.is_empty() {
                self.fs_watches = None;
            }
        }
    }

    /// Gives what the system tells to the handles.
    pub(crate) fn collect_fs_changes(&mut self) {
        // Taken out, for its reports change the handles.
        let Some(mut watches) = self.fs_watches.take() else {
            return;
        };
        watches.collect(self.poll.registry(), |id, change| {
            if let Ok(slot) = self.handles.open_mut(id)
                && let Kind::FsWatch(state) = &mut slot.kind
            {
                state.changes.push_back(change);
                if !slot.ready {
                    slot.ready = true;
                    self.ready.push_back(id);
                }
            }
        });
        self.fs_watches = Some(watches);
    }

    pub(crate) fn fs_watch_step(&mut self, id: HandleId) -> Option<Event> {
        match &mut self.handles.open_mut(id).ok()?.kind {
            Kind::FsWatch(state) => {
                let result = state.changes.pop_front()?;
                Some(Event::FsChange { id, result })
            }
            _ => None,
        }
    }
}

/// # Watching files
impl EventLoop {
    /// Watches a file or directory: each change yields [`Event::FsChange`], until the handle is closed. Equal changes in a
    /// row may be one event.
    ///
    /// On Linux the loop hears of changes itself (inotify); elsewhere the crate `notify` does, on a thread for each
    /// handle.
    ///
    /// # Errors
    /// The operating system's: `ENOENT` if nothing is there, `ENOSPC` on Linux when there are more watches than
    /// `fs.inotify.max_user_watches` allows.
    pub fn fs_watch(&self, path: &Path, options: FsWatchOptions) -> Result<HandleId, LoopError> {
        Ok(self.core.borrow_mut().fs_watch(path, options)?)
    }
}
