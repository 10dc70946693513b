//! `Module._extensions`: how a file is loaded, by the end of its name.

use std::path::Path;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string,
    property::PropertyKey,
};

use super::super::format::{self, Format};
use super::super::{esm, js_error};
use super::{compile, parent_of};
use crate::node::errors::{self, Base};
use crate::runtime::{
    State,
    access::{self, Operation},
};

/// The keys of `Module._extensions`, in order.
pub fn names(context: &mut Context) -> JsResult<Vec<String>> {
    let extensions = State::of(context).modules.commonjs.extensions(context)?;
    let keys = extensions.own_property_keys(context)?;
    Ok(keys
        .into_iter()
        .filter_map(|key| match key {
            PropertyKey::String(name) => Some(name.to_std_string_lossy()),
            _ => None,
        })
        .collect())
}

/// Calls the loader of the longest extension that is registered for the file.
pub fn run(module: &JsObject, filename: &JsString, context: &mut Context) -> JsResult<()> {
    let extensions = State::of(context).modules.commonjs.extensions(context)?;
    let text = filename.to_std_string_lossy();
    let name = Path::new(&text)
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("");
    let mut loader = None;
    for (dot, _) in name.match_indices('.').filter(|(dot, _)| *dot > 0) {
        let found = extensions.get(JsString::from(&name[dot..]), context)?;
        if !found.is_undefined() {
            loader = found.as_callable();
            break;
        }
    }
    let loader = match loader {
        Some(loader) => Some(loader),
        None => extensions.get(js_string!(".js"), context)?.as_callable(),
    };
    let arguments = [module.clone().into(), filename.clone().into()];
    match loader {
        Some(loader) => loader
            .call(&extensions.into(), &arguments, context)
            .map(drop),
        None => load_js(&JsValue::undefined(), &arguments, context).map(drop),
    }
}

fn arguments(args: &[JsValue], context: &mut Context) -> JsResult<(JsObject, String)> {
    let module = args.get_or_undefined(0).to_object(context)?;
    let filename = args.get_or_undefined(1);
    let Some(filename) = filename.as_string() else {
        return Err(errors::invalid_arg_type(
            "path",
            &["string"],
            filename,
            context,
        ));
    };
    Ok((module, filename.to_std_string_lossy()))
}

/// The text of a file. Bytes that aren't UTF-8 become U+FFFD.
pub fn read_text(filename: &str, context: &mut Context) -> JsResult<String> {
    access::check(Operation::FsRead(filename.as_ref()), context)?;
    let bytes = std::fs::read(filename).map_err(|error| {
        let call = if error.kind() == std::io::ErrorKind::IsADirectory {
            "read"
        } else {
            "open"
        };
        let path = (call == "open").then_some(filename);
        errors::io_error(&error, call, path, context)
    })?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// `Module._extensions['.js']`
pub fn load_js(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (module, filename) = arguments(args, context)?;
    let format = format_of(&filename, context)?;
    let requires_modules = State::of(context).options.require_module;
    if matches!(format, Format::Module | Format::ModuleTypeScript) {
        if !requires_modules {
            return Err(refused_module(&module, &filename, context));
        }
        esm::run_as_commonjs(&module, &filename, None, context)?;
        return Ok(JsValue::undefined());
    }
    let text = read_text(&filename, context)?;
    let state = State::of(context);
    let core = state.modules.commonjs.core(context);
    let compile = module.get(js_string!("_compile"), context)?;
    match compile.as_callable() {
        Some(patched) if !core.is_original("_compile", &patched) => {
            let args = [JsString::from(text).into(), JsString::from(filename).into()];
            patched.call(&module.into(), &args, context)
        }
        _ => {
            let may_be_esm =
                requires_modules && matches!(format, Format::Detect | Format::DetectTypeScript);
            compile::run_source(&module, &text, &filename, may_be_esm, context)
        }
    }
}

/// The error of `--no-require-module`.
fn refused_module(module: &JsObject, filename: &str, context: &mut Context) -> JsError {
    let by_package = !matches!(format::extension(Path::new(filename)), ".mjs" | ".mts");
    let parent = parent_of(module, context).unwrap_or_default().as_object();
    let parent = parent.and_then(|parent| parent.get(js_string!("filename"), context).ok());
    let args = [
        JsString::from(filename).into(),
        by_package.into(),
        parent.unwrap_or_default(),
    ];
    errors::node_error("ERR_REQUIRE_ESM", &args, context)
}

/// What `require` sees in a file: extensions that say nothing are CommonJS, perhaps.
pub fn format_of(filename: &str, context: &mut Context) -> JsResult<Format> {
    let state = State::of(context);
    let resolver = state.modules.resolver(&state.options);
    let path = Path::new(filename);
    let known = matches!(
        format::extension(path),
        ".js" | ".mjs" | ".cjs" | ".ts" | ".mts" | ".cts"
    );
    if !known {
        return Ok(Format::Detect);
    }
    format::of_file(path, &resolver.packages)
        .map_err(|error| js_error::resolve_error(&error, context))
}

/// `Module._extensions['.json']`
pub fn load_json(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (module, filename) = arguments(args, context)?;
    let text = read_text(&filename, context)?;
    let value = parse_json(&text, &filename, context)?;
    module.create_data_property_or_throw(js_string!("exports"), value, context)?;
    Ok(JsValue::undefined())
}

/// `JSON.parse`, with the file's name before the message of a failure.
pub fn parse_json(text: &str, filename: &str, context: &mut Context) -> JsResult<JsValue> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json = context.intrinsics().objects().json();
    let parse = json.get(js_string!("parse"), context)?;
    let Some(parse) = parse.as_callable() else {
        return Err(errors::type_error("JSON.parse is not a function", context));
    };
    let parsed = parse.call(&json.into(), &[JsString::from(text).into()], context);
    parsed.map_err(|error| {
        let Some(object) = error
            .clone()
            .into_opaque(context)
            .ok()
            .and_then(|value| value.as_object())
        else {
            return error;
        };
        if let Ok(message) = object.get(js_string!("message"), context) {
            let message = message
                .as_string()
                .map(|message| message.to_std_string_lossy())
                .unwrap_or_default();
            let message = JsString::from(format!("{filename}: {message}"));
            // The error is ours: it takes the property.
            let _ = object.set(js_string!("message"), message, false, context);
        }
        boa_engine::JsError::from_opaque(object.into())
    })
}

/// What keeps a native addon from loading: what the system would say of a broken one, or that there is no way.
fn why_not_loadable(filename: &str) -> &'static str {
    match std::fs::read(filename) {
        Err(_) => "cannot open shared object file: No such file or directory",
        Ok(bytes) if cfg!(target_os = "linux") && bytes.len() < 64 => "file too short",
        Ok(bytes) if cfg!(target_os = "linux") && !bytes.starts_with(b"\x7fELF") => {
            "invalid ELF header"
        }
        Ok(_) => "Ouro can't load native addons (.node files)",
    }
}

/// `Module._extensions['.node']`
pub fn load_addon(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (_, filename) = arguments(args, context)?;
    access::check(Operation::FsRead(filename.as_ref()), context)?;
    let message = format!("{filename}: {}", why_not_loadable(&filename));
    Err(errors::coded(
        "ERR_DLOPEN_FAILED",
        Base::Plain,
        &message,
        context,
    ))
}
