//! What script drops is given back, whether the collector knows its size or not.
#![cfg(target_os = "linux")]

mod support;

use support::{Running, ouro, status_of};

/// The most memory, in MB, that a script ever had while it ran.
#[track_caller]
fn peak_of(text: &str) -> u64 {
    // The script waits at its end, so that there is something left to look at.
    let text =
        format!("{text}\nfunction done() {{ console.log('done'); setTimeout(() => {{}}, 1e6); }}");
    let mut program = Running::start(ouro().args(["-e", &text]));
    assert_eq!(program.line(), "done");
    let peak = status_of(program.id(), "VmHWM").expect("the kernel keeps it");
    let kilobytes: u64 = peak
        .trim_end_matches(" kB")
        .parse()
        .expect("it is a number");
    kilobytes / 1024
}

#[track_caller]
fn stays_under(limit: u64, text: &str) {
    let peak = peak_of(text);
    assert!(peak < limit, "{peak} MB at peak, of {limit}: {text}");
}

/// Whether any collection was begun for the loop's sake while a hundred turns, each with a quarter of a megabyte of garbage, ran one after
/// another through `next`.
fn is_collected_between_turns(next: &str) -> bool {
    let text = format!(
        "
        const {{ PerformanceObserver }} = require('perf_hooks');
        let heard = 0;
        new PerformanceObserver((list) => {{ heard += list.getEntries().length; }}).observe({{ entryTypes: ['gc'] }});
        const garbage = (count) => {{ for (let i = 0; i < count; i++) ({{ i }}); }};
        garbage(50000);
        let turns = 0;
        (function turn() {{
          garbage(1000);
          if (++turns < 100) {next};
          else setImmediate(() => console.log(heard > 0));
        }})();"
    );
    let mut program = Running::start(ouro().args(["-e", &text]));
    program.line() == "true"
}

#[test]
fn a_loop_that_would_sleep_collects_first() {
    assert!(is_collected_between_turns("setTimeout(turn, 1)"));
}

#[test]
fn a_loop_that_has_no_time_to_sleep_leaves_it_to_the_engine() {
    assert!(!is_collected_between_turns("setImmediate(turn)"));
}

/// `body` in callbacks, `count` times in all.
fn in_callbacks(count: u32, body: &str) -> String {
    format!(
        "let left = {count}; (function turn() {{ for (let i = 0; i < 20; i++) {{ {body} }} left -= 20; left > 0 ? setImmediate(turn) : done(); }})();"
    )
}

/// Makes a buffer and writes to each of its pages, so that it is memory and not only a promise of it.
const BUFFER: &str =
    "const bytes = new Uint8Array(65536); for (let at = 0; at < 65536; at += 4096) bytes[at] = 1;";

#[test]
fn buffers_in_a_plain_loop() {
    stays_under(
        200,
        &format!("function turn() {{ {BUFFER} }} for (let i = 0; i < 20000; i++) turn(); done();"),
    );
}

#[test]
fn buffers_in_callbacks() {
    stays_under(200, &in_callbacks(20_000, BUFFER));
}

#[test]
fn node_buffers_in_a_plain_loop() {
    stays_under(
        200,
        "for (let i = 0; i < 20000; i++) Buffer.alloc(65536, 1); done();",
    );
}

#[test]
fn node_buffers_in_callbacks() {
    stays_under(
        200,
        &in_callbacks(20_000, "Buffer.allocUnsafe(65536).fill(1);"),
    );
}

#[test]
fn arrays_in_callbacks() {
    // Filling them is what takes the time, a lot of it in a debug build: 320 MB are enough to see there.
    let count = if cfg!(debug_assertions) { 400 } else { 2_000 };
    stays_under(200, &in_callbacks(count, "new Array(100000).fill(i);"));
}

#[test]
fn arrays_filled_one_by_one() {
    stays_under(
        200,
        "let left = 100; (function turn() { const a = []; for (let i = 0; i < 20000; i++) a.push(i * 0.5); --left ? setTimeout(turn) : done(); })();",
    );
}

/// Echoes so many documents of JSON, no two alike, not even in their keys: parsed, changed, written, a hundred in a callback.
/// Prints the resident memory after the first 10,000 and at the end.
const ECHO: &str = r"
const count = Number(process.argv[1]);
function echo(i) {
  const text = JSON.stringify({
    id: i,
    [`key-${i}`]: i * 0.5,
    tags: ['a', `tag ${i % 1000}`, i],
    nested: { at: [i, { deep: `${i}` }], even: i % 2 === 0 },
  });
  const doc = JSON.parse(text);
  doc.id += 1;
  doc[`seen-${i}`] = doc.nested.at[1].deep;
  doc.tags.push(`user ${i}`);
  delete doc.nested.even;
  const answer = JSON.stringify(doc);
  if (!answer.endsWith(`${i}`, answer.length - 2) || JSON.parse(answer).id !== i + 1) throw new Error(answer);
}
let i = 0;
let before = 0;
(function turn() {
  for (const end = i + 100; i < end; i++) echo(i);
  if (i === 10000) before = process.memoryUsage.rss();
  if (i < count) setImmediate(turn);
  else console.log(`${before} ${process.memoryUsage.rss()}`);
})();
";

#[track_caller]
fn echoes_in_the_memory_of_the_first_10_000(count: u32) {
    let mut program = Running::start(ouro().args(["-e", ECHO, &count.to_string()]));
    let figures: Vec<u64> = program
        .line()
        .split_whitespace()
        .map(|bytes| bytes.parse().expect("it is a number"))
        .collect();
    let [before, after] = figures[..] else {
        panic!("{figures:?}");
    };
    println!("{before} bytes after 10,000 documents, {after} after {count}");
    assert!(after * 10 <= before * 11, "{before} bytes became {after}");
}

#[test]
fn documents_of_json_leave_nothing_behind() {
    echoes_in_the_memory_of_the_first_10_000(30_000);
}

#[test]
#[ignore = "half a minute with a release build: cargo test --release --test memory -- --ignored --nocapture"]
fn a_million_documents_of_json_leave_nothing_behind() {
    echoes_in_the_memory_of_the_first_10_000(1_000_000);
}
