//! Child processes as they are on every platform: the child is this program itself, which its arguments tell what to do.

mod common;

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use common::{end_of_child, new_loop, run_out};
use ouro_loop::{
    ChildStdio, Event, EventLoop, ExitStatus, HandleId, ReadResult, RunMode, SpawnOptions, Spawned,
};

/// Comes between what the harness of the child prints and what the child does.
const MARK: &str = "\u{1}";

const SIGINT: i32 = 2;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

fn program() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// Starts `act` in another process.
fn child(task: &str, args: &[&str]) -> SpawnOptions {
    let mut all: Vec<OsString> = vec![program().into()];
    all.extend(["--ignored", "--exact", "act", "--nocapture", "--", task].map(OsString::from));
    all.extend(args.iter().map(OsString::from));
    SpawnOptions {
        program: program().into(),
        args: all,
        ..SpawnOptions::default()
    }
}

/// [`child`] with pipes for its standard streams.
fn piped(task: &str, args: &[&str]) -> SpawnOptions {
    SpawnOptions {
        stdio: vec![ChildStdio::Pipe; 3],
        ..child(task, args)
    }
}

#[test]
#[ignore = "the children of the other tests"]
fn act() {
    let mut args = std::env::args().skip_while(|arg| arg != "--").skip(1);
    let Some(task) = args.next() else {
        return;
    };
    print!("{MARK}");
    let mut code = 0;
    match &*task {
        "exit" => code = args.next().unwrap().parse().unwrap(),
        "args" => {
            for arg in args {
                print!("{arg}\0");
            }
        }
        "env" => {
            for name in args {
                print!("{}\0", std::env::var(name).unwrap_or("none".into()));
            }
        }
        "cwd" => print!("{}", std::env::current_dir().unwrap().display()),
        "cat" => {
            std::io::copy(&mut std::io::stdin(), &mut std::io::stdout()).unwrap();
        }
        "count" => {
            let mut input = Vec::new();
            std::io::stdin().read_to_end(&mut input).unwrap();
            code = input.len() as i32;
        }
        "both" => {
            print!("out");
            eprint!("{MARK}err");
        }
        "three" => {
            // SAFETY: the bytes are valid.
            let written = unsafe { libc::write(3, b"three".as_ptr().cast(), 5) };
            assert_eq!(written, 5);
        }
        "leave" => {
            let ev = new_loop();
            let stdio = vec![ChildStdio::Descriptor(0), ChildStdio::Descriptor(1)];
            let detached = args.next().unwrap() == "detached";
            let options = SpawnOptions {
                stdio,
                detached,
                ..child("cat", &[])
            };
            ev.spawn(&options).unwrap();
        }
        other => panic!("{other}"),
    }
    std::io::stdout().flush().unwrap();
    std::process::exit(code);
}

/// What the streams gave after the mark, and how the child ended.
fn collect(ev: &EventLoop, child: &Spawned, streams: &[HandleId]) -> (Vec<String>, ExitStatus) {
    let (texts, exit) = end_of_child(ev, child, streams);
    (texts.iter().map(|text| after_mark(text)).collect(), exit)
}

fn after_mark(text: &[u8]) -> String {
    let text = str::from_utf8(text).unwrap();
    text.rsplit(MARK).next().unwrap().to_string()
}

/// What the child prints.
fn output_of(options: &SpawnOptions) -> String {
    let ev = new_loop();
    let child = ev.spawn(options).unwrap();
    let (texts, status) = collect(&ev, &child, &[child.stdio[1].unwrap()]);
    assert_eq!(status, ExitStatus { code: 0, signal: 0 }, "{texts:?}");
    texts.into_iter().next().unwrap()
}

fn killed_by(signal: i32) -> ExitStatus {
    let code = if cfg!(windows) { 1 } else { 0 };
    ExitStatus { code, signal }
}

#[test]
fn a_child_is_announced_with_its_code() {
    for code in [0, 7, 255] {
        let ev = new_loop();
        let child = ev.spawn(&child("exit", &[&code.to_string()])).unwrap();
        assert!(ev.alive());
        assert!(child.stdio.is_empty());
        let events = run_out(&ev);
        let [Event::Exit { id, status }] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(*id, child.id);
        assert_eq!(*status, ExitStatus { code, signal: 0 });
        assert_eq!(ev.pid(child.id).unwrap(), child.pid);
        for signum in [0, SIGTERM] {
            assert!(ev.kill(child.id, signum).is_err());
        }
    }
}

#[test]
fn arguments_arrive_as_they_are() {
    let args = [
        "",
        " ",
        "plain",
        "two words",
        "tab\there",
        r#"""#,
        r#"say "hi""#,
        r"back\slash",
        r"end\",
        r"two words end\",
        r"two words end\\",
        r#"\""#,
        r#"\\" x"#,
        r#"a\\\"b c"#,
        "%PATH%",
        "$HOME `x` 'y' *",
        "^&|<>!",
        "line\nbreak",
        "grüße 🐍",
        "--",
        "--help",
    ];
    let text = output_of(&piped("args", &args));
    let arrived: Vec<&str> = text.split_terminator('\0').collect();
    assert_eq!(arrived, args);
}

#[test]
fn an_environment_is_all_that_a_child_has() {
    // One of ours that no platform thinks needed.
    let needed = [
        "HOMEDRIVE",
        "HOMEPATH",
        "LOGONSERVER",
        "PATH",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "USERDOMAIN",
        "USERNAME",
        "USERPROFILE",
        "WINDIR",
    ];
    let ours = std::env::vars()
        .map(|(name, _)| name)
        .find(|name| !name.starts_with('=') && !needed.contains(&&*name.to_uppercase()))
        .expect("a variable");
    let mut options = piped("env", &["COLOUR", "EMPTY", "ZERO", &ours, "SystemRoot"]);
    let env = ["ZERO=0", "COLOUR=red and green = brown", "EMPTY="];
    options.env = Some(env.map(OsString::from).to_vec());
    let text = output_of(&options);
    let values: Vec<&str> = text.split_terminator('\0').collect();
    assert_eq!(values[..4], ["red and green = brown", "", "0", "none"]);
    // Programs of Windows get what they can't do without.
    assert_eq!(values[4] == "none", cfg!(unix));
}

#[test]
fn without_an_environment_a_child_has_ours() {
    let (name, value) = std::env::vars()
        .find(|(name, value)| name.chars().all(char::is_alphabetic) && !value.is_empty())
        .expect("a variable");
    assert_eq!(output_of(&piped("env", &[&name])), format!("{value}\0"));
}

#[test]
fn a_child_starts_in_its_directory() {
    let folder = std::env::temp_dir();
    let options = SpawnOptions {
        cwd: Some(folder.clone()),
        ..piped("cwd", &[])
    };
    let found = output_of(&options);
    let real = |path: &Path| std::fs::canonicalize(path).unwrap();
    assert_eq!(real(Path::new(&found)), real(&folder));
}

#[test]
fn a_program_is_looked_for_in_the_path_of_the_child() {
    let folder = program().parent().unwrap().to_path_buf();
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = [folder]
        .into_iter()
        .chain(std::env::split_paths(&inherited));
    let mut path = OsString::from("PATH=");
    path.push(std::env::join_paths(folders).unwrap());

    let mut options = piped("args", &["found"]);
    options.program = program().file_stem().unwrap().into();
    let error = new_loop().spawn(&options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    options.env = Some(vec![path]);
    assert_eq!(output_of(&options), "found\0");
}

#[test]
fn what_keeps_a_child_from_starting_is_an_error() {
    let ev = new_loop();
    let missing = SpawnOptions {
        program: "/no/such/program".into(),
        ..child("exit", &["0"])
    };
    let missing_in_path = SpawnOptions {
        program: "no-such-program-of-ouro".into(),
        ..child("exit", &["0"])
    };
    let nul = SpawnOptions {
        args: vec!["a\0b".into()],
        ..child("exit", &["0"])
    };
    let nul_in_env = SpawnOptions {
        env: Some(vec!["A=\0".into()]),
        ..child("exit", &["0"])
    };
    for (options, expected) in [
        (missing, ErrorKind::NotFound),
        (missing_in_path, ErrorKind::NotFound),
        (nul, ErrorKind::InvalidInput),
        (nul_in_env, ErrorKind::InvalidInput),
    ] {
        let error = ev.spawn(&options).unwrap_err();
        assert_eq!(error.kind(), expected, "{options:?}");
    }
    let nowhere = SpawnOptions {
        cwd: Some("/no/such/folder".into()),
        ..child("exit", &["0"])
    };
    let kind = ev.spawn(&nowhere).unwrap_err().kind();
    // Windows calls it an invalid name of a folder.
    assert!(matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::NotADirectory
    ));
    let closed = SpawnOptions {
        stdio: vec![ChildStdio::Descriptor(1_000_000)],
        ..child("exit", &["0"])
    };
    assert!(ev.spawn(&closed).unwrap_err().raw_os_error().is_some());
    assert!(!ev.alive());
    assert!(ev.walk().is_empty());
}

#[test]
fn a_pipe_goes_both_ways() {
    let ev = new_loop();
    let child = ev.spawn(&piped("cat", &[])).unwrap();
    let stdin = child.stdio[0].unwrap();
    // More than any pipe holds.
    let text = "to and fro, ".repeat(40_000);
    ev.write(stdin, text.clone(), 0).unwrap();
    let (texts, status) = collect(&ev, &child, &[child.stdio[1].unwrap()]);
    assert_eq!(status, ExitStatus { code: 0, signal: 0 });
    assert!(texts[0] == text, "{} bytes", texts[0].len());
}

#[test]
fn each_standard_stream_is_its_own() {
    let ev = new_loop();
    let child = ev.spawn(&piped("both", &[])).unwrap();
    let streams = [child.stdio[1].unwrap(), child.stdio[2].unwrap()];
    let (texts, _) = collect(&ev, &child, &streams);
    assert_eq!(texts, ["out", "err"]);
}

#[test]
fn nothing_is_read_from_what_is_ignored() {
    for stdio in [vec![], vec![ChildStdio::Ignore; 3]] {
        let ev = new_loop();
        let options = SpawnOptions {
            stdio,
            ..child("count", &[])
        };
        ev.spawn(&options).unwrap();
        let events = run_out(&ev);
        let expected = ExitStatus { code: 0, signal: 0 };
        assert!(matches!(&events[..], [Event::Exit { status, .. }] if *status == expected));
    }
}

#[test]
fn a_child_has_descriptors_beyond_the_standard_ones() {
    let ev = new_loop();
    let mut options = piped("three", &[]);
    options.stdio.push(ChildStdio::Pipe);
    let child = ev.spawn(&options).unwrap();
    let (texts, _) = collect(&ev, &child, &[child.stdio[3].unwrap()]);
    assert_eq!(texts, ["three"]);
}

#[test]
fn a_child_writes_to_a_stream_of_the_loop() {
    let ev = new_loop();
    let (ours, theirs) = ev.stream_pair().unwrap();
    let child = ev
        .spawn(&SpawnOptions {
            stdio: vec![ChildStdio::Ignore, ChildStdio::Handle(theirs)],
            ..child("args", &["through"])
        })
        .unwrap();
    ev.close(theirs).unwrap();
    assert_eq!(collect(&ev, &child, &[ours]).0, ["through\0"]);
}

#[test]
fn a_child_is_killed() {
    for signum in [SIGINT, SIGKILL, SIGTERM] {
        let ev = new_loop();
        let child = ev.spawn(&piped("cat", &[])).unwrap();
        ev.kill(child.id, 0).unwrap();
        assert!(ev.kill(child.id, 1000).is_err());
        ev.kill(child.id, signum).unwrap();
        let events = run_out(&ev);
        let expected = killed_by(signum);
        assert!(
            matches!(&events[..], [Event::Exit { status, .. }] if *status == expected),
            "{events:?}"
        );
        assert!(ev.kill(child.id, 0).is_err());
    }
}

#[test]
fn a_detached_child_lives_on() {
    let ev = new_loop();
    let mut options = piped("leave", &["detached"]);
    // What keeps it from starting its own child is for the log.
    options.stdio[2] = ChildStdio::Descriptor(2);
    let child = ev.spawn(&options).unwrap();
    let events: Vec<_> = std::iter::from_fn(|| ev.next_event(RunMode::Default)).collect();
    let expected = ExitStatus { code: 0, signal: 0 };
    assert!(
        matches!(events[..], [Event::Exit { id, status }] if id == child.id && status == expected),
        "{events:?}"
    );
    // Its parent is gone, and it answers.
    ev.write(child.stdio[0].unwrap(), "still here", 0).unwrap();
    let stdout = child.stdio[1].unwrap();
    ev.read_start(stdout).unwrap();
    let mut text = Vec::new();
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Wrote { id, result, .. } => {
            result.unwrap();
            ev.close(id).unwrap();
        }
        Event::Readable(id) => {
            let mut buffer = [0; 4096];
            match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => text.extend_from_slice(&buffer[..count]),
                ReadResult::WouldBlock => {}
                ReadResult::Eof => ev.close(id).unwrap(),
                ReadResult::Err(error) => panic!("{error}"),
            }
        }
        _ => {}
    })
    .unwrap();
    assert_eq!(after_mark(&text), "still here");
}

#[test]
fn many_children_all_end_with_their_own_codes() {
    let ev = new_loop();
    let mut expected: Vec<(HandleId, i32)> = (0..12)
        .map(|code| {
            let options = child("exit", &[&code.to_string()]);
            (ev.spawn(&options).unwrap().id, code)
        })
        .collect();
    for event in run_out(&ev) {
        let Event::Exit { id, status } = event else {
            panic!("{event:?}");
        };
        let at = expected.iter().position(|&(child, _)| child == id).unwrap();
        assert_eq!(expected.swap_remove(at).1, status.code);
    }
    assert!(expected.is_empty());
}

#[test]
fn a_child_does_not_have_what_another_was_given() {
    let ev = new_loop();
    let first = ev.spawn(&piped("cat", &[])).unwrap();
    let second = ev.spawn(&piped("cat", &[])).unwrap();
    // If the second held the pipe of the first open, the first would never find its end.
    ev.close(first.stdio[0].unwrap()).unwrap();
    loop {
        match ev.next_event(RunMode::Default) {
            Some(Event::Exit { id, .. }) => {
                assert_eq!(id, first.id);
                break;
            }
            Some(_) => {}
            None => panic!("no end"),
        }
    }
    ev.close(second.stdio[0].unwrap()).unwrap();
    let events = run_out(&ev);
    let ended = |event: &Event| matches!(event, Event::Exit { id, .. } if *id == second.id);
    assert_eq!(events.iter().filter(|event| ended(event)).count(), 1);
}

#[test]
fn a_child_whose_handle_is_closed_is_not_announced() {
    let ev = new_loop();
    let child = ev.spawn(&piped("cat", &[])).unwrap();
    ev.close(child.id).unwrap();
    let events = run_out(&ev);
    assert!(matches!(events[..], [Event::Closed(id)] if id == child.id));
    // It still runs, and goes on when it is told to.
    ev.write(child.stdio[0].unwrap(), "unheard", 0).unwrap();
    let stdout = child.stdio[1].unwrap();
    ev.read_start(stdout).unwrap();
    let mut text = Vec::new();
    ev.run(RunMode::Default, |ev, event| match event {
        Event::Wrote { id, .. } => ev.close(id).unwrap(),
        Event::Readable(id) => {
            let mut buffer = [0; 4096];
            match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => text.extend_from_slice(&buffer[..count]),
                ReadResult::WouldBlock => {}
                ReadResult::Eof => ev.close(id).unwrap(),
                ReadResult::Err(error) => panic!("{error}"),
            }
        }
        Event::Exit { .. } => panic!("announced"),
        _ => {}
    })
    .unwrap();
    assert_eq!(after_mark(&text), "unheard");
}

#[test]
fn an_unreferenced_child_lets_the_loop_end() {
    let ev = new_loop();
    let child = ev.spawn(&piped("cat", &[])).unwrap();
    ev.set_ref(child.id, false).unwrap();
    assert!(run_out(&ev).is_empty());
    ev.set_ref(child.id, true).unwrap();
    ev.kill(child.id, SIGKILL).unwrap();
    assert_eq!(run_out(&ev).len(), 1);
}

#[test]
fn a_loop_is_dropped_before_its_children_end() {
    for _ in 0..3 {
        let ev = new_loop();
        ev.spawn(&piped("cat", &[])).unwrap();
        ev.spawn(&child("exit", &["0"])).unwrap();
    }
}

#[test]
fn loops_hear_of_their_own_children() {
    let (one, other) = (new_loop(), new_loop());
    let first = one.spawn(&child("exit", &["1"])).unwrap();
    let second = other.spawn(&child("exit", &["2"])).unwrap();
    for (ev, id, code) in [(&other, second.id, 2), (&one, first.id, 1)] {
        let events = run_out(ev);
        let expected = ExitStatus { code, signal: 0 };
        assert!(
            matches!(&events[..], [Event::Exit { id: ended, status }] if *ended == id && *status == expected),
            "{events:?}"
        );
    }
}

/// What only Windows does.
#[cfg(windows)]
mod windows {
    use super::*;

    #[test]
    fn a_child_that_is_not_detached_ends_with_its_parent() {
        let ev = new_loop();
        let child = ev.spawn(&piped("leave", &["attached"])).unwrap();
        // Nobody closes what the grandchild reads, so nothing but the end of its parent ends it.
        let (_, status) = collect(&ev, &child, &[child.stdio[1].unwrap()]);
        assert_eq!(status, ExitStatus { code: 0, signal: 0 });
    }

    #[test]
    fn verbatim_arguments_are_only_joined() {
        let mut options = piped("args", &["two words", r#""one word""#]);
        options.windows_verbatim_arguments = true;
        options.args[0] = "program".into();
        assert_eq!(output_of(&options), "two\0words\0one word\0");
    }

    #[test]
    fn a_hidden_child_runs_like_any_other() {
        let mut options = piped("args", &["hidden"]);
        options.windows_hide = true;
        assert_eq!(output_of(&options), "hidden\0");
    }

    #[test]
    fn codes_have_all_their_bits() {
        for code in [256, 1000, -1073741819] {
            let ev = new_loop();
            ev.spawn(&child("exit", &[&code.to_string()])).unwrap();
            let events = run_out(&ev);
            let expected = ExitStatus { code, signal: 0 };
            assert!(matches!(&events[..], [Event::Exit { status, .. }] if *status == expected));
        }
    }

    #[test]
    fn users_and_other_signals_are_errors_that_say_so() {
        let ev = new_loop();
        let mut options = piped("cat", &[]);
        options.uid = Some(1);
        let error = ev.spawn(&options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        options.uid = None;
        let child = ev.spawn(&options).unwrap();
        let sighup = 1;
        let error = ev.kill(child.id, sighup).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        ev.kill(child.id, SIGKILL).unwrap();
        assert_eq!(run_out(&ev).len(), 1);
    }
}
