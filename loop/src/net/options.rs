//! How to listen and how to connect.

use std::net::SocketAddr;
use std::time::Duration;

/// How to listen. The default is what Node.js does.
///
/// How many accepts are under way (`uv_tcp_simultaneous_accepts` of libuv, on Windows) is nothing to choose: none is posted
/// ahead on any platform, since the system tells when there is a connection.
#[derive(Clone, Debug)]
pub struct ListenOptions {
    /// Connections that the system keeps until they are accepted. Default 511.
    pub backlog: i32,
    /// An IPv6 socket accepts IPv6 only. Default `false`.
    pub ipv6_only: bool,
    /// Several sockets may listen at one address, and the system spreads connections over them. Default `false`. An error on
    /// Windows, which has no such thing.
    pub reuse_port: bool,
}

impl Default for ListenOptions {
    fn default() -> Self {
        Self {
            backlog: 511,
            ipv6_only: false,
            reuse_port: false,
        }
    }
}

/// How to connect.
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    /// The address to connect from.
    pub local: Option<SocketAddr>,
}

/// How the system finds out that the peer of an idle TCP connection is gone. What is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepAlive {
    /// How long nothing has come before the first probe is sent.
    pub idle: Option<Duration>,
    /// How long after an unanswered probe the next one is sent.
    pub interval: Option<Duration>,
    /// How many unanswered probes end the connection. Windows has its own number.
    pub count: Option<u32>,
}
