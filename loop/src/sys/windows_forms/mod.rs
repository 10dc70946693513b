//! The forms in which Windows wants what starts a program: the command line, the environment, the table of descriptors,
//! the files that a name may stand for. And what its consoles say of keys, and in which frames sockets travel over pipes.
//!
//! Functions from UTF-16 to UTF-16 (or bytes) that ask the system nothing, so their tests run anywhere. Starting a child
//! (`sys/windows/process.rs`), reading a console (`sys/windows/tty/reader.rs`) and IPC pipes (`sys/windows/pipe/ipc.rs`) call them.

pub(super) mod command_line;
pub(super) mod descriptors;
pub(super) mod environment;
pub(super) mod ipc_frame;
pub(super) mod keys;
pub(super) mod search;

/// An ASCII character as a unit of UTF-16.
const fn unit(character: char) -> u16 {
    assert!(character.is_ascii());
    character as u16
}

#[cfg(test)]
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

#[cfg(test)]
fn narrow(text: &[u16]) -> String {
    String::from_utf16(text).unwrap()
}
