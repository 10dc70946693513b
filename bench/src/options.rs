//! The command line.

use std::path::PathBuf;

use crate::{Result, words::Words};

pub const HELP: &str = "\
Usage: cargo run --release -p ouro-bench -- [SCENARIO…|all] [options]
       cargo run --release -p ouro-bench -- pool [SCRIPT…] [options]
       cargo run --release -p ouro-bench -- loop [WORKLOAD…|all] [options]
       cargo run --release -p ouro-bench -- guard [NAME…] [--update]
       cargo run --release -p ouro-bench -- modules [NAME…]
       cargo run --release -p ouro-bench -- floor
       cargo run --release -p ouro-bench -- pgo

The same scripts under Ouro and the peers that are found, in turns.

  --runs N        rounds for each scenario (default 5)
  --quick         shorter and fewer rounds: a look, not a figure
  --only PEER     set Ouro beside this one only: node, jitless, deno, bun; or ouro alone. May be repeated
  --json FILE     write every sample to a file
  --svg DIR       draw what was measured: throughput and memory against connections, latencies, ratios, pool sizes
  --readme        put the table and the plots into README.md
  --ouro PATH     measure this program instead of a release build of the workspace
  --profile NAME  build Ouro with this profile (default release; dist is the one that is shipped)
  --node PATH     the Node.js to compare with, instead of that of bench/peers (npm ci there installs
                  Node.js, Deno and Bun)

Scenarios are the scripts in bench/scenarios. `pool` runs a script, or the workloads in bench/pool, at
UV_THREADPOOL_SIZE 1, 2, 4, … 128 under Ouro and Node.js. `loop` measures the event loop and the thread
pool beside libuv; `loop --help` says more. `guard` compares the instructions that hot paths
need with those that are checked in; `guard --help` says more. `modules` says what `require` of each
module costs; `modules --help` says more. `floor` says how much of an operation is the bare engine;
`floor --help` says more. `pgo` builds Ouro guided by how the scenarios run; `pgo --help` says more.
";

/// What was asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// Names of scenarios, or scripts; none means all.
    pub names: Vec<String>,
    pub runs: Option<usize>,
    pub quick: bool,
    /// Names of peers in small letters; none means all.
    pub only: Vec<String>,
    pub json: Option<PathBuf>,
    pub svg: Option<PathBuf>,
    pub readme: bool,
    pub ouro: Option<PathBuf>,
    pub profile: Option<String>,
    pub node: Option<PathBuf>,
    pub help: bool,
}

/// Reads the words after the program's name, or after `pool`.
///
/// # Errors
/// An option that isn't one, or a value that is missing or no number.
pub fn parse(words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options::default();
    let mut words = Words::new(words, HELP);
    while let Some(word) = words.next() {
        let mut value = || words.argument(&word);
        match word.as_str() {
            "--runs" => options.runs = Some(words.number(&word, "rounds")?),
            "--quick" => options.quick = true,
            "--only" => options.only.push(value()?.to_lowercase()),
            "--json" => options.json = Some(value()?.into()),
            "--svg" => options.svg = Some(value()?.into()),
            "--readme" => options.readme = true,
            "--ouro" => options.ouro = Some(value()?.into()),
            "--profile" => options.profile = Some(value()?),
            "--node" => options.node = Some(value()?.into()),
            "-h" | "--help" => options.help = true,
            "all" => {}
            _ => options.names.push(words.name(word)?),
        }
    }
    Ok(options)
}
