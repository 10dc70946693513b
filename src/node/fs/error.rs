//! Why a file operation failed. Operations run on pool threads, so this holds no script values; the error object is made
//! when the result is back.

use std::{borrow::Cow, io, path::Path};

use boa_engine::{Context, JsError, JsString, js_string};

use crate::{
    engine::native::Natives,
    node::errors::{self, SystemError},
};

/// A failed operation.
#[derive(Debug)]
pub enum FsError {
    /// The system refused.
    System(Refusal),
    /// `rm` of a directory without `recursive`.
    IsDirectory(String),
    /// A file that can't be held in one buffer.
    TooLarge(u64),
}

/// A call that the system refused, as Node shows it.
#[derive(Debug)]
pub struct Refusal {
    /// libuv's number, negative.
    pub errno: i32,
    /// The name of the call.
    pub syscall: &'static str,
    /// What it was called on.
    pub path: Option<String>,
    /// The second path of calls that take two.
    pub dest: Option<String>,
}

impl FsError {
    /// A refused call that has no path to show.
    pub fn call(syscall: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::refused(&error, syscall, None, None)
    }

    /// A refused call on a path.
    pub fn at(syscall: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        move |error| Self::refused(&error, syscall, Some(path), None)
    }

    /// A refused call on two paths.
    pub fn between(syscall: &'static str, path: &Path, dest: &Path) -> impl Fn(io::Error) -> Self {
        move |error| Self::refused(&error, syscall, Some(path), Some(dest))
    }

    fn refused(
        error: &io::Error,
        syscall: &'static str,
        path: Option<&Path>,
        dest: Option<&Path>,
    ) -> Self {
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        Self::System(Refusal {
            errno: errors::errno_of(error),
            syscall,
            path: path.map(shown),
            dest: dest.map(shown),
        })
    }

    /// Whether it is the refusal of that name (`ENOENT`).
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::System(refusal) if errors::errno_name(refusal.errno) == name)
    }

    /// The error for script.
    pub fn into_js(self, context: &mut Context) -> JsError {
        match self {
            Self::System(Refusal {
                errno,
                syscall,
                path,
                dest,
            }) => {
                let (path, dest) = (path.as_deref(), dest.as_deref());
                errors::system_error(
                    &SystemError {
                        errno,
                        syscall,
                        path,
                        dest,
                    },
                    context,
                )
            }
            Self::IsDirectory(path) => {
                let info = Natives::new(context)
                    .value("code", js_string!("EISDIR"))
                    .value("message", js_string!("is a directory"))
                    .value("path", JsString::from(path))
                    .value("syscall", js_string!("rm"))
                    .value("errno", 21)
                    .build();
                errors::node_error("ERR_FS_EISDIR", &[info.into()], context)
            }
            Self::TooLarge(size) => {
                errors::node_error("ERR_FS_FILE_TOO_LARGE", &[(size as f64).into()], context)
            }
        }
    }
}

/// An error of the system by its name.
pub fn named(name: &'static str) -> io::Error {
    let number = errors::errno_of_name(name).unwrap_or(-1);
    if cfg!(unix) {
        io::Error::from_raw_os_error(-number)
    } else {
        io::Error::other(Cow::from(name))
    }
}
