//! Node's modules: one folder each, the Rust half and the JavaScript half side by side.

pub mod arguments;
mod assert;
pub mod async_hooks;
pub mod buffer;
pub mod child_process;
pub mod console;
pub mod crypto;
pub mod dgram;
pub mod dns;
pub mod domain;
pub mod errors;
pub mod events;
pub mod fs;
pub mod http;
pub mod module;
pub mod net;
pub mod os;
pub mod path;
pub mod perf_hooks;
pub mod process;
pub mod readline;
pub mod stream;
pub mod string_decoder;
pub mod task_queue;
pub mod timers;
pub mod types;
pub mod url;
pub mod util;
pub mod v8;
pub mod vm;
pub mod worker_threads;
pub mod zlib;

use boa_engine::{Context, JsObject, JsResult, JsValue};

/// Makes a native half.
pub type MakeBinding = fn(&mut Context) -> JsResult<JsObject>;
/// Makes the exports of a module that has no script half.
pub type MakeExports = fn(&mut Context) -> JsResult<JsValue>;

/// The native halves, by the name that script halves ask for.
pub const BINDINGS: &[(&str, MakeBinding)] = &[
    ("assert", assert::binding),
    ("async_context", async_hooks::binding),
    ("console", console::binding),
    ("crypto", crypto::binding),
    ("dgram", dgram::binding),
    ("dns", dns::binding),
    ("domain", domain::binding),
    ("buffer", buffer::binding),
    ("child_process", child_process::binding),
    ("errors", errors::binding),
    ("events", events::binding),
    ("http", http::binding),
    ("net", net::binding),
    ("validators", errors::validators::binding),
    ("perf_hooks", perf_hooks::binding),
    ("process", process::binding),
    ("readline", readline::binding),
    ("modules", crate::modules::binding),
    ("source_maps", module::binding),
    ("fs", fs::binding),
    ("stream", stream::binding),
    ("streams", crate::web::streams::binding),
    ("string_decoder", string_decoder::binding),
    ("structured_clone", crate::web::structured_clone::binding),
    ("task_queue", task_queue::binding),
    ("types", types::binding),
    ("url", url::binding),
    ("util", util::binding),
    ("v8", v8::binding),
    ("vm", vm::binding),
    ("worker_threads", worker_threads::binding),
    ("zlib", zlib::binding),
];

/// The modules that are all native, by id.
pub const NATIVE_MODULES: &[(&str, MakeExports)] = &[
    ("_http_agent", http::old_agent),
    ("_http_client", http::old_client),
    ("_http_common", http::old_common),
    ("_http_incoming", http::old_incoming),
    ("_http_outgoing", http::old_outgoing),
    ("_http_server", http::old_server),
    ("_stream_duplex", stream::old_duplex),
    ("_stream_passthrough", stream::old_passthrough),
    ("_stream_readable", stream::old_readable),
    ("_stream_transform", stream::old_transform),
    ("_stream_writable", stream::old_writable),
    ("buffer", buffer::exports),
    ("encoding", crate::web::encoding::exports),
    ("console", console::exports),
    ("crypto", crypto::exports),
    ("fs", fs::exports),
    ("fs/promises", fs::promises_exports),
    ("os", os::exports),
    ("path", path::exports),
    ("path/posix", path::posix_exports),
    ("path/win32", path::win32_exports),
    ("process", process::exports),
    ("sys", util::old_name),
    ("timers", timers::exports),
    ("url", url::exports),
];

/// The modules that user code may require, with or without `node:`. Sorted.
pub const PUBLIC_MODULES: &[&str] = &[
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "_stream_duplex",
    "_stream_passthrough",
    "_stream_readable",
    "_stream_transform",
    "_stream_writable",
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// The modules that user code reaches only with `node:`.
pub const SCHEME_ONLY_MODULES: &[&str] = &["sea", "sqlite", "test", "test/reporters"];

/// Called after a script half has loaded, for what the native side ties to it.
pub fn module_loaded(id: &str, exports: &JsValue, context: &mut Context) -> JsResult<()> {
    match id {
        "events" => {
            stream::readable::remember_emitter(exports, context)?;
            process::become_emitter(exports, context)?;
        }
        "stream/transform" => crypto::link_streams(context)?,
        _ => {}
    }
    Ok(())
}

/// Defines the globals. Nothing is loaded: what costs is an accessor until it is touched.
pub fn install_globals(context: &mut Context) -> JsResult<()> {
    timers::install(context)?;
    crate::web::dom_exception::install(context)?;
    crate::web::encoding::install(context)?;
    crate::web::install(context)?;
    crate::web::structured_clone::install(context)?;
    crate::web::url::install(context)?;
    buffer::install(context)?;
    crypto::install(context)?;
    task_queue::install(context)?;
    console::install(context)?;
    process::install(context)
}
