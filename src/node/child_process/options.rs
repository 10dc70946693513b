//! What the script half says about a child, as the loop wants it.

use std::ffi::OsString;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use ouro_loop::{ChildStdio, SpawnOptions};

use crate::{node::buffer::View, sys};

/// A child's descriptor, as `spawnSync` needs to know it too.
pub struct Entry {
    pub stdio: ChildStdio,
    /// What the child is to read from it.
    pub input: Option<Vec<u8>>,
}

/// `{ file, args, envPairs, cwd, detached, uid, gid, stdio }` of the script half, whose strings have no NUL in them.
pub fn read(
    options: &JsObject,
    context: &mut Context,
) -> JsResult<(SpawnOptions, Vec<Option<Vec<u8>>>)> {
    let mut inputs = Vec::new();
    let mut stdio = Vec::new();
    for entry in list(options, js_string!("stdio"), context)? {
        let entry = read_entry(&entry, context)?;
        inputs.push(entry.input);
        stdio.push(entry.stdio);
    }
    let env = options.get(js_string!("envPairs"), context)?;
    let env = if env.is_undefined() {
        None
    } else {
        Some(strings(options, js_string!("envPairs"), context)?)
    };
    let read = SpawnOptions {
        program: text(&options.get(js_string!("file"), context)?, context)?,
        args: strings(options, js_string!("args"), context)?,
        env,
        cwd: optional(options, js_string!("cwd"), context, text)?
            .filter(|path| !path.is_empty())
            .map(Into::into),
        stdio,
        detached: options.get(js_string!("detached"), context)?.to_boolean(),
        uid: optional(options, js_string!("uid"), context, JsValue::to_u32)?,
        gid: optional(options, js_string!("gid"), context, JsValue::to_u32)?,
        windows_verbatim_arguments: options
            .get(js_string!("windowsVerbatimArguments"), context)?
            .to_boolean(),
        windows_hide: options
            .get(js_string!("windowsHide"), context)?
            .to_boolean(),
    };
    Ok((read, inputs))
}

fn read_entry(entry: &JsValue, context: &mut Context) -> JsResult<Entry> {
    let mut input = None;
    let Some(entry) = entry.as_object() else {
        return Ok(Entry {
            stdio: ChildStdio::Ignore,
            input,
        });
    };
    let kind = entry.get(js_string!("type"), context)?;
    let kind = kind.as_string().unwrap_or_default().to_std_string_lossy();
    let stdio = match kind.as_str() {
        "pipe" | "overlapped" => {
            let given = entry.get(js_string!("input"), context)?;
            input = View::of(&given, context).map(|view| view.to_vec());
            ChildStdio::Pipe
        }
        "inherit" | "fd" => {
            ChildStdio::Descriptor(entry.get(js_string!("fd"), context)?.to_i32(context)?)
        }
        // A handle says where it is open.
        "wrap" => match entry.get(js_string!("handle"), context)?.as_object() {
            Some(handle) => {
                ChildStdio::Descriptor(handle.get(js_string!("fd"), context)?.to_i32(context)?)
            }
            None => ChildStdio::Ignore,
        },
        _ => ChildStdio::Ignore,
    };
    Ok(Entry { stdio, input })
}

fn text(value: &JsValue, context: &mut Context) -> JsResult<OsString> {
    Ok(value.to_string(context)?.to_std_string_lossy().into())
}

fn optional<T>(
    options: &JsObject,
    name: JsString,
    context: &mut Context,
    convert: impl FnOnce(&JsValue, &mut Context) -> JsResult<T>,
) -> JsResult<Option<T>> {
    let value = options.get(name, context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    convert(&value, context).map(Some)
}

fn list(options: &JsObject, name: JsString, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let Some(array) = options.get(name, context)?.as_object() else {
        return Ok(Vec::new());
    };
    let length = array.get(js_string!("length"), context)?.to_u32(context)?;
    (0..length).map(|index| array.get(index, context)).collect()
}

fn strings(options: &JsObject, name: JsString, context: &mut Context) -> JsResult<Vec<OsString>> {
    list(options, name, context)?
        .iter()
        .map(|value| text(value, context))
        .collect()
}

/// The name of a signal's number, or `null` for 0.
pub fn signal_name(signal: i32) -> JsValue {
    match sys::SIGNALS.iter().find(|(_, number)| *number == signal) {
        Some((name, _)) => JsString::from(*name).into(),
        None => JsValue::null(),
    }
}
