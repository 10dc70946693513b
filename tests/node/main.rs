//! Node's own tests under `ouro`.
//!
//! ```text
//! tests/node/fetch.sh                                   fetches them
//! cargo test --test node                                runs those that are known to pass (passing.txt)
//! cargo test --test node -- fs-stat                     … whose names have this in them
//! cargo test --test node -- --ignored fs-stat           runs those that aren't known to pass
//! cargo test --test node -- --update [FILTER]           runs all, extends the list, writes the README's table
//! cargo test --test node -- --table                     writes the table only, from the lists
//! ```
//!
//! `--test-threads N` lets N tests compute at a time (else as many as there are cores); those that sleep don't count.
//! `OURO_NODE_SUITE` names another folder with the tests, `OURO_BIN` another program to test. Where the tests aren't on this
//! machine nothing is run, and nothing counts as passed.

mod canaries;
mod ratchet;
mod run;
mod sandbox;
mod suite;
mod table;

use std::{collections::BTreeSet, process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};
use run::{Runner, Verdict};
use suite::{Suite, Test};

fn main() -> ExitCode {
    sandbox::run_if_asked();
    let mut words: Vec<String> = std::env::args().collect();
    let mut asked = |option| {
        let before = words.len();
        words.retain(|word| word != option);
        words.len() < before
    };
    let (updates, writes_table) = (asked("--update"), asked("--table"));
    let arguments = Arguments::from_iter(words);
    let result = if updates {
        update(&arguments)
    } else if writes_table {
        write_table().map_err(|error| error.to_string())
    } else {
        check(arguments)
    };
    result.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}

fn update(arguments: &Arguments) -> Result<ExitCode, String> {
    let suite = Suite::find().map_err(|why| format!("Node's own tests: {why}"))?;
    let runner = prepare(suite, arguments)?;
    canaries::check(&runner).map_err(|wrong| format!("{wrong}nothing counts"))?;
    match ratchet::update(&runner, arguments.filter.as_deref()) {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::FAILURE),
        Err(error) => Err(error.to_string()),
    }
}

fn write_table() -> std::io::Result<ExitCode> {
    table::write(&suite::in_scope()?, &suite::passing()?)?;
    Ok(ExitCode::SUCCESS)
}

fn prepare(suite: Suite, arguments: &Arguments) -> Result<Runner, String> {
    let runner = Runner::new(suite, arguments.test_threads).map_err(|error| error.to_string())?;
    if runner.sandbox == sandbox::Kind::Shared {
        eprintln!(
            "no namespaces here: the tests share the machine's network, without limits, one at a time"
        );
    }
    Ok(runner)
}

/// The usual tests of this target: the lists, then Node's tests.
fn check(mut arguments: Arguments) -> Result<ExitCode, String> {
    let mut trials = vec![
        Trial::test("lists", check_lists),
        Trial::test("readme", check_readme),
    ];
    match Suite::find() {
        Err(why) => eprintln!("Node's own tests are not run: {why}"),
        Ok(suite) => {
            let runner = Arc::new(prepare(suite, &arguments)?);
            let tests = trials_of(&runner)?;
            let runs_any = tests
                .iter()
                .any(|trial| !arguments.is_filtered_out(trial) && !arguments.is_ignored(trial));
            if runs_any && !arguments.list {
                canaries::check(&runner).map_err(|wrong| format!("{wrong}nothing counts"))?;
            }
            arguments.test_threads = Some(runner.threads());
            trials.extend(tests);
        }
    }
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// A trial for each test in scope; those that aren't in the list are marked as ignored.
fn trials_of(runner: &Arc<Runner>) -> Result<Vec<Trial>, String> {
    let scope = suite::in_scope().map_err(|error| error.to_string())?;
    let passing: BTreeSet<Test> = suite::passing()
        .map_err(|error| error.to_string())?
        .into_iter()
        .collect();
    let trials = scope.into_iter().map(|test| {
        let runner = runner.clone();
        let listed = passing.contains(&test);
        Trial::test(test.0.clone(), move || run_trial(&runner, &test, listed))
            .with_ignored_flag(!listed)
    });
    Ok(trials.collect())
}

/// A test of the list may stumble once over a busy machine; a broken module breaks it both times.
fn run_trial(runner: &Runner, test: &Test, listed: bool) -> Result<(), Failed> {
    let mut outcome = runner.run(test, ratchet::LISTED_LIMIT);
    if listed && outcome.verdict != Verdict::Passed {
        let first = outcome.verdict;
        outcome = runner.run(test, ratchet::LISTED_LIMIT);
        if outcome.verdict == Verdict::Passed {
            eprintln!("{} passed at the second try ({first:?})", test.0);
        }
    }
    if outcome.verdict == Verdict::Passed {
        return Ok(());
    }
    Err(format!(
        "{:?} after {:.1?}\n{}",
        outcome.verdict, outcome.took, outcome.output
    )
    .into())
}

/// Sorted, nothing twice, nothing that isn't in scope.
fn check_lists() -> Result<(), Failed> {
    let passing = suite::passing()?;
    if let Some(pair) = passing.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(format!("not sorted: {} and {}", pair[0].0, pair[1].0).into());
    }
    let scope = suite::in_scope()?;
    match passing.iter().find(|test| !scope.contains(test)) {
        Some(test) => Err(format!("not in scope: {}", test.0).into()),
        None => Ok(()),
    }
}

fn check_readme() -> Result<(), Failed> {
    if table::check(&suite::in_scope()?, &suite::passing()?)? {
        return Ok(());
    }
    Err("the README's table isn't that of the lists: cargo test --test node -- --table".into())
}
