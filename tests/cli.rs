//! The command line: what is run, with which options, and which code the program ends with.

mod support;

use support::{Scratch, eval, ouro, run, run_with_input};

/// Node's code for a command line that can't be.
const INVALID_ARGUMENT: i32 = 9;

#[test]
fn a_script_gets_its_arguments() {
    let folder = Scratch::new();
    let script = folder.file(
        "args.js",
        "console.log(JSON.stringify(process.argv.slice(1)), JSON.stringify(process.execArgv))",
    );
    let path = script.to_str().unwrap();
    run(ouro().args(["--no-warnings", path, "a", "--b", "-e"]))
        .with_code(0)
        .prints(&format!(
            "[\"{path}\",\"a\",\"--b\",\"-e\"] [\"--no-warnings\"]\n"
        ));
    run(ouro()
        .current_dir(folder.path())
        .args(["--", "args.js", "--"]))
    .with_code(0)
    .prints(&format!("[\"{path}\",\"--\"] []\n"));
}

#[test]
fn eval_prints_nothing_and_print_prints_its_value() {
    eval("1 + 1").with_code(0).prints("");
    run(ouro().args(["-p", "1 + 1"])).with_code(0).prints("2\n");
    run(ouro().args(["-p", "({ a: ['b'] })"]))
        .with_code(0)
        .prints("{ a: [ 'b' ] }\n");
    run(ouro().args(["-pe", "process.argv.length", "a", "b"]))
        .with_code(0)
        .prints("3\n");
    run(ouro().args(["--print", "typeof require + typeof module + __filename"]))
        .with_code(0)
        .prints("functionobject[eval]\n");
}

#[test]
fn eval_can_be_a_module() {
    run(ouro().args([
        "--input-type=module",
        "-e",
        "import { sep } from 'node:path'; console.log(await 1, sep.length)",
    ]))
    .with_code(0)
    .prints("1 1\n");
}

#[test]
fn standard_input_is_a_script() {
    run_with_input(&mut ouro(), Some("console.log(process.argv.length)"))
        .with_code(0)
        .prints("1\n");
    run_with_input(
        ouro().args(["-", "a"]),
        Some("console.log(process.argv.slice(1))"),
    )
    .with_code(0)
    .prints("[ '-', 'a' ]\n");
    run_with_input(&mut ouro(), Some("throw new Error('from stdin')"))
        .with_code(1)
        .complains("[stdin]:1");
}

#[test]
fn check_only_reads() {
    let folder = Scratch::new();
    let good = folder.file("good.js", "console.log('must not run')");
    let bad = folder.file("bad.js", "let a = 1;\nlet b = ;\n");
    run(ouro().arg("-c").arg(&good)).with_code(0).prints("");
    let checked = run(ouro().arg("--check").arg(&bad))
        .with_code(1)
        .complains("bad.js:2\nlet b = ;\n        ^\n")
        .complains("SyntaxError: ");
    assert_eq!(checked.stdout, "");
}

#[test]
fn required_modules_come_first() {
    let folder = Scratch::new();
    folder.file("first.js", "console.log('first')");
    folder.file("second.js", "console.log('second')");
    let main = folder.file("main.js", "console.log('main')");
    run(ouro()
        .current_dir(folder.path())
        .args(["-r", "./first.js", "--require=./second.js"])
        .arg(&main))
    .with_code(0)
    .prints("first\nsecond\nmain\n");
    run(ouro().args(["-r", "./nope.js"]).arg(&main))
        .with_code(1)
        .complains("Cannot find module './nope.js'");
}

#[test]
fn variables_come_from_a_file() {
    let folder = Scratch::new();
    let file = folder.file(
        "settings",
        "# a comment\nONE=1\nexport TWO=\"two words\" # why\nTHREE='a\nb'\nHOME_MADE=no\n",
    );
    let show = "const { ONE, TWO, THREE, HOME_MADE } = process.env; JSON.stringify([ONE, TWO, THREE, HOME_MADE])";
    run(ouro()
        .env("HOME_MADE", "yes")
        .arg(format!("--env-file={}", file.display()))
        .args(["-p", show]))
    .with_code(0)
    .prints("[\"1\",\"two words\",\"a\\nb\",\"yes\"]\n");
    run(ouro().args(["--env-file=nowhere", "-e", ""]))
        .with_code(INVALID_ARGUMENT)
        .complains("nowhere: not found");
    run(ouro().args(["--env-file-if-exists=nowhere", "-p", "1"]))
        .with_code(0)
        .prints("1\n");
}

#[test]
fn options_come_from_the_environment() {
    let folder = Scratch::new();
    folder.file("first.js", "console.log('first')");
    run(ouro()
        .current_dir(folder.path())
        .env("NODE_OPTIONS", "-r ./first.js --expose-gc")
        .args(["-p", "typeof gc"]))
    .with_code(0)
    .prints("first\nfunction\n");
    run(ouro().env("NODE_OPTIONS", "--eval 1"))
        .with_code(INVALID_ARGUMENT)
        .complains("--eval is not allowed in NODE_OPTIONS");
    run(ouro().env("NODE_OPTIONS", "--nope"))
        .with_code(INVALID_ARGUMENT)
        .complains("--nope");
}

#[test]
fn what_cannot_be_is_one_clear_line() {
    for (line, complaint) in [
        (&["--nope"][..], "bad option: --nope"),
        (&["-e"], "-e requires an argument"),
        (&["--stack-trace-limit=many", "x"], "must be a number"),
        (&["--input-type=other", "-e", ""], "--input-type must be"),
    ] {
        let refused = run(ouro().args(line))
            .with_code(INVALID_ARGUMENT)
            .complains(complaint);
        assert_eq!(refused.stderr.lines().count(), 1, "{refused:#?}");
        assert_eq!(refused.stdout, "");
    }
}

#[test]
fn options_of_v8_are_named_and_do_nothing() {
    let ran = run(ouro().args(["--max-old-space-size=100", "--harmony", "-p", "1"])).with_code(0);
    assert_eq!(ran.stdout, "1\n");
    let warned = ran
        .complains("--max-old-space-size=100")
        .complains("--harmony");
    assert_eq!(warned.stderr.lines().count(), 2);
    run(ouro().args(["--no-warnings", "--harmony", "-p", "1"]))
        .with_code(0)
        .prints("1\n");
}

#[test]
fn a_script_that_is_not_there() {
    let folder = Scratch::new();
    run(ouro().current_dir(folder.path()).arg("missing.js"))
        .with_code(1)
        .complains(&format!(
            "Error: Cannot find module '{}'",
            folder.path().join("missing.js").display()
        ))
        .complains("MODULE_NOT_FOUND");
    run(ouro().arg(folder.path()))
        .with_code(1)
        .complains(&format!(
            "Error: Cannot find module '{}'",
            folder.path().display()
        ));
}

#[test]
fn a_folder_with_a_main_file_is_a_script() {
    let folder = Scratch::new();
    folder.file("index.js", "console.log('index')");
    run(ouro().arg(folder.path()))
        .with_code(0)
        .prints("index\n");
}

#[cfg(unix)]
#[test]
fn a_script_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Scratch::new();
    let script = folder.file("locked.js", "");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o0)).unwrap();
    // The superuser reads everything.
    if std::fs::read(&script).is_ok() {
        return;
    }
    run(ouro().arg(&script))
        .with_code(1)
        .complains("EACCES: permission denied, open '")
        .complains("locked.js'");
}

#[test]
fn help_and_version() {
    let help = run(ouro().arg("--help")).with_code(0);
    for word in ["Usage: ouro", "--eval", "--env-file", "UV_THREADPOOL_SIZE"] {
        assert!(help.stdout.contains(word), "{word}");
    }
    run(ouro().arg("-v"))
        .with_code(0)
        .prints(concat!("ouro v", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn exit_codes_are_the_scripts() {
    eval("process.exit(5)").with_code(5).prints("");
    eval("process.exitCode = 6").with_code(6).prints("");
    eval("process.on('exit', () => { process.exitCode = 8 })")
        .with_code(8)
        .prints("");
    eval("setTimeout(() => process.exit(), 1); process.exitCode = 7; setTimeout(() => {}, 1e6)")
        .with_code(7)
        .prints("");
    run(ouro().args(["--input-type=module", "-e", "await new Promise(() => {})"]))
        .with_code(13)
        .complains("unsettled top-level await");
}

#[test]
fn a_reader_that_has_gone_ends_the_program_quietly() {
    use std::process::Stdio;
    let mut child = ouro()
        .args([
            "-e",
            "for (let i = 0; i < 1e5; i++) console.log('a line of text')",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.code().is_some(), "{output:?}");
}

#[test]
fn the_internal_script_that_was_parsed_can_be_asked_for() {
    run(ouro().args(["--parsed-bytes", "-e", "process.nextTick(() => {})"]))
        .with_code(0)
        .complains("bytes of internal script parsed");
}
