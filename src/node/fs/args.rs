//! The arguments of file operations: checked with Node's messages, and copied out of script's reach.

use std::path::{Path, PathBuf};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::{
    node::{
        arguments::{integer, invalid_type, invalid_value},
        buffer::{self, Encoding, View},
        errors, url,
    },
    runtime::access::{self, Operation},
};

/// What an operation does with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Read,
    Write,
    /// Both, as `open` with `r+` does.
    Change,
    /// Nothing but to write it down: the target of a link.
    Mention,
}

impl Use {
    /// What opening with these flags comes to.
    pub fn of_flags(flags: i32) -> Self {
        let creates = flags & (libc::O_CREAT | libc::O_TRUNC) != 0;
        match flags & (libc::O_WRONLY | libc::O_RDWR) {
            libc::O_RDONLY if creates => Self::Change,
            libc::O_RDONLY => Self::Read,
            libc::O_WRONLY => Self::Write,
            _ => Self::Change,
        }
    }
}

/// A path that the operation may use: text, bytes or a `file:` URL.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for a NUL byte, what is wrong with the URL, or `ERR_ACCESS_DENIED`.
pub fn path(value: &JsValue, name: &str, usage: Use, context: &mut Context) -> JsResult<PathBuf> {
    let path = any_path(value, name, context)?;
    if matches!(usage, Use::Read | Use::Change) {
        access::check(Operation::FsRead(&path), context)?;
    }
    if matches!(usage, Use::Write | Use::Change) {
        access::check(Operation::FsWrite(&path), context)?;
    }
    Ok(path)
}

fn any_path(value: &JsValue, name: &str, context: &mut Context) -> JsResult<PathBuf> {
    let bytes = if let Some(text) = value.as_string() {
        Encoding::Utf8.encode(text.as_str())
    } else if let Some(view) = View::of_uint8(value, context) {
        view.to_vec()
    } else if url::is_url(value, context)? {
        url::path_of_file_url(value, context)?
    } else {
        let expected = &["string", "Buffer", "URL"];
        return Err(invalid_type(name, expected, value, context));
    };
    if memchr::memchr(0, &bytes).is_some() {
        let reason = "must be a string, Uint8Array, or URL without null bytes";
        return Err(invalid_value(name, value, reason, context));
    }
    Ok(path_from_bytes(bytes))
}

#[cfg(unix)]
fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_from_bytes(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// The bytes of a path as script sees them.
pub fn bytes_of_path(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// A file descriptor that the operation may use.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` or `ERR_ACCESS_DENIED`.
pub fn descriptor(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    // In the range of the type by the check.
    let number = integer(value, "fd", 0.0, f64::from(i32::MAX), context)? as i32;
    access::check(Operation::Descriptor(number), context)?;
    Ok(number)
}

/// A descriptor or a path.
pub enum Target {
    Descriptor(i32),
    Path(PathBuf),
}

/// What `readFile` and its kin take first, and what they open it with.
///
/// # Errors
/// Those of [`path`].
pub fn target(value: &JsValue, flags: i32, context: &mut Context) -> JsResult<Target> {
    match value.as_number() {
        Some(number)
            if number.fract() == 0.0
                && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number) =>
        {
            descriptor(value, context).map(Target::Descriptor)
        }
        _ => path(value, "path", Use::of_flags(flags), context).map(Target::Path),
    }
}

/// Permission bits: a number or octal text.
///
/// # Errors
/// `ERR_INVALID_ARG_VALUE`, `ERR_INVALID_ARG_TYPE` or `ERR_OUT_OF_RANGE`.
pub fn mode(
    value: &JsValue,
    name: &str,
    default: Option<u32>,
    context: &mut Context,
) -> JsResult<u32> {
    if let (true, Some(default)) = (value.is_null_or_undefined(), default) {
        return Ok(default);
    }
    let number: JsValue = match value.as_string() {
        None => value.clone(),
        Some(text) => {
            let text = text.to_std_string_lossy();
            if text.is_empty() || !text.bytes().all(|digit| matches!(digit, b'0'..=b'7')) {
                let reason = "must be a 32-bit unsigned integer or an octal string";
                return Err(invalid_value(name, value, reason, context));
            }
            text.bytes()
                .fold(0.0, |mode: f64, digit| mode * 8.0 + f64::from(digit - b'0'))
                .into()
        }
    };
    unsigned(&number, name, context)
}

/// A 32-bit unsigned integer.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE` or `ERR_OUT_OF_RANGE`.
pub fn unsigned(value: &JsValue, name: &str, context: &mut Context) -> JsResult<u32> {
    // In the range of the type by the check.
    integer(value, name, 0.0, f64::from(u32::MAX), context).map(|number| number as u32)
}

/// A user or group number; -1 leaves it as it is.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE` or `ERR_OUT_OF_RANGE`.
pub fn owner(value: &JsValue, name: &str, context: &mut Context) -> JsResult<u32> {
    let number = integer(value, name, -1.0, f64::from(u32::MAX), context)?;
    // -1 and the largest number are the same to the system.
    Ok(if number < 0.0 {
        u32::MAX
    } else {
        number as u32
    })
}

/// Flags of `open`: a number or one of Node's names.
///
/// # Errors
/// `ERR_INVALID_ARG_VALUE` or those of an integer.
pub fn flags(value: &JsValue, name: &str, context: &mut Context) -> JsResult<i32> {
    if value.is_null_or_undefined() {
        return Ok(libc::O_RDONLY);
    }
    let Some(text) = value.as_string() else {
        if !value.is_number() {
            return Err(invalid_value("flags", value, "", context));
        }
        return crate::node::arguments::int32(value, name, context);
    };
    use libc::{O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};
    Ok(match text.to_std_string_lossy().as_str() {
        "r" => O_RDONLY,
        "rs" | "sr" => O_RDONLY | super::sys::O_SYNC,
        "r+" => O_RDWR,
        "rs+" | "sr+" => O_RDWR | super::sys::O_SYNC,
        "w" => O_TRUNC | O_CREAT | O_WRONLY,
        "wx" | "xw" => O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
        "w+" => O_TRUNC | O_CREAT | O_RDWR,
        "wx+" | "xw+" => O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
        "a" => O_APPEND | O_CREAT | O_WRONLY,
        "ax" | "xa" => O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
        "as" | "sa" => O_APPEND | O_CREAT | O_WRONLY | super::sys::O_SYNC,
        "a+" => O_APPEND | O_CREAT | O_RDWR,
        "ax+" | "xa+" => O_APPEND | O_CREAT | O_RDWR | O_EXCL,
        "as+" | "sa+" => O_APPEND | O_CREAT | O_RDWR | super::sys::O_SYNC,
        _ => return Err(invalid_value("flags", value, "", context)),
    })
}

/// How bytes are given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Buffer,
    Text(Encoding),
}

impl Shape {
    /// Bytes in this shape.
    ///
    /// # Errors
    /// When a Buffer can't be made.
    pub fn give(self, bytes: &[u8], context: &mut Context) -> JsResult<JsValue> {
        match self {
            Self::Buffer => buffer::from_slice(bytes, context).map(Into::into),
            Self::Text(encoding) => Ok(encoding.decode(bytes).into()),
        }
    }
}

/// The last argument but the callback: an object, or the name of an encoding.
#[derive(Debug)]
pub struct Options {
    object: Option<JsObject>,
    encoding: JsValue,
}

impl Options {
    /// Takes apart `options`, whose encoding has to be one that exists.
    ///
    /// # Errors
    /// `ERR_INVALID_ARG_TYPE` or `ERR_INVALID_ARG_VALUE`.
    pub fn of(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        if value.is_null_or_undefined() || value.is_callable() {
            return Ok(Self {
                object: None,
                encoding: JsValue::undefined(),
            });
        }
        let (object, encoding) = if value.is_string() {
            (None, value.clone())
        } else if let Some(object) = value.as_object() {
            let encoding = object.get(js_string!("encoding"), context)?;
            (Some(object), encoding)
        } else {
            return Err(invalid_type(
                "options",
                &["string", "Object"],
                value,
                context,
            ));
        };
        if encoding.to_boolean() && !is_buffer(&encoding) && Encoding::of(&encoding).is_none() {
            return Err(invalid_value(
                "encoding",
                &encoding,
                "is invalid encoding",
                context,
            ));
        }
        Ok(Self { object, encoding })
    }

    /// A member; `undefined` where there is none.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn get(&self, name: &str, context: &mut Context) -> JsResult<JsValue> {
        match &self.object {
            Some(object) => object.get(JsString::from(name), context),
            None => Ok(JsValue::undefined()),
        }
    }

    /// Whether a member is set.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn flag(&self, name: &str, context: &mut Context) -> JsResult<bool> {
        Ok(self.get(name, context)?.to_boolean())
    }

    /// What the encoding says, with what it is when nothing is said.
    pub fn shape(&self, default: Shape) -> Shape {
        match &self.encoding {
            encoding if is_buffer(encoding) => Shape::Buffer,
            encoding if !encoding.to_boolean() => default,
            encoding => Encoding::of(encoding).map_or(default, Shape::Text),
        }
    }
}

fn is_buffer(encoding: &JsValue) -> bool {
    encoding.as_string().is_some_and(|name| name == "buffer")
}

/// Seconds since 1970: a number, a numeric string or a Date.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE`.
pub fn time(value: &JsValue, name: &str, context: &mut Context) -> JsResult<f64> {
    let number = match value.as_string() {
        Some(text) => Some(text.to_number()).filter(|number| !number.is_nan()),
        None => value.as_number(),
    };
    if let Some(number) = number.filter(|number| number.is_finite()) {
        return Ok(if number < 0.0 && value.is_number() {
            now()
        } else {
            number
        });
    }
    if let Some(object) = value.as_object()
        && let Ok(date) = boa_engine::object::builtins::JsDate::from_object(object)
    {
        return Ok(date.get_time(context)?.to_number(context)? / 1000.0);
    }
    Err(invalid_type(
        name,
        &["Date", "Time in seconds"],
        value,
        context,
    ))
}

fn now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}

/// What is to be written: bytes of a view, or text in an encoding.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE`.
pub fn data(
    value: &JsValue,
    name: &str,
    encoding: Encoding,
    context: &mut Context,
) -> JsResult<Vec<u8>> {
    if let Some(text) = value.as_string() {
        return Ok(encoding.encode(text.as_str()));
    }
    match View::of(value, context) {
        Some(view) => Ok(view.to_vec()),
        None => Err(invalid_type(
            name,
            &["string", "Buffer", "TypedArray", "DataView"],
            value,
            context,
        )),
    }
}

/// The views of an array.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE`.
pub fn views(value: &JsValue, context: &mut Context) -> JsResult<Vec<View>> {
    let wrong = |context: &mut Context| -> JsError {
        invalid_type("buffers", &["ArrayBufferView[]"], value, context)
    };
    let Some(array) = value
        .as_object()
        .and_then(|object| JsArray::from_object(object).ok())
    else {
        return Err(wrong(context));
    };
    let mut views = Vec::new();
    for at in 0..array.length(context)? {
        let entry = array.get(at, context)?;
        match View::of(&entry, context) {
            Some(view) => views.push(view),
            None => return Err(wrong(context)),
        }
    }
    Ok(views)
}

/// Where to read or write: nothing, or a negative number, is the current position.
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE` or `ERR_OUT_OF_RANGE`.
pub fn position(value: &JsValue, strict: bool, context: &mut Context) -> JsResult<Option<i64>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    if let Some(big) = value.as_bigint() {
        let number = big.to_i128();
        if strict && !(-1..i128::from(i64::MAX)).contains(&number) {
            let range = ">= -1 && <= 9223372036854775807";
            return Err(errors::out_of_range("position", range, value, context));
        }
        return Ok(Some(number as i64).filter(|at| *at >= 0));
    }
    if !value.is_number() {
        if !strict {
            return Ok(None);
        }
        return Err(invalid_type(
            "position",
            &["integer", "bigint"],
            value,
            context,
        ));
    }
    if !strict {
        let number = value.as_number().unwrap_or(-1.0);
        return Ok(Some(number as i64).filter(|at| *at >= 0 && number.is_finite()));
    }
    let number = integer(value, "position", -1.0, 9_007_199_254_740_991.0, context)?;
    Ok(Some(number as i64).filter(|at| *at >= 0))
}
