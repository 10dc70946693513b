//! Two programs as people write them, about files, digests and streams: the right bytes, and memory that doesn't grow with the file.
#![cfg(target_os = "linux")]

mod support;

use std::{
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
};

use support::{ouro, run};

/// So much goes through the pipeline: several times what it may have in memory.
const MEGABYTES: usize = 128;
/// The most that the process may have, in kilobytes.
const LIMIT: u64 = 100 * 1024;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/samples")
        .join(name)
}

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn make(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("ouro-samples-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the files");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Lines that compress to about a third.
fn write_lines(path: &Path) {
    let mut file = BufWriter::new(fs::File::create(path).expect("a file to read"));
    let (mut seed, mut length) = (1_u64, 0);
    while length < MEGABYTES << 20 {
        let mut lines = String::new();
        while lines.len() < 1 << 16 {
            seed = seed * 48_271 % 2_147_483_647;
            lines.push_str(&format!("{seed} the loop, the pool {}\n", seed % 8));
        }
        length += lines.len();
        file.write_all(lines.as_bytes()).expect("room for the file");
    }
    file.flush().expect("room for the file");
}

#[test]
fn a_file_is_read_and_hashed() {
    let folder = Folder::make("hash");
    let file = folder.0.join("file");
    fs::write(&file, "abc".repeat(1_000_000)).expect("a file to read");
    run(ouro().arg(sample("hash.mjs")).arg(&file))
        .prints("f4096a131e7e6ebfa7a512b5c299e13b065df34d15624ee1202ab394cc4d7e90\n");
}

#[test]
fn a_file_is_compressed_through_a_pipeline() {
    let folder = Folder::make("gzip");
    let [from, to] = ["from", "to.gz"].map(|name| folder.0.join(name));
    write_lines(&from);
    let mut command = ouro();
    command.arg("-r").arg(sample("memory.js"));
    command.arg(sample("gzip.js")).args([&from, &to]);
    let ran = run(&mut command);
    assert_eq!(ran.stdout, "done\n", "{}", ran.stderr);
    let peak: u64 = ran.stderr.trim().parse().expect("kilobytes");
    assert!(peak < LIMIT, "{peak} KB at peak");
    let same = Command::new("sh")
        .args(["-c", "gzip -dc \"$1\" | cmp - \"$0\""])
        .args([&from, &to])
        .status();
    assert!(same.is_ok_and(|status| status.success()), "other bytes");
}
