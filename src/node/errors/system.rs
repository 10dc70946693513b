//! System errors: libuv's codes, numbers and messages, and the three shapes that Node gives them.
//!
//! Numbers are negative as libuv returns them; names and messages: <https://docs.libuv.org/en/v1.x/errors.html>

use std::io;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsMap},
};

use super::{Base, describe::display};

struct Errno {
    number: i32,
    name: &'static str,
    message: &'static str,
}

/// The numbers: the platform's own where it has them, libuv's where it hasn't (and on Windows).
macro_rules! table {
    ($($name:ident $windows:literal $message:literal;)*) => {
        #[cfg(unix)]
        static ERRNOS: &[Errno] = &[$(Errno { number: -libc::$name, name: stringify!($name), message: $message }),*];
        #[cfg(windows)]
        static ERRNOS: &[Errno] = &[$(Errno { number: $windows, name: stringify!($name), message: $message }),*];
    };
}

table! {
    E2BIG -4093 "argument list too long";
    EACCES -4092 "permission denied";
    EADDRINUSE -4091 "address already in use";
    EADDRNOTAVAIL -4090 "address not available";
    EAFNOSUPPORT -4089 "address family not supported";
    EAGAIN -4088 "resource temporarily unavailable";
    EALREADY -4084 "connection already in progress";
    EBADF -4083 "bad file descriptor";
    EBUSY -4082 "resource busy or locked";
    ECANCELED -4081 "operation canceled";
    ECONNABORTED -4079 "software caused connection abort";
    ECONNREFUSED -4078 "connection refused";
    ECONNRESET -4077 "connection reset by peer";
    EDESTADDRREQ -4076 "destination address required";
    EEXIST -4075 "file already exists";
    EFAULT -4074 "bad address in system call argument";
    EFBIG -4036 "file too large";
    EHOSTUNREACH -4073 "host is unreachable";
    EINTR -4072 "interrupted system call";
    EINVAL -4071 "invalid argument";
    EIO -4070 "i/o error";
    EISCONN -4069 "socket is already connected";
    EISDIR -4068 "illegal operation on a directory";
    ELOOP -4067 "too many symbolic links encountered";
    EMFILE -4066 "too many open files";
    EMSGSIZE -4065 "message too long";
    ENAMETOOLONG -4064 "name too long";
    ENETDOWN -4063 "network is down";
    ENETUNREACH -4062 "network is unreachable";
    ENFILE -4061 "file table overflow";
    ENOBUFS -4060 "no buffer space available";
    ENODEV -4059 "no such device";
    ENOENT -4058 "no such file or directory";
    ENOMEM -4057 "not enough memory";
    ENOPROTOOPT -4035 "protocol not available";
    ENOSPC -4055 "no space left on device";
    ENOSYS -4054 "function not implemented";
    ENOTCONN -4053 "socket is not connected";
    ENOTDIR -4052 "not a directory";
    ENOTEMPTY -4051 "directory not empty";
    ENOTSOCK -4050 "socket operation on non-socket";
    ENOTSUP -4049 "operation not supported on socket";
    EOVERFLOW -4026 "value too large for defined data type";
    EPERM -4048 "operation not permitted";
    EPIPE -4047 "broken pipe";
    EPROTO -4046 "protocol error";
    EPROTONOSUPPORT -4045 "protocol not supported";
    EPROTOTYPE -4044 "protocol wrong type for socket";
    ERANGE -4034 "result too large";
    EROFS -4043 "read-only file system";
    ESPIPE -4041 "invalid seek";
    ESRCH -4040 "no such process";
    ETIMEDOUT -4039 "connection timed out";
    ETXTBSY -4038 "text file is busy";
    EXDEV -4037 "cross-device link not permitted";
    ENXIO -4033 "no such device or address";
    EMLINK -4032 "too many links";
    ENOTTY -4029 "inappropriate ioctl for device";
    EILSEQ -4027 "illegal byte sequence";
    ENOEXEC -4022 "exec format error";
}

/// What not every unix has.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod rare {
    pub const ENONET: i32 = -libc::ENONET;
    pub const ESHUTDOWN: i32 = -libc::ESHUTDOWN;
    pub const EHOSTDOWN: i32 = -libc::EHOSTDOWN;
    pub const EREMOTEIO: i32 = -libc::EREMOTEIO;
    pub const ESOCKTNOSUPPORT: i32 = -libc::ESOCKTNOSUPPORT;
    pub const ENODATA: i32 = -libc::ENODATA;
    pub const EUNATCH: i32 = -libc::EUNATCH;
}

#[cfg(target_vendor = "apple")]
mod rare {
    pub const ENONET: i32 = -4056;
    pub const ESHUTDOWN: i32 = -libc::ESHUTDOWN;
    pub const EHOSTDOWN: i32 = -libc::EHOSTDOWN;
    pub const EREMOTEIO: i32 = -4030;
    pub const ESOCKTNOSUPPORT: i32 = -libc::ESOCKTNOSUPPORT;
    pub const ENODATA: i32 = -libc::ENODATA;
    pub const EUNATCH: i32 = -4023;
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod rare {
    pub const ENONET: i32 = -4056;
    pub const ESHUTDOWN: i32 = -4042;
    pub const EHOSTDOWN: i32 = -4031;
    pub const EREMOTEIO: i32 = -4030;
    pub const ESOCKTNOSUPPORT: i32 = -4025;
    pub const ENODATA: i32 = -4024;
    pub const EUNATCH: i32 = -4023;
}

#[rustfmt::skip]
static OTHERS: &[Errno] = &[
    Errno { number: rare::ENONET, name: "ENONET", message: "machine is not on the network" },
    Errno { number: rare::ESHUTDOWN, name: "ESHUTDOWN", message: "cannot send after transport endpoint shutdown" },
    Errno { number: rare::EHOSTDOWN, name: "EHOSTDOWN", message: "host is down" },
    Errno { number: rare::EREMOTEIO, name: "EREMOTEIO", message: "remote I/O error" },
    Errno { number: rare::ESOCKTNOSUPPORT, name: "ESOCKTNOSUPPORT", message: "socket type not supported" },
    Errno { number: rare::ENODATA, name: "ENODATA", message: "no data available" },
    Errno { number: rare::EUNATCH, name: "EUNATCH", message: "protocol driver not attached" },
    Errno { number: -3000, name: "EAI_ADDRFAMILY", message: "address family not supported" },
    Errno { number: -3001, name: "EAI_AGAIN", message: "temporary failure" },
    Errno { number: -3002, name: "EAI_BADFLAGS", message: "bad ai_flags value" },
    Errno { number: -3003, name: "EAI_CANCELED", message: "request canceled" },
    Errno { number: -3004, name: "EAI_FAIL", message: "permanent failure" },
    Errno { number: -3005, name: "EAI_FAMILY", message: "ai_family not supported" },
    Errno { number: -3006, name: "EAI_MEMORY", message: "out of memory" },
    Errno { number: -3007, name: "EAI_NODATA", message: "no address" },
    Errno { number: -3008, name: "EAI_NONAME", message: "unknown node or service" },
    Errno { number: -3009, name: "EAI_OVERFLOW", message: "argument buffer overflow" },
    Errno { number: -3010, name: "EAI_SERVICE", message: "service not available for socket type" },
    Errno { number: -3011, name: "EAI_SOCKTYPE", message: "socket type not supported" },
    Errno { number: -3013, name: "EAI_BADHINTS", message: "invalid value for hints" },
    Errno { number: -3014, name: "EAI_PROTOCOL", message: "resolved protocol is unknown" },
    Errno { number: -4028, name: "EFTYPE", message: "inappropriate file type or format" },
    Errno { number: -4080, name: "ECHARSET", message: "invalid Unicode character" },
    Errno { number: -4094, name: "UNKNOWN", message: "unknown error" },
    Errno { number: -4095, name: "EOF", message: "end of file" },
];

fn all() -> impl Iterator<Item = &'static Errno> {
    ERRNOS.iter().chain(OTHERS)
}

fn find(number: i32) -> Option<&'static Errno> {
    all().find(|known| known.number == number)
}

/// The name of a negative number (`ENOENT`); "UNKNOWN" is what libuv has no name for.
pub fn errno_name(number: i32) -> &'static str {
    find(number).map_or("UNKNOWN", |known| known.name)
}

/// What a number means, in libuv's words.
pub fn message_of_errno(number: i32) -> &'static str {
    find(number).map_or("unknown error", |known| known.message)
}

/// The negative number of a name (`ENOENT`) on this platform.
pub fn errno_of_name(name: &str) -> Option<i32> {
    all()
        .find(|known| known.name == name)
        .map(|known| known.number)
}

/// The negative number of an error of the standard library.
pub fn errno_of(error: &io::Error) -> i32 {
    #[cfg(unix)]
    if let Some(number) = error.raw_os_error() {
        return -number;
    }
    #[cfg(windows)]
    if let Some(name) = error.raw_os_error().and_then(windows_name) {
        return errno_of_name(name).unwrap_or(-4094);
    }
    let name = match error.kind() {
        io::ErrorKind::NotFound => "ENOENT",
        io::ErrorKind::PermissionDenied => "EACCES",
        io::ErrorKind::ConnectionRefused => "ECONNREFUSED",
        io::ErrorKind::ConnectionReset => "ECONNRESET",
        io::ErrorKind::ConnectionAborted => "ECONNABORTED",
        io::ErrorKind::NotConnected => "ENOTCONN",
        io::ErrorKind::AddrInUse => "EADDRINUSE",
        io::ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL",
        io::ErrorKind::HostUnreachable => "EHOSTUNREACH",
        io::ErrorKind::NetworkUnreachable => "ENETUNREACH",
        io::ErrorKind::NetworkDown => "ENETDOWN",
        io::ErrorKind::BrokenPipe => "EPIPE",
        io::ErrorKind::AlreadyExists => "EEXIST",
        io::ErrorKind::WouldBlock => "EAGAIN",
        io::ErrorKind::NotADirectory => "ENOTDIR",
        io::ErrorKind::IsADirectory => "EISDIR",
        io::ErrorKind::DirectoryNotEmpty => "ENOTEMPTY",
        io::ErrorKind::ReadOnlyFilesystem => "EROFS",
        io::ErrorKind::StorageFull => "ENOSPC",
        io::ErrorKind::NotSeekable => "ESPIPE",
        io::ErrorKind::FileTooLarge => "EFBIG",
        io::ErrorKind::ResourceBusy => "EBUSY",
        io::ErrorKind::CrossesDevices => "EXDEV",
        io::ErrorKind::TooManyLinks => "EMLINK",
        io::ErrorKind::InvalidFilename => "ENAMETOOLONG",
        io::ErrorKind::ArgumentListTooLong => "E2BIG",
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => "EINVAL",
        io::ErrorKind::TimedOut => "ETIMEDOUT",
        io::ErrorKind::Interrupted => "EINTR",
        io::ErrorKind::Unsupported => "ENOTSUP",
        io::ErrorKind::UnexpectedEof => "EOF",
        io::ErrorKind::OutOfMemory => "ENOMEM",
        _ => "UNKNOWN",
    };
    errno_of_name(name).unwrap_or(-4094)
}

/// The POSIX name of a Windows error, as libuv translates it.
#[cfg(windows)]
fn windows_name(error: i32) -> Option<&'static str> {
    Some(match error {
        1 | 123 | 161 | 1113 | 10022 | 87 => "EINVAL",
        2 | 3 | 126 | 127 | 15 | 267 if error != 267 => "ENOENT",
        267 => "ENOTDIR",
        4 | 10024 => "EMFILE",
        5 => "EPERM",
        6 | 10009 => "EBADF",
        8 | 14 => "ENOMEM",
        17 => "EXDEV",
        19 => "EROFS",
        32 | 33 | 231 => "EBUSY",
        38 => "EOF",
        39 | 112 | 277 => "ENOSPC",
        50 => "ENOTSUP",
        80 | 183 => "EEXIST",
        109 => "EOF",
        206 => "ENAMETOOLONG",
        232 | 233 => "EPIPE",
        145 => "ENOTEMPTY",
        995 | 10004 => "ECANCELED",
        1314 => "EPERM",
        1921 => "ELOOP",
        10013 => "EACCES",
        10014 => "EFAULT",
        10035 => "EAGAIN",
        10037 => "EALREADY",
        10038 => "ENOTSOCK",
        10040 => "EMSGSIZE",
        10043 => "EPROTONOSUPPORT",
        10047 => "EAFNOSUPPORT",
        10048 => "EADDRINUSE",
        10049 => "EADDRNOTAVAIL",
        10050 => "ENETDOWN",
        10051 => "ENETUNREACH",
        10053 => "ECONNABORTED",
        10054 => "ECONNRESET",
        10055 => "ENOBUFS",
        10056 => "EISCONN",
        10057 => "ENOTCONN",
        10060 => "ETIMEDOUT",
        10061 => "ECONNREFUSED",
        10065 => "EHOSTUNREACH",
        11001 => "ENOENT",
        _ => return None,
    })
}

/// A failed call on the system, in the shape that file operations have:
/// `ENOENT: no such file or directory, open 'x'`.
#[derive(Clone, Debug, Default)]
pub struct SystemError<'a> {
    /// libuv's number (negative).
    pub errno: i32,
    /// The name of the call, as Node names it.
    pub syscall: &'a str,
    pub path: Option<&'a str>,
    pub dest: Option<&'a str>,
}

/// Makes the error of a failed file operation.
pub fn system_error(error: &SystemError<'_>, context: &mut Context) -> JsError {
    let mut message = format!(
        "{}: {}, {}",
        errno_name(error.errno),
        message_of_errno(error.errno),
        error.syscall
    );
    if let Some(path) = error.path {
        message.push_str(&format!(" '{path}'"));
    }
    if let Some(dest) = error.dest {
        message.push_str(&format!(" -> '{dest}'"));
    }
    let properties = [
        ("errno", Some(error.errno.into())),
        ("code", Some(JsString::from(errno_name(error.errno)).into())),
        ("syscall", Some(JsString::from(error.syscall).into())),
        ("path", error.path.map(|path| JsString::from(path).into())),
        ("dest", error.dest.map(|dest| JsString::from(dest).into())),
    ];
    opaque(assemble(&message, &properties, context))
}

/// The same from an error of the standard library.
pub fn io_error(
    error: &io::Error,
    syscall: &str,
    path: Option<&str>,
    context: &mut Context,
) -> JsError {
    system_error(
        &SystemError {
            errno: errno_of(error),
            syscall,
            path,
            dest: None,
        },
        context,
    )
}

/// A failed call without a path: `write EPIPE`, with what was done in the end if that is given.
pub fn errno_exception(
    errno: i32,
    syscall: &str,
    original: Option<&str>,
    context: &mut Context,
) -> JsError {
    opaque(errno_object(
        errno,
        &JsString::from(syscall),
        original,
        context,
    ))
}

fn opaque(made: JsResult<JsObject>) -> JsError {
    match made {
        Ok(error) => JsError::from_opaque(error.into()),
        Err(error) => error,
    }
}

/// A plain error with properties; those without a value are left out.
fn assemble(
    message: &str,
    properties: &[(&str, Option<JsValue>)],
    context: &mut Context,
) -> JsResult<JsObject> {
    let error = Base::Plain.constructor(context).construct(
        &[JsString::from(message).into()],
        None,
        context,
    )?;
    for (name, value) in properties {
        if let Some(value) = value {
            error.create_data_property_or_throw(JsString::from(*name), value.clone(), context)?;
        }
    }
    Ok(error)
}

fn errno_object(
    errno: i32,
    syscall: &JsString,
    original: Option<&str>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let code = errno_name(errno);
    let mut message = format!("{} {code}", syscall.to_std_string_lossy());
    if let Some(original) = original.filter(|text| !text.is_empty()) {
        message.push_str(&format!(" {original}"));
    }
    let properties = [
        ("errno", Some(errno.into())),
        ("code", Some(JsString::from(code).into())),
        ("syscall", Some(syscall.clone().into())),
    ];
    assemble(&message, &properties, context)
}

fn host_port_object(
    errno: i32,
    syscall: &JsString,
    address: JsValue,
    port: Option<JsValue>,
    additional: Option<&str>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let code = errno_name(errno);
    let mut details = String::new();
    match &port {
        Some(port) => {
            details = format!(" {}:{}", display(&address, context), display(port, context));
        }
        None if address.to_boolean() => details = format!(" {}", display(&address, context)),
        None => {}
    }
    if let Some(additional) = additional.filter(|text| !text.is_empty()) {
        details.push_str(&format!(" - Local ({additional})"));
    }
    let properties = [
        ("errno", Some(errno.into())),
        ("code", Some(JsString::from(code).into())),
        ("syscall", Some(syscall.clone().into())),
        ("address", Some(address)),
        ("port", port),
    ];
    assemble(
        &format!("{} {code}{details}", syscall.to_std_string_lossy()),
        &properties,
        context,
    )
}

fn dns_object(
    code: &JsValue,
    syscall: &JsString,
    hostname: Option<JsString>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let mut errno = None;
    let name = match code.as_number() {
        Some(number) => {
            errno = Some(code.clone());
            match errno_name(number as i32) {
                // libuv distinguishes these two, the resolver's documented interface doesn't.
                "EAI_NODATA" | "EAI_NONAME" => "ENOTFOUND".to_owned(),
                name => name.to_owned(),
            }
        }
        None => display(code, context),
    };
    let mut message = format!("{} {name}", syscall.to_std_string_lossy());
    if let Some(hostname) = &hostname {
        message.push_str(&format!(" {}", hostname.to_std_string_lossy()));
    }
    let properties = [
        ("errno", Some(errno.unwrap_or_default())),
        ("code", Some(JsString::from(name).into())),
        ("syscall", Some(syscall.clone().into())),
        ("hostname", hostname.map(JsValue::from)),
    ];
    assemble(&message, &properties, context)
}

fn optional_text(value: &JsValue, context: &mut Context) -> Option<String> {
    value.to_boolean().then(|| display(value, context))
}

/// `uvException({ errno | code, syscall, path, dest, address, port, message })`. Every property of the argument but the
/// message becomes one of the error.
pub(super) fn uv_exception_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let details = args.get_or_undefined(0).to_object(context)?;
    let read = |key: &str, context: &mut Context| details.get(JsString::from(key), context);
    let known = match read("errno", context)?.as_number() {
        Some(number) => find(number as i32),
        None => None,
    };
    let code = JsString::from(known.map_or("UNKNOWN", |known| known.name));
    let text = optional_text(&read("message", context)?, context).unwrap_or_else(|| {
        known
            .map_or("unknown error", |known| known.message)
            .to_owned()
    });
    let syscall = read("syscall", context)?;
    let mut message = format!(
        "{}: {text}, {}",
        code.to_std_string_lossy(),
        display(&syscall, context)
    );
    let path = optional_text(&read("path", context)?, context);
    let dest = optional_text(&read("dest", context)?, context);
    if let Some(path) = &path {
        message.push_str(&format!(" '{path}'"));
    }
    if let Some(dest) = &dest {
        message.push_str(&format!(" -> '{dest}'"));
    }
    let error = assemble(&message, &[], context)?;
    for key in details.own_property_keys(context)? {
        match key.to_string().as_str() {
            "message" | "path" | "dest" => continue,
            _ => {}
        }
        let value = details.get(key.clone(), context)?;
        error.create_data_property_or_throw(key, value, context)?;
    }
    error.create_data_property_or_throw(js_string!("code"), code, context)?;
    for (key, value) in [("path", path), ("dest", dest)] {
        if let Some(value) = value {
            error.create_data_property_or_throw(
                JsString::from(key),
                JsString::from(value),
                context,
            )?;
        }
    }
    Ok(error.into())
}

/// `errnoException(err, syscall, original)`.
pub(super) fn errno_exception_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let errno = args.get_or_undefined(0).to_i32(context)?;
    let syscall = args.get_or_undefined(1).to_string(context)?;
    let original = optional_text(args.get_or_undefined(2), context);
    errno_object(errno, &syscall, original.as_deref(), context).map(JsValue::from)
}

/// `exceptionWithHostPort(err, syscall, address, port, additional)`.
pub(super) fn host_port_exception_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let errno = args.get_or_undefined(0).to_i32(context)?;
    let syscall = args.get_or_undefined(1).to_string(context)?;
    let address = args.get_or_undefined(2).clone();
    let port = args.get_or_undefined(3);
    let port = port
        .as_number()
        .filter(|number| *number > 0.0)
        .map(|_| port.clone());
    let additional = optional_text(args.get_or_undefined(4), context);
    host_port_object(
        errno,
        &syscall,
        address,
        port,
        additional.as_deref(),
        context,
    )
    .map(JsValue::from)
}

/// `dnsException(code, syscall, hostname)`.
pub(super) fn dns_exception_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let syscall = args.get_or_undefined(1).to_string(context)?;
    let hostname = optional_text(args.get_or_undefined(2), context).map(JsString::from);
    dns_object(args.get_or_undefined(0), &syscall, hostname, context).map(JsValue::from)
}

/// What the table has of the number in the first argument.
fn known_of(
    args: &[JsValue],
    what: fn(&'static Errno) -> &'static str,
    context: &mut Context,
) -> JsResult<JsValue> {
    let number = args.get_or_undefined(0).to_i32(context)?;
    Ok(match find(number) {
        Some(known) => JsString::from(what(known)).into(),
        None => JsString::from(format!("Unknown system error {number}")).into(),
    })
}

/// `errname(errno)`.
pub(super) fn errname_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    known_of(args, |known| known.name, context)
}

/// `getSystemErrorMessage(errno)`.
pub(super) fn error_message_native(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    known_of(args, |known| known.message, context)
}

/// `getErrorMap()`: a `Map` from number to `[name, message]`.
pub(super) fn error_map_native(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let map = JsMap::new(context);
    let mut known: Vec<&Errno> = all().collect();
    known.sort_by_key(|errno| errno.name);
    for errno in known {
        let pair = [
            JsString::from(errno.name).into(),
            JsString::from(errno.message).into(),
        ];
        let pair = JsArray::from_iter(pair, context);
        map.set(errno.number, pair, context)?;
    }
    Ok(map.into())
}
