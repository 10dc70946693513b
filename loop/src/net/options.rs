//! How to listen and how to connect.

use std::net::SocketAddr;

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
