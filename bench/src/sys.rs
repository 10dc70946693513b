//! What only the operating system knows or does: cores, peak memory, the machine's name. Where it can't be had, the
//! figure is missing and nothing is pinned. The only place of this crate with `unsafe`.

use std::{
    io,
    process::{Child, ExitStatus},
};

/// Which core a process gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Server,
    Client,
}

/// Runs `start` while this thread is bound to the core of a side; processes that it starts inherit that.
pub fn pinned<T>(side: Side, start: impl FnOnce() -> T) -> T {
    let before = linux::affinity();
    if let Some((client, server)) = before.as_ref().and_then(linux::two_cores) {
        linux::bind(&linux::only(match side {
            Side::Client => client,
            Side::Server => server,
        }));
    }
    let value = start();
    if let Some(before) = before {
        linux::bind(&before);
    }
    value
}

/// Whether server and client get different cores.
pub fn pins() -> bool {
    linux::affinity()
        .as_ref()
        .and_then(linux::two_cores)
        .is_some()
}

/// A process that is over.
pub struct Ended {
    pub status: ExitStatus,
    /// In MB.
    pub peak_memory: Option<f64>,
    /// Of the program and of the system for it.
    pub cpu_seconds: Option<f64>,
}

/// Waits for a child, and says what it needed.
///
/// # Errors
/// When the system refuses.
pub fn wait(child: Child) -> io::Result<Ended> {
    linux::wait(child)
}

/// The peak memory of a process that runs, in MB.
pub fn peak_memory(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// The processor and how many cores of it there are.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or(std::env::consts::ARCH, |(_, model)| model);
    format!("{model}, {cores} cores, {}", std::env::consts::OS)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        io, mem,
        os::unix::process::ExitStatusExt,
        process::{Child, ExitStatus},
    };

    use libc::cpu_set_t;

    use super::Ended;

    pub fn affinity() -> Option<cpu_set_t> {
        // SAFETY: a set of bits may be all zeros, and the size is that of the set.
        unsafe {
            let mut set: cpu_set_t = mem::zeroed();
            (libc::sched_getaffinity(0, size_of::<cpu_set_t>(), &mut set) == 0).then_some(set)
        }
    }

    /// The first and the last core of a set, where they differ.
    pub fn two_cores(set: &cpu_set_t) -> Option<(usize, usize)> {
        let size = usize::try_from(libc::CPU_SETSIZE).unwrap_or(0);
        // SAFETY: the indices are below the size of the set.
        let mut cores = (0..size).filter(|core| unsafe { libc::CPU_ISSET(*core, set) });
        let first = cores.next()?;
        Some((first, cores.next_back()?))
    }

    pub fn only(core: usize) -> cpu_set_t {
        // SAFETY: a set of bits may be all zeros, and the core comes from a set of the same size.
        unsafe {
            let mut set: cpu_set_t = mem::zeroed();
            libc::CPU_SET(core, &mut set);
            set
        }
    }

    pub fn bind(set: &cpu_set_t) {
        // SAFETY: the size is that of the set. A refusal leaves the thread where it is.
        unsafe { libc::sched_setaffinity(0, size_of::<cpu_set_t>(), set) };
    }

    pub fn wait(child: Child) -> io::Result<Ended> {
        let id = child.id() as libc::pid_t;
        // SAFETY: plain numbers, for which all zeros is a value.
        let mut usage: libc::rusage = unsafe { mem::zeroed() };
        let mut status = 0;
        // SAFETY: both pointers are to locals that outlive the call; the child is ours and nobody else waits for it.
        while unsafe { libc::wait4(id, &mut status, 0, &mut usage) } == -1 {
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
        Ok(Ended {
            status: ExitStatus::from_raw(status),
            peak_memory: Some(usage.ru_maxrss as f64 / 1024.0),
            cpu_seconds: Some(seconds(usage.ru_utime) + seconds(usage.ru_stime)),
        })
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    use std::{io, process::Child};

    use super::Ended;

    pub fn affinity() -> Option<()> {
        None
    }

    pub fn two_cores(_: &()) -> Option<(usize, usize)> {
        None
    }

    pub fn only(_: usize) {}

    pub fn bind(_: &()) {}

    pub fn wait(mut child: Child) -> io::Result<Ended> {
        Ok(Ended {
            status: child.wait()?,
            peak_memory: None,
            cpu_seconds: None,
        })
    }
}
