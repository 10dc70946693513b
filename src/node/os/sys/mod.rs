//! What the operating system tells about itself: one file a system, with the same functions.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::net::IpAddr;

#[cfg(unix)]
pub use unix::*;
#[cfg(windows)]
pub use windows::*;

/// One logical processor.
pub struct Cpu {
    pub model: String,
    /// MHz; 0 when nothing tells.
    pub speed: u32,
    pub times: Times,
}

/// What a processor spent its time on, in milliseconds.
#[derive(Default)]
pub struct Times {
    pub user: u64,
    pub nice: u64,
    pub sys: u64,
    pub idle: u64,
    pub irq: u64,
}

/// One address of a network interface.
pub struct Interface {
    pub name: String,
    pub address: IpAddr,
    pub netmask: Option<IpAddr>,
    pub mac: [u8; 6],
    pub internal: bool,
    pub scope_id: Option<u32>,
}

/// What `uname` answers.
pub struct System {
    pub name: String,
    pub release: String,
    pub version: String,
    pub machine: String,
}

/// The account that the process runs as.
pub struct Account {
    pub uid: i64,
    pub gid: i64,
    pub username: Vec<u8>,
    pub home: Vec<u8>,
    pub shell: Option<Vec<u8>>,
}

/// A call that failed: its name in libuv, which is what Node shows, and the system's error number.
pub struct Failure {
    pub call: &'static str,
    pub errno: i32,
}
