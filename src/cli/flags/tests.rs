//! Tables of command lines.

use super::*;

fn read_line(line: &[&str]) -> Result<Invocation, FlagError> {
    parse(line.iter().map(|word| (*word).to_owned()), None)
}

#[test]
fn options_end_at_the_script() {
    let run = read_line(&["--no-warnings", "a.js", "-e", "--", "b"]).unwrap();
    assert_eq!(run.script.as_deref(), Some("a.js"));
    assert_eq!(run.args, ["-e", "--", "b"]);
    assert_eq!(run.options.exec_args, ["--no-warnings"]);
    assert!(!run.options.warnings);
}

#[test]
fn two_dashes_end_the_options() {
    let run = read_line(&["--expose_gc", "--", "-script", "x"]).unwrap();
    assert_eq!(run.script.as_deref(), Some("-script"));
    assert!(run.options.expose_gc);
    assert_eq!(run.options.exec_args, ["--expose_gc"]);
}

#[test]
fn eval_leaves_all_words_to_the_script() {
    let run = read_line(&["-p", "1", "a", "b"]).unwrap();
    assert_eq!((run.eval.as_deref(), run.print), (Some("1"), true));
    assert_eq!(
        (run.script, run.args),
        (None, vec!["a".to_owned(), "b".to_owned()])
    );
}

#[test]
fn values_stand_behind_a_space_or_an_equals_sign() {
    for line in [
        &["--stack-trace-limit=3", "x"][..],
        &["--stack-trace-limit", "3", "x"][..],
    ] {
        assert_eq!(read_line(line).unwrap().options.stack_trace_limit, 3);
    }
    assert_eq!(
        read_line(&["-r"]).unwrap_err(),
        FlagError::MissingValue("-r".into())
    );
}

#[test]
fn unknown_options_are_errors_and_foreign_ones_are_named() {
    assert_eq!(
        read_line(&["--nope"]).unwrap_err(),
        FlagError::Unknown("--nope".into())
    );
    let run = read_line(&["--max-old-space-size=100", "--harmony_x", "a.js"]).unwrap();
    assert_eq!(
        run.without_effect,
        ["--max-old-space-size=100", "--harmony_x"]
    );
    let run = read_line(&["--noconcurrent_recompilation", "--no-opt", "a.js"]).unwrap();
    assert_eq!(
        run.without_effect,
        ["--noconcurrent_recompilation", "--no-opt"]
    );
}

#[test]
fn what_cannot_be_negated_combined_or_undone_is_refused() {
    for (line, said, code) in [
        (
            &["--no_max-http-header-size"][..],
            "--no_max-http-header-size is an invalid negation because it is not a boolean option",
            9,
        ),
        (
            &["-c", "-e", "1"],
            "either --check or --eval can be used, not both",
            9,
        ),
        (
            &["--security-revert=x"],
            "Error: Attempt to revert an unknown CVE [x]",
            12,
        ),
    ] {
        let error = read_line(line).unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.exit_code()),
            (said, code)
        );
    }
}

#[test]
fn values_of_options_without_effect_are_passed_over() {
    let run = read_line(&["--trace-event-categories", "v8", "a.js"]).unwrap();
    assert_eq!(run.script.as_deref(), Some("a.js"));
    assert_eq!(run.without_effect, ["--trace-event-categories"]);
    assert_eq!(
        read_line(&["--icu-data-dir"]).unwrap_err(),
        FlagError::MissingValue("--icu-data-dir".into())
    );
}

#[test]
fn the_environment_holds_only_what_it_may() {
    let parsed = |text| parse(["a.js".to_owned()], Some(text));
    assert_eq!(
        parsed("-r \"./a b.js\" --no-deprecation").unwrap().require,
        ["./a b.js"]
    );
    assert_eq!(
        parsed("-e 1").unwrap_err(),
        FlagError::NotInEnvironment("-e".into())
    );
    assert_eq!(
        parsed("x.js").unwrap_err(),
        FlagError::NotInEnvironment("x.js".into())
    );
    assert_eq!(
        parsed("-r \"a").unwrap_err(),
        FlagError::Environment("unterminated string")
    );
}
