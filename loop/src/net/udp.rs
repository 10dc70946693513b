//! UDP sockets: bound, connected, received from in bounded turns.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use mio::event::Source;
use mio::net::UdpSocket;
use mio::{Interest, Registry};
use socket2::{Domain, Protocol, SockRef, Type};

use crate::error::LoopError;
use crate::handle::{HandleId, Kind};
use crate::net::udp_send::SendRequest;
use crate::net::{Datagrams, UdpOptions, UdpSettings};
use crate::phases::Step;
use crate::{Core, Event, EventLoop, sys};

/// Datagrams received from one socket in one turn.
const RECEIVES_PER_TURN: u32 = 32;

pub(crate) struct Udp {
    /// `None` once closed.
    pub(super) io: Option<UdpSocket>,
    registered: Option<Interest>,
    pub(super) peer: Option<SocketAddr>,
    receiving: bool,
    /// A receive may find something.
    readable: bool,
    /// What is left of this turn's share.
    budget: u32,
    pub(super) writable: bool,
    pub(super) queue: VecDeque<SendRequest>,
    pub(super) queued_bytes: usize,
    pub(super) completed: VecDeque<(u64, io::Result<()>)>,
}

impl Udp {
    fn new(io: UdpSocket) -> Self {
        Self {
            io: Some(io),
            registered: None,
            peer: None,
            receiving: false,
            readable: false,
            budget: RECEIVES_PER_TURN,
            writable: true,
            queue: VecDeque::new(),
            queued_bytes: 0,
            completed: VecDeque::new(),
        }
    }

    pub(crate) fn io(&self) -> io::Result<&UdpSocket> {
        self.io.as_ref().ok_or_else(|| LoopError::BadHandle.into())
    }

    /// Remembers what poll saw.
    pub(crate) fn note(&mut self, event: &mio::event::Event) {
        self.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        self.writable |= event.is_writable() || event.is_write_closed() || event.is_error();
    }

    pub(crate) fn close(&mut self, registry: &Registry) {
        drop(self.take_io(registry));
    }

    pub(crate) fn take_io(&mut self, registry: &Registry) -> Option<UdpSocket> {
        let mut io = self.io.take()?;
        if self.registered.take().is_some() {
            let _ = io.deregister(registry);
        }
        self.receiving = false;
        Some(io)
    }

    fn watch(&mut self, registry: &Registry, id: HandleId, interest: Interest) -> io::Result<()> {
        let Some(io) = &mut self.io else {
            return Ok(());
        };
        let wanted = self.registered.map_or(interest, |old| old | interest);
        match self.registered {
            None => io.register(registry, id.token(), wanted)?,
            Some(old) if old == wanted => return Ok(()),
            Some(_) => io.reregister(registry, id.token(), wanted)?,
        }
        self.registered = Some(wanted);
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<Option<(usize, SocketAddr)>> {
        if self.budget == 0 {
            return Ok(None);
        }
        loop {
            match self.io()?.recv_from(buffer) {
                Ok(datagram) => {
                    self.budget -= 1;
                    return Ok(Some(datagram));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.readable = false;
                    return Ok(None);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.budget -= 1;
                    return Err(error);
                }
            }
        }
    }

    fn receive_batch(&mut self, into: &mut Datagrams) -> io::Result<usize> {
        into.clear();
        while self.budget > 0 {
            match sys::receive_batch(self.io()?, into, self.budget as usize) {
                Ok(()) => {
                    self.budget = self.budget.saturating_sub(into.len() as u32);
                    return Ok(into.len());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.readable = false;
                    return Ok(0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.budget -= 1;
                    return Err(error);
                }
            }
        }
        Ok(0)
    }
}

impl Core {
    pub(super) fn udp_mut(&mut self, id: HandleId) -> Result<&mut Udp, LoopError> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Udp(udp) => Ok(udp),
            _ => Err(LoopError::WrongKind),
        }
    }

    pub(super) fn watch_udp(&mut self, id: HandleId, interest: Interest) -> io::Result<()> {
        match &mut self.handles.open_mut(id)?.kind {
            Kind::Udp(udp) => udp.watch(self.poll.registry(), id, interest),
            _ => Err(LoopError::WrongKind.into()),
        }
    }

    pub(crate) fn udp_step(&mut self, id: HandleId, mut step: Step) -> Option<Event> {
        loop {
            let udp = self.udp_mut(id).ok()?;
            step = match step {
                Step::Announce if udp.readable && udp.receiving => {
                    udp.budget = RECEIVES_PER_TURN;
                    self.current = Some((id, Step::Announced));
                    return Some(Event::Readable(id));
                }
                Step::Announced if udp.readable && udp.receiving => {
                    self.make_ready(id);
                    Step::Flush
                }
                Step::Announce | Step::Announced | Step::Pending => Step::Flush,
                Step::Flush => {
                    self.flush_udp(id);
                    let left = self.udp_mut(id).ok()?.completed.len();
                    Step::Completions { left }
                }
                Step::Completions { left: 0 } | Step::Closing | Step::Done => return None,
                Step::Completions { left } => {
                    let (tag, result) = udp.completed.pop_front()?;
                    self.current = Some((id, Step::Completions { left: left - 1 }));
                    self.requests -= 1;
                    return Some(Event::Wrote { id, tag, result });
                }
            };
        }
    }

    pub(super) fn add_udp(&mut self, io: UdpSocket) -> Result<HandleId, LoopError> {
        let peer = io.peer_addr().ok();
        let mut udp = Box::new(Udp::new(io));
        udp.peer = peer;
        self.handles.insert(Kind::Udp(udp))
    }

    fn udp_receive_start(&mut self, id: HandleId) -> io::Result<()> {
        if self.udp_mut(id)?.receiving {
            return Ok(());
        }
        self.watch_udp(id, Interest::READABLE)?;
        let udp = self.udp_mut(id)?;
        udp.receiving = true;
        let readable = udp.readable;
        self.handles.activate(id);
        if readable {
            self.make_ready(id);
        }
        Ok(())
    }
}

/// # UDP
///
/// A UDP socket yields [`Event::Readable`] while it has datagrams; the caller then calls
/// [`udp_receive`](EventLoop::udp_receive) until `None`. How many it receives in one turn is bounded.
///
/// ```
/// use ouro_loop::{Event, EventLoop, RunMode, UdpOptions};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ev = EventLoop::new()?;
/// let server = ev.udp_bind("127.0.0.1:0".parse()?, &UdpOptions::default())?;
/// ev.udp_receive_start(server)?;
/// let client = ev.udp_bind("127.0.0.1:0".parse()?, &UdpOptions::default())?;
/// ev.udp_send(client, "hello", Some(ev.local_addr(server)?), 0)?;
/// let mut buffer = [0; 2048];
/// while let Some(event) = ev.next_event(RunMode::Default) {
///     match event {
///         Event::Wrote { id, result, .. } => {
///             result?;
///             ev.close(id)?;
///         }
///         Event::Readable(id) => {
///             if let Some((count, _from)) = ev.udp_receive(id, &mut buffer)? {
///                 assert_eq!(&buffer[..count], b"hello");
///                 ev.close(id)?;
///             }
///         }
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
impl EventLoop {
    /// Binds a socket; port 0 lets the system choose (see `local_addr`).
    ///
    /// # Errors
    /// The operating system's, of `socket`, its options and `bind`.
    pub fn udp_bind(&self, address: SocketAddr, options: &UdpOptions) -> io::Result<HandleId> {
        let socket = sys::socket(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        if options.reuse_address {
            sys::share_udp_address(&socket)?;
        }
        if options.reuse_port {
            sys::set_reuse_port(&socket)?;
        }
        if address.is_ipv6() {
            socket.set_only_v6(options.ipv6_only)?;
        }
        socket.bind(&address.into())?;
        let io = UdpSocket::from_std(socket.into());
        Ok(self.core.borrow_mut().add_udp(io)?)
    }

    /// Takes over the descriptor of a bound UDP socket and makes it non-blocking.
    ///
    /// # Errors
    /// `EINVAL` for another kind of socket, and the operating system's.
    #[cfg(unix)]
    pub fn open_udp_fd(&self, fd: std::os::fd::OwnedFd) -> io::Result<HandleId> {
        let socket = SockRef::from(&fd);
        if socket.r#type()? != Type::DGRAM {
            return Err(LoopError::Invalid.into());
        }
        socket.set_nonblocking(true)?;
        let io = UdpSocket::from_std(fd.into());
        Ok(self.core.borrow_mut().add_udp(io)?)
    }

    /// Sends to `address` from here on, and receives from there alone. Several connects in a row are fine.
    pub fn udp_connect(&self, id: HandleId, address: SocketAddr) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        let udp = core.udp_mut(id)?;
        if udp.peer.is_some() {
            return Err(io::Error::from_raw_os_error(sys::EISCONN));
        }
        udp.io()?.connect(address)?;
        udp.peer = Some(address);
        Ok(())
    }

    /// The end of [`udp_connect`](Self::udp_connect).
    ///
    /// # Errors
    /// `ENOTCONN` if the socket isn't connected.
    pub fn udp_disconnect(&self, id: HandleId) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        let udp = core.udp_mut(id)?;
        if udp.peer.is_none() {
            return Err(io::Error::from_raw_os_error(sys::ENOTCONN));
        }
        sys::disconnect_udp(udp.io()?)?;
        udp.peer = None;
        Ok(())
    }

    /// The address that the socket is connected to.
    ///
    /// # Errors
    /// `ENOTCONN` if it isn't connected.
    pub fn udp_peer_addr(&self, id: HandleId) -> io::Result<SocketAddr> {
        let mut core = self.core.borrow_mut();
        let peer = core.udp_mut(id)?.peer;
        peer.ok_or_else(|| io::Error::from_raw_os_error(sys::ENOTCONN))
    }

    /// Begins to announce datagrams: [`Event::Readable`] once in each turn, as long as there are any.
    pub fn udp_receive_start(&self, id: HandleId) -> io::Result<()> {
        self.core.borrow_mut().udp_receive_start(id)
    }

    /// Announces nothing any more.
    pub fn udp_receive_stop(&self, id: HandleId) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        core.udp_mut(id)?.receiving = false;
        core.handles.deactivate(id);
        Ok(())
    }

    /// Receives one datagram; what doesn't fit into `buffer` is lost (65,536 bytes hold any). `None` when there is none,
    /// or this turn's share is used up.
    ///
    /// # Errors
    /// The operating system's: on a connected socket `ECONNREFUSED`, when nobody was there for an earlier datagram.
    pub fn udp_receive(
        &self,
        id: HandleId,
        buffer: &mut [u8],
    ) -> io::Result<Option<(usize, SocketAddr)>> {
        self.core.borrow_mut().udp_mut(id)?.receive(buffer)
    }

    /// [`udp_receive`](Self::udp_receive) for as many datagrams as `into` has room for, with one system call where the
    /// platform has that (Linux); answers how many there are now. 0 when there is none, or this turn's share is used up.
    pub fn udp_receive_batch(&self, id: HandleId, into: &mut Datagrams) -> io::Result<usize> {
        self.core.borrow_mut().udp_mut(id)?.receive_batch(into)
    }

    /// Looks at or changes the options of the socket: what [`UdpSettings`] offers.
    pub fn udp_settings<R>(
        &self,
        id: HandleId,
        act: impl FnOnce(&UdpSettings<'_>) -> io::Result<R>,
    ) -> io::Result<R> {
        let mut core = self.core.borrow_mut();
        let io = core.udp_mut(id)?.io()?;
        let v6 = io.local_addr()?.is_ipv6();
        act(&UdpSettings::of(SockRef::from(io), v6))
    }
}
