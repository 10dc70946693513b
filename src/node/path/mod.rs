//! `path`, in Rust: nearly every script requires it, and this way there is nothing to parse.
//!
//! The functions of `path.posix` and `path.win32` are natives over the pure functions in [`posix`] and [`win32`]; both
//! are there on any system, as in Node. <https://nodejs.org/docs/latest-v24.x/api/path.html>

mod glob;
pub mod posix;
mod text;
pub mod win32;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsStr, JsString, JsValue, js_string,
    native_function::NativeFunctionPointer, string::JsStrVariant,
};

pub use glob::{Pattern, Segment};
pub use text::{
    BACKSLASH, COLON, DOT, Parts, SLASH, Text, basename_from, is_dots, last_component,
    push_components, split_extension,
};

use crate::{
    engine::{
        native::{Natives, function},
        registry,
    },
    node::arguments,
};

/// The exports of `path`.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let posix = style::<Posix>(context);
    let win32 = style::<Win32>(context);
    for object in [&posix, &win32] {
        object.set(js_string!("win32"), win32.clone(), true, context)?;
        object.set(js_string!("posix"), posix.clone(), true, context)?;
    }
    Ok(if cfg!(windows) { win32 } else { posix }.into())
}

/// The exports of `path/posix`.
pub fn posix_exports(context: &mut Context) -> JsResult<JsValue> {
    registry::require("path", context)?
        .to_object(context)?
        .get(js_string!("posix"), context)
}

/// The exports of `path/win32`.
pub fn win32_exports(context: &mut Context) -> JsResult<JsValue> {
    registry::require("path", context)?
        .to_object(context)?
        .get(js_string!("win32"), context)
}

/// One of the two ways to write a path.
trait Style: 'static {
    const SEPARATOR: &'static str;
    const DELIMITER: &'static str;
    fn normalize(path: &[u16]) -> Text;
    fn join(parts: &[Text]) -> Text;
    fn resolve(parts: &[Text], cwd: &Text) -> Text;
    fn relative(from: &[u16], to: &[u16]) -> Text;
    fn is_absolute(path: &[u16]) -> bool;
    fn dirname(path: &[u16]) -> Text;
    fn basename(path: &[u16], suffix: &[u16]) -> Text;
    fn extname(path: &[u16]) -> Text;
    fn parse(path: &[u16]) -> Parts;
    fn to_namespaced(path: &[u16], cwd: &Text) -> Text;
}

struct Posix;
struct Win32;

impl Style for Posix {
    const SEPARATOR: &'static str = "/";
    const DELIMITER: &'static str = ":";

    fn normalize(path: &[u16]) -> Text {
        posix::normalize(path)
    }
    fn join(parts: &[Text]) -> Text {
        posix::join(parts)
    }
    fn resolve(parts: &[Text], cwd: &Text) -> Text {
        posix::resolve(parts, || {
            let mut cwd = cwd.clone();
            if cfg!(windows) {
                // As POSIX sees it: forward slashes, and no drive before the first of them.
                cwd.iter_mut().for_each(|unit| {
                    if *unit == BACKSLASH {
                        *unit = SLASH
                    }
                });
                cwd.drain(..cwd.iter().position(|unit| *unit == SLASH).unwrap_or(0));
            }
            cwd
        })
    }
    fn relative(from: &[u16], to: &[u16]) -> Text {
        posix::relative(from, to)
    }
    fn is_absolute(path: &[u16]) -> bool {
        posix::is_absolute(path)
    }
    fn dirname(path: &[u16]) -> Text {
        posix::dirname(path)
    }
    fn basename(path: &[u16], suffix: &[u16]) -> Text {
        posix::basename(path, suffix)
    }
    fn extname(path: &[u16]) -> Text {
        posix::extname(path)
    }
    fn parse(path: &[u16]) -> Parts {
        posix::parse(path)
    }
    fn to_namespaced(path: &[u16], _: &Text) -> Text {
        path.to_vec()
    }
}

impl Style for Win32 {
    const SEPARATOR: &'static str = "\\";
    const DELIMITER: &'static str = ";";

    fn normalize(path: &[u16]) -> Text {
        win32::normalize(path)
    }
    fn join(parts: &[Text]) -> Text {
        win32::join(parts)
    }
    fn resolve(parts: &[Text], cwd: &Text) -> Text {
        win32::resolve(parts, |drive| match drive {
            Some(drive) => directory_of_drive(drive, cwd),
            None => cwd.clone(),
        })
    }
    fn relative(from: &[u16], to: &[u16]) -> Text {
        win32::relative(from, to)
    }
    fn is_absolute(path: &[u16]) -> bool {
        win32::is_absolute(path)
    }
    fn dirname(path: &[u16]) -> Text {
        win32::dirname(path)
    }
    fn basename(path: &[u16], suffix: &[u16]) -> Text {
        win32::basename(path, suffix)
    }
    fn extname(path: &[u16]) -> Text {
        win32::extname(path)
    }
    fn parse(path: &[u16]) -> Parts {
        win32::parse(path)
    }
    fn to_namespaced(path: &[u16], cwd: &Text) -> Text {
        win32::to_namespaced(path, Self::resolve(&[path.to_vec()], cwd))
    }
}

/// Windows keeps a current directory for each drive, in variables that start with `=`.
fn directory_of_drive(drive: &[u16], cwd: &Text) -> Text {
    let name = format!("={}", String::from_utf16_lossy(drive));
    let cwd = std::env::var(name).map_or_else(|_| cwd.clone(), |cwd| cwd.encode_utf16().collect());
    let same = String::from_utf16_lossy(&cwd[..cwd.len().min(2)])
        .eq_ignore_ascii_case(&String::from_utf16_lossy(drive));
    if !same && cwd.get(2) == Some(&BACKSLASH) {
        let mut root = drive.to_vec();
        root.push(BACKSLASH);
        return root;
    }
    cwd
}

/// `process.cwd()`, which script may have replaced; not asked for when the last part is absolute anyhow.
fn current_directory(parts: &[Text], context: &mut Context) -> JsResult<Text> {
    if parts.first().is_some_and(|part| posix::is_absolute(part)) && !cfg!(windows) {
        return Ok(Text::new());
    }
    let process = registry::require("process", context)?.to_object(context)?;
    let cwd = process.get(js_string!("cwd"), context)?;
    match cwd.as_callable() {
        Some(function) => {
            let cwd = function.call(&process.into(), &[], context)?;
            Ok(to_text(&cwd.to_string(context)?))
        }
        None => Ok(Text::new()),
    }
}

fn style<S: Style>(context: &mut Context) -> JsObject {
    let functions: [(&str, usize, NativeFunctionPointer); 12] = [
        ("resolve", 0, resolve::<S>),
        ("normalize", 1, normalize::<S>),
        ("isAbsolute", 1, is_absolute::<S>),
        ("join", 0, join::<S>),
        ("relative", 2, relative::<S>),
        ("toNamespacedPath", 1, to_namespaced_path::<S>),
        ("dirname", 1, dirname::<S>),
        ("basename", 2, basename::<S>),
        ("extname", 1, extname::<S>),
        ("format", 1, format::<S>),
        ("parse", 1, parse::<S>),
        ("matchesGlob", 2, matches_glob::<S>),
    ];
    let namespaced = function(context, "toNamespacedPath", 1, to_namespaced_path::<S>);
    let mut natives = Natives::new(context);
    for (name, length, native) in functions {
        natives = match name {
            "toNamespacedPath" => natives.value(name, namespaced.clone()),
            _ => natives.function(name, length, native),
        };
    }
    natives
        .value("sep", JsString::from(S::SEPARATOR))
        .value("delimiter", JsString::from(S::DELIMITER))
        .value("win32", JsValue::null())
        .value("posix", JsValue::null())
        .value("_makeLong", namespaced)
        .build()
}

/// Path text as a script string; as Latin-1 when it fits, which is the engine's compact form.
pub fn to_js(text: &[u16]) -> JsString {
    let narrow: Option<Vec<u8>> = text.iter().map(|unit| u8::try_from(*unit).ok()).collect();
    match narrow {
        Some(narrow) => JsString::from(JsStr::latin1(&narrow)),
        None => JsString::from(text),
    }
}

/// A script string as path text.
pub fn to_text(string: &JsString) -> Text {
    match string.as_str().variant() {
        JsStrVariant::Latin1(bytes) => bytes.iter().map(|byte| u16::from(*byte)).collect(),
        JsStrVariant::Utf16(units) => units.to_vec(),
    }
}

fn text_of(value: &JsValue, name: &str, context: &mut Context) -> JsResult<Text> {
    arguments::string(value, name, context).map(|string| to_text(&string))
}

fn texts(
    args: &[JsValue],
    name: impl Fn(usize) -> String,
    context: &mut Context,
) -> JsResult<Vec<Text>> {
    args.iter()
        .enumerate()
        .map(|(at, value)| text_of(value, &name(at), context))
        .collect()
}

fn resolve<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let parts = resolvable(args, S::SEPARATOR == "/", context)?;
    let cwd = current_directory(&parts, context)?;
    Ok(to_js(&S::resolve(&parts, &cwd)).into())
}

/// The arguments from the last absolute one on: those before it aren't looked at, so they may be anything.
fn resolvable(args: &[JsValue], posix: bool, context: &mut Context) -> JsResult<Vec<Text>> {
    let mut parts = Vec::with_capacity(args.len());
    for (at, value) in args.iter().enumerate().rev() {
        let part = text_of(value, &format!("paths[{at}]"), context)?;
        let stop = posix && posix::is_absolute(&part);
        parts.push(part);
        if stop {
            break;
        }
    }
    parts.reverse();
    Ok(parts)
}

fn normalize<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = text_of(args.get_or_undefined(0), "path", context)?;
    Ok(to_js(&S::normalize(&path)).into())
}

fn is_absolute<S: Style>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = text_of(args.get_or_undefined(0), "path", context)?;
    Ok(S::is_absolute(&path).into())
}

fn join<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let parts = texts(args, |_| "path".to_owned(), context)?;
    Ok(to_js(&S::join(&parts)).into())
}

fn relative<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let from = text_of(args.get_or_undefined(0), "from", context)?;
    let to = text_of(args.get_or_undefined(1), "to", context)?;
    if from == to {
        return Ok(js_string!().into());
    }
    let cwd = current_directory(&[], context)?;
    let (from, to) = (S::resolve(&[from], &cwd), S::resolve(&[to], &cwd));
    Ok(to_js(&S::relative(&from, &to)).into())
}

fn to_namespaced_path<S: Style>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = args.get_or_undefined(0);
    Ok(match path.as_string() {
        Some(string) => {
            let cwd = current_directory(&[], context)?;
            to_js(&S::to_namespaced(&to_text(&string), &cwd)).into()
        }
        None => path.clone(),
    })
}

fn dirname<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = text_of(args.get_or_undefined(0), "path", context)?;
    Ok(to_js(&S::dirname(&path)).into())
}

fn basename<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let suffix = match args.get_or_undefined(1) {
        suffix if suffix.is_undefined() => Text::new(),
        suffix => text_of(suffix, "suffix", context)?,
    };
    let path = text_of(args.get_or_undefined(0), "path", context)?;
    Ok(to_js(&S::basename(&path, &suffix)).into())
}

fn extname<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = text_of(args.get_or_undefined(0), "path", context)?;
    Ok(to_js(&S::extname(&path)).into())
}

fn parse<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = text_of(args.get_or_undefined(0), "path", context)?;
    let Parts {
        root,
        dir,
        base,
        ext,
        name,
    } = S::parse(&path);
    let answer = Natives::new(context)
        .value("root", to_js(&root))
        .value("dir", to_js(&dir))
        .value("base", to_js(&base))
        .value("ext", to_js(&ext))
        .value("name", to_js(&name))
        .build();
    Ok(answer.into())
}

fn format<S: Style>(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let parts = arguments::object(args.get_or_undefined(0), "pathObject", context)?;
    let mut member = |key: JsString| -> JsResult<Option<JsString>> {
        let value = parts.get(key, context)?;
        if value.to_boolean() {
            value.to_string(context).map(Some)
        } else {
            Ok(None)
        }
    };
    let root = member(js_string!("root"))?;
    let dir = member(js_string!("dir"))?.or_else(|| root.clone());
    let base = match member(js_string!("base"))? {
        Some(base) => base,
        None => {
            let name = member(js_string!("name"))?.unwrap_or_default();
            let ext = member(js_string!("ext"))?.unwrap_or_default();
            let dot = if ext.is_empty() || ext.code_unit_at(0) == Some(DOT) {
                ""
            } else {
                "."
            };
            js_string!(&name, &JsString::from(dot), &ext)
        }
    };
    Ok(match dir {
        None => base.into(),
        Some(dir) if root.as_ref() == Some(&dir) => js_string!(&dir, &base).into(),
        Some(dir) => js_string!(&dir, &JsString::from(S::SEPARATOR), &base).into(),
    })
}

fn matches_glob<S: Style>(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = arguments::string(args.get_or_undefined(0), "path", context)?;
    let pattern = arguments::string(args.get_or_undefined(1), "pattern", context)?;
    let windows = S::SEPARATOR == "\\";
    let pattern = Pattern::new(&pattern.to_std_string_lossy(), windows);
    Ok(pattern.matches(&path.to_std_string_lossy(), windows).into())
}
