//! Proof that the runner can tell: before anything counts, scripts that must fail do fail, each in its way, and one that
//! passes passes.

use std::time::Duration;

use crate::{
    run::{Runner, Verdict},
    sandbox::{self, MEMORY_VARIABLE},
    suite,
};

struct Canary {
    file: &'static str,
    expected: fn(&Verdict) -> bool,
}

const CANARIES: [Canary; 9] = [
    Canary {
        file: "passes.js",
        expected: |verdict| *verdict == Verdict::Passed,
    },
    Canary {
        file: "unmet-must-call.js",
        expected: failed,
    },
    Canary {
        file: "failed-assertion.js",
        expected: failed,
    },
    Canary {
        file: "late-throw.js",
        expected: failed,
    },
    Canary {
        file: "unhandled-rejection.mjs",
        expected: failed,
    },
    Canary {
        file: "exit-code.js",
        expected: |verdict| *verdict == Verdict::Failed(3),
    },
    Canary {
        file: "skip.js",
        expected: |verdict| *verdict == Verdict::Skipped,
    },
    Canary {
        file: "hang.js",
        expected: |verdict| *verdict == Verdict::TimedOut,
    },
    Canary {
        file: "hoard.js",
        expected: failed,
    },
];

fn failed(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Failed(_))
}

/// Runs all of them; the error says which went otherwise than it must.
pub fn check(runner: &Runner) -> Result<(), String> {
    let common = runner.suite.common().to_string_lossy().into_owned();
    let mut wrong = String::new();
    std::thread::scope(|scope| {
        let running: Vec<_> = CANARIES
            .iter()
            // Nothing bounds memory outside of a sandbox.
            .filter(|canary| canary.file != "hoard.js" || runner.sandbox == sandbox::Kind::Alone)
            .map(|canary| {
                let common = &common;
                scope.spawn(move || {
                    // The others get the time they need, on a machine however busy.
                    let limit = if canary.file == "hang.js" { 3 } else { 120 };
                    let outcome = runner.run_file(
                        &suite::home().join("canaries").join(canary.file),
                        Duration::from_secs(limit),
                        &[("OURO_TEST_COMMON", common), (MEMORY_VARIABLE, "400")],
                    );
                    (canary, outcome)
                })
            })
            .collect();
        for canary in running {
            let Ok((canary, outcome)) = canary.join() else {
                wrong.push_str("a canary's thread panicked\n");
                continue;
            };
            if !(canary.expected)(&outcome.verdict) {
                wrong.push_str(&format!(
                    "canary {}: {:?}\n{}\n",
                    canary.file, outcome.verdict, outcome.output
                ));
            }
        }
    });
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}
