//! Streams and listeners, one concept over TCP, Unix-domain sockets, pipes and terminals; and datagrams.

mod adopt;
mod bound;
mod connect;
mod datagrams;
mod listener;
mod options;
#[cfg(windows)]
mod passing;
mod payload;
mod stream;
mod tcp;
mod udp;
mod udp_send;
mod udp_settings;
mod write;

pub use bound::BoundSocket;
pub use datagrams::{Datagram, Datagrams};
#[allow(
    unused_imports,
    reason = "for systems without a call for many datagrams"
)]
pub(crate) use datagrams::{receive_one_by_one, send_first};
pub(crate) use listener::{Listener, Reserve};
pub use options::{ConnectOptions, KeepAlive, ListenOptions};
pub use payload::Payload;
pub(crate) use stream::Stream;
pub use stream::StreamKind;
pub(crate) use udp::Udp;
pub use udp_settings::{MulticastInterface, UdpOptions, UdpSettings};

use crate::Core;
use crate::handle::{HandleId, Kind};

impl Core {
    /// Lets go of the socket of a stream or listener.
    pub(crate) fn close_io(&mut self, id: HandleId) {
        let Ok(slot) = self.handles.open_mut(id) else {
            return;
        };
        match &mut slot.kind {
            Kind::Stream(stream) => stream.close(self.poll.registry()),
            Kind::Listener(listener) => listener.close(self.poll.registry()),
            Kind::Udp(udp) => udp.close(self.poll.registry()),
            _ => return,
        }
        if slot.pending {
            slot.pending = false;
            self.pending_live -= 1;
        }
        self.retry_stalled_listeners();
    }
}
