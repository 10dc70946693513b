//! A scenario: a script of `bench/scenarios`, and what its first lines say about it.
//!
//! ```text
//! // What: a few words for the table
//! // Measure: script | first-answer | server
//! // Prints: …      what the script has to print (script)
//! // Answer: …      the body that a request for `/` has to get (server, first-answer)
//! // Requests: varied   instead of `/`: random header names, bodies of many sizes
//! // Script: PATH   the script to run, where it is another file
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Error, Result, requests::Exchange};

/// How a scenario is measured.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Wall time of a script that prints this and ends.
    Script { prints: String },
    /// Wall time from the start of the process to the first whole answer.
    FirstAnswer(Exchange),
    /// Requests a second under load.
    Server(Vec<Exchange>),
}

/// One scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: String,
    pub what: String,
    pub script: PathBuf,
    pub kind: Kind,
}

impl Scenario {
    /// Whether the load generator is needed.
    pub fn needs_load(&self) -> bool {
        matches!(self.kind, Kind::Server(_))
    }
}

/// Reads the scenarios of these names, or all.
///
/// # Errors
/// A name that isn't there, or a script whose first lines make no sense.
pub fn load(names: &[String]) -> Result<Vec<Scenario>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let known = known(&folder)?;
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        let list = known.join(", ");
        return Err(Error::Usage(format!(
            "no scenario {name}; there are {list}"
        )));
    }
    let chosen = known
        .iter()
        .filter(|name| names.is_empty() || names.contains(name));
    chosen.map(|name| read(&folder, name)).collect()
}

fn known(folder: &Path) -> Result<Vec<String>> {
    let entries =
        fs::read_dir(folder).map_err(|error| Error::Io(folder.display().to_string(), error))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_script = path.extension().is_some_and(|kind| kind == "js");
            Some(path.file_stem().filter(|_| is_script)?.to_str()?.to_owned())
        })
        .collect();
    names.sort();
    Ok(names)
}

fn read(folder: &Path, name: &str) -> Result<Scenario> {
    let path = folder.join(format!("{name}.js"));
    let source =
        fs::read_to_string(&path).map_err(|error| Error::Io(path.display().to_string(), error))?;
    let said = |what: &str| {
        let start = format!("// {what}: ");
        let lines = source.lines().take_while(|line| line.starts_with("//"));
        lines
            .filter_map(|line| line.strip_prefix(&start))
            .map(|text| text.replace("\\n", "\n"))
            .next()
    };
    let need = |what: &str| {
        said(what).ok_or_else(|| Error::Wrong(format!("{}: no `// {what}: …`", path.display())))
    };
    let answered = || Ok(Exchange::plain(&need("Answer")?));
    let kind = match need("Measure")?.as_str() {
        "script" => Kind::Script {
            prints: format!("{}\n", need("Prints")?),
        },
        "first-answer" => Kind::FirstAnswer(answered()?),
        "server" if said("Requests").as_deref() == Some("varied") => {
            Kind::Server(Exchange::varied())
        }
        "server" => Kind::Server(vec![answered()?]),
        other => {
            return Err(Error::Wrong(format!(
                "{}: cannot measure {other}",
                path.display()
            )));
        }
    };
    let script = said("Script").map_or(path.clone(), |other| folder.join(other));
    let script = script
        .canonicalize()
        .map_err(|error| Error::Io(script.display().to_string(), error))?;
    Ok(Scenario {
        name: name.to_owned(),
        what: need("What")?,
        script,
        kind,
    })
}
