//! What `http.request` makes of a URL.

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string};
use percent_encoding::percent_decode_str;

use crate::{node::arguments, web::url::url_of};

/// `urlToHttpOptions(url)`
///
/// # Errors
/// `ERR_INVALID_ARG_TYPE`.
pub fn url_to_http_options(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let input = args.get_or_undefined(0);
    let object = arguments::object(input, "url", context)
        .map_err(|_| arguments::invalid_type("url", &["object"], input, context))?;
    let mut part = |name: &str| -> JsResult<JsValue> { object.get(JsString::from(name), context) };
    let (protocol, hash, search) = (part("protocol")?, part("hash")?, part("search")?);
    let (pathname, href, port) = (part("pathname")?, part("href")?, part("port")?);
    let (username, password) = (part("username")?, part("password")?);
    let hostname = match part("hostname")? {
        name if name
            .as_string()
            .is_some_and(|name| name.starts_with(js_string!("[").as_str())) =>
        {
            let name = name.to_string(context)?;
            name.slice(1, name.len() - 1).into()
        }
        name => name,
    };
    let own: Vec<(JsString, JsValue)> = match url_of(input) {
        Some(_) => own_properties(input, context)?,
        None => Vec::new(),
    };
    let text = |value: &JsValue, context: &mut Context| -> JsResult<String> {
        if !value.to_boolean() {
            return Ok(String::new());
        }
        Ok(value.to_string(context)?.to_std_string_lossy())
    };
    let path = format!("{}{}", text(&pathname, context)?, text(&search, context)?);
    let is_default = port.as_string().is_some_and(|port| port.is_empty());
    let (user, pass) = (text(&username, context)?, text(&password, context)?);
    let port_number = port.to_number(context)?;
    let mut options = super::bare(context);
    for (name, value) in own {
        options = options.value(&name.to_std_string_lossy(), value);
    }
    options = options
        .value("protocol", protocol)
        .value("hostname", hostname)
        .value("hash", hash)
        .value("search", search)
        .value("pathname", pathname)
        .value("path", JsString::from(path))
        .value("href", href);
    if !is_default {
        options = options.value("port", port_number);
    }
    if !user.is_empty() || !pass.is_empty() {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        options = options.value(
            "auth",
            JsString::from(format!("{}:{}", decode(&user), decode(&pass))),
        );
    }
    Ok(options.build().into())
}

/// What script has put on a URL object.
fn own_properties(input: &JsValue, context: &mut Context) -> JsResult<Vec<(JsString, JsValue)>> {
    let object = input.to_object(context)?;
    let mut found = Vec::new();
    for key in object.own_property_keys(context)? {
        if let boa_engine::property::PropertyKey::String(name) = &key {
            found.push((name.clone(), object.get(key.clone(), context)?));
        }
    }
    Ok(found)
}
