//! Many datagrams received at once.

use std::io;
use std::net::SocketAddr;

use mio::net::UdpSocket;

/// Room for a batch of datagrams; see [`udp_receive_batch`](crate::EventLoop::udp_receive_batch).
#[derive(Clone, Debug)]
pub struct Datagrams {
    bytes: Vec<u8>,
    size: usize,
    received: Vec<Received>,
}

#[derive(Clone, Copy, Debug)]
struct Received {
    length: usize,
    from: SocketAddr,
    truncated: bool,
}

/// One of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Datagram<'a> {
    /// What it says.
    pub bytes: &'a [u8],
    /// Who sent it.
    pub from: SocketAddr,
    /// It was longer, and the rest is lost.
    pub truncated: bool,
}

impl Datagrams {
    /// Room for `count` datagrams (at least one) of `size` bytes each (at least one). 65,536 bytes hold any; a network
    /// that isn't told otherwise carries 1,500.
    pub fn new(count: usize, size: usize) -> Self {
        let (count, size) = (count.max(1), size.max(1));
        Self {
            bytes: vec![0; count * size],
            size,
            received: Vec::with_capacity(count),
        }
    }

    /// How many datagrams have room.
    pub fn capacity(&self) -> usize {
        self.bytes.len() / self.size
    }

    /// How many have been received.
    pub fn len(&self) -> usize {
        self.received.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.received.is_empty()
    }

    /// What has been received, in the order in which it came.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Datagram<'_>> {
        let parts = self.bytes.chunks_exact(self.size);
        self.received.iter().zip(parts).map(|(one, part)| Datagram {
            bytes: &part[..one.length],
            from: one.from,
            truncated: one.truncated,
        })
    }

    pub(crate) fn clear(&mut self) {
        self.received.clear();
    }

    #[allow(dead_code, reason = "for systems with a call for many datagrams")]
    /// All of the bytes, and how many each datagram may have.
    pub(crate) fn room(&mut self) -> (&mut [u8], usize) {
        (&mut self.bytes, self.size)
    }

    /// Notes what is in the next part of the bytes.
    pub(crate) fn push(&mut self, length: usize, from: SocketAddr, truncated: bool) {
        let length = length.min(self.size);
        self.received.push(Received {
            length,
            from,
            truncated,
        });
    }
}

/// Where the system has no call for many datagrams. A datagram that fills its room to the last byte may have been longer.
#[allow(dead_code, reason = "some systems have such a call")]
pub(crate) fn receive_one_by_one(
    socket: &UdpSocket,
    into: &mut Datagrams,
    most: usize,
) -> io::Result<()> {
    let most = most.min(into.capacity());
    while into.len() < most {
        let from = into.len() * into.size;
        let part = &mut into.bytes[from..from + into.size];
        match socket.recv_from(part) {
            Ok((length, address)) => into.push(length, address, length == into.size),
            Err(error) if into.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(())
}

/// Where the system has no call for many datagrams.
#[allow(dead_code, reason = "some systems have such a call")]
pub(crate) fn send_first<'a>(
    socket: &UdpSocket,
    mut datagrams: impl Iterator<Item = (&'a [u8], Option<SocketAddr>)>,
) -> io::Result<usize> {
    match datagrams.next() {
        Some((bytes, Some(address))) => socket.send_to(bytes, address)?,
        Some((bytes, None)) => socket.send(bytes)?,
        None => return Ok(0),
    };
    Ok(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_by_one_is_the_same_but_for_the_calls() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let receiver = UdpSocket::bind(any).unwrap();
        let sender = UdpSocket::bind(any).unwrap();
        let to = Some(receiver.local_addr().unwrap());
        let sent: [&[u8]; 4] = [b"one", b"", b"three", b"too long"];
        for bytes in sent {
            let mut rest = [(bytes, to)].into_iter();
            assert_eq!(send_first(&sender, &mut rest).unwrap(), 1);
        }
        let mut batch = Datagrams::new(3, 6);
        receive_one_by_one(&receiver, &mut batch, 8).unwrap();
        let got: Vec<_> = batch.iter().map(|one| (one.bytes, one.truncated)).collect();
        assert_eq!(got, [(&b"one"[..], false), (b"", false), (b"three", false)]);
        batch.clear();
        #[cfg(unix)]
        {
            receive_one_by_one(&receiver, &mut batch, 8).unwrap();
            let got = batch.iter().next().unwrap();
            assert_eq!((got.bytes, got.truncated), (&b"too lo"[..], true));
            batch.clear();
            let error = receive_one_by_one(&receiver, &mut batch, 8).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        }
    }
}
