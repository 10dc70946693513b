//! `dns`: the system's resolver, asked on the pool in class `Dns`, and what asking name servers takes: `message` has the bytes,
//! `system` the servers; `channel.js` asks over sockets of the loop.

mod message;
mod system;

use std::net::IpAddr;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, object::builtins::JsArray,
};

use crate::{
    engine::native::Natives,
    node::net::address,
    runtime::{
        State,
        access::{self, Operation},
        pool::{self, Class},
    },
    sys,
};

/// libuv's number for what has no cause of its own.
const EAI_FAIL: i32 = -3004;
const EINVAL: i32 = -22;

/// `binding('dns')`
pub fn binding(context: &mut Context) -> JsResult<JsObject> {
    let (address_config, all, mapped) = sys::LOOKUP_HINTS;
    let order = JsString::from(State::of(context).options.dns_result_order.as_str());
    Ok(Natives::new(context)
        .function("getaddrinfo", 4, get_addresses)
        .function("getnameinfo", 3, get_name)
        .function("encodeQuery", 2, message::encode)
        .function("decodeAnswer", 4, message::decode)
        .function("reverseName", 1, message::reverse_name)
        .function("systemServers", 0, system::servers)
        .function("hostsOf", 2, system::hosts_of)
        .value("defaultOrder", order)
        .value("ADDRCONFIG", address_config)
        .value("ALL", all)
        .value("V4MAPPED", mapped)
        .build())
}

/// The addresses of a host, each once, in the resolver's order; libuv's error number if there are none. Blocks.
pub fn addresses_of(host: &str, family: u32, hints: i32) -> Result<Vec<IpAddr>, i32> {
    let ascii = idna::domain_to_ascii(host).ok();
    let host = ascii
        .as_deref()
        .filter(|name| !name.is_empty())
        .unwrap_or(host);
    let mut found: Vec<IpAddr> = Vec::new();
    for ip in sys::look_up(host, family, hints)? {
        if !found.contains(&ip) {
            found.push(ip);
        }
    }
    Ok(found)
}

/// `getaddrinfo(host, family, hints, done)`: `done(errno, addresses)`.
fn get_addresses(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let host = args.get_or_undefined(0).to_string(context)?;
    let host = host.to_std_string_lossy();
    let family = args.get_or_undefined(1).to_u32(context)?;
    let hints = args.get_or_undefined(2).to_i32(context)?;
    access::check(Operation::NetLookup(&host), context)?;
    let Some(done) = args.get_or_undefined(3).as_callable() else {
        return Ok(JsValue::undefined());
    };
    pool::submit_as(
        Class::Dns,
        "GETADDRINFOREQWRAP",
        context,
        move || addresses_of(&host, family, hints),
        move |result, context| {
            let (errno, found) = match result.unwrap_or(Err(EAI_FAIL)) {
                Ok(found) => (0, found),
                Err(errno) => (errno, Vec::new()),
            };
            let list: Vec<JsValue> = found
                .iter()
                .map(|ip| JsString::from(ip.to_string()).into())
                .collect();
            let list = JsArray::from_iter(list, context);
            done.call(&JsValue::undefined(), &[errno.into(), list.into()], context)
                .map(drop)
        },
    );
    Ok(JsValue::undefined())
}

/// `getnameinfo(address, port, done)`: 0 when `done(errno, host, service)` will be called, or an error number.
fn get_name(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let host = args.get_or_undefined(0).to_string(context)?;
    let host = host.to_std_string_lossy();
    let port = args.get_or_undefined(1).to_u32(context)? as u16;
    let (Some(address), Some(done)) = (
        address::parse(&host, port),
        args.get_or_undefined(2).as_callable(),
    ) else {
        return Ok(EINVAL.into());
    };
    access::check(Operation::NetLookup(&host), context)?;
    pool::submit_as(
        Class::Dns,
        "GETNAMEINFOREQWRAP",
        context,
        move || sys::name_of(address),
        move |result, context| {
            let args: [JsValue; 3] = match result.unwrap_or(Err(EAI_FAIL)) {
                Ok((host, service)) => [
                    0.into(),
                    JsString::from(host).into(),
                    JsString::from(service).into(),
                ],
                Err(errno) => [errno.into(), JsValue::undefined(), JsValue::undefined()],
            };
            done.call(&JsValue::undefined(), &args, context).map(drop)
        },
    );
    Ok(0.into())
}
