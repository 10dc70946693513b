//! In place of `src/sync.rs`: primitives of which shuttle decides who is next. The channel is made of them, since
//! crossbeam's is not known to it; it keeps to what the crate uses of crossbeam's.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard, atomic};
pub(crate) use shuttle::thread;

/// How often the clock was read. Not one of shuttle's: it decides nothing.
pub(crate) static CLOCK_READS: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn now() -> std::time::Instant {
    CLOCK_READS.fetch_add(1, Ordering::Relaxed);
    std::time::Instant::now()
}

struct Channel<T> {
    messages: Mutex<VecDeque<T>>,
    arrived: Condvar,
}

pub(crate) struct Sender<T>(Arc<Channel<T>>);
pub(crate) struct Receiver<T>(Arc<Channel<T>>);

#[derive(Debug)]
pub(crate) struct Never;

pub(crate) fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let channel = Arc::new(Channel {
        messages: Mutex::new(VecDeque::new()),
        arrived: Condvar::new(),
    });
    (Sender(channel.clone()), Receiver(channel))
}

impl<T> Sender<T> {
    pub(crate) fn send(&self, message: T) -> Result<(), Never> {
        self.0.messages.lock().unwrap().push_back(message);
        self.0.arrived.notify_one();
        Ok(())
    }
}

impl<T> Receiver<T> {
    pub(crate) fn len(&self) -> usize {
        self.0.messages.lock().unwrap().len()
    }

    pub(crate) fn try_recv(&self) -> Result<T, Never> {
        self.0.messages.lock().unwrap().pop_front().ok_or(Never)
    }

    pub(crate) fn recv(&self) -> Result<T, Never> {
        let mut messages = self.0.messages.lock().unwrap();
        loop {
            if let Some(message) = messages.pop_front() {
                return Ok(message);
            }
            messages = self.0.arrived.wait(messages).unwrap();
        }
    }
}
