//! A scenario: a script of `bench/scenarios`, and what its first lines say about it.
//!
//! ```text
//! // What: a few words for the table
//! // Group: what it is about, for the order of the table
//! // Measure: script | first-answer | server | half-rate | idle | echo | operations
//! // Script: PATH              the script to run, where it is another file
//! // Unsupported: NAME: why    a peer that can't run it
//! // Prints: …                 what the script has to print (script)
//! // Request: GET /path        a request (server, half-rate, idle, first-answer); `GET /` if none is named
//! // Header: Name: value       a header of that request
//! // Answer: …                 the body of its answer
//! // Body-bytes: N             the request has so many bytes of the alphabet as its body
//! // Answer-bytes: N           the answer has so many bytes of the alphabet
//! // Requests: varied          in place of all this: random header names, bodies of many sizes
//! // Pipeline: N               so many requests are sent at once
//! // Connections: N …          64 if nothing is said; each is measured
//! // Unit: …                   what is counted (operations)
//! // Result: …                 what the script has to find out (operations)
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Error, Result,
    peers::Peer,
    requests::{Exchange, alphabet},
};

/// The groups of the table, in its order.
const GROUPS: [&str; 14] = [
    "start-up",
    "http",
    "connections",
    "net",
    "fs",
    "timers",
    "ticks",
    "events",
    "streams",
    "buffer",
    "json",
    "crypto",
    "zlib",
    "compute",
];

/// Connections of a server scenario that doesn't say how many.
const CONNECTIONS: usize = 64;

/// How a scenario is measured.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Wall time of a script that prints this and ends.
    Script { prints: String },
    /// Wall time from the start of the process to the first whole answer.
    FirstAnswer(Exchange),
    /// Requests a second under load.
    Server {
        exchanges: Vec<Exchange>,
        pipeline: usize,
        connections: usize,
    },
    /// Latency under half of the load that it can bear.
    HalfRate {
        exchanges: Vec<Exchange>,
        connections: usize,
    },
    /// Memory for each of many connections that are open and quiet.
    Idle {
        exchange: Exchange,
        connections: usize,
    },
    /// Messages a second, sent and got back over TCP.
    Echo { connections: usize },
    /// Operations a second, counted by the script.
    Operations { unit: String, result: String },
}

/// One scenario; a script that names several numbers of connections is several.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The script's name.
    pub name: String,
    pub what: String,
    /// Its place in the order of the table.
    pub group: usize,
    pub script: PathBuf,
    pub kind: Kind,
    /// One of several numbers of connections.
    pub is_one_of_many: bool,
    /// Names of peers, and why they can't.
    unsupported: Vec<(String, String)>,
}

impl Scenario {
    /// The name in the tables.
    pub fn label(&self) -> String {
        match self.connections() {
            Some(connections) if self.is_one_of_many => format!("{}, {connections}", self.name),
            _ => self.name.clone(),
        }
    }

    pub fn connections(&self) -> Option<usize> {
        match self.kind {
            Kind::Server { connections, .. }
            | Kind::HalfRate { connections, .. }
            | Kind::Idle { connections, .. }
            | Kind::Echo { connections } => Some(connections),
            Kind::Script { .. } | Kind::FirstAnswer(_) | Kind::Operations { .. } => None,
        }
    }

    /// Why a peer can't run it.
    pub fn unsupported(&self, peer: &Peer) -> Option<&str> {
        let of_peer = |(name, _): &&(String, String)| name.eq_ignore_ascii_case(peer.key);
        self.unsupported
            .iter()
            .find(of_peer)
            .map(|(_, why)| why.as_str())
    }
}

/// The folder of the scenarios.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// Reads the scenarios of these names, or all, in the order of the table.
///
/// # Errors
/// A name that isn't there, or a script whose first lines make no sense.
pub fn load(names: &[String]) -> Result<Vec<Scenario>> {
    let folder = folder();
    let known = scripts(&folder)?;
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        let list = known.join(", ");
        return Err(Error::Usage(format!(
            "no scenario {name}; there are {list}"
        )));
    }
    let mut scenarios = Vec::new();
    for name in &known {
        if names.is_empty() || names.contains(name) {
            scenarios.extend(read(&folder, name)?);
        }
    }
    scenarios.sort_by_key(|scenario| scenario.group);
    Ok(scenarios)
}

/// The names of a folder's scripts, sorted.
pub fn scripts(folder: &Path) -> Result<Vec<String>> {
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

/// Reads one script's first lines.
pub fn read(folder: &Path, name: &str) -> Result<Vec<Scenario>> {
    let path = folder.join(format!("{name}.js"));
    let source =
        fs::read_to_string(&path).map_err(|error| Error::Io(path.display().to_string(), error))?;
    let header = Header::of(&source);
    let scenarios = header.scenarios(folder, name, &path);
    scenarios.map_err(|error| Error::Wrong(format!("{}: {error}", path.display())))
}

/// What the first lines of a script say, in their order.
struct Header<'a> {
    lines: Vec<(&'a str, &'a str)>,
}

impl<'a> Header<'a> {
    fn of(source: &'a str) -> Self {
        let lines = source.lines().map_while(|line| line.strip_prefix("// "));
        Self {
            lines: lines.filter_map(|line| line.split_once(": ")).collect(),
        }
    }

    fn all(&self, key: &str) -> impl Iterator<Item = &'a str> {
        self.lines
            .iter()
            .filter_map(move |(known, value)| (*known == key).then_some(*value))
    }

    fn said(&self, key: &str) -> Option<&'a str> {
        self.all(key).next()
    }

    fn need(&self, key: &str) -> Result<&'a str> {
        self.said(key)
            .ok_or_else(|| Error::Wrong(format!("no `// {key}: …`")))
    }

    fn scenarios(&self, folder: &Path, name: &str, path: &Path) -> Result<Vec<Scenario>> {
        let script = self
            .said("Script")
            .map_or(path.to_owned(), |other| folder.join(other));
        let script = script
            .canonicalize()
            .map_err(|error| Error::Io(script.display().to_string(), error))?;
        let group = self.said("Group").unwrap_or("compute");
        let group = GROUPS
            .iter()
            .position(|known| *known == group)
            .ok_or_else(|| Error::Wrong(format!("no group {group}")))?;
        let unsupported: Vec<(String, String)> = self
            .all("Unsupported")
            .filter_map(|value| value.split_once(": "))
            .map(|(name, why)| (name.to_owned(), why.to_owned()))
            .collect();
        let what = self.need("What")?;
        let counts = self.connections()?;
        let scenario = |connections: &usize| {
            Ok(Scenario {
                name: name.to_owned(),
                what: what.to_owned(),
                group,
                script: script.clone(),
                kind: self.kind(*connections)?,
                is_one_of_many: counts.len() > 1,
                unsupported: unsupported.clone(),
            })
        };
        counts.iter().map(scenario).collect()
    }

    fn connections(&self) -> Result<Vec<usize>> {
        match self.said("Connections") {
            None => Ok(vec![CONNECTIONS]),
            Some(text) => text.split_whitespace().map(number).collect(),
        }
    }

    fn kind(&self, connections: usize) -> Result<Kind> {
        let one = || {
            let mut exchanges = self.exchanges()?;
            Ok::<_, Error>(exchanges.swap_remove(0))
        };
        Ok(match self.need("Measure")? {
            "script" => Kind::Script {
                prints: format!("{}\n", lines_of(self.need("Prints")?)),
            },
            "first-answer" => Kind::FirstAnswer(one()?),
            "server" => Kind::Server {
                exchanges: match self.said("Requests") {
                    Some("varied") => Exchange::varied(),
                    Some(other) => return Err(Error::Wrong(format!("no requests {other}"))),
                    None => self.exchanges()?,
                },
                pipeline: self.said("Pipeline").map_or(Ok(1), number)?,
                connections,
            },
            "half-rate" => Kind::HalfRate {
                exchanges: self.exchanges()?,
                connections,
            },
            "idle" => Kind::Idle {
                exchange: one()?,
                connections,
            },
            "echo" => Kind::Echo { connections },
            "operations" => Kind::Operations {
                unit: self.said("Unit").unwrap_or("operations").to_owned(),
                result: self.need("Result")?.to_owned(),
            },
            other => return Err(Error::Wrong(format!("cannot measure {other}"))),
        })
    }

    /// The requests with their answers: what follows a request belongs to it.
    fn exchanges(&self) -> Result<Vec<Exchange>> {
        let mut parts: Vec<Parts> = Vec::new();
        for (key, value) in &self.lines {
            if *key == "Request" {
                parts.push(Parts {
                    request: value,
                    ..Parts::default()
                });
                continue;
            }
            if !["Header", "Answer", "Answer-bytes", "Body-bytes"].contains(key) {
                continue;
            }
            if parts.is_empty() {
                parts.push(Parts::default());
            }
            let last = parts.last_mut().expect("one was pushed");
            match *key {
                "Header" => last.headers.push(value),
                "Answer" => last.answer = Some(lines_of(value)),
                "Answer-bytes" => last.answer = Some(alphabet(number(value)?)),
                _ => last.body = Some(alphabet(number(value)?)),
            }
        }
        if parts.is_empty() {
            return Err(Error::Wrong("no `// Answer: …`".to_owned()));
        }
        parts.into_iter().map(Parts::exchange).collect()
    }
}

#[derive(Default)]
struct Parts<'a> {
    request: &'a str,
    headers: Vec<&'a str>,
    body: Option<String>,
    answer: Option<String>,
}

impl Parts<'_> {
    fn exchange(self) -> Result<Exchange> {
        let request = self.request;
        let answer = self
            .answer
            .ok_or_else(|| Error::Wrong(format!("no answer to `{request}`")))?;
        let mut words = request.splitn(3, ' ');
        let method = words.next().filter(|word| !word.is_empty());
        let path = words.next().unwrap_or("/");
        let body = self.body.or(words.next().map(lines_of));
        Ok(Exchange::new(
            method.unwrap_or("GET"),
            path,
            &self.headers,
            body.as_deref(),
            answer,
        ))
    }
}

fn lines_of(text: &str) -> String {
    text.replace("\\n", "\n")
}

fn number(text: &str) -> Result<usize> {
    text.trim()
        .parse()
        .map_err(|_| Error::Wrong(format!("{text}: not a number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Result<Vec<String>> {
        let header = Header::of(source);
        let path = folder().join("hello.js");
        let scenarios = header.scenarios(&folder(), "x", &path)?;
        Ok(scenarios
            .iter()
            .map(|scenario| match &scenario.kind {
                Kind::Server {
                    exchanges,
                    pipeline,
                    connections,
                } => {
                    let requests: Vec<String> = exchanges
                        .iter()
                        .map(|one| {
                            let line = one.request.lines().next().unwrap_or_default();
                            format!("{line} > {}", one.body)
                        })
                        .collect();
                    format!("{connections}x{pipeline} {}", requests.join("; "))
                }
                other => format!("{other:?}"),
            })
            .collect())
    }

    #[test]
    fn first_lines_say_how_it_is_measured() {
        let table = [
            (
                "// What: w\n// Measure: server\n// Answer: a\\n\n'use strict';\n// Answer: no",
                "64x1 GET / HTTP/1.1 > a\n",
            ),
            (
                "// What: w\n// Measure: server\n// Request: POST /a {\"b\": 1}\n// Answer: 1\n// Request: GET /c\n// Answer-bytes: 3\n// Pipeline: 8\n// Connections: 1 10",
                "1x8 POST /a HTTP/1.1 > 1; GET /c HTTP/1.1 > abc|10x8 POST /a HTTP/1.1 > 1; GET /c HTTP/1.1 > abc",
            ),
            (
                "// What: w\n// Measure: script\n// Prints: x",
                "Script { prints: \"x\\n\" }",
            ),
            (
                "// What: w\n// Measure: operations\n// Result: 5",
                "Operations { unit: \"operations\", result: \"5\" }",
            ),
        ];
        for (source, expected) in table {
            assert_eq!(kinds(source).unwrap().join("|"), expected, "{source}");
        }
        for wrong in [
            "// What: w",
            "// Measure: server\n// Answer: x",
            "// What: w\n// Measure: server",
            "// What: w\n// Measure: server\n// Request: GET /",
            "// What: w\n// Measure: guess",
            "// What: w\n// Measure: echo\n// Connections: many",
            "// What: w\n// Group: g\n// Measure: echo",
        ] {
            assert!(kinds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_scripts_of_the_folder_can_be_read() {
        assert!(load(&[]).unwrap().len() >= 5);
    }
}
