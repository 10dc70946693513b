//! Whole files: `readFile`, `writeFile`, `appendFile`, each one job from opening to closing.

use std::path::Path;

use boa_engine::{Context, JsArgs, JsResult, JsValue, object::builtins::AlignedVec};

use super::operations;
use crate::node::{
    buffer,
    buffer::Encoding,
    fs::{
        args::{self, Options, Shape, Target},
        error::FsError,
        request::{Form, Request},
        sys,
    },
};

operations! {
    ReadFile "readFile" callback 2 after 1 signal 1 => read_file;
    WriteFile "writeFile" callback 3 after 2 signal 2 => write_file;
    AppendFile "appendFile" callback 3 after 2 signal 2 => append_file;
}

/// How much is read at a time when the size isn't known.
const CHUNK: usize = 64 * 1024;
/// The largest file that is read whole, as in Node.
const LARGEST: u64 = (1 << 31) - 1;

fn read_file(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let flags = args::flags(&options.get("flag", context)?, "options.flag", context)?;
    let target = args::target(args.get_or_undefined(0), flags, context)?;
    let shape = options.shape(Shape::Buffer);
    Ok(Request::new(
        move || match &target {
            Target::Descriptor(fd) => read_all(*fd),
            Target::Path(_) => with_file(&target, flags, 0o666, read_new),
        },
        move |bytes, context| match shape {
            Shape::Buffer => buffer::from_aligned(bytes, context).map(Into::into),
            Shape::Text(encoding) => Ok(encoding.decode(&bytes).into()),
        },
    ))
}

/// Runs on a descriptor as it is, or on a file that is opened and closed around it.
fn with_file<T>(
    target: &Target,
    flags: i32,
    mode: u32,
    run: impl FnOnce(i32) -> Result<T, FsError>,
) -> Result<T, FsError> {
    let path: &Path = match target {
        Target::Descriptor(fd) => return run(*fd),
        Target::Path(path) => path,
    };
    let fd = sys::open(path, flags, mode).map_err(FsError::at("open", path))?;
    let outcome = run(fd);
    let closed = sys::close(fd).map_err(FsError::call("close"));
    let value = outcome?;
    closed.map(|()| value)
}

/// Reads a file that was just opened, a small one with as few and as cheap calls of the system as there can be.
fn read_new(fd: i32) -> Result<AlignedVec<u8>, FsError> {
    match sys::small_size(fd, CHUNK) {
        Some(known) => read_known(fd, known, Some(0)),
        None => read_all(fd),
    }
}

/// Reads from the current position to the end.
fn read_all(fd: i32) -> Result<AlignedVec<u8>, FsError> {
    let status = sys::fstat(fd).map_err(FsError::call("fstat"))?;
    let known = if status.is_file() { status.size } else { 0 };
    if known > LARGEST {
        return Err(FsError::TooLarge(known));
    }
    read_known(fd, known as usize, None)
}

/// Reads so many bytes, or all that there are, from a position or the current one. A size of 0 says nothing: files in `/proc` have it,
/// and pipes. Those are read until nothing comes.
fn read_known(fd: i32, known: usize, from: Option<i64>) -> Result<AlignedVec<u8>, FsError> {
    let mut bytes = AlignedVec::with_capacity(0, known);
    while known == 0 || bytes.len() < known {
        let room = if known == 0 {
            CHUNK
        } else {
            known - bytes.len()
        };
        let at = from.map(|from| from + bytes.len() as i64);
        if sys::read_behind(fd, &mut bytes, room, at).map_err(FsError::call("read"))? == 0 {
            break;
        }
    }
    Ok(bytes)
}

fn write_file(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(2), context)?;
    write_whole(
        args,
        &options,
        libc::O_TRUNC | libc::O_CREAT | libc::O_WRONLY,
        form,
        context,
    )
}

fn append_file(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(2), context)?;
    write_whole(
        args,
        &options,
        libc::O_APPEND | libc::O_CREAT | libc::O_WRONLY,
        form,
        context,
    )
}

fn write_whole(
    args: &[JsValue],
    options: &Options,
    default_flags: i32,
    _: Form,
    context: &mut Context,
) -> JsResult<Request> {
    let flush = options.get("flush", context)?;
    let flush = !flush.is_null_or_undefined()
        && crate::node::arguments::boolean(&flush, "options.flush", context)?;
    let encoding = match options.shape(Shape::Text(Encoding::Utf8)) {
        Shape::Text(encoding) => encoding,
        Shape::Buffer => Encoding::Utf8,
    };
    let bytes = args::data(args.get_or_undefined(1), "data", encoding, context)?;
    let flags = match options.get("flag", context)? {
        flag if !flag.to_boolean() => default_flags,
        flag => args::flags(&flag, "options.flag", context)?,
    };
    let mode = args::mode(&options.get("mode", context)?, "mode", Some(0o666), context)?;
    let target = args::target(args.get_or_undefined(0), flags, context)?;
    Ok(Request::nothing(move || {
        with_file(&target, flags, mode, |fd| {
            write_all(fd, &bytes, None)?;
            if flush {
                sys::fsync(fd).map_err(FsError::call("fsync"))
            } else {
                Ok(())
            }
        })
    }))
}

/// Writes all bytes, in as many calls as the system makes of it.
pub fn write_all(fd: i32, bytes: &[u8], position: Option<i64>) -> Result<usize, FsError> {
    let mut written = 0;
    while written < bytes.len() {
        let at = position.map(|at| at + written as i64);
        written += sys::write(fd, &bytes[written..], at).map_err(FsError::call("write"))?;
    }
    Ok(written)
}
