//! Wake-ups from another thread: to and fro between two loops, and one way as fast as it goes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Instant,
};

use ouro_loop::{Event, EventLoop, RunMode, Waker};

use super::{Result, unexpected};

/// Player one serves, and gets the ball back `count` times.
pub fn ping_pong(count: u64) -> Result {
    let ev = EventLoop::new()?;
    let (_, waker) = ev.async_handle()?;
    let (give, take) = mpsc::channel();
    let other = thread::spawn(move || -> std::result::Result<(), String> {
        let failed = |error: &dyn std::fmt::Display| error.to_string();
        let ev = EventLoop::new().map_err(|error| failed(&error))?;
        let (_, own) = ev.async_handle().map_err(|error| failed(&error))?;
        give.send(own).map_err(|error| failed(&error))?;
        play(&ev, &waker, count, true).map_err(|error| failed(&error))
    });
    let waker = take.recv()?;
    let begin = Instant::now();
    waker.wake();
    play(&ev, &waker, count, false)?;
    let spent = begin.elapsed();
    other.join().map_err(|_| "a player panicked")??;
    Ok(spent)
}

/// Sends the ball back each time it comes, the last time only if so asked.
fn play(ev: &EventLoop, other: &Waker, count: u64, last: bool) -> Result<()> {
    let mut left = count;
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Async(id) => {
                left -= 1;
                if left > 0 || last {
                    other.wake();
                }
                if left == 0 {
                    ev.close(id)?;
                }
            }
            Event::Closed(_) => {}
            other => unexpected(&other)?,
        }
    }
    Ok(())
}

/// The last wake-up finds that all others are over; how many came in between is the loop's affair.
pub fn flood(count: u64) -> Result {
    let ev = EventLoop::new()?;
    let (_, waker) = ev.async_handle()?;
    let over = Arc::new(AtomicBool::new(false));
    let begin = Instant::now();
    let sender = thread::spawn({
        let over = over.clone();
        move || {
            for _ in 1..count {
                waker.wake();
            }
            over.store(true, Ordering::SeqCst);
            waker.wake();
        }
    });
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Async(id) if over.load(Ordering::SeqCst) => ev.close(id)?,
            Event::Async(_) | Event::Closed(_) => {}
            other => unexpected(&other)?,
        }
    }
    let spent = begin.elapsed();
    sender.join().map_err(|_| "the sender panicked")?;
    Ok(spent)
}
