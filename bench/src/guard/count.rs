//! Counting: a script under valgrind's callgrind, in an environment that is the same everywhere. All threads count; what
//! the kernel does for them doesn't.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use super::paths::{HotPath, Operations};
use crate::{Error, Result};

/// A run that takes longer hangs.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// Counts what `ouro` does.
pub struct Counter {
    pub ouro: PathBuf,
    /// Where callgrind's files stay, for whoever wants to look closer.
    pub folder: PathBuf,
}

impl Counter {
    /// Whether valgrind is installed.
    pub fn is_installed() -> bool {
        let output = Command::new("valgrind").arg("--version").output();
        output.is_ok_and(|output| output.status.success())
    }

    /// The instructions of one operation.
    ///
    /// # Errors
    /// When the script doesn't do what it should, or can't be counted.
    pub fn count(&self, path: &HotPath) -> Result<u64> {
        match path.operations {
            Operations::Process => self.run(path, 1),
            Operations::Between(few, many) => {
                let less = self.run(path, few)?;
                let more = self.run(path, many)?;
                Ok(more.saturating_sub(less) / (many - few))
            }
        }
    }

    /// The file that callgrind writes about a path: what its last and longest run did.
    pub fn profile(&self, path: &HotPath) -> PathBuf {
        self.folder.join(format!("{}.out", path.name))
    }

    /// The instructions of a whole process.
    fn run(&self, path: &HotPath, operations: u64) -> Result<u64> {
        let wrong = |what: String| Error::Wrong(format!("{}: {what}", path.name));
        let profile = self.profile(path);
        let mut child = self
            .command(path, operations, &profile)
            .spawn()
            .map_err(|error| Error::Io("valgrind".to_owned(), error))?;
        let lines = lines(child.stdout.take().expect("the command pipes it"));
        let outcome = talk(path, operations, &lines);
        if outcome.is_err() {
            let _ = child.kill();
        }
        let status = child
            .wait()
            .map_err(|error| Error::Io("valgrind".to_owned(), error))?;
        outcome.map_err(|error| wrong(error.to_string()))?;
        if !status.success() {
            return Err(wrong(status.to_string()));
        }
        total(&profile)
    }

    fn command(&self, path: &HotPath, operations: u64, profile: &Path) -> Command {
        let mut out_file = std::ffi::OsString::from("--callgrind-out-file=");
        out_file.push(profile);
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=callgrind", "--quiet"])
            .arg(out_file)
            .arg(&self.ouro)
            .arg(format!("{}.js", path.name))
            .arg(operations.to_string())
            .current_dir(super::folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        // What the script could see of the machine; valgrind needs to find its parts.
        command.env_clear();
        for name in ["PATH", "VALGRIND_LIB"] {
            command.envs(env::var_os(name).map(|value| (name, value)));
        }
        command
            .env("UV_THREADPOOL_SIZE", "1")
            .env("NO_COLOR", "1")
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC");
        command
    }
}

/// What a process prints, line by line.
fn lines(stdout: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout)
            .lines()
            .map_while(std::result::Result::ok)
        {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Goes along with a script until it closes its standard output.
fn talk(path: &HotPath, operations: u64, lines: &Receiver<String>) -> Result<()> {
    let end = Instant::now() + TIME_LIMIT;
    let next = || match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
        Ok(line) => Ok(Some(line)),
        Err(mpsc::RecvTimeoutError::Disconnected) => Ok(None),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Error::Wrong("it hangs".to_owned())),
    };
    if let Some(client) = path.client {
        let line = next()?.unwrap_or_default();
        let port = line
            .strip_prefix("listening ")
            .and_then(|port| port.parse().ok());
        let port = port.ok_or_else(|| Error::Wrong(format!("no port in {line:?}")))?;
        client.drive(port, operations)?;
    }
    let mut printed = Vec::new();
    while let Some(line) = next()? {
        printed.push(line);
    }
    if printed != [format!("done {operations}")] {
        return Err(Error::Wrong(format!(
            "printed {printed:?} after {operations} operations"
        )));
    }
    Ok(())
}

/// The sum in a file of callgrind's.
fn total(profile: &Path) -> Result<u64> {
    let name = || profile.display().to_string();
    let text = fs::read(profile).map_err(|error| Error::Io(name(), error))?;
    let text = String::from_utf8_lossy(&text);
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    total
        .and_then(|total| total.trim().parse().ok())
        .ok_or_else(|| Error::Wrong(format!("{}: no total", name())))
}
