//! TCP through the public API.

use std::io::IoSlice;
use std::net::SocketAddr;

use ouro_loop::{ConnectOptions, Event, EventLoop, ListenOptions, ReadResult, RunMode};

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[test]
fn an_echo_goes_round_and_the_loop_ends() {
    let ev = EventLoop::new().unwrap();
    let server = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address = ev.local_addr(server).unwrap();
    let client = ev.tcp_connect(address, &ConnectOptions::default()).unwrap();
    let mut log = Vec::new();
    let mut buffer = [0; 1024];
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Connection(id) => {
                while let Some(peer) = ev.accept(id).unwrap() {
                    ev.read_start(peer).unwrap();
                }
                ev.close(id).unwrap();
            }
            Event::Connected { id, result } => {
                result.unwrap();
                ev.read_start(id).unwrap();
                ev.write(id, "hello", 7).unwrap();
            }
            Event::Wrote { id, tag, result } => {
                result.unwrap();
                assert_eq!((id, tag), (client, 7));
                log.push("wrote".to_owned());
            }
            Event::Readable(id) => match ev.read(id, &mut buffer) {
                ReadResult::Data(n) if id == client => {
                    log.push(String::from_utf8_lossy(&buffer[..n]).into_owned());
                    ev.shutdown(id).unwrap();
                }
                ReadResult::Data(n) => {
                    assert_eq!(ev.try_write(id, &[IoSlice::new(&buffer[..n])]).unwrap(), n);
                }
                ReadResult::WouldBlock => {}
                ReadResult::Eof => ev.close(id).unwrap(),
                ReadResult::Err(error) => panic!("{error}"),
            },
            Event::Shutdown { id, result } => {
                result.unwrap();
                log.push("shutdown".to_owned());
                assert_eq!(id, client);
            }
            Event::Closed(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(!ev.alive());
    assert_eq!(log, ["wrote", "hello", "shutdown"]);
}
