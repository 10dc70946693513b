//! Child processes: how they start, what they find, how their end is told.
#![cfg(unix)]

mod common;

use std::ffi::OsString;
use std::io::{ErrorKind, Read};
use std::os::fd::AsRawFd;

use common::{end_of_child, new_loop, run_out};
use ouro_loop::{ChildStdio, Event, EventLoop, ExitStatus, HandleId, SpawnOptions, Spawned};

fn shell(script: &str) -> SpawnOptions {
    SpawnOptions {
        program: "/bin/sh".into(),
        args: ["sh", "-c", script].map(OsString::from).to_vec(),
        ..SpawnOptions::default()
    }
}

/// What the stream gave, and how the child ended.
fn collect(ev: &EventLoop, child: &Spawned, stream: HandleId) -> (String, ExitStatus) {
    let (mut texts, exit) = end_of_child(ev, child, &[stream]);
    (String::from_utf8(texts.remove(0)).unwrap(), exit)
}

fn output_of(options: &SpawnOptions) -> (String, ExitStatus) {
    let ev = new_loop();
    let child = ev.spawn(options).unwrap();
    let stdout = child.stdio[1].unwrap();
    collect(&ev, &child, stdout)
}

fn with_stdout(script: &str) -> SpawnOptions {
    SpawnOptions {
        stdio: vec![ChildStdio::Ignore, ChildStdio::Pipe],
        ..shell(script)
    }
}

#[test]
fn a_child_is_announced_with_its_code_or_its_signal() {
    for (script, code, signal) in [
        ("exit 0", 0, 0),
        ("exit 7", 7, 0),
        ("kill -KILL $$", 0, libc::SIGKILL),
    ] {
        let ev = new_loop();
        let child = ev.spawn(&shell(script)).unwrap();
        assert!(ev.alive());
        let events = run_out(&ev);
        let [Event::Exit { id, status }] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!((*id, *status), (child.id, ExitStatus { code, signal }));
        assert_eq!(ev.pid(child.id).unwrap(), child.pid);
        assert!(ev.kill(child.id, 0).is_err());
    }
}

#[test]
fn a_child_finds_its_arguments_directory_and_environment() {
    let mut options = with_stdout("echo \"$0|$1|$(pwd)|$COLOUR|$HOME\"");
    options.args.extend(["zero".into(), "one two".into()]);
    options.cwd = Some("/".into());
    options.env = Some(vec!["COLOUR=red".into(), "PATH=/bin:/usr/bin".into()]);
    let (text, status) = output_of(&options);
    assert_eq!(text, "zero|one two|/|red|\n");
    assert_eq!(status, ExitStatus { code: 0, signal: 0 });
}

#[test]
fn a_child_sees_the_name_that_it_is_given() {
    let mut options = with_stdout("");
    options.args = ["another name", "-c", "echo $0"]
        .map(OsString::from)
        .to_vec();
    assert_eq!(output_of(&options).0, "another name\n");
}

#[test]
fn the_program_is_looked_for_in_the_path_of_the_child() {
    let mut options = with_stdout("echo found");
    options.program = "sh".into();
    assert_eq!(output_of(&options).0, "found\n");
    options.env = Some(vec!["PATH=/nowhere".into()]);
    let error = new_loop().spawn(&options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn what_keeps_a_child_from_starting_is_an_error_here() {
    let ev = new_loop();
    let missing = SpawnOptions {
        program: "/no/such/program".into(),
        ..shell("")
    };
    let forbidden = SpawnOptions {
        program: "/etc/passwd".into(),
        ..shell("")
    };
    let nowhere = SpawnOptions {
        cwd: Some("/no/such/folder".into()),
        ..shell("")
    };
    let closed = SpawnOptions {
        stdio: vec![ChildStdio::Descriptor(1_000_000)],
        ..shell("")
    };
    let nul = SpawnOptions {
        args: vec!["a\0b".into()],
        ..shell("")
    };
    for (options, expected) in [
        (missing, libc::ENOENT),
        (forbidden, libc::EACCES),
        (nowhere, libc::ENOENT),
        (closed, libc::EBADF),
        (nul, libc::EINVAL),
    ] {
        let error = ev.spawn(&options).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(expected), "{options:?}");
    }
    assert!(!ev.alive());
    assert!(ev.walk().is_empty());
}

#[test]
fn a_pipe_goes_both_ways() {
    let ev = new_loop();
    let child = ev
        .spawn(&SpawnOptions {
            stdio: vec![ChildStdio::Pipe, ChildStdio::Pipe],
            ..shell("cat; echo end")
        })
        .unwrap();
    let stdin = child.stdio[0].unwrap();
    ev.write(stdin, "to and fro\n", 0).unwrap();
    ev.shutdown(stdin).unwrap();
    let (text, _) = collect(&ev, &child, child.stdio[1].unwrap());
    assert_eq!(text, "to and fro\nend\n");
}

#[test]
fn descriptors_are_laid_out_even_crosswise() {
    let (mut first, one) = std::io::pipe().unwrap();
    let (mut second, two) = std::io::pipe().unwrap();
    let ev = new_loop();
    let child = ev
        .spawn(&SpawnOptions {
            stdio: vec![
                ChildStdio::Ignore,
                ChildStdio::Descriptor(two.as_raw_fd()),
                ChildStdio::Descriptor(1),
                ChildStdio::Ignore,
                ChildStdio::Descriptor(one.as_raw_fd()),
            ],
            ..shell("echo four >&4; echo one; if echo three >&3; then echo open; fi 2>/dev/null")
        })
        .unwrap();
    drop((one, two));
    let events = run_out(&ev);
    assert!(matches!(events[..], [Event::Exit { id, .. }] if id == child.id));
    let (mut from_first, mut from_second) = (String::new(), String::new());
    first.read_to_string(&mut from_first).unwrap();
    second.read_to_string(&mut from_second).unwrap();
    assert_eq!((&*from_first, &*from_second), ("four\n", "one\n"));
}

#[test]
fn a_child_writes_to_a_stream_of_the_loop() {
    let ev = new_loop();
    let (ours, theirs) = ev.stream_pair().unwrap();
    let child = ev
        .spawn(&SpawnOptions {
            stdio: vec![ChildStdio::Ignore, ChildStdio::Handle(theirs)],
            ..shell("echo through")
        })
        .unwrap();
    ev.close(theirs).unwrap();
    assert_eq!(collect(&ev, &child, ours).0, "through\n");
}

#[test]
fn a_child_is_killed() {
    let ev = new_loop();
    let child = ev.spawn(&shell("sleep 60")).unwrap();
    ev.kill(child.id, 0).unwrap();
    assert!(ev.kill(child.id, 1000).is_err());
    ev.kill(child.id, libc::SIGTERM).unwrap();
    let events = run_out(&ev);
    let signal = libc::SIGTERM;
    let expected = ExitStatus { code: 0, signal };
    assert!(matches!(&events[..], [Event::Exit { status, .. }] if *status == expected));
}

#[test]
fn an_unreferenced_child_lets_the_loop_end() {
    let ev = new_loop();
    let child = ev.spawn(&shell("sleep 60")).unwrap();
    ev.set_ref(child.id, false).unwrap();
    assert!(run_out(&ev).is_empty());
    ev.set_ref(child.id, true).unwrap();
    ev.kill(child.id, libc::SIGKILL).unwrap();
    assert_eq!(run_out(&ev).len(), 1);
}

#[test]
fn a_detached_child_leads_its_own_session() {
    let options = SpawnOptions {
        detached: true,
        ..with_stdout("ps -o sid= -p $$ 2>/dev/null || cut -d' ' -f6 /proc/$$/stat; echo $$")
    };
    let (text, _) = output_of(&options);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert_eq!(lines[0], lines[1]);
}

#[test]
fn children_of_others_are_left_alone() {
    let mut other = std::process::Command::new("/bin/sh")
        .args(["-c", "exit 3"])
        .spawn()
        .unwrap();
    let ev = new_loop();
    for _ in 0..3 {
        ev.spawn(&shell("exit 1")).unwrap();
    }
    assert_eq!(run_out(&ev).len(), 3);
    assert_eq!(other.wait().unwrap().code(), Some(3));
}

#[test]
fn many_children_all_end() {
    let ev = new_loop();
    for _ in 0..50 {
        ev.spawn(&shell("exit 0")).unwrap();
    }
    assert_eq!(run_out(&ev).len(), 50);
}

#[test]
fn a_child_whose_handle_is_closed_is_not_announced_and_leaves_no_zombie() {
    let ev = new_loop();
    let child = ev.spawn(&shell("exit 0")).unwrap();
    ev.close(child.id).unwrap();
    let events = run_out(&ev);
    assert!(matches!(events[..], [Event::Closed(id)] if id == child.id));
    // Another child's end is what makes the loop look.
    ev.spawn(&shell("sleep 0.1")).unwrap();
    run_out(&ev);
    // SAFETY: nothing is written.
    let waited = unsafe { libc::waitpid(child.pid, std::ptr::null_mut(), libc::WNOHANG) };
    assert_eq!(waited, -1);
}

#[test]
fn signals_are_the_childs_own() {
    let ev = new_loop();
    let signal = ev.signal().unwrap();
    ev.signal_start(signal, libc::SIGUSR2, false).unwrap();
    ev.set_ref(signal, false).unwrap();
    let (text, status) = {
        let child = ev
            .spawn(&with_stdout("kill -USR2 $$; echo survived"))
            .unwrap();
        collect(&ev, &child, child.stdio[1].unwrap())
    };
    assert_eq!((&*text, status.signal), ("", libc::SIGUSR2));
}
