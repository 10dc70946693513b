//! The options of a UDP socket: hops, broadcast, multicast groups, the sizes of the system's buffers.

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
};

use boa_engine::{Context, JsArgs, JsResult, JsValue};
use ouro_loop::{HandleId, MulticastInterface, UdpSettings};

use super::{answer, this_socket, with_id};
use crate::{
    engine::native::Natives,
    node::{errors::system::errno_of, net::address},
    runtime::State,
};

const EBADF: i32 = -9;
const EINVAL: i32 = -22;

pub(super) fn methods(natives: Natives<'_>) -> Natives<'_> {
    natives
        .function("setBroadcast", 1, set_broadcast)
        .function("setTTL", 1, set_ttl)
        .function("setMulticastTTL", 1, set_multicast_ttl)
        .function("setMulticastLoopback", 1, set_multicast_loopback)
        .function("setMulticastInterface", 1, set_multicast_interface)
        .function("addMembership", 2, add_membership)
        .function("dropMembership", 2, drop_membership)
        .function("addSourceSpecificMembership", 3, add_source)
        .function("dropSourceSpecificMembership", 3, drop_source)
        .function("bufferSize", 2, buffer_size)
}

fn set(
    this: &JsValue,
    context: &Context,
    act: impl FnOnce(&UdpSettings<'_>) -> io::Result<()>,
) -> JsResult<JsValue> {
    with_id(this, context, |state, id| {
        state.event_loop.udp_settings(id, act)
    })
}

fn set_broadcast(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let on = args.get_or_undefined(0).to_boolean();
    set(this, context, |settings| settings.set_broadcast(on))
}

fn set_ttl(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let hops = args.get_or_undefined(0).to_u32(context)?;
    set(this, context, |settings| settings.set_ttl(hops))
}

fn set_multicast_ttl(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let hops = args.get_or_undefined(0).to_u32(context)?;
    set(this, context, |settings| settings.set_multicast_ttl(hops))
}

fn set_multicast_loopback(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let on = args.get_or_undefined(0).to_boolean();
    set(this, context, |settings| settings.set_multicast_loop(on))
}

fn text(value: &JsValue) -> String {
    value
        .as_string()
        .map(|text| text.to_std_string_lossy())
        .unwrap_or_default()
}

/// The interface that a text names: an IPv4 address, or `::%1`, where an unknown name stands for the system's choice.
fn interface(text: &str, v6: bool) -> Option<MulticastInterface> {
    if v6 {
        let (address, zone) = text.split_once('%').unwrap_or((text, ""));
        address.parse::<std::net::Ipv6Addr>().ok()?;
        return Some(MulticastInterface::V6(interface_index(zone)));
    }
    text.parse().ok().map(MulticastInterface::V4)
}

/// The number of an interface, by its name or as a number; 0 if there is none such.
fn interface_index(zone: &str) -> u32 {
    if let Ok(index) = zone.parse() {
        return index;
    }
    crate::sys::interface_index(zone)
}

fn set_multicast_interface(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let v6 = this_socket(this).is_some_and(|socket| socket.v6);
    let Some(interface) = interface(&text(args.get_or_undefined(0)), v6) else {
        return Ok(EINVAL.into());
    };
    set(this, context, |settings| {
        settings.set_multicast_interface(interface)
    })
}

fn membership(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
    act: impl FnOnce(&UdpSettings<'_>, IpAddr, MulticastInterface) -> io::Result<()>,
) -> JsResult<JsValue> {
    let group = text(args.get_or_undefined(0));
    let named = args.get_or_undefined(1);
    let Some(group) = address::parse(&group, 0).map(|group| group.ip()) else {
        return Ok(EINVAL.into());
    };
    let interface = match (named.is_string(), group) {
        (true, _) => interface(&text(named), group.is_ipv6()),
        (false, IpAddr::V4(_)) => Some(MulticastInterface::V4(Ipv4Addr::UNSPECIFIED)),
        (false, IpAddr::V6(_)) => Some(MulticastInterface::V6(0)),
    };
    let Some(interface) = interface else {
        return Ok(EINVAL.into());
    };
    bound_set(this, context, |settings| act(settings, group, interface))
}

/// As [`set`], but a socket that isn't bound is bound first.
fn bound_set(
    this: &JsValue,
    context: &mut Context,
    act: impl FnOnce(&UdpSettings<'_>) -> io::Result<()>,
) -> JsResult<JsValue> {
    let Some(socket) = this_socket(this) else {
        return Ok(EBADF.into());
    };
    let bound = socket.bound(context)?;
    Ok(answer(bound.and_then(|id| {
        State::of(context).event_loop.udp_settings(id, act)
    })))
}

fn add_membership(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    membership(this, args, context, |settings, group, interface| {
        settings.join(group, interface)
    })
}

fn drop_membership(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    membership(this, args, context, |settings, group, interface| {
        settings.leave(group, interface)
    })
}

fn source(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
    act: impl FnOnce(&UdpSettings<'_>, [Ipv4Addr; 3]) -> io::Result<()>,
) -> JsResult<JsValue> {
    let named = args.get_or_undefined(2);
    let interface = if named.is_string() {
        text(named).parse().ok()
    } else {
        Some(Ipv4Addr::UNSPECIFIED)
    };
    let source = text(args.get_or_undefined(0)).parse().ok();
    let group = text(args.get_or_undefined(1)).parse().ok();
    let (Some(source), Some(group), Some(interface)) = (source, group, interface) else {
        return Ok(EINVAL.into());
    };
    bound_set(this, context, |settings| {
        act(settings, [source, group, interface])
    })
}

fn add_source(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    source(
        this,
        args,
        context,
        |settings, [source, group, interface]| settings.join_source(source, group, interface),
    )
}

fn drop_source(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    source(
        this,
        args,
        context,
        |settings, [source, group, interface]| settings.leave_source(source, group, interface),
    )
}

/// `bufferSize(bytes, receive)`: sets the size, or with 0 tells it. An error number below 0.
fn buffer_size(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let bytes = args.get_or_undefined(0).to_u32(context)? as usize;
    let receive = args.get_or_undefined(1).to_boolean();
    let Some(id) = this_socket(this).and_then(|socket| socket.id.get()) else {
        return Ok(EBADF.into());
    };
    Ok(
        size_of_buffer(bytes, receive, id, &State::of(context)).map_or_else(
            |error| errno_of(&error).into(),
            |bytes| (bytes as f64).into(),
        ),
    )
}

fn size_of_buffer(bytes: usize, receive: bool, id: HandleId, state: &State) -> io::Result<usize> {
    state
        .event_loop
        .udp_settings(id, |settings| match (receive, bytes) {
            (true, 0) => settings.receive_buffer_size(),
            (false, 0) => settings.send_buffer_size(),
            (true, _) => settings.set_receive_buffer_size(bytes).map(|()| bytes),
            (false, _) => settings.set_send_buffer_size(bytes).map(|()| bytes),
        })
}
