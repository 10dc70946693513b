//! Signals: one handler for the process, which passes each signal on to the loops that asked for it.
//!
//! The handler may interrupt any thread at any point, so all it does is count into the inboxes of the loops and wake
//! them. It reads the table of subscribers under a lock that it never waits long for.

use std::io;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::guarded::Guarded;
use crate::wake::Shared;

/// One more than the largest signal number anywhere.
const SIGNALS: usize = 65;

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
            Some(count) if count.load(Ordering::SeqCst) > 0 => count.swap(0, Ordering::SeqCst),
            _ => 0,
        }
    }

    /// From here on, the inbox gets the signal.
    pub(crate) fn subscribe(self: &Arc<Self>, signum: i32) -> io::Result<()> {
        if !(1..SIGNALS as i32).contains(&signum) {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        TABLE.with(|table| {
            if table.saved[signum as usize].is_none() {
                table.saved[signum as usize] = Some(install(signum)?);
            }
            match table.subscriber(signum, self) {
                Some(at) => table.subscribers[at].times += 1,
                None => table.subscribers.push(Subscriber {
                    signum,
                    inbox: self.clone(),
                    times: 1,
                }),
            }
            Ok(())
        })
    }

    /// Ends what `subscribe` began. With its last subscriber the signal gets back the action it had before the first.
    pub(crate) fn unsubscribe(self: &Arc<Self>, signum: i32) {
        TABLE.with(|table| {
            if let Some(at) = table.subscriber(signum, self) {
                table.subscribers[at].times -= 1;
                if table.subscribers[at].times == 0 {
                    table.subscribers.swap_remove(at);
                }
            }
            if !table.subscribers.iter().any(|other| other.signum == signum)
                && let Some(action) = table.saved[signum as usize].take()
            {
                // SAFETY: `action` is what `sigaction` gave for this signal.
                unsafe { libc::sigaction(signum, &action, std::ptr::null_mut()) };
            }
        });
    }
}

struct Table {
    subscribers: Vec<Subscriber>,
    /// The actions that signals had before our handler.
    saved: [Option<libc::sigaction>; SIGNALS],
}

/// One loop and one signal, however many handles there are.
struct Subscriber {
    signum: i32,
    inbox: Arc<SignalInbox>,
    times: usize,
}

impl Table {
    fn subscriber(&self, signum: i32, inbox: &Arc<SignalInbox>) -> Option<usize> {
        let this = |other: &Subscriber| other.signum == signum && Arc::ptr_eq(&other.inbox, inbox);
        self.subscribers.iter().position(this)
    }
}

static TABLE: Guarded<Table> = Guarded::new(Table {
    subscribers: Vec::new(),
    saved: [None; SIGNALS],
});

/// Makes our handler the signal's action, and gives the one before.
fn install(signum: i32) -> io::Result<libc::sigaction> {
    let mut before = MaybeUninit::uninit();
    // SAFETY: all-zero is a valid `sigaction`; the handler has the signature that the flags ask for, and does only
    // what a handler may.
    let result = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handle as extern "C" fn(libc::c_int) as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        libc::sigfillset(&mut action.sa_mask);
        libc::sigaction(signum, &action, before.as_mut_ptr())
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call succeeded, so it has written the action before.
    Ok(unsafe { before.assume_init() })
}

extern "C" fn handle(signum: libc::c_int) {
    let errno = io::Error::last_os_error();
    TABLE.with(|table| {
        for subscriber in &table.subscribers {
            if subscriber.signum == signum {
                subscriber.inbox.counts[signum as usize].fetch_add(1, Ordering::SeqCst);
                subscriber.inbox.shared.wake();
            }
        }
    });
    set_errno(errno.raw_os_error().unwrap_or(0));
}

/// Sets this thread's `errno` back to what a signal handler found.
pub(super) fn set_errno(errno: i32) {
    #[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd"))]
    use libc::__errno as location;
    #[cfg(any(target_os = "linux", target_os = "emscripten", target_os = "redox"))]
    use libc::__errno_location as location;
    #[cfg(any(
        target_vendor = "apple",
        target_os = "freebsd",
        target_os = "dragonfly"
    ))]
    use libc::__error as location;
    // SAFETY: the location is this thread's errno.
    unsafe { *location() = errno };
}
