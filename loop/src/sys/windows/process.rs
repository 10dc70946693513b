//! Starting and ending processes: what `CreateProcessW` is told, and how the end of a child wakes its loop.
//!
//! As libuv does it, but that a child inherits the handles that it is meant to have and no others.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::path::Path;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, INVALID_HANDLE_VALUE, WAIT_OBJECT_0};
use windows_sys::Win32::System::Threading::{
    CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW, CREATE_UNICODE_ENVIRONMENT, CreateProcessW,
    DETACHED_PROCESS, EXTENDED_STARTUPINFO_PRESENT, GetExitCodeProcess, INFINITE,
    PROCESS_INFORMATION, RegisterWaitForSingleObject, STARTF_USESHOWWINDOW, STARTF_USESTDHANDLES,
    STARTUPINFOEXW, TerminateProcess, UnregisterWaitEx, WT_EXECUTEINWAITTHREAD, WT_EXECUTEONLYONCE,
    WaitForSingleObject,
};
use windows_sys::Win32::UI::WindowsAndMessaging::{SW_HIDE, SW_SHOWDEFAULT};

use super::super::windows_forms::{command_line, environment, search};
use super::EINVAL;
use super::child_stdio::{ChildEnd, HandleList, Stdio};
use super::job;
use crate::process::{ChildStdio, ExitStatus, SpawnOptions};
use crate::wake::Shared;

/// `ERROR_INVALID_PARAMETER`, which is what Windows answers for a process that isn't there.
pub(crate) const ESRCH: i32 = 87;

const SIGINT: i32 = 2;
const SIGQUIT: i32 = 3;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;
/// One more than the largest signal number of the C runtime.
const SIGNALS: i32 = 23;
/// What a process that is killed exits with.
const KILLED: u32 = 1;

pub(super) fn unsupported(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        format!("ouro-loop has no {what} on Windows"),
    )
}

/// Wakes a loop when children have ended.
pub(crate) struct ChildWatch {
    bell: Arc<Bell>,
}

/// What the system's thread that waits for the children has of a loop.
struct Bell {
    rung: AtomicBool,
    shared: Arc<Shared>,
}

impl ChildWatch {
    pub(crate) fn new(shared: &Arc<Shared>) -> io::Result<Self> {
        Ok(Self {
            bell: Arc::new(Bell {
                rung: AtomicBool::new(false),
                shared: shared.clone(),
            }),
        })
    }

    /// Whether children may have ended since this was last asked.
    pub(crate) fn take_news(&self) -> bool {
        self.bell.rung.swap(false, Ordering::SeqCst)
    }
}

/// Called on a thread of the system when a child has ended.
unsafe extern "system" fn ring(bell: *mut std::ffi::c_void, _timed_out: bool) {
    // SAFETY: the child that asked for the call keeps the bell until no call can come any more.
    let bell = unsafe { &*bell.cast::<Bell>() };
    bell.rung.store(true, Ordering::SeqCst);
    bell.shared.wake();
}

/// The call that `ring` will get.
struct Wait {
    handle: RawHandle,
    /// What it is called with.
    _bell: Arc<Bell>,
}

impl Wait {
    fn new(process: &OwnedHandle, bell: &Arc<Bell>) -> io::Result<Self> {
        let mut handle = ptr::null_mut();
        // SAFETY: the bell outlives the registration, which ends when the value made here is dropped.
        let done = unsafe {
            RegisterWaitForSingleObject(
                &mut handle,
                process.as_raw_handle(),
                Some(ring),
                Arc::as_ptr(bell).cast(),
                INFINITE,
                WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE,
            )
        };
        check(done)?;
        Ok(Self {
            handle,
            _bell: bell.clone(),
        })
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        // SAFETY: the registration is ours, and ends here: the call waits for one of `ring` that is under way.
        unsafe { UnregisterWaitEx(self.handle, INVALID_HANDLE_VALUE) };
    }
}

/// A child that has started.
pub(crate) struct Child {
    // Dropped before the handle that it waits for.
    _wait: Wait,
    process: OwnedHandle,
    pid: u32,
    /// What it was killed with.
    signal: i32,
}

impl Child {
    pub(crate) fn pid(&self) -> i32 {
        self.pid as i32
    }

    /// How the child has ended, if it has.
    pub(crate) fn try_wait(&self) -> Option<ExitStatus> {
        if !has_ended(&self.process) {
            return None;
        }
        let mut code = 0;
        // SAFETY: `code` is valid to write to. The handle may be asked, so the call doesn't fail.
        unsafe { GetExitCodeProcess(self.process.as_raw_handle(), &mut code) };
        Some(ExitStatus {
            code: code as i32,
            signal: self.signal,
        })
    }

    /// Ends the child if that is what the signal would do.
    pub(crate) fn kill(&mut self, signum: i32) -> io::Result<()> {
        if !(0..SIGNALS).contains(&signum) {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        if has_ended(&self.process) {
            return Err(io::Error::from_raw_os_error(ESRCH));
        }
        match signum {
            0 => return Ok(()),
            SIGINT | SIGQUIT | SIGKILL | SIGTERM => {}
            _ => return Err(unsupported("such signal for children")),
        }
        // SAFETY: no memory preconditions.
        let done = unsafe { TerminateProcess(self.process.as_raw_handle(), KILLED) };
        match check(done) {
            Err(_) if has_ended(&self.process) => Err(io::Error::from_raw_os_error(ESRCH)),
            Err(error) => Err(error),
            Ok(()) => {
                self.signal = signum;
                Ok(())
            }
        }
    }
}

fn has_ended(process: &OwnedHandle) -> bool {
    // SAFETY: no memory preconditions.
    unsafe { WaitForSingleObject(process.as_raw_handle(), 0) == WAIT_OBJECT_0 }
}

pub(super) fn check(done: windows_sys::core::BOOL) -> io::Result<()> {
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// UTF-16, without a NUL at its end.
fn utf16(text: &OsStr) -> io::Result<Vec<u16>> {
    let text: Vec<u16> = text.encode_wide().collect();
    match text.contains(&0) {
        true => Err(io::Error::from_raw_os_error(EINVAL)),
        false => Ok(text),
    }
}

fn all_wide(texts: &[OsString]) -> io::Result<Vec<Vec<u16>>> {
    texts.iter().map(|text| utf16(text)).collect()
}

fn terminated(mut text: Vec<u16>) -> Vec<u16> {
    text.push(0);
    text
}

/// A variable of our own.
fn variable(name: &str) -> Option<Vec<u16>> {
    Some(std::env::var_os(name)?.encode_wide().collect())
}

/// What a program is started with, every string with a NUL at its end.
struct Plan {
    program: Vec<u16>,
    command_line: Vec<u16>,
    environment: Option<Vec<u16>>,
    cwd: Option<Vec<u16>>,
    stdio: Stdio,
}

impl Plan {
    fn new(options: &SpawnOptions, ends: &[Option<ChildEnd>]) -> io::Result<Self> {
        let args = all_wide(&options.args)?;
        let line = command_line::command_line(&args, options.windows_verbatim_arguments);
        let env = options.env.as_deref().map(all_wide).transpose()?;
        let cwd = options.cwd.as_deref().map(|cwd| utf16(cwd.as_os_str()));
        let cwd = cwd.transpose()?;
        let program = find(&utf16(&options.program)?, cwd.as_deref(), env.as_deref())?;
        Ok(Self {
            program: terminated(program),
            command_line: terminated(line),
            environment: env.map(|env| environment::block(&env, variable)),
            cwd: cwd.map(terminated),
            stdio: Stdio::new(ends)?,
        })
    }
}

/// The first file that the program's name may stand for.
fn find(program: &[u16], cwd: Option<&[u16]>, env: Option<&[Vec<u16>]>) -> io::Result<Vec<u16>> {
    let path = env
        .and_then(|env| environment::value(env, "PATH"))
        .map(<[u16]>::to_vec)
        .or_else(|| variable("PATH"))
        .unwrap_or_default();
    let cwd = match cwd {
        Some(cwd) => cwd.to_vec(),
        None => std::env::current_dir()?.as_os_str().encode_wide().collect(),
    };
    let here = std::env::var_os("NoDefaultCurrentDirectoryInExePath").is_none();
    search::candidates(program, &cwd, &path, here)
        .into_iter()
        .find(|path| Path::new(&OsString::from_wide(path)).is_file())
        .ok_or_else(|| io::Error::from_raw_os_error(ERROR_FILE_NOT_FOUND as i32))
}

/// Starts a program.
pub(crate) fn spawn(
    options: &SpawnOptions,
    ends: &[Option<ChildEnd>],
    watch: &ChildWatch,
) -> io::Result<Child> {
    if options.uid.is_some() || options.gid.is_some() {
        return Err(unsupported("users or groups to become"));
    }
    let plan = Plan::new(options, ends)?;
    let ours = |stdio: &ChildStdio| matches!(stdio, ChildStdio::Descriptor(_));
    let shows = options.stdio.iter().any(ours);
    let (process, pid) = create(plan, options.detached, options.windows_hide, shows)?;
    let tied = match options.detached {
        true => Ok(()),
        false => job::tie(&process),
    };
    match tied.and_then(|()| Wait::new(&process, &watch.bell)) {
        Ok(wait) => Ok(Child {
            _wait: wait,
            process,
            pid,
            signal: 0,
        }),
        Err(error) => {
            // SAFETY: no memory preconditions. Nothing is left of a child that couldn't start.
            unsafe { TerminateProcess(process.as_raw_handle(), KILLED) };
            Err(error)
        }
    }
}

/// `shows` says that the child has something of ours to write to, so that a console of ours may be one of it.
fn create(
    mut plan: Plan,
    detached: bool,
    hide: bool,
    shows: bool,
) -> io::Result<(OwnedHandle, u32)> {
    let mut flags = CREATE_UNICODE_ENVIRONMENT;
    if detached {
        flags |= DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP;
    } else if hide && !shows {
        flags |= CREATE_NO_WINDOW;
    }
    let mut startup = STARTUPINFOEXW::default();
    startup.StartupInfo.cb = size_of::<STARTUPINFOEXW>() as u32;
    startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES | STARTF_USESHOWWINDOW;
    startup.StartupInfo.wShowWindow = if hide { SW_HIDE } else { SW_SHOWDEFAULT } as u16;
    startup.StartupInfo.cbReserved2 = plan.stdio.table.len() as u16;
    startup.StartupInfo.lpReserved2 = plan.stdio.table.as_mut_ptr();
    startup.StartupInfo.hStdInput = plan.stdio.raw(0);
    startup.StartupInfo.hStdOutput = plan.stdio.raw(1);
    startup.StartupInfo.hStdError = plan.stdio.raw(2);

    let inherited: Vec<_> = plan.stdio.handles.iter().flatten().collect();
    let inherited: Vec<_> = inherited
        .iter()
        .map(|handle| handle.as_raw_handle())
        .collect();
    let inherits = !inherited.is_empty();
    // An empty list is an error, and not needed.
    let mut list = match inherits {
        true => Some(HandleList::new(inherited)?),
        false => None,
    };
    if let Some(list) = &mut list {
        flags |= EXTENDED_STARTUPINFO_PRESENT;
        startup.lpAttributeList = list.as_mut_ptr();
    } else {
        startup.StartupInfo.cb = size_of_val(&startup.StartupInfo) as u32;
    }
    let or_null = |text: &Option<Vec<u16>>| text.as_ref().map_or(ptr::null(), Vec::as_ptr);
    let mut started = PROCESS_INFORMATION::default();
    // SAFETY: every string ends with a NUL, the command line is ours to write to, and all that is pointed to lives as long
    // as the call.
    let done = unsafe {
        CreateProcessW(
            plan.program.as_ptr(),
            plan.command_line.as_mut_ptr(),
            ptr::null(),
            ptr::null(),
            inherits.into(),
            flags,
            or_null(&plan.environment).cast(),
            or_null(&plan.cwd),
            &startup.StartupInfo,
            &mut started,
        )
    };
    check(done)?;
    // SAFETY: both handles are new and nobody else's.
    let (process, thread) = unsafe {
        (
            OwnedHandle::from_raw_handle(started.hProcess),
            OwnedHandle::from_raw_handle(started.hThread),
        )
    };
    drop(thread);
    Ok((process, started.dwProcessId))
}
