//! The two sides: this program, and one that is compiled from `bench/libuv`.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, Result};

/// One side.
pub struct Peer {
    pub name: &'static str,
    pub program: PathBuf,
    /// What comes before the name of the workload.
    pub words: &'static [&'static str],
    pub version: String,
}

/// Ouro, and libuv where it is installed.
///
/// # Errors
/// When libuv is there and its side can't be compiled, or doesn't run.
pub fn find() -> Result<(Peer, Option<Peer>)> {
    let program = env::current_exe().map_err(|error| Error::Io("ouro-bench".to_owned(), error))?;
    let libuv = compile(&program.with_file_name("libuv-bench"))?;
    if libuv.is_none() {
        eprintln!("libuv is not here, so Ouro runs alone (apt-get install libuv1-dev pkg-config)");
    }
    let ouro = Peer {
        name: "Ouro",
        program,
        words: &["loop-worker"],
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok((ouro, libuv))
}

fn compile(program: &Path) -> Result<Option<Peer>> {
    let config = Command::new("pkg-config")
        .args(["--cflags", "--libs", "libuv"])
        .output();
    let flags = match config {
        Ok(output) if output.status.success() => output.stdout,
        _ => return Ok(None),
    };
    let flags = String::from_utf8_lossy(&flags);
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let name = compiler.to_string_lossy().into_owned();
    let sources = sources().map_err(|error| Error::Io("bench/libuv".to_owned(), error))?;
    let status = Command::new(compiler)
        .args(["-O2", "-o"])
        .arg(program)
        .args(sources)
        .args(flags.split_whitespace())
        .status()
        .map_err(|error| Error::Io(name, error))?;
    if !status.success() {
        return Err(Error::Wrong(format!(
            "bench/libuv doesn't compile: {status}"
        )));
    }
    let failed = |error| Error::Io(program.display().to_string(), error);
    let output = Command::new(program).output().map_err(failed)?;
    Ok(Some(Peer {
        name: "libuv",
        program: program.to_owned(),
        words: &[],
        version: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    }))
}

fn sources() -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("libuv");
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "c") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources)
}
