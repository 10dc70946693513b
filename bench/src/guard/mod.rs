//! `ouro-bench guard`: has a hot path become slower? Instructions are counted and compared with those that are checked
//! in, because they are the same on a busy machine and an idle one, where times are not.
//!
//! [`paths`] lists what is guarded, [`count`] counts with valgrind, [`client`] asks the scripts that are servers,
//! [`record`] is what is checked in, [`verdict`] what a difference means.

mod client;
mod count;
mod paths;
mod record;
mod verdict;

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use self::{
    count::Counter,
    paths::{HotPath, PATHS},
    record::Record,
    verdict::Verdict,
};
use crate::{Error, Result, peers, words::Words};

const HELP: &str = "\
Usage: cargo run --release -p ouro-bench -- guard [NAME…] [options]

Counts the instructions of hot paths with valgrind and compares them with those in
bench/guard/PROFILE.txt. Fails when one needs over 5 % more (30 % when another rustc
recorded them). Without valgrind there is nothing to do.

  --update        write what is counted into that file
  --ouro PATH     count this program, a build of the profile, in place of building it
  --profile NAME  build Ouro with this profile (default dev)

Names:
";

/// More at a time don't make it faster on the machines that it is for, and need their memory.
const AT_ONCE: usize = 2;

/// Counts, compares or records, and says so.
///
/// # Errors
/// Nonsense in the words, a script that goes wrong, a path that became slower.
pub fn run(words: impl Iterator<Item = String>) -> Result<()> {
    let options = parse(words)?;
    if options.help {
        print!("{HELP}");
        for path in PATHS {
            println!("  {:<15} {}", path.name, path.what);
        }
        return Ok(());
    }
    if !Counter::is_installed() {
        println!("guard: valgrind is not installed, so nothing is counted");
        return Ok(());
    }
    let profile = options.profile.as_deref().unwrap_or("dev");
    let here = Record::here();
    let recorded = Record::read(profile)?;
    let other_target = recorded
        .as_ref()
        .filter(|record| record.target != here.target);
    if let Some(record) = other_target.filter(|_| !options.update) {
        let (there, here) = (&record.target, &here.target);
        println!("guard: the counts are those of {there}, and this is {here}: nothing is compared");
        return Ok(());
    }
    let counter = counter(&options, profile)?;
    let counts = count_all(&counter, &options.paths)?;
    if options.update {
        update(here, recorded, &counts, profile)
    } else {
        compare(&here, recorded, &counts, profile, &counter)
    }
}

/// The folder of the scripts and records.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("guard")
}

/// What was asked for.
#[derive(Debug, Default)]
struct Options {
    paths: Vec<&'static HotPath>,
    update: bool,
    ouro: Option<PathBuf>,
    profile: Option<String>,
    help: bool,
}

fn parse(words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options::default();
    let mut words = Words::new(words, HELP);
    while let Some(word) = words.next() {
        let mut value = || words.argument(&word);
        match word.as_str() {
            "--update" => options.update = true,
            "--ouro" => options.ouro = Some(value()?.into()),
            "--profile" => options.profile = Some(value()?),
            "-h" | "--help" => options.help = true,
            "all" => options.paths.extend(PATHS),
            _ => options.paths.push(named(&words.name(word)?)?),
        }
    }
    if options.paths.is_empty() {
        options.paths.extend(PATHS);
    }
    Ok(options)
}

fn named(name: &str) -> Result<&'static HotPath> {
    PATHS.iter().find(|path| path.name == name).ok_or_else(|| {
        let names: Vec<&str> = PATHS.iter().map(|path| path.name).collect();
        let names = names.join(", ");
        Error::Usage(format!("no path {name}; there are {names}"))
    })
}

/// The program, and a place for callgrind's files beside this one.
fn counter(options: &Options, profile: &str) -> Result<Counter> {
    let failed = |name: &Path, error| Error::Io(name.display().to_string(), error);
    let ouro = match &options.ouro {
        Some(path) => path.clone(),
        None => peers::build(profile)?,
    };
    let ouro = ouro.canonicalize().map_err(|error| failed(&ouro, error))?;
    let program = std::env::current_exe().map_err(|error| failed(Path::new("guard"), error))?;
    let folder = program.with_file_name("guard");
    std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
    Ok(Counter { ouro, folder })
}

/// The counts of these paths in their order.
fn count_all<'a>(counter: &Counter, paths: &[&'a HotPath]) -> Result<Vec<(&'a HotPath, u64)>> {
    let waiting = Mutex::new(paths.iter().enumerate());
    let counted = Mutex::new(Vec::new());
    let next = || waiting.lock().expect("nobody panics with it").next();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores.min(AT_ONCE) {
            scope.spawn(|| {
                while let Some((index, path)) = next() {
                    let count = counter.count(path).map(|count| (*path, count));
                    let mut counted = counted.lock().expect("nobody panics with it");
                    counted.push((index, count));
                }
            });
        }
    });
    let mut counted = counted.into_inner().expect("nobody panics with it");
    counted.sort_by_key(|(index, _)| *index);
    counted.into_iter().map(|(_, count)| count).collect()
}

/// Writes the counts into the record; those that weren't counted stay, if they are of the same compiler and target.
fn update(
    mut here: Record,
    recorded: Option<Record>,
    counts: &[(&HotPath, u64)],
    profile: &str,
) -> Result<()> {
    if let Some(recorded) = recorded {
        let same = recorded.compiler == here.compiler && recorded.target == here.target;
        if !same && counts.len() < recorded.counts.len() {
            return Err(Error::Usage(
                "another compiler or target recorded the others: update all of them".to_owned(),
            ));
        }
        here.counts = recorded.counts;
    }
    for (path, count) in counts {
        println!("{:<10} {count:>9}  {}", path.name, path.what);
        here.counts.insert(path.name.to_owned(), *count);
    }
    here.write(profile)
}

/// Prints the counts beside the recorded ones.
fn compare(
    here: &Record,
    recorded: Option<Record>,
    counts: &[(&HotPath, u64)],
    profile: &str,
    counter: &Counter,
) -> Result<()> {
    let recorded = recorded.unwrap_or_default();
    let bound = if recorded.compiler == here.compiler {
        verdict::BOUND
    } else {
        verdict::OTHER_COMPILER
    };
    println!("{:<10} {:>9} {:>9}  ratio", "", "recorded", "now");
    let mut failed = Vec::new();
    for (path, count) in counts {
        let name = path.name;
        let before = recorded.counts.get(name).copied();
        let verdict = Verdict::of(*count, before, bound);
        match before {
            Some(before) => {
                let ratio = verdict::ratio(*count, before);
                print!("{name:<10} {before:>9} {count:>9}  {ratio:.3}");
            }
            None => print!("{name:<10} {:>9} {count:>9}       ", "-"),
        }
        println!("  {}", verdict.words());
        if verdict.is_failure() {
            failed.push(*path);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let percent = (bound - 1.0) * 100.0;
    println!();
    println!(
        "One operation needs over {percent:.0} % more instructions than recorded, or is not recorded"
    );
    println!(
        "(profile {profile}). What callgrind saw is kept; the same of an older checkout, by `guard NAME`"
    );
    println!("there, shows where they come from:");
    for path in &failed {
        println!("  callgrind_annotate {}", counter.profile(path).display());
    }
    if bound > verdict::BOUND {
        let (there, here) = (&recorded.compiler, &here.compiler);
        println!("The counts were recorded with {there}, and this is {here}.");
    }
    println!("If it is as it has to be, `guard --update` records it.");
    let names: Vec<&str> = failed.iter().map(|path| path.name).collect();
    let names = names.join(", ");
    Err(Error::Wrong(format!("worse than recorded: {names}")))
}
