//! Signals: what the console tells a program, under the names that Unix has for it.
//!
//! Windows calls the handler on a thread of its own, so ordinary locks will do.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use windows_sys::Win32::System::Console::{
    CTRL_BREAK_EVENT, CTRL_C_EVENT, CTRL_CLOSE_EVENT, SetConsoleCtrlHandler,
};

use super::EINVAL;
use crate::wake::Shared;

const SIGHUP: i32 = 1;
const SIGINT: i32 = 2;
const SIGBREAK: i32 = 21;
/// The window of a console has another size. Told by whoever reads a console in raw mode, as nobody else hears of it.
pub(super) const SIGWINCH: i32 = 28;
const SIGNALS: usize = 32;

/// Where the signals for one loop are counted.
pub(crate) struct SignalInbox {
    counts: [AtomicU32; SIGNALS],
    shared: Arc<Shared>,
}

impl SignalInbox {
    pub(crate) fn new(shared: Arc<Shared>) -> Arc<Self> {
        Arc::new(Self {
            counts: [const { AtomicU32::new(0) }; SIGNALS],
            shared,
        })
    }

    /// How often the signal has come since this was last asked.
    pub(crate) fn take(&self, signum: i32) -> u32 {
        match self.counts.get(signum as usize) {
            Some(count) => count.swap(0, Ordering::SeqCst),
            None => 0,
        }
    }

    /// From here on, the inbox gets the signal. Signals that Windows doesn't have are accepted and never come.
    pub(crate) fn subscribe(self: &Arc<Self>, signum: i32) -> io::Result<()> {
        if !(1..SIGNALS as i32).contains(&signum) {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        let mut subscribers = lock();
        if subscribers.is_empty() {
            set_handler(true)?;
        }
        match position(&subscribers, signum, self) {
            Some(at) => subscribers[at].times += 1,
            None => subscribers.push(Subscriber {
                signum,
                inbox: self.clone(),
                times: 1,
            }),
        }
        Ok(())
    }

    /// Ends what `subscribe` began.
    pub(crate) fn unsubscribe(self: &Arc<Self>, signum: i32) {
        let mut subscribers = lock();
        if let Some(at) = position(&subscribers, signum, self) {
            subscribers[at].times -= 1;
            if subscribers[at].times == 0 {
                subscribers.swap_remove(at);
            }
            if subscribers.is_empty() {
                // It was set, so it can be taken away.
                let _ = set_handler(false);
            }
        }
    }
}

/// One loop and one signal, however many handles there are.
struct Subscriber {
    signum: i32,
    inbox: Arc<SignalInbox>,
    times: usize,
}

static SUBSCRIBERS: Mutex<Vec<Subscriber>> = Mutex::new(Vec::new());

fn lock() -> MutexGuard<'static, Vec<Subscriber>> {
    // Nothing panics while this lock is held.
    SUBSCRIBERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn position(subscribers: &[Subscriber], signum: i32, inbox: &Arc<SignalInbox>) -> Option<usize> {
    subscribers
        .iter()
        .position(|other| other.signum == signum && Arc::ptr_eq(&other.inbox, inbox))
}

fn set_handler(on: bool) -> io::Result<()> {
    // SAFETY: the handler has the signature that is asked for and lives as long as the program.
    let done = unsafe { SetConsoleCtrlHandler(Some(handle), i32::from(on)) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Answers whether anyone wanted the signal; if nobody did, Windows goes on to the next handler.
unsafe extern "system" fn handle(event: u32) -> windows_sys::core::BOOL {
    let signum = match event {
        CTRL_C_EVENT => SIGINT,
        CTRL_BREAK_EVENT => SIGBREAK,
        CTRL_CLOSE_EVENT => SIGHUP,
        _ => return 0,
    };
    raise(signum).into()
}

/// Gives a signal to all who want it; whether anyone did.
pub(super) fn raise(signum: i32) -> bool {
    let mut wanted = false;
    for subscriber in lock().iter() {
        if subscriber.signum == signum {
            subscriber.inbox.counts[signum as usize].fetch_add(1, Ordering::SeqCst);
            subscriber.inbox.shared.wake();
            wanted = true;
        }
    }
    wanted
}
