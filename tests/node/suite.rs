//! Node's own tests on this machine: where they are, which of them are ours to pass, which of those pass.
//!
//! The files are fetched (`fetch.sh`) into `target/node-suite` or the folder that `OURO_NODE_SUITE` names. The lists are
//! part of the repository: `scope/FOLDER.txt` holds what Node itself passes on such a machine without its internals,
//! `passing.txt` what Ouro passes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

/// The release whose tests the lists speak of. `fetch.sh` fetches it.
pub const VERSION: &str = "20.19.2";
/// The folders of the suite that are run.
pub const FOLDERS: [&str; 3] = ["parallel", "sequential", "es-module"];
/// Names the folder with the suite; empty for none.
pub const VARIABLE: &str = "OURO_NODE_SUITE";

/// One file of the suite, `folder/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test(pub String);

impl Test {
    pub fn folder(&self) -> &str {
        self.0.split_once('/').map_or("", |(folder, _)| folder)
    }

    /// The name without the folder.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, name)| name)
    }
}

/// `tests/node` of the repository.
pub fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node")
}

/// The tests that are ours to pass, sorted.
pub fn in_scope() -> io::Result<BTreeSet<Test>> {
    let mut tests = BTreeSet::new();
    for folder in FOLDERS {
        for name in lines(&scope_list(folder)?) {
            tests.insert(Test(format!("{folder}/{name}")));
        }
    }
    Ok(tests)
}

fn scope_list(folder: &str) -> io::Result<String> {
    fs::read_to_string(home().join("scope").join(format!("{folder}.txt")))
}

/// How many parts of a test Node skips on such a machine, where it skips any: `test-name.js # skips 1`.
pub fn known_skips() -> io::Result<BTreeMap<Test, usize>> {
    let mut skips = BTreeMap::new();
    for folder in FOLDERS {
        for line in scope_list(folder)?.lines() {
            if let Some((name, count)) = line.split_once("# skips ")
                && let Ok(count) = count.trim().parse()
            {
                skips.insert(Test(format!("{folder}/{}", name.trim())), count);
            }
        }
    }
    Ok(skips)
}

pub fn passing_list() -> PathBuf {
    home().join("passing.txt")
}

/// The tests that pass, as they stand in the list.
pub fn passing() -> io::Result<Vec<Test>> {
    let text = fs::read_to_string(passing_list())?;
    Ok(lines(&text).map(|name| Test(name.to_owned())).collect())
}

/// A list has one name a line; what follows a `#` is a remark.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
}

/// The files.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Holds `test/`. The tests run with this as their working directory.
    pub root: PathBuf,
}

impl Suite {
    /// The suite of this machine, or why there is none.
    pub fn find() -> Result<Self, String> {
        let root = match std::env::var_os(VARIABLE) {
            Some(folder) if folder.is_empty() => {
                return Err(format!("{VARIABLE} is empty"));
            }
            Some(folder) => PathBuf::from(folder),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("target/node-suite"),
        };
        if !root.join("test/common/index.js").is_file() {
            return Err(format!(
                "{} doesn't hold it (tests/node/fetch.sh fetches it)",
                root.display()
            ));
        }
        match fs::read_to_string(root.join("version")) {
            Ok(version) if version.trim() != VERSION => Err(format!(
                "{} holds that of {}, the lists are for {VERSION}",
                root.display(),
                version.trim()
            )),
            _ => Ok(Self {
                root: std::path::absolute(&root).unwrap_or(root),
            }),
        }
    }

    pub fn file(&self, test: &Test) -> PathBuf {
        self.root.join("test").join(&test.0)
    }

    pub fn common(&self) -> PathBuf {
        self.root.join("test/common")
    }
}

/// The options that a test's `// Flags:` line asks for.
pub fn flags(source: &str) -> Vec<String> {
    source
        .lines()
        .find_map(|line| line.strip_prefix("// Flags: "))
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// The feature (of `process.features`) without which a test says nothing and returns on its first lines: a way to skip
/// itself that its output doesn't show.
pub fn needed_feature(source: &str) -> Option<&str> {
    source.lines().find_map(|line| {
        line.strip_prefix("if (!process.features.")?
            .strip_suffix(") return;")
    })
}
