//! What only TCP streams have: addresses, options, the reset.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::EventLoop;
use crate::error::LoopError;
use crate::handle::HandleId;

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

    /// Probes an idle TCP connection after `idle`, then each second, ten times; `None` turns probing off.
    pub fn set_keepalive(&self, id: HandleId, idle: Option<Duration>) -> io::Result<()> {
        let mut core = self.core.borrow_mut();
        let socket = core.stream_mut(id)?.io()?.socket()?;
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
            io.socket()?.set_linger(Some(Duration::ZERO))?;
        }
        Ok(core.close(id)?)
    }
}
