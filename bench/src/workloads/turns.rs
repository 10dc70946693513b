//! Iterations of a loop that has one idle handle and nothing else to do.

use std::time::Instant;

use ouro_loop::{Event, EventLoop, RunMode};

use super::{Result, unexpected};

pub fn idle(count: u64) -> Result {
    let ev = EventLoop::new()?;
    let idle = ev.idle()?;
    ev.idle_start(idle)?;
    let mut left = count;
    let begin = Instant::now();
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Idle(id) => {
                left -= 1;
                if left == 0 {
                    ev.close(id)?;
                }
            }
            Event::Closed(_) => {}
            other => unexpected(&other)?,
        }
    }
    Ok(begin.elapsed())
}
