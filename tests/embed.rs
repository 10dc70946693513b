//! The embedding API: runtimes on threads of their own come and go, and leave nothing behind.

use std::{cell::RefCell, rc::Rc, thread};

use ouro::{Operation, Runtime, on_script_thread};

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
    #[cfg(target_os = "linux")]
    runtimes_of_one_thread_leave_no_heap();
    errors_of_script_come_back_as_text();
    process_exit_ends_only_the_runtime();
    a_policy_sees_each_operation_once();
    what_a_policy_refuses_fails_as_other_failures_do();
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

/// Servers, one of which never listens, and a connection that an agent keeps: they are there when the process ends.
#[cfg(target_os = "linux")]
const HTTP: &str = "
    (function () {
        const http = process.getBuiltinModule('http');
        http.createServer(() => {});
        const server = http.createServer((request, response) => response.end('x'));
        server.listen(0, '127.0.0.1', () => {
            http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
                response.resume().on('end', () => process.exit());
            });
        });
    })()
";

/// What a runtime keeps of its heap past its end is a megabyte and more.
#[cfg(target_os = "linux")]
fn runtimes_of_one_thread_leave_no_heap() {
    const RUNTIMES: usize = 40;
    let resident = || {
        let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux has it");
        let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok());
        pages.map_or(0, |pages: usize| pages * 4096)
    };
    let run = || {
        for _ in 0..RUNTIMES {
            let mut runtime = Runtime::builder().build().expect("a runtime can be made");
            runtime.eval(SCRIPT).expect("the script is right");
            runtime.eval(HTTP).expect("the script is right");
            runtime.run();
        }
        resident()
    };
    let (before, after) = on_script_thread(|| (run(), run())).expect("a thread can be started");
    let grown = after.saturating_sub(before) / RUNTIMES;
    assert!(grown < 400 << 10, "{grown} bytes more for each runtime");
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

/// The script, and how the operations that it begins look to a policy. `T` is a folder of its own.
const OPERATIONS: &[(&str, &str)] = &[
    ("fs.writeFileSync('T/a', '')", "write T/a"),
    ("fs.readFileSync('T/a')", "read T/a"),
    (
        "fs.closeSync(fs.openSync('T/a', 'r+'))",
        "read T/a, write T/a, descriptor",
    ),
    ("fs.closeSync(fs.openSync('T/a'))", "read T/a, descriptor"),
    ("fs.copyFileSync('T/a', 'T/b')", "read T/a, write T/b"),
    (
        "fs.renameSync('T/b', 'T/c')",
        "read T/b, write T/b, write T/c",
    ),
    ("fs.symlinkSync('a', 'T/d')", "write T/d"),
    ("fs.rmSync('T/c')", "write T/c"),
    ("fs.existsSync('T/c')", "read T/c"),
    ("fs.stat('T/a', () => {})", "read T/a"),
    ("fs.promises.mkdir('T/e')", "write T/e"),
    ("fs.promises.readFile('T/a')", "read T/a"),
    (
        "fs.createReadStream('T/a').resume()",
        "read T/a, descriptor, descriptor",
    ),
    (
        "fs.promises.open('T/a').then((file) => file.close())",
        "read T/a, descriptor",
    ),
    ("module.createRequire('/')('T/a.js')", "read T/a.js"),
    ("process.env", "env"),
    ("process.env.OURO_TEST = 'x'", "set env"),
    ("delete process.env.OURO_TEST", "set env"),
    (
        "net.createServer().listen(0, '127.0.0.1').unref()",
        "listen",
    ),
    (
        "net.createServer().listen('T/pipe').unref()",
        "listen T/pipe",
    ),
    (
        "net.connect(1, '127.0.0.1').on('error', () => {})",
        "connect 127.0.0.1:1",
    ),
    (
        "net.connect('T/pipe', function () { this.destroy(); })",
        "connect T/pipe",
    ),
    (
        "net.connect(1, 'localhost.invalid').on('error', () => {})",
        "look up localhost.invalid",
    ),
];

/// An operation as [`OPERATIONS`] writes it.
fn shown(operation: &Operation<'_>) -> String {
    match operation {
        Operation::FsRead(path) => format!("read {}", path.display()),
        Operation::FsWrite(path) => format!("write {}", path.display()),
        Operation::Descriptor(_) => "descriptor".to_owned(),
        Operation::NetConnect(address) => format!("connect {address}"),
        Operation::PipeConnect(path) => format!("connect {}", path.display()),
        Operation::NetListen(_) => "listen".to_owned(),
        Operation::PipeListen(path) => format!("listen {}", path.display()),
        Operation::NetLookup(host) => format!("look up {host}"),
        Operation::EnvRead => "env".to_owned(),
        Operation::EnvWrite => "set env".to_owned(),
        other => format!("{other:?}"),
    }
}

fn a_policy_sees_each_operation_once() {
    let folder = std::env::temp_dir().join(format!("ouro-access-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(folder.join("a.js"), "").expect("a file can be written");
    let name = format!("{}/", folder.display());
    let checked = on_script_thread(move || {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let record = seen.clone();
        let mut runtime = Runtime::builder()
            .access(move |operation| {
                record.borrow_mut().push(shown(operation));
                true
            })
            .build()
            .expect("a runtime can be made");
        runtime
            .eval("for (const name of ['fs', 'net', 'module']) globalThis[name] = process.getBuiltinModule(name);")
            .expect("the script is right");
        assert_eq!(seen.take(), Vec::<String>::new(), "at start");
        for (script, operations) in OPERATIONS {
            runtime
                .eval(&script.replace("T/", &name))
                .expect("the script is right");
            runtime.run();
            assert_eq!(
                seen.take().join(", "),
                operations.replace("T/", &name),
                "{script}"
            );
        }
    });
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    checked.expect("a thread can be started");
}

fn what_a_policy_refuses_fails_as_other_failures_do() {
    let report = on_script_thread(|| {
        let mut runtime = Runtime::builder()
            .access(|_| false)
            .build()
            .expect("a runtime can be made");
        runtime
            .eval(
                "const [fs, net] = ['fs', 'net'].map(process.getBuiltinModule);
                 const seen = [];
                 const add = (how) => (error) => {
                     seen.push(`${how} ${error.code} ${error.permission} ${error.resource}`);
                 };
                 const attempt = (how, act) => { try { act(); seen.push(`${how} passed`); } catch (error) { add(how)(error); } };
                 attempt('sync', () => fs.readFileSync('/x'));
                 attempt('argument', () => fs.readFile('/x', 1, add('never')));
                 attempt('callback', () => fs.readFile('/x', add('called with')));
                 attempt('promise', () => fs.promises.mkdir('/x').catch(add('rejected with')));
                 attempt('exists', () => seen.push(fs.existsSync('/')));
                 attempt('env', () => process.env);
                 attempt('listen', () => net.createServer().listen(0));
                 attempt('connect', () => net.connect(1, '127.0.0.1').on('error', add('emitted')));
                 attempt('look-up', () => net.connect(1, 'localhost').on('error', add('emitted')));",
            )
            .expect("the script is right");
        runtime.run();
        runtime.eval("seen.sort().join('; ')").expect("it is text")
    })
    .expect("a thread can be started");
    let expected = [
        "argument ERR_INVALID_ARG_TYPE undefined undefined",
        "callback passed",
        "called with ERR_ACCESS_DENIED FileSystemRead /x",
        "connect passed",
        "emitted ERR_ACCESS_DENIED Net 127.0.0.1:1",
        "emitted ERR_ACCESS_DENIED Net localhost",
        "env ERR_ACCESS_DENIED EnvironmentRead ",
        "exists passed",
        "false",
        "listen ERR_ACCESS_DENIED Net [::]:0",
        "look-up passed",
        "promise passed",
        "rejected with ERR_ACCESS_DENIED FileSystemWrite /x",
        "sync ERR_ACCESS_DENIED FileSystemRead /x",
    ];
    assert_eq!(report.trim_matches('"'), expected.join("; "));
}
