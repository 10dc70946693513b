//! Our scripts under `ouro` and under `node`: same output, same exit code.
//!
//! Every `.js`, `.cjs` and `.mjs` file in `tests/diff` is a test. The oracle is the `node` of this machine; where there
//! is none, what it printed when it was last recorded (`tests/diff/recorded`). Where there is one, the recording has to be
//! what it prints today: `OURO_DIFF_RECORD=1` writes it anew. `OURO_DIFF_REPEAT=50` runs each script that often under
//! both, at pool sizes 1 and 4.
//!
//! A script may say in its first lines `// Flags: …` (options before it), `// Args: …`, `// Stdin: …`, and `// Node: 24`
//! when only a `node` of that version or a later one is an oracle for it: with an earlier one the recording is.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::OnceLock,
};

use libtest_mimic::{Arguments, Failed, Trial};

/// What a run showed. Stacks, versions and process ids are left out: they differ by nature.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Outcome {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff");
    let mut scripts: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the folder is part of the repository")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|kind| kind == "js" || kind == "cjs" || kind == "mjs")
        })
        .collect();
    scripts.sort();
    let recordings = Trial::test("recordings", {
        let scripts = scripts.clone();
        move || check_leftovers(&scripts)
    });
    let mut trials: Vec<Trial> = scripts
        .into_iter()
        .map(|script| {
            let name = script
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            Trial::test(name, move || compare(&script))
        })
        .collect();
    trials.push(recordings);
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn compare(script: &Path) -> Result<(), Failed> {
    let recording = recording_of(script);
    let node = node_for(&fs::read_to_string(script)?);
    let expected = match node {
        Some(node) => {
            let outcome = run(node, script, 4)?;
            if std::env::var_os("OURO_DIFF_RECORD").is_some() {
                fs::create_dir_all(recording.parent().unwrap_or(&recording))?;
                fs::write(&recording, outcome.to_text())?;
            }
            check_recording(&recording, &outcome)?;
            outcome
        }
        None => Outcome::from_text(&fs::read_to_string(&recording)?)?,
    };
    let ouro = Path::new(env!("CARGO_BIN_EXE_ouro"));
    check(&expected, &run(ouro, script, 4)?, "ouro")?;
    let repeats = std::env::var("OURO_DIFF_REPEAT")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    for _ in 0..repeats {
        for pool_size in [1, 4] {
            check(&expected, &run(ouro, script, pool_size)?, "ouro")?;
            if let Some(node) = node {
                check(&expected, &run(node, script, pool_size)?, "node")?;
            }
        }
    }
    Ok(())
}

/// Machines without `node` compare with the recording: it may not be stale.
fn check_recording(recording: &Path, outcome: &Outcome) -> Result<(), Failed> {
    let renew = "OURO_DIFF_RECORD=1 cargo test --test diff renews the recordings";
    let recorded = fs::read_to_string(recording)
        .map_err(|error| format!("{}: {error}; {renew}", recording.display()))?;
    check(outcome, &Outcome::from_text(&recorded)?, "the recording")
        .map_err(|differs| format!("{}\n{renew}", differs.message().unwrap_or_default()).into())
}

fn recording_of(script: &Path) -> PathBuf {
    let name = script.file_name().unwrap_or_default().to_string_lossy();
    script
        .with_file_name("recorded")
        .join(format!("{name}.txt"))
}

/// No recording outlives its script.
fn check_leftovers(scripts: &[PathBuf]) -> Result<(), Failed> {
    let known: Vec<PathBuf> = scripts.iter().map(|script| recording_of(script)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff/recorded");
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !known.contains(&path) {
            return Err(format!("{} has no script", path.display()).into());
        }
    }
    Ok(())
}

/// The `node` of this machine, if it is new enough for a script.
fn node_for(source: &str) -> Option<&'static Path> {
    let least = directive(source, "Node").and_then(|text| text.trim().parse().ok());
    let (path, major) = node()?;
    (*major >= least.unwrap_or(0)).then_some(path)
}

/// The `node` of this machine, and its major version.
fn node() -> Option<&'static (PathBuf, u32)> {
    static NODE: OnceLock<Option<(PathBuf, u32)>> = OnceLock::new();
    NODE.get_or_init(|| {
        let output = Command::new("node").arg("--version").output().ok()?;
        let version = String::from_utf8_lossy(&output.stdout).into_owned();
        let major = version.trim().strip_prefix('v')?.split('.').next()?;
        Some((PathBuf::from("node"), major.parse().ok()?))
    })
    .as_ref()
}

fn directive(source: &str, name: &str) -> Option<String> {
    let start = format!("// {name}: ");
    source
        .lines()
        .take(5)
        .find_map(|line| line.strip_prefix(&start))
        .map(str::to_owned)
}

fn run(program: &Path, script: &Path, pool_size: usize) -> Result<Outcome, Failed> {
    let source = fs::read_to_string(script)?;
    let words = |name| directive(&source, name).unwrap_or_default();
    let mut command = Command::new(program);
    command
        .args(words("Flags").split_whitespace())
        .arg(script)
        .args(words("Args").split_whitespace())
        .current_dir(script.parent().unwrap_or(Path::new(".")))
        .env("UV_THREADPOOL_SIZE", pool_size.to_string())
        .env_remove("NODE_OPTIONS")
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A script that never reads closes its end, which is no failure.
        let _ = stdin.write_all(words("Stdin").replace("\\n", "\n").as_bytes());
    }
    let output = child.wait_with_output()?;
    // A recording has to hold in any checkout.
    let folder = script.parent().unwrap_or(script).to_string_lossy();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&*folder, "tests/diff");
    Ok(Outcome {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: comparable(&text(&output.stderr)),
    })
}

fn comparable(stderr: &str) -> String {
    let mut kept = String::new();
    for line in stderr.lines() {
        let trimmed = line.trim_start();
        let differs = trimmed.starts_with("at ")
            || line.starts_with("Node.js v")
            || line.starts_with("Ouro v")
            || trimmed.starts_with("(Use `node");
        if differs {
            continue;
        }
        match line
            .strip_prefix("(node:")
            .and_then(|rest| rest.split_once(')'))
        {
            Some((_, rest)) => kept.push_str(&format!("(node){rest}\n")),
            None => kept.push_str(&format!("{line}\n")),
        }
    }
    kept.trim_end().to_owned()
}

fn check(expected: &Outcome, found: &Outcome, who: &str) -> Result<(), Failed> {
    if expected == found {
        return Ok(());
    }
    Err(format!(
        "expected\n{}\n{who} gave\n{}",
        expected.to_text(),
        found.to_text()
    )
    .into())
}

const STDOUT: &str = "---- stdout\n";
const STDERR: &str = "---- stderr\n";

impl Outcome {
    fn to_text(&self) -> String {
        let code = self
            .code
            .map_or("signal".to_owned(), |code| code.to_string());
        format!(
            "code {code}\n{STDOUT}{}{STDERR}{}",
            self.stdout, self.stderr
        )
    }

    fn from_text(text: &str) -> Result<Self, Failed> {
        let (head, rest) = text.split_once(STDOUT).ok_or("not a recording")?;
        let (stdout, stderr) = rest.split_once(STDERR).ok_or("not a recording")?;
        let code = head.trim().strip_prefix("code ").ok_or("not a recording")?;
        Ok(Self {
            code: code.parse().ok(),
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
        })
    }
}
