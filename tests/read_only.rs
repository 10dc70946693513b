//! A file system that is mounted for reading only: what each operation of `fs` says there, in its three forms, is what Node 24 says.
//!
//! `read_only/expected.txt` is what Node 24 printed for `read_only/faults.js`, but for three answers in which it misses what happened, and
//! Ouro doesn't: a recursive `mkdir` says `ENOENT` there, and `rmSync` has an error without a code.
#![cfg(target_os = "linux")]

mod support;

use std::{fs, path::Path};

use support::{can_unshare, run, unshared};

/// Mounts two file systems below a folder, one of them for reading only, and runs a script with their names. It has to be in a mount
/// namespace of its own; as an ordinary user in a user namespace too.
const MOUNT: &str = "
    set -e
    mount -t tmpfs none \"$1\"
    mkdir \"$1/ro\" \"$1/other\"
    mount -t tmpfs none \"$1/ro\"
    mkdir \"$1/ro/folder\"; echo content > \"$1/ro/file\"; ln -s file \"$1/ro/link\"
    mount -o remount,ro \"$1/ro\"
    cd /
    folder=$1; shift
    exec \"$@\" \"$folder/ro\" \"$folder/other\"
";

#[test]
fn refusals_are_those_of_node() {
    let folder = std::env::temp_dir().join(format!("ouro-read-only-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder to mount on");
    let can = |options: &&str| can_unshare(options, MOUNT, &folder);
    let Some(options) = ["-m", "-rm"].into_iter().find(can) else {
        eprintln!("left out: nothing can be mounted here, not even in a user namespace");
        let _ = fs::remove_dir(&folder);
        return;
    };
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/read_only");
    let script = tests.join("faults.js");
    let script = script.to_str().expect("the checkout has a name of text");
    let expected =
        fs::read_to_string(tests.join("expected.txt")).expect("it is part of the repository");
    let ran = run(&mut unshared(
        options,
        MOUNT,
        &folder,
        &[env!("CARGO_BIN_EXE_ouro"), script],
    ));
    let _ = fs::remove_dir(&folder);
    ran.prints(&expected);
}
