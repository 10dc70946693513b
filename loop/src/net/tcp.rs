//! What only TCP streams have: addresses, options, the reset.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::EventLoop;
use crate::error::LoopError;
use crate::handle::HandleId;
use crate::net::KeepAlive;
use crate::sys;

/// # TCP
impl EventLoop {
    /// The address of a TCP stream's peer.
    pub fn peer_addr(&self, id: HandleId) -> io::Result<SocketAddr> {
        self.core.borrow_mut().stream_mut(id)?.io()?.peer_addr()
    }

    /// Sends small writes at once (`TCP_NODELAY`).
    pub fn set_nodelay(&self, id: HandleId, on: bool) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        core.stream_mut(id)?.io()?.socket()?.set_tcp_nodelay(on)
    }

    /// Probes an idle TCP connection (`SO_KEEPALIVE`); `None` turns probing off.
    ///
    /// # Errors
    /// [`LoopError::Invalid`] for times below a second and for no probes at all. Probing is on then, as the system has it.
    pub fn set_keepalive(&self, id: HandleId, probes: Option<&KeepAlive>) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        let socket = core.stream_mut(id)?.io()?.socket()?;
        let Some(probes) = probes else {
            return socket.set_keepalive(false);
        };
        socket.set_keepalive(true)?;
        let is_short = |time: Option<Duration>| time.is_some_and(|time| time.as_secs() < 1);
        if is_short(probes.idle) || is_short(probes.interval) || probes.count == Some(0) {
            return Err(LoopError::Invalid.into());
        }
        let mut settings = socket2::TcpKeepalive::new();
        if let Some(idle) = probes.idle {
            settings = settings.with_time(idle);
        }
        if let Some(interval) = probes.interval {
            settings = settings.with_interval(interval);
        }
        #[cfg(unix)]
        if let Some(count) = probes.count {
            settings = settings.with_retries(count);
        }
        socket.set_tcp_keepalive(&settings)
    }

    /// Sets the type of service of what is sent (`IP_TOS`), or the traffic class where the connection is IPv6 (`IPV6_TCLASS`): 0 to 255.
    ///
    /// # Errors
    /// The operating system's; `Unsupported` for IPv6 on Windows.
    pub fn set_type_of_service(&self, id: HandleId, value: u8) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        let io = core.stream_mut(id)?.io()?;
        let is_ipv6 = io.local_addr()?.is_ipv6();
        sys::set_type_of_service(&*io.socket()?, is_ipv6, value)
    }

    /// What [`set_type_of_service`](Self::set_type_of_service) last set.
    ///
    /// # Errors
    /// The operating system's; `Unsupported` for IPv6 on Windows.
    pub fn type_of_service(&self, id: HandleId) -> io::Result<u8> {
        let mut core = self.core.borrow_mut();
        let io = core.stream_mut(id)?.io()?;
        let is_ipv6 = io.local_addr()?.is_ipv6();
        sys::type_of_service(&*io.socket()?, is_ipv6)
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
            io.socket()?.set_linger(Some(Duration::ZERO))?;
        }
        Ok(core.close(id)?)
    }
}
