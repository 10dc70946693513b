//! `fs.watch` on Linux: one inotify descriptor for the runtime, read as a stream of the loop, and who wants to know what.
//! The script half (`watch.js`) makes the `FSWatcher` around a watch.
//!
//! A recursive watch watches each directory below its root, and those that come. Links are not followed.

use std::{
    cell::{Cell, RefCell},
    io,
    os::{
        fd::{AsRawFd, RawFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
    rc::Rc,
};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string,
};
use ouro_loop::{Event, HandleId, ReadResult};
use rustc_hash::FxHashMap;

use super::{
    args::{self, Options, Shape, Use},
    error::FsError,
    ops::tree::name_of,
    sys::{self, Kind},
};
use crate::{
    engine::native::Natives,
    node::buffer::Encoding,
    runtime::{State, async_context::Frame, dispatch::Owner, door},
};

/// Somebody who watches a path.
struct Watcher {
    callback: JsObject,
    shape: Shape,
    recursive: bool,
    /// What events of the path itself are called: its last component.
    name: Vec<u8>,
    open: Cell<bool>,
    referenced: Cell<bool>,
    frame: Frame,
}

/// A directory or file that a watcher has a watch on.
struct Place {
    watcher: Rc<Watcher>,
    path: PathBuf,
    /// Its path from the root of a recursive watch; empty for the root.
    relative: Vec<u8>,
}

/// The watches of one runtime, by the numbers that the system gave them.
#[derive(Default)]
struct Watches {
    stream: Cell<Option<(HandleId, RawFd)>>,
    places: RefCell<FxHashMap<i32, Vec<Rc<Place>>>>,
    referenced: Cell<usize>,
}

/// What a watch object holds.
#[derive(Clone, Trace, Finalize, JsData)]
struct Handle(#[unsafe_ignore_trace] Rc<Watcher>);

/// `watch(path, { recursive, persistent, encoding }, callback)`: a watch with `close`, `ref` and `unref`;
/// `callback(eventType, filename)`.
pub fn watch(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = args::path(args.get_or_undefined(0), "filename", Use::Read, context)?;
    let options = Options::of(args.get_or_undefined(1), context)?;
    let callback = args.get_or_undefined(2).to_object(context)?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    let watcher = Rc::new(Watcher {
        callback,
        shape: options.shape(Shape::Text(Encoding::Utf8)),
        recursive: options.flag("recursive", context)?,
        name: name.as_bytes().to_vec(),
        open: Cell::new(true),
        referenced: Cell::new(false),
        frame: State::of(context).async_context.capture(),
    });
    let state = State::of(context);
    let watches = state.slot::<Watches>();
    let started = watches.fd(&state).and_then(|fd| {
        watches.add(fd, &watcher, &path, Vec::new())?;
        if watcher.recursive {
            watches.add_below(fd, &watcher, &path, &[]);
        }
        Ok(())
    });
    if let Err(error) = started {
        return Err(FsError::at("watch", &path)(error).into_js(context));
    }
    if options.flag("persistent", context)? {
        watches.set_ref(&state, &watcher, true);
    }
    let natives = Natives::on(
        JsObject::from_proto_and_data(
            Some(context.intrinsics().constructors().object().prototype()),
            Handle(watcher),
        ),
        context,
    );
    let object = natives
        .function("close", 0, close)
        .function("ref", 0, |this, _, context| referenced(this, true, context))
        .function("unref", 0, |this, _, context| {
            referenced(this, false, context)
        });
    Ok(object.build().into())
}

fn watcher_of(this: &JsValue) -> Option<Rc<Watcher>> {
    let object = this.as_object()?;
    let handle = object.downcast_ref::<Handle>()?;
    Some(handle.0.clone())
}

fn close(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(watcher) = watcher_of(this)
        && watcher.open.replace(false)
    {
        let state = State::of(context);
        let watches = state.slot::<Watches>();
        watches.set_ref(&state, &watcher, false);
        watches.forget(|place| Rc::ptr_eq(&place.watcher, &watcher));
    }
    Ok(JsValue::undefined())
}

fn referenced(this: &JsValue, on: bool, context: &mut Context) -> JsResult<JsValue> {
    if let Some(watcher) = watcher_of(this).filter(|watcher| watcher.open.get()) {
        let state = State::of(context);
        state.slot::<Watches>().set_ref(&state, &watcher, on);
    }
    Ok(JsValue::undefined())
}

impl Watches {
    /// The descriptor, which the loop begins to read when it is first needed.
    fn fd(&self, state: &State) -> io::Result<RawFd> {
        if let Some((_, fd)) = self.stream.get() {
            return Ok(fd);
        }
        let fd = sys::open_notices()?;
        let number = fd.as_raw_fd();
        let id = state.event_loop.open_fd(fd)?;
        state.owners.set(id, Rc::new(Notices));
        state.event_loop.read_start(id)?;
        // A handle that was just made.
        let _ = state.event_loop.set_ref(id, false);
        self.stream.set(Some((id, number)));
        Ok(number)
    }

    fn set_ref(&self, state: &State, watcher: &Watcher, on: bool) {
        if watcher.referenced.replace(on) == on {
            return;
        }
        let change = if on { 1 } else { -1 };
        let count = self.referenced.get().saturating_add_signed(change);
        self.referenced.set(count);
        if let Some((id, _)) = self.stream.get() {
            let _ = state.event_loop.set_ref(id, count > 0);
        }
    }

    /// Watches one path for a watcher.
    fn add(
        &self,
        fd: RawFd,
        watcher: &Rc<Watcher>,
        path: &Path,
        relative: Vec<u8>,
    ) -> io::Result<()> {
        let watch = sys::add_watch(fd, path, relative.is_empty())?;
        let place = Rc::new(Place {
            watcher: watcher.clone(),
            path: path.to_owned(),
            relative,
        });
        let mut places = self.places.borrow_mut();
        let known = places.entry(watch).or_default();
        // A directory that was moved within the tree has the number that it had.
        known.retain(|known| !Rc::ptr_eq(&known.watcher, watcher));
        known.push(place);
        Ok(())
    }

    /// Watches the directories below one; gives what is in it, by path from the root. What can't be read is left out.
    fn add_below(
        &self,
        fd: RawFd,
        watcher: &Rc<Watcher>,
        directory: &Path,
        relative: &[u8],
    ) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        let mut waiting = vec![(directory.to_owned(), relative.to_vec())];
        while let Some((directory, relative)) = waiting.pop() {
            for entry in sys::scandir(&directory).unwrap_or_default() {
                let path = directory.join(name_of(&entry.name));
                let below = joined(&relative, &entry.name);
                let is_directory = match entry.kind {
                    Kind::Unknown => sys::lstat(&path).is_ok_and(|status| status.is_directory()),
                    kind => kind == Kind::Directory,
                };
                if is_directory && self.add(fd, watcher, &path, below.clone()).is_ok() {
                    waiting.push((path, below.clone()));
                }
                found.push(below);
            }
        }
        found
    }

    /// Drops places, and the watches that nobody has any more.
    fn forget(&self, gone: impl Fn(&Place) -> bool) {
        let fd = self.stream.get().map(|(_, fd)| fd);
        self.places.borrow_mut().retain(|watch, places| {
            places.retain(|place| !gone(place));
            if let (true, Some(fd)) = (places.is_empty(), fd) {
                sys::remove_watch(fd, *watch);
            }
            !places.is_empty()
        });
    }
}

fn joined(directory: &[u8], name: &[u8]) -> Vec<u8> {
    match directory {
        [] => name.to_vec(),
        directory => [directory, b"/", name].concat(),
    }
}

/// The owner of the descriptor.
struct Notices;

/// As much as is read at once.
const READ_BYTES: usize = 64 * 1024;

impl Owner for Notices {
    fn on_event(self: Rc<Self>, event: Event, context: &mut Context) -> JsResult<()> {
        let Event::Readable(id) = event else {
            return Ok(());
        };
        let state = State::of(context);
        let mut bytes = vec![0; READ_BYTES];
        let ReadResult::Data(count) = state.event_loop.read(id, &mut bytes) else {
            return Ok(());
        };
        let mut first = true;
        for notice in sys::notices(&bytes[..count]) {
            for (watcher, event, name) in reports(&state, &notice) {
                // Each event is a callback of its own.
                if !std::mem::take(&mut first) {
                    door::drain(context);
                }
                if state.is_terminating() {
                    return Ok(());
                }
                if watcher.open.get() {
                    tell(&state, &watcher, event, &name, context);
                }
            }
        }
        Ok(())
    }
}

/// Who has to hear of a notice, as what, and of which name.
fn reports(state: &State, notice: &sys::Notice<'_>) -> Vec<(Rc<Watcher>, &'static str, Vec<u8>)> {
    let watches = state.slot::<Watches>();
    let places = watches.places.borrow().get(&notice.watch).cloned();
    if notice.is_end() {
        watches.places.borrow_mut().remove(&notice.watch);
    }
    let event = match notice.is_rename() {
        true => "rename",
        false => "change",
    };
    let mut reports = Vec::new();
    for place in places.unwrap_or_default() {
        let watcher = &place.watcher;
        if notice.name.is_empty() {
            // The directory above tells of what happens to one below the root.
            if place.relative.is_empty() {
                reports.push((watcher.clone(), event, watcher.name.clone()));
            }
            continue;
        }
        let name = joined(&place.relative, notice.name);
        reports.push((watcher.clone(), event, name.clone()));
        if let (true, true, Some((_, fd))) = (
            watcher.recursive,
            notice.is_new_directory(),
            watches.stream.get(),
        ) {
            let path = place.path.join(name_of(notice.name));
            if watches.add(fd, watcher, &path, name.clone()).is_ok() {
                // What is in it already came before it was watched.
                let found = watches.add_below(fd, watcher, &path, &name);
                reports.extend(
                    found
                        .into_iter()
                        .map(|name| (watcher.clone(), "rename", name)),
                );
            }
        }
    }
    reports
}

fn tell(state: &State, watcher: &Watcher, event: &'static str, name: &[u8], context: &mut Context) {
    let event = match event {
        "rename" => js_string!("rename"),
        _ => js_string!("change"),
    };
    let outcome = watcher.shape.give(name, context).and_then(|name| {
        state.async_context.run(&watcher.frame, || {
            let args = [event.into(), name];
            watcher.callback.call(&JsValue::undefined(), &args, context)
        })
    });
    if let Err(error) = outcome {
        crate::runtime::fatal::uncaught(error, crate::runtime::fatal::Origin::Exception, context);
    }
}
