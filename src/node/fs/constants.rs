//! `fs.constants`.

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, native_function::NativeFunctionPointer,
    property::Attribute,
};

use crate::{engine::native, node::process::emit_warning, runtime::State};

#[cfg(unix)]
macro_rules! libc_numbers {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), libc::$name as i32)),*] };
}

const FIRST: &[(&str, i32)] = &[
    ("UV_FS_SYMLINK_DIR", 1),
    ("UV_FS_SYMLINK_JUNCTION", 2),
    ("O_RDONLY", libc::O_RDONLY),
    ("O_WRONLY", libc::O_WRONLY),
    ("O_RDWR", libc::O_RDWR),
    ("UV_DIRENT_UNKNOWN", 0),
    ("UV_DIRENT_FILE", 1),
    ("UV_DIRENT_DIR", 2),
    ("UV_DIRENT_LINK", 3),
    ("UV_DIRENT_FIFO", 4),
    ("UV_DIRENT_SOCKET", 5),
    ("UV_DIRENT_CHAR", 6),
    ("UV_DIRENT_BLOCK", 7),
    ("S_IFMT", 0o170_000),
    ("S_IFREG", 0o100_000),
    ("S_IFDIR", 0o040_000),
    ("S_IFCHR", 0o020_000),
    #[cfg(unix)]
    ("S_IFBLK", 0o060_000),
    ("S_IFIFO", 0o010_000),
    ("S_IFLNK", 0o120_000),
    #[cfg(unix)]
    ("S_IFSOCK", 0o140_000),
    ("O_CREAT", libc::O_CREAT),
    ("O_EXCL", libc::O_EXCL),
    (
        "UV_FS_O_FILEMAP",
        if cfg!(windows) { 0x2000_0000 } else { 0 },
    ),
    ("UV_FS_O_TEMPORARY", if cfg!(windows) { 0x40 } else { 0 }),
    (
        "UV_FS_O_SHORT_LIVED",
        if cfg!(windows) { 0x1000 } else { 0 },
    ),
    ("UV_FS_O_SEQUENTIAL", if cfg!(windows) { 0x20 } else { 0 }),
    ("UV_FS_O_RANDOM", if cfg!(windows) { 0x10 } else { 0 }),
];

#[cfg(target_os = "linux")]
const FLAGS: &[(&str, i32)] = libc_numbers![
    O_NOCTTY,
    O_TRUNC,
    O_APPEND,
    O_DIRECTORY,
    O_NOATIME,
    O_NOFOLLOW,
    O_SYNC,
    O_DSYNC,
    O_DIRECT,
    O_NONBLOCK,
];
#[cfg(all(unix, not(target_os = "linux")))]
const FLAGS: &[(&str, i32)] = libc_numbers![
    O_NOCTTY,
    O_TRUNC,
    O_APPEND,
    O_DIRECTORY,
    O_NOFOLLOW,
    O_SYNC,
    O_DSYNC,
    O_SYMLINK,
    O_NONBLOCK,
];
#[cfg(windows)]
const FLAGS: &[(&str, i32)] = &[("O_TRUNC", libc::O_TRUNC), ("O_APPEND", libc::O_APPEND)];

const LAST: &[(&str, i32)] = &[
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070),
    ("S_IRGRP", 0o040),
    ("S_IWGRP", 0o020),
    ("S_IXGRP", 0o010),
    ("S_IRWXO", 0o007),
    ("S_IROTH", 0o004),
    ("S_IWOTH", 0o002),
    ("S_IXOTH", 0o001),
    ("F_OK", 0),
    ("R_OK", 4),
    ("W_OK", 2),
    ("X_OK", 1),
    ("UV_FS_COPYFILE_EXCL", 1),
    ("COPYFILE_EXCL", 1),
    ("UV_FS_COPYFILE_FICLONE", 2),
    ("COPYFILE_FICLONE", 2),
    ("UV_FS_COPYFILE_FICLONE_FORCE", 4),
    ("COPYFILE_FICLONE_FORCE", 4),
];

#[derive(Default)]
struct Shared(RefCell<Option<JsObject>>);

/// The one object of the runtime.
pub fn shared(context: &Context) -> JsObject {
    let slot = State::of(context).slot::<Shared>();
    slot.0.borrow_mut().get_or_insert_with(constants).clone()
}

/// The object; its numbers can't be changed.
fn constants() -> JsObject {
    let object = JsObject::with_null_proto();
    for (name, value) in FIRST.iter().chain(FLAGS).chain(LAST) {
        object.insert_property(
            JsString::from(*name),
            native::property(*value, Attribute::ENUMERABLE),
        );
    }
    object
}

/// The modes of `access` that `fs` has itself, too. Reading one warns once of
/// [`DEP0176`](https://nodejs.org/docs/latest-v24.x/api/deprecations.html#dep0176-fsf_ok-fsr_ok-fsw_ok-fsx_ok).
pub const DEPRECATED: &[(&str, NativeFunctionPointer)] = &[
    ("F_OK", |_, _, context| deprecated("F_OK", context)),
    ("R_OK", |_, _, context| deprecated("R_OK", context)),
    ("W_OK", |_, _, context| deprecated("W_OK", context)),
    ("X_OK", |_, _, context| deprecated("X_OK", context)),
];

/// Whether somebody was warned of them.
#[derive(Default)]
struct Warned(Cell<bool>);

fn deprecated(name: &str, context: &mut Context) -> JsResult<JsValue> {
    let warned = State::of(context).slot::<Warned>();
    if !warned.0.replace(true) {
        emit_warning(
            &format!("fs.{name} is deprecated, use fs.constants.{name} instead"),
            "DeprecationWarning",
            Some("DEP0176"),
            context,
        )?;
    }
    Ok(number(name).into())
}

/// One of the numbers; 0 for a name that isn't there.
pub fn number(name: &str) -> i32 {
    LAST.iter()
        .find(|(known, _)| *known == name)
        .map_or(0, |(_, value)| *value)
}
