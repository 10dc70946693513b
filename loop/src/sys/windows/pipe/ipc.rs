//! A named pipe whose bytes go in frames, so that sockets can go along with them.
//!
//! A frame is handed to mio as a whole, which sees to it that all of it goes, so back-pressure comes between frames and never
//! inside of one. What comes in may be cut anywhere. One read gives bytes of one frame at most, with its socket.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::os::windows::io::OwnedSocket;

use windows_sys::Win32::System::Pipes::{GetNamedPipeClientProcessId, GetNamedPipeServerProcessId};

use super::super::super::windows_forms::ipc_frame::{self, Decoder, Next};
use super::super::{Descriptor, EINVAL, passed_socket};
use super::{BYTES_PER_WRITE, Pipe};

/// Room for what comes before a payload.
const LONGEST_HEAD: usize = 1024;

pub(super) struct Ipc {
    /// The process at the other end.
    peer: u32,
    incoming: RefCell<Incoming>,
    /// A frame has gone out in part, which nothing can follow.
    broken: Cell<bool>,
}

#[derive(Default)]
struct Incoming {
    decoder: Decoder,
    /// Their payload hasn't come yet.
    sockets: Vec<OwnedSocket>,
}

impl Ipc {
    pub(super) fn write(
        &self,
        pipe: &Pipe,
        buffers: &[IoSlice<'_>],
        socket: Option<&Descriptor>,
    ) -> io::Result<usize> {
        if self.broken.get() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let length = buffers.iter().map(|buffer| buffer.len()).sum::<usize>();
        // The whole frame has to fit one write.
        let length = length.min(BYTES_PER_WRITE - LONGEST_HEAD);
        if length == 0 {
            return Ok(0);
        }
        let socket = match socket {
            Some(socket) => Some(socket.export(self.peer)?),
            None => None,
        };
        let mut frame = ipc_frame::head(length as u32, socket);
        let end = frame.len() + length;
        frame.reserve_exact(length);
        for buffer in buffers {
            let room = end - frame.len();
            frame.extend_from_slice(&buffer[..buffer.len().min(room)]);
        }
        let written = pipe.write_bytes(&[IoSlice::new(&frame)])?;
        if written < end {
            // Only a pipe that never waits does so, and such a pipe isn't one of ours.
            self.broken.set(true);
            return Err(io::ErrorKind::WriteZero.into());
        }
        Ok(length)
    }

    pub(super) fn read(
        &self,
        pipe: &Pipe,
        buffer: &mut [u8],
        sockets: &mut Vec<OwnedSocket>,
    ) -> io::Result<usize> {
        let mut incoming = self.incoming.borrow_mut();
        let incoming = &mut *incoming;
        loop {
            match incoming.decoder.next()? {
                Next::Head(most) => {
                    let mut head = [0; LONGEST_HEAD];
                    let count = pipe.read_bytes(&mut head[..most])?;
                    if count == 0 {
                        incoming.decoder.end()?;
                        return Ok(0);
                    }
                    if let Some(socket) = incoming.decoder.head(&head[..count])? {
                        incoming.sockets.push(passed_socket::import(&socket)?);
                    }
                }
                Next::Payload(most) => {
                    let most = most.min(buffer.len());
                    let count = pipe.read_bytes(&mut buffer[..most])?;
                    if count == 0 {
                        incoming.decoder.end()?;
                    }
                    incoming.decoder.payload(count);
                    sockets.append(&mut incoming.sockets);
                    return Ok(count);
                }
            }
        }
    }
}

impl Pipe {
    /// `WSAEINVAL` if it is one already.
    pub(in crate::sys::windows) fn make_ipc(&mut self, peer: Option<u32>) -> io::Result<()> {
        if self.ipc.is_some() {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        let peer = match peer {
            Some(peer) => peer,
            None => self.process_at_the_other_end()?,
        };
        self.ipc = Some(Box::new(Ipc {
            peer,
            incoming: RefCell::default(),
            broken: Cell::new(false),
        }));
        Ok(())
    }

    pub(in crate::sys::windows) fn is_ipc(&self) -> bool {
        self.ipc.is_some()
    }

    pub(in crate::sys::windows) fn write_with(
        &self,
        buffers: &[IoSlice<'_>],
        socket: &Descriptor,
    ) -> io::Result<usize> {
        let ipc = self.ipc.as_ref().ok_or_else(no_ipc)?;
        ipc.write(self, buffers, Some(socket))
    }

    pub(in crate::sys::windows) fn read_with(
        &self,
        buffer: &mut [u8],
        sockets: &mut Vec<OwnedSocket>,
    ) -> io::Result<usize> {
        let ipc = self.ipc.as_ref().ok_or_else(no_ipc)?;
        ipc.read(self, buffer, sockets)
    }

    /// Whoever opened the end that isn't this process's; this process, if it opened both.
    fn process_at_the_other_end(&self) -> io::Result<u32> {
        let handle = self.as_raw_handle();
        let mut process = 0;
        // SAFETY: `process` is valid to write to; a handle that isn't open is an error.
        if unsafe { GetNamedPipeClientProcessId(handle, &mut process) } == 0 {
            return Err(io::Error::last_os_error());
        }
        if process != std::process::id() {
            return Ok(process);
        }
        // SAFETY: as above.
        if unsafe { GetNamedPipeServerProcessId(handle, &mut process) } == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(process)
    }
}

pub(in crate::sys::windows) fn no_ipc() -> io::Error {
    io::Error::new(
        io::ErrorKind::Unsupported,
        "on Windows sockets go along with bytes only over named pipes for which pipe_ipc was called",
    )
}
