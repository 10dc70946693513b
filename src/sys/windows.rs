//! Windows: what the standard library gives; what has no equivalent answers as Node does there.

use std::{
    io::{self, Write},
    net::{IpAddr, SocketAddr, ToSocketAddrs},
};

use super::{ResourceUsage, StreamKind};

/// Signal names and numbers, as Node lists them on Windows.
pub const SIGNALS: &[(&str, i32)] = &[
    ("SIGHUP", 1),
    ("SIGINT", 2),
    ("SIGILL", 4),
    ("SIGABRT", 22),
    ("SIGFPE", 8),
    ("SIGKILL", 9),
    ("SIGSEGV", 11),
    ("SIGTERM", 15),
    ("SIGBREAK", 21),
    ("SIGWINCH", 28),
];

/// The zone isn't known here: UTC.
pub fn local_offset_seconds(_: i64) -> i32 {
    0
}

/// Local time is UTC here.
pub fn local_zone(_: i64) -> (i32, String) {
    (0, "UTC".to_owned())
}

/// The zone of the process can't be changed here.
pub fn set_time_zone(_: Option<&str>) {}

/// Not measured here.
pub fn resource_usage(_: bool) -> io::Result<ResourceUsage> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Not measured here.
pub fn processor_delay() -> std::time::Duration {
    std::time::Duration::ZERO
}

/// Not measured here.
pub fn resident_bytes() -> u64 {
    0
}

/// Signals to other processes aren't there yet.
pub fn kill(_: i32, _: i32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Windows can't put another program in the place of a process.
pub fn replace_process(_: &str, _: &[String], _: &[(String, String)]) -> std::io::Error {
    std::io::ErrorKind::Unsupported.into()
}

/// Windows has no umask.
pub fn umask(_: Option<u32>) -> u32 {
    0
}

/// Not known here.
pub fn parent_id() -> u32 {
    0
}

/// What a standard stream is open on: a terminal, or something that is written like a file.
pub fn stream_kind(fd: i32) -> StreamKind {
    use std::io::IsTerminal;
    let terminal = match fd {
        0 => io::stdin().is_terminal(),
        1 => io::stdout().is_terminal(),
        2 => io::stderr().is_terminal(),
        _ => return StreamKind::Unknown,
    };
    if terminal {
        StreamKind::Terminal
    } else {
        StreamKind::File
    }
}

/// A process inherits no dispositions here.
pub fn restore_signals() {}

/// What ends a process here leaves no time for that.
pub fn reset_tty_when_killed() {}

/// Interfaces have numbers here, not names.
pub fn interface_index(_: &str) -> u32 {
    0
}

/// `AI_ADDRCONFIG`, `AI_ALL`, `AI_V4MAPPED`.
pub const LOOKUP_HINTS: (i32, i32, i32) = (0x400, 0x100, 0x800);

/// Asks the resolver for the addresses of a host; libuv's error number if it has none. Blocks. Hints are for Unix alone.
pub fn look_up(host: &str, family: u32, _hints: i32) -> Result<Vec<IpAddr>, i32> {
    let found: Vec<IpAddr> = (host, 0)
        .to_socket_addrs()
        .map_err(|_| -3008)?
        .map(|address| address.ip())
        .filter(|ip| match family {
            4 => ip.is_ipv4(),
            6 => ip.is_ipv6(),
            _ => true,
        })
        .collect();
    if found.is_empty() {
        Err(-3008)
    } else {
        Ok(found)
    }
}

/// Not on this platform: `ENOSYS`.
pub fn name_of(_: SocketAddr) -> Result<(String, String), i32> {
    Err(-4054)
}

/// Not known here.
pub fn window_size(_: i32) -> Option<(u16, u16)> {
    None
}

/// Writes all bytes to a standard stream.
pub fn write_all(fd: i32, bytes: &[u8]) -> io::Result<()> {
    match fd {
        1 => io::stdout()
            .write_all(bytes)
            .and_then(|()| io::stdout().flush()),
        2 => io::stderr().write_all(bytes),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// There is none on this platform.
#[derive(Debug)]
pub enum OwnedDescriptor {}

/// Not on this platform.
pub fn duplicate(_: i32) -> io::Result<OwnedDescriptor> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Not on this platform.
pub fn take_descriptor(_: i32) -> Option<OwnedDescriptor> {
    None
}

/// Never asked.
pub fn into_number(fd: OwnedDescriptor) -> i32 {
    match fd {}
}

/// Never asked.
pub fn is_listening(fd: &OwnedDescriptor) -> bool {
    match *fd {}
}

/// Never asked.
pub fn listen_on(_: &ouro_loop::EventLoop, fd: OwnedDescriptor) -> io::Result<ouro_loop::HandleId> {
    match fd {}
}

/// Never asked.
pub fn open_on(_: &ouro_loop::EventLoop, fd: OwnedDescriptor) -> io::Result<ouro_loop::HandleId> {
    match fd {}
}

/// No descriptors come along.
pub fn read_with_descriptors(
    event_loop: &ouro_loop::EventLoop,
    id: ouro_loop::HandleId,
    buffer: &mut [u8],
    _: &mut Vec<OwnedDescriptor>,
) -> ouro_loop::ReadResult {
    event_loop.read(id, buffer)
}

/// Never asked.
pub fn write_with_descriptor(
    _: &ouro_loop::EventLoop,
    _: ouro_loop::HandleId,
    _: Vec<u8>,
    descriptor: OwnedDescriptor,
    _: u64,
) -> io::Result<()> {
    match descriptor {}
}

/// The loop has no way yet to read what the process was given as its input.
pub fn open_input(_: i32) -> io::Result<OwnedDescriptor> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Sockets have none, as in Node.
pub fn descriptor_of(_: &ouro_loop::EventLoop, _: ouro_loop::HandleId) -> Option<i32> {
    None
}
