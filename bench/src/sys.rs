//! What only the operating system knows or does: cores, peak memory, the machine's name. Where it can't be had, the
//! figure is missing and nothing is pinned. The only place of this crate with `unsafe`.

use std::{
    fs::File,
    io,
    path::Path,
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

/// The peak resident memory of a process that runs, in MB.
pub fn peak_memory(id: u32) -> Option<f64> {
    Some(memory(id, "VmHWM:")? / 1024.0)
}

/// The resident memory of a process that runs, in KB.
pub fn resident_memory(id: u32) -> Option<f64> {
    memory(id, "VmRSS:")
}

fn memory(id: u32, line: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|text| text.strip_prefix(line))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// The CPU time that a process has had, in seconds: its program's and the system's for it.
pub fn cpu_seconds(id: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The program's name stands in brackets and may have spaces.
    let mut numbers = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || numbers.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / linux::ticks_per_second())
}

/// Lets this process and those that it starts open as many files as the system allows, and says how many those are.
pub fn raise_file_limit() -> Option<u64> {
    linux::raise_file_limit()
}

/// Makes a FIFO.
///
/// # Errors
/// When the system refuses, or has none.
pub fn make_fifo(path: &Path) -> io::Result<()> {
    linux::make_fifo(path)
}

/// Opens a FIFO for reading without waiting for a writer.
///
/// # Errors
/// When the system refuses, or has none.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    linux::open_without_waiting(path)
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
        ffi::CString,
        fs::{File, OpenOptions},
        io, mem,
        os::unix::{ffi::OsStrExt, fs::OpenOptionsExt, process::ExitStatusExt},
        path::Path,
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

    pub fn ticks_per_second() -> f64 {
        // SAFETY: it asks for a number.
        unsafe { libc::sysconf(libc::_SC_CLK_TCK) as f64 }
    }

    pub fn make_fifo(path: &Path) -> io::Result<()> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        // SAFETY: the path ends in a zero byte and outlives the call.
        match unsafe { libc::mkfifo(path.as_ptr(), 0o600) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    pub fn open_without_waiting(path: &Path) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(path)
    }

    pub fn raise_file_limit() -> Option<u64> {
        let mut limit = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: both calls get a pointer to a local. A refusal leaves the limit as it is.
        unsafe {
            if libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) != 0 {
                return None;
            }
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
        }
        Some(limit.rlim_max)
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
    use std::{fs::File, io, path::Path, process::Child};

    use super::Ended;

    pub fn affinity() -> Option<()> {
        None
    }

    pub fn two_cores(_: &()) -> Option<(usize, usize)> {
        None
    }

    pub fn only(_: usize) {}

    pub fn bind(_: &()) {}

    pub fn ticks_per_second() -> f64 {
        100.0
    }

    pub fn raise_file_limit() -> Option<u64> {
        None
    }

    pub fn make_fifo(_: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub fn open_without_waiting(_: &Path) -> io::Result<File> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub fn wait(mut child: Child) -> io::Result<Ended> {
        Ok(Ended {
            status: child.wait()?,
            peak_memory: None,
            cpu_seconds: None,
        })
    }
}
