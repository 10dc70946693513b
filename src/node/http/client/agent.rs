//! `http.Agent` where it hands a kept socket to the next request: `addRequest`, and the methods that a subclass may have replaced, which
//! are looked up each time. How it takes sockets back is in `keep`; opening connections and requests that have to wait are the script half's.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpagent>

use std::cell::OnceCell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, js_str, js_string,
    native_function::NativeFunctionPointer,
    object::{IndexPropertyValues, builtins::JsArray},
    property::{Attribute, PropertyKey},
};

use super::{
    Slot, keep,
    options::{Known, Options},
    request::{self, flags},
};
use crate::{
    engine::{lookup::LookUp, native::Natives},
    node::{
        errors, events,
        net::Stream,
        stream::{calls, readable::detach},
    },
};

/// What `http/agent` gives to `setUpAgent`, and the methods of `Agent.prototype` as they were made.
pub struct Agents {
    helpers: JsObject,
    /// The property of a free socket for what it had received by then.
    pub(super) read_when_free: JsSymbol,
    pub(super) free_socket_error: JsObject,
    add_request: JsObject,
    pub(super) get_name: JsObject,
    pub(super) keep_socket_alive: JsObject,
    reuse_socket: JsObject,
    pub(super) remove_socket: JsObject,
}

/// Adds the agent's natives to the binding.
pub fn natives(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("setUpAgent", 1, set_up)
        .function("onFree", 2, keep::on_free)
        .function("tellFree", 2, keep::tell_free)
}

/// `setUpAgent({ prototype, readWhenFree, freeSocketError, …helpers })`
fn set_up(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let helpers = args.get_or_undefined(0).to_object(context)?;
    let prototype = helpers
        .look_up(js_string!("prototype"), context)?
        .to_object(context)?;
    let prototype = Natives::on(prototype, context)
        .attributes(Attribute::all())
        .function("getName", 0, get_name)
        .function("addRequest", 4, add_request)
        .function("keepSocketAlive", 1, keep::keep_socket_alive)
        .function("reuseSocket", 2, reuse_socket)
        .build();
    let mut method = |name: JsString| prototype.get(name, context)?.to_object(context);
    let add_request = method(js_string!("addRequest"))?;
    let get_name = method(js_string!("getName"))?;
    let keep_socket_alive = method(js_string!("keepSocketAlive"))?;
    let reuse_socket = method(js_string!("reuseSocket"))?;
    let remove_socket = method(js_string!("removeSocket"))?;
    let free_socket_error = helpers
        .look_up(js_string!("freeSocketError"), context)?
        .to_object(context)?;
    let Some(read_when_free) = helpers
        .look_up(js_string!("readWhenFree"), context)?
        .as_symbol()
    else {
        return Err(errors::type_error("setUpAgent takes a symbol", context));
    };
    let _ = Slot::of(context).agents.set(Agents {
        helpers,
        read_when_free,
        free_socket_error,
        add_request,
        get_name,
        keep_socket_alive,
        reuse_socket,
        remove_socket,
    });
    Ok(JsValue::undefined())
}

pub(super) fn agents(slot: &OnceCell<Agents>) -> &Agents {
    slot.get()
        .expect("http/agent calls setUpAgent before it makes an agent")
}

/// Calls a function of the script half.
pub(super) fn help(name: JsString, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let slot = Slot::of(context);
    calls::call(&agents(&slot.agents).helpers, name, args, context)
}

/// A method of an agent, unless it is the one that we made.
pub(super) fn replaced(
    agent: &JsObject,
    name: JsString,
    own: fn(&Agents) -> &JsObject,
    context: &mut Context,
) -> JsResult<Option<JsValue>> {
    let method = agent.look_up(name, context)?;
    let slot = Slot::of(context);
    let is_own = method
        .as_object()
        .is_some_and(|method| JsObject::equals(&method, own(agents(&slot.agents))));
    Ok((!is_own).then_some(method))
}

fn call_replaced(
    method: &JsValue,
    agent: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    match method.as_callable() {
        Some(method) => method.call(&agent.clone().into(), args, context),
        None => Err(errors::type_error("not a function", context)),
    }
}

/// Calls a method of an agent: ours, unless somebody has put another in its place.
pub(super) fn call_method(
    agent: &JsObject,
    name: JsString,
    own: fn(&Agents) -> &JsObject,
    native: NativeFunctionPointer,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    match replaced(agent, name, own, context)? {
        Some(method) => call_replaced(&method, agent, args, context),
        None => native(&agent.clone().into(), args, context),
    }
}

/// `agent.getName(options)`
pub(super) fn get_name(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(options) = args.get_or_undefined(0).as_object() else {
        return Ok(js_string!("localhost::").into());
    };
    name_by(|which, context| options.get(which.name(), context), context).map(JsValue::from)
}

/// The name under which an agent keeps the sockets for such options.
fn name_by(
    read: impl Fn(Known, &mut Context) -> JsResult<JsValue>,
    context: &mut Context,
) -> JsResult<JsString> {
    let mut part = |which, otherwise: JsString| -> JsResult<JsString> {
        let value = read(which, context)?;
        match value.as_string() {
            Some(text) if !text.is_empty() => Ok(text),
            _ if value.to_boolean() => value.to_string(context),
            _ => Ok(otherwise),
        }
    };
    let host = part(Known::Host, js_string!("localhost"))?;
    let port = part(Known::Port, js_string!())?;
    let address = part(Known::LocalAddress, js_string!())?;
    let family = read(Known::Family, context)?;
    let path = read(Known::SocketPath, context)?;
    let colon = js_str!(":");
    let mut name =
        JsString::concat_array(&[host.as_str(), colon, port.as_str(), colon, address.as_str()]);
    if let Some(family) = family.as_number()
        && (family == 4.0 || family == 6.0)
    {
        let family = family.to_string();
        name = JsString::concat_array(&[name.as_str(), colon, JsString::from(family).as_str()]);
    }
    if path.to_boolean() {
        let path = path.to_string(context)?;
        name = JsString::concat_array(&[name.as_str(), colon, path.as_str()]);
    }
    Ok(name)
}

/// `agent.addRequest(request, options, port, localAddress)`
fn add_request(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(context)?;
    let request = args.get_or_undefined(0);
    if let Some(source) = args.get_or_undefined(1).as_object() {
        let mut options = Options::default();
        options.read(source, context)?;
        if hand_over_free(&agent, request, &options, context)? {
            return Ok(JsValue::undefined());
        }
    }
    let mut all = vec![this.clone()];
    all.extend_from_slice(args);
    help(js_string!("addRequest"), &all, context)
}

/// `agent.addRequest(request, options)` of a request that has just been made.
///
/// # Errors
/// What script throws.
pub fn add(
    agent: &JsObject,
    request: &JsValue,
    options: &Options,
    context: &mut Context,
) -> JsResult<()> {
    let name = js_string!("addRequest");
    let method = replaced(agent, name.clone(), |agents| &agents.add_request, context)?;
    if method.is_none() && hand_over_free(agent, request, options, context)? {
        return Ok(());
    }
    let all = options.object(context)?.into();
    match method {
        Some(method) => call_replaced(&method, agent, &[request.clone(), all], context).map(drop),
        None => {
            let args = [agent.clone().into(), request.clone(), all];
            help(name, &args, context).map(drop)
        }
    }
}

pub(super) fn table(agent: &JsObject, name: JsString, context: &mut Context) -> JsResult<JsObject> {
    agent.look_up_own(name, context)?.to_object(context)
}

pub(super) fn list(
    table: &JsObject,
    name: &JsString,
    context: &mut Context,
) -> JsResult<Option<JsArray>> {
    let list = table.get(name.clone(), context)?.as_object();
    match list.filter(JsObject::is_array) {
        Some(list) => JsArray::from_object(list).map(Some),
        None => Ok(None),
    }
}

/// Adds a socket to a list of a table.
pub(super) fn put(
    table: &JsObject,
    name: &JsString,
    socket: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    match list(table, name, context)? {
        Some(list) => list.push(socket.clone(), context).map(drop),
        None => {
            let list = JsArray::from_iter([socket.clone().into()], context);
            table.set(name.clone(), list, true, context).map(drop)
        }
    }
}

/// Takes a socket off a list of a table; lists that are empty go. The last socket comes to where it was: the order of those that are in
/// use says nothing, and there may be thousands.
pub(super) fn take(
    table: &JsObject,
    name: &JsString,
    socket: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let Some(list) = list(table, name, context)? else {
        return Ok(());
    };
    let Some(at) = place_of(&list, socket, context)? else {
        return Ok(());
    };
    let last = list.pop(context)?;
    let left = list.length(context)?;
    if left == 0 {
        return remove(table, name, context);
    }
    if at < left {
        events::write(&list, PropertyKey::from(at), last, context)?;
    }
    Ok(())
}

fn place_of(list: &JsArray, socket: &JsObject, context: &mut Context) -> JsResult<Option<u64>> {
    let is_it = |one: &JsValue| (one.as_object()).is_some_and(|one| JsObject::equals(&one, socket));
    if let IndexPropertyValues::DenseElement(sockets) =
        list.borrow().properties().index_property_values()
    {
        let at = sockets.as_slice().iter().position(is_it);
        return Ok(at.map(|at| at as u64));
    }
    for at in 0..list.length(context)? {
        if is_it(&list.get(at, context)?) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn remove(table: &JsObject, name: &JsString, context: &mut Context) -> JsResult<()> {
    table
        .delete_property_or_throw(name.clone(), context)
        .map(drop)
}

/// Gives a request a socket that is free. Answers whether there was one.
fn hand_over_free(
    agent: &JsObject,
    request: &JsValue,
    options: &Options,
    context: &mut Context,
) -> JsResult<bool> {
    let own_name = replaced(
        agent,
        js_string!("getName"),
        |agents| &agents.get_name,
        context,
    )?;
    let settings = table(agent, js_string!("options"), context)?;
    let name = if own_name.is_some() {
        let all = options.object(context)?.into();
        let args = [agent.clone().into(), request.clone(), all];
        help(js_string!("nameFor"), &args, context)?.to_string(context)?
    } else {
        name_by(
            |which, _| {
                let key = PropertyKey::from(which.name());
                let own = settings.borrow().properties().get(&key);
                Ok(match own.as_ref().and_then(|own| own.value()) {
                    Some(value) => value.clone(),
                    None => options.get(which).clone(),
                })
            },
            context,
        )?
    };
    let free_sockets = table(agent, js_string!("freeSockets"), context)?;
    let Some(free) = list(&free_sockets, &name, context)? else {
        return Ok(false);
    };
    let Some(socket) = take_free(agent, &free, context)? else {
        remove(&free_sockets, &name, context)?;
        return Ok(false);
    };
    if free.length(context)? == 0 {
        remove(&free_sockets, &name, context)?;
    }
    if let Some(stream) = stream_of(&socket, context)? {
        stream.begin_for(context);
    } else if let Some(handle) = socket
        .look_up_own(js_string!("_handle"), context)?
        .as_object()
        && let Some(reset) = handle
            .look_up(js_string!("asyncReset"), context)?
            .as_callable()
    {
        reset.call(&handle.into(), &[], context)?;
    }
    let args = [socket.clone().into(), request.clone()];
    call_method(
        agent,
        js_string!("reuseSocket"),
        |agents| &agents.reuse_socket,
        reuse_socket,
        &args,
        context,
    )?;
    set_request_socket(&settings, request, &socket, context)?;
    let sockets = table(agent, js_string!("sockets"), context)?;
    put(&sockets, &name, &socket, context)?;
    Ok(true)
}

/// The next free socket, by the agent's order, that is fit for use.
fn take_free(
    agent: &JsObject,
    free: &JsArray,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    while let Some(first) = free.get(0, context)?.as_object()
        && first
            .look_up(js_string!("destroyed"), context)?
            .to_boolean()
    {
        free.shift(context)?;
    }
    let order = agent.look_up_own(js_string!("scheduling"), context)?;
    let fifo = order
        .as_string()
        .is_some_and(|order| order == js_string!("fifo"));
    loop {
        let socket = if fifo {
            free.shift(context)?
        } else {
            free.pop(context)?
        };
        let Some(socket) = socket.as_object() else {
            return Ok(None);
        };
        if !answers_unasked(&socket, context)? {
            return Ok(Some(socket));
        }
    }
}

fn stream_of(socket: &JsObject, context: &mut Context) -> JsResult<Option<std::rc::Rc<Stream>>> {
    let handle = socket
        .look_up_own(js_string!("_handle"), context)?
        .as_object();
    Ok(handle.and_then(|handle| Stream::of(&handle)))
}

pub(super) fn bytes_read(socket: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    match stream_of(socket, context)? {
        Some(stream) => Ok((stream.bytes_read() as f64).into()),
        None => socket.look_up(js_string!("bytesRead"), context),
    }
}

/// Whether an idle socket has received something: who answers without having been asked doesn't get another request.
fn answers_unasked(socket: &JsObject, context: &mut Context) -> JsResult<bool> {
    let slot = Slot::of(context);
    let key = agents(&slot.agents).read_when_free.clone();
    let before = socket.get(key, context)?;
    if before.is_undefined() || before.strict_equals(&bytes_read(socket, context)?) {
        return Ok(false);
    }
    calls::call(socket, js_string!("destroy"), &[], context)?;
    Ok(true)
}

/// `agent.reuseSocket(socket, request)`
fn reuse_socket(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let socket = args.get_or_undefined(0).to_object(context)?;
    let request = args.get_or_undefined(1);
    let slot = Slot::of(context);
    let listener = &agents(&slot.agents).free_socket_error;
    detach(&socket, &[(js_string!("error"), listener)], context)?;
    if request::with(request, context, |known| known.flags |= flags::REUSED).is_none() {
        request
            .to_object(context)?
            .set(js_string!("reusedSocket"), true, true, context)?;
    }
    calls::call(&socket, js_string!("ref"), &[], context)?;
    Ok(JsValue::undefined())
}

/// Gives a request its socket, with the request's timeout if that is another than the agent's.
fn set_request_socket(
    settings: &JsObject,
    request: &JsValue,
    socket: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    let object = request.to_object(context)?;
    let args = [socket.clone().into()];
    calls::call(&object, js_string!("onSocket"), &args, context)?;
    let timeout = object.look_up(js_string!("timeout"), context)?;
    if timeout.is_undefined() {
        return Ok(());
    }
    let usual = settings.look_up(js_string!("timeout"), context)?;
    let usual = if usual.to_boolean() { usual } else { 0.into() };
    if !timeout.strict_equals(&usual) {
        calls::call(socket, js_string!("setTimeout"), &[timeout], context)?;
    }
    Ok(())
}
