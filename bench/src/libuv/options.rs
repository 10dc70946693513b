//! The words after `ouro-bench loop`.

use std::path::PathBuf;

use crate::{Error, Result};

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
pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let mut value = || {
            let missing = || Error::Usage(format!("{word} requires an argument\n\n{HELP}"));
            words.next().ok_or_else(missing)
        };
        match word.as_str() {
            "--runs" => {
                let text = value()?;
                let runs = text.parse().ok().filter(|runs| *runs > 0);
                let wrong = || Error::Usage(format!("--runs {text}: not a number of rounds"));
                options.runs = Some(runs.ok_or_else(wrong)?);
            }
            "--quick" => options.quick = true,
            "--markdown" => options.markdown = true,
            "--json" => options.json = Some(value()?.into()),
            "-h" | "--help" => options.help = true,
            "all" => {}
            _ if word.starts_with('-') => {
                return Err(Error::Usage(format!("bad option: {word}\n\n{HELP}")));
            }
            _ => options.workloads.push(word),
        }
    }
    Ok(options)
}
