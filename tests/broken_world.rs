//! A program that breaks the world (replaces methods of arrays, strings, maps, promises, puts setters on the prototype of
//! objects, takes globals away) still gets modules that work, though they load afterwards.

mod support;

use support::{ouro, run};

#[test]
fn modules_that_load_late_work_in_a_broken_world() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broken_world.js");
    run(ouro().args(["--no-deprecation", script]))
        .with_code(0)
        .prints("done\n");
}
