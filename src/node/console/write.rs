//! Writing to the standard descriptors, one write for each line, and all of it before the call returns.

use std::io::{self, IsTerminal, Write};

/// Writes a line, with `indent` in front of each of its lines.
pub fn line(descriptor: i32, text: &str, indent: &str) {
    let mut whole = String::with_capacity(text.len() + indent.len() + 1);
    whole.push_str(indent);
    if indent.is_empty() || !text.contains('\n') {
        whole.push_str(text);
    } else {
        whole.push_str(&text.replace('\n', &format!("\n{indent}")));
    }
    whole.push('\n');
    all(descriptor, whole.as_bytes());
}

/// Writes every byte. A reader that has gone (`EPIPE`) or a closed descriptor is no reason to fail: `console` never
/// throws.
pub fn all(descriptor: i32, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match write_some(descriptor, bytes) {
            Ok(0) => return,
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait_until_writable(),
            Err(_) => return,
        }
    }
}

fn write_some(descriptor: i32, bytes: &[u8]) -> io::Result<usize> {
    // Rust's own stdout keeps what follows the last line break: flush it away, with nothing of ours left inside.
    if descriptor == 2 {
        io::stderr().write(bytes)
    } else {
        raw_stdout(bytes)
    }
}

#[cfg(unix)]
fn raw_stdout(bytes: &[u8]) -> io::Result<usize> {
    use std::{fs::File, mem::ManuallyDrop, os::fd::FromRawFd};
    // SAFETY: descriptor 1 is only borrowed: `ManuallyDrop` keeps the `File` from closing it.
    let mut file = ManuallyDrop::new(unsafe { File::from_raw_fd(1) });
    file.write(bytes)
}

#[cfg(not(unix))]
fn raw_stdout(bytes: &[u8]) -> io::Result<usize> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(bytes.len())
}

/// Somebody made the pipe non-blocking: its other end has to read first.
fn wait_until_writable() {
    std::thread::sleep(std::time::Duration::from_millis(1));
}

/// Whether a descriptor is a terminal.
pub fn is_terminal(descriptor: i32) -> bool {
    match descriptor {
        1 => io::stdout().is_terminal(),
        _ => io::stderr().is_terminal(),
    }
}
