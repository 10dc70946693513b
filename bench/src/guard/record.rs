//! The counts that are checked in: a file for each profile of cargo's that has been recorded, `bench/guard/PROFILE.txt`.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf, process::Command};

use super::paths::PATHS;
use crate::{Error, Result};

/// What a build of Ouro needed, and what compiled it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// As `rustc --version` says it.
    pub compiler: String,
    /// Architecture and system.
    pub target: String,
    pub counts: BTreeMap<String, u64>,
}

impl Record {
    /// One without counts, for what would be built here.
    pub fn here() -> Self {
        let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(compiler).arg("--version").output();
        let version = output.map_or(Vec::new(), |output| output.stdout);
        Self {
            compiler: String::from_utf8_lossy(&version).trim().to_owned(),
            target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
            counts: BTreeMap::new(),
        }
    }

    /// That of a profile, where it has one.
    ///
    /// # Errors
    /// When the file can't be read or makes no sense.
    pub fn read(profile: &str) -> Result<Option<Self>> {
        let file = file(profile);
        let name = file.display().to_string();
        match fs::read_to_string(&file) {
            Ok(text) => match parse(&text) {
                Some(record) => Ok(Some(record)),
                None => Err(Error::Wrong(format!("{name}: neither text nor counts"))),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Io(name, error)),
        }
    }

    /// Replaces that of a profile.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write(&self, profile: &str) -> Result<()> {
        let file = file(profile);
        fs::write(&file, self.text(profile))
            .map_err(|error| Error::Io(file.display().to_string(), error))
    }

    fn text(&self, profile: &str) -> String {
        let Self {
            compiler,
            target,
            counts,
        } = self;
        let mut text = format!(
            "# Instructions for one operation of each hot path, written by `ouro-bench guard --update`.\n\
             # profile: {profile}\n# compiler: {compiler}\n# target: {target}\n"
        );
        for path in PATHS {
            if let Some(count) = counts.get(path.name) {
                let _ = writeln!(text, "{:<10} {count:>9}  {}", path.name, path.what);
            }
        }
        text
    }
}

fn file(profile: &str) -> PathBuf {
    super::folder().join(format!("{profile}.txt"))
}

fn parse(text: &str) -> Option<Record> {
    let mut record = Record::default();
    for line in text.lines() {
        if let Some(compiler) = line.strip_prefix("# compiler: ") {
            record.compiler = compiler.to_owned();
        } else if let Some(target) = line.strip_prefix("# target: ") {
            record.target = target.to_owned();
        } else if !line.starts_with('#') {
            let mut words = line.split_whitespace();
            let name = words.next()?.to_owned();
            record.counts.insert(name, words.next()?.parse().ok()?);
        }
    }
    Some(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut record = Record::here();
        record.counts = PATHS
            .iter()
            .map(|path| path.name.to_owned())
            .zip(1..)
            .collect();
        assert_eq!(parse(&record.text("dev")), Some(record));
    }

    #[test]
    fn nonsense_is_no_record() {
        assert_eq!(parse("http many\n"), None);
        assert_eq!(parse("http\n"), None);
    }
}
