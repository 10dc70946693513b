//! Connecting: begun here, watched until the system has an answer, announced once.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use mio::Interest;
use socket2::{Domain, Protocol, Socket, Type};

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::net::{ConnectOptions, Stream};
use crate::phases::Step;
use crate::sys::{self, Io};
use crate::{Core, Event, EventLoop};

pub(crate) enum Connecting {
    /// It was never to be, or is over.
    No,
    InProgress,
    /// It failed on the spot, and the pending phase will say so.
    Failed(io::Error),
}

impl Core {
    /// Adds a stream whose connecting has begun, or has failed.
    pub(super) fn add_connecting(&mut self, io: io::Result<Io>) -> Result<HandleId, LoopError> {
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
    pub(super) fn finish_connecting(&mut self, id: HandleId) -> Option<Event> {
        let stream = self.stream_mut(id).ok()?;
        let result = match std::mem::replace(&mut stream.connecting, Connecting::No) {
            Connecting::No => return None,
            Connecting::Failed(error) => Err(error),
            Connecting::InProgress => match stream.io.as_mut().map(Io::connected) {
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
}

/// # Connecting
impl EventLoop {
    /// Begins to connect; [`Event::Connected`] tells how it went. What fails on the spot is reported there too.
    pub fn tcp_connect(
        &self,
        address: SocketAddr,
        options: &ConnectOptions,
    ) -> Result<HandleId, LoopError> {
        let io =
            tcp_connect_socket(address, options).map(|socket| Io::from_new_socket(socket, false));
        self.core.borrow_mut().add_connecting(io)
    }

    /// Begins to connect to a Unix-domain socket, or on Windows to a named pipe (`\\\\.\\pipe\\…`); [`Event::Connected`] tells how it
    /// went.
    ///
    /// Where all instances of a named pipe are taken, a thread waits for one, for at most 30 seconds.
    pub fn pipe_connect(&self, path: &Path) -> Result<HandleId, LoopError> {
        let mut core = self.core.borrow_mut();
        let io = Io::connect_unix(path, &core.shared);
        core.add_connecting(io)
    }
}

fn tcp_connect_socket(address: SocketAddr, options: &ConnectOptions) -> io::Result<Socket> {
    let socket = sys::socket(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
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
