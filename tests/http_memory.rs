//! A server that has answered a million requests takes the memory that it took after a hundred thousand, and leaves no handle.
//!
//! By default it is 100,000 and 10,000 of them; `OURO_REQUESTS=1000000 cargo test --release --test http_memory -- --nocapture` is the whole.
#![cfg(target_os = "linux")]

mod support;

use std::{
    io::{BufReader, Write},
    net::TcpStream,
};

use support::{Running, ouro, read_answer, status_of};

/// Parses each body, changes it, and answers with it. It closes when it is told to, and then must end by itself.
const SERVER: &str = r"
const server = require('http').createServer((req, res) => {
  if (req.url === '/close') {
    res.end('{}');
    const report = () => {
      console.log('closed', process.getActiveResourcesInfo().filter((name) => !['TTYWrap', 'PipeWrap', 'Immediate'].includes(name)).join());
    };
    // As in Node, a handle that closes is named until the end of the loop's turn; of two immediates the second is past it.
    server.close(() => setImmediate(setImmediate, report));
    return;
  }
  let text = '';
  req.setEncoding('utf8');
  req.on('data', (chunk) => { text += chunk; });
  req.on('end', () => {
    const doc = JSON.parse(text);
    doc.seen = doc[`key-${doc.id}`];
    doc.tags.push(req.headers['x-number']);
    const answer = JSON.stringify(doc);
    res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(answer), [`X-${doc.id % 100}`]: doc.id });
    res.end(answer);
  });
});
// On a busy machine a client may be silent for long.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
";

fn resident(program: &Running) -> u64 {
    let text = status_of(program.id(), "VmRSS").expect("the kernel tells");
    text.trim_end_matches(" kB")
        .parse()
        .expect("it is a number")
}

#[test]
fn requests_leave_nothing_behind() {
    const CONNECTIONS: usize = 64;
    let requests: usize = std::env::var("OURO_REQUESTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let mut program = Running::start(ouro().args(["-e", SERVER]));
    let port: u16 = program.line().parse().expect("it is the port");
    let mut streams: Vec<BufReader<TcpStream>> = (0..CONNECTIONS)
        .map(|_| {
            let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
            stream.set_nodelay(true).expect("it is TCP");
            BufReader::new(stream)
        })
        .collect();
    let mut figures = Vec::new();
    let mut number = 0;
    while number < requests {
        let first = number;
        for stream in &mut streams {
            let body = format!(
                r#"{{"id":{number},"key-{number}":"value {number}","tags":["a",{number}],"text":"{}"}}"#,
                "x".repeat(number % 500)
            );
            let request = format!(
                "POST /{number}?a={number} HTTP/1.1\r\nHost: a\r\nX-Number: {number}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream
                .get_mut()
                .write_all(request.as_bytes())
                .expect("it reads");
            number += 1;
        }
        for (stream, number) in streams.iter_mut().zip(first..) {
            let body = read_answer(stream).body;
            let expected = format!(r#""seen":"value {number}"}}"#);
            assert!(body.ends_with(expected.as_bytes()), "{number}");
        }
        if figures.len() * (requests / 10) <= number {
            figures.push(resident(&program));
        }
    }
    figures.push(resident(&program));
    println!("resident after each tenth of {requests}, in kB: {figures:?}");
    let (early, late) = (figures[1], figures[figures.len() - 1]);
    assert!(late * 10 <= early * 11, "{early} kB became {late} kB");
    let mut last = streams.pop().expect("there are many");
    drop(streams);
    last.get_mut()
        .write_all(b"GET /close HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .expect("it reads");
    read_answer(&mut last);
    drop(last);
    assert_eq!(program.line(), "closed");
    assert!(program.wait().success());
}
