//! The job of the children that end when this process does. Starting a child (`process.rs`) puts it there.

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::ptr;
use std::sync::OnceLock;

use windows_sys::Win32::Foundation::ERROR_ACCESS_DENIED;
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_BREAKAWAY_OK,
    JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
    JobObjectExtendedLimitInformation, SetInformationJobObject,
};

use super::process::check;

/// Lets a child end when this process does. Its own children are free.
pub(super) fn tie(process: &OwnedHandle) -> io::Result<()> {
    // SAFETY: no memory preconditions.
    let done = unsafe { AssignProcessToJobObject(job()?, process.as_raw_handle()) };
    match check(done) {
        // Before Windows 8 a process of another job can't be in ours too. libuv lets it go as well.
        Err(error) if error.raw_os_error() == Some(ERROR_ACCESS_DENIED as i32) => Ok(()),
        result => result,
    }
}

/// The job of all children of this process. Windows closes it, and with that ends them, when this process has ended.
fn job() -> io::Result<RawHandle> {
    static JOB: OnceLock<Result<OwnedHandle, i32>> = OnceLock::new();
    let job = JOB.get_or_init(|| make_job().map_err(|error| error.raw_os_error().unwrap_or(0)));
    match job {
        Ok(job) => Ok(job.as_raw_handle()),
        Err(code) => Err(io::Error::from_raw_os_error(*code)),
    }
}

fn make_job() -> io::Result<OwnedHandle> {
    // SAFETY: neither attributes nor a name.
    let job = unsafe { CreateJobObjectW(ptr::null(), ptr::null()) };
    if job.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle is new and nobody else's.
    let job = unsafe { OwnedHandle::from_raw_handle(job) };
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_BREAKAWAY_OK
        | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK
        | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
        | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    // SAFETY: the limits are of the type that is named, and valid to read.
    let done = unsafe {
        SetInformationJobObject(
            job.as_raw_handle(),
            JobObjectExtendedLimitInformation,
            (&raw const limits).cast(),
            size_of_val(&limits) as u32,
        )
    };
    check(done)?;
    Ok(job)
}
