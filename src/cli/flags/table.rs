//! The options of the command line: each is one item with its name, its help and what it does.

use super::{InputType, Invocation};
use crate::rejections::Mode;

/// What an option does.
pub enum Apply {
    /// Takes no value; gets whether it was given plainly (true) or as `--no-…` (false).
    Switch(fn(&mut Invocation, bool)),
    /// Takes a value.
    Value(fn(&mut Invocation, String) -> Result<(), String>),
}

/// An option.
pub struct Flag {
    pub name: &'static str,
    pub short: &'static str,
    pub value: &'static str,
    pub help: &'static str,
    pub in_environment: bool,
    pub apply: Apply,
}

const fn switch(
    name: &'static str,
    short: &'static str,
    help: &'static str,
    in_environment: bool,
    apply: fn(&mut Invocation, bool),
) -> Flag {
    Flag {
        name,
        short,
        value: "",
        help,
        in_environment,
        apply: Apply::Switch(apply),
    }
}

const fn value(
    name: &'static str,
    short: &'static str,
    value: &'static str,
    help: &'static str,
    in_environment: bool,
    apply: fn(&mut Invocation, String) -> Result<(), String>,
) -> Flag {
    Flag {
        name,
        short,
        value,
        help,
        in_environment,
        apply: Apply::Value(apply),
    }
}

/// All options that mean something here.
pub const FLAGS: &[Flag] = &[
    switch(
        "check",
        "c",
        "syntax check a script without running it",
        false,
        |run, on| run.check = on,
    ),
    value(
        "conditions",
        "C",
        "=...",
        "more conditions for package exports and imports",
        true,
        |run, text| {
            run.options.conditions.push(text);
            Ok(())
        },
    ),
    switch(
        "deprecation",
        "",
        "print deprecation warnings (default)",
        true,
        |run, on| {
            run.options.deprecation = on;
        },
    ),
    value(
        "disable-warning",
        "",
        "=...",
        "silence warnings of a code or a type",
        true,
        |run, text| {
            run.options.disabled_warnings.push(text);
            Ok(())
        },
    ),
    value(
        "redirect-warnings",
        "",
        "=...",
        "write warnings to a file",
        true,
        |run, text| {
            run.options.redirect_warnings = Some(text);
            Ok(())
        },
    ),
    switch(
        "enable-source-maps",
        "",
        "let module.findSourceMap find the maps of modules (stacks don't follow them)",
        true,
        |run, on| run.options.source_maps = on,
    ),
    switch(
        "disallow-code-generation-from-strings",
        "",
        "eval and new Function throw an EvalError",
        true,
        |run, on| run.options.code_from_strings = !on,
    ),
    value(
        "env-file",
        "",
        "=...",
        "set environment variables from a file",
        false,
        |run, text| {
            run.env_files.push((text, true));
            Ok(())
        },
    ),
    value(
        "env-file-if-exists",
        "",
        "=...",
        "the same, if the file exists",
        false,
        |run, text| {
            run.env_files.push((text, false));
            Ok(())
        },
    ),
    value(
        "eval",
        "e",
        "=...",
        "evaluate a script",
        false,
        |run, text| {
            run.eval = Some(text);
            Ok(())
        },
    ),
    switch(
        "expose-gc",
        "",
        "a global function gc()",
        true,
        |run, on| run.options.expose_gc = on,
    ),
    switch("help", "h", "print this help", false, |run, on| {
        run.help = on
    }),
    value(
        "import",
        "",
        "=...",
        "an ES module to load before the main one",
        true,
        |run, text| {
            run.import.push(text);
            Ok(())
        },
    ),
    value(
        "input-type",
        "",
        "=...",
        "commonjs or module, for -e and standard input",
        false,
        |run, text| {
            run.input_type = Some(match text.as_str() {
                "commonjs" => InputType::CommonJs,
                "module" => InputType::Module,
                _ => return Err("--input-type must be \"module\" or \"commonjs\"".to_owned()),
            });
            Ok(())
        },
    ),
    switch(
        "insecure-http-parser",
        "",
        "let through what HTTP forbids in header values",
        true,
        |run, on| run.options.insecure_http_parser = on,
    ),
    switch(
        "interactive",
        "i",
        "the REPL, which isn't there yet",
        false,
        |run, on| run.interactive = on,
    ),
    value(
        "max-http-header-size",
        "",
        "=...",
        "bytes of HTTP headers (default 16384)",
        true,
        |run, text| {
            run.options.max_http_header_size = text
                .parse()
                .map_err(|_| format!("--max-http-header-size must be a number, not {text}"))?;
            Ok(())
        },
    ),
    switch(
        "network-family-autoselection",
        "",
        "try each address that a host has (default)",
        true,
        |run, on| run.options.network_family_autoselection = on,
    ),
    value(
        "network-family-autoselection-attempt-timeout",
        "",
        "=...",
        "milliseconds for each address (default 250)",
        true,
        |run, text| {
            run.options.network_family_attempt_timeout = text.parse().map_err(|_| {
                format!(
                    "--network-family-autoselection-attempt-timeout must be a number, not {text}"
                )
            })?;
            Ok(())
        },
    ),
    switch(
        "parsed-bytes",
        "",
        "at exit, print the internal script that was parsed, and how long it took to define the globals",
        false,
        |run, on| {
            run.parsed_bytes = on;
        },
    ),
    switch(
        "pool-stats",
        "",
        "at exit, print what the thread pool did, and which size would have been right",
        true,
        |run, on| {
            run.options.pool_stats = on;
        },
    ),
    switch(
        "http-figures",
        "",
        "at exit, print how often requests were served the quick way",
        true,
        |run, on| {
            run.options.http_figures = on;
        },
    ),
    value(
        "slow-turn",
        "",
        "=MS",
        "print the callbacks of the loop that took longer, and who scheduled them",
        true,
        |run, text| {
            let limit: f64 = text.parse().unwrap_or(-1.0);
            let limit = std::time::Duration::try_from_secs_f64(limit / 1e3);
            let limit =
                limit.map_err(|_| format!("--slow-turn must be milliseconds, not {text}"))?;
            run.options.slow_turn = Some(limit);
            Ok(())
        },
    ),
    switch(
        "experimental-vm-modules",
        "",
        "vm.SourceTextModule and vm.SyntheticModule are there",
        true,
        |run, on| {
            run.options.experimental_vm_modules = on;
        },
    ),
    switch(
        "pending-deprecation",
        "",
        "print pending deprecation warnings",
        true,
        |run, on| {
            run.options.pending_deprecation = on;
        },
    ),
    switch(
        "preserve-symlinks",
        "",
        "modules keep the paths of their links",
        true,
        |run, on| {
            run.options.preserve_symlinks = on;
        },
    ),
    switch(
        "preserve-symlinks-main",
        "",
        "so does the main module",
        true,
        |run, on| {
            run.options.preserve_symlinks_main = on;
        },
    ),
    value(
        "print",
        "p",
        "=...",
        "evaluate a script and print its result",
        false,
        |run, text| {
            run.eval = Some(text);
            run.print = true;
            Ok(())
        },
    ),
    value(
        "require",
        "r",
        "=...",
        "a module to load before the main one",
        true,
        |run, text| {
            run.require.push(text);
            Ok(())
        },
    ),
    value(
        "dns-result-order",
        "",
        "=...",
        "order of dns.lookup: verbatim, ipv4first or ipv6first",
        true,
        |run, text| {
            if !matches!(text.as_str(), "verbatim" | "ipv4first" | "ipv6first") {
                return Err(format!("invalid value for --dns-result-order: {text}"));
            }
            run.options.dns_result_order = text;
            Ok(())
        },
    ),
    value(
        "stack-trace-limit",
        "",
        "=...",
        "frames in a stack trace (default 10)",
        true,
        |run, text| {
            run.options.stack_trace_limit = text
                .parse()
                .map_err(|_| format!("--stack-trace-limit must be a number, not {text}"))?;
            Ok(())
        },
    ),
    switch(
        "require-module",
        "",
        "let require load ES modules (default)",
        true,
        |run, on| run.options.require_module = on,
    ),
    switch(
        "experimental-require-module",
        "",
        "the same",
        true,
        |run, on| run.options.require_module = on,
    ),
    switch(
        "throw-deprecation",
        "",
        "throw deprecation warnings",
        true,
        |run, on| {
            run.options.throw_deprecation = on;
        },
    ),
    value("title", "", "=...", "process.title", true, |run, text| {
        run.options.title = Some(text);
        Ok(())
    }),
    switch(
        "trace-deprecation",
        "",
        "deprecation warnings with their stack",
        true,
        |run, on| {
            run.options.trace_deprecation = on;
        },
    ),
    switch(
        "trace-warnings",
        "",
        "warnings with their stack",
        true,
        |run, on| {
            run.options.trace_warnings = on;
        },
    ),
    value(
        "unhandled-rejections",
        "",
        "=...",
        "throw (default), strict, warn, warn-with-error-code or none",
        true,
        |run, text| {
            run.options.unhandled_rejections = match text.as_str() {
                "throw" => Mode::Throw,
                "strict" => Mode::Strict,
                "warn" => Mode::Warn,
                "warn-with-error-code" => Mode::WarnWithErrorCode,
                "none" => Mode::None,
                _ => return Err(format!("invalid value for --unhandled-rejections: {text}")),
            };
            Ok(())
        },
    ),
    value(
        "security-revert",
        "",
        "=...",
        "undo the mend of a CVE; there is none to undo",
        false,
        |run, text| {
            run.security_reverts.push(text);
            Ok(())
        },
    ),
    switch("version", "v", "print the version", false, |run, on| {
        run.version = on
    }),
    switch(
        "warnings",
        "",
        "print process warnings (default)",
        true,
        |run, on| run.options.warnings = on,
    ),
];

/// Options of V8 and of parts of Node.js that don't exist here, by their beginnings. They are accepted, so that command
/// lines written for Node.js work, and named in a warning.
pub const WITHOUT_EFFECT: &[&str] = &[
    "abort-on-uncaught-exception",
    "allow-natives-syntax",
    "concurrent-",
    "debug-arraybuffer-allocations",
    "es-module-specifier-resolution",
    "experimental-",
    "force-node-api-uncaught-exceptions-policy",
    "frozen-intrinsics",
    "gc-global",
    "gc-interval",
    "harmony",
    "heap-",
    "heapsnapshot-",
    "huge-max-old-generation-size",
    "icu-data-dir",
    "inspect",
    "interpreted-frames-native-stack",
    "jitless",
    "js-float16array",
    "max-heap-size",
    "max-lazy",
    "max-old-space-size",
    "max-semi-space-size",
    "min-semi-space-size",
    "minor-gc",
    "node-memory-debug",
    "node-snapshot",
    "openssl-",
    "opt",
    "perf-",
    "predictable-gc-schedule",
    "random-seed",
    "report-",
    "rehash-snapshot",
    "single-threaded",
    "sparkplug",
    "stack-size",
    "stress-compaction",
    "tls-",
    "trace-",
    "turbo",
    "turbofan",
    "use-bundled-ca",
    "use-openssl-ca",
    "use-system-ca",
    "v8-pool-size",
    "verify-base-objects",
    "wasm",
    "zero-fill-buffers",
    "always-",
    "async-context-frame",
    "deopt",
    "verify-heap",
    "addons",
    "global-search-paths",
    "localstorage-file",
    "webstorage",
    "expose-externalize-string",
    "log",
    "prof",
];

/// Those of [`WITHOUT_EFFECT`] whose value may be the next word.
pub const VALUES_WITHOUT_EFFECT: &[&str] = &[
    "experimental-loader",
    "heap-prof-dir",
    "heap-prof-interval",
    "heap-prof-name",
    "heapsnapshot-signal",
    "icu-data-dir",
    "inspect-port",
    "localstorage-file",
    "openssl-config",
    "report-dir",
    "report-directory",
    "report-filename",
    "report-signal",
    "tls-cipher-list",
    "tls-keylog",
    "trace-event-categories",
    "trace-event-file-pattern",
    "v8-pool-size",
];

/// Those of [`WITHOUT_EFFECT`] that Node.js names as allowed in `NODE_OPTIONS`, whole.
pub const IGNORED_IN_ENVIRONMENT: &[&str] = &[
    "abort-on-uncaught-exception",
    "addons",
    "async-context-frame",
    "debug-arraybuffer-allocations",
    "experimental-loader",
    "force-node-api-uncaught-exceptions-policy",
    "frozen-intrinsics",
    "global-search-paths",
    "heapsnapshot-near-heap-limit",
    "heapsnapshot-signal",
    "icu-data-dir",
    "interpreted-frames-native-stack",
    "jitless",
    "localstorage-file",
    "max-heap-size",
    "max-old-space-size",
    "max-semi-space-size",
    "node-memory-debug",
    "node-snapshot",
    "openssl-config",
    "openssl-legacy-provider",
    "openssl-shared-config",
    "perf-basic-prof",
    "perf-basic-prof-only-functions",
    "perf-prof",
    "perf-prof-unwinding-info",
    "report-compact",
    "report-dir",
    "report-directory",
    "report-filename",
    "report-on-fatalerror",
    "report-on-signal",
    "report-signal",
    "report-uncaught-exception",
    "tls-cipher-list",
    "tls-keylog",
    "trace-event-categories",
    "trace-event-file-pattern",
    "trace-exit",
    "trace-sigint",
    "trace-sync-io",
    "trace-tls",
    "trace-uncaught",
    "use-bundled-ca",
    "use-openssl-ca",
    "use-system-ca",
    "v8-pool-size",
    "verify-base-objects",
    "zero-fill-buffers",
];
