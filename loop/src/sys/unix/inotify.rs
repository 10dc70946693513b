//! File watching on Linux: one inotify descriptor for a loop, which the loop polls like any other, and who wants to know
//! what. A recursive watch is a watch on each directory below its root, and on those that come.
//!
//! The crate `notify` isn't used here: it would need a thread, and it leaves out what libuv announces (the end of a watch
//! is a rename of what was watched) and adds what libuv doesn't (the closing of files, pairs of renames).

use std::collections::HashMap;
use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mio::event::Source;
use mio::unix::SourceFd;
use mio::{Interest, Registry};

use crate::fs_watch::{FsChange, FsChangeKind};
use crate::handle::HandleId;
use crate::wake::{FS_WATCH_TOKEN, Shared};

/// As much as is read in one turn. The system keeps the rest, and says if it was too much.
const READ_BYTES: usize = 16 * 1024;

/// What libuv asks for.
const MASK: u32 = libc::IN_ATTRIB
    | libc::IN_CREATE
    | libc::IN_MODIFY
    | libc::IN_DELETE
    | libc::IN_DELETE_SELF
    | libc::IN_MOVE_SELF
    | libc::IN_MOVED_FROM
    | libc::IN_MOVED_TO;

/// The watches of one loop.
pub(crate) struct FsWatches {
    inotify: File,
    watchers: HashMap<HandleId, Watcher>,
    /// Who has a watch, by the number that the system gave it.
    places: HashMap<i32, Vec<Place>>,
}

struct Watcher {
    recursive: bool,
    /// What changes of the watched thing itself are called.
    name: OsString,
}

/// A directory or file that a watcher has a watch on.
#[derive(Clone)]
struct Place {
    id: HandleId,
    path: PathBuf,
    /// From the root of a recursive watch; empty for the root.
    relative: PathBuf,
}

type Report<'a> = dyn FnMut(HandleId, io::Result<FsChange>) + 'a;

impl FsWatches {
    /// Poll tells of the descriptor.
    pub(crate) const HEARD_BY_WAKE: bool = false;

    pub(crate) fn new(registry: &Registry, _: Arc<Shared>) -> io::Result<Self> {
        // SAFETY: takes no pointer.
        let fd = unsafe { libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call has just made it, and nobody else knows it.
        let inotify = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
        SourceFd(&fd).register(registry, FS_WATCH_TOKEN, Interest::READABLE)?;
        Ok(Self {
            inotify,
            watchers: HashMap::new(),
            places: HashMap::new(),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.watchers.is_empty()
    }

    pub(crate) fn add(&mut self, id: HandleId, path: &Path, recursive: bool) -> io::Result<()> {
        self.add_place(Place {
            id,
            path: path.to_owned(),
            relative: PathBuf::new(),
        })?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_owned();
        self.watchers.insert(id, Watcher { recursive, name });
        if recursive {
            self.add_below(id, path, Path::new(""), &mut |_| {});
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, id: HandleId) {
        self.watchers.remove(&id);
        self.forget(|place| place.id == id);
    }

    /// Reads what has happened, and reports it.
    pub(crate) fn collect(
        &mut self,
        registry: &Registry,
        mut report: impl FnMut(HandleId, io::Result<FsChange>),
    ) {
        let mut bytes = [0; READ_BYTES];
        let count = match (&self.inotify).read(&mut bytes) {
            Ok(count) => count,
            Err(_) => return,
        };
        // Registered anew, poll tells of what is left.
        let fd = self.inotify.as_raw_fd();
        let _ = SourceFd(&fd).reregister(registry, FS_WATCH_TOKEN, Interest::READABLE);
        for notice in notices(&bytes[..count]) {
            self.report(&notice, &mut report);
        }
    }

    /// Watches one path for a watcher.
    fn add_place(&mut self, place: Place) -> io::Result<()> {
        let path = CString::new(place.path.as_os_str().as_bytes())?;
        let mask = if place.relative.as_os_str().is_empty() {
            MASK
        } else {
            MASK | libc::IN_DONT_FOLLOW
        };
        // SAFETY: `path` ends in NUL and lives through the call.
        let watch =
            unsafe { libc::inotify_add_watch(self.inotify.as_raw_fd(), path.as_ptr(), mask) };
        if watch < 0 {
            return Err(io::Error::last_os_error());
        }
        let known = self.places.entry(watch).or_default();
        // The same file has the same number, also under a name that it got later.
        known.retain(|known| known.id != place.id);
        known.push(place);
        Ok(())
    }

    /// Watches the directories below one, and gives what is in it, as paths from the root. What can't be read is left out.
    fn add_below(
        &mut self,
        id: HandleId,
        directory: &Path,
        relative: &Path,
        found: &mut dyn FnMut(PathBuf),
    ) {
        let mut waiting = vec![(directory.to_owned(), relative.to_owned())];
        while let Some((directory, relative)) = waiting.pop() {
            let Ok(entries) = std::fs::read_dir(&directory) else {
                continue;
            };
            for entry in entries.flatten() {
                let below = relative.join(entry.file_name());
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    let place = Place {
                        id,
                        path: entry.path(),
                        relative: below.clone(),
                    };
                    if self.add_place(place).is_ok() {
                        waiting.push((entry.path(), below.clone()));
                    }
                }
                found(below);
            }
        }
    }

    /// Drops places, and the watches that nobody has any more.
    fn forget(&mut self, gone: impl Fn(&Place) -> bool) {
        let fd = self.inotify.as_raw_fd();
        self.places.retain(|watch, places| {
            places.retain(|place| !gone(place));
            if places.is_empty() {
                // SAFETY: takes no pointer; a number that is no watch any more is an error, not harm.
                unsafe { libc::inotify_rm_watch(fd, *watch) };
            }
            !places.is_empty()
        });
    }

    /// Tells everybody who has to hear of a notice.
    fn report(&mut self, notice: &Notice<'_>, report: &mut Report<'_>) {
        if notice.mask & libc::IN_Q_OVERFLOW != 0 {
            for id in self.watchers.keys() {
                let kind = FsChangeKind::Change;
                let filename = None;
                report(*id, Ok(FsChange { kind, filename }));
            }
            return;
        }
        let places = self.places.get(&notice.watch).cloned();
        if notice.mask & libc::IN_IGNORED != 0 {
            self.places.remove(&notice.watch);
        }
        for place in places.unwrap_or_default() {
            let Some(watcher) = self.watchers.get(&place.id) else {
                continue;
            };
            let is_root = place.relative.as_os_str().is_empty();
            if notice.name.is_empty() {
                // The directory above tells of what happens to one below the root.
                if is_root {
                    report(place.id, Ok(notice.change(watcher.name.clone())));
                }
                continue;
            }
            let recursive = watcher.recursive;
            let name = place.relative.join(OsStr::from_bytes(notice.name));
            report(place.id, Ok(notice.change(name.clone().into_os_string())));
            if recursive && notice.mask & libc::IN_ISDIR != 0 {
                self.follow(notice, &place, &name, report);
            }
        }
    }

    /// A directory has come into a recursively watched one, or gone from it.
    fn follow(&mut self, notice: &Notice<'_>, place: &Place, name: &Path, report: &mut Report<'_>) {
        if notice.mask & libc::IN_MOVED_FROM != 0 {
            // Where it goes within the tree it is found again.
            self.forget(|other| other.id == place.id && other.relative.starts_with(name));
        }
        if notice.mask & (libc::IN_CREATE | libc::IN_MOVED_TO) != 0 {
            let path = place.path.join(OsStr::from_bytes(notice.name));
            let new = Place {
                id: place.id,
                path: path.clone(),
                relative: name.to_owned(),
            };
            if self.add_place(new).is_ok() {
                // What is in it already came before it was watched.
                self.add_below(place.id, &path, name, &mut |found| {
                    let kind = FsChangeKind::Rename;
                    let filename = Some(found.into_os_string());
                    report(place.id, Ok(FsChange { kind, filename }));
                });
            }
        }
    }
}

/// One record.
struct Notice<'a> {
    watch: i32,
    mask: u32,
    /// What changed in a watched directory; empty when it is the watched thing itself.
    name: &'a [u8],
}

impl Notice<'_> {
    fn change(&self, name: OsString) -> FsChange {
        let only_changed = libc::IN_ATTRIB | libc::IN_MODIFY | libc::IN_ISDIR;
        FsChange {
            kind: if self.mask & !only_changed == 0 {
                FsChangeKind::Change
            } else {
                FsChangeKind::Rename
            },
            filename: Some(name),
        }
    }
}

/// The records in what was read.
fn notices(mut bytes: &[u8]) -> impl Iterator<Item = Notice<'_>> {
    const HEAD: usize = size_of::<libc::inotify_event>();
    std::iter::from_fn(move || {
        let number = |at: usize| {
            let field = bytes.get(at..at + 4)?;
            Some(u32::from_ne_bytes(field.try_into().ok()?))
        };
        let (watch, mask, length) = (number(0)?, number(4)?, number(12)? as usize);
        let name = bytes.get(HEAD..HEAD + length)?;
        bytes = &bytes[HEAD + length..];
        // The name is padded with NULs.
        let end = name.iter().position(|byte| *byte == 0);
        Some(Notice {
            watch: watch as i32,
            mask,
            name: &name[..end.unwrap_or(name.len())],
        })
    })
}
