//! The globals `URL` and `URLSearchParams`, native classes over the crate `url`.
//!
//! Defined by <https://url.spec.whatwg.org/#api>; what Node adds (error codes, `inspect`) by
//! <https://nodejs.org/docs/latest-v24.x/api/url.html#the-whatwg-url-api>.

mod form;
mod params;
mod parts;
mod plain;
mod record;

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsArgs, JsError, JsNativeError, JsObject, JsResult, JsStr, JsString, JsSymbol,
    JsValue, js_string, native_function::NativeFunctionPointer, object::builtins::JsFunction,
    property::Attribute, string::JsStrVariant,
};
use encoding_rs::mem;
use url::{Url, quirks};

use self::{parts::Parts, record::UrlData};

use crate::{
    engine::{
        native::{self, METHOD, Natives, constructor, define_lazy, function},
        registry,
    },
    node::{
        arguments::{inspect_symbol, missing},
        errors,
    },
    runtime::State,
};

/// The classes of this runtime, made on first use.
#[derive(Default)]
pub struct Classes {
    url: RefCell<Option<Rc<Class>>>,
    params: RefCell<Option<Class>>,
    iterator: RefCell<Option<JsObject>>,
}

impl Classes {
    /// Lets go of the heap.
    pub fn clear(&self) {
        self.url.borrow_mut().take();
        self.params.borrow_mut().take();
        self.iterator.borrow_mut().take();
    }
}

#[derive(Clone)]
struct Class {
    constructor: JsFunction,
    prototype: JsObject,
}

/// Defines the globals; the classes are made when they are touched.
pub fn install(context: &mut Context) -> JsResult<()> {
    let global = context.global_object();
    define_lazy(&global, "URL", METHOD, url_class, context);
    define_lazy(&global, "URLSearchParams", METHOD, params_class, context);
    Ok(())
}

/// The constructor `URL`.
pub fn url_class(context: &mut Context) -> JsResult<JsValue> {
    class_of_url(context).map(|class| class.constructor.clone().into())
}

/// The constructor `URLSearchParams`.
pub fn params_class(context: &mut Context) -> JsResult<JsValue> {
    params::class(context).map(|class| class.constructor.into())
}

/// Whether an object is a `URL` or a `URLSearchParams`, which structured clone refuses.
pub fn is_url_or_params(object: &JsObject) -> bool {
    object.is::<UrlData>() || object.is::<params::Params>()
}

/// A `URL` object.
///
/// # Errors
/// When the class can't be made.
pub fn new_url(url: Url, context: &mut Context) -> JsResult<JsObject> {
    let class = class_of_url(context)?;
    Ok(make(url.into(), class.prototype.clone(), context))
}

/// The URL that a value is an object of, if it is one.
pub fn url_of(value: &JsValue) -> Option<Url> {
    let object = value.as_object()?;
    let data = object.downcast_ref::<UrlData>()?;
    Some(data.url())
}

fn make(data: UrlData, prototype: JsObject, context: &Context) -> JsObject {
    JsObject::new(context.root_shape(), prototype, data).upcast()
}

fn class_of_url(context: &mut Context) -> JsResult<Rc<Class>> {
    let state = State::of(context);
    if let Some(class) = &*state.urls.url.borrow() {
        return Ok(class.clone());
    }
    let constructor = constructor(context, "URL", 1, construct);
    let prototype = JsObject::with_object_proto(context.intrinsics());
    let accessors: [(&str, NativeFunctionPointer, Option<NativeFunctionPointer>); 12] = [
        ("href", get_href, Some(set_href)),
        ("origin", get_origin, None),
        ("protocol", get_protocol, Some(set_protocol)),
        ("username", get_username, Some(set_username)),
        ("password", get_password, Some(set_password)),
        ("host", get_host, Some(set_host)),
        ("hostname", get_hostname, Some(set_hostname)),
        ("port", get_port, Some(set_port)),
        ("pathname", get_pathname, Some(set_pathname)),
        ("search", get_search, Some(set_search)),
        ("searchParams", get_search_params, None),
        ("hash", get_hash, Some(set_hash)),
    ];
    let inspect = inspect_function(inspect_url, context);
    let symbol = inspect_symbol(context)?;
    let mut natives = Natives::on(prototype.clone(), context)
        .value("constructor", constructor.clone())
        .attributes(Attribute::all())
        .function("toString", 0, get_href);
    for (name, get, set) in accessors {
        natives = natives.accessor(name, get, set);
    }
    natives
        .function("toJSON", 0, get_href)
        .attributes(METHOD)
        .keyed(symbol, inspect)
        .attributes(Attribute::CONFIGURABLE)
        .keyed(JsSymbol::to_string_tag(), js_string!("URL"))
        .build();
    seal_prototype(&constructor, &prototype);
    Natives::on((*constructor).clone(), context)
        .attributes(Attribute::all())
        .function("parse", 1, parse)
        .function("canParse", 1, can_parse)
        .function("createObjectURL", 1, create_object_url)
        .function("revokeObjectURL", 1, revoke_object_url)
        .build();
    let class = Rc::new(Class {
        constructor,
        prototype,
    });
    *state.urls.url.borrow_mut() = Some(class.clone());
    Ok(class)
}

/// `prototype` of a class can't be replaced.
fn seal_prototype(constructor: &JsFunction, prototype: &JsObject) {
    constructor.insert_property(
        js_string!("prototype"),
        native::property(prototype.clone(), Attribute::empty()),
    );
}

fn inspect_function(native: NativeFunctionPointer, context: &mut Context) -> JsFunction {
    function(context, "[nodejs.util.inspect.custom]", 2, native)
}

/// Shown by the script half, which is parsed when something is shown.
fn inspect_by(
    name: JsString,
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let exports = registry::require("url/inspect", context)?.to_object(context)?;
    let show = exports.get(name, context)?;
    let show = show
        .as_callable()
        .ok_or_else(|| JsNativeError::typ().with_message("url/inspect is incomplete"))?;
    let mut all = vec![this.clone()];
    all.extend_from_slice(args);
    show.call(&JsValue::undefined(), &all, context)
}

fn inspect_url(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    inspect_by(js_string!("url"), this, args, context)
}

/// The text of an argument, lone surrogates replaced.
fn usv(value: &JsValue, context: &mut Context) -> JsResult<String> {
    if value.is_symbol() {
        return Err(errors::type_error(
            "Cannot convert a Symbol value to a string",
            context,
        ));
    }
    let text = value.to_string(context)?;
    Ok(std_string(text.as_str()))
}

/// Text of the engine as UTF-8, lone surrogates replaced. What stands in a program is of two-byte units, however plain.
pub fn std_string(text: JsStr<'_>) -> String {
    let bytes = match text.variant() {
        JsStrVariant::Latin1(bytes) if bytes.is_ascii() => bytes.to_vec(),
        JsStrVariant::Utf16(units) if mem::is_utf16_latin1(units) => {
            let mut bytes = vec![0; units.len()];
            mem::convert_utf16_to_latin1_lossy(units, &mut bytes);
            match bytes.is_ascii() {
                true => bytes,
                false => mem::decode_latin1(&bytes).into_owned().into_bytes(),
            }
        }
        _ => return JsString::from(text).to_std_string_lossy(),
    };
    // Only ASCII, or encoded just now.
    String::from_utf8(bytes).unwrap_or_default()
}

/// `ERR_INVALID_URL`.
pub fn invalid(input: &str, base: Option<&str>, context: &mut Context) -> JsError {
    // Node makes this error where there are no others: the code isn't part of its text.
    let error = errors::plain(errors::Base::Type, "Invalid URL", context);
    if let Some(object) = error.as_opaque().and_then(JsValue::as_object) {
        // A fresh error takes properties.
        let _ =
            object.create_data_property(js_string!("code"), js_string!("ERR_INVALID_URL"), context);
        let _ = object.create_data_property(js_string!("input"), JsString::from(input), context);
        if let Some(base) = base {
            let _ = object.create_data_property(js_string!("base"), JsString::from(base), context);
        }
    }
    error
}

/// What newer editions of the standard escape in paths and the crate doesn't: `^`.
fn finished(mut url: Url) -> Url {
    if !url.cannot_be_a_base() && url.path().contains('^') {
        let path = url.path().replace('^', "%5E");
        url.set_path(&path);
    }
    url
}

/// A reference to another host may start with more than two slashes, which the crate refuses where there is a base.
fn with_two_slashes<'input>(base: &Url, input: &'input str) -> Cow<'input, str> {
    let is_slash = |symbol: char| symbol == '/' || symbol == '\\';
    let special = matches!(base.scheme(), "http" | "https" | "ws" | "wss" | "ftp");
    let trimmed = input.trim_start_matches(|symbol: char| symbol <= ' ');
    let host = trimmed.trim_start_matches(is_slash);
    if !special || trimmed.len() - host.len() < 3 {
        return Cow::Borrowed(input);
    }
    Cow::Owned(format!("//{host}"))
}

/// Parses a URL as the class does.
pub fn parse_url(input: &str) -> Option<Url> {
    Url::parse(input).ok().map(finished)
}

fn parse_with(input: &str, base: Option<&str>) -> Option<Url> {
    match base {
        None => parse_url(input),
        Some(base) => {
            let base = Url::parse(base).ok()?;
            base.join(&with_two_slashes(&base, input))
                .ok()
                .map(finished)
        }
    }
}

fn input_and_base(args: &[JsValue], context: &mut Context) -> JsResult<(String, Option<String>)> {
    if args.is_empty() {
        return Err(missing(&["url"], context));
    }
    let input = usv(&args[0], context)?;
    let base = match args.get_or_undefined(1) {
        base if base.is_undefined() => None,
        base => Some(usv(base, context)?),
    };
    Ok((input, base))
}

/// The address in the first argument where there is no base, and nothing to be said about it.
fn plainly(args: &[JsValue]) -> Option<UrlData> {
    let (input, base) = args.split_first()?;
    if !base.first().is_none_or(JsValue::is_undefined) {
        return None;
    }
    UrlData::parse_in_place(&input.as_string()?)
}

/// The address in the arguments, or as what they were read if it is none.
fn parsed(
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<Result<UrlData, (String, Option<String>)>> {
    if let Some(url) = plainly(args) {
        return Ok(Ok(url));
    }
    parsed_from_copies(args, context)
}

fn parsed_from_copies(
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<Result<UrlData, (String, Option<String>)>> {
    let (input, base) = input_and_base(args, context)?;
    Ok(UrlData::parse(&input, base.as_deref()).ok_or((input, base)))
}

fn construct(new_target: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let class = class_of_url(context)?;
    // The prototype of the class itself can't be replaced.
    let is_plain = (new_target.as_object())
        .is_some_and(|target| JsObject::equals(&target, &class.constructor));
    let prototype = if is_plain {
        None
    } else {
        prototype_for(new_target, "URL", context)?
    };
    let prototype = prototype.unwrap_or_else(|| class.prototype.clone());
    let url = match plainly(args) {
        Some(url) => url,
        None => parsed_from_copies(args, context)?
            .map_err(|(input, base)| invalid(&input, base.as_deref(), context))?,
    };
    Ok(make(url, prototype, context).into())
}

/// The prototype that a subclass asks for.
fn prototype_for(
    new_target: &JsValue,
    class: &str,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    let Some(target) = new_target.as_object() else {
        let message = format!("Class constructor {class} cannot be invoked without 'new'");
        return Err(errors::type_error(&message, context));
    };
    Ok(target.get(js_string!("prototype"), context)?.as_object())
}

fn parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match parsed(args, context)? {
        Ok(url) => {
            let prototype = class_of_url(context)?.prototype.clone();
            Ok(make(url, prototype, context).into())
        }
        Err(_) => Ok(JsValue::null()),
    }
}

fn can_parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(parsed(args, context)?.is_ok().into())
}

fn create_object_url(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    crate::node::buffer::call_late("buffer/blob", "createObjectURL", args, context)
}

fn revoke_object_url(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if args.is_empty() {
        return Err(missing(&["url"], context));
    }
    let url = usv(&args[0], context)?;
    let args = [JsString::from(url).into()];
    crate::node::buffer::call_late("buffer/blob", "revokeObjectURL", &args, context)
}

fn not_a_url(context: &mut Context) -> JsError {
    let message =
        "Cannot read private member #context from an object whose class did not declare it";
    errors::type_error(message, context)
}

/// Some members have another text for it.
fn no_receiver(context: &mut Context) -> JsError {
    errors::type_error("Receiver must be an instance of class URL", context)
}

fn read(
    this: &JsValue,
    context: &mut Context,
    part: impl FnOnce(&UrlData) -> JsString,
) -> JsResult<JsValue> {
    part_of(this, part).ok_or_else(|| not_a_url(context))
}

fn part_of(this: &JsValue, part: impl FnOnce(&UrlData) -> JsString) -> Option<JsValue> {
    let object = this.as_object()?;
    let data = object.downcast_ref::<UrlData>()?;
    Some(part(&data).into())
}

/// Changes the URL by the text of an argument; what is not valid changes nothing.
fn write(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
    change: impl FnOnce(&mut Url, &str),
) -> JsResult<JsValue> {
    let object = this.as_object().filter(|object| object.is::<UrlData>());
    let Some(object) = object else {
        return Err(not_a_url(context));
    };
    let value = usv(args.get_or_undefined(0), context)?;
    if let Some(mut data) = object.downcast_mut::<UrlData>() {
        data.change(|url| change(url, &value));
    }
    Ok(JsValue::undefined())
}

fn get_href(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    part_of(this, UrlData::href).ok_or_else(|| no_receiver(context))
}

fn get_origin(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, UrlData::origin)
}

fn get_protocol(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, |url| url.part(|parts, _| parts.protocol()))
}

fn get_username(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, |url| url.part(|parts, _| parts.username()))
}

fn get_password(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, |url| url.part(|parts, _| parts.password()))
}

fn get_host(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, |url| url.part(|parts, _| parts.host()))
}

fn get_hostname(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, |url| url.part(|parts, _| parts.hostname()))
}

fn get_port(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, |url| url.part(|parts, _| parts.port()))
}

fn get_pathname(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, |url| url.part(|parts, _| parts.pathname()))
}

fn get_search(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    part_of(this, |url| url.part(Parts::search)).ok_or_else(|| no_receiver(context))
}

fn get_hash(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    read(this, context, |url| url.part(Parts::hash))
}

fn get_search_params(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object().filter(|object| object.is::<UrlData>());
    let Some(object) = object else {
        return Err(not_a_url(context));
    };
    let found = object
        .downcast_ref::<UrlData>()
        .map(|data| (data.params.clone(), form::parse(data.query())));
    let Some((params, pairs)) = found else {
        return Err(not_a_url(context));
    };
    if let Some(params) = params {
        return Ok(params.into());
    }
    let params = params::make(pairs, Some(object.clone()), context)?;
    if let Some(mut data) = object.downcast_mut::<UrlData>() {
        data.params = Some(params.clone());
    }
    Ok(params.into())
}

fn set_href(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object().filter(|object| object.is::<UrlData>());
    let Some(object) = object else {
        return Err(not_a_url(context));
    };
    let value = usv(args.get_or_undefined(0), context)?;
    let Some(url) = UrlData::parse(&value, None) else {
        return Err(invalid(&value, None, context));
    };
    if let Some(mut data) = object.downcast_mut::<UrlData>() {
        data.replace(url);
    }
    renew_params(&object);
    Ok(JsValue::undefined())
}

fn set_search(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, quirks::set_search)?;
    if let Some(object) = this.as_object() {
        renew_params(&object);
    }
    Ok(JsValue::undefined())
}

/// The query has changed: what was given out as `searchParams` follows.
fn renew_params(object: &JsObject) {
    let found = object.downcast_ref::<UrlData>().and_then(|data| {
        let params = data.params.clone()?;
        Some((params, form::parse(data.query())))
    });
    if let Some((params, pairs)) = found {
        params::replace(&params, pairs);
    }
}

/// The `searchParams` have changed: the query follows.
fn renew_query(object: &JsObject, query: &str) {
    if let Some(mut data) = object.downcast_mut::<UrlData>() {
        data.change(|url| url.set_query(Some(query).filter(|query| !query.is_empty())));
    }
}

fn set_protocol(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, |url, value| {
        let _ = quirks::set_protocol(url, value);
    })
}

fn set_username(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, |url, value| {
        let _ = quirks::set_username(url, value);
    })
}

fn set_password(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, |url, value| {
        let _ = quirks::set_password(url, value);
    })
}

fn set_host(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, |url, value| {
        let _ = quirks::set_host(url, value);
    })
}

fn set_hostname(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, |url, value| {
        let _ = quirks::set_hostname(url, value);
    })
}

fn set_port(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, |url, value| {
        let _ = quirks::set_port(url, value);
    })
}

fn set_pathname(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, |url, value| {
        quirks::set_pathname(url, value);
        *url = finished(url.clone());
    })
}

fn set_hash(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    write(this, args, context, quirks::set_hash)
}
