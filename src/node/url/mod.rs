//! `url`, in Rust: the WHATWG classes are those of the globals; what turns URLs into paths, options and back is here. The
//! legacy parser is script, and loads when it is called. <https://nodejs.org/docs/latest-v24.x/api/url.html>

pub mod domain;
mod file;
mod options;

use boa_engine::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    property::Attribute,
};

use crate::{
    engine::{
        native::{METHOD, Natives, constructor, define_lazy},
        registry,
    },
    node::{arguments, errors},
    web,
};

pub use file::{is_url, path_of_file_url};

/// What `require('url')` gives.
///
/// # Errors
/// None but those of the engine.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    let legacy = constructor(context, "Url", 0, construct_legacy);
    let class: JsObject = (*legacy).clone();
    define_lazy(&class, "prototype", METHOD, legacy_prototype, context);
    let url = web::url::url_class(context)?;
    let params = web::url::params_class(context)?;
    Ok(Natives::new(context)
        .value("Url", legacy)
        .function("parse", 3, parse)
        .function("resolve", 2, resolve)
        .function("resolveObject", 2, resolve_object)
        .function("format", 2, format)
        .value("URL", url)
        .value("URLSearchParams", params)
        .lazy("URLPattern", |context| {
            let module = registry::require("url/pattern", context)?.to_object(context)?;
            module.get(js_string!("URLPattern"), context)
        })
        .function("domainToASCII", 1, domain_to_ascii)
        .function("domainToUnicode", 1, domain_to_unicode)
        .function("pathToFileURL", 2, path_to_file_url)
        .function("fileURLToPath", 1, file_url_to_path)
        .function("fileURLToPathBuffer", 1, file_url_to_path_buffer)
        .function("urlToHttpOptions", 1, options::url_to_http_options)
        .build()
        .into())
}

/// What the legacy parser builds on.
///
/// # Errors
/// None but those of the engine.
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    Ok(Natives::new(context)
        .function("toASCII", 1, lenient_to_ascii)
        .function("invalidUrl", 1, invalid_url)
        .function("formatUrl", 5, format_url)
        .build())
}

fn legacy(name: &str, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let exports = registry::require("url/legacy", context)?.to_object(context)?;
    match exports.get(JsString::from(name), context)?.as_callable() {
        Some(function) => function.call(&JsValue::undefined(), args, context),
        None => Err(JsNativeError::typ()
            .with_message("url/legacy is incomplete")
            .into()),
    }
}

fn parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    legacy("parse", args, context)
}

fn resolve(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    legacy("resolve", args, context)
}

fn resolve_object(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    legacy("resolveObject", args, context)
}

fn format(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    legacy("format", args, context)
}

fn legacy_class(context: &mut Context) -> JsResult<JsObject> {
    let exports = registry::require("url/legacy", context)?.to_object(context)?;
    exports.get(js_string!("Url"), context)?.to_object(context)
}

fn legacy_prototype(context: &mut Context) -> JsResult<JsValue> {
    legacy_class(context)?.get(js_string!("prototype"), context)
}

fn construct_legacy(
    new_target: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let class = legacy_class(context)?;
    let target = new_target.as_object();
    class
        .construct(args, target.as_ref(), context)
        .map(Into::into)
}

fn domain(args: &[JsValue], context: &mut Context) -> JsResult<String> {
    match args.first() {
        Some(domain) => Ok(domain.to_string(context)?.to_std_string_lossy()),
        None => Err(arguments::missing(&["domain"], context)),
    }
}

fn domain_to_ascii(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let domain = domain(args, context)?;
    Ok(JsString::from(domain::to_ascii(&domain)).into())
}

fn domain_to_unicode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let domain = domain(args, context)?;
    Ok(JsString::from(domain::to_unicode(&domain)).into())
}

fn lenient_to_ascii(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let domain = domain(args, context)?;
    Ok(JsString::from(domain::to_ascii_lenient(&domain)).into())
}

fn invalid_url(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let input = args
        .get_or_undefined(0)
        .to_string(context)?
        .to_std_string_lossy();
    web::url::invalid(&input, None, context).into_opaque(context)
}

fn windows_option(options: &JsValue, context: &mut Context) -> JsResult<bool> {
    let windows = match options.as_object() {
        Some(options) => options.get(js_string!("windows"), context)?,
        None => JsValue::undefined(),
    };
    Ok(if windows.is_null_or_undefined() {
        cfg!(windows)
    } else {
        windows.to_boolean()
    })
}

/// The path of the first argument, a `file:` URL as text or object.
fn path_argument(args: &[JsValue], context: &mut Context) -> JsResult<Vec<u8>> {
    let input = args.get_or_undefined(0);
    let windows = windows_option(args.get_or_undefined(1), context)?;
    let url = if let Some(text) = input.as_string() {
        let text = text.to_std_string_lossy();
        match web::url::parse_url(&text) {
            Some(url) => file::FileUrl::from(&url),
            None => return Err(web::url::invalid(&text, None, context)),
        }
    } else if is_url(input, context)? {
        file::FileUrl::of(input, context)?
    } else {
        return Err(arguments::invalid_type(
            "path",
            &["string", "URL"],
            input,
            context,
        ));
    };
    let shown = match input.as_string() {
        Some(text) => web::url::parse_url(&text.to_std_string_lossy())
            .map_or(Ok(input.clone()), |url| {
                web::url::new_url(url, context).map(JsValue::from)
            })?,
        None => input.clone(),
    };
    file::path_bytes(&url, windows, &shown, context)
}

fn file_url_to_path(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = path_argument(args, context)?;
    match String::from_utf8(path) {
        Ok(path) => Ok(JsString::from(path).into()),
        Err(_) => Err(errors::plain(errors::Base::Uri, "URI malformed", context)),
    }
}

fn file_url_to_path_buffer(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let path = path_argument(args, context)?;
    crate::node::buffer::from_vec(path, context).map(Into::into)
}

fn path_to_file_url(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = arguments::string(args.get_or_undefined(0), "path", context)?;
    let windows = windows_option(args.get_or_undefined(1), context)?;
    let url = file::url_of_path(&path, windows, context)?;
    web::url::new_url(url, context).map(Into::into)
}

fn format_url(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(mut url) = web::url::url_of(args.get_or_undefined(0)) else {
        return Err(errors::type_error("not a URL", context));
    };
    let flag = |at: usize| args.get_or_undefined(at).to_boolean();
    if !flag(1) {
        url.set_fragment(None);
    }
    if !flag(3) {
        url.set_query(None);
    }
    if !flag(4) {
        // What can't have them, hasn't.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    let text = match url.host_str().filter(|_| flag(2)) {
        Some(host) => {
            let unicode = domain::to_unicode(host);
            let at = url[..url::Position::BeforeHost].len();
            let text = url.as_str();
            format!("{}{unicode}{}", &text[..at], &text[at + host.len()..])
        }
        None => url.as_str().to_owned(),
    };
    Ok(JsString::from(text).into())
}

/// An object without a prototype, to fill.
fn bare(context: &mut Context) -> Natives<'_> {
    Natives::on(JsObject::with_null_proto(), context).attributes(Attribute::all())
}
