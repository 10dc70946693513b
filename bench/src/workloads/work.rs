//! Jobs that do next to nothing, to the thread pool and back: one at a time, or many in flight.

use std::time::Instant;

use ouro_loop::{Event, EventLoop, RunMode};
use ouro_threadpool::{Class, CompletionQueue, ThreadPool};

use super::{Result, expect, unexpected};

/// What libuv has by default.
const THREADS: usize = 4;

pub fn round_trips(count: u64, in_flight: u64) -> Result {
    let ev = EventLoop::new()?;
    let (finished, waker) = ev.async_handle()?;
    let pool = ThreadPool::with_size(THREADS);
    let queue = CompletionQueue::new(move || waker.wake());
    let mut begun = 0;
    let mut submit = || {
        if begun < count {
            let input = begun;
            begun += 1;
            pool.submit(Class::Fs, &queue, move || input + 1);
        }
    };
    let (mut done, mut sum) = (0, 0);
    let begin = Instant::now();
    for _ in 0..in_flight {
        submit();
    }
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Async(_) => {
                for (_, result) in queue.drain() {
                    sum += result?;
                    done += 1;
                    submit();
                }
                if done == count {
                    ev.close(finished)?;
                }
            }
            Event::Closed(_) => {}
            other => unexpected(&other)?,
        }
    }
    let spent = begin.elapsed();
    expect("the sum of the jobs", sum, count * (count + 1) / 2)?;
    Ok(spent)
}
