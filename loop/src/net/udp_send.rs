//! Sending datagrams: at once as far as the system takes them, the rest from a queue in the order of the calls.

use std::io;
use std::net::SocketAddr;

use mio::Interest;

use crate::error::LoopError;
use crate::handle::HandleId;
use crate::net::{Payload, Udp};
use crate::{Core, EventLoop, sys};

/// Queued datagrams sent by one socket in one turn.
const SENDS_PER_TURN: usize = 32;

pub(super) struct SendRequest {
    tag: u64,
    payload: Payload,
    to: Option<SocketAddr>,
}

impl Udp {
    /// A connected socket sends to its peer alone, another one needs to be told where to.
    fn destination(&self, to: Option<SocketAddr>) -> io::Result<Option<SocketAddr>> {
        match (to, self.peer) {
            (Some(_), Some(_)) => Err(io::Error::from_raw_os_error(sys::EISCONN)),
            (None, None) => Err(io::Error::from_raw_os_error(sys::EDESTADDRREQ)),
            (to, _) => Ok(to),
        }
    }

    fn send(&mut self, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<usize> {
        loop {
            let io = self.io()?;
            let sent = match to {
                Some(address) => io.send_to(bytes, address),
                None => io.send(bytes),
            };
            match sent {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.writable = false;
                    return Err(error);
                }
                result => return result,
            }
        }
    }

    /// Sends from the queue; `true` if there is more that needn't wait for the socket.
    fn flush(&mut self) -> bool {
        let mut left = SENDS_PER_TURN;
        while left > 0 && self.writable && !self.queue.is_empty() {
            let Some(io) = &self.io else {
                return false;
            };
            let batch = self.queue.iter().take(left);
            let batch = batch.map(|request| (request.payload.as_ref(), request.to));
            match sys::send_batch(io, batch) {
                Ok(count) => {
                    left -= count;
                    for request in self.queue.drain(..count) {
                        self.queued_bytes -= request.payload.as_ref().len();
                        self.completed.push_back((request.tag, Ok(())));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(error) => {
                    left -= 1;
                    if let Some(request) = self.queue.pop_front() {
                        self.complete(&request, Err(error));
                    }
                }
            }
        }
        !self.queue.is_empty() && self.writable
    }

    fn complete(&mut self, request: &SendRequest, result: io::Result<()>) {
        self.queued_bytes -= request.payload.as_ref().len();
        self.completed.push_back((request.tag, result));
    }

    fn fail_queue(&mut self, error: impl Fn() -> io::Error) {
        while let Some(request) = self.queue.pop_front() {
            self.complete(&request, Err(error()));
        }
    }

    /// In the closing phase: the next send that the closing has ended.
    pub(crate) fn cancelled(&mut self) -> Option<(u64, io::Result<()>)> {
        self.fail_queue(|| io::Error::from_raw_os_error(sys::ECANCELED));
        self.completed.pop_front()
    }
}

impl Core {
    pub(super) fn flush_udp(&mut self, id: HandleId) {
        let Ok(udp) = self.udp_mut(id) else {
            return;
        };
        if udp.queue.is_empty() {
            return;
        }
        if udp.flush() {
            self.make_ready(id);
            return;
        }
        if udp.queue.is_empty() {
            return;
        }
        if let Err(error) = self.watch_udp(id, Interest::WRITABLE) {
            // A socket that can't be watched can't be waited for.
            let code = error.raw_os_error().unwrap_or(sys::EINVAL);
            if let Ok(udp) = self.udp_mut(id) {
                udp.fail_queue(|| io::Error::from_raw_os_error(code));
            }
        }
    }

    fn udp_send(
        &mut self,
        id: HandleId,
        payload: Payload,
        to: Option<SocketAddr>,
        tag: u64,
    ) -> io::Result<()> {
        let udp = self.udp_mut(id)?;
        let to = udp.destination(to)?;
        let at_once = udp.queue.is_empty();
        udp.queued_bytes += payload.as_ref().len();
        udp.queue.push_back(SendRequest { tag, payload, to });
        self.requests += 1;
        if at_once {
            self.flush_udp(id);
        }
        if !self.udp_mut(id)?.completed.is_empty() {
            self.make_pending(id);
        }
        Ok(())
    }
}

/// # Sending datagrams
impl EventLoop {
    /// Sends one datagram, after those that are queued; to the peer of a connected socket where `to` is `None`.
    /// [`Event::Wrote`](crate::Event::Wrote) with this `tag` tells the end of it, never before the next turn's pending phase.
    ///
    /// # Errors
    /// `EISCONN` for an address on a connected socket, `EDESTADDRREQ` for none on another; then there is no event.
    pub fn udp_send(
        &self,
        id: HandleId,
        payload: impl Into<Payload>,
        to: Option<SocketAddr>,
        tag: u64,
    ) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        core.udp_send(id, payload.into(), to, tag)
    }

    /// Sends one datagram at once, or not at all.
    ///
    /// # Errors
    /// `WouldBlock` if the system takes none now, or if others are queued; and those of [`udp_send`](Self::udp_send).
    pub fn udp_try_send(
        &self,
        id: HandleId,
        bytes: &[u8],
        to: Option<SocketAddr>,
    ) -> io::Result<usize> {
        let mut core = self.core.borrow_mut();
        let udp = core.udp_mut(id)?;
        let to = udp.destination(to)?;
        if !udp.queue.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        udp.send(bytes, to)
    }

    /// Bytes and datagrams that are queued.
    pub fn udp_queue(&self, id: HandleId) -> Result<(usize, usize), LoopError> {
        let mut core = self.core.borrow_mut();
        let udp = core.udp_mut(id)?;
        Ok((udp.queued_bytes, udp.queue.len()))
    }
}
