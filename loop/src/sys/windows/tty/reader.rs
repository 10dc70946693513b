//! The thread that waits for a console's input.
//!
//! It reads when it is asked to, once for each time, keeps what it read, and nudges the stream. A read that is under way when
//! the stream stops reading goes on: what it finds is for whoever reads the stream next. Closing the handle ends it.

use std::cell::RefCell;
use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use windows_sys::Win32::Foundation::{
    ERROR_OPERATION_ABORTED, GetLastError, SetLastError, WAIT_OBJECT_0,
};
use windows_sys::Win32::System::Console::{
    ENABLE_LINE_INPUT, GetNumberOfConsoleInputEvents, INPUT_RECORD, KEY_EVENT, ReadConsoleInputW,
    ReadConsoleW, WINDOW_BUFFER_SIZE_EVENT,
};
use windows_sys::Win32::System::IO::CancelSynchronousIo;
use windows_sys::Win32::System::Threading::{
    CreateEventW, INFINITE, SetEvent, WaitForMultipleObjects,
};

use super::super::super::windows_forms::keys::{self, Key};
use super::super::process::check;
use super::super::signal::{self, SIGWINCH};
use super::mode_of;
use crate::handle::HandleId;
use crate::wake::Shared;

/// Units of UTF-16 that one read of a line takes, as in libuv.
const LINE: usize = 8 * 1024;
/// Events that one read of keys takes.
const EVENTS: usize = 32;

/// The reading half of a console's input.
pub(super) struct Reader {
    mailbox: Arc<Mailbox>,
    shared: Arc<Shared>,
    id: Option<HandleId>,
    /// There from the first read on.
    thread: RefCell<Option<JoinHandle<()>>>,
}

/// What the stream and the thread share.
#[derive(Default)]
struct Mailbox {
    state: Mutex<State>,
    asked: Condvar,
}

#[derive(Default)]
struct State {
    input: Vec<u8>,
    failure: Option<io::Error>,
    /// A read is asked for, or under way.
    wanted: bool,
    closed: bool,
    /// Ends the thread's wait for input.
    stop: Option<Arc<OwnedHandle>>,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while this lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reader {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            mailbox: Arc::default(),
            shared: shared.clone(),
            id: None,
            thread: RefCell::new(None),
        }
    }

    pub(super) fn tell(&mut self, id: HandleId) {
        self.id = Some(id);
    }

    pub(super) fn read(&self, console: &OwnedHandle, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.mailbox.lock();
        if state.input.is_empty() {
            if let Some(error) = state.failure.take() {
                return Err(error);
            }
            drop(state);
            self.ask(console)?;
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let count = state.input.len().min(buffer.len());
        buffer[..count].copy_from_slice(&state.input[..count]);
        state.input.drain(..count);
        Ok(count)
    }

    pub(super) fn has_input(&self, console: &OwnedHandle) -> bool {
        let state = self.mailbox.lock();
        if !state.input.is_empty() || state.failure.is_some() {
            return true;
        }
        drop(state);
        // A read will say why that isn't possible.
        self.ask(console).is_err()
    }

    /// Asks the thread for a read, unless one is under way.
    fn ask(&self, console: &OwnedHandle) -> io::Result<()> {
        let mut thread = self.thread.borrow_mut();
        if thread.is_none() {
            let id = self.id.ok_or(io::ErrorKind::WouldBlock)?;
            let console = console.try_clone()?;
            let stop = Arc::new(event()?);
            self.mailbox.lock().stop = Some(stop.clone());
            let (mailbox, shared) = (self.mailbox.clone(), self.shared.clone());
            let reader = thread::Builder::new().name("ouro-console".into());
            *thread = Some(reader.spawn(move || run(&console, &stop, &mailbox, &shared, id))?);
        }
        self.mailbox.lock().wanted = true;
        self.mailbox.asked.notify_one();
        Ok(())
    }

    /// Lets a read that is under way begin anew: the console has another mode.
    pub(super) fn interrupt(&self) {
        if let Some(thread) = &*self.thread.borrow() {
            // SAFETY: the thread's handle is open. There may be nothing to cancel.
            unsafe { CancelSynchronousIo(thread.as_raw_handle()) };
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.mailbox.lock();
        state.closed = true;
        if let Some(stop) = &state.stop {
            // SAFETY: the handle is open.
            unsafe { SetEvent(stop.as_raw_handle()) };
        }
        drop(state);
        self.mailbox.asked.notify_one();
        // It isn't waited for: it has handles of its own, and ends when it sees that it is to.
        self.interrupt();
    }
}

fn event() -> io::Result<OwnedHandle> {
    // SAFETY: neither attributes nor a name.
    let event = unsafe { CreateEventW(ptr::null(), 1, 0, ptr::null()) };
    if event.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle is new and nobody else's.
    Ok(unsafe { OwnedHandle::from_raw_handle(event) })
}

/// The thread.
fn run(
    console: &OwnedHandle,
    stop: &OwnedHandle,
    mailbox: &Mailbox,
    shared: &Shared,
    id: HandleId,
) {
    let mut units = Vec::new();
    loop {
        let mut state = mailbox.lock();
        while !state.wanted && !state.closed {
            let asked = mailbox.asked.wait(state);
            state = asked.unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return;
        }
        drop(state);
        let mut bytes = Vec::new();
        let result = wait(console, stop).and_then(|input| {
            if input {
                read_some(console, &mut units)?;
                keys::drain_utf8(&mut units, &mut bytes);
            }
            Ok(())
        });
        if bytes.is_empty() && result.is_ok() {
            continue;
        }
        let mut state = mailbox.lock();
        state.input.extend_from_slice(&bytes);
        state.failure = result.err();
        state.wanted = false;
        drop(state);
        shared.nudge(id);
    }
}

/// Waits for input or for the end; whether it is input.
fn wait(console: &OwnedHandle, stop: &OwnedHandle) -> io::Result<bool> {
    let handles = [stop.as_raw_handle(), console.as_raw_handle()];
    // SAFETY: both handles are open.
    let which = unsafe { WaitForMultipleObjects(2, handles.as_ptr(), 0, INFINITE) };
    match which.wrapping_sub(WAIT_OBJECT_0) {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(io::Error::last_os_error()),
    }
}

fn read_some(console: &OwnedHandle, units: &mut Vec<u16>) -> io::Result<()> {
    if mode_of(console.as_raw_handle())? & ENABLE_LINE_INPUT != 0 {
        read_line(console, units)
    } else {
        read_keys(console, units)
    }
}

/// Waits for a line, or until `interrupt` ends that.
fn read_line(console: &OwnedHandle, units: &mut Vec<u16>) -> io::Result<()> {
    let mut line = vec![0_u16; LINE];
    let mut count = 0;
    // SAFETY: the handle is open, and the line has room for as many units as is said.
    let (done, code) = unsafe {
        // Ctrl+C ends a read well, with nothing but this code.
        SetLastError(0);
        let done = ReadConsoleW(
            console.as_raw_handle(),
            line.as_mut_ptr().cast(),
            LINE as u32,
            &mut count,
            ptr::null(),
        );
        (done, GetLastError())
    };
    if code == ERROR_OPERATION_ABORTED {
        return Ok(());
    }
    check(done)?;
    units.extend_from_slice(&line[..(count as usize).min(LINE)]);
    Ok(())
}

/// Takes the events that are there. Few of them are keys that stand for something.
fn read_keys(console: &OwnedHandle, units: &mut Vec<u16>) -> io::Result<()> {
    let console = console.as_raw_handle();
    let mut count = 0;
    // SAFETY: the handle is open, and there is room for the number.
    check(unsafe { GetNumberOfConsoleInputEvents(console, &mut count) })?;
    if count == 0 {
        // Somebody else was quicker.
        return Ok(());
    }
    let mut records = [INPUT_RECORD::default(); EVENTS];
    // SAFETY: the handle is open, and there is room for as many records as is said.
    check(unsafe { ReadConsoleInputW(console, records.as_mut_ptr(), EVENTS as u32, &mut count) })?;
    for record in records.iter().take(count as usize) {
        match u32::from(record.EventType) {
            KEY_EVENT => {
                // SAFETY: the type says which event it is, and every bit pattern of the character is a unit.
                let (key, unit) = unsafe {
                    let key = record.Event.KeyEvent;
                    (key, key.uChar.UnicodeChar)
                };
                let key = Key {
                    down: key.bKeyDown != 0,
                    code: key.wVirtualKeyCode,
                    unit,
                    times: key.wRepeatCount,
                };
                keys::push(&key, units);
            }
            WINDOW_BUFFER_SIZE_EVENT => {
                signal::raise(SIGWINCH);
            }
            _ => {}
        }
    }
    Ok(())
}
