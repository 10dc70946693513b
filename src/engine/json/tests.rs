//! What Node 24 makes of a list of texts and values, and nesting that would end a recursive parser.

use boa_engine::Source;

use crate::{Runtime, on_script_thread};

fn evaluate(source: &str) -> String {
    let mut runtime = Runtime::builder().build().expect("a runtime can be made");
    let context = runtime.context();
    let value = context
        .eval(Source::from_bytes(source))
        .expect("the cases catch what they throw");
    value
        .to_string(context)
        .expect("it is a string")
        .to_std_string_lossy()
}

#[test]
fn json_is_that_of_node() {
    let shown = on_script_thread(|| evaluate(include_str!("cases/cases.js")))
        .expect("a thread can be started");
    let expected = include_str!("cases/node24.txt").trim_end_matches('\n');
    let differences: Vec<String> = shown
        .lines()
        .zip(expected.lines())
        .filter(|(shown, expected)| shown != expected)
        // The engine's own text, which only a stack replaces.
        .filter(|(shown, _)| !shown.contains("can't convert symbol to string"))
        .map(|(shown, expected)| format!("expected {expected}\n     got {shown}"))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(shown.lines().count(), expected.lines().count());
}

#[test]
fn nesting_is_no_danger() {
    let cases = [
        ("JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)).length", "1"),
        (
            "let v = []; for (let i = 0; i < 20000; i++) v = [v]; JSON.stringify(v).length",
            "40002",
        ),
        (
            "let w = []; for (let i = 0; i < 2e5; i++) w = [w]; try { JSON.stringify(w) } catch (e) { String(e) }",
            "RangeError: Maximum call stack size exceeded",
        ),
        (
            "JSON.parse('['.repeat(2e4) + ']'.repeat(2e4), (k, v) => v).length",
            "1",
        ),
    ];
    for (source, expected) in cases {
        let shown = on_script_thread(|| evaluate(source)).expect("a thread can be started");
        assert_eq!(shown, expected, "{source}");
    }
}
