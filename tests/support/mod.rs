//! What the tests that run the built program share: the program with a clean environment and a time limit, folders
//! that go when they are dropped, servers that are stopped when they are dropped, and figures of a process.

#![allow(dead_code, reason = "each test target uses its own part")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// No run of a test lasts longer; a dev build on a busy machine is slow.
pub const TIME_LIMIT: Duration = Duration::from_secs(120);

/// The program, with nothing in its environment that changes what it does.
pub fn ouro() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ouro"));
    command
        .env("NO_COLOR", "1")
        .env_remove("NODE_OPTIONS")
        .env_remove("NODE_PATH")
        .env_remove("UV_THREADPOOL_SIZE")
        .stdin(Stdio::null());
    command
}

/// A file of `tests/servers`.
pub fn server_script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/servers")
        .join(name)
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// `None`: a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Fails unless the run ended with this code.
    #[track_caller]
    pub fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Fails unless the error stream has this text in it.
    #[track_caller]
    pub fn complains(self, of: &str) -> Self {
        assert!(self.stderr.contains(of), "no {of:?} in {self:#?}");
        self
    }

    /// Fails unless the run printed exactly this, and nothing on the error stream.
    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert_eq!(
            (self.stdout.as_str(), self.stderr.as_str()),
            (text, ""),
            "{:?}",
            self.code
        );
        self
    }
}

/// Runs a command to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Ran {
    run_with_input(command, None)
}

/// Runs a command to its end with this on its standard input.
#[track_caller]
pub fn run_with_input(command: &mut Command, input: Option<&str>) -> Ran {
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built");
    if let (Some(text), Some(mut stdin)) = (input, child.stdin.take()) {
        // A program that doesn't read closes its end.
        let _ = stdin.write_all(text.as_bytes());
    }
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let status = match wait(&mut child, TIME_LIMIT) {
        Some(status) => status,
        None => {
            let _ = child.kill();
            let _ = child.wait();
            panic!("still running after {TIME_LIMIT:?}: {command:?}");
        }
    };
    let text = |reader: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reader.join().expect("readers don't panic")).into_owned()
    };
    Ran {
        code: status.code(),
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

fn collect(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            let _ = stream.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child, limit: Duration) -> Option<std::process::ExitStatus> {
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().expect("the child is ours") {
            return Some(status);
        }
        if Instant::now() > end {
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Runs `ouro -e TEXT`.
#[track_caller]
pub fn eval(text: &str) -> Ran {
    run(ouro().args(["-e", text]))
}

/// A folder of its own for a test; it goes with the value.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("ouro-test-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        // Without links, as the program will name it.
        Self(folder.canonicalize().expect("it was just made"))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("the folder is ours");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A program that goes on until it is told to stop; it is killed when the value goes.
pub struct Running {
    pub child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, stdout }
    }

    /// The next line that the program prints.
    #[track_caller]
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout
            .read_line(&mut line)
            .expect("the output is UTF-8");
        assert!(
            !line.is_empty(),
            "the program ended: {:?}",
            self.child.try_wait()
        );
        line.trim_end().to_owned()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name, as `kill` knows it.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.id().to_string()])
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -s {name}");
    }

    /// Waits for the end.
    #[track_caller]
    pub fn wait(&mut self) -> std::process::ExitStatus {
        wait(&mut self.child, TIME_LIMIT).expect("the program should have ended")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server script of `tests/servers` on a port of its own.
pub struct Server {
    pub program: Running,
    pub address: SocketAddr,
}

impl Server {
    #[track_caller]
    pub fn start(script: &str) -> Self {
        let mut program = Running::start(ouro().arg(server_script(script)).env("PORT", "0"));
        let line = program.line();
        let address = line
            .strip_prefix("Listening on http://")
            .and_then(|rest| rest.strip_suffix('/'))
            .and_then(|address| address.parse().ok())
            .unwrap_or_else(|| panic!("no address in {line:?}"));
        Self { program, address }
    }

    #[track_caller]
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the server listens");
        stream
            .set_read_timeout(Some(TIME_LIMIT))
            .expect("the limit is not zero");
        stream
    }
}

/// An answer as it came over the wire.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads one answer whose length is in its head or whose body is chunked.
#[track_caller]
pub fn read_answer(from: &mut impl BufRead) -> Answer {
    let mut line = || {
        let mut line = String::new();
        from.read_line(&mut line).expect("the head is text");
        line.trim_end().to_owned()
    };
    let first = line();
    let status = first
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .unwrap_or_else(|| panic!("no answer: {first:?}"));
    let mut headers = Vec::new();
    loop {
        let header = line();
        let Some((name, value)) = header.split_once(": ") else {
            assert_eq!(header, "", "a header without a colon");
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        loop {
            let mut size = String::new();
            from.read_line(&mut size).expect("a chunk's size is text");
            let size = usize::from_str_radix(size.trim_end(), 16).expect("a hexadecimal number");
            let start = answer.body.len();
            answer.body.resize(start + size + 2, 0);
            from.read_exact(&mut answer.body[start..])
                .expect("the chunk is whole");
            assert_eq!(answer.body.split_off(start + size), b"\r\n");
            if size == 0 {
                return answer;
            }
        }
    }
    let length = answer
        .header("content-length")
        .map_or(0, |text| text.parse().expect("a length is a number"));
    answer.body.resize(length, 0);
    from.read_exact(&mut answer.body)
        .expect("the body is whole");
    answer
}

/// A line of `/proc/PID/status`, without its name.
#[cfg(target_os = "linux")]
pub fn status_of(id: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches(':').trim().to_owned())
}

/// The names of a process's threads.
#[cfg(target_os = "linux")]
pub fn threads_of(id: u32) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{id}/task"))
        .into_iter()
        .flatten();
    let mut names: Vec<String> = tasks
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .map(|name| name.trim_end().to_owned())
        .collect();
    names.sort();
    names
}

/// A program in namespaces of its own, by these options of `unshare`: a shell script sets them up, which is given a path and the program.
#[cfg(target_os = "linux")]
pub fn unshared(options: &str, set_up: &str, path: &Path, program: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.args([options, "sh", "-c", set_up, "sh"]);
    command.arg(path).args(program);
    command
}

/// Whether such namespaces are to be had here.
#[cfg(target_os = "linux")]
pub fn can_unshare(options: &str, set_up: &str, path: &Path) -> bool {
    let output = unshared(options, set_up, path, &["true"]).output();
    output.is_ok_and(|output| output.status.success())
}
