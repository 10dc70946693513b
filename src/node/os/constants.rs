//! `os.constants`: the system's numbers by name.

use boa_engine::{Context, JsObject, JsString, property::Attribute};

use crate::engine::native;

/// A constant of the C library under its own name; those that a system doesn't have are named with the system.
macro_rules! table {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), libc::$name as i64)),*] };
}

type Table = &'static [(&'static str, i64)];

#[cfg(unix)]
const ERRNO: Table = table![
    E2BIG,
    EACCES,
    EADDRINUSE,
    EADDRNOTAVAIL,
    EAFNOSUPPORT,
    EAGAIN,
    EALREADY,
    EBADF,
    EBADMSG,
    EBUSY,
    ECANCELED,
    ECHILD,
    ECONNABORTED,
    ECONNREFUSED,
    ECONNRESET,
    EDEADLK,
    EDESTADDRREQ,
    EDOM,
    EDQUOT,
    EEXIST,
    EFAULT,
    EFBIG,
    EHOSTUNREACH,
    EIDRM,
    EILSEQ,
    EINPROGRESS,
    EINTR,
    EINVAL,
    EIO,
    EISCONN,
    EISDIR,
    ELOOP,
    EMFILE,
    EMLINK,
    EMSGSIZE,
    EMULTIHOP,
    ENAMETOOLONG,
    ENETDOWN,
    ENETRESET,
    ENETUNREACH,
    ENFILE,
    ENOBUFS,
    ENODATA,
    ENODEV,
    ENOENT,
    ENOEXEC,
    ENOLCK,
    ENOLINK,
    ENOMEM,
    ENOMSG,
    ENOPROTOOPT,
    ENOSPC,
    ENOSR,
    ENOSTR,
    ENOSYS,
    ENOTCONN,
    ENOTDIR,
    ENOTEMPTY,
    ENOTSOCK,
    ENOTSUP,
    ENOTTY,
    ENXIO,
    EOPNOTSUPP,
    EOVERFLOW,
    EPERM,
    EPIPE,
    EPROTO,
    EPROTONOSUPPORT,
    EPROTOTYPE,
    ERANGE,
    EROFS,
    ESPIPE,
    ESRCH,
    ESTALE,
    ETIME,
    ETIMEDOUT,
    ETXTBSY,
    EWOULDBLOCK,
    EXDEV,
];
#[cfg(windows)]
const ERRNO: Table = table![
    E2BIG,
    EACCES,
    EAGAIN,
    EBADF,
    EBUSY,
    ECHILD,
    EDEADLK,
    EDOM,
    EEXIST,
    EFAULT,
    EFBIG,
    EILSEQ,
    EINTR,
    EINVAL,
    EIO,
    EISDIR,
    EMFILE,
    EMLINK,
    ENAMETOOLONG,
    ENFILE,
    ENODEV,
    ENOENT,
    ENOEXEC,
    ENOLCK,
    ENOMEM,
    ENOSPC,
    ENOSYS,
    ENOTDIR,
    ENOTEMPTY,
    ENOTTY,
    ENXIO,
    EPERM,
    EPIPE,
    ERANGE,
    EROFS,
    ESPIPE,
    ESRCH,
    EXDEV,
];

#[cfg(target_os = "linux")]
const SIGNALS: Table = table![
    SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGIOT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1,
    SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGSTKFLT, SIGCONT, SIGSTOP, SIGTSTP,
    SIGTTIN, SIGTTOU, SIGURG, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPOLL,
    SIGPWR, SIGSYS,
];
#[cfg(all(unix, not(target_os = "linux")))]
const SIGNALS: Table = table![
    SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV,
    SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
    SIGURG, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGINFO, SIGSYS,
];

#[cfg(target_os = "linux")]
const DLOPEN: Table = table![RTLD_LAZY, RTLD_NOW, RTLD_GLOBAL, RTLD_LOCAL, RTLD_DEEPBIND];
#[cfg(all(unix, not(target_os = "linux")))]
const DLOPEN: Table = table![RTLD_LAZY, RTLD_NOW, RTLD_GLOBAL, RTLD_LOCAL];
#[cfg(windows)]
const DLOPEN: Table = &[];

const PRIORITY: Table = &[
    ("PRIORITY_LOW", 19),
    ("PRIORITY_BELOW_NORMAL", 10),
    ("PRIORITY_NORMAL", 0),
    ("PRIORITY_ABOVE_NORMAL", -7),
    ("PRIORITY_HIGH", -14),
    ("PRIORITY_HIGHEST", -20),
];

/// `os.constants`. The numbers can't be changed, the signals not even added to.
pub fn constants(context: &mut Context) -> JsObject {
    let constants = object(&[("UV_UDP_REUSEADDR", 4)]);
    let signals = signals();
    // Can't fail: an ordinary object can always be made non-extensible.
    let _ = signals.set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, context);
    for (name, value) in [
        ("dlopen", object(DLOPEN)),
        ("errno", object(ERRNO)),
        ("signals", signals),
        ("priority", object(PRIORITY)),
    ] {
        constants.insert_property(
            JsString::from(name),
            native::property(value, Attribute::all()),
        );
    }
    constants
}

#[cfg(unix)]
fn signals() -> JsObject {
    object(SIGNALS)
}

#[cfg(windows)]
fn signals() -> JsObject {
    let numbers: Vec<_> = crate::sys::SIGNALS
        .iter()
        .map(|(name, number)| (*name, i64::from(*number)))
        .collect();
    object(&numbers)
}

fn object(table: &[(&str, i64)]) -> JsObject {
    let object = JsObject::with_null_proto();
    for (name, value) in table {
        object.insert_property(
            JsString::from(*name),
            native::property(*value as f64, Attribute::ENUMERABLE),
        );
    }
    object
}
