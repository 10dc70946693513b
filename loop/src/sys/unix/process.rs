//! Starting and ending processes: fork, and what has to happen before exec.
//!
//! Between fork and exec the child may only do what a signal handler may, for another thread may have held any lock at
//! the moment of the fork: all that it needs is made before.

use std::ffi::{CString, OsStr};
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::Arc;

use libc::{c_char, c_int};
use mio::net::{UdpSocket, UnixStream};

use super::{Io, ListenerIo, SignalInbox};
use crate::process::{ExitStatus, SpawnOptions};
use crate::wake::Shared;

pub(crate) use libc::ESRCH;

/// One more than the largest signal number anywhere.
const SIGNALS: c_int = 65;
/// What a child that can't go on exits with. Nobody sees it.
const FAILED: c_int = 127;

/// Two streams that are each other's peer.
pub(crate) fn stream_pair() -> io::Result<(Io, Io)> {
    let (first, second) = UnixStream::pair()?;
    Ok((Io::Unix(first), Io::Unix(second)))
}

/// Our end as a stream and the child's, which blocks, as programs expect of their standard streams.
pub(crate) fn child_pipe() -> io::Result<(Io, ChildEnd)> {
    let (ours, theirs) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let ours = Io::Unix(UnixStream::from_std(ours));
    Ok((ours, ChildEnd::Owned(theirs.into())))
}

/// What a child gets under one of its descriptors.
pub(crate) enum ChildEnd {
    /// Somebody else's, who keeps it until the child has started.
    Borrowed(RawFd),
    Owned(OwnedFd),
}

impl ChildEnd {
    /// Whether it is open is for the child to find out.
    pub(crate) fn descriptor(fd: i32) -> io::Result<Self> {
        Ok(Self::Borrowed(fd))
    }

    pub(crate) fn stream(io: &Io) -> io::Result<Self> {
        io.raw_fd().map(Self::Borrowed)
    }

    pub(crate) fn listener(io: &ListenerIo) -> io::Result<Self> {
        io.raw_fd().map(Self::Borrowed)
    }

    pub(crate) fn udp(io: &UdpSocket) -> io::Result<Self> {
        Ok(Self::Borrowed(io.as_raw_fd()))
    }

    fn number(&self) -> RawFd {
        match self {
            Self::Borrowed(fd) => *fd,
            Self::Owned(fd) => fd.as_raw_fd(),
        }
    }
}

/// Wakes a loop when children have ended: `SIGCHLD`, as long as this lives.
pub(crate) struct ChildWatch {
    inbox: Arc<SignalInbox>,
}

impl ChildWatch {
    pub(crate) fn new(shared: &Arc<Shared>) -> io::Result<Self> {
        let inbox = SignalInbox::new(shared.clone());
        inbox.subscribe(libc::SIGCHLD)?;
        Ok(Self { inbox })
    }

    /// Whether children may have ended since this was last asked.
    pub(crate) fn take_news(&self) -> bool {
        self.inbox.take(libc::SIGCHLD) > 0
    }
}

impl Drop for ChildWatch {
    fn drop(&mut self) {
        self.inbox.unsubscribe(libc::SIGCHLD);
    }
}

/// A child that has started and hasn't been waited for.
pub(crate) struct Child {
    pid: i32,
}

impl Child {
    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    /// How the child has ended, if it has. It is gone after that.
    pub(crate) fn try_wait(&self) -> Option<ExitStatus> {
        let mut status = 0;
        loop {
            // SAFETY: `status` is valid to write to.
            match unsafe { libc::waitpid(self.pid, &mut status, libc::WNOHANG) } {
                0 => return None,
                -1 if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                // Somebody else has waited for it, and knows how it ended.
                -1 => return Some(ExitStatus { code: 0, signal: 0 }),
                _ => break,
            }
        }
        Some(if libc::WIFSIGNALED(status) {
            ExitStatus {
                code: 0,
                signal: libc::WTERMSIG(status),
            }
        } else {
            ExitStatus {
                code: libc::WEXITSTATUS(status),
                signal: 0,
            }
        })
    }

    /// `kill(2)`.
    pub(crate) fn kill(&mut self, signum: i32) -> io::Result<()> {
        // SAFETY: kill has no memory preconditions.
        match unsafe { libc::kill(self.pid, signum) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// Strings as exec wants them.
struct Strings {
    pointers: Vec<*const c_char>,
    /// What they point into.
    _owned: Vec<CString>,
}

impl Strings {
    fn new<S: AsRef<OsStr>>(strings: impl IntoIterator<Item = S>) -> io::Result<Self> {
        let owned: Vec<CString> = strings
            .into_iter()
            .map(|text| c_string(text.as_ref()))
            .collect::<io::Result<_>>()?;
        let mut pointers: Vec<*const c_char> = owned.iter().map(|text| text.as_ptr()).collect();
        pointers.push(std::ptr::null());
        Ok(Self {
            pointers,
            _owned: owned,
        })
    }
}

fn c_string(text: &OsStr) -> io::Result<CString> {
    CString::new(text.as_bytes()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

/// All that a child needs until exec.
struct Plan {
    program: CString,
    args: Strings,
    env: Option<Strings>,
    cwd: Option<CString>,
    /// What goes where; changed on the way, when a descriptor has to make place.
    descriptors: Vec<Option<RawFd>>,
    detached: bool,
    uid: Option<u32>,
    gid: Option<u32>,
    /// Where a failure is written; closed by exec.
    report: RawFd,
}

/// Starts a program; an error of the child is ours.
pub(crate) fn spawn(
    options: &SpawnOptions,
    ends: &[Option<ChildEnd>],
    _: &ChildWatch,
) -> io::Result<Child> {
    let (mut failure, low) = io::pipe()?;
    // It must not be in the way of the child's own descriptors.
    let report = duplicate_above(low.as_raw_fd(), ends.len())?;
    drop(low);
    let mut plan = Plan {
        program: c_string(&options.program)?,
        args: Strings::new(&options.args)?,
        env: options.env.as_ref().map(Strings::new).transpose()?,
        cwd: match &options.cwd {
            Some(path) => Some(c_string(path.as_os_str())?),
            None => None,
        },
        descriptors: ends
            .iter()
            .map(|end| end.as_ref().map(ChildEnd::number))
            .collect(),
        detached: options.detached,
        uid: options.uid,
        gid: options.gid,
        report: report.as_raw_fd(),
    };
    let pid = fork(&mut plan)?;
    drop(report);
    let mut errno = [0; size_of::<c_int>()];
    match failure.read_exact(&mut errno) {
        // Closed by exec.
        Err(_) => Ok(Child { pid }),
        Ok(()) => {
            reap(pid);
            Err(io::Error::from_raw_os_error(c_int::from_ne_bytes(errno)))
        }
    }
}

/// Waits for a child that is about to end.
fn reap(pid: i32) {
    loop {
        // SAFETY: nothing is written.
        let result = unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
        if result != -1 || io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return;
        }
    }
}

fn duplicate_above(fd: RawFd, lowest: usize) -> io::Result<OwnedFd> {
    let lowest = lowest.max(3) as c_int;
    // SAFETY: the call only looks the descriptor up.
    let fd = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, lowest) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn fork(plan: &mut Plan) -> io::Result<i32> {
    let mut all = MaybeUninit::uninit();
    let mut before = MaybeUninit::uninit();
    // SAFETY: both sets are valid to write to; `sigfillset` initialises the first before it is read. No handler of ours
    // may run in the child, so signals are blocked until it has none.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
    }
    // SAFETY: the child does nothing but `run`, which keeps to what is allowed there.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        // SAFETY: this is the child of a fork.
        let errno = unsafe { become_program(plan) };
        let bytes = errno.to_ne_bytes();
        // SAFETY: the bytes are valid; the process ends without running anything that belongs to the parent.
        unsafe {
            libc::write(plan.report, bytes.as_ptr().cast(), bytes.len());
            libc::_exit(FAILED)
        }
    }
    let failed = (pid < 0).then(io::Error::last_os_error);
    // SAFETY: the call above has written the set.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut()) };
    match failed {
        Some(error) => Err(error),
        None => Ok(pid),
    }
}

fn errno() -> c_int {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// Turns the child into the program; what comes back is why it couldn't.
///
/// # Safety
/// Only in the child of a fork. Allocates nothing and takes no lock.
unsafe fn become_program(plan: &mut Plan) -> c_int {
    // SAFETY: every call gets pointers into `plan` or to locals that live as long as it runs.
    unsafe {
        if plan.detached {
            libc::setsid();
        }
        if let Err(errno) = lay_out(&mut plan.descriptors) {
            return errno;
        }
        if let Some(cwd) = &plan.cwd
            && libc::chdir(cwd.as_ptr()) != 0
        {
            return errno();
        }
        if plan.uid.is_some() || plan.gid.is_some() {
            // Without the right to it, the calls that follow say so.
            libc::setgroups(0, std::ptr::null());
        }
        if let Some(gid) = plan.gid
            && libc::setgid(gid) != 0
        {
            return errno();
        }
        if let Some(uid) = plan.uid
            && libc::setuid(uid) != 0
        {
            return errno();
        }
        for signum in 1..SIGNALS {
            // Some can't be changed, and needn't.
            libc::signal(signum, libc::SIG_DFL);
        }
        let mut none = MaybeUninit::uninit();
        libc::sigemptyset(none.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut());
        if let Some(env) = &plan.env {
            set_environ(env.pointers.as_ptr());
        }
        libc::execvp(plan.program.as_ptr(), plan.args.pointers.as_ptr());
        errno()
    }
}

/// Puts every descriptor where the child wants it.
///
/// # Safety
/// As [`become_program`].
unsafe fn lay_out(descriptors: &mut [Option<RawFd>]) -> Result<(), c_int> {
    let count = descriptors.len() as c_int;
    // Whatever is taken from a lower place than its own would be overwritten before its turn.
    for (to, from) in descriptors.iter_mut().enumerate() {
        if let Some(fd) = from
            && *fd < to as c_int
        {
            // SAFETY: no memory preconditions.
            let moved = unsafe { libc::fcntl(*fd, libc::F_DUPFD_CLOEXEC, count.max(3)) };
            if moved < 0 {
                return Err(errno());
            }
            *fd = moved;
        }
    }
    for (to, from) in descriptors.iter().enumerate() {
        let to = to as c_int;
        // SAFETY: the path is NUL-terminated, and the rest has no memory preconditions.
        unsafe {
            match *from {
                Some(from) if from == to => {
                    let flags = libc::fcntl(to, libc::F_GETFD);
                    if flags < 0 || libc::fcntl(to, libc::F_SETFD, flags & !libc::FD_CLOEXEC) < 0 {
                        return Err(errno());
                    }
                    if to <= 2 {
                        set_blocking(to);
                    }
                }
                Some(from) => {
                    if libc::dup2(from, to) < 0 {
                        return Err(errno());
                    }
                    if to <= 2 {
                        set_blocking(to);
                    }
                }
                None if to <= 2 => {
                    let mode = if to == 0 {
                        libc::O_RDONLY
                    } else {
                        libc::O_RDWR
                    };
                    let null = libc::open(c"/dev/null".as_ptr(), mode);
                    if null < 0 {
                        return Err(errno());
                    }
                    if null != to {
                        libc::dup2(null, to);
                        libc::close(null);
                    }
                }
                None => {
                    libc::close(to);
                }
            }
        }
    }
    Ok(())
}

/// # Safety
/// As [`become_program`].
unsafe fn set_blocking(fd: c_int) {
    // SAFETY: no memory preconditions.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        if flags >= 0 && flags & libc::O_NONBLOCK != 0 {
            libc::fcntl(fd, libc::F_SETFL, flags & !libc::O_NONBLOCK);
        }
    }
}

/// # Safety
/// As [`become_program`]; the pointers are valid until exec.
unsafe fn set_environ(env: *const *const c_char) {
    #[cfg(target_vendor = "apple")]
    // SAFETY: the address is that of the process's own variable.
    unsafe {
        *libc::_NSGetEnviron() = env as *mut *mut c_char;
    }
    #[cfg(not(target_vendor = "apple"))]
    // SAFETY: the child has one thread, so nobody else looks at the variable.
    unsafe {
        unsafe extern "C" {
            static mut environ: *const *const c_char;
        }
        environ = env;
    }
}
