//! Connecting to a named pipe all of whose instances are taken.
//!
//! Windows has no way to wait for one but to block, so a thread does. It gives up when the handle has been closed.

use std::io;
use std::os::windows::io::OwnedHandle;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use windows_sys::Win32::Foundation::{ERROR_PIPE_BUSY, ERROR_SEM_TIMEOUT};
use windows_sys::Win32::System::Pipes::WaitNamedPipeW;

use super::{Pipe, open, wide};
use crate::handle::HandleId;
use crate::wake::Shared;
use mio::{Interest, Registry, Token};

/// As long as libuv waits.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the thread looks whether anyone still waits, in milliseconds.
const SLICE: u32 = 250;

/// What the thread found.
type Outcome = Mutex<Option<io::Result<OwnedHandle>>>;

/// A client that waits for an instance.
pub(crate) struct Waiting {
    path: PathBuf,
    shared: Arc<Shared>,
    outcome: Arc<Outcome>,
    registration: Option<(Registry, Token, Interest)>,
}

impl Waiting {
    pub(crate) fn new(path: &Path, shared: &Arc<Shared>) -> Self {
        Self {
            path: path.to_owned(),
            shared: shared.clone(),
            outcome: Arc::default(),
            registration: None,
        }
    }

    /// Begins to wait.
    pub(crate) fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.registration = Some((registry.try_clone()?, token, interest));
        let id = HandleId::from_token(token);
        let path = self.path.clone();
        let shared = self.shared.clone();
        let outcome = Arc::downgrade(&self.outcome);
        let waiter = thread::Builder::new().name("ouro-pipe-wait".into());
        waiter.spawn(move || {
            if let Some(result) = wait(&path, &outcome)
                && let Some(outcome) = outcome.upgrade()
            {
                *lock(&outcome) = Some(result);
                shared.nudge(id);
            }
        })?;
        Ok(())
    }

    /// The pipe, registered, once there is one.
    pub(crate) fn finish(&mut self) -> io::Result<Option<Pipe>> {
        let Some(result) = lock(&self.outcome).take() else {
            return Ok(None);
        };
        let mut pipe = Pipe::new(result?);
        if let Some((registry, token, interest)) = &self.registration {
            pipe.register(registry, *token, *interest)?;
        }
        Ok(Some(pipe))
    }
}

fn lock(outcome: &Outcome) -> MutexGuard<'_, Option<io::Result<OwnedHandle>>> {
    // Nothing panics while this lock is held.
    outcome.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether all instances of the pipe are taken.
pub(crate) fn is_busy(error: &io::Error) -> bool {
    error.raw_os_error() == Some(ERROR_PIPE_BUSY as i32)
}

/// Opens the pipe as soon as it has a free instance; `None` if nobody waits for it any more.
fn wait(path: &Path, outcome: &Weak<Outcome>) -> Option<io::Result<OwnedHandle>> {
    let name = match wide(path.as_os_str()) {
        Ok(name) => name,
        Err(error) => return Some(Err(error)),
    };
    let begun = Instant::now();
    while outcome.strong_count() > 0 {
        // SAFETY: the name ends with a NUL.
        if unsafe { WaitNamedPipeW(name.as_ptr(), SLICE) } == 0 {
            let error = io::Error::last_os_error();
            if error.raw_os_error() != Some(ERROR_SEM_TIMEOUT as i32) || begun.elapsed() > PATIENCE
            {
                return Some(Err(error));
            }
            continue;
        }
        match open(path) {
            // Another was quicker.
            Err(error) if is_busy(&error) && begun.elapsed() < PATIENCE => thread::yield_now(),
            result => return Some(result),
        }
    }
    None
}
