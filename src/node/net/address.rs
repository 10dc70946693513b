//! Addresses: what is one, how script sees one, what `localhost` and other names stand for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, ToSocketAddrs};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use crate::{
    engine::native::Natives,
    runtime::{
        access::{self, Operation},
        pool::{self, Class},
    },
};

/// 4, 6, or 0 for what is no address.
fn version(text: &str) -> u8 {
    if text.parse::<Ipv4Addr>().is_ok() {
        return 4;
    }
    // An IPv6 address may name its zone.
    let (address, zone) = text.split_once('%').unwrap_or((text, "0"));
    if address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty() && zone.chars().all(is_zone) {
        return 6;
    }
    0
}

fn is_zone(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | ':')
}

fn version_of(value: &JsValue, context: &mut Context) -> JsResult<u8> {
    if value.is_undefined() || value.is_null() {
        return Ok(0);
    }
    Ok(version(&value.to_string(context)?.to_std_string_lossy()))
}

/// `isIP(input)`
pub fn is_ip(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(version_of(args.get_or_undefined(0), context)?.into())
}

/// `isIPv4(input)`
pub fn is_ipv4(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok((version_of(args.get_or_undefined(0), context)? == 4).into())
}

/// `isIPv6(input)`
pub fn is_ipv6(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok((version_of(args.get_or_undefined(0), context)? == 6).into())
}

/// The socket address of an address literal and a port.
pub fn parse(host: &str, port: u16) -> Option<SocketAddr> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, port));
    }
    let (address, zone) = host.split_once('%')?;
    let address: Ipv6Addr = address.parse().ok()?;
    let scope = zone.parse().unwrap_or(0);
    Some(SocketAddrV6::new(address, port, 0, scope).into())
}

/// `{ address, family, port }`
pub fn describe(address: &SocketAddr, context: &mut Context) -> JsObject {
    let family = if address.is_ipv4() {
        js_string!("IPv4")
    } else {
        js_string!("IPv6")
    };
    Natives::new(context)
        .value("address", JsString::from(address.ip().to_string()))
        .value("family", family)
        .value("port", address.port())
        .build()
}

/// `localAddresses(family)`: what `localhost` stands for, in the order of the system's resolver.
pub fn of_localhost(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let family = args.get_or_undefined(0).to_u32(context)?;
    access::check(Operation::NetLookup("localhost"), context)?;
    let found = look_up("localhost", family).unwrap_or_default();
    Ok(addresses(&found, context).into())
}

/// `resolve(host, family, callback)`: asks the system's resolver on the pool; `callback(failed, addresses)`.
pub fn resolve(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let host = args
        .get_or_undefined(0)
        .to_string(context)?
        .to_std_string_lossy();
    let family = args.get_or_undefined(1).to_u32(context)?;
    let Some(callback) = args.get_or_undefined(2).as_callable() else {
        return Ok(JsValue::undefined());
    };
    access::check(Operation::NetLookup(&host), context)?;
    pool::submit(
        Class::Dns,
        context,
        move || look_up(&host, family),
        move |result, context| {
            let found = result.ok().flatten();
            let failed = found.is_none();
            let list = addresses(&found.unwrap_or_default(), context);
            callback
                .call(
                    &JsValue::undefined(),
                    &[failed.into(), list.into()],
                    context,
                )
                .map(drop)
        },
    );
    Ok(JsValue::undefined())
}

fn look_up(host: &str, family: u32) -> Option<Vec<IpAddr>> {
    let mut found: Vec<IpAddr> = Vec::new();
    for address in (host, 0).to_socket_addrs().ok()? {
        let ip = address.ip();
        let wanted = match family {
            4 => ip.is_ipv4(),
            6 => ip.is_ipv6(),
            _ => true,
        };
        if wanted && !found.contains(&ip) {
            found.push(ip);
        }
    }
    (!found.is_empty()).then_some(found)
}

fn addresses(found: &[IpAddr], context: &mut Context) -> JsArray {
    let list: Vec<JsValue> = found
        .iter()
        .map(|ip| JsString::from(ip.to_string()).into())
        .collect();
    JsArray::from_iter(list, context)
}
