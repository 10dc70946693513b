//! When a pipe that was shut down ends.
//!
//! The peer learns that no more will come only when this end is closed, which ends the other direction too. So it is
//! closed when nothing has come in for a while, as libuv does it. The wait begins anew with each read that finds something, and with
//! each that would block.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::handle::HandleId;
use crate::sys::hrtime;
use crate::wake::Shared;

/// libuv's.
const QUIET: Duration = Duration::from_millis(50);

/// The wait for the end of one pipe.
pub(super) struct Ending {
    shared: Arc<Shared>,
    id: HandleId,
    wait: Arc<Wait>,
}

struct Wait {
    /// As of `hrtime`.
    deadline: AtomicU64,
    /// A thread sleeps until then.
    armed: AtomicBool,
}

impl Ending {
    pub(super) fn new(shared: &Arc<Shared>, id: HandleId) -> Self {
        Self {
            shared: shared.clone(),
            id,
            wait: Arc::new(Wait {
                deadline: AtomicU64::new(u64::MAX),
                armed: AtomicBool::new(false),
            }),
        }
    }

    /// There has been a read; `empty` if it would have blocked, which is when the loop is to be told of the deadline.
    pub(super) fn read(&self, empty: bool) {
        let deadline = hrtime() + QUIET.as_nanos() as u64;
        self.wait.deadline.store(deadline, Ordering::Release);
        if !empty || self.wait.armed.swap(true, Ordering::AcqRel) {
            return;
        }
        let (shared, id, wait) = (self.shared.clone(), self.id, self.wait.clone());
        let sleeper = thread::Builder::new().name("ouro-pipe-end".into());
        let started = sleeper.spawn(move || {
            sleep_until(&wait);
            shared.nudge(id);
        });
        if started.is_err() {
            // Without a thread there is no waiting: it ends at once.
            self.wait.deadline.store(0, Ordering::Release);
            self.wait.armed.store(false, Ordering::Release);
            self.shared.nudge(self.id);
        }
    }

    /// Whether the deadline has passed.
    pub(super) fn is_due(&self) -> bool {
        self.wait.deadline.load(Ordering::Acquire) <= hrtime()
    }
}

/// Sleeps until the deadline, which may move meanwhile.
fn sleep_until(wait: &Wait) {
    loop {
        let deadline = wait.deadline.load(Ordering::Acquire);
        let left = deadline.saturating_sub(hrtime());
        if left == 0 {
            wait.armed.store(false, Ordering::Release);
            return;
        }
        thread::sleep(Duration::from_nanos(left));
    }
}
