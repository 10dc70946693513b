//! Running out of file descriptors. A process of its own, for it lowers the limit of the whole process.
#![cfg(unix)]

mod common;

use std::fs::File;
use std::io::Read;
use std::net::TcpStream;

use common::{any_port, new_loop, run};
use ouro_loop::{Event, ListenOptions, RunMode};

#[test]
fn running_out_of_descriptors_drops_connections_and_does_not_spin() {
    let ev = new_loop();
    let server = ev
        .tcp_listen(any_port(), &ListenOptions::default())
        .unwrap();
    let address = ev.local_addr(server).unwrap();
    let mut peers: Vec<_> = (0..3)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();

    let limit = libc::rlimit {
        rlim_cur: 64,
        rlim_max: 64,
    };
    // SAFETY: the limit is a valid one to read.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    let mut hoard = Vec::new();
    while let Ok(file) = File::open("/") {
        hoard.push(file);
    }

    let Some(Event::Connection(id)) = ev.next_event(RunMode::Default) else {
        panic!("no connection");
    };
    assert!(ev.accept(id).unwrap().is_none());
    // The peers learn of it, and the listener has nothing left to announce.
    for peer in &mut peers {
        assert!(matches!(peer.read(&mut [0; 1]), Ok(0) | Err(_)));
    }
    assert!(run(&ev, RunMode::NoWait).is_empty());
    assert_eq!(ev.backend_timeout(), None);

    // And when there are descriptors again it serves again.
    drop(hoard);
    let _peer = TcpStream::connect(address).unwrap();
    let Some(Event::Connection(id)) = ev.next_event(RunMode::Default) else {
        panic!("no connection");
    };
    assert!(ev.accept(id).unwrap().is_some());
}
