//! Timers: many fired, many cancelled, few restarted often.

use std::{
    thread,
    time::{Duration, Instant},
};

use ouro_loop::{Event, EventLoop, HandleId, RunMode};

use super::{Result, Scattered, expect, unexpected};

/// Starts `count` timers due at scattered times of one second, waits until all are due, lets them fire.
pub fn fire(count: u64) -> Result {
    let ev = EventLoop::new()?;
    let mut random = Scattered(1);
    let begin = Instant::now();
    let mut timers = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let timer = ev.timer()?;
        ev.timer_start(timer, random.below(1000), 0)?;
        timers.push(timer);
    }
    let spent = begin.elapsed();
    thread::sleep(Duration::from_millis(1001));
    let begin = Instant::now();
    let mut fired = 0;
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Timer(_) => fired += 1,
            other => unexpected(&other)?,
        }
    }
    let spent = spent + begin.elapsed();
    expect("timers that fired", fired, count)?;
    Ok(spent)
}

/// Starts `count` timers, stops them in another order, closes them.
pub fn cancel(count: u64) -> Result {
    let ev = EventLoop::new()?;
    let mut random = Scattered(1);
    let begin = Instant::now();
    let mut timers = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let timer = ev.timer()?;
        ev.timer_start(timer, 60_000 + random.below(60_000), 0)?;
        timers.push(timer);
    }
    for at in 0..count {
        ev.timer_stop(timers[(at * 7919 % count) as usize])?;
    }
    let closed = close(&ev, &timers)?;
    let spent = begin.elapsed();
    expect("timers that were closed", closed, count)?;
    Ok(spent)
}

/// 10,000 timers run, as many connections with an idle time-out have; one after another is started anew.
pub fn restart(count: u64) -> Result {
    const TIMERS: u64 = 10_000;
    let ev = EventLoop::new()?;
    let mut random = Scattered(1);
    let mut timers = Vec::new();
    for _ in 0..TIMERS {
        let timer = ev.timer()?;
        ev.timer_start(timer, 60_000 + random.below(60_000), 0)?;
        timers.push(timer);
    }
    let begin = Instant::now();
    for _ in 0..count {
        let timer = timers[random.below(TIMERS) as usize];
        ev.timer_start(timer, 60_000 + random.below(60_000), 0)?;
    }
    let spent = begin.elapsed();
    let closed = close(&ev, &timers)?;
    expect("timers that were closed", closed, TIMERS)?;
    Ok(spent)
}

fn close(ev: &EventLoop, timers: &[HandleId]) -> Result<u64> {
    for &timer in timers {
        ev.close(timer)?;
    }
    let mut closed = 0;
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Closed(_) => closed += 1,
            other => unexpected(&other)?,
        }
    }
    Ok(closed)
}
