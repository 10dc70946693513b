//! Waking a loop from other threads.

mod common;

use std::thread;

use common::{new_loop, run, run_out};
use ouro_loop::{Event, RunMode, Waker};

#[test]
fn wakes_are_coalesced_until_they_are_announced() {
    let ev = new_loop();
    let (id, waker) = ev.async_handle().unwrap();
    for _ in 0..1000 {
        waker.wake();
    }
    assert!(matches!(&run(&ev, RunMode::NoWait)[..], [Event::Async(woken)] if *woken == id));
    assert!(run(&ev, RunMode::NoWait).is_empty());
    ev.async_waker(id).unwrap().wake();
    assert_eq!(run(&ev, RunMode::NoWait).len(), 1);
}

#[test]
fn a_wake_during_the_announcement_is_announced_in_the_next_turn() {
    let ev = new_loop();
    let (_, waker) = ev.async_handle().unwrap();
    waker.wake();
    let mut times = 0;
    ev.run(RunMode::NoWait, |_, _| {
        times += 1;
        waker.wake();
    })
    .unwrap();
    assert_eq!(times, 1);
    assert_eq!(run(&ev, RunMode::NoWait).len(), 1);
}

#[test]
fn no_wake_from_another_thread_is_lost() {
    const WAKES: usize = 2000;
    let ev = new_loop();
    let (id, waker) = ev.async_handle().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (sender, waker) = (sender.clone(), waker.clone());
            thread::spawn(move || {
                for _ in 0..WAKES {
                    sender.send(()).unwrap();
                    waker.wake();
                }
            })
        })
        .collect();
    let mut received = 0;
    // Hangs if a message can be sent without a wake that the loop sees.
    ev.run(RunMode::Default, |ev, _| {
        received += receiver.try_iter().count();
        if received == 4 * WAKES && !ev.is_closing(id) {
            ev.close(id).unwrap();
        }
    })
    .unwrap();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_plain_waker_ends_the_sleep_and_yields_nothing() {
    let ev = new_loop();
    common::timer(&ev, 1_000_000, 0);
    let waker = ev.waker();
    let thread = thread::spawn(move || waker.wake());
    // Hangs if the wake doesn't end the sleep.
    assert!(run(&ev, RunMode::Once).is_empty());
    thread.join().unwrap();
}

#[test]
fn a_waker_outlives_its_handle_and_its_loop() {
    fn anywhere<T: Send + Sync + Clone>(_: &T) {}
    let ev = new_loop();
    let (id, waker) = ev.async_handle().unwrap();
    anywhere::<Waker>(&waker);
    ev.close(id).unwrap();
    waker.wake();
    assert!(matches!(&run_out(&ev)[..], [Event::Closed(_)]));
    assert!(ev.async_waker(id).is_err());
    drop(ev);
    waker.wake();
}
