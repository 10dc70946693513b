//! Consoles: switched between modes, given back their old mode when the handle is closed or the process ends; written to on
//! the spot, and read by a thread (`reader`), for a console can't be polled.

mod reader;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::windows::io::{AsRawHandle, OwnedHandle, RawHandle};
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_TYPE_CHAR, FILE_TYPE_DISK, FILE_TYPE_PIPE, GetFileType,
};
use windows_sys::Win32::System::Console::{
    CONSOLE_SCREEN_BUFFER_INFO, ENABLE_PROCESSED_OUTPUT, ENABLE_VIRTUAL_TERMINAL_INPUT,
    ENABLE_VIRTUAL_TERMINAL_PROCESSING, ENABLE_WINDOW_INPUT, GetConsoleMode,
    GetConsoleScreenBufferInfo, GetNumberOfConsoleInputEvents, SetConsoleMode, WriteConsoleW,
};

use super::child_stdio::ChildEnd;
use super::process::{check, unsupported};
use super::{EINVAL, Io};
use crate::handle::HandleId;
use crate::tty::{DescriptorKind, TtyMode};
use crate::wake::Shared;
use reader::Reader;

/// Units of UTF-16 that one call writes. Old consoles take no more than 64 KB.
const UNITS_PER_WRITE: usize = 8 * 1024;

/// The consoles that aren't in their own mode, the first switched first.
static SWITCHED: Mutex<Vec<Switched>> = Mutex::new(Vec::new());

struct Switched {
    /// Open as long as it is in the list.
    console: usize,
    original: u32,
}

fn switched() -> MutexGuard<'static, Vec<Switched>> {
    // Nothing panics while this lock is held.
    SWITCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The input or the output of a console.
pub(crate) struct Console {
    handle: OwnedHandle,
    /// There for input.
    reader: Option<Reader>,
    /// What to go back to; there while the mode is one that we set.
    original: Option<u32>,
    /// The beginning of a character whose rest hasn't been written yet.
    unfinished: RefCell<Vec<u8>>,
}

impl Console {
    /// Takes over the handle, if it is a console's.
    pub(super) fn open(handle: OwnedHandle, shared: &Arc<Shared>) -> Result<Self, OwnedHandle> {
        let raw = handle.as_raw_handle();
        let Ok(mode) = mode_of(raw) else {
            return Err(handle);
        };
        let mut events = 0;
        // SAFETY: the handle is open, and there is room for the number.
        let is_input = unsafe { GetNumberOfConsoleInputEvents(raw, &mut events) } != 0;
        let mut console = Self {
            handle,
            reader: is_input.then(|| Reader::new(shared)),
            original: None,
            unfinished: RefCell::default(),
        };
        if !is_input {
            // As libuv does. A console that doesn't know of it shows the sequences as they are.
            let wanted = ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING;
            let _ = console.switch(mode, mode | wanted);
        }
        Ok(console)
    }

    pub(super) fn as_raw_handle(&self) -> RawHandle {
        self.handle.as_raw_handle()
    }

    fn set_mode(&mut self, mode: TtyMode) -> io::Result<()> {
        if self.reader.is_none() {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        match mode {
            TtyMode::Normal => self.restore(),
            TtyMode::Raw => {
                let before = mode_of(self.as_raw_handle())?;
                let raw = ENABLE_WINDOW_INPUT;
                // Not every console knows how to send sequences for keys.
                self.switch(before, raw | ENABLE_VIRTUAL_TERMINAL_INPUT)
                    .or_else(|_| self.switch(before, raw))
            }
            TtyMode::Io => Err(unsupported("terminal mode `Io`")),
        }
    }

    /// First remembers the mode, then changes it.
    fn switch(&mut self, before: u32, mode: u32) -> io::Result<()> {
        let newly = self.original.is_none();
        if newly {
            self.original = Some(before);
            switched().push(Switched {
                console: self.as_raw_handle().addr(),
                original: before,
            });
        }
        // SAFETY: the handle is open.
        let result = check(unsafe { SetConsoleMode(self.as_raw_handle(), mode) });
        if result.is_err() && newly {
            self.forget();
        }
        self.interrupt();
        result
    }

    fn interrupt(&self) {
        if let Some(reader) = &self.reader {
            reader.interrupt();
        }
    }

    fn forget(&mut self) -> Option<u32> {
        let console = self.as_raw_handle().addr();
        switched().retain(|other| other.console != console);
        self.original.take()
    }

    fn restore(&mut self) -> io::Result<()> {
        let Some(mode) = self.forget() else {
            return Ok(());
        };
        // SAFETY: the handle is open.
        let result = check(unsafe { SetConsoleMode(self.as_raw_handle(), mode) });
        self.interrupt();
        result
    }

    fn size(&self) -> io::Result<(u16, u16)> {
        if self.reader.is_none() {
            return size_of_screen(self.as_raw_handle());
        }
        // Input has no size, its console's output has.
        let output = File::options().read(true).write(true).open("CONOUT$")?;
        size_of_screen(output.as_raw_handle())
    }

    /// Notes who is to be told of input.
    pub(super) fn register(&mut self, id: HandleId) {
        if let Some(reader) = &mut self.reader {
            reader.tell(id);
        }
    }

    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.reader {
            Some(reader) => reader.read(&self.handle, buffer),
            None => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }

    /// Whether a read would find something. If not, the next input will be told of.
    pub(super) fn has_input(&self) -> bool {
        match &self.reader {
            Some(reader) => reader.has_input(&self.handle),
            None => true,
        }
    }

    /// Writes all of it, and waits for that.
    pub(super) fn write(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut bytes = self.unfinished.borrow_mut();
        let mut count = 0;
        for buffer in buffers {
            bytes.extend_from_slice(buffer);
            count += buffer.len();
        }
        let whole = bytes.len() - unfinished(&bytes);
        let text = String::from_utf8_lossy(&bytes[..whole]);
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut left = &units[..];
        while !left.is_empty() {
            let mut written = 0;
            // SAFETY: the handle is open, and as many units may be read as is said.
            let done = unsafe {
                WriteConsoleW(
                    self.as_raw_handle(),
                    left.as_ptr(),
                    left.len().min(UNITS_PER_WRITE) as u32,
                    &mut written,
                    ptr::null(),
                )
            };
            check(done)?;
            left = &left[(written as usize).min(left.len())..];
        }
        bytes.drain(..whole);
        Ok(count)
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // It may be gone.
        let _ = self.restore();
    }
}

/// How many bytes at the end are the beginning of a character.
fn unfinished(bytes: &[u8]) -> usize {
    match str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.len() - error.valid_up_to(),
        // Something else is wrong before that, which is seen first.
        Err(error) => {
            let rest = error.valid_up_to() + error.error_len().unwrap_or(1);
            unfinished(&bytes[rest..])
        }
        Ok(_) => 0,
    }
}

fn mode_of(console: HANDLE) -> io::Result<u32> {
    let mut mode = 0;
    // SAFETY: there is room for the mode; a handle that is no console's is an error.
    check(unsafe { GetConsoleMode(console, &mut mode) })?;
    Ok(mode)
}

fn size_of_screen(output: HANDLE) -> io::Result<(u16, u16)> {
    let mut info = MaybeUninit::<CONSOLE_SCREEN_BUFFER_INFO>::zeroed();
    // SAFETY: there is room for the information, which was zeroed.
    let info = unsafe {
        check(GetConsoleScreenBufferInfo(output, info.as_mut_ptr()))?;
        info.assume_init()
    };
    let rows = info.srWindow.Bottom - info.srWindow.Top + 1;
    Ok((info.dwSize.X.unsigned_abs(), rows.unsigned_abs()))
}

impl Io {
    pub(crate) fn tty_set_mode(&mut self, mode: TtyMode) -> io::Result<()> {
        match self {
            Io::Tty(console) => console.set_mode(mode),
            _ => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }

    pub(crate) fn tty_window_size(&self) -> io::Result<(u16, u16)> {
        match self {
            Io::Tty(console) => console.size(),
            _ => Err(io::Error::from_raw_os_error(EINVAL)),
        }
    }
}

/// Gives every console its own mode back.
pub(crate) fn reset_tty() -> io::Result<()> {
    let mut result = Ok(());
    // Of two handles for one console the first has seen its own mode.
    for one in switched().iter().rev() {
        let console = ptr::with_exposed_provenance_mut(one.console);
        // SAFETY: the handle would have left the list before it was closed.
        if let Err(error) = check(unsafe { SetConsoleMode(console, one.original) }) {
            result = Err(error);
        }
    }
    result
}

/// What is behind a standard stream. Other descriptors are the C runtime's, of which we know nothing.
pub(crate) fn guess_kind(fd: i32) -> DescriptorKind {
    let Ok(end) = ChildEnd::descriptor(fd) else {
        return DescriptorKind::Unknown;
    };
    let handle = end.handle();
    // SAFETY: what isn't open is of no type.
    match unsafe { GetFileType(handle) } {
        FILE_TYPE_CHAR if mode_of(handle).is_ok() => DescriptorKind::Tty,
        FILE_TYPE_CHAR | FILE_TYPE_DISK => DescriptorKind::File,
        FILE_TYPE_PIPE => DescriptorKind::Pipe,
        _ => DescriptorKind::Unknown,
    }
}
