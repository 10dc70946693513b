//! The words after `ouro-bench loop`.

use std::path::PathBuf;

use crate::{Result, words::Words};

pub const HELP: &str = "\
Usage: cargo run --release -p ouro-bench -- loop [WORKLOAD…|all] [options]

Measures ouro-loop and ouro-threadpool beside libuv, in turns. libuv comes with its headers
(apt-get install libuv1-dev), found by pkg-config: PKG_CONFIG_PATH and LD_LIBRARY_PATH
choose another one. Without it Ouro is measured alone.

  --runs N      rounds for each workload (default 5)
  --quick       fewer operations and rounds: a look, not a figure
  --markdown    print the table as Markdown
  --json FILE   write every sample to a file

Workloads:
";

/// What was asked for.
#[derive(Debug, Default)]
pub struct Options {
    /// Names; none means all.
    pub workloads: Vec<String>,
    pub runs: Option<usize>,
    pub quick: bool,
    pub markdown: bool,
    pub json: Option<PathBuf>,
    pub help: bool,
}

/// Reads the words.
///
/// # Errors
/// An option that isn't one, or a value that is missing or no number.
pub fn parse(words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options::default();
    let mut words = Words::new(words, HELP);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => options.runs = Some(words.number(&word, "rounds")?),
            "--quick" => options.quick = true,
            "--markdown" => options.markdown = true,
            "--json" => options.json = Some(words.argument(&word)?.into()),
            "-h" | "--help" => options.help = true,
            "all" => {}
            _ => options.workloads.push(words.name(word)?),
        }
    }
    Ok(options)
}
