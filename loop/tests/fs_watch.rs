//! Watching files and directories. What every system tells is tested everywhere, how exactly only on Linux.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use common::{new_loop, run};
use ouro_loop::{Event, EventLoop, FsWatchOptions, HandleId, HandleKind, LoopError, RunMode};
#[cfg(target_os = "linux")]
use ouro_loop::{FsChange, FsChangeKind};

/// A directory of the test's own, gone with it.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = fs::canonicalize(std::env::temp_dir()).unwrap();
        let path = loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("ouro-loop-watch-{}-{count}", std::process::id());
            let path = folder.join(name);
            match fs::create_dir(&path) {
                // Of a process of the same number, which was killed.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                made => {
                    made.unwrap();
                    break path;
                }
            }
        };
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn watch(ev: &EventLoop, path: &Path) -> HandleId {
    ev.fs_watch(path, FsWatchOptions::default()).unwrap()
}

fn watch_below(ev: &EventLoop, path: &Path) -> HandleId {
    ev.fs_watch(path, FsWatchOptions { recursive: true })
        .unwrap()
}

/// Waits until every one of these has been heard of, whatever else is.
fn hears(ev: &EventLoop, id: HandleId, names: &[&str]) {
    let mut missing: BTreeSet<PathBuf> = names.iter().map(PathBuf::from).collect();
    while !missing.is_empty() {
        match ev.next_event(RunMode::Default) {
            Some(Event::FsChange { id: of, result }) if of == id => {
                if let Some(name) = result.unwrap().filename {
                    missing.remove(Path::new(&name));
                }
            }
            Some(Event::FsChange { .. }) | None => {}
            other => panic!("{other:?}"),
        }
    }
}

#[cfg(target_os = "linux")]
fn rename(name: &str) -> FsChange {
    FsChange {
        kind: FsChangeKind::Rename,
        filename: Some(name.into()),
    }
}

#[cfg(target_os = "linux")]
fn change(name: &str) -> FsChange {
    FsChange {
        kind: FsChangeKind::Change,
        filename: Some(name.into()),
    }
}

/// What inotify has to tell right now.
#[cfg(target_os = "linux")]
fn changes(ev: &EventLoop) -> Vec<(HandleId, FsChange)> {
    let mut changes = Vec::new();
    loop {
        let events = run(ev, RunMode::NoWait);
        if events.is_empty() {
            return changes;
        }
        for event in events {
            match event {
                Event::FsChange { id, result } => changes.push((id, result.unwrap())),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn changes_of(ev: &EventLoop, id: HandleId) -> Vec<FsChange> {
    let of = |(of, change)| {
        assert_eq!(of, id);
        change
    };
    changes(ev).into_iter().map(of).collect()
}

#[test]
fn what_comes_changes_and_goes_is_heard_of() {
    let directory = Directory::new();
    let ev = new_loop();
    let id = watch(&ev, &directory.0);
    assert_eq!(ev.kind(id).unwrap(), HandleKind::FsWatch);
    assert!(ev.alive());
    fs::write(directory.path("one"), "1").unwrap();
    hears(&ev, id, &["one"]);
    fs::rename(directory.path("one"), directory.path("two")).unwrap();
    hears(&ev, id, &["two"]);
    fs::remove_file(directory.path("two")).unwrap();
    hears(&ev, id, &["two"]);
    ev.close(id).unwrap();
    fs::write(directory.path("three"), "3").unwrap();
    let after: Vec<_> = std::iter::from_fn(|| ev.next_event(RunMode::Default)).collect();
    assert!(matches!(&after[..], [Event::Closed(of)] if *of == id));
    assert!(!ev.alive());
}

#[test]
#[cfg_attr(
    windows,
    ignore = "Wine tells nothing of what is below a watched directory"
)]
fn what_is_below_is_heard_of_as_a_path() {
    let directory = Directory::new();
    fs::create_dir_all(directory.path("a/b")).unwrap();
    let ev = new_loop();
    let id = watch_below(&ev, &directory.0);
    let name = |parts: &[&str]| parts.iter().collect::<PathBuf>().display().to_string();
    fs::write(directory.path("a/b/one"), "1").unwrap();
    hears(&ev, id, &[&name(&["a", "b", "one"])]);
    // Also in a directory that wasn't there.
    fs::create_dir(directory.path("c")).unwrap();
    fs::write(directory.path("c/two"), "2").unwrap();
    hears(&ev, id, &["c", &name(&["c", "two"])]);
}

#[test]
fn what_is_not_there_cannot_be_watched() {
    let directory = Directory::new();
    let ev = new_loop();
    let error = ev.fs_watch(&directory.path("nothing"), FsWatchOptions::default());
    let Err(LoopError::Io(error)) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert!(error.raw_os_error().is_some());
    assert!(ev.walk().is_empty());
}

#[test]
fn a_handle_closed_in_its_own_callback_or_anothers_says_nothing_more() {
    let directory = Directory::new();
    let ev = new_loop();
    let (one, two) = (watch(&ev, &directory.0), watch(&ev, &directory.0));
    for name in ["a", "b", "c"] {
        fs::write(directory.path(name), "").unwrap();
    }
    loop {
        if let Some(Event::FsChange { .. }) = ev.next_event(RunMode::Default) {
            ev.close(one).unwrap();
            ev.close(two).unwrap();
            break;
        }
    }
    let rest: Vec<_> = std::iter::from_fn(|| ev.next_event(RunMode::Default)).collect();
    assert!(matches!(&rest[..], [Event::Closed(_), Event::Closed(_)]));
    // And the next one starts from nothing.
    let three = watch(&ev, &directory.0);
    fs::write(directory.path("d"), "").unwrap();
    hears(&ev, three, &["d"]);
}

#[test]
fn an_unreferenced_handle_keeps_nothing_alive_and_a_dropped_loop_nothing_open() {
    let directory = Directory::new();
    #[cfg(target_os = "linux")]
    let count = || fs::read_dir("/proc/self/fd").unwrap().count();
    #[cfg(target_os = "linux")]
    let before = count();
    for _ in 0..100 {
        let ev = new_loop();
        let id = watch(&ev, &directory.0);
        ev.set_ref(id, false).unwrap();
        assert!(!ev.alive());
        assert!(run(&ev, RunMode::Default).is_empty());
    }
    // Other tests of this process open descriptors too, hence a bound that a leak would break.
    #[cfg(target_os = "linux")]
    assert!(count() < before + 80);
}

#[cfg(target_os = "linux")]
#[test]
fn each_change_has_its_kind_and_name() {
    let directory = Directory::new();
    let ev = new_loop();
    let id = watch(&ev, &directory.0);
    fs::write(directory.path("one"), "").unwrap();
    assert_eq!(changes_of(&ev, id), [rename("one")]);
    fs::write(directory.path("one"), "x").unwrap();
    assert_eq!(changes_of(&ev, id), [change("one")]);
    // Two that are equal and that nobody has heard of are one.
    for text in ["a", "b", "c"] {
        let mut file = fs::File::options()
            .append(true)
            .open(directory.path("one"))
            .unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    }
    assert_eq!(changes_of(&ev, id), [change("one")]);
    fs::rename(directory.path("one"), directory.path("two")).unwrap();
    assert_eq!(changes_of(&ev, id), [rename("one"), rename("two")]);
    let mut permissions = fs::metadata(directory.path("two")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(directory.path("two"), permissions).unwrap();
    assert_eq!(changes_of(&ev, id), [change("two")]);
    fs::remove_file(directory.path("two")).unwrap();
    assert_eq!(changes_of(&ev, id), [rename("two")]);
    // Not recursive: the directory is heard of, and not what is in it.
    fs::create_dir(directory.path("below")).unwrap();
    fs::write(directory.path("below/three"), "3").unwrap();
    assert_eq!(changes_of(&ev, id), [rename("below")]);
    // A poll would sleep now.
    assert_eq!(ev.backend_timeout(), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_watched_file_goes_by_its_own_name() {
    let directory = Directory::new();
    let path = directory.path("file");
    fs::write(&path, "").unwrap();
    let ev = new_loop();
    let id = watch(&ev, &path);
    fs::write(directory.path("other"), "").unwrap();
    fs::write(&path, "x").unwrap();
    assert_eq!(changes_of(&ev, id), [change("file")]);
    fs::remove_file(&path).unwrap();
    // Its links are counted anew, it is gone, and the watch with it.
    let gone = [change("file"), rename("file"), rename("file")];
    assert_eq!(changes_of(&ev, id), gone);
    // The handle stays, with nothing to tell.
    fs::write(&path, "").unwrap();
    assert!(changes_of(&ev, id).is_empty());
    assert!(ev.is_active(id).unwrap());
    ev.close(id).unwrap();
    let id = watch(&ev, &path);
    fs::write(&path, "y").unwrap();
    let events = run(&ev, RunMode::NoWait);
    assert!(
        matches!(&events[..], [Event::FsChange { id: of, .. }, Event::Closed(_)] if *of == id),
        "{events:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn several_handles_watch_one_path() {
    let directory = Directory::new();
    let ev = new_loop();
    let (one, two) = (watch(&ev, &directory.0), watch(&ev, &directory.0));
    fs::write(directory.path("a"), "").unwrap();
    assert_eq!(changes(&ev), [(one, rename("a")), (two, rename("a"))]);
    ev.close(one).unwrap();
    run(&ev, RunMode::NoWait);
    fs::write(directory.path("b"), "").unwrap();
    assert_eq!(changes(&ev), [(two, rename("b"))]);
}

#[cfg(target_os = "linux")]
#[test]
fn directories_that_come_move_and_go_are_followed() {
    let directory = Directory::new();
    let elsewhere = Directory::new();
    let ev = new_loop();
    let id = watch_below(&ev, &directory.0);
    // With what is in them already.
    fs::create_dir_all(elsewhere.path("tree/deep")).unwrap();
    fs::write(elsewhere.path("tree/deep/leaf"), "").unwrap();
    fs::rename(elsewhere.path("tree"), directory.path("tree")).unwrap();
    let came = [
        rename("tree"),
        rename("tree/deep"),
        rename("tree/deep/leaf"),
    ];
    assert_eq!(changes_of(&ev, id), came);
    // Under another name.
    fs::rename(directory.path("tree"), directory.path("wood")).unwrap();
    let moved = changes_of(&ev, id);
    assert_eq!(moved[..2], [rename("tree"), rename("wood")]);
    fs::write(directory.path("wood/deep/leaf"), "x").unwrap();
    assert_eq!(changes_of(&ev, id), [change("wood/deep/leaf")]);
    // Out of the tree: it isn't watched any more.
    fs::rename(directory.path("wood"), elsewhere.path("wood")).unwrap();
    assert_eq!(changes_of(&ev, id), [rename("wood")]);
    fs::write(elsewhere.path("wood/deep/leaf"), "y").unwrap();
    assert!(changes_of(&ev, id).is_empty());
    // A link isn't followed, so that it can't lead in a circle.
    std::os::unix::fs::symlink(&elsewhere.0, directory.path("link")).unwrap();
    assert_eq!(changes_of(&ev, id), [rename("link")]);
    fs::write(elsewhere.path("new"), "").unwrap();
    assert!(changes_of(&ev, id).is_empty());
    // Gone and come again.
    for _ in 0..2 {
        fs::create_dir(directory.path("again")).unwrap();
        assert_eq!(changes_of(&ev, id), [rename("again")]);
        fs::write(directory.path("again/x"), "").unwrap();
        assert_eq!(changes_of(&ev, id), [rename("again/x")]);
        fs::remove_dir_all(directory.path("again")).unwrap();
        assert_eq!(changes_of(&ev, id), [rename("again/x"), rename("again")]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_system_could_not_keep_is_said_so() {
    let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let limit: usize = limit.trim().parse().unwrap();
    let directory = Directory::new();
    let ev = new_loop();
    let id = watch(&ev, &directory.0);
    let path = directory.path("a");
    // It comes and it goes: none equal to its neighbour.
    for _ in 0..=limit / 2 {
        fs::write(&path, "").unwrap();
        fs::remove_file(&path).unwrap();
    }
    let mut all = Vec::new();
    let mut most = 0;
    loop {
        let turn = run(&ev, RunMode::NoWait);
        if turn.is_empty() {
            break;
        }
        most = most.max(turn.len());
        all.extend(turn);
    }
    let Some(Event::FsChange {
        id: of,
        result: Ok(last),
    }) = all.last()
    else {
        panic!("{:?}", all.last());
    };
    assert_eq!(*of, id);
    assert_eq!(last.filename, None);
    assert_eq!(all.len(), limit + 1);
    // The others had their turns.
    assert!(most <= 1024, "{most} in one turn");
    fs::write(&path, "").unwrap();
    assert_eq!(changes_of(&ev, id), [rename("a")]);
}
