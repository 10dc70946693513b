//! Streams: reading, and the bookkeeping that turns edge-triggered readiness into announcements.

use std::collections::VecDeque;
use std::io;
use std::mem::MaybeUninit;

use mio::{Interest, Registry};

use crate::error::LoopError;
use crate::event::ReadResult;
use crate::handle::{HandleId, Kind};
use crate::net::connect::Connecting;
use crate::net::write::{ShutdownState, WriteRequest};
use crate::phases::Step;
use crate::sys::{self, Io, Received};
use crate::{Core, Event, EventLoop};

/// What is behind a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StreamKind {
    /// A TCP socket.
    Tcp,
    /// A Unix-domain socket, a pipe, or a character device.
    Pipe,
    /// A terminal.
    Tty,
}

pub(crate) struct Stream {
    /// `None` once closed, or if it never came to a socket.
    pub(super) io: Option<Io>,
    registered: Option<Interest>,
    pub(super) connecting: Connecting,
    /// Reads may find something. Stays set after a hang-up, also while nobody reads.
    readable: bool,
    /// A read has found the end of what was there, and poll has reported nothing since.
    drained: bool,
    /// The peer has hung up, so a short read doesn't mean that the next would block.
    hung_up: bool,
    reading: bool,
    /// Writes may get on.
    pub(super) writable: bool,
    /// Writes are allowed: connected or connecting, and not shut down.
    pub(super) open_for_writing: bool,
    pub(super) queue: VecDeque<WriteRequest>,
    pub(super) queued_bytes: usize,
    pub(super) completed: VecDeque<(u64, io::Result<()>)>,
    pub(super) shutdown: ShutdownState,
    /// The last read has filled its buffer.
    filled: bool,
    /// How often bytes may still be announced in this turn.
    reads_left: u32,
}

/// Reads of one stream in one turn at most, as in libuv: what comes in faster than it is read waits for the others then.
const READS_PER_TURN: u32 = 32;

impl Stream {
    pub(super) fn new(io: Option<Io>) -> Self {
        Self {
            io,
            registered: None,
            connecting: Connecting::No,
            readable: false,
            drained: false,
            hung_up: false,
            reading: false,
            writable: true,
            open_for_writing: true,
            queue: VecDeque::new(),
            queued_bytes: 0,
            completed: VecDeque::new(),
            shutdown: ShutdownState::No,
            filled: false,
            reads_left: 0,
        }
    }

    /// The last read of this turn has filled its buffer: there may be more, which the processor has at hand still.
    fn is_filling(&self) -> bool {
        self.filled && self.reads_left > 0 && self.readable && self.reading
    }

    pub(crate) fn connected(io: Io) -> Self {
        Self::new(Some(io))
    }

    pub(crate) fn io(&self) -> io::Result<&Io> {
        self.io.as_ref().ok_or_else(|| LoopError::BadHandle.into())
    }

    pub(crate) fn io_mut(&mut self) -> io::Result<&mut Io> {
        self.io.as_mut().ok_or_else(|| LoopError::BadHandle.into())
    }

    /// Remembers what poll saw.
    pub(crate) fn note(&mut self, event: &mio::event::Event) {
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            self.readable = true;
            self.drained = false;
        }
        if event.is_read_closed() || event.is_error() {
            self.hung_up = true;
        }
        if event.is_writable() || event.is_write_closed() || event.is_error() {
            self.writable = true;
        }
    }

    /// There is nothing to announce, to send or to end.
    fn is_quiet(&self) -> bool {
        !(self.readable && self.reading)
            && self.queue.is_empty()
            && self.completed.is_empty()
            && !self.shutdown.is_under_way()
            && !self.is_connecting()
    }

    /// A thread of `sys` has news for this stream.
    pub(crate) fn nudged(&mut self) {
        self.writable = true;
        if let Some(io) = &mut self.io
            && self.reading
            && !self.readable
            && io.has_news()
        {
            self.readable = true;
            self.drained = false;
        }
    }

    pub(super) fn is_connecting(&self) -> bool {
        !matches!(self.connecting, Connecting::No)
    }

    /// Makes sure that poll watches for `interest`. What is there already counts as news.
    pub(super) fn watch(
        &mut self,
        registry: &Registry,
        id: HandleId,
        interest: Interest,
    ) -> io::Result<()> {
        let Some(io) = &mut self.io else {
            return Ok(());
        };
        match self.registered {
            None => io.register(registry, id.token(), interest)?,
            Some(old) if (old | interest) == old => return Ok(()),
            Some(old) => io.reregister(registry, id.token(), old | interest)?,
        }
        self.registered = Some(self.registered.map_or(interest, |old| old | interest));
        Ok(())
    }

    pub(crate) fn close(&mut self, registry: &Registry) {
        drop(self.take_io(registry));
    }

    pub(super) fn take_io(&mut self, registry: &Registry) -> Option<Io> {
        let mut io = self.io.take()?;
        if self.registered.take().is_some() {
            let _ = io.deregister(registry);
        }
        self.reading = false;
        Some(io)
    }

    /// Reading has come to an end, which a later `read_start` finds again.
    fn end_reading(&mut self) {
        self.reading = false;
        self.readable = true;
        self.drained = false;
        self.hung_up = true;
    }

    /// Nothing is left to read; poll tells when there is, if it watches.
    fn drain(&mut self) {
        self.readable = false;
        self.drained = self.registered.is_some_and(Interest::is_readable);
    }

    #[inline]
    fn read(
        &mut self,
        room: usize,
        mut read: impl FnMut(&Io) -> io::Result<Received>,
    ) -> ReadResult {
        let Some(io) = &self.io else {
            return ReadResult::Err(LoopError::BadHandle.into());
        };
        if self.is_connecting() {
            return ReadResult::Err(io::Error::from_raw_os_error(sys::ENOTCONN));
        }
        if room == 0 {
            return ReadResult::Err(LoopError::Invalid.into());
        }
        if self.drained {
            return ReadResult::WouldBlock;
        }
        loop {
            match read(io) {
                Ok(Received { count: 0, .. }) => {
                    self.end_reading();
                    return ReadResult::Eof;
                }
                Ok(Received { count, drained }) => {
                    self.filled = count == room;
                    if drained && !self.hung_up {
                        self.drain();
                    }
                    return ReadResult::Data(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.drain();
                    return ReadResult::WouldBlock;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.end_reading();
                    return ReadResult::Err(error);
                }
            }
        }
    }
}

impl Core {
    pub(crate) fn stream_mut(&mut self, id: HandleId) -> Result<&mut Stream, LoopError> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Stream(stream) => Ok(stream),
            _ => Err(LoopError::WrongKind),
        }
    }

    pub(super) fn watch_stream(&mut self, id: HandleId, interest: Interest) -> io::Result<()> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Stream(stream) => stream.watch(self.poll.registry(), id, interest),
            _ => Err(LoopError::WrongKind.into()),
        }
    }

    fn announce_bytes(&mut self, id: HandleId) -> Event {
        if let Ok(stream) = self.stream_mut(id) {
            stream.filled = false;
            stream.reads_left -= 1;
        }
        self.current = Some((id, Step::Announced));
        Event::Readable(id)
    }

    pub(crate) fn stream_step(&mut self, id: HandleId, mut step: Step) -> Option<Event> {
        loop {
            let stream = self.stream_mut(id).ok()?;
            if stream.is_quiet() {
                return None;
            }
            step = match step {
                Step::Announce | Step::Pending if stream.is_connecting() => {
                    let failed = matches!(stream.connecting, Connecting::Failed(_));
                    if !stream.writable && !failed {
                        return None;
                    }
                    return self.finish_connecting(id);
                }
                Step::Announce if stream.readable && stream.reading => {
                    stream.reads_left = READS_PER_TURN;
                    return Some(self.announce_bytes(id));
                }
                Step::Announced if stream.is_filling() => {
                    return Some(self.announce_bytes(id));
                }
                Step::Announced if stream.readable && stream.reading => {
                    self.make_ready(id);
                    Step::Flush
                }
                Step::Announce | Step::Announced | Step::Pending => Step::Flush,
                Step::Flush if stream.queue.is_empty() => Step::Completions {
                    left: stream.completed.len(),
                },
                Step::Flush => {
                    self.flush(id);
                    let left = self.stream_mut(id).ok()?.completed.len();
                    Step::Completions { left }
                }
                Step::Completions { left: 0 } => {
                    self.current = Some((id, Step::Done));
                    return self.finish_shutdown(id);
                }
                Step::Completions { left } => {
                    let left = left - 1;
                    self.current = Some((id, Step::Completions { left }));
                    return self.completion(id);
                }
                Step::Closing | Step::Done => return None,
            };
        }
    }

    fn read_start(&mut self, id: HandleId) -> io::Result<()> {
        let stream = self.stream_mut(id)?;
        if stream.reading {
            return Ok(());
        }
        if stream.is_connecting() {
            return Err(io::Error::from_raw_os_error(sys::ENOTCONN));
        }
        self.watch_stream(id, Interest::READABLE)?;
        let stream = self.stream_mut(id)?;
        stream.reading = true;
        if stream.io.as_ref().is_some_and(Io::has_unannounced) {
            stream.readable = true;
            stream.drained = false;
        }
        let readable = stream.readable;
        self.handles.activate(id);
        if readable {
            self.make_ready(id);
        }
        Ok(())
    }

    #[inline]
    pub(super) fn read(
        &mut self,
        id: HandleId,
        room: usize,
        read: impl FnMut(&Io) -> io::Result<Received>,
    ) -> ReadResult {
        let stream = match self.stream_mut(id) {
            Ok(stream) => stream,
            Err(error) => return ReadResult::Err(error.into()),
        };
        let result = stream.read(room, read);
        if matches!(result, ReadResult::Eof | ReadResult::Err(_)) && !stream.reading {
            self.handles.deactivate(id);
        }
        result
    }
}

/// # Streams
impl EventLoop {
    /// What is behind the stream.
    pub fn stream_kind(&self, id: HandleId) -> io::Result<StreamKind> {
        let mut core = self.core.borrow_mut();
        let io = core.stream_mut(id)?.io()?;
        Ok(if io.is_tcp() {
            StreamKind::Tcp
        } else if io.is_tty() {
            StreamKind::Tty
        } else {
            StreamKind::Pipe
        })
    }

    /// Begins to announce what comes in: [`Event::Readable`] in each turn, as long as there is something. While reads fill the
    /// buffers that they are given, one turn announces it up to 32 times, as libuv does: what a peer sends meanwhile is read while
    /// the processor has it at hand.
    pub fn read_start(&self, id: HandleId) -> io::Result<()> {
        self.core.borrow_mut().read_start(id)
    }

    /// Announces nothing any more. What comes in meanwhile is announced after the next `read_start`.
    pub fn read_stop(&self, id: HandleId) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        core.stream_mut(id)?.reading = false;
        core.handles.deactivate(id);
        Ok(())
    }

    /// Reads once from the socket straight into `buffer`. Where the last read has found that there is no more, this asks
    /// the system again only after poll has reported news.
    ///
    /// The end and errors stop reading, so that the handle doesn't keep the loop alive on account of it.
    pub fn read(&self, id: HandleId, buffer: &mut [u8]) -> ReadResult {
        let mut core = self.core.borrow_mut();
        core.read(id, buffer.len(), |io| io.read(buffer))
    }

    /// [`read`](Self::read) into memory that may never have been written to: so many bytes at its front as were read are
    /// initialised then.
    pub fn read_uninit(&self, id: HandleId, buffer: &mut [MaybeUninit<u8>]) -> ReadResult {
        let mut core = self.core.borrow_mut();
        core.read(id, buffer.len(), |io| io.read_uninit(buffer))
    }

    /// [`read`](Self::read) from a Unix-domain socket; the descriptors that come with the bytes are added to
    /// `descriptors`. Plain reads drop them.
    #[cfg(unix)]
    pub fn read_with_descriptors(
        &self,
        id: HandleId,
        buffer: &mut [u8],
        descriptors: &mut Vec<std::os::fd::OwnedFd>,
    ) -> ReadResult {
        let mut core = self.core.borrow_mut();
        core.read(id, buffer.len(), |io| io.read_with(buffer, descriptors))
    }
}
