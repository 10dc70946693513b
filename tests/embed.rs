//! The embedding API: runtimes on threads of their own come and go, and leave nothing behind.

use std::thread;

use ouro::{Runtime, on_script_thread};

/// Timers, ticks, promises, files and a server: what takes handles, jobs and descriptors.
const SCRIPT: &str = "
    (function () {
        let seen = 0;
        setTimeout(() => seen++, 1);
        setImmediate(() => seen++);
        process.nextTick(() => seen++);
        Promise.resolve().then(() => seen++);
        process.getBuiltinModule('fs').stat('/', (error) => { if (!error) seen++; });
        const net = process.getBuiltinModule('net');
        const server = net.createServer((socket) => socket.end('x')).listen(0, () => {
            net.connect(server.address().port).on('data', () => seen++).on('close', () => server.close());
        });
        process.on('exit', () => { process.exitCode = seen; });
    })()
";

fn run_once() -> i32 {
    on_script_thread(|| {
        let mut runtime = Runtime::builder().build().expect("a runtime can be made");
        runtime.eval(SCRIPT).expect("the script is right");
        runtime.run()
    })
    .expect("a thread can be started")
}

fn two_at_once() {
    let other = thread::spawn(run_once);
    assert_eq!(run_once(), 6);
    assert_eq!(other.join().expect("the other is no worse"), 6);
}

/// How many descriptors and threads the process has.
#[cfg(target_os = "linux")]
fn open() -> (usize, usize) {
    let count = |folder| std::fs::read_dir(folder).map_or(0, Iterator::count);
    (count("/proc/self/fd"), count("/proc/self/task"))
}

// One test, so that nothing else of this process opens or starts anything while the counts are compared.
#[test]
fn embedding() {
    a_hundred_pairs_leave_nothing();
    a_runtime_that_is_dropped_at_work_leaves_nothing();
    errors_of_script_come_back_as_text();
    process_exit_ends_only_the_runtime();
}

fn a_hundred_pairs_leave_nothing() {
    // The pool of the process starts with the first file operation and stays.
    two_at_once();
    #[cfg(target_os = "linux")]
    let before = open();
    for _ in 0..100 {
        two_at_once();
    }
    #[cfg(target_os = "linux")]
    {
        // A thread that was joined may be listed a moment longer.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while open() != before && std::time::Instant::now() < end {
            thread::sleep(std::time::Duration::from_millis(10));
        }
        assert_eq!(open(), before);
    }
}

fn a_runtime_that_is_dropped_at_work_leaves_nothing() {
    for _ in 0..10 {
        on_script_thread(|| {
            let mut runtime = Runtime::builder().build().expect("a runtime can be made");
            runtime.eval(SCRIPT).expect("the script is right");
        })
        .expect("a thread can be started");
    }
}

fn errors_of_script_come_back_as_text() {
    let error = on_script_thread(|| {
        let mut runtime = Runtime::builder().build().expect("a runtime can be made");
        assert_eq!(runtime.eval("6 * 7").expect("it is right"), "42");
        runtime
            .eval("throw new TypeError('no')")
            .expect_err("it throws")
    })
    .expect("a thread can be started");
    assert!(error.to_string().contains("TypeError: no"), "{error}");
}

fn process_exit_ends_only_the_runtime() {
    let code = on_script_thread(|| {
        let mut runtime = Runtime::builder().build().expect("a runtime can be made");
        let _ = runtime.eval("setTimeout(() => process.exit(9), 1); setInterval(() => {}, 1)");
        runtime.run()
    });
    assert_eq!(code.expect("a thread can be started"), 9);
}
