//! `fs/promises`, and what the script halves of `fs` build on.

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue,
    object::builtins::JsFunction,
};

use super::{
    ROWS,
    args::{self, Use},
    constants, late_function, member,
    ops::{descriptor::*, glob::*, list::*, names::*, whole::*},
    request::{self, Operation, callback, promise, sync},
};
use crate::{
    engine::native::{Natives, function},
    node::{buffer::View, errors, url},
    runtime::{State, async_hooks::Event},
};

/// What `require('fs/promises')` gives: native but for what needs a `FileHandle` or is rare.
///
/// # Errors
/// None but those of the engine.
pub fn promises_exports(context: &mut Context) -> JsResult<JsValue> {
    let mut functions: Vec<(&str, JsFunction)> = Vec::with_capacity(ROWS.len());
    for row in ROWS {
        if let Some((length, native)) = row.promise {
            functions.push((row.name, function(context, row.name, length, native)));
        }
    }
    functions.push((
        "realpath",
        function(context, "realpath", 2, promise::<Realpath>),
    ));
    functions.push((
        "readFile",
        function(context, "readFile", 2, read_file_promise),
    ));
    functions.push((
        "writeFile",
        function(context, "writeFile", 3, write_file_promise),
    ));
    functions.push((
        "appendFile",
        function(context, "appendFile", 3, append_file_promise),
    ));
    for (name, module, member, length) in LATE_PROMISES {
        functions.push((name, late_function(name, module, member, *length, context)));
    }
    functions.sort_by_key(|(name, _)| *name);
    let constants = constants::shared(context);
    let mut natives = Natives::new(context);
    for (name, function) in functions {
        natives = natives.value(name, function);
    }
    Ok(natives.value("constants", constants).build().into())
}

/// The same for `fs/promises`: name, script half, what it is called there, arguments.
const LATE_PROMISES: &[(&str, &str, &str, usize)] = &[
    ("cp", "fs/cp", "cpPromise", 3),
    ("glob", "fs/glob", "globPromise", 2),
    ("lchmod", "fs/late", "lchmod", 2),
    ("mkdtempDisposable", "fs/dir", "mkdtempDisposable", 2),
    ("open", "fs/filehandle", "open", 3),
    ("opendir", "fs/dir", "opendirPromise", 2),
    ("truncate", "fs/filehandle", "truncate", 2),
    ("watch", "fs/watch", "watchPromise", 1),
];

/// Whether a first argument can only be a `FileHandle`, or something wrong.
fn is_handle(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    Ok(value.is_object()
        && View::of_uint8(value, context).is_none()
        && !url::is_url(value, context)?)
}

fn read_file_promise(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if is_handle(args.get_or_undefined(0), context)? {
        return call_member("fs/filehandle", "readFile", args, context);
    }
    if args.get_or_undefined(0).is_number() {
        let error =
            errors::invalid_arg_type("path", &["string", "Buffer", "URL"], &args[0], context);
        return request::rejected(error, context);
    }
    // Without hooks nobody can tell one job from the requests that Node makes.
    if State::of(context).async_context.hooks.wants(Event::Destroy) {
        return call_member("fs/filehandle", "readFileInSteps", args, context);
    }
    promise::<ReadFile>(this, args, context)
}

fn write_file_promise(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    write_promise::<WriteFile>(this, args, "w", context)
}

fn append_file_promise(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    write_promise::<AppendFile>(this, args, "a", context)
}

/// A handle, or data that comes piece by piece, is for the script half.
fn write_promise<O: Operation>(
    this: &JsValue,
    args: &[JsValue],
    flag: &str,
    context: &mut Context,
) -> JsResult<JsValue> {
    let data = args.get_or_undefined(1);
    let in_pieces = data.is_object() && View::of(data, context).is_none();
    if in_pieces || is_handle(args.get_or_undefined(0), context)? {
        let arg = |at: usize| args.get_or_undefined(at).clone();
        let args = [arg(0), arg(1), arg(2), JsString::from(flag).into()];
        return call_member("fs/filehandle", "writeFile", &args, context);
    }
    promise::<O>(this, args, context)
}

fn call_member(
    module: &str,
    name: &str,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    match member(module, name, context)?.as_callable() {
        Some(function) => function.call(&JsValue::undefined(), args, context),
        None => Err(JsNativeError::typ()
            .with_message(format!("{module} is incomplete"))
            .into()),
    }
}

/// What the script halves build on.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("watch", 3, super::watch::watch)
        .function("open", 3, promise::<Open>)
        .function("close", 1, promise::<Close>)
        .function("read", 5, promise_of_pair::<Read>)
        .function("write", 5, promise_of_pair::<Write>)
        .function("readv", 3, promise_of_list::<Readv>)
        .function("writev", 3, promise_of_list::<Writev>)
        .function("fsync", 1, promise::<Fsync>)
        .function("fdatasync", 1, promise::<Fdatasync>)
        .function("ftruncate", 2, promise::<Ftruncate>)
        .function("fstat", 2, promise::<Fstat>)
        .function("fchmod", 2, promise::<Fchmod>)
        .function("fchown", 3, promise::<Fchown>)
        .function("futimes", 3, promise::<Futimes>)
        .function("readFile", 2, promise::<ReadFile>)
        .function("writeFile", 3, promise::<WriteFile>)
        .function("opendirSync", 2, sync::<Opendir>)
        .function("opendirAsync", 3, callback::<Opendir>)
        .function("globSync", 2, sync::<Glob>)
        .function("globAsync", 3, callback::<Glob>)
        .function("checkPath", 2, check_path)
        .function("defineStreams", 3, super::streams::define)
        .function("sleep", 1, sleep)
        .build())
}

/// `sleep(ms)`: what writes synchronously waits so before it tries again.
fn sleep(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let milliseconds = args.get_or_undefined(0).to_u32(context)?;
    std::thread::sleep(std::time::Duration::from_millis(milliseconds.into()));
    Ok(JsValue::undefined())
}

/// `checkPath(value, name = 'path')`: the path as text or bytes; URLs become text.
fn check_path(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let name = match args.get_or_undefined(1).as_string() {
        Some(name) => name.to_std_string_lossy(),
        None => "path".to_owned(),
    };
    let path = args::path(value, &name, Use::Mention, context)?;
    if value.is_string() || View::of_uint8(value, context).is_some() {
        return Ok(value.clone());
    }
    Ok(JsString::from(path.to_string_lossy().as_ref()).into())
}

fn promise_of_pair<O: Operation>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    promise_of::<O>(args, "buffer", true, context)
}

fn promise_of_list<O: Operation>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    promise_of::<O>(args, "buffers", true, context)
}

pub fn promisified_pair<O: Operation>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    promise_of::<O>(args, "buffer", false, context)
}

pub fn promisified_list<O: Operation>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    promise_of::<O>(args, "buffers", false, context)
}

/// A promise of `{ bytesRead, buffer }` and its kin.
fn promise_of<O: Operation>(
    args: &[JsValue],
    second: &'static str,
    bare: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let first = if O::NAME.starts_with("read") {
        "bytesRead"
    } else {
        "bytesWritten"
    };
    let request = match O::prepare(args, request::Form::Promise, context) {
        Ok(request) => request,
        Err(error) => return request::rejected(error, context),
    };
    Ok(request::settle_later(
        request,
        context,
        move |values, context| {
            let (count, data) = values.both();
            let pair = Natives::new(context)
                .value(first, count)
                .value(second, data)
                .build();
            if bare {
                pair.set_prototype(None);
            }
            Ok(pair.into())
        },
    ))
}
