//! What differs between platforms, behind items of the same names. The only place with `unsafe`.

#[cfg(not(any(target_os = "android", target_os = "linux")))]
mod notify;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
#[cfg(any(windows, test))]
mod windows_forms;

#[cfg(not(any(target_os = "android", target_os = "linux")))]
pub(crate) use notify::FsWatches;
#[cfg(unix)]
pub(crate) use unix::*;
#[cfg(windows)]
pub(crate) use windows::*;
