//! `--slow-turn=MS`: what took longer is named, with who scheduled it. A limit of 0 names all, so nothing here depends on time.

mod support;

use support::ouro;

const SCRIPT: &str = "
    function later() { setTimeout(() => {}, 1); }
    function read() { require('fs').stat('/', () => {}); }
    later();
    read();
";

fn reported(option: &str) -> String {
    let output = ouro()
        .args([option, "-e", SCRIPT])
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_callback_is_named_with_the_place_that_scheduled_it() {
    let report = reported("--slow-turn=0");
    for (kind, place) in [
        ("timers", "at later ("),
        ("completions of the pool", "at read ("),
    ] {
        let mut lines = report.lines();
        let found = lines.any(|line| {
            line.starts_with("slow turn: ") && line.ends_with(&format!(" in {kind}, scheduled"))
        });
        assert!(found, "{kind}: {report}");
        // The first line is that of `setTimeout` or `stat` itself.
        let second = lines.nth(1).unwrap_or_default();
        assert!(second.contains(place), "{kind}: {second} in {report}");
    }
}

#[test]
fn what_is_quicker_is_not_named() {
    assert_eq!(reported("--slow-turn=1e9"), "");
}

#[test]
fn a_limit_that_is_no_number_is_refused() {
    let output = ouro()
        .args(["--slow-turn=long", "-e", "1"])
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(9));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("--slow-turn must be milliseconds, not long"),
        "{errors}"
    );
}
