//! A name server that never answers: lookups wait for it on the pool, and files don't wait for them.
#![cfg(target_os = "linux")]

mod support;

use std::{fs, path::Path};

use support::{can_unshare, run, unshared};

/// Namespaces of users, mounts and networks.
const OPTIONS: &str = "-rmn";

/// A network with nothing but its loopback, in which the C library asks the name server there: in namespaces of its own, which an ordinary
/// user may have too. The first argument is the configuration to use.
const SET_UP: &str = "
    set -e
    ip link set lo up
    mount --bind \"$1\" /etc/resolv.conf
    shift
    exec \"$@\"
";

#[test]
fn files_do_not_wait_for_lookups() {
    let folder = std::env::temp_dir().join(format!("ouro-resolver-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the files");
    let configuration = folder.join("resolv.conf");
    let text = "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n";
    fs::write(&configuration, text).expect("the folder takes files");
    if !can_unshare(OPTIONS, SET_UP, &configuration) {
        eprintln!("left out: there are no namespaces to have here, or no `ip`");
        let _ = fs::remove_dir_all(&folder);
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/resolver/stalled.js");
    let arguments = [script.to_str(), folder.to_str()].map(|path| path.expect("it is text"));
    let program = [env!("CARGO_BIN_EXE_ouro"), arguments[0], arguments[1]];
    let mut command = unshared(OPTIONS, SET_UP, &configuration, &program);
    let ran = run(command.env_remove("UV_THREADPOOL_SIZE"));
    let _ = fs::remove_dir_all(&folder);
    ran.prints("files read, lookups answered: 0\nof 4 threads at lookups: 2\n");
}
