//! The hello-world servers of `tests/servers` before a plain TCP client: keep-alive, pipelining, load, and how they
//! end.

mod support;

use std::{
    io::{BufReader, Read, Write},
    thread,
};

use support::{Server, ouro, read_answer, run};

const SERVERS: [&str; 3] = ["hello.js", "hello-destructured.js", "hello.mjs"];
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const BODY: &[u8] = b"Hello, world!\n";

#[test]
fn each_answers_on_one_connection_again_and_again() {
    for script in SERVERS {
        let server = Server::start(script);
        let mut stream = BufReader::new(server.connect());
        for _ in 0..100 {
            stream.get_mut().write_all(REQUEST).unwrap();
            let answer = read_answer(&mut stream);
            assert_eq!((answer.status, &answer.body[..]), (200, BODY), "{script}");
            assert_eq!(answer.header("content-type"), Some("text/plain"));
            assert_eq!(answer.header("connection"), Some("keep-alive"));
            assert!(
                answer
                    .header("date")
                    .is_some_and(|date| date.ends_with("GMT"))
            );
        }
    }
}

#[test]
fn requests_may_come_before_the_answers_are_read() {
    for script in SERVERS {
        let server = Server::start(script);
        let mut stream = BufReader::new(server.connect());
        stream.get_mut().write_all(&REQUEST.repeat(200)).unwrap();
        for _ in 0..200 {
            assert_eq!(read_answer(&mut stream).body, BODY);
        }
    }
}

#[test]
fn a_request_may_come_byte_by_byte() {
    let server = Server::start("hello.js");
    let mut stream = BufReader::new(server.connect());
    stream.get_ref().set_nodelay(true).unwrap();
    for byte in REQUEST {
        stream.get_mut().write_all(&[*byte]).unwrap();
    }
    assert_eq!(read_answer(&mut stream).body, BODY);
}

#[test]
fn connection_close_closes() {
    let server = Server::start("hello.js");
    for request in [
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
    ] {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\nHello, world!\n"), "{text}");
    }
}

#[test]
fn a_head_has_no_body() {
    let server = Server::start("hello.js");
    let mut stream = server.connect();
    stream
        .write_all(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(
        text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\n"),
        "{text}"
    );
}

#[test]
fn what_is_no_request_is_refused() {
    let server = Server::start("hello.js");
    let mut stream = server.connect();
    stream.write_all(b"no request at all\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{text}");
    let mut stream = BufReader::new(server.connect());
    stream.get_mut().write_all(REQUEST).unwrap();
    assert_eq!(read_answer(&mut stream).body, BODY, "others are served");
}

#[test]
fn many_clients_at_once_all_get_answers() {
    for script in SERVERS {
        let server = Server::start(script);
        thread::scope(|scope| {
            for _ in 0..32 {
                scope.spawn(|| {
                    let mut stream = BufReader::new(server.connect());
                    for _ in 0..50 {
                        stream.get_mut().write_all(REQUEST).unwrap();
                        assert_eq!(read_answer(&mut stream).body, BODY);
                    }
                });
            }
        });
    }
}

#[test]
fn clients_that_go_without_a_word_leave_nothing() {
    let server = Server::start("hello.js");
    for _ in 0..200 {
        let mut stream = server.connect();
        stream.write_all(&REQUEST[..20]).unwrap();
    }
    for _ in 0..200 {
        let mut stream = server.connect();
        stream.write_all(&REQUEST.repeat(3)).unwrap();
    }
    let mut stream = BufReader::new(server.connect());
    stream.get_mut().write_all(REQUEST).unwrap();
    assert_eq!(read_answer(&mut stream).body, BODY);
    #[cfg(target_os = "linux")]
    {
        let sockets = || {
            let open = std::fs::read_dir(format!("/proc/{}/fd", server.program.id())).unwrap();
            let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
            targets
                .filter(|target| target.to_string_lossy().starts_with("socket:"))
                .count()
        };
        // The listener and the client that is still here, once the server has noticed that the others are gone.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while sockets() > 2 && std::time::Instant::now() < end {
            thread::sleep(std::time::Duration::from_millis(10));
        }
        assert_eq!(sockets(), 2);
    }
}

#[test]
fn a_port_that_is_taken_is_reported() {
    let server = Server::start("hello.js");
    let taken = server.address.port().to_string();
    support::run(
        support::ouro()
            .arg(support::server_script("hello.js"))
            .env("PORT", &taken),
    )
    .with_code(1)
    .complains(&format!(
        "Error: listen EADDRINUSE: address already in use 127.0.0.1:{taken}"
    ))
    .complains("code: 'EADDRINUSE'");
}

#[cfg(unix)]
#[test]
fn signals_end_them_as_they_end_node() {
    use std::os::unix::process::ExitStatusExt;
    for (name, number) in [("TERM", 15), ("INT", 2)] {
        let mut server = Server::start("hello.js");
        server.program.signal(name);
        assert_eq!(server.program.wait().signal(), Some(number), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_that_the_parent_ignores_ends_them_all_the_same() {
    use std::os::unix::process::ExitStatusExt;
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "trap '' INT; exec \"$0\" \"$1\""])
        .arg(env!("CARGO_BIN_EXE_ouro"))
        .arg(support::server_script("hello.js"))
        .env("PORT", "0");
    let mut program = support::Running::start(&mut command);
    assert!(program.line().starts_with("Listening"));
    program.signal("INT");
    assert_eq!(program.wait().signal(), Some(2));
}

#[test]
fn the_quick_way_is_counted() {
    let text = "const server = require('http').createServer((req, res) => {
        if (req.url === '/slow') {
            req.on('data', () => {});
            res.on('finish', () => {});
            req.socket.remoteAddress;
        }
        res.end('x');
    }).listen(0, async () => {
        for (const path of ['/', '/', '/slow']) {
            await (await new Promise((done) => {
                require('http').get({ port: server.address().port, path, agent: false }, done);
            })).resume().toArray();
        }
        server.close();
    });";
    run(ouro().args(["--http-figures", "-e", text]))
        .with_code(0)
        .complains("        3 connections without a socket at first\n")
        .complains("        1 sockets made later\n")
        .complains("        3 requests\n")
        .complains("        1 requests that became streams\n")
        .complains("        2 responses over in the call of end\n");
}
