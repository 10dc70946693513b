//! Watching a socket that is somebody else's: mio says when to look, `WSAPoll` says what there is.
//!
//! mio watches only sockets that it owns, and tells of a thing once until an operation of its own would have blocked. So
//! it is lent the socket, once for each direction, never closes it, and is told of such an operation whenever nothing is
//! found. The directions are apart so that data nobody asked for doesn't come up again each time there is no room to write.

use std::io;
use std::os::windows::io::{BorrowedSocket, FromRawSocket, IntoRawSocket, RawSocket};

use mio::event::Source;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use socket2::SockRef;
use windows_sys::Win32::Networking::WinSock::{
    POLLERR, POLLHUP, POLLNVAL, POLLRDNORM, POLLWRNORM, WSAPOLLFD, WSAPoll,
};

use super::ENOTSOCK;
use crate::poll::Readiness;

/// What a watched socket is named by.
pub(crate) type RawDescriptor = RawSocket;

/// The number of a socket.
pub(crate) struct PollSource {
    socket: RawSocket,
    input: Lent,
    output: Lent,
    /// mio told of a reset or of a failed connect since the last look. Not every `WSAPoll` tells of the latter.
    broken: bool,
}

impl PollSource {
    pub(crate) fn new(socket: RawSocket) -> io::Result<Self> {
        if socket == RawSocket::MAX {
            return Err(io::Error::from_raw_os_error(ENOTSOCK));
        }
        Ok(Self {
            socket,
            input: Lent::default(),
            output: Lent::default(),
            broken: false,
        })
    }

    pub(crate) fn number(&self) -> RawSocket {
        self.socket
    }

    /// Tries whether the socket can be watched, and makes it non-blocking.
    pub(crate) fn prepare(&mut self, registry: &Registry) -> io::Result<()> {
        // SAFETY: it is not kept. What is no socket is asked for its type, which is an error, and for nothing else.
        let socket = unsafe { BorrowedSocket::borrow_raw(self.socket) };
        let socket = SockRef::from(&socket);
        socket.r#type()?;
        let token = crate::wake::WAKE_TOKEN;
        self.register(registry, token, Readiness::READABLE)?;
        self.deregister(registry)?;
        socket.set_nonblocking(true)
    }

    pub(crate) fn register(
        &mut self,
        registry: &Registry,
        token: Token,
        wanted: Readiness,
    ) -> io::Result<()> {
        self.broken = false;
        let registered = self.reregister(registry, token, wanted);
        if registered.is_err() {
            let _ = self.deregister(registry);
        }
        registered
    }

    pub(crate) fn reregister(
        &mut self,
        registry: &Registry,
        token: Token,
        wanted: Readiness,
    ) -> io::Result<()> {
        if wanted.contains(Readiness::PRIORITIZED) {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "ouro-loop watches for prioritized data on Linux only",
            ));
        }
        // The end of the peer's writing comes along with reading.
        let input = !(wanted & (Readiness::READABLE | Readiness::DISCONNECT)).is_empty();
        let output = wanted.contains(Readiness::WRITABLE);
        let sides = [
            (&mut self.input, input, Interest::READABLE),
            (&mut self.output, output, Interest::WRITABLE),
        ];
        for (lent, wanted, interest) in sides {
            if wanted {
                lent.watch(self.socket, registry, token, interest)?;
            } else {
                lent.unwatch(registry)?;
            }
        }
        Ok(())
    }

    pub(crate) fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        let input = self.input.unwatch(registry);
        self.output.unwatch(registry).and(input)
    }

    /// Remembers what mio tells and `WSAPoll` may not.
    pub(crate) fn note(&mut self, event: &mio::event::Event) {
        self.broken |= event.is_write_closed();
    }

    /// What there is now of what is wanted. If that is nothing, mio will tell of the next change.
    pub(crate) fn ready(&mut self, wanted: Readiness) -> io::Result<Readiness> {
        let mut found = self.poll(wanted)?;
        if std::mem::take(&mut self.broken) && found.is_empty() {
            // Whatever is tried now won't have to wait.
            found = wanted;
        }
        if found.is_empty() {
            // For the end of the peer alone, mio isn't told: it tells of that once in any case, and would tell of data,
            // which nobody is going to read, for ever.
            if wanted.contains(Readiness::READABLE) {
                self.input.rearm()?;
            }
            self.output.rearm()?;
        }
        Ok(found)
    }

    fn poll(&self, wanted: Readiness) -> io::Result<Readiness> {
        let flags = [
            (Readiness::READABLE, POLLRDNORM),
            (Readiness::WRITABLE, POLLWRNORM),
        ];
        let mut request = WSAPOLLFD {
            fd: self.socket as usize,
            events: 0,
            revents: 0,
        };
        for (one, flag) in flags {
            if wanted.contains(one) {
                request.events |= flag;
            }
        }
        // SAFETY: one request, valid to read and write.
        if unsafe { WSAPoll(&mut request, 1, 0) } < 0 {
            return Err(io::Error::last_os_error());
        }
        let found = request.revents;
        if found & POLLNVAL != 0 {
            return Err(io::Error::from_raw_os_error(ENOTSOCK));
        }
        let mut readiness = Readiness::default();
        for (one, flag) in flags {
            if found & flag != 0 {
                readiness |= one;
            }
        }
        // The peer's end, for which there may be no other flag.
        if found & POLLHUP != 0 {
            readiness |= Readiness::READABLE | Readiness::DISCONNECT;
        }
        if found & POLLERR != 0 {
            readiness |= Readiness::READABLE | Readiness::WRITABLE | Readiness::DISCONNECT;
        }
        Ok(readiness & wanted)
    }
}

/// The socket as mio has it while it watches one direction.
#[derive(Default)]
struct Lent(Option<TcpStream>);

impl Lent {
    fn watch(
        &mut self,
        socket: RawSocket,
        registry: &Registry,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        if let Some(io) = &mut self.0 {
            return io.reregister(registry, token, interest);
        }
        // SAFETY: it is not mio's to close, and never is closed: `release` takes it away again. To watch it, mio asks it for
        // its base and gives that to AFD, both of which take any number. It needn't be a stream's: nothing else is done to it.
        let mut io = unsafe { TcpStream::from_raw_socket(socket) };
        let registered = io.register(registry, token, interest);
        self.0 = Some(io);
        if registered.is_err() {
            self.release();
        }
        registered
    }

    fn unwatch(&mut self, registry: &Registry) -> io::Result<()> {
        let Some(io) = &mut self.0 else {
            return Ok(());
        };
        let deregistered = io.deregister(registry);
        self.release();
        deregistered
    }

    /// Lets mio tell once more of what there is.
    fn rearm(&self) -> io::Result<()> {
        let Some(io) = &self.0 else {
            return Ok(());
        };
        match io.try_io(|| Err::<(), _>(io::ErrorKind::WouldBlock.into())) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes the socket from mio, which forgets it without closing it.
    fn release(&mut self) {
        if let Some(io) = self.0.take() {
            let _ = io.into_raw_socket();
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.release();
    }
}
