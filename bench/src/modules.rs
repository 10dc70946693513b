//! `ouro-bench modules`: what `require` of each public module costs, and what the globals cost that nobody touches.
//!
//! Bytes are those of internal script that `require` makes the runtime parse (`--parsed-bytes`). Time is processor time of
//! the process, taken before and after `require` inside of it: that leaves out the start, whose own noise is larger than
//! what most modules cost, and the waiting of a busy machine. Each run is a fresh process, so that all of it is cold.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, Result, number::grouped, peers, report::Spread, words::Words};

const HELP: &str = "\
Usage: cargo run --release -p ouro-bench -- modules [NAME…] [options]

What `require` of each public module costs in a fresh process: bytes of internal script that
it parses, and processor time. And the time to define the globals, which load nothing until
they are touched. On an idle machine and a release build no module should cost over 12 ms,
nor all globals together over 1 ms; what does is named. Only bytes are a failure:
none may parse over 64 KB.

  --runs N        processes for each module (default 7)
  --ouro PATH     measure this program
  --profile NAME  build Ouro with this profile (default release)
";

/// Bytes that a module may parse.
const MOST_BYTES: u64 = 64 * 1024;
/// What a module should cost at most, in a release build.
const MOST_MS: f64 = 12.0;
/// What defining all globals should cost at most, in a release build.
const MOST_MS_OF_GLOBALS: f64 = 1.0;

const LIST: &str = "console.log(require('module').builtinModules.join('\\n'));";
const BYTES: &str = "require(process.argv[2]);";
/// The first call of all that is called is not the one that counts.
const TIME: &str = "\
const name = process.argv[2];
process.cpuUsage(process.cpuUsage());
const before = process.cpuUsage();
require(name);
const { user, system } = process.cpuUsage(before);
console.log(user + system);
";

/// What was asked for.
#[derive(Debug, Default)]
struct Options {
    names: Vec<String>,
    runs: Option<usize>,
    ouro: Option<PathBuf>,
    profile: Option<String>,
    help: bool,
}

/// What one module costs.
struct Cost {
    name: String,
    bytes: u64,
    ms: Spread,
}

/// Measures and prints the table.
///
/// # Errors
/// Nonsense in the words, a module that can't be loaded, one that parses too much.
pub fn run(words: impl Iterator<Item = String>) -> Result<()> {
    let options = parse(words)?;
    if options.help {
        print!("{HELP}");
        return Ok(());
    }
    let ouro = match &options.ouro {
        Some(path) => path.clone(),
        None => peers::build(options.profile.as_deref().unwrap_or("release"))?,
    };
    let runs = options.runs.unwrap_or(7);
    let bench = Bench::new(ouro)?;
    let names = match options.names.is_empty() {
        true => bench.names()?,
        false => options.names,
    };
    let costs: Vec<Cost> = names
        .into_iter()
        .map(|name| bench.cost(name, runs))
        .collect::<Result<_>>()?;
    let globals = bench.globals(runs)?;
    print!("{}", table(&costs, globals));
    let large: Vec<&str> = costs
        .iter()
        .filter(|cost| cost.bytes > MOST_BYTES)
        .map(|cost| cost.name.as_str())
        .collect();
    if large.is_empty() {
        return Ok(());
    }
    let most = grouped(MOST_BYTES as f64, 0);
    let large = large.join(", ");
    Err(Error::Wrong(format!(
        "more than {most} bytes are parsed by {large}"
    )))
}

fn parse(words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options::default();
    let mut words = Words::new(words, HELP);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => options.runs = Some(words.number(&word, "runs")?),
            "--ouro" => options.ouro = Some(words.argument(&word)?.into()),
            "--profile" => options.profile = Some(words.argument(&word)?),
            "-h" | "--help" => options.help = true,
            "all" => {}
            _ => options.names.push(words.name(word)?),
        }
    }
    Ok(options)
}

/// The program, and a folder for the scripts, gone with this.
struct Bench {
    ouro: PathBuf,
    folder: PathBuf,
}

/// What a process printed.
struct Printed {
    out: String,
    err: String,
}

impl Bench {
    fn new(ouro: PathBuf) -> Result<Self> {
        let failed = |path: &Path, error| Error::Io(path.display().to_string(), error);
        let folder =
            std::env::temp_dir().join(format!("ouro-bench-modules-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
        let bench = Self { ouro, folder };
        for (name, text) in [
            ("empty", ""),
            ("list", LIST),
            ("bytes", BYTES),
            ("time", TIME),
        ] {
            let path = bench.script(name);
            fs::write(&path, text).map_err(|error| failed(&path, error))?;
        }
        Ok(bench)
    }

    fn script(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.js"))
    }

    /// Runs a script with options before it and arguments behind it.
    fn run(&self, options: &[&str], script: &str, arguments: &[&str]) -> Result<Printed> {
        let output = Command::new(&self.ouro)
            .args(options)
            .arg(self.script(script))
            .args(arguments)
            .env_remove("NODE_OPTIONS")
            .output()
            .map_err(|error| Error::Io(self.ouro.display().to_string(), error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let printed = Printed {
            out: text(&output.stdout),
            err: text(&output.stderr),
        };
        match output.status.success() {
            true => Ok(printed),
            false => Err(Error::Wrong(format!(
                "{script} {}: {}",
                arguments.join(" "),
                printed.err
            ))),
        }
    }

    /// The public modules.
    fn names(&self) -> Result<Vec<String>> {
        let printed = self.run(&[], "list", &[])?;
        Ok(printed.out.lines().map(str::to_owned).collect())
    }

    fn cost(&self, name: String, runs: usize) -> Result<Cost> {
        let printed = self.run(&["--parsed-bytes"], "bytes", &[&name])?;
        let bytes = number_before(&printed.err, " bytes of internal script parsed")
            .ok_or_else(|| Error::Wrong(format!("{name}: no bytes in {:?}", printed.err)))?;
        let microseconds = (0..runs)
            .map(|_| {
                let printed = self.run(&[], "time", &[&name])?;
                let wrong = |_| Error::Wrong(format!("{name}: no time in {:?}", printed.out));
                printed.out.trim().parse().map_err(wrong)
            })
            .collect::<Result<Vec<f64>>>()?;
        let ms = Spread::of(microseconds.into_iter().map(|time| time / 1e3));
        Ok(Cost {
            bytes: bytes as u64,
            ms: ms.expect("there is at least one run"),
            name,
        })
    }

    /// Milliseconds to define all globals; nothing where the program doesn't say.
    fn globals(&self, runs: usize) -> Result<Option<Spread>> {
        let mut times = Vec::new();
        for _ in 0..runs {
            let printed = self.run(&["--parsed-bytes"], "empty", &[])?;
            times.extend(number_before(&printed.err, " ms to define the globals"));
        }
        Ok(Spread::of(times.into_iter()))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The number of the line that goes on, and ends, like this.
fn number_before(text: &str, words: &str) -> Option<f64> {
    text.lines()
        .find_map(|line| line.strip_suffix(words)?.trim().parse().ok())
}

/// The costs, the dearest first, and what is over what it should be.
fn table(costs: &[Cost], globals: Option<Spread>) -> String {
    let mut sorted: Vec<&Cost> = costs.iter().collect();
    sorted.sort_by(|one, other| other.ms.median.total_cmp(&one.ms.median));
    let names = costs.iter().map(|cost| cost.name.len());
    let width = names.chain(["require".len()]).max().unwrap_or(0);
    let mut text = format!(
        "{:<width$}  {:>7}  {:>7}  extremes\n",
        "require", "bytes", "ms"
    );
    for Cost { name, bytes, ms } in sorted {
        let bytes = grouped(*bytes as f64, 0);
        let over = if ms.median > MOST_MS { "  over" } else { "" };
        let Spread {
            median,
            least,
            most,
            ..
        } = ms;
        text.push_str(&format!(
            "{name:<width$}  {bytes:>7}  {median:>7.2}  {least:.2}–{most:.2}{over}\n"
        ));
    }
    text.push_str(&match globals {
        Some(Spread { median, least, most, .. }) => {
            let over = match median > MOST_MS_OF_GLOBALS {
                true => "  over",
                false => "",
            };
            format!("\nall globals, defined and not touched: {median:.2} ms ({least:.2}–{most:.2}){over}\n")
        }
        None => "\nall globals, defined and not touched: the program doesn't say\n".to_owned(),
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(name: &str, bytes: u64, ms: &[f64]) -> Cost {
        Cost {
            name: name.to_owned(),
            bytes,
            ms: Spread::of(ms.iter().copied()).unwrap(),
        }
    }

    #[test]
    fn the_dearest_come_first_and_what_is_over_is_named() {
        let costs = [
            cost("fs", 0, &[0.1, 0.15, 0.2]),
            cost("http", 33_857, &[13.0, 12.5, 14.0]),
        ];
        let globals = Spread::of([0.4, 0.5, 0.3].into_iter());
        assert_eq!(
            table(&costs, globals),
            "\
require    bytes       ms  extremes
http      33,857    13.00  12.50–14.00  over
fs             0     0.15  0.10–0.20

all globals, defined and not touched: 0.40 ms (0.30–0.50)
"
        );
        let slow = Spread::of(std::iter::once(1.1));
        assert!(table(&costs, slow).ends_with("1.10 ms (1.10–1.10)  over\n"));
        assert!(table(&costs, None).ends_with("doesn't say\n"));
    }

    #[test]
    fn numbers_are_found_in_what_the_program_says() {
        let text = "   8775 http\n  33857 bytes of internal script parsed\n  0.412 ms to define the globals\n";
        assert_eq!(
            number_before(text, " bytes of internal script parsed"),
            Some(33857.0)
        );
        assert_eq!(
            number_before(text, " ms to define the globals"),
            Some(0.412)
        );
        assert_eq!(number_before(text, " nothing"), None);
    }
}
