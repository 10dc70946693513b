//! What a job costs: there and back, in numbers, and cancelled.
//!
//! `cargo bench -p ouro-bench --bench pool_parts`

use std::hint::black_box;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ouro_threadpool::{Class, CompletionQueue, Job, ThreadPool};

const THREADS: [usize; 2] = [1, 4];

/// A pool whose threads are there, and a queue without an owner's wake.
fn pool(threads: usize) -> (ThreadPool, CompletionQueue<u64>) {
    let pool = ThreadPool::with_size(threads);
    let queue = CompletionQueue::new(|| {});
    pool.submit(Class::Fs, &queue, || 0);
    queue.wait();
    (pool, queue)
}

fn round_trip(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("round trip");
    for threads in THREADS {
        let (pool, queue) = pool(threads);
        group.bench_function(BenchmarkId::new("threads", threads), |bencher| {
            bencher.iter(|| {
                pool.submit(Class::Fs, &queue, || black_box(1));
                queue.wait()
            });
        });
    }
    let (pool, queue) = pool(4);
    pool.record_times(true);
    group.bench_function("4 threads, times recorded", |bencher| {
        bencher.iter(|| {
            pool.submit(Class::Fs, &queue, || black_box(1));
            queue.wait()
        });
    });
    group.finish();
}

fn empty_jobs(criterion: &mut Criterion) {
    const JOBS: u64 = 1000;
    let mut group = criterion.benchmark_group("1000 empty jobs");
    group.throughput(Throughput::Elements(JOBS));
    for threads in THREADS {
        let (pool, queue) = pool(threads);
        group.bench_function(BenchmarkId::new("threads", threads), |bencher| {
            bencher.iter(|| {
                for n in 0..JOBS {
                    pool.submit(Class::Cpu, &queue, move || n);
                }
                let mut left = JOBS;
                while left > 0 {
                    left -= u64::from(queue.wait().is_some());
                }
            });
        });
    }
    group.finish();
}

/// Of jobs behind one that keeps the only thread busy.
fn cancel(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cancel");
    for waiting in [1_u64, 100_000] {
        let (pool, queue) = pool(1);
        let (open, opened) = mpsc::channel::<()>();
        pool.submit(Class::Fs, &queue, move || {
            let _ = opened.recv();
            0
        });
        let rest: Vec<Job> = (1..waiting)
            .map(|n| pool.submit(Class::Fs, &queue, move || n))
            .collect();
        group.bench_function(format!("one of {waiting}"), |bencher| {
            bencher.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    let job = pool.submit(Class::Fs, &queue, || 1);
                    let start = Instant::now();
                    let canceled = job.cancel();
                    spent += start.elapsed();
                    assert!(canceled);
                    queue.drain().for_each(drop);
                }
                spent
            });
        });
        drop(rest);
        drop(open);
    }
    group.finish();
}

criterion_group!(benches, round_trip, empty_jobs, cancel);
criterion_main!(benches);
