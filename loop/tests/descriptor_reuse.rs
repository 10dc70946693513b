//! Descriptor numbers that are used again. A process of its own, so that no other test takes them.
#![cfg(unix)]

mod common;

use std::io::{IoSlice, Write};
use std::os::fd::AsRawFd;

use common::{new_loop, run, run_out, tcp_pair};
use ouro_loop::{Event, ReadResult, RunMode};

/// The number of a closed descriptor is the next socket's, in the same turn: what poll had found for the old one is not
/// the new one's.
#[test]
fn a_descriptor_number_used_again_in_the_turn_inherits_nothing() {
    let ev = new_loop();
    let (first, first_peer) = tcp_pair(&ev);
    let (second, second_peer) = tcp_pair(&ev);
    for (id, peer) in [(first, first_peer), (second, second_peer)] {
        ev.read_start(id).unwrap();
        assert_eq!(ev.try_write(peer, &[IoSlice::new(b"news")]).unwrap(), 4);
    }
    let Some(Event::Readable(announced)) = ev.next_event(RunMode::Once) else {
        panic!("two streams have news");
    };
    let other = if announced == first { second } else { first };
    let number = ev.raw_fd(other).unwrap();
    ev.close(other).unwrap();
    // The lowest free number is taken, so the pair has it.
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    assert!([ours.as_raw_fd(), theirs.as_raw_fd()].contains(&number));
    let new = ev.open_fd(ours.into()).unwrap();
    ev.read_start(new).unwrap();
    let rest = run(&ev, RunMode::NoWait);
    assert!(
        rest.iter()
            .all(|event| !matches!(event, Event::Readable(id) if *id == new || *id == other)),
        "{rest:?}"
    );
    // Its own news arrive.
    (&theirs).write_all(b"own").unwrap();
    while !matches!(ev.next_event(RunMode::Once), Some(Event::Readable(id)) if id == new) {}
    let mut buffer = [0; 8];
    assert!(matches!(ev.read(new, &mut buffer), ReadResult::Data(3)));
    for id in [announced, new, first_peer, second_peer] {
        ev.close(id).unwrap();
    }
    run_out(&ev);
    assert_eq!(ev.walk(), []);
}
