//! What `process` says of the program, the machine and the user.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
    property::Attribute,
};

use super::string_array;
use crate::{
    engine::{native::Natives, registry},
    runtime::{Options, State},
};

/// The version of Node.js whose behaviour this is.
pub const NODE_VERSION: &str = "24.12.0";

/// `process.platform`
pub const PLATFORM: &str = if cfg!(target_os = "macos") {
    "darwin"
} else if cfg!(windows) {
    "win32"
} else {
    std::env::consts::OS
};

/// `process.arch`
pub fn arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    }
}

/// Adds the properties to the process object.
pub fn add<'context>(mut natives: Natives<'context>, options: &Options) -> Natives<'context> {
    let argv0 = std::env::args().next().unwrap_or_else(|| "ouro".to_owned());
    let exec_path = options.exec_path.to_string_lossy().into_owned();
    let mut argv = vec![exec_path.clone()];
    argv.extend(options.args.iter().cloned());
    let argv = string_array(argv, natives.context());
    let exec_args = string_array(options.exec_args.iter().cloned(), natives.context());
    natives
        .value("version", JsString::from(format!("v{NODE_VERSION}")))
        .lazy("versions", make_versions)
        .value("arch", JsString::from(arch()))
        .value("platform", JsString::from(PLATFORM))
        .lazy("release", make_release)
        .lazy("features", make_features)
        .lazy("config", make_config)
        .value("argv", argv)
        .value("execArgv", exec_args)
        .value("execPath", JsString::from(exec_path.as_str()))
        .value("argv0", JsString::from(argv0.as_str()))
        .value("pid", std::process::id())
        .accessor("ppid", |_, _, _| Ok(crate::sys::parent_id().into()), None)
        .accessor("title", get_title, Some(set_title))
        .value("debugPort", 9229)
        .value("noDeprecation", !options.deprecation)
        .value("throwDeprecation", options.throw_deprecation)
        .value("traceDeprecation", options.trace_deprecation)
        .lazy("allowedNodeEnvironmentFlags", make_allowed_flags)
        .ids()
}

impl Natives<'_> {
    #[cfg(unix)]
    fn ids(self) -> Self {
        use super::credentials;
        use crate::sys::ids;
        self.function("getuid", 0, |_, _, _| Ok(ids().uid.into()))
            .function("geteuid", 0, |_, _, _| Ok(ids().euid.into()))
            .function("getgid", 0, |_, _, _| Ok(ids().gid.into()))
            .function("getegid", 0, |_, _, _| Ok(ids().egid.into()))
            .function("getgroups", 0, get_groups)
            .function("setuid", 1, credentials::set_uid)
            .function("seteuid", 1, credentials::set_euid)
            .function("setgid", 1, credentials::set_gid)
            .function("setegid", 1, credentials::set_egid)
            .function("setgroups", 1, credentials::set_groups)
            .function("initgroups", 2, credentials::init_groups)
    }

    #[cfg(not(unix))]
    fn ids(self) -> Self {
        self
    }
}

#[cfg(unix)]
fn get_groups(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match crate::sys::groups() {
        Ok(groups) => {
            let mut groups = groups;
            // The group in effect counts, whether the system lists it or not.
            let own = crate::sys::ids().egid;
            if !groups.contains(&own) {
                groups.push(own);
            }
            let values: Vec<JsValue> = groups.into_iter().map(JsValue::from).collect();
            Ok(boa_engine::object::builtins::JsArray::from_iter(values, context).into())
        }
        Err(error) => Err(crate::node::errors::io_error(
            &error,
            "getgroups",
            None,
            context,
        )),
    }
}

fn frozen(natives: Natives<'_>) -> Natives<'_> {
    natives.attributes(Attribute::ENUMERABLE)
}

/// The version of the interface for native addons that Node 24 has.
const MODULE_VERSION: &str = "137";

fn make_versions(context: &mut Context) -> JsResult<JsValue> {
    Ok(frozen(Natives::new(context))
        .value("node", js_string!(NODE_VERSION))
        .value("ouro", js_string!(env!("CARGO_PKG_VERSION")))
        .value("boa", js_string!("0.22.0"))
        .value("modules", JsString::from(MODULE_VERSION))
        // Not inside: the version whose names, numbers and errors `crypto` follows. Programs look here before they use it.
        .value("openssl", js_string!("3.5.8"))
        .value("zlib", js_string!("1.3.1"))
        // Programs ask whether there is Brotli by this: the version of the format's library that Node 24 has.
        .value("brotli", js_string!("1.1.0"))
        .build()
        .into())
}

fn make_release(context: &mut Context) -> JsResult<JsValue> {
    Ok(Natives::new(context)
        .value("name", js_string!("node"))
        .value("lts", js_string!("Krypton"))
        .build()
        .into())
}

fn make_features(context: &mut Context) -> JsResult<JsValue> {
    let require_module = State::of(context).options.require_module;
    Ok(frozen(Natives::new(context))
        .value("inspector", false)
        .value("debug", cfg!(debug_assertions))
        .value("uv", true)
        .value("ipv6", true)
        .value("openssl_is_boringssl", false)
        .value("tls_alpn", false)
        .value("tls_sni", false)
        .value("tls_ocsp", false)
        .value("tls", false)
        .value("cached_builtins", false)
        .value("require_module", require_module)
        .value("typescript", false)
        .build()
        .into())
}

fn make_config(context: &mut Context) -> JsResult<JsValue> {
    let variables = frozen(Natives::new(context))
        .value("v8_enable_i18n_support", i32::from(cfg!(feature = "intl")))
        .value("napi_build_version", js_string!("10"))
        .value(
            "node_module_version",
            MODULE_VERSION.parse::<i32>().unwrap_or_default(),
        )
        .build();
    let defaults = JsObject::with_object_proto(context.intrinsics());
    Ok(frozen(Natives::new(context))
        .value("target_defaults", defaults)
        .value("variables", variables)
        .build()
        .into())
}

fn make_allowed_flags(context: &mut Context) -> JsResult<JsValue> {
    registry::require("process/allowed_flags", context)
}

/// `allowedFlags()`: the options that `NODE_OPTIONS` may hold.
pub fn allowed_flags(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let flags = crate::cli::flags::allowed_in_environment();
    let flags = flags.map(|flag| JsValue::from(JsString::from(flag.as_str())));
    Ok(JsArray::from_iter(flags, context).into())
}

fn get_title(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let slot = State::of(context).slot::<Title>();
    let title = slot.0.borrow().clone();
    let state = State::of(context);
    let chosen = || {
        state
            .options
            .title
            .as_deref()
            .map_or(js_string!("ouro"), JsString::from)
    };
    Ok(title.unwrap_or_else(chosen).into())
}

fn set_title(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let title = args.get_or_undefined(0).to_string(context)?;
    State::of(context).slot::<Title>().0.replace(Some(title));
    Ok(JsValue::undefined())
}

#[derive(Default)]
struct Title(std::cell::RefCell<Option<JsString>>);
