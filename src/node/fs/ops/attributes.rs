//! What files are and who may use them: `stat`, `access`, `chmod`, `chown`, `utimes`, `truncate`.

use std::{io, path::Path};

use boa_engine::{Context, JsArgs, JsResult, JsValue};

use super::{descriptor, operations};
use crate::node::{
    arguments::int32,
    errors,
    fs::{
        args::{self, Options, Use},
        error::FsError,
        request::{Form, Request, settle_later},
        stats, sys,
        sys::Status,
    },
};

operations! {
    Stat "stat" callback 2 after 1 => stat;
    Lstat "lstat" callback 2 after 1 => lstat;
    Statfs "statfs" callback 2 after 1 => statfs;
    Access "access" callback 2 after 1 => access;
    Chmod "chmod" callback 2 after 2 => chmod;
    Chown "chown" callback 3 after 3 => chown;
    Lchown "lchown" callback 3 after 3 => lchown;
    Utimes "utimes" callback 3 after 3 => utimes;
    Lutimes "lutimes" callback 3 after 3 => lutimes;
    Truncate "truncate" callback 2 after 1 => truncate;
}

fn stat(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    status(args, form, "stat", sys::stat, context)
}

fn lstat(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    status(args, form, "lstat", sys::lstat, context)
}

fn status(
    args: &[JsValue],
    form: Form,
    syscall: &'static str,
    call: fn(&Path) -> io::Result<Status>,
    context: &mut Context,
) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let big = options.get("bigint", context)?.as_boolean() == Some(true);
    let throws = options.get("throwIfNoEntry", context)?;
    let forgives = form == Form::Sync && throws.as_boolean() == Some(false);
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context)?;
    Ok(Request::new(
        move || match call(&path).map_err(FsError::at(syscall, &path)) {
            Ok(status) => Ok(Some(status)),
            Err(error) if forgives && (error.is("ENOENT") || error.is("ENOTDIR")) => Ok(None),
            Err(error) => Err(error),
        },
        move |status, context| match status {
            Some(status) => stats::stats(&status, big, context),
            None => Ok(JsValue::undefined()),
        },
    ))
}

fn statfs(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let big = options.get("bigint", context)?.as_boolean() == Some(true);
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context)?;
    Ok(Request::new(
        move || sys::statfs(&path).map_err(FsError::at("statfs", &path)),
        move |found, context| stats::statfs(&found, big, context),
    ))
}

fn access(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context)?;
    let mode = args.get_or_undefined(1);
    let mode = if mode.is_null_or_undefined() {
        0
    } else {
        access_mode(mode, context)?
    };
    Ok(Request::on_path(path, "access", move |path| {
        sys::access(path, mode)
    }))
}

fn access_mode(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    if !value.is_number() {
        let message = "mode must be int32 or null/undefined";
        return Err(errors::coded(
            "ERR_INVALID_ARG_TYPE",
            errors::Base::Type,
            message,
            context,
        ));
    }
    let mode = int32(value, "mode", context)?;
    if !(0..=7).contains(&mode) {
        let message = "mode is out of range: >= 0 && <= 7";
        return Err(errors::coded(
            "ERR_OUT_OF_RANGE",
            errors::Base::Range,
            message,
            context,
        ));
    }
    Ok(mode)
}

/// `existsSync`: never throws.
pub fn exists_sync(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Ok(path) = args::path(args.get_or_undefined(0), "path", Use::Read, context) else {
        return Ok(false.into());
    };
    Ok(sys::access(&path, 0).is_ok().into())
}

/// `exists`: its callback gets nothing but the answer.
pub fn exists(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(callback) = args.get_or_undefined(1).as_callable() else {
        return Err(errors::invalid_arg_type(
            "cb",
            &["Function"],
            args.get_or_undefined(1),
            context,
        ));
    };
    let Ok(path) = args::path(args.get_or_undefined(0), "path", Use::Read, context) else {
        callback.call(&JsValue::undefined(), &[false.into()], context)?;
        return Ok(JsValue::undefined());
    };
    let request = Request::new(
        move || Ok(sys::access(&path, 0).is_ok()),
        |there, _| Ok(there.into()),
    );
    request.submit("FSREQCALLBACK", context, move |outcome, context| {
        let there = outcome?.first();
        callback
            .call(&JsValue::undefined(), &[there], context)
            .map(drop)
    });
    Ok(JsValue::undefined())
}

/// What `util.promisify(fs.exists)` is.
pub fn exists_promise(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = args::path(args.get_or_undefined(0), "path", Use::Read, context).ok();
    let request = Request::new(
        move || Ok(path.is_some_and(|path| sys::access(&path, 0).is_ok())),
        |there, _| Ok(there.into()),
    );
    Ok(settle_later(request, context, |values, _| {
        Ok(values.first())
    }))
}

fn chmod(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let path = args::path(args.get_or_undefined(0), "path", Use::Write, context)?;
    let mode = args::mode(args.get_or_undefined(1), "mode", None, context)?;
    Ok(Request::on_path(path, "chmod", move |path| {
        sys::chmod(path, mode)
    }))
}

fn chown(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    owned(args, "chown", sys::chown, context)
}

fn lchown(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    owned(args, "lchown", sys::lchown, context)
}

fn owned(
    args: &[JsValue],
    syscall: &'static str,
    call: fn(&Path, u32, u32) -> io::Result<()>,
    context: &mut Context,
) -> JsResult<Request> {
    let path = args::path(args.get_or_undefined(0), "path", Use::Write, context)?;
    let uid = args::owner(args.get_or_undefined(1), "uid", context)?;
    let gid = args::owner(args.get_or_undefined(2), "gid", context)?;
    Ok(Request::on_path(path, syscall, move |path| {
        call(path, uid, gid)
    }))
}

fn utimes(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    timed(args, "utime", true, context)
}

fn lutimes(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    timed(args, "lutime", false, context)
}

fn timed(
    args: &[JsValue],
    syscall: &'static str,
    follow: bool,
    context: &mut Context,
) -> JsResult<Request> {
    let path = args::path(args.get_or_undefined(0), "path", Use::Write, context)?;
    let access = args::time(args.get_or_undefined(1), "time", context)?;
    let modification = args::time(args.get_or_undefined(2), "time", context)?;
    Ok(Request::on_path(path, syscall, move |path| {
        sys::utimes(path, access, modification, follow)
    }))
}

fn truncate(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let length = descriptor::length(args.get_or_undefined(1), context)?;
    let path = args::path(args.get_or_undefined(0), "path", Use::Write, context)?;
    Ok(Request::nothing(move || {
        let fd = sys::open(&path, libc::O_RDWR, 0o666).map_err(FsError::at("open", &path))?;
        let cut = sys::ftruncate(fd, length).map_err(FsError::call("ftruncate"));
        let closed = sys::close(fd).map_err(FsError::call("close"));
        cut.and(closed)
    }))
}
