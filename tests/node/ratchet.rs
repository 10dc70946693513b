//! The ratchet: `passing.txt` only grows. `--update` runs everything in scope, adds what passed three times in a row, and
//! writes the README's table. An update that was interrupted goes on where it stopped, as long as the program is the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{
    run::{Outcome, Runner},
    suite::{self, Test},
    table,
};

/// A test of the list may take this long: it has been seen to pass in much less, so this is for machines that are busy.
pub const LISTED_LIMIT: Duration = Duration::from_secs(60);
/// What isn't in the list yet has to pass in this time, to stay far from the limit above.
const NEW_LIMIT: Duration = Duration::from_secs(15);
/// How often in a row a test has to pass before it is in the list.
const ROUNDS: usize = 3;

/// Runs what is in scope and matches the filter. Returns whether nothing of the list has been lost.
pub fn update(runner: &Runner, filter: Option<&str>) -> io::Result<bool> {
    let scope = suite::in_scope()?;
    let listed: BTreeSet<Test> = suite::passing()?.into_iter().collect();
    let wanted: Vec<&Test> = scope
        .iter()
        .filter(|test| filter.is_none_or(|filter| test.0.contains(filter)))
        .collect();
    let mut journal = Journal::open(runner)?;
    eprintln!(
        "{} tests; the output of those that fail: {}",
        wanted.len(),
        journal.logs.display()
    );

    round(runner, &mut journal, 1, &wanted, |test| {
        if listed.contains(test) {
            LISTED_LIMIT
        } else {
            NEW_LIMIT
        }
    })?;
    let (mut passed, failed): (Vec<&Test>, Vec<&Test>) =
        wanted.iter().partition(|test| journal.passed(1, test));
    // What is in the list already gets a second try, as it does when the list is checked.
    let doubtful: Vec<&Test> = failed
        .iter()
        .copied()
        .filter(|test| listed.contains(test))
        .collect();
    round(runner, &mut journal, 2, &doubtful, |_| LISTED_LIMIT)?;
    let lost: Vec<&Test> = doubtful
        .into_iter()
        .filter(|test| !journal.passed(2, test))
        .collect();
    passed.retain(|test| !listed.contains(test));
    for number in 2..=ROUNDS {
        round(runner, &mut journal, number, &passed, |_| NEW_LIMIT)?;
        passed.retain(|test| {
            let steady = journal.passed(number, test);
            if !steady {
                eprintln!("not every time: {}", test.0);
            }
            steady
        });
    }

    let mut all = listed.clone();
    all.extend(passed.iter().map(|test| (*test).clone()));
    let all: Vec<Test> = all.into_iter().collect();
    write_list(&all)?;
    table::write(&scope, &all)?;
    journal.close()?;
    println!(
        "{} of {} in scope are in the list, {} of them new",
        all.len(),
        scope.len(),
        passed.len()
    );
    for test in &lost {
        println!("in the list, and no longer passes: {}", test.0);
    }
    Ok(lost.is_empty())
}

fn write_list(tests: &[Test]) -> io::Result<()> {
    let mut text = String::new();
    for test in tests {
        text.push_str(&test.0);
        text.push('\n');
    }
    // Never half a list, whatever happens.
    let new = suite::passing_list().with_extension("new");
    fs::write(&new, text)?;
    fs::rename(new, suite::passing_list())
}

/// Runs each of these once, unless the journal knows how it went.
fn round(
    runner: &Runner,
    journal: &mut Journal,
    number: usize,
    tests: &[&Test],
    limit: impl Fn(&Test) -> Duration + Sync,
) -> io::Result<()> {
    let todo: Vec<&Test> = tests
        .iter()
        .copied()
        .filter(|test| !journal.knows(number, test))
        .collect();
    let progress = Progress::new(number, todo.len());
    let shared = Mutex::new((todo.into_iter(), journal, progress, Ok(())));
    let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
    thread::scope(|scope| {
        for _ in 0..runner.threads() {
            scope.spawn(|| {
                loop {
                    let Some(test) = lock().0.next() else { break };
                    let outcome = runner.run(test, limit(test));
                    let (_, journal, progress, result) = &mut *lock();
                    if let Err(error) = journal.write(number, test, &outcome) {
                        *result = Err(error);
                        break;
                    }
                    progress.step(&outcome);
                }
            });
        }
    });
    shared
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .3
}

/// What has been run so far, in a file that survives an interruption: a line with the program, then `round verdict test`.
struct Journal {
    path: PathBuf,
    file: File,
    /// Holds the output of what failed.
    logs: PathBuf,
    known: BTreeMap<(usize, String), String>,
}

impl Journal {
    fn open(runner: &Runner) -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node");
        let logs = folder.join("logs");
        fs::create_dir_all(&logs)?;
        let path = folder.join("journal");
        let program = identity(&runner.program);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut known = BTreeMap::new();
        let mut lines = text.lines();
        if lines.next() == Some(&program) {
            for line in lines {
                let mut words = line.split(' ');
                if let (Some(number), Some(verdict), Some(test)) = (
                    words.next().and_then(|word| word.parse().ok()),
                    words.next(),
                    words.next(),
                ) {
                    known.insert((number, test.to_owned()), verdict.to_owned());
                }
            }
            eprintln!(
                "going on where the last update stopped: {} runs are known ({})",
                known.len(),
                path.display()
            );
        } else {
            fs::write(&path, format!("{program}\n"))?;
        }
        let file = OpenOptions::new().append(true).open(&path)?;
        Ok(Self {
            path,
            file,
            logs,
            known,
        })
    }

    fn knows(&self, number: usize, test: &Test) -> bool {
        self.known.contains_key(&(number, test.0.clone()))
    }

    fn passed(&self, number: usize, test: &Test) -> bool {
        self.known
            .get(&(number, test.0.clone()))
            .is_some_and(|verdict| verdict == "passed")
    }

    fn write(&mut self, number: usize, test: &Test, outcome: &Outcome) -> io::Result<()> {
        let word = outcome.verdict.word();
        writeln!(self.file, "{number} {word} {}", test.0)?;
        self.known.insert((number, test.0.clone()), word.to_owned());
        let log = self.logs.join(format!("{}.txt", test.0.replace('/', "--")));
        if word == "passed" {
            let _ = fs::remove_file(log);
            return Ok(());
        }
        fs::write(
            log,
            format!(
                "{:?} after {:?}\n{}",
                outcome.verdict, outcome.took, outcome.output
            ),
        )
    }

    /// The update is complete: the next one starts afresh.
    fn close(self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_extension("complete"))
    }
}

/// Changes when the program does.
fn identity(program: &Path) -> String {
    let written = fs::metadata(program).and_then(|data| Ok((data.len(), data.modified()?)));
    match written {
        Ok((length, time)) => format!("{} {length} {time:?}", program.display()),
        Err(_) => program.display().to_string(),
    }
}

/// One line on how far it is: rewritten on a terminal, each half a minute elsewhere.
struct Progress {
    round: usize,
    all: usize,
    done: usize,
    passed: usize,
    started: Instant,
    shown: Instant,
}

impl Progress {
    fn new(round: usize, all: usize) -> Self {
        Self {
            round,
            all,
            done: 0,
            passed: 0,
            started: Instant::now(),
            shown: Instant::now(),
        }
    }

    fn step(&mut self, outcome: &Outcome) {
        self.done += 1;
        self.passed += usize::from(outcome.verdict.word() == "passed");
        let terminal = io::stderr().is_terminal();
        let pause = Duration::from_millis(if terminal { 200 } else { 30_000 });
        if self.done < self.all && self.shown.elapsed() < pause {
            return;
        }
        self.shown = Instant::now();
        let line = format!(
            "round {}: {} of {}, {} passed, {} s",
            self.round,
            self.done,
            self.all,
            self.passed,
            self.started.elapsed().as_secs()
        );
        if terminal && self.done < self.all {
            eprint!("\r{line}\x1b[K");
        } else {
            eprintln!("{}{line}", if terminal { "\r\x1b[K" } else { "" });
        }
    }
}
