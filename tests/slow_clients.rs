//! Clients that are slow on purpose: with their headers, their bodies, their reading, or with going away. The server cuts them off when the
//! time is up that it was told to give them, and what they cost is bounded. Nothing here measures time: each waits for the end of
//! its connection, or for a count that the server tells.

mod support;

use std::{
    io::{BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};

use support::{Running, TIME_LIMIT, ouro, read_answer};

/// A server script that has `server` made and set up, and tells its port.
struct Server {
    program: Running,
    port: u16,
}

impl Server {
    #[track_caller]
    fn start(script: &str) -> Self {
        let text = format!(
            "{script}\nserver.listen(0, '127.0.0.1', () => console.log(server.address().port));"
        );
        let mut program = Running::start(ouro().args(["-e", &text]));
        let port = program.line().parse().expect("it is the port");
        Self { program, port }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server listens");
        stream
            .set_read_timeout(Some(TIME_LIMIT))
            .expect("the limit is not zero");
        stream
    }

    /// A number that the server tells at `/count`, asked for until it is what it should be.
    #[track_caller]
    fn count_becomes(&self, expected: impl FnMut(u64) -> bool) -> u64 {
        self.count_at("/count", expected)
    }

    #[track_caller]
    fn count_at(&self, path: &str, mut expected: impl FnMut(u64) -> bool) -> u64 {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let mut last = 0;
        for _ in 0..3000 {
            // On a connection of its own each time: an idle one is cut off.
            let mut stream = BufReader::new(self.connect());
            let asked = stream.get_mut().write_all(request.as_bytes());
            asked.expect("the server reads");
            let body = read_answer(&mut stream).body;
            last = String::from_utf8_lossy(&body)
                .parse()
                .expect("it is a number");
            if expected(last) {
                return last;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the count stays {last}");
    }
}

/// All that comes until the connection is closed. A reset is an end too.
fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let outcome = stream.read_to_end(&mut bytes);
    if let Err(error) = outcome {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Answers at the end of the request, and counts at `/count` the connections besides that one.
const IMPATIENT: &str = r"
const server = require('http').createServer({ headersTimeout: 100, requestTimeout: 300, keepAliveTimeout: 100, keepAliveTimeoutBuffer: 0, connectionsCheckingInterval: 50 }, (req, res) => {
  if (req.url === '/count') return res.end(`${[...sockets].filter((socket) => socket !== req.socket).length}`);
  req.resume().on('end', () => res.end('fine')).on('error', () => {});
});
const sockets = new Set();
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});";

#[test]
fn heads_that_never_end() {
    let server = Server::start(IMPATIENT);
    for start in [
        "",
        "G",
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "\r\n",
    ] {
        let mut stream = server.connect();
        stream.write_all(start.as_bytes()).unwrap();
        let text = rest(&mut stream);
        assert!(
            text.starts_with("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"),
            "{start:?}: {text:?}"
        );
    }
    server.count_becomes(|count| count == 0);
}

#[test]
fn heads_that_drip() {
    let server = Server::start(IMPATIENT);
    let mut stream = server.connect();
    let mut writer = stream.try_clone().unwrap();
    // Each byte is news, and none of them makes the time longer.
    let dripping = thread::spawn(move || {
        let head = format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(1 << 20));
        for byte in head.bytes() {
            if writer.write_all(&[byte]).is_err() {
                return true;
            }
            thread::sleep(Duration::from_millis(2));
        }
        false
    });
    let text = rest(&mut stream);
    // What drips in behind the answer may reset it.
    assert!(
        text.is_empty() || text.starts_with("HTTP/1.1 408 "),
        "{text:?}"
    );
    drop(stream);
    assert!(dripping.join().unwrap(), "nobody stopped it");
    server.count_becomes(|count| count == 0);
}

#[test]
fn bodies_that_never_end() {
    let server = Server::start(IMPATIENT);
    for request in [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n",
    ] {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let text = rest(&mut stream);
        assert!(
            text.starts_with("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"),
            "{request:?}: {text:?}"
        );
    }
    server.count_becomes(|count| count == 0);
}

#[test]
fn clients_that_stay() {
    // Impatient with who is idle, not with who is late.
    let patient = IMPATIENT.replace("headersTimeout: 100, requestTimeout: 300, ", "");
    let server = Server::start(&patient);
    // Idle after an answer.
    let mut idle = server.connect();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    let text = rest(&mut idle);
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("fine"));
    // Told that the connection closes, and refused: neither has to go for the server to be rid of them.
    let mut told = server.connect();
    told.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut refused = server.connect();
    refused.write_all(b"nonsense\r\n\r\n").unwrap();
    // Half-open: they have said all they will.
    let mut half = server.connect();
    half.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    half.shutdown(Shutdown::Write).unwrap();
    let silent = server.connect();
    silent.shutdown(Shutdown::Write).unwrap();
    server.count_becomes(|count| count == 0);
    assert!(rest(&mut told).ends_with("fine"));
    assert!(rest(&mut refused).starts_with("HTTP/1.1 400 "));
    assert!(rest(&mut half).ends_with("fine"));
}

/// Writes a large response with regard for the reader; counts what it has written.
const LARGE: &str = r"
let written = 0;
let closed = 0;
const block = Buffer.alloc(65536, 97);
const server = require('http').createServer((req, res) => {
  if (req.url === '/count') return res.end(`${written}`);
  if (req.url === '/closed') return res.end(`${closed}`);
  res.on('close', () => closed++);
  (function more() {
    while (!res.destroyed) {
      written += block.length;
      if (!res.write(block)) return res.once('drain', more);
    }
  })();
});";

/// Bytes that the kernel may take of what nobody reads, and then some.
const KERNEL: u64 = 16 << 20;

#[test]
fn readers_that_do_not_read() {
    let server = Server::start(&format!(
        "{LARGE}\nserver.timeout = 400;\nserver.on('timeout', (socket) => socket.destroy());"
    ));
    let mut stream = server.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    let mut before = 0;
    server.count_becomes(|count| {
        // It has stopped when it stays the same.
        let same = count == before && count > 0;
        before = count;
        same
    });
    assert!(before < KERNEL, "{before} bytes for one that doesn't read");
    // Its timeout ends the connection.
    server.count_at("/closed", |count| count > 0);
    let text = rest(&mut stream);
    assert!((text.len() as u64) < KERNEL);
}

/// The counts of requests that were taken.
const COUNTING: &str = r"
let taken = 0;
const body = 'a'.repeat(65536);
const server = require('http').createServer((req, res) => {
  if (req.url === '/count') return res.end(`${taken}`);
  taken++;
  res.end(body);
});";

#[test]
fn pipeliners_that_do_not_read() {
    const REQUESTS: usize = 4000;
    let server = Server::start(COUNTING);
    let mut stream = server.connect();
    let mut writer = stream.try_clone().unwrap();
    let sending = thread::spawn(move || {
        let requests = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(REQUESTS);
        writer.write_all(&requests).unwrap();
    });
    let mut before = 0;
    server.count_becomes(|count| {
        let same = count == before && count > 0;
        before = count;
        same
    });
    assert!(
        before * 65536 < KERNEL,
        "{before} requests were answered for one that doesn't read"
    );
    #[cfg(target_os = "linux")]
    {
        let resident = support::status_of(server.program.id(), "VmRSS").unwrap();
        let kilobytes: u64 = resident.trim_end_matches(" kB").parse().unwrap();
        assert!(kilobytes < 150 << 10, "{resident}");
    }
    // All of them are answered once it reads.
    let mut reader = BufReader::new(&mut stream);
    for _ in 0..REQUESTS {
        assert_eq!(read_answer(&mut reader).body.len(), 65536);
    }
    sending.join().unwrap();
    drop(server.program);
}

#[test]
fn bodies_that_nobody_reads() {
    // The listener answers later and doesn't look at the body: it stays in the kernel and with the sender.
    let server = Server::start(
        r"
let read = 0;
const server = require('http').createServer((req, res) => {
  if (req.url === '/count') return res.end(`${read}`);
  const { socket } = req;
  setInterval(() => { read = socket.bytesRead; }, 5);
});",
    );
    let mut stream = server.connect();
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
        .unwrap();
    let sending = thread::spawn(move || {
        let block = vec![0; 1 << 16];
        stream
            .set_write_timeout(Some(Duration::from_millis(500)))
            .unwrap();
        let mut sent = 0_u64;
        while stream.write_all(&block).is_ok() && sent < 8 * KERNEL {
            sent += 1 << 16;
        }
        (sent, stream)
    });
    let (sent, stream) = sending.join().unwrap();
    assert!(sent < 8 * KERNEL, "somebody took it all");
    let read = server.count_becomes(|count| count > 0);
    assert!(read < 1 << 20, "{read} bytes were read for nobody");
    drop(stream);
}
