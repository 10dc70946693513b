//! Where a test runs: alone with what it starts, on a network of its own, within limits.
//!
//! On Linux the runner starts itself again with [`WORD`] in front of the program. That process leaves the namespaces of
//! the machine and forks: its child is the first process of a PID namespace, starts the program, reaps what is orphaned and
//! watches the sum of memory and processes. When it ends, the kernel ends everything else in there. The network is empty
//! but for loopback, so ports never clash and nothing leaves the machine. Where the system doesn't allow namespaces, a test
//! gets a process group, and the runner takes one test at a time.

use std::{path::Path, process::Command};

/// Makes the runner a sandbox: `node --in-a-sandbox PROGRAM ARG…`.
pub const WORD: &str = "--in-a-sandbox";
/// Makes the runner find out whether it could be one, and tell by its exit code.
const PROBE: &str = "--try-a-sandbox";
/// The memory that a test may hold at most, with all its processes, in bytes.
const MEMORY_LIMIT: u64 = 4 << 30;
/// Changes [`MEMORY_LIMIT`], in megabytes: a canary has less.
pub const MEMORY_VARIABLE: &str = "OURO_SANDBOX_MB";

/// How tests are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In namespaces of their own.
    Alone,
    /// In process groups, on the network of the machine.
    Shared,
}

impl Kind {
    /// What this system allows.
    pub fn find() -> Self {
        let allowed = cfg!(target_os = "linux")
            && std::env::current_exe()
                .and_then(|runner| Command::new(runner).arg(PROBE).status())
                .is_ok_and(|status| status.success());
        if allowed { Self::Alone } else { Self::Shared }
    }

    /// The command that runs `program` so.
    pub fn command(self, program: &Path) -> std::io::Result<Command> {
        match self {
            Self::Alone => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg(WORD).arg(program);
                Ok(command)
            }
            Self::Shared => {
                let mut command = Command::new(program);
                #[cfg(unix)]
                std::os::unix::process::CommandExt::process_group(&mut command, 0);
                Ok(command)
            }
        }
    }

    /// Ends what a test has left behind, or the test itself.
    pub fn end(self, child: &mut std::process::Child) {
        // In namespaces, everything goes with the outermost process.
        let _ = child.kill();
        #[cfg(unix)]
        if self == Self::Shared
            && let Ok(group) = libc::pid_t::try_from(child.id())
        {
            // SAFETY: a plain system call; a group that is gone is an error that nobody needs.
            unsafe { libc::kill(-group, libc::SIGKILL) };
        }
    }
}

/// Takes over when the runner was started as a sandbox; else returns.
pub fn run_if_asked() {
    let mut words = std::env::args_os().skip(1);
    let Some(word) = words.next() else { return };
    #[cfg(target_os = "linux")]
    {
        if word == WORD {
            linux::run(words.collect());
        }
        if word == PROBE {
            linux::probe();
        }
    }
    if word == WORD || word == PROBE {
        std::process::exit(1);
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        ffi::OsString,
        fs, io,
        os::unix::process::CommandExt,
        process::{Command, exit},
        ptr,
        time::{Duration, Instant},
    };

    /// How many processes and threads' groups a test may have at a time.
    const PROCESS_LIMIT: usize = 300;
    /// How often the limits are looked at.
    const WATCH_EVERY: Duration = Duration::from_millis(100);

    /// Enters new namespaces, runs the program there, and exits as it does.
    pub fn run(words: Vec<OsString>) -> ! {
        die_with_parent();
        if let Err(error) = leave_namespaces() {
            fail(&format!("no namespaces: {error}"));
        }
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            -1 => fail(&io::Error::last_os_error().to_string()),
            0 => be_first(words),
            first => exit(code_of(wait_for(first))),
        }
    }

    /// Exits with 0 if all that a sandbox needs is allowed.
    pub fn probe() -> ! {
        if leave_namespaces().is_err() {
            exit(1);
        }
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            -1 => exit(1),
            0 => exit(i32::from(mount_proc().is_err())),
            first => exit(code_of(wait_for(first))),
        }
    }

    fn fail(why: &str) -> ! {
        eprintln!("sandbox: {why}");
        exit(125)
    }

    fn die_with_parent() {
        // SAFETY: sets a flag of this process.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    }

    /// Network, PIDs and mounts of our own; as another user than root, with the rights of a user namespace.
    fn leave_namespaces() -> io::Result<()> {
        let wanted = libc::CLONE_NEWNET | libc::CLONE_NEWPID | libc::CLONE_NEWNS;
        // SAFETY: plain system calls of a process with one thread.
        let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
        // SAFETY: as above.
        if unsafe { libc::unshare(wanted) } != 0 {
            // SAFETY: as above.
            check(unsafe { libc::unshare(wanted | libc::CLONE_NEWUSER) })?;
            fs::write("/proc/self/setgroups", "deny")?;
            fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
            fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
        }
        // What is mounted in here must not show outside.
        let flags = libc::MS_REC | libc::MS_PRIVATE;
        // SAFETY: the path is a C string, and the other pointers may be null.
        check(unsafe { libc::mount(ptr::null(), c"/".as_ptr(), ptr::null(), flags, ptr::null()) })?;
        raise_loopback()
    }

    fn check(result: libc::c_int) -> io::Result<()> {
        if result == -1 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }

    fn raise_loopback() -> io::Result<()> {
        // SAFETY: a zeroed ifreq is a valid one, which then gets a name with a NUL behind it and its flags.
        unsafe {
            let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
            check(socket)?;
            let mut request: libc::ifreq = std::mem::zeroed();
            for (place, letter) in request.ifr_name.iter_mut().zip(*b"lo") {
                *place = letter as libc::c_char;
            }
            request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
            let raised = check(libc::ioctl(socket, libc::SIOCSIFFLAGS, &request));
            libc::close(socket);
            raised
        }
    }

    /// `/proc` of the new PID namespace.
    fn mount_proc() -> io::Result<()> {
        let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
        // SAFETY: the three strings are C strings, the data may be null.
        check(unsafe {
            libc::mount(
                c"proc".as_ptr(),
                c"/proc".as_ptr(),
                c"proc".as_ptr(),
                flags,
                ptr::null(),
            )
        })
    }

    /// The first process of the namespace: starts the program and outlives it by nothing.
    fn be_first(words: Vec<OsString>) -> ! {
        die_with_parent();
        if let Err(error) = mount_proc() {
            fail(&format!("cannot mount /proc: {error}"));
        }
        let no_core = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: the pointer is good for the call.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &no_core) };
        // A signal set of our own, so that the wait below is for the end of a child or for the time to look around.
        // SAFETY: the set is initialised by sigemptyset before it is used.
        let ended = unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut set);
            libc::sigaddset(&mut set, libc::SIGCHLD);
            libc::sigprocmask(libc::SIG_BLOCK, &set, ptr::null_mut());
            set
        };
        let Some((program, args)) = words.split_first() else {
            fail("no program");
        };
        // Process groups don't end at a namespace: who signals its group would reach the runner.
        // SAFETY: a plain system call.
        unsafe { libc::setsid() };
        let mut command = Command::new(program);
        command.args(args).process_group(0);
        // SAFETY: between fork and exec, only calls that are safe there.
        unsafe {
            command.pre_exec(move || {
                libc::sigprocmask(libc::SIG_UNBLOCK, &ended, ptr::null_mut());
                Ok(())
            });
        }
        let main = match command.spawn() {
            Ok(child) => child.id() as libc::pid_t,
            Err(error) => fail(&format!("{}: {error}", program.display())),
        };
        let limit = memory_limit();
        let mut looked = Instant::now();
        loop {
            let pause = libc::timespec {
                tv_sec: 0,
                tv_nsec: WATCH_EVERY.as_nanos() as libc::c_long,
            };
            // SAFETY: the pointers are good for the call, and nobody wants the details of the signal.
            unsafe { libc::sigtimedwait(&ended, ptr::null_mut(), &pause) };
            if let Some(status) = reap(main) {
                exit(code_of(status));
            }
            if looked.elapsed() >= WATCH_EVERY {
                looked = Instant::now();
                let (processes, memory) = usage();
                if memory > limit {
                    fail(&format!("it holds more than {} MB of memory", limit >> 20));
                }
                if processes > PROCESS_LIMIT {
                    fail(&format!("it has more than {PROCESS_LIMIT} processes"));
                }
            }
        }
    }

    /// Takes leave of all that has ended; the status of the main program if it is among them.
    fn reap(main: libc::pid_t) -> Option<libc::c_int> {
        loop {
            let mut status = 0;
            // SAFETY: the pointer is good for the call.
            let ended = unsafe { libc::waitpid(-1, &mut status, libc::WNOHANG) };
            if ended == main {
                return Some(status);
            }
            if ended <= 0 {
                return None;
            }
        }
    }

    fn wait_for(child: libc::pid_t) -> libc::c_int {
        let mut status = 0;
        // SAFETY: the pointer is good for the call.
        while unsafe { libc::waitpid(child, &mut status, 0) } == -1 {
            if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
                fail("lost its child");
            }
        }
        status
    }

    /// As shells have it: a signal counts from 128.
    fn code_of(status: libc::c_int) -> i32 {
        if libc::WIFSIGNALED(status) {
            128 + libc::WTERMSIG(status)
        } else {
            libc::WEXITSTATUS(status)
        }
    }

    fn memory_limit() -> u64 {
        std::env::var(super::MEMORY_VARIABLE)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
            .map_or(super::MEMORY_LIMIT, |megabytes| megabytes << 20)
    }

    /// Processes, and bytes that are resident in them together.
    fn usage() -> (usize, u64) {
        // SAFETY: asks for a constant of the system.
        let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
        let Ok(entries) = fs::read_dir("/proc") else {
            return (0, 0);
        };
        let mut processes = 0;
        let mut pages = 0;
        for entry in entries.flatten() {
            let name = entry.file_name();
            if !name.as_encoded_bytes().iter().all(u8::is_ascii_digit) {
                continue;
            }
            processes += 1;
            pages += resident_pages(&entry.path().join("statm")).unwrap_or(0);
        }
        (processes, pages * page)
    }

    fn resident_pages(statm: &std::path::Path) -> Option<u64> {
        let text = fs::read_to_string(statm).ok()?;
        text.split(' ').nth(1)?.parse().ok()
    }
}
