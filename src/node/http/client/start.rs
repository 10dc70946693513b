//! How a request begins: what the constructor makes of its options, up to the agent that finds it a socket.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/http.html#httprequestoptions-callback>

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_str, js_string,
    string::JsStrVariant,
};

use super::{
    Slot, agent, help,
    options::{Known, Options},
    request::{self, Request, Validation},
};
use crate::{
    engine::lookup::LookUp,
    node::{
        domain, errors,
        http::{
            fields, header_methods,
            outgoing::{self, Outgoing, bits},
            protocol::encode,
            record,
        },
        stream::calls,
        url::is_url,
    },
    runtime::State,
};

/// The bits of the channels `http.client.…` of `diagnostics_channel` and of observers of `http`.
const HTTP_CLIENT_CHANNELS: u32 = 2 | 256;

fn new_record() -> Outgoing {
    let mut record = Outgoing::new();
    record.bits |= bits::EVENTS;
    record.bits &= !bits::SEND_DATE;
    record.client = Some(Box::default());
    record
}

/// `http.request(url, options, callback)`
pub fn request(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = Slot::of(context).script().prototype.clone();
    let request = JsObject::new(context.root_shape(), prototype, new_record()).upcast();
    domain::adopt(&request, context);
    let this = request.into();
    start(&this, args, context)?;
    Ok(this)
}

/// `initRequest(request, url, options, callback)`: the constructor of `ClientRequest`.
pub fn init(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let this = args.get_or_undefined(0);
    if let Some(request) = this.as_object() {
        record::attach(&request, new_record(), context);
    }
    start(this, args.get(1..).unwrap_or_default(), context)?;
    Ok(JsValue::undefined())
}

/// The arguments in their three forms, as options and callback.
fn read_arguments(args: &[JsValue], context: &mut Context) -> JsResult<(Options, JsValue)> {
    let [input, options, callback] = [0, 1, 2].map(|index| args.get_or_undefined(index).clone());
    let mut found = Options::default();
    let is_url = input.is_string() || is_url(&input, context)?;
    let (options, callback) = if is_url {
        let base = help(js_string!("fromUrl"), &[input], context)?;
        found.read(base.to_object(context)?, context)?;
        (options, callback)
    } else {
        (input, options)
    };
    if options.is_callable() {
        return Ok((found, options));
    }
    if !options.is_null_or_undefined() {
        found.read(options.to_object(context)?, context)?;
    }
    Ok((found, callback))
}

/// The first value that is truthy.
fn either(one: &JsValue, other: impl FnOnce() -> JsValue) -> JsValue {
    if one.to_boolean() {
        one.clone()
    } else {
        other()
    }
}

fn of_agent(agent: &JsValue, name: JsString, context: &mut Context) -> JsResult<JsValue> {
    match agent.as_object() {
        Some(agent) => agent.look_up(name, context),
        None => Ok(JsValue::undefined()),
    }
}

fn start(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let (mut options, callback) = read_arguments(args, context)?;
    let default_agent = default_agent(&options, context)?;
    let agent = agent(&options, &default_agent, context)?;
    let default_protocol = default_agent.look_up_own(js_string!("protocol"), context)?;
    let protocol = either(options.get(Known::Protocol), || default_protocol.clone());
    let own_protocol = of_agent(&agent, js_string!("protocol"), context)?;
    let expected = either(&own_protocol, || default_protocol);
    let path = options.get(Known::Path).clone();
    if path.to_boolean() && !fields::is_path_text(&path.to_string(context)?) {
        let args = [js_string!("Request path").into()];
        return Err(errors::node_error(
            "ERR_UNESCAPED_CHARACTERS",
            &args,
            context,
        ));
    }
    if !protocol.strict_equals(&expected) {
        let args = [protocol, expected];
        return Err(errors::node_error("ERR_INVALID_PROTOCOL", &args, context));
    }
    let mut default_port = options.get(Known::DefaultPort).clone();
    if !default_port.to_boolean() {
        default_port = of_agent(&agent, js_string!("defaultPort"), context)?;
    }
    let port = either(options.get(Known::Port), || {
        either(&default_port, || 80.into())
    });
    options.set(Known::Port, port);
    let host = host(&options, context)?;
    options.set(Known::Host, host.clone());

    check_rare(this, &options, context)?;
    let method = method(&options, context)?;
    for (name, value) in [
        (js_string!("agent"), agent.clone()),
        (js_string!("method"), method.clone().into()),
        (js_string!("host"), host),
        (js_string!("protocol"), protocol),
    ] {
        record::define_own(this, name, value);
    }
    let known = Request {
        path: either(&path, || js_string!("/").into()),
        timeout: options.get(Known::Timeout).clone(),
        ..Request::default()
    };
    settle(this, known, &method, &agent, &options, context)?;
    if callback.to_boolean() {
        let object = this.to_object(context)?;
        let args = [js_string!("response").into(), callback];
        calls::call(&object, js_string!("once"), &args, context)?;
    }
    set_headers(this, &method, &options, &agent, &default_port, context)?;
    if State::of(context).async_context.channels.get() & HTTP_CLIENT_CHANNELS != 0 {
        help(js_string!("observed"), std::slice::from_ref(this), context)?;
    }
    match agent.as_object() {
        Some(agent) => agent::add(&agent, this, &options, context),
        None => {
            let all = options.object(context)?.into();
            help(js_string!("connectAlone"), &[this.clone(), all], context).map(drop)
        }
    }
}

fn default_agent(options: &Options, context: &mut Context) -> JsResult<JsObject> {
    let given = options.get(Known::DefaultAgent);
    if given.to_boolean() {
        return given.to_object(context);
    }
    let agents = Slot::of(context).script().agents.clone();
    agents
        .look_up(js_string!("globalAgent"), context)?
        .to_object(context)
}

/// The agent that looks after the request's connection; undefined for none.
fn agent(options: &Options, default_agent: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let given = options.get(Known::Agent);
    if given.as_boolean() == Some(false) {
        let class = default_agent.look_up(js_string!("constructor"), context)?;
        let Some(class) = class.as_constructor() else {
            return Err(errors::type_error("The agent has no constructor", context));
        };
        return class.construct(&[], None, context).map(JsValue::from);
    }
    if given.is_null_or_undefined() {
        let alone = options.get(Known::CreateConnection).is_callable();
        return Ok(if alone {
            given.clone()
        } else {
            default_agent.clone().into()
        });
    }
    let add = given
        .to_object(context)?
        .look_up(js_string!("addRequest"), context)?;
    if add.is_callable() {
        return Ok(given.clone());
    }
    let expected = ["Agent-like Object", "undefined", "false"];
    Err(errors::invalid_arg_type(
        "options.agent",
        &expected,
        given,
        context,
    ))
}

fn host(options: &Options, context: &mut Context) -> JsResult<JsValue> {
    for (which, name) in [
        (Known::Hostname, "options.hostname"),
        (Known::Host, "options.host"),
    ] {
        let value = options.get(which);
        if !value.is_null_or_undefined() && !value.is_string() {
            let expected = ["string", "undefined", "null"];
            return Err(errors::invalid_arg_type(name, &expected, value, context));
        }
        if value.to_boolean() {
            return Ok(value.clone());
        }
    }
    Ok(js_string!("localhost").into())
}

/// Options that few requests have are the script half's.
fn check_rare(this: &JsValue, options: &Options, context: &mut Context) -> JsResult<()> {
    const RARE: [Known; 7] = [
        Known::Timeout,
        Known::SocketPath,
        Known::Signal,
        Known::MaxHeaderSize,
        Known::InsecureHttpParser,
        Known::JoinDuplicateHeaders,
        Known::HttpValidation,
    ];
    let values = RARE.map(|which| options.get(which).clone());
    if values.iter().all(JsValue::is_undefined) {
        return Ok(());
    }
    let mut args = vec![this.clone()];
    args.extend(values);
    help(js_string!("checkRare"), &args, context)?;
    if let Some(said) = options.get(Known::HttpValidation).as_string() {
        let validation = if said == js_str!("insecure") {
            Validation::Insecure
        } else if said == js_str!("relaxed") {
            Validation::Relaxed
        } else {
            Validation::Strict
        };
        request::with(this, context, |known| known.validation = Some(validation));
    }
    Ok(())
}

fn method(options: &Options, context: &mut Context) -> JsResult<JsString> {
    let value = options.get(Known::Method);
    let Some(text) = value.as_string() else {
        if value.is_null_or_undefined() {
            return Ok(js_string!("GET"));
        }
        return Err(errors::invalid_arg_type(
            "options.method",
            &["string"],
            value,
            context,
        ));
    };
    if text.is_empty() {
        return Ok(js_string!("GET"));
    }
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) if encode::is_valid_name(units) => {
            if units.iter().any(u8::is_ascii_lowercase) {
                return Ok(fields::latin1(&units.to_ascii_uppercase()));
            }
            Ok(text)
        }
        _ => {
            let args = [js_string!("Method").into(), text.into()];
            Err(errors::node_error("ERR_INVALID_HTTP_TOKEN", &args, context))
        }
    }
}

/// Writes down what is known by now.
fn settle(
    this: &JsValue,
    mut request: Request,
    method: &JsString,
    agent: &JsValue,
    options: &Options,
    context: &mut Context,
) -> JsResult<()> {
    let mut alone = false;
    if let Some(agent) = agent.as_object() {
        let kept = agent
            .look_up_own(js_string!("keepAlive"), context)?
            .to_boolean();
        let most = agent.look_up_own(js_string!("maxSockets"), context)?;
        alone = !kept && !most.as_number().is_some_and(f64::is_finite);
    }
    let unique = outgoing::names_of(options.get(Known::UniqueHeaders), context)?;
    let bare = options.get(Known::SetDefaultHeaders).as_boolean() == Some(false);
    let has_agent = agent.to_boolean();
    let bodiless = match method.as_str().variant() {
        JsStrVariant::Latin1(method) => matches!(
            method,
            b"GET" | b"HEAD" | b"DELETE" | b"OPTIONS" | b"TRACE" | b"CONNECT"
        ),
        JsStrVariant::Utf16(_) => false,
    };
    outgoing::need(this, context, |record| {
        if let Some(known) = record.client.as_deref_mut() {
            // What the script half has noted while it checked.
            request.flags = known.flags;
            request.validation = known.validation;
            *known = request;
        }
        if bodiless {
            record.bits &= !bits::MAY_CHUNK;
        }
        record.set(bits::AGENT, has_agent);
        if bare {
            record.bits |= bits::REMOVED_CONNECTION | bits::REMOVED_LENGTH | bits::REMOVED_ENCODING;
        }
        if alone {
            record.bits |= bits::LAST;
            record.bits &= !bits::KEEP_ALIVE;
        }
        if unique.is_some() {
            record.unique = unique;
        }
    })
}

fn first_line(method: &JsString, path: &JsString) -> JsString {
    JsString::concat_array(&[
        method.as_str(),
        js_str!(" "),
        path.as_str(),
        js_str!(" HTTP/1.1\r\n"),
    ])
}

/// `request._implicitHeader()`
pub fn implicit_header(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if outgoing::need(this, context, |record| record.has(bits::HEADER))? {
        return Err(sent("render", context));
    }
    let request = this.to_object(context)?;
    let method = request.look_up(js_string!("method"), context)?;
    let path = request.look_up(js_string!("path"), context)?;
    let line = first_line(&method.to_string(context)?, &path.to_string(context)?);
    calls::call(
        &request,
        js_string!("_storeHeader"),
        &[line.into()],
        context,
    )?;
    Ok(JsValue::undefined())
}

fn sent(verb: &str, context: &mut Context) -> JsError {
    let args = [JsString::from(verb).into()];
    errors::node_error("ERR_HTTP_HEADERS_SENT", &args, context)
}

/// Sets fields by the methods of the request, which a program may have replaced.
struct Header<'a> {
    this: &'a JsValue,
    request: JsObject,
    /// Nobody has replaced them.
    plain: bool,
}

impl Header<'_> {
    fn set(&self, name: JsValue, value: JsValue, context: &mut Context) -> JsResult<()> {
        let args = [name, value];
        if self.plain {
            return header_methods::set_header(self.this, &args, context).map(drop);
        }
        calls::call(&self.request, js_string!("setHeader"), &args, context).map(drop)
    }

    fn get(&self, name: JsString, context: &mut Context) -> JsResult<JsValue> {
        let args = [name.into()];
        if self.plain {
            return header_methods::get_header(self.this, &args, context);
        }
        calls::call(&self.request, js_string!("getHeader"), &args, context)
    }
}

fn set_headers(
    this: &JsValue,
    method: &JsString,
    options: &Options,
    agent: &JsValue,
    default_port: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let request = this.to_object(context)?;
    let headers = options.get(Known::Headers).as_object();
    if let Some(headers) = headers.as_ref().filter(|headers| headers.is_array()) {
        let path = request.look_up(js_string!("path"), context)?;
        let line = first_line(method, &path.to_string(context)?);
        let args = [line.into(), headers.clone().into()];
        return calls::call(&request, js_string!("_storeHeader"), &args, context).map(drop);
    }
    let is = |name, own: fn(&super::Script) -> &JsObject, context: &mut Context| {
        let method = request.get::<JsString>(name, context)?.as_object();
        let slot = Slot::of(context);
        Ok::<_, JsError>(method.is_some_and(|method| JsObject::equals(&method, own(slot.script()))))
    };
    let header = Header {
        plain: is(
            js_string!("setHeader"),
            |script| &script.set_header,
            context,
        )? && is(
            js_string!("getHeader"),
            |script| &script.get_header,
            context,
        )?,
        this,
        request: request.clone(),
    };
    if let Some(headers) = headers {
        let host = headers.look_up(js_string!("host"), context)?;
        if host.as_object().is_some_and(|host| host.is_array()) {
            return Err(errors::invalid_arg_type(
                "options.headers.host",
                &["string"],
                &host,
                context,
            ));
        }
        for (name, value) in fields::enumerable_entries(&headers, context)? {
            header.set(name.into(), value, context)?;
        }
    }
    add_host(&header, options, default_port, context)?;
    let auth = options.get(Known::Auth);
    if auth.to_boolean() {
        let args = [this.clone(), auth.clone()];
        help(js_string!("authorize"), &args, context)?;
    }
    if let Some(agent) = agent.as_object() {
        let key = Slot::of(context).script().proxy.clone();
        let proxy = agent.get(key, context)?;
        if let Some(proxy) = proxy.as_object() {
            let all = options.object(context)?;
            let args = [this.clone(), all.into()];
            calls::call(&proxy, js_string!("rewrite"), &args, context)?;
        }
    }
    if header.get(js_string!("expect"), context)?.to_boolean() {
        if outgoing::need(this, context, |record| record.has(bits::HEADER))? {
            return Err(sent("render", context));
        }
        calls::call(&request, js_string!("_implicitHeader"), &[], context)?;
    }
    Ok(())
}

/// The field `Host`, unless there is one.
fn add_host(
    header: &Header<'_>,
    options: &Options,
    default_port: &JsValue,
    context: &mut Context,
) -> JsResult<()> {
    let wanted = match options.get(Known::SetHost) {
        unsaid if unsaid.is_undefined() => {
            options.get(Known::SetDefaultHeaders).as_boolean() != Some(false)
        }
        said => said.to_boolean(),
    };
    if !wanted || header.get(js_string!("host"), context)?.to_boolean() {
        return Ok(());
    }
    let host = options.get(Known::Host).to_string(context)?;
    let mut text = host.to_std_string_lossy();
    if text.matches(':').count() > 1 && !text.starts_with('[') {
        text = format!("[{text}]");
    }
    let port = options.get(Known::Port);
    let number = port.to_number(context)?;
    if port.to_boolean() && !JsValue::from(number).strict_equals(default_port) {
        text.push(':');
        text.push_str(&port.to_string(context)?.to_std_string_lossy());
    }
    let name = js_string!("Host").into();
    header.set(name, JsString::from(text.as_str()).into(), context)
}
