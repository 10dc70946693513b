//! The options of the command line: each is one item with its name, its help and what it does.
//!
//! Reference: <https://nodejs.org/docs/latest-v24.x/api/cli.html>

use crate::{Options, rejections::Mode};

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    pub options: Options,
    /// `-e` or `-p`.
    pub eval: Option<String>,
    /// `-p`: print the result of the evaluation.
    pub print: bool,
    /// `-c`: only check the syntax.
    pub check: bool,
    /// `-r`: modules to load before the main one.
    pub require: Vec<String>,
    /// `--import`: ES modules to load before the main one.
    pub import: Vec<String>,
    /// `--input-type`: how to read `-e` and standard input.
    pub input_type: Option<InputType>,
    /// `--env-file` and `--env-file-if-exists`, with whether it must exist.
    pub env_files: Vec<(String, bool)>,
    /// `--parsed-bytes`.
    pub parsed_bytes: bool,
    /// `-h`.
    pub help: bool,
    /// `-v`.
    pub version: bool,
    /// `-i`.
    pub interactive: bool,
    /// The script, `-` for standard input.
    pub script: Option<String>,
    /// What follows the script.
    pub args: Vec<String>,
    /// Options that are known and have no effect here.
    pub without_effect: Vec<String>,
}

/// How to read a program that has no file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputType {
    CommonJs,
    Module,
}

/// A command line that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    #[error("bad option: {0}")]
    Unknown(String),
    #[error("{0} requires an argument")]
    MissingValue(String),
    #[error("{0} is not allowed in NODE_OPTIONS")]
    NotInEnvironment(String),
    #[error("invalid value for NODE_OPTIONS ({0})")]
    Environment(&'static str),
    #[error("{0}")]
    Invalid(String),
}

enum Apply {
    /// Takes no value; gets whether it was given plainly (true) or as `--no-…` (false).
    Switch(fn(&mut Invocation, bool)),
    /// Takes a value.
    Value(fn(&mut Invocation, String) -> Result<(), String>),
}

struct Flag {
    name: &'static str,
    short: &'static str,
    value: &'static str,
    help: &'static str,
    in_environment: bool,
    apply: Apply,
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

const FLAGS: &[Flag] = &[
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
        "interactive",
        "i",
        "the REPL, which isn't there yet",
        false,
        |run, on| run.interactive = on,
    ),
    switch(
        "parsed-bytes",
        "",
        "at exit, print the internal script that was parsed",
        false,
        |run, on| {
            run.parsed_bytes = on;
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
const WITHOUT_EFFECT: &[&str] = &[
    "abort-on-uncaught-exception",
    "allow-natives-syntax",
    "enable-source-maps",
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
    "insecure-http-parser",
    "inspect",
    "interpreted-frames-native-stack",
    "jitless",
    "js-float16array",
    "max-heap-size",
    "max-http-header-size",
    "max-lazy",
    "max-old-space-size",
    "max-semi-space-size",
    "min-semi-space-size",
    "minor-gc",
    "network-family-auto",
    "node-memory-debug",
    "node-snapshot",
    "openssl-",
    "opt",
    "perf-",
    "random-seed",
    "report-",
    "rehash-snapshot",
    "security-revert",
    "single-threaded",
    "sparkplug",
    "stack-size",
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
    "dns-result-order",
    "addons",
    "global-search-paths",
    "localstorage-file",
    "webstorage",
    "expose-externalize-string",
    "log",
    "prof",
];

/// The names of the options that `NODE_OPTIONS` may hold.
pub fn allowed_in_environment() -> impl Iterator<Item = String> {
    FLAGS
        .iter()
        .filter(|flag| flag.in_environment)
        .flat_map(|flag| {
            let short = (!flag.short.is_empty()).then(|| format!("-{}", flag.short));
            std::iter::once(format!("--{}", flag.name)).chain(short)
        })
}

/// Reads a command line without the name of the program, after what `NODE_OPTIONS` holds.
///
/// # Errors
/// The first option that can't be.
pub fn parse(
    args: impl IntoIterator<Item = String>,
    node_options: Option<&str>,
) -> Result<Invocation, FlagError> {
    let mut run = Invocation::default();
    if let Some(text) = node_options {
        let words = split_words(text)?;
        let rest = read(&mut run, words.into_iter(), true)?;
        if let Some(word) = rest.first() {
            return Err(FlagError::NotInEnvironment(word.clone()));
        }
    }
    let all: Vec<String> = args.into_iter().collect();
    let rest = read(&mut run, all.iter().cloned(), false)?;
    let given = all.len() - rest.len();
    run.options.exec_args = all[..given].to_vec();
    let mut rest = rest.into_iter();
    if run
        .options
        .exec_args
        .last()
        .is_some_and(|last| last == "--")
    {
        run.options.exec_args.pop();
    }
    if run.eval.is_none() || run.check {
        run.script = rest.next();
    }
    run.args = rest.collect();
    Ok(run)
}

/// Applies options up to the first word that is none; returns that word and all after it.
fn read(
    run: &mut Invocation,
    words: impl Iterator<Item = String>,
    environment: bool,
) -> Result<Vec<String>, FlagError> {
    let mut words = words.peekable();
    while let Some(word) = words.peek() {
        if word == "--" {
            words.next();
            break;
        }
        if word == "-" || !word.starts_with('-') {
            break;
        }
        let Some(word) = words.next() else { break };
        let (name, given) = match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => {
                (name.to_owned(), Some(value.to_owned()))
            }
            _ => (word.clone(), None),
        };
        // `-pe` is `-p -e`: one script, printed.
        if name == "-pe" || name == "-ep" {
            let text = words
                .next()
                .ok_or_else(|| FlagError::MissingValue(name.clone()))?;
            run.eval = Some(text);
            run.print = true;
            continue;
        }
        let Some((flag, on)) = find(&name) else {
            if has_no_effect(&name) {
                run.without_effect.push(word);
                continue;
            }
            return Err(FlagError::Unknown(word));
        };
        if environment && !flag.in_environment {
            return Err(FlagError::NotInEnvironment(name));
        }
        match &flag.apply {
            Apply::Switch(apply) => apply(run, on),
            Apply::Value(apply) => {
                let value = match given {
                    Some(value) => value,
                    None => words
                        .next()
                        .ok_or_else(|| FlagError::MissingValue(name.clone()))?,
                };
                apply(run, value).map_err(FlagError::Invalid)?;
            }
        }
    }
    Ok(words.collect())
}

fn find(word: &str) -> Option<(&'static Flag, bool)> {
    let Some(long) = word.strip_prefix("--") else {
        let short = word.strip_prefix('-')?;
        let flag = FLAGS
            .iter()
            .find(|flag| !flag.short.is_empty() && flag.short == short)?;
        return Some((flag, true));
    };
    let long = long.replace('_', "-");
    if let Some(flag) = FLAGS.iter().find(|flag| flag.name == long) {
        return Some((flag, true));
    }
    let plain = long.strip_prefix("no-")?;
    let flag = FLAGS.iter().find(|flag| flag.name == plain)?;
    matches!(flag.apply, Apply::Switch(_)).then_some((flag, false))
}

fn has_no_effect(name: &str) -> bool {
    let Some(long) = name.strip_prefix("--") else {
        return false;
    };
    let long = long.replace('_', "-");
    let plain = long.strip_prefix("no-").unwrap_or(&long);
    WITHOUT_EFFECT.iter().any(|known| plain.starts_with(known))
}

/// Splits `NODE_OPTIONS` at spaces; double quotes hold words together, a backslash in them takes the next character as
/// it is.
fn split_words(text: &str) -> Result<Vec<String>, FlagError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => match letters.next() {
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err(FlagError::Environment("invalid escape")),
            },
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    if quoted {
        return Err(FlagError::Environment("unterminated string"));
    }
    words.extend(word);
    Ok(words)
}

/// The text of `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "Usage: ouro [options] [ script.js ] [arguments]\n       ouro [options] -e script [arguments]\n\n\
         A script is read from standard input when none is named, or for `-`.\n\nOptions:\n",
    );
    for flag in FLAGS {
        let short = if flag.short.is_empty() {
            "    ".to_owned()
        } else {
            format!("-{}, ", flag.short)
        };
        let name = format!("{short}--{}{}", flag.name, flag.value);
        text.push_str(&format!("  {name:<34}{}\n", flag.help));
    }
    text.push_str(
        "\nEnvironment variables:\n  \
         NODE_OPTIONS                      options, before those of the command line\n  \
         NODE_PATH                         folders in which modules are looked up last\n  \
         NODE_NO_WARNINGS                  1 silences process warnings\n  \
         UV_THREADPOOL_SIZE                threads of the pool, 1 to 1024 (default 4)\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &[&str]) -> Result<Invocation, FlagError> {
        parse(line.iter().map(|word| (*word).to_owned()), None)
    }

    #[test]
    fn options_end_at_the_script() {
        let run = read_line(&["--no-warnings", "a.js", "-e", "--", "b"]).unwrap();
        assert_eq!(run.script.as_deref(), Some("a.js"));
        assert_eq!(run.args, ["-e", "--", "b"]);
        assert_eq!(run.options.exec_args, ["--no-warnings"]);
        assert!(!run.options.warnings);
    }

    #[test]
    fn two_dashes_end_the_options() {
        let run = read_line(&["--expose_gc", "--", "-script", "x"]).unwrap();
        assert_eq!(run.script.as_deref(), Some("-script"));
        assert!(run.options.expose_gc);
        assert_eq!(run.options.exec_args, ["--expose_gc"]);
    }

    #[test]
    fn eval_leaves_all_words_to_the_script() {
        let run = read_line(&["-p", "1", "a", "b"]).unwrap();
        assert_eq!((run.eval.as_deref(), run.print), (Some("1"), true));
        assert_eq!(
            (run.script, run.args),
            (None, vec!["a".to_owned(), "b".to_owned()])
        );
    }

    #[test]
    fn values_stand_behind_a_space_or_an_equals_sign() {
        for line in [
            &["--stack-trace-limit=3", "x"][..],
            &["--stack-trace-limit", "3", "x"][..],
        ] {
            assert_eq!(read_line(line).unwrap().options.stack_trace_limit, 3);
        }
        assert_eq!(
            read_line(&["-r"]).unwrap_err(),
            FlagError::MissingValue("-r".into())
        );
    }

    #[test]
    fn unknown_options_are_errors_and_foreign_ones_are_named() {
        assert_eq!(
            read_line(&["--nope"]).unwrap_err(),
            FlagError::Unknown("--nope".into())
        );
        let run = read_line(&["--max-old-space-size=100", "--harmony_x", "a.js"]).unwrap();
        assert_eq!(
            run.without_effect,
            ["--max-old-space-size=100", "--harmony_x"]
        );
    }

    #[test]
    fn the_environment_holds_only_what_it_may() {
        let parsed = |text| parse(["a.js".to_owned()], Some(text));
        assert_eq!(
            parsed("-r \"./a b.js\" --no-deprecation").unwrap().require,
            ["./a b.js"]
        );
        assert_eq!(
            parsed("-e 1").unwrap_err(),
            FlagError::NotInEnvironment("-e".into())
        );
        assert_eq!(
            parsed("x.js").unwrap_err(),
            FlagError::NotInEnvironment("x.js".into())
        );
        assert_eq!(
            parsed("-r \"a").unwrap_err(),
            FlagError::Environment("unterminated string")
        );
    }
}
