//! What a loop counts about itself.

mod common;

use std::time::{Duration, Instant};

use common::{new_loop, run_out, tcp_pair, timer};
use ouro_loop::{Event, HandleKind, RunMode};

#[test]
fn iterations_and_events_are_counted() {
    let ev = new_loop();
    let before = ev.metrics();
    let (_, waker) = ev.async_handle().unwrap();
    waker.wake();
    ev.next_event(RunMode::NoWait).unwrap();
    assert_eq!(ev.metrics().iterations, before.iterations + 1);
    assert_eq!(ev.metrics().events, before.events + 1);
    // Poll found it without sleeping.
    assert_eq!(ev.metrics().events_waiting, before.events_waiting + 1);
}

#[test]
fn sleep_is_idle_time_and_work_is_not() {
    let ev = new_loop();
    timer(&ev, 20, 0);
    run_out(&ev);
    let slept = ev.idle_time();
    assert!(slept >= Duration::from_millis(10), "{slept:?}");
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(5) {}
    assert_eq!(ev.idle_time(), slept);
}

#[test]
fn the_longest_callback_is_named() {
    let ev = new_loop();
    let work = |time| {
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(time) {}
    };
    let short = timer(&ev, 0, 0);
    // Nothing is measured until somebody asks.
    ev.next_event(RunMode::Default).unwrap();
    work(2);
    run_out(&ev);
    assert_eq!(ev.metrics().longest_callback, None);

    ev.measure_callbacks(true);
    let (stream, peer) = tcp_pair(&ev);
    ev.read_start(stream).unwrap();
    ev.shutdown(peer).unwrap();
    ev.timer_start(short, 0, 0).unwrap();
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) => {
                work(40);
                ev.close(id).unwrap();
            }
            Event::Timer(_) => work(1),
            _ => {}
        }
    }
    let longest = ev.metrics().longest_callback.unwrap();
    assert_eq!(
        (longest.id, longest.kind),
        (stream, Some(HandleKind::Stream))
    );
    assert!(longest.time >= Duration::from_millis(40));

    // Off, it says what it was; on again, it begins anew.
    ev.measure_callbacks(false);
    assert_eq!(ev.metrics().longest_callback, Some(longest));
    ev.measure_callbacks(true);
    assert_eq!(ev.metrics().longest_callback, None);
}
