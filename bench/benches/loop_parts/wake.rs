//! Wake-ups, from the thread of the loop itself, so that no scheduler is measured.

use criterion::Criterion;
use ouro_loop::{Event, EventLoop, RunMode};

/// A wake-up and its event; and one more where one is under way already.
pub fn wake(c: &mut Criterion) {
    let ev = EventLoop::new().expect("a loop");
    let (id, waker) = ev.async_handle().expect("a handle");
    c.bench_function("wake and its event", |b| {
        b.iter(|| {
            waker.wake();
            let event = ev.next_event(RunMode::Once);
            assert!(matches!(event, Some(Event::Async(woken)) if woken == id));
            while ev.next_event(RunMode::NoWait).is_some() {}
        });
    });
    waker.wake();
    c.bench_function("wake while one is under way", |b| b.iter(|| waker.wake()));
}
