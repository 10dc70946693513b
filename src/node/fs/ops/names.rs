//! Names and links: `rename`, `unlink`, `link`, `symlink`, `readlink`, `realpath`, `copyFile`.

use std::{
    io,
    path::{Path, PathBuf},
};

use boa_engine::{Context, JsArgs, JsResult, JsValue};

use super::operations;
use crate::node::{
    arguments::{int32_between, invalid_value},
    buffer::Encoding,
    fs::{
        args::{self, Options, Shape, Use, bytes_of_path},
        error::FsError,
        request::{Form, Request},
        sys,
    },
};

operations! {
    Rename "rename" callback 2 after 2 => rename;
    Unlink "unlink" callback 1 after 1 => unlink;
    Link "link" callback 2 after 2 => link;
    Symlink "symlink" callback 3 after 2 => symlink;
    Readlink "readlink" callback 2 after 1 => readlink;
    Realpath "realpath" callback 2 after 1 => realpath;
    RealpathNative "realpath.native" callback 2 after 1 => realpath_native;
    CopyFile "copyFile" callback 3 after 2 => copy_file;
}

fn rename(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let from = args::path(args.get_or_undefined(0), "oldPath", Use::Change, context)?;
    let to = args::path(args.get_or_undefined(1), "newPath", Use::Write, context)?;
    Ok(Request::between(from, to, "rename", sys::rename))
}

fn unlink(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let path = args::path(args.get_or_undefined(0), "path", Use::Write, context)?;
    Ok(Request::on_path(path, "unlink", sys::unlink))
}

fn link(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let existing = args::path(
        args.get_or_undefined(0),
        "existingPath",
        Use::Change,
        context,
    )?;
    let new = args::path(args.get_or_undefined(1), "newPath", Use::Write, context)?;
    Ok(Request::between(existing, new, "link", sys::link))
}

fn symlink(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let kind = args.get_or_undefined(2);
    let kind = match kind.as_string().map(|name| name.to_std_string_lossy()) {
        None if kind.is_null_or_undefined() => 0,
        Some(name) if name == "file" => 0,
        Some(name) if name == "dir" => 1,
        Some(name) if name == "junction" => 2,
        _ => {
            let reason = "must be one of: 'dir', 'file', 'junction', null, undefined";
            return Err(invalid_value("type", kind, reason, context));
        }
    };
    let target = args::path(args.get_or_undefined(0), "target", Use::Mention, context)?;
    let path = args::path(args.get_or_undefined(1), "path", Use::Write, context)?;
    Ok(Request::between(
        target,
        path,
        "symlink",
        move |from, to| sys::symlink(from, to, kind),
    ))
}

/// A request for a path.
fn found(
    name: &'static str,
    args: &[JsValue],
    call: impl FnOnce(&Path) -> Result<PathBuf, FsError> + Send + 'static,
    context: &mut Context,
) -> JsResult<Request> {
    let shape = Options::of(args.get_or_undefined(1), context)?.shape(Shape::Text(Encoding::Utf8));
    let path = args::path(args.get_or_undefined(0), name, Use::Read, context)?;
    Ok(Request::new(
        move || call(&path),
        move |found, context| shape.give(&bytes_of_path(&found), context),
    ))
}

fn readlink(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    // Node's promises call the argument by another name.
    let name = match form {
        Form::Promise => "oldPath",
        Form::Sync | Form::Callback => "path",
    };
    found(
        name,
        args,
        |path| sys::readlink(path).map_err(FsError::at("readlink", path)),
        context,
    )
}

fn realpath(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    match form {
        // In Node the promise form alone is the system's call.
        Form::Promise => realpath_native(args, form, context),
        Form::Sync | Form::Callback => found("path", args, resolve, context),
    }
}

fn realpath_native(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    found(
        "path",
        args,
        |path| sys::realpath(path).map_err(FsError::at("realpath", path)),
        context,
    )
}

/// Resolves links. When that fails, the first component that isn't there is what the error names.
fn resolve(path: &Path) -> Result<PathBuf, FsError> {
    let failed = match sys::realpath(path) {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut so_far = PathBuf::new();
    for component in absolute.components() {
        match component {
            std::path::Component::ParentDir => drop(so_far.pop()),
            component => so_far.push(component),
        }
        let status = sys::lstat(&so_far).map_err(FsError::at("lstat", &so_far))?;
        if status.is_link() {
            let there = sys::stat(&so_far).map_err(FsError::at("stat", &so_far))?;
            if there.is_nameless() {
                // A pipe or socket behind a link of `/proc` has no path of its own.
                return Ok(so_far);
            }
            so_far = sys::realpath(&so_far).map_err(FsError::at("stat", &so_far))?;
        }
    }
    Err(FsError::at("realpath", path)(failed))
}

const COPYFILE_EXCL: i32 = 1;
const COPYFILE_FICLONE_FORCE: i32 = 4;

fn copy_file(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let from = args::path(args.get_or_undefined(0), "src", Use::Read, context)?;
    let to = args::path(args.get_or_undefined(1), "dest", Use::Write, context)?;
    let mode = args.get_or_undefined(2);
    let mode = if mode.is_null_or_undefined() {
        0
    } else {
        int32_between(mode, "mode", 0, 7, context)?
    };
    Ok(Request::between(from, to, "copyfile", move |from, to| {
        copy(from, to, mode)
    }))
}

fn copy(from: &Path, to: &Path, mode: i32) -> io::Result<()> {
    if mode & COPYFILE_FICLONE_FORCE != 0 {
        return Err(crate::node::fs::error::named("ENOTSUP"));
    }
    sys::copy_content(from, to, mode & COPYFILE_EXCL != 0)
}
