//! What a script can't do to the process: recursion of every kind ends in a report, dropped memory is given back.

use std::process::{Command, Output};

fn run(script: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ouro"))
        .args(["-e", script])
        .output()
        .expect("the program was built with the tests")
}

fn printed(script: &str) -> String {
    let output = run(script);
    assert_eq!(output.status.code(), Some(0), "{script}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn deep_values_and_frames_hold() {
    let cases = [
        (
            "let d = 0; (function f(n) { d = n; if (n < 8000) f(n + 1); })(0); console.log(d)",
            "8000",
        ),
        (
            "let a = []; for (let i = 0; i < 100000; i++) a = [a]; console.log(String(a).length)",
            "0",
        ),
        (
            "console.log(JSON.parse('['.repeat(1e6) + ']'.repeat(1e6)).length)",
            "1",
        ),
        (
            "let p = {}; for (let i = 0; i < 20000; i++) p = new Proxy(p, {}); console.log(p.x)",
            "undefined",
        ),
        (
            "console.log(eval('('.repeat(5000) + '1' + ')'.repeat(5000)))",
            "1",
        ),
        ("console.log(Math.max(...new Array(120000).fill(1)))", "1"),
    ];
    for (script, expected) in cases {
        assert_eq!(printed(script), expected, "{script}");
    }
}

#[test]
fn endless_recursion_is_reported() {
    let cases = [
        "(function f() { f(); })()",
        "(function f() { [1].map(f); })()",
        "const o = { get x() { return o.x; } }; o.x",
        "const p = new Proxy({}, { get(t, k, r) { return r[k]; } }); p.x",
        "const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o)",
        "class A { constructor() { new A(); } } new A()",
        "(function f() { return 'a'.replace(/a/, f); })()",
        "(function f() { [1, 2].sort(f); })()",
    ];
    for script in cases {
        let output = run(script);
        let shown = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{script}: {shown}");
        assert!(
            shown.contains("RangeError: Maximum call stack size exceeded"),
            "{script}: {shown}"
        );
    }
}

/// Resident bytes that a script reaches may not pass this.
const MOST_RESIDENT: u64 = 200_000_000;

#[cfg(target_os = "linux")]
#[test]
fn dropped_memory_is_given_back() {
    let show = "console.log(process.memoryUsage().rss)";
    // Filling them is what takes the time, in a debug build a lot of it: 240 MB then.
    let arrays = if cfg!(debug_assertions) { 300 } else { 2000 };
    let cases = [
        format!("for (let i = 0; i < 20000; i++) new Uint8Array(65536); {show}"),
        format!("for (let i = 0; i < 20000; i++) Buffer.alloc(65536); {show}"),
        format!(
            "let n = 0; (function f() {{ for (let i = 0; i < 10; i++) new ArrayBuffer(65536);
             if (++n < 2000) setImmediate(f); else {show}; }})()"
        ),
        format!(
            "let n = 0; (function f() {{ const a = new Array(100000).fill(0.5);
             if (++n < {arrays}) setImmediate(f); else {show}; }})()"
        ),
    ];
    for script in cases {
        let resident: u64 = printed(&script).parse().expect("a number is printed");
        assert!(resident < MOST_RESIDENT, "{script}: {resident}");
    }
}
