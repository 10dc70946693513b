//! The classes `Stats`, `BigIntStats`, `StatFs` and `Dirent`, and their objects.

use std::{cell::RefCell, path::Path, rc::Rc};

use boa_engine::{
    Context, JsArgs, JsBigInt, JsObject, JsResult, JsString, JsSymbol, JsValue,
    builtins::object::OrdinaryObject,
    js_string,
    native_function::NativeFunctionPointer,
    object::{
        Object,
        builtins::{JsDate, JsFunction},
    },
    property::{Attribute, PropertyKey},
};

use super::{
    args::Shape,
    sys::{
        Entry, FileSystem, Kind, Moment, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT,
        S_IFREG, S_IFSOCK, Status,
    },
};
use crate::{
    engine::native::{Natives, constructor, property},
    runtime::State,
};

#[derive(Default)]
struct Classes(RefCell<Option<Rc<Known>>>);

struct Known {
    stats: JsFunction,
    stats_prototype: JsObject,
    big_prototype: JsObject,
    statfs_prototype: JsObject,
    dirent: JsFunction,
    dirent_prototype: JsObject,
    /// The properties of a `Dirent`: name, parentPath, and its kind.
    dirent_keys: [PropertyKey; 3],
    kind_symbol: JsSymbol,
    /// The properties of a `Stats`, in their order: numbers, milliseconds, nanoseconds.
    number_keys: [PropertyKey; 10],
    time_keys: [PropertyKey; 4],
    nano_keys: [PropertyKey; 4],
}

fn classes(context: &mut Context) -> JsResult<Rc<Known>> {
    let slot = State::of(context).slot::<Classes>();
    if let Some(known) = &*slot.0.borrow() {
        return Ok(known.clone());
    }
    let base = JsObject::with_object_proto(context.intrinsics());
    let base_constructor = constructor(context, "StatsBase", 10, construct_nothing);
    link(&base_constructor, &base, context);
    let mut natives = Natives::on(base.clone(), context).attributes(Attribute::all());
    for (name, native) in CHECKS {
        natives = natives.function(name, 0, *native);
    }
    natives.build();
    let (stats, stats_prototype) = stats_class("Stats", 14, construct_stats, &base, context);
    let (_, big_prototype) = stats_class("BigIntStats", 14, construct_nothing, &base, context);
    let statfs_prototype = JsObject::with_object_proto(context.intrinsics());
    let statfs = constructor(context, "StatFs", 8, construct_nothing);
    link(&statfs, &statfs_prototype, context);
    let dirent = constructor(context, "Dirent", 3, construct_dirent);
    let dirent_prototype = JsObject::with_object_proto(context.intrinsics());
    link(&dirent, &dirent_prototype, context);
    let mut natives = Natives::on(dirent_prototype.clone(), context);
    for (name, native) in DIRENT_CHECKS {
        natives = natives.function(name, 0, *native);
    }
    natives.build();
    let kind_symbol = JsSymbol::new(Some(js_string!("type"))).unwrap_or_else(JsSymbol::species);
    let known = Rc::new(Known {
        stats,
        stats_prototype,
        big_prototype,
        statfs_prototype,
        dirent,
        dirent_prototype,
        dirent_keys: [
            js_string!("name").into(),
            js_string!("parentPath").into(),
            kind_symbol.clone().into(),
        ],
        kind_symbol,
        number_keys: FIELDS.map(|name| JsString::from(name).into()),
        time_keys: TIMES.map(|(name, _)| JsString::from(name).into()),
        nano_keys: TIMES.map(|(_, name)| JsString::from(name).into()),
    });
    *slot.0.borrow_mut() = Some(known.clone());
    Ok(known)
}

fn stats_class(
    name: &str,
    length: usize,
    construct: NativeFunctionPointer,
    base: &JsObject,
    context: &mut Context,
) -> (JsFunction, JsObject) {
    let class = constructor(context, name, length, construct);
    let prototype = JsObject::with_object_proto(context.intrinsics());
    prototype.set_prototype(Some(base.clone()));
    link(&class, &prototype, context);
    Natives::on(prototype.clone(), context)
        .attributes(Attribute::ENUMERABLE | Attribute::CONFIGURABLE)
        .accessor("atime", get_atime, Some(set_atime))
        .accessor("mtime", get_mtime, Some(set_mtime))
        .accessor("ctime", get_ctime, Some(set_ctime))
        .accessor("birthtime", get_birthtime, Some(set_birthtime))
        .build();
    (class, prototype)
}

fn link(class: &JsFunction, prototype: &JsObject, context: &mut Context) {
    Natives::on(prototype.clone(), context)
        .value("constructor", class.clone())
        .build();
    Natives::on((**class).clone(), context)
        .attributes(Attribute::WRITABLE)
        .value("prototype", prototype.clone())
        .build();
}

/// The constructor `fs.Stats`.
pub fn stats_constructor(context: &mut Context) -> JsResult<JsValue> {
    Ok(classes(context)?.stats.clone().into())
}

/// The constructor `fs.Dirent`.
pub fn dirent_constructor(context: &mut Context) -> JsResult<JsValue> {
    Ok(classes(context)?.dirent.clone().into())
}

const FIELDS: [&str; 10] = [
    "dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks",
];
const TIMES: [(&str, &str); 4] = [
    ("atimeMs", "atimeNs"),
    ("mtimeMs", "mtimeNs"),
    ("ctimeMs", "ctimeNs"),
    ("birthtimeMs", "birthtimeNs"),
];

fn numbers(status: &Status) -> [u64; 10] {
    [
        status.dev,
        status.mode,
        status.nlink,
        status.uid,
        status.gid,
        status.rdev,
        status.blksize,
        status.ino,
        status.size,
        status.blocks,
    ]
}

fn moments(status: &Status) -> [Moment; 4] {
    [status.atime, status.mtime, status.ctime, status.birthtime]
}

fn empty(prototype: &JsObject, context: &Context) -> JsObject {
    JsObject::new(context.root_shape(), prototype.clone(), OrdinaryObject).upcast()
}

/// A `Stats` object, or a `BigIntStats`.
pub fn stats(status: &Status, big: bool, context: &mut Context) -> JsResult<JsValue> {
    let known = classes(context)?;
    let prototype = if big {
        &known.big_prototype
    } else {
        &known.stats_prototype
    };
    let object = empty(prototype, context);
    let add = |key: &PropertyKey, value: JsValue| {
        object.insert_property(key.clone(), property(value, Attribute::all()));
    };
    for (key, number) in known.number_keys.iter().zip(numbers(status)) {
        add(key, number_value(number, big));
    }
    let moments = moments(status);
    for (key, moment) in known.time_keys.iter().zip(moments) {
        let value: JsValue = if big {
            JsBigInt::from((moment.total_nanoseconds() / 1_000_000) as i64).into()
        } else {
            moment.milliseconds().into()
        };
        add(key, value);
    }
    if big {
        for (key, moment) in known.nano_keys.iter().zip(moments) {
            add(
                key,
                JsBigInt::from(moment.total_nanoseconds() as i64).into(),
            );
        }
    }
    Ok(object.into())
}

fn number_value(number: u64, big: bool) -> JsValue {
    if big {
        return JsBigInt::from(number).into();
    }
    i32::try_from(number).map_or_else(|_| JsValue::from(number as f64), JsValue::from)
}

/// A `StatFs` object.
pub fn statfs(found: &FileSystem, big: bool, context: &mut Context) -> JsResult<JsValue> {
    let known = classes(context)?;
    let mut object =
        Natives::on(empty(&known.statfs_prototype, context), context).attributes(Attribute::all());
    for (name, number) in [
        ("type", found.kind),
        ("bsize", found.bsize),
        ("frsize", found.frsize),
        ("blocks", found.blocks),
        ("bfree", found.bfree),
        ("bavail", found.bavail),
        ("files", found.files),
        ("ffree", found.ffree),
    ] {
        object = object.value(name, number_value(number, big));
    }
    Ok(object.build().into())
}

/// Makes `Dirent` objects, many at a time.
pub struct Dirents {
    known: Rc<Known>,
    shape: Shape,
}

impl Dirents {
    /// What the collector counts for one of them, about.
    pub const BYTES: usize = size_of::<Object<OrdinaryObject>>();

    /// `shape` is that of their names.
    ///
    /// # Errors
    /// None but those of the engine.
    pub fn new(shape: Shape, context: &mut Context) -> JsResult<Self> {
        let known = classes(context)?;
        Ok(Self { known, shape })
    }

    /// A path that entries are in, as script sees it.
    pub fn parent(path: &Path) -> JsValue {
        JsString::from(path.to_string_lossy().as_ref()).into()
    }

    /// One of them.
    ///
    /// # Errors
    /// When a Buffer can't be made.
    pub fn make(
        &self,
        entry: Entry<'_>,
        parent: JsValue,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        let name = self.shape.give(entry.name, context)?;
        let kind = (entry.kind as i32).into();
        let prototype = &self.known.dirent_prototype;
        Ok(make_dirent(&self.known, [name, parent, kind], prototype, context).into())
    }
}

fn make_dirent(
    known: &Known,
    values: [JsValue; 3],
    prototype: &JsObject,
    context: &Context,
) -> JsObject {
    let object = empty(prototype, context);
    for (key, value) in known.dirent_keys.iter().zip(values) {
        object.insert_property(key.clone(), property(value, Attribute::all()));
    }
    object
}

fn construct_nothing(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsObject::with_object_proto(context.intrinsics()).into())
}

fn construct_stats(
    new_target: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let known = classes(context)?;
    let prototype = match new_target.as_object() {
        Some(target) => target.get(js_string!("prototype"), context)?.as_object(),
        None => None,
    };
    let prototype = prototype.unwrap_or_else(|| known.stats_prototype.clone());
    let mut object = Natives::on(empty(&prototype, context), context).attributes(Attribute::all());
    for (at, name) in FIELDS.iter().enumerate() {
        object = object.value(name, args.get_or_undefined(at).clone());
    }
    for (at, (name, _)) in TIMES.iter().enumerate() {
        object = object.value(name, args.get_or_undefined(FIELDS.len() + at).clone());
    }
    Ok(object.build().into())
}

fn construct_dirent(
    new_target: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let prototype = match new_target.as_object() {
        Some(target) => target.get(js_string!("prototype"), context)?.as_object(),
        None => None,
    };
    let arg = |at: usize| args.get_or_undefined(at).clone();
    let known = classes(context)?;
    let prototype = prototype.unwrap_or_else(|| known.dirent_prototype.clone());
    Ok(make_dirent(&known, [arg(0), arg(2), arg(1)], &prototype, context).into())
}

/// Whether the `mode` of a stats object, number or BigInt, has these kind bits.
fn mode_is(this: &JsValue, kind: u64, context: &mut Context) -> JsResult<JsValue> {
    let mode = this.to_object(context)?.get(js_string!("mode"), context)?;
    let mode = match mode.as_bigint() {
        Some(big) => big.to_f64(),
        None => mode.to_number(context)?,
    };
    Ok((mode as u64 & S_IFMT == kind).into())
}

fn kind_is(this: &JsValue, kind: Kind, context: &mut Context) -> JsResult<JsValue> {
    let symbol = classes(context)?.kind_symbol.clone();
    let own = this.to_object(context)?.get(symbol, context)?;
    Ok(own
        .as_number()
        .is_some_and(|own| own == f64::from(kind as i32))
        .into())
}

macro_rules! checks {
    ($($name:literal $stats:ident $dirent:ident $bits:ident $kind:ident),* $(,)?) => {
        const CHECKS: &[(&str, NativeFunctionPointer)] = &[$(($name, $stats)),*];
        const DIRENT_CHECKS: &[(&str, NativeFunctionPointer)] = &[$(($name, $dirent)),*];
        $(
            fn $stats(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
                mode_is(this, $bits, context)
            }
            fn $dirent(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
                kind_is(this, Kind::$kind, context)
            }
        )*
    };
}

checks! {
    "isDirectory" is_directory dirent_is_directory S_IFDIR Directory,
    "isFile" is_file dirent_is_file S_IFREG File,
    "isBlockDevice" is_block_device dirent_is_block_device S_IFBLK Block,
    "isCharacterDevice" is_character_device dirent_is_character_device S_IFCHR Character,
    "isSymbolicLink" is_symbolic_link dirent_is_symbolic_link S_IFLNK Link,
    "isFIFO" is_fifo dirent_is_fifo S_IFIFO Fifo,
    "isSocket" is_socket dirent_is_socket S_IFSOCK Socket,
}

/// Makes the Date from the milliseconds, and keeps it as a property of the object's own.
fn date(this: &JsValue, name: &str, context: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(context)?;
    let value = object.get(JsString::from(format!("{name}Ms")), context)?;
    let milliseconds = match value.as_bigint() {
        Some(big) => big.to_f64(),
        None => value.to_number(context)?,
    };
    let date = JsDate::new(context);
    date.set_time((milliseconds + 0.5).floor(), context)?;
    object.create_data_property_or_throw(JsString::from(name), date.clone(), context)?;
    Ok(date.into())
}

fn keep(this: &JsValue, name: &str, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(context)?;
    object.create_data_property_or_throw(
        JsString::from(name),
        args.get_or_undefined(0).clone(),
        context,
    )?;
    Ok(JsValue::undefined())
}

macro_rules! dates {
    ($($name:literal $get:ident $set:ident),* $(,)?) => { $(
        fn $get(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
            date(this, $name, context)
        }
        fn $set(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
            keep(this, $name, args, context)
        }
    )* };
}

dates! {
    "atime" get_atime set_atime,
    "mtime" get_mtime set_mtime,
    "ctime" get_ctime set_ctime,
    "birthtime" get_birthtime set_birthtime,
}
