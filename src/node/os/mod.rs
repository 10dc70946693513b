//! `os`, in Rust. <https://nodejs.org/docs/latest-v24.x/api/os.html>

mod constants;
pub mod sys;

use std::net::IpAddr;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    native_function::NativeFunctionPointer, object::builtins::JsArray, property::Attribute,
};

use crate::{
    engine::{
        native::{self, Natives, function},
        registry,
    },
    node::{arguments, errors},
};
use sys::Failure;

/// The exports of `os`.
pub fn exports(context: &mut Context) -> JsResult<JsValue> {
    // Those of the first kind can be used as text or number without being called.
    let primitive: [(&str, NativeFunctionPointer); 14] = [
        ("arch", arch),
        ("availableParallelism", available_parallelism),
        ("endianness", endianness),
        ("freemem", free_memory),
        ("homedir", home),
        ("hostname", hostname),
        ("platform", platform),
        ("release", release),
        ("tmpdir", temporary_directory),
        ("totalmem", total_memory),
        ("type", system_type),
        ("uptime", uptime),
        ("version", version),
        ("machine", machine),
    ];
    let plain: [(&str, usize, NativeFunctionPointer); 6] = [
        ("cpus", 0, cpus),
        ("getPriority", 1, get_priority),
        ("loadavg", 0, load_average),
        ("networkInterfaces", 0, network_interfaces),
        ("setPriority", 2, set_priority),
        ("userInfo", 1, user_info),
    ];
    let mut functions: Vec<(&str, JsValue)> = Vec::with_capacity(primitive.len() + plain.len());
    for (name, native) in primitive {
        let made = function(context, name, 0, native);
        let to_primitive = function(context, "", 0, native);
        made.insert_property(
            JsSymbol::to_primitive(),
            native::property(to_primitive, Attribute::all()),
        );
        functions.push((name, made.into()));
    }
    for (name, length, native) in plain {
        functions.push((name, function(context, name, length, native).into()));
    }
    functions.sort_by_key(|(name, _)| ORDER.iter().position(|known| known == name));
    let constants = constants::constants(context);
    let mut natives = Natives::new(context);
    for (name, value) in functions {
        natives = natives.value(name, value);
    }
    Ok(natives
        .attributes(Attribute::ENUMERABLE)
        .value("constants", constants)
        .attributes(Attribute::ENUMERABLE | Attribute::CONFIGURABLE)
        .value("EOL", JsString::from(sys::EOL))
        .value("devNull", JsString::from(sys::DEV_NULL))
        .build()
        .into())
}

/// The order of Node's keys.
const ORDER: &[&str] = &[
    "arch",
    "availableParallelism",
    "cpus",
    "endianness",
    "freemem",
    "getPriority",
    "homedir",
    "hostname",
    "loadavg",
    "networkInterfaces",
    "platform",
    "release",
    "setPriority",
    "tmpdir",
    "totalmem",
    "type",
    "userInfo",
    "uptime",
    "version",
    "machine",
];

/// What Node calls this processor family.
pub fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "x86" => "ia32",
        "aarch64" => "arm64",
        "powerpc64" => "ppc64",
        "loongarch64" => "loong64",
        other => other,
    }
}

/// What Node calls this system.
pub fn platform_name() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        "solaris" | "illumos" => "sunos",
        other => other,
    }
}

fn text(text: &str) -> JsResult<JsValue> {
    Ok(JsString::from(text).into())
}

/// A variable of `process.env`, which script may have changed.
fn variable(name: &str, context: &mut Context) -> JsResult<Option<String>> {
    let process = registry::require("process", context)?.to_object(context)?;
    let env = process.get(js_string!("env"), context)?;
    let Some(env) = env.as_object() else {
        return Ok(None);
    };
    let value = env.get(JsString::from(name), context)?;
    Ok(value.as_string().map(|value| value.to_std_string_lossy()))
}

/// Of some variables, the first that is there.
fn first_variable(names: &[&str], context: &mut Context) -> JsResult<Option<String>> {
    for name in names {
        if let Some(value) = variable(name, context)?.filter(|value| !value.is_empty()) {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

fn fail<T>(outcome: Result<T, Failure>, context: &mut Context) -> JsResult<T> {
    outcome.map_err(|Failure { call, errno }| system_error(call, errno, context))
}

/// `ERR_SYSTEM_ERROR` of a call that failed.
fn system_error(call: &str, errno: i32, context: &mut Context) -> JsError {
    let info = Natives::new(context)
        .value("errno", -errno)
        .value("code", JsString::from(errors::errno_name(-errno)))
        .value("message", JsString::from(errors::message_of_errno(-errno)))
        .value("syscall", JsString::from(call))
        .build();
    errors::node_error_with("ERR_SYSTEM_ERROR", &[info.into()], context)
}

fn arch(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    text(architecture())
}

fn platform(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    text(platform_name())
}

fn endianness(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    text(if cfg!(target_endian = "big") {
        "BE"
    } else {
        "LE"
    })
}

fn available_parallelism(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(JsValue::from(u32::try_from(count).unwrap_or(u32::MAX)))
}

fn free_memory(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::from(sys::free_memory() as f64))
}

fn total_memory(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::from(sys::total_memory() as f64))
}

fn home(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(home) = variable(sys::HOME_VARIABLE, context)? {
        return text(&home);
    }
    text(&fail(sys::home(), context)?)
}

fn hostname(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    text(&fail(sys::hostname(), context)?)
}

fn release(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    text(&sys::system().release)
}

fn system_type(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    text(&sys::system().name)
}

fn version(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    text(&sys::system().version)
}

fn machine(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    text(&sys::system().machine)
}

fn temporary_directory(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let named = first_variable(sys::TEMPORARY_VARIABLES, context)?;
    text(&sys::temporary_directory(named))
}

fn uptime(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(fail(sys::uptime(), context)?.into())
}

fn load_average(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsArray::from_iter(sys::load_average().map(JsValue::from), context).into())
}

fn cpus(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut list = Vec::new();
    for cpu in sys::cpus() {
        let times = Natives::new(context)
            .value("user", cpu.times.user as f64)
            .value("nice", cpu.times.nice as f64)
            .value("sys", cpu.times.sys as f64)
            .value("idle", cpu.times.idle as f64)
            .value("irq", cpu.times.irq as f64)
            .build();
        let entry = Natives::new(context)
            .value("model", JsString::from(cpu.model))
            .value("speed", cpu.speed)
            .value("times", times)
            .build();
        list.push(JsValue::from(entry));
    }
    Ok(JsArray::from_iter(list, context).into())
}

fn process_id(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    if value.is_undefined() {
        Ok(0)
    } else {
        arguments::int32(value, "pid", context)
    }
}

fn get_priority(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let pid = process_id(args.get_or_undefined(0), context)?;
    Ok(fail(sys::priority(pid), context)?.into())
}

fn set_priority(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (pid, priority) = match args {
        [priority] => (0, priority),
        _ if args.get_or_undefined(1).is_undefined() => (0, args.get_or_undefined(0)),
        _ => (arguments::int32(&args[0], "pid", context)?, &args[1]),
    };
    let priority = arguments::int32_between(priority, "priority", -20, 19, context)?;
    fail(sys::set_priority(pid, priority), context)?;
    Ok(JsValue::undefined())
}

fn network_interfaces(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let interfaces = fail(sys::interfaces(), context)?;
    let result = JsObject::with_object_proto(context.intrinsics());
    for interface in interfaces {
        let netmask = interface
            .netmask
            .map_or_else(String::new, |mask| mask.to_string());
        let cidr = match interface.netmask.and_then(prefix_length) {
            Some(length) => {
                JsValue::from(JsString::from(format!("{}/{length}", interface.address)))
            }
            None => JsValue::null(),
        };
        let mac: Vec<String> = interface
            .mac
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let family = if interface.address.is_ipv4() {
            "IPv4"
        } else {
            "IPv6"
        };
        let mut entry = Natives::new(context)
            .value("address", JsString::from(interface.address.to_string()))
            .value("netmask", JsString::from(netmask))
            .value("family", JsString::from(family))
            .value("mac", JsString::from(mac.join(":")))
            .value("internal", interface.internal)
            .value("cidr", cidr);
        if let Some(scope) = interface.scope_id {
            entry = entry.value("scopeid", scope);
        }
        let entry = entry.build();
        let name = JsString::from(interface.name);
        match result
            .get(name.clone(), context)?
            .as_object()
            .map(JsArray::from_object)
        {
            Some(list) => drop(list?.push(entry, context)?),
            None => {
                let list = JsArray::from_iter([JsValue::from(entry)], context);
                result.create_data_property_or_throw(name, list, context)?;
            }
        }
    }
    Ok(result.into())
}

/// How many leading ones a mask has; none if ones follow on zeros.
fn prefix_length(mask: IpAddr) -> Option<u32> {
    let (bits, width) = match mask {
        IpAddr::V4(mask) => (u128::from(mask.to_bits()) << 96, 32),
        IpAddr::V6(mask) => (mask.to_bits(), 128),
    };
    let ones = bits.leading_ones();
    (bits.count_ones() == ones && ones <= width).then_some(ones)
}

fn user_info(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut as_buffer = false;
    if let Some(options) = args.get_or_undefined(0).as_object() {
        let encoding = options.get(boa_engine::js_string!("encoding"), context)?;
        as_buffer = encoding.as_string().is_some_and(|name| name == "buffer");
    }
    let account = fail(sys::account(), context)?;
    let name = |bytes: Vec<u8>, context: &mut Context| -> JsResult<JsValue> {
        if as_buffer {
            return crate::node::buffer::from_vec(bytes, context).map(JsValue::from);
        }
        text(&String::from_utf8_lossy(&bytes))
    };
    let username = name(account.username, context)?;
    let home = name(account.home, context)?;
    let shell = match account.shell {
        Some(shell) => name(shell, context)?,
        None => JsValue::null(),
    };
    let info = JsObject::with_null_proto();
    Ok(Natives::on(info, context)
        .attributes(Attribute::all())
        .value("uid", account.uid as f64)
        .value("gid", account.gid as f64)
        .value("username", username)
        .value("homedir", home)
        .value("shell", shell)
        .build()
        .into())
}
