//! The heap of timers, with few and with many in it.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, Throughput};
use ouro_loop::{Event, EventLoop, HandleId, RunMode};

const SIZES: [u64; 3] = [10, 1_000, 1_000_000];

/// Numbers that are scattered, and the same each time.
struct Scattered(u64);

impl Scattered {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// A loop with so many timers that won't be due for hours.
fn loop_with(timers: u64, random: &mut Scattered) -> (EventLoop, Vec<HandleId>) {
    let ev = EventLoop::new().expect("a loop");
    let timers = (0..timers)
        .map(|_| {
            let timer = ev.timer().expect("a timer");
            ev.timer_start(timer, far(random), 0).expect("it is open");
            timer
        })
        .collect();
    (ev, timers)
}

fn far(random: &mut Scattered) -> u64 {
    10_000_000 + random.below(10_000_000)
}

/// Into the heap and out of it again, cancelled.
pub fn start_and_stop(c: &mut Criterion) {
    let mut group = c.benchmark_group("timer start and stop");
    for size in SIZES {
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            let mut random = Scattered(1);
            let (ev, _) = loop_with(size, &mut random);
            let timer = ev.timer().expect("a timer");
            b.iter(|| {
                ev.timer_start(timer, far(&mut random), 0).expect("open");
                ev.timer_stop(timer).expect("open");
            });
        });
    }
}

/// One of many moves within the heap.
pub fn restart(c: &mut Criterion) {
    let mut group = c.benchmark_group("timer restart");
    for size in SIZES {
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            let mut random = Scattered(1);
            let (ev, timers) = loop_with(size, &mut random);
            b.iter(|| {
                let timer = timers[random.below(size) as usize];
                ev.timer_start(timer, far(&mut random), 0).expect("open");
            });
        });
    }
}

/// All out of the heap in their order, and announced.
pub fn expire(c: &mut Criterion) {
    let mut group = c.benchmark_group("timer expire");
    group.sample_size(10);
    for size in SIZES {
        group.throughput(Throughput::Elements(size));
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            let mut random = Scattered(1);
            let (ev, timers) = loop_with(size, &mut random);
            b.iter_custom(|passes| {
                let mut spent = Duration::ZERO;
                for _ in 0..passes {
                    for &timer in &timers {
                        ev.timer_start(timer, random.below(5), 0).expect("open");
                    }
                    let last = ev.now() + 5;
                    while ev.now() < last {
                        ev.update_time();
                    }
                    let begin = Instant::now();
                    let mut fired = 0;
                    while let Some(event) = ev.next_event(RunMode::Default) {
                        fired += u64::from(matches!(black_box(event), Event::Timer(_)));
                    }
                    spent += begin.elapsed();
                    assert_eq!(fired, size);
                }
                spent
            });
        });
    }
}
