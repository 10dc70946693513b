//! Open files: `open`, `close`, `read`, `write` and what else takes a descriptor.

use std::path::PathBuf;

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string, object::builtins::AlignedVec};

use super::operations;
use crate::node::{
    arguments::{integer, invalid_type, object},
    buffer::{Encoding, View},
    errors,
    fs::{
        args::{self, Options, Use},
        error::FsError,
        request::{Form, Request, Values},
        stats, sys,
    },
};

operations! {
    Open "open" callback 3 after 1 => open;
    Close "close" callback 1 after 1 => close;
    Read "read" callback 5 after 1 => read;
    Write "write" callback 5 after 2 => write;
    Readv "readv" callback 3 after 2 => readv;
    Writev "writev" callback 3 after 2 => writev;
    Fsync "fsync" callback 1 after 1 => fsync;
    Fdatasync "fdatasync" callback 1 after 1 => fdatasync;
    Ftruncate "ftruncate" callback 2 after 1 => ftruncate;
    Fstat "fstat" callback 2 after 1 => fstat;
    Fchmod "fchmod" callback 2 after 2 => fchmod;
    Fchown "fchown" callback 3 after 3 => fchown;
    Futimes "futimes" callback 3 after 3 => futimes;
}

fn open(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let opening = Opening::of(args, context)?;
    Ok(Request::new(move || opening.run(), |fd, _| Ok(fd.into())))
}

/// What `open` is told.
pub struct Opening {
    path: PathBuf,
    flags: i32,
    mode: u32,
}

impl Opening {
    /// The path, the flags and the mode.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn of(args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        let flags = args::flags(args.get_or_undefined(1), "flags", context);
        // The path is the first to be complained about.
        let usage = flags
            .as_ref()
            .map_or(Use::Mention, |flags| Use::of_flags(*flags));
        let path = args::path(args.get_or_undefined(0), "path", usage, context)?;
        let flags = flags?;
        let mode = args::mode(args.get_or_undefined(2), "mode", Some(0o666), context)?;
        Ok(Self { path, flags, mode })
    }

    /// The file's descriptor.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn run(&self) -> Result<i32, FsError> {
        sys::open(&self.path, self.flags, self.mode).map_err(FsError::at("open", &self.path))
    }
}

fn close(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    Ok(Request::on_descriptor(fd, "close", sys::close))
}

/// The part of a buffer that `read` and `write` are asked for.
struct Part {
    object: JsValue,
    view: View,
    position: Option<i64>,
}

/// `(buffer, offset, length, position)` or `(buffer, options)`, after a descriptor.
fn part(args: &[JsValue], reading: bool, context: &mut Context) -> JsResult<Part> {
    let mut buffer = args.get_or_undefined(1).clone();
    let mut offset = args.get_or_undefined(2).clone();
    let mut options = JsValue::undefined();
    let mut has_options = false;
    if reading && args.len() <= 2 && View::of(&buffer, context).is_none() {
        // `read(fd, options)` and `read(fd)` bring their own buffer.
        (options, has_options) = (buffer, true);
        buffer = JsValue::undefined();
        if let Some(object) = options.as_object() {
            buffer = object.get(js_string!("buffer"), context)?;
        }
        if buffer.is_undefined() {
            buffer = crate::node::buffer::from_vec(vec![0; 16_384], context)?.into();
        }
    } else if args.len() <= 3 || offset.is_object() {
        let is_options = offset.is_object() || reading;
        (options, has_options) = (offset.clone(), is_options);
    }
    let (mut length, mut position) = (
        args.get_or_undefined(3).clone(),
        args.get_or_undefined(4).clone(),
    );
    if has_options {
        (offset, length, position) = Default::default();
        if !options.is_null_or_undefined() {
            let object = object(&options, "options", context)?;
            offset = object.get(js_string!("offset"), context)?;
            length = object.get(js_string!("length"), context)?;
            position = object.get(js_string!("position"), context)?;
        }
    }
    let Some(view) = View::of(&buffer, context) else {
        let expected: &[&str] = if reading {
            &["Buffer", "TypedArray", "DataView"]
        } else {
            &["string", "Buffer", "TypedArray", "DataView"]
        };
        return Err(invalid_type("buffer", expected, &buffer, context));
    };
    let total = view.len() as f64;
    let start = match offset.is_null_or_undefined() {
        true => 0.0,
        false => integer(&offset, "offset", 0.0, 9_007_199_254_740_991.0, context)?,
    };
    let count = match length.is_null_or_undefined() {
        true => total - start,
        false if reading => length.to_number(context)?.trunc(),
        false => integer(&length, "length", 0.0, f64::from(i32::MAX), context)?,
    };
    if reading && count == 0.0 {
        return Ok(Part {
            view: view.part(0, 0),
            object: buffer,
            position: None,
        });
    }
    if reading && total == 0.0 {
        return Err(errors::node_error(
            "ERR_INVALID_ARG_VALUE",
            &[
                js_string!("buffer").into(),
                buffer,
                js_string!("is empty and cannot be written").into(),
            ],
            context,
        ));
    }
    check_range(start, count, total, &length, context)?;
    let position = args::position(&position, reading, context)?;
    Ok(Part {
        view: view.part(start as usize, (start + count) as usize),
        object: buffer,
        position,
    })
}

fn check_range(
    start: f64,
    count: f64,
    total: f64,
    length: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let refuse = |name: &str, range: String, value: JsValue, context: &mut Context| {
        Err(errors::out_of_range(name, &range, &value, context))
    };
    if start > total {
        return refuse("offset", format!("<= {total}"), start.into(), context);
    }
    let given = if length.is_null_or_undefined() {
        JsValue::from(count)
    } else {
        length.clone()
    };
    if count > total - start {
        return refuse("length", format!("<= {}", total - start), given, context);
    }
    if count < 0.0 {
        return refuse("length", ">= 0".to_owned(), given, context);
    }
    Ok(())
}

/// What one call reads.
pub fn read_some(fd: i32, length: usize, position: Option<i64>) -> Result<AlignedVec<u8>, FsError> {
    let mut bytes = AlignedVec::with_capacity(0, length);
    sys::read_behind(fd, &mut bytes, length, position).map_err(FsError::call("read"))?;
    Ok(bytes)
}

/// Writes in one call, and gives the count with what script gave to write.
fn write_some(fd: i32, bytes: Vec<u8>, position: Option<i64>, data: JsValue) -> Request {
    Request::with_values(
        move || match bytes.is_empty() {
            true => Ok(0),
            false => sys::write(fd, &bytes, position).map_err(FsError::call("write")),
        },
        move |written, _| Ok(Values::Two((written as f64).into(), data)),
    )
}

fn read(args: &[JsValue], form: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    if form == Form::Sync && View::of(args.get_or_undefined(1), context).is_none() {
        let expected = &["Buffer", "TypedArray", "DataView"];
        return Err(invalid_type(
            "buffer",
            expected,
            args.get_or_undefined(1),
            context,
        ));
    }
    let Part {
        object,
        view,
        position,
    } = part(args, true, context)?;
    let length = view.len();
    Ok(Request::with_values(
        move || match length {
            0 => Ok(AlignedVec::new(0)),
            length => read_some(fd, length, position),
        },
        move |bytes, context| {
            fill(&[view], &bytes, context)?;
            Ok(Values::Two((bytes.len() as f64).into(), object))
        },
    ))
}

/// Puts bytes into views, one after the other; what a view has lost meanwhile is left out.
fn fill(views: &[View], bytes: &[u8], context: &mut Context) -> JsResult<()> {
    let mut rest = bytes;
    for view in views {
        let taken = rest.len().min(view.len());
        if taken == 0 {
            continue;
        }
        view.write(context, |room| {
            let fits = room.len().min(taken);
            room[..fits].copy_from_slice(&rest[..fits]);
        })?;
        rest = &rest[taken..];
    }
    Ok(())
}

fn write(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    let data = args.get_or_undefined(1).clone();
    let (bytes, position) = match data.as_string() {
        Some(text) => {
            let position = args::position(args.get_or_undefined(2), false, context)?;
            let name = args.get_or_undefined(3);
            let encoding = Encoding::of(name);
            if name.to_boolean() && name.is_string() && encoding.is_none() {
                return Err(crate::node::arguments::invalid_value(
                    "encoding",
                    name,
                    "is invalid encoding",
                    context,
                ));
            }
            let encoding = encoding.unwrap_or_default();
            if encoding == Encoding::Hex && text.len() % 2 == 1 {
                let reason = format!("is invalid for data of length {}", text.len());
                return Err(crate::node::arguments::invalid_value(
                    "encoding", name, &reason, context,
                ));
            }
            (encoding.encode(text.as_str()), position)
        }
        None => {
            let part = part(args, false, context)?;
            (part.view.to_vec(), part.position)
        }
    };
    Ok(write_some(fd, bytes, position, data))
}

fn readv(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    let views = args::views(args.get_or_undefined(1), context)?;
    let list = args.get_or_undefined(1).clone();
    let position = number_position(args.get_or_undefined(2));
    let length = views.iter().map(View::len).sum();
    Ok(Request::with_values(
        move || read_some(fd, length, position),
        move |bytes, context| {
            fill(&views, &bytes, context)?;
            Ok(Values::Two((bytes.len() as f64).into(), list))
        },
    ))
}

/// Anything but a number is the current position.
fn number_position(value: &JsValue) -> Option<i64> {
    value
        .as_number()
        .map(|number| number as i64)
        .filter(|at| *at >= 0)
}

fn writev(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    let views = args::views(args.get_or_undefined(1), context)?;
    let list = args.get_or_undefined(1).clone();
    let position = number_position(args.get_or_undefined(2));
    let bytes: Vec<u8> = views.iter().flat_map(View::to_vec).collect();
    Ok(write_some(fd, bytes, position, list))
}

fn fsync(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    Ok(Request::on_descriptor(fd, "fsync", sys::fsync))
}

fn fdatasync(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    Ok(Request::on_descriptor(fd, "fdatasync", sys::fdatasync))
}

/// The length that a file is cut to; negative is 0.
pub fn length(value: &JsValue, context: &mut Context) -> JsResult<i64> {
    if value.is_undefined() {
        return Ok(0);
    }
    let most = 9_007_199_254_740_991.0;
    integer(value, "len", -most, most, context).map(|length| (length as i64).max(0))
}

fn ftruncate(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    let length = length(args.get_or_undefined(1), context)?;
    Ok(Request::on_descriptor(fd, "ftruncate", move |fd| {
        sys::ftruncate(fd, length)
    }))
}

fn fstat(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let options = Options::of(args.get_or_undefined(1), context)?;
    let big = options.get("bigint", context)?.as_boolean() == Some(true);
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    Ok(Request::new(
        move || sys::fstat(fd).map_err(FsError::call("fstat")),
        move |status, context| stats::stats(&status, big, context),
    ))
}

fn fchmod(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    let mode = args::mode(args.get_or_undefined(1), "mode", None, context)?;
    Ok(Request::on_descriptor(fd, "fchmod", move |fd| {
        sys::fchmod(fd, mode)
    }))
}

fn fchown(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    let uid = args::owner(args.get_or_undefined(1), "uid", context)?;
    let gid = args::owner(args.get_or_undefined(2), "gid", context)?;
    Ok(Request::on_descriptor(fd, "fchown", move |fd| {
        sys::fchown(fd, uid, gid)
    }))
}

fn futimes(args: &[JsValue], _: Form, context: &mut Context) -> JsResult<Request> {
    let fd = args::descriptor(args.get_or_undefined(0), context)?;
    let access = args::time(args.get_or_undefined(1), "atime", context)?;
    let modification = args::time(args.get_or_undefined(2), "mtime", context)?;
    Ok(Request::on_descriptor(fd, "futime", move |fd| {
        sys::futimes(fd, access, modification)
    }))
}
