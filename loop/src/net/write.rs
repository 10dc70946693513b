//! Writing: at once as far as the socket takes it, the rest from a queue in the order of the calls.

use std::io::{self, IoSlice};

use mio::Interest;

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::net::Payload;
use crate::net::connect::Connecting;
use crate::net::stream::Stream;
use crate::sys::{self, Descriptor};
use crate::{Core, Event, EventLoop};

/// Buffers handed to the system in one call.
const SLICES_PER_WRITE: usize = 64;
/// Buffers of one write that go to the system past the empty queue.
const SLICES_AT_ONCE: usize = 16;
/// Calls for one stream in one turn.
const WRITES_PER_TURN: u32 = 32;

pub(crate) struct WriteRequest {
    tag: u64,
    payload: Payload,
    /// Bytes of the payload that are out.
    sent: usize,
    /// The last of the payloads that were written under this tag.
    last: bool,
    /// Goes with the first byte.
    descriptor: Option<Descriptor>,
}

impl WriteRequest {
    fn rest(&self) -> &[u8] {
        self.payload.as_ref().get(self.sent..).unwrap_or_default()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShutdownState {
    No,
    /// Waiting for the queue.
    Asked,
    Done,
}

impl ShutdownState {
    pub(crate) fn is_under_way(self) -> bool {
        self == ShutdownState::Asked
    }
}

/// How far a write has come without the queue.
enum AtOnce {
    Done,
    Sent(usize),
    Failed(io::Error),
}

impl Stream {
    fn try_write(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.is_connecting() || !self.queue.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        if !self.open_for_writing {
            return Err(io::Error::from_raw_os_error(sys::EPIPE));
        }
        self.send(buffers)
    }

    fn send(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let Some(io) = &self.io else {
            return Err(LoopError::BadHandle.into());
        };
        loop {
            match io.write(buffers) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.writable = false;
                    return Err(error);
                }
                result => return result,
            }
        }
    }

    /// Writes past the empty queue, so that what the system takes as a whole is never queued.
    fn write_at_once(&mut self, payloads: &[Payload], tag: u64) -> AtOnce {
        let may_send = self.queue.is_empty() && self.writable && !self.is_connecting();
        if !may_send || payloads.len() > SLICES_AT_ONCE {
            return AtOnce::Sent(0);
        }
        let mut slices = [IoSlice::new(&[]); SLICES_AT_ONCE];
        let mut length = 0;
        for (slice, payload) in slices.iter_mut().zip(payloads) {
            *slice = IoSlice::new(payload.as_ref());
            length += slice.len();
        }
        match self.send(&slices[..payloads.len()]) {
            Ok(count) if count == length => {
                self.completed.push_back((tag, Ok(())));
                AtOnce::Done
            }
            Ok(count) => AtOnce::Sent(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => AtOnce::Sent(0),
            Err(error) => AtOnce::Failed(error),
        }
    }

    /// Sends from the queue; `true` if there is more to send that needn't wait for the socket.
    fn flush(&mut self) -> bool {
        for _ in 0..WRITES_PER_TURN {
            if self.queue.is_empty() || !self.writable || self.is_connecting() {
                return false;
            }
            let Some(io) = &self.io else {
                return false;
            };
            let mut slices = [IoSlice::new(&[]); SLICES_PER_WRITE];
            let mut used = 0;
            for (slice, request) in slices.iter_mut().zip(&self.queue) {
                // A descriptor goes with the first bytes of a call.
                if used > 0 && request.descriptor.is_some() {
                    break;
                }
                *slice = IoSlice::new(request.rest());
                used += 1;
            }
            let result = match self
                .queue
                .front()
                .and_then(|first| first.descriptor.as_ref())
            {
                Some(descriptor) => io.write_with(&slices[..used], descriptor),
                None => io.write(&slices[..used]),
            };
            match result {
                Ok(count) => {
                    if let Some(first) = self.queue.front_mut() {
                        first.descriptor = None;
                    }
                    self.sent(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(error) => self.fail_first(error),
            }
        }
        !self.queue.is_empty() && self.writable
    }

    /// Takes `count` bytes off the queue, and every request that is out.
    fn sent(&mut self, mut count: usize) {
        self.queued_bytes -= count;
        while let Some(request) = self.queue.front_mut() {
            let rest = request.rest().len();
            if rest > count {
                request.sent += count;
                return;
            }
            count -= rest;
            if request.last {
                self.completed.push_back((request.tag, Ok(())));
            }
            self.queue.pop_front();
        }
    }

    /// Fails the request at the head of the queue, with all of its payloads.
    fn fail_first(&mut self, error: io::Error) {
        let mut error = Some(error);
        while let Some(request) = self.queue.pop_front() {
            self.queued_bytes -= request.rest().len();
            if request.last {
                let error = error.take().unwrap_or_else(canceled);
                self.completed.push_back((request.tag, Err(error)));
                return;
            }
        }
    }

    pub(super) fn cancel_writes(&mut self) {
        while !self.queue.is_empty() {
            self.fail_first(canceled());
        }
    }
}

fn canceled() -> io::Error {
    io::Error::from_raw_os_error(sys::ECANCELED)
}

impl Core {
    /// Sends what is queued as far as it goes, and sees to it that the rest is sent later.
    pub(super) fn flush(&mut self, id: HandleId) {
        let Ok(stream) = self.stream_mut(id) else {
            return;
        };
        if stream.queue.is_empty() {
            return;
        }
        if stream.flush() {
            self.make_ready(id);
        } else if !stream.queue.is_empty() && !stream.is_connecting() {
            self.watch_writable(id);
        }
    }

    fn watch_writable(&mut self, id: HandleId) {
        if let Err(error) = self.watch_stream(id, Interest::WRITABLE)
            && let Ok(stream) = self.stream_mut(id)
        {
            // A stream that can't be watched can't be waited for.
            stream.fail_first(error);
            stream.cancel_writes();
            self.make_pending(id);
        }
    }

    fn write(&mut self, id: HandleId, payloads: Vec<Payload>, tag: u64) -> io::Result<()> {
        let stream = self.stream_mut(id)?;
        if !stream.open_for_writing {
            return Err(io::Error::from_raw_os_error(sys::EPIPE));
        }
        let was_empty = stream.queue.is_empty();
        let at_once = stream.write_at_once(&payloads, tag);
        if !matches!(at_once, AtOnce::Done) {
            let count = payloads.len();
            if count == 0 {
                stream.enqueue(Payload::Static(&[]), tag, true, None);
            }
            for (at, payload) in payloads.into_iter().enumerate() {
                stream.enqueue(payload, tag, at + 1 == count, None);
            }
        }
        self.after_enqueueing(id, was_empty, at_once);
        Ok(())
    }

    pub(super) fn write_one(
        &mut self,
        id: HandleId,
        payload: Payload,
        tag: u64,
        descriptor: Option<Descriptor>,
    ) -> io::Result<()> {
        let stream = self.stream_mut(id)?;
        if !stream.open_for_writing {
            return Err(io::Error::from_raw_os_error(sys::EPIPE));
        }
        let was_empty = stream.queue.is_empty();
        let at_once = match descriptor {
            None => stream.write_at_once(std::slice::from_ref(&payload), tag),
            Some(_) => AtOnce::Sent(0),
        };
        if !matches!(at_once, AtOnce::Done) {
            stream.enqueue(payload, tag, true, descriptor);
        }
        self.after_enqueueing(id, was_empty, at_once);
        Ok(())
    }

    /// A write has begun: what hasn't gone at once is in the queue, and is sent from there if it is at its head.
    fn after_enqueueing(&mut self, id: HandleId, was_empty: bool, at_once: AtOnce) {
        self.requests += 1;
        let Ok(stream) = self.stream_mut(id) else {
            return;
        };
        match at_once {
            AtOnce::Done => return self.make_pending(id),
            AtOnce::Sent(0) => {}
            AtOnce::Sent(count) => stream.sent(count),
            AtOnce::Failed(error) => stream.fail_first(error),
        }
        if was_empty {
            self.flush(id);
        }
        if let Ok(stream) = self.stream_mut(id)
            && !stream.completed.is_empty()
        {
            self.make_pending(id);
        }
    }

    /// The next completed write.
    pub(super) fn completion(&mut self, id: HandleId) -> Option<Event> {
        let (tag, result) = self.stream_mut(id).ok()?.completed.pop_front()?;
        self.requests -= 1;
        Some(Event::Wrote { id, tag, result })
    }

    /// Shuts down, if that has been asked and all writes are out and announced.
    pub(super) fn finish_shutdown(&mut self, id: HandleId) -> Option<Event> {
        let Kind::Stream(stream) = &mut self.handles.open_mut(id).ok()?.kind else {
            return None;
        };
        let due = stream.shutdown.is_under_way()
            && stream.queue.is_empty()
            && stream.completed.is_empty()
            && !stream.is_connecting();
        if !due {
            return None;
        }
        stream.shutdown = ShutdownState::Done;
        let result = match &mut stream.io {
            Some(io) => io.shutdown_write(&self.shared, id),
            None => Err(io::Error::from_raw_os_error(sys::ENOTCONN)),
        };
        self.requests -= 1;
        Some(Event::Shutdown { id, result })
    }

    /// In the closing phase: the next request that the closing has ended.
    pub(crate) fn cancelled_request(&mut self, id: HandleId) -> Option<Event> {
        let stream = match &mut self.handles.get_mut(id).ok()?.kind {
            Kind::Stream(stream) => stream,
            Kind::Udp(udp) => {
                let (tag, result) = udp.cancelled()?;
                self.requests -= 1;
                return Some(Event::Wrote { id, tag, result });
            }
            _ => return None,
        };
        if !matches!(stream.connecting, Connecting::No) {
            stream.connecting = Connecting::No;
            self.requests -= 1;
            let result = Err(canceled());
            return Some(Event::Connected { id, result });
        }
        stream.cancel_writes();
        if let Some((tag, result)) = stream.completed.pop_front() {
            self.requests -= 1;
            return Some(Event::Wrote { id, tag, result });
        }
        if stream.shutdown.is_under_way() {
            stream.shutdown = ShutdownState::Done;
            self.requests -= 1;
            let result = Err(canceled());
            return Some(Event::Shutdown { id, result });
        }
        None
    }
}

impl Stream {
    fn enqueue(&mut self, payload: Payload, tag: u64, last: bool, descriptor: Option<Descriptor>) {
        self.queued_bytes += payload.as_ref().len();
        self.queue.push_back(WriteRequest {
            tag,
            payload,
            sent: 0,
            last,
            descriptor,
        });
    }
}

/// # Writing
impl EventLoop {
    /// Writes as much as the socket takes right now, and says how much that was.
    ///
    /// # Errors
    /// `WouldBlock` if it takes nothing, or if writes are queued before this one.
    pub fn try_write(&self, id: HandleId, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.core.borrow_mut().stream_mut(id)?.try_write(buffers)
    }

    /// Writes all of `payload`, after what is queued. [`Event::Wrote`] with this `tag` tells the end of it, never before
    /// the next turn's pending phase.
    ///
    /// # Errors
    /// `EPIPE` after `shutdown`; then there is no event.
    pub fn write(&self, id: HandleId, payload: impl Into<Payload>, tag: u64) -> io::Result<()> {
        self.core
            .borrow_mut()
            .write_one(id, payload.into(), tag, None)
    }

    /// [`write`](Self::write) to a Unix-domain socket, with a descriptor that the peer gets with the first byte of the
    /// payload (see [`read_with_descriptors`](Self::read_with_descriptors)).
    ///
    /// # Errors
    /// `EINVAL` for an empty payload, which would take no descriptor along; `EPIPE` after `shutdown`. On another kind of
    /// stream the write ends with an error.
    #[cfg(unix)]
    pub fn write_with_descriptor(
        &self,
        id: HandleId,
        payload: impl Into<Payload>,
        descriptor: std::os::fd::OwnedFd,
        tag: u64,
    ) -> io::Result<()> {
        let payload = payload.into();
        if payload.as_ref().is_empty() {
            return Err(LoopError::Invalid.into());
        }
        self.core
            .borrow_mut()
            .write_one(id, payload, tag, Some(descriptor))
    }

    /// [`write`](Self::write) for several payloads in a row with one event for all.
    pub fn write_all(&self, id: HandleId, payloads: Vec<Payload>, tag: u64) -> io::Result<()> {
        self.core.borrow_mut().write(id, payloads, tag)
    }

    /// Bytes queued and not yet taken by the system.
    pub fn write_queue_size(&self, id: HandleId) -> Result<usize, LoopError> {
        Ok(self.core.borrow_mut().stream_mut(id)?.queued_bytes)
    }

    /// Shuts down the writing half once all queued writes are out; [`Event::Shutdown`] tells the end of it.
    ///
    /// # Windows
    /// A named pipe has no halves. As in libuv, it ends for both sides once nothing has come in for 50 milliseconds, as long
    /// as it is being read; what comes in before that is read, then the end. One that isn't read ends when it is closed.
    ///
    /// # Errors
    /// `ENOTCONN` if that has been asked already.
    pub fn shutdown(&self, id: HandleId) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        let stream = core.stream_mut(id)?;
        if !stream.open_for_writing {
            return Err(io::Error::from_raw_os_error(sys::ENOTCONN));
        }
        stream.open_for_writing = false;
        stream.shutdown = ShutdownState::Asked;
        let idle = stream.queue.is_empty() && !stream.is_connecting();
        core.requests += 1;
        if idle {
            core.make_pending(id);
        }
        Ok(())
    }
}
