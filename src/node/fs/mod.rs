//! `fs`: the table of operations, each in its three forms (`x`, `xSync`, `promises.x`), and what is built on them.
//!
//! All of it is native but for streams, `FileHandle`, `Dir`, `cp`, `glob` and watchers, whose script halves load when they are
//! touched. <https://nodejs.org/docs/latest-v24.x/api/fs.html>

mod ahead;
mod args;
mod constants;
mod error;
mod ops;
mod promises;
mod request;
mod signal;
mod stats;
pub mod streams;
mod sys;
mod watch;

pub use promises::{binding, promises_exports};
use promises::{promisified_list, promisified_pair};

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue,
    native_function::NativeFunctionPointer, object::builtins::JsFunction, property::Attribute,
};

use crate::engine::{
    native::{METHOD, Natives, define_lazy, function},
    registry,
};
use ops::{attributes::*, descriptor::*, list::*, names::*, tree::*, whole::*};
use request::{Operation, callback, promise, sync};

/// A row of the table: how many arguments each form shows.
struct Row {
    name: &'static str,
    callback: (usize, NativeFunctionPointer),
    sync: (&'static str, usize, NativeFunctionPointer),
    promise: Option<(usize, NativeFunctionPointer)>,
}

macro_rules! rows {
    ($($type:ident $sync:literal $lengths:tt;)*) => {
        &[$(rows!(@row $type $sync $lengths)),*]
    };
    (@row $type:ident $sync:literal ($callback:literal, $blocking:literal)) => {
        Row {
            name: $type::NAME,
            callback: ($callback, callback::<$type>),
            sync: ($sync, $blocking, sync::<$type>),
            promise: None,
        }
    };
    (@row $type:ident $sync:literal ($callback:literal, $blocking:literal, $promise:literal)) => {
        Row {
            name: $type::NAME,
            callback: ($callback, callback::<$type>),
            sync: ($sync, $blocking, sync::<$type>),
            promise: Some(($promise, promise::<$type>)),
        }
    };
}

const ROWS: &[Row] = rows! {
    AppendFile "appendFileSync" (4, 3);
    Access "accessSync" (3, 2, 1);
    Chown "chownSync" (4, 3, 3);
    Chmod "chmodSync" (3, 2, 2);
    Close "closeSync" (1, 1);
    CopyFile "copyFileSync" (4, 3, 3);
    Fchown "fchownSync" (4, 3);
    Fchmod "fchmodSync" (3, 2);
    Fdatasync "fdatasyncSync" (2, 1);
    Fstat "fstatSync" (1, 1);
    Fsync "fsyncSync" (2, 1);
    Ftruncate "ftruncateSync" (1, 1);
    Futimes "futimesSync" (4, 3);
    Lchown "lchownSync" (4, 3, 3);
    Link "linkSync" (3, 2, 2);
    Lstat "lstatSync" (1, 1, 1);
    Lutimes "lutimesSync" (4, 3, 3);
    Mkdir "mkdirSync" (3, 2, 2);
    Mkdtemp "mkdtempSync" (3, 2, 2);
    Open "openSync" (4, 3);
    Readdir "readdirSync" (3, 2, 2);
    Read "readSync" (6, 5);
    Readv "readvSync" (4, 3);
    ReadFile "readFileSync" (3, 2);
    Readlink "readlinkSync" (3, 2, 2);
    Realpath "realpathSync" (3, 2);
    Rename "renameSync" (3, 2, 2);
    Rm "rmSync" (3, 2, 2);
    Rmdir "rmdirSync" (3, 2, 2);
    Stat "statSync" (1, 1, 1);
    Statfs "statfsSync" (1, 1, 1);
    Symlink "symlinkSync" (4, 3, 3);
    Truncate "truncateSync" (3, 2);
    Unlink "unlinkSync" (2, 1, 1);
    Utimes "utimesSync" (4, 3, 3);
    WriteFile "writeFileSync" (4, 3);
    Write "writeSync" (6, 5);
    Writev "writevSync" (4, 3);
};

/// What loads late, by the script half that has it.
const LATE: &[(&str, &str, usize)] = &[
    ("cp", "fs/cp", 4),
    ("cpSync", "fs/cp", 3),
    ("createReadStream", "fs/streams", 2),
    ("createWriteStream", "fs/streams", 2),
    ("mkdtempDisposableSync", "fs/dir", 2),
    ("opendir", "fs/dir", 3),
    ("opendirSync", "fs/dir", 2),
    ("openAsBlob", "fs/dir", 1),
    ("glob", "fs/glob", 3),
    ("globSync", "fs/glob", 2),
    ("unwatchFile", "fs/watch", 2),
    ("watch", "fs/watch", 3),
    ("watchFile", "fs/watch", 3),
];

/// What `require('fs')` gives.
///
/// # Errors
/// None but those of the engine.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let mut functions: Vec<(&str, JsFunction)> = Vec::with_capacity(ROWS.len() * 2 + 16);
    for row in ROWS {
        functions.push((
            row.name,
            function(context, row.name, row.callback.0, row.callback.1),
        ));
        functions.push((
            row.sync.0,
            function(context, row.sync.0, row.sync.1, row.sync.2),
        ));
    }
    functions.push(("exists", function(context, "exists", 2, exists)));
    functions.push((
        "existsSync",
        function(context, "existsSync", 1, exists_sync),
    ));
    for (name, module, length) in LATE {
        functions.push((name, late_function(name, module, name, *length, context)));
    }
    let native = function(context, "native", 3, callback::<RealpathNative>);
    let native_sync = function(context, "native", 2, sync::<RealpathNative>);
    let customs = [
        ("exists", function(context, "exists", 1, exists_promise)),
        (
            "read",
            function(context, "read", 5, promisified_pair::<Read>),
        ),
        (
            "write",
            function(context, "write", 5, promisified_pair::<Write>),
        ),
        (
            "readv",
            function(context, "readv", 3, promisified_list::<Readv>),
        ),
        (
            "writev",
            function(context, "writev", 3, promisified_list::<Writev>),
        ),
    ];
    let own = |name: &str| {
        let found = functions.iter().find(|(known, _)| *known == name);
        found.map(|(_, function)| JsObject::from(function.clone()))
    };
    if let (Some(open), Some(read), Some(close)) = (own("open"), own("read"), own("close")) {
        streams::remember([open, read, close], context);
    }
    let custom = registry::symbol_for("nodejs.util.promisify.custom", context)?;
    for (name, function) in &functions {
        let own: JsObject = (**function).clone();
        match *name {
            "realpath" => drop(
                Natives::on(own, context)
                    .attributes(Attribute::all())
                    .value("native", native.clone()),
            ),
            "realpathSync" => {
                drop(
                    Natives::on(own, context)
                        .attributes(Attribute::all())
                        .value("native", native_sync.clone()),
                );
            }
            name => {
                if let Some((_, promising)) = customs.iter().find(|(known, _)| *known == name) {
                    drop(
                        Natives::on(own, context)
                            .attributes(METHOD)
                            .keyed(custom.clone(), promising.clone()),
                    );
                }
            }
        }
    }
    functions.sort_by_key(|(name, _)| *name);
    let constants = constants::shared(context);
    let to_unix_timestamp = function(context, "toUnixTimestamp", 1, to_unix_timestamp);
    let mut natives = Natives::new(context);
    if cfg!(not(target_os = "macos")) {
        // Only macOS has it; Node shows the names everywhere.
        natives = natives
            .value("lchmod", JsValue::undefined())
            .value("lchmodSync", JsValue::undefined());
    }
    for (name, function) in functions {
        natives = natives.value(name, function);
    }
    natives = natives.attributes(Attribute::empty());
    for (name, get) in constants::DEPRECATED {
        natives = natives.accessor(name, *get, None);
    }
    let object = natives
        .attributes(Attribute::all())
        .value("_toUnixTimestamp", to_unix_timestamp)
        .attributes(Attribute::ENUMERABLE)
        .value("constants", constants)
        .build();
    lazily(&object, context);
    Ok(object.into())
}

/// The properties that are made when they are touched.
fn lazily(object: &JsObject, context: &mut Context) {
    let all = Attribute::all();
    define_lazy(object, "Stats", all, stats::stats_constructor, context);
    define_lazy(object, "Dirent", all, stats::dirent_constructor, context);
    define_lazy(
        object,
        "promises",
        all,
        |context| registry::require("fs/promises", context),
        context,
    );
    define_lazy(
        object,
        "Dir",
        all,
        |context| member("fs/dir", "Dir", context),
        context,
    );
    define_lazy(
        object,
        "Utf8Stream",
        all,
        |context| member("fs/utf8_stream", "Utf8Stream", context),
        context,
    );
    define_lazy(
        object,
        "ReadStream",
        all,
        |context| member("fs/streams", "ReadStream", context),
        context,
    );
    define_lazy(
        object,
        "WriteStream",
        all,
        |context| member("fs/streams", "WriteStream", context),
        context,
    );
    define_lazy(
        object,
        "FileReadStream",
        all,
        |context| member("fs/streams", "ReadStream", context),
        context,
    );
    define_lazy(
        object,
        "FileWriteStream",
        all,
        |context| member("fs/streams", "WriteStream", context),
        context,
    );
}

fn to_unix_timestamp(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let time = args.first().cloned().unwrap_or_default();
    args::time(&time, "time", context).map(Into::into)
}

fn member(module: &str, name: &str, context: &mut Context) -> JsResult<JsValue> {
    registry::require(module, context)?
        .to_object(context)?
        .get(JsString::from(name), context)
}

/// A function that loads the script half it is in when it is first called.
fn late_function(
    name: &'static str,
    module: &'static str,
    inside: &'static str,
    length: usize,
    context: &mut Context,
) -> JsFunction {
    use boa_engine::{NativeFunction, object::FunctionObjectBuilder};
    let call = NativeFunction::from_copy_closure(move |this, args, context| {
        let function = member(module, inside, context)?.as_callable();
        match function {
            Some(function) => function.call(this, args, context),
            None => Err(JsNativeError::typ()
                .with_message(format!("fs.{name} is not available"))
                .into()),
        }
    });
    FunctionObjectBuilder::new(context.realm(), call)
        .name(JsString::from(name))
        .length(length)
        .constructor(true)
        .build()
}
