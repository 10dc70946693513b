//! `file:` URLs and paths.

use boa_engine::{Context, JsError, JsResult, JsString, JsValue, js_string};
use percent_encoding::percent_decode_str;

use crate::{node::errors, web::url::url_of};

/// Whether Node takes a value for a URL: one of the class, or an object that has its `href` and `protocol` and isn't a
/// legacy one.
///
/// # Errors
/// What a getter throws.
pub fn is_url(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    if url_of(value).is_some() {
        return Ok(true);
    }
    let Some(object) = value.as_object() else {
        return Ok(false);
    };
    Ok(object.get(js_string!("href"), context)?.to_boolean()
        && object.get(js_string!("protocol"), context)?.to_boolean()
        && object.get(js_string!("auth"), context)?.is_undefined()
        && object.get(js_string!("path"), context)?.is_undefined())
}

/// The parts of a URL that a path is made of.
pub struct FileUrl {
    pub protocol: String,
    pub hostname: String,
    pub pathname: String,
}

impl FileUrl {
    /// Of a `URL` object, or of one that looks like it.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn of(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        if let Some(url) = url_of(value) {
            return Ok(Self::from(&url));
        }
        let object = value.to_object(context)?;
        let mut member = |name: &str| -> JsResult<String> {
            let value = object.get(JsString::from(name), context)?;
            Ok(value.to_string(context)?.to_std_string_lossy())
        };
        Ok(Self {
            protocol: member("protocol")?,
            hostname: member("hostname")?,
            pathname: member("pathname")?,
        })
    }
}

impl From<&url::Url> for FileUrl {
    fn from(url: &url::Url) -> Self {
        Self {
            protocol: url::quirks::protocol(url).to_owned(),
            hostname: url::quirks::hostname(url).to_owned(),
            pathname: url.path().to_owned(),
        }
    }
}

/// The bytes of the path of a `file:` URL object on this system.
///
/// # Errors
/// `ERR_INVALID_URL_SCHEME`, `ERR_INVALID_FILE_URL_HOST`, `ERR_INVALID_FILE_URL_PATH`.
pub fn path_of_file_url(value: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    let url = FileUrl::of(value, context)?;
    path_bytes(&url, cfg!(windows), value, context)
}

/// The path of a URL, as bytes.
///
/// # Errors
/// As [`path_of_file_url`].
pub fn path_bytes(
    url: &FileUrl,
    windows: bool,
    input: &JsValue,
    context: &mut Context,
) -> JsResult<Vec<u8>> {
    if url.protocol != "file:" {
        return Err(errors::node_error(
            "ERR_INVALID_URL_SCHEME",
            &[js_string!("file").into()],
            context,
        ));
    }
    if windows {
        windows_path(url, input, context)
    } else {
        posix_path(url, input, context)
    }
}

fn invalid_path(reason: &str, input: &JsValue, context: &mut Context) -> JsError {
    errors::node_error(
        "ERR_INVALID_FILE_URL_PATH",
        &[JsString::from(reason).into(), input.clone()],
        context,
    )
}

fn has_encoded(pathname: &str, hex: &str) -> bool {
    pathname.match_indices('%').any(|(at, _)| {
        pathname[at + 1..]
            .get(..2)
            .is_some_and(|code| code.eq_ignore_ascii_case(hex))
    })
}

fn posix_path(url: &FileUrl, input: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    if !url.hostname.is_empty() {
        let platform = crate::node::os::platform_name();
        return Err(errors::node_error(
            "ERR_INVALID_FILE_URL_HOST",
            &[JsString::from(platform).into()],
            context,
        ));
    }
    if has_encoded(&url.pathname, "2f") {
        return Err(invalid_path(
            "must not include encoded / characters",
            input,
            context,
        ));
    }
    Ok(percent_decode_str(&url.pathname).collect())
}

fn windows_path(url: &FileUrl, input: &JsValue, context: &mut Context) -> JsResult<Vec<u8>> {
    if has_encoded(&url.pathname, "2f") || has_encoded(&url.pathname, "5c") {
        return Err(invalid_path(
            "must not include encoded \\ or / characters",
            input,
            context,
        ));
    }
    let mut path: Vec<u8> = percent_decode_str(&url.pathname.replace('/', "\\")).collect();
    if !url.hostname.is_empty() {
        let host = super::domain::to_unicode(&url.hostname);
        let mut share = format!(r"\\{host}").into_bytes();
        share.append(&mut path);
        return Ok(share);
    }
    let is_drive = path.get(1).is_some_and(u8::is_ascii_alphabetic) && path.get(2) == Some(&b':');
    if !is_drive {
        return Err(invalid_path("must be absolute", input, context));
    }
    path.remove(0);
    Ok(path)
}

/// The `file:` URL of a path, made absolute.
///
/// # Errors
/// `ERR_INVALID_ARG_VALUE` for a share without a path or a name.
pub fn url_of_path(path: &JsString, windows: bool, context: &mut Context) -> JsResult<url::Url> {
    if windows {
        let text = path.to_std_string_lossy();
        let text = match text.strip_prefix(r"\\?\UNC\") {
            Some(share) => format!(r"\\{share}"),
            None => text.strip_prefix(r"\\?\").unwrap_or(&text).to_owned(),
        };
        if let Some(rest) = text.strip_prefix(r"\\") {
            return url_of_share(rest, path, context);
        }
        let resolved = resolved(&JsString::from(text), true, context)?;
        return Ok(with_path(
            &format!("/{}", resolved.replace('\\', "/")),
            true,
        ));
    }
    let resolved = resolved(path, false, context)?;
    Ok(with_path(&resolved, false))
}

fn url_of_share(rest: &str, path: &JsString, context: &mut Context) -> JsResult<url::Url> {
    let refuse = |reason: &str, context: &mut Context| {
        Err(crate::node::arguments::invalid_value(
            "path",
            &path.clone().into(),
            reason,
            context,
        ))
    };
    match rest.split_once('\\') {
        None => refuse("Missing UNC resource path", context),
        Some(("", _)) => refuse("Empty UNC servername", context),
        Some((server, below)) => {
            let mut url = with_path(&format!("/{}", below.replace('\\', "/")), true);
            let host = super::domain::to_ascii(server);
            // A server that is no host leaves the URL without one, as in Node.
            let _ = url.set_host(Some(&host));
            Ok(url)
        }
    }
}

/// The absolute path, with the separator at the end that it had.
fn resolved(path: &JsString, windows: bool, context: &mut Context) -> JsResult<String> {
    let style = if windows { "path/win32" } else { "path/posix" };
    let module = crate::engine::registry::require(style, context)?.to_object(context)?;
    let resolve = module.get(js_string!("resolve"), context)?;
    let resolved = match resolve.as_callable() {
        Some(resolve) => resolve.call(&JsValue::undefined(), &[path.clone().into()], context)?,
        None => path.clone().into(),
    };
    let mut resolved = resolved.to_string(context)?.to_std_string_lossy();
    let separator = if windows { '\\' } else { '/' };
    let text = path.to_std_string_lossy();
    let trailing = text.ends_with('/') || (windows && text.ends_with('\\'));
    if trailing && !resolved.ends_with(separator) {
        resolved.push(separator);
    }
    Ok(resolved)
}

fn with_path(path: &str, windows: bool) -> url::Url {
    let mut escaped = String::with_capacity(path.len() + 8);
    for symbol in path.chars() {
        match symbol {
            '%' => escaped.push_str("%25"),
            '\\' if !windows => escaped.push_str("%5C"),
            '\n' => escaped.push_str("%0A"),
            '\r' => escaped.push_str("%0D"),
            '\t' => escaped.push_str("%09"),
            '?' => escaped.push_str("%3F"),
            '#' => escaped.push_str("%23"),
            '[' => escaped.push_str("%5B"),
            ']' => escaped.push_str("%5D"),
            '|' => escaped.push_str("%7C"),
            '~' => escaped.push_str("%7E"),
            other => escaped.push(other),
        }
    }
    crate::web::url::parse_url(&format!("file://{escaped}"))
        .unwrap_or_else(|| url::Url::parse("file:///").expect("this one is valid"))
}
