//! The program on a terminal of its own: raw mode, the size of the window, and the terminal as it was at the end.
#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};

/// Says what it gets, and ends at `q` in the way that it is told to.
const SCRIPT: &str = r"
const { stdin, stdout } = process;
const log = (...args) => stdout.write('<' + args.join(' ') + '>');
stdout.on('resize', () => log('resize', stdout.columns, stdout.rows, stdout.getWindowSize()));
log(stdin.isTTY, stdin.isRaw, stdin.setRawMode(true) === stdin, stdin.isRaw, stdout.columns, stdout.rows);
stdin.on('data', (chunk) => {
  log('keys', [...chunk]);
  if (chunk[0] !== 113) return;
  const how = process.argv[1];
  if (how === 'pause') stdin.pause();
  else if (how === 'exit') process.exit(3);
  else if (how === 'kill') process.kill(process.pid, 'SIGTERM');
  else if (how === 'throw') throw new Error('on purpose');
  else log(stdin.setRawMode(false).isRaw, stdin.pause() === stdin);
});
log('ready');
";

struct Terminal {
    master: File,
    slave: OwnedFd,
    told: String,
}

impl Terminal {
    fn new() -> Self {
        let (mut master, mut slave) = (-1, -1);
        let mut size = window(80, 24);
        // SAFETY: the numbers are valid to write to, the size to read, and the rest may be null.
        let (failed, master, slave) = unsafe {
            let failed = libc::openpty(
                &mut master,
                &mut slave,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                // Some systems want it to be mutable.
                std::ptr::from_mut(&mut size),
            );
            let (master, slave) = (File::from_raw_fd(master), OwnedFd::from_raw_fd(slave));
            (failed, master, slave)
        };
        assert_eq!(failed, 0);
        let told = String::new();
        Self {
            master,
            slave,
            told,
        }
    }

    /// Input, output, control and local flags.
    fn flags(&self) -> [libc::tcflag_t; 4] {
        let mut settings = MaybeUninit::<libc::termios>::uninit();
        // SAFETY: the descriptor is open, and the settings are there if the call succeeds.
        let settings = unsafe {
            let failed = libc::tcgetattr(self.slave.as_raw_fd(), settings.as_mut_ptr());
            assert_eq!(failed, 0);
            settings.assume_init()
        };
        let (input, output) = (settings.c_iflag, settings.c_oflag);
        [input, output, settings.c_cflag, settings.c_lflag]
    }

    fn start(&self, how: &str) -> Child {
        let ours = || Stdio::from(self.slave.try_clone().unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_ouro"));
        command.args(["-e", SCRIPT, how]);
        command.stdin(ours()).stdout(ours()).stderr(Stdio::null());
        // SAFETY: both calls are allowed between fork and exec.
        unsafe {
            command.pre_exec(|| {
                if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY as _, 0) < 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
        command.spawn().unwrap()
    }

    fn until(&mut self, text: &str) {
        while !self.told.contains(text) {
            let mut buffer = [0; 256];
            let count = self.master.read(&mut buffer).unwrap();
            self.told += &String::from_utf8_lossy(&buffer[..count]);
        }
    }

    fn press(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }
}

fn window(columns: u16, rows: u16) -> libc::winsize {
    libc::winsize {
        ws_col: columns,
        ws_row: rows,
        ws_xpixel: 0,
        ws_ypixel: 0,
    }
}

/// Starts the script, looks that the terminal is raw, presses `q` and gives how it ended.
fn ended(how: &str) -> (ExitStatus, Terminal) {
    let mut terminal = Terminal::new();
    let before = terminal.flags();
    let mut child = terminal.start(how);
    terminal.until("<true false true true 80 24><ready>");
    assert_ne!(terminal.flags(), before);
    terminal.press("q");
    terminal.until("<keys 113>");
    let status = child.wait().unwrap();
    assert_eq!(terminal.flags(), before, "{how}");
    (status, terminal)
}

#[test]
fn every_end_leaves_the_terminal_as_it_was() {
    assert!(ended("pause").0.success());
    assert_eq!(ended("exit").0.code(), Some(3));
    assert_eq!(ended("throw").0.code(), Some(1));
    assert_eq!(ended("kill").0.signal(), Some(libc::SIGTERM));
    let (status, mut terminal) = ended("cooked");
    assert!(status.success());
    terminal.until("<false true>");
}

#[test]
fn keys_come_one_by_one_and_so_do_sizes() {
    let mut terminal = Terminal::new();
    let mut child = terminal.start("pause");
    terminal.until("<ready>");
    // An interrupt and an end of input are keys too.
    terminal.press("\x03");
    terminal.until("<keys 3>");
    terminal.press("\x04");
    terminal.until("<keys 4>");
    let size = window(120, 50);
    // SAFETY: the descriptor is open and the size valid to read.
    let failed = unsafe { libc::ioctl(terminal.master.as_raw_fd(), libc::TIOCSWINSZ, &size) };
    assert_eq!(failed, 0);
    terminal.until("<resize 120 50 120,50>");
    terminal.press("q");
    assert!(child.wait().unwrap().success());
}
