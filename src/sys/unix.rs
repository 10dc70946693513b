//! Unix: libc's calls, wrapped so that nothing outside is unsafe.

use std::{
    ffi::{CStr, CString},
    io,
    mem::MaybeUninit,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use super::{ResourceUsage, StreamKind};

/// Signal names and numbers, in the order of `os.constants.signals`.
pub const SIGNALS: &[(&str, i32)] = &[
    ("SIGHUP", libc::SIGHUP),
    ("SIGINT", libc::SIGINT),
    ("SIGQUIT", libc::SIGQUIT),
    ("SIGILL", libc::SIGILL),
    ("SIGTRAP", libc::SIGTRAP),
    ("SIGABRT", libc::SIGABRT),
    ("SIGIOT", libc::SIGABRT),
    ("SIGBUS", libc::SIGBUS),
    ("SIGFPE", libc::SIGFPE),
    ("SIGKILL", libc::SIGKILL),
    ("SIGUSR1", libc::SIGUSR1),
    ("SIGSEGV", libc::SIGSEGV),
    ("SIGUSR2", libc::SIGUSR2),
    ("SIGPIPE", libc::SIGPIPE),
    ("SIGALRM", libc::SIGALRM),
    ("SIGTERM", libc::SIGTERM),
    ("SIGCHLD", libc::SIGCHLD),
    #[cfg(target_os = "linux")]
    ("SIGSTKFLT", libc::SIGSTKFLT),
    ("SIGCONT", libc::SIGCONT),
    ("SIGSTOP", libc::SIGSTOP),
    ("SIGTSTP", libc::SIGTSTP),
    ("SIGTTIN", libc::SIGTTIN),
    ("SIGTTOU", libc::SIGTTOU),
    ("SIGURG", libc::SIGURG),
    ("SIGXCPU", libc::SIGXCPU),
    ("SIGXFSZ", libc::SIGXFSZ),
    ("SIGVTALRM", libc::SIGVTALRM),
    ("SIGPROF", libc::SIGPROF),
    ("SIGWINCH", libc::SIGWINCH),
    ("SIGIO", libc::SIGIO),
    #[cfg(target_os = "linux")]
    ("SIGPOLL", libc::SIGIO),
    #[cfg(target_os = "linux")]
    ("SIGPWR", libc::SIGPWR),
    #[cfg(not(target_os = "linux"))]
    ("SIGINFO", libc::SIGINFO),
    ("SIGSYS", libc::SIGSYS),
];

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// Seconds east of UTC of the local time zone at a moment, as `TZ` or the system says.
pub fn local_offset_seconds(unix_seconds: i64) -> i32 {
    local_time(unix_seconds).map_or(0, |broken| offset_of(&broken))
}

/// Seconds that local time is ahead of UTC at that time, and the abbreviation of its zone.
pub fn local_zone(unix_seconds: i64) -> (i32, String) {
    let Some(broken) = local_time(unix_seconds) else {
        return (0, "UTC".to_owned());
    };
    let name = if broken.tm_zone.is_null() {
        String::new()
    } else {
        // SAFETY: localtime_r points it at a NUL-terminated text that lives until the next tzset, which only this thread calls.
        let name = unsafe { CStr::from_ptr(broken.tm_zone) };
        name.to_string_lossy().into_owned()
    };
    (offset_of(&broken), name)
}

fn offset_of(broken: &libc::tm) -> i32 {
    i32::try_from(broken.tm_gmtoff).unwrap_or(0)
}

fn local_time(unix_seconds: i64) -> Option<libc::tm> {
    // Narrower than this on some 32-bit systems.
    #[allow(clippy::unnecessary_cast, reason = "not everywhere")]
    let time = unix_seconds as libc::time_t;
    let mut broken = MaybeUninit::<libc::tm>::uninit();
    // SAFETY: both pointers are valid for the call; localtime_r writes the whole structure or answers null.
    let filled = unsafe { libc::localtime_r(&raw const time, broken.as_mut_ptr()) };
    if filled.is_null() {
        return None;
    }
    // SAFETY: localtime_r answered non-null, so the structure is written.
    Some(unsafe { broken.assume_init() })
}

/// Makes the time zone of the process what `TZ` names; `None` is the system's own.
pub fn set_time_zone(zone: Option<&str>) {
    unsafe extern "C" {
        fn tzset();
    }
    let Ok(name) = CString::new("TZ") else { return };
    match zone.map(CString::new) {
        Some(Ok(zone)) => {
            // SAFETY: both are NUL-terminated; setenv copies them. The environment is read elsewhere only through
            // std::env at start, before script runs.
            unsafe { libc::setenv(name.as_ptr(), zone.as_ptr(), 1) };
        }
        Some(Err(_)) => return,
        None => {
            // SAFETY: the name is NUL-terminated.
            unsafe { libc::unsetenv(name.as_ptr()) };
        }
    }
    // SAFETY: tzset takes nothing and only reads the environment.
    unsafe { tzset() };
}

/// `getrusage(RUSAGE_SELF)`, or of the calling thread where the system has that.
pub fn resource_usage(thread: bool) -> io::Result<ResourceUsage> {
    #[cfg(target_os = "linux")]
    let who = if thread {
        libc::RUSAGE_THREAD
    } else {
        libc::RUSAGE_SELF
    };
    #[cfg(not(target_os = "linux"))]
    let who = {
        let _ = thread;
        libc::RUSAGE_SELF
    };
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: the pointer is valid for the call.
    checked(unsafe { libc::getrusage(who, usage.as_mut_ptr()) })?;
    // SAFETY: getrusage succeeded, so the structure is written.
    let usage = unsafe { usage.assume_init() };
    let micros = |time: libc::timeval| time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64;
    let max_rss = usage.ru_maxrss as u64;
    Ok(ResourceUsage {
        user_micros: micros(usage.ru_utime),
        system_micros: micros(usage.ru_stime),
        max_rss_kilobytes: if cfg!(target_os = "macos") {
            max_rss / 1024
        } else {
            max_rss
        },
        minor_faults: usage.ru_minflt as u64,
        major_faults: usage.ru_majflt as u64,
        reads: usage.ru_inblock as u64,
        writes: usage.ru_oublock as u64,
        voluntary_switches: usage.ru_nvcsw as u64,
        involuntary_switches: usage.ru_nivcsw as u64,
    })
}

/// How long the threads of this process that are there have waited for a processor, all together (proc_pid_schedstat(5)); nothing
/// where the system doesn't tell.
#[cfg(target_os = "linux")]
pub fn processor_delay() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task");
    let nanoseconds = threads
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("schedstat")).ok())
        .filter_map(|figures| figures.split_whitespace().nth(1)?.parse::<u64>().ok())
        .sum();
    Duration::from_nanos(nanoseconds)
}

/// Only Linux tells.
#[cfg(not(target_os = "linux"))]
pub fn processor_delay() -> Duration {
    Duration::ZERO
}

/// Resident memory of this process, in bytes.
pub fn resident_bytes() -> u64 {
    #[cfg(target_os = "linux")]
    if let Ok(text) = std::fs::read_to_string("/proc/self/statm")
        && let Some(pages) = text
            .split(' ')
            .nth(1)
            .and_then(|pages| pages.parse::<u64>().ok())
    {
        // SAFETY: sysconf has no preconditions.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        return pages * u64::try_from(page).unwrap_or(4096);
    }
    resource_usage(false).map_or(0, |usage| usage.max_rss_kilobytes * 1024)
}

/// `kill(2)`.
pub fn kill(pid: i32, signal: i32) -> io::Result<()> {
    // SAFETY: kill has no memory preconditions.
    checked(unsafe { libc::kill(pid, signal) }).map(drop)
}

/// `execve(2)`: another program in the place of this one. Returns only if that fails.
pub fn replace_process(
    file: &str,
    args: &[String],
    environment: &[(String, String)],
) -> std::io::Error {
    use std::os::unix::process::CommandExt;
    let mut command = std::process::Command::new(file);
    if let [name, rest @ ..] = args {
        command.arg0(name).args(rest);
    }
    command
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .exec()
}

/// `umask(2)`; `None` only reads, which the system can do in no other way than by setting it twice.
pub fn umask(mask: Option<u32>) -> u32 {
    // SAFETY: umask has no preconditions.
    let old = unsafe { libc::umask(mask.unwrap_or(0) as libc::mode_t) };
    if mask.is_none() {
        // SAFETY: as above.
        unsafe { libc::umask(old) };
    }
    #[allow(
        clippy::useless_conversion,
        reason = "macOS has smaller numbers for it"
    )]
    old.into()
}

/// The parent's process id.
pub fn parent_id() -> u32 {
    std::os::unix::process::parent_id()
}

/// User and group ids of the process.
pub fn ids() -> Ids {
    // SAFETY: these calls have no preconditions and can't fail.
    unsafe {
        Ids {
            uid: libc::getuid(),
            euid: libc::geteuid(),
            gid: libc::getgid(),
            egid: libc::getegid(),
        }
    }
}

/// See [`ids`].
#[derive(Clone, Copy, Debug)]
pub struct Ids {
    pub uid: u32,
    pub euid: u32,
    pub gid: u32,
    pub egid: u32,
}

/// The supplementary groups of the process.
pub fn groups() -> io::Result<Vec<u32>> {
    // SAFETY: with a count of 0 nothing is written.
    let count = checked(unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
    let mut groups: Vec<libc::gid_t> = vec![0; count as usize];
    // SAFETY: the vector has room for `count` entries.
    let count = checked(unsafe { libc::getgroups(count, groups.as_mut_ptr()) })?;
    groups.truncate(count as usize);
    Ok(groups)
}

/// What a file descriptor is open on.
pub fn stream_kind(fd: i32) -> StreamKind {
    // SAFETY: isatty only looks the descriptor up.
    if unsafe { libc::isatty(fd) } == 1 {
        return StreamKind::Terminal;
    }
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the pointer is valid for the call.
    if unsafe { libc::fstat(fd, stat.as_mut_ptr()) } != 0 {
        return StreamKind::Unknown;
    }
    // SAFETY: fstat succeeded, so the structure is written.
    let stat = unsafe { stat.assume_init() };
    match stat.st_mode & libc::S_IFMT {
        libc::S_IFREG | libc::S_IFCHR | libc::S_IFBLK => StreamKind::File,
        libc::S_IFIFO => StreamKind::Pipe,
        libc::S_IFSOCK => StreamKind::Socket,
        _ => StreamKind::Unknown,
    }
}

/// Gives every signal its default action, whatever the process was started with; a shell has its background jobs ignore
/// `SIGINT`, and Node.js doesn't inherit that either. `SIGPIPE` stays ignored, since a write says `EPIPE`, and what reports
/// an overflowed stack stays too.
pub fn restore_signals() {
    for signal in 1..32 {
        let kept = matches!(
            signal,
            libc::SIGKILL | libc::SIGSTOP | libc::SIGPIPE | libc::SIGSEGV | libc::SIGBUS
        );
        if kept {
            continue;
        }
        // SAFETY: the default action is no code of ours, and no handler has been set yet.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // A write past the limit for files says `EFBIG`.
    // SAFETY: ignoring a signal runs no code of ours.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// From here on `SIGINT` and `SIGTERM` leave terminals as they were, unless somebody has taken these signals already.
pub fn reset_tty_when_killed() {
    extern "C" fn end(signal: libc::c_int) {
        let _ = ouro_loop::reset_tty();
        // Comes when this returns, with the default action.
        // SAFETY: `raise` has no preconditions.
        unsafe { libc::raise(signal) };
    }
    for signal in [libc::SIGINT, libc::SIGTERM] {
        let mut current = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: all-zero is a valid `sigaction`; the handler does only what a handler may.
        unsafe {
            libc::sigaction(signal, std::ptr::null(), current.as_mut_ptr());
            if current.assume_init().sa_sigaction != libc::SIG_DFL {
                continue;
            }
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = end as extern "C" fn(libc::c_int) as libc::sighandler_t;
            action.sa_flags = libc::SA_RESETHAND;
            libc::sigfillset(&mut action.sa_mask);
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}

/// The number of a network interface; 0 if there is none of that name.
pub fn interface_index(name: &str) -> u32 {
    let Ok(name) = CString::new(name) else {
        return 0;
    };
    // SAFETY: the name ends with a zero byte and lives until the call returns.
    unsafe { libc::if_nametoindex(name.as_ptr()) }
}

/// What `getaddrinfo` takes as hints: `AI_ADDRCONFIG`, `AI_ALL`, `AI_V4MAPPED`.
pub const LOOKUP_HINTS: (i32, i32, i32) = (libc::AI_ADDRCONFIG, libc::AI_ALL, libc::AI_V4MAPPED);

/// Asks the resolver for the addresses of a host; libuv's error number if it has none. Blocks.
pub fn look_up(host: &str, family: u32, hints: i32) -> Result<Vec<IpAddr>, i32> {
    let Ok(host) = CString::new(host) else {
        return Err(lookup_errno(libc::EAI_NONAME));
    };
    // SAFETY: plain numbers and null pointers, for which all zeros is a value.
    let mut wanted: libc::addrinfo = unsafe { std::mem::zeroed() };
    wanted.ai_flags = hints;
    wanted.ai_socktype = libc::SOCK_STREAM;
    wanted.ai_family = match family {
        4 => libc::AF_INET,
        6 => libc::AF_INET6,
        _ => libc::AF_UNSPEC,
    };
    let mut list = std::ptr::null_mut();
    // SAFETY: the name ends with a zero byte; `wanted` and `list` are ours and outlive the call.
    let code = unsafe { libc::getaddrinfo(host.as_ptr(), std::ptr::null(), &wanted, &mut list) };
    if code != 0 {
        return Err(lookup_errno(code));
    }
    let mut found = Vec::new();
    let mut next = list;
    // SAFETY: a list that the call made: each entry is valid until it is freed, and its address is of the family it says.
    while let Some(entry) = unsafe { next.as_ref() } {
        match entry.ai_family {
            libc::AF_INET => {
                // SAFETY: see above.
                let address = unsafe { *entry.ai_addr.cast::<libc::sockaddr_in>() };
                found.push(IpAddr::from(address.sin_addr.s_addr.to_ne_bytes()));
            }
            libc::AF_INET6 => {
                // SAFETY: see above.
                let address = unsafe { *entry.ai_addr.cast::<libc::sockaddr_in6>() };
                found.push(IpAddr::from(address.sin6_addr.s6_addr));
            }
            _ => {}
        }
        next = entry.ai_next;
    }
    // SAFETY: freed once, and nothing of it is used after this.
    unsafe { libc::freeaddrinfo(list) };
    if found.is_empty() {
        return Err(lookup_errno(libc::EAI_NONAME));
    }
    Ok(found)
}

/// Asks the resolver for the names of a host and of its service; libuv's error number if it doesn't know. Blocks.
pub fn name_of(address: SocketAddr) -> Result<(String, String), i32> {
    let address = socket2::SockAddr::from(address);
    let (mut host, mut service) = ([0_u8; 1025], [0_u8; 32]);
    // SAFETY: the address is as long as it says, and so are the two buffers.
    let code = unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr().cast(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr().cast(),
            service.len() as libc::socklen_t,
            libc::NI_NAMEREQD,
        )
    };
    if code != 0 {
        return Err(lookup_errno(code));
    }
    let text = |bytes: &[u8]| {
        CStr::from_bytes_until_nul(bytes)
            .map(|text| text.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    Ok((text(&host), text(&service)))
}

/// libuv's number for an error of the resolver.
fn lookup_errno(code: i32) -> i32 {
    match code {
        libc::EAI_AGAIN => -3001,
        libc::EAI_BADFLAGS => -3002,
        libc::EAI_FAIL => -3004,
        libc::EAI_FAMILY => -3005,
        libc::EAI_MEMORY => -3006,
        libc::EAI_NODATA => -3007,
        libc::EAI_NONAME => -3008,
        libc::EAI_OVERFLOW => -3009,
        libc::EAI_SERVICE => -3010,
        libc::EAI_SOCKTYPE => -3011,
        libc::EAI_SYSTEM => -io::Error::last_os_error()
            .raw_os_error()
            .unwrap_or(libc::EIO),
        _ => -3004,
    }
}

/// Columns and rows of a terminal.
pub fn window_size(fd: i32) -> Option<(u16, u16)> {
    let mut size = MaybeUninit::<libc::winsize>::zeroed();
    // SAFETY: the request writes a winsize, for which the pointer has room.
    let result = unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, size.as_mut_ptr()) };
    if result != 0 {
        return None;
    }
    // SAFETY: zeroed, then filled by a call that succeeded.
    let size = unsafe { size.assume_init() };
    Some((size.ws_col, size.ws_row))
}

/// Writes all bytes to a descriptor, waiting where it isn't ready and going on where a signal came in between.
pub fn write_all(fd: i32, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        // SAFETY: the pointer and the length are of one slice.
        let written = unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) };
        if written >= 0 {
            bytes = &bytes[written as usize..];
            continue;
        }
        let error = io::Error::last_os_error();
        match error.kind() {
            io::ErrorKind::Interrupted => {}
            io::ErrorKind::WouldBlock => wait_writable(fd),
            _ => return Err(error),
        }
    }
    Ok(())
}

fn wait_writable(fd: i32) {
    let mut poll = libc::pollfd {
        fd,
        events: libc::POLLOUT,
        revents: 0,
    };
    // SAFETY: one entry, valid for the call. An error only means that the write is tried again.
    unsafe { libc::poll(&raw mut poll, 1, -1) };
}

/// A descriptor for the loop that reads what another one is open on. The loop makes it non-blocking: a terminal or a
/// pipe is opened anew, so that the shell that shares it doesn't see that, and a child that inherits it doesn't make it
/// block again.
pub fn open_input(fd: i32) -> io::Result<std::os::fd::OwnedFd> {
    use std::os::unix::fs::OpenOptionsExt;

    if matches!(stream_kind(fd), StreamKind::Terminal | StreamKind::Pipe)
        && let Ok(file) = std::fs::File::options()
            .read(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(format!("/dev/fd/{fd}"))
    {
        return Ok(file.into());
    }
    // SAFETY: the descriptor is only borrowed for this call; a closed one is an error of dup.
    let borrowed = unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) };
    borrowed.try_clone_to_owned()
}

/// A descriptor of ours alone.
pub type OwnedDescriptor = std::os::fd::OwnedFd;

/// A copy of a descriptor, which stays whose it is.
pub fn duplicate(fd: i32) -> io::Result<OwnedDescriptor> {
    // SAFETY: no memory preconditions; a number that isn't open is an error.
    let copy = checked(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) })?;
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { std::os::fd::FromRawFd::from_raw_fd(copy) })
}

/// Makes a descriptor that script, or the parent process, hands over ours. From here on children don't get it.
pub fn take_descriptor(fd: i32) -> Option<OwnedDescriptor> {
    // SAFETY: no memory preconditions; a number that isn't open is an error.
    if fd < 0 || unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
        return None;
    }
    // SAFETY: the descriptor is open, and who had it has given it away.
    Some(unsafe { std::os::fd::FromRawFd::from_raw_fd(fd) })
}

/// Gives a descriptor to script.
pub fn into_number(fd: OwnedDescriptor) -> i32 {
    std::os::fd::IntoRawFd::into_raw_fd(fd)
}

/// Whether a descriptor is a socket that listens.
pub fn is_listening(fd: &OwnedDescriptor) -> bool {
    let mut answer: libc::c_int = 0;
    let mut size = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the pointers are to locals of the sizes that are told.
    let result = unsafe {
        libc::getsockopt(
            std::os::fd::AsRawFd::as_raw_fd(fd),
            libc::SOL_SOCKET,
            libc::SO_ACCEPTCONN,
            (&raw mut answer).cast(),
            &raw mut size,
        )
    };
    result == 0 && answer != 0
}

/// Makes a listener of the loop of a listening socket.
pub fn listen_on(
    event_loop: &ouro_loop::EventLoop,
    fd: OwnedDescriptor,
) -> io::Result<ouro_loop::HandleId> {
    event_loop.open_listener_fd(fd)
}

/// Makes a stream of the loop of a connected socket, a pipe or the like.
pub fn open_on(
    event_loop: &ouro_loop::EventLoop,
    fd: OwnedDescriptor,
) -> io::Result<ouro_loop::HandleId> {
    event_loop.open_fd(fd)
}

/// Reads from a stream, with the descriptors that come along.
pub fn read_with_descriptors(
    event_loop: &ouro_loop::EventLoop,
    id: ouro_loop::HandleId,
    buffer: &mut [u8],
    descriptors: &mut Vec<OwnedDescriptor>,
) -> ouro_loop::ReadResult {
    event_loop.read_with_descriptors(id, buffer, descriptors)
}

/// Writes to a stream, with a descriptor that goes along.
pub fn write_with_descriptor(
    event_loop: &ouro_loop::EventLoop,
    id: ouro_loop::HandleId,
    bytes: Vec<u8>,
    descriptor: OwnedDescriptor,
    tag: u64,
) -> io::Result<()> {
    event_loop.write_with_descriptor(id, bytes, descriptor, tag)
}

/// The descriptor behind a handle.
pub fn descriptor_of(event_loop: &ouro_loop::EventLoop, id: ouro_loop::HandleId) -> Option<i32> {
    event_loop.raw_fd(id).ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        thread,
        time::{Duration, Instant},
    };

    use super::processor_delay;

    #[test]
    fn threads_that_outnumber_the_processors_wait_for_one() {
        if !std::fs::exists("/proc/self/schedstat").unwrap_or(false) {
            return; // This kernel doesn't tell.
        }
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let before = processor_delay();
        let deadline = Instant::now() + Duration::from_secs(60);
        let enough = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..=processors {
                scope.spawn(|| {
                    while !enough.load(Ordering::Relaxed) && Instant::now() < deadline {
                        std::hint::spin_loop();
                    }
                });
            }
            while processor_delay() <= before && Instant::now() < deadline {
                thread::yield_now();
            }
            let waited = processor_delay() > before;
            enough.store(true, Ordering::Relaxed);
            assert!(waited);
        });
    }
}
