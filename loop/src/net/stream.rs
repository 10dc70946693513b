//! Streams: connecting, reading, and the bookkeeping that turns edge-triggered readiness into announcements.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use mio::{Interest, Registry};
use socket2::{Domain, Protocol, Socket, Type};

use crate::error::LoopError;
use crate::event::ReadResult;
use crate::handle::{HandleId, Kind};
use crate::net::ConnectOptions;
use crate::net::write::{ShutdownState, WriteRequest};
use crate::phases::Step;
use crate::sys::{self, Io};
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

pub(crate) enum Connecting {
    /// It was never to be, or is over.
    No,
    InProgress,
    /// It failed on the spot, and the pending phase will say so.
    Failed(io::Error),
}

pub(crate) struct Stream {
    /// `None` once closed, or if it never came to a socket.
    pub(super) io: Option<Io>,
    registered: Option<Interest>,
    pub(super) connecting: Connecting,
    /// Reads may find something. Stays set after a hang-up, also while nobody reads.
    readable: bool,
    /// The peer has hung up, so a short read doesn't mean that the next would block.
    hung_up: bool,
    reading: bool,
    short_read_drains: bool,
    /// Writes may get on.
    pub(super) writable: bool,
    /// Writes are allowed: connected or connecting, and not shut down.
    pub(super) open_for_writing: bool,
    pub(super) queue: VecDeque<WriteRequest>,
    pub(super) queued_bytes: usize,
    pub(super) completed: VecDeque<(u64, io::Result<()>)>,
    pub(super) shutdown: ShutdownState,
}

impl Stream {
    fn new(io: Option<Io>) -> Self {
        Self {
            short_read_drains: sys::SHORT_READ_DRAINS && io.as_ref().is_some_and(Io::is_tcp),
            io,
            registered: None,
            connecting: Connecting::No,
            readable: false,
            hung_up: false,
            reading: false,
            writable: true,
            open_for_writing: true,
            queue: VecDeque::new(),
            queued_bytes: 0,
            completed: VecDeque::new(),
            shutdown: ShutdownState::No,
        }
    }

    pub(crate) fn connected(io: Io) -> Self {
        Self::new(Some(io))
    }

    pub(crate) fn io(&self) -> io::Result<&Io> {
        self.io.as_ref().ok_or_else(|| LoopError::BadHandle.into())
    }

    /// Remembers what poll saw.
    pub(crate) fn note(&mut self, event: &mio::event::Event) {
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            self.readable = true;
        }
        if event.is_read_closed() || event.is_error() {
            self.hung_up = true;
        }
        if event.is_writable() || event.is_write_closed() || event.is_error() {
            self.writable = true;
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

    fn take_io(&mut self, registry: &Registry) -> Option<Io> {
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
        self.hung_up = true;
    }

    #[inline]
    fn read(
        &mut self,
        buffer: &mut [u8],
        mut read: impl FnMut(&Io, &mut [u8]) -> io::Result<usize>,
    ) -> ReadResult {
        let Some(io) = &self.io else {
            return ReadResult::Err(LoopError::BadHandle.into());
        };
        if self.is_connecting() {
            return ReadResult::Err(io::Error::from_raw_os_error(sys::ENOTCONN));
        }
        if buffer.is_empty() {
            return ReadResult::Err(LoopError::Invalid.into());
        }
        loop {
            match read(io, buffer) {
                Ok(0) => {
                    self.end_reading();
                    return ReadResult::Eof;
                }
                Ok(count) => {
                    if count < buffer.len() && self.short_read_drains && !self.hung_up {
                        self.readable = false;
                    }
                    return ReadResult::Data(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.readable = false;
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
    pub(super) fn stream_mut(&mut self, id: HandleId) -> Result<&mut Stream, LoopError> {
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

    /// Adds a stream whose connecting has begun, or has failed.
    fn add_connecting(&mut self, io: io::Result<Io>) -> Result<HandleId, LoopError> {
        let (io, failure) = match io {
            Ok(io) => (Some(io), None),
            Err(error) => (None, Some(error)),
        };
        let mut stream = Box::new(Stream::new(io));
        stream.connecting = Connecting::InProgress;
        stream.writable = false;
        let id = self.handles.insert(Kind::Stream(stream))?;
        self.requests += 1;
        let failure = match failure {
            Some(error) => Some(error),
            None => self
                .watch_stream(id, Interest::READABLE | Interest::WRITABLE)
                .err(),
        };
        if let Some(error) = failure {
            self.stream_mut(id)?.connecting = Connecting::Failed(error);
            self.make_pending(id);
        }
        Ok(id)
    }

    /// Ends connecting, if it is over.
    fn finish_connecting(&mut self, id: HandleId) -> Option<Event> {
        let stream = self.stream_mut(id).ok()?;
        let result = match std::mem::replace(&mut stream.connecting, Connecting::No) {
            Connecting::No => return None,
            Connecting::Failed(error) => Err(error),
            Connecting::InProgress => match stream.io.as_ref().map(Io::connected) {
                Some(Ok(true)) => Ok(()),
                Some(Err(error)) => Err(error),
                Some(Ok(false)) | None => {
                    stream.connecting = Connecting::InProgress;
                    stream.writable = false;
                    return None;
                }
            },
        };
        if result.is_err() {
            stream.open_for_writing = false;
            stream.cancel_writes();
        }
        self.requests -= 1;
        self.current = Some((id, Step::Flush));
        Some(Event::Connected { id, result })
    }

    pub(crate) fn stream_step(&mut self, id: HandleId, mut step: Step) -> Option<Event> {
        loop {
            let stream = self.stream_mut(id).ok()?;
            step = match step {
                Step::Announce | Step::Pending if stream.is_connecting() => {
                    let failed = matches!(stream.connecting, Connecting::Failed(_));
                    if !stream.writable && !failed {
                        return None;
                    }
                    return self.finish_connecting(id);
                }
                Step::Announce if stream.readable && stream.reading => {
                    self.current = Some((id, Step::Announced));
                    return Some(Event::Readable(id));
                }
                Step::Announced if stream.readable && stream.reading => {
                    self.make_ready(id);
                    Step::Flush
                }
                Step::Announce | Step::Announced | Step::Pending => Step::Flush,
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
        let readable = stream.readable;
        self.handles.activate(id);
        if readable {
            self.make_ready(id);
        }
        Ok(())
    }

    #[inline]
    fn read(
        &mut self,
        id: HandleId,
        buffer: &mut [u8],
        read: impl FnMut(&Io, &mut [u8]) -> io::Result<usize>,
    ) -> ReadResult {
        let stream = match self.stream_mut(id) {
            Ok(stream) => stream,
            Err(error) => return ReadResult::Err(error.into()),
        };
        let result = stream.read(buffer, read);
        if matches!(result, ReadResult::Eof | ReadResult::Err(_)) && !stream.reading {
            self.handles.deactivate(id);
        }
        result
    }

    /// The number of the descriptor behind a stream or listener.
    pub(crate) fn descriptor_of(&mut self, id: HandleId) -> io::Result<i32> {
        match &self.handles.open_mut(id)?.kind {
            Kind::Stream(stream) => stream.io()?.raw_fd(),
            Kind::Listener(listener) => listener.io()?.raw_fd(),
            Kind::Udp(udp) => sys::udp_descriptor(udp.io()?),
            _ => Err(LoopError::WrongKind.into()),
        }
    }

    pub(crate) fn adopt(&mut self, io: Io) -> io::Result<HandleId> {
        let stream = Box::new(Stream::connected(io));
        Ok(self.handles.insert(Kind::Stream(stream))?)
    }
}

/// # Streams
impl EventLoop {
    /// Begins to connect; [`Event::Connected`] tells how it went. What fails on the spot is reported there too.
    pub fn tcp_connect(
        &self,
        address: SocketAddr,
        options: &ConnectOptions,
    ) -> Result<HandleId, LoopError> {
        let io = tcp_connect_socket(address, options).map(Io::from_tcp_socket);
        self.core.borrow_mut().add_connecting(io)
    }

    /// Begins to connect to a Unix-domain socket; [`Event::Connected`] tells how it went.
    pub fn pipe_connect(&self, path: &Path) -> Result<HandleId, LoopError> {
        let io = Io::connect_unix(path);
        self.core.borrow_mut().add_connecting(io)
    }

    /// Takes over a descriptor of a connected socket, a pipe, a terminal or a character device.
    ///
    /// It is made non-blocking, which whoever shares the open file sees too; except for a terminal, which is opened anew.
    #[cfg(unix)]
    pub fn open_fd(&self, fd: std::os::fd::OwnedFd) -> io::Result<HandleId> {
        let io = Io::from_fd(fd)?;
        self.core.borrow_mut().adopt(io)
    }

    /// Gives the descriptor of a stream, a listener or a UDP socket away and closes the handle. Queued writes are cancelled; a
    /// listener's name in the file system stays.
    #[cfg(unix)]
    pub fn detach(&self, id: HandleId) -> io::Result<std::os::fd::OwnedFd> {
        let mut core = self.core.borrow_mut();
        let core = &mut *core;
        let registry = core.poll.registry();
        let fd = match &mut core.handles.open_mut(id)?.kind {
            Kind::Stream(stream) => stream.take_io(registry).map(|io| Ok(io.into_fd())),
            Kind::Listener(listener) => listener.take_io(registry).map(sys::ListenerIo::into_fd),
            Kind::Udp(udp) => udp.take_io(registry).map(|io| Ok(io.into())),
            _ => return Err(LoopError::WrongKind.into()),
        };
        core.close(id)?;
        fd.unwrap_or_else(|| Err(LoopError::BadHandle.into()))
    }

    /// The descriptor behind a stream, a listener or a UDP socket, which stays the loop's.
    #[cfg(unix)]
    pub fn raw_fd(&self, id: HandleId) -> io::Result<std::os::fd::RawFd> {
        self.core.borrow_mut().descriptor_of(id)
    }

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

    /// Begins to announce what comes in: [`Event::Readable`] once in each turn, as long as there is something.
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

    /// Reads once from the socket straight into `buffer`.
    ///
    /// The end and errors stop reading, so that the handle doesn't keep the loop alive on account of it.
    pub fn read(&self, id: HandleId, buffer: &mut [u8]) -> ReadResult {
        self.core.borrow_mut().read(id, buffer, Io::read)
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
        let read = |io: &Io, buffer: &mut [u8]| io.read_with(buffer, descriptors);
        self.core.borrow_mut().read(id, buffer, read)
    }

    /// The address of a TCP stream's peer.
    pub fn peer_addr(&self, id: HandleId) -> io::Result<SocketAddr> {
        self.core.borrow_mut().stream_mut(id)?.io()?.peer_addr()
    }

    /// Sends small writes at once (`TCP_NODELAY`).
    pub fn set_nodelay(&self, id: HandleId, on: bool) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        core.stream_mut(id)?.io()?.socket().set_tcp_nodelay(on)
    }

    /// Probes an idle TCP connection after `idle`, then each second, ten times; `None` turns probing off.
    pub fn set_keepalive(&self, id: HandleId, idle: Option<Duration>) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        let socket = core.stream_mut(id)?.io()?.socket();
        let Some(idle) = idle else {
            return socket.set_keepalive(false);
        };
        if idle < Duration::from_secs(1) {
            return Err(LoopError::Invalid.into());
        }
        let probes = socket2::TcpKeepalive::new()
            .with_time(idle)
            .with_interval(Duration::from_secs(1));
        #[cfg(unix)]
        let probes = probes.with_retries(10);
        socket.set_tcp_keepalive(&probes)
    }

    /// Closes the handle, and the connection with a reset instead of an orderly end.
    ///
    /// # Errors
    /// [`LoopError::Invalid`] if a shutdown is under way.
    pub fn tcp_close_reset(&self, id: HandleId) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        let stream = core.stream_mut(id)?;
        if stream.shutdown.is_under_way() {
            return Err(LoopError::Invalid.into());
        }
        if let Some(io) = &stream.io {
            io.socket().set_linger(Some(Duration::ZERO))?;
        }
        Ok(core.close(id)?)
    }
}

fn tcp_connect_socket(address: SocketAddr, options: &ConnectOptions) -> io::Result<Socket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_nonblocking(true)?;
    if let Some(local) = options.local {
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&local.into())?;
    }
    match socket.connect(&address.into()) {
        Err(error) if !sys::is_in_progress(&error) => Err(error),
        _ => Ok(socket),
    }
}
