//! How to bind a UDP socket, and the options that a bound one has: hops, broadcast, multicast, the system's buffers.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use socket2::{InterfaceIndexOrAddress, SockRef};

use crate::error::LoopError;

/// How to bind a UDP socket. The default is what Node.js does.
#[derive(Clone, Debug, Default)]
pub struct UdpOptions {
    /// An IPv6 socket takes IPv6 only. Default `false`.
    pub ipv6_only: bool,
    /// The address may be bound again while this socket has it. Default `false`.
    pub reuse_address: bool,
    /// Several sockets share the address, and the system spreads datagrams over them. Default `false`.
    pub reuse_port: bool,
}

/// The options of a bound UDP socket; see [`EventLoop::udp_settings`](crate::EventLoop::udp_settings).
pub struct UdpSettings<'a> {
    socket: SockRef<'a>,
    v6: bool,
}

impl<'a> UdpSettings<'a> {
    pub(crate) fn of(socket: SockRef<'a>, v6: bool) -> Self {
        Self { socket, v6 }
    }

    /// Lets datagrams go to a broadcast address.
    pub fn set_broadcast(&self, on: bool) -> io::Result<()> {
        self.socket.set_broadcast(on)
    }

    /// How many hops a datagram may go, 1 to 255.
    pub fn set_ttl(&self, hops: u32) -> io::Result<()> {
        if hops == 0 || hops > 255 {
            return Err(LoopError::Invalid.into());
        }
        if self.v6 {
            self.socket.set_unicast_hops_v6(hops)
        } else {
            self.socket.set_ttl_v4(hops)
        }
    }

    /// How many hops a multicast datagram may go, up to 255.
    pub fn set_multicast_ttl(&self, hops: u32) -> io::Result<()> {
        if hops > 255 {
            return Err(LoopError::Invalid.into());
        }
        if self.v6 {
            self.socket.set_multicast_hops_v6(hops)
        } else {
            self.socket.set_multicast_ttl_v4(hops)
        }
    }

    /// Whether this machine gets its own multicast datagrams.
    pub fn set_multicast_loop(&self, on: bool) -> io::Result<()> {
        if self.v6 {
            self.socket.set_multicast_loop_v6(on)
        } else {
            self.socket.set_multicast_loop_v4(on)
        }
    }

    /// Where multicast datagrams leave: an IPv4 address of this machine, or an IPv6 interface by its number (0: the
    /// system chooses).
    pub fn set_multicast_interface(&self, interface: MulticastInterface) -> io::Result<()> {
        match interface {
            MulticastInterface::V4(address) => self.socket.set_multicast_if_v4(&address),
            MulticastInterface::V6(index) => self.socket.set_multicast_if_v6(index),
        }
    }

    /// Joins a multicast group.
    ///
    /// # Errors
    /// `EINVAL` where group and interface are of different families, and the operating system's.
    pub fn join(&self, group: IpAddr, interface: MulticastInterface) -> io::Result<()> {
        match (group, interface) {
            (IpAddr::V4(group), MulticastInterface::V4(address)) => self
                .socket
                .join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Address(address)),
            (IpAddr::V6(group), MulticastInterface::V6(index)) => {
                self.socket.join_multicast_v6(&group, index)
            }
            _ => Err(LoopError::Invalid.into()),
        }
    }

    /// Leaves a multicast group.
    ///
    /// # Errors
    /// As for [`join`](Self::join).
    pub fn leave(&self, group: IpAddr, interface: MulticastInterface) -> io::Result<()> {
        match (group, interface) {
            (IpAddr::V4(group), MulticastInterface::V4(address)) => self
                .socket
                .leave_multicast_v4_n(&group, &InterfaceIndexOrAddress::Address(address)),
            (IpAddr::V6(group), MulticastInterface::V6(index)) => {
                self.socket.leave_multicast_v6(&group, index)
            }
            _ => Err(LoopError::Invalid.into()),
        }
    }

    /// Joins an IPv4 group for the datagrams of one source.
    pub fn join_source(
        &self,
        source: Ipv4Addr,
        group: Ipv4Addr,
        interface: Ipv4Addr,
    ) -> io::Result<()> {
        self.socket.join_ssm_v4(&source, &group, &interface)
    }

    /// The end of [`join_source`](Self::join_source).
    pub fn leave_source(
        &self,
        source: Ipv4Addr,
        group: Ipv4Addr,
        interface: Ipv4Addr,
    ) -> io::Result<()> {
        self.socket.leave_ssm_v4(&source, &group, &interface)
    }

    /// Bytes that the system keeps of what comes in. Linux answers twice what was set.
    pub fn receive_buffer_size(&self) -> io::Result<usize> {
        self.socket.recv_buffer_size()
    }

    /// Sets [`receive_buffer_size`](Self::receive_buffer_size).
    pub fn set_receive_buffer_size(&self, bytes: usize) -> io::Result<()> {
        self.socket.set_recv_buffer_size(bytes)
    }

    /// Bytes that the system keeps of what goes out. Linux answers twice what was set.
    pub fn send_buffer_size(&self) -> io::Result<usize> {
        self.socket.send_buffer_size()
    }

    /// Sets [`send_buffer_size`](Self::send_buffer_size).
    pub fn set_send_buffer_size(&self, bytes: usize) -> io::Result<()> {
        self.socket.set_send_buffer_size(bytes)
    }
}

/// A network interface, as multicast of each family names it.
#[derive(Clone, Copy, Debug)]
pub enum MulticastInterface {
    /// By an address of it; unspecified: the system chooses.
    V4(Ipv4Addr),
    /// By its number; 0: the system chooses.
    V6(u32),
}
