//! Runs one file in its own process and tells how it went.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    sandbox,
    suite::{self, Suite, Test},
};

/// A test that has lasted so long mostly sleeps: another may start beside it.
const GIVES_ITS_PLACE_AFTER: Duration = Duration::from_secs(2);
/// The only variables that a test gets from outside.
const INHERITED: [&str; 5] = ["PATH", "USER", "LOGNAME", "SHELL", "SystemRoot"];
/// So much output is kept from the beginning, and as much from the end.
const OUTPUT_KEPT: usize = 32 << 10;

/// How a test went. What isn't `Passed` doesn't count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// It ended with another exit code than 0.
    Failed(i32),
    /// It, or a part of it, said that it doesn't run here, where Node doesn't say so.
    Skipped,
    TimedOut,
    /// It couldn't be run.
    NotRun(String),
}

impl Verdict {
    /// One word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed(_) => "failed",
            Self::Skipped => "skipped",
            Self::TimedOut => "timeout",
            Self::NotRun(_) => "notrun",
        }
    }
}

/// A verdict and what the test printed.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub verdict: Verdict,
    pub output: String,
    pub took: Duration,
}

/// What is the same for all tests of a run.
pub struct Runner {
    pub suite: Suite,
    /// The runtime that is tested: `OURO_BIN`, or the program that cargo has built.
    pub program: PathBuf,
    pub sandbox: sandbox::Kind,
    /// Holds a folder for each test that is running.
    scratch: PathBuf,
    places: Places,
    /// What Node skips on such a machine.
    known_skips: BTreeMap<Test, usize>,
    /// What `process.features` of the program says it has.
    features: Vec<String>,
    started: AtomicU64,
}

impl Runner {
    /// `places` tests compute at a time; as many as there are cores if nothing is said.
    pub fn new(suite: Suite, places: Option<usize>) -> std::io::Result<Self> {
        let program = std::env::var_os("OURO_BIN")
            .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_ouro")), PathBuf::from);
        let sandbox = sandbox::Kind::find();
        let scratch = std::env::temp_dir().join(format!("ouro-node-{}", std::process::id()));
        fs::create_dir_all(&scratch)?;
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        let features = features(&program)?;
        Ok(Self {
            suite,
            program,
            sandbox,
            scratch,
            places: Places::new(match sandbox {
                sandbox::Kind::Alone => places.unwrap_or_else(cores).max(1),
                sandbox::Kind::Shared => 1,
            }),
            known_skips: suite::known_skips()?,
            features,
            started: AtomicU64::new(0),
        })
    }

    /// How many threads it takes to keep all cores busy: more than cores, as a test that sleeps gives up its place.
    pub fn threads(&self) -> usize {
        match self.sandbox {
            sandbox::Kind::Alone => self.places.all * 4,
            sandbox::Kind::Shared => 1,
        }
    }

    /// Runs a test of the suite.
    pub fn run(&self, test: &Test, limit: Duration) -> Outcome {
        let file = self.suite.file(test);
        let source = fs::read(&file).unwrap_or_default();
        if let Some(feature) = suite::needed_feature(&String::from_utf8_lossy(&source))
            && !self.features.iter().any(|has| has == feature)
        {
            return Outcome {
                verdict: Verdict::Skipped,
                output: format!("without process.features.{feature} it returns at once\n"),
                took: Duration::ZERO,
            };
        }
        let skips = self.known_skips.get(test).copied().unwrap_or(0);
        self.run_in_place(&file, limit, &[], skips)
    }

    /// Runs any file as a test of the suite is run.
    pub fn run_file(&self, file: &Path, limit: Duration, variables: &[(&str, &str)]) -> Outcome {
        self.run_in_place(file, limit, variables, 0)
    }

    fn run_in_place(
        &self,
        file: &Path,
        limit: Duration,
        variables: &[(&str, &str)],
        skips: usize,
    ) -> Outcome {
        let place = self.places.take();
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        // Short, since tests put sockets there, whose paths have at most 107 bytes.
        let folder = self.scratch.join(number.to_string());
        let started = Instant::now();
        let result = fs::create_dir_all(&folder)
            .and_then(|()| self.start(file, &folder, variables))
            .map(|(child, output)| self.watch(child, output, limit, place, skips));
        let _ = fs::remove_dir_all(&folder);
        let took = started.elapsed();
        match result {
            Ok((verdict, output)) => Outcome {
                verdict,
                output,
                took,
            },
            Err(error) => Outcome {
                verdict: Verdict::NotRun(format!("{}: {error}", file.display())),
                output: String::new(),
                took,
            },
        }
    }

    fn start(
        &self,
        file: &Path,
        folder: &Path,
        variables: &[(&str, &str)],
    ) -> std::io::Result<(Child, std::io::PipeReader)> {
        let source = fs::read(file)?;
        let (reader, writer) = std::io::pipe()?;
        let mut command = self.sandbox.command(&self.program)?;
        command
            .args(suite::flags(&String::from_utf8_lossy(&source)))
            .arg(file)
            .current_dir(&self.suite.root)
            .env_clear()
            .envs(
                INHERITED
                    .iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .env("HOME", folder)
            .env("LANG", "C.UTF-8")
            // Where `test/common` puts what a test writes, and what it looks at.
            .env("NODE_TEST_DIR", folder)
            .env("TEST_THREAD_ID", "0")
            .env("TEST_SERIAL_ID", "0")
            // The list of globals in there is that of one release.
            .env("NODE_TEST_KNOWN_GLOBALS", "0")
            // The flags were given.
            .env("NODE_SKIP_FLAG_CHECK", "1")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer);
        Ok((command.spawn()?, reader))
    }

    fn watch(
        &self,
        mut child: Child,
        output: std::io::PipeReader,
        limit: Duration,
        place: Place<'_>,
        skips: usize,
    ) -> (Verdict, String) {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(Output::read(output)));
        let started = Instant::now();
        let mut place = Some(place);
        let code = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status.code().unwrap_or(128)),
                Ok(None) => {}
                Err(error) => break Err(Verdict::NotRun(error.to_string())),
            }
            if started.elapsed() > limit {
                break Err(Verdict::TimedOut);
            }
            if started.elapsed() > GIVES_ITS_PLACE_AFTER && self.sandbox == sandbox::Kind::Alone {
                place = None;
            }
            thread::sleep(Duration::from_millis(3));
        };
        drop(place);
        self.sandbox.end(&mut child);
        let _ = child.wait();
        // Who has left its group may still hold the pipe: it isn't waited for.
        let output = receiver
            .recv_timeout(Duration::from_secs(2))
            .unwrap_or_default();
        let verdict = match code {
            Ok(0) if output.skips_itself || output.skips > skips => Verdict::Skipped,
            Ok(0) => Verdict::Passed,
            Ok(code) => Verdict::Failed(code),
            Err(verdict) => verdict,
        };
        (verdict, output.into_text())
    }
}

/// The names of the features that the program has.
fn features(program: &Path) -> std::io::Result<Vec<String>> {
    let script = "Object.keys(process.features).filter((name) => process.features[name]).join(' ')";
    let output = Command::new(program)
        .args(["-p", script])
        .stdin(Stdio::null())
        .output()?;
    let names = String::from_utf8_lossy(&output.stdout);
    Ok(names.split_whitespace().map(str::to_owned).collect())
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

/// What is kept of a test's output, and what it says of skipping.
#[derive(Default)]
struct Output {
    head: Vec<u8>,
    tail: Vec<u8>,
    /// The line that isn't complete yet.
    line: Vec<u8>,
    skips_itself: bool,
    /// Parts that were skipped.
    skips: usize,
}

impl Output {
    fn read(mut pipe: impl Read) -> Self {
        let mut output = Self::default();
        let mut chunk = [0; 16 << 10];
        while let Ok(count @ 1..) = pipe.read(&mut chunk) {
            output.take(&chunk[..count]);
        }
        output.look_at_line();
        output
    }

    fn take(&mut self, read: &[u8]) {
        let room = OUTPUT_KEPT.saturating_sub(self.head.len()).min(read.len());
        self.head.extend_from_slice(&read[..room]);
        self.tail.extend_from_slice(&read[room..]);
        if self.tail.len() > 2 * OUTPUT_KEPT {
            self.tail.drain(..self.tail.len() - OUTPUT_KEPT);
        }
        for &byte in read {
            if byte == b'\n' {
                self.look_at_line();
            } else if self.line.len() < OUTPUT_KEPT {
                self.line.push(byte);
            }
        }
    }

    /// `test/common` says in a line of its own that a test doesn't run here, the test runner with a word at the end of a
    /// line that it skips a part.
    fn look_at_line(&mut self) {
        self.skips_itself |= self.line.starts_with(b"1..0 # Skipped");
        self.skips += usize::from(self.line.trim_ascii_end().ends_with(b"# SKIP"));
        self.line.clear();
    }

    fn into_text(self) -> String {
        let mut text = String::from_utf8_lossy(&self.head).into_owned();
        if !self.tail.is_empty() {
            text.push_str("\n[…]\n");
            text.push_str(&String::from_utf8_lossy(&self.tail));
        }
        text
    }
}

/// As many tests compute at a time as there are places.
struct Places {
    all: usize,
    free: Mutex<usize>,
    freed: Condvar,
}

struct Place<'a>(&'a Places);

impl Places {
    fn new(all: usize) -> Self {
        Self {
            all,
            free: Mutex::new(all),
            freed: Condvar::new(),
        }
    }

    fn take(&self) -> Place<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .freed
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Place(self)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
