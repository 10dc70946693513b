//! `ouro-bench pgo`: Ouro, compiled by what the scenarios show (profile-guided optimisation).
//!
//! Ouro is built so that it counts which way each branch goes, the scenarios run under it, and it is built again with the
//! counts: what runs often lies together and is inlined, what doesn't is compiled small. See the rustc book's chapter on
//! profile-guided optimisation (<https://doc.rust-lang.org/rustc/profile-guided-optimization.html>).

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    slice,
};

use crate::{
    Error, Result,
    measure::{self, Outcome, Plan},
    options::Options,
    peers::{self, Build, Peer},
    scenario,
    words::Words,
};

const HELP: &str = "\
Usage: cargo run --release -p ouro-bench -- pgo [SCENARIO…] [options]

Builds Ouro so that it counts, runs the scenarios (or those that are named) once each, and builds
it again, guided by the counts: the fastest binary. Takes two builds and two minutes. Needs
rustup's component llvm-tools.

  --profile NAME  build with this profile (default release)

Prints where the program lies: `ouro-bench all --ouro PATH` measures it.
";

/// Runs the subcommand.
///
/// # Errors
/// Nonsense in the words, no llvm-tools, a build or a scenario that fails.
pub fn run(words: impl Iterator<Item = String>) -> Result<()> {
    let (names, profile) = match parse(words)? {
        Asked::Help => {
            print!("{HELP}");
            return Ok(());
        }
        Asked::Program { names, profile } => (names, profile),
    };
    let host = host()?;
    let tool = profdata_tool(&host)?;
    let folder = target_folder()?.join("pgo");
    let counts = folder.join("counts");
    // Those of an older program would be merged with the new ones.
    match fs::remove_dir_all(&counts) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::Io(counts.display().to_string(), error));
        }
        _ => {}
    }
    let build = |name: &str, flags: &[OsString]| {
        peers::build_as(&Build {
            profile: &profile,
            what: peers::PROGRAM,
            // With a target, build scripts and macros aren't counted.
            target: Some(&host),
            folder: Some(&folder.join(name)),
            flags,
        })
    };
    // The second: room for the many targets of an interpreter's indirect calls.
    let room = "-Cllvm-args=-vp-counters-per-site=8".into();
    let counting = build("counting", &[with("-Cprofile-generate=", &counts), room])?;
    train(counting, &names)?;
    let merged = folder.join("ouro.profdata");
    merge(&tool, &counts, &merged)?;
    let mut flags = vec![with("-Cprofile-use=", &merged)];
    if host.contains("linux") {
        // What runs often lies on pages of its own: two megabytes less of the program are resident.
        flags.push("-Clink-arg=-Wl,-z,keep-text-section-prefix".into());
    }
    let program = build("guided", &flags)?;
    println!("{}", program.display());
    Ok(())
}

enum Asked {
    Help,
    Program { names: Vec<String>, profile: String },
}

fn parse(words: impl Iterator<Item = String>) -> Result<Asked> {
    let mut names = Vec::new();
    let mut profile = "release".to_owned();
    let mut words = Words::new(words, HELP);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--profile" => profile = words.argument(&word)?,
            "-h" | "--help" => return Ok(Asked::Help),
            "all" => {}
            _ => names.push(words.name(word)?),
        }
    }
    Ok(Asked::Program { names, profile })
}

/// Runs the scenarios under the program that counts.
fn train(program: PathBuf, names: &[String]) -> Result<()> {
    let leave = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pgo/leave.js");
    let peer = Peer::counting(program, &leave)?;
    let plan = Plan::new(&Options {
        quick: true,
        ..Options::default()
    });
    for scenario in scenario::load(names)? {
        let measured = measure::measure(&scenario, slice::from_ref(&peer), &plan);
        if let [Outcome::Failed(_)] = measured.outcomes[..] {
            let label = scenario.label();
            return Err(Error::Wrong(format!("{label} failed: no profile of it")));
        }
    }
    Ok(())
}

/// Puts the counts of all processes into one file.
fn merge(tool: &Path, counts: &Path, merged: &Path) -> Result<()> {
    let failed = |error| Error::Io(tool.display().to_string(), error);
    let status = Command::new(tool)
        .args(["merge", "-o"])
        .args([merged, counts])
        .status()
        .map_err(failed)?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::Wrong("llvm-profdata merge failed".to_owned())),
    }
}

/// The target that rustc compiles for when nothing is said.
fn host() -> Result<String> {
    let said = rustc(&["-vV"])?;
    said.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Error::Wrong("rustc -vV names no host".to_owned()))
}

/// `llvm-profdata` of the same LLVM as rustc's: another reads other files.
fn profdata_tool(host: &str) -> Result<PathBuf> {
    let sysroot = rustc(&["--print", "sysroot"])?;
    let name = format!("llvm-profdata{}", std::env::consts::EXE_SUFFIX);
    let tool = Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(host)
        .join("bin")
        .join(name);
    match tool.exists() {
        true => Ok(tool),
        false => Err(Error::Usage(format!(
            "{} isn't there (rustup component add llvm-tools)",
            tool.display()
        ))),
    }
}

fn rustc(words: &[&str]) -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(words)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Error::Io("rustc".to_owned(), error))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn with(flag: &str, path: &Path) -> OsString {
    let mut flag = OsString::from(flag);
    flag.push(path);
    flag
}

/// Where cargo puts what it builds, from the root: rustc runs in other folders.
fn target_folder() -> Result<PathBuf> {
    let named = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"));
    std::path::absolute(&folder).map_err(|error| Error::Io(folder.display().to_string(), error))
}
