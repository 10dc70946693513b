//! `ouro-bench floor`: how much of an operation is the bare engine, which no work on Ouro makes faster.
//!
//! The loops of `bench/floor/cases.js` run in a context of the engine with nothing of Ouro (`bench/floor/main.rs`). Those that need
//! no natives run under Ouro and Node too, and so do whole operations: scenarios, each beside a loop of the same script whose natives
//! do the least that they can. All in turns, in processor time, so that a busy machine does little to it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Error, Result,
    measure::{self, Plan},
    number::grouped,
    options,
    peers::{self, Peer},
    report::Spread,
    scenario::{self, Kind, Scenario},
    words::Words,
};

const HELP: &str = "\
Usage: cargo run --release -p ouro-bench -- floor [options]

Nanoseconds of processor time for one operation: of the bare engine (built with Ouro's features
and allocator, without Ouro), of Ouro, of Node and of Node --jitless. First loops that do one thing,
then whole operations, beside which the engine's column has the same script with natives that
do the least that they can. Takes less than a minute once all is built.

  --runs N        rounds (default 3)
  --ouro PATH     measure this program
  --profile NAME  build Ouro and the bare engine with this profile (default release)
  --node PATH     the Node.js to compare with, instead of that of bench/peers
";

/// Where cargo has the program of the bare engine.
const ENGINE: [&str; 2] = ["--bench", "floor"];
/// The script that does a loop under a runtime.
const SCRIPT: &str = "floor/run.js";
/// Each loop and each operation is measured for so long, in each round.
const SECONDS: f64 = 0.3;

/// A row of the table.
struct Row {
    /// How it is called where it is measured: a loop of `cases.js`, or a scenario.
    name: &'static str,
    what: &'static str,
    measured: Measured,
}

/// What a row sets beside each other.
enum Measured {
    /// A loop that only the bare engine does.
    Engine,
    /// A loop that all do.
    All,
    /// A scenario; the engine's figure is that of this loop, which does the same with natives that do the least.
    Scenario(&'static str),
}

const ROWS: [Row; 11] = [
    row("loop", "a loop, nothing in it", Measured::All),
    row("call", "… calls an empty function", Measured::All),
    row(
        "native",
        "… calls a native that returns its argument",
        Measured::Engine,
    ),
    row(
        "callback",
        "… calls a native that calls an empty function",
        Measured::Engine,
    ),
    row(
        "object",
        "… calls a native that makes an object",
        Measured::Engine,
    ),
    row(
        "view",
        "… calls a native that makes a Uint8Array over an ArrayBuffer",
        Measured::Engine,
    ),
    row(
        "text",
        "… calls a native that makes a string of 64 bytes",
        Measured::Engine,
    ),
    row(
        "instance",
        "… makes an instance of a native class, and calls a getter",
        Measured::Engine,
    ),
    row(
        "events-1",
        "emit to one listener",
        Measured::Scenario("emit"),
    ),
    row(
        "buffer-utf8-64",
        "Buffer.from and toString, the mean of both",
        Measured::Scenario("convert"),
    ),
    row(
        "url-parse",
        "new URL and three getters",
        Measured::Scenario("address"),
    ),
];

const fn row(name: &'static str, what: &'static str, measured: Measured) -> Row {
    Row {
        name,
        what,
        measured,
    }
}

/// What was asked for.
#[derive(Default)]
struct Options {
    runs: Option<usize>,
    help: bool,
    peers: options::Options,
}

/// Measures and prints the table.
///
/// # Errors
/// Nonsense in the words, a program that can't be built or fails.
pub fn run(words: impl Iterator<Item = String>) -> Result<()> {
    let mut options = parse(words)?;
    if options.help {
        print!("{HELP}");
        return Ok(());
    }
    let profile = options.peers.profile.clone();
    let engine = peers::build_target(profile.as_deref().unwrap_or("release"), ENGINE)?;
    options.peers.only = ["node", "jitless"].map(str::to_owned).into();
    let peers = peers::find(&options.peers)?;
    let floor = Floor {
        engine,
        scenarios: scenarios()?,
        plan: Plan {
            script_seconds: SECONDS,
            script_warm_up_seconds: SECONDS / 4.0,
            ..Plan::new(&options.peers)
        },
    };
    let mut figures = Figures::new(&peers);
    for _ in 0..options.runs.unwrap_or(3) {
        floor.round(&peers, &mut figures)?;
    }
    print!("{}", table(&figures));
    Ok(())
}

fn parse(words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options::default();
    let mut words = Words::new(words, HELP);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => options.runs = Some(words.number(&word, "rounds")?),
            "--ouro" => options.peers.ouro = Some(words.argument(&word)?.into()),
            "--profile" => options.peers.profile = Some(words.argument(&word)?),
            "--node" => options.peers.node = Some(words.argument(&word)?.into()),
            "-h" | "--help" => options.help = true,
            _ => return Err(Error::Usage(format!("bad word: {word}\n\n{HELP}"))),
        }
    }
    Ok(options)
}

/// The scenarios of the rows.
fn scenarios() -> Result<Vec<Scenario>> {
    let of_scenario = |row: &&Row| matches!(row.measured, Measured::Scenario(_));
    let names: Vec<String> = ROWS
        .iter()
        .filter(of_scenario)
        .map(|row| row.name.to_owned())
        .collect();
    scenario::load(&names)
}

/// What is measured with.
struct Floor {
    engine: PathBuf,
    scenarios: Vec<Scenario>,
    plan: Plan,
}

impl Floor {
    /// Measures all once.
    fn round(&self, peers: &[Peer], figures: &mut Figures) -> Result<()> {
        for (name, nanoseconds) in self.engine_loops()? {
            figures.add(0, &name, nanoseconds);
        }
        for (index, peer) in peers.iter().enumerate() {
            for row in &ROWS {
                if let Some(nanoseconds) = self.operation(row, peer)? {
                    figures.add(index + 1, row.name, nanoseconds);
                }
            }
        }
        Ok(())
    }

    /// The loops in the bare engine, with the nanoseconds of each.
    fn engine_loops(&self) -> Result<Vec<(String, f64)>> {
        let name = self.engine.display().to_string();
        let output = Command::new(&self.engine)
            .arg(SECONDS.to_string())
            .output()
            .map_err(|error| Error::Io(name.clone(), error))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Error::Wrong(format!("{name}: {said}")));
        }
        Ok(lines(&String::from_utf8_lossy(&output.stdout)))
    }

    /// The nanoseconds of a row's operation under a runtime, if it has one there.
    fn operation(&self, row: &Row, peer: &Peer) -> Result<Option<f64>> {
        let sample = match row.measured {
            Measured::Engine => return Ok(None),
            Measured::All => {
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCRIPT);
                let mut command = peer.command(&script);
                command.arg(row.name);
                match measure::operations(command, &self.plan)? {
                    Ok(printed) => printed.sample,
                    Err(ended) => {
                        return Err(Error::Wrong(format!("printed {:?}", ended.text)));
                    }
                }
            }
            Measured::Scenario(_) => {
                let named = |scenario: &&Scenario| scenario.name == row.name;
                let Some(scenario) = self.scenarios.iter().find(named) else {
                    return Ok(None);
                };
                let Kind::Operations { result, .. } = &scenario.kind else {
                    return Ok(None);
                };
                let command = peer.command(&scenario.script);
                measure::checked_operations(command, result, &self.plan)?
            }
        };
        Ok(sample.cpu_us.map(|microseconds| microseconds * 1e3))
    }
}

/// Names and numbers, one pair on each line.
fn lines(text: &str) -> Vec<(String, f64)> {
    text.lines()
        .filter_map(|line| {
            let (name, number) = line.split_once(' ')?;
            Some((name.to_owned(), number.parse().ok()?))
        })
        .collect()
}

/// What was measured, round by round.
struct Figures {
    columns: Vec<String>,
    /// The column, the name of the row, and the nanoseconds.
    values: Vec<(usize, String, f64)>,
}

impl Figures {
    fn new(peers: &[Peer]) -> Self {
        let engine = "bare engine".to_owned();
        let peers = peers.iter().map(|peer| peer.name.to_owned());
        Self {
            columns: std::iter::once(engine).chain(peers).collect(),
            values: Vec::new(),
        }
    }

    fn add(&mut self, column: usize, row: &str, nanoseconds: f64) {
        self.values.push((column, row.to_owned(), nanoseconds));
    }

    /// The median of the rounds.
    fn of(&self, column: usize, row: &str) -> Option<f64> {
        let values = self.values.iter();
        let rounds = values.filter(|(of, name, _)| *of == column && name == row);
        Some(Spread::of(rounds.map(|(_, _, nanoseconds)| *nanoseconds))?.median)
    }

    /// What stands in a row: of a scenario the engine's figure is that of its loop.
    fn cell(&self, column: usize, row: &Row) -> Option<f64> {
        match row.measured {
            Measured::Scenario(like) if column == 0 => self.of(0, like),
            _ => self.of(column, row.name),
        }
    }
}

/// The table: nanoseconds for each operation, and the engine's share of Ouro's.
fn table(figures: &Figures) -> String {
    let mut text = String::from("| nanoseconds for one operation |");
    for column in &figures.columns {
        text.push_str(&format!(" {column} |"));
    }
    text.push_str(" the engine's share of Ouro's |\n|---|");
    text.push_str(&"--:|".repeat(figures.columns.len() + 1));
    text.push('\n');
    for row in &ROWS {
        text.push_str(&format!("| **{}** {} |", row.name, row.what));
        let cells: Vec<Option<f64>> = (0..figures.columns.len())
            .map(|column| figures.cell(column, row))
            .collect();
        for cell in &cells {
            text.push_str(&match cell {
                Some(nanoseconds) => {
                    let decimals = if *nanoseconds < 10.0 { 1 } else { 0 };
                    format!(" {} |", grouped(*nanoseconds, decimals))
                }
                None => " – |".to_owned(),
            });
        }
        text.push_str(&match (cells.first(), cells.get(1)) {
            (Some(Some(engine)), Some(Some(ouro))) => {
                format!(" {:.0} % |\n", engine / ouro * 100.0)
            }
            _ => " – |\n".to_owned(),
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_stand_beside_the_loops_that_do_the_same() {
        let mut figures = Figures {
            columns: ["bare engine", "Ouro"].map(str::to_owned).into(),
            values: Vec::new(),
        };
        for (name, nanoseconds) in
            lines("view 300\ntext 101.2\nnonsense\nview 310\nview 305\nconvert 203\n")
        {
            figures.add(0, &name, nanoseconds);
        }
        figures.add(1, "buffer-utf8-64", 811.0);
        let table = table(&figures);
        let row = |name: &str| {
            table
                .lines()
                .find(|line| line.contains(name))
                .unwrap_or_default()
        };
        assert!(row("**view**").ends_with("| 305 | – | – |"), "{table}");
        assert!(row("**text**").ends_with("| 101 | – | – |"), "{table}");
        assert!(
            row("**buffer-utf8-64**").ends_with("| 203 | 811 | 25 % |"),
            "{table}"
        );
        assert!(row("**loop**").ends_with("| – | – | – |"), "{table}");
    }

    #[test]
    fn the_scenarios_of_the_rows_measure_operations() {
        let scenarios = scenarios().expect("they are there");
        assert_eq!(scenarios.len(), 3);
        let measures = |scenario: &Scenario| matches!(scenario.kind, Kind::Operations { .. });
        assert!(scenarios.iter().all(measures));
    }
}
