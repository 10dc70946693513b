//! The command line: reads it, builds a Runtime, runs what it names, answers with the exit code.
//!
//! Behaviour: <https://nodejs.org/docs/latest-v24.x/api/cli.html>

pub mod flags;

use std::{
    io::{IsTerminal, Read},
    path::Path,
};

use boa_engine::{Context, JsResult, JsValue, builtins::promise::PromiseState, js_string};
use flags::{FlagError, InputType, Invocation};

use crate::{
    Runtime,
    engine::registry,
    modules,
    node::{child_process, http, util},
    on_script_thread,
    runtime::{
        State,
        fatal::{self, exit},
        pool_stats,
    },
};

/// Runs the program; returns its exit code.
pub fn main() -> i32 {
    crate::sys::restore_signals();
    let node_options = std::env::var("NODE_OPTIONS").ok();
    let run = match flags::parse(std::env::args().skip(1), node_options.as_deref()) {
        Ok(run) => run,
        Err(error) => return refuse_line(&error),
    };
    if run.help {
        return print(&flags::help());
    }
    if run.version {
        return print(&format!("ouro v{}\n", env!("CARGO_PKG_VERSION")));
    }
    match on_script_thread(move || start(run)) {
        Ok(code) => code,
        Err(error) => refuse(
            &format!("cannot start the script thread: {error}"),
            exit::UNCAUGHT,
        ),
    }
}

/// Says what is wrong with the command line, with the program named as it was called.
fn refuse_line(error: &FlagError) -> i32 {
    let program = std::env::args().next();
    let program = program.as_deref().unwrap_or("ouro");
    fatal::write_error(&format!("{program}: {error}\n"));
    error.exit_code()
}

fn refuse(why: &str, code: i32) -> i32 {
    fatal::write_error(&format!("ouro: {why}\n"));
    code
}

/// Prints to standard output, where a reader that has gone is no error.
fn print(text: &str) -> i32 {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
    0
}

/// What to run.
enum Program {
    /// A path, made absolute.
    File(String),
    /// Source text from the command line or from standard input, and its name in stack traces.
    Text(String, &'static str),
}

fn start(mut run: Invocation) -> i32 {
    let program = match program(&run) {
        Ok(program) => program,
        Err(error) => return refuse(&error, exit::INVALID_ARGUMENT),
    };
    if let Err(error) = read_env_files(&mut run) {
        return refuse(&error, exit::INVALID_ARGUMENT);
    }
    if run.options.warnings {
        for option in &run.without_effect {
            refuse(&format!("warning: {option} has no effect here"), 0);
        }
    }
    let mut args = std::mem::take(&mut run.args);
    match &program {
        Program::File(path) => args.insert(0, path.clone()),
        Program::Text(_, "[stdin]") if run.script.is_some() => args.insert(0, "-".to_owned()),
        Program::Text(..) => {}
    }
    run.options.args = args;
    run.options.owns_process = true;
    let mut runtime = match Runtime::builder().options(run.options.clone()).build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&error.to_string(), exit::UNCAUGHT),
    };
    if run.check {
        return check(&program, &mut runtime);
    }
    runtime.enter(child_process::adopt_from_parent);
    runtime.enter(|context| modules::preload(&run.require, context));
    import(&run.import, &mut runtime);
    runtime.enter(|context| execute(&program, &run, context));
    let code = runtime.run();
    if run.parsed_bytes {
        report_parsed_bytes(runtime.context());
    }
    let state = State::of(runtime.context());
    pool_stats::report(&state);
    http::figures::report(&state);
    // What the runtime still holds goes with the process; tearing it down piece by piece would only take time.
    fatal::leave(code)
}

/// `--import`: the main module waits until these have been evaluated.
fn import(requests: &[String], runtime: &mut Runtime) {
    if requests.is_empty() {
        return;
    }
    let mut started = None;
    runtime.enter(|context| {
        started = Some(modules::preload_imports(requests, context)?);
        Ok(())
    });
    if let Some(promise) = started {
        runtime.run_while(|| promise.state() == PromiseState::Pending);
    }
}

fn program(run: &Invocation) -> Result<Program, String> {
    if let Some(text) = &run.eval {
        return Ok(Program::Text(text.clone(), "[eval]"));
    }
    match run.script.as_deref() {
        Some("-") => read_standard_input(),
        Some(script) => {
            let path = std::path::absolute(script).map_err(|error| format!("{script}: {error}"))?;
            Ok(Program::File(path.to_string_lossy().into_owned()))
        }
        None if run.interactive || std::io::stdin().is_terminal() => Err(
            "the REPL is not supported yet: name a script, or use -e (ouro --help lists the options)".to_owned(),
        ),
        None => read_standard_input(),
    }
}

fn read_standard_input() -> Result<Program, String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| format!("standard input: {error}"))?;
    Ok(Program::Text(text, "[stdin]"))
}

fn read_env_files(run: &mut Invocation) -> Result<(), String> {
    for (path, required) in &run.env_files {
        match std::fs::read_to_string(path) {
            Ok(text) => run.options.env_file.extend(util::env_entries(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(format!("{path}: not found"));
            }
            Err(error) => return Err(format!("{path}: {error}")),
        }
    }
    Ok(())
}

fn execute(program: &Program, run: &Invocation, context: &mut Context) -> JsResult<()> {
    let (text, name) = match program {
        Program::File(path) => return modules::start_main(Path::new(path), context),
        Program::Text(text, name) => (text, name),
    };
    if run.eval.is_some() {
        modules::define_builtin_globals(context)?;
    }
    if run.input_type == Some(InputType::Module) {
        return modules::run_eval_module(text, context);
    }
    let value = modules::run_eval(text, name, context)?;
    if run.print {
        print_value(value, context)
    } else {
        Ok(())
    }
}

/// `-p`: what `console.log` prints of a value.
fn print_value(value: JsValue, context: &mut Context) -> JsResult<()> {
    let console = registry::require("console", context)?.to_object(context)?;
    let log = console.get(js_string!("log"), context)?;
    match log.as_callable() {
        Some(log) => log.call(&console.into(), &[value], context).map(drop),
        None => Ok(()),
    }
}

fn check(program: &Program, runtime: &mut Runtime) -> i32 {
    runtime.enter(|context| match program {
        Program::File(path) => modules::check_file(Path::new(path), context),
        Program::Text(text, name) => modules::check_text(text, name, context),
    });
    runtime.exit_code().unwrap_or(0)
}

/// `--parsed-bytes`: the script halves that were parsed, one a line, and their sum; what it took to define the globals.
fn report_parsed_bytes(context: &mut Context) {
    let state = State::of(context);
    let parsed = state.registry.parsed();
    let mut text = String::new();
    for (id, bytes) in &parsed {
        text.push_str(&format!("{bytes:>7} {id}\n"));
    }
    let sum: usize = parsed.iter().map(|(_, bytes)| bytes).sum();
    fatal::write_error(&format!("{text}{sum:>7} bytes of internal script parsed\n"));
    let globals = state.registry.globals_took().as_secs_f64() * 1e3;
    fatal::write_error(&format!("{globals:>7.3} ms to define the globals\n"));
}
