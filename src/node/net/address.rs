//! Addresses: what is one, and how script sees one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, property::Attribute,
};

use crate::engine::native;

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
    let object = native::new_object(context);
    let host = JsString::from(address.ip().to_string());
    for (name, value) in [
        (js_string!("address"), JsValue::from(host)),
        (js_string!("family"), family.into()),
        (js_string!("port"), address.port().into()),
    ] {
        object.insert_property(name, native::property(value, Attribute::all()));
    }
    object
}
