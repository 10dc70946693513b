//! One iteration with nothing to wait for.

use criterion::Criterion;
use ouro_loop::{EventLoop, RunMode};

/// An iteration with an idle handle; and one with prepare and check handles too.
pub fn watchers(c: &mut Criterion) {
    let ev = EventLoop::new().expect("a loop");
    let idle = ev.idle().expect("a handle");
    ev.idle_start(idle).expect("it is open");
    let turn = || while ev.next_event(RunMode::NoWait).is_some() {};
    c.bench_function("iteration with idle", |b| b.iter(turn));
    let prepare = ev.prepare().expect("a handle");
    ev.prepare_start(prepare).expect("it is open");
    let check = ev.check().expect("a handle");
    ev.check_start(check).expect("it is open");
    c.bench_function("iteration with idle, prepare and check", |b| b.iter(turn));
}
