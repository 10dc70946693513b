//! Unix: users and groups, by name and number, and whom the process runs as.

use std::{
    ffi::{CStr, CString, c_char, c_int},
    io, mem, ptr,
};

/// Which of the process's identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    User,
    EffectiveUser,
    Group,
    EffectiveGroup,
}

/// Room for the texts of one entry of the databases.
const ENTRY_BYTES: usize = 64 * 1024;

/// What `find` fills in, as far as `take` wants it; the entry's texts live as long as `take` runs.
fn entry<T, R>(
    find: impl FnOnce(*mut T, *mut c_char, usize, *mut *mut T) -> c_int,
    take: impl FnOnce(&T) -> R,
) -> Option<R> {
    let mut entry = mem::MaybeUninit::<T>::uninit();
    let mut texts = vec![0; ENTRY_BYTES];
    let mut found = ptr::null_mut();
    let errno = find(
        entry.as_mut_ptr(),
        texts.as_mut_ptr(),
        texts.len(),
        &mut found,
    );
    if errno != 0 || found.is_null() {
        return None;
    }
    // SAFETY: the call succeeded, so `found` points to `entry`, which it has filled; `texts` is still there.
    Some(take(unsafe { &*found }))
}

/// The number of a user.
pub fn user_named(name: &str) -> Option<u32> {
    let name = CString::new(name).ok()?;
    entry(
        |entry: *mut libc::passwd, texts, length, found| {
            // SAFETY: all pointers are valid for the call, with the length that is said.
            unsafe { libc::getpwnam_r(name.as_ptr(), entry, texts, length, found) }
        },
        |entry| entry.pw_uid,
    )
}

/// The number of a group.
pub fn group_named(name: &str) -> Option<u32> {
    let name = CString::new(name).ok()?;
    entry(
        |entry: *mut libc::group, texts, length, found| {
            // SAFETY: all pointers are valid for the call, with the length that is said.
            unsafe { libc::getgrnam_r(name.as_ptr(), entry, texts, length, found) }
        },
        |entry| entry.gr_gid,
    )
}

/// The name of a user.
pub fn name_of_user(id: u32) -> Option<String> {
    entry(
        |entry: *mut libc::passwd, texts, length, found| {
            // SAFETY: all pointers are valid for the call, with the length that is said.
            unsafe { libc::getpwuid_r(id, entry, texts, length, found) }
        },
        |entry| {
            // SAFETY: a found entry has a name, which ends in NUL.
            let name = unsafe { CStr::from_ptr(entry.pw_name) };
            name.to_string_lossy().into_owned()
        },
    )
}

fn outcome(result: c_int) -> io::Result<()> {
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Changes an identity of the process, in all its threads.
pub fn set_identity(identity: Identity, id: u32) -> io::Result<()> {
    // SAFETY: these take numbers only.
    outcome(unsafe {
        match identity {
            Identity::User => libc::setuid(id),
            Identity::EffectiveUser => libc::seteuid(id),
            Identity::Group => libc::setgid(id),
            Identity::EffectiveGroup => libc::setegid(id),
        }
    })
}

/// Sets the supplementary groups.
pub fn set_groups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: the pointer is to as many numbers as are said.
    outcome(unsafe { libc::setgroups(groups.len() as _, groups.as_ptr()) })
}

/// Sets the supplementary groups to those of a user and one more.
pub fn init_groups(user: &str, extra: u32) -> io::Result<()> {
    let user = CString::new(user)?;
    // SAFETY: the name ends in NUL and lives through the call.
    outcome(unsafe { libc::initgroups(user.as_ptr(), extra as _) })
}
