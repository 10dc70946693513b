//! `http.Agent` where it takes a socket back: what 'free' does, which sockets stay, and for how long.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpagent>

use boa_engine::{
    Context, Finalize, JsArgs, JsObject, JsResult, JsString, JsValue, NativeFunction, Trace,
    js_string, object::FunctionObjectBuilder,
};

use super::{
    Slot,
    agent::{agents, bytes_read, call_method, get_name, help, list, put, replaced, table, take},
};

use crate::engine::lookup::LookUp;
use crate::node::{
    events,
    http::incoming,
    stream::{calls, readable::attach},
};

/// A socket's 'free', which its agent emits again with the options that it was made with.
#[derive(Trace, Finalize)]
struct Free {
    agent: JsObject,
    options: JsValue,
}

/// `tellFree(agent, options)`: the listener of a socket's 'free'.
pub fn tell_free(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let captured = Free {
        agent: args.get_or_undefined(0).to_object(context)?,
        options: args.get_or_undefined(1).clone(),
    };
    let listener = NativeFunction::from_copy_closure_with_captures(
        |this, _, free: &Free, context| {
            let args = [this.clone(), free.options.clone()];
            events::emit(&free.agent, js_string!("free"), &args, context)?;
            Ok(JsValue::undefined())
        },
        captured,
    );
    let function = FunctionObjectBuilder::new(context.realm(), listener)
        .name(js_string!("onFree"))
        .build();
    Ok(function.into())
}

/// `onFree(socket, options)`: an agent's listener of 'free'.
pub fn on_free(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(context)?;
    let socket = args.get_or_undefined(0).to_object(context)?;
    let options = args.get_or_undefined(1);
    let args = std::slice::from_ref(options);
    let name = call_method(
        &agent,
        js_string!("getName"),
        |agents| &agents.get_name,
        get_name,
        args,
        context,
    )?;
    let name = name.to_string(context)?;
    // A request may hold what the socket was made for: it goes first.
    if socket
        .look_up(js_string!("writable"), context)?
        .to_boolean()
    {
        let requests = table(&agent, js_string!("requests"), context)?;
        if let Some(waiting) = list(&requests, &name, context)?
            && waiting.length(context)? > 0
        {
            let args = [this.clone(), socket.into(), waiting.into(), name.into()];
            return help(js_string!("serveWaiting"), &args, context);
        }
        if keep(&agent, &socket, options, &name, context)? {
            return Ok(JsValue::undefined());
        }
    }
    calls::call(&socket, js_string!("destroy"), &[], context)?;
    Ok(JsValue::undefined())
}

fn number(object: &JsObject, name: JsString, context: &mut Context) -> JsResult<f64> {
    object.look_up_own(name, context)?.to_number(context)
}

/// Puts a socket that nobody waits for with those that are free. Answers whether it can stay.
fn keep(
    agent: &JsObject,
    socket: &JsObject,
    options: &JsValue,
    name: &JsString,
    context: &mut Context,
) -> JsResult<bool> {
    let message_key = js_string!("_httpMessage");
    let request = socket
        .look_up_own(message_key.clone(), context)?
        .as_object();
    let kept = match &request {
        Some(request) => request
            .look_up(js_string!("shouldKeepAlive"), context)?
            .to_boolean(),
        None => false,
    };
    if !kept
        || !agent
            .look_up_own(js_string!("keepAlive"), context)?
            .to_boolean()
    {
        return Ok(false);
    }
    let free_sockets = table(agent, js_string!("freeSockets"), context)?;
    let sockets = table(agent, js_string!("sockets"), context)?;
    let mut length = |table: &JsObject| -> JsResult<f64> {
        Ok(match list(table, name, context)? {
            Some(list) => list.length(context)? as f64,
            None => 0.0,
        })
    };
    let free = length(&free_sockets)?;
    let count = free + length(&sockets)?;
    if number(agent, js_string!("totalSocketCount"), context)?
        > number(agent, js_string!("maxTotalSockets"), context)?
        || count > number(agent, js_string!("maxSockets"), context)?
        || free >= number(agent, js_string!("maxFreeSockets"), context)?
    {
        return Ok(false);
    }
    let args = [socket.clone().into()];
    let stays = call_method(
        agent,
        js_string!("keepSocketAlive"),
        |agents| &agents.keep_socket_alive,
        keep_socket_alive,
        &args,
        context,
    )?;
    if !stays.to_boolean() {
        return Ok(false);
    }
    events::write(socket, message_key, JsValue::null(), context)?;
    let method = replaced(
        agent,
        js_string!("removeSocket"),
        |agents| &agents.remove_socket,
        context,
    )?;
    let requests = table(agent, js_string!("requests"), context)?;
    if method.is_none() && requests.own_property_keys(context)?.is_empty() {
        take(&sockets, name, socket, context)?;
    } else {
        // Requests to elsewhere may have waited for this one.
        let args = [socket.clone().into(), options.clone()];
        calls::call(agent, js_string!("removeSocket"), &args, context)?;
    }
    let slot = Slot::of(context);
    let agents = agents(&slot.agents);
    attach(
        socket,
        &[(js_string!("error"), &agents.free_socket_error)],
        context,
    )?;
    let read = bytes_read(socket, context)?;
    events::write(socket, agents.read_when_free.clone(), read, context)?;
    put(&free_sockets, name, socket, context)?;
    events::table::take_over(socket, context)?;
    Ok(true)
}

/// `agent.keepSocketAlive(socket)`
pub fn keep_socket_alive(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let agent = this.to_object(context)?;
    let socket = args.get_or_undefined(0).to_object(context)?;
    let delay = agent.look_up_own(js_string!("keepAliveMsecs"), context)?;
    let args = [true.into(), delay];
    calls::call(&socket, js_string!("setKeepAlive"), &args, context)?;
    calls::call(&socket, js_string!("unref"), &[], context)?;
    let settings = table(&agent, js_string!("options"), context)?;
    let mut timeout = settings.look_up(js_string!("timeout"), context)?;
    if !timeout.to_boolean() {
        timeout = 0.into();
    }
    if let Some(seconds) = announced(&socket, context)? {
        let buffer = number(&agent, js_string!("agentKeepAliveTimeoutBuffer"), context)?;
        let hint = seconds * 1000.0 - buffer;
        if hint <= 0.0 {
            return Ok(false.into());
        }
        if !timeout.to_boolean() || hint < timeout.to_number(context)? {
            timeout = JsValue::from(hint);
        }
    }
    let known = socket.look_up_own(js_string!("timeout"), context)?;
    if !known.strict_equals(&timeout) {
        calls::call(&socket, js_string!("setTimeout"), &[timeout], context)?;
    }
    Ok(true.into())
}

/// How long the server keeps the connection, by the header `Keep-Alive: timeout=…` of its last response.
fn announced(socket: &JsObject, context: &mut Context) -> JsResult<Option<f64>> {
    let Some(request) = socket
        .look_up_own(js_string!("_httpMessage"), context)?
        .as_object()
    else {
        return Ok(None);
    };
    let response = request.look_up(js_string!("res"), context)?;
    if !response.is_object() {
        return Ok(None);
    }
    let untouched = incoming::with(&response, context, |record| {
        let head = record.head.as_ref()?;
        if !record.headers.is_undefined() {
            return None;
        }
        let field = head
            .fields()
            .find(|(name, _)| name.eq_ignore_ascii_case(b"keep-alive"));
        Some(field.and_then(|(_, value)| seconds_in(value)))
    });
    let value = match untouched.flatten() {
        Some(seconds) => return Ok(seconds),
        None => {
            let headers = response
                .to_object(context)?
                .look_up(js_string!("headers"), context)?
                .to_object(context)?;
            headers
                .look_up(js_string!("keep-alive"), context)?
                .as_string()
        }
    };
    Ok(value.and_then(|value| seconds_in(value.to_std_string_lossy().as_bytes())))
}

/// The number in `timeout=5`.
fn seconds_in(text: &[u8]) -> Option<f64> {
    let rest = text.strip_prefix(b"timeout=")?;
    let end = rest.iter().position(|unit| !unit.is_ascii_digit());
    let digits = rest.get(..end.unwrap_or(rest.len()))?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::seconds_in;

    #[test]
    fn keep_alive_hints() {
        assert_eq!(seconds_in(b"timeout=5"), Some(5.0));
        assert_eq!(seconds_in(b"timeout=12, max=100"), Some(12.0));
        assert_eq!(seconds_in(b"timeout="), None);
        assert_eq!(seconds_in(b"max=1, timeout=5"), None);
    }
}
