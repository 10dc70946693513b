//! The command line.

mod env_file;
pub mod flags;

use std::path::Path;

use crate::{Options, Runtime, modules, on_script_thread, runtime::fatal};

/// Runs the program; returns its exit code.
pub fn main() -> i32 {
    match on_script_thread(run) {
        Ok(code) => code,
        Err(error) => {
            fatal::write_error(&format!("ouro: cannot start the script thread: {error}\n"));
            fatal::exit::UNCAUGHT
        }
    }
}

fn run() -> i32 {
    let mut args = std::env::args().skip(1);
    let Some(script) = args.next() else {
        fatal::write_error("ouro: no script given\n");
        return fatal::exit::INVALID_ARGUMENT;
    };
    let path = std::path::absolute(&script).unwrap_or_else(|_| script.clone().into());
    let mut all = vec![path.to_string_lossy().into_owned()];
    all.extend(args);
    let options = Options {
        args: all,
        owns_process: true,
        ..Options::default()
    };
    let mut runtime = match Runtime::builder().options(options).build() {
        Ok(runtime) => runtime,
        Err(error) => {
            fatal::write_error(&format!("ouro: {error}\n"));
            return fatal::exit::UNCAUGHT;
        }
    };
    let path: &Path = &path;
    runtime.enter(|context| modules::run_main(path, context));
    runtime.run()
}
