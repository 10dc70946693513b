//! Directories made and removed: `mkdir`, `mkdtemp`, `rmdir`, `rm`.

use std::{
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use boa_engine::{Context, JsArgs, JsResult, JsValue};

use super::operations;
use crate::node::{
    arguments::{boolean, integer, object},
    buffer::Encoding,
    fs::{
        args::{self, Options, Shape, Use, bytes_of_path},
        error::{FsError, named},
        request::{Form, Request},
        sys::{self, Kind},
    },
};
use crate::runtime::State;

operations! {
    Mkdir "mkdir" callback 2 after 1 => mkdir;
    Mkdtemp "mkdtemp" callback 2 after 1 => mkdtemp;
    Rmdir "rmdir" callback 2 after 1 => rmdir;
    Rm "rm" callback 2 after 1 => rm;
}

fn mkdir(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let options = args.get_or_undefined(1);
    let (mut recursive, mut mode) = (false, 0o777);
    if options.is_number() || options.is_string() {
        mode = args::mode(options, "mode", None, context)?;
    } else if let Some(object) = options.as_object() {
        let wanted = object.get(boa_engine::js_string!("recursive"), context)?;
        if !wanted.is_undefined() {
            recursive = boolean(&wanted, "options.recursive", context)?;
        }
        let wanted = object.get(boa_engine::js_string!("mode"), context)?;
        if !wanted.is_undefined() {
            mode = args::mode(&wanted, "options.mode", None, context)?;
        }
    }
    let path = args::path(args.get_or_undefined(0), "path", Use::Write, context)?;
    if !recursive {
        return Ok(Request::on_path(path, "mkdir", move |path| {
            sys::mkdir(path, mode)
        }));
    }
    Ok(Request::new(
        move || make_all(&path, mode),
        |first, context| match first {
            Some(first) => Shape::Text(Encoding::Utf8).give(&bytes_of_path(&first), context),
            None => Ok(JsValue::undefined()),
        },
    ))
}

/// Makes a directory and those above it; returns the first that had to be made.
fn make_all(path: &Path, mode: u32) -> Result<Option<PathBuf>, FsError> {
    let absolute = std::path::absolute(path).map_err(FsError::at("mkdir", path))?;
    let mut missing = vec![absolute.as_path()];
    let mut first = None;
    while let Some(next) = missing.last().copied() {
        let error = match sys::mkdir(next, mode) {
            Ok(()) => {
                first.get_or_insert_with(|| next.to_owned());
                missing.pop();
                continue;
            }
            Err(error) => error,
        };
        let failure = FsError::at("mkdir", path)(error);
        match next.parent() {
            Some(parent) if failure.is("ENOENT") => {
                // A parent that is there and still can't hold an entry would be tried for ever.
                if sys::lstat(parent).is_ok() {
                    return Err(failure);
                }
                missing.push(parent);
            }
            _ => match sys::stat(next) {
                Ok(status) if status.is_directory() => drop(missing.pop()),
                Ok(_) if missing.len() > 1 => {
                    return Err(FsError::at("mkdir", path)(named("ENOTDIR")));
                }
                Ok(_) => return Err(FsError::at("mkdir", path)(named("EEXIST"))),
                // What is there leads nowhere: a link that dangles, or goes round.
                Err(error) if failure.is("EEXIST") => {
                    return Err(FsError::at("mkdir", path)(error));
                }
                Err(_) => return Err(failure),
            },
        }
    }
    Ok(first)
}

fn mkdtemp(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let shape = Options::of(args.get_or_undefined(1), context)?.shape(Shape::Text(Encoding::Utf8));
    let prefix = args::path(args.get_or_undefined(0), "prefix", Use::Write, context)?;
    let mut template = prefix.into_os_string();
    if template.as_encoded_bytes().ends_with(b"X") {
        warn_of_template(context)?;
    }
    template.push("XXXXXX");
    let template = PathBuf::from(template);
    Ok(Request::new(
        move || sys::mkdtemp(&template).map_err(FsError::at("mkdtemp", &template)),
        move |made, context| shape.give(&bytes_of_path(&made), context),
    ))
}

/// Whether the warning has been given.
#[derive(Default)]
struct Warned(std::cell::Cell<bool>);

/// Some systems take more than the six last letters for the part to replace. Said once.
fn warn_of_template(context: &mut Context) -> JsResult<()> {
    if State::of(context).slot::<Warned>().0.replace(true) {
        return Ok(());
    }
    let process = crate::engine::registry::require("process", context)?.to_object(context)?;
    let emit = process.get(boa_engine::js_string!("emitWarning"), context)?;
    if let Some(emit) = emit.as_callable() {
        let text = boa_engine::js_string!(
            "mkdtemp() templates ending with X are not portable. For details see: https://nodejs.org/api/fs.html"
        );
        emit.call(&process.into(), &[text.into()], context)?;
    }
    Ok(())
}

/// A name as the system takes it.
#[cfg(unix)]
pub fn name_of(bytes: &[u8]) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).to_owned()
}

/// A name as the system takes it.
#[cfg(not(unix))]
pub fn name_of(bytes: &[u8]) -> std::ffi::OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// What `rm` and `rmdir` are told.
struct Removal {
    recursive: bool,
    force: bool,
    retries: u32,
    delay: Duration,
}

impl Removal {
    fn of(value: &JsValue, forceful: bool, context: &mut Context) -> JsResult<Self> {
        let mut removal = Self {
            recursive: false,
            force: false,
            retries: 0,
            delay: Duration::from_millis(100),
        };
        if value.is_undefined() {
            return Ok(removal);
        }
        let given = object(value, "options", context)?;
        let member = |name: &str, context: &mut Context| {
            let found = given.get(boa_engine::JsString::from(name), context)?;
            JsResult::Ok(Some(found).filter(|found| !found.is_undefined()))
        };
        if forceful && let Some(force) = member("force", context)? {
            removal.force = boolean(&force, "options.force", context)?;
        }
        if let Some(recursive) = member("recursive", context)? {
            removal.recursive = boolean(&recursive, "options.recursive", context)?;
        }
        if let Some(delay) = member("retryDelay", context)? {
            let delay = integer(
                &delay,
                "options.retryDelay",
                0.0,
                f64::from(i32::MAX),
                context,
            )?;
            removal.delay = Duration::from_millis(delay as u64);
        }
        if let Some(retries) = member("maxRetries", context)? {
            removal.retries = args::unsigned(&retries, "options.maxRetries", context)?;
        }
        Ok(removal)
    }

    /// Tries again, ever later, while something else holds what is to be removed.
    fn insist(&self, mut attempt: impl FnMut() -> Result<(), FsError>) -> Result<(), FsError> {
        let mut tried = 0;
        loop {
            match attempt() {
                Err(error) if tried < self.retries && is_passing(&error) => {
                    tried += 1;
                    thread::sleep(self.delay * tried);
                }
                outcome => return outcome,
            }
        }
    }
}

fn is_passing(error: &FsError) -> bool {
    ["EBUSY", "EMFILE", "ENFILE", "ENOTEMPTY", "EPERM"]
        .iter()
        .any(|name| error.is(name))
}

fn rmdir(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let calls = Calls::of(form);
    let path = args::path(args.get_or_undefined(0), "path", Use::Write, context)?;
    let removal = Removal::of(args.get_or_undefined(1), false, context)?;
    Ok(Request::nothing(move || {
        if removal.recursive {
            let status = sys::lstat(&path).map_err(FsError::at("rmdir", &path))?;
            if !status.is_directory() {
                return Err(FsError::at("rmdir", &path)(named("ENOTDIR")));
            }
            return removal.insist(|| remove_tree(&path, calls));
        }
        sys::rmdir(&path).map_err(FsError::at("rmdir", &path))
    }))
}

/// What failures of a removal name as the call: Node's `rmSync` is native and says its own name, the other forms are script and say
/// that of the function of `fs` that failed.
#[derive(Clone, Copy)]
struct Calls {
    unlink: &'static str,
    rmdir: &'static str,
    scandir: &'static str,
}

impl Calls {
    fn of(form: Form) -> Self {
        match form {
            Form::Sync => Self {
                unlink: "rm",
                rmdir: "rm",
                scandir: "rm",
            },
            Form::Callback | Form::Promise => Self {
                unlink: "unlink",
                rmdir: "rmdir",
                scandir: "scandir",
            },
        }
    }
}

fn rm(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let calls = Calls::of(form);
    let path = args::path(args.get_or_undefined(0), "path", Use::Write, context)?;
    let removal = Removal::of(args.get_or_undefined(1), true, context)?;
    Ok(Request::nothing(move || {
        let status = match sys::lstat(&path).map_err(FsError::at("lstat", &path)) {
            Ok(status) => status,
            Err(error) if removal.force && error.is("ENOENT") => return Ok(()),
            Err(error) => return Err(error),
        };
        if !status.is_directory() {
            return removal
                .insist(|| gone(sys::unlink(&path).map_err(FsError::at(calls.unlink, &path))));
        }
        if !removal.recursive {
            return Err(FsError::IsDirectory(path.to_string_lossy().into_owned()));
        }
        removal.insist(|| remove_tree(&path, calls))
    }))
}

/// What is gone already needs no removing.
fn gone(outcome: Result<(), FsError>) -> Result<(), FsError> {
    match outcome {
        Err(error) if error.is("ENOENT") => Ok(()),
        outcome => outcome,
    }
}

/// Removes a directory with all that is below it. Links are removed, not followed.
fn remove_tree(path: &Path, calls: Calls) -> Result<(), FsError> {
    let mut waiting = vec![(path.to_owned(), false)];
    while let Some((directory, emptied)) = waiting.pop() {
        if emptied {
            gone(sys::rmdir(&directory).map_err(FsError::at(calls.rmdir, &directory)))?;
            continue;
        }
        let listed = sys::scandir(&directory).map_err(FsError::at(calls.scandir, &directory));
        let entries = match listed {
            Err(error) if error.is("ENOENT") => continue,
            listed => listed?,
        };
        waiting.push((directory.clone(), true));
        for entry in entries.iter() {
            let full = directory.join(name_of(entry.name));
            let is_directory = match entry.kind {
                Kind::Unknown => sys::lstat(&full).is_ok_and(|status| status.is_directory()),
                kind => kind == Kind::Directory,
            };
            if is_directory {
                waiting.push((full, false));
            } else {
                gone(sys::unlink(&full).map_err(FsError::at(calls.unlink, &full)))?;
            }
        }
    }
    Ok(())
}
